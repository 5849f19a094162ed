//! Tickets for signing in: once, for minutes, for oneself; for others by an admin.

use crate::house::{Answer, Guest, House};
use frontrow::{server::Rules, wire};
use reqwest::Method;
use serde_json::{Value, json};

async fn issue(guest: &Guest<'_>, body: Value) -> Answer {
    let token = guest.token().await;
    guest.house.send(guest.house.request(Method::POST, "/v1/auth/tickets").bearer_auth(token).json(&body)).await
}

async fn sign_in(house: &House, ticket: &str) -> Answer {
    house.post("/v1/auth/sign-in", json!({"method": "ticket", "ticket": ticket, "device_label": "Foyer"})).await
}

#[tokio::test]
async fn a_ticket_signs_its_person_in_once() {
    let house = House::open().await;
    let ann = house.sign_up("ann@example.org").await;
    let issued: wire::TicketAnswer = issue(&ann, json!({"expires_in": 60})).await.must_be(201).read();
    let signed_in: wire::SignedIn = sign_in(&house, &issued.ticket).await.must_be(200).read();
    assert_eq!(signed_in.user, ann.signed_in.user);
    let sessions: wire::SessionsAnswer = ann.ask(Method::GET, "/v1/sessions").await.must_be(200).read();
    assert!(sessions.sessions.iter().any(|session| session.device_label.as_str() == "Foyer"));
    sign_in(&house, &issued.ticket).await.must_refuse(401, "bad_login");
}

#[tokio::test]
async fn a_ticket_ends_when_its_time_is_over_and_others_are_refused() {
    let house = House::open().await;
    let ann = house.sign_up("ann@example.org").await;
    let issued: wire::TicketAnswer = issue(&ann, json!({"expires_in": 120})).await.must_be(201).read();
    house.clock.advance_minutes(2);
    sign_in(&house, &issued.ticket).await.must_refuse(401, "bad_login");
    for ticket in ["", "frt_x", &ann.signed_in.credential] {
        sign_in(&house, ticket).await.must_refuse(401, "bad_login");
    }
    for seconds in [0, 59, 601] {
        issue(&ann, json!({"expires_in": seconds})).await.must_refuse(400, "invalid_request");
    }
    house.post("/v1/auth/tickets", json!({"expires_in": 60})).await.must_refuse(401, "invalid_token");
}

#[tokio::test]
async fn only_an_admin_makes_tickets_for_others_and_for_kiosks() {
    let house = House::open().await;
    let (credential, bob) = {
        let (ann, bob) = (house.sign_up("ann@example.org").await, house.sign_up("bob@example.org").await);
        let body = json!({"expires_in": 60, "user_id": bob.signed_in.user.id});
        issue(&ann, body).await.must_refuse(403, "forbidden");
        issue(&ann, json!({"expires_in": 60, "kiosk": true})).await.must_refuse(403, "forbidden");
        (ann.signed_in, bob.signed_in.user)
    };
    let house = house.restart_with(Rules { admins: vec!["ann@example.org".to_owned()], ..Rules::default() }).await;
    let ann = Guest { house: &house, signed_in: credential };
    let body = json!({"expires_in": 60, "user_id": bob.id, "kiosk": true});
    let issued: wire::TicketAnswer = issue(&ann, body).await.must_be(201).read();
    let signed_in: wire::SignedIn = sign_in(&house, &issued.ticket).await.must_be(200).read();
    assert_eq!(signed_in.user, bob);
    let days = (signed_in.session.expires_at.as_second() - signed_in.server_time.as_second()) / 86_400;
    assert_eq!(days, 365, "a kiosk stays signed in for longer");
    issue(&ann, json!({"expires_in": 60, "user_id": "usr_nobody"})).await.must_refuse(404, "not_found");
}
