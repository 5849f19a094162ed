//! Refresh tokens: the credential, as an OAuth client knows it.

use crate::house::{Answer, Guest, House, read};
use frontrow::wire;
use reqwest::Method;
use serde_json::json;

async fn refresh_as(house: &House, client: &str, token: &str) -> Answer {
    form(house, "/oauth/token", &[("grant_type", "refresh_token"), ("client_id", client), ("refresh_token", token)])
        .await
}

async fn revoke(house: &House, token: &str) -> Answer {
    form(house, "/oauth/revoke", &[("client_id", "frontrow"), ("token", token)]).await
}

async fn form(house: &House, path: &str, fields: &[(&str, &str)]) -> Answer {
    let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    let kind = "application/x-www-form-urlencoded";
    read(house.request(Method::POST, path).header("content-type", kind).body(body)).await
}

async fn refresh(house: &House, token: &str) -> Answer {
    refresh_as(house, "frontrow", token).await
}

async fn me(house: &House, token: &str) -> Answer {
    house.send(house.request(Method::GET, "/v1/me").bearer_auth(token)).await
}

async fn rotate(guest: &Guest<'_>, credential: &str) -> wire::RotatedAnswer {
    let path = format!("/v1/sessions/{}/rotate", guest.signed_in.session.id);
    guest.house.send(guest.house.request(Method::POST, &path).bearer_auth(credential)).await.must_be(200).read()
}

#[track_caller]
fn refused(answer: Answer, status: u16, error: &str, says: &str) {
    assert_eq!((answer.status.as_u16(), answer.body["error"].as_str()), (status, Some(error)), "{}", answer.body);
    assert!(answer.body["error_description"].as_str().unwrap().contains(says), "{}", answer.body);
}

#[tokio::test]
async fn a_refresh_token_stays_the_same_and_gives_a_fresh_access_token_each_time() {
    let house = House::open().await;
    let ann = house.sign_up("ann@example.org").await;
    let mut known = vec![ann.signed_in.access_token.clone()];
    for _ in 0..3 {
        house.clock.advance_minutes(60 * 24);
        let fresh: wire::Refreshed = refresh(&house, &ann.signed_in.credential).await.must_be(200).read();
        assert_eq!((&*fresh.token_type, fresh.expires_in), ("Bearer", 60));
        assert_eq!(fresh.refresh_token, ann.signed_in.credential);
        me(&house, &fresh.access_token).await.must_be(200);
        assert!(!known.contains(&fresh.access_token));
        known.push(fresh.access_token);
    }
}

#[tokio::test]
async fn a_refresh_token_stands_as_its_credential_does() {
    let house = House::open().await;
    let ann = house.sign_up("ann@example.org").await;
    let first = ann.signed_in.credential.clone();
    let lost = rotate(&ann, &first).await.credential;
    let second = rotate(&ann, &first).await.credential;
    refused(refresh(&house, &lost).await, 400, "invalid_grant", "not valid");
    refresh(&house, &second).await.must_be(200);
    refresh(&house, &first).await.must_be(200);
    house.clock.advance_minutes(1);
    refused(refresh(&house, &first).await, 400, "invalid_grant", "copied it");
    refused(refresh(&house, &second).await, 400, "invalid_grant", "copied it");
}

#[tokio::test]
async fn a_refresh_token_that_is_none_or_over_or_used_too_often_is_refused_in_the_words_of_oauth() {
    let house = House::open().await;
    let ann = house.sign_up("ann@example.org").await;
    for token in ["x", "frc_x", &ann.signed_in.access_token, "\0"] {
        refused(refresh(&house, token).await, 400, "invalid_grant", "not valid");
    }
    refused(refresh(&house, "").await, 400, "invalid_request", "refresh_token is missing");
    refused(refresh_as(&house, "other", &ann.signed_in.credential).await, 401, "invalid_client", "frontrow");
    for _ in 0..30 {
        refresh(&house, &ann.signed_in.credential).await.must_be(200);
    }
    let often = refresh(&house, &ann.signed_in.credential).await;
    assert_eq!(often.headers["retry-after"], "1");
    refused(often, 429, "temporarily_unavailable", "wait");
    house.clock.advance_minutes(60 * 24 * 30);
    refused(refresh(&house, &ann.signed_in.credential).await, 400, "invalid_grant", "ended by itself");
}

#[tokio::test]
async fn a_session_that_was_signed_out_is_not_refreshed() {
    let house = House::open().await;
    let ann = house.sign_up("ann@example.org").await;
    let body = json!({"method": "password", "email": "ann@example.org", "password": "correct horse"});
    let other: wire::SignedIn = house.post("/v1/auth/sign-in", body).await.must_be(200).read();
    ann.ask(Method::DELETE, &format!("/v1/sessions/{}", other.session.id)).await.must_be(204);
    refused(refresh(&house, &other.credential).await, 400, "invalid_grant", "from another device");
    refresh(&house, &ann.signed_in.credential).await.must_be(200);
}

#[tokio::test]
async fn a_token_that_is_revoked_ends_its_session_and_no_other() {
    let house = House::open().await;
    let (ann, bob) = (house.sign_up("ann@example.org").await, house.sign_up("bob@example.org").await);
    let (ann_token, bob_token) = (ann.token().await, bob.token().await);
    for _ in 0..2 {
        revoke(&house, &ann.signed_in.credential).await.must_be(200);
    }
    refused(refresh(&house, &ann.signed_in.credential).await, 400, "invalid_grant", "signed out");
    me(&house, &ann_token).await.must_refuse(401, "session_revoked");
    for token in ["nonsense", "frc_x", &ann_token] {
        revoke(&house, token).await.must_be(200);
    }
    refused(revoke(&house, "").await, 400, "invalid_request", "token is missing");
    refused(form(&house, "/oauth/revoke", &[("token", &bob_token)]).await, 401, "invalid_client", "frontrow");
    me(&house, &bob_token).await.must_be(200);
    revoke(&house, &bob_token).await.must_be(200);
    refused(refresh(&house, &bob.signed_in.credential).await, 400, "invalid_grant", "signed out");
}
