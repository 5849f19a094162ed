//! How often somebody may try, by account, by session and by address.

use crate::house::{Answer, House};
use frontrow::{
    domain::{ids::SeatId, rules::Limit},
    server::Rules,
    wire,
};
use reqwest::Method;
use serde_json::{Value, json};
use std::time::Duration;

/// A request as a proxy on this machine forwards it.
async fn from(house: &House, address: &str, path: &str, body: Value) -> Answer {
    let request = house.request(Method::POST, path).header("X-Forwarded-For", address);
    house.send(request.json(&body)).await
}

fn password(email: &str, password: &str) -> Value {
    json!({"method": "password", "email": email, "password": password})
}

#[tokio::test]
async fn wrong_passwords_wait_twice_as_long_each_time_and_never_for_good() {
    let house = House::open().await;
    house.sign_up("ann@example.org").await;
    let sign_in = |word: &'static str| house.post("/v1/auth/sign-in", password("ann@example.org", word));
    for _ in 0..5 {
        sign_in("wrong horse").await.must_refuse(401, "bad_login");
    }
    for minutes in [1, 2, 4, 8, 15, 15] {
        let told = sign_in("correct horse").await.must_refuse(429, "rate_limited");
        assert_eq!(told.headers["retry-after"], (minutes * 60).to_string().as_str());
        assert_eq!(told.body["retry_after"], minutes * 60);
        house.clock.advance_minutes(minutes);
        sign_in("wrong horse").await.must_refuse(401, "bad_login");
    }
    sign_in("correct horse").await.must_refuse(429, "rate_limited");
    house.clock.advance_minutes(15);
    sign_in("correct horse").await.must_be(200);
    for _ in 0..4 {
        sign_in("wrong horse").await.must_refuse(401, "bad_login");
    }
    sign_in("correct horse").await.must_be(200);
}

#[tokio::test]
async fn the_count_of_wrong_passwords_outlives_a_restart() {
    let house = House::open().await;
    house.sign_up("ann@example.org").await;
    for _ in 0..5 {
        let tried = house.post("/v1/auth/sign-in", password("ann@example.org", "wrong horse")).await;
        tried.must_refuse(401, "bad_login");
    }
    let house = house.restart().await;
    let tried = house.post("/v1/auth/sign-in", password("ann@example.org", "correct horse")).await;
    tried.must_refuse(429, "rate_limited");
}

#[tokio::test]
async fn an_address_opens_five_accounts_an_hour_and_another_one_as_many() {
    let house = House::open().await;
    let sign_up = async |address: &str, n: usize| {
        let body = json!({"email": format!("ann{n}@example.org"), "password": "correct horse", "name": "Ann"});
        from(&house, address, "/v1/auth/sign-up", body).await
    };
    for n in 0..5 {
        sign_up("203.0.113.7", n).await.must_be(201);
    }
    let told = sign_up("203.0.113.7", 5).await.must_refuse(429, "rate_limited");
    assert_eq!(told.headers["retry-after"], "3600");
    sign_up("203.0.113.8", 5).await.must_be(201);
    house.clock.advance_minutes(60);
    sign_up("203.0.113.7", 6).await.must_be(201);
}

#[tokio::test]
async fn an_address_tries_twenty_sign_ins_a_minute_over_all_accounts() {
    let rules = Rules::default();
    let mut limits = rules.limits;
    limits.sign_ins_per_address = Limit { times: 3, window: Duration::from_secs(60) };
    let house = House::open().await.restart_with(Rules { limits, ..rules }).await;
    for n in 0..3 {
        let body = password(&format!("nobody{n}@example.org"), "wrong horse");
        from(&house, "203.0.113.7", "/v1/auth/sign-in", body).await.must_refuse(401, "bad_login");
    }
    let body = password("nobody@example.org", "wrong horse");
    from(&house, "203.0.113.7", "/v1/auth/sign-in", body.clone()).await.must_refuse(429, "rate_limited");
    house.post("/v1/auth/sign-in", body).await.must_refuse(401, "bad_login");
    assert_eq!(Rules::default().limits.sign_ins_per_address.times, 20);
}

#[tokio::test]
async fn one_session_mints_thirty_tokens_at_once_and_ten_a_second() {
    let house = House::open().await;
    let (ann, bob) = (house.sign_up("ann@example.org").await, house.sign_up("bob@example.org").await);
    let path = format!("/v1/sessions/{}/tokens", ann.signed_in.session.id);
    let mint = || house.send(house.request(Method::POST, &path).bearer_auth(&ann.signed_in.credential));
    for _ in 0..30 {
        mint().await.must_be(200);
    }
    assert_eq!(mint().await.must_refuse(429, "rate_limited").headers["retry-after"], "1");
    bob.token().await;
    house.clock.advance_seconds(1);
    for _ in 0..10 {
        mint().await.must_be(200);
    }
    mint().await.must_refuse(429, "rate_limited");
}

#[tokio::test]
async fn one_session_asks_for_six_successors_a_minute() {
    let house = House::open().await;
    let ann = house.sign_up("ann@example.org").await.signed_in;
    let path = format!("/v1/sessions/{}/rotate", ann.session.id);
    let rotate = || house.send(house.request(Method::POST, &path).bearer_auth(&ann.credential));
    for _ in 0..6 {
        rotate().await.must_be(200);
    }
    assert_eq!(rotate().await.must_refuse(429, "rate_limited").headers["retry-after"], "10");
    house.clock.advance_seconds(10);
    rotate().await.must_be(200);
}

#[tokio::test]
async fn one_address_cannot_hold_a_whole_hall_without_signing_in() {
    let house = House::open().await;
    let show = house.show_in("grand").await;
    let seats = house.free_seats(&show).await;
    let hold = async |address: &str, seats: &[SeatId]| {
        from(&house, address, "/v1/holds", json!({"show": show.id, "seats": seats})).await
    };
    let mut held = Vec::new();
    for party in seats.chunks(4).take(30) {
        held.push(hold("203.0.113.7", party).await.must_be(201).read::<wire::HoldCreated>());
    }
    let rest = &seats[120..];
    hold("203.0.113.7", &rest[..1]).await.must_refuse(429, "rate_limited");
    let path = format!("/v1/holds/{}", held[0].hold.id);
    let longer = house.request(Method::PATCH, &path).header("X-Forwarded-For", "203.0.113.7");
    let longer = longer.header("Hold-Token", &held[0].token).json(&json!({"extend": true}));
    house.send(longer).await.must_refuse(429, "rate_limited");
    hold("203.0.113.8", &rest[..4]).await.must_be(201);
    house.hold(&show, &rest[4..8]).await.must_be(201);
    house.clock.advance_minutes(1);
    hold("203.0.113.7", &rest[8..16]).await.must_be(201);
}

#[tokio::test]
async fn seats_kept_by_the_other_dialect_count_with_those() {
    let house = House::open().await;
    let show = house.show_in("grand").await;
    let seats = house.free_seats(&show).await;
    let ann = house.sign_up("ann@example.org").await;
    let token = ann.token().await;
    let create = async |address: &str, seats: &[SeatId]| {
        let request = house.request(Method::POST, "/api/booking/create").header("X-Forwarded-For", address);
        let body = json!({"showId": show.id, "selectedSeats": seats});
        house.send(request.bearer_auth(&token).json(&body)).await.must_be(200).body
    };
    for party in seats.chunks(20).take(6) {
        let created = create("203.0.113.7", party).await;
        assert_eq!(created["success"], true, "{created}");
    }
    let refused = create("203.0.113.7", &seats[120..121]).await;
    assert_eq!(refused["success"], false, "{refused}");
    let hold = json!({"show": show.id, "seats": &seats[120..121]});
    from(&house, "203.0.113.7", "/v1/holds", hold).await.must_refuse(429, "rate_limited");
    assert_eq!(create("203.0.113.8", &seats[120..121]).await["success"], true);
}

#[tokio::test]
async fn bodies_of_sign_ins_are_small() {
    let house = House::open().await;
    let long = "x".repeat(16 * 1024);
    let told = house.post("/v1/auth/sign-in", password("ann@example.org", &long)).await;
    let told = told.must_refuse(413, "payload_too_large");
    assert!(told.body["detail"].as_str().unwrap().contains("16 KiB"));
    let told = house.post("/v1/holds", json!({"show": "1", "seats": ["x".repeat(64 * 1024)]})).await;
    assert!(told.must_refuse(413, "payload_too_large").body["detail"].as_str().unwrap().contains("64 KiB"));
}

#[tokio::test]
async fn lifetimes_are_those_of_the_rules() {
    let mut rules = Rules::default();
    rules.lifetimes.access_token = Duration::from_secs(300);
    rules.lifetimes.session = Duration::from_secs(3600);
    let house = House::open().await.restart_with(rules).await;
    let ann = house.sign_up("ann@example.org").await;
    assert_eq!(ann.signed_in.expires_in, 300);
    let token = ann.token().await;
    let me = async || house.send(house.request(Method::GET, "/v1/me").bearer_auth(&token)).await;
    house.clock.advance_minutes(4);
    me().await.must_be(200).read::<wire::MeAnswer>();
    house.clock.advance_minutes(56);
    let path = format!("/v1/sessions/{}/tokens", ann.signed_in.session.id);
    let mint = house.request(Method::POST, &path).bearer_auth(&ann.signed_in.credential);
    house.send(mint).await.must_refuse(401, "session_expired");
}
