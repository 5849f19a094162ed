//! A party that grows or shrinks: seats beside those that it has if possible, else the program moves what it chose
//! itself. A seat that the person chose by hand is never moved, and goes last.

use crate::domain::{
    ids::SeatIx,
    seating::{
        best::{Ask, Hall, propose, propose_at},
        orphan::{OrphanMode, judge},
    },
};

/// What a party has, and what it can have.
pub(super) struct Party<'a> {
    pub wanted: &'a [SeatIx],
    pub by_hand: &'a [SeatIx],
    /// The seats in play, those that the party has included.
    pub open: &'a dyn Fn(SeatIx) -> bool,
    /// Places beside a wheelchair space that are free, for a party that has one.
    pub beside: &'a dyn Fn(SeatIx) -> bool,
}

/// Seats for a party of another size, or `None` if there are none near each other.
pub(super) fn resized(hall: Hall<'_>, party: &Party<'_>, size: usize) -> Option<Vec<SeatIx>> {
    if size < party.wanted.len() { Some(reduced(hall, party, size)) } else { grown(hall, party, size) }
}

fn grown(hall: Hall<'_>, party: &Party<'_>, size: usize) -> Option<Vec<SeatIx>> {
    let (open, by_hand) = (party.open, party.by_hand);
    let may = |seat: SeatIx| open(seat) || (party.beside)(seat);
    let beside = |kept: &[SeatIx]| kept.first().and_then(|near| window(hall, party, &may, (kept, *near), size));
    beside(party.wanted).or_else(|| match by_hand.first() {
        None => propose(hall, open, &Ask::of(size), 1).into_iter().next().map(|proposal| proposal.seats),
        Some(near) => beside(by_hand).or_else(|| {
            let others = |seat: SeatIx| !by_hand.contains(&seat);
            let ask = Ask { suits: &others, ..Ask::of(size - by_hand.len()) };
            let more = propose_at(hall, open, &ask, *near)?;
            Some(by_hand.iter().copied().chain(more.seats).collect())
        }),
    })
}

fn reduced(hall: Hall<'_>, party: &Party<'_>, size: usize) -> Vec<SeatIx> {
    let Party { wanted, by_hand, open, .. } = *party;
    let within = |seat: SeatIx| wanted.contains(&seat);
    if size >= by_hand.len() && size > 0 {
        let near = by_hand.first().or(wanted.first()).copied().unwrap_or_default();
        let fewer = window(hall, party, &within, (by_hand, near), size);
        let anew =
            || if by_hand.is_empty() { propose(hall, open, &Ask::of(size), 1).pop().map(|p| p.seats) } else { None };
        if let Some(seats) = fewer.or_else(anew) {
            return seats;
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

/// The best `size` seats beside each other in the run of a seat that contain all of `kept`, of those that `may` be
/// taken: leaving nobody alone comes first, then the middle of the hall.
fn window(
    hall: Hall<'_>,
    party: &Party<'_>,
    may: &dyn Fn(SeatIx) -> bool,
    (kept, near): (&[SeatIx], SeatIx),
    size: usize,
) -> Option<Vec<SeatIx>> {
    let run = hall.geometry.place(near).0;
    let places: Vec<(u32, u32)> = kept.iter().map(|seat| hall.geometry.place(*seat)).collect();
    if places.iter().any(|place| place.0 != run) || hall.chart.is_standing(near) {
        return None;
    }
    let seats = hall.geometry.run(run);
    let latest = seats.len().checked_sub(size)?;
    let first = places.iter().map(|place| place.1 as usize).min().unwrap_or(latest);
    let last = places.iter().map(|place| place.1 as usize).max().unwrap_or(0);
    let starts = (last + 1).saturating_sub(size)..=first.min(latest);
    let can = |seat: &SeatIx| kept.contains(seat) || may(*seat);
    let middle = middle(hall);
    let rank = |window: &[SeatIx]| {
        let orphans = judge(hall, party.open, window, OrphanMode::Advise).orphans.len();
        let x = window.iter().map(|seat| hall.chart.seat(*seat).x).sum::<f64>() / size as f64;
        (orphans, (x - middle).abs())
    };
    let windows = starts.map(|start| &seats[start..start + size]).filter(|window| window.iter().all(can));
    let ranked = windows.filter(|window| splits_no_couch(hall, window)).map(|window| (rank(window), window));
    let best = ranked.min_by(|(a, _), (b, _)| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
    best.map(|(_, window)| window.to_vec())
}

fn splits_no_couch(hall: Hall<'_>, window: &[SeatIx]) -> bool {
    let couch = |seat: Option<SeatIx>| seat.and_then(|seat| hall.chart.seat(seat).couch);
    let cut = |inner: Option<SeatIx>, outer: Option<SeatIx>| couch(inner).is_some() && couch(inner) == couch(outer);
    let (first, last) = (window.first().copied(), window.last().copied());
    !cut(first, first.and_then(|seat| hall.geometry.left(seat)))
        && !cut(last, last.and_then(|seat| hall.geometry.right(seat)))
}

/// The x of the middle of the hall.
fn middle(hall: Hall<'_>) -> f64 {
    let span = |(low, high): (f64, f64), x: f64| (low.min(x), high.max(x));
    hall.chart.screen.center.unwrap_or_else(|| {
        let (low, high) = hall.chart.seats.iter().map(|seat| seat.x).fold((f64::INFINITY, f64::NEG_INFINITY), span);
        (low + high) / 2.0
    })
}

/// How together seats are that nobody proposed, in words.
pub(in crate::store) fn closeness(hall: Hall<'_>, seats: &[SeatIx]) -> &'static str {
    let mut places: Vec<(u32, u32)> = seats.iter().map(|seat| hall.geometry.place(*seat)).collect();
    places.sort_unstable();
    let beside = |pair: &[(u32, u32)]| pair[0].0 == pair[1].0 && pair[0].1 + 1 == pair[1].1;
    let rows = |seat: &SeatIx| hall.chart.seat(*seat).row;
    let one_row = seats.windows(2).all(|pair| rows(&pair[0]) == rows(&pair[1]));
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
