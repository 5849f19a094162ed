//! From a film to a ticket, and every way a sale can go wrong.

use crate::house::{House, book_request};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use frontrow::{
    domain::{booking::BookingStatus, show::SeatState},
    wire,
};
use jsonwebtoken::{Algorithm, DecodingKey, crypto::verify};
use reqwest::Method;
use serde_json::{Value, json};

#[tokio::test]
async fn a_customer_finds_a_film_holds_two_seats_and_books_them() {
    let house = House::open().await;
    let show = house.show_in("hall-1").await;
    let seats = house.free_seats(&show).await[..2].to_vec();
    let held: wire::HoldCreated = house.hold(&show, &seats).await.must_be(201).read();
    assert_eq!(held.hold.seats.len(), 2);
    assert_eq!(held.hold.ttl_ms, Some(600_000));
    assert_eq!(held.hold.total.unwrap().minor, held.hold.seats.iter().map(|s| s.price.unwrap().minor).sum::<i64>());
    assert_eq!(house.state_of(&show, &seats[0]).await, SeatState::Held);

    let ann = house.sign_up("ann@example.org").await;
    let answer = ann.book(&held, "sale-1").await.must_be(201);
    assert!(answer.headers.contains_key("server-time"));
    let booking = answer.read::<wire::BookingAnswer>().booking;
    assert_eq!((booking.status, booking.total), (BookingStatus::Paid, held.hold.total));
    assert_eq!(house.state_of(&show, &seats[0]).await, SeatState::Sold);
    let code = &booking.code.0;
    assert!(
        code.len() == 7 && code.as_bytes()[3] == b'-' && !code.contains(['0', 'O', '1', 'I', 'L', '5', 'S']),
        "{code}"
    );

    let listed: wire::BookingsAnswer = ann.ask(Method::GET, "/v1/bookings").await.must_be(200).read();
    assert_eq!(listed.bookings, std::slice::from_ref(&booking));
    let typed = format!("/v1/bookings/{}", code.replace('-', "").to_lowercase());
    assert_eq!(ann.ask(Method::GET, &typed).await.read::<wire::BookingAnswer>().booking, booking);
    let bob = house.sign_up("bob@example.org").await;
    bob.ask(Method::GET, &format!("/v1/bookings/{code}")).await.must_refuse(404, "not_found");
    house.running.stop().await;
}

#[tokio::test]
async fn a_ticket_is_short_signed_and_verifiable_with_the_published_key() {
    let house = House::open().await;
    let show = house.show_in("studio").await;
    let seats = house.free_seats(&show).await;
    let held: wire::HoldCreated = house.hold(&show, &seats[..1]).await.must_be(201).read();
    let booking = house.sign_up("ann@example.org").await.book(&held, "k").await.read::<wire::BookingAnswer>().booking;
    assert!(booking.ticket.len() <= 151, "{}", booking.ticket.len());
    let bytes = base45_decode(booking.ticket.strip_prefix("CT1.").unwrap());
    let (payload, signature) = bytes.split_at(31);
    assert_eq!(payload[2..10], show.id.0.parse::<i64>().unwrap().to_be_bytes());
    assert_eq!(payload[18..21], [0xff; 3]);

    let keys = house.get("/.well-known/jwks.json").await.must_be(200).body;
    let key = DecodingKey::from_ed_components(keys["keys"][0]["x"].as_str().unwrap()).unwrap();
    let signed = |payload: &[u8]| verify(&URL_SAFE_NO_PAD.encode(signature), payload, &key, Algorithm::EdDSA).unwrap();
    assert!(signed(payload));
    let mut forged = payload.to_vec();
    forged[9] ^= 1;
    assert!(!signed(&forged));
}

fn base45_decode(text: &str) -> Vec<u8> {
    const ALPHABET: &str = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
    let digits: Vec<usize> = text.chars().map(|c| ALPHABET.find(c).unwrap()).collect();
    let bytes = digits.chunks(3).flat_map(|group| {
        let value = group.iter().rev().fold(0, |value, digit| value * 45 + digit);
        if group.len() == 3 { vec![(value >> 8) as u8, value as u8] } else { vec![value as u8] }
    });
    bytes.collect()
}

#[tokio::test]
async fn a_hold_takes_all_of_its_seats_or_none() {
    let house = House::open().await;
    let show = house.show_in("classic").await;
    let seats = house.free_seats(&show).await;
    house.hold(&show, &seats[..2]).await.must_be(201);
    let refused = house.hold(&show, &seats[1..5]).await.must_refuse(409, "seat_taken");
    let conflicts = refused.body["conflicts"].as_array().unwrap();
    assert_eq!(conflicts.len(), 1);
    assert_eq!((&conflicts[0]["seat"], &conflicts[0]["reason"]), (&json!(seats[1]), &json!("held")));
    assert!(!conflicts[0]["label"].as_str().unwrap().is_empty());
    for seat in &seats[2..5] {
        assert_eq!(house.state_of(&show, seat).await, SeatState::Free);
    }
}

#[tokio::test]
async fn a_hold_ends_by_the_clock_and_its_seats_are_free_without_any_sweeping() {
    let house = House::open().await;
    let show = house.show_in("classic").await;
    let seats = house.free_seats(&show).await[..2].to_vec();
    let first: wire::HoldCreated = house.hold(&show, &seats).await.must_be(201).read();
    house.clock.advance_minutes(9);
    house.hold(&show, &seats).await.must_refuse(409, "seat_taken");
    house.clock.advance_minutes(1);
    assert_eq!(house.state_of(&show, &seats[0]).await, SeatState::Free);
    let second: wire::HoldCreated = house.hold(&show, &seats).await.must_be(201).read();
    let ann = house.sign_up("ann@example.org").await;
    ann.book(&first, "late").await.must_refuse(410, "hold_expired");
    ann.book(&second, "in time").await.must_be(201);
}

#[tokio::test]
async fn a_hold_is_extended_ten_times_and_not_more() {
    let house = House::open().await;
    let show = house.show_in("studio").await;
    let seats = house.free_seats(&show).await;
    let held: wire::HoldCreated = house.hold(&show, &seats[..1]).await.must_be(201).read();
    for left in (0..10).rev() {
        house.clock.advance_minutes(9);
        let hold = patch(&house, &held, json!({"extend": true})).await.must_be(200).read::<wire::HoldAnswer>().hold;
        assert_eq!((hold.extensions_left, hold.ttl_ms), (left, Some(600_000)));
    }
    patch(&house, &held, json!({"extend": true})).await.must_refuse(409, "no_extensions_left");
    assert_eq!(house.state_of(&show, &seats[0]).await, SeatState::Held);
}

async fn patch(house: &House, held: &wire::HoldCreated, change: Value) -> crate::house::Answer {
    let request = house.request(Method::PATCH, &format!("/v1/holds/{}", held.hold.id));
    house.send(request.header("Hold-Token", &held.token).json(&change)).await
}

#[tokio::test]
async fn seats_of_a_hold_are_exchanged_at_once_or_not_at_all() {
    let house = House::open().await;
    let show = house.show_in("classic").await;
    let seats = house.free_seats(&show).await;
    let mine: wire::HoldCreated = house.hold(&show, &seats[..2]).await.must_be(201).read();
    house.hold(&show, &seats[4..5]).await.must_be(201);

    let change = json!({"add": [seats[2], seats[4]], "remove": [seats[0]]});
    patch(&house, &mine, change).await.must_refuse(409, "seat_taken");
    assert_eq!(house.state_of(&show, &seats[0]).await, SeatState::Held);
    assert_eq!(house.state_of(&show, &seats[2]).await, SeatState::Free);

    let change = json!({"add": [seats[2]], "remove": [seats[0]]});
    for _ in 0..2 {
        let hold = patch(&house, &mine, change.clone()).await.must_be(200).read::<wire::HoldAnswer>().hold;
        assert_eq!(hold.seats.iter().map(|s| s.id.clone()).collect::<Vec<_>>(), seats[1..3]);
    }
    assert_eq!(house.state_of(&show, &seats[0]).await, SeatState::Free);
    patch(&house, &mine, json!({"remove": [seats[1], seats[2]]})).await.must_refuse(400, "no_seats");
    patch(&house, &mine, json!({"add": [seats[3]], "remove": [seats[3]]})).await.must_refuse(400, "invalid_request");
}

#[tokio::test]
async fn only_the_token_opens_a_hold() {
    let house = House::open().await;
    let show = house.show_in("studio").await;
    let seats = house.free_seats(&show).await;
    let held: wire::HoldCreated = house.hold(&show, &seats[..1]).await.must_be(201).read();
    let path = format!("/v1/holds/{}", held.hold.id);
    house.get(&path).await.must_refuse(404, "hold_not_found");
    let with = |method, token: &str| house.request(method, &path).header("Hold-Token", token.to_owned());
    house.send(with(Method::GET, "x")).await.must_refuse(404, "hold_not_found");
    house.send(with(Method::DELETE, "x")).await.must_refuse(404, "hold_not_found");
    let read: wire::HoldAnswer = house.send(with(Method::GET, &held.token)).await.must_be(200).read();
    assert_eq!(read.hold, held.hold);
    for _ in 0..2 {
        house.send(with(Method::DELETE, &held.token)).await.must_be(204);
    }
    house.send(with(Method::GET, &held.token)).await.must_refuse(410, "hold_expired");
    assert_eq!(house.state_of(&show, &seats[0]).await, SeatState::Free);
}

#[tokio::test]
async fn one_sale_sent_three_times_is_one_booking() {
    let house = House::open().await;
    let show = house.show_in("studio").await;
    let seats = house.free_seats(&show).await;
    let held: wire::HoldCreated = house.hold(&show, &seats[..2]).await.must_be(201).read();
    let ann = house.sign_up("ann@example.org").await;
    let token = ann.token().await;
    let (a, b, c) = tokio::join!(
        house.send(book_request(&house, &token, &held, "one")),
        house.send(book_request(&house, &token, &held, "one")),
        house.send(book_request(&house, &token, &held, "one")),
    );
    let codes: Vec<_> =
        [a, b, c].into_iter().map(|x| x.must_be(201).read::<wire::BookingAnswer>().booking.code).collect();
    assert!(codes.iter().all(|code| *code == codes[0]));
    assert_eq!(ann.ask(Method::GET, "/v1/bookings").await.read::<wire::BookingsAnswer>().bookings.len(), 1);

    let other: wire::HoldCreated = house.hold(&show, &seats[2..3]).await.must_be(201).read();
    ann.book(&other, "one").await.must_refuse(422, "idempotency_mismatch");
    let nameless = house.request(Method::POST, "/v1/bookings").bearer_auth(&token).header("Hold-Token", &other.token);
    let nameless = nameless.json(&json!({"hold": other.hold.id, "payment": "demo"}));
    house.send(nameless).await.must_refuse(400, "idempotency_required");
    let again = ann.book(&held, "another name").await.must_refuse(409, "already_booked");
    assert!(again.body["detail"].as_str().unwrap().contains(&codes[0].0), "{}", again.body);
    let bob = house.sign_up("bob@example.org").await;
    let told = bob.book(&held, "his").await.must_refuse(404, "hold_not_found");
    assert!(!told.body.to_string().contains(&codes[0].0), "{}", told.body);
}

#[tokio::test]
async fn a_booking_whose_answer_was_lost_is_found_by_its_name() {
    use frontrow::server::faults::Fault;
    let house = House::open().await;
    let show = house.show_in("studio").await;
    let seats = house.free_seats(&show).await;
    let held: wire::HoldCreated = house.hold(&show, &seats[..1]).await.must_be(201).read();
    let ann = house.sign_up("ann@example.org").await;
    let token = ann.token().await;
    house.faults.add(Some(Method::POST), "/v1/bookings", Fault::CutAfter, 1);
    let lost = book_request(&house, &token, &held, "lost").send().await;
    assert!(match lost {
        Err(_) => true,
        Ok(answer) => answer.bytes().await.is_err(),
    });
    ann.book(&held, "lost").await.must_be(201);
    assert_eq!(ann.ask(Method::GET, "/v1/bookings").await.read::<wire::BookingsAnswer>().bookings.len(), 1);
}

#[tokio::test]
async fn cancelling_frees_the_seats_until_the_show_begins() {
    let house = House::open().await;
    let show = house.show_in("classic").await;
    let seats = house.free_seats(&show).await;
    let ann = house.sign_up("ann@example.org").await;
    let mut codes = Vec::new();
    for n in 0..2 {
        let held: wire::HoldCreated = house.hold(&show, &seats[n..=n]).await.must_be(201).read();
        let booking = ann.book(&held, &n.to_string()).await.read::<wire::BookingAnswer>().booking;
        assert_eq!(booking.refundable, booking.total);
        codes.push(booking.code);
    }
    for _ in 0..2 {
        let path = format!("/v1/bookings/{}/cancel", codes[0]);
        let booking = ann.ask(Method::POST, &path).await.must_be(200).read::<wire::BookingAnswer>().booking;
        assert_eq!((booking.status, booking.refundable), (BookingStatus::Cancelled, None));
    }
    assert_eq!(house.state_of(&show, &seats[0]).await, SeatState::Free);
    house.hold(&show, &seats[..1]).await.must_be(201);

    house.clock.set(show.starts_at);
    let path = format!("/v1/bookings/{}/cancel", codes[1]);
    ann.ask(Method::POST, &path).await.must_refuse(409, "not_cancellable");
    house.hold(&show, &seats[2..3]).await.must_refuse(409, "sale_closed");
}

#[tokio::test]
async fn a_couch_is_held_whole_or_not() {
    let house = House::open().await;
    let show = house.show_in("hall-1").await;
    let (chart, states) = (house.chart(&show).await, house.states(&show).await);
    let couches: Vec<_> = chart
        .seats
        .iter()
        .enumerate()
        .filter(|(ix, seat)| seat.couch.is_some() && states.get(*ix) == SeatState::Free)
        .collect();
    let (_, half) = couches[0];
    let whole: Vec<_> = couches.iter().filter(|(_, s)| s.couch == half.couch).map(|(_, s)| s.id.clone()).collect();
    let refused = house.hold(&show, &whole[..1]).await.must_refuse(422, "couch_split");
    assert_eq!(refused.body["conflicts"][0]["reason"], "not_for_sale");
    let held: wire::HoldCreated = house.hold(&show, &whole).await.must_be(201).read();
    patch(&house, &held, json!({"remove": [whole[0]]})).await.must_refuse(422, "couch_split");
}
