//! What other people do to the seats, while they are on the screen.

use crate::common::{sample::drawn, stage::Stage};
use crate::{in_seats, on, told};
use frontrow::{
    domain::{
        failure::{Failure, FailureKind},
        show::{SeatNews, SeatState},
    },
    store::{
        action::{NavAction, SeatsAction},
        effect::Effect,
        slices::nav::Route,
    },
};

fn count(stage: &Stage, wanted: fn(&Effect) -> bool) -> usize {
    stage.effects.iter().filter(|effect| wanted(effect)).count()
}

fn watches(stage: &Stage) -> usize {
    count(stage, |effect| matches!(effect, Effect::WatchSeats { .. }))
}

fn stops(stage: &Stage) -> usize {
    count(stage, |effect| *effect == Effect::StopWatching)
}

#[test]
fn the_seats_are_watched_while_they_are_on_the_screen_and_no_longer() {
    let mut stage = Stage::new(100, 30);
    assert_eq!((watches(&stage), stops(&stage)), (0, 0));
    stage.keys("enter enter");
    assert_eq!((watches(&stage), stops(&stage)), (1, 0));
    stage.keys("2");
    stage.wait(200);
    stage.keys("enter");
    assert_eq!((watches(&stage), stops(&stage)), (1, 0), "the payment is about them, too");
    stage.keys("f4");
    assert_eq!((watches(&stage), stops(&stage)), (1, 1), "the account is not");
    stage.keys("esc");
    assert_eq!((watches(&stage), stops(&stage)), (2, 1));
    stage.play(NavAction::Home);
    assert_eq!((watches(&stage), stops(&stage)), (2, 2));
}

#[test]
fn what_somebody_else_takes_is_seen_and_counted_at_once() {
    let mut stage = in_seats();
    let free = stage.store.state().seats.counts.free.clone();
    stage.elsewhere("A1-A3", SeatState::Sold);
    let counts = &stage.store.state().seats.counts;
    assert_eq!((counts.free[0], counts.sold), (free[0] - 3, 3));
    assert!(stage.text().contains("sold 3"), "{}", stage.text());
    stage.elsewhere("A1", SeatState::Free);
    assert_eq!(stage.store.state().seats.counts.sold, 2);
}

#[test]
fn counts_that_follow_news_are_those_of_a_fresh_look() {
    let mut stage = Stage::with_hall(100, 30, "grand");
    stage.keys("enter enter");
    let kinds = [SeatState::Sold, SeatState::Held, SeatState::Free, SeatState::Blocked];
    let all: Vec<_> = stage.hall.indices().collect();
    let watch =
        stage.effects.iter().find_map(|e| if let Effect::WatchSeats { req, .. } = e { Some(*req) } else { None });
    for round in 0..200usize {
        let changes = (0..5).map(|i| (all[(round * 37 + i * 101) % all.len()], kinds[(round + i) % 4])).collect();
        stage.play(SeatsAction::News(watch.unwrap(), SeatNews::Changes(changes)));
    }
    let followed = stage.store.state().seats.counts.clone();
    let states = stage.store.state().seats.states.value().unwrap().1.clone();
    stage.play(SeatsAction::News(watch.unwrap(), SeatNews::States(states)));
    assert_eq!(stage.store.state().seats.counts, followed);
}

#[test]
fn news_of_ones_own_seats_take_nothing_away() {
    let mut stage = in_seats();
    stage.keys("2");
    stage.wait(200);
    assert_eq!(stage.store.state().hold.wanted().len(), 2);
    assert_eq!(stage.said(), "", "the news that they are held came before the answer");
    let text = stage.text();
    assert!(text.contains("yours 2") && !text.contains("held by others"), "{text}");
    let two = stage.wanted();
    stage.keys("x");
    let text = stage.text();
    assert!(!text.contains("held by others"), "what is being let go is not somebody else's\n{text}");
    stage.keys("right space");
    assert_eq!(stage.wanted(), two, "and can be taken again at once");
}

#[test]
fn a_wanted_seat_that_somebody_takes_is_replaced_by_one_key() {
    let mut stage = on(drawn("A ssssssss\nB ssssssss\n"));
    stage.point("A3");
    stage.keys("space right space");
    stage.elsewhere("A4", SeatState::Held);
    assert_eq!(stage.wanted(), "A3");
    assert!(stage.said().starts_with("A4 was just taken: A2 is next to yours, Enter takes it."), "{}", stage.said());
    stage.keys("enter");
    assert_eq!(stage.wanted(), "A2, A3");
    assert_eq!(*stage.store.state().nav.route(), Route::Seats);
}

#[test]
fn an_offer_ends_with_the_next_movement() {
    let mut stage = on(drawn("A ssssssss\nB ssssssss\n"));
    stage.point("A3");
    stage.keys("space right space");
    stage.elsewhere("A4", SeatState::Held);
    stage.keys("down enter");
    assert_eq!(stage.wanted(), "A3");
    assert!(stage.store.state().seats.offer.is_none());
}

#[test]
fn a_seat_lost_to_somebody_quicker_is_named_with_the_nearest_instead() {
    let mut stage = on(drawn("A ssssssss\nB ssssssss\n"));
    stage.point("A3");
    stage.keys("space right space");
    stage.unheard("A4", SeatState::Sold);
    stage.wait(200);
    assert_eq!(stage.wanted(), "A3", "the rest is held");
    assert!(stage.store.state().hold.hold().is_some());
    assert!(stage.said().starts_with("A4 is sold: A2 is next to yours, Enter takes it."), "{}", stage.said());
    stage.keys("enter");
    stage.wait(200);
    assert_eq!(stage.store.state().hold.hold().unwrap().seats.len(), 2);
}

#[test]
fn the_seat_under_the_cursor_that_is_taken_is_said_with_the_nearest() {
    let mut stage = on(drawn("A ssssssss\nB ssssssss\n"));
    stage.point("B4");
    stage.elsewhere("B4", SeatState::Held);
    assert!(stage.said().starts_with("B4 was just taken: "), "{}", stage.said());
    stage.keys("enter");
    assert_eq!(stage.store.state().hold.wanted().len(), 1);
}

#[test]
fn an_offer_that_is_taken_as_well_is_made_anew() {
    let mut stage = on(drawn("A ssssssss\nB ssssssss\n"));
    stage.point("A3");
    stage.keys("space right space");
    stage.elsewhere("A4", SeatState::Held);
    stage.elsewhere("A2", SeatState::Held);
    assert!(stage.said().starts_with("A2 was just taken, too"), "{}", stage.said());
    if let Some(offer) = &stage.store.state().seats.offer {
        assert!(!offer.seats.contains(&stage.seats("A2")[0]));
    }
}

#[test]
fn what_others_do_elsewhere_is_not_said() {
    let mut stage = in_seats();
    stage.keys("2");
    stage.wait(200);
    stage.elsewhere("A1-A4", SeatState::Sold);
    assert_eq!(stage.said(), "");
    assert_eq!(stage.store.state().hold.wanted().len(), 2);
}

#[test]
fn lost_news_are_said_in_two_words_and_their_return_in_none() {
    let mut stage = in_seats();
    let watch = stage.watching().unwrap();
    let why = Failure::new(FailureKind::Offline, "unreachable", "The news have ended.");
    stage.play(SeatsAction::NewsLost(watch, why));
    assert!(stage.text().contains("(not live)"), "{}", stage.text());
    stage.play(SeatsAction::News(watch, SeatNews::Changes(vec![])));
    assert!(!stage.text().contains("not live"), "{}", stage.text());
}

#[test]
fn news_of_an_older_watch_change_nothing() {
    let mut stage = Stage::new(100, 30);
    stage.keys("enter enter");
    let old = stage.watching().unwrap();
    stage.keys("esc enter");
    let before = stage.store.state().seats.counts.clone();
    let seat = stage.seats("A2")[0];
    stage.play(SeatsAction::News(old, SeatNews::Changes(vec![(seat, SeatState::Blocked)])));
    assert_eq!(stage.store.state().seats.counts, before);
}

#[test]
fn a_late_answer_does_not_undo_news() {
    let mut stage = in_seats();
    stage.unanswered = |effect| matches!(effect, Effect::LoadStates { .. });
    let before = stage.states.clone();
    stage.keys("f5");
    let load = |e: &Effect| if let Effect::LoadStates { req, .. } = e { Some(*req) } else { None };
    let req = stage.effects.iter().rev().find_map(load).unwrap();
    stage.elsewhere("A1", SeatState::Sold);
    stage.play(SeatsAction::StatesLoaded(req, Ok(Some(("old".into(), before)))));
    let seat = stage.seats("A1")[0];
    assert_eq!(stage.store.state().seats.state(seat), SeatState::Sold);
}

#[test]
fn a_server_without_news_is_asked_again_after_a_refusal() {
    let mut stage = Stage::new(100, 30);
    stage.tells_news = false;
    stage.keys("enter enter");
    assert!(!stage.text().contains("not live"), "that is no loss");
    let loads = |stage: &Stage| count(stage, |effect| matches!(effect, Effect::LoadStates { .. }));
    let before = loads(&stage);
    stage.keys("2");
    let wanted = stage.wanted();
    stage.unheard(&wanted, SeatState::Sold);
    stage.wait(200);
    assert_eq!(loads(&stage), before + 1);
    assert!(stage.store.state().hold.wanted().is_empty());
}

#[test]
fn news_that_change_nothing_do_not_draw() {
    let mut stage = in_seats();
    let key = frontrow::store::select::key(stage.store.state(), stage.now());
    let seat = stage.seats("A2")[0];
    let watch = stage.watching().unwrap();
    stage.play(SeatsAction::News(watch, SeatNews::Changes(vec![(seat, SeatState::Free)])));
    stage.play(SeatsAction::News(watch + 1_000, SeatNews::Changes(vec![(seat, SeatState::Sold)])));
    assert_eq!(frontrow::store::select::key(stage.store.state(), stage.now()), key);
}

#[test]
fn a_hall_with_another_plan_keeps_the_held_seats_by_their_ids_and_names_the_rest() {
    for (kind, code) in [(FailureKind::NotFound, "no_news"), (FailureKind::Refused, "chart_changed")] {
        let mut stage = on(drawn("A ssssss\nB ssssss\n"));
        stage.point("A5");
        stage.keys("space right space");
        stage.wait(200);
        assert_eq!(stage.wanted(), "A5, A6");
        stage.effects.clear();
        stage.new_plan = Some(drawn("A sssss\nB sssssss\n"));
        // A server that has moved the show ends the news of the old plan.
        let watch = stage.watching().unwrap();
        stage.play(SeatsAction::NewsLost(watch, Failure::new(kind, code, "These are the states of another hall.")));
        assert_eq!(watches(&stage), 1, "and those of the new one are heard");
        assert_eq!(stage.wanted(), "A5");
        assert!(stage.said().contains("A6 is there no more"), "{}", stage.said());
        stage.wait(200);
        let told = told(&stage);
        assert!(matches!(told.as_slice(), [Effect::ChangeHold { edit, .. }] if edit.remove.len() == 1), "{told:?}");
        let of = |effect: &Effect| if let Effect::WatchSeats { of, .. } = effect { Some(of.clone()) } else { None };
        let (of, plan) = (stage.effects.iter().find_map(of).unwrap(), stage.store.state().seats.plan().unwrap());
        assert_eq!((of.chart, of.count), (plan.hash.clone(), 12), "as many seats as before");
    }
}

#[test]
fn a_reconnected_box_office_is_listened_to_anew() {
    let mut stage = in_seats();
    stage.keys("2");
    stage.wait(200);
    stage.effects.clear();
    stage.play(frontrow::store::action::NetAction::Connect);
    assert_eq!(watches(&stage), 1);
    assert_eq!(stage.store.state().hold.wanted().len(), 2);
}
