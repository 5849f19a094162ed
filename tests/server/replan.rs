//! A show moves to another plan of its hall while people hold and have bought seats.

use crate::house::House;
use frontrow::{
    domain::{
        chart::{self, Chart},
        ids::SeatId,
        show::{SeatState, Show},
    },
    wire,
};
use reqwest::Method;
use serde_json::Value;

/// The plan of a show without one of its rows.
async fn without_row(house: &House, show: &Show, row: usize) -> Chart {
    let text = house.request(Method::GET, &format!("/v1/charts/{}", show.chart)).send().await.unwrap();
    let mut plan: Value = serde_json::from_str(&text.text().await.unwrap()).unwrap();
    plan["sections"][0]["rows"].as_array_mut().unwrap().remove(row);
    chart::json::parse(&plan.to_string()).unwrap()
}

/// A row in which every seat is free, and two free seats behind it.
async fn free_row(house: &House, show: &Show) -> (usize, Vec<SeatId>) {
    let (chart, states) = (house.chart(show).await, house.states(show).await);
    let free = |ix: u32| states.get(ix as usize) == SeatState::Free;
    let row = chart.rows.iter().position(|row| row.seats.clone().all(free)).expect("a free row");
    let behind = chart.rows[row + 1..].iter().flat_map(|row| row.seats.clone()).filter(|ix| free(*ix));
    (row, behind.take(2).map(|ix| chart.seats[ix as usize].id.clone()).collect())
}

#[tokio::test]
async fn held_and_sold_seats_stay_whose_they_are_when_the_plan_changes() {
    let house = House::open_with(|options| options.rules.selling.orphans = Default::default()).await;
    let show = house.emptiest_show_in("classic").await;
    let (row, seats) = free_row(&house, &show).await;
    let held: wire::HoldCreated = house.hold(&show, &seats).await.must_be(201).read();
    let before: Vec<(SeatId, SeatState)> = map(&house, &show).await;
    let path = format!("/v1/shows/{}/seats", show.id);
    let etag = house.get(&path).await.headers["etag"].clone();

    house.running.move_show(&show.id, without_row(&house, &show, row).await).await.unwrap();

    let moved: wire::ShowAnswer = house.get(&format!("/v1/shows/{}", show.id)).await.must_be(200).read();
    assert_ne!(moved.show.chart, show.chart);
    let request = house.request(Method::GET, &path).header("If-None-Match", etag);
    let seats_now: wire::SeatsAnswer = house.send(request).await.must_be(200).read();
    assert_eq!(seats_now.chart, moved.show.chart);
    // Every seat that is still there is as it was.
    let after = map(&house, &moved.show).await;
    assert!(after.len() < before.len());
    for (seat, state) in &after {
        assert_eq!(before.iter().find(|(id, _)| id == seat).unwrap().1, *state, "{seat}");
    }
    let request = house.request(Method::GET, &format!("/v1/holds/{}", held.hold.id));
    let kept = house.send(request.header("Hold-Token", &held.token)).await.must_be(200);
    assert_eq!(kept.read::<wire::HoldAnswer>().hold.seats, held.hold.seats);

    // It changes and is booked like any other.
    let request = house.request(Method::PATCH, &format!("/v1/holds/{}", held.hold.id));
    let less = serde_json::json!({"remove": [seats[1]], "orphans": "tell"});
    house.send(request.header("Hold-Token", &held.token).json(&less)).await.must_be(200);
    assert_eq!(house.state_of(&moved.show, &seats[0]).await, SeatState::Held);
    assert_eq!(house.state_of(&moved.show, &seats[1]).await, SeatState::Free);
    house.hold(&moved.show, &seats[..1]).await.must_refuse(409, "seat_taken");
}

async fn map(house: &House, show: &Show) -> Vec<(SeatId, SeatState)> {
    let (chart, states) = (house.chart(show).await, house.states(show).await);
    chart.seats.iter().map(|seat| seat.id.clone()).zip(states.iter()).collect()
}

#[tokio::test]
async fn a_plan_that_lacks_a_seat_that_somebody_has_is_refused_by_the_seats_name() {
    let house = House::open().await;
    let show = house.emptiest_show_in("classic").await;
    let (row, _) = free_row(&house, &show).await;
    let (chart, before) = (house.chart(&show).await, map(&house, &show).await);
    let mine = chart.seats[chart.rows[row].seats.start as usize].id.clone();
    house.hold(&show, std::slice::from_ref(&mine)).await.must_be(201);
    let why = house.running.move_show(&show.id, without_row(&house, &show, row).await).await.unwrap_err();
    let label = format!("{}1", chart.rows[row].label);
    assert!(why.contains(&label) && why.contains("held"), "{why}");
    // Nothing has changed but the hold; when that is over, nothing stands in the way.
    let now = map(&house, &show).await;
    assert!(before.iter().zip(&now).all(|(a, b)| a == b || a.0 == mine));
    house.clock.advance_minutes(10);
    house.running.move_show(&show.id, without_row(&house, &show, row).await).await.unwrap();
}
