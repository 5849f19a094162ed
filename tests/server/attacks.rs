//! What somebody tries who wants around a limit, and what the honest must not suffer for it.

use crate::house::{Answer, Guest, House, read};
use frontrow::{server::Rules, wire};
use futures_util::future::join_all;
use reqwest::{Method, header::HeaderValue};
use serde_json::{Value, json};
use sqlx::{AnyConnection, Connection, Row};

const GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";

fn password(email: &str, password: &str) -> Value {
    json!({"method": "password", "email": email, "password": password})
}

fn account(n: usize) -> Value {
    json!({"email": format!("ann{n}@example.org"), "password": "correct horse", "name": "Ann"})
}

/// A sign-up through a proxy on this machine, which has added the last address.
async fn sign_up_from(house: &House, forwarded: &[u8], body: &Value) -> Answer {
    let forwarded = HeaderValue::from_bytes(forwarded).unwrap();
    house.send(house.request(Method::POST, "/v1/auth/sign-up").header("x-forwarded-for", forwarded).json(body)).await
}

async fn form(house: &House, path: &str, fields: &[(&str, &str)]) -> Answer {
    let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    let kind = "application/x-www-form-urlencoded";
    read(house.request(Method::POST, path).header("content-type", kind).body(body)).await
}

async fn device(house: &House) -> wire::DeviceAuthorization {
    form(house, "/oauth/device_authorization", &[("client_id", "frontrow")]).await.must_be(200).read()
}

async fn poll(house: &House, device_code: &str) -> Answer {
    let fields = [("grant_type", GRANT), ("device_code", device_code), ("client_id", "frontrow")];
    form(house, "/oauth/token", &fields).await
}

async fn count(house: &House, table: &str) -> i64 {
    sqlx::any::install_default_drivers();
    let url = format!("sqlite://{}", house.dir.path().join("boxoffice.db").display());
    let mut database = AnyConnection::connect(&url).await.unwrap();
    let query = sqlx::AssertSqlSafe(format!("SELECT COUNT(*) FROM {table}"));
    sqlx::query(query).fetch_one(&mut database).await.unwrap().try_get(0).unwrap()
}

#[tokio::test]
async fn what_a_client_forwards_of_itself_does_not_take_it_out_of_the_limits() {
    for before in [&b"\xe9, "[..], b"127.0.0.1, ", b""] {
        for port in [&b""[..], b":4711"] {
            let house = House::open().await;
            let forwarded = [before, b"203.0.113.7", port].concat();
            for n in 0..5 {
                sign_up_from(&house, &forwarded, &account(n)).await.must_be(201);
            }
            sign_up_from(&house, &forwarded, &account(5)).await.must_refuse(429, "rate_limited");
        }
    }
}

#[tokio::test]
async fn a_sign_up_with_a_weak_password_is_corrected_and_not_counted() {
    let house = House::open().await;
    for _ in 0..6 {
        let weak = json!({"email": "ann@example.org", "password": "short", "name": "Ann"});
        sign_up_from(&house, b"203.0.113.7", &weak).await.must_refuse(422, "weak_password");
    }
    sign_up_from(&house, b"203.0.113.7", &account(0)).await.must_be(201);
}

#[tokio::test]
async fn a_clock_that_was_ahead_keeps_nobody_waiting() {
    let house = House::open().await;
    house.sign_up("ann@example.org").await;
    house.clock.advance_minutes(60 * 24 * 365);
    for _ in 0..5 {
        house.post("/v1/auth/sign-in", password("ann@example.org", "wrong horse")).await.must_refuse(401, "bad_login");
    }
    for n in 0..6 {
        sign_up_from(&house, b"203.0.113.7", &account(n)).await;
    }
    let asked = device(&house).await;
    assert_eq!(poll(&house, &asked.device_code).await.body["error"], "authorization_pending");
    house.clock.advance_minutes(-60 * 24 * 365);
    house.post("/v1/auth/sign-in", password("ann@example.org", "correct horse")).await.must_be(200);
    sign_up_from(&house, b"203.0.113.7", &account(7)).await.must_be(201);
    assert_eq!(poll(&house, &asked.device_code).await.body["error"], "authorization_pending");
}

#[tokio::test]
async fn a_customers_network_guesses_device_codes_as_one() {
    let house = House::open().await;
    let guess = async |n: usize| {
        let page = house.request(Method::GET, "/device?user_code=BBBB-BBBB");
        house.send(page.header("x-forwarded-for", format!("2001:db8::{n}"))).await
    };
    for n in 1..6 {
        guess(n).await.must_be(404);
    }
    assert_eq!(guess(6).await.must_be(429).headers["retry-after"], "600");
}

#[tokio::test]
async fn a_browser_with_an_empty_cookie_gets_one_that_counts() {
    let house = House::open().await;
    let asked = device(&house).await;
    let page = house.request(Method::GET, &format!("/device?user_code={}", asked.user_code));
    let shown = house.send(page.header("cookie", "frontrow_device=")).await.must_be(200);
    let cookie = shown.headers["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
    assert!(cookie.len() > "frontrow_device=".len(), "{cookie}");
}

#[tokio::test]
async fn an_address_that_hides_another_is_refused() {
    let house = House::open().await;
    for email in ["a<victim@example.org>", "\"a\"<victim@example.org>", "a,victim@example.org", "a@b@example.org"] {
        let body = json!({"email": email, "password": "correct horse", "name": "Ann"});
        house.post("/v1/auth/sign-up", body).await.must_refuse(400, "invalid_request");
    }
    for email in ["o'hara+cinema@example.org", "jürgen@bücher.example", "ann@localhost", "a_b-c.d@xn--p1ai"] {
        let body = json!({"email": email, "password": "correct horse", "name": "Ann"});
        house.post("/v1/auth/sign-up", body).await.must_be(201);
    }
}

#[tokio::test]
async fn a_ticket_a_device_code_and_a_first_use_are_each_had_once_by_many_at_once() {
    let house = House::open().await;
    let ann = house.sign_up("ann@example.org").await;
    let token = ann.token().await;
    let request = house.request(Method::POST, "/v1/auth/tickets").bearer_auth(&token).json(&json!({"expires_in": 60}));
    let ticket: wire::TicketAnswer = house.send(request).await.must_be(201).read();
    let body = json!({"method": "ticket", "ticket": ticket.ticket});
    let answers = join_all((0..12).map(|_| house.post("/v1/auth/sign-in", body.clone()))).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1);

    let asked = device(&house).await;
    let decide = |approve: bool| {
        let request = house.request(Method::POST, "/v1/device/approve").bearer_auth(&token);
        house.send(request.json(&json!({"user_code": asked.user_code, "approve": approve})))
    };
    let decisions = join_all((0..4).map(|_| decide(true))).await;
    assert_eq!(decisions.iter().filter(|answer| answer.status == 204).count(), 1);
    let answers = join_all((0..12).map(|_| poll(&house, &asked.device_code))).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1);
    assert_eq!(count(&house, "sessions").await, 3);
}

#[tokio::test]
async fn codes_by_mail_that_nobody_typed_are_forgotten() {
    let server = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let smtp = frontrow::server::mail::SmtpServer {
        host: "127.0.0.1".to_owned(),
        port: server.local_addr().unwrap().port(),
        encryption: frontrow::server::mail::Encryption::None,
        account: None,
        from: "Odeon <tickets@example.org>".to_owned(),
    };
    let mailer = std::sync::Arc::new(frontrow::server::mail::SmtpMailer::new(smtp).unwrap());
    let house = House::open_with(|options| options.mailer = Some(mailer)).await;
    for n in 0..8 {
        let body = json!({"email": format!("nobody{n}@example.org")});
        house.post("/v1/auth/email-code", body).await.must_be(202);
    }
    assert_eq!(count(&house, "email_codes").await, 8);
    house.clock.advance_minutes(60 * 25);
    house.post("/v1/auth/email-code", json!({"email": "last@example.org"})).await.must_be(202);
    // Tidying goes on in the background.
    let gone = async {
        while count(&house, "email_codes").await != 1 || count(&house, "throttle").await != 1 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(20), gone).await.expect("what is over is tidied away");
}

#[tokio::test]
async fn the_audit_says_who_made_a_ticket() {
    let house = House::open().await;
    let ann = house.sign_up("ann@example.org").await;
    let token = ann.token().await;
    let request = house.request(Method::POST, "/v1/auth/tickets").bearer_auth(token).json(&json!({"expires_in": 60}));
    house.send(request).await.must_be(201);
    let made = format!("audit WHERE event='ticket_issued' AND session_id='{}'", ann.signed_in.session.id);
    assert_eq!(count(&house, &made).await, 1);
}

#[tokio::test]
async fn nonsense_is_refused_in_one_sentence_and_never_a_failure_of_the_server() {
    let house = House::open().await;
    let ann = house.sign_up("ann@example.org").await;
    let long = "x".repeat(12_000);
    let bodies = [
        ("/v1/auth/sign-in", json!({"method": "password", "email": "a\0@b.c", "password": "\0"})),
        ("/v1/auth/sign-in", json!({"method": "password", "email": "a@b.c", "password": long})),
        ("/v1/auth/sign-in", json!({"method": "ticket", "ticket": "frt_\0", "device_label": long})),
        ("/v1/auth/sign-in", json!({"method": "email_code", "email": "a@b.c", "code": long})),
        ("/v1/auth/email-code", json!({"email": long})),
        ("/v1/auth/tickets", json!({"expires_in": u64::MAX})),
        ("/v1/auth/tickets", json!({"expires_in": 60, "user_id": "\0"})),
        ("/v1/device/approve", json!({"user_code": "\0\u{202e}", "approve": true})),
    ];
    for (path, body) in bodies {
        let token = ann.token().await;
        let answer = house.send(house.request(Method::POST, path).bearer_auth(token).json(&body)).await;
        assert!(answer.status.is_client_error(), "{path}: {} {}", answer.status, answer.body);
        let detail = answer.body["detail"].as_str().unwrap();
        assert!(!detail.is_empty() && detail.chars().count() < 400, "{path}: {detail}");
    }
    for path in ["/v1/sessions/%00/tokens", "/v1/sessions/%00/rotate", "/v1/sessions/x/revoke"] {
        let request = house.request(Method::POST, path).bearer_auth(&ann.signed_in.credential);
        house.send(request).await.must_refuse(401, "invalid_credential");
    }
    for (field, value) in [("device_code", "\0"), ("device_code", &*long), ("client_id", "\0")] {
        let mut fields = vec![("grant_type", GRANT), ("client_id", "frontrow"), ("device_code", "x")];
        fields.retain(|(name, _)| *name != field);
        fields.push((field, value));
        assert!(form(&house, "/oauth/token", &fields).await.status.is_client_error());
    }
}

#[tokio::test]
async fn nobody_ends_or_uses_the_session_of_another() {
    let house = House::open().await;
    let (ann, eve) = (house.sign_up("ann@example.org").await, house.sign_up("eve@example.org").await);
    let session = &ann.signed_in.session.id;
    eve.ask(Method::DELETE, &format!("/v1/sessions/{session}")).await.must_refuse(404, "not_found");
    for bearer in [eve.signed_in.credential.clone(), eve.token().await] {
        for verb in ["tokens", "rotate", "revoke"] {
            let request = house.request(Method::POST, &format!("/v1/sessions/{session}/{verb}")).bearer_auth(&bearer);
            house.send(request).await.must_refuse(401, "invalid_credential");
        }
    }
    let other = House::open().await;
    let me = other.request(Method::GET, "/v1/me").bearer_auth(ann.token().await);
    other.send(me).await.must_refuse(401, "invalid_token");
    ann.ask(Method::GET, "/v1/me").await.must_be(200);
}

#[tokio::test]
async fn an_approval_that_comes_too_late_lets_nobody_in_even_when_it_was_given_in_time() {
    let house = House::open().await;
    let ann = house.sign_up("ann@example.org").await;
    let asked = device(&house).await;
    let guest = Guest { house: &house, signed_in: ann.signed_in.clone() };
    let request = house.request(Method::POST, "/v1/device/approve").bearer_auth(guest.token().await);
    house.send(request.json(&json!({"user_code": asked.user_code, "approve": true}))).await.must_be(204);
    house.clock.advance_minutes(10);
    assert_eq!(poll(&house, &asked.device_code).await.body["error"], "expired_token");
}

#[tokio::test]
async fn an_administrators_account_is_opened_on_the_box_offices_own_machine_alone() {
    let house = House::open().await;
    let house = house.restart_with(Rules { admins: vec!["boss@example.org".to_owned()], ..Rules::default() }).await;
    let boss = json!({ "email": "Boss@example.org", "password": "correct horse", "name": "Boss" });
    sign_up_from(&house, b"203.0.113.7", &boss).await.must_refuse(403, "forbidden");
    house.sign_up("boss@example.org").await;
}
