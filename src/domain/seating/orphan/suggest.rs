//! What to take instead: choices of the same size that leave no seat alone, the nearest first.

use super::{Reach, Stretch, chains, stretches, touched_runs};
use crate::domain::{ids::SeatIx, seating::best::Hall};
use std::{collections::HashSet, ops::Range};

/// So many suggestions are enough to choose from.
const MOST: usize = 3;
/// How many rows around a choice are looked at.
const NEAR_ROWS: usize = 12;

/// A choice instead of another, and how far it is from it.
struct Candidate {
    nearness: Nearness,
    /// In steps of a thousandth of a seat pitch, so that rounding never decides.
    distance: u64,
    /// In chart order.
    seats: Vec<SeatIx>,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Nearness {
    SameRun,
    SameRow,
    OtherRow,
}

/// Choices instead of `chosen`, which takes something of each of the `touched` open runs. Seats of it that are not in
/// play, such as a wheelchair space, stay.
pub(super) fn suggest(
    hall: Hall<'_>,
    open: &dyn Fn(SeatIx) -> bool,
    chosen: &[SeatIx],
    touched: &[Stretch<'_>],
    reach: Reach,
) -> Vec<Vec<SeatIx>> {
    let moved: HashSet<SeatIx> = touched.iter().flat_map(Stretch::chosen).collect();
    let fixed: Vec<SeatIx> = chosen.iter().copied().filter(|seat| !moved.contains(seat)).collect();
    let mut found = within_runs(touched);
    let runs = reachable(hall, chosen, reach);
    found.extend(together(hall, open, &moved, &runs));
    for candidate in &mut found {
        candidate.seats.extend(&fixed);
        candidate.seats.sort_unstable();
        candidate.seats.dedup();
    }
    found.sort_by(|a, b| (a.nearness, a.distance, &a.seats).cmp(&(b.nearness, b.distance, &b.seats)));
    let mut seen = HashSet::new();
    found.retain(|candidate| seen.insert(candidate.seats.clone()));
    found.into_iter().take(MOST).map(|candidate| candidate.seats).collect()
}

/// The runs in which suggestions may lie, each with how near it is.
fn reachable(hall: Hall<'_>, chosen: &[SeatIx], reach: Reach) -> Vec<(Nearness, u32)> {
    if reach == Reach::Runs {
        return touched_runs(hall, chosen).into_iter().map(|run| (Nearness::SameRow, run)).collect();
    }
    let mut rows: Vec<u32> = chosen.iter().map(|&seat| hall.chart.seat(seat).row).collect();
    rows.sort_unstable();
    rows.dedup();
    let runs = |nearness, row| hall.geometry.runs_of_row(row).map(move |run| (nearness, run));
    let mut found: Vec<(Nearness, u32)> = rows.iter().flat_map(|&row| runs(Nearness::SameRow, row)).collect();
    if reach == Reach::Level {
        found.extend(near_rows(hall, chosen, &rows).into_iter().flat_map(|row| runs(Nearness::OtherRow, row)));
    }
    found
}

/// The rows nearest to a choice on its level, without its own.
fn near_rows(hall: Hall<'_>, chosen: &[SeatIx], own: &[u32]) -> Vec<u32> {
    let Some(&first) = chosen.first() else { return Vec::new() };
    let level = hall.chart.section_of(first).level;
    let here = middle(hall, chosen);
    let on_level = |row: &u32| {
        let section = hall.chart.rows[*row as usize].section;
        hall.chart.sections[usize::from(section)].level == level && !own.contains(row)
    };
    let distance = |row: u32| match hall.geometry.row(row) {
        [] => None,
        seats => Some((steps(here, middle(hall, &[seats[0], seats[seats.len() - 1]])), row)),
    };
    let mut near: Vec<(u64, u32)> = (0..hall.chart.rows.len() as u32).filter(on_level).filter_map(distance).collect();
    near.sort_unstable();
    near.into_iter().take(NEAR_ROWS).map(|(_, row)| row).collect()
}

/// Every open run keeps the size of its part: those in which seats stay alone are mended in themselves.
fn within_runs(touched: &[Stretch<'_>]) -> Vec<Candidate> {
    let fixes: Vec<Vec<Fix>> = touched.iter().map(Stretch::fixes).collect();
    if fixes.iter().any(Vec::is_empty) {
        return Vec::new();
    }
    let candidate = |at: usize| {
        let chosen = fixes.iter().map(|fixes| &fixes[at.min(fixes.len() - 1)]);
        let (distance, seats) = chosen.fold((0, Vec::new()), |(distance, mut seats), fix| {
            seats.extend(&fix.seats);
            (distance + 1000 * fix.distance, seats)
        });
        Candidate { nearness: Nearness::SameRun, distance, seats }
    };
    (0..fixes.iter().map(Vec::len).max().unwrap_or(0)).map(candidate).collect()
}

/// All that is to be moved as one block in one of the runs.
fn together(
    hall: Hall<'_>,
    open: &dyn Fn(SeatIx) -> bool,
    moved: &HashSet<SeatIx>,
    runs: &[(Nearness, u32)],
) -> Vec<Candidate> {
    let mut seats: Vec<SeatIx> = moved.iter().copied().collect();
    seats.sort_unstable();
    let here = middle(hall, &seats);
    let mut found = Vec::new();
    for &(nearness, run) in runs.iter().filter(|(_, run)| hall.geometry.run(*run).len() >= seats.len()) {
        for stretch in stretches(hall, open, run, &[]) {
            let from_here = |at: &usize| steps(here, middle(hall, &stretch.seats[*at..=*at]));
            let nearest = (0..stretch.seats.len()).min_by_key(from_here).unwrap_or(0);
            let start = nearest.saturating_sub((seats.len() - 1) / 2);
            found.extend(stretch.tidy_blocks(start, seats.len()).map(|places| {
                let block = stretch.seats[places].to_vec();
                Candidate { nearness, distance: steps(here, middle(hall, &block)), seats: block }
            }));
        }
    }
    found
}

/// The part of a choice in one open run, in another place of it.
struct Fix {
    /// The sum of the places by which seats move.
    distance: u64,
    seats: Vec<SeatIx>,
}

impl Stretch<'_> {
    /// The seats that the choice takes, whole couches.
    fn chosen(&self) -> impl Iterator<Item = SeatIx> {
        self.seats.iter().zip(&self.taken).filter(|(_, taken)| **taken).map(|(&seat, _)| seat)
    }

    /// Places for as many seats that leave none alone, the nearest first: what is taken, if that does. Neighbours
    /// shift together, or all of it becomes one block.
    fn fixes(&self) -> Vec<Fix> {
        let taken: Vec<usize> = (0..self.seats.len()).filter(|&at| self.taken[at]).collect();
        if self.orphans().is_empty() {
            return vec![Fix { distance: 0, seats: taken.iter().map(|&at| self.seats[at]).collect() }];
        }
        // Where a block would begin that has as many of them to its left as to its right.
        let middle = (taken.len() - 1) / 2;
        let start = taken[middle].saturating_sub(middle);
        let blocks = self.tidy_blocks(start, taken.len()).map(Iterator::collect::<Vec<usize>>);
        let mut found: Vec<(u64, Vec<usize>)> = blocks
            .chain(self.shifts(&taken))
            .map(|places| {
                let distance = taken.iter().zip(&places).map(|(from, to)| from.abs_diff(*to) as u64).sum();
                (distance, places)
            })
            .collect();
        found.sort_unstable();
        found.dedup();
        found.truncate(MOST);
        let seats = |places: Vec<usize>| places.into_iter().map(|at| self.seats[at]).collect();
        found.into_iter().map(|(distance, places)| Fix { distance, seats: seats(places) }).collect()
    }

    /// Blocks that leave no place alone, those nearest to `start` first.
    fn tidy_blocks(&self, start: usize, size: usize) -> impl Iterator<Item = Range<usize>> {
        let starts = outwards(start, self.seats.len().saturating_sub(size));
        starts.filter(move |&start| self.is_tidy(start, size)).take(MOST).map(move |start| start..start + size)
    }

    /// The taken places with one chain of them shifted, so that no place stays alone.
    fn shifts(&self, taken: &[usize]) -> Vec<Vec<usize>> {
        let blocks: Vec<Range<usize>> =
            chains(&self.taken).filter(|(taken, _)| *taken).map(|(_, places)| places).collect();
        // What stays free before each block and after the last one; ends without anything free count as empty.
        let edge = |at: usize| if at == 0 { 0 } else { blocks[at - 1].end };
        let next = |at: usize| blocks.get(at).map_or(self.seats.len(), |block| block.start);
        let gaps: Vec<usize> = (0..=blocks.len()).map(|at| next(at) - edge(at)).collect();
        let alone = gaps.iter().filter(|&&gap| gap == 1).count();
        let mut found = Vec::new();
        for (at, block) in blocks.iter().enumerate() {
            let beside = gaps[at..=at + 1].iter().filter(|&&gap| gap == 1).count();
            if beside == 0 || beside != alone {
                continue;
            }
            let (first, room) = (edge(at), gaps[at] + gaps[at + 1]);
            let fits = |offset: &usize| {
                let start = first + offset;
                let tidy = *offset != 1 && room - offset != 1;
                tidy && self.may_cut(start) && self.may_cut(start + block.len())
            };
            found.extend(outwards(gaps[at], room).filter(fits).take(MOST).map(|offset| {
                let shifted = |&place: &usize| {
                    if block.contains(&place) { place - block.start + first + offset } else { place }
                };
                taken.iter().map(shifted).collect()
            }));
        }
        found
    }
}

/// All numbers up to `last`, the nearest to `from` first, of two the smaller.
fn outwards(from: usize, last: usize) -> impl Iterator<Item = usize> {
    let from = from.min(last);
    let pair = move |step: usize| {
        let below = from.checked_sub(step);
        let above = Some(from + step).filter(|&above| step > 0 && above <= last);
        below.into_iter().chain(above)
    };
    (0..=last).flat_map(pair)
}

/// The middle of seats.
fn middle(hall: Hall<'_>, seats: &[SeatIx]) -> (f64, f64) {
    let count = seats.len().max(1) as f64;
    let sum = seats.iter().map(|&seat| hall.chart.seat(seat)).fold((0.0, 0.0), |(x, y), s| (x + s.x, y + s.y));
    (sum.0 / count, sum.1 / count)
}

/// The distance of two points, in thousandths of a pitch.
fn steps(a: (f64, f64), b: (f64, f64)) -> u64 {
    ((a.0 - b.0).hypot(a.1 - b.1) * 1000.0).round() as u64
}
