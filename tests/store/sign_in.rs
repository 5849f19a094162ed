//! Signing in by every way, and what goes on after it: by keys, with the service's answers scripted.

use crate::common::{
    sample::{code, every_way, offline, person},
    stage::Stage,
};
use frontrow::{
    domain::{
        failure::{Failure, FailureKind},
        sign_in::{CodeFrom, Offer, Way},
    },
    store::{
        action::{CatalogAction, NavAction, NetAction, SessionAction},
        effect::{Effect, Intent, SignInStep},
        slices::{
            nav::Route,
            session::{Auth, Page, Stepped},
        },
    },
};

/// Two seats held, and the sign-in screen before their payment.
fn before_payment() -> Stage {
    let mut stage = Stage::new(80, 24);
    stage.offer = every_way();
    stage.go_to_payment();
    assert_eq!(*stage.store.state().nav.route(), Route::Account);
    stage
}

fn at_device() -> Stage {
    let mut stage = before_payment();
    stage.keys("ctrl-t down enter");
    assert!(stage.text().contains("W D J B - M J H T"), "{}", stage.text());
    stage
}

fn steps(stage: &Stage) -> Vec<SignInStep> {
    let step = |e: &Effect| if let Effect::SignInStep(_, step) = e { Some(step.clone()) } else { None };
    stage.effects.iter().filter_map(step).collect()
}

fn sales(stage: &Stage) -> usize {
    stage.effects.iter().filter(|e| matches!(e, Effect::Book { .. })).count()
}

fn is_signed_in(stage: &Stage) -> bool {
    matches!(stage.store.state().session.auth, Auth::SignedIn(_))
}

#[track_caller]
fn shows(stage: &mut Stage, text: &str) {
    let screen = stage.text();
    assert!(screen.contains(text), "{text:?} is not on the screen:\n{screen}");
}

#[test]
fn an_approval_on_another_device_goes_on_to_the_payment() {
    let mut stage = at_device();
    stage.wait(30_000);
    shows(&mut stage, "9:30");
    stage.wait(300_000);
    stage.keys("e");
    assert_eq!(stage.store.state().hold.left_ms(stage.mono_ms), Some(600_000), "the seats can be held longer");
    stage.approve();
    assert!(is_signed_in(&stage));
    assert_eq!(sales(&stage), 1);
    assert!(matches!(stage.store.state().nav.route(), Route::Ticket(_)));
}

#[test]
fn escape_ends_the_wait_and_a_late_approval_changes_nothing() {
    let mut stage = at_device();
    stage.keys("esc");
    assert_eq!(stage.store.state().session.sign_in.page, Page::Password, "back to the first page");
    assert!(stage.effects.contains(&Effect::AbandonSignIn));
    stage.approve();
    assert!(!is_signed_in(&stage));
    assert_eq!(sales(&stage), 0);
    assert_eq!(stage.store.state().hold.wanted().len(), 2, "the seats stay held");
    stage.keys("esc");
    assert_eq!(*stage.store.state().nav.route(), Route::Checkout);
}

#[test]
fn leaving_the_screen_in_any_way_ends_the_wait() {
    for leave in [NavAction::Home, NavAction::Back] {
        let mut stage = at_device();
        stage.play(leave);
        assert!(stage.effects.contains(&Effect::AbandonSignIn));
        assert_eq!(stage.store.state().session.sign_in.page, Page::Closed);
        stage.approve();
        assert!(!is_signed_in(&stage));
    }
}

#[test]
fn a_code_that_has_expired_offers_a_new_one_with_one_key() {
    let mut stage = at_device();
    stage.keys("f5");
    assert_eq!(steps(&stage), [SignInStep::Device, SignInStep::Device], "a new code, before the old one ends");
    stage.wait(600_000);
    shows(&mut stage, "The code has expired.");
    shows(&mut stage, "Get a new code");
    stage.keys("enter");
    assert_eq!(steps(&stage).len(), 3);
    stage.approve();
    assert!(is_signed_in(&stage));
}

#[test]
fn a_refusal_on_the_other_device_is_said_and_nothing_is_lost() {
    let mut stage = at_device();
    let why = Failure::new(FailureKind::SignIn, "access_denied", "the sign-in was refused on the other device");
    let asked = stage.store.state().session.sign_in.step.unwrap();
    stage.play(SessionAction::Stepped(asked.req, Err(why)));
    shows(&mut stage, "The sign-in was refused on the other device.");
    assert_eq!(stage.store.state().hold.wanted().len(), 2);
    stage.keys("enter");
    shows(&mut stage, "W D J B - M J H T");
}

#[test]
fn a_second_factor_can_be_another_of_those_that_are_accepted() {
    let mut stage = before_payment();
    stage.asks = Some(code(CodeFrom::App, &[CodeFrom::Phone, CodeFrom::Recovery]));
    stage.keys("text:ana@example.com tab text:secretpass enter");
    shows(&mut stage, "Your authenticator app shows the code.");
    stage.asks = Some(code(CodeFrom::Phone, &[CodeFrom::Recovery, CodeFrom::App]));
    stage.keys("ctrl-t");
    assert_eq!(steps(&stage).last(), Some(&SignInStep::Code(CodeFrom::Phone)), "it is asked to be sent");
    shows(&mut stage, "sent to your phone");
    stage.keys("ctrl-t text:abcd-efgh enter");
    assert_eq!(steps(&stage).last(), Some(&SignInStep::Code(CodeFrom::Recovery)));
    assert!(is_signed_in(&stage));
    assert_eq!(sales(&stage), 1);
}

#[test]
fn a_wrong_code_is_said_at_its_field_which_is_empty_again() {
    let mut stage = before_payment();
    stage.keys("ctrl-t down down enter text:ana@example.com enter text:123456");
    stage.failing = Some(Failure::new(FailureKind::SignIn, "bad_code", "that code is wrong or too old"));
    stage.keys("enter");
    let screen = stage.text();
    let field = screen.lines().position(|line| line.contains("_ _ _ _ _ _")).expect("the field is empty");
    assert!(screen.lines().nth(field + 1).unwrap().contains("That code is wrong or too old."), "{screen}");
    assert_eq!(stage.effects.last(), Some(&Effect::ForgetSecret));
    stage.failing = None;
    stage.keys("f5");
    assert_eq!(steps(&stage).last(), Some(&SignInStep::SendCode { email: "ana@example.com".to_owned() }));
    stage.keys("text:654321 enter");
    assert!(is_signed_in(&stage));
}

#[test]
fn an_error_stands_at_the_field_that_it_is_about() {
    let mut stage = before_payment();
    stage.keys("ctrl-n tab text:ana@example.com tab text:secretpass enter");
    let screen = stage.text();
    let name = screen.lines().position(|line| line.trim() == "Name").unwrap();
    assert!(screen.lines().nth(name + 1).unwrap().contains("Say what we may call you."), "{screen}");
    stage.keys("text:Ana");
    stage.failing = Some(Failure::new(FailureKind::Refused, "email_taken", "There is an account already."));
    stage.keys("enter");
    let screen = stage.text();
    let email = screen.lines().position(|line| line.contains("E-mail  ")).unwrap();
    assert!(screen.lines().nth(email + 1).unwrap().contains("There is an account already."), "{screen}");
}

#[test]
fn no_secret_that_is_typed_or_pasted_comes_into_the_state() {
    let mut stage = before_payment();
    stage.keys("tab text:Gr8secret");
    assert!(!format!("{:?}", stage.store.state()).contains("Gr8secret"));
    stage.keys("ctrl-t up up enter");
    stage.paste("Gr8ticket\n");
    assert!(!format!("{:?}", stage.store.state()).contains("Gr8ticket"));
    assert_eq!(stage.store.state().session.sign_in.secret_length, "Gr8ticket".len());
    stage.keys("enter");
    assert!(!format!("{:?}", stage.effects).contains("Gr8"), "effects carry no secret");
    assert!(is_signed_in(&stage));
}

#[test]
fn a_screen_that_is_reached_before_the_answer_waits_and_then_goes_on() {
    let mut stage = Stage::new(80, 24);
    stage.unanswered = |e| *e == Effect::RestoreSession;
    stage.restart();
    stage.go_to_payment();
    assert_eq!(*stage.store.state().nav.route(), Route::Checkout, "nobody guesses");
    shows(&mut stage, "looking for your sign-in");
    assert_eq!(sales(&stage), 0);
    stage.play(SessionAction::Restored(Ok(Some(person()))));
    assert_eq!(sales(&stage), 1);

    stage.restart();
    stage.keys("f4");
    stage.wait(1_000);
    shows(&mut stage, "One moment");
    stage.play(SessionAction::Restored(Ok(None)));
    shows(&mut stage, "Password");
}

#[test]
fn a_credential_store_that_fails_is_a_sentence_and_nothing_else() {
    let mut stage = Stage::new(80, 24);
    stage.unanswered = |e| *e == Effect::RestoreSession;
    stage.restart();
    stage.keys("f3");
    let why = Failure::new(FailureKind::Other, "keyring", "the keyring is locked: unlock it and start again");
    stage.play(SessionAction::Restored(Err(why)));
    shows(&mut stage, "The keyring is locked: unlock it and start again.");
    shows(&mut stage, "Your bookings are kept with your account.");
    stage.keys("text:ana@example.com tab text:secretpass enter");
    assert_eq!(*stage.store.state().nav.route(), Route::Bookings, "it goes on with what was wanted");
}

#[test]
fn a_lost_connection_keeps_what_was_typed_and_who_is_signed_in() {
    let mut stage = before_payment();
    stage.keys("text:ana@example.com tab text:secretpass");
    stage.failing = Some(offline());
    stage.keys("enter");
    shows(&mut stage, "The box office at http://127.0.0.1:1 cannot be reached.");
    stage.failing = None;
    stage.play(NetAction::Connected { origin: "http://127.0.0.1:1".to_owned() });
    let sign_in = &stage.store.state().session.sign_in;
    assert_eq!((sign_in.email.value(), sign_in.secret_length), ("ana@example.com", 10));
    stage.keys("enter");
    assert!(is_signed_in(&stage));
    assert_eq!(sales(&stage), 1);
    stage.play(SessionAction::Restored(Err(offline())));
    assert!(is_signed_in(&stage), "whoever is signed in stays so until the server says otherwise");
}

#[test]
fn a_session_that_ends_behind_ones_back_is_said_and_takes_no_screen_away() {
    let mut stage = Stage::new(80, 24);
    stage.signed_in = true;
    stage.play(SessionAction::Restore);
    stage.keys("enter enter 2");
    stage.wait(200);
    stage.unanswered = |e| matches!(e, Effect::LoadFavourites(_));
    stage.play(CatalogAction::LoadFavourites);
    let Some(Effect::LoadFavourites(req)) = stage.effects.last().cloned() else { panic!("{:?}", stage.effects) };
    let why = Failure::new(FailureKind::SignIn, "session_revoked", "The session was signed out; sign in again.");
    stage.play(CatalogAction::FavouritesLoaded(req, Err(why)));
    assert_eq!(stage.store.state().session.auth, Auth::SignedOut);
    assert_eq!(*stage.store.state().nav.route(), Route::Seats);
    assert_eq!(stage.store.state().hold.wanted().len(), 2);
    shows(&mut stage, "Your sign-in was ended elsewhere.");
}

#[test]
fn a_session_that_has_ended_at_the_payment_is_renewed_and_the_payment_goes_on() {
    let mut stage = Stage::new(80, 24);
    stage.signed_in = true;
    stage.play(SessionAction::Restore);
    stage.failing = None;
    stage.keys("enter enter 2");
    stage.wait(200);
    stage.keys("enter");
    stage.failing = Some(Failure::new(FailureKind::SignIn, "session_expired", "The session has ended by itself."));
    stage.keys("enter");
    stage.failing = None;
    shows(&mut stage, "Your sign-in was old and has ended. Sign in again, and it goes");
    shows(&mut stage, "Your seats stay held.");
    // The service could not be asked for its ways, but the form that surely fits is there.
    stage.keys("text:ana@example.com tab text:secretpass enter");
    assert_eq!(sales(&stage), 2, "the refused one, and the one that goes on");
    assert!(matches!(stage.store.state().nav.route(), Route::Ticket(_)));
}

#[test]
fn what_was_given_up_does_not_happen_at_a_later_sign_in() {
    let mut stage = before_payment();
    stage.keys("esc f4");
    stage.keys("text:ana@example.com tab text:secretpass enter");
    assert!(is_signed_in(&stage));
    assert_eq!(sales(&stage), 0, "nobody asked for the payment again");
    assert_eq!(stage.store.state().session.intent, None::<Intent>);
}

#[test]
fn an_answer_to_a_form_that_was_given_up_changes_nothing() {
    let mut stage = before_payment();
    stage.unanswered = |e| matches!(e, Effect::SignInStep(..));
    stage.keys("text:ana@example.com tab text:secretpass enter");
    shows(&mut stage, "One moment");
    let asked = stage.store.state().session.sign_in.step.unwrap();
    stage.keys("esc");
    assert_eq!(stage.effects.last(), Some(&Effect::AbandonSignIn));
    assert_eq!(*stage.store.state().nav.route(), Route::Account, "the form is given back");
    stage.play(SessionAction::Stepped(asked.req, Ok(Stepped::Done(person()))));
    assert!(!is_signed_in(&stage));
    assert_eq!(stage.store.state().session.sign_in.email.value(), "ana@example.com");
}

#[test]
fn a_service_without_passwords_begins_with_its_own_first_way() {
    let mut stage = Stage::new(80, 24);
    stage.offer = Offer { ways: vec![Way::Device, Way::Browser], sign_up: false };
    stage.keys("f4");
    shows(&mut stage, "W D J B - M J H T");
    let mut stage = Stage::new(80, 24);
    stage.offer = Offer { ways: vec![Way::Browser], sign_up: false };
    stage.keys("f4");
    assert!(steps(&stage).is_empty(), "no browser opens before somebody says so");
    stage.keys("enter");
    assert_eq!(steps(&stage), [SignInStep::Browser]);
    let mut stage = Stage::new(80, 24);
    stage.offer = Offer::default();
    stage.keys("f4");
    shows(&mut stage, "This box office takes no sign-in here.");
}

#[test]
fn on_a_kiosk_nobody_types_a_password_and_no_browser_opens() {
    let mut stage = Stage::new(80, 24).kiosk();
    stage.go_to_payment();
    shows(&mut stage, "W D J B - M J H T");
    stage.keys("ctrl-n");
    shows(&mut stage, "W D J B - M J H T");
    stage.keys("ctrl-t");
    let screen = stage.text();
    for word in ["Password", "Browser", "New account"] {
        assert!(!screen.contains(word), "{screen}");
    }
    stage.keys("esc");
    stage.approve();
    assert_eq!(sales(&stage), 1);
}
