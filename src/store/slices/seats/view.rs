//! What of the hall is shown: level, zoom, scrolling.

use super::Seats;
use crate::{
    domain::chart::grid::Grid,
    store::{
        action::{Turn, Zoom},
        state::Size,
        tracked::Tracked,
    },
};

/// The cursor stays this far from the edge of a map that is scrolled.
const MARGIN: u32 = 2;

/// Columns a seat: the levels Z2, Z3 and Z4.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scale {
    Compact = 1,
    Normal = 2,
    Label = 4,
}

/// The cells that the map may use on a screen of this size, without row labels. The screen draws by the same sizes.
pub fn map_size(size: Size) -> (u32, u32) {
    let panel = panel_width(size);
    let width = size.width.saturating_sub(if panel > 0 { panel + 1 } else { 0 }).saturating_sub(2 * LABEL_WIDTH);
    let above = if size.height >= 24 { 4 } else { 2 };
    let below = match (panel > 0, size.height) {
        (true, ..28) => 4,
        (true, _) => 5,
        (false, _) => 6,
    };
    (u32::from(width.max(1)), u32::from(size.height.saturating_sub(above + below).max(1)))
}

/// Columns on each side of the map for the row labels.
pub const LABEL_WIDTH: u16 = 3;

/// The width of the side panel; 0 where there is no room and it becomes lines below the map.
pub fn panel_width(size: Size) -> u16 {
    match size.width {
        100.. => 24,
        76.. => 18,
        _ => 0,
    }
}

/// The scale at which a grid is drawn: the chosen one, else the largest that fits.
pub fn scale(seats: &Seats, grid: &Grid, size: Size) -> Scale {
    let (width, _) = map_size(size);
    let fits = |scale: Scale| grid.cols * (scale as u32) <= width;
    seats.zoom.unwrap_or(match () {
        () if fits(Scale::Label) => Scale::Label,
        () if fits(Scale::Normal) => Scale::Normal,
        () => Scale::Compact,
    })
}

/// Screen lines a grid line: two where seats are wide and there is room.
pub fn line_pitch(grid: &Grid, scale: Scale, size: Size) -> u32 {
    let (_, height) = map_size(size);
    if scale == Scale::Label && grid.lines.len() as u32 * 2 <= height + 1 { 2 } else { 1 }
}

/// Scrolls so that the cursor can be seen, with a margin, and no further than the grid's end.
pub fn keep_cursor_in_view(seats: &mut Tracked<Seats>, size: Size) {
    let Some(grid) = seats.grid() else { return };
    let Some((line, col)) = grid.position(seats.cursor) else { return };
    let (width, height) = map_size(size);
    let scale = scale(seats, grid, size);
    let (cols, lines) = (width / scale as u32, height / line_pitch(grid, scale, size));
    let origin = (
        scrolled(seats.origin.0, line, lines, grid.lines.len() as u32),
        scrolled(seats.origin.1, col, cols, grid.cols),
    );
    if origin != seats.origin {
        seats.origin = origin;
    }
}

pub(super) fn scrolled(origin: u32, at: u32, shown: u32, all: u32) -> u32 {
    if all <= shown {
        return 0;
    }
    let margin = MARGIN.min(shown.saturating_sub(1) / 2);
    let lowest = (at + margin + 1).saturating_sub(shown);
    let highest = at.saturating_sub(margin);
    origin.clamp(lowest.min(highest), highest).min(all - shown)
}

pub(super) fn zoomed(seats: &mut Tracked<Seats>, zoom: Zoom, size: Size) {
    let Some(grid) = seats.grid() else { return };
    let now = scale(seats, grid, size);
    seats.zoom = match (zoom, now) {
        (Zoom::Auto, _) => None,
        (Zoom::In, Scale::Compact) => Some(Scale::Normal),
        (Zoom::In, _) => Some(Scale::Label),
        (Zoom::Out, Scale::Label) => Some(Scale::Normal),
        (Zoom::Out, _) => Some(Scale::Compact),
    };
}

pub(super) fn turn_level(seats: &mut Tracked<Seats>, turn: Turn) {
    let Some(plan) = seats.plan().cloned() else { return };
    let count = plan.grids.len();
    let level = match turn {
        Turn::Next => (seats.level + 1) % count,
        Turn::Previous => (seats.level + count - 1) % count,
    };
    // To the middle of the level's first row: a place that is always there.
    let first = plan.grids[level].lines.iter().find(|l| !l.seats.is_empty());
    if let Some(line) = first.filter(|_| level != seats.level) {
        seats.level = level;
        seats.cursor = line.seats[line.seats.len() / 2].1;
        seats.origin = (0, 0);
    }
}

pub(super) fn clamp_origin(seats: &mut Tracked<Seats>, size: Size) {
    let Some(grid) = seats.grid() else { return };
    let (width, height) = map_size(size);
    let scale = scale(seats, grid, size);
    let lines = (grid.lines.len() as u32).saturating_sub(height / line_pitch(grid, scale, size));
    let cols = grid.cols.saturating_sub(width / scale as u32);
    seats.origin = (seats.origin.0.min(lines), seats.origin.1.min(cols));
}
