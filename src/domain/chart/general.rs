//! General admission: an area of the hall with so many places of which nobody chooses one.

use super::{
    Admission, Chart, Row, Seat, SeatKind, Section,
    cinechart::ChartError,
    json::rounded,
    validate::{MAX_SEATS, check_count, quoted, refuse},
};
use crate::domain::{ids::SeatId, text::Text};
use std::ops::Range;

/// The label of the only row of such a section.
pub(super) const ROW: &str = "GA";

/// A general-admission section in short: all that its places follow from.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Area {
    pub section: String,
    pub category: u16,
    pub capacity: usize,
    /// Where its places are, in the audience's frame.
    pub x: f64,
    pub y: f64,
    pub width: f64,
    pub height: f64,
}

impl Area {
    /// The places, spread over the area in lines from left to right, the first line nearest to the screen.
    pub fn places(&self, row: u32) -> Vec<Seat> {
        let columns = self.columns();
        let lines = self.capacity.div_ceil(columns);
        let step = |size: f64, count: usize| if count > 1 { size / (count - 1) as f64 } else { 0.0 };
        let (dx, dy) = (step(self.width, columns), step(self.height, lines));
        let place = |at: usize| Seat {
            id: SeatId(format!("{}/{ROW}/{}", self.section, at + 1)),
            label: Text::new(&(at + 1).to_string()),
            row,
            x: self.x + dx * (at % columns) as f64,
            y: self.y + dy * (at / columns) as f64,
            category: self.category,
            kind: SeatKind::Standing,
            flags: Vec::new(),
            couch: None,
            quality: 0.0,
            next: None,
        };
        (0..self.capacity).map(place).collect()
    }

    /// So many places stand in a line that places are about as far from each other in both directions.
    fn columns(&self) -> usize {
        let most = self.capacity.max(1);
        if self.height <= 0.0 {
            return if self.width <= 0.0 { 1 } else { most };
        }
        ((self.capacity as f64 * self.width / self.height).sqrt().ceil() as usize).clamp(1, most)
    }

    /// Adds the section with its row to a chart.
    pub fn add(&self, chart: &mut Chart, level: u16, name: Text) -> Result<(), ChartError> {
        let section = quoted(&self.section);
        if self.capacity == 0 || self.capacity > MAX_SEATS {
            return refuse(format!("area {section}: capacity is a number from 1 to {MAX_SEATS}"));
        }
        // Before the places are made, or a file of many areas could fill the memory.
        check_count("seats", chart.seats.len() + self.capacity, MAX_SEATS)?;
        let numbers = [self.x, self.y, self.width, self.height];
        if !numbers.iter().all(|v| v.is_finite()) || self.width < 0.0 || self.height < 0.0 {
            return refuse(format!("area {section}: its place and size are finite numbers, and no size is negative"));
        }
        let row = chart.rows.len() as u32;
        let start = chart.seats.len() as u32;
        chart.seats.extend(self.places(row));
        let seats = start..chart.seats.len() as u32;
        let at = chart.sections.len() as u16;
        chart.sections.push(Section { id: self.section.clone(), level, name, admission: Admission::General });
        chart.rows.push(Row { label: Text::new(ROW), section: at, seats });
        Ok(())
    }

    /// A general-admission section in short, if its places are those that follow from it.
    pub fn of(chart: &Chart, section: u16) -> Option<Self> {
        let Section { id, admission: Admission::General, .. } = &chart.sections[usize::from(section)] else {
            return None;
        };
        let mut rows = (0u32..).zip(&chart.rows).filter(|(_, row)| row.section == section);
        let (Some((at, row)), None) = (rows.next(), rows.next()) else { return None };
        let Range { start, end } = row.seats;
        let places = &chart.seats[start as usize..end as usize];
        let first = places.first()?;
        let range = |of: fn(&Seat) -> f64| {
            places.iter().map(of).fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| (low.min(v), high.max(v)))
        };
        let ((left, right), (front, back)) = (range(|s| s.x), range(|s| s.y));
        let area = Self {
            section: id.clone(),
            category: first.category,
            capacity: places.len(),
            x: rounded(left),
            y: rounded(front),
            width: rounded(right - left),
            height: rounded(back - front),
        };
        let print_alike = |a: &Seat, b: &Seat| {
            let place = |seat: &Seat| (rounded(seat.x), rounded(seat.y));
            place(a) == place(b) && Seat { x: b.x, y: b.y, ..a.clone() } == *b
        };
        let follow = area.places(at).iter().zip(places).all(|(a, b)| print_alike(a, b));
        (follow && row.label.as_str() == ROW).then_some(area)
    }
}
