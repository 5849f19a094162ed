//! Holding the best seats for a party in one call.

use crate::house::{Answer, House};
use frontrow::{
    domain::{
        chart::{Chart, SeatKind},
        ids::SeatId,
        seating::best::Rung,
        show::{SeatState, Show},
    },
    wire,
};
use serde_json::{Value, json};
use std::collections::HashSet;

async fn hold(house: &House, show: &Show, party: Value) -> Answer {
    house.post("/v1/holds", json!({"show": show.id, "party": party})).await
}

#[tokio::test]
async fn a_party_gets_just_the_seats_that_were_proposed_and_books_them_with_their_ticket_types() {
    let house = House::open().await;
    let show = house.emptiest_show_in("hall-1").await;
    let party = json!({"size": 3, "tickets": {"adult": 2, "child": 1}});
    let proposed = house.post(&format!("/v1/shows/{}/propose", show.id), json!({"party": party})).await.must_be(200);
    let held: wire::HoldCreated = hold(&house, &show, party).await.must_be(201).read();
    let best = &proposed.read::<wire::ProposeAnswer>().proposals[0];
    assert_eq!((held.closeness, held.words.as_ref()), (Some(best.closeness), Some(&best.words)));
    assert_eq!(held.hold.total, best.total);
    let by_id = |seats: &[frontrow::domain::show::PricedSeat]| {
        let mut seats: Vec<_> =
            seats.iter().map(|s| (s.id.clone(), s.ticket.clone(), s.price.map(|price| price.minor))).collect();
        seats.sort();
        seats
    };
    assert_eq!(by_id(&held.hold.seats), by_id(&best.seats));
    for seat in &held.hold.seats {
        assert_eq!(house.state_of(&show, &seat.id).await, SeatState::Held);
    }
    let ann = house.sign_up("ann@example.org").await;
    let booking = ann.book(&held, "family").await.must_be(201).read::<wire::BookingAnswer>().booking;
    assert_eq!(booking.seats, held.hold.seats);
    let mut kinds: Vec<_> = booking.seats.iter().map(|seat| seat.ticket.as_ref().unwrap().as_str()).collect();
    kinds.sort_unstable();
    assert_eq!(kinds, ["Adult", "Adult", "Child"]);
}

#[tokio::test]
async fn a_hold_is_of_seats_or_of_a_party_and_not_of_both() {
    let house = House::open().await;
    let show = house.emptiest_show_in("studio").await;
    let seats = house.free_seats(&show).await;
    let both = json!({"show": show.id, "seats": seats[..1], "party": {"size": 2}});
    house.post("/v1/holds", both).await.must_refuse(400, "invalid_request");
    house.post("/v1/holds", json!({"show": show.id})).await.must_refuse(400, "no_seats");
}

#[tokio::test]
async fn wheelchair_and_companion_places_are_kept_from_parties_and_not_from_those_who_name_them() {
    let house = House::open().await;
    let show = house.emptiest_show_in("studio").await;
    let chart = house.chart(&show).await;
    // Everything that a party is given, until it is given nothing.
    let mut given = HashSet::new();
    loop {
        let answer = hold(&house, &show, json!({"size": 2, "max_rung": "L7"})).await;
        if answer.status == 409 {
            answer.must_refuse(409, "no_seats_together");
            break;
        }
        given.extend(answer.must_be(201).read::<wire::HoldCreated>().hold.seats.into_iter().map(|seat| seat.id));
    }
    let kept = chart.seats.iter().filter(|seat| matches!(seat.kind, SeatKind::Wheelchair | SeatKind::Companion));
    let kept: Vec<_> = kept.map(|seat| seat.id.clone()).collect();
    assert!(!kept.is_empty() && !given.is_empty() && kept.iter().all(|id| !given.contains(id)));
    let held: wire::HoldCreated = house.hold(&show, &kept[..2]).await.must_be(201).read();
    assert!(held.hold.seats.iter().all(|seat| seat.price == show.price("std")));
}

#[tokio::test]
async fn a_party_counts_for_the_seats_that_one_address_may_hold() {
    let house = House::open().await;
    let show = house.emptiest_show_in("grand").await;
    let ask = async |size: u32| {
        let request = house.request(reqwest::Method::POST, "/v1/holds").header("X-Forwarded-For", "203.0.113.7");
        house.send(request.json(&json!({"show": show.id, "party": {"size": size}}))).await
    };
    for _ in 0..24 {
        ask(5).await.must_be(201);
    }
    ask(1).await.must_refuse(429, "rate_limited");
}

#[tokio::test(flavor = "multi_thread")]
async fn sixty_four_parties_at_once_get_seats_of_their_own_and_just_those_they_are_told() {
    let house = House::open().await;
    let show = house.emptiest_show_in("hall-1").await;
    let before = house.states(&show).await;
    let parties = (0..64u32).map(|n| {
        let (house, show) = (&house, &show);
        async move { (n, hold(house, show, json!({"size": 2 + n % 4})).await) }
    });
    let mut mine = HashSet::new();
    let (mut served, mut refused) = (0, 0);
    for (n, answer) in futures_util::future::join_all(parties).await {
        if answer.status == 409 {
            // The hall is full for this party, and that is said.
            answer.must_refuse(409, "no_seats_together");
            refused += 1;
            continue;
        }
        let held: wire::HoldCreated = answer.must_be(201).read();
        assert_eq!(held.hold.seats.len() as u32, 2 + n % 4);
        for seat in &held.hold.seats {
            assert!(mine.insert(seat.id.clone()), "{} has two owners", seat.id);
        }
        // What the server remembers is what it said.
        let request = house.request(reqwest::Method::GET, &format!("/v1/holds/{}", held.hold.id));
        let kept = house.send(request.header("Hold-Token", &held.token)).await.must_be(200);
        assert_eq!(kept.read::<wire::HoldAnswer>().hold.seats, held.hold.seats);
        served += 1;
    }
    assert!(served >= 20, "{served} served, {refused} refused");
    let (chart, after) = (house.chart(&show).await, house.states(&show).await);
    for (ix, seat) in chart.seats.iter().enumerate() {
        let expected = if mine.contains(&seat.id) { SeatState::Held } else { before.get(ix) };
        assert_eq!(after.get(ix), expected, "{}", seat.id);
    }
}

/// The plan's places of a kind.
fn of_kind(chart: &Chart, kind: SeatKind) -> HashSet<SeatId> {
    chart.seats.iter().filter(|seat| seat.kind == kind).map(|seat| seat.id.clone()).collect()
}

#[tokio::test]
async fn whoever_needs_a_wheelchair_space_gets_one_with_company_beside_it() {
    let house = House::open().await;
    let show = house.emptiest_show_in("hall-1").await;
    let chart = house.chart(&show).await;
    let (spaces, companions) = (of_kind(&chart, SeatKind::Wheelchair), of_kind(&chart, SeatKind::Companion));
    let held: wire::HoldCreated = hold(&house, &show, json!({"size": 2, "wheelchairs": 1})).await.must_be(201).read();
    let count = |places: &HashSet<SeatId>| held.hold.seats.iter().filter(|seat| places.contains(&seat.id)).count();
    assert_eq!((count(&spaces), count(&companions)), (1, 1), "{:?}", held.hold.seats);
    assert!(held.hold.seats.iter().all(|seat| seat.price == show.price("std")));
}

#[tokio::test]
async fn accessible_places_are_sold_to_everybody_when_the_cinema_says_so() {
    let minutes = 24 * 60;
    let house = House::open_with(|options| options.rules.selling.release_accessible_min = minutes).await;
    let told = house.get("/v1/cinema").await.must_be(200).read::<wire::CinemaAnswer>();
    assert_eq!(told.cinema.release_accessible_min, minutes);
    let show = house.emptiest_show_in("hall-1").await;
    let last_row = json!({"size": 2, "row": "W"});
    hold(&house, &show, last_row.clone()).await.must_refuse(409, "no_seats_together");
    house.clock.set(show.starts_at - jiff::SignedDuration::from_mins(i64::from(minutes) - 1));
    hold(&house, &show, last_row).await.must_be(201);
}

#[tokio::test]
async fn a_party_for_which_no_row_has_room_is_split_and_told_how() {
    let house = House::open().await;
    let show = house.emptiest_show_in("studio").await;
    // No stretch of seats is longer than four.
    let held: wire::HoldCreated = hold(&house, &show, json!({"size": 6})).await.must_be(201).read();
    assert!(held.closeness > Some(Rung::L2) && held.words.as_ref().unwrap().as_str() != "together");
    let refused = hold(&house, &show, json!({"size": 6, "max_rung": "L2"})).await;
    let refused = refused.must_refuse(409, "no_seats_together");
    assert!(refused.body["detail"].as_str().unwrap().contains("further apart"), "{}", refused.body);
}
