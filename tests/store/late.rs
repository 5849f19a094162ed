//! Answers that come late, plans that change under a choice, and offers that are out of date.

use crate::common::{sample::drawn, stage::Stage};
use crate::{in_seats, on, told};
use frontrow::{
    domain::{
        chart::Level,
        ids::{HoldId, SeatIx},
        money::Money,
        show::{Hold, SeatState},
    },
    store::{
        action::{AppAction, HoldAction, Reply, SeatsAction, Turn, Zoom},
        effect::Effect,
        slices::nav::Route,
    },
};

fn shows_holds(stage: &Stage) -> Vec<(u64, String)> {
    let hold = |effect: &Effect| match effect {
        Effect::Hold { req, show, .. } => Some((*req, show.to_string())),
        _ => None,
    };
    stage.effects.iter().filter_map(hold).collect()
}

fn hold_of(stage: &Stage, id: &str, show: &str) -> Hold {
    Hold {
        id: HoldId::new(id),
        show: frontrow::domain::ids::ShowId::new(show),
        seats: Vec::new(),
        total: Some(Money::new(0, iso_currency::Currency::EUR)),
        expires_at: Some(stage.now().wall),
        ttl_ms: Some(600_000),
        extensions_left: 1,
    }
}

#[test]
fn a_hold_that_comes_after_its_show_was_left_is_let_go_and_never_used_for_another_show() {
    let mut stage = in_seats();
    stage.unanswered = |effect| matches!(effect, Effect::Hold { .. });
    stage.keys("2");
    stage.wait(200);
    let (req, first) = shows_holds(&stage).pop().unwrap();
    stage.keys("f2 y");
    assert_eq!(*stage.store.state().nav.route(), Route::Browse);
    // Another show of the same hall: its seats have the same ids.
    stage.keys("down enter 2");
    stage.wait(200);
    assert_eq!(shows_holds(&stage).len(), 1, "one call after the other");
    stage.effects.clear();
    stage.play(HoldAction::Settled(req, Ok(Some(hold_of(&stage, "old", &first)))));
    stage.wait(200);
    let told = told(&stage);
    assert!(matches!(told[0], Effect::ReleaseHold { hold, .. } if hold.as_str() == "old"), "{told:?}");
    let (_, second) = shows_holds(&stage).pop().expect("what is wanted now is asked for");
    assert_ne!(first, second);
}

#[test]
fn seats_whose_time_ran_out_are_found_again_in_another_plan() {
    let mut stage = on(drawn("A ssssss\nB ssssss\n"));
    stage.point("B5");
    stage.keys("space right space");
    stage.wait(600_200);
    assert!(stage.store.state().hold.wanted().is_empty());
    replan(&mut stage, "B sssssss\n");
    stage.keys("r");
    assert_eq!(stage.wanted(), "B5, B6");
}

/// The hall has only these rows from now on.
fn replan(stage: &mut Stage, picture: &str) {
    let new = drawn(picture);
    stage.new_plan = Some(new.clone());
    stage.play(AppAction::Reload);
    let plan = stage.store.state().seats.plan().unwrap();
    assert_eq!(plan.chart.seats.len(), new.seats.len());
    stage.states = frontrow::domain::show::SeatStates::free(new.seats.len());
    stage.hall = new;
}

#[test]
fn nothing_of_the_old_plan_is_acted_on_in_the_new_one() {
    let mut stage = on(drawn("A sssssw\nB sssssw\nC sssssw\n"));
    stage.point("C6");
    stage.keys("space");
    assert!(stage.store.state().overlay.top().is_some(), "somebody is asked about the wheelchair space");
    let last = stage.store.state().seats.cursor;
    replan(&mut stage, "A sss\n");
    stage.play(SeatsAction::Accessible(Reply::Yes));
    for action in [
        SeatsAction::Press(last),
        SeatsAction::DragTo(last),
        SeatsAction::ToggleSeat(last),
        SeatsAction::Point(last),
        SeatsAction::Undo,
    ] {
        stage.play(action);
    }
    assert!(stage.store.state().hold.wanted().is_empty());
    stage.text();
}

#[test]
fn the_list_of_an_old_plan_becomes_that_of_the_new_one() {
    let mut stage = on(drawn("A ssssss\nB ssssss\nC ssssss\n"));
    stage.keys("f7 2 down down enter");
    assert!(stage.text().contains("Row C"), "{}", stage.text());
    replan(&mut stage, "A sss\n");
    let text = stage.text();
    assert!(text.contains("Row A") && text.contains("for 2 people"), "{text}");
    stage.play(SeatsAction::ListOpen(frontrow::store::slices::seats::list::Line::Row(2)));
    stage.text();
}

#[test]
fn an_offer_ends_with_the_time_of_the_seats_that_it_was_made_for() {
    let mut stage = on(drawn("A ssssssss\n"));
    stage.point("A3");
    stage.keys("space");
    stage.wait(200);
    stage.keys("right space");
    stage.elsewhere("A4", SeatState::Held);
    assert!(stage.store.state().seats.offer.is_some(), "{}", stage.said());
    stage.wait(600_000);
    assert!(stage.store.state().seats.offer.is_none(), "nothing is beside yours any more");
    stage.keys("enter");
    assert!(stage.store.state().hold.wanted().len() <= 1, "{}", stage.wanted());
}

#[test]
fn the_list_says_what_enter_does_with_an_offer_and_with_seats_that_would_be_refused() {
    let mut stage = on(drawn("A ssssssss\nB ssssssss\n"));
    stage.keys("f7 2 enter enter");
    let wanted = stage.wanted();
    let first = wanted.split(['-', ',']).next().unwrap().to_owned();
    stage.elsewhere(&first, SeatState::Held);
    let footer = stage.text().lines().last().unwrap().to_owned();
    let offer = stage.store.state().seats.offer.clone().unwrap();
    let labels = stage.store.state().seats.plan().unwrap().labels(&offer.seats);
    assert!(footer.contains("Enter  Take "), "{footer} takes {labels}");
    stage.keys("enter");
    assert_eq!(stage.wanted(), labels);

    let mut stage = on(drawn("A ssssssss\n"));
    stage.point("A2");
    stage.keys("space f7 1 enter home down");
    let text = stage.text();
    assert!(!text.contains("Pay") && text.contains("f: "), "A1 would stay alone: {text}");
    stage.keys("f");
    stage.keys("enter");
    assert!(!stage.store.state().seats.judged.as_ref().unwrap().is_refused(), "{}", stage.wanted());
}

#[test]
fn no_range_and_no_typed_line_takes_more_than_can_be_booked() {
    let mut stage = on(drawn("A ssssssssssssssssssssssss\n"));
    stage.point("A1");
    stage.keys("v $ v");
    assert!(stage.store.state().hold.wanted().is_empty());
    assert_eq!(stage.said(), "At most 20 seats can be booked at once.");
    stage.keys("/ text:A1-A24 enter");
    assert!(stage.text().contains("At most 20 seats"), "{}", stage.text());
    let seats = stage.seats("A1, A24");
    stage.play(SeatsAction::CloseTyped);
    stage.play(SeatsAction::Press(seats[0]));
    stage.play(SeatsAction::DragTo(seats[1]));
    assert_eq!(stage.wanted(), "A1");
}

#[test]
fn a_level_without_seats_is_passed_over() {
    let mut chart = (*crate::common::sample::hall("grand")).clone();
    let levels = chart.levels.len() as u16;
    chart.levels.insert(1, Level { id: "attic".into(), name: "Attic".into(), order: 1 });
    chart.sections.iter_mut().filter(|s| s.level > 0).for_each(|s| s.level += 1);
    let mut stage = on(std::sync::Arc::new(chart));
    let mut seen = Vec::new();
    for _ in 0..levels {
        stage.play(SeatsAction::Level(Turn::Next));
        seen.push(stage.store.state().seats.level);
        stage.text();
    }
    seen.sort_unstable();
    seen.dedup();
    assert_eq!(seen.len(), usize::from(levels), "all levels with seats are reached: {seen:?}");
}

#[test]
fn the_best_seats_of_nowhere_leave_the_choice_to_whom_it_belongs() {
    let mut stage = on(drawn("A sss\n"));
    stage.elsewhere("A1, A3", SeatState::Sold);
    stage.point("A2");
    stage.keys("space");
    stage.elsewhere("A2", SeatState::Held);
    stage.keys("z");
    assert!(stage.store.state().seats.house.iter().all(|seat| *seat != SeatIx(1)) || stage.wanted() == "A2");
}

#[test]
fn the_panel_of_an_overview_tells_of_the_section_and_not_of_a_seat() {
    let mut stage = Stage::with_hall(100, 30, "grand");
    stage.keys("enter enter");
    for _ in 0..4 {
        stage.play(SeatsAction::Zoom(Zoom::Out));
        let state = stage.store.state();
        let plan = state.seats.plan().unwrap();
        let (seat, section) = (plan.label(state.seats.cursor), plan.chart.section_of(state.seats.cursor).name.clone());
        if frontrow::store::slices::seats::is_overview(&state.seats, state.prefs.size) {
            let text = stage.text();
            assert!(text.contains(section.as_str()) && text.contains(" free"), "{text}");
            assert!(!text.contains(&format!(" {seat} ")), "{seat}: {text}");
        }
    }
    stage.keys("z");
    let state = stage.store.state();
    assert!(!frontrow::store::slices::seats::is_overview(&state.seats, state.prefs.size), "the best seat is shown");
}

#[test]
fn keys_of_ones_own_and_of_a_kiosk_are_those_that_sentences_and_panel_name() {
    let mut stage = in_seats();
    stage.keys("2");
    assert!(stage.text().contains("n      next best"), "{}", stage.text());
    let own = "[[seats]]\nkeys = [\"n\"]\ndo = \"none\"\n[[seats]]\nkeys = [\"w\", \"W\", \">\", \"<\"]\ndo = \"alternative\"\n";
    stage.keymap = stage.keymap.overridden_by(own).unwrap();
    assert!(stage.text().contains("w      next best"), "{}", stage.text());
    stage.keymap = frontrow::input::keymap::DEFAULT.parse::<frontrow::input::keymap::Keymap>().unwrap().for_kiosk();
    assert!(stage.text().contains(">      next best"), "{}", stage.text());
    stage.wait(600_200);
    assert!(stage.text().contains("Press Insert to hold them again"), "{}", stage.text());
}
