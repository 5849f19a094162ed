//! Choosing: seat by seat, ranges, and the best seats together.

use super::{Proposed, Seats};
use crate::{
    domain::{ids::SeatIx, seating::best, show::SeatState},
    store::{
        Out,
        action::{HoldAction, Tone, Turn},
        slices::{hold::Holding, notice::say},
        tracked::Tracked,
    },
};

/// How many proposals `n` goes through.
pub(super) const PROPOSALS: usize = 10;

pub(super) fn wanted(hold: &Holding) -> Vec<SeatIx> {
    hold.wanted().iter().map(|p| p.ix).collect()
}

pub(super) fn want(seats: &Seats, wanted: Vec<SeatIx>, out: &mut Out) {
    if let (Some(show), Some(plan)) = (&seats.show, seats.plan()) {
        out.then(HoldAction::Want { show: show.id.clone(), plan: plan.clone(), seats: wanted });
    }
}

/// Both halves of a couch are one unit.
pub(super) fn same_couch(seats: &Seats, a: SeatIx, b: SeatIx) -> bool {
    let couch = |s: SeatIx| seats.plan().and_then(|p| p.chart.seat(s).couch);
    a == b || couch(a).is_some() && couch(a) == couch(b)
}

/// The seat with its other half.
pub(super) fn unit(seats: &Seats, seat: SeatIx) -> Vec<SeatIx> {
    let Some(plan) = seats.plan() else { return vec![seat] };
    let row = plan.chart.row_of(seat).seats.clone();
    row.map(SeatIx).filter(|s| same_couch(seats, *s, seat)).collect()
}

/// Why a seat cannot be chosen, in words.
pub(super) fn refusal(seats: &Seats, hold: &Holding, seat: SeatIx) -> Option<String> {
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

pub(super) fn toggle(seats: &mut Tracked<Seats>, hold: &Holding, seat: SeatIx, out: &mut Out) {
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
pub(super) fn range(seats: &mut Tracked<Seats>, hold: &Holding, out: &mut Out) {
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
pub(super) fn propose(seats: &mut Tracked<Seats>, hold: &Holding, party: u8, out: &mut Out) {
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

pub(super) fn alternative(seats: &mut Tracked<Seats>, hold: &Holding, turn: Turn, out: &mut Out) {
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

pub(super) fn take_proposal(seats: &mut Tracked<Seats>, mut proposed: Proposed, out: &mut Out) {
    let block = proposed.blocks[proposed.at].clone();
    let level = seats.plan().map_or(0, |p| p.level_of(block.seats[0]));
    seats.cursor = block.seats[0];
    seats.level = level;
    seats.anchor = None;
    proposed.cursor = seats.cursor;
    seats.proposed = Some(proposed);
    want(seats, block.seats, out);
}
