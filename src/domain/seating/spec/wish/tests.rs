use super::*;
use crate::domain::{
    chart::{Admission, Row, Seat, Section, geometry::Geometry, halls},
    ids::SeatId,
    seating::spec::{self, Typed},
};
use iso_currency::Currency;
use proptest::prelude::*;

/// Stalls with two categories and marks, a balcony with the same rows, and standing room.
fn arena() -> Chart {
    let mut chart = halls::hall(
        "format = 'cinechart'\nversion = 1\nid = 't'\nname = 'T'\n[screen]\nside = 'top'\n\
         [[category]]\nid = 'std'\nname = 'Standard'\nglyph = 'o'\ncolor = 'blue'\n\
         [[category]]\nid = 'vip'\nname = 'Very Important'\nglyph = 'v'\ncolor = 'yellow'\n\
         [[level]]\nid = 'low'\nname = 'Ground floor'\norder = 0\n\
         [[level]]\nid = 'up'\nname = 'Upstairs'\norder = 1\n\
         [[section]]\nid = 'stalls'\nlevel = 'low'\nname = 'Stalls'\ncategory = 'std'\npicture = '''\nA ssssss\nB vvvvvv\nW wcssss\n'''\n\
         [[section]]\nid = 'balcony'\nlevel = 'up'\nname = 'Grand Balcony'\ncategory = 'std'\npicture = '''\nA ssss\nB ssss\n'''\n\
         [[override]]\nseats = 'stalls:A1-A2'\nflags = ['restricted-view']\n\
         [[override]]\nseats = 'stalls:A5-A6'\nflags = ['limited-legroom']\n\
         [[override]]\nseats = 'stalls:B1-B3'\nflags = ['premium-recliner']\n",
    );
    let first = chart.seats.len() as u32;
    let label = |text: &str| crate::domain::text::Text::new(text);
    let row = chart.rows.len() as u32;
    for place in 0..5 {
        let (id, number) = (SeatId::new(format!("pit/0/{place}")), label(&place.to_string()));
        chart.seats.push(Seat { id, label: number, row, kind: SeatKind::Standing, ..chart.seats[4].clone() });
    }
    chart.rows.push(Row { label: label(""), section: 2, seats: first..first + 5 });
    chart.sections.push(Section { id: "pit".into(), level: 0, name: label("Pit"), admission: Admission::General });
    chart
}

fn prices(category: u16) -> Option<Money> {
    [1200, 1500].get(usize::from(category)).map(|&minor| Money::new(minor, Currency::EUR))
}

fn wish(chart: &Chart, text: &str) -> PartyWish {
    spec::party(chart, text).unwrap_or_else(|why| panic!("{text:?}: {why}"))
}

/// The labels of the seats that suit.
fn suiting(chart: &Chart, text: &str) -> String {
    let wish = wish(chart, text);
    let seats: Vec<SeatIx> = chart.indices().filter(|&seat| wish.suits(chart, &prices, seat)).collect();
    spec::labels(chart, &Geometry::of(chart), &seats)
}

fn refused(chart: &Chart, text: &str, why: &str) {
    let said = spec::party(chart, text).expect_err(text).0;
    assert!(said.contains(why), "{text:?}: {said:?} does not say {why:?}");
    assert!(!said.contains('\n') && said.len() < 400, "{said:?} is not one sentence");
}

#[test]
fn a_number_by_itself_is_a_party_and_everything_else_is_seats() {
    let chart = halls::hall(halls::HALL_1);
    let geometry = Geometry::of(&chart);
    let typed = |text: &str| spec::typed(&chart, &geometry, Some(0), text);
    assert_eq!(typed(" 3 "), Ok(Typed::Party(PartyWish::of(3))));
    assert_eq!(typed("03"), Ok(Typed::Party(PartyWish::of(3))));
    assert_eq!(typed("F7-8"), spec::parse(&chart, &geometry, "F7 F8").map(Typed::Seats));
    for text in ["12.5", "3F", "3-5", "", "<15"] {
        assert_eq!(typed(text), spec::parse(&chart, &geometry, text).map(Typed::Seats), "{text:?} is no party");
    }
}

#[test]
fn a_party_asks_for_rows_sections_levels_and_categories() {
    let chart = arena();
    assert_eq!(suiting(&chart, "3 b"), "stalls:B1-B6, balcony:B1-B4");
    assert_eq!(suiting(&chart, "3 B balcony"), "balcony:B1-B4");
    assert_eq!(suiting(&chart, "3 balcony:B"), "balcony:B1-B4");
    assert_eq!(suiting(&chart, "3, balcony: b"), "balcony:B1-B4");
    assert_eq!(suiting(&chart, "3 grand balcony"), "balcony:A1-A4, balcony:B1-B4");
    assert_eq!(suiting(&chart, "3 Upstairs row A"), "balcony:A1-A4");
    assert_eq!(suiting(&chart, "3 vip"), "stalls:B1-B6");
    assert_eq!(suiting(&chart, "3 very important"), "stalls:B1-B6");
    assert_eq!(suiting(&chart, "2 A B balcony"), "balcony:A1-A4, balcony:B1-B4");
    assert_eq!(suiting(&chart, "3 std balcony A"), "balcony:A1-A4");
}

#[test]
fn a_row_that_several_levels_have_is_the_one_on_the_level_that_is_looked_at() {
    let chart = arena();
    let geometry = Geometry::of(&chart);
    let rows = |level, text: &str| match spec::typed(&chart, &geometry, level, text) {
        Ok(Typed::Party(wish)) => wish.rows,
        other => panic!("{other:?}"),
    };
    assert_eq!(rows(Some(0), "3 A"), [0]);
    assert_eq!(rows(Some(1), "3 A"), [3]);
    assert_eq!(rows(None, "3 A"), [0, 3]);
    assert_eq!(rows(Some(0), "3 A balcony"), [3], "a section that is named says more");
    let numbers = halls::drawn("1 sss\n12 sssssss");
    assert_eq!(wish(&numbers, "3 12").rows, [1]);
}

#[test]
fn a_price_ceiling_is_written_as_a_price() {
    let chart = arena();
    let cheap = "stalls:A1-A6, W1-W6, balcony:A1-A4, balcony:B1-B4";
    for text in ["3 <15", "3 < 15.00", "3 <=14,99", "3 ≤ 12", "3 <12.01"] {
        assert_eq!(suiting(&chart, text), cheap, "{text:?}");
    }
    assert_eq!(suiting(&chart, "3 <=15 stalls:B"), "stalls:B1-B6");
    assert_eq!(suiting(&chart, "3 <15 stalls:B"), "");
    assert_eq!(suiting(&chart, "3 <12"), "", "nothing is below its own price");
    assert_eq!(suiting(&chart, "3 <12,5 balcony"), "balcony:A1-A4, balcony:B1-B4");
    for (text, shown) in [("3 < 15", "<15"), ("3 <=15.50", "<=15.50"), ("3 <0,05", "<0.05")] {
        assert_eq!(wish(&chart, text).ceiling.map(|c| c.to_string()).as_deref(), Some(shown));
    }
    let yen = Money::new(1500, Currency::JPY);
    assert!(wish(&chart, "3 <=1500").ceiling.is_some_and(|ceiling| ceiling.allows(yen)));
    assert!(!wish(&chart, "3 <1500").ceiling.is_some_and(|ceiling| ceiling.allows(yen)));
    let unsold = wish(&chart, "3 <15");
    assert!(!chart.indices().any(|seat| unsold.suits(&chart, &|_| None, seat)), "what has no price is not cheap");
    for text in ["3 <", "3 <x", "3 <=", "3 <15x", "3 <1234567890", "3 <1.23456", "3 < -5"] {
        refused(&chart, text, "is no price; write <15, <15.50 or <=15");
    }
    refused(&chart, "3 <15 <12", "the highest price is named twice");
}

#[test]
fn each_w_is_a_wheelchair_space_and_a_capital_one_is_a_row_of_that_name() {
    let chart = arena();
    assert_eq!((wish(&chart, "3 w").wheelchairs, wish(&chart, "3 w").rows.len()), (1, 0));
    assert_eq!((wish(&chart, "3 W").wheelchairs, wish(&chart, "3 W").rows), (0, vec![2]));
    assert_eq!((wish(&chart, "3 row w w").wheelchairs, wish(&chart, "3 row w w").rows), (1, vec![2]));
    refused(&chart, "3 ww", "there is one wheelchair space there, and no more");
    refused(&chart, "3 w balcony", "there is no wheelchair space there");
    refused(&chart, "1 ww", "2 wheelchair spaces are more than the party of 1");
    let hall = halls::drawn("A sss\nB wwss");
    assert_eq!(wish(&hall, "3 ww").wheelchairs, 2);
    assert_eq!(wish(&hall, "3 W").wheelchairs, 1, "no row has that name");
}

#[test]
fn marks_are_named_by_a_word_of_them() {
    let chart = arena();
    assert_eq!(suiting(&chart, "3 need recliner"), "stalls:B1-B3");
    assert_eq!(suiting(&chart, "3 need premium recliner <=15"), "stalls:B1-B3");
    assert_eq!(suiting(&chart, "3 no restricted stalls:A"), "stalls:A3-A6");
    assert_eq!(suiting(&chart, "3 no restricted view row A stalls"), "stalls:A3-A6");
    assert_eq!(suiting(&chart, "3 need legroom stalls:A"), "stalls:A1-A4", "the only mark is a lack of it");
    assert_eq!(suiting(&chart, "2 need limited-legroom"), "A5, A6");
    refused(&chart, "3 need sofa", "no seat is marked \"sofa\"; marks are limited-legroom, premium-recliner, restric");
    refused(&chart, "3 no", "say what is needed");
    let plain = halls::drawn("A sss");
    assert_eq!(wish(&plain, "3 no restricted view").needs, [], "nothing to avoid");
    refused(&plain, "3 need legroom", "no seat of this hall is marked at all");
}

#[test]
fn standing_room_is_taken_and_not_proposed() {
    let chart = arena();
    let pit = wish(&chart, "3 pit");
    assert!(pit.is_general);
    let all = pit.general_places(&chart, &prices, &|_| true);
    assert_eq!(all.len(), 3);
    assert!(all.iter().all(|&seat| chart.is_standing(seat)));
    let rest = pit.general_places(&chart, &prices, &|seat| !all.contains(&seat));
    assert!(rest.is_empty(), "two are left for a party of three");
    assert!(!wish(&chart, "3").is_general);
    assert!(wish(&chart, "3").general_places(&chart, &prices, &|_| true).is_empty());
    assert!(!suiting(&chart, "3 low").contains("pit"), "beside seats, standing room is not meant");
    refused(&chart, "6 pit", "there are 5 such places; a party of 6 needs more");
    refused(&chart, "1 pit w", "there is no wheelchair space there");
}

#[test]
fn what_does_not_exist_is_refused_with_what_does() {
    let chart = arena();
    refused(&chart, "0", "a party has 1 to 20 people");
    refused(&chart, "125", "125 people are more than the 20 of a party; a seat is written F7, or 12.5");
    refused(&chart, &"9".repeat(80), "people are more than the 20");
    refused(&chart, "three", "\"three\" is no number of people; a party is written 3, 3 F, 3 <15 or 3 w");
    refused(&chart, "", "is no number of people");
    refused(
        &chart,
        "3 Q",
        "no place \"Q\"; sections are Stalls, Grand Balcony, Pit; rows are A, B, W (Stalls), A, B (G",
    );
    refused(&chart, "3 Q", "categories are Standard, Very Important");
    refused(&chart, "3 row Q", "no row \"Q\"; rows are");
    refused(&chart, "3 balcony:W", "no row \"W\"; rows are A, B");
    refused(&chart, "3 W balcony", "no row \"W\" there; rows are A, B");
    refused(&chart, "3 A7", "A7 is a seat; write A7 alone, or 3 A for a row");
    refused(&chart, "5 balcony:A", "there are 4 such places; a party of 5 needs more");
    refused(&chart, "3 vip balcony", "no seat is all of that");
    refused(&chart, "3 \u{1b}[31m", "no place");
    refused(&chart, &format!("3 {}", "A ".repeat(3_000)), "at most 4096 are read");
    refused(&halls::drawn("A ss"), "3", "there are 2 such places; a party of 3 needs more");
}

proptest! {
    #[test]
    fn no_wish_makes_it_panic(text: String, typed in "[0-9]{1,2} [A-Ha-hw<=≤0-9:., ]{0,12}(need|no|row)?[ a-z]{0,8}") {
        for chart in [arena(), halls::drawn("1 ss\n2 ss")] {
            for text in [&text, &typed, &format!("3 {text}")] {
                let _ = spec::typed(&chart, &Geometry::of(&chart), Some(0), text);
                if let Ok(wish) = spec::party(&chart, text) {
                    prop_assert!((1..=MAX_PARTY).contains(&wish.size));
                    let any = PartyWish { ceiling: None, ..wish.clone() };
                    let suit = chart.indices().filter(|&seat| any.suits(&chart, &prices, seat)).count();
                    prop_assert!(suit >= wish.size);
                }
            }
        }
    }
}
