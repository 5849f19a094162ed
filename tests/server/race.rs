//! Many people want the same seats at once.

use crate::house::{House, book_request};
use frontrow::{
    domain::{ids::SeatId, seating::orphan::OrphanMode, show::SeatState},
    wire,
};
use reqwest::Method;
use serde_json::json;
use std::collections::{HashMap, HashSet};

/// These are about who is faster, not about single seats that are left alone.
async fn open() -> House {
    House::open_with(|options| options.rules.selling.orphans = OrphanMode::Off).await
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_hundred_buyers_for_one_hundred_seats_one_hundred_are_served() {
    let house = open().await;
    let show = house.show_in("grand").await;
    let seats = house.free_seats(&show).await[..100].to_vec();
    let before = sold(&house, &show).await;
    let ann = house.sign_up("ann@example.org").await;
    let token = ann.token().await;

    let buyers = (0..200).map(|n| {
        let (house, show, seat, token) = (&house, &show, seats[n % 100].clone(), &token);
        async move {
            let answer = house.hold(show, std::slice::from_ref(&seat)).await;
            if answer.status == 409 {
                assert_eq!(answer.body["conflicts"][0]["seat"], json!(seat));
                assert_eq!(answer.code(), "seat_taken");
                return None;
            }
            let held: wire::HoldCreated = answer.must_be(201).read();
            let answer = house.send(book_request(house, token, &held, &format!("sale-{n}"))).await.must_be(201);
            Some((seat, answer.read::<wire::BookingAnswer>().booking.code))
        }
    });
    let ledger: Vec<_> = futures_util::future::join_all(buyers).await.into_iter().flatten().collect();

    assert_eq!(ledger.len(), 100);
    assert_eq!(ledger.iter().map(|(seat, _)| seat).collect::<HashSet<_>>().len(), 100);
    assert_eq!(sold(&house, &show).await, before + 100);
    let listed: wire::BookingsAnswer = ann.ask(Method::GET, "/v1/bookings").await.read();
    let in_database: HashMap<_, _> = listed.bookings.iter().map(|b| (b.seats[0].id.clone(), b.code.clone())).collect();
    assert_eq!(in_database, ledger.into_iter().collect::<HashMap<_, _>>());
}

async fn sold(house: &House, show: &frontrow::domain::show::Show) -> usize {
    house.states(show).await.iter().filter(|state| *state == SeatState::Sold).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn holds_that_overlap_in_any_order_never_share_a_seat_and_never_wait_for_each_other() {
    let house = open().await;
    let show = house.show_in("hall-1").await;
    let seats = house.free_seats(&show).await[..12].to_vec();
    let wishes = (0..60).map(|n| {
        let mut wish: Vec<SeatId> = (0..3).map(|k| seats[(n * 5 + k * (1 + n % 3)) % 12].clone()).collect();
        if n % 2 == 0 {
            wish.reverse();
        }
        let (house, show) = (&house, &show);
        async move { house.hold(show, &wish).await }
    });
    let answers = futures_util::future::join_all(wishes).await;
    let held: Vec<SeatId> = answers
        .into_iter()
        .filter(|answer| answer.status == 201)
        .flat_map(|answer| answer.read::<wire::HoldCreated>().hold.seats)
        .map(|seat| seat.id)
        .collect();
    assert!(!held.is_empty());
    assert_eq!(held.iter().collect::<HashSet<_>>().len(), held.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_of_one_hold_at_once_lose_nothing() {
    let house = open().await;
    let show = house.show_in("classic").await;
    let seats = house.free_seats(&show).await;
    let held: wire::HoldCreated = house.hold(&show, &seats[..1]).await.must_be(201).read();
    let path = format!("/v1/holds/{}", held.hold.id);
    let changes = (1..=15).map(|n| {
        let request = house.request(Method::PATCH, &path).header("Hold-Token", &held.token);
        house.send(request.json(&json!({"add": [seats[n]]})))
    });
    for answer in futures_util::future::join_all(changes).await {
        answer.must_be(200);
    }
    let request = house.request(Method::GET, &path).header("Hold-Token", &held.token);
    let hold = house.send(request).await.must_be(200).read::<wire::HoldAnswer>().hold;
    let got: Vec<_> = hold.seats.iter().map(|seat| seat.id.clone()).collect();
    assert_eq!(got, seats[..16]);
    assert_eq!(hold.total.unwrap().minor, hold.seats.iter().map(|seat| seat.price.unwrap().minor).sum::<i64>());
}
