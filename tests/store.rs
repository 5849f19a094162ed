//! The store by itself: what a person does, what the box office answers, what follows. No network, no terminal.

#[path = "store/admin.rs"]
mod admin;
#[path = "store/choosing.rs"]
mod choosing;
mod common;
#[path = "store/films.rs"]
mod films;
#[path = "store/holds.rs"]
mod holds;
#[path = "store/late.rs"]
mod late;
#[path = "store/later.rs"]
mod later;
#[path = "store/live.rs"]
mod live;
#[path = "store/monkey.rs"]
mod monkey;
#[path = "store/posters.rs"]
mod posters;
#[path = "store/sign_in.rs"]
mod sign_in;

use common::{
    sample::{every_way, offline},
    stage::Stage,
};
use frontrow::{
    domain::{failure::*, show::SeatStates},
    store::{
        action::{CatalogAction, CheckoutAction, HoldAction, NavAction},
        effect::Effect,
        select,
        slices::{checkout::Phase, nav::Route, session::Auth},
    },
};
use proptest::prelude::*;

/// In the seat map of an empty hall.
fn in_seats() -> Stage {
    let mut stage = Stage::new(100, 30);
    stage.states = SeatStates::free(stage.hall.seats.len());
    stage.keys("enter enter");
    assert_eq!(*stage.store.state().nav.route(), Route::Seats);
    stage.effects.clear();
    stage
}

/// In the seat map of a hall with these seats, all free.
fn on(hall: std::sync::Arc<frontrow::domain::chart::Chart>) -> Stage {
    let mut stage = Stage::with_chart(100, 30, hall);
    stage.states = SeatStates::free(stage.hall.seats.len());
    stage.keys("enter enter");
    stage.effects.clear();
    stage
}

fn told(stage: &Stage) -> Vec<&Effect> {
    let is_hold =
        |e: &&Effect| matches!(e, Effect::Hold { .. } | Effect::ChangeHold { .. } | Effect::ReleaseHold { .. });
    stage.effects.iter().filter(is_hold).collect()
}

#[test]
fn the_server_is_told_shortly_after_the_last_change_and_once() {
    let mut stage = in_seats();
    stage.keys("space l space l space");
    assert!(told(&stage).is_empty(), "nothing is told while the hand still moves");
    assert!(!stage.store.state().hold.is_settled());
    stage.wait(149);
    assert!(told(&stage).is_empty());
    stage.wait(1);
    let told = told(&stage);
    assert!(matches!(told.as_slice(), [Effect::Hold { seats, .. }] if seats.len() == 3), "{told:?}");
    assert!(stage.store.state().hold.is_settled());
}

#[test]
fn a_change_of_held_seats_is_told_as_the_difference() {
    let mut stage = in_seats();
    stage.keys("2");
    stage.wait(200);
    stage.effects.clear();
    stage.keys("x l l space");
    stage.wait(200);
    let told = told(&stage);
    let [Effect::ChangeHold { edit, .. }] = told.as_slice() else { panic!("{told:?}") };
    assert_eq!((edit.add.len(), edit.remove.len()), (1, 1));
}

#[test]
fn leaving_the_seat_map_asks_first_and_then_lets_the_seats_go() {
    let mut stage = in_seats();
    stage.keys("2");
    stage.wait(200);
    stage.keys("esc");
    assert_eq!(*stage.store.state().nav.route(), Route::Seats, "a question comes first");
    stage.keys("y");
    assert_eq!(*stage.store.state().nav.route(), Route::Browse);
    assert!(matches!(told(&stage).last(), Some(Effect::ReleaseHold { .. })));
    assert!(stage.store.state().hold.wanted().is_empty());
}

#[test]
fn quitting_lets_held_seats_go() {
    let mut stage = in_seats();
    stage.keys("2");
    stage.wait(200);
    stage.keys("ctrl-q");
    let at = |wanted: fn(&Effect) -> bool| stage.effects.iter().position(wanted).unwrap();
    assert!(at(|e| matches!(e, Effect::ReleaseHold { .. })) < at(|e| *e == Effect::Quit), "{:?}", stage.effects);
}

#[test]
fn a_question_ends_with_the_screen_that_it_was_asked_on() {
    let mut stage = in_seats();
    stage.keys("2");
    stage.wait(200);
    stage.keys("f2");
    assert!(stage.store.state().overlay.top().is_some(), "it is asked first");
    stage.keys("f4");
    assert_eq!(*stage.store.state().nav.route(), Route::Account);
    assert!(stage.store.state().overlay.top().is_none(), "what is typed now goes into the form");
    assert_eq!(stage.store.state().hold.wanted().len(), 2, "nothing was answered");
}

#[test]
fn seats_that_were_let_go_are_named_and_counted_as_free_once_they_are() {
    let mut stage = in_seats();
    stage.keys("2");
    stage.wait(200);
    stage.keys("f2 y");
    let said = stage.store.state().notice.current.clone().unwrap().text;
    assert!(said.ends_with(" let go."), "{said}");
    let after = stage.effects.iter().skip_while(|effect| !matches!(effect, Effect::ReleaseHold { .. }));
    let loads = after.filter(|effect| matches!(effect, Effect::LoadShows(..))).count();
    assert_eq!(loads, 2, "asked for on the way, and again when the seats are free");
}

#[test]
fn an_answer_that_nobody_waits_for_any_more_is_given_back() {
    let mut stage = in_seats();
    stage.keys("2");
    stage.wait(200);
    let hold = stage.store.state().hold.hold().cloned().unwrap();
    stage.play(NavAction::Home);
    stage.effects.clear();
    stage.play(HoldAction::Settled(9_999, Ok(Some(hold))));
    assert!(matches!(told(&stage).as_slice(), [Effect::ReleaseHold { .. }]));
    assert!(stage.store.state().hold.hold().is_none());
}

#[test]
fn time_runs_out_with_warnings_and_one_key_holds_the_seats_again() {
    let mut stage = in_seats();
    stage.keys("3");
    stage.wait(200);
    stage.wait(540_000);
    assert!(stage.text().contains("60 seconds left"), "{}", stage.text());
    stage.wait(40_000);
    assert!(stage.text().contains("20 seconds left"), "{}", stage.text());
    assert!(stage.effects.contains(&Effect::Bell));
    stage.wait(20_000);
    assert!(stage.text().contains("The time is up"), "{}", stage.text());
    assert!(stage.store.state().hold.hold().is_none());
    stage.effects.clear();
    stage.keys("r");
    stage.wait(200);
    assert!(matches!(told(&stage).as_slice(), [Effect::Hold { seats, .. }] if seats.len() == 3));
}

#[test]
fn more_time_is_asked_for_with_one_key() {
    let mut stage = in_seats();
    stage.keys("2");
    stage.wait(300_000);
    let before = stage.store.state().hold.left_ms(stage.mono_ms).unwrap();
    stage.keys("e");
    let after = stage.store.state().hold.left_ms(stage.mono_ms).unwrap();
    assert!(before < 310_000 && after == 600_000, "{before} {after}");
}

#[test]
fn paying_signed_out_goes_over_the_account_and_then_pays_by_itself() {
    let mut stage = in_seats();
    stage.keys("2");
    stage.wait(200);
    stage.keys("enter enter");
    assert_eq!(*stage.store.state().nav.route(), Route::Account);
    assert!(!stage.effects.iter().any(|e| matches!(e, Effect::Book { .. })));
    stage.keys("text:ana@example.com tab text:secretpass enter");
    assert!(matches!(stage.store.state().session.auth, Auth::SignedIn(_)));
    assert_eq!(stage.effects.iter().filter(|e| matches!(e, Effect::Book { .. })).count(), 1);
    assert!(matches!(stage.store.state().nav.route(), Route::Ticket(_)));
    assert!(stage.effects.contains(&Effect::ForgetSecret), "the typed password is wiped");
}

#[test]
fn an_unknown_outcome_is_asked_for_with_the_same_key_and_never_paid_twice() {
    let mut stage = in_seats();
    stage.signed_in = true;
    stage.keys("f5 2");
    stage.play(frontrow::store::action::SessionAction::Restore);
    stage.wait(200);
    stage.keys("enter");
    stage.failing = Some(Failure::new(FailureKind::Unknown, "outcome_unknown", "The answer was lost."));
    stage.keys("enter");
    assert!(matches!(stage.store.state().checkout.phase, Phase::Unknown { .. }));
    assert!(stage.text().contains("It may be booked already"), "{}", stage.text());
    stage.failing = None;
    stage.keys("enter");
    let keys: Vec<_> =
        stage.effects.iter().filter_map(|e| if let Effect::Book { key, .. } = e { Some(key) } else { None }).collect();
    assert_eq!(keys.len(), 2);
    assert_eq!(keys[0], keys[1], "the same sale");
    assert!(matches!(stage.store.state().nav.route(), Route::Ticket(_)));
}

#[test]
fn two_sales_have_two_keys() {
    let mut stage = in_seats();
    stage.signed_in = true;
    stage.play(frontrow::store::action::SessionAction::Restore);
    let mut keys = Vec::new();
    for _ in 0..2 {
        stage.keys("2");
        stage.wait(200);
        stage.keys("enter enter");
        keys.extend(
            stage
                .effects
                .iter()
                .filter_map(|e| if let Effect::Book { key, .. } = e { Some(key.clone()) } else { None }),
        );
        stage.effects.clear();
        stage.keys("enter");
        stage.keys("enter enter");
    }
    assert_eq!(keys.len(), 2);
    assert_ne!(keys[0], keys[1]);
}

#[test]
fn a_couch_is_taken_whole() {
    let mut stage = in_seats();
    stage.keys("/ text:J1 enter");
    assert_eq!(stage.store.state().hold.wanted().len(), 2);
    stage.keys("space");
    assert_eq!(stage.store.state().hold.wanted().len(), 0);
}

#[test]
fn a_digit_proposes_and_n_goes_on_to_the_next_best() {
    let mut stage = in_seats();
    stage.keys("4");
    let first: Vec<_> = stage.store.state().hold.wanted().to_vec();
    assert_eq!(first.len(), 4);
    stage.keys("n");
    assert_ne!(stage.store.state().hold.wanted(), first);
    stage.keys("N");
    assert_eq!(stage.store.state().hold.wanted(), first);
    stage.keys("up up up h h h h h h h h h h 4");
    let here: Vec<_> = stage.store.state().hold.wanted().to_vec();
    assert_ne!(here, first, "the same digit elsewhere means here");
}

#[test]
fn a_failed_load_keeps_what_was_there_and_tries_again_by_itself() {
    let mut stage = Stage::new(80, 24);
    let before = stage.store.state().catalog.visible().len();
    stage.failing = Some(offline());
    stage.play(CatalogAction::Load);
    assert_eq!(stage.store.state().catalog.visible().len(), before);
    assert!(stage.effects.iter().any(|e| matches!(e, Effect::Connect { after_ms } if *after_ms > 0)));
}

#[test]
fn what_a_screen_does_not_show_does_not_draw_it_again() {
    let mut stage = Stage::new(80, 24);
    stage.keys("f4");
    let before = select::key(stage.store.state(), stage.now());
    stage.play(CatalogAction::Load);
    assert_eq!(select::key(stage.store.state(), stage.now()), before, "films are not on the account screen");
    stage.keys("text:a");
    assert_ne!(select::key(stage.store.state(), stage.now()), before);
}

#[test]
fn an_idle_screen_has_no_deadline() {
    let mut stage = in_seats();
    stage.wait(60_000);
    assert_eq!(select::deadline(stage.store.state(), stage.now()), None);
    stage.keys("2");
    stage.wait(200);
    let next = select::deadline(stage.store.state(), stage.now()).unwrap();
    assert!(next > stage.mono_ms && next <= stage.mono_ms + 1_000, "the countdown wakes once a second");
}

#[test]
fn a_second_sale_settling_late_changes_nothing() {
    let mut stage = in_seats();
    stage.play(CheckoutAction::Settled(77, Err(offline())));
    assert_eq!(stage.store.state().checkout.phase, Phase::Review);
}

const KEYS: &[&str] = &[
    "enter",
    "esc",
    "up",
    "down",
    "left",
    "right",
    "tab",
    "backtab",
    "space",
    "1",
    "2",
    "5",
    "9",
    "0",
    "n",
    "N",
    "v",
    "x",
    "c",
    "e",
    "r",
    "z",
    "/",
    "+",
    "-",
    "[",
    "]",
    "g",
    "G",
    "H",
    "L",
    "J",
    "K",
    "f1",
    "f2",
    "f3",
    "f4",
    "f5",
    "?",
    "q",
    "y",
    "backspace",
    "pageup",
    "pagedown",
    "home",
    "end",
    "ctrl-f",
    "ctrl-t",
    "ctrl-n",
    "ctrl-o",
    "f6",
    "text:f7",
    "text:A1-A4",
    "text:a@b.co",
    "text:secretpass",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    /// Whatever is pressed: no panic, every screen can be drawn, and the same keys give the same effects and screen.
    #[test]
    fn any_keys_replay_to_the_same_end(keys in prop::collection::vec(prop::sample::select(KEYS), 0..60), width in 40u16..130, height in 15u16..45) {
        let play = || {
            let mut stage = Stage::with_hall(width, height, "grand");
            stage.offer = every_way();
            for (i, key) in keys.iter().enumerate() {
                stage.keys(key);
                stage.wait(40 * (i as u64 % 7));
                stage.draw();
            }
            stage.wait(1_000);
            (stage.text(), std::mem::take(&mut stage.effects))
        };
        let (first, second) = (play(), play());
        prop_assert_eq!(&first.0, &second.0);
        prop_assert_eq!(first.1, second.1);
    }
}
