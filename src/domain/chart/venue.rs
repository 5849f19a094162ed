//! A hall as its sections: what a person sees of a house that is too large to be shown seat by seat.

use super::{Chart, Row, SeatKind};
use crate::domain::ids::SeatIx;
use std::cmp::Ordering;

/// What stays true of a section whatever is sold.
#[derive(Clone, Debug, PartialEq)]
pub struct SectionFacts {
    /// Places that can be sold.
    pub seats: u32,
    /// Where the cursor goes when it goes to the section: the middle of its middle row. `None` without places.
    pub door: Option<SeatIx>,
    /// The middle of its places.
    pub center: (f64, f64),
    /// The categories of its places, in the chart's order.
    pub categories: Vec<u16>,
}

/// A step between sections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Neighbour {
    Left,
    Right,
}

impl SectionFacts {
    /// Those of all sections, in the order of [`Chart::sections`]. O(n).
    pub fn all(chart: &Chart) -> Vec<Self> {
        let mut rows: Vec<Vec<&Row>> = vec![Vec::new(); chart.sections.len()];
        for row in chart.rows.iter().filter(|row| !row.seats.is_empty()) {
            rows[usize::from(row.section)].push(row);
        }
        rows.iter().map(|rows| Self::of(chart, rows)).collect()
    }

    fn of(chart: &Chart, rows: &[&Row]) -> Self {
        let seats = || rows.iter().flat_map(|row| row.seats.clone()).map(|ix| &chart.seats[ix as usize]);
        let count = seats().count().max(1) as f64;
        let mut categories: Vec<u16> = seats().map(|seat| seat.category).collect();
        categories.sort_unstable();
        categories.dedup();
        let middle = rows.get(rows.len() / 2);
        Self {
            seats: seats().filter(|seat| seat.kind != SeatKind::Blocked).count() as u32,
            door: middle.map(|row| match chart.seats[row.seats.start as usize].kind {
                SeatKind::Standing => SeatIx(row.seats.start),
                _ => SeatIx(row.seats.start + row.seats.len() as u32 / 2),
            }),
            center: (seats().map(|s| s.x).sum::<f64>() / count, seats().map(|s| s.y).sum::<f64>() / count),
            categories,
        }
    }
}

/// The sections that have places, floor by floor, as a list shows them.
pub fn tour(chart: &Chart, sections: &[SectionFacts]) -> Vec<u16> {
    let mut tour: Vec<u16> =
        (0..chart.sections.len() as u16).filter(|&s| sections[usize::from(s)].door.is_some()).collect();
    tour.sort_by_key(|&s| {
        let level = chart.sections[usize::from(s)].level;
        (chart.levels[usize::from(level)].order, level)
    });
    tour
}

/// The section of the same floor that lies next to one on a side: near in height, and not far away.
pub fn neighbour(chart: &Chart, sections: &[SectionFacts], from: u16, side: Neighbour) -> Option<u16> {
    let level = |s: u16| chart.sections[usize::from(s)].level;
    let (x, y) = sections[usize::from(from)].center;
    let distance = |s: &u16| {
        let (to_x, to_y) = sections[usize::from(*s)].center;
        (to_x - x).abs() + 2.0 * (to_y - y).abs()
    };
    let beyond = |s: &u16| {
        let way = sections[usize::from(*s)].center.0 - x;
        let order = if side == Neighbour::Left { Ordering::Less } else { Ordering::Greater };
        way.partial_cmp(&0.0) == Some(order)
    };
    (0..sections.len() as u16)
        .filter(|s| *s != from && level(*s) == level(from) && sections[usize::from(*s)].door.is_some())
        .filter(beyond)
        .min_by(|a, b| distance(a).total_cmp(&distance(b)))
}
