//! The seat map: where the cursor is, what is shown, what is proposed. What is *wanted* is in the hold slice.

mod choose;
mod load;
mod typed;
mod view;

pub use view::{
    LABEL_WIDTH, Lens, Picture, Scale, is_overview, keep_cursor_in_view, lens, list_width, map_size, panel_width,
    raster_room,
};

use super::{Requests, catalog::report_link, hold::Holding, prefs::Prefs};
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
    /// How close the hall is looked at, as the person chose; `None` fits the terminal.
    pub zoom: Option<Scale>,
    /// First line and column that is shown: of the grid, as it is turned, or of the list of sections.
    pub origin: (u32, u32),
    /// Whether left and right are exchanged: the hall as it is seen from the screen.
    pub mirrored: bool,
    pub proposed: Option<Proposed>,
    /// Where a range begins.
    pub anchor: Option<SeatIx>,
    pub typed: Option<Typed>,
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
    /// Free places of each section.
    pub sections: Vec<SectionCount>,
    /// The floor in dots, where one is shown.
    pub picture: Option<Arc<Picture>>,
}

/// What is free in a section.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SectionCount {
    /// All of its free places.
    pub free: u32,
    /// Those for wheelchairs among them.
    pub wheelchair: u32,
}

impl Counts {
    fn of(plan: &Plan, states: &SeatStates) -> Self {
        let mut counts = Self {
            free: vec![0; plan.chart.categories.len()],
            sections: vec![SectionCount::default(); plan.chart.sections.len()],
            ..Self::default()
        };
        for seat in plan.chart.indices() {
            counts.add(plan, seat, states.get(seat.get()), 1);
        }
        counts
    }

    /// Counts a seat `times` more in a state.
    pub fn add(&mut self, plan: &Plan, seat: SeatIx, state: SeatState, times: i32) {
        if state == SeatState::Free && plan.chart.seat(seat).kind != SeatKind::Blocked {
            let section = &mut self.sections[usize::from(plan.section_of(seat))];
            section.free = section.free.saturating_add_signed(times);
            if plan.chart.seat(seat).kind == SeatKind::Wheelchair {
                section.wheelchair = section.wheelchair.saturating_add_signed(times);
            }
            self.add_to_picture(plan, seat, times);
        }
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
        SeatsAction::Step(step) => view::step(seats, *step, prefs.size),
        SeatsAction::Point(seat) => seats.cursor = *seat,
        SeatsAction::Area(section) => view::point_at_section(seats, *section, prefs.size),
        SeatsAction::Jump { line, col } => view::jump(seats, *line, *col),
        SeatsAction::Mirror => seats.mirrored = !seats.mirrored,
        SeatsAction::Toggle if is_overview(seats, prefs.size) => view::show_seats(seats, prefs.size),
        SeatsAction::Toggle => choose::toggle(seats, hold, seats.cursor, out),
        SeatsAction::ToggleSeat(seat) => {
            seats.cursor = *seat;
            choose::toggle(seats, hold, *seat, out);
        }
        SeatsAction::Range => choose::range(seats, hold, out),
        SeatsAction::DropLast => {
            let mut wanted = choose::wanted(hold);
            if let Some(last) = wanted.pop() {
                wanted.retain(|s| !choose::same_couch(seats, *s, last));
                choose::want(seats, wanted, out);
            }
        }
        SeatsAction::Clear => choose::want(seats, Vec::new(), out),
        SeatsAction::Party(party) => choose::propose(seats, hold, *party, out),
        SeatsAction::Alternative(turn) => choose::alternative(seats, hold, *turn, out),
        SeatsAction::Best => choose::propose(seats, hold, choose::wanted(hold).len().clamp(1, 20) as u8, out),
        SeatsAction::NextFree => choose::next_free(seats),
        SeatsAction::Zoom(zoom) => view::zoomed(seats, *zoom, prefs.size),
        SeatsAction::Level(turn) => view::turn_level(seats, *turn),
        SeatsAction::Scroll { lines, cols } => {
            seats.origin.0 = seats.origin.0.saturating_add_signed(*lines);
            seats.origin.1 = seats.origin.1.saturating_add_signed(*cols);
            view::clamp_origin(seats, prefs.size);
            return;
        }
        SeatsAction::OpenTyped => seats.typed = Some(Typed::default()),
        SeatsAction::Typed(request) => {
            if let Some(typed) = &mut seats.typed {
                typed.error = None;
                typed.input.handle(*request);
            }
        }
        SeatsAction::TypedPaste(text) => {
            if let Some(typed) = &mut seats.typed {
                for c in crate::domain::text::clean(text, 60).chars() {
                    typed.input.handle(tui_input::InputRequest::InsertChar(c));
                }
            }
        }
        SeatsAction::SubmitTyped => typed::submit_typed(seats, hold, out),
        SeatsAction::CloseTyped => seats.typed = None,
    }
    view::follow(seats, action, prefs.size);
    keep_cursor_in_view(seats, prefs.size);
}
