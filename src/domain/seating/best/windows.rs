//! The rungs within one row, L1 to L3: each proposal there is a window of consecutive places of the geometry's order,
//! over no aisle or over one.

use super::{
    Rung,
    cost::steps,
    floor::{Candidate, Floor},
};
use std::{cmp::Reverse, collections::BinaryHeap, ops::Range};

/// Nobody sits alone on one side of an aisle, except in parties of at most so many.
const SMALL_PARTY: usize = 3;

/// All windows of the party's size, and what each would be. O(seats).
pub(super) fn windows(floor: &Floor<'_>, places: Range<usize>, mut found: impl FnMut(Rung, usize, f64)) {
    let size = floor.ask.size;
    if size == 0 {
        return;
    }
    // Where the chain of usable places of one row begins; where the run of the last place begins, and the run before.
    let (mut chain, mut run, mut run_before) = (places.start, places.start, places.start);
    let mut cost = 0.0;
    for place in places.clone() {
        let spot = floor.spot(place);
        let before = place.checked_sub(1).filter(|&before| before >= places.start).map(|before| floor.spot(before));
        if before.is_none_or(|before| before.row != spot.row) {
            (chain, run, run_before) = (place, place, place);
        } else if before.is_some_and(|before| before.run != spot.run) {
            (run, run_before) = (place, run);
        }
        if !floor.usable[place] {
            chain = place + 1;
            continue;
        }
        // Sums start anew with each chain, so that the noise of sums stays far below a step.
        if chain == place {
            cost = 0.0;
        }
        cost += spot.cost;
        if place - chain >= size {
            cost -= floor.spot(place - size).cost;
        }
        if place + 1 - chain < size {
            continue;
        }
        let window = place + 1 - size..place + 1;
        if floor.cuts(window.start) || floor.cuts(window.end) || !floor.accompanies(window.clone()) {
            continue;
        }
        let rung = if window.start >= run {
            if floor.strands(window.clone()) { Rung::L2 } else { Rung::L1 }
        } else {
            let left = run - window.start;
            let least = left.min(size - left);
            if window.start < run_before || (least < 2 && size > SMALL_PARTY) {
                continue;
            }
            Rung::L3
        };
        found(rung, window.start, cost / size as f64);
    }
}

/// Windows of one rung, the best first. A heap, because only a few of perhaps a hundred thousand are wanted; what
/// decides between windows of one cost is looked at only when they come up.
#[derive(Default)]
pub(super) struct Queue {
    heap: BinaryHeap<Reverse<(i64, u32)>>,
    /// Of one cost, the best at the end.
    equals: Vec<Candidate>,
}

impl Queue {
    /// One queue for each of L1, L2 and L3.
    pub fn of(floor: &Floor<'_>) -> [Self; 3] {
        let mut lists: [Vec<Reverse<(i64, u32)>>; 3] = Default::default();
        windows(floor, 0..floor.len(), |rung, start, cost| {
            lists[rung as usize].push(Reverse((steps(cost), start as u32)))
        });
        lists.map(|list| Self { heap: list.into(), equals: Vec::new() })
    }

    /// The next best window.
    pub fn next(&mut self, floor: &Floor<'_>, rung: Rung) -> Option<Candidate> {
        if self.equals.is_empty() {
            let Reverse((cost, start)) = self.heap.pop()?;
            self.equals.push(window(floor, start, rung));
            while let Some(Reverse((next, start))) = self.heap.peek().copied()
                && next == cost
            {
                self.heap.pop();
                self.equals.push(window(floor, start, rung));
            }
            if self.equals.len() > 1 {
                self.equals.sort_by(|a, b| floor.rank(b, 0.0).cmp(&floor.rank(a, 0.0)));
            }
        }
        self.equals.pop()
    }
}

fn window(floor: &Floor<'_>, start: u32, rung: Rung) -> Candidate {
    floor.candidate((start..start + floor.ask.size as u32).collect(), rung)
}

/// The best window at a place: in its run, containing it or as near to it as can be; else over an aisle of its row. A
/// single seat is left alone only in a stretch of open seats that has no other window.
pub(super) fn window_at(floor: &Floor<'_>, place: usize) -> Option<Candidate> {
    let run = floor.spot(place).run;
    let row = windows_of_row(floor, place);
    let tidy: Vec<usize> =
        row.iter().filter(|(rung, _)| *rung == Rung::L1).map(|(_, w)| floor.stretch(w.start)).collect();
    let reaches = |rung: Rung, window: &Range<usize>| {
        let ends = [window.start, window.end - 1].map(|end| floor.spot(end).run == run);
        match rung {
            Rung::L3 => ends.contains(&true),
            Rung::L2 => ends == [true, true] && !tidy.contains(&floor.stretch(window.start)),
            _ => ends == [true, true],
        }
    };
    let found = row.into_iter().filter(|(rung, window)| reaches(*rung, window));
    let away = |window: &Range<usize>| window.start.saturating_sub(place).max((place + 1).saturating_sub(window.end));
    best_of(floor, found, |rung, window| (rung == Rung::L3, away(window), rung))
}

/// The best window in the run of a place that contains all of `kept`.
pub(super) fn window_around(floor: &Floor<'_>, place: usize, kept: &[u32]) -> Option<Candidate> {
    let found = windows_of_row(floor, place)
        .into_iter()
        .filter(|(rung, window)| *rung <= Rung::L2 && kept.iter().all(|&place| window.contains(&(place as usize))));
    best_of(floor, found, |rung, _| (false, 0, rung))
}

/// All windows of the party's size in the row of a place, and what each would be.
fn windows_of_row(floor: &Floor<'_>, place: usize) -> Vec<(Rung, Range<usize>)> {
    let (from, to) = floor.hall.costs.rows[floor.spot(place).row as usize].places;
    let mut found = Vec::new();
    windows(floor, from as usize..to as usize, |rung, start, _| found.push((rung, start..start + floor.ask.size)));
    found
}

/// Of windows that are accepted, the one with the least key, and of those the one of the best rank.
fn best_of(
    floor: &Floor<'_>,
    found: impl Iterator<Item = (Rung, Range<usize>)>,
    key: impl Fn(Rung, &Range<usize>) -> (bool, usize, Rung),
) -> Option<Candidate> {
    let accepted = found.filter(|(rung, _)| *rung <= floor.ask.last);
    let keyed = accepted.map(|(rung, range)| (key(rung, &range), window(floor, range.start as u32, rung)));
    let fitting = keyed.filter(|(_, candidate)| floor.fits(&candidate.places));
    fitting
        .min_by(|(a, first), (b, second)| a.cmp(b).then_with(|| floor.rank(first, 0.0).cmp(&floor.rank(second, 0.0))))
        .map(|(_, candidate)| candidate)
}
