//! The seats as lines of text.

use super::{in_hall, picture, speech, wanted};
use crate::common::stage::Stage;
use frontrow::{
    domain::show::SeatState,
    store::{effect::Effect, slices::nav::Route},
};

/// Goes down until the line that is spoken begins so.
fn down_to(stage: &mut Stage, begins: &str) {
    for _ in 0..200 {
        if speech(stage).starts_with(begins) {
            return;
        }
        stage.keys("down");
    }
    panic!("no line begins with {begins:?}; the last is {:?}", speech(stage));
}

#[test]
fn section_row_and_block_end_in_the_same_hold_as_the_map() {
    let mut stage = in_hall("grand");
    stage.keys("f7");
    assert!(picture(&mut stage).contains("Sections"), "{}", picture(&mut stage));
    let opened = speech(&mut stage);
    stage.keys("enter 2");
    assert_ne!(speech(&mut stage), opened, "every line speaks");
    down_to(&mut stage, "Row C");
    stage.keys("enter down");
    let block = speech(&mut stage);
    stage.keys("enter");
    stage.wait(200);
    let seats = wanted(&stage);
    assert_eq!(seats.len(), 2);
    assert!(block.contains(seats[0].rsplit(':').next().unwrap()), "{block} means {seats:?}");
    assert!(matches!(stage.effects.last(), Some(Effect::Hold { seats, .. }) if seats.len() == 2));
    assert!(picture(&mut stage).contains("Pay "));
    stage.keys("enter");
    assert_eq!(*stage.store.state().nav.route(), Route::Checkout);
}

#[test]
fn a_hall_of_one_section_begins_with_its_rows_and_one_person_chooses_seat_by_seat() {
    let mut stage = in_hall("hall-1");
    stage.keys("f7");
    assert!(speech(&mut stage).starts_with("Row "), "{}", speech(&mut stage));
    stage.keys("home");
    stage.keys("enter enter down down enter");
    assert_eq!(wanted(&stage).len(), 2, "{:?}", wanted(&stage));
    stage.keys("esc");
    assert!(speech(&mut stage).starts_with("Row "), "one step back");
    stage.keys("esc");
    assert!(picture(&mut stage).contains("let your seats go?"), "leaving asks while seats are held");
}

#[test]
fn rows_without_room_for_the_party_are_left_out_and_nothing_at_all_is_said() {
    let mut stage = in_hall("hall-1");
    for seat in 0..stage.hall.seats.len() {
        if seat % 2 == 0 {
            stage.states.set(seat, SeatState::Sold);
        }
    }
    stage.keys("f5 f7 3");
    assert!(picture(&mut stage).contains("no seats together for 3 people"), "{}", picture(&mut stage));
    stage.keys("enter up down end");
    assert!(wanted(&stage).is_empty());
    stage.keys("1");
    assert!(speech(&mut stage).starts_with("Row "));
}

#[test]
fn blocks_leave_nobody_alone_where_they_need_not_and_never_halve_a_couch() {
    for hall in ["hall-1", "grand", "studio", "classic"] {
        let mut stage = in_hall(hall);
        stage.keys("2");
        stage.keys("c f7");
        let state = stage.store.state();
        let (seats, hold) = (&*state.seats, &*state.hold);
        let plan = seats.plan().unwrap();
        for row in 0..plan.chart.rows.len() as u32 {
            for block in frontrow::store::slices::seats::list::blocks(seats, hold, row, 2) {
                assert_eq!(plan.geometry.right(block[0]), Some(block[1]));
                let couch = |s| plan.chart.seat(s).couch;
                assert!(couch(block[0]) == couch(block[1]), "{hall}: {:?}", plan.labels(&block));
            }
        }
    }
}

#[test]
fn the_list_and_the_map_show_the_same_place() {
    let mut stage = in_hall("hall-1");
    stage.keys("f7 end enter");
    let line = speech(&mut stage);
    stage.keys("down f7");
    let seat = super::cursor(&stage);
    let row: String = seat.chars().take_while(|c| c.is_alphabetic()).collect();
    assert!(line.starts_with(&row), "{line} is in the row of {seat}");
    assert!(wanted(&stage).is_empty());
}

#[test]
fn seats_can_be_typed_over_the_list() {
    let mut stage = in_hall("hall-1");
    stage.keys("f7 / text:F7");
    assert!(picture(&mut stage).contains("F7, 12.50") || picture(&mut stage).contains("F7, 15.50"));
    stage.keys("enter");
    assert_eq!(wanted(&stage), ["F7"]);
    assert!(picture(&mut stage).contains("Yours: F7"));
}
