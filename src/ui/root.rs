//! The whole screen: what surrounds it, the screen itself, and what lies over it.

use super::{
    frame::{Ctx, Frame, columns, put, put_right, put_wrapped},
    screens,
    widgets::overlay,
};
use crate::{
    domain::money::Glyphs,
    input::{command::Command, keymap::Context, target::Target},
    store::select::{Chrome, Screen, Tone, View},
};
use ratatui::{
    buffer::Buffer,
    layout::Rect,
    style::{Color, Style},
};

/// Draws a view. The buffer must be empty and as large as the view says.
pub fn draw(view: &View<'_>, ctx: Ctx<'_>, buf: &mut Buffer) -> Frame {
    let status = ctx.keymap.spell(ctx.screen, &view.chrome.status);
    let mut frame = Frame { speech: status.clone(), ..Frame::default() };
    let area = buf.area;
    if let Screen::TooSmall(text) = &view.screen {
        put_wrapped(buf, area, text, ctx.theme.text);
        return frame;
    }
    // Screens of 24 lines and more begin after a blank line; smaller ones need every line.
    let body = Rect {
        x: area.x + 1,
        y: area.y + 1,
        width: area.width.saturating_sub(2),
        height: area.height.saturating_sub(3),
    };
    header(&view.chrome, ctx, buf);
    footer(view, &status, ctx, buf, &mut frame);
    match &view.screen {
        Screen::Browse(vm) => screens::browse::draw(vm, ctx, body, buf, &mut frame),
        Screen::Seats(vm) => screens::seats::draw(vm, ctx, area, buf, &mut frame),
        Screen::SeatList(vm) => screens::seat_list::draw(vm, ctx, body, buf, &mut frame),
        Screen::Checkout(vm) => screens::checkout::draw(vm, ctx, body, buf, &mut frame),
        Screen::Ticket(vm) => screens::ticket::draw(vm, ctx, area, buf, &mut frame),
        Screen::Payment(vm) => screens::payment::draw(vm, ctx, area, buf, &mut frame),
        Screen::Bookings(vm) => screens::bookings::draw(vm, ctx, body, buf, &mut frame),
        Screen::Account(vm) => screens::account::draw(vm, ctx, body, buf, &mut frame),
        Screen::Admin(vm) => screens::admin::draw(vm, ctx, body, buf, &mut frame),
        Screen::TooSmall(_) => {}
    }
    if let Some(overlay) = &view.overlay {
        overlay::draw(overlay, view.offered, ctx, buf, &mut frame);
    }
    if ctx.glyphs.kind == Glyphs::Ascii {
        only_ascii(buf);
    }
    paint(ctx.theme.base, buf);
    frame
}

/// Gives a theme's own colours to all that has none, where the theme has some.
fn paint(base: Style, buf: &mut Buffer) {
    let (Some(fg), Some(bg)) = (base.fg, base.bg) else { return };
    for cell in &mut buf.content {
        if cell.fg == Color::Reset {
            cell.fg = fg;
        }
        if cell.bg == Color::Reset {
            cell.bg = bg;
        }
    }
}

/// The nearest ASCII character in place of every other one: names, ellipses, dashes.
fn only_ascii(buf: &mut Buffer) {
    for cell in &mut buf.content {
        if !cell.symbol().is_ascii() {
            let near = cell.symbol().chars().next().and_then(deunicode::deunicode_char);
            cell.set_char(near.and_then(|text| text.chars().next()).unwrap_or('?'));
        }
    }
}

fn header(chrome: &Chrome, ctx: Ctx<'_>, buf: &mut Buffer) {
    let area = buf.area;
    let theme = ctx.theme;
    let mut right = area.right().saturating_sub(1);
    if !chrome.person.is_empty() && area.width >= 60 {
        let name = crate::domain::text::fit(&chrome.person, 20);
        right = put_right(buf, area.x, right, area.y, &name, theme.dim).saturating_sub(3);
    }
    if let Some(countdown) = &chrome.countdown {
        let style = if countdown.urgent { theme.bad } else { theme.good };
        // The figure stands still: it has the width of 10:00 from the first second on.
        let figure = format!("{:>5}", countdown.words);
        right = put_right(buf, area.x, right, area.y, &figure, style).saturating_sub(1);
        if area.width >= 76 {
            right = put_right(buf, area.x, right, area.y, countdown.label, theme.dim);
        }
        right = right.saturating_sub(2);
    }
    let mut x = area.x + 1;
    // On a narrow screen the title matters more than the name of the program.
    if area.width >= 60 || chrome.title.is_empty() {
        x = put(buf, x, area.y, 8, "frontrow", theme.accent) + 3;
    }
    let title = crate::domain::text::fit(&chrome.title, usize::from(right.saturating_sub(x)));
    put(buf, x, area.y, right.saturating_sub(x), &title, theme.strong);
    if let Some(why) = &chrome.offline {
        let text = ctx.keymap.spell(Context::Global, why);
        let width = area.width.saturating_sub(2);
        let text = crate::domain::text::fit(&text, usize::from(width));
        put(buf, area.x + 1, area.y + 1, width, &text, theme.bad);
    }
}

fn tone_style(tone: Option<Tone>, ctx: Ctx<'_>) -> Style {
    match tone {
        None => ctx.theme.dim,
        Some(Tone::Info) => ctx.theme.text,
        Some(Tone::Good) => ctx.theme.good,
        Some(Tone::Bad) => ctx.theme.bad,
    }
}

/// The status sentence, and below it the keys that matter now: the next step always at the right.
fn footer(view: &View<'_>, status: &str, ctx: Ctx<'_>, buf: &mut Buffer, frame: &mut Frame) {
    let chrome = &view.chrome;
    let area = buf.area;
    let theme = ctx.theme;
    let y = area.bottom().saturating_sub(1);
    let (left, right) = (area.x + 1, area.right().saturating_sub(1));
    let width = right - left;
    let status = crate::domain::text::fit(status, usize::from(width));
    put(buf, left, y - 1, width, &status, tone_style(chrome.tone, ctx));
    let mut end = right;
    if let Some(next) = &chrome.next {
        let enter = ctx.keymap.key_of(ctx.context, Command::Go).unwrap_or_default();
        let room = width.saturating_sub(columns(&enter) + 2);
        let next = crate::domain::text::fit(next, usize::from(room));
        let x = put_right(buf, left, end, y, &next, theme.accent);
        end = put_right(buf, left, x.saturating_sub(2), y, &enter, theme.strong);
        frame.hits.push(end, y, right - end, 1, Target::Command(Command::Go));
    }
    let mut x = left;
    let contexts = if matches!(ctx.context, Context::Help | Context::Trailers | Context::Ask | Context::Command) {
        [Some(ctx.context), None]
    } else {
        [Some(ctx.context), Some(Context::Global)]
    };
    for binding in contexts.into_iter().flatten().flat_map(|c| ctx.keymap.bindings(c)) {
        let (Some(word), Some(key)) = (&binding.foot, binding.keys.first()) else { continue };
        let leads_here = match binding.command {
            Command::Home => ctx.context == Context::Browse,
            Command::Admin => ctx.context == Context::Admin,
            _ => false,
        };
        if binding.command == Command::Go || leads_here || !binding.command.is_offered(view.offered) {
            continue;
        }
        let key = crate::input::keymap::name(*key);
        let needed = columns(&key) + 1 + columns(word);
        if x + needed + 2 > end {
            break;
        }
        let after = put(buf, x, y, needed, &key, theme.strong);
        put(buf, after + 1, y, needed, word, theme.dim);
        frame.hits.push(x, y, needed, 1, Target::Command(binding.command));
        x += needed + 3;
    }
}
