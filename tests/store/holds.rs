//! Holding: what was chosen is kept for a while, and comes back with one key.

use crate::common::{sample::drawn, stage::Stage};
use crate::{in_seats, on, told};
use frontrow::{
    domain::show::SeatState,
    store::{
        action::{HoldAction, SessionAction},
        effect::Effect,
        select,
        slices::nav::Route,
    },
};

#[test]
fn seats_that_went_to_somebody_else_after_the_time_are_replaced_by_the_nearest() {
    let mut stage = on(drawn("A ssssssss\nB ssssssss\n"));
    stage.point("A3");
    stage.keys("space right space");
    stage.wait(200);
    stage.wait(600_000);
    assert!(stage.store.state().hold.wanted().is_empty());
    stage.elsewhere("A4", SeatState::Sold);
    stage.keys("r");
    let wanted = stage.wanted();
    assert_eq!(stage.store.state().hold.wanted().len(), 2);
    assert!(!wanted.contains("A4"), "{wanted}");
    assert!(stage.said().starts_with("A4 went to someone else: now "), "{}", stage.said());
}

#[test]
fn who_chose_a_seat_is_remembered_over_the_end_of_the_time() {
    let mut stage = on(drawn("A ssssssss\nB ssssssss\n"));
    stage.elsewhere("A2, A4", SeatState::Sold);
    stage.point("A3");
    stage.keys("space 2");
    stage.wait(200);
    stage.wait(600_000);
    stage.keys("r 1");
    assert_eq!(stage.wanted(), "A3", "the one that was chosen by hand goes last");
}

#[test]
fn a_time_that_ends_at_the_payment_leads_back_to_the_seats() {
    let mut stage = in_seats();
    stage.keys("2");
    stage.wait(200);
    stage.keys("enter");
    assert_eq!(*stage.store.state().nav.route(), Route::Checkout);
    stage.wait(600_000);
    assert_eq!(*stage.store.state().nav.route(), Route::Seats);
    assert!(stage.said().contains("The time is up"), "{}", stage.said());
    stage.keys("r");
    assert_eq!(stage.store.state().hold.wanted().len(), 2);
}

#[test]
fn a_sale_that_is_under_way_does_not_run_out() {
    let mut stage = in_seats();
    stage.signed_in = true;
    stage.play(SessionAction::Restore);
    stage.keys("2");
    stage.wait(200);
    stage.unanswered = |effect| matches!(effect, Effect::Book { .. });
    stage.keys("enter enter");
    stage.wait(700_000);
    assert_eq!(stage.store.state().hold.wanted().len(), 2, "the box office keeps them until the sale has an end");
    let next = select::deadline(stage.store.state(), stage.now());
    assert!(next.is_none_or(|at| at > stage.mono_ms), "and nothing wakes the program in vain: {next:?}");
}

#[test]
fn seats_are_held_all_or_none() {
    let mut stage = on(drawn("A ssssssss\nB ssssssss\n"));
    stage.point("A3");
    stage.keys("space right space right space");
    stage.unheard("A4", SeatState::Held);
    stage.wait(200);
    let told = told(&stage);
    assert!(matches!(told[0], Effect::Hold { seats, .. } if seats.len() == 3), "{told:?}");
    assert!(matches!(told[1], Effect::Hold { seats, .. } if seats.len() == 2), "the rest, as one wish: {told:?}");
    assert_eq!(stage.wanted(), "A3, A5");
    assert!(stage.said().contains("A4 is held by someone else"), "{}", stage.said());
}

#[test]
fn what_is_wanted_and_not_yet_held_looks_like_it() {
    let mut stage = in_seats();
    stage.unanswered = |effect| matches!(effect, Effect::Hold { .. });
    stage.keys("space");
    stage.wait(200);
    assert!(stage.text().contains("being held"), "{}", stage.text());
    assert!(!stage.store.state().hold.is_settled());
    stage.play(HoldAction::Release);
    assert!(stage.store.state().hold.wanted().is_empty());
}

#[test]
fn a_held_seat_that_was_given_up_for_one_that_is_gone_is_let_go() {
    let mut stage = Stage::with_chart(40, 15, drawn("A ssssss_ww_[][]\n"));
    stage.keys("enter enter space 2 backspace");
    stage.wait(200);
    assert_eq!(stage.held().len(), 1);
    stage.keys("backspace space");
    let wanted = stage.wanted();
    stage.unheard(&wanted, SeatState::Sold);
    stage.wait(2_000);
    assert_eq!((stage.wanted().as_str(), stage.held().len()), ("", 0));
}
