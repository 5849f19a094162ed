//! Who sits beside whom, from coordinates alone: two consecutive seats of a physical row are neighbours if they
//! are at most 1.3 × the row's median pitch apart, unless the chart says otherwise. Never from labels or numbers.

use super::Chart;
use crate::domain::ids::SeatIx;

/// A maximal chain of neighbours, from left to right as the audience sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    pub seats: Vec<SeatIx>,
}

/// Adjacency of a chart, computed once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Geometry {
    pub runs: Vec<Run>,
    /// For each seat, its run and its place in it.
    pub place: Vec<(u32, u32)>,
}

impl Geometry {
    pub fn of(_chart: &Chart) -> Self {
        todo!()
    }

    pub fn left(&self, seat: SeatIx) -> Option<SeatIx> {
        let (run, at) = self.place[seat.get()];
        self.runs[run as usize].seats.get((at as usize).checked_sub(1)?).copied()
    }

    pub fn right(&self, seat: SeatIx) -> Option<SeatIx> {
        let (run, at) = self.place[seat.get()];
        self.runs[run as usize].seats.get(at as usize + 1).copied()
    }
}
