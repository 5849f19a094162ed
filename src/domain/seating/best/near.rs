//! L5 and L6: a few blocks near each other, in one section, or in several sections of one price category. Nobody sits
//! alone, the rows are at most three apart, and of all such arrangements the one with the least diameter wins (the
//! greatest distance between two seats of the party), then the one with the least cost.
//!
//! The seats of up to four lines, one behind the other, are put in the order of their places along the row. As many
//! consecutive ones as the party has people, or a few more, are the tightest boxes there are; in the smallest of them
//! the blocks of two or more that cost least are taken. Boxes are ranked by their diagonal, which the diameter of what
//! is in them cannot exceed.

use super::{
    Rung,
    cost::steps,
    floor::{Candidate, Floor, Rank},
    rows::{Lines, Rows},
};
use std::{
    collections::{BTreeSet, BinaryHeap},
    ops::Range,
};

/// Rows are at most so many lines apart.
const ROWS_APART: usize = 3;
/// Boxes have room for the party, or for so many more: blocks are of two at least, and couches are not parted.
const SPARE: [usize; 4] = [0, 1, 2, 4];
/// The largest party that is put together from blocks: the work grows with the cube of it.
const LARGEST: usize = 64;
/// How many of the smallest boxes are looked into.
const BOXES: usize = 1024;
/// How many arrangements are kept of those.
const KEPT: usize = 64;

/// A place that may be part of a block of two or more.
#[derive(Clone, Copy)]
struct Member {
    along: f64,
    place: u32,
    cost: f64,
}

/// A box of a few lines: its squared diagonal and mean cost, as they are compared, and its places.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Box {
    diagonal: i64,
    cost: i64,
    places: Vec<u32>,
}

/// The arrangements of a rung, L5 or L6, best first.
pub(super) fn near(floor: &Floor<'_>, rows: &Rows<'_>, rung: Rung) -> Vec<Candidate> {
    // Smaller parties cannot be parted without leaving somebody alone; larger ones are spread over the hall anyway.
    if !(4..=LARGEST).contains(&floor.ask.size) {
        return Vec::new();
    }
    let mut smallest = BinaryHeap::new();
    if rung == Rung::L5 {
        for lines in rows.by_section() {
            add_boxes(floor, lines, None, &mut smallest);
        }
    } else {
        let spots = &floor.hall.costs.spots;
        let categories: BTreeSet<u16> = spots.iter().map(|spot| spot.category).collect();
        for lines in rows.by_level() {
            for &category in &categories {
                add_boxes(floor, &lines, Some(category), &mut smallest);
            }
        }
    }
    let section = |place: &u32| floor.hall.costs.rows[floor.spot(*place as usize).row as usize].section;
    let mut found: Vec<((i64, Rank<'_>), Candidate)> = Vec::new();
    for (from, boxed) in smallest.into_sorted_vec().into_iter().enumerate() {
        if found.len() == KEPT && from > BOXES {
            break;
        }
        let Some(places) = cheapest_blocks(floor, &boxed.places) else { continue };
        let sections: BTreeSet<u16> = places.iter().map(section).collect();
        let several = rung == Rung::L5 || sections.len() > 1;
        if !several || floor.blocks(&places).len() < 2 || !floor.fits(&places) {
            continue;
        }
        let candidate = floor.candidate(places, rung);
        found.push(((steps(diameter(floor, &candidate.places)), floor.rank(&candidate, 0.0)), candidate));
    }
    found.sort_by(|a, b| a.0.cmp(&b.0));
    found.dedup_by(|a, b| a.1.places == b.1.places);
    found.into_iter().map(|(_, candidate)| candidate).collect()
}

/// The greatest distance between two of the places, in pitches.
pub(super) fn diameter(floor: &Floor<'_>, places: &[u32]) -> f64 {
    let spots: Vec<_> = places.iter().map(|&place| floor.spot(place as usize)).collect();
    let pairs = spots.iter().enumerate().flat_map(|(at, a)| spots[at + 1..].iter().map(move |b| (a, b)));
    pairs.map(|(a, b)| (a.x - b.x).hypot(a.y - b.y)).fold(0.0, f64::max)
}

/// Adds the boxes over up to four consecutive lines, keeping the smallest of all.
fn add_boxes(floor: &Floor<'_>, lines: &Lines, category: Option<u16>, smallest: &mut BinaryHeap<Box>) {
    let members: Vec<Vec<Member>> = lines.iter().map(|rows| members(floor, rows, category)).collect();
    let depth = |line: usize| floor.hall.costs.rows[lines[line][0] as usize].depth;
    for front in 0..lines.len() {
        let mut merged: Vec<Member> = Vec::new();
        for back in front..lines.len().min(front + ROWS_APART + 1) {
            merged = merge(&merged, &members[back]);
            let height = depth(back) - depth(front);
            for size in SPARE.map(|spare| floor.ask.size + spare) {
                let mut cost = 0.0;
                for at in 0..merged.len() {
                    cost += merged[at].cost;
                    if at >= size {
                        cost -= merged[at - size].cost;
                    }
                    if at + 1 < size {
                        continue;
                    }
                    let start = at + 1 - size;
                    let width = merged[at].along - merged[start].along;
                    let key = (steps(width * width + height * height), steps(cost / size as f64));
                    let full = smallest.len() >= 2 * BOXES;
                    if full && smallest.peek().is_some_and(|worst| key >= (worst.diagonal, worst.cost)) {
                        continue;
                    }
                    let mut places: Vec<u32> = merged[start..=at].iter().map(|member| member.place).collect();
                    places.sort_unstable();
                    smallest.push(Box { diagonal: key.0, cost: key.1, places });
                    if full {
                        smallest.pop();
                    }
                }
            }
        }
    }
}

/// The usable places of a line that are not alone, in their order along the row.
fn members(floor: &Floor<'_>, rows: &[u32], category: Option<u16>) -> Vec<Member> {
    let mut members = Vec::new();
    for &row in rows {
        let shape = &floor.hall.costs.rows[row as usize];
        let suits = |place: usize| floor.usable[place] && category.is_none_or(|c| floor.spot(place).category == c);
        for part in stretches(floor, shape.places.0 as usize..shape.places.1 as usize, suits) {
            if part.len() >= 2 {
                members.extend(part.map(|place| {
                    let spot = floor.spot(place);
                    Member { along: shape.along(spot), place: place as u32, cost: spot.cost }
                }));
            }
        }
    }
    members.sort_by(|a, b| a.along.total_cmp(&b.along).then(a.place.cmp(&b.place)));
    members
}

/// The stretches of neighbours for which something holds.
pub(super) fn stretches(floor: &Floor<'_>, places: Range<usize>, holds: impl Fn(usize) -> bool) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    for place in places.filter(|&place| holds(place)) {
        match found.last_mut() {
            Some(last) if last.end == place && floor.spot(place - 1).run == floor.spot(place).run => last.end += 1,
            _ => found.push(place..place + 1),
        }
    }
    found
}

fn merge(a: &[Member], b: &[Member]) -> Vec<Member> {
    let mut merged = Vec::with_capacity(a.len() + b.len());
    let (mut left, mut right) = (a.iter().peekable(), b.iter().peekable());
    while let (Some(x), Some(y)) = (left.peek(), right.peek()) {
        merged.extend(if x.along <= y.along { left.next() } else { right.next() });
    }
    merged.extend(left.chain(right));
    merged
}

/// Of the places of a box, in the geometry's order, the blocks of two or more that make up the party at the least cost:
/// of each stretch of neighbours nothing, or one window that parts no couch.
fn cheapest_blocks(floor: &Floor<'_>, places: &[u32]) -> Option<Vec<u32>> {
    let size = floor.ask.size;
    // For each number of people: the least cost, and the windows that it is made of.
    let mut best: Vec<Option<(f64, Vec<(u32, u32)>)>> = vec![None; size + 1];
    best[0] = Some((0.0, Vec::new()));
    let beside = |a: &u32, b: &u32| a + 1 == *b && floor.spot(*a as usize).run == floor.spot(*b as usize).run;
    for stretch in places.chunk_by(beside) {
        let mut next = best.clone();
        for from in 0..stretch.len() {
            let mut cost = 0.0;
            for to in from..stretch.len() {
                cost += floor.spot(stretch[to] as usize).cost;
                let count = to + 1 - from;
                let (start, end) = (stretch[from], stretch[to] + 1);
                if !(2..=size).contains(&count) || floor.cuts(start as usize) || floor.cuts(end as usize) {
                    continue;
                }
                for people in count..=size {
                    let Some((before, windows)) = &best[people - count] else { continue };
                    let sum = before + cost;
                    if next[people].as_ref().is_none_or(|(least, _)| sum < *least) {
                        let windows = windows.iter().copied().chain([(start, end)]).collect();
                        next[people] = Some((sum, windows));
                    }
                }
            }
        }
        best = next;
    }
    let (_, windows) = best.pop()??;
    Some(windows.into_iter().flat_map(|(start, end)| start..end).collect())
}
