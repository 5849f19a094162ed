//! L4: two rows, one behind the other.
//!
//! The party is halved, as equally as can be; each half is one window of a run. Their extents along the row, a seat
//! being one pitch wide, overlap by at least half of the smaller. Such pairs are ranked by mean seat cost and 0.05 for
//! each pitch by which their middles lie apart along the row. Every pair of windows that could win is looked at; a pair
//! of rows, or a window, whose best possible partner would still cost more than what is found is passed over.

use super::{
    Rung,
    cost::{RowShape, steps},
    floor::{Candidate, Floor, Rank},
    rows::Rows,
};
use std::ops::Range;

/// What a pitch between the middles of the two halves costs.
const OFFSET: f64 = 0.05;
/// Costs nearer to each other than this may be equal as they are compared.
const SLACK: f64 = 2e-9;

/// One half of a party: a window of a run.
struct Half {
    start: u32,
    /// Its extent along the row, each seat one pitch wide.
    from: f64,
    to: f64,
    middle: f64,
    cost: f64,
}

/// All windows of one size, row by row.
struct Halves {
    size: usize,
    halves: Vec<Half>,
    /// For each row its windows, as a range of `halves`, and the least cost of them.
    rows: Vec<(Range<usize>, f64)>,
}

/// What can be found on this rung: asked again and again, each time for the best that is new.
pub(super) struct Stacked {
    sizes: [Halves; 2],
    /// Rows with the row behind, those that could be best first: (least possible cost, front, back, halves swapped).
    pairs: Vec<(f64, u32, u32, bool)>,
}

impl Stacked {
    pub fn of(floor: &Floor<'_>, rows: &Rows) -> Self {
        let size = floor.ask.size;
        let sizes = [size / 2, size - size / 2].map(|size| Halves::of(floor, size));
        let mut pairs = Vec::new();
        if size >= 4 {
            let swaps = if sizes[0].size == sizes[1].size { &[false][..] } else { &[false, true] };
            for (front, back) in rows.pairs() {
                for &swapped in swaps {
                    let [a, b] = ordered(&sizes, swapped);
                    let least = (a.rows[front as usize].1 + b.rows[back as usize].1) / size as f64;
                    if least.is_finite() {
                        pairs.push((least, front, back, swapped));
                    }
                }
            }
        }
        pairs.sort_by(|a, b| a.0.total_cmp(&b.0).then((a.1, a.2, a.3).cmp(&(b.1, b.2, b.3))));
        Self { sizes, pairs }
    }

    /// The best pair that shares at most half of its seats with each of those chosen already.
    pub fn best(&self, floor: &Floor<'_>, chosen: &[Candidate]) -> Option<Candidate> {
        let size = floor.ask.size as f64;
        let mut best: Option<(f64, Rank<'_>, Candidate)> = None;
        for &(least, front, back, swapped) in &self.pairs {
            let bound = best.as_ref().map_or(f64::INFINITY, |(cost, ..)| cost + SLACK);
            if least > bound {
                break;
            }
            let [a, b] = ordered(&self.sizes, swapped);
            let (range, _) = &a.rows[front as usize];
            let (partners, least_partner) = &b.rows[back as usize];
            let partners = &b.halves[partners.clone()];
            let mut first = 0;
            for half in &a.halves[range.clone()] {
                // Windows stand in the order of the row, so those that end before this one begins stay behind.
                while first < partners.len() && partners[first].to <= half.from {
                    first += 1;
                }
                let bound = best.as_ref().map_or(f64::INFINITY, |(cost, ..)| cost + SLACK);
                if (half.cost + least_partner) / size > bound {
                    continue;
                }
                for partner in partners[first..].iter().take_while(|partner| partner.from < half.to) {
                    let overlap = half.to.min(partner.to) - half.from.max(partner.from);
                    let smaller = (half.to - half.from).min(partner.to - partner.from);
                    if steps(overlap) < steps(smaller / 2.0) {
                        continue;
                    }
                    let added = OFFSET * (half.middle - partner.middle).abs();
                    let cost = (half.cost + partner.cost) / size + added;
                    if best.as_ref().is_some_and(|(least, ..)| cost > least + SLACK) {
                        continue;
                    }
                    let places = |half: &Half, size: usize| half.start..half.start + size as u32;
                    let places: Vec<u32> = places(half, a.size).chain(places(partner, b.size)).collect();
                    if !floor.is_new(&places, chosen) || !floor.fits(&places) {
                        continue;
                    }
                    let candidate = floor.candidate(places, Rung::L4);
                    let rank = floor.rank(&candidate, added);
                    if best.as_ref().is_none_or(|(_, least, _)| rank < *least) {
                        best = Some((cost, rank, candidate));
                    }
                }
            }
        }
        best.map(|(.., candidate)| candidate)
    }
}

/// The halves for the front row and for the row behind.
fn ordered(sizes: &[Halves; 2], swapped: bool) -> [&Halves; 2] {
    let [a, b] = sizes;
    if swapped { [b, a] } else { [a, b] }
}

impl Halves {
    fn of(floor: &Floor<'_>, size: usize) -> Self {
        let mut halves = Vec::new();
        let mut rows = Vec::with_capacity(floor.hall.costs.rows.len());
        for row in &floor.hall.costs.rows {
            let first = halves.len();
            add_halves(floor, row, size, &mut halves);
            let least = halves[first..].iter().map(|half| half.cost).fold(f64::INFINITY, f64::min);
            rows.push((first..halves.len(), least));
        }
        Self { size, halves, rows }
    }
}

fn add_halves(floor: &Floor<'_>, row: &RowShape, size: usize, halves: &mut Vec<Half>) {
    let mut chain = row.places.0 as usize;
    let (mut cost, mut along) = (0.0, 0.0);
    for place in row.places.0 as usize..row.places.1 as usize {
        let spot = floor.spot(place);
        if !floor.usable[place] {
            chain = place + 1;
            continue;
        }
        if chain < place && floor.spot(place - 1).run != spot.run {
            chain = place;
        }
        if chain == place {
            (cost, along) = (0.0, 0.0);
        }
        cost += spot.cost;
        along += row.along(spot);
        if place - chain >= size {
            let gone = floor.spot(place - size);
            cost -= gone.cost;
            along -= row.along(gone);
        }
        if size == 0 || place + 1 - chain < size {
            continue;
        }
        let start = place + 1 - size;
        if floor.cuts(start) || floor.cuts(place + 1) {
            continue;
        }
        let (from, to) = (row.along(floor.spot(start)) - 0.5, row.along(spot) + 0.5);
        halves.push(Half { start: start as u32, from, to, middle: along / size as f64, cost });
    }
}
