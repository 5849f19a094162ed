//! The plan's own coordinates and the audience's: every chart is kept as the audience sees it, facing the screen.

use super::{Chart, Side, geometry::Geometry};
use crate::domain::ids::SeatIx;
use std::mem;

impl Side {
    /// From the plan's coordinates (x to the right, y down) to the audience's (x to their right, y away from the
    /// screen). Plans are turned, never mirrored.
    pub(super) fn turn(self, (x, y): (f64, f64)) -> (f64, f64) {
        match self {
            Self::Top => (x, y),
            Self::Bottom => (-x, -y),
            Self::Left => (-y, x),
            Self::Right => (y, -x),
        }
    }

    /// Its name in the words of a plan's author.
    pub fn word(self) -> &'static str {
        match self {
            Self::Top => "top",
            Self::Bottom => "bottom",
            Self::Left => "left",
            Self::Right => "right",
        }
    }

    /// From the audience's coordinates back to the plan's.
    pub(super) fn turn_back(self, place: (f64, f64)) -> (f64, f64) {
        match self {
            Self::Top | Self::Bottom => self.turn(place),
            Self::Left => Self::Right.turn(place),
            Self::Right => Self::Left.turn(place),
        }
    }
}

impl Chart {
    /// The same plan with the screen at another side of it.
    pub fn facing(mut self, side: Side) -> Self {
        if side != self.screen.side {
            for seat in &mut self.seats {
                (seat.x, seat.y) = side.turn(self.screen.side.turn_back((seat.x, seat.y)));
            }
            self.screen.side = side;
            self.screen.center = None;
            self.sort();
        }
        self
    }

    /// The hall with left and right exchanged, for plans that were drawn as seen from the screen.
    pub fn mirrored(mut self) -> Self {
        self.seats.iter_mut().for_each(|seat| seat.x = -seat.x);
        self.screen.center = self.screen.center.map(|x| -x);
        self.sort();
        self
    }

    /// Puts rows and seats in chart order again: in each section from the screen backwards, in each row from left to
    /// right.
    pub(super) fn sort(&mut self) {
        let geometry = Geometry::of(self);
        let depth = |row: usize| {
            let seats = self.rows[row].seats.clone();
            let sum: f64 = seats.clone().map(|ix| self.seats[ix as usize].y).sum();
            sum / f64::from(seats.len().max(1) as u32)
        };
        let depths: Vec<f64> = (0..self.rows.len()).map(depth).collect();
        let mut order: Vec<usize> = (0..self.rows.len()).collect();
        let key = |row: usize| (self.rows[row].section, depths[row]);
        order.sort_by(|&a, &b| key(a).0.cmp(&key(b).0).then(key(a).1.total_cmp(&key(b).1)));
        let seats: Vec<Vec<SeatIx>> = order.iter().map(|&row| geometry.row(row as u32).to_vec()).collect();
        let mut old_rows: Vec<_> = mem::take(&mut self.rows).into_iter().map(Some).collect();
        let mut old_seats: Vec<_> = mem::take(&mut self.seats).into_iter().map(Some).collect();
        for (row, seats) in order.into_iter().zip(seats) {
            let at = self.rows.len() as u32;
            let start = self.seats.len() as u32;
            let moved = seats.iter().filter_map(|ix| old_seats[ix.get()].take());
            self.seats.extend(moved.map(|mut seat| {
                seat.row = at;
                seat
            }));
            if let Some(mut row) = old_rows[row].take() {
                row.seats = start..self.seats.len() as u32;
                self.rows.push(row);
            }
        }
    }
}
