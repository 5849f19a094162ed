//! L7: any seats, the cheapest for the party, wherever they are. Couches are taken whole or not at all.

use super::{
    Rung,
    cost::{Spot, steps},
    floor::{Candidate, Floor, Rank},
};

/// A seat or a couch: its places, what a seat of it costs here, and its rank among those of its size.
struct Unit<'a> {
    places: Vec<u32>,
    cost: f64,
    rank: (i64, Rank<'a>),
}

/// The cheapest seats for `size` people that lie outside of `taken`. `cost` says what a place costs; it is the same
/// for all places of a couch.
pub(super) fn scattered(
    floor: &Floor<'_>,
    size: usize,
    taken: &[u32],
    cost: &dyn Fn(&Spot) -> f64,
) -> Option<Candidate> {
    let mut units = units(floor, size, taken, cost);
    let best = |units: &mut Vec<Unit<'_>>| units.sort_by(|a, b| a.rank.cmp(&b.rank));
    let chosen = if floor.ask.tickets.is_empty() {
        units.iter_mut().for_each(best);
        cheapest(&units, size)?
    } else {
        let mut all: Vec<Unit<'_>> = units.into_iter().flatten().collect();
        all.sort_by(|a, b| a.rank.cmp(&b.rank));
        first_that_fit(floor, &all, size)?
    };
    (size > 0 && chosen.len() == size).then(|| floor.candidate(chosen, Rung::L7))
}

/// What can be had, by its number of places less one. Without ticket types nobody takes more than the `size` cheapest
/// of each, so that only those are ranked.
fn units<'a>(floor: &Floor<'a>, size: usize, taken: &[u32], cost: &dyn Fn(&Spot) -> f64) -> Vec<Vec<Unit<'a>>> {
    let mut found: Vec<Vec<(i64, u32)>> = vec![Vec::new()];
    let mut start = 0;
    for part in floor.hall.costs.spots.chunk_by(|a, b| a.shares_couch(b)) {
        let first = start;
        start += part.len();
        let reserved = floor.ask.wheelchairs > 0 && part[0].is_accessible();
        if reserved || !floor.usable[first] || taken.contains(&(first as u32)) {
            continue;
        }
        if found.len() < part.len() {
            found.resize_with(part.len(), Vec::new);
        }
        found[part.len() - 1].push((steps(cost(&part[0])), first as u32));
    }
    let ranked = |(length, mut of_size): (u32, Vec<(i64, u32)>)| {
        if floor.ask.tickets.is_empty() && (1..of_size.len()).contains(&size) {
            let (_, &mut (dearest, _), _) = of_size.select_nth_unstable_by_key(size - 1, |(cost, _)| *cost);
            of_size.retain(|(cost, _)| *cost <= dearest);
        }
        let unit = |(steps, first): (i64, u32)| {
            let candidate = floor.candidate((first..first + length).collect(), Rung::L7);
            let rank = (steps, floor.rank(&candidate, 0.0));
            Unit { cost: cost(floor.spot(first as usize)), places: candidate.places, rank }
        };
        of_size.into_iter().map(unit).collect()
    };
    (1..).zip(found).map(ranked).collect()
}

/// As many units of each size as together cost least: for each number of people, the cheapest way to seat them with the
/// sizes looked at so far.
fn cheapest(units: &[Vec<Unit<'_>>], size: usize) -> Option<Vec<u32>> {
    // The cost, and how many units of each size looked at so far.
    let mut best: Vec<Option<(f64, Vec<usize>)>> = vec![None; size + 1];
    best[0] = Some((0.0, Vec::new()));
    for (unit, of_size) in (1..).zip(units) {
        let with = |counts: &Vec<usize>, count: usize| counts.iter().copied().chain([count]).collect::<Vec<usize>>();
        let without = |found: &Option<(f64, Vec<usize>)>| found.as_ref().map(|(cost, counts)| (*cost, with(counts, 0)));
        let mut next: Vec<Option<(f64, Vec<usize>)>> = best.iter().map(without).collect();
        for (people, (cost, counts)) in best.iter().enumerate().filter_map(|(n, found)| Some((n, found.as_ref()?))) {
            let mut sum = *cost;
            for (count, one) in (1..).zip(of_size) {
                let total = people + count * unit;
                if total > size {
                    break;
                }
                sum += one.cost * unit as f64;
                if next[total].as_ref().is_none_or(|(least, _)| steps(sum) < steps(*least)) {
                    next[total] = Some((sum, with(counts, count)));
                }
            }
        }
        best = next;
    }
    let (_, counts) = best.pop()??;
    let chosen = units.iter().zip(counts).flat_map(|(of_size, count)| &of_size[..count]);
    Some(chosen.flat_map(|one| &one.places).copied().collect())
}

/// The cheapest units, each taken if everyone who has a place then may sit there.
fn first_that_fit(floor: &Floor<'_>, units: &[Unit<'_>], size: usize) -> Option<Vec<u32>> {
    let mut taken: Vec<u32> = Vec::new();
    for unit in units {
        if taken.len() + unit.places.len() > size {
            continue;
        }
        let with: Vec<u32> = taken.iter().chain(&unit.places).copied().collect();
        if floor.can_all_be_used(&with) {
            taken = with;
        }
        if taken.len() == size {
            return Some(taken);
        }
    }
    None
}
