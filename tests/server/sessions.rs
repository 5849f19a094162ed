//! Where people are signed in, how that ends, the keys behind it, and what is remembered of it.

use crate::house::{Answer, Guest, House, SUNDAY_MORNING, StillClock, start_in};
use frontrow::{
    server::{Rules, faults::Faults},
    wire,
};
use jiff::Timestamp;
use reqwest::Method;
use serde_json::json;
use sqlx::{AnyConnection, Connection, Row};
use std::{collections::HashSet, path::Path};
use tempfile::TempDir;

const DAY_MINUTES: i64 = 24 * 60;

async fn sign_in(house: &House, email: &str, device: &str) -> wire::SignedIn {
    let body = json!({"method": "password", "email": email, "password": "correct horse", "device_label": device});
    house.post("/v1/auth/sign-in", body).await.must_be(200).read()
}

async fn listed(guest: &Guest<'_>) -> Vec<wire::DeviceSession> {
    guest.ask(Method::GET, "/v1/sessions").await.must_be(200).read::<wire::SessionsAnswer>().sessions
}

async fn me(house: &House, token: &str) -> Answer {
    house.send(house.request(Method::GET, "/v1/me").bearer_auth(token)).await
}

async fn database(folder: &Path) -> AnyConnection {
    sqlx::any::install_default_drivers();
    AnyConnection::connect(&format!("sqlite://{}", folder.join("boxoffice.db").display())).await.unwrap()
}

#[tokio::test]
async fn people_see_where_they_are_signed_in_and_sign_devices_out() {
    let house = House::open().await;
    let ann = house.sign_up("ann@example.org").await;
    let bob = house.sign_up("bob@example.org").await;
    house.clock.advance_minutes(60);
    let laptop = Guest { house: &house, signed_in: sign_in(&house, "ann@example.org", "lap\u{1b}[31mtop").await };
    let sessions = listed(&ann).await;
    assert_eq!(sessions.len(), 2);
    assert_eq!(sessions[0].id, laptop.signed_in.session.id);
    assert!(!sessions[0].current && sessions[1].current);
    assert!(!sessions[0].device_label.as_str().contains('\u{1b}'), "{:?}", sessions[0].device_label);
    let now: Timestamp = "2026-11-22T11:00:00Z".parse().unwrap();
    assert_eq!((sessions[1].created_at, sessions[1].last_seen_at), (SUNDAY_MORNING.parse().unwrap(), now));

    let path = format!("/v1/sessions/{}", laptop.signed_in.session.id);
    bob.ask(Method::DELETE, &path).await.must_refuse(404, "not_found");
    ann.ask(Method::DELETE, "/v1/sessions/ses_nobody").await.must_refuse(404, "not_found");
    let token = laptop.token().await;
    me(&house, &token).await.must_be(200);
    ann.ask(Method::DELETE, &path).await.must_be(204);
    ann.ask(Method::DELETE, &path).await.must_be(204);
    let refused = me(&house, &token).await.must_refuse(401, "session_revoked");
    assert_eq!(refused.body["reason"], "signed_out_elsewhere");
    assert_eq!(listed(&ann).await.len(), 1);
    house.send(house.request(Method::GET, "/v1/sessions")).await.must_refuse(401, "invalid_token");

    let own = format!("/v1/sessions/{}", ann.signed_in.session.id);
    let token = ann.token().await;
    ann.ask(Method::DELETE, &own).await.must_be(204);
    assert_eq!(me(&house, &token).await.must_refuse(401, "session_revoked").body["reason"], "signed_out");
    assert_eq!(listed(&bob).await.len(), 1);
}

#[tokio::test]
async fn a_kiosk_is_let_in_for_a_year_and_ends_when_nobody_uses_it() {
    let house = House::open().await;
    let signed_in = house.sign_up("ann@example.org").await.signed_in;
    let admins = vec!["ann@example.org".to_owned()];
    let house = house.restart_with(Rules { admins, ..Rules::default() }).await;
    let ann = Guest { house: &house, signed_in };
    let ticket = house.request(Method::POST, "/v1/auth/tickets").bearer_auth(ann.token().await);
    let ticket = house.send(ticket.json(&json!({"expires_in": 60, "kiosk": true}))).await.must_be(201);
    let body = json!({"method": "ticket", "ticket": ticket.read::<wire::TicketAnswer>().ticket});
    let kiosk: wire::SignedIn = house.post("/v1/auth/sign-in", body).await.must_be(200).read();
    let days = |from: Timestamp, to: Timestamp| (to - from).total(jiff::Unit::Hour).unwrap() / 24.0;
    let now: Timestamp = SUNDAY_MORNING.parse().unwrap();
    assert_eq!((days(now, kiosk.session.expires_at), days(now, kiosk.session.idle_expires_at)), (365.0, 30.0));
    assert_eq!(days(now, ann.signed_in.session.expires_at), 90.0);

    let kiosk = Guest { house: &house, signed_in: kiosk };
    for _ in 0..12 {
        house.clock.advance_minutes(29 * DAY_MINUTES);
        kiosk.token().await;
    }
    house.clock.advance_minutes(30 * DAY_MINUTES);
    let path = format!("/v1/sessions/{}/tokens", kiosk.signed_in.session.id);
    let mint = house.request(Method::POST, &path).bearer_auth(&kiosk.signed_in.credential);
    house.send(mint).await.must_refuse(401, "session_expired");
}

#[tokio::test]
async fn a_mint_writes_at_most_once_an_hour() {
    let house = House::open().await;
    let ann = house.sign_up("ann@example.org").await;
    let mut database = database(house.dir.path()).await;
    let mut seen = HashSet::new();
    for _ in 0..24 {
        house.clock.advance_minutes(10);
        ann.token().await;
        let row = sqlx::query("SELECT last_seen_at FROM sessions").fetch_one(&mut database).await.unwrap();
        seen.insert(row.get::<i64, _>(0));
    }
    assert_eq!(seen.len(), 5, "at the beginning, and once for each of four hours");
}

#[tokio::test]
async fn the_key_of_access_tokens_changes_and_the_old_one_stays_ten_minutes_past_its_last_token() {
    let house = House::open().await;
    let kids = async |house: &House| -> Vec<String> {
        let set = house.get("/.well-known/jwks.json").await.must_be(200).body;
        set["keys"].as_array().unwrap().iter().map(|key| key["kid"].as_str().unwrap().to_owned()).collect()
    };
    let tickets = kids(&house).await;
    assert_eq!(tickets.len(), 1);
    sign_up_and_mint(&house, "ann@example.org").await;
    house.clock.advance_minutes(90 * DAY_MINUTES);
    sign_up_and_mint(&house, "bob@example.org").await;
    let second = kids(&house).await;
    assert_eq!(second.len(), 2, "the first one is there still: {second:?}");
    assert_eq!(second[1], tickets[0]);

    house.clock.advance_minutes(90 * DAY_MINUTES - 1);
    let (guest, before) = sign_up_and_mint(&house, "eve@example.org").await;
    house.clock.advance_minutes(1);
    let guest = Guest { house: &house, signed_in: guest };
    let after = guest.token().await;
    for token in [&before, &after] {
        me(&house, token).await.must_be(200);
    }
    let third = kids(&house).await;
    assert_eq!(third.len(), 3);
    assert!(!second.contains(&third[0]));
    assert_eq!(third[1..], second, "the one before, and the one for tickets");
    let house = house.restart().await;
    me(&house, &before).await.must_be(200);
    assert_eq!(kids(&house).await, third, "the same after a restart");
    house.clock.advance_minutes(10);
    assert_eq!(kids(&house).await.len(), 3);
    house.clock.advance_minutes(1);
    assert_eq!(kids(&house).await, [third[0].clone(), tickets[0].clone()]);

    let rows = sqlx::query("SELECT seed FROM signing_keys").fetch_all(&mut database(house.dir.path()).await).await;
    let seeds: Vec<Option<String>> = rows.unwrap().iter().map(|row| row.get(0)).collect();
    assert_eq!(seeds.iter().flatten().count(), 1, "of replaced keys the private half is gone");
}

async fn sign_up_and_mint(house: &House, email: &str) -> (wire::SignedIn, String) {
    let guest = house.sign_up(email).await;
    let token = guest.token().await;
    (guest.signed_in, token)
}

#[tokio::test]
async fn what_happens_to_sessions_is_remembered_without_secrets_and_forgotten_in_time() {
    let house = House::open().await;
    let ann = house.sign_up("ann@example.org").await.signed_in;
    let wrong = json!({"method": "password", "email": "ann@example.org", "password": "wrong horse"});
    house.post("/v1/auth/sign-in", wrong).await.must_refuse(401, "bad_login");
    let at = async |action: &str, credential: &str| {
        let path = format!("/v1/sessions/{}/{action}", ann.session.id);
        house.send(house.request(Method::POST, &path).bearer_auth(credential)).await
    };
    let second: wire::RotatedAnswer = at("rotate", &ann.credential).await.must_be(200).read();
    at("tokens", &second.credential).await.must_be(200);
    house.clock.advance_minutes(1);
    at("tokens", &ann.credential).await.must_refuse(401, "session_revoked");
    let bob = house.sign_up("bob@example.org").await.signed_in;
    let path = format!("/v1/sessions/{}/revoke", bob.session.id);
    house.send(house.request(Method::POST, &path).bearer_auth(&bob.credential)).await.must_be(204);

    let mut connection = database(house.dir.path()).await;
    let query = "SELECT event, user_id, session_id, address FROM audit ORDER BY at, id";
    let rows = sqlx::query(query).fetch_all(&mut connection).await.unwrap();
    let events: Vec<String> = rows.iter().map(|row| row.get("event")).collect();
    let mut expected = vec!["signed_up", "signed_in", "sign_in_failed", "rotated", "activated", "credential_reuse"];
    expected.extend(["signed_up", "signed_in", "revoked"]);
    let (mut sorted, mut known) = (events.clone(), expected.clone());
    sorted.sort();
    known.sort();
    assert_eq!(sorted, known);
    for row in rows {
        assert_eq!(row.get::<String, _>("address"), "127.0.0.1");
        let user: String = row.get("user_id");
        assert!(user == ann.user.id.0 || user == bob.user.id.0);
        let session: Option<String> = row.get("session_id");
        assert!(session.is_none_or(|id| id == ann.session.id || id == bob.session.id));
    }

    house.clock.advance_minutes(180 * DAY_MINUTES);
    let show = house.show_in("studio").await;
    let seats = house.free_seats(&show).await;
    house.hold(&show, &seats[..1]).await.must_be(201);
    let mut left = i64::MAX;
    for _ in 0..200 {
        let row = sqlx::query("SELECT COUNT(*) FROM audit").fetch_one(&mut connection).await.unwrap();
        left = row.get(0);
        if left == 0 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    assert_eq!(left, 0);
}

#[tokio::test]
async fn who_is_an_admin_is_a_setting_and_changes_of_it_are_remembered() {
    let house = House::open().await;
    house.sign_up("ann@example.org").await;
    let rules =
        || Rules { admins: vec!["ann@example.org".to_owned(), "nobody@example.org".to_owned()], ..Rules::default() };
    let house = house.restart_with(rules()).await.restart_with(rules()).await;
    let mut connection = database(house.dir.path()).await;
    let role = async |connection: &mut AnyConnection| -> (String, i64) {
        let row = sqlx::query("SELECT role, (SELECT COUNT(*) FROM audit WHERE event='role_changed') AS n FROM users")
            .fetch_one(connection)
            .await
            .unwrap();
        (row.get("role"), row.get("n"))
    };
    assert_eq!(role(&mut connection).await, ("admin".to_owned(), 1));
    let _house = house.restart().await;
    assert_eq!(role(&mut connection).await, ("user".to_owned(), 2));
}

#[tokio::test]
async fn no_secret_of_a_session_is_in_the_files() {
    let house = House::open().await;
    let ann = house.sign_up("ann@example.org").await;
    let token = ann.token().await;
    let path = format!("/v1/sessions/{}/rotate", ann.signed_in.session.id);
    let rotate = house.request(Method::POST, &path).bearer_auth(&ann.signed_in.credential);
    let rotated: wire::RotatedAnswer = house.send(rotate).await.must_be(200).read();
    let secrets = [ann.signed_in.credential.clone(), rotated.credential, token, "correct horse".to_owned()];
    let session = ann.signed_in.session.id.clone();
    house.running.stop().await;
    let mut bytes = Vec::new();
    for file in std::fs::read_dir(house.dir.path()).unwrap() {
        bytes.extend(std::fs::read(file.unwrap().path()).unwrap());
    }
    let holds = |needle: &str| bytes.windows(needle.len()).any(|window| window == needle.as_bytes());
    assert!(holds("ann@example.org") && holds(&session), "the search finds what is there");
    for secret in &secrets {
        assert!(!holds(secret) && !holds(secret.trim_start_matches("frc_")), "a secret is on the disk");
    }
    let signature = secrets[2].rsplit('.').next().unwrap();
    assert!(!holds(signature));
}

/// What the program before this one has left behind, made from its own statements.
const OLD_SCHEMA: &str = include_str!("old-schema.sql");

#[tokio::test]
async fn a_database_of_the_version_before_keeps_its_people_their_sessions_and_its_key() {
    let dir = TempDir::new().unwrap();
    std::fs::write(dir.path().join("boxoffice.db"), "").unwrap();
    let mut connection = database(dir.path()).await;
    for statement in OLD_SCHEMA.split(';').map(str::trim).filter(|statement| !statement.is_empty()) {
        sqlx::query(sqlx::AssertSqlSafe(statement.to_owned())).execute(&mut connection).await.unwrap();
    }
    connection.close().await.unwrap();
    let (clock, faults) = (StillClock::at(SUNDAY_MORNING), Faults::default());
    let running = start_in(dir.path(), &clock, &faults).await.unwrap();
    let house = House { running, clock, faults, dir, client: crate::house::http_client() };
    assert_eq!(house.running.identity(), "embedded:old");
    let mint = async |house: &House| {
        let request = house.request(Method::POST, "/v1/sessions/ses_old/tokens");
        house.send(request.bearer_auth("frc_old")).await.must_be(200).read::<wire::TokenAnswer>()
    };
    assert!(mint(&house).await.rotate, "its credential is more than a day old");
    let set = house.get("/.well-known/jwks.json").await.body;
    // The public half of the seed of RFC 8032, 7.1, test 1.
    assert_eq!(set["keys"][0]["x"], "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo");
    let house = house.restart().await;
    let minted = mint(&house).await;
    let answer: wire::MeAnswer = me(&house, &minted.jwt).await.must_be(200).read();
    assert_eq!(answer.user.email.as_str(), "ann@example.org");
    let request = house.request(Method::GET, "/v1/sessions").bearer_auth(&minted.jwt);
    let sessions = house.send(request).await.must_be(200).read::<wire::SessionsAnswer>().sessions;
    assert_eq!((sessions.len(), sessions[0].device_label.as_str()), (1, "old laptop"));
    let request = house.request(Method::POST, "/v1/sessions/ses_old/rotate").bearer_auth("frc_old");
    assert_eq!(house.send(request).await.must_be(200).read::<wire::RotatedAnswer>().r#gen, 2);
}
