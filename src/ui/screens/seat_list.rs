//! The seats as lines of text. Every line speaks.

use crate::{
    input::target::Target,
    store::select::seats::{ListLine, ListVm},
    ui::{
        frame::{Ctx, Frame, columns, put, put_right, put_wrapped},
        widgets::typed,
    },
};
use ratatui::{
    buffer::Buffer,
    layout::{Position, Rect},
};

pub fn draw(vm: &ListVm, ctx: Ctx<'_>, area: Rect, buf: &mut Buffer, frame: &mut Frame) {
    let width = area.width.min(90);
    put(buf, area.x, area.y, width, &crate::domain::text::fit(&vm.heading, usize::from(width)), ctx.theme.strong);
    let list = Rect { x: area.x, y: area.y + 2, width, height: area.height.saturating_sub(5) };
    if vm.lines.is_empty() {
        put_wrapped(buf, list, &vm.instead, ctx.theme.dim);
    }
    let names = vm.lines.iter().map(|line| columns(&line.name)).max().unwrap_or(0).min(width / 2);
    for (y, line) in (list.y..list.bottom()).zip(&vm.lines) {
        draw_line(line, names, ctx, Rect { y, height: 1, ..list }, buf, frame);
    }
    let below = area.bottom().saturating_sub(2);
    put(buf, area.x, below, width, &crate::domain::text::fit(&vm.yours, usize::from(width)), ctx.theme.good);
    if let Some(line) = &vm.typed {
        typed::draw(line, ctx, Rect { y: area.bottom().saturating_sub(1), height: 1, ..area }, buf, frame);
    }
}

fn draw_line(line: &ListLine, names: u16, ctx: Ctx<'_>, area: Rect, buf: &mut Buffer, frame: &mut Frame) {
    let theme = ctx.theme;
    let style = if line.is_selected { theme.selected } else { theme.text };
    if line.is_selected {
        put(buf, area.x, area.y, 1, &ctx.glyphs.marker.to_string(), theme.accent);
        frame.cursor = Some(Position { x: area.x, y: area.y });
        frame.speech.clone_from(&line.speech);
    }
    let x = area.x + 2;
    let name = crate::domain::text::fit(&line.name, usize::from(names));
    put(buf, x, area.y, names, &name, if line.is_mine { theme.good } else { style });
    let end = put_right(buf, x + names, area.right(), area.y, &line.amount, style);
    let room = end.saturating_sub(x + names + 4);
    put(buf, x + names + 2, area.y, room, &crate::domain::text::fit(&line.words, usize::from(room)), theme.dim);
    frame.hits.push(area.x, area.y, area.width, 1, Target::SeatLine(line.line));
}
