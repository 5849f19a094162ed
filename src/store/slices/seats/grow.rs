//! A party that grows or shrinks: seats beside those that it has if possible, else the program moves what it chose
//! itself. A seat that the person chose by hand is never moved, and goes last.

use crate::domain::{
    ids::SeatIx,
    seating::best::{self, Ask, Hall, Rung, propose, propose_at},
};

/// What a party has, and what it can have.
pub(super) struct Party<'a> {
    pub wanted: &'a [SeatIx],
    pub by_hand: &'a [SeatIx],
    /// The seats in play, those that the party has included.
    pub open: &'a dyn Fn(SeatIx) -> bool,
}

/// Seats for a party of another size, or `None` if there are none near each other.
pub(super) fn resized(hall: Hall<'_>, party: &Party<'_>, size: usize) -> Option<Vec<SeatIx>> {
    if size < party.wanted.len() { Some(reduced(hall, party, size)) } else { grown(hall, party, size) }
}

fn grown(hall: Hall<'_>, party: &Party<'_>, size: usize) -> Option<Vec<SeatIx>> {
    let Party { wanted, by_hand, open } = *party;
    let beside = |kept: &[SeatIx]| {
        let proposal =
            if hall.chart.is_standing(*kept.first()?) { None } else { best::grow(hall, open, kept, &Ask::of(size)) };
        proposal.map(|proposal| proposal.seats)
    };
    beside(wanted).or_else(|| match by_hand.first() {
        None => propose(hall, open, &Ask::of(size), 1).into_iter().next().map(|proposal| proposal.seats),
        Some(near) => beside(by_hand).or_else(|| {
            // Across an aisle or in two rows, around what was chosen by hand.
            let around = propose_at(hall, open, &Ask::of(size), *near);
            if let Some(around) = around.filter(|around| by_hand.iter().all(|seat| around.seats.contains(seat))) {
                return Some(around.seats);
            }
            let others = |seat: SeatIx| !by_hand.contains(&seat);
            let ask = Ask { suits: &others, ..Ask::of(size - by_hand.len()) };
            let more = propose_at(hall, open, &ask, *near)?;
            Some(by_hand.iter().copied().chain(more.seats).collect())
        }),
    })
}

fn reduced(hall: Hall<'_>, party: &Party<'_>, size: usize) -> Vec<SeatIx> {
    let Party { wanted, by_hand, open } = *party;
    if size >= by_hand.len() {
        let within = |seat: SeatIx| wanted.contains(&seat);
        let fewer = Ask { suits: &within, last: Rung::L2, ..Ask::of(size) };
        let fewer = match by_hand {
            [] => propose(hall, open, &fewer, 1).pop(),
            kept => best::grow(hall, open, kept, &fewer),
        };
        // Two parts of two have no three beside each other: then the program looks anew for what it chose.
        let anew = || if by_hand.is_empty() { propose(hall, open, &Ask::of(size), 1).into_iter().next() } else { None };
        if let Some(proposal) = fewer.or_else(anew) {
            return proposal.seats;
        }
    }
    // What the program chose goes first, then what was chosen last.
    let mut left: Vec<SeatIx> = by_hand.to_vec();
    left.extend(wanted.iter().copied().filter(|seat| !by_hand.contains(seat)));
    while left.len() > size {
        let Some(last) = left.pop() else { break };
        let couch = hall.chart.seat(last).couch;
        left.retain(|seat| couch.is_none() || hall.chart.seat(*seat).couch != couch);
    }
    left
}

/// How together seats are that nobody proposed, in words.
pub(in crate::store) fn closeness(hall: Hall<'_>, seats: &[SeatIx]) -> &'static str {
    let mut places: Vec<(u32, u32)> = seats.iter().map(|seat| hall.geometry.place(*seat)).collect();
    places.sort_unstable();
    let beside = |pair: &[(u32, u32)]| pair[0].0 == pair[1].0 && pair[0].1 + 1 == pair[1].1;
    let row = |seat: &SeatIx| hall.chart.seat(*seat).row;
    let one_row = seats.windows(2).all(|pair| row(&pair[0]) == row(&pair[1]));
    let gaps: Vec<&[(u32, u32)]> = places.windows(2).filter(|pair| !beside(pair)).collect();
    let across = |pair: &[(u32, u32)]| {
        let ends = pair[0].1 as usize + 1 == hall.geometry.run(pair[0].0).len() && pair[1].1 == 0;
        pair[0].0 + 1 == pair[1].0 && ends
    };
    match gaps.as_slice() {
        _ if seats.len() == 1 => "one seat",
        [] => "together",
        [gap] if one_row && across(gap) => "together across the aisle",
        _ => "apart",
    }
}
