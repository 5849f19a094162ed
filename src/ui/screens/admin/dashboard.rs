//! The cinema at a glance: four numbers, and a bar for each show that is on sale.

use super::{alert, is_tall, put_fit};
use crate::{
    input::target::Target,
    store::select::admin::{Bar, Card, DashboardVm, WIDE},
    ui::frame::{Ctx, Frame, put, put_right},
};
use ratatui::{
    buffer::Buffer,
    layout::{Position, Rect},
    style::Style,
};

/// The columns of a day and of a time.
const DAY: u16 = 11;
const CLOCK: u16 = 8;

pub fn draw(vm: &DashboardVm, ctx: Ctx<'_>, area: Rect, buf: &mut Buffer, frame: &mut Frame) {
    let below = cards(&vm.cards, ctx, area, buf);
    let heading = below + if is_tall_below(area) { 2 } else { 0 };
    match &vm.alert {
        Some(_) => alert(vm.alert.as_ref(), ctx, area, heading, buf, frame),
        None => drop(put_fit(buf, area.x, heading, area.width, &vm.heading, ctx.theme.dim)),
    }
    if let Some(words) = &vm.bars_instead {
        put(buf, area.x, heading + 1, area.width, words, ctx.theme.dim);
        frame.speech.clone_from(words);
    }
    for (line, bar) in (heading + 1..area.bottom()).zip(&vm.bars) {
        draw_bar(bar, ctx, Rect { y: line, height: 1, ..area }, buf, frame);
    }
}

fn is_tall_below(area: Rect) -> bool {
    is_tall(Rect { height: area.height + 2, ..area })
}

/// The numbers in a row, or two rows of two; gives the line after them.
fn cards(cards: &[Card], ctx: Ctx<'_>, area: Rect, buf: &mut Buffer) -> u16 {
    let is_narrow = area.width + 2 < WIDE;
    let (in_row, step) = match (is_narrow, is_tall_below(area)) {
        (true, true) => (2, 3),
        (true, false) => (2, 2),
        (false, _) => (4, 3),
    };
    let width = area.width / in_row;
    let mut end = area.y;
    for (at, card) in (0u16..).zip(cards) {
        let (x, y) = (area.x + at % in_row * width, area.y + at / in_row * step);
        put_fit(buf, x, y, width.saturating_sub(2), &card.figure, ctx.theme.strong);
        put_fit(buf, x, y + 1, width.saturating_sub(2), card.word, ctx.theme.dim);
        end = y + 2;
    }
    end
}

fn draw_bar(bar: &Bar, ctx: Ctx<'_>, area: Rect, buf: &mut Buffer, frame: &mut Frame) {
    let theme = ctx.theme;
    let y = area.y;
    let style = if bar.selected { theme.selected } else { theme.text };
    if bar.selected {
        put(buf, area.x, y, 1, &ctx.glyphs.marker.to_string(), theme.accent);
        frame.cursor = Some(Position { x: area.x, y });
        frame.speech = format!("{} {} {}, {} taken", bar.day, bar.clock, bar.film, bar.taken);
    }
    put(buf, area.x + 2, y, DAY, &bar.day, if bar.selected { style } else { theme.dim });
    let mut x = area.x + 2 + DAY;
    put(buf, x, y, CLOCK, &bar.clock, style);
    x += CLOCK;
    let is_narrow = area.width + 2 < WIDE;
    let mut right = area.right();
    if !is_narrow {
        let film = (area.width / 4).min(28);
        put_fit(buf, x, y, film, &bar.film, style);
        x += film + 2;
        right =
            put_right(buf, x, right, y, &format!("{:>12}", bar.earnings), if bar.selected { style } else { theme.dim });
    }
    let right = put_right(buf, x, right, y, &format!("{:>5}", bar.taken), style);
    let color = if bar.selected { theme.accent } else { theme.category("blue") };
    draw_length(bar.share, ctx, Rect { x, y, width: right.saturating_sub(x + 1), height: 1 }, color, buf);
    frame.hits.push(area.x, y, area.width, 1, Target::Entry(bar.entry.clone()));
}

/// A bar as long as its share of the area, to an eighth of a cell. What is not nothing is seen.
fn draw_length(share: f32, ctx: Ctx<'_>, area: Rect, style: Style, buf: &mut Buffer) {
    let eighths = (share * f32::from(area.width) * 8.0).round() as u16;
    let eighths = if share > 0.0 { eighths.max(4) } else { 0 };
    for column in 0..area.width {
        let part = eighths.saturating_sub(8 * column).min(8);
        if part > 0 {
            buf[(area.x + column, area.y)].set_char(ctx.glyphs.bar[usize::from(part)]).set_style(style);
        }
    }
}
