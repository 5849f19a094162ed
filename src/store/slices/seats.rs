//! The seat map: where the cursor is, what is shown, what is proposed. What is *wanted* is in the hold slice.

mod again;
mod choose;
mod drag;
mod grow;
mod judge;
pub mod list;
mod live;
mod load;
mod propose;
mod seek;
mod travel;
pub mod typed;
mod view;

use drag::Drag;
use list::List;

pub(in crate::store) use grow::closeness;
pub use judge::Judged;
pub use live::{Hearing, Live};
pub use propose::{Offer, OfferKind, Proposed};
pub use view::{
    LABEL_WIDTH, Lens, Picture, Scale, is_overview, keep_cursor_in_view, lens, list_width, map_size, panel_width,
    raster_room,
};

use super::{Requests, hold::Holding, line::Past, nav::Route, prefs::Prefs};
use crate::{
    domain::{
        chart::{SeatKind, grid::Grid, plan::Plan},
        cinema::Cinema,
        ids::SeatIx,
        seating::{self, Accessible, orphan::OrphanMode},
        show::{SeatState, SeatStates, Show},
    },
    store::{
        Now, Out,
        action::{CheckoutAction, SeatsAction},
        remote::Remote,
        tracked::Tracked,
    },
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
    /// The wanted seats that the program chose; the person chose all others by hand.
    pub house: Vec<SeatIx>,
    /// Seats that one key takes.
    pub offer: Option<Offer>,
    /// What the orphan rule says of the wanted seats.
    pub judged: Option<Judged>,
    pub live: Live,
    /// Where a range begins.
    pub anchor: Option<SeatIx>,
    pub typed: Option<Typed>,
    /// Earlier typed lines.
    past: Past,
    /// A mouse button that is down on a seat.
    pub drag: Option<Drag>,
    /// The list instead of the map.
    pub list: Option<List>,
    /// Whether somebody of this party needs the places kept for wheelchairs, once that has been asked.
    access: choose::Access,
    /// For each category of the plan, whether it has a price at this show.
    priced: Vec<bool>,
    /// Whether the show begins so soon that the places kept for wheelchairs are sold to everybody.
    begins_soon: bool,
    /// Wishes before the last changes, the latest at the end.
    history: Vec<choose::Wish>,
    /// Keys pressed before the states of the seats were known; they are done when those come.
    early: Vec<SeatsAction>,
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
    /// For each category its seats for everybody, by which it is decided when the others are released.
    pub ordinary: Vec<Ordinary>,
    /// Free places of each section.
    pub sections: Vec<SectionCount>,
    /// The floor in dots, where one is shown.
    pub picture: Option<Arc<Picture>>,
}

/// The seats of a category that are for sale, without wheelchair and companion places.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ordinary {
    pub all: u32,
    pub sold: u32,
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
    fn of(plan: &Plan, state: impl Fn(SeatIx) -> SeatState) -> Self {
        let categories = plan.chart.categories.len();
        let mut counts = Self {
            free: vec![0; categories],
            ordinary: vec![Ordinary::default(); categories],
            sections: vec![SectionCount::default(); plan.chart.sections.len()],
            ..Self::default()
        };
        for seat in plan.chart.indices() {
            counts.add(plan, seat, state(seat), 1);
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
        if matches!(seat.kind, SeatKind::Seat | SeatKind::Couch) && state != SeatState::Blocked {
            let ordinary = &mut self.ordinary[usize::from(seat.category)];
            ordinary.all = ordinary.all.saturating_add_signed(times);
            if state == SeatState::Sold {
                ordinary.sold = ordinary.sold.saturating_add_signed(times);
            }
        }
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

    /// The state of a seat as the server last told it; free while that is not known yet. A seat without a price is
    /// not for sale at this show.
    pub fn state(&self, seat: SeatIx) -> SeatState {
        // What nobody could tell is not free.
        let untold = if self.is_untold() { SeatState::Blocked } else { SeatState::Free };
        let told = self.states.value().map_or(untold, |(_, states)| states.get(seat.get()));
        self.plan().map_or(told, |plan| self.shown(plan, seat, told))
    }

    /// What a state of the server's means at this show.
    fn shown(&self, plan: &Plan, seat: SeatIx, told: SeatState) -> SeatState {
        let facts = plan.chart.seat(seat);
        if facts.kind == SeatKind::Blocked || !self.is_priced(usize::from(facts.category)) {
            SeatState::Blocked
        } else {
            told
        }
    }

    /// The state of a seat for the person with this hold: what they have is theirs to take again.
    pub fn state_for(&self, hold: &Holding, seat: SeatIx) -> SeatState {
        match self.state(seat) {
            SeatState::Held if hold.has(seat) => SeatState::Free,
            state => state,
        }
    }

    /// Whether a category, by index, has a price at this show.
    pub fn is_priced(&self, category: usize) -> bool {
        self.priced.get(category).copied().unwrap_or(true)
    }

    /// Whether the wheelchair and companion places of a category are for everybody: all its other seats are sold, or
    /// the show begins soon. What is held may come back. The box office decides by the same rule
    /// ([`seating::release`]).
    pub fn accessible(&self, category: usize) -> Accessible {
        match self.counts.ordinary.get(category) {
            _ if self.begins_soon => Accessible::Released,
            Some(Ordinary { all, sold }) if *all > 0 && all == sold => Accessible::Released,
            _ => Accessible::Kept,
        }
    }

    /// Which seats are in play for the person with this hold: see [`seating::in_play`].
    fn open_for<'a>(&'a self, plan: &'a Plan, hold: &Holding) -> impl Fn(SeatIx) -> bool + 'a {
        let mine = hold.mine();
        let categories = 0..plan.chart.categories.len();
        let accessible: Vec<Accessible> = categories.map(|category| self.accessible(category)).collect();
        move |seat| {
            let facts = plan.chart.seat(seat);
            let category = usize::from(facts.category);
            let state = match self.state(seat) {
                SeatState::Held if mine.contains(&seat) => SeatState::Free,
                state => state,
            };
            seating::in_play(facts, state, self.is_priced(category), accessible[category])
        }
    }

    /// Whether the box office was asked for the states of the seats and has not told them.
    pub fn is_untold(&self) -> bool {
        self.states.value().is_none() && self.states.failure().is_some()
    }

    /// Whether seats cannot be chosen yet, and yet soon.
    fn is_coming(&self) -> bool {
        self.states.value().is_none() && self.plan.failure().is_none() && self.states.failure().is_none()
    }
}

/// What the seat map needs of the rest of the state.
#[derive(Clone, Copy)]
pub struct Around<'a> {
    pub hold: &'a Holding,
    pub prefs: &'a Prefs,
    pub cinema: Option<&'a Cinema>,
    pub route: &'a Route,
    pub now: Now,
}

impl Around<'_> {
    /// How strict the cinema is about single seats that stay alone.
    fn orphan_rule(&self) -> OrphanMode {
        self.cinema.map(|cinema| cinema.orphan_rule).unwrap_or_default()
    }
}

/// The names of seats, those of general admission by their number: `F7-F8, Pit x 3`.
pub fn names(plan: &Plan, seats: &[SeatIx], times: &str) -> String {
    let (standing, seated): (Vec<SeatIx>, Vec<SeatIx>) = seats.iter().partition(|seat| plan.chart.is_standing(**seat));
    let mut words = Vec::new();
    if !seated.is_empty() {
        words.push(plan.labels(&seated));
    }
    let mut sections: Vec<u16> = standing.iter().map(|seat| plan.chart.row_of(*seat).section).collect();
    sections.sort_unstable();
    for section in sections.chunk_by(|a, b| a == b) {
        let name = &plan.chart.sections[usize::from(section[0])].name;
        words.push(format!("{name} {times} {}", section.len()));
    }
    words.join(", ")
}

pub fn reduce(
    seats: &mut Tracked<Seats>,
    around: Around<'_>,
    requests: &mut Requests<'_>,
    action: &SeatsAction,
    out: &mut Out,
) {
    if is_choice(action) && seats.is_coming() {
        return load::remember(seats, action);
    }
    if is_beyond(seats, action) {
        return;
    }
    // An offer stands until something else is done.
    let offer = if is_choice(action) && seats.offer.is_some() { seats.offer.take() } else { None };
    let (hold, size) = (around.hold, around.prefs.size);
    match action {
        SeatsAction::Enter(show) => load::enter(seats, show, &around, requests, out),
        SeatsAction::Leave => {
            live::stop(seats, out);
            **seats = Seats { plan: std::mem::take(&mut seats.plan), ..Seats::default() };
        }
        SeatsAction::Shown => live::shown(seats, &around, requests, out),
        SeatsAction::Look => live::look(seats, &around, requests, out),
        SeatsAction::Hidden => live::stop(seats, out),
        SeatsAction::Reconnected => load::reconnected(seats, &around, requests, out),
        SeatsAction::PlanLoaded(req, result) => load::plan_loaded(seats, &around, requests, *req, result, out),
        SeatsAction::StatesLoaded(req, result) => load::states_loaded(seats, &around, *req, result, out),
        SeatsAction::ShowChanged(show) => load::show_changed(seats, show, &around, requests, out),
        SeatsAction::News(req, news) => live::news(seats, &around, *req, news, out),
        SeatsAction::NewsLost(req, why) => return live::lost(seats, &around, *req, why, out),
        SeatsAction::Known(states) => return live::known(seats, states),
        SeatsAction::Taken(lost) => live::taken(seats, &around, requests, lost, out),
        SeatsAction::Wished => return judge::wished(seats, &around),
        SeatsAction::Refresh => load::refresh(seats, &around, requests, out),
        SeatsAction::Step(step) => view::step(seats, *step, size),
        SeatsAction::Point(seat) => seats.cursor = *seat,
        SeatsAction::Area(section) if is_overview(seats, size) => view::point_at_section(seats, *section, size),
        SeatsAction::Area(section) => seek::in_section(seats, &around, *section, out),
        SeatsAction::Jump { line, col } => view::jump(seats, *line, *col),
        SeatsAction::Mirror => seats.mirrored = !seats.mirrored,
        SeatsAction::Toggle | SeatsAction::Range if is_overview(seats, size) => view::show_seats(seats, size),
        SeatsAction::Toggle => choose::toggle(seats, &around, seats.cursor, out),
        SeatsAction::ToggleSeat(seat) => {
            seats.cursor = *seat;
            choose::toggle(seats, &around, *seat, out);
        }
        SeatsAction::Press(seat) => drag::press(seats, &around, *seat, out),
        SeatsAction::DragTo(seat) => drag::drag_to(seats, &around, *seat, out),
        SeatsAction::EndDrag => seats.drag = None,
        SeatsAction::TakePlaces { section, count } => choose::take_places(seats, &around, *section, *count, out),
        SeatsAction::BestInRow(line) => seek::in_row(seats, hold, *line, out),
        SeatsAction::Range => choose::range(seats, &around, out),
        SeatsAction::DropLast => choose::drop_last(seats, hold, out),
        SeatsAction::Clear => choose::want(seats, hold, Vec::new(), out),
        SeatsAction::Undo => choose::undo(seats, hold, out),
        SeatsAction::Fix => judge::fix(seats, hold, out),
        SeatsAction::Again => again::again(seats, hold, out),
        SeatsAction::Accessible(reply) => choose::answered(seats, hold, *reply, out),
        SeatsAction::Party(party) if seats.list.is_some() => list::set_party(seats, *party),
        SeatsAction::Party(party) => propose::party(seats, &around, *party, offer, out),
        SeatsAction::Alternative(turn) => propose::alternative(seats, &around, *turn, out),
        SeatsAction::Best if hold.wanted().is_empty() => travel::best(seats, hold),
        SeatsAction::Best => propose::best(seats, &around, out),
        SeatsAction::NextFree => travel::next_free(seats, hold, out),
        SeatsAction::Section(turn) => travel::section(seats, hold, *turn, out),
        SeatsAction::Go => match offer {
            _ if seats.typed.is_some() => {
                typed::submit(seats, &around, out);
                view::follow(seats, &SeatsAction::SubmitTyped, size);
            }
            Some(offer) => propose::take_offer(seats, hold, offer, out),
            None if seats.list.is_some() => list::go(seats, &around, out),
            None if hold.wanted().is_empty() && is_overview(seats, size) => view::show_seats(seats, size),
            None if hold.wanted().is_empty() => choose::toggle(seats, &around, seats.cursor, out),
            None => out.then(CheckoutAction::Open),
        },
        SeatsAction::Zoom(zoom) => view::zoomed(seats, *zoom, size),
        SeatsAction::Level(turn) => view::turn_level(seats, *turn),
        SeatsAction::Scroll { lines, cols } => {
            seats.origin.0 = seats.origin.0.saturating_add_signed(*lines);
            seats.origin.1 = seats.origin.1.saturating_add_signed(*cols);
            view::clamp_origin(seats, size);
            return;
        }
        SeatsAction::OpenTyped => typed::open(seats, ""),
        SeatsAction::TypeFrom(text) => typed::open(seats, text),
        SeatsAction::TypeIn(text) => {
            typed::open(seats, "");
            typed::paste(seats, text);
            typed::submit(seats, &around, out);
        }
        SeatsAction::Typed(request) => typed::edit(seats, *request),
        SeatsAction::TypedPaste(text) => typed::paste(seats, text),
        SeatsAction::TypedPast(turn) => typed::past(seats, *turn),
        SeatsAction::TypedComplete => typed::complete(seats),
        SeatsAction::SubmitTyped => typed::submit(seats, &around, out),
        SeatsAction::CloseTyped => seats.typed = None,
        SeatsAction::List => list::turn(seats),
        SeatsAction::ListStep(step) => list::step(seats, hold, *step),
        SeatsAction::ListOpen(line) => list::open(seats, &around, *line, out),
        SeatsAction::ListBack => list::back(seats, out),
    }
    view::follow(seats, action, size);
    keep_cursor_in_view(seats, size);
}

/// A deadline has come.
pub fn tick(seats: &mut Tracked<Seats>, around: Around<'_>, requests: &mut Requests<'_>, out: &mut Out) {
    live::tick(seats, &around, requests, out);
}

/// Whether the mouse hit a seat of another plan: of the picture before the one that is drawn next.
fn is_beyond(seats: &Seats, action: &SeatsAction) -> bool {
    let seat = match action {
        SeatsAction::Point(seat)
        | SeatsAction::ToggleSeat(seat)
        | SeatsAction::Press(seat)
        | SeatsAction::DragTo(seat) => seat.get(),
        _ => return false,
    };
    seats.plan().is_none_or(|plan| seat >= plan.chart.seats.len())
}

/// Whether the person moves or chooses: that needs the states of the seats, and ends an offer.
pub(super) fn is_choice(action: &SeatsAction) -> bool {
    matches!(
        action,
        SeatsAction::Step(_)
            | SeatsAction::Point(_)
            | SeatsAction::Toggle
            | SeatsAction::ToggleSeat(_)
            | SeatsAction::Press(_)
            | SeatsAction::BestInRow(_)
            | SeatsAction::Area(_)
            | SeatsAction::TakePlaces { .. }
            | SeatsAction::Range
            | SeatsAction::DropLast
            | SeatsAction::Clear
            | SeatsAction::Undo
            | SeatsAction::Fix
            | SeatsAction::Again
            | SeatsAction::Party(_)
            | SeatsAction::Alternative(_)
            | SeatsAction::Best
            | SeatsAction::NextFree
            | SeatsAction::Section(_)
            | SeatsAction::Jump { .. }
            | SeatsAction::Go
            | SeatsAction::Level(_)
            | SeatsAction::TypeIn(_)
            | SeatsAction::SubmitTyped
            | SeatsAction::List
            | SeatsAction::ListStep(_)
            | SeatsAction::ListOpen(_)
    )
}
