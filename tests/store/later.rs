//! A box office that holds nothing, tells no prices, and is paid at a page.

use crate::common::{later::PAGE, stage::Stage};
use frontrow::{
    domain::{
        booking::{BookingStatus, PaymentMethod, SeatTrouble, Trouble},
        failure::{Conflict, ConflictReason, Failure, FailureKind},
        ids::SeatId,
        show::{SeatState, SeatStates},
    },
    store::{
        action::{BookingsAction, SeatsAction},
        effect::Effect,
        select,
        slices::{bookings::Standing, checkout::Phase, nav::Route},
    },
};

/// In the seat map of such a box office, all seats free.
fn in_seats() -> Stage {
    let mut stage = Stage::later(100, 30);
    stage.states = SeatStates::free(stage.hall.seats.len());
    stage.keys("enter enter");
    assert_eq!(*stage.store.state().nav.route(), Route::Seats);
    stage.effects.clear();
    stage
}

/// Two seats are booked, and their page is on the screen.
fn at_the_page() -> Stage {
    let mut stage = Stage::later(100, 40);
    stage.go_to_the_page();
    assert!(stage.text().contains("checkout.stripe.com"), "{}", stage.text());
    stage.effects.clear();
    stage
}

/// The text of the screen without its line breaks.
fn flat(stage: &mut Stage) -> String {
    stage.text().split_whitespace().collect::<Vec<_>>().join(" ")
}

fn count(stage: &Stage, wanted: fn(&Effect) -> bool) -> usize {
    stage.effects.iter().filter(|effect| wanted(effect)).count()
}

fn looks(stage: &Stage) -> usize {
    count(stage, |effect| matches!(effect, Effect::LoadStates { .. }))
}

fn reads(stage: &Stage) -> usize {
    count(stage, |effect| matches!(effect, Effect::LoadBookings(_)))
}

fn bells(stage: &Stage) -> usize {
    count(stage, |effect| *effect == Effect::Bell)
}

fn standing(stage: &Stage) -> Standing {
    let bookings = &stage.store.state().bookings;
    bookings.standing(&bookings.all()[0], stage.now())
}

#[test]
fn the_seats_are_read_again_while_they_are_looked_at_and_the_program_sleeps_otherwise() {
    let mut stage = in_seats();
    stage.wait(9_000);
    assert_eq!(looks(&stage), 0);
    stage.wait(21_000);
    assert_eq!(looks(&stage), 3, "every ten seconds");
    stage.keys("2");
    stage.wait(200);
    let before = looks(&stage);
    stage.keys("enter");
    assert_eq!(*stage.store.state().nav.route(), Route::Checkout);
    assert_eq!(looks(&stage), before + 1, "at once on the way to book");
    stage.keys("f4");
    assert_eq!(select::deadline(stage.store.state(), stage.now()), None, "nothing is looked at on another screen");
    let before = looks(&stage);
    stage.keys("esc");
    assert_eq!(looks(&stage), before + 1, "and at once on the way back");
    stage.play(frontrow::store::action::NavAction::Home);
    stage.wait(10_000);
    assert_eq!(select::deadline(stage.store.state(), stage.now()), None);
}

#[test]
fn looking_that_fails_is_patient_and_interrupts_nobody() {
    let mut stage = in_seats();
    stage.failing = Some(Failure::new(FailureKind::Other, "server_error", "The server has an error."));
    stage.wait(10_100);
    assert_eq!((looks(&stage), stage.said()), (1, String::new()));
    assert!(stage.text().contains("(not live)"), "{}", stage.text());
    stage.wait(29_000);
    assert_eq!(looks(&stage), 1);
    stage.failing = None;
    stage.wait(2_000);
    assert_eq!(looks(&stage), 2);
    assert!(!stage.text().contains("(not live)"), "{}", stage.text());
}

#[test]
fn nothing_is_said_to_be_held_where_nothing_is() {
    let mut stage = in_seats();
    stage.keys("2");
    stage.wait(300);
    let text = stage.text();
    for word in ["held", "yours", "Pay", "0.00"] {
        assert!(!text.contains(word), "{word}: {text}");
    }
    assert!(text.contains("Anybody's until booked"), "{text}");
    let wanted = stage.wanted();
    assert!(text.contains(&format!("Book {wanted}")), "{text}");
    assert_eq!(text.matches("price shown at checkout").count(), 1, "{text}");
    stage.keys("e");
    assert!(stage.said().contains("no time runs out"), "{}", stage.said());
    stage.keys("esc");
    assert_eq!(*stage.store.state().nav.route(), Route::Browse, "nothing is let go, so nothing is asked");
    assert_eq!(stage.said(), "");
}

#[test]
fn a_chosen_seat_that_somebody_books_is_missed_at_the_next_look_and_replaced_by_one_key() {
    let mut stage = in_seats();
    stage.keys("/ text:C3 enter / text:C4 enter");
    stage.wait(300);
    assert_eq!(stage.wanted(), "C3, C4");
    stage.unheard("C4", SeatState::Sold);
    stage.keys("enter");
    assert_eq!(*stage.store.state().nav.route(), Route::Seats, "another is chosen where the seats are seen");
    assert!(stage.said().starts_with("C4 was just taken: "), "{}", stage.said());
    assert_eq!(stage.wanted(), "C3");
    stage.keys("enter");
    assert_eq!(stage.store.state().hold.wanted().len(), 2);
    assert!(!stage.wanted().contains("C4"), "{}", stage.wanted());
}

#[test]
fn seats_that_are_being_booked_are_not_lost_to_oneself() {
    let mut stage = in_seats();
    stage.keys("/ text:C3 enter");
    stage.wait(300);
    stage.unanswered = |effect| matches!(effect, Effect::Book { .. });
    stage.keys("enter enter");
    assert!(matches!(stage.store.state().checkout.phase, Phase::Paying { .. }));
    // The server has written them down, and its answer is on its way.
    stage.unheard("C3", SeatState::Sold);
    stage.wait(30_000);
    stage.keys("f5");
    assert_eq!(stage.wanted(), "C3");
    assert_eq!(stage.said(), "");
}

#[test]
fn a_refused_booking_leaves_the_other_seats_chosen() {
    let mut stage = in_seats();
    stage.keys("/ text:C3 enter / text:C4 enter");
    stage.wait(300);
    stage.keys("enter");
    stage.unheard("C4", SeatState::Sold);
    let conflicts = vec![Conflict::new(SeatId::new("C4"), "C4".into(), ConflictReason::Sold)];
    stage.failing = Some(Failure { conflicts, ..Failure::new(FailureKind::SeatGone, "seat_taken", "C4 is taken.") });
    stage.unanswered = |effect| matches!(effect, Effect::Book { .. });
    stage.keys("enter");
    let Phase::Paying { req, .. } = stage.store.state().checkout.phase.clone() else { panic!("it is being booked") };
    let why = stage.failing.take().unwrap();
    stage.play(frontrow::store::action::CheckoutAction::Settled(req, Err(why)));
    assert_eq!(*stage.store.state().nav.route(), Route::Seats);
    assert_eq!(stage.wanted(), "C3");
    assert!(stage.said().contains("C4 was just taken"), "{}", stage.said());
}

#[test]
fn it_is_asked_for_by_link_and_what_is_not_known_is_looked_up_with_the_same_key() {
    let mut stage = in_seats();
    stage.keys("2");
    stage.wait(300);
    stage.keys("enter");
    let lost = Failure::new(FailureKind::Unknown, "outcome_unknown", "The answer was lost.");
    stage.failing = Some(lost);
    stage.keys("enter");
    let text = stage.text();
    assert!(text.contains("never books twice") && !text.contains("pay again"), "{text}");
    stage.failing = None;
    stage.keys("enter");
    let sales: Vec<_> = stage
        .effects
        .iter()
        .filter_map(|e| if let Effect::Book { payment, key, .. } = e { Some((*payment, key.clone())) } else { None })
        .collect();
    assert_eq!(sales.len(), 2);
    assert_eq!(sales[0], sales[1]);
    assert_eq!(sales[0].0, PaymentMethod::Link);
    assert!(matches!(standing(&stage), Standing::Due(_)));
}

#[test]
fn a_booking_is_read_every_five_seconds_until_it_is_paid_and_then_said_with_a_bell() {
    let mut stage = at_the_page();
    stage.later.as_mut().unwrap().paid_after = Some(3);
    stage.wait(10_400);
    assert_eq!((reads(&stage), bells(&stage)), (2, 0));
    assert!(stage.text().contains("checkout.stripe.com"));
    stage.wait(5_000);
    assert_eq!((reads(&stage), bells(&stage)), (3, 1));
    let text = stage.text();
    assert!(text.contains("Booked.") && text.contains("It is paid"), "{text}");
    assert!(!text.contains("stripe"), "{text}");
    assert!(text.contains("6b02c1d4e5f60718293a4b9e"), "{text}");
    stage.wait(60_000);
    assert_eq!(reads(&stage), 3, "there is nothing to wait for any more");
    assert_eq!(select::deadline(stage.store.state(), stage.now()), None);
}

#[test]
fn the_page_vanishes_at_the_moment_at_which_it_must_not_be_paid_any_more() {
    let mut stage = at_the_page();
    stage.wait(599_500);
    assert!(stage.text().contains(&PAGE[..20]), "{}", stage.text());
    stage.mono_ms += 600;
    let text = stage.text();
    assert!(!text.contains("http") && !text.contains('▀'), "before anything has happened: {text}");
    stage.mono_ms -= 600;
    stage.wait(700);
    let text = stage.text();
    assert!(text.contains("Not paid in time.") && text.contains("Do not pay any more"), "{text}");
    assert_eq!(bells(&stage), 1);
    // A payment that was on its way is still seen.
    stage.later.as_mut().unwrap().paid_after = Some(1);
    stage.wait(6_000);
    assert!(stage.text().contains("Booked."), "{}", stage.text());
}

#[test]
fn the_time_to_pay_does_not_grow_by_reading_or_by_a_machine_that_slept() {
    let mut stage = at_the_page();
    let left = |stage: &Stage| match standing(stage) {
        Standing::Due(left) => left,
        other => panic!("{other:?}"),
    };
    stage.wait(100_000);
    assert!((499_000..=500_000).contains(&left(&stage)), "{}", left(&stage));
    let bookings = &stage.store.state().bookings;
    let mut slept = stage.now();
    slept.wall += jiff::SignedDuration::from_mins(11);
    assert_eq!(bookings.standing(&bookings.all()[0], slept), Standing::Late);
}

#[test]
fn a_box_office_that_does_not_answer_is_asked_patiently_and_the_page_stays() {
    let mut stage = at_the_page();
    stage.failing = Some(Failure::new(FailureKind::Other, "server_error", "The server has an error."));
    stage.wait(60_000);
    assert!((3..7).contains(&reads(&stage)), "{}", reads(&stage));
    let text = stage.text();
    assert!(text.contains("checkout.stripe.com") && text.contains("asked again by itself"), "{text}");
    assert_eq!(stage.said(), "");
    stage.failing = None;
    stage.later.as_mut().unwrap().paid_after = Some(1);
    stage.wait(31_000);
    assert!(stage.text().contains("Booked."), "{}", stage.text());
}

#[test]
fn a_sign_in_that_ends_leaves_the_page_and_asks_no_more_until_somebody_signs_in() {
    let mut stage = at_the_page();
    stage.failing = Some(Failure::new(FailureKind::SignIn, "session_expired", "The session is over."));
    stage.wait(60_000);
    assert_eq!(reads(&stage), 1, "it is no use to ask again");
    let text = flat(&mut stage);
    assert!(text.contains("https://checkout.stripe.com") && text.contains("F4 signs in again"), "{text}");
    stage.failing = None;
    stage.keys("f4 text:ana@example.com tab text:secretpass enter");
    assert!(stage.text().contains("https://checkout.stripe.com"), "{}", stage.text());
    let before = reads(&stage);
    stage.wait(10_400);
    assert_eq!(reads(&stage), before + 2, "it is looked at again");
}

#[test]
fn who_comes_back_later_sees_the_page_only_after_it_was_looked_at_again() {
    let mut stage = at_the_page();
    stage.wait(1_000);
    stage.keys("esc");
    assert!(stage.said().starts_with("F3: ") && stage.said().contains("9 more minutes"), "{}", stage.said());
    assert_eq!(stage.store.state().bookings.deadline(), None, "nobody waits there");
    stage.wait(60_000);
    stage.keys("f3");
    assert!(stage.text().contains("pay within 8:59") && stage.text().contains("Pay now"), "{}", stage.text());
    stage.wait(20_000);
    assert!(stage.text().contains("pay within 8:39"), "{}", stage.text());
    stage.unanswered = |effect| matches!(effect, Effect::LoadBookings(_));
    stage.keys("enter");
    let text = stage.text();
    assert!(text.contains("looking whether the seats are still yours") && !text.contains("http"), "{text}");
    stage.unanswered = |_| false;
    stage.keys("enter");
    assert!(stage.text().contains("checkout.stripe.com"), "{}", stage.text());
}

#[test]
fn troubles_come_before_the_page() {
    let mut stage = at_the_page();
    stage.keys("f3");
    let label = stage.bookings[0].seats[0].label.clone();
    stage.bookings[0].troubles = vec![SeatTrouble { label: label.clone(), trouble: Trouble::Lost }];
    stage.play(BookingsAction::Load);
    assert!(stage.text().contains(&format!("{label} can be sold again")), "{}", stage.text());
    stage.wait(20_000);
    stage.keys("enter");
    let text = flat(&mut stage);
    assert!(text.contains("can be sold to somebody else") && !text.contains("http"), "{text}");
    stage.keys("enter");
    let text = flat(&mut stage);
    assert!(text.contains("can be sold to somebody else") && text.contains("https://"), "all the same: {text}");
}

#[test]
fn a_browser_is_opened_only_where_the_person_sees_it_and_the_seats_were_looked_at() {
    let mut stage = at_the_page();
    stage.keys("enter");
    assert_eq!(count(&stage, |e| matches!(e, Effect::OpenPage(_))), 0, "there is no browser here");
    assert_eq!(reads(&stage), 1, "it looks whether it is paid");

    stage.store = {
        let mut prefs = stage.store.state().prefs.clone();
        prefs.has_browser = true;
        frontrow::store::Store::new(frontrow::store::state::State::new((*prefs).clone()))
    };
    stage.bookings.clear();
    stage.play(frontrow::store::action::AppAction::Start);
    stage.go_to_the_page();
    stage.effects.clear();
    stage.keys("enter");
    assert!(stage.effects.contains(&Effect::OpenPage(PAGE.to_owned())), "{:?}", stage.effects);
    stage.effects.clear();
    stage.failing = Some(Failure::new(FailureKind::Other, "server_error", "The server has an error."));
    stage.wait(60_000);
    stage.keys("enter");
    assert_eq!(count(&stage, |e| matches!(e, Effect::OpenPage(_))), 0, "nobody knows whose seats they are");
    assert!(stage.said().contains("was not opened"), "{}", stage.said());
    stage.failing = None;
    stage.wait(31_000);
    stage.keys("enter");
    assert!(stage.effects.contains(&Effect::OpenPage(PAGE.to_owned())));
}

#[test]
fn a_booking_that_the_box_office_lets_go_is_not_simply_gone() {
    let mut stage = at_the_page();
    stage.wait(601_000);
    stage.bookings.clear();
    stage.wait(10_000);
    assert!(stage.text().contains("Not paid in time."), "{}", stage.text());
    stage.keys("f3");
    assert!(stage.text().contains("not paid in time"), "{}", stage.text());
    assert_eq!(stage.store.state().bookings.all()[0].status, BookingStatus::Expired);
}

#[test]
fn nothing_is_cancelled_where_that_is_not_done() {
    let mut stage = at_the_page();
    stage.keys("f3");
    assert!(!stage.text().contains("Cancel it"), "{}", stage.text());
    stage.keys("c");
    assert!(stage.said().contains("not cancelled here"), "{}", stage.said());
    assert!(stage.store.state().overlay.top().is_none());
}

#[test]
fn a_highest_price_means_nothing_where_no_price_is_known() {
    let mut stage = in_seats();
    stage.keys("/ text:2");
    stage.paste(" <15");
    stage.keys("enter");
    let text = stage.text();
    assert!(text.contains("prices are shown at the checkout only"), "{text}");
    assert!(stage.store.state().hold.wanted().is_empty());
}

#[test]
fn bookings_whose_film_or_show_was_removed_say_so() {
    let mut stage = at_the_page();
    stage.bookings[0].starts_at = None;
    stage.bookings[0].status = BookingStatus::Paid;
    stage.bookings[0].payment_page = None;
    stage.keys("f3");
    assert!(stage.text().contains("show removed"), "{}", stage.text());
    stage.keys("enter");
    assert!(stage.text().contains("The show was removed."), "{}", stage.text());
}

#[test]
fn seats_that_nobody_could_tell_of_are_not_free() {
    let mut stage = Stage::new(100, 30);
    stage.unanswered = |effect| matches!(effect, Effect::LoadStates { .. } | Effect::WatchSeats { .. });
    stage.keys("enter enter");
    let asked = stage.effects.iter().rev().find_map(|effect| match effect {
        Effect::LoadStates { req, .. } => Some(*req),
        _ => None,
    });
    let why = Failure::new(FailureKind::SignIn, "sign_in", "it shows its seats to people who are signed in only");
    stage.play(SeatsAction::StatesLoaded(asked.expect("the states were asked for"), Err(why)));
    let seats = &stage.store.state().seats;
    assert!(seats.plan().unwrap().chart.indices().all(|seat| seats.state(seat) == SeatState::Blocked));
    assert_eq!(seats.counts.free.iter().sum::<u32>(), 0);
    stage.keys("space");
    assert!(stage.store.state().hold.wanted().is_empty(), "it cannot be taken");
    stage.wait(10_000);
    let text = stage.text();
    assert!(text.contains("which seats are free is not known"), "{text}");
}
