//! The lists in which is searched: shows, bookings, and films that can be added.

use super::{alert, is_tall, put_fit};
use crate::{
    input::target::Target,
    store::select::admin::{BookingVm, FilmVm, ListVm, ShowVm, WIDE},
    ui::{
        frame::{Ctx, Frame, put, put_right, put_wrapped},
        widgets::field::{self, Field},
    },
};
use ratatui::{
    buffer::Buffer,
    layout::{Position, Rect},
    style::Style,
};

/// The columns of figures, from the right: earnings, seats, price; and of a day with its time.
const EARNINGS: u16 = 13;
const SEATS: u16 = 7;
const PRICE: u16 = 11;
const WHEN: u16 = 18;
/// The columns of a booking's state.
const STATE: u16 = 8;
/// Where the overview of a film has room beside the list.
const TWO_PANES: u16 = 88;

pub fn shows(list: &ListVm<ShowVm>, ctx: Ctx<'_>, area: Rect, buf: &mut Buffer, frame: &mut Frame) {
    let lines = head(list, ctx, area, buf, frame);
    let is_wide = area.width + 2 >= WIDE;
    if is_wide && list.instead.is_none() && list.alert.is_none() {
        let headings = ["film", "when", "price", "seats", "earnings"];
        show_cells(headings, [ctx.theme.dim; 5], Rect { y: lines.y - 1, ..lines }, buf);
    }
    for (row, line) in list.rows.iter().zip(cut(lines, if is_wide { 1 } else { 2 })) {
        let style = mark(row.selected, ctx, line, buf);
        let figures = if row.selected { style } else { ctx.theme.text };
        if is_wide {
            let cells = [&row.film, &row.when, &row.price, &row.taken, &row.earnings].map(String::as_str);
            show_cells(cells, [style, figures, ctx.theme.dim, figures, figures], line, buf);
        } else {
            let x = line.x + 2;
            let end = put_right(buf, x, line.right(), line.y, &row.earnings, figures);
            put_fit(buf, x, line.y, end.saturating_sub(x + 2), &row.film, style);
            let sum = format!("{} {} {}", row.taken, if ctx.glyphs.kind == ASCII { "x" } else { "×" }, row.price);
            let end = put_right(buf, x, line.right(), line.y + 1, &sum, ctx.theme.dim);
            put_fit(buf, x, line.y + 1, end.saturating_sub(x + 1), &row.when, ctx.theme.dim);
        }
        if row.selected {
            frame.speech =
                format!("{}, {}, {} a seat, {} taken, {}", row.film, row.when, row.price, row.taken, row.earnings);
        }
        frame.hits.push(line.x, line.y, line.width, line.height, Target::Entry(row.entry.clone()));
    }
}

const ASCII: crate::domain::money::Glyphs = crate::domain::money::Glyphs::Ascii;

/// Film, time, price, seats and earnings of a show, each in its column.
fn show_cells(cells: [&str; 5], styles: [Style; 5], line: Rect, buf: &mut Buffer) {
    let [film, when, price, seats, earnings] = cells;
    let x = line.x + 2;
    let mut right = line.right();
    put_right(buf, x, right, line.y, earnings, styles[4]);
    right -= EARNINGS;
    put_right(buf, x, right, line.y, seats, styles[3]);
    right -= SEATS;
    put_right(buf, x, right, line.y, price, styles[2]);
    right -= PRICE + WHEN;
    put(buf, right, line.y, WHEN, when, styles[1]);
    put_fit(buf, x, line.y, right.saturating_sub(x + 2), film, styles[0]);
}

pub fn bookings(list: &ListVm<BookingVm>, ctx: Ctx<'_>, area: Rect, buf: &mut Buffer, frame: &mut Frame) {
    let theme = ctx.theme;
    let lines = head(list, ctx, area, buf, frame);
    let height = if area.width + 2 >= WIDE { 2 } else { 3 };
    for (row, line) in list.rows.iter().zip(cut(lines, height)) {
        let style = mark(row.selected, ctx, line, buf);
        let x = line.x + 2;
        let state = if row.paid { theme.good } else { theme.warn };
        put_right(buf, x, line.right(), line.y, row.state, state);
        let end = line.right() - STATE - 2;
        let end = put_right(buf, x, end, line.y, &row.amount, if row.selected { style } else { theme.text });
        let name = if row.removed && !row.selected { theme.dim } else { style };
        put_fit(buf, x, line.y, end.saturating_sub(x + 2), &row.person, name);
        let y = line.y + 1;
        let end = put_right(buf, x, line.right(), y, &row.doubled, theme.bad);
        let room = end.saturating_sub(x + 1);
        if height == 2 {
            let after = put_fit(buf, x, y, room.min(WHEN), &row.when, theme.dim);
            let after = put_fit(buf, after + 2, y, end.saturating_sub(after + 3), &row.seats, theme.text);
            put_fit(buf, after + 2, y, end.saturating_sub(after + 3), &row.film, theme.dim);
        } else {
            put_fit(buf, x, y, room, &row.seats, theme.text);
            let after = put_fit(buf, x, y + 1, WHEN, &row.when, theme.dim);
            put_fit(buf, after + 2, y + 1, line.right().saturating_sub(after + 2), &row.film, theme.dim);
        }
        if row.selected {
            let troubled = if row.doubled.is_empty() { String::new() } else { format!(", {}", row.doubled) };
            frame.speech = format!(
                "{}, {}, {}, {}, {}, {}{troubled}",
                row.person, row.film, row.when, row.seats, row.amount, row.state
            );
        }
        frame.hits.push(line.x, line.y, line.width, line.height, Target::Entry(row.entry.clone()));
    }
}

pub fn films(list: &ListVm<FilmVm>, ctx: Ctx<'_>, area: Rect, buf: &mut Buffer, frame: &mut Frame) {
    let theme = ctx.theme;
    let is_wide = area.width >= TWO_PANES;
    let left = if is_wide { Rect { width: area.width / 2, ..area } } else { area };
    let lines = head(list, ctx, left, buf, frame);
    for (row, line) in list.rows.iter().zip(cut(lines, 1)) {
        let style = mark(row.selected, ctx, line, buf);
        let x = line.x + 2;
        put_right(buf, x, line.right(), line.y, &row.rating, theme.dim);
        let end = line.right() - 5;
        put_right(buf, x, end, line.y, &row.year, if row.selected { style } else { theme.dim });
        put_fit(buf, x, line.y, end.saturating_sub(x + 6), &row.title, style);
        if row.selected {
            frame.speech = format!("{}, {}", row.title, row.year);
            if is_wide {
                let x = left.right() + 4;
                let beside = Rect { x, y: lines.y, width: area.right() - x, height: lines.height.min(12) };
                let y = put_wrapped(buf, beside, &row.title, theme.accent) + 1;
                let rest = Rect { y, height: beside.bottom().saturating_sub(y), ..beside };
                put_wrapped(buf, rest, &row.overview, theme.text);
            }
        }
        frame.hits.push(line.x, line.y, line.width, 1, Target::Entry(row.entry.clone()));
    }
}

/// The search, and what is said in the place of the list or above it; gives where the list goes.
fn head<Row>(list: &ListVm<Row>, ctx: Ctx<'_>, area: Rect, buf: &mut Buffer, frame: &mut Frame) -> Rect {
    let y = area.y;
    let x = put(buf, area.x, y, 2, &format!("{} ", ctx.glyphs.prompt), ctx.theme.accent);
    let width = area.right().saturating_sub(x);
    if list.search.is_empty() {
        put(buf, x, y, width, "type to search", ctx.theme.dim);
        frame.cursor = Some(Position { x, y });
    } else {
        let (text, cursor) = (list.search.as_str(), list.cursor);
        let style = ctx.theme.strong;
        field::draw(Field { text, cursor, focused: true, style, target: None }, ctx, x, y, width, buf, frame);
    }
    let used = match is_tall(Rect { height: area.height + 2, ..area }) {
        true => 3,
        false if area.width + 2 < WIDE && list.alert.is_none() => 1,
        false => 2,
    };
    let lines = Rect { y: y + used, height: area.height.saturating_sub(used), ..area };
    alert(list.alert.as_ref(), ctx, area, lines.y - 1, buf, frame);
    if let Some(words) = &list.instead {
        let words = ctx.keymap.spell(ctx.screen, words);
        put_wrapped(buf, lines, &words, ctx.theme.dim);
        frame.speech = words;
    }
    lines
}

/// The area cut into entries of so many lines.
fn cut(area: Rect, height: u16) -> impl Iterator<Item = Rect> {
    (0..area.height / height).map(move |at| Rect { y: area.y + at * height, height, ..area })
}

/// Marks the selected entry; gives the style of its first words.
fn mark(selected: bool, ctx: Ctx<'_>, line: Rect, buf: &mut Buffer) -> Style {
    if !selected {
        return ctx.theme.text;
    }
    for y in line.y..line.bottom() {
        put(buf, line.x, y, 1, &ctx.glyphs.marker.to_string(), ctx.theme.accent);
    }
    ctx.theme.selected
}
