//! Everything that hands can do: keys, the lines in which is typed, the mouse, the list, and keys of one's own.

mod common;

#[path = "keys/lines.rs"]
mod lines;
#[path = "keys/list.rs"]
mod list;
#[path = "keys/mouse.rs"]
mod mouse;
#[cfg(unix)]
#[path = "keys/program.rs"]
mod program;

use common::stage::Stage;
use frontrow::{
    domain::{
        ids::SeatIx,
        seating::spec,
        show::{SeatState, SeatStates},
    },
    store::slices::nav::Route,
};

/// On the seat map of an empty hall.
fn in_hall(name: &str) -> Stage {
    open(Stage::with_hall(100, 30, name))
}

fn open(mut stage: Stage) -> Stage {
    stage.states = SeatStates::free(stage.hall.seats.len());
    stage.keys("enter enter");
    assert_eq!(*stage.store.state().nav.route(), Route::Seats);
    stage.effects.clear();
    stage
}

fn seat(stage: &Stage, label: &str) -> SeatIx {
    stage.hall.indices().find(|ix| spec::label(&stage.hall, *ix) == label).unwrap_or_else(|| panic!("no seat {label}"))
}

/// Sells seats before the seat map is opened.
fn sell(stage: &mut Stage, labels: &[&str]) {
    for label in labels {
        let ix = seat(stage, label);
        stage.states.set(ix.get(), SeatState::Sold);
    }
    stage.keys("f5");
}

/// The labels of what is wanted, in the order in which it was chosen.
fn wanted(stage: &Stage) -> Vec<String> {
    stage.store.state().hold.wanted().iter().map(|p| spec::label(&stage.hall, p.ix)).collect()
}

fn cursor(stage: &Stage) -> String {
    spec::label(&stage.hall, stage.store.state().seats.cursor)
}

/// What is on the screen.
fn picture(stage: &mut Stage) -> String {
    let (buffer, _) = stage.draw();
    let width = usize::from(buffer.area.width);
    let lines = buffer.content.chunks(width).map(|line| line.iter().map(|cell| cell.symbol()).collect::<String>());
    lines.collect::<Vec<_>>().join("\n")
}

/// What a screen reader hears.
fn speech(stage: &mut Stage) -> String {
    stage.draw().1.speech
}

#[test]
fn tab_goes_to_the_next_block_that_fits_the_party() {
    let mut stage = in_hall("hall-1");
    let row: Vec<String> = (1..=6).map(|number| format!("A{number}")).collect();
    sell(&mut stage, &[row[1].as_str(), row[4].as_str()]);
    stage.keys("3 g ^");
    assert_eq!(cursor(&stage), "A1");
    stage.keys("tab");
    assert_ne!(cursor(&stage), "A3", "two seats are too few for three");
    let at = stage.store.state().seats.cursor;
    let plan = stage.store.state().seats.plan().unwrap().clone();
    let right = plan.geometry.right(at).and_then(|next| plan.geometry.right(next));
    assert!(right.is_some_and(|last| stage.store.state().seats.state(last) == SeatState::Free));
}

#[test]
fn braces_go_from_section_to_section_and_back() {
    let mut stage = in_hall("grand");
    let section = |stage: &Stage| stage.hall.row_of(stage.store.state().seats.cursor).section;
    let first = section(&stage);
    stage.keys("}");
    let second = section(&stage);
    assert_ne!(first, second);
    stage.keys("{");
    assert_eq!(section(&stage), first);
    assert!(wanted(&stage).is_empty(), "getting about chooses nothing");
}

#[test]
fn z_goes_to_the_best_seat_and_chooses_nothing() {
    let mut stage = in_hall("hall-1");
    let best = cursor(&stage);
    stage.keys("g ^");
    assert_ne!(cursor(&stage), best);
    stage.keys("z");
    assert_eq!(cursor(&stage), best);
    assert!(wanted(&stage).is_empty());
}

#[test]
fn every_key_of_the_help_is_on_the_screen_with_what_it_does() {
    let mut stage = Stage::new(100, 60);
    stage.keys("enter enter ?");
    let help = picture(&mut stage);
    for words in ["previous, next section", "take the last change back", "a command by its name", "as a list of lines"]
    {
        assert!(help.contains(words), "{words} is missing:\n{help}");
    }
}

#[test]
fn help_and_footer_name_keys_of_ones_own() {
    let mut stage = Stage::new(100, 60);
    let own = "[[seats]]\nkeys = [\"ctrl-g\"]\ndo = \"section next\"\nsay = \"onwards\"\n\
               [[seats]]\nkeys = [\"?\"]\ndo = \"none\"\n[[seats]]\nkeys = [\"f12\"]\ndo = \"help\"\n";
    stage.keymap = stage.keymap.overridden_by(own).unwrap();
    stage.keys("enter enter");
    let seats = picture(&mut stage);
    assert!(seats.contains("F12 Help") && !seats.contains("? Help"), "{seats}");
    stage.keys("f12");
    let help = picture(&mut stage);
    let line = help.lines().find(|line| line.contains("onwards")).unwrap();
    assert!(line.contains("Ctrl-G"), "{line}");
}
