//! Whatever is pressed, clicked and told in whatever order, on whatever hall: nothing panics, and what the box office
//! holds is what the screen shows as chosen.

use crate::common::{
    sample::{drawn, hall},
    stage::Stage,
};
use frontrow::{
    domain::{
        chart::{Chart, Level},
        ids::SeatIx,
        show::{SeatNews, SeatState},
    },
    input::event::InputEvent,
    store::{
        action::{AppAction, SeatsAction, Zoom},
        slices::nav::Route,
        state::Size,
    },
};
use proptest::prelude::*;
use std::sync::Arc;

const KEYS: &[&str] = &[
    "left",
    "right",
    "up",
    "down",
    "H",
    "L",
    "K",
    "J",
    "g",
    "G",
    "home",
    "end",
    "space",
    "enter",
    "1",
    "2",
    "3",
    "5",
    "9",
    "n",
    "N",
    "z",
    "v",
    "tab",
    "{",
    "}",
    "x",
    "u",
    "f",
    "c",
    "e",
    "r",
    "+",
    "-",
    "0",
    "[",
    "]",
    "m",
    "f7",
    "/",
    "esc",
    "?",
    "text:A1",
    "text:F",
    "backspace",
    "f5",
    "y",
];
const SIZES: [(u16, u16); 6] = [(40, 15), (80, 24), (100, 30), (200, 60), (41, 60), (20, 5)];

#[derive(Clone, Debug)]
enum Deed {
    Key(usize),
    Click(u16, u16),
    Drag(u16, u16),
    Wheel(i32, i32),
    Zoom(bool),
    Resize(usize),
    Wait(u64),
    Elsewhere(usize, u8),
    /// Somebody takes a seat, and no news tell of it.
    Unheard(usize),
}

fn deed() -> impl Strategy<Value = Deed> {
    prop_oneof![
        12 => (0..KEYS.len()).prop_map(Deed::Key),
        3 => (0..200u16, 0..60u16).prop_map(|(x, y)| Deed::Click(x, y)),
        2 => (0..200u16, 0..60u16).prop_map(|(x, y)| Deed::Drag(x, y)),
        1 => (-3..4i32, -3..4i32).prop_map(|(lines, cols)| Deed::Wheel(lines, cols)),
        1 => any::<bool>().prop_map(Deed::Zoom),
        1 => (0..SIZES.len()).prop_map(Deed::Resize),
        3 => prop_oneof![Just(50), Just(200), Just(700_000)].prop_map(Deed::Wait),
        3 => (any::<usize>(), 0..4u8).prop_map(|(seat, state)| Deed::Elsewhere(seat, state)),
        1 => any::<usize>().prop_map(Deed::Unheard),
    ]
}

fn halls() -> Vec<Arc<Chart>> {
    let mut attic = (*hall("grand")).clone();
    attic.levels.push(Level { id: "attic".into(), name: "Attic".into(), order: 9 });
    let standing = crate::choosing::with_pit(30);
    vec![drawn("A s\n"), drawn("A ssssss_ww_[][]\n"), drawn("A ss\n\nB s_s\n"), Arc::new(attic), standing]
}

fn do_it(stage: &mut Stage, deed: &Deed) {
    let size = stage.store.state().prefs.size;
    let at = |x: u16, y: u16| (x % size.width, y % size.height);
    match *deed {
        Deed::Key(key) => stage.keys(KEYS[key]),
        Deed::Click(x, y) => {
            let (x, y) = at(x, y);
            stage.click(x, y);
        }
        Deed::Drag(x, y) => {
            let (x, y) = at(x, y);
            stage.event(InputEvent::Click { x, y });
            stage.event(InputEvent::Drag { x: (x + 7) % size.width, y });
        }
        Deed::Wheel(lines, cols) => stage.event(InputEvent::Wheel { x: 5, y: 5, lines, cols }),
        Deed::Zoom(larger) => stage.event(InputEvent::Zoom(if larger { Zoom::In } else { Zoom::Out })),
        Deed::Resize(size) => {
            let (width, height) = SIZES[size];
            stage.play(AppAction::Resize(Size { width, height }));
        }
        Deed::Wait(ms) => stage.wait(ms),
        Deed::Elsewhere(seat, state) => {
            let states = [SeatState::Free, SeatState::Held, SeatState::Sold, SeatState::Blocked];
            take(stage, seat, states[usize::from(state)], true);
        }
        Deed::Unheard(seat) => take(stage, seat, SeatState::Sold, false),
    }
}

/// Somebody else does something with a seat that is not held here.
fn take(stage: &mut Stage, seat: usize, state: SeatState, heard: bool) {
    let seat = SeatIx::at(seat % stage.hall.seats.len());
    if stage.held().contains(&stage.hall.seat(seat).id) {
        return;
    }
    stage.states.set(seat.get(), state);
    if let (Some(watch), true) = (stage.watching(), heard) {
        stage.play(SeatsAction::News(watch, SeatNews::Changes(vec![(seat, state)])));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    #[test]
    fn what_is_held_is_what_is_shown_whatever_is_done(
        which in 0..5usize,
        size in 0..5usize,
        deeds in prop::collection::vec(deed(), 1..60),
    ) {
        let (width, height) = SIZES[size];
        let mut stage = Stage::with_chart(width, height, halls().swap_remove(which));
        stage.keys("enter enter");
        for deed in &deeds {
            do_it(&mut stage, deed);
            stage.draw();
        }
        stage.wait(2_000);
        let hold = &stage.store.state().hold;
        prop_assert!(hold.is_settled());
        let mut wanted: Vec<_> = hold.wanted().iter().map(|pick| pick.id.clone()).collect();
        let mut held = stage.held().to_vec();
        wanted.sort_unstable();
        held.sort_unstable();
        prop_assert_eq!(wanted, held, "on {:?}", stage.store.state().nav.route());
        if *stage.store.state().nav.route() == Route::Browse {
            prop_assert!(stage.held().is_empty(), "nothing stays held behind the films");
        }
    }
}
