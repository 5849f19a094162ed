//! The hall, seat by seat. Only what is seen is looked at, so that the cost of a frame follows the screen and not
//! the hall.

use super::{seat_density, seat_sign, seat_venue};
use crate::{
    domain::{
        chart::{
            SeatKind,
            grid::{Area, GridLine},
        },
        ids::SeatIx,
        text,
    },
    input::target::Target,
    store::select::seats::{LABEL_WIDTH, Look, MapVm, Scale, SeatLook},
    ui::frame::{Ctx, Frame, columns, put, put_middle, put_right},
};
use ratatui::{
    buffer::Buffer,
    layout::{Position, Rect},
    style::{Modifier, Style},
};

/// The map within `area`, which leaves room for row labels at both sides and begins so many lines below the screen's
/// own line.
pub fn draw(map: &MapVm<'_>, screen: &str, above: u16, ctx: Ctx<'_>, area: Rect, buf: &mut Buffer, frame: &mut Frame) {
    match map.lens.scale {
        Scale::Venue => return seat_venue::draw(map, ctx, area, buf, frame),
        Scale::Density => {
            let cells = seat_density::place(map, area);
            screen_line(screen, map, ctx, Rect { y: cells.y - above, height: 1, ..cells }, buf);
            return seat_density::draw(map, ctx, cells, buf, frame);
        }
        Scale::Compact | Scale::Normal | Scale::Label => {}
    }
    let cells = centred(map, area);
    screen_line(screen, map, ctx, Rect { y: cells.y - above, height: 1, ..cells }, buf);
    let window = Window::of(map, cells);
    frame.hits.push(cells.x, cells.y, cells.width, cells.height, Target::Map);
    for (at, line) in map.grid.lines.iter().enumerate().skip(map.origin.0 as usize) {
        let Some(y) = window.y(at as u32) else { break };
        match &line.area {
            Some(area) => draw_area(map, area, &window, y, ctx, buf, frame),
            None => draw_line(map, (at as u32, line), &window, y, ctx, buf, frame),
        }
    }
    numbers(map, &window, above, ctx, buf);
}

/// What of the grid is seen, and where.
struct Window {
    cells: Rect,
    columns: u16,
    lines: u16,
    first: (u32, u32),
    /// The column after the last.
    end: u32,
    cursor: Option<(u32, u32)>,
}

impl Window {
    fn of(map: &MapVm<'_>, cells: Rect) -> Self {
        let (columns, lines) = (map.lens.columns as u16, map.lens.lines as u16);
        let end = map.origin.1 + u32::from(cells.width / columns);
        Self { cells, columns, lines, first: map.origin, end, cursor: map.cursor_position() }
    }

    fn y(&self, line: u32) -> Option<u16> {
        let y = u32::from(self.cells.y) + line.checked_sub(self.first.0)? * u32::from(self.lines);
        (y < u32::from(self.cells.bottom())).then_some(y as u16)
    }

    fn x(&self, column: u32) -> u16 {
        self.cells.x + (column - self.first.1) as u16 * self.columns
    }

    /// Columns of a seat without the air to the next.
    fn seat_width(&self) -> u16 {
        if self.columns > 3 { self.columns - 1 } else { 1 }
    }
}

/// The part of `area` that the grid fills, in the middle of it.
fn centred(map: &MapVm<'_>, area: Rect) -> Rect {
    let lens = map.lens;
    let width = (map.grid.cols * lens.columns).min(u32::from(area.width)) as u16;
    // The last row needs no air behind it, but the numbers or the backs of its chairs.
    let lines = (map.grid.lines.len() as u32 * lens.lines).saturating_sub(lens.lines.saturating_sub(2));
    let height = lines.min(u32::from(area.height)) as u16;
    // A little above the middle, as a picture hangs.
    Rect { x: area.x + (area.width - width) / 2, y: area.y + (area.height - height) * 2 / 5, width, height }
}

/// `━━━━  S C R E E N  ━━━━`, with the level's name where there are several. It stays when the map is scrolled, and
/// its ends say where there is more.
fn screen_line(label: &str, map: &MapVm<'_>, ctx: Ctx<'_>, area: Rect, buf: &mut Buffer) {
    for x in area.left()..area.right() {
        buf[(x, area.y)].set_char(ctx.glyphs.screen).set_style(ctx.theme.screen);
    }
    let shows_seats = map.lens.scale.shows_seats();
    let [to_left, to_right, up, _] = ctx.glyphs.more;
    let spaced: String = label.to_uppercase().chars().flat_map(|c| [c, ' ']).collect();
    let hidden = if map.origin.0 > 0 && shows_seats { format!("{up} ") } else { String::new() };
    let mirrored = if map.is_mirrored() { "   (mirrored)" } else { "" };
    let words = |screen: &str| match &map.level {
        Some(level) => format!("  {hidden}{screen}   {level}{mirrored}  "),
        None => format!("  {hidden}{screen}{mirrored}  "),
    };
    // Letters apart look better, where there is room for them.
    let text = Some(words(spaced.trim_end())).filter(|text| columns(text) <= area.width);
    let text = text.unwrap_or_else(|| text::fit(&words(&label.to_uppercase()), usize::from(area.width)));
    put_middle(buf, area, area.y, &text, ctx.theme.strong);
    if shows_seats && area.width > 2 {
        if map.origin.1 > 0 {
            put(buf, area.x, area.y, 1, &to_left.to_string(), ctx.theme.strong);
        }
        if map.origin.1 + u32::from(area.width) / map.lens.columns < map.grid.cols {
            put(buf, area.right() - 1, area.y, 1, &to_right.to_string(), ctx.theme.strong);
        }
    }
}

fn draw_line(
    map: &MapVm<'_>,
    (at, line): (u32, &GridLine),
    window: &Window,
    y: u16,
    ctx: Ctx<'_>,
    buf: &mut Buffer,
    frame: &mut Frame,
) {
    let seats = || map.seats_between(line, window.first.1, window.end);
    let here = window.cursor.is_some_and(|(line, _)| window.y(line) == Some(y));
    let label = |(_, seat): (u32, SeatIx)| map.row_label(seat);
    let labels = [seats().find_map(label), seats().rev().find_map(label)].map(Option::unwrap_or_default);
    if !line.seats.is_empty() {
        row_labels(labels, here, ctx, window.cells, y, buf);
        for x in [window.cells.x - LABEL_WIDTH, window.cells.right() + 1] {
            frame.hits.push(x, y, LABEL_WIDTH - 1, 1, Target::Row(at));
        }
    }
    let range = range(map, line, here);
    for (column, seat) in seats() {
        let x = window.x(column);
        let look = map.look(seat);
        let mut style = ctx.theme.seat(look, map.category_color(look.category));
        if range.as_ref().is_some_and(|range| range.contains(&column)) {
            style = style.add_modifier(Modifier::UNDERLINED);
        }
        if map.is_at(seat) {
            style = style.patch(ctx.theme.cursor).add_modifier(Modifier::BOLD);
            let middle = x + window.seat_width() / 2;
            frame.cursor = Some(Position { x: middle.min(window.cells.right() - 1), y });
        }
        let width = window.seat_width().min(window.cells.right() - x);
        draw_seat(map, seat, style, Rect { x, y, width, height: 1 }, ctx, buf);
        if map.lens.scale == Scale::Label && window.lines > 1 {
            let style = ctx.theme.seat(look, map.category_color(look.category));
            draw_chair(look, style, Rect { x, y: y + 1, width, height: 1 }, window, ctx, buf);
        }
        let width = window.columns.min(window.cells.right() - x);
        frame.hits.push(x, y, width, window.lines.min(window.cells.bottom() - y), Target::Seat(seat));
    }
}

/// The columns of the range that was begun, while the cursor is on its line.
fn range(map: &MapVm<'_>, line: &GridLine, here: bool) -> Option<std::ops::RangeInclusive<u32>> {
    let anchor = map.anchor().filter(|_| here)?;
    let (_, from) = map.grid.position(anchor).filter(|_| line.seats.iter().any(|(_, seat)| *seat == anchor))?;
    let (from, (_, to)) = (map.turned(from), map.cursor_position()?);
    Some(from.min(to)..=from.max(to))
}

/// The labels of the rows that the first and the last seat on the screen are in: side by side lie different sections.
fn row_labels(labels: [&str; 2], here: bool, ctx: Ctx<'_>, cells: Rect, y: u16, buf: &mut Buffer) {
    let style = if here { ctx.theme.strong } else { ctx.theme.dim };
    let [left, right] = labels.map(|label| text::fit(label, usize::from(LABEL_WIDTH - 1)));
    put_right(buf, cells.x - LABEL_WIDTH, cells.x - 1, y, &left, style);
    put(buf, cells.right() + 1, y, LABEL_WIDTH - 1, &right, style);
}

fn draw_seat(map: &MapVm<'_>, seat: SeatIx, style: Style, at: Rect, ctx: Ctx<'_>, buf: &mut Buffer) {
    let look = map.look(seat);
    if map.lens.scale != Scale::Label {
        buf[(at.x, at.y)].set_char(seat_sign::glyph(map, look, ctx)).set_style(style);
        return;
    }
    let text = seat_sign::labelled(map, look, map.number(seat), usize::from(at.width), ctx);
    buf.set_style(at, style);
    put(buf, at.x, at.y, at.width, &text, style);
}

/// The back of a chair, below the number of a seat that can be had or is mine; halves of a couch share one.
fn draw_chair(look: SeatLook, style: Style, at: Rect, window: &Window, ctx: Ctx<'_>, buf: &mut Buffer) {
    let taken = matches!(look.look, Look::Held | Look::Sold | Look::Blocked);
    if taken || !matches!(look.kind, SeatKind::Seat | SeatKind::Couch) || at.y >= window.cells.bottom() {
        return;
    }
    let is_couch = look.kind == SeatKind::Couch;
    // A couch's back goes on through the air between its halves.
    let width = if is_couch && look.couch_left { window.columns } else { at.width };
    let style = style.remove_modifier(Modifier::BOLD);
    let [begin, back, end] = ctx.glyphs.chair;
    for by in 0..width.min(window.cells.right() - at.x) {
        let sign = match by {
            0 if !is_couch || look.couch_left => begin,
            by if by + 1 == width && (!is_couch || !look.couch_left) => end,
            _ => back,
        };
        buf[(at.x + by, at.y)].set_char(sign).set_style(style);
    }
}

/// The numbers of the seats on the cursor's row: below the row where there is air, else above the map. As many as
/// there is room for, the ends of blocks first.
fn numbers(map: &MapVm<'_>, window: &Window, above: u16, ctx: Ctx<'_>, buf: &mut Buffer) {
    let Some((line, cursor)) = window.cursor.filter(|_| map.lens.scale != Scale::Label) else { return };
    let Some(y) = window.y(line) else { return };
    let y = match (window.lines, above) {
        (2.., _) if y + 1 < buf.area.bottom() => y + 1,
        (_, 2..) => window.cells.y - 1,
        _ => return,
    };
    let line = &map.grid.lines[line as usize];
    if line.area.is_some() {
        return;
    }
    let mut free_from = 0;
    let mut before = None;
    let seats: Vec<_> = map.seats_between(line, window.first.1, window.end).collect();
    for (at, &(column, seat)) in seats.iter().enumerate() {
        let begins = before.is_none_or(|before| column > before + 1);
        let ends = seats.get(at + 1).is_none_or(|next| next.0 > column + 1);
        before = Some(column);
        let number = map.number(seat);
        let (x, width) = (window.x(column), columns(number));
        // A number that would touch the last one of its block gives way to that one.
        let last = seats[at..].iter().zip(column..).take_while(|(s, c)| s.0 == *c).last().map_or(column, |(_, c)| c);
        let room = window.x(last).saturating_sub(x);
        let fits = x >= free_from && (ends || last == column || room > width);
        if fits && (begins || ends || map.lens.scale == Scale::Normal || at % 5 == 0) {
            let style = if column == cursor { ctx.theme.strong } else { ctx.theme.dim };
            put(buf, x, y, width, number, style);
            free_from = x + width + 1;
        }
    }
}

/// A general-admission section as one box: `│  Pit · 143 free  │`.
fn draw_area(map: &MapVm<'_>, area: &Area, window: &Window, y: u16, ctx: Ctx<'_>, buf: &mut Buffer, frame: &mut Frame) {
    let (a, b) = (map.turned(*area.columns.start()), map.turned(*area.columns.end()));
    let (from, to) = (a.min(b).max(window.first.1), (a.max(b) + 1).min(window.end));
    if from >= to {
        return;
    }
    let here = map.is_in(area.section);
    let (words, look) = map.area_words(area);
    let mut style = match look {
        Look::Mine => ctx.theme.mine,
        Look::Sold => ctx.theme.taken,
        _ => ctx.theme.category(map.category_color(map.look(map.cursor_of(area)).category)),
    };
    let (left, right) = (window.x(from), window.x(to - 1) + window.seat_width());
    let top = y.saturating_sub(window.lines).max(window.cells.y);
    let bottom = (y + window.lines).min(window.cells.bottom() - 1);
    let [nw, ne, sw, se, flat, upright] = ctx.glyphs.border;
    let edge = if here { ctx.theme.strong } else { ctx.theme.dim };
    for (line, corners) in [(top, [nw, ne]), (bottom, [sw, se])] {
        if line == y {
            continue;
        }
        for x in left..right {
            let c = if x == left {
                corners[0]
            } else if x + 1 == right {
                corners[1]
            } else {
                flat
            };
            buf[(x, line)].set_char(c).set_style(edge);
        }
    }
    for line in (top..=bottom).filter(|line| *line == y || (*line != top && *line != bottom)) {
        for x in [left, right - 1] {
            buf[(x, line)].set_char(upright).set_style(edge);
        }
    }
    if here {
        style = style.patch(ctx.theme.cursor).add_modifier(Modifier::BOLD);
    }
    let inside = Rect { x: left + 1, y, width: (right - left).saturating_sub(2), height: 1 };
    let text = text::fit(&format!(" {words} "), usize::from(inside.width));
    put_middle(buf, inside, y, &text, style);
    if here {
        frame.cursor = Some(Position { x: inside.x + inside.width.saturating_sub(columns(&text)) / 2, y });
    }
    frame.hits.push(left, top, right - left, bottom + 1 - top, Target::Area(area.section));
}
