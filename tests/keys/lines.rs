//! The line for seats, and the line for commands.

use super::{cursor, in_hall, open, picture, sell, speech, wanted};
use crate::common::stage::Stage;
use frontrow::store::{effect::Effect, slices::nav::Route};

fn types(stage: &mut Stage, text: &str) {
    stage.keys("/");
    write(stage, text);
    stage.keys("enter");
}

/// Types text with its blanks.
fn write(stage: &mut Stage, text: &str) {
    for (i, word) in text.split(' ').enumerate() {
        if i > 0 {
            stage.keys("space");
        }
        if !word.is_empty() {
            stage.keys(&format!("text:{word}"));
        }
    }
}

fn error(stage: &Stage) -> Option<String> {
    stage.store.state().seats.typed.as_ref().and_then(|typed| typed.error.clone())
}

#[test]
fn typed_seats_are_taken_and_the_cursor_goes_there() {
    let mut stage = in_hall("hall-1");
    types(&mut stage, "F7 F8");
    assert_eq!((wanted(&stage), cursor(&stage)), (vec!["F7".to_owned(), "F8".to_owned()], "F7".to_owned()));
    types(&mut stage, "C4-C2");
    assert_eq!(wanted(&stage), ["F7", "F8", "C4", "C3", "C2"], "a range backwards is meant backwards");
}

#[test]
fn what_is_typed_is_said_while_it_is_typed() {
    let mut stage = in_hall("hall-1");
    stage.keys("/");
    assert!(picture(&mut stage).contains("such as F7 F8, F7-F10"));
    write(&mut stage, "F7-F9");
    assert!(picture(&mut stage).contains("F7-F9, 46.50"), "{}", picture(&mut stage));
    assert_eq!(speech(&mut stage), "F7-F9, 46.50 €");
    assert!(wanted(&stage).is_empty(), "nothing is chosen before Enter");
}

#[test]
fn a_range_through_sold_seats_names_them_and_takes_none() {
    let mut stage = in_hall("hall-1");
    sell(&mut stage, &["F8", "F9"]);
    types(&mut stage, "F7-F10");
    assert_eq!(error(&stage).as_deref(), Some("F8 is sold. F9 is sold."));
    assert!(wanted(&stage).is_empty());
    assert!(picture(&mut stage).contains("F8 is sold. F9 is sold."));
    stage.keys("backspace");
    assert_eq!(error(&stage), None, "the next key goes on");
}

#[test]
fn a_seat_that_does_not_exist_says_what_does() {
    let mut stage = in_hall("hall-1");
    types(&mut stage, "Q7");
    assert!(error(&stage).unwrap().contains("Q"), "{:?}", error(&stage));
    stage.keys("esc / enter");
    assert!(stage.store.state().seats.typed.is_none(), "an empty line closes");
}

#[test]
fn earlier_lines_come_back_with_up() {
    let mut stage = in_hall("hall-1");
    types(&mut stage, "F7");
    types(&mut stage, "C4");
    stage.keys("/ text:G up up");
    let text = |stage: &Stage| stage.store.state().seats.typed.as_ref().unwrap().input.value().to_owned();
    assert_eq!(text(&stage), "F7");
    stage.keys("down down");
    assert_eq!(text(&stage), "G");
}

#[test]
fn tab_finishes_the_name_of_a_section() {
    let mut stage = in_hall("grand");
    stage.keys("/ text:balc tab");
    let text = stage.store.state().seats.typed.as_ref().unwrap().input.value().to_owned();
    assert!(text.starts_with("balc") && text.ends_with(':'), "{text}");
}

#[test]
fn in_a_kiosk_a_letter_begins_a_typed_seat() {
    let mut stage = open(Stage::new(100, 30).kiosk());
    stage.keys("text:f7");
    stage.keys("enter");
    assert_eq!(wanted(&stage), ["F7"]);
    stage.keys("2");
    assert_eq!(wanted(&stage).len(), 2, "digits still mean a party");
}

#[test]
fn commands_are_written_by_their_names_on_every_screen() {
    let mut stage = Stage::new(100, 30);
    stage.keys("f8");
    write(&mut stage, "account");
    stage.keys("enter");
    assert_eq!(*stage.store.state().nav.route(), Route::Account);
    let mut stage = in_hall("hall-1");
    stage.keys("text::party");
    stage.keys("space text:3 enter");
    assert_eq!(wanted(&stage).len(), 3);
    stage.keys("text::type-seats");
    write(&mut stage, " C4");
    stage.keys("enter");
    assert!(wanted(&stage).contains(&"C4".to_owned()));
    stage.keys("text::q enter");
    assert!(stage.effects.contains(&Effect::Quit), "a name may be as short as it stays clear");
}

#[test]
fn a_search_that_is_empty_gives_the_colon_to_the_command_line() {
    let mut stage = Stage::new(100, 30);
    stage.keys("text::help enter");
    assert!(picture(&mut stage).contains("Keys"));
    stage.keys("esc text:2001:");
    assert_eq!(stage.store.state().catalog.search.value(), "2001:", "in a search it is text");
}

#[test]
fn the_command_line_says_what_it_takes_and_names_what_is_near() {
    let mut stage = in_hall("hall-1");
    let mut said = |line: &str| {
        stage.keys("text::");
        write(&mut stage, line);
        stage.keys("enter");
        let picture = picture(&mut stage);
        stage.keys("esc");
        picture
    };
    assert!(said("zom-in").contains("there is no command \"zom-in\"; near it: zoom-in"));
    assert!(said("zoom").contains("zoom begins zoom-in, zoom-out, zoom-auto; write more of one"));
    assert!(said("party").contains("party needs a number: party 3"));
    assert!(said("level up").contains("level takes previous or next, not \"up\""));
    assert!(said("favourite").contains("favourite means nothing on this screen"));
}

#[test]
fn the_command_line_finishes_names_and_shows_what_they_do() {
    let mut stage = in_hall("hall-1");
    stage.keys("text::zo");
    assert!(picture(&mut stage).contains("zoom-in  zoom-out  zoom-auto"));
    stage.keys("tab text:i tab");
    assert!(picture(&mut stage).contains(": zoom-in"));
    assert!(speech(&mut stage).starts_with("zoom-in: larger"));
    stage.keys("esc text::lev tab text:p tab");
    assert!(picture(&mut stage).contains(": level previous"), "{}", picture(&mut stage));
    stage.keys("enter text::x");
    stage.keys("up");
    assert!(picture(&mut stage).contains(": level previous"), "earlier lines come back");
}

#[test]
fn a_party_is_typed_with_its_wishes() {
    let mut stage = in_hall("hall-1");
    stage.keys("/");
    write(&mut stage, "3 F");
    assert_eq!(speech(&mut stage), "the best 3 together, row F");
    stage.keys("enter");
    let seats = wanted(&stage);
    assert!(seats.len() == 3 && seats.iter().all(|s| s.starts_with('F')), "{seats:?}");
    stage.keys("n");
    assert_ne!(wanted(&stage), seats, "the next best come with n");
    stage.keys("c");
    types(&mut stage, "2 w");
    assert_eq!(wanted(&stage).len(), 2);
    stage.keys("c");
    types(&mut stage, "3 <1");
    assert!(error(&stage).is_some(), "{:?}", wanted(&stage));
    assert!(wanted(&stage).is_empty());
    stage.keys("esc text::need");
    write(&mut stage, " legroom");
    stage.keys("enter");
    let said = error(&stage).or_else(|| (!wanted(&stage).is_empty()).then(String::new));
    assert!(said.is_some(), "it is taken, or it is said why not");
}
