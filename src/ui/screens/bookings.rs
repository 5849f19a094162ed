//! My bookings.

use crate::{
    input::target::Target,
    store::select::bookings::{BookingsVm, Entry},
    ui::frame::{Ctx, Frame, put, put_right, put_wrapped},
};
use ratatui::{
    buffer::Buffer,
    layout::{Position, Rect},
};

pub fn draw(vm: &BookingsVm, ctx: Ctx<'_>, area: Rect, buf: &mut Buffer, frame: &mut Frame) {
    let width = area.width.min(84);
    let column = Rect { x: area.x + (area.width - width) / 2, y: area.y + 1, width, height: area.height - 1 };
    if let Some(text) = &vm.instead {
        put_wrapped(buf, Rect { y: column.y + 1, ..column }, text, ctx.theme.dim);
        frame.speech.clone_from(text);
    }
    for (i, entry) in vm.entries.iter().enumerate() {
        let y = column.y + 3 * i as u16;
        if y + 2 > area.bottom() {
            return;
        }
        draw_entry(entry, ctx, Rect { y, height: 2, ..column }, buf, frame);
    }
}

fn draw_entry(entry: &Entry, ctx: Ctx<'_>, area: Rect, buf: &mut Buffer, frame: &mut Frame) {
    let theme = ctx.theme;
    let title = match (entry.selected, entry.valid) {
        (true, _) => theme.selected,
        (false, true) => theme.strong,
        (false, false) => theme.dim,
    };
    if entry.selected {
        for line in 0..2 {
            put(buf, area.x, area.y + line, 1, &ctx.glyphs.marker.to_string(), theme.accent);
        }
        frame.cursor = Some(Position { x: area.x, y: area.y });
        frame.speech = format!("{}, {}, {}, {}, {}", entry.film, entry.when, entry.place, entry.total, entry.state);
    }
    let x = area.x + 2;
    let state = if entry.valid { theme.good } else { theme.dim };
    let end = put_right(buf, x, area.right(), area.y, &entry.state, state);
    let end = put_right(buf, x, end.saturating_sub(2), area.y, &entry.total, title);
    let room = end.saturating_sub(x + 2);
    put(buf, x, area.y, room, &crate::domain::text::fit(&entry.film, usize::from(room)), title);
    let end = put_right(buf, x, area.right(), area.y + 1, entry.code.as_str(), theme.text);
    let room = end.saturating_sub(x + 2);
    let below = format!("{}   {}", entry.when, entry.place);
    put(buf, x, area.y + 1, room, &crate::domain::text::fit(&below, usize::from(room)), theme.dim);
    frame.hits.push(area.x, area.y, area.width, 2, Target::Booking(entry.code.clone()));
}
