//! Stripe tells that somebody has paid.

use crate::{
    house::{Answer, House},
    quickshow_admin::post,
};
use frontrow::domain::{
    ids::SeatId,
    show::{SeatState, Show},
};
use hmac::{Hmac, KeyInit, Mac};
use reqwest::Method;
use secrecy::SecretString;
use serde_json::{Value, json};
use sha2::Sha256;

const SECRET: &str = "whsec_invented_for_this_test";

async fn open() -> House {
    House::open_with(|options| options.outside.stripe_secret = Some(SecretString::from(SECRET))).await
}

/// What Stripe sends, signed at `at`.
async fn send_at(house: &House, event: &Value, secret: &str, at: i64) -> Answer {
    let body = event.to_string();
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(format!("{at}.{body}").as_bytes());
    let hex: String = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    let request = house.request(Method::POST, "/api/stripe").header("Stripe-Signature", format!("t={at},v1={hex}"));
    house.send(request.header("Content-Type", "application/json").body(body)).await
}

async fn send(house: &House, event: &Value) -> Answer {
    use frontrow::domain::env::Clock;
    send_at(house, event, SECRET, house.clock.now().as_second()).await
}

fn completed(event: &str, booking: &Value) -> Value {
    let object = json!({"id": "cs_test_1", "payment_status": "paid", "amount_total": 950, "currency": "eur", "metadata": {"bookingId": booking}});
    json!({"id": event, "object": "event", "type": "checkout.session.completed", "data": {"object": object}})
}

fn succeeded(event: &str, booking: &Value) -> Value {
    let object = json!({"id": "pi_1", "amount_received": 950, "currency": "eur", "metadata": {"bookingId": booking}});
    json!({"id": event, "object": "event", "type": "payment_intent.succeeded", "data": {"object": object}})
}

/// The bookings of somebody, the newest first.
async fn bookings(guest: &crate::house::Guest<'_>) -> Value {
    guest.ask(Method::GET, "/api/user/bookings").await.must_be(200).body["bookings"].clone()
}

async fn book(guest: &crate::house::Guest<'_>, show: &Show, seat: &SeatId) -> Value {
    let chart = guest.house.chart(show).await;
    let ix = chart.seats.iter().position(|s| s.id == *seat).unwrap();
    let label = format!("{}{}", chart.rows[chart.seats[ix].row as usize].label, chart.seats[ix].label);
    let created = post(guest, "/api/booking/create", json!({"showId": show.id, "selectedSeats": [label]})).await.body;
    assert_eq!(created["success"], true, "{created}");
    bookings(guest).await[0]["_id"].clone()
}

#[tokio::test]
async fn a_booking_is_paid_once_however_often_stripe_says_it() {
    let house = open().await;
    let show = house.emptiest_show_in("classic").await;
    let seats = house.free_seats(&show).await;
    let ann = house.sign_up("ann@example.org").await;
    let id = book(&ann, &show, &seats[0]).await;
    house.clock.advance_minutes(3);
    // Both events of one payment come, some twice, and all at once.
    let events = [completed("evt_1", &id), succeeded("evt_2", &id), completed("evt_1", &id), succeeded("evt_2", &id)];
    let answers = futures_util::future::join_all(events.iter().map(|event| send(&house, event))).await;
    for answer in answers {
        assert_eq!(answer.must_be(200).body, json!({"received": true}));
    }
    let paid = bookings(&ann).await;
    assert_eq!(
        (paid.as_array().unwrap().len(), &paid[0]["isPaid"], &paid[0]["paymentLink"]),
        (1, &json!(true), &json!(""))
    );
    assert_ne!(paid[0]["updatedAt"], paid[0]["createdAt"]);
    assert_eq!(house.state_of(&show, &seats[0]).await, SeatState::Sold);
    let native = ann.ask(Method::GET, "/v1/bookings").await.body;
    assert_eq!((&native["bookings"][0]["status"], &native["bookings"][0]["payment"]), (&json!("paid"), &json!("link")));
    // What was cancelled since is not paid again.
    let code = native["bookings"][0]["code"].as_str().unwrap();
    ann.ask(Method::POST, &format!("/v1/bookings/{code}/cancel")).await.must_be(200);
    send(&house, &completed("evt_1", &id)).await.must_be(200);
    send(&house, &completed("evt_3", &id)).await.must_be(200);
    assert_eq!(house.state_of(&show, &seats[0]).await, SeatState::Free);
}

#[tokio::test]
async fn only_stripe_is_believed() {
    let house = open().await;
    let show = house.emptiest_show_in("classic").await;
    let ann = house.sign_up("ann@example.org").await;
    let id = book(&ann, &show, &house.free_seats(&show).await[0]).await;
    let now = {
        use frontrow::domain::env::Clock;
        house.clock.now().as_second()
    };
    let event = completed("evt_1", &id);
    let refused = [
        send_at(&house, &event, "whsec_another", now).await,
        send_at(&house, &event, SECRET, now - 301).await,
        send_at(&house, &event, SECRET, now + 301).await,
        house.post("/api/stripe", event.clone()).await,
        send_at(&house, &json!({"type": "checkout.session.completed"}), SECRET, now).await,
    ];
    for answer in refused {
        let answer = answer.must_be(400);
        assert!(answer.body.as_str().unwrap().starts_with("Webhook Error: "), "{}", answer.body);
        assert_eq!(answer.headers["content-type"], "text/plain; charset=utf-8");
    }
    assert_eq!(bookings(&ann).await[0]["isPaid"], false);
    send_at(&house, &event, SECRET, now - 299).await.must_be(200);
    assert_eq!(bookings(&ann).await[0]["isPaid"], true);

    let without = House::open().await;
    let answer = send_at(&without, &event, SECRET, now).await.must_be(400);
    assert!(answer.body.as_str().unwrap().contains("No secret of Stripe's is set up here"), "{}", answer.body);
}

#[tokio::test]
async fn what_does_not_pay_a_booking_is_received_and_sells_nothing() {
    let house = open().await;
    let show = house.emptiest_show_in("classic").await;
    let seats = house.free_seats(&show).await;
    let ann = house.sign_up("ann@example.org").await;
    let id = book(&ann, &show, &seats[0]).await;
    let mut too_little = completed("evt_1", &id);
    too_little["data"]["object"]["amount_total"] = json!(900);
    let mut other_money = completed("evt_2", &id);
    other_money["data"]["object"]["currency"] = json!("usd");
    let mut under_way = completed("evt_3", &id);
    under_way["data"]["object"]["payment_status"] = json!("unpaid");
    let mut expired = completed("evt_4", &id);
    expired["type"] = json!("checkout.session.expired");
    let nobodys = completed("evt_5", &json!("bkg_nobodys"));
    let bare = json!({"id": "evt_6", "type": "payment_intent.succeeded", "data": {"object": {"id": "pi_1"}}});
    for event in [too_little, other_money, under_way, expired, nobodys, bare] {
        assert_eq!(send(&house, &event).await.must_be(200).body, json!({"received": true}), "{event}");
    }
    assert_eq!(bookings(&ann).await[0]["isPaid"], false);
}

#[tokio::test]
async fn a_payment_after_the_hold_counts_only_while_nobody_else_has_the_seat() {
    let house = open().await;
    let show = house.emptiest_show_in("classic").await;
    let seats = house.free_seats(&show).await;
    let ann = house.sign_up("ann@example.org").await;
    let id = book(&ann, &show, &seats[0]).await;
    house.clock.advance_minutes(11);
    let bob = house.sign_up("bob@example.org").await;
    book(&bob, &show, &seats[0]).await;
    assert_eq!(send(&house, &completed("evt_1", &id)).await.must_be(200).body, json!({"received": true}));
    assert_eq!(bookings(&ann).await, json!([]), "nothing was sold twice");
    assert_eq!(house.state_of(&show, &seats[0]).await, SeatState::Held);

    let other = book(&ann, &show, &seats[2]).await;
    house.clock.advance_minutes(11);
    send(&house, &completed("evt_2", &other)).await.must_be(200);
    assert_eq!(bookings(&ann).await[0]["isPaid"], true, "the seat was still hers");
    assert_eq!(house.state_of(&show, &seats[2]).await, SeatState::Sold);
}
