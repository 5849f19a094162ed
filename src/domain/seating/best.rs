//! The best seats together: the first rungs of the ladder, cost by distance from the best spot of the hall.

use crate::domain::{
    chart::{Chart, geometry::Geometry},
    ids::SeatIx,
};

/// A proposed block of seats beside each other, from left to right, and how far it is from the best spot
/// (mean seat cost; less is better).
#[derive(Clone, Debug, PartialEq)]
pub struct Block {
    pub seats: Vec<SeatIx>,
    pub cost: f64,
    /// True when it leaves no single free seat beside it.
    pub tidy: bool,
}

/// The best blocks of `party` seats in one run, best first, at most `limit`, no two sharing more than half of
/// their seats. Blocks that strand no single seat come before those that do. `open` tells which seats may be
/// had. Wheelchair and companion places are never proposed; a couch is never split.
pub fn blocks(
    _chart: &Chart,
    _geometry: &Geometry,
    _open: &dyn Fn(SeatIx) -> bool,
    _party: usize,
    _limit: usize,
) -> Vec<Block> {
    todo!()
}

/// The best block of `party` open seats that contains `seat`, or that is nearest to it in its run.
pub fn block_at(
    _chart: &Chart,
    _geometry: &Geometry,
    _open: &dyn Fn(SeatIx) -> bool,
    _party: usize,
    _seat: SeatIx,
) -> Option<Block> {
    todo!()
}
