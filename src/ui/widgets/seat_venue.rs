//! The house section by section: a list with what is free and what it costs, and beside it the floor in dots with the
//! section of the cursor marked.

use super::seat_density;
use crate::{
    domain::text,
    input::target::Target,
    store::select::seats::{MapVm, SectionLine, list_width},
    ui::frame::{Ctx, Frame, columns, put, put_right},
};
use ratatui::{
    buffer::Buffer,
    layout::{Position, Rect},
};

/// Cells of the bar that shows the free share.
const BAR: u16 = 8;
const PRICE: u16 = 10;
const FREE: u16 = 8;

pub fn draw(map: &MapVm<'_>, ctx: Ctx<'_>, area: Rect, buf: &mut Buffer, frame: &mut Frame) {
    let list = (list_width(u32::from(area.width)) as u16).min(area.width);
    let beside = Rect { x: area.x, width: area.width - list, ..area };
    if map.raster().is_some() && beside.width >= 16 {
        let cells = seat_density::place(map, Rect { width: beside.width - 2, ..beside });
        seat_density::draw(map, ctx, cells, buf, frame);
    }
    let x = area.x + beside.width;
    for (y, line) in (area.y..area.bottom()).zip(&map.venue) {
        draw_line(line, ctx, Rect { x, y, width: list, height: 1 }, buf, frame);
    }
}

/// `▌West 12      ━━━━━───   143   from 12.50   W 4`
fn draw_line(line: &SectionLine, ctx: Ctx<'_>, area: Rect, buf: &mut Buffer, frame: &mut Frame) {
    let style = if line.here { ctx.theme.selected } else { ctx.theme.text };
    let y = area.y;
    if line.here {
        put(buf, area.x, y, 1, &ctx.glyphs.marker.to_string(), ctx.theme.accent);
        frame.cursor = Some(Position { x: area.x + 2, y });
    }
    let (left, mut right) = (area.x + 2, area.right());
    if area.width >= 50 {
        put_right(buf, left, right, y, &line.wheelchair, ctx.theme.dim);
        right -= 6;
    }
    put_right(buf, left, right, y, &line.price, ctx.theme.dim);
    right = right.saturating_sub(if line.price.is_empty() { 0 } else { PRICE });
    put_right(buf, left, right, y, &line.free, if line.eighths == 0 { ctx.theme.taken } else { style });
    right = right.saturating_sub(FREE + 1);
    if right > left + BAR + 8 {
        right -= BAR;
        let (full, empty) = ctx.glyphs.gauge;
        for at in 0..BAR {
            let (sign, style) = if at < u16::from(line.eighths) {
                (full, ctx.theme.share(line.eighths))
            } else {
                (empty, ctx.theme.dim)
            };
            buf[(right + at, y)].set_char(sign).set_style(style);
        }
        right -= 1;
    }
    let name = text::fit(&line.name, usize::from(right.saturating_sub(left)));
    put(buf, left, y, columns(&name), &name, style);
    frame.hits.push(area.x, y, area.width, 1, Target::Area(line.section));
}
