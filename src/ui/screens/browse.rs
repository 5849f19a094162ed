//! Now playing: films on the left, the chosen one with its times on the right.

use crate::{
    input::target::Target,
    store::select::browse::{BrowseVm, Detail, FilmRow, Scarcity, TimeRow},
    ui::{
        frame::{Ctx, Frame, columns, put, put_right, put_wrapped},
        widgets::{
            field::{self, Field},
            poster,
        },
    },
};
use ratatui::{
    buffer::Buffer,
    layout::{Position, Rect},
    style::Style,
};

/// From so many lines on, the facts of a film have room for what is nice to know.
const TALL: u16 = 12;

/// Below this width films and times take turns.
const TWO_PANES: u16 = 74;

pub fn draw(vm: &BrowseVm<'_>, ctx: Ctx<'_>, area: Rect, buf: &mut Buffer, frame: &mut Frame) {
    let lists = Rect { y: area.y + 3, height: area.height.saturating_sub(4), ..area };
    if area.width >= TWO_PANES {
        let left = (area.width * 2 / 5).clamp(32, 46);
        search(vm, ctx, Rect { width: left, ..area }, buf, frame);
        films(vm, ctx, Rect { width: left, ..lists }, buf, frame);
        let x = area.x + left + 3;
        let right = Rect { x, y: area.y + 1, width: area.right().saturating_sub(x), height: area.height - 2 };
        if let Some(detail) = &vm.detail {
            draw_detail(detail, vm.in_times, ctx, right, buf, frame);
        }
    } else if vm.in_times {
        let area = Rect { y: area.y + 1, height: area.height.saturating_sub(2), ..area };
        if let Some(detail) = &vm.detail {
            draw_detail(detail, true, ctx, area, buf, frame);
        }
    } else {
        search(vm, ctx, area, buf, frame);
        films(vm, ctx, lists, buf, frame);
    }
}

fn search(vm: &BrowseVm<'_>, ctx: Ctx<'_>, area: Rect, buf: &mut Buffer, frame: &mut Frame) {
    let y = area.y + 1;
    let x = put(buf, area.x, y, 2, &format!("{} ", ctx.glyphs.prompt), ctx.theme.accent);
    let width = area.right().saturating_sub(x);
    if !vm.searching && !vm.in_times {
        put(buf, x, y, width, "type to search", ctx.theme.dim);
        frame.cursor = Some(Position { x, y });
        return;
    }
    let field = Field {
        text: &vm.search,
        cursor: vm.search_cursor,
        focused: !vm.in_times,
        style: ctx.theme.strong,
        target: None,
    };
    if vm.searching {
        field::draw(field, ctx, x, y, width, buf, frame);
    }
}

fn films(vm: &BrowseVm<'_>, ctx: Ctx<'_>, area: Rect, buf: &mut Buffer, frame: &mut Frame) {
    frame.hits.push(area.x, area.y, area.width, area.height, Target::Films);
    if let Some(text) = &vm.films_instead {
        put_wrapped(buf, area, text, ctx.theme.dim);
    }
    for (i, film) in vm.films.iter().enumerate().take(usize::from(area.height)) {
        film_row(film, vm.in_times, ctx, Rect { y: area.y + i as u16, height: 1, ..area }, buf, frame);
    }
}

fn film_row(film: &FilmRow, in_times: bool, ctx: Ctx<'_>, area: Rect, buf: &mut Buffer, frame: &mut Frame) {
    let theme = ctx.theme;
    let style = match (film.selected, in_times) {
        (true, false) => theme.selected,
        (true, true) => theme.strong,
        (false, _) => theme.text,
    };
    if film.selected {
        put(buf, area.x, area.y, 1, &ctx.glyphs.marker.to_string(), theme.accent);
    }
    let when =
        put_right(buf, area.x + 12, area.right(), area.y, &film.when, if film.selected { style } else { theme.dim });
    let x = area.x + 2;
    let heart = if film.favourite { 2 } else { 0 };
    let room = when.saturating_sub(x + 2 + heart);
    let end = put(buf, x, area.y, room, &crate::domain::text::fit(&film.title, usize::from(room)), style);
    if film.favourite {
        put(buf, end + 1, area.y, 1, &ctx.glyphs.heart.to_string(), theme.bad);
    }
    if film.selected {
        frame.speech = if film.when.is_empty() { film.title.clone() } else { format!("{}, {}", film.title, film.when) };
    }
    frame.hits.push(area.x, area.y, area.width, 1, Target::Movie(film.id.clone()));
}

/// `M E T R O P O L I S` where there is room for it.
fn spaced(title: &str, width: u16) -> String {
    let wide: String = title.to_uppercase().chars().flat_map(|c| [c, ' ']).collect();
    let wide = wide.trim_end().to_owned();
    if columns(&wide) <= width && title.chars().count() <= 24 { wide } else { title.to_owned() }
}

/// Columns and lines of the poster that fit beside the facts and above enough times.
fn poster_size(area: Rect) -> (u16, u16) {
    match (area.width, area.height) {
        (56.., 30..) => (24, 18),
        (46.., 20..) => (16, 12),
        (38.., 15..) => (11, 8),
        _ => (0, 0),
    }
}

fn draw_detail(detail: &Detail<'_>, in_times: bool, ctx: Ctx<'_>, area: Rect, buf: &mut Buffer, frame: &mut Frame) {
    let theme = ctx.theme;
    let title = spaced(&detail.title, area.width);
    let title = crate::domain::text::fit(&title, usize::from(area.width));
    let end = put(buf, area.x, area.y, area.width, &title, theme.accent);
    if detail.favourite && end + 1 < area.right() {
        put(buf, end + 1, area.y, 1, &ctx.glyphs.heart.to_string(), theme.bad);
    }
    let y = area.y + 2;
    let (width, height) = poster_size(area);
    let picture = Rect { x: area.x, y, width, height };
    let drawn = width > 0 && poster::draw(detail.movie, detail.art, ctx, picture, buf, frame);
    let x = if drawn { area.x + width + 2 } else { area.x };
    // Without a picture the facts may take a third of the screen, so that the times are always seen.
    let height = if drawn { height } else { (area.height / 3).clamp(2, 7) };
    let facts = Rect { x, y, width: area.right().saturating_sub(x), height };
    draw_facts(detail, ctx, facts, buf);
    let y = y + height + 1;
    let list = Rect { y, height: area.bottom().saturating_sub(y), ..area };
    draw_times(detail, in_times, ctx, list, buf, frame);
}

fn draw_facts(detail: &Detail<'_>, ctx: Ctx<'_>, area: Rect, buf: &mut Buffer) {
    let theme = ctx.theme;
    let facts = joined(&detail.facts, area.width);
    let mut rest = area;
    let mut line = |text: &str, style: Style, most: u16, gap: u16| {
        if text.is_empty() || rest.height == 0 {
            return;
        }
        let end = put_cut(buf, Rect { height: rest.height.min(most), ..rest }, text, style);
        let used = end + gap - rest.y;
        rest = Rect { y: rest.y + used, height: rest.height.saturating_sub(used), ..rest };
    };
    let is_tall = area.height >= TALL;
    line(&facts, theme.strong, 1, 0);
    line(&detail.opinion, theme.text, 1, 0);
    line(&detail.reason, theme.text, 2, 0);
    if is_tall {
        line(&detail.tagline, theme.dim, 2, 1);
    }
    line(&detail.director, theme.text, 1, 0);
    let lines = if is_tall { 4 } else { 2 };
    // The parts that people play are worth less than names that are cut off.
    let fits = crate::domain::text::wrap(&detail.parts, usize::from(area.width)).len() <= usize::from(lines);
    let cast = if fits && !detail.parts.is_empty() { &detail.parts } else { &detail.cast };
    line(cast, theme.dim, lines, 1);
    line(&detail.synopsis, theme.text, 12, 0);
}

/// Writes text broken into lines; where they are too few, the last one says that there is more. Returns the line after
/// the last.
fn put_cut(buf: &mut Buffer, area: Rect, text: &str, style: Style) -> u16 {
    let (room, width) = (usize::from(area.height), usize::from(area.width));
    let mut lines = crate::domain::text::wrap(text, width);
    if lines.len() > room {
        lines.truncate(room);
        if let Some(last) = lines.last_mut() {
            *last = crate::domain::text::fit(&format!("{last} …"), width);
        }
    }
    for (line, y) in lines.iter().zip(area.y..) {
        put(buf, area.x, y, area.width, line, style);
    }
    area.y + lines.len() as u16
}

/// As many of the facts as fit into one line.
fn joined(facts: &[String], width: u16) -> String {
    let lines = (1..=facts.len()).rev().map(|n| facts[..n].join(" · "));
    lines.into_iter().find(|line| columns(line) <= width).unwrap_or_default()
}

fn draw_times(detail: &Detail<'_>, in_times: bool, ctx: Ctx<'_>, area: Rect, buf: &mut Buffer, frame: &mut Frame) {
    frame.hits.push(area.x, area.y, area.width, area.height, Target::Times);
    if let Some(text) = &detail.times_instead {
        put_wrapped(buf, area, text, ctx.theme.dim);
        return;
    }
    let height = usize::from(area.height);
    let position = detail.times.iter().position(|t| t.selected).unwrap_or(0);
    let first = crate::store::select::browse::first_shown(position, detail.times.len(), height);
    // The first line always says its day.
    let day_above = detail.times[..=first.min(detail.times.len() - 1)].iter().rev().find(|t| !t.day.is_empty());
    for (i, time) in detail.times.iter().skip(first).take(height).enumerate() {
        let line = Rect { y: area.y + i as u16, height: 1, ..area };
        let day = match day_above {
            Some(above) if i == 0 && time.day.is_empty() => above.day.as_str(),
            _ => time.day.as_str(),
        };
        time_row(time, day, in_times, ctx, line, buf, frame);
    }
}

fn time_row(time: &TimeRow, day: &str, in_times: bool, ctx: Ctx<'_>, area: Rect, buf: &mut Buffer, frame: &mut Frame) {
    let theme = ctx.theme;
    let style = match (time.selected, time.scarce) {
        (true, _) => theme.selected,
        (false, Scarcity::None) => theme.dim,
        (false, _) => theme.text,
    };
    let y = area.y;
    put(buf, area.x + 2, y, 8, day, if time.selected { style } else { theme.dim });
    if time.selected && in_times {
        put(buf, area.x, y, 1, &ctx.glyphs.marker.to_string(), theme.accent);
        frame.cursor = Some(Position { x: area.x + 11, y });
        let when = [time.day.as_str(), &time.clock, &time.hall].map(str::to_owned).into_iter();
        let when = when.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
        frame.speech = if time.left.is_empty() { when } else { format!("{when}, {}", time.left) };
    }
    put(buf, area.x + 11, y, 8, &time.clock, style);
    // From the right: price, seats left, how full it is.
    let right = area.right().min(area.x + 62);
    // On a narrow screen the hall is worth more than the price, which the seat map tells.
    let price = if area.width >= 44 {
        put_right(buf, area.x, right, y, &format!("{:>6}", time.price), style)
    } else {
        right + 1
    };
    let left_style = match time.scarce {
        _ if time.selected => style,
        Scarcity::Plenty => theme.text,
        Scarcity::Few => theme.warn,
        Scarcity::None => theme.dim,
    };
    let left = put_right(buf, area.x, price.saturating_sub(1), y, &format!("{:>9}", time.left), left_style);
    let mut hall_end = left.saturating_sub(1);
    if let (Some(gone), true) = (time.gone, area.width >= 50) {
        let gauge = hall_end.saturating_sub(6);
        let filled = (gone * 5.0).round() as u16;
        for i in 0..5u16 {
            let (c, style) =
                if i < filled { (ctx.glyphs.gauge.0, left_style) } else { (ctx.glyphs.gauge.1, theme.dim) };
            buf[(gauge + i, y)].set_char(c).set_style(style);
        }
        hall_end = gauge.saturating_sub(1);
    }
    let hall = area.x + 18;
    let room = hall_end.saturating_sub(hall);
    put(buf, hall, y, room, &crate::domain::text::fit(&time.hall, usize::from(room)), style);
    frame.hits.push(area.x, y, area.width, 1, Target::Show(time.id.clone()));
}
