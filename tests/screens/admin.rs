//! The pages for those who run the cinema, as they are seen.

use super::{common::stage::Stage, snap};
use frontrow::{
    domain::{
        admin::Role,
        failure::{Failure, FailureKind},
    },
    store::effect::Effect,
};

/// The pages in the order in which somebody meets them who adds two shows.
pub fn walk(stage: Stage, mut meet: impl FnMut(&str, &mut Stage)) {
    let mut stage = stage.with_pages_for(Role::Admin);
    meet("admin-entry", &mut stage);
    stage.keys("f6");
    meet("admin-dashboard", &mut stage);
    stage.keys("down down down tab");
    meet("admin-shows", &mut stage);
    stage.keys("text:nosfe");
    meet("admin-shows-found", &mut stage);
    stage.keys("tab down down down");
    meet("admin-bookings", &mut stage);
    stage.keys("tab down down");
    meet("admin-films", &mut stage);
    stage.keys("text:metro enter text:12,5o enter");
    meet("admin-price-wrong", &mut stage);
    stage.keys("backspace enter text:tomorrow");
    stage.play(frontrow::store::action::AdminAction::Paste(" 14:00 18:30".to_owned()));
    stage.keys("enter");
    stage.play(frontrow::store::action::AdminAction::Paste("2026-11-28 20:15".to_owned()));
    meet("admin-form", &mut stage);
    stage.keys("enter enter");
    meet("admin-review", &mut stage);
    stage.failing = Some(Failure::new(FailureKind::Unknown, "outcome_unknown", "The answer was lost on the way."));
    stage.keys("enter");
    meet("admin-doubt", &mut stage);
    stage.failing = None;
    stage.keys("enter tab tab");
    meet("admin-looked", &mut stage);
    stage.keys("enter");
    meet("admin-added", &mut stage);
}

#[test]
fn the_pages_at_80_by_24() {
    walk(Stage::new(80, 24), |name, stage| snap(&format!("80x24-{name}"), stage));
}

#[test]
fn the_pages_at_40_by_15() {
    walk(Stage::new(40, 15), |name, stage| snap(&format!("40x15-{name}"), stage));
}

#[test]
fn the_pages_without_colour_in_ascii_and_large() {
    let some = |name: &str| matches!(name, "admin-dashboard" | "admin-shows" | "admin-bookings" | "admin-review");
    walk(Stage::new(80, 24).mono(), |name, stage| {
        if some(name) {
            snap(&format!("mono-{name}"), stage);
        }
    });
    walk(Stage::new(80, 24).ascii(), |name, stage| {
        let other: String = stage.text().chars().filter(|c| !c.is_ascii()).collect();
        assert_eq!(other, "", "{name}");
        if some(name) {
            snap(&format!("ascii-{name}"), stage);
        }
    });
    walk(Stage::new(200, 60), |name, stage| {
        if some(name) {
            snap(&format!("200x60-{name}"), stage);
        }
    });
}

#[test]
fn a_page_says_where_the_eye_is_what_went_wrong() {
    let mut stage = Stage::new(80, 24);
    stage.unanswered = |effect| matches!(effect, Effect::LoadRole(_));
    let mut stage = stage.with_pages_for(Role::Admin);
    stage.keys("f6");
    stage.wait(300);
    snap("80x24-admin-waiting", &mut stage);
    stage.unanswered = |_| false;
    stage.failing = Some(Failure::new(FailureKind::Other, "http_500", "The server answered with an error (500)."));
    stage.keys("f5");
    snap("80x24-admin-unknown", &mut stage);
    stage.failing = None;
    stage.keys("f5");
    stage.failing = Some(Failure::new(FailureKind::Other, "http_500", "The server answered with an error (500)."));
    stage.keys("f5");
    snap("80x24-admin-old", &mut stage);
    stage.keys("tab");
    snap("80x24-admin-failed", &mut stage);
}
