//! Asking for the best seats without holding them.

use crate::house::House;
use frontrow::{
    domain::{
        rules::Limit,
        seating::{best::Rung, party::PricedProposal},
        show::{SeatState, Show},
    },
    wire,
};
use reqwest::Method;
use serde_json::{Value, json};
use std::time::Duration;

async fn propose(house: &House, show: &Show, party: Value) -> Vec<PricedProposal> {
    let answer = ask(house, show, party).await.must_be(200);
    answer.read::<wire::ProposeAnswer>().proposals
}

async fn ask(house: &House, show: &Show, party: Value) -> crate::house::Answer {
    house.post(&format!("/v1/shows/{}/propose", show.id), json!({"party": party})).await
}

#[tokio::test]
async fn proposals_say_how_close_the_seats_are_and_what_they_cost_and_hold_nothing() {
    let house = House::open().await;
    let show = house.emptiest_show_in("hall-1").await;
    let before = house.states(&show).await;
    let proposals = propose(&house, &show, json!({"size": 3})).await;
    assert!(!proposals.is_empty() && proposals.len() <= 3);
    let (chart, states) = (house.chart(&show).await, house.states(&show).await);
    assert_eq!(before, states);
    for proposal in &proposals {
        assert_eq!(proposal.seats.len(), 3);
        assert!(!proposal.words.is_empty() && proposal.cost.is_finite());
        assert_eq!(
            proposal.total.unwrap().minor,
            proposal.seats.iter().map(|seat| seat.price.unwrap().minor).sum::<i64>()
        );
        let ix = |id| chart.seats.iter().position(|seat| seat.id == id).unwrap();
        assert!(proposal.seats.iter().all(|seat| states.get(ix(seat.id.clone())) == SeatState::Free));
    }
    assert_eq!(proposals[0].closeness, Rung::L1);
    assert_eq!(proposals[0].words.as_str(), "together");
    let path = format!("/v1/shows/{}/propose", show.id);
    let one = house.post(&path, json!({"party": {"size": 3}, "limit": 1})).await.must_be(200);
    assert_eq!(one.read::<wire::ProposeAnswer>().proposals, proposals[..1]);
}

#[tokio::test]
async fn a_party_that_means_nothing_here_is_told_what_is_wrong() {
    let house = House::open().await;
    let show = house.emptiest_show_in("studio").await;
    for (party, status, code, words) in [
        (json!({"size": 0}), 400, "no_seats", "1 to 20"),
        (json!({"size": 21}), 422, "too_many_seats", "at most 20"),
        (json!({"size": 2, "category": "gold"}), 400, "not_at_this_show", "\"gold\""),
        (json!({"size": 2, "section": "moon"}), 400, "not_at_this_show", "\"moon\""),
        (json!({"size": 2, "row": "Z"}), 400, "not_at_this_show", "\"Z\"; rows are A, B, C, D, E, F"),
        (json!({"size": 2, "needs": ["sauna"]}), 400, "not_at_this_show", "\"sauna\""),
        (json!({"size": 2, "needs": vec!["sauna"; 17]}), 400, "invalid_request", "at most 16"),
        (json!({"size": 2, "row": "Z".repeat(60_000)}), 400, "not_at_this_show", "rows are A, B, C, D, E, F"),
        (json!({"size": 2, "tickets": {"adult": u32::MAX, "child": u32::MAX}}), 400, "invalid_request", "for each"),
        (json!({"size": 2, "tickets": {"dog": 2}}), 400, "not_at_this_show", "\"dog\""),
        (json!({"size": 2, "tickets": {"child": 1}}), 400, "invalid_request", "1 person"),
        (json!({"size": 2, "wheelchairs": 3}), 400, "invalid_request", "3 wheelchair spaces"),
        (json!({"size": 2, "colour": "red"}), 400, "invalid_request", "party.colour"),
        (json!({"size": -2}), 400, "invalid_request", "party.size"),
        (json!({"size": 2, "max_rung": "L8"}), 400, "invalid_request", "party.max_rung"),
        (json!({"size": 2, "max_price": 100}), 409, "no_seats_together", "1.00 EUR"),
        (json!({"size": 5, "row": "b", "max_rung": "L2"}), 409, "no_seats_together", "in row b"),
    ] {
        let refused = ask(&house, &show, party.clone()).await.must_refuse(status, code);
        let detail = refused.body["detail"].as_str().unwrap();
        assert!(detail.contains(words), "{party}: {detail}");
        // Holding says the same.
        let body = json!({"show": show.id, "party": party});
        house.post("/v1/holds", body).await.must_refuse(status, code);
    }
    let path = format!("/v1/shows/{}/propose", show.id);
    for limit in [0, 11] {
        let refused = house.post(&path, json!({"party": {"size": 2}, "limit": limit})).await;
        refused.must_refuse(400, "invalid_request");
    }
    house.post("/v1/shows/7/propose", json!({"party": {"size": 2}})).await.must_refuse(404, "show_not_found");
}

#[tokio::test]
async fn a_party_sits_where_it_asks_to() {
    let house = House::open().await;
    let show = house.emptiest_show_in("hall-1").await;
    let premium = propose(&house, &show, json!({"size": 2, "category": "Premium"})).await;
    assert!(premium.iter().flat_map(|p| &p.seats).all(|seat| seat.category.as_str() == "Premium"));
    let row = propose(&house, &show, json!({"size": 2, "row": "d"})).await;
    assert!(row.iter().flat_map(|p| &p.seats).all(|seat| seat.label.as_str().starts_with('D')));
    let cheap = propose(&house, &show, json!({"size": 2, "max_price": 1150})).await;
    assert!(cheap.iter().flat_map(|p| &p.seats).all(|seat| seat.price.unwrap().minor <= 1150));
}

#[tokio::test]
async fn ticket_types_have_their_prices_and_sit_where_they_are_sold() {
    let house = House::open().await;
    let show = house.emptiest_show_in("hall-1").await;
    let names: Vec<&str> = show.tickets.iter().map(|kind| kind.id.as_str()).collect();
    assert_eq!(names, ["adult", "child"]);
    let child = show.ticket("child").unwrap();
    assert!(child.price("love").is_none() && child.price("std").unwrap().minor < show.price("std").unwrap().minor);
    let family = json!({"size": 3, "tickets": {"adult": 1, "child": 2}});
    for proposal in propose(&house, &show, family).await {
        let kinds = |name: &str| proposal.seats.iter().filter(|s| s.ticket.as_ref().unwrap().as_str() == name).count();
        assert_eq!((kinds("Adult"), kinds("Child")), (1, 2));
        for seat in &proposal.seats {
            assert_ne!(seat.category.as_str(), "Love seat");
            let kind = show.tickets.iter().find(|kind| Some(&kind.name) == seat.ticket.as_ref()).unwrap();
            let category = if seat.category.as_str() == "Premium" { "prem" } else { "std" };
            assert_eq!(seat.price, kind.price(category));
        }
    }
    let love = json!({"size": 2, "category": "love", "tickets": {"adult": 1, "child": 1}});
    let refused = ask(&house, &show, love).await.must_refuse(400, "not_at_this_show");
    assert!(refused.body["detail"].as_str().unwrap().contains("Love seat"), "{}", refused.body);
}

#[tokio::test]
async fn an_address_asks_for_as_many_proposals_as_the_cinema_allows() {
    let limit = Limit { times: 3, window: Duration::from_secs(60) };
    let house = House::open_with(|options| options.rules.limits.proposals_per_address = limit).await;
    let show = house.emptiest_show_in("studio").await;
    let path = format!("/v1/shows/{}/propose", show.id);
    let ask = async |address: &str| {
        let request = house.request(Method::POST, &path).header("X-Forwarded-For", address);
        house.send(request.json(&json!({"party": {"size": 2}}))).await
    };
    for _ in 0..3 {
        ask("203.0.113.7").await.must_be(200);
    }
    let told = ask("203.0.113.7").await.must_refuse(429, "rate_limited");
    assert_eq!(told.headers["retry-after"], "20");
    ask("203.0.113.8").await.must_be(200);
    house.clock.advance_seconds(20);
    ask("203.0.113.7").await.must_be(200);
}
