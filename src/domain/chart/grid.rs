//! Where each seat of a level is drawn: one column a seat, one line a row, aisles as empty columns and lines.
//! Zoom multiplies the columns; the grid itself never changes.

use super::Chart;
use crate::domain::ids::SeatIx;

/// A level of a chart, fitted to cells. No two seats share a cell; left to right is as the audience sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grid {
    /// Index into [`Chart::levels`].
    pub level: u16,
    pub cols: u32,
    /// Line 0 is nearest to the screen.
    pub lines: Vec<GridLine>,
}

/// One line of the grid. A line without seats is a cross aisle.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GridLine {
    /// The row's label, shown at both ends; empty for a cross aisle.
    pub label: String,
    /// Its seats with their columns, by column.
    pub seats: Vec<(u32, SeatIx)>,
}

/// A step of the cursor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Step {
    Left,
    Right,
    /// Towards the screen.
    Up,
    Down,
    /// The first seat of the previous run / of the next run in the row.
    PreviousBlock,
    NextBlock,
    /// Five rows.
    FarUp,
    FarDown,
    RowStart,
    RowEnd,
    FirstRow,
    LastRow,
}

impl Grid {
    /// Fits one level of a chart.
    pub fn of(_chart: &Chart, _level: u16) -> Self {
        todo!()
    }

    /// Line and column of a seat, if it is on this level. O(log n).
    pub fn position(&self, _seat: SeatIx) -> Option<(u32, u32)> {
        todo!()
    }

    /// The seat that a step from `from` leads to; `from` itself where the grid ends.
    pub fn step(&self, _from: SeatIx, _step: Step) -> SeatIx {
        todo!()
    }
}
