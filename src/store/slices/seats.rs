//! The seat map: where the cursor is, what is shown, what is proposed. What is *wanted* is in the hold slice.

mod choose;
mod drag;
pub mod list;
mod load;
mod seek;
mod travel;
pub mod typed;
mod view;

use drag::Drag;
use list::List;

pub use view::{LABEL_WIDTH, Scale, keep_cursor_in_view, line_pitch, map_size, panel_width, scale};

use super::{Requests, catalog::report_link, hold::Holding, line::Past, prefs::Prefs};
use crate::{
    domain::{
        chart::{SeatKind, grid::Grid, plan::Plan},
        ids::SeatIx,
        seating::best::Block,
        show::{SeatState, SeatStates, Show},
    },
    store::{Now, Out, action::SeatsAction, remote::Remote, tracked::Tracked},
};
use std::sync::Arc;
use tui_input::Input;

#[derive(Clone, Debug, Default)]
pub struct Seats {
    pub show: Option<Show>,
    pub plan: Remote<Arc<Plan>>,
    /// The states with the tag that the server gave them.
    pub states: Remote<(String, SeatStates)>,
    pub counts: Counts,
    pub level: usize,
    pub cursor: SeatIx,
    /// Columns a seat, as the person chose; `None` fits the terminal.
    pub zoom: Option<Scale>,
    /// First line and column of the grid that is shown.
    pub origin: (u32, u32),
    pub proposed: Option<Proposed>,
    /// Where a range begins.
    pub anchor: Option<SeatIx>,
    pub typed: Option<Typed>,
    /// Earlier typed lines.
    past: Past,
    /// A mouse button that is down on a seat.
    pub drag: Option<Drag>,
    /// The list instead of the map.
    pub list: Option<List>,
}

/// How many seats are in which state; counted when the states come, not when they are drawn.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Free seats of each category, without wheelchair and companion places.
    pub free: Vec<u32>,
    pub wheelchair: u32,
    pub companion: u32,
    pub held: u32,
    pub sold: u32,
    pub blocked: u32,
}

impl Counts {
    fn of(plan: &Plan, states: &SeatStates) -> Self {
        let mut counts = Self { free: vec![0; plan.chart.categories.len()], ..Self::default() };
        for seat in plan.chart.indices() {
            counts.add(plan, seat, states.get(seat.get()), 1);
        }
        counts
    }

    /// Counts a seat `times` more in a state.
    pub fn add(&mut self, plan: &Plan, seat: SeatIx, state: SeatState, times: i32) {
        let seat = plan.chart.seat(seat);
        let place = match (seat.kind, state) {
            (SeatKind::Blocked, _) | (_, SeatState::Blocked) => &mut self.blocked,
            (_, SeatState::Sold) => &mut self.sold,
            (_, SeatState::Held) => &mut self.held,
            (SeatKind::Wheelchair, _) => &mut self.wheelchair,
            (SeatKind::Companion, _) => &mut self.companion,
            (SeatKind::Seat | SeatKind::Couch | SeatKind::Standing, _) => &mut self.free[usize::from(seat.category)],
        };
        *place = place.saturating_add_signed(times);
    }
}

/// Blocks for a party, best first, and the one that is chosen.
#[derive(Clone, Debug, PartialEq)]
pub struct Proposed {
    pub party: u8,
    pub blocks: Vec<Block>,
    pub at: usize,
    /// Where the cursor was put; a digit pressed elsewhere means "here".
    cursor: SeatIx,
}

/// The line in which seats are named by typing.
#[derive(Clone, Debug, Default)]
pub struct Typed {
    pub input: Input,
    pub error: Option<String>,
}

impl Seats {
    pub fn plan(&self) -> Option<&Arc<Plan>> {
        self.plan.value()
    }

    pub fn grid(&self) -> Option<&Grid> {
        self.plan()?.grids.get(self.level)
    }

    /// The state of a seat as the server last told it; free while that is not known yet.
    pub fn state(&self, seat: SeatIx) -> SeatState {
        let kind = self.plan().map(|p| p.chart.seat(seat).kind);
        match (kind, self.states.value()) {
            (Some(SeatKind::Blocked), _) => SeatState::Blocked,
            (_, Some((_, states))) => states.get(seat.get()),
            (_, None) => SeatState::Free,
        }
    }
}

pub fn reduce(
    seats: &mut Tracked<Seats>,
    hold: &Holding,
    prefs: &Prefs,
    now: Now,
    requests: &mut Requests<'_>,
    action: &SeatsAction,
    out: &mut Out,
) {
    match action {
        SeatsAction::Enter(show) => load::enter(seats, show, now, requests, out),
        SeatsAction::Leave => **seats = Seats { plan: std::mem::take(&mut seats.plan), ..Seats::default() },
        SeatsAction::PlanLoaded(req, result) => {
            if seats.plan.settle(*req, now.mono_ms, result.clone()) {
                report_link(result.as_ref().err(), out);
                load::begin_at_best(seats);
                load::load_states(seats, now, requests, out);
            }
        }
        SeatsAction::StatesLoaded(req, result) => load::states_loaded(seats, now, *req, result, out),
        SeatsAction::News(..) | SeatsAction::NewsLost(..) => return,
        SeatsAction::Refresh => match &seats.show {
            Some(show) if seats.plan.value().is_none() => {
                let show = show.clone();
                load::enter(seats, &show, now, requests, out);
            }
            Some(_) => load::load_states(seats, now, requests, out),
            None => {}
        },
        SeatsAction::Step(step) => {
            let Some(grid) = seats.grid() else { return };
            let to = grid.step(seats.cursor, *step);
            if to != seats.cursor {
                seats.cursor = to;
            }
        }
        SeatsAction::Point(seat) => seats.cursor = *seat,
        SeatsAction::Toggle => choose::toggle(seats, hold, seats.cursor, out),
        SeatsAction::ToggleSeat(seat) => {
            seats.cursor = *seat;
            choose::toggle(seats, hold, *seat, out);
        }
        SeatsAction::Press(seat) => drag::press(seats, hold, *seat, out),
        SeatsAction::DragTo(seat) => drag::drag_to(seats, hold, *seat, out),
        SeatsAction::EndDrag => seats.drag = None,
        SeatsAction::BestInRow(line) => seek::in_row(seats, hold, *line, out),
        SeatsAction::Area(section) => seek::in_section(seats, hold, *section, out),
        SeatsAction::Undo | SeatsAction::Fix | SeatsAction::Mirror => return,
        SeatsAction::Range => choose::range(seats, hold, out),
        SeatsAction::DropLast => {
            let mut wanted = choose::wanted(hold);
            if let Some(last) = wanted.pop() {
                wanted.retain(|s| !choose::same_couch(seats, *s, last));
                choose::want(seats, wanted, out);
            }
        }
        SeatsAction::Clear => choose::want(seats, Vec::new(), out),
        SeatsAction::Party(party) if seats.list.is_some() => list::set_party(seats, *party),
        SeatsAction::Party(party) => choose::propose(seats, hold, *party, out),
        SeatsAction::Alternative(turn) => choose::alternative(seats, hold, *turn, out),
        SeatsAction::Best => travel::best(seats),
        SeatsAction::NextFree => travel::next_free(seats, out),
        SeatsAction::Section(turn) => travel::section(seats, *turn, out),
        SeatsAction::Jump { line, col } => travel::jump(seats, *line, *col),
        SeatsAction::Zoom(zoom) => view::zoomed(seats, *zoom, prefs.size),
        SeatsAction::Level(turn) => view::turn_level(seats, *turn),
        SeatsAction::Scroll { lines, cols } => {
            seats.origin.0 = seats.origin.0.saturating_add_signed(*lines);
            seats.origin.1 = seats.origin.1.saturating_add_signed(*cols);
            view::clamp_origin(seats, prefs.size);
            return;
        }
        SeatsAction::OpenTyped => typed::open(seats, ""),
        SeatsAction::TypeFrom(text) => typed::open(seats, text),
        SeatsAction::TypeIn(text) => {
            typed::open(seats, "");
            typed::paste(seats, text);
            typed::submit(seats, hold, out);
        }
        SeatsAction::Typed(request) => typed::edit(seats, *request),
        SeatsAction::TypedPaste(text) => typed::paste(seats, text),
        SeatsAction::TypedPast(turn) => typed::past(seats, *turn),
        SeatsAction::TypedComplete => typed::complete(seats),
        SeatsAction::SubmitTyped => typed::submit(seats, hold, out),
        SeatsAction::CloseTyped => seats.typed = None,
        SeatsAction::List => list::turn(seats),
        SeatsAction::ListStep(step) => list::step(seats, hold, *step),
        SeatsAction::ListGo => list::go(seats, hold, out),
        SeatsAction::ListOpen(line) => list::open(seats, hold, *line, out),
        SeatsAction::ListBack => list::back(seats, out),
    }
    keep_cursor_in_view(seats, prefs.size);
}
