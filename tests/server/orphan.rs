//! Nobody leaves a single seat alone that need not be: the server's word, over HTTP.

use crate::house::{Answer, House};
use frontrow::{
    domain::{
        chart::{Chart, geometry::Geometry},
        ids::{SeatId, SeatIx},
        rules::Rules,
        seating::{
            best::{Costs, Hall},
            orphan::{self, OrphanMode, Verdict},
            release::Released,
        },
        show::{SeatState, Show},
    },
    wire,
};
use proptest::{
    prelude::*,
    strategy::ValueTree,
    test_runner::{Config, TestRunner},
};
use reqwest::Method;
use serde_json::{Value, json};

/// Free seats beside each other, from end to end of their run.
async fn free_run(house: &House, show: &Show, length: usize) -> Vec<SeatId> {
    let (chart, states) = (house.chart(show).await, house.states(show).await);
    let free = |ix: &SeatIx| {
        states.get(ix.get()) == SeatState::Free && chart.seat(*ix).kind == frontrow::domain::chart::SeatKind::Seat
    };
    let geometry = Geometry::of(&chart);
    let run = geometry.runs().find(|run| run.len() >= length && run.iter().all(free)).expect("a free run");
    run.iter().map(|ix| chart.seat(*ix).id.clone()).collect()
}

async fn house_with(mode: OrphanMode) -> House {
    House::open_with(|options| options.rules.selling.orphans = mode).await
}

async fn hold(house: &House, show: &Show, seats: &[SeatId], orphans: &str) -> Answer {
    house.post("/v1/holds", json!({"show": show.id, "seats": seats, "orphans": orphans})).await
}

async fn change(house: &House, held: &wire::HoldCreated, change: Value) -> Answer {
    let request = house.request(Method::PATCH, &format!("/v1/holds/{}", held.hold.id));
    house.send(request.header("Hold-Token", &held.token).json(&change)).await
}

#[tokio::test]
async fn a_choice_that_leaves_a_seat_alone_is_refused_with_the_reason_and_the_fix() {
    let house = house_with(OrphanMode::Lenient).await;
    let show = house.emptiest_show_in("classic").await;
    let run = free_run(&house, &show, 6).await;
    let refused = house.hold(&show, &run[1..3]).await.must_refuse(409, "orphan_seat");
    let told = &refused.body;
    assert_eq!(told["orphans"][0]["seat"], json!(run[0]));
    assert_eq!(
        (&told["conflicts"][0]["seat"], &told["conflicts"][0]["reason"]),
        (&json!(run[0]), &json!("orphan_seat"))
    );
    let label = told["orphans"][0]["label"].as_str().unwrap();
    let detail = told["detail"].as_str().unwrap();
    assert!(detail.contains(label) && detail.contains("Shift one seat left") && detail.ends_with("Nothing was held."));
    for seat in &run {
        assert_eq!(house.state_of(&show, seat).await, SeatState::Free);
    }
    let instead: Vec<SeatId> = told["suggest"][0]
        .as_array()
        .unwrap()
        .iter()
        .map(|seat| serde_json::from_value(seat["seat"].clone()).unwrap())
        .collect();
    assert_eq!(instead, run[..2]);
    house.hold(&show, &instead).await.must_be(201);
}

#[tokio::test]
async fn a_hold_that_was_told_of_a_seat_left_alone_is_booked_only_when_it_is_mended() {
    let house = house_with(OrphanMode::Lenient).await;
    let show = house.emptiest_show_in("classic").await;
    let run = free_run(&house, &show, 6).await;
    let answer = hold(&house, &show, &run[1..3], "tell").await.must_be(201);
    assert_eq!(answer.body["orphans"][0]["seat"], json!(run[0]));
    assert!(!answer.body["suggest"][0].as_array().unwrap().is_empty());
    let held: wire::HoldCreated = answer.read();
    let ann = house.sign_up("ann@example.org").await;
    let refused = ann.book(&held, "alone").await.must_refuse(409, "orphan_seat");
    assert_eq!(refused.body["orphans"][0]["seat"], json!(run[0]));
    assert_eq!(house.state_of(&show, &run[1]).await, SeatState::Held);
    // More time mends nothing.
    change(&house, &held, json!({"extend": true})).await.must_be(200);
    ann.book(&held, "still alone").await.must_refuse(409, "orphan_seat");
    let mended = change(&house, &held, json!({"add": [run[0]], "orphans": "tell"})).await.must_be(200);
    assert!(mended.body["orphans"].is_null());
    ann.book(&held, "mended").await.must_be(201);
}

#[tokio::test]
async fn a_change_that_leaves_a_seat_alone_changes_nothing_unless_that_is_asked_for() {
    let house = house_with(OrphanMode::Lenient).await;
    let show = house.emptiest_show_in("classic").await;
    let run = free_run(&house, &show, 7).await;
    let held: wire::HoldCreated = house.hold(&show, &run[..2]).await.must_be(201).read();
    change(&house, &held, json!({"add": [run[3]]})).await.must_refuse(409, "orphan_seat");
    assert_eq!(house.state_of(&show, &run[3]).await, SeatState::Free);
    let told = change(&house, &held, json!({"add": [run[3]], "orphans": "tell"})).await.must_be(200);
    assert_eq!(told.body["orphans"][0]["seat"], json!(run[2]));
    assert_eq!(house.state_of(&show, &run[3]).await, SeatState::Held);
}

#[tokio::test]
async fn what_others_do_after_a_choice_is_not_held_against_it() {
    let house = house_with(OrphanMode::Lenient).await;
    let show = house.emptiest_show_in("classic").await;
    let run = free_run(&house, &show, 7).await;
    let mine: wire::HoldCreated = house.hold(&show, &run[..2]).await.must_be(201).read();
    // Somebody else leaves one seat between us, and is the one who is to mend it.
    let theirs: wire::HoldCreated = hold(&house, &show, &run[3..5], "tell").await.must_be(201).read();
    let ann = house.sign_up("ann@example.org").await;
    ann.book(&theirs, "theirs").await.must_refuse(409, "orphan_seat");
    ann.book(&mine, "mine").await.must_be(201);
    // A verdict that no longer holds refuses nothing: the seat has found somebody.
    house.hold(&show, &run[2..3]).await.must_be(201);
    ann.book(&theirs, "theirs now").await.must_be(201);
}

#[tokio::test]
async fn a_change_is_judged_by_the_runs_that_it_changes_and_not_by_what_others_did_elsewhere() {
    let house = house_with(OrphanMode::Lenient).await;
    let show = house.emptiest_show_in("classic").await;
    let run = free_run(&house, &show, 7).await;
    let mine: wire::HoldCreated = house.hold(&show, &run[..2]).await.must_be(201).read();
    // Somebody else leaves one seat between us.
    hold(&house, &show, &run[3..5], "tell").await.must_be(201);
    let elsewhere = free_run(&house, &show, 6).await;
    change(&house, &mine, json!({"add": elsewhere[..2]})).await.must_be(200);
    // A change there is judged there, and what is suggested is all seats of the hold.
    let refused = change(&house, &mine, json!({"add": [elsewhere[3]]})).await.must_refuse(409, "orphan_seat");
    assert_eq!(refused.body["orphans"].as_array().unwrap().len(), 1);
    assert_eq!(refused.body["orphans"][0]["seat"], json!(elsewhere[2]));
    let suggested: Vec<&Value> =
        refused.body["suggest"][0].as_array().unwrap().iter().map(|seat| &seat["seat"]).collect();
    assert!(suggested.len() == 5 && run[..2].iter().all(|seat| suggested.contains(&&json!(seat))), "{suggested:?}");
    let ann = house.sign_up("ann@example.org").await;
    ann.book(&mine, "mine").await.must_be(201);
}

#[tokio::test]
async fn the_rule_is_as_strict_as_the_cinema_sets_it_and_says_so() {
    for (mode, status) in [(OrphanMode::Off, 201), (OrphanMode::Advise, 201), (OrphanMode::Strict, 409)] {
        let house = house_with(mode).await;
        let told = house.get("/v1/cinema").await.must_be(200).read::<wire::CinemaAnswer>();
        assert_eq!(told.cinema.orphan_rule, mode);
        let show = house.emptiest_show_in("classic").await;
        let run = free_run(&house, &show, 6).await;
        let answer = house.hold(&show, &run[1..3]).await.must_be(status);
        assert_eq!(answer.body["orphans"].is_null(), mode == OrphanMode::Off, "{}", answer.body);
        if mode == OrphanMode::Advise {
            let ann = house.sign_up("ann@example.org").await;
            ann.book(&answer.read(), "advised").await.must_be(201);
        }
        house.running.stop().await;
    }
}

#[tokio::test]
async fn nobody_looks_at_single_seats_in_the_last_half_hour() {
    let house = house_with(OrphanMode::Lenient).await;
    let show = house.emptiest_show_in("classic").await;
    let run = free_run(&house, &show, 6).await;
    house.clock.set(show.starts_at - jiff::SignedDuration::from_mins(30));
    house.hold(&show, &run[1..3]).await.must_refuse(409, "orphan_seat");
    house.clock.advance_seconds(60);
    house.hold(&show, &run[1..3]).await.must_be(201);
}

#[tokio::test]
async fn the_old_dialect_knows_no_such_rule() {
    let house = house_with(OrphanMode::Strict).await;
    let show = house.emptiest_show_in("classic").await;
    let run = free_run(&house, &show, 6).await;
    let chart = house.chart(&show).await;
    let label = |id: &SeatId| {
        let ix = chart.indices().find(|ix| chart.seat(*ix).id == *id).unwrap();
        format!("{}{}", chart.row_of(ix).label, chart.seat(ix).label)
    };
    let ann = house.sign_up("ann@example.org").await;
    let request = house.request(Method::POST, "/api/booking/create").bearer_auth(ann.token().await);
    let body = json!({"showId": show.id, "selectedSeats": [label(&run[1]), label(&run[2])]});
    let answer = house.send(request.json(&body)).await.must_be(200);
    assert_eq!(answer.body["success"], true, "{}", answer.body);
}

/// What the client's side of the rule says of seats that somebody without a hold chooses.
fn judged(chart: &Chart, show: &Show, states: &frontrow::domain::show::SeatStates, chosen: &[SeatIx]) -> Verdict {
    let geometry = Geometry::of(chart);
    let costs = Costs::of(chart, &geometry);
    let hall = Hall { chart, geometry: &geometry, costs: &costs };
    let now = crate::house::SUNDAY_MORNING.parse().unwrap();
    let released = Released::of(chart, show, states, 0, now);
    let open = |ix: SeatIx| released.in_play(chart, show, ix, states.get(ix.get()));
    let sale = orphan::Sale {
        minutes_to_start: show.starts_at.duration_since(now).as_mins(),
        sold: states.iter().filter(|state| *state == SeatState::Sold).count(),
        places: show.seats as usize,
    };
    if !orphan::applies(hall, &open, chosen, sale) {
        return Verdict::Ok;
    }
    orphan::judge(hall, &open, chosen, OrphanMode::Lenient).verdict
}

#[tokio::test]
async fn the_server_judges_as_the_client_does_on_the_same_states() {
    let house = House::open_with(|options| options.rules = Rules::default()).await;
    let mut runner = TestRunner::new(Config { failure_persistence: None, ..Config::default() });
    let mut verdicts = [0; 2];
    for hall in ["hall-1", "classic", "studio"] {
        let show = house.emptiest_show_in(hall).await;
        let chart = house.chart(&show).await;
        for _ in 0..100 {
            // A stretch of a row, with a hole perhaps: what people choose, more or less.
            let choice =
                (0..chart.rows.len(), 0usize..20, 1usize..6, 0usize..12).new_tree(&mut runner).unwrap().current();
            let (row, from, count, hole) = choice;
            let seats = chart.rows[row].seats.clone().skip(from).take(count).enumerate();
            let chosen: Vec<SeatIx> = seats.filter(|(n, _)| *n != hole).map(|(_, ix)| SeatIx(ix)).collect();
            let ids: Vec<SeatId> = chosen.iter().map(|ix| chart.seat(*ix).id.clone()).collect();
            let states = house.states(&show).await;
            if ids.is_empty() || chosen.iter().any(|ix| states.get(ix.get()) != SeatState::Free) {
                continue;
            }
            let expected = judged(&chart, &show, &states, &chosen);
            let answer = house.hold(&show, &ids).await;
            if answer.code() == "couch_split" {
                continue;
            }
            assert_eq!(answer.code() == "orphan_seat", expected == Verdict::Reject, "{ids:?}: {}", answer.body);
            verdicts[usize::from(expected == Verdict::Reject)] += 1;
        }
    }
    assert!(verdicts.iter().all(|count| *count > 5), "{verdicts:?}");
}
