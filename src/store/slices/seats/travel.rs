//! Getting about the hall by more than one step: to the next free block, from section to section, to the best seat.

use super::Seats;
use crate::{
    domain::{
        ids::SeatIx,
        seating::best::{Ask, propose},
        show::SeatState,
    },
    store::{
        Out,
        action::{Tone, Turn},
        slices::{hold::Holding, notice::say},
        tracked::Tracked,
    },
};

impl Seats {
    /// The party that is being seated: the digit that was last used, else one.
    pub fn party(&self) -> u8 {
        self.proposed.as_ref().map_or(1, |p| p.party).max(1)
    }
}

/// Puts the cursor on a seat of any level.
pub(super) fn go_to(seats: &mut Tracked<Seats>, seat: SeatIx) {
    let Some(level) = seats.plan().map(|p| p.level_of(seat)) else { return };
    seats.cursor = seat;
    seats.level = level;
}

/// To the best free seat of the hall; nothing is chosen.
pub(super) fn best(seats: &mut Tracked<Seats>, hold: &Holding) {
    let best = best_of(seats, hold, &|_| true);
    if let Some(seat) = best {
        go_to(seats, seat);
    }
}

/// The best free seat of those that suit.
fn best_of(seats: &Seats, hold: &Holding, suits: &dyn Fn(SeatIx) -> bool) -> Option<SeatIx> {
    let plan = seats.plan()?;
    let ask = Ask { suits, ..Ask::of(1) };
    propose(plan.hall(), &seats.open_for(plan, hold), &ask, 1).first().map(|proposal| proposal.seats[0])
}

/// The next place in chart order, round the end, at which a free block begins that fits the party.
pub(super) fn next_free(seats: &mut Tracked<Seats>, hold: &Holding, out: &mut Out) {
    let Some(plan) = seats.plan().cloned() else { return };
    let is_mine = |seat: SeatIx| hold.wanted().iter().any(|p| p.ix == seat);
    let is_free = |seat: SeatIx| {
        !plan.chart.is_standing(seat) && seats.state_for(hold, seat) == SeatState::Free && !is_mine(seat)
    };
    let party = seats.party();
    let begins = |seat: &SeatIx| {
        let first = is_free(*seat) && plan.geometry.left(*seat).is_none_or(|left| !is_free(left));
        let mut last = Some(*seat);
        first
            && (1..party).all(|_| {
                last = last.and_then(|seat| plan.geometry.right(seat)).filter(|seat| is_free(*seat));
                last.is_some()
            })
    };
    let count = plan.chart.seats.len();
    let next = (1..=count).map(|step| SeatIx::at((seats.cursor.get() + step) % count)).find(begins);
    match next {
        Some(seat) => go_to(seats, seat),
        None => out.then(say(Tone::Info, format!("No {party} free seats are beside each other anywhere."))),
    }
}

/// To the best free seat of the previous or next section, else to the middle of it.
pub(super) fn section(seats: &mut Tracked<Seats>, hold: &Holding, turn: Turn, out: &mut Out) {
    let Some(plan) = seats.plan().cloned() else { return };
    let chart = &plan.chart;
    if plan.tour.is_empty() {
        return;
    }
    let sections = &plan.tour;
    let now = chart.row_of(seats.cursor).section;
    let at = sections.iter().position(|s| *s == now).unwrap_or(0);
    let count = sections.len();
    let to = match turn {
        Turn::Next => sections[(at + 1) % count],
        Turn::Previous => sections[(at + count - 1) % count],
    };
    if to == now {
        out.then(say(Tone::Info, "This hall has one section."));
        return;
    }
    let inside = |seat: SeatIx| chart.row_of(seat).section == to;
    let best = best_of(seats, hold, &inside);
    let rows = chart.rows.iter().filter(|row| row.section == to);
    let mut all = rows.flat_map(|row| row.seats.clone().map(SeatIx));
    let free = || all.find(|seat| seats.state_for(hold, *seat) == SeatState::Free);
    let Some(seat) = best.or_else(free).or(plan.sections[usize::from(to)].door) else { return };
    go_to(seats, seat);
    out.then(say(Tone::Info, format!("{}.", chart.section_of(seats.cursor).name)));
}
