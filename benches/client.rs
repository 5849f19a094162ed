//! What a frame and a key cost: from the state through selector, screen and the comparison with the last frame, to
//! the bytes for the terminal.

// The stage serves the tests as well; not all of it is needed here.
#[allow(dead_code)]
#[path = "../tests/common/stage.rs"]
mod stage;
#[allow(dead_code)]
#[path = "../tests/common/styled.rs"]
mod styled;

use divan::{Bencher, counter::ItemsCount};
use frontrow::{
    domain::chart::grid::Step,
    input::{keymap, keymap::Keymap, resolve},
    store::{action::SeatsAction, select},
    term::backend::Ansi,
    ui::{self, frame::Ctx, glyphs, theme::Theme},
};
use ratatui::{Terminal, layout::Size};
use stage::Stage;
use std::{fmt, io};

fn main() {
    divan::main();
}

/// A hall on a terminal of a size.
#[derive(Clone, Copy)]
struct Case {
    hall: &'static str,
    width: u16,
    height: u16,
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}x{}", self.hall, self.width, self.height)
    }
}

fn cases() -> impl Iterator<Item = Case> {
    let sizes = [(80, 24), (120, 40), (250, 80)];
    ["studio", "hall-1", "grand"]
        .into_iter()
        .flat_map(move |hall| sizes.map(|(width, height)| Case { hall, width, height }))
}

/// The seat map on a terminal that takes bytes and shows nothing.
struct SeatMap {
    stage: Stage,
    terminal: Terminal<Ansi<io::Sink>>,
    keymap: Keymap,
    theme: Theme,
}

impl SeatMap {
    fn open(case: Case) -> Self {
        let Case { hall, width, height } = case;
        let mut stage = Stage::with_hall(width, height, hall);
        stage.keys("enter enter");
        assert!(stage.store.state().seats.plan().is_some(), "the seat map is open");
        let theme = Theme::of(stage.depth);
        let backend = Ansi::new(io::sink(), Size { width, height });
        let terminal = Terminal::new(backend).expect("a sink is a terminal");
        let mut map = Self { stage, terminal, keymap: keymap::DEFAULT.parse().expect("the default keys"), theme };
        map.frame();
        map
    }

    fn frame(&mut self) {
        let state = self.stage.store.state();
        let view = select::view(state, self.stage.now());
        let ctx = Ctx {
            theme: &self.theme,
            glyphs: glyphs::set(state.prefs.glyphs),
            keymap: &self.keymap,
            context: resolve::context(state),
            screen: resolve::screen_context(state),
        };
        let drawn = self.terminal.draw(|frame| {
            let drawn = ui::root::draw(&view, ctx, frame.buffer_mut());
            if let Some(cursor) = drawn.cursor {
                frame.set_cursor_position(cursor);
            }
        });
        drawn.expect("a sink takes all");
    }

    fn step(&mut self, step: Step) {
        let now = self.stage.now();
        self.stage.store.dispatch(now, SeatsAction::Step(step));
    }
}

/// The first frame of a screen: every cell is new.
#[divan::bench(args = cases())]
fn whole_frame(bencher: Bencher, case: Case) {
    let mut map = SeatMap::open(case);
    bencher.bench_local(|| {
        map.terminal.clear().expect("a sink takes all");
        map.frame();
    });
}

/// One key in the seat map: reduce and the frame that follows.
#[divan::bench(args = cases())]
fn cursor_move(bencher: Bencher, case: Case) {
    let mut map = SeatMap::open(case);
    let mut steps = [Step::Right, Step::Left].into_iter().cycle();
    bencher.bench_local(|| {
        map.step(steps.next().expect("a cycle has no end"));
        map.frame();
    });
}

#[divan::bench]
fn reduce_10_000_actions(bencher: Bencher) {
    let mut map = SeatMap::open(Case { hall: "hall-1", width: 80, height: 24 });
    let steps = [Step::Right, Step::Down, Step::Left, Step::Up];
    bencher.counter(ItemsCount::new(10_000usize)).bench_local(|| {
        for i in 0..10_000 {
            map.step(steps[i % steps.len()]);
        }
    });
}
