//! The seat map: the hall is the hero. Seats are written cell by cell, and only those that are seen, so that the
//! cost of a frame follows the screen and not the hall.

use crate::{
    domain::chart::SeatKind,
    input::target::Target,
    store::select::seats::{
        LABEL_WIDTH, LegendItem, Look, MapVm, Mark, PanelLine, Scale, SeatLook, SeatsVm, map_size, panel_width,
    },
    ui::{
        frame::{Ctx, Frame, columns, put, put_middle, put_right, put_wrapped},
        widgets::typed,
    },
};
use ratatui::{
    buffer::Buffer,
    layout::{Position, Rect},
    style::{Modifier, Style},
};

pub fn draw(vm: &SeatsVm<'_>, ctx: Ctx<'_>, area: Rect, buf: &mut Buffer, frame: &mut Frame) {
    let Some(map) = &vm.map else {
        let line = Rect { x: area.x + 2, y: area.y + area.height / 2, width: area.width.saturating_sub(4), height: 3 };
        put_wrapped(buf, line, &vm.instead, ctx.theme.dim);
        return;
    };
    let (width, height) = map_size(vm.size);
    let above = if area.height >= 24 { 4 } else { 2 };
    let cells = Rect {
        x: area.x + LABEL_WIDTH,
        y: area.y + above,
        width: (width as u16).min(area.width),
        height: (height as u16).min(area.height),
    };
    let cells = centred(map, cells);
    let screen_y = cells.y - if area.height >= 24 { 2 } else { 1 };
    screen_line(&vm.screen_label, map, ctx, Rect { y: screen_y, height: 1, ..cells }, buf);
    draw_map(map, ctx, cells, buf, frame);
    let panel = panel_width(vm.size);
    let legend_y = area.bottom().saturating_sub(if area.height >= 28 { 5 } else { 4 });
    let mut legend_area = Rect { x: area.x + 1, y: legend_y, width: area.width.saturating_sub(2), height: 2 };
    if panel > 0 {
        let x = area.right().saturating_sub(panel + 1);
        let y = screen_y;
        let side = Rect { x, y, width: panel, height: legend_y.saturating_sub(y) };
        draw_panel(&vm.panel, ctx, side, buf);
    } else {
        legend_area.y = area.bottom().saturating_sub(6);
        let y = legend_area.bottom();
        draw_summary(&vm.panel, ctx, Rect { y, height: 1, ..legend_area }, buf);
    }
    legend(&vm.legend, map, ctx, legend_area, buf);
    if let Some(line) = &vm.typed {
        let place =
            Rect { x: area.x + 1, y: area.bottom().saturating_sub(3), width: area.width.saturating_sub(2), height: 1 };
        typed::draw(line, ctx, place, buf, frame);
    }
}

/// The part of `area` that the grid fills, in the middle of it.
fn centred(map: &MapVm<'_>, area: Rect) -> Rect {
    let width = (map.grid.cols * map.scale as u32).min(u32::from(area.width)) as u16;
    let lines = (map.grid.lines.len() as u32 * map.pitch).min(u32::from(area.height)) as u16;
    // A little above the middle, as a picture hangs.
    Rect { x: area.x + (area.width - width) / 2, y: area.y + (area.height - lines) * 2 / 5, width, height: lines }
}

/// `━━━━  S C R E E N  ━━━━`, with the level's name before it where there are several.
fn screen_line(label: &str, map: &MapVm<'_>, ctx: Ctx<'_>, area: Rect, buf: &mut Buffer) {
    for x in area.left()..area.right() {
        buf[(x, area.y)].set_char(ctx.glyphs.screen).set_style(ctx.theme.screen);
    }
    let spaced: String = label.to_uppercase().chars().flat_map(|c| [c, ' ']).collect();
    let text = match &map.level {
        Some(level) => format!("  {}   {level}  ", spaced.trim_end()),
        None => format!("  {}  ", spaced.trim_end()),
    };
    put_middle(buf, area, area.y, &text, ctx.theme.strong);
}

fn draw_map(map: &MapVm<'_>, ctx: Ctx<'_>, area: Rect, buf: &mut Buffer, frame: &mut Frame) {
    let scale = map.scale as u32;
    let (first_line, first_col) = map.origin;
    let last_col = first_col + u32::from(area.width) / scale;
    let cursor_line = map.cursor_position().map(|(line, _)| line);
    frame.hits.push(area.x, area.y, area.width, area.height, Target::Map);
    for step in 0.. {
        let y = area.y + (step * map.pitch) as u16;
        let Some(line) = map.grid.lines.get((first_line + step) as usize).filter(|_| y < area.bottom()) else { break };
        let here = cursor_line == Some(first_line + step);
        row_labels(&line.label, here, ctx, area, y, buf);
        let begin = line.seats.partition_point(|(col, _)| *col < first_col);
        for (col, seat) in line.seats[begin..].iter().take_while(|(col, _)| *col < last_col) {
            let x = area.x + ((col - first_col) * scale) as u16;
            let look = map.look(*seat);
            let mut style = ctx.theme.seat(look, map.category_color(look.category));
            if *seat == map.cursor {
                style = style.add_modifier(Modifier::REVERSED | Modifier::BOLD);
                let middle = if map.scale == Scale::Label { x + 1 } else { x };
                frame.cursor = Some(Position { x: middle, y });
            }
            draw_seat(map, ctx, *seat, look, style, (x, y), buf);
            let width = if map.scale == Scale::Compact { 1 } else { scale as u16 };
            frame.hits.push(x, y, width.min(area.right().saturating_sub(x)), 1, Target::Seat(*seat));
        }
    }
}

fn row_labels(label: &str, here: bool, ctx: Ctx<'_>, area: Rect, y: u16, buf: &mut Buffer) {
    let style = if here { ctx.theme.strong } else { ctx.theme.dim };
    let label = crate::domain::text::fit(label, usize::from(LABEL_WIDTH - 1));
    put_right(buf, area.x - LABEL_WIDTH, area.x - 1, y, &label, style);
    put(buf, area.right() + 1, y, LABEL_WIDTH - 1, &label, style);
}

fn draw_seat(
    map: &MapVm<'_>,
    ctx: Ctx<'_>,
    seat: crate::domain::ids::SeatIx,
    look: SeatLook,
    style: Style,
    (x, y): (u16, u16),
    buf: &mut Buffer,
) {
    let glyph = glyph(look, ctx);
    if map.scale != Scale::Label {
        buf[(x, y)].set_char(glyph).set_style(style);
        return;
    }
    // Three of the four columns are the seat; the fourth keeps it apart from the next.
    let number = map.number(seat);
    let shows_number = matches!(look.look, Look::Free | Look::Mine | Look::Pending)
        && matches!(look.kind, SeatKind::Seat | SeatKind::Couch)
        && number.len() <= 2
        && number.is_ascii();
    let width = if buf.area.right() > x + 2 { 3 } else { buf.area.right() - x };
    for i in 0..width {
        buf[(x + i, y)].set_char(' ').set_style(style);
    }
    if shows_number {
        let style = if look.look == Look::Mine { style.add_modifier(Modifier::REVERSED) } else { style };
        for i in 0..width {
            buf[(x + i, y)].set_style(style);
        }
        let at = if number.len() == 1 { x + 1 } else { x };
        for (i, c) in number.chars().enumerate().take(usize::from(width)) {
            buf[(at + i as u16, y)].set_char(c);
        }
    } else if width > 1 {
        buf[(x + 1, y)].set_char(glyph);
    }
}

fn glyph(look: SeatLook, ctx: Ctx<'_>) -> char {
    let glyphs = ctx.glyphs;
    match (look.look, look.kind) {
        (Look::Mine, _) => glyphs.mine,
        (Look::Pending, _) => glyphs.pending,
        (Look::Held, _) => glyphs.held,
        (Look::Sold, _) => glyphs.sold,
        (Look::Blocked, _) => glyphs.blocked,
        (Look::Free, SeatKind::Wheelchair) => glyphs.wheelchair,
        (Look::Free, SeatKind::Companion) => glyphs.companion,
        (Look::Free, SeatKind::Couch) if look.couch_left => glyphs.couch.0,
        (Look::Free, SeatKind::Couch) => glyphs.couch.1,
        (Look::Free, _) => glyphs.free,
    }
}

fn legend(items: &[LegendItem], map: &MapVm<'_>, ctx: Ctx<'_>, area: Rect, buf: &mut Buffer) {
    let (mut x, mut y) = (area.x, area.y);
    for item in items {
        let Mark::Seat(look) = item.mark;
        let style = ctx.theme.seat(look, map.category_color(look.category));
        let sign = match (look.look, look.kind) {
            (Look::Free, SeatKind::Couch) => format!("{}{}", ctx.glyphs.couch.0, ctx.glyphs.couch.1),
            _ => glyph(look, ctx).to_string(),
        };
        let needed = columns(&sign) + 1 + columns(&item.text);
        if x > area.x && x + needed > area.right() {
            (x, y) = (area.x, y + 1);
        }
        if y >= area.bottom() {
            return;
        }
        let after = put(buf, x, y, area.right().saturating_sub(x), &sign, style);
        x = put(buf, after + 1, y, area.right().saturating_sub(after + 1), &item.text, ctx.theme.dim) + 3;
    }
}

fn draw_panel(lines: &[PanelLine], ctx: Ctx<'_>, area: Rect, buf: &mut Buffer) {
    let theme = ctx.theme;
    let mut y = area.y;
    for line in lines {
        if y >= area.bottom() {
            return;
        }
        match line {
            PanelLine::Blank => {}
            PanelLine::Title(text) => {
                let space = Rect { y, height: 3.min(area.bottom() - y), ..area };
                y = put_wrapped(buf, space, text, theme.accent);
                continue;
            }
            PanelLine::Text(text) => drop(put(buf, area.x, y, area.width, text, theme.text)),
            PanelLine::Dim(text) => drop(put(buf, area.x, y, area.width, text, theme.dim)),
            PanelLine::Amount(text, amount) => {
                put(buf, area.x, y, area.width, text, theme.text);
                put_right(buf, area.x, area.right(), y, amount, theme.text);
            }
            PanelLine::Total(text, amount) => {
                put(buf, area.x, y, area.width, text, theme.text);
                put_right(buf, area.x, area.right(), y, amount, theme.good);
            }
            PanelLine::Rule => {
                for x in area.left()..area.right() {
                    buf[(x, y)].set_char(ctx.glyphs.rule).set_style(theme.dim);
                }
            }
            PanelLine::Key(key, what) => {
                put(buf, area.x, y, 6, key, theme.strong);
                put(buf, area.x + 7, y, area.width.saturating_sub(7), what, theme.dim);
            }
        }
        y += 1;
    }
}

/// Where there is no room for the panel: its title, and the total at the right.
fn draw_summary(lines: &[PanelLine], ctx: Ctx<'_>, area: Rect, buf: &mut Buffer) {
    let mut end = area.right();
    for line in lines {
        if let PanelLine::Total(_, amount) = line {
            end = put_right(buf, area.x, area.right(), area.y, amount, ctx.theme.good).saturating_sub(2);
        }
    }
    let mut x = area.x;
    for line in lines {
        let (text, style) = match line {
            PanelLine::Title(text) => (text, ctx.theme.accent),
            PanelLine::Text(text) => (text, ctx.theme.text),
            _ => continue,
        };
        let room = end.saturating_sub(x);
        x = put(buf, x, area.y, room, &crate::domain::text::fit(text, usize::from(room)), style) + 2;
    }
}
