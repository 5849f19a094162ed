//! Parties with wheelchairs for which no row has room: parts as near to each other as can be.
//!
//! A part with wheelchair spaces, a *core*, is a window in which each space has company beside it and at most three
//! companion places go with each space. Starting from each core there is, the nearest further cores are added until
//! everybody in a wheelchair has a space, and then the nearest windows of ordinary seats for the rest of the party, in
//! one piece if that can be had; nobody is left alone, least of all somebody in a wheelchair. First within a section,
//! then on a level; on the last rung the rest may sit apart, as near as there are seats. What comes of it is ranked by rung, diameter and cost.

use super::{
    Rung,
    cost::{Spot, steps},
    floor::{Candidate, Floor, Rank},
    near::{diameter, stretches},
    rows::{Lines, Rows},
    scattered::scattered,
};
use crate::domain::chart::SeatKind;
use std::{collections::BTreeSet, ops::Range};

/// So many of the cores of each size are started from, those of the least cost.
const STARTS: usize = 64;
/// Rows are at most so many lines apart.
const ROWS_APART: usize = 3;

/// A window that is part of an arrangement.
#[derive(Clone)]
struct Part {
    window: Range<usize>,
    /// How many of its places are wheelchair spaces.
    spaces: usize,
    x: f64,
    y: f64,
    cost: f64,
}

/// How far the parts of one party may be from each other.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reach {
    Section,
    Level,
    Hall,
}

/// Arrangements beyond one row, best first.
pub(super) fn nearest(floor: &Floor<'_>, rows: &Rows<'_>) -> Vec<Candidate> {
    let pairs: BTreeSet<(u32, u32)> = rows.pairs().into_iter().collect();
    let places: Vec<Part> = cores(floor);
    let mut found: Vec<((Rung, i64, Rank<'_>), Candidate)> = Vec::new();
    let reaches = [(Reach::Section, Rung::L4), (Reach::Level, Rung::L6), (Reach::Hall, Rung::L7)];
    for (reach, first) in reaches {
        // What is nearer together makes the wider search superfluous.
        if first > floor.ask.last || !found.is_empty() {
            break;
        }
        for start in starts(floor, &places) {
            let Some(candidate) = arrangement(floor, rows, &places, start, reach) else { continue };
            let candidate = Candidate { rung: rung(floor, &pairs, &candidate.places, reach), ..candidate };
            if floor.fits(&candidate.places) {
                let apart = steps(diameter(floor, &candidate.places));
                found.push(((candidate.rung, apart, floor.rank(&candidate, 0.0)), candidate));
            }
        }
    }
    found.sort_by(|a, b| a.0.cmp(&b.0));
    found.dedup_by(|a, b| a.1.places == b.1.places);
    found.into_iter().map(|(_, candidate)| candidate).collect()
}

/// All cores. A space that the chart puts beside nothing but other spaces is one by itself.
fn cores(floor: &Floor<'_>) -> Vec<Part> {
    let mut found = Vec::new();
    for stretch in stretches(floor, 0..floor.len(), |place| floor.usable[place]) {
        if floor.spaces(stretch.clone()) == 0 {
            continue;
        }
        for start in stretch.clone() {
            for end in start + 1..=stretch.end.min(start + floor.ask.size) {
                let window = start..end;
                let spaces = floor.spaces(window.clone());
                let others = window.len() - spaces;
                let suits = spaces > 0
                    && spaces <= floor.ask.wheelchairs
                    && others <= floor.ask.size - floor.ask.wheelchairs
                    && !floor.cuts(start)
                    && !floor.cuts(end);
                if suits && (floor.is_company(window.clone(), spaces) || stands_apart(floor, &window)) {
                    found.push(Part::of(floor, window, spaces));
                }
            }
        }
    }
    found
}

/// Whether a window is one wheelchair space whose run has no other places than spaces.
fn stands_apart(floor: &Floor<'_>, window: &Range<usize>) -> bool {
    let run = floor.hall.geometry.run(floor.spot(window.start).run);
    window.len() == 1 && run.iter().all(|&seat| floor.hall.chart.seat(seat).kind == SeatKind::Wheelchair)
}

/// Of each size the cores of the least cost.
fn starts<'p>(floor: &Floor<'_>, cores: &'p [Part]) -> Vec<&'p Part> {
    let mut starts: Vec<&Part> = Vec::new();
    for size in 1..=floor.ask.size {
        let mut of_size: Vec<&Part> = cores.iter().filter(|core| core.window.len() == size).collect();
        of_size.sort_by_key(|core| (steps(core.cost), core.window.start));
        starts.extend(of_size.into_iter().take(STARTS));
    }
    starts
}

impl Part {
    fn of(floor: &Floor<'_>, window: Range<usize>, spaces: usize) -> Self {
        let count = window.len() as f64;
        let sum = |value: &dyn Fn(usize) -> f64| window.clone().map(value).sum::<f64>() / count;
        let (x, y) = (sum(&|place| floor.spot(place).x), sum(&|place| floor.spot(place).y));
        let cost = sum(&|place| floor.spot(place).cost);
        Self { window, spaces, x, y, cost }
    }

    fn others(&self) -> usize {
        self.window.len() - self.spaces
    }

    fn overlaps(&self, other: &Self) -> bool {
        self.window.start < other.window.end && other.window.start < self.window.end
    }

    fn distance(&self, other: &Self) -> i64 {
        steps((self.x - other.x).hypot(self.y - other.y))
    }
}

/// The party around a core, each further part the nearest to it.
fn arrangement(floor: &Floor<'_>, rows: &Rows<'_>, cores: &[Part], start: &Part, reach: Reach) -> Option<Candidate> {
    let near = neighbourhood(floor, rows, start, reach);
    let within = |part: &Part| near.as_ref().is_none_or(|near| near.contains(&floor.spot(part.window.start).row));
    let mut parts = vec![start.clone()];
    let mut spaces = floor.ask.wheelchairs - start.spaces;
    let mut others = floor.ask.size - floor.ask.wheelchairs - start.others();
    while spaces > 0 {
        let next = cores.iter().filter(|core| {
            let (spaces_left, others_left) = (spaces.checked_sub(core.spaces), others.checked_sub(core.others()));
            let can_go_on = spaces_left == Some(0) || others_left.is_some_and(|left| left > 0);
            spaces_left.is_some()
                && others_left.is_some()
                && can_go_on
                && within(core)
                && parts.iter().all(|part| !part.overlaps(core))
        });
        let next = next.min_by_key(|core| (start.distance(core), core.window.start, core.window.end))?.clone();
        spaces -= next.spaces;
        others -= next.others();
        parts.push(next);
    }
    let mut places: Vec<u32> = Vec::new();
    while others > 0 && reach != Reach::Hall {
        // In one piece, or in pieces that leave nobody alone.
        let sizes = (2..=others).rev().filter(|size| others - size != 1);
        let next = sizes.into_iter().find_map(|size| nearest_window(floor, near.as_ref(), &parts, size))?;
        others -= next.window.len();
        parts.push(next);
    }
    places.extend(parts.iter().flat_map(|part| part.window.clone()).map(|place| place as u32));
    if others > 0 {
        // Where nobody can be together, then as near as there are seats.
        let away = |spot: &Spot| (spot.x - start.x).hypot(spot.y - start.y);
        places.extend(scattered(floor, others, &places, &away)?.places);
    }
    Some(floor.candidate(places, Rung::L7))
}

/// The rows that further parts may be in; `None` is all of them.
fn neighbourhood(floor: &Floor<'_>, rows: &Rows<'_>, start: &Part, reach: Reach) -> Option<BTreeSet<u32>> {
    let row = floor.spot(start.window.start).row;
    let around = |lines: &Lines| {
        let at = lines.iter().position(|line| line.contains(&row))?;
        let near = at.saturating_sub(ROWS_APART)..(at + ROWS_APART + 1).min(lines.len());
        Some(lines[near].iter().flatten().copied().collect::<BTreeSet<u32>>())
    };
    match reach {
        Reach::Section => Some(rows.by_section().find_map(around).unwrap_or_default()),
        Reach::Level => Some(rows.by_level().iter().find_map(around).unwrap_or_default()),
        Reach::Hall => None,
    }
}

/// The window of ordinary seats that is nearest to the first part.
fn nearest_window(floor: &Floor<'_>, near: Option<&BTreeSet<u32>>, parts: &[Part], size: usize) -> Option<Part> {
    let ordinary = |place: usize| floor.usable[place] && !floor.spot(place).is_accessible();
    let rows = near.into_iter().flatten().map(|&row| floor.hall.costs.rows[row as usize].places);
    let windows =
        rows.flat_map(|(from, to)| stretches(floor, from as usize..to as usize, ordinary)).flat_map(|stretch| {
            (stretch.start..(stretch.end + 1).saturating_sub(size)).map(move |start| start..start + size)
        });
    let whole = windows.filter(|window| !floor.cuts(window.start) && !floor.cuts(window.end));
    let free =
        whole.map(|window| Part::of(floor, window, 0)).filter(|part| !parts.iter().any(|other| other.overlaps(part)));
    free.min_by_key(|part| (parts[0].distance(part), steps(part.cost), part.window.start))
}

/// How together an arrangement of several parts is.
fn rung(floor: &Floor<'_>, pairs: &BTreeSet<(u32, u32)>, places: &[u32], reach: Reach) -> Rung {
    let shape = |place: u32| &floor.hall.costs.rows[floor.spot(place as usize).row as usize];
    let sections: BTreeSet<u16> = places.iter().map(|&place| shape(place).section).collect();
    match (floor.blocks(places).as_slice(), reach) {
        (_, Reach::Hall) => Rung::L7,
        ([front, back], _)
            if pairs.contains(&(floor.spot(front[0] as usize).row, floor.spot(back[0] as usize).row)) =>
        {
            let extent = |block: &[u32]| {
                let along = |place: u32| shape(place).along(floor.spot(place as usize));
                (along(block[0]) - 0.5, along(block[block.len() - 1]) + 0.5)
            };
            let ((a, b), (c, d)) = (extent(front), extent(back));
            let overlap = b.min(d) - a.max(c);
            if steps(overlap) >= steps((b - a).min(d - c) / 2.0) { Rung::L4 } else { Rung::L5 }
        }
        _ if sections.len() == 1 => Rung::L5,
        _ => Rung::L6,
    }
}
