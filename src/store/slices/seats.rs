//! The seat map: where the cursor is, what is shown, what is proposed. What is *wanted* is in the hold slice.

use super::{Requests, catalog::report_link, hold::Holding, notice::say, prefs::Prefs};
use crate::{
    domain::{
        chart::{SeatKind, grid::Grid, plan::Plan},
        ids::SeatIx,
        seating::{
            best::{self, Block},
            spec,
        },
        show::{SeatState, SeatStates, Show},
    },
    store::{
        Now, Out,
        action::{HoldAction, SeatsAction, Tone, Turn, Zoom},
        effect::Effect,
        remote::Remote,
        state::Size,
        tracked::Tracked,
    },
};
use std::sync::Arc;
use tui_input::Input;

/// How many proposals `n` goes through.
const PROPOSALS: usize = 10;
/// The cursor stays this far from the edge of a map that is scrolled.
const MARGIN: u32 = 2;

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
            (SeatKind::Seat | SeatKind::Couch, _) => &mut self.free[usize::from(seat.category)],
        };
        *place = place.saturating_add_signed(times);
    }
}

/// Columns a seat: the levels Z2, Z3 and Z4.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scale {
    Compact = 1,
    Normal = 2,
    Label = 4,
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

/// The cells that the map may use on a screen of this size, without row labels. The screen draws by the same sizes.
pub fn map_size(size: Size) -> (u32, u32) {
    let panel = panel_width(size);
    let width = size.width.saturating_sub(if panel > 0 { panel + 1 } else { 0 }).saturating_sub(2 * LABEL_WIDTH);
    let above = if size.height >= 24 { 4 } else { 2 };
    let below = match (panel > 0, size.height) {
        (true, ..28) => 4,
        (true, _) => 5,
        (false, _) => 6,
    };
    (u32::from(width.max(1)), u32::from(size.height.saturating_sub(above + below).max(1)))
}

/// Columns on each side of the map for the row labels.
pub const LABEL_WIDTH: u16 = 3;

/// The width of the side panel; 0 where there is no room and it becomes lines below the map.
pub fn panel_width(size: Size) -> u16 {
    match size.width {
        100.. => 24,
        76.. => 18,
        _ => 0,
    }
}

/// The scale at which a grid is drawn: the chosen one, else the largest that fits.
pub fn scale(seats: &Seats, grid: &Grid, size: Size) -> Scale {
    let (width, _) = map_size(size);
    let fits = |scale: Scale| grid.cols * (scale as u32) <= width;
    seats.zoom.unwrap_or(match () {
        () if fits(Scale::Label) => Scale::Label,
        () if fits(Scale::Normal) => Scale::Normal,
        () => Scale::Compact,
    })
}

/// Screen lines a grid line: two where seats are wide and there is room.
pub fn line_pitch(grid: &Grid, scale: Scale, size: Size) -> u32 {
    let (_, height) = map_size(size);
    if scale == Scale::Label && grid.lines.len() as u32 * 2 <= height + 1 { 2 } else { 1 }
}

/// Scrolls so that the cursor can be seen, with a margin, and no further than the grid's end.
pub fn keep_cursor_in_view(seats: &mut Tracked<Seats>, size: Size) {
    let Some(grid) = seats.grid() else { return };
    let Some((line, col)) = grid.position(seats.cursor) else { return };
    let (width, height) = map_size(size);
    let scale = scale(seats, grid, size);
    let (cols, lines) = (width / scale as u32, height / line_pitch(grid, scale, size));
    let origin = (
        scrolled(seats.origin.0, line, lines, grid.lines.len() as u32),
        scrolled(seats.origin.1, col, cols, grid.cols),
    );
    if origin != seats.origin {
        seats.origin = origin;
    }
}

fn scrolled(origin: u32, at: u32, shown: u32, all: u32) -> u32 {
    if all <= shown {
        return 0;
    }
    let margin = MARGIN.min(shown.saturating_sub(1) / 2);
    let lowest = (at + margin + 1).saturating_sub(shown);
    let highest = at.saturating_sub(margin);
    origin.clamp(lowest.min(highest), highest).min(all - shown)
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
        SeatsAction::Enter(show) => enter(seats, show, now, requests, out),
        SeatsAction::Leave => **seats = Seats { plan: std::mem::take(&mut seats.plan), ..Seats::default() },
        SeatsAction::PlanLoaded(req, result) => {
            if seats.plan.settle(*req, now.mono_ms, result.clone()) {
                report_link(result.as_ref().err(), out);
                begin_at_best(seats);
                load_states(seats, now, requests, out);
            }
        }
        SeatsAction::StatesLoaded(req, result) => states_loaded(seats, now, *req, result, out),
        SeatsAction::Refresh => match &seats.show {
            Some(show) if seats.plan.value().is_none() => {
                let show = show.clone();
                enter(seats, &show, now, requests, out);
            }
            Some(_) => load_states(seats, now, requests, out),
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
        SeatsAction::Toggle => toggle(seats, hold, seats.cursor, out),
        SeatsAction::ToggleSeat(seat) => {
            seats.cursor = *seat;
            toggle(seats, hold, *seat, out);
        }
        SeatsAction::Range => range(seats, hold, out),
        SeatsAction::DropLast => {
            let mut wanted = wanted(hold);
            if let Some(last) = wanted.pop() {
                wanted.retain(|s| !same_couch(seats, *s, last));
                want(seats, wanted, out);
            }
        }
        SeatsAction::Clear => want(seats, Vec::new(), out),
        SeatsAction::Party(party) => propose(seats, hold, *party, out),
        SeatsAction::Alternative(turn) => alternative(seats, hold, *turn, out),
        SeatsAction::Best => propose(seats, hold, wanted(hold).len().clamp(1, 20) as u8, out),
        SeatsAction::NextFree => next_free(seats),
        SeatsAction::Zoom(zoom) => zoomed(seats, *zoom, prefs.size),
        SeatsAction::Level(turn) => turn_level(seats, *turn),
        SeatsAction::Scroll { lines, cols } => {
            seats.origin.0 = seats.origin.0.saturating_add_signed(*lines);
            seats.origin.1 = seats.origin.1.saturating_add_signed(*cols);
            clamp_origin(seats, prefs.size);
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
        SeatsAction::SubmitTyped => submit_typed(seats, hold, out),
        SeatsAction::CloseTyped => seats.typed = None,
    }
    keep_cursor_in_view(seats, prefs.size);
}

fn enter(seats: &mut Tracked<Seats>, show: &Show, now: Now, requests: &mut Requests<'_>, out: &mut Out) {
    let known = seats.plan().filter(|p| p.hash == show.chart).cloned();
    **seats = Seats { show: Some(show.clone()), ..Seats::default() };
    match known {
        Some(plan) => {
            seats.plan.set(plan, now.mono_ms);
            begin_at_best(seats);
            load_states(seats, now, requests, out);
        }
        None => {
            let req = requests.number();
            seats.plan.begin(req, now.mono_ms);
            out.effect(Effect::LoadPlan(req, show.chart.clone()));
        }
    }
}

fn load_states(seats: &mut Tracked<Seats>, now: Now, requests: &mut Requests<'_>, out: &mut Out) {
    let (Some(show), Some(plan)) = (&seats.show, seats.plan()) else { return };
    let effect = Effect::LoadStates {
        req: requests.number(),
        show: show.id.clone(),
        count: plan.chart.seats.len(),
        known: seats.states.value().map(|(etag, _)| etag.clone()),
    };
    if let Effect::LoadStates { req, .. } = &effect {
        seats.states.begin(*req, now.mono_ms);
    }
    out.effect(effect);
}

fn states_loaded(
    seats: &mut Tracked<Seats>,
    now: Now,
    req: u64,
    result: &Result<Option<(String, SeatStates)>, crate::domain::failure::Failure>,
    out: &mut Out,
) {
    let first = seats.states.value().is_none();
    let result = match result {
        Ok(Some(new)) => Ok(new.clone()),
        Ok(None) => Ok(seats.states.value().cloned().unwrap_or_default()),
        Err(why) => Err(why.clone()),
    };
    let failed = result.as_ref().err().cloned();
    if seats.states.settle(req, now.mono_ms, result) {
        report_link(failed.as_ref(), out);
        if let (Some(plan), Some((_, states))) = (seats.plan(), seats.states.value()) {
            seats.counts = Counts::of(plan, states);
        }
        if first && failed.is_none() {
            begin_at_best(seats);
        }
    }
}

/// Puts the cursor on the best free seat, so that Enter at once is a good choice.
fn begin_at_best(seats: &mut Tracked<Seats>) {
    let Some(plan) = seats.plan().cloned() else { return };
    let open = |seat: SeatIx| seats.state(seat) == SeatState::Free;
    let blocks = best::blocks(&plan.chart, &plan.geometry, &open, 1, 1);
    let cursor = blocks.first().map(|b| b.seats[0]).unwrap_or_default();
    seats.cursor = cursor;
    seats.level = if plan.chart.seats.is_empty() { 0 } else { plan.level_of(cursor) };
    seats.origin = (0, 0);
}

fn wanted(hold: &Holding) -> Vec<SeatIx> {
    hold.wanted().iter().map(|p| p.ix).collect()
}

fn want(seats: &Seats, wanted: Vec<SeatIx>, out: &mut Out) {
    if let (Some(show), Some(plan)) = (&seats.show, seats.plan()) {
        out.then(HoldAction::Want { show: show.id.clone(), plan: plan.clone(), seats: wanted });
    }
}

/// Both halves of a couch are one unit.
fn same_couch(seats: &Seats, a: SeatIx, b: SeatIx) -> bool {
    let couch = |s: SeatIx| seats.plan().and_then(|p| p.chart.seat(s).couch);
    a == b || couch(a).is_some() && couch(a) == couch(b)
}

/// The seat with its other half.
fn unit(seats: &Seats, seat: SeatIx) -> Vec<SeatIx> {
    let Some(plan) = seats.plan() else { return vec![seat] };
    let row = plan.chart.row_of(seat).seats.clone();
    row.map(SeatIx).filter(|s| same_couch(seats, *s, seat)).collect()
}

/// Why a seat cannot be chosen, in words.
fn refusal(seats: &Seats, hold: &Holding, seat: SeatIx) -> Option<String> {
    if hold.wanted().iter().any(|p| p.ix == seat) {
        return None;
    }
    let plan = seats.plan()?;
    let label = plan.label(seat);
    match seats.state(seat) {
        SeatState::Free => None,
        SeatState::Held => Some(format!("{label} is held by someone else.")),
        SeatState::Sold => Some(format!("{label} is sold.")),
        SeatState::Blocked => Some(format!("{label} is not for sale.")),
    }
}

fn toggle(seats: &mut Tracked<Seats>, hold: &Holding, seat: SeatIx, out: &mut Out) {
    let unit = unit(seats, seat);
    let mut wanted = wanted(hold);
    if wanted.contains(&seat) {
        wanted.retain(|s| !unit.contains(s));
    } else if let Some(why) = unit.iter().find_map(|s| refusal(seats, hold, *s)) {
        out.then(say(Tone::Info, why));
        return;
    } else {
        wanted.extend(unit.into_iter().filter(|s| !hold.wanted().iter().any(|p| p.ix == *s)));
    }
    want(seats, wanted, out);
}

/// The first `v` sets the anchor; the second takes all free seats from there to the cursor.
fn range(seats: &mut Tracked<Seats>, hold: &Holding, out: &mut Out) {
    let Some(anchor) = seats.anchor.take() else {
        seats.anchor = Some(seats.cursor);
        out.then(say(Tone::Info, "Range: move to its other end and press v again."));
        return;
    };
    let Some(grid) = seats.grid() else { return };
    let (Some((line, from)), Some((to_line, to))) = (grid.position(anchor), grid.position(seats.cursor)) else {
        return;
    };
    if line != to_line {
        out.then(say(Tone::Info, "A range stays within one row."));
        return;
    }
    let span = from.min(to)..=from.max(to);
    let mut all = wanted(hold);
    for (_, seat) in grid.lines[line as usize].seats.iter().filter(|(col, _)| span.contains(col)) {
        for half in unit(seats, *seat) {
            if !all.contains(&half) && refusal(seats, hold, half).is_none() {
                all.push(half);
            }
        }
    }
    want(seats, all, out);
}

/// Proposes the best block for a party, and wants it at once. The same digit again with the cursor moved means a
/// block at the cursor.
fn propose(seats: &mut Tracked<Seats>, hold: &Holding, party: u8, out: &mut Out) {
    let Some(plan) = seats.plan().cloned() else { return };
    let mine = wanted(hold);
    let open = |seat: SeatIx| seats.state(seat) == SeatState::Free || mine.contains(&seat);
    let here = seats.proposed.as_ref().is_some_and(|p| p.party == party && p.cursor != seats.cursor);
    let blocks = if here {
        let cursor = seats.cursor;
        best::block_at(&plan.chart, &plan.geometry, &open, usize::from(party), cursor).into_iter().collect()
    } else {
        best::blocks(&plan.chart, &plan.geometry, &open, usize::from(party), PROPOSALS)
    };
    if blocks.is_empty() {
        let place = if here { "in this row" } else { "in this hall" };
        let text = format!("No {party} free seats beside each other {place}. Try a smaller party, or choose by hand.");
        out.then(say(Tone::Info, text));
        return;
    }
    take_proposal(seats, Proposed { party, blocks, at: 0, cursor: seats.cursor }, out);
}

fn alternative(seats: &mut Tracked<Seats>, hold: &Holding, turn: Turn, out: &mut Out) {
    let Some(mut proposed) = seats.proposed.clone() else {
        propose(seats, hold, wanted(hold).len().clamp(1, 20) as u8, out);
        return;
    };
    let count = proposed.blocks.len();
    proposed.at = match turn {
        Turn::Next => (proposed.at + 1) % count,
        Turn::Previous => (proposed.at + count - 1) % count,
    };
    if count == 1 {
        out.then(say(Tone::Info, "There is no other block for this party."));
    }
    take_proposal(seats, proposed, out);
}

fn take_proposal(seats: &mut Tracked<Seats>, mut proposed: Proposed, out: &mut Out) {
    let block = proposed.blocks[proposed.at].clone();
    let level = seats.plan().map_or(0, |p| p.level_of(block.seats[0]));
    seats.cursor = block.seats[0];
    seats.level = level;
    seats.anchor = None;
    proposed.cursor = seats.cursor;
    seats.proposed = Some(proposed);
    want(seats, block.seats, out);
}

/// The next free seat in chart order, round the end.
fn next_free(seats: &mut Tracked<Seats>) {
    let Some(plan) = seats.plan() else { return };
    let count = plan.chart.seats.len();
    let after = (1..=count).map(|step| SeatIx::at((seats.cursor.get() + step) % count));
    // The first seat of the next free run, not the next seat of this one.
    let is_start = |s: &SeatIx| {
        seats.state(*s) == SeatState::Free
            && plan.geometry.left(*s).is_none_or(|left| seats.state(left) != SeatState::Free)
    };
    if let Some(next) = after.into_iter().find(is_start) {
        let level = plan.level_of(next);
        seats.cursor = next;
        seats.level = level;
    }
}

fn zoomed(seats: &mut Tracked<Seats>, zoom: Zoom, size: Size) {
    let Some(grid) = seats.grid() else { return };
    let now = scale(seats, grid, size);
    seats.zoom = match (zoom, now) {
        (Zoom::Auto, _) => None,
        (Zoom::In, Scale::Compact) => Some(Scale::Normal),
        (Zoom::In, _) => Some(Scale::Label),
        (Zoom::Out, Scale::Label) => Some(Scale::Normal),
        (Zoom::Out, _) => Some(Scale::Compact),
    };
}

fn turn_level(seats: &mut Tracked<Seats>, turn: Turn) {
    let Some(plan) = seats.plan().cloned() else { return };
    let count = plan.grids.len();
    let level = match turn {
        Turn::Next => (seats.level + 1) % count,
        Turn::Previous => (seats.level + count - 1) % count,
    };
    // To the middle of the level's first row: a place that is always there.
    let first = plan.grids[level].lines.iter().find(|l| !l.seats.is_empty());
    if let Some(line) = first.filter(|_| level != seats.level) {
        seats.level = level;
        seats.cursor = line.seats[line.seats.len() / 2].1;
        seats.origin = (0, 0);
    }
}

fn clamp_origin(seats: &mut Tracked<Seats>, size: Size) {
    let Some(grid) = seats.grid() else { return };
    let (width, height) = map_size(size);
    let scale = scale(seats, grid, size);
    let lines = (grid.lines.len() as u32).saturating_sub(height / line_pitch(grid, scale, size));
    let cols = grid.cols.saturating_sub(width / scale as u32);
    seats.origin = (seats.origin.0.min(lines), seats.origin.1.min(cols));
}

fn submit_typed(seats: &mut Tracked<Seats>, hold: &Holding, out: &mut Out) {
    let (Some(plan), Some(typed)) = (seats.plan().cloned(), seats.typed.clone()) else { return };
    let text = typed.input.value().trim();
    if text.is_empty() {
        seats.typed = None;
        return;
    }
    let outcome = spec::parse_on(&plan.chart, &plan.geometry, seats.level as u16, text)
        .map_err(|e| e.to_string())
        .and_then(|named| {
            let refused: Vec<String> = named.iter().filter_map(|s| refusal(seats, hold, *s)).collect();
            if refused.is_empty() { Ok(named) } else { Err(refused.join(" ")) }
        });
    match outcome {
        Ok(named) => {
            let mut all = wanted(hold);
            for seat in named.iter().flat_map(|s| unit(seats, *s)) {
                if !all.contains(&seat) {
                    all.push(seat);
                }
            }
            seats.typed = None;
            seats.cursor = named[0];
            seats.level = plan.level_of(named[0]);
            want(seats, all, out);
        }
        Err(why) => {
            if let Some(typed) = &mut seats.typed {
                typed.error = Some(why);
            }
        }
    }
}
