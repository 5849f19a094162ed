//! The pages for those who run the cinema: who sees them, in whatever order the answers come, and what is sent.

use crate::common::stage::Stage;
use frontrow::{
    domain::{
        admin::{NOT_ADMIN, Role},
        failure::{Failure, FailureKind},
    },
    store::{
        action::{AdminAction, SessionAction},
        effect::Effect,
        remote::Req,
        slices::{admin::Page, nav::Route},
    },
};

fn route(stage: &Stage) -> &Route {
    stage.store.state().nav.route()
}

fn asked(stage: &Stage) -> Vec<Req> {
    let req = |effect: &Effect| match effect {
        Effect::LoadRole(req) => Some(*req),
        _ => None,
    };
    stage.effects.iter().filter_map(req).collect()
}

fn sent(stage: &Stage) -> usize {
    stage.effects.iter().filter(|effect| matches!(effect, Effect::AddShows(..))).count()
}

fn refused() -> Failure {
    Failure::new(FailureKind::Refused, NOT_ADMIN, "Not Authorized")
}

/// At a box office that has not yet said what whoever is signed in may do.
fn unanswered(role: Role) -> Stage {
    let mut stage = Stage::new(100, 30);
    stage.unanswered = |effect| matches!(effect, Effect::LoadRole(_));
    stage.with_pages_for(role)
}

const DASHBOARD: Route = Route::Admin(Page::Dashboard);

#[test]
fn what_somebody_may_do_is_asked_once_whichever_of_cinema_and_person_is_known_first() {
    let stage = Stage::new(100, 30).with_pages_for(Role::Admin);
    assert_eq!(asked(&stage).len(), 1, "{:?}", stage.effects);
    assert!(stage.store.state().admin.is_admin());

    let mut stage = Stage::new(100, 30);
    stage.unanswered = |effect| matches!(effect, Effect::RestoreSession);
    let mut stage = stage.with_pages_for(Role::Admin);
    assert!(asked(&stage).is_empty(), "nobody is signed in yet");
    stage.unanswered = |_| false;
    stage.play(SessionAction::Restore);
    assert_eq!(asked(&stage).len(), 1);

    let mut stage = Stage::new(100, 30);
    stage.unanswered = |effect| matches!(effect, Effect::LoadCinema(_));
    let mut stage = stage.with_pages_for(Role::Admin);
    assert!(asked(&stage).is_empty(), "whether there are such pages is not known yet");
    stage.unanswered = |_| false;
    stage.keys("f5");
    assert_eq!(asked(&stage).len(), 1);
}

#[test]
fn a_machine_that_everybody_uses_has_no_way_to_the_pages() {
    let mut stage = Stage::new(100, 30).kiosk().with_pages_for(Role::Admin);
    assert!(asked(&stage).is_empty());
    stage.keys("f6");
    assert_eq!(*route(&stage), Route::Browse);
    assert!(stage.said().contains("not opened on a machine that everybody uses"), "{}", stage.said());
    stage.keys("f8 text:admin");
    stage.keys("enter");
    assert_eq!(*route(&stage), Route::Browse);
}

#[test]
fn a_page_waits_until_it_is_known_who_asks_and_does_not_guess() {
    let mut stage = unanswered(Role::Admin);
    stage.keys("f6");
    assert_eq!(*route(&stage), DASHBOARD);
    assert!(!stage.effects.iter().any(|effect| matches!(effect, Effect::LoadDashboard(_))), "nothing is asked for yet");
    stage.wait(500);
    let text = stage.text();
    assert!(text.contains("Asking what you may do here") && !text.contains("Dashboard"), "{text}");
    let req = asked(&stage)[0];
    stage.play(AdminAction::RoleLoaded(req, Ok(Role::Admin)));
    assert!(stage.text().contains("2743.50 €"), "{}", stage.text());
}

#[test]
fn a_customer_who_waited_is_put_back_with_a_sentence_and_never_sees_an_entry() {
    let mut stage = unanswered(Role::Customer);
    stage.keys("f6");
    let req = asked(&stage)[0];
    stage.play(AdminAction::RoleLoaded(req, Ok(Role::Customer)));
    assert_eq!(*route(&stage), Route::Browse);
    assert!(stage.said().contains("for those who run the cinema"), "{}", stage.said());
    stage.wait(30_000);
    let footer = stage.text();
    assert!(!footer.contains("F6"), "{footer}");
    stage.keys("f1");
    assert!(!stage.text().contains("F6"), "{}", stage.text());
    stage.keys("esc f8 text:ad");
    assert!(!stage.text().contains("admin ["), "{}", stage.text());
    stage.keys("esc f6");
    assert_eq!(*route(&stage), Route::Browse);
    assert!(stage.said().contains("for those who run the cinema"), "{}", stage.said());
}

#[test]
fn an_admin_sees_the_way_in_and_it_can_be_written_too() {
    let mut stage = Stage::new(100, 30).with_pages_for(Role::Admin);
    assert!(stage.text().contains("F6 Admin"), "{}", stage.text());
    stage.keys("f8 text:admin space text:bookings enter");
    assert_eq!(*route(&stage), Route::Admin(Page::Bookings));
    stage.keys("esc");
    assert_eq!(*route(&stage), Route::Browse);
}

#[test]
fn that_it_cannot_be_known_is_not_taken_for_a_customer() {
    let mut stage = unanswered(Role::Admin);
    let why = Failure::new(FailureKind::Other, "http_500", "The server answered with an error.");
    let req = asked(&stage)[0];
    stage.play(AdminAction::RoleLoaded(req, Err(why)));
    stage.unanswered = |_| false;
    stage.failing = Some(Failure::new(FailureKind::Other, "http_500", "The server answered with an error."));
    stage.keys("f6");
    let text = stage.text();
    assert!(text.contains("What you may do here is not known. The server answered with an error. F5 asks"), "{text}");
    stage.failing = None;
    stage.keys("f5");
    assert!(stage.text().contains("2743.50 €"), "{}", stage.text());
}

#[test]
fn a_box_office_without_such_pages_says_so() {
    let mut stage = Stage::new(100, 30);
    stage.signed_in = true;
    stage.keys("f5 f6");
    assert_eq!(*route(&stage), Route::Browse);
    assert_eq!(stage.said(), "This box office has no pages for those who run it.");
    assert!(asked(&stage).is_empty());
}

#[test]
fn who_is_not_signed_in_signs_in_and_goes_on_to_the_page() {
    let mut stage = Stage::new(100, 30).with_pages_for(Role::Admin);
    stage.play(SessionAction::SignOut);
    stage.keys("f6");
    assert_eq!(*route(&stage), Route::Account);
    stage.keys("text:ana@example.com tab text:secretpass enter");
    assert_eq!(*route(&stage), DASHBOARD);
    assert!(stage.text().contains("2743.50 €"), "{}", stage.text());
}

#[test]
fn a_sign_out_forgets_everything_and_late_answers_bring_nothing_back() {
    let mut stage = Stage::new(100, 30).with_pages_for(Role::Admin);
    stage.keys("f6");
    stage.unanswered = |effect| matches!(effect, Effect::LoadDashboard(_) | Effect::LoadRole(_));
    stage.keys("f5");
    let before = asked(&stage);
    stage.play(SessionAction::SignOut);
    assert_eq!(*route(&stage), Route::Browse);
    let admin = &stage.store.state().admin;
    assert!(!admin.is_admin() && admin.dashboard.value().is_none());
    stage.play(AdminAction::RoleLoaded(before[0], Ok(Role::Admin)));
    assert!(!stage.store.state().admin.is_admin(), "the answer was about somebody who is gone");
    assert!(!stage.text().contains("F6"), "{}", stage.text());
}

#[test]
fn who_is_no_admin_any_more_is_put_back_home_with_one_sentence() {
    for keys in ["f5", "tab"] {
        let mut stage = Stage::new(100, 30).with_pages_for(Role::Admin);
        stage.keys("f6");
        stage.failing = Some(refused());
        stage.keys(keys);
        assert_eq!(*route(&stage), Route::Browse);
        assert!(stage.said().contains("for those who run the cinema"), "{}", stage.said());
        assert!(!stage.store.state().admin.is_admin() && stage.store.state().admin.dashboard.value().is_none());
    }
}

#[test]
fn another_refusal_is_no_reason_to_send_somebody_away_who_runs_the_cinema() {
    let mut stage = Stage::new(100, 30).with_pages_for(Role::Admin);
    stage.keys("f6");
    stage.unanswered = |effect| !matches!(effect, Effect::LoadDashboard(_));
    stage.failing = Some(Failure::new(FailureKind::Refused, "refused", "Something is missing."));
    stage.keys("f5");
    assert_eq!(asked(&stage).len(), 2, "whether they still run it is asked");
    let req = asked(&stage)[1];
    stage.unanswered = |effect| matches!(effect, Effect::LoadDashboard(_));
    stage.play(AdminAction::RoleLoaded(req, Ok(Role::Admin)));
    assert_eq!(*route(&stage), DASHBOARD);
    assert!(stage.text().contains("2743.50 €"), "what was known stays: {}", stage.text());
}

#[test]
fn the_end_of_the_session_asks_for_a_sign_in_and_comes_back() {
    let mut stage = Stage::new(100, 30).with_pages_for(Role::Admin);
    stage.keys("f6 tab");
    stage.unanswered = |effect| matches!(effect, Effect::LoadFavourites(_));
    stage.failing = Some(Failure::new(FailureKind::SignIn, "session_expired", "The session has ended."));
    stage.keys("f5");
    stage.failing = None;
    assert_eq!(*route(&stage), Route::Account);
    assert!(!stage.store.state().admin.is_admin());
    stage.keys("text:ana@example.com tab text:secretpass enter");
    assert_eq!(*route(&stage), Route::Admin(Page::Shows));
}

/// In the form, with a film, a price and two times.
fn filled_in() -> Stage {
    let mut stage = Stage::new(100, 30).with_pages_for(Role::Admin);
    stage.keys("f6 backtab text:metro enter text:12.50 enter");
    type_when(&mut stage, "tomorrow 14:00 18:30");
    stage
}

fn type_when(stage: &mut Stage, text: &str) {
    stage.play(AdminAction::Paste(text.to_owned()));
    stage.keys("enter");
}

#[test]
fn shows_are_reviewed_and_sent_once() {
    let mut stage = filled_in();
    stage.keys("enter");
    assert_eq!(sent(&stage), 0, "first they are looked over");
    assert!(stage.text().contains("Mon 23 Nov 2026 14:00") && stage.text().contains("Add 2 shows"), "{}", stage.text());
    stage.unanswered = |effect| matches!(effect, Effect::AddShows(..));
    stage.keys("enter enter enter");
    assert_eq!(sent(&stage), 1);
    let Some(Effect::AddShows(req, shows)) = stage.effects.iter().find(|e| matches!(e, Effect::AddShows(..))).cloned()
    else {
        panic!()
    };
    assert_eq!((shows.movie.as_str(), shows.price.minor, shows.times.len()), ("metropolis-1927", 1250, 2));
    stage.play(AdminAction::Added(req, Ok(())));
    assert_eq!(*route(&stage), Route::Admin(Page::Shows));
    assert_eq!(stage.said(), "2 shows of Metropolis are added.");
    stage.play(AdminAction::Added(req, Err(refused())));
    assert_eq!(*route(&stage), Route::Admin(Page::Shows), "an answer counts once");
}

#[test]
fn after_a_lost_answer_the_list_is_looked_at_before_anything_is_sent_again() {
    let mut stage = filled_in();
    stage.keys("enter");
    stage.failing = Some(Failure::new(FailureKind::Unknown, "outcome_unknown", "The answer was lost."));
    stage.keys("enter");
    assert_eq!(sent(&stage), 1);
    stage.keys("enter");
    assert_eq!((sent(&stage), route(&stage)), (1, &Route::Admin(Page::Shows)), "the list fails, too");
    stage.keys("tab tab");
    stage.failing = None;
    assert!(stage.text().contains("Look at the list of shows"), "{}", stage.text());
    stage.keys("enter");
    assert!(stage.text().contains("Nosferatu"), "{}", stage.text());
    stage.keys("tab tab");
    assert!(stage.text().contains("were sent once"), "{}", stage.text());
    stage.keys("enter");
    assert_eq!(sent(&stage), 2, "now it is the person's own will");
}

#[test]
fn nothing_that_was_typed_is_lost_by_a_mistake_or_a_refusal() {
    let mut stage = filled_in();
    for (wrong, why) in [
        ("tomorrow 14:00", "Mon 23 Nov 2026 14:00 is there already."),
        ("2025-01-01 20:00", "Wed 1 Jan 2025 20:00 is past."),
        ("soon", "is no day"),
    ] {
        type_when(&mut stage, wrong);
        assert!(stage.text().contains(why), "{}", stage.text());
        stage.keys("ctrl-u");
    }
    stage.keys("enter");
    stage.failing = Some(Failure::new(FailureKind::Offline, "offline", "The box office cannot be reached."));
    stage.keys("enter");
    assert!(stage.text().contains("Nothing was added"), "{}", stage.text());
    assert_eq!(stage.store.state().admin.adding.times.len(), 2);
    stage.failing = None;
    stage.keys("esc backspace");
    let adding = &stage.store.state().admin.adding;
    assert_eq!((adding.when.value(), adding.times.len()), ("2026-11-23 18:30", 1), "the last one comes back");
}

#[test]
fn a_list_keeps_its_selection_by_identity_and_is_searched_by_typing() {
    let mut stage = Stage::new(100, 30).with_pages_for(Role::Admin);
    stage.keys("f6 tab down down down");
    let chosen = |stage: &Stage| {
        let admin = &stage.store.state().admin;
        admin.find_show.chosen(admin.all_shows(), |sales| sales.show.clone()).map(|sales| sales.show.0.clone())
    };
    assert_eq!(chosen(&stage).as_deref(), Some("show-3"));
    let shorter = stage.store.state().admin.all_shows()[2..].to_vec();
    stage.unanswered = |effect| matches!(effect, Effect::LoadAllShows(_));
    stage.keys("f5");
    let Some(Effect::LoadAllShows(req)) = stage.effects.last().cloned() else { panic!("{:?}", stage.effects.last()) };
    stage.play(AdminAction::ShowsLoaded(req, Ok(shorter)));
    assert_eq!(chosen(&stage).as_deref(), Some("show-3"));
    stage.keys("text:caligari");
    assert_eq!(chosen(&stage).as_deref(), Some("show-2"));
    let admin = &stage.store.state().admin;
    assert_eq!(admin.find_show.visible(admin.all_shows()).count(), 1);
    stage.keys("esc");
    assert_eq!(*route(&stage), Route::Admin(Page::Shows), "first the search is cleared");
}
