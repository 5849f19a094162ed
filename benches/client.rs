//! What a frame, a key and news of seats cost in halls of 100 to 100,000 seats: from the action through reducer,
//! selector, screen and the comparison with the last frame, to the bytes for the terminal. What is seen seat by seat
//! is to cost the same in every hall that is larger than the screen.

#[path = "../tests/common/mod.rs"]
mod common;

use common::{arena, sample, wire};
use divan::{Bencher, counter::ItemsCount};
use frontrow::{
    domain::{
        chart::{Chart, grid::Step, json, plan::Plan},
        ids::SeatIx,
        show::{SeatNews, SeatState, SeatStates},
    },
    store::{
        action::{ListStep, SeatsAction, Turn, Zoom},
        slices::seats::Scale,
    },
};
use std::{
    fmt,
    sync::{Arc, LazyLock},
};
use wire::Wire;

fn main() {
    divan::main();
}

static HALLS: LazyLock<[Arc<Chart>; 4]> =
    LazyLock::new(|| [100, 1_000, 10_000, 100_000].map(|seats| Arc::new(arena::of(seats))));

/// A hall, looked at so closely, on a terminal of a size.
#[derive(Clone, Copy)]
struct Case {
    hall: usize,
    scale: Scale,
    width: u16,
    height: u16,
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { hall, scale, width, height } = self;
        write!(f, "{:?} of {} seats, {width}x{height}", scale, HALLS[*hall].seats.len())
    }
}

impl Case {
    fn open(self) -> Wire {
        let mut wire = Wire::open(self.width, self.height, HALLS[self.hall].clone());
        wire.zoom_to(self.scale);
        wire
    }
}

/// The halls at a scale on a terminal of 120 columns and 40 lines.
fn at(scale: Scale) -> impl Iterator<Item = Case> {
    (0..4).map(move |hall| Case { hall, scale, width: 120, height: 40 })
}

/// Seat by seat on small, usual and large terminals, and from afar.
fn looks() -> impl Iterator<Item = Case> {
    let sizes = [(80, 24), (120, 40), (200, 60)];
    let seats = sizes
        .into_iter()
        .flat_map(|(width, height)| (0..4).map(move |hall| Case { hall, scale: Scale::Compact, width, height }));
    seats.chain(at(Scale::Density)).chain(at(Scale::Venue))
}

/// Where news are heard: over the seats, and over sections with their dots.
fn listening() -> impl Iterator<Item = Case> {
    at(Scale::Compact).chain(at(Scale::Venue))
}

/// The first frame of a screen: every cell is new.
#[divan::bench(args = looks())]
fn whole_frame(bencher: Bencher<'_, '_>, case: Case) {
    let mut wire = case.open();
    bencher.bench_local(|| {
        wire.clear();
        wire.frame()
    });
}

/// One key in the seat map, and the frame that follows.
#[divan::bench(args = looks())]
fn cursor_move(bencher: Bencher<'_, '_>, case: Case) {
    let mut wire = case.open();
    let mut steps = [Step::Right, Step::Left].into_iter().cycle();
    bencher.bench_local(|| steps.next().map(|step| wire.act(SeatsAction::Step(step))));
}

/// From the dots to the seats, or back.
#[divan::bench(args = at(Scale::Density))]
fn zoom_between_dots_and_seats(bencher: Bencher<'_, '_>, case: Case) {
    zoom(bencher, case);
}

/// From the sections to the dots, or back.
#[divan::bench(args = at(Scale::Venue))]
fn zoom_between_sections_and_dots(bencher: Bencher<'_, '_>, case: Case) {
    zoom(bencher, case);
}

fn zoom(bencher: Bencher<'_, '_>, case: Case) {
    let mut wire = case.open();
    let mut zooms = [Zoom::In, Zoom::Out].into_iter().cycle();
    bencher.bench_local(|| zooms.next().map(|zoom| wire.act(SeatsAction::Zoom(zoom))));
}

/// The seat beside the cursor is sold, or free again.
#[divan::bench(args = listening())]
fn live_change_in_view(bencher: Bencher<'_, '_>, case: Case) {
    let mut wire = case.open();
    let beside = SeatIx(wire.cursor().0 + 1);
    bencher.bench_local(|| wire.change(&[beside]));
}

/// A seat at the other end of the hall.
#[divan::bench(args = listening())]
fn live_change_out_of_view(bencher: Bencher<'_, '_>, case: Case) {
    let mut wire = case.open();
    let last = SeatIx(HALLS[case.hall].seats.len() as u32 - 1);
    bencher.bench_local(|| wire.change(&[last]));
}

/// Of 1,000 changes a second, those of 50 ms, and the frame that follows.
#[divan::bench(args = listening())]
fn live_changes_50_at_once(bencher: Bencher<'_, '_>, case: Case) {
    changes(bencher, case, 50);
}

/// All 1,000 of a second in one frame.
#[divan::bench(args = listening())]
fn live_changes_1000_at_once(bencher: Bencher<'_, '_>, case: Case) {
    changes(bencher, case, 1_000);
}

/// Changes all over the hall; in a small hall no more than it has seats.
fn changes(bencher: Bencher<'_, '_>, case: Case, count: usize) {
    let mut wire = case.open();
    let all = HALLS[case.hall].seats.len();
    let seats: Vec<SeatIx> = (0..all).step_by(all.div_ceil(count)).map(SeatIx::at).collect();
    bencher.counter(ItemsCount::new(seats.len())).bench_local(|| wire.change(&seats));
}

/// The states of all seats come anew.
#[divan::bench(args = listening())]
fn states_of_all_seats(bencher: Bencher<'_, '_>, case: Case) {
    let mut wire = case.open();
    let count = HALLS[case.hall].seats.len();
    let mut other = SeatStates::free(count);
    (0..count).step_by(3).for_each(|seat| other.set(seat, SeatState::Sold));
    let mut states = [SeatStates::free(count), other].into_iter().cycle();
    bencher.bench_local(|| states.next().map(|states| wire.news(SeatNews::States(states))));
}

/// A show is opened whose plan is known: all that follows from the key, the states and the news, and the frame.
#[divan::bench(args = at(Scale::Venue))]
fn open_a_show(bencher: Bencher<'_, '_>, case: Case) {
    let mut wire = case.open();
    let show = wire.stage.store.state().seats.show.clone().expect("a show");
    bencher.bench_local(|| {
        wire.stage.play(SeatsAction::Enter(show.clone()));
        wire.frame()
    });
}

/// The best seats for four are taken, the next best instead, and so on.
#[divan::bench(args = at(Scale::Compact))]
fn propose_for_four(bencher: Bencher<'_, '_>, case: Case) {
    let mut wire = case.open();
    wire.act(SeatsAction::Party(4));
    bencher.bench_local(|| wire.act(SeatsAction::Alternative(Turn::Next)));
}

/// A letter is typed, and what the line means is shown.
#[divan::bench(args = at(Scale::Compact))]
fn frame_with_a_typed_line(bencher: Bencher<'_, '_>, case: Case) {
    let mut wire = case.open();
    wire.act(SeatsAction::TypeFrom("4 row 3".to_owned()));
    bencher.bench_local(|| wire.frame());
}

/// The sections as lines of text.
#[divan::bench(args = at(Scale::Venue))]
fn step_through_the_list(bencher: Bencher<'_, '_>, case: Case) {
    let mut wire = case.open();
    wire.act(SeatsAction::List);
    let mut steps = [ListStep::Down, ListStep::Up].into_iter().cycle();
    bencher.bench_local(|| steps.next().map(|step| wire.act(SeatsAction::ListStep(step))));
}

/// What follows from a chart and is computed once; no frame waits for it.
#[divan::bench(args = at(Scale::Venue))]
fn plan_of_a_chart(bencher: Bencher<'_, '_>, case: Case) {
    let chart = &HALLS[case.hall];
    let hash = json::hash(chart);
    bencher.bench_local(|| Plan::of(hash.clone(), chart.clone()));
}

/// A chart as it comes from the box office, read and its hash compared.
#[divan::bench(args = at(Scale::Venue))]
fn chart_of_its_json(bencher: Bencher<'_, '_>, case: Case) {
    let text = json::print(&HALLS[case.hall]);
    bencher.bench_local(|| json::parse(&text).map(|chart| json::hash(&chart)));
}

#[divan::bench]
fn reduce_10_000_actions(bencher: Bencher<'_, '_>) {
    let mut wire = Wire::open(80, 24, sample::hall("hall-1"));
    let steps = [Step::Right, Step::Down, Step::Left, Step::Up];
    let now = wire.stage.now();
    bencher.counter(ItemsCount::new(10_000usize)).bench_local(|| {
        for step in steps.into_iter().cycle().take(10_000) {
            wire.stage.store.dispatch(now, SeatsAction::Step(step));
        }
    });
}
