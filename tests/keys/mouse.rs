//! The mouse, and fingers on a screen that acts as one.

use super::{cursor, in_hall, seat, sell, wanted};
use crate::common::stage::Stage;
use frontrow::{
    domain::ids::SeatIx,
    input::{event::InputEvent, target::Target},
    store::{action::Zoom, slices::nav::Route},
};

/// Where a seat was drawn.
fn place(stage: &mut Stage, seat: SeatIx) -> (u16, u16) {
    stage.draw();
    let hit = stage.hits.0.iter().find(|hit| hit.target == Target::Seat(seat)).expect("the seat is drawn");
    (hit.x, hit.y)
}

fn press(stage: &mut Stage, label: &str) {
    let (x, y) = {
        let seat = seat(stage, label);
        place(stage, seat)
    };
    stage.event(InputEvent::Click { x, y });
}

fn drag(stage: &mut Stage, label: &str) {
    let (x, y) = {
        let seat = seat(stage, label);
        place(stage, seat)
    };
    stage.event(InputEvent::Drag { x, y });
}

#[test]
fn a_click_takes_a_seat_and_a_second_one_lets_it_go() {
    let mut stage = in_hall("hall-1");
    press(&mut stage, "E7");
    stage.event(InputEvent::Release);
    assert_eq!((wanted(&stage), cursor(&stage)), (vec!["E7".to_owned()], "E7".to_owned()));
    press(&mut stage, "E7");
    assert!(wanted(&stage).is_empty());
}

#[test]
fn a_click_sets_the_party_down_where_it_is() {
    let mut stage = in_hall("hall-1");
    stage.keys("3");
    press(&mut stage, "C6");
    stage.event(InputEvent::Release);
    let seats = wanted(&stage);
    assert_eq!(seats.len(), 3, "{seats:?}");
    assert!(seats.iter().all(|s| s.starts_with('C')) && seats.contains(&"C6".to_owned()), "{seats:?}");
}

#[test]
fn drawing_over_a_row_takes_its_free_seats_and_back_lets_them_go() {
    let mut stage = in_hall("hall-1");
    sell(&mut stage, &["E9"]);
    press(&mut stage, "E7");
    for to in ["E8", "E9", "E10"] {
        drag(&mut stage, to);
    }
    assert_eq!(wanted(&stage), ["E7", "E8", "E10"], "what is sold is left out");
    drag(&mut stage, "E8");
    assert_eq!(wanted(&stage), ["E7", "E8"]);
    drag(&mut stage, "F8");
    assert_eq!(wanted(&stage), ["E7", "E8"], "a range stays within its row");
    stage.event(InputEvent::Release);
    drag(&mut stage, "E11");
    assert_eq!(wanted(&stage), ["E7", "E8"], "the button is up");
    press(&mut stage, "E8");
    drag(&mut stage, "E7");
    assert!(wanted(&stage).is_empty(), "drawn from a seat of one's own, it lets go");
}

#[test]
fn a_right_click_shows_a_seat_and_chooses_nothing() {
    let mut stage = in_hall("hall-1");
    let seat = seat(&stage, "C3");
    let (x, y) = place(&mut stage, seat);
    stage.event(InputEvent::Details { x, y });
    assert_eq!(cursor(&stage), "C3");
    assert!(wanted(&stage).is_empty());
}

#[test]
fn the_wheel_with_ctrl_zooms() {
    let mut stage = in_hall("hall-1");
    let zoom = |stage: &Stage| stage.store.state().seats.zoom;
    assert_eq!(zoom(&stage), None);
    stage.event(InputEvent::Zoom(Zoom::Out));
    let smaller = zoom(&stage);
    assert!(smaller.is_some());
    stage.event(InputEvent::Zoom(Zoom::In));
    assert_ne!(zoom(&stage), smaller);
}

#[test]
fn the_step_at_the_lower_right_can_be_clicked_on_every_screen() {
    let mut stage = in_hall("hall-1");
    stage.click(95, 29);
    assert_eq!(wanted(&stage).len(), 1);
    stage.wait(200);
    stage.click(95, 29);
    assert_eq!(*stage.store.state().nav.route(), Route::Checkout);
}
