//! Choosing: parties that grow and shrink, wheelchair spaces, single seats, places of general admission.

use crate::common::{sample::drawn, stage::Stage};
use crate::{in_seats, on, told};
use frontrow::{
    domain::{
        failure::{Failure, FailureKind},
        show::SeatState,
    },
    store::{
        action::SeatsAction,
        effect::Effect,
        slices::{nav::Route, overlay::Overlay},
    },
};

#[test]
fn a_digit_pressed_before_the_seats_are_known_is_done_when_they_come() {
    let mut stage = Stage::new(100, 30);
    stage.unanswered = |effect| matches!(effect, Effect::LoadStates { .. } | Effect::WatchSeats { .. });
    stage.keys("enter enter 2 n");
    assert_eq!(*stage.store.state().nav.route(), Route::Seats);
    assert!(stage.store.state().hold.wanted().is_empty(), "nothing can be chosen yet");
    let req = stage.effects.iter().find_map(|e| if let Effect::LoadStates { req, .. } = e { Some(*req) } else { None });
    let states = (String::from("tag"), stage.states.clone());
    stage.play(SeatsAction::StatesLoaded(req.unwrap(), Ok(Some(states))));
    assert_eq!(stage.store.state().hold.wanted().len(), 2);
    assert_eq!(stage.store.state().seats.proposed.as_ref().unwrap().at, 1, "and the next best after the best");
}

#[test]
fn enter_before_the_seats_are_known_means_what_it_would_mean_afterwards() {
    let mut stage = Stage::new(100, 30);
    stage.unanswered = |effect| matches!(effect, Effect::LoadStates { .. });
    stage.keys("enter enter 2 enter");
    assert_eq!(*stage.store.state().nav.route(), Route::Checkout, "the news came first: two seats, and on to payment");
}

#[test]
fn a_larger_digit_extends_the_seats_that_are_held() {
    let mut stage = in_seats();
    stage.keys("2");
    stage.wait(200);
    let before = stage.wanted();
    let two: Vec<_> = stage.store.state().hold.wanted().to_vec();
    stage.keys("4");
    let four = stage.store.state().hold.wanted();
    assert_eq!(four.len(), 4);
    assert!(two.iter().all(|pick| four.contains(pick)), "{before} are among {}", stage.wanted());
    assert!(stage.text().contains("together"), "{}", stage.text());
}

#[test]
fn a_party_with_no_room_beside_it_is_placed_anew_where_the_program_chose() {
    let mut stage = on(drawn("A ssssssss\nB ssss__ss\n"));
    stage.elsewhere("A1-A3, A6-A8", SeatState::Sold);
    stage.point("A4");
    stage.keys("2");
    stage.keys("z");
    stage.elsewhere("B1-B2", SeatState::Free);
    let two = stage.wanted();
    stage.keys("4");
    assert_eq!(stage.store.state().hold.wanted().len(), 4, "from {two} to {}", stage.wanted());
}

#[test]
fn a_seat_chosen_by_hand_is_never_moved() {
    let mut stage = on(drawn("A ssssssss\nB ssssssss\n"));
    stage.elsewhere("A2, A4", SeatState::Sold);
    stage.point("A3");
    stage.keys("space 3");
    let wanted = stage.wanted();
    assert_eq!(stage.store.state().hold.wanted().len(), 3);
    assert!(wanted.contains("A3"), "the seat between two sold ones stays: {wanted}");
    stage.keys("n");
    assert_eq!(stage.wanted(), wanted, "the next best would move it");
    assert!(stage.said().contains("z takes the best 3"), "{}", stage.said());
}

#[test]
fn a_party_that_shrinks_loses_what_the_program_chose_first() {
    let mut stage = on(drawn("A ssssssss\n"));
    stage.point("A1");
    stage.keys("space 4");
    assert_eq!(stage.wanted(), "A1-A4");
    stage.keys("2");
    assert_eq!(stage.wanted(), "A1, A2");
    stage.keys("1");
    assert_eq!(stage.wanted(), "A1", "what was chosen by hand goes last");
}

#[test]
fn the_same_digit_with_the_cursor_moved_takes_seats_there() {
    let mut stage = in_seats();
    stage.keys("3");
    stage.point("B8");
    stage.keys("3");
    let seat = stage.seats("B8")[0];
    assert!(stage.store.state().hold.wanted().iter().any(|pick| pick.ix == seat), "{}", stage.wanted());
    assert_eq!(stage.store.state().hold.wanted().len(), 3);
}

#[test]
fn how_near_the_seats_of_a_party_are_is_said() {
    let mut stage = on(drawn("A ss__ss\nB ss__ss\n"));
    stage.keys("4");
    let text = stage.text();
    assert!(text.contains("together") && text.contains("across the aisle"), "{text}");
}

#[test]
fn scattered_seats_are_taken_only_when_that_is_wanted() {
    let hall = drawn("A s_s_s_s_s_s_s_s\nB s_s_s_s_s_s_s_s\n.\n.\n.\nC s_s_s_s_s_s_s_s\n");
    let mut stage = on(hall);
    stage.elsewhere("A2-A7", SeatState::Sold);
    stage.elsewhere("B1-B8", SeatState::Sold);
    stage.elsewhere("C2-C7", SeatState::Sold);
    stage.keys("4");
    assert!(stage.store.state().hold.wanted().is_empty(), "{}", stage.wanted());
    assert!(stage.said().contains("Enter takes"), "{}", stage.said());
    stage.keys("4");
    assert_eq!(stage.store.state().hold.wanted().len(), 4, "the digit again accepts it");
    stage.keys("c 4 left enter");
    assert!(stage.store.state().hold.wanted().len() < 4, "the offer has ended with the next movement");
}

#[test]
fn no_digit_proposes_a_seat_without_a_price() {
    let mut stage = Stage::new(100, 30);
    stage.states = frontrow::domain::show::SeatStates::free(stage.hall.seats.len());
    stage.unpriced = vec!["prem".to_owned(), "love".to_owned()];
    stage.play(frontrow::store::action::CatalogAction::Load);
    stage.keys("f5 enter enter");
    for _ in 0..10 {
        stage.keys("2 n");
        for pick in stage.store.state().hold.wanted() {
            assert!(!["prem", "love"].contains(&stage.hall.category_of(pick.ix).id.as_str()), "{}", stage.wanted());
        }
    }
    stage.keys("c");
    stage.point("F8");
    assert!(stage.text().contains("not for sale"), "{}", stage.text());
    stage.keys("space");
    assert!(stage.store.state().hold.wanted().is_empty());
    assert_eq!(stage.said(), "F8 is not for sale at this show.");
}

#[test]
fn a_wheelchair_space_is_asked_about_once() {
    let mut stage = in_seats();
    stage.point("W1");
    stage.keys("space");
    assert!(stage.store.state().hold.wanted().is_empty());
    assert!(matches!(stage.store.state().overlay.top(), Some(Overlay::Ask(_))), "does somebody need it?");
    stage.keys("n");
    assert!(stage.store.state().hold.wanted().is_empty());
    assert!(stage.said().contains("kept for those who need them"), "{}", stage.said());
    stage.keys("space y");
    assert_eq!(stage.wanted(), "W1");
    stage.keys("right space");
    assert_eq!(stage.store.state().hold.wanted().len(), 2, "its companion is not asked about again");
    assert!(stage.store.state().overlay.top().is_none());
}

#[test]
fn somebody_with_a_wheelchair_and_a_companion_sit_beside_each_other() {
    let mut stage = in_seats();
    stage.point("W1");
    stage.keys("space y 2");
    assert_eq!(stage.wanted(), "W1, W2");
}

#[test]
fn wheelchair_spaces_are_for_everybody_when_all_other_seats_are_sold() {
    let mut stage = on(drawn("A wcss\n"));
    stage.elsewhere("A3-A4", SeatState::Sold);
    stage.point("A1");
    stage.keys("space");
    assert_eq!(stage.wanted(), "A1");
    assert!(stage.store.state().overlay.top().is_none());
}

#[test]
fn a_range_passes_over_places_that_are_kept() {
    let mut stage = on(drawn("A sswcss\n"));
    stage.point("A1");
    stage.keys("v");
    stage.point("A6");
    stage.keys("v");
    assert_eq!(stage.wanted(), "A1, A2, A5, A6");
}

#[test]
fn a_change_can_be_undone_and_only_with_what_is_still_free() {
    let mut stage = in_seats();
    stage.keys("2");
    let two = stage.wanted();
    stage.keys("n");
    let next = stage.wanted();
    stage.play(SeatsAction::Undo);
    assert_eq!(stage.wanted(), two);
    stage.wait(200);
    stage.keys("c");
    stage.wait(200);
    assert!(stage.store.state().hold.wanted().is_empty() && next != two);
    let one = two.split(',').next().unwrap().to_owned();
    stage.elsewhere(&one, SeatState::Sold);
    stage.play(SeatsAction::Undo);
    assert_eq!(stage.store.state().hold.wanted().len(), 1);
    assert!(stage.said().contains(&format!("{one} cannot be had any more")), "{}", stage.said());
}

#[test]
fn a_single_seat_left_alone_is_said_and_one_key_mends_it() {
    let mut stage = in_seats();
    stage.point("B2");
    stage.keys("space right space");
    stage.wait(200);
    assert!(stage.text().contains("B1 would stay free alone"), "{}", stage.text());
    stage.keys("enter");
    assert_eq!(*stage.store.state().nav.route(), Route::Seats, "there is no paying yet");
    assert!(stage.said().contains("Press f"), "{}", stage.said());
    stage.play(SeatsAction::Fix);
    assert_eq!(stage.store.state().hold.wanted().len(), 2);
    assert!(!stage.text().contains("would stay free alone"), "{}", stage.text());
    stage.wait(200);
    stage.keys("enter");
    assert_eq!(*stage.store.state().nav.route(), Route::Checkout);
}

#[test]
fn what_somebody_else_does_beside_the_seats_changes_what_the_rule_says() {
    let mut stage = on(drawn("A ssssss\nB ssssss\n"));
    stage.point("A1");
    stage.keys("space right space");
    stage.wait(200);
    assert!(!stage.text().contains("alone"), "{}", stage.text());
    stage.elsewhere("A4", SeatState::Sold);
    assert!(stage.text().contains("A3 would stay") || stage.text().contains("A3"), "{}", stage.text());
    let judged = stage.store.state().seats.judged.clone().unwrap();
    assert_eq!(judged.judgement.orphans, stage.seats("A3"));
    stage.elsewhere("A4", SeatState::Free);
    assert!(stage.store.state().seats.judged.clone().unwrap().judgement.orphans.is_empty());
}

#[test]
fn a_sale_refused_for_a_single_seat_leads_back_to_the_seats_which_stay_held() {
    let mut stage = in_seats();
    stage.signed_in = true;
    stage.play(frontrow::store::action::SessionAction::Restore);
    stage.keys("2");
    stage.wait(200);
    stage.keys("enter");
    let why = Failure::new(FailureKind::Refused, "orphan_seat", "F9 would stay free alone.");
    stage.failing = Some(why);
    stage.keys("enter");
    stage.failing = None;
    assert_eq!(*stage.store.state().nav.route(), Route::Seats);
    assert_eq!(stage.said(), "F9 would stay free alone.");
    assert_eq!(stage.store.state().hold.wanted().len(), 2);
    assert!(stage.store.state().hold.hold().is_some());
}

#[test]
fn places_of_general_admission_are_counted_and_not_chosen() {
    let mut stage = on(with_pit(8));
    let pit = stage.hall.indices().find(|seat| stage.hall.is_standing(*seat)).unwrap();
    stage.play(SeatsAction::Point(pit));
    stage.keys("space 5 3");
    stage.wait(200);
    assert_eq!(stage.store.state().hold.wanted().len(), 3, "a digit means so many, here too");
    assert!(stage.text().contains("Pit × 3"), "{}", stage.text());
    let told = told(&stage);
    assert!(matches!(told.last(), Some(Effect::Hold { seats, .. }) if seats.len() == 3), "{told:?}");
    stage.keys("x");
    assert_eq!(stage.store.state().hold.wanted().len(), 2);
    stage.keys("9");
    assert_eq!(stage.store.state().hold.wanted().len(), 2, "there are not so many");
    assert!(stage.said().contains("Only 6 more places are left in Pit"), "{}", stage.said());
}

#[test]
fn no_more_seats_are_taken_than_can_be_booked_at_once() {
    let mut stage = on(with_pit(40));
    let pit = stage.hall.indices().find(|seat| stage.hall.is_standing(*seat)).unwrap();
    stage.play(SeatsAction::Point(pit));
    for _ in 0..21 {
        stage.keys("space");
    }
    assert_eq!(stage.store.state().hold.wanted().len(), 20);
    assert_eq!(stage.said(), "At most 20 seats can be booked at once.");
}

/// Two rows, and a pit for so many people.
pub fn with_pit(places: u32) -> std::sync::Arc<frontrow::domain::chart::Chart> {
    use frontrow::domain::chart::{Admission, Row, Seat, SeatKind, Section};
    let mut chart = (*drawn("A ssssss\nB ssssss\n")).clone();
    let (section, row, first) = (chart.sections.len() as u16, chart.rows.len() as u32, chart.seats.len() as u32);
    let level = chart.sections[0].level;
    let admission = Admission::General;
    chart.sections.push(Section { id: "pit".into(), level, name: "Pit".into(), admission });
    chart.rows.push(Row { label: "".into(), section, seats: first..first + places });
    let like = chart.seats[0].clone();
    for place in 1..=places {
        let id = frontrow::domain::ids::SeatId::new(format!("pit//{place}"));
        let label = place.to_string().as_str().into();
        let y = like.y + 5.0;
        let x = f64::from(place);
        chart.seats.push(Seat { id, label, row, x, y, kind: SeatKind::Standing, ..like.clone() });
    }
    std::sync::Arc::new(chart)
}
