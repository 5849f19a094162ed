use super::*;
use crate::domain::chart::halls;
use serde_json::json;

/// The small house of the demo with love seats, where children sit anywhere else.
fn show() -> Show {
    let price =
        |category: &str, minor: i64| json!({"category": category, "price": {"minor": minor, "currency": "EUR"}});
    let child = json!({"id": "child", "name": "Child", "prices": [price("std", 750), price("prem", 950)]});
    let adult = json!({"id": "adult", "name": "Adult",
        "prices": [price("std", 1150), price("prem", 1450), price("love", 1650)]});
    serde_json::from_value(json!({"id": "1", "movie": "m", "movie_title": "M", "starts_at": "2026-11-22T20:00:00Z",
        "ends_at": "2026-11-22T22:00:00Z", "hall": "h", "hall_name": "Hall 1", "chart": "0", "seats": 180, "free": 180,
        "prices": [price("std", 1150), price("prem", 1450), price("love", 1650)], "tickets": [adult, child]}))
    .unwrap()
}

fn party(json: serde_json::Value) -> Party {
    serde_json::from_value(json).unwrap()
}

fn refused(json: serde_json::Value) -> String {
    let (chart, show, party) = (halls::hall(halls::HALL_1), show(), party(json));
    Wish::of(&party, &chart, &show, 20).err().expect("a refusal").to_string()
}

/// How many seats of the hall suit.
fn suiting(json: serde_json::Value) -> usize {
    let (chart, show, party) = (halls::hall(halls::HALL_1), show(), party(json));
    let wish = Wish::of(&party, &chart, &show, 20).unwrap();
    chart.indices().filter(|&ix| wish.suits(ix)).count()
}

#[test]
fn what_a_party_names_wrongly_is_named_with_what_there_is() {
    for (json, words) in [
        (json!({"size": 0}), "Nobody is in the party; 1 to 20 people are accepted."),
        (json!({"size": 21}), "21 people are too many at a time; at most 20 are accepted."),
        (
            json!({"size": 2, "category": "gold"}),
            "There is no category \"gold\" in Hall 1; there are Standard, Premium, Love seat.",
        ),
        (json!({"size": 2, "section": "moon"}), "There is no section \"moon\"; sections are"),
        (json!({"size": 2, "row": "ZZ"}), "There is no row \"ZZ\"; rows are A, B, C"),
        (json!({"size": 2, "needs": ["sauna"]}), "No seat of this hall has the flag \"sauna\""),
        (json!({"size": 2, "tickets": {"dog": 2}}), "There is no ticket type \"dog\" at this show; adult, child."),
        (
            json!({"size": 2, "tickets": {"adult": 1}}),
            "The tickets are for 1 person and the party is 2 people; name one for each.",
        ),
        (json!({"size": 1, "wheelchairs": 2}), "2 wheelchair spaces are more than the party needs: it is 1 person."),
        (
            json!({"size": 2, "category": "love", "tickets": {"adult": 1, "child": 1}}),
            "There is no ticket \"Child\" for Love seat at this show.",
        ),
    ] {
        let why = refused(json);
        assert!(why.starts_with(words), "{why}");
    }
}

#[test]
fn a_category_without_a_price_is_said_to_have_none() {
    let (chart, mut show) = (halls::hall(halls::HALL_1), show());
    show.prices.retain(|price| price.category != "love");
    let party = party(json!({"size": 2, "category": "Love seat"}));
    let why = Wish::of(&party, &chart, &show, 20).err().unwrap().to_string();
    assert_eq!(
        why,
        "The category Love seat has no price at this show, so it is not sold; there are Standard, Premium."
    );
}

#[test]
fn a_highest_price_means_nothing_where_no_price_is_known() {
    let (chart, mut show) = (halls::hall(halls::HALL_1), show());
    show.prices.iter_mut().for_each(|price| price.price = None);
    let why = Wish::of(&party(json!({"size": 2, "max_price": 5})), &chart, &show, 20).err().unwrap().to_string();
    assert_eq!(why, "Prices are shown at the checkout only here, so a highest price means nothing.");
    assert!(Wish::of(&party(json!({"size": 2})), &chart, &show, 20).is_ok());
}

#[test]
fn a_party_larger_than_the_hall_is_told_how_many_fit() {
    let (chart, show, party) = (halls::drawn("A ssx"), show(), party(json!({"size": 3})));
    let why = Wish::of(&party, &chart, &show, 20).err().unwrap().to_string();
    assert_eq!(why, "A party of 3 does not fit into Hall 1: 2 places are sold there.");
}

#[test]
fn a_wish_is_met_by_seats_of_its_category_row_and_price() {
    let all = suiting(json!({"size": 2}));
    let love = suiting(json!({"size": 2, "category": "LOVE SEAT"}));
    let cheap = suiting(json!({"size": 2, "max_price": 1150}));
    let children = suiting(json!({"size": 2, "tickets": {"child": 2}}));
    assert_eq!(all, 180);
    assert!(love > 0 && cheap < all && children == all - love, "{love} {cheap} {children}");
    assert_eq!(suiting(json!({"size": 2, "max_price": 1149})), 0);
    assert!(suiting(json!({"size": 2, "row": "a"})) < 40);
    // A child's ticket is within a price that an adult's is not.
    assert!(suiting(json!({"size": 2, "tickets": {"adult": 1, "child": 1}, "max_price": 800})) > 0);
}
