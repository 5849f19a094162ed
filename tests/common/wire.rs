//! The seat map on a terminal that shows nothing and counts what is written to it.

use super::stage::Stage;
use frontrow::{
    domain::{
        chart::Chart,
        ids::SeatIx,
        show::{SeatNews, SeatState},
    },
    input::resolve,
    store::{
        action::{Action, SeatsAction, Zoom},
        select,
        slices::seats::{Scale, lens, map_size},
    },
    term::backend::Ansi,
    ui::{self, frame::Ctx, glyphs, theme::Theme},
};
use ratatui::{Terminal, layout::Size};
use std::{
    cell::Cell,
    io::{self, Write},
    rc::Rc,
    sync::Arc,
};

/// Takes bytes and counts them.
struct Counter(Rc<Cell<usize>>);

impl Write for Counter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.set(self.0.get() + bytes.len());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

pub struct Wire {
    pub stage: Stage,
    terminal: Terminal<Ansi<Counter>>,
    bytes: Rc<Cell<usize>>,
    theme: Theme,
}

impl Wire {
    /// The seat map of a hall, drawn once.
    pub fn open(width: u16, height: u16, hall: Arc<Chart>) -> Self {
        let mut stage = Stage::with_chart(width, height, hall);
        stage.keys("enter enter");
        assert!(stage.store.state().seats.states.value().is_some(), "the seat map is open");
        let bytes = Rc::new(Cell::new(0));
        let backend = Ansi::new(Counter(bytes.clone()), Size { width, height });
        let terminal = Terminal::new(backend).expect("a counter is a terminal");
        let mut wire = Self { theme: Theme::of(stage.depth), stage, terminal, bytes };
        wire.frame();
        wire
    }

    /// Draws; returns the bytes that were written.
    pub fn frame(&mut self) -> usize {
        let before = self.bytes.get();
        let state = self.stage.store.state();
        let view = select::view(state, self.stage.now());
        let ctx = Ctx {
            theme: &self.theme,
            glyphs: glyphs::set(state.prefs.glyphs),
            keymap: &self.stage.keymap,
            context: resolve::context(state),
            screen: resolve::screen_context(state),
        };
        let drawn = self.terminal.draw(|frame| {
            let drawn = ui::root::draw(&view, ctx, frame.buffer_mut());
            if let Some(cursor) = drawn.cursor {
                frame.set_cursor_position(cursor);
            }
        });
        drawn.expect("a counter takes all");
        self.bytes.get() - before
    }

    /// The next frame writes every cell.
    pub fn clear(&mut self) {
        self.terminal.clear().expect("a counter takes all");
    }

    /// Does something, without what follows from it outside, and draws.
    pub fn act(&mut self, action: impl Into<Action>) -> usize {
        let now = self.stage.now();
        self.stage.store.dispatch(now, action);
        self.frame()
    }

    /// Presses keys, all effects answered, and draws.
    pub fn keys(&mut self, keys: &str) -> usize {
        self.stage.keys(keys);
        self.frame()
    }

    pub fn scale(&self) -> Scale {
        let state = self.stage.store.state();
        let (plan, grid) = (state.seats.plan().expect("a plan"), state.seats.grid().expect("a grid"));
        lens(&state.seats, plan, grid, map_size(state.prefs.size)).scale
    }

    /// Zooms until the hall is looked at so closely.
    pub fn zoom_to(&mut self, scale: Scale) {
        while self.scale() != scale {
            let zoom = if self.scale() < scale { Zoom::In } else { Zoom::Out };
            self.act(SeatsAction::Zoom(zoom));
        }
    }

    pub fn cursor(&self) -> SeatIx {
        self.stage.store.state().seats.cursor
    }

    pub fn state_of(&self, seat: SeatIx) -> SeatState {
        self.stage.store.state().seats.state(seat)
    }

    /// News of seats that somebody else took or let go: each is now what it was not.
    pub fn change(&mut self, seats: &[SeatIx]) -> usize {
        let other = |seat: &SeatIx| match self.state_of(*seat) {
            SeatState::Free => (*seat, SeatState::Sold),
            _ => (*seat, SeatState::Free),
        };
        let changes = seats.iter().map(other).collect();
        self.news(SeatNews::Changes(changes))
    }

    pub fn news(&mut self, news: SeatNews) -> usize {
        let watch = self.stage.watching().expect("the seats are watched");
        self.act(SeatsAction::News(watch, news))
    }
}
