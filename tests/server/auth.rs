//! Accounts, sessions, tokens: who is let in, and who is not.

use crate::house::{Answer, House};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use frontrow::wire;
use reqwest::Method;
use serde_json::{Value, json};

async fn sign_in(house: &House, email: &str, password: &str) -> Answer {
    house.post("/v1/auth/sign-in", json!({"method": "password", "email": email, "password": password})).await
}

async fn me(house: &House, token: &str) -> Answer {
    house.send(house.request(Method::GET, "/v1/me").bearer_auth(token)).await
}

#[tokio::test]
async fn a_person_signs_up_and_in_and_out() {
    let house = House::open().await;
    let ann = house.sign_up(" Ann@Example.org ").await;
    assert!(ann.signed_in.credential.starts_with("frc_") && ann.signed_in.credential.len() == 47);
    let answer: wire::MeAnswer = ann.ask(Method::GET, "/v1/me").await.must_be(200).read();
    assert_eq!((answer.user.email.as_str(), answer.user.name.as_str()), ("ann@example.org", "Ann"));
    let again: wire::SignedIn = sign_in(&house, "ANN@example.org", "correct horse").await.must_be(200).read();
    assert_eq!(again.user, answer.user);
    assert_ne!(again.credential, ann.signed_in.credential);

    let token = ann.token().await;
    let path = format!("/v1/sessions/{}/revoke", ann.signed_in.session.id);
    let revoke = |secret: &str| house.send(house.request(Method::POST, &path).bearer_auth(secret));
    revoke(&again.credential).await.must_refuse(401, "invalid_credential");
    revoke(&ann.signed_in.credential).await.must_be(204);
    revoke(&ann.signed_in.credential).await.must_be(204);
    me(&house, &token).await.must_refuse(401, "session_revoked");
    let path = format!("/v1/sessions/{}/tokens", ann.signed_in.session.id);
    let mint = house.request(Method::POST, &path).bearer_auth(&ann.signed_in.credential);
    house.send(mint).await.must_refuse(401, "session_revoked");
    assert_eq!(
        house.get("/v1/me").await.must_refuse(401, "invalid_token").headers["www-authenticate"],
        "Bearer error=\"invalid_token\""
    );
}

#[tokio::test]
async fn sign_ups_are_checked() {
    let house = House::open().await;
    house.sign_up("ann@example.org").await;
    let up = |email: &str, password: &str, name: &str| {
        house.post("/v1/auth/sign-up", json!({"email": email, "password": password, "name": name}))
    };
    up("ANN@example.org", "correct horse", "A").await.must_refuse(409, "email_taken");
    for email in ["", "ann", "@x", "a@", "a b@c.d", "a@b@c", "a\u{202e}@b.c", &format!("{}@b.c", "a".repeat(260))] {
        up(email, "correct horse", "A").await.must_refuse(400, "invalid_request");
    }
    for password in ["", "1234567", "Password", &"x".repeat(257), "bob@example.org"] {
        up("bob@example.org", password, "B").await.must_refuse(422, "weak_password");
    }
    up("bob@example.org", "correct horse", " ").await.must_refuse(400, "invalid_request");
    up("bob@example.org", "pässwörd", "B").await.must_be(201);
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_address_look_the_same() {
    let house = House::open().await;
    house.sign_up("ann@example.org").await;
    let wrong = sign_in(&house, "ann@example.org", "wrong horse").await.must_refuse(401, "bad_login");
    let unknown = sign_in(&house, "eve@example.org", "wrong horse").await.must_refuse(401, "bad_login");
    assert_eq!(wrong.body["detail"], unknown.body["detail"]);
    let body = json!({"method": "magic", "email": "ann@example.org", "password": "x"});
    house.post("/v1/auth/sign-in", body).await.must_refuse(400, "invalid_request");
}

#[tokio::test(flavor = "multi_thread")]
async fn guessing_is_slowed_down_even_when_done_all_at_once() {
    let house = House::open().await;
    house.sign_up("ann@example.org").await;
    let guesses = (0..12).map(|n| {
        let house = &house;
        async move { sign_in(house, "ann@example.org", &format!("guess number {n}")).await }
    });
    let answers = futures_util::future::join_all(guesses).await;
    assert_eq!(answers.iter().filter(|a| a.code() == "bad_login").count(), 5);
    let slowed = sign_in(&house, "ann@example.org", "correct horse").await.must_refuse(429, "rate_limited");
    assert_eq!(slowed.headers["retry-after"], "60");
    assert_eq!(slowed.body["retry_after"], 60);
    house.clock.advance_minutes(1);
    sign_in(&house, "ann@example.org", "correct horse").await.must_be(200);
}

#[tokio::test]
async fn a_token_lives_a_minute_and_a_session_thirty_idle_days() {
    let house = House::open().await;
    let ann = house.sign_up("ann@example.org").await;
    let token = ann.token().await;
    me(&house, &token).await.must_be(200);
    house.clock.advance_minutes(1);
    me(&house, &token).await.must_be(200);
    house.clock.advance_minutes(1);
    me(&house, &token).await.must_refuse(401, "invalid_token");
    for _ in 0..2 {
        house.clock.advance_minutes(29 * 24 * 60);
        ann.token().await;
    }
    house.clock.advance_minutes(30 * 24 * 60);
    let path = format!("/v1/sessions/{}/tokens", ann.signed_in.session.id);
    let mint = house.request(Method::POST, &path).bearer_auth(&ann.signed_in.credential);
    house.send(mint).await.must_refuse(401, "session_expired");
}

#[tokio::test]
async fn forged_and_foreign_tokens_are_refused() {
    let (house, other) = (House::open().await, House::open().await);
    let ann = house.sign_up("ann@example.org").await;
    let token = ann.token().await;
    let parts: Vec<&str> = token.split('.').collect();
    let encode = |value: Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let mut claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(parts[1]).unwrap()).unwrap();
    assert_eq!((&claims["iss"], &claims["aud"]), (&json!(house.running.identity()), &json!(house.running.identity())));
    claims["sub"] = json!("usr_somebody_else");
    let none = encode(json!({"alg": "none", "typ": "at+jwt"}));
    let hmac = encode(json!({"alg": "HS256", "typ": "at+jwt"}));
    let forged = [
        String::new(),
        "x".to_owned(),
        ann.signed_in.credential.clone(),
        format!("{}.{}.{}", parts[0], encode(claims.clone()), parts[2]),
        format!("{none}.{}.", parts[1]),
        format!("{hmac}.{}.{}", parts[1], parts[2]),
        format!("{}.{}.", parts[0], parts[1]),
        format!("{token}x"),
        "a".repeat(5000),
        other.sign_up("ann@example.org").await.token().await,
    ];
    for token in forged {
        me(&house, &token).await.must_refuse(401, "invalid_token");
    }
    let basic = house.request(Method::GET, "/v1/me").header("Authorization", format!("Basic {token}"));
    house.send(basic).await.must_refuse(401, "invalid_token");
    let path = format!("/v1/sessions/{}/tokens", ann.signed_in.session.id);
    for secret in ["", "frc_x", &token] {
        let mint = house.request(Method::POST, &path).bearer_auth(secret);
        house.send(mint).await.must_refuse(401, "invalid_credential");
    }
    let foreign = house.request(Method::POST, "/v1/sessions/ses_x/tokens").bearer_auth(&ann.signed_in.credential);
    house.send(foreign).await.must_refuse(401, "invalid_credential");
}

#[tokio::test]
async fn no_secret_is_in_the_database() {
    let house = House::open().await;
    let ann = house.sign_up("ann@example.org").await;
    let show = house.show_in("studio").await;
    let seats = house.free_seats(&show).await;
    let held: wire::HoldCreated = house.hold(&show, &seats[..1]).await.must_be(201).read();
    let (credential, token) = (ann.signed_in.credential.clone(), ann.token().await);
    house.running.stop().await;
    let bytes = std::fs::read(house.dir.path().join("boxoffice.db")).unwrap();
    let holds = |secret: &str| bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
    assert!(holds("ann@example.org"), "the search works");
    for secret in ["correct horse", &credential, &token, &held.token] {
        assert!(!holds(secret));
    }
}

#[tokio::test]
async fn favourites_are_kept_by_person() {
    let house = House::open().await;
    let movies: wire::MoviesAnswer = house.get("/v1/movies").await.read();
    let (ann, bob) = (house.sign_up("ann@example.org").await, house.sign_up("bob@example.org").await);
    let path = format!("/v1/favorites/{}", movies.movies[0].id);
    for _ in 0..2 {
        let marked: wire::FavoritesAnswer = ann.ask(Method::PUT, &path).await.must_be(200).read();
        assert_eq!(marked.movies, [movies.movies[0].id.clone()]);
    }
    assert!(bob.ask(Method::GET, "/v1/favorites").await.read::<wire::FavoritesAnswer>().movies.is_empty());
    ann.ask(Method::PUT, "/v1/favorites/nope").await.must_refuse(404, "not_found");
    assert!(ann.ask(Method::DELETE, &path).await.read::<wire::FavoritesAnswer>().movies.is_empty());
    house.send(house.request(Method::PUT, &path)).await.must_refuse(401, "invalid_token");
}
