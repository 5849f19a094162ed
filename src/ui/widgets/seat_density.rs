//! A floor in dots: where seats are, and how many of them are free. The number of dots tells it, and the colour again.

use crate::{
    domain::{
        chart::grid::{OUTLINE, Raster, RasterCell},
        ids::SeatIx,
    },
    input::target::Target,
    store::select::seats::{MapVm, Scale},
    ui::frame::{Ctx, Frame},
};
use ratatui::{
    buffer::Buffer,
    layout::{Position, Rect},
    style::Modifier,
};

/// The part of `area` that the picture fills, in the middle of it.
pub fn place(map: &MapVm<'_>, area: Rect) -> Rect {
    let (width, height) = map.raster().map_or((0, 0), |raster| (raster.width, raster.height));
    let (width, height) = (width.min(area.width), height.min(area.height));
    Rect { x: area.x + (area.width - width) / 2, y: area.y + (area.height - height) * 2 / 5, width, height }
}

/// The floor, with the cell of the cursor, or where sections are chosen all cells of the cursor's section, marked.
pub fn draw(map: &MapVm<'_>, ctx: Ctx<'_>, area: Rect, buf: &mut Buffer, frame: &mut Frame) {
    let Some(raster) = map.raster() else { return };
    let sections = map.lens.scale == Scale::Venue;
    let cursor = raster.cell_of(map.grid, map.cursor).filter(|_| map.is_at(map.cursor));
    for y in 0..raster.height.min(area.height) {
        for x in 0..raster.width.min(area.width) {
            // Turned over, a cell is the one at the other side.
            let from = if map.is_mirrored() { raster.width - 1 - x } else { x };
            let Some(cell) = raster.cell(from, y) else { continue };
            let eighths = eighths(cell);
            let mut style = ctx.theme.share(eighths);
            let marked = if sections { map.is_in(map.section_of(cell.stop)) } else { cursor == Some((from, y)) };
            if marked {
                style = style.patch(ctx.theme.cursor).add_modifier(Modifier::BOLD);
            }
            let at = Position { x: area.x + x, y: area.y + y };
            buf[at].set_char(sign(cell, map.is_mirrored(), ctx)).set_style(style);
            if cursor == Some((from, y)) && !sections {
                frame.cursor = Some(at);
            }
            let target = if sections { Target::Area(map.section_of(cell.stop)) } else { place_of(map, cell.stop) };
            frame.hits.push(at.x, at.y, 1, 1, target);
        }
    }
    for (x, y) in map.wanted_cells(raster) {
        let x = if map.is_mirrored() { raster.width - 1 - x } else { x };
        if x < area.width && y < area.height {
            buf[(area.x + x, area.y + y)].set_char(ctx.glyphs.mine).set_style(ctx.theme.mine);
        }
    }
}

/// Where in the grid a seat is.
fn place_of(map: &MapVm<'_>, seat: SeatIx) -> Target {
    let (line, col) = map.grid.position(seat).unwrap_or_default();
    Target::Place { line, col }
}

/// How many eighths are free, rounded up: 0 means that nothing is.
pub fn eighths(cell: RasterCell) -> u8 {
    (u64::from(cell.free) * 8).div_ceil(u64::from(cell.seats.max(1))).min(8) as u8
}

fn sign(cell: RasterCell, mirrored: bool, ctx: Ctx<'_>) -> char {
    match (ctx.glyphs.shares, cell.lit) {
        (Some(shares), _) => shares[usize::from(eighths(cell))],
        (None, 0) => ctx.glyphs.blocked,
        (None, lit) => braille(if mirrored { turned(lit) } else { lit }),
    }
}

/// The sign of a share as a legend shows it.
pub fn sample(eighths: u8, ctx: Ctx<'_>) -> String {
    let lit = [0, 0x01, 0x11, 0x51, 0x53, 0x57, 0x77, 0x7f, 0xff][usize::from(eighths.min(8))];
    sign(RasterCell { seats: 8, free: u32::from(eighths), lit, stop: SeatIx(0) }, false, ctx).to_string()
}

/// The braille character with these dots.
pub fn braille(dots: u8) -> char {
    char::from_u32(0x2800 + u32::from(dots)).unwrap_or(' ')
}

/// The dots of the left column at the right and the other way round.
fn turned(dots: u8) -> u8 {
    (dots & 0b0000_0111) << 3 | (dots & 0b0011_1000) >> 3 | (dots & 0x40) << 1 | (dots & 0x80) >> 1
}

/// The whole floor in a corner, with the part that the map shows marked.
pub fn minimap(map: &MapVm<'_>, shown: (u32, u32), ctx: Ctx<'_>, area: Rect, buf: &mut Buffer, frame: &mut Frame) {
    let outline: &Raster = &map.grid.outline;
    let end = |at: u32, by: u32, all: u32| (at + by).min(all).saturating_sub(1);
    let first = outline.cell_at(map.origin.0, map.origin.1);
    let last = outline
        .cell_at(end(map.origin.0, shown.0, map.grid.lines.len() as u32), end(map.origin.1, shown.1, map.grid.cols));
    let cursor = map.cursor_position().map(|(line, column)| outline.cell_at(line, column));
    for y in 0..outline.height.min(area.height).min(OUTLINE.1) {
        for x in 0..outline.width.min(area.width).min(OUTLINE.0) {
            let from = if map.is_mirrored() { outline.width - 1 - x } else { x };
            let cell = outline.cell(from, y);
            let seen = (first.0..=last.0).contains(&x) && (first.1..=last.1).contains(&y);
            if cell.is_none() && !seen {
                continue;
            }
            let sign = match (cell, ctx.glyphs.shares) {
                (None, _) => ' ',
                (Some(_), Some(_)) => ctx.glyphs.held,
                (Some(cell), None) => braille(if map.is_mirrored() { turned(cell.lit) } else { cell.lit }),
            };
            let mut style = if seen { ctx.theme.text } else { ctx.theme.dim };
            if seen {
                style = style.patch(ctx.theme.cursor);
            }
            if cursor == Some((x, y)) {
                style = style.patch(ctx.theme.accent);
            }
            buf[(area.x + x, area.y + y)].set_char(sign).set_style(style);
            if let Some(cell) = cell {
                frame.hits.push(area.x + x, area.y + y, 1, 1, place_of(map, cell.stop));
            }
        }
    }
}
