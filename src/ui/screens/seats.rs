//! The seat map: the hall is the hero. Seats are written cell by cell, and only those that are seen, so that the
//! cost of a frame follows the screen and not the hall.

use crate::{
    store::select::seats::{LABEL_WIDTH, LegendItem, MapVm, Mark, PanelLine, SeatsVm, map_size, panel_width},
    ui::{
        frame::{Ctx, Frame, columns, put, put_right, put_wrapped},
        widgets::{seat_density, seat_map, seat_sign, typed},
    },
};
use ratatui::{buffer::Buffer, layout::Rect};

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
    let to_screen = if area.height >= 24 { 2 } else { 1 };
    seat_map::draw(map, &vm.screen_label, to_screen, ctx, cells, buf, frame);
    let panel = panel_width(vm.size);
    let legend_y = area.bottom().saturating_sub(if area.height >= 28 { 5 } else { 4 });
    let mut legend_area = Rect { x: area.x + 1, y: legend_y, width: area.width.saturating_sub(2), height: 2 };
    if panel > 0 {
        let x = area.right().saturating_sub(panel + 1);
        let y = cells.y - to_screen;
        let side = Rect { x, y, width: panel, height: legend_y.saturating_sub(y) };
        let y = draw_panel(&vm.panel, ctx, side, buf);
        draw_minimap(
            map,
            (width, height),
            ctx,
            Rect { y, height: side.bottom().saturating_sub(y), ..side },
            buf,
            frame,
        );
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

/// The floor in small at the foot of the side panel, where the map is scrolled and the panel leaves room.
fn draw_minimap(
    map: &MapVm<'_>,
    (width, height): (u32, u32),
    ctx: Ctx<'_>,
    area: Rect,
    buf: &mut Buffer,
    frame: &mut Frame,
) {
    let shown = (height / map.lens.lines, width / map.lens.columns);
    let is_scrolled = shown.0 < map.grid.lines.len() as u32 || shown.1 < map.grid.cols;
    let outline = &map.grid.outline;
    if map.lens.scale.shows_seats() && is_scrolled && outline.height < area.height && outline.width <= area.width {
        let at = Rect { y: area.bottom() - outline.height - 1, height: outline.height, ..area };
        seat_density::minimap(map, shown, ctx, at, buf, frame);
    }
}

fn legend(items: &[LegendItem], map: &MapVm<'_>, ctx: Ctx<'_>, area: Rect, buf: &mut Buffer) {
    let (mut x, mut y) = (area.x, area.y);
    for item in items {
        let (sign, style) = match item.mark {
            Mark::Seat(look) => {
                (seat_sign::sample(map, look, ctx), ctx.theme.seat(look, map.category_color(look.category)))
            }
            Mark::Share(eighths) => (seat_density::sample(eighths, ctx), ctx.theme.share(eighths)),
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

/// Returns the line after the last.
fn draw_panel(lines: &[PanelLine], ctx: Ctx<'_>, area: Rect, buf: &mut Buffer) -> u16 {
    let theme = ctx.theme;
    let mut y = area.y;
    for line in lines {
        if y >= area.bottom() {
            return y;
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
                let key = ctx.keymap.spell(ctx.screen, key);
                let x = put(buf, area.x, y, area.width, &key, theme.strong).max(area.x + 6) + 1;
                put(buf, x, y, area.right().saturating_sub(x), what, theme.dim);
            }
        }
        y += 1;
    }
    y
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
