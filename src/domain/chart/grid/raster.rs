//! A level in small: dots that stand for a seat or for a block of seats, eight to a cell as braille has them. The
//! dots of a cell that are lit follow the share that is free (ordered dithering), so that the shape alone tells it.

use super::Grid;
use crate::domain::ids::SeatIx;

/// Dots of a cell, across and down.
const DOTS: (u32, u32) = (2, 4);
/// Which dot of a cell is lit first, which second and so on: far from each other, as in Bayer's matrices.
const ORDER: [[u32; 2]; 4] = [[0, 4], [6, 2], [1, 5], [7, 3]];
/// The bits of the dots in a braille character, counted from U+2800.
const BITS: [[u8; 2]; 4] = [[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]];

/// A level drawn with dots, with the numbers of seats and of free seats behind each; kept up to date seat by seat.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Raster {
    /// The room that it was made for, in cells.
    pub room: (u16, u16),
    /// Its size in cells, at most the room.
    pub width: u16,
    pub height: u16,
    /// Grid columns and lines a dot.
    block: (u32, u32),
    /// From one dot to the next: 2 where there is room for air between them.
    spread: u32,
    dots: Vec<Dot>,
    /// For each cell the first seat that was found there.
    stops: Vec<Option<SeatIx>>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Dot {
    seats: u32,
    free: u32,
}

/// One cell of a [`Raster`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RasterCell {
    pub seats: u32,
    pub free: u32,
    /// The dots to light, as braille counts them from U+2800.
    pub lit: u8,
    /// A seat that is drawn here.
    pub stop: SeatIx,
}

impl Raster {
    /// The seats of a grid in a room of so many cells. O(n).
    pub fn of(grid: &Grid, (width, height): (u16, u16), is_free: impl Fn(SeatIx) -> bool) -> Self {
        let room = (u32::from(width) * DOTS.0, u32::from(height) * DOTS.1);
        let lines = grid.lines.len() as u32;
        if grid.cols == 0 || lines == 0 || room.0 == 0 || room.1 == 0 {
            return Self { room: (width, height), ..Self::default() };
        }
        let block = (grid.cols.div_ceil(room.0), lines.div_ceil(room.1));
        let spread = if block == (1, 1) && grid.cols * 2 <= room.0 && lines * 2 <= room.1 { 2 } else { 1 };
        let cells = |dots: u32, of: u32| ((dots * spread).div_ceil(of)) as u16;
        let (width_used, height_used) =
            (cells(grid.cols.div_ceil(block.0), DOTS.0), cells(lines.div_ceil(block.1), DOTS.1));
        let mut raster = Self {
            room: (width, height),
            width: width_used,
            height: height_used,
            block,
            spread,
            dots: vec![Dot::default(); usize::from(width_used) * usize::from(height_used) * 8],
            stops: vec![None; usize::from(width_used) * usize::from(height_used)],
        };
        for (seat, line, column) in grid.spots() {
            let (x, y) = raster.dot_at(line, column);
            let at = raster.index(x, y);
            raster.dots[at].seats += 1;
            raster.dots[at].free += u32::from(is_free(seat));
            let cell = (y / DOTS.1) as usize * usize::from(raster.width) + (x / DOTS.0) as usize;
            raster.stops[cell].get_or_insert(seat);
        }
        raster
    }

    /// A seat has become free, or is so no longer. O(log n).
    pub fn add(&mut self, grid: &Grid, seat: SeatIx, free: i32) {
        if let Some((x, y)) = self.dot(grid, seat) {
            let at = self.index(x, y);
            self.dots[at].free = self.dots[at].free.saturating_add_signed(free);
        }
    }

    /// The cell that a seat is in.
    pub fn cell_of(&self, grid: &Grid, seat: SeatIx) -> Option<(u16, u16)> {
        let (x, y) = self.dot(grid, seat)?;
        Some(((x / DOTS.0) as u16, (y / DOTS.1) as u16))
    }

    /// The cell that a line and column of the grid are in.
    pub fn cell_at(&self, line: u32, column: u32) -> (u16, u16) {
        let (x, y) = (column / self.block.0.max(1) * self.spread, line / self.block.1.max(1) * self.spread);
        ((x / DOTS.0) as u16, (y / DOTS.1) as u16)
    }

    /// Grid columns and lines of a cell.
    pub fn reach(&self) -> (u32, u32) {
        let spread = self.spread.max(1);
        ((self.block.0 * DOTS.0 / spread).max(1), (self.block.1 * DOTS.1 / spread).max(1))
    }

    /// What to draw in a cell; `None` where there is no seat.
    pub fn cell(&self, x: u16, y: u16) -> Option<RasterCell> {
        let stop = self.stops.get(usize::from(y) * usize::from(self.width) + usize::from(x)).copied().flatten()?;
        let mut cell = RasterCell { seats: 0, free: 0, lit: 0, stop };
        for (down, row) in ORDER.iter().enumerate() {
            for (across, order) in row.iter().enumerate() {
                let at = self.index(u32::from(x) * DOTS.0 + across as u32, u32::from(y) * DOTS.1 + down as u32);
                let dot = self.dots[at];
                cell.seats += dot.seats;
                cell.free += dot.free;
                if u64::from(dot.free) * 8 > u64::from(dot.seats) * u64::from(*order) {
                    cell.lit |= BITS[down][across];
                }
            }
        }
        // What is free is seen, however little it is.
        if cell.lit == 0 && cell.free > 0 {
            cell.lit = BITS[1][0];
        }
        Some(cell)
    }

    fn dot(&self, grid: &Grid, seat: SeatIx) -> Option<(u32, u32)> {
        if self.dots.is_empty() {
            return None;
        }
        let (line, column) = grid.spot(seat)?;
        Some(self.dot_at(line, column))
    }

    fn dot_at(&self, line: u32, column: u32) -> (u32, u32) {
        (column / self.block.0 * self.spread, line / self.block.1 * self.spread)
    }

    fn index(&self, x: u32, y: u32) -> usize {
        y as usize * usize::from(self.width) * DOTS.0 as usize + x as usize
    }
}
