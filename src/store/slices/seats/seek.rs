//! The best seats for the party in a part of the hall that was pointed at.

use super::{
    Proposed, Seats,
    choose::{PROPOSALS, take_proposal, toggle, wanted},
    travel::go_to,
};
use crate::{
    domain::{
        ids::SeatIx,
        seating::best::{self, Ask},
        show::SeatState,
    },
    store::{
        Out,
        action::Tone,
        slices::{hold::Holding, notice::say},
        tracked::Tracked,
    },
};

/// The best seats for the party in a line of the grid.
pub(super) fn in_row(seats: &mut Tracked<Seats>, hold: &Holding, line: u32, out: &mut Out) {
    let Some(line) = seats.grid().and_then(|grid| grid.lines.get(line as usize)).cloned() else { return };
    let inside = |seat: SeatIx| line.seats.iter().any(|(_, other)| *other == seat);
    let party = seats.party();
    propose(seats, hold, party, &inside, &format!("in row {}", line.label), out);
}

/// The best seats for the party in a section; of one person, the next place of it.
pub(super) fn in_section(seats: &mut Tracked<Seats>, hold: &Holding, section: u16, out: &mut Out) {
    let Some(plan) = seats.plan().cloned() else { return };
    let Some(name) = plan.chart.sections.get(usize::from(section)).map(|s| s.name.clone()) else { return };
    let inside = |seat: SeatIx| plan.chart.row_of(seat).section == section;
    let mine = wanted(hold);
    let free = |seat: &SeatIx| inside(*seat) && seats.state(*seat) == SeatState::Free && !mine.contains(seat);
    let party = seats.party();
    let standing: Vec<SeatIx> = plan.chart.indices().filter(|s| plan.chart.is_standing(*s) && free(s)).collect();
    match standing.first() {
        Some(place) => {
            go_to(seats, *place);
            toggle(seats, hold, *place, out);
        }
        None => propose(seats, hold, party, &inside, &format!("in {name}"), out),
    }
}

/// Proposes the best of the seats that suit, and wants them at once.
pub(super) fn propose(
    seats: &mut Tracked<Seats>,
    hold: &Holding,
    party: u8,
    suits: &dyn Fn(SeatIx) -> bool,
    place: &str,
    out: &mut Out,
) {
    let Some(plan) = seats.plan().cloned() else { return };
    let mine = wanted(hold);
    let open = |seat: SeatIx| seats.state(seat) == SeatState::Free || mine.contains(&seat);
    let ask = Ask { suits, ..Ask::of(usize::from(party)) };
    let found = best::propose(plan.hall(), &open, &ask, PROPOSALS);
    if found.is_empty() {
        let what =
            if party == 1 { "No seat is free".to_owned() } else { format!("No {party} seats are free together") };
        out.then(say(Tone::Info, format!("{what} {place}.")));
        return;
    }
    let blocks = found
        .into_iter()
        .map(|p| best::Block { seats: p.seats, cost: p.cost, tidy: p.rung == best::Rung::L1 })
        .collect();
    let cursor = seats.cursor;
    take_proposal(seats, Proposed { party, blocks, at: 0, cursor }, out);
}
