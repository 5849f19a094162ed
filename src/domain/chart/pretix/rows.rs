//! Rows that are drawn in pieces.

use crate::domain::chart::{
    Seat,
    draft::{DraftRow, line_up},
};
use std::{cmp::Ordering, collections::BTreeMap};

/// Pieces whose ends differ more in direction than this, in radians, are not parts of one row: about 20 degrees, which
/// the parts of the most curved real rows stay below.
const TILT: f64 = 0.35;

/// What became of rows that are drawn in pieces.
#[derive(Default)]
pub struct Joined {
    /// Labels that several row objects of one section have.
    pub split: usize,
    /// Pieces that became a part of the piece before them.
    pub joined: usize,
}

/// Joins rows of one section that have one label and continue each other: the end of one, the beginning of the next
/// and the way between them point in about the same direction.
pub fn join(rows: Vec<DraftRow>) -> (Vec<DraftRow>, Joined) {
    let mut by_label: BTreeMap<(u16, String), Vec<DraftRow>> = BTreeMap::new();
    let (mut order, mut done) = (Vec::new(), Joined::default());
    let mut whole = Vec::with_capacity(rows.len());
    for row in rows {
        if row.label.is_empty() {
            whole.push(row);
            continue;
        }
        let key = (row.section, row.label.clone());
        if !by_label.contains_key(&key) {
            order.push(key.clone());
        }
        by_label.entry(key).or_default().push(row);
    }
    for key in order {
        let Some(mut pieces) = by_label.remove(&key) else { continue };
        done.split += usize::from(pieces.len() > 1);
        in_order(&mut pieces);
        let mut pieces = pieces.into_iter();
        let mut current = pieces.next();
        for mut next in pieces {
            match &mut current {
                Some(row) if continues(&row.seats, &next.seats) => {
                    row.seats.append(&mut next.seats);
                    done.joined += 1;
                }
                _ => whole.extend(current.replace(next)),
            }
        }
        whole.extend(current);
    }
    for row in &mut whole {
        line_up(&mut row.seats);
    }
    (whole, done)
}

/// From left to right if the pieces lie beside each other, else from top to bottom.
fn in_order(pieces: &mut [DraftRow]) {
    let middle = |row: &DraftRow| {
        let count = row.seats.len().max(1) as f64;
        (row.seats.iter().map(|s| s.x).sum::<f64>() / count, row.seats.iter().map(|s| s.y).sum::<f64>() / count)
    };
    let all: Vec<(f64, f64)> = pieces.iter().map(middle).collect();
    let extent = |of: fn(&(f64, f64)) -> f64| {
        let (low, high) =
            all.iter().map(of).fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| (low.min(v), high.max(v)));
        high - low
    };
    let across = extent(|m| m.0) >= extent(|m| m.1);
    let compare = |a: &DraftRow, b: &DraftRow| -> Ordering {
        let (a, b) = (middle(a), middle(b));
        if across {
            a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1))
        } else {
            a.1.total_cmp(&b.1).then(a.0.total_cmp(&b.0))
        }
    };
    pieces.sort_by(compare);
    for piece in pieces {
        // Every piece runs in the direction in which the pieces follow each other.
        if let [first, .., last] = piece.seats.as_slice()
            && (if across { first.x > last.x } else { first.y > last.y })
        {
            piece.seats.reverse();
        }
    }
}

fn continues(row: &[Seat], next: &[Seat]) -> bool {
    let (Some(last), Some(first)) = (row.last(), next.first()) else { return false };
    let Some(between) = direction(last, first) else { return false };
    let end = row.len().checked_sub(2).and_then(|at| direction(&row[at], last));
    let start = next.get(1).and_then(|second| direction(first, second));
    let near = |tilt: Option<f64>| tilt.is_none_or(|tilt| turn(tilt, between) <= TILT);
    let alike = end.zip(start).is_none_or(|(end, start)| turn(end, start) <= TILT);
    near(end) && near(start) && alike
}

fn direction(from: &Seat, to: &Seat) -> Option<f64> {
    let (dx, dy) = (to.x - from.x, to.y - from.y);
    (dx != 0.0 || dy != 0.0).then(|| dy.atan2(dx))
}

/// The angle between two directions.
fn turn(a: f64, b: f64) -> f64 {
    let turn = (a - b).abs() % std::f64::consts::TAU;
    turn.min(std::f64::consts::TAU - turn)
}
