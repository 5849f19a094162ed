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
const SPARE: [usize; 3] = [0, 1, 2];
/// In huge halls the sections with the cheapest places are looked at, as many as have so many places that may be used.
const PLACES: usize = 16_000;
/// How many of the smallest boxes that can seat the party are looked into.
const BOXES: usize = 96;
/// The largest party that is put together from blocks: the work grows with the cube of it.
const LARGEST: usize = 64;

/// A place that may be part of a block of two or more.
#[derive(Clone, Copy)]
struct Member {
    along: f64,
    place: u32,
    cost: f64,
    /// Whether it is one of three neighbours or more, without whom no odd party finds room.
    is_odd: bool,
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
    let mut groups: Vec<Group> = Vec::new();
    if rung == Rung::L5 {
        groups.extend(rows.by_section().map(|lines| Group::of(floor, lines, None)));
    } else {
        let spots = &floor.hall.costs.spots;
        let categories: BTreeSet<u16> = spots.iter().map(|spot| spot.category).collect();
        for lines in rows.by_level() {
            groups.extend(categories.iter().map(|&category| Group::of(floor, &lines, Some(category))));
        }
    }
    groups.sort_by_key(|group| group.cheapest);
    let mut smallest = BinaryHeap::new();
    let mut looked_at = 0;
    for group in groups.iter().take_while(|group| {
        let goes_on = looked_at < PLACES;
        looked_at += group.members.iter().map(Vec::len).sum::<usize>();
        goes_on
    }) {
        add_boxes(floor, group, &mut smallest);
    }
    let section = |place: &u32| floor.hall.costs.rows[floor.spot(*place as usize).row as usize].section;
    let mut found: Vec<((i64, Rank<'_>), Candidate)> = Vec::new();
    for boxed in smallest.into_sorted_vec() {
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

/// Lines, one behind the other, in which a party may be put.
struct Group {
    /// The depth of each line, and its places that may be part of a block, in their order along the row.
    depths: Vec<f64>,
    members: Vec<Vec<Member>>,
    /// The least cost of a place, as it is compared.
    cheapest: i64,
}

impl Group {
    fn of(floor: &Floor<'_>, lines: &Lines, category: Option<u16>) -> Self {
        let depths = lines.iter().map(|line| floor.hall.costs.rows[line[0] as usize].depth).collect();
        let members: Vec<Vec<Member>> = lines.iter().map(|rows| members(floor, rows, category)).collect();
        let cheapest = members.iter().flatten().map(|member| steps(member.cost)).min().unwrap_or(i64::MAX);
        Self { depths, members, cheapest }
    }
}

/// Adds the boxes over up to four consecutive lines, keeping the smallest of all.
fn add_boxes(floor: &Floor<'_>, group: &Group, smallest: &mut BinaryHeap<Box>) {
    let is_odd_party = floor.ask.size % 2 == 1;
    for front in 0..group.members.len() {
        let mut merged: Vec<Member> = Vec::new();
        let mut has_odd = false;
        for (back, members) in group.members.iter().enumerate().skip(front).take(ROWS_APART + 1) {
            merged = merge(&merged, members);
            has_odd |= members.iter().any(|member| member.is_odd);
            if !is_odd_party || has_odd {
                add_windows(floor, &merged, group.depths[back] - group.depths[front], smallest);
            }
        }
    }
}

/// Two lists in their order along the row, as one.
fn merge(a: &[Member], b: &[Member]) -> Vec<Member> {
    let mut merged = Vec::with_capacity(a.len() + b.len());
    let (mut left, mut right) = (0, 0);
    while left < a.len() && right < b.len() {
        if a[left].along <= b[right].along {
            merged.push(a[left]);
            left += 1;
        } else {
            merged.push(b[right]);
            right += 1;
        }
    }
    merged.extend_from_slice(&a[left..]);
    merged.extend_from_slice(&b[right..]);
    merged
}

/// Adds the boxes that begin and end at places of these lines, which are in their order along the row.
fn add_windows(floor: &Floor<'_>, merged: &[Member], height: f64, smallest: &mut BinaryHeap<Box>) {
    let mut places: Vec<u32> = Vec::new();
    for start in 0..merged.len() {
        for size in SPARE.map(|spare| floor.ask.size + spare) {
            let Some(window) = merged.get(start..start + size) else { break };
            let width = window[size - 1].along - window[0].along;
            let diagonal = width * width + height * height;
            let full = smallest.len() >= BOXES;
            let worst = smallest.peek().filter(|_| full).map(|worst| (worst.diagonal, worst.cost));
            // Larger boxes from here on are no smaller. The cheap question first.
            if worst.is_some_and(|(most, _)| diagonal > most as f64 * 1e-9 + 1e-6) {
                break;
            }
            if floor.ask.size % 2 == 1 && !window.iter().any(|member| member.is_odd) {
                continue;
            }
            let cost = window.iter().map(|member| member.cost).sum::<f64>() / size as f64;
            let key = (steps(diagonal), steps(cost));
            if worst.is_some_and(|worst| key >= worst) {
                continue;
            }
            places.clear();
            places.extend(window.iter().map(|member| member.place));
            places.sort_unstable();
            if !can_seat(floor, &places) {
                continue;
            }
            smallest.push(Box { diagonal: key.0, cost: key.1, places: places.clone() });
            if full {
                smallest.pop();
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
                let is_odd = part.len() > 2;
                members.extend(part.map(|place| {
                    let spot = floor.spot(place);
                    Member { along: shape.along(spot), place: place as u32, cost: spot.cost, is_odd }
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

/// Whether blocks of two or more in these places, in the geometry's order, can make up the party: which numbers of
/// people can be seated is a set of bits. True where parties are too large for that.
fn can_seat(floor: &Floor<'_>, places: &[u32]) -> bool {
    let size = floor.ask.size;
    if size >= 64 {
        return true;
    }
    let beside = |a: &u32, b: &u32| a + 1 == *b && floor.spot(*a as usize).run == floor.spot(*b as usize).run;
    let mut reached = 1u64;
    for stretch in places.chunk_by(beside) {
        let (start, end) = (stretch[0] as usize, stretch[0] as usize + stretch.len());
        let mut with = reached;
        if (start..end + 1).any(|place| floor.cuts(place)) {
            for from in (start..end).filter(|&place| !floor.cuts(place)) {
                for to in (from + 2..=end.min(from + size)).filter(|&place| !floor.cuts(place)) {
                    with |= reached << (to - from);
                }
            }
        } else {
            for count in 2..=stretch.len().min(size) {
                with |= reached << count;
            }
        }
        reached = with;
    }
    reached >> size & 1 == 1
}

/// What windows cost together, and from where to where they reach.
type Windows = (f64, Vec<(u32, u32)>);

/// Of the places of a box, in the geometry's order, the blocks of two or more that make up the party at the least cost:
/// of each stretch of neighbours nothing, or one window that parts no couch.
fn cheapest_blocks(floor: &Floor<'_>, places: &[u32]) -> Option<Vec<u32>> {
    let size = floor.ask.size;
    // For each number of people: the least cost, and the windows that it is made of.
    let mut best: Vec<Option<Windows>> = vec![None; size + 1];
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
