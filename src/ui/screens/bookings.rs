//! My bookings.

use crate::{
    input::target::Target,
    store::select::bookings::{BookingsVm, Entry, EntryTone},
    ui::frame::{Ctx, Frame, columns, put, put_right, put_wrapped},
};
use ratatui::{
    buffer::Buffer,
    layout::{Position, Rect},
};

/// Codes of so many columns always have their place.
const SHORT_CODE: u16 = 12;

/// From so many columns on.
const AMOUNTS_IN_LINE: u16 = 60;

pub fn draw(vm: &BookingsVm, ctx: Ctx<'_>, area: Rect, buf: &mut Buffer, frame: &mut Frame) {
    let width = area.width.min(84);
    let column = Rect { x: area.x + (area.width - width) / 2, y: area.y + 1, width, height: area.height - 1 };
    if let Some(text) = &vm.instead {
        put_wrapped(buf, Rect { y: column.y + 1, ..column }, text, ctx.theme.dim);
        frame.speech.clone_from(text);
    }
    // Amounts stand below each other where there is room for it.
    let widest = vm.entries.iter().map(|entry| columns(&entry.state)).max().unwrap_or(0);
    let state_width = if width >= AMOUNTS_IN_LINE { widest } else { 0 };
    for (i, entry) in vm.entries.iter().enumerate() {
        let y = column.y + (vm.entry_height * i) as u16;
        if y + 2 > area.bottom() {
            return;
        }
        let height = if entry.trouble.is_empty() { 2 } else { 3.min(area.bottom() - y) };
        draw_entry(entry, state_width, ctx, Rect { y, height, ..column }, buf, frame);
    }
}

/// `state_width`: the columns that the state has at least.
fn draw_entry(entry: &Entry, state_width: u16, ctx: Ctx<'_>, area: Rect, buf: &mut Buffer, frame: &mut Frame) {
    let theme = ctx.theme;
    let title = match (entry.selected, entry.tone) {
        (true, _) => theme.selected,
        (false, EntryTone::Over) => theme.dim,
        (false, _) => theme.strong,
    };
    if entry.selected {
        for line in 0..area.height {
            put(buf, area.x, area.y + line, 1, &ctx.glyphs.marker.to_string(), theme.accent);
        }
        frame.cursor = Some(Position { x: area.x, y: area.y });
        let said = [&entry.film, &entry.when, &entry.place, &entry.total, &entry.state, &entry.trouble];
        let said: Vec<&str> = said.into_iter().map(String::as_str).filter(|part| !part.is_empty()).collect();
        frame.speech = said.join(", ");
    }
    let x = area.x + 2;
    let state = match entry.tone {
        EntryTone::Valid => theme.good,
        EntryTone::Due => theme.warn,
        EntryTone::Urgent => theme.bad,
        EntryTone::Over => theme.dim,
    };
    let mut end = put_right(buf, x, area.right(), area.y, &entry.state, state);
    end = end.min(area.right().saturating_sub(state_width));
    if !entry.total.is_empty() {
        end = put_right(buf, x, end.saturating_sub(2), area.y, &entry.total, title);
    }
    let room = end.saturating_sub(x + 2);
    put(buf, x, area.y, room, &crate::domain::text::fit(&entry.film, usize::from(room)), title);
    let below = format!("{}   {}", entry.when, entry.place);
    let code = entry.code.as_str();
    let mut end = area.right();
    // Where and when matters more than a long code, which the ticket shows as well.
    if columns(&below) + 2 + columns(code) <= area.width.saturating_sub(2) || columns(code) <= SHORT_CODE {
        end = put_right(buf, x, area.right(), area.y + 1, code, theme.text);
    }
    let room = end.saturating_sub(x + 2);
    put(buf, x, area.y + 1, room, &crate::domain::text::fit(&below, usize::from(room)), theme.dim);
    if area.height > 2 {
        let room = area.right().saturating_sub(x);
        put(buf, x, area.y + 2, room, &crate::domain::text::fit(&entry.trouble, usize::from(room)), theme.bad);
    }
    frame.hits.push(area.x, area.y, area.width, area.height, Target::Booking(entry.code.clone()));
}
