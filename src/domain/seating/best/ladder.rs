//! The ladder: the first rung with a candidate wins, and further proposals come from the rungs in their order.

use super::{
    Rung,
    floor::{Candidate, Floor},
    near::near,
    rows::Rows,
    scattered::scattered,
    stacked::Stacked,
    wheelchair,
    windows::Queue,
};

/// The best candidates, at most `limit`, each sharing at most half of its seats with each one before it.
pub(super) fn climb(floor: &Floor<'_>, limit: usize) -> Vec<Candidate> {
    let mut chosen = Vec::new();
    if floor.ask.size == 0 || floor.ask.wheelchairs > floor.ask.size || limit == 0 {
        return chosen;
    }
    let mut queues = Queue::of(floor);
    for (queue, rung) in queues.iter_mut().zip([Rung::L1, Rung::L2, Rung::L3]) {
        if rung > floor.ask.last {
            return chosen;
        }
        while let Some(candidate) = queue.next(floor, rung) {
            if floor.is_new(&candidate.places, &chosen) && floor.fits(&candidate.places) {
                chosen.push(candidate);
            }
            if chosen.len() == limit {
                return chosen;
            }
        }
    }
    let rows = Rows::of(&floor.hall.costs.rows);
    if floor.ask.wheelchairs > 0 {
        take(floor, wheelchair::nearest(floor, &rows), &mut chosen, limit);
        return chosen;
    }
    if floor.ask.last >= Rung::L4 {
        let stacked = Stacked::of(floor, &rows);
        while chosen.len() < limit
            && let Some(candidate) = stacked.best(floor, &chosen)
        {
            chosen.push(candidate);
        }
    }
    for rung in [Rung::L5, Rung::L6] {
        if floor.ask.last >= rung && chosen.len() < limit {
            take(floor, near(floor, &rows, rung), &mut chosen, limit);
        }
    }
    if floor.ask.last >= Rung::L7 {
        while chosen.len() < limit {
            let taken: Vec<u32> = chosen.iter().flat_map(|one| one.places.iter().copied()).collect();
            let Some(candidate) = scattered(floor, floor.ask.size, &taken, &|spot| spot.cost) else { break };
            chosen.push(candidate);
        }
    }
    chosen
}

/// Takes what is new of a list, best first.
fn take(floor: &Floor<'_>, found: Vec<Candidate>, chosen: &mut Vec<Candidate>, limit: usize) {
    for candidate in found {
        if chosen.len() < limit && candidate.rung <= floor.ask.last && floor.is_new(&candidate.places, chosen) {
            chosen.push(candidate);
        }
    }
}
