//! What lies over a screen: help, made from the keymap, questions, and the command line.

use crate::{
    domain::text,
    input::{
        command::Command,
        command_line,
        keymap::{Binding, Context, name},
        target::{Hits, Target},
    },
    store::select::{Offered, browse::first_shown, overlay::OverlayVm},
    ui::{
        frame::{Ctx, Frame, columns, put, put_middle, put_wrapped},
        widgets::{
            address,
            field::{self, Field},
            qr::{self, Qr},
        },
    },
};
use ratatui::{
    buffer::Buffer,
    layout::{Position, Rect},
    style::Style,
};

pub fn draw(overlay: &OverlayVm, offered: Offered, ctx: Ctx<'_>, buf: &mut Buffer, frame: &mut Frame) {
    // What lies below gets neither clicks nor the cursor.
    frame.hits = Hits::default();
    frame.cursor = None;
    match overlay {
        OverlayVm::Help { scroll } => help(*scroll, offered, ctx, buf, frame),
        OverlayVm::Trailers { titles, at } => trailers(titles, *at, ctx, buf, frame),
        OverlayVm::Trailer { title, url, words } => trailer(title, url, words, ctx, buf, frame),
        OverlayVm::Ask { words, yes, no } => ask(words, yes, no, ctx, buf, frame),
        OverlayVm::CommandLine { text, cursor, error } => {
            let said = match error {
                Some(why) => (why.clone(), ctx.theme.bad),
                None => (command_line::hint(ctx.keymap, ctx.screen, offered, text), ctx.theme.dim),
            };
            draw_command_line(text, *cursor, said, ctx, buf, frame);
        }
    }
}

/// The command line takes the place of the status line, and what it means that of the line above.
fn draw_command_line(
    line: &str,
    cursor: usize,
    (said, style): (String, Style),
    ctx: Ctx<'_>,
    buf: &mut Buffer,
    frame: &mut Frame,
) {
    let area = buf.area;
    let (x, y, width) = (area.x + 1, area.bottom().saturating_sub(2), area.width.saturating_sub(2));
    for row in [y - 1, y] {
        for column in area.left()..area.right() {
            buf[(column, row)].reset();
        }
    }
    put(buf, x, y - 1, width, &text::fit(&said, usize::from(width)), style);
    let after = put(buf, x, y, 2, ": ", ctx.theme.accent);
    let field = Field { text: line, cursor, focused: true, style: ctx.theme.strong, target: None };
    field::draw(field, ctx, after, y, width.saturating_sub(2), buf, frame);
    frame.speech = said;
}

/// A cleared box in the middle of the screen; returns what is inside its border.
fn panel(width: u16, height: u16, ctx: Ctx<'_>, buf: &mut Buffer) -> Rect {
    let area = buf.area;
    let (width, height) = (width.min(area.width), height.min(area.height));
    let (x, y) = (area.x + (area.width - width) / 2, area.y + (area.height - height) / 2);
    let [tl, tr, bl, br, h, v] = ctx.glyphs.border;
    for line in 0..height {
        for column in 0..width {
            let edge = (column == 0, column + 1 == width, line == 0, line + 1 == height);
            let c = match edge {
                (true, _, true, _) => tl,
                (_, true, true, _) => tr,
                (true, _, _, true) => bl,
                (_, true, _, true) => br,
                (_, _, true, _) | (_, _, _, true) => h,
                (true, ..) | (_, true, ..) => v,
                _ => ' ',
            };
            let cell = &mut buf[(x + column, y + line)];
            cell.reset();
            cell.set_char(c).set_style(if c == ' ' { Style::reset() } else { ctx.theme.dim });
        }
    }
    Rect { x: x + 2, y: y + 1, width: width.saturating_sub(4), height: height.saturating_sub(2) }
}

fn ask(words: &str, yes: &str, no: &str, ctx: Ctx<'_>, buf: &mut Buffer, frame: &mut Frame) {
    let width = 56.min(buf.area.width);
    let lines = text::wrap(words, usize::from(width - 4));
    let inside = panel(width, lines.len() as u16 + 4, ctx, buf);
    for (i, line) in lines.iter().enumerate() {
        put(buf, inside.x, inside.y + i as u16, inside.width, line, ctx.theme.strong);
    }
    keys(&[(Command::Yes, yes), (Command::No, no)], inside, ctx, buf, frame);
    frame.speech = words.to_owned();
}

/// The columns that words need beside a code.
const WORDS: u16 = 26;

fn trailers(titles: &[String], at: usize, ctx: Ctx<'_>, buf: &mut Buffer, frame: &mut Frame) {
    let widest = titles.iter().map(|title| columns(title)).max().unwrap_or(0);
    // The status line and the footer stay in sight.
    let most = buf.area.height.saturating_sub(4);
    let inside =
        panel(widest.saturating_add(8).clamp(36, 72), (titles.len() as u16).saturating_add(6).min(most), ctx, buf);
    put_middle(buf, inside, inside.y, "Trailers", ctx.theme.strong);
    let room = usize::from(inside.height.saturating_sub(4));
    let first = first_shown(at, titles.len(), room);
    for (i, (nth, title)) in titles.iter().enumerate().skip(first).take(room).enumerate() {
        let y = inside.y + 2 + i as u16;
        let style = if nth == at { ctx.theme.selected } else { ctx.theme.text };
        if nth == at {
            put(buf, inside.x, y, 1, &ctx.glyphs.marker.to_string(), ctx.theme.accent);
            frame.cursor = Some(Position { x: inside.x, y });
            frame.speech = format!("Trailer {} of {}: {title}", nth + 1, titles.len());
        }
        let width = inside.width.saturating_sub(2);
        put(buf, inside.x + 2, y, width, &text::fit(title, usize::from(width)), style);
    }
    keys(&[(Command::Go, "Show"), (Command::Close, "Back")], inside, ctx, buf, frame);
}

/// Where a trailer is: the address in full, and beside or below it as a code for a phone, where there is room.
fn trailer(title: &str, url: &str, words: &str, ctx: Ctx<'_>, buf: &mut Buffer, frame: &mut Frame) {
    let (most_width, most_height) = (buf.area.width.saturating_sub(4), buf.area.height.saturating_sub(4));
    let code = Qr::of(url).map(|qr| (qr.cells(ctx.glyphs.kind), qr));
    let beside = |width: u16, height: u16| width + 2 + WORDS <= most_width && height <= most_height;
    let code = code.filter(|((width, height), _)| beside(*width, *height));
    let (width, height) = code.as_ref().map_or((0, 0), |(cells, _)| *cells);
    let wanted =
        if width > 0 { width + 2 + WORDS.max(columns(title).min(most_width - width - 2)) } else { most_width.min(68) };
    let room = usize::from(wanted - if width > 0 { width + 2 } else { 0 });
    let address = address::lines(url, room as u16);
    let lines = text::wrap(title, room).len() + address.len() + text::wrap(words, room).len() + 5;
    let inside = panel(wanted + 4, (lines as u16).max(height).min(most_height) + 2, ctx, buf);
    let mut x = inside.x;
    if let Some((_, qr)) = &code {
        qr::draw(qr, ctx.glyphs.kind, Rect { width, height, ..inside }, buf);
        x += width + 2;
    }
    let beside = Rect { x, width: inside.right().saturating_sub(x), height: inside.height.saturating_sub(2), ..inside };
    let mut y = put_wrapped(buf, beside, title, ctx.theme.strong) + 1;
    // A part of an address is somewhere else.
    let whole = y + address.len() as u16 <= beside.bottom();
    let address = if whole { address } else { text::wrap("Make the terminal larger for the address.", room) };
    for line in &address {
        put(buf, x, y, beside.width, line, ctx.theme.accent);
        y += 1;
    }
    y += 1;
    let below = Rect { y, height: beside.bottom().saturating_sub(y), ..beside };
    put_wrapped(buf, below, words, ctx.theme.dim);
    keys(&[(Command::Close, "Back")], Rect { x, width: beside.width, ..inside }, ctx, buf, frame);
    frame.speech = format!("{title}: {url}. {words}");
}

/// Keys of this overlay and what they do, in its last line.
fn keys(keys: &[(Command, &str)], inside: Rect, ctx: Ctx<'_>, buf: &mut Buffer, frame: &mut Frame) {
    let y = inside.bottom().saturating_sub(1);
    let mut x = inside.x;
    for (command, label) in keys {
        let key = ctx.keymap.key_of(ctx.context, *command).unwrap_or_default();
        let start = x;
        x = put(buf, x, y, inside.right().saturating_sub(x), &key, ctx.theme.strong) + 1;
        x = put(buf, x, y, inside.right().saturating_sub(x), label, ctx.theme.accent);
        frame.hits.push(start, y, x - start, 1, Target::Command(*command));
        x += 4;
    }
}

fn help(scroll: u16, offered: Offered, ctx: Ctx<'_>, buf: &mut Buffer, frame: &mut Frame) {
    let lines = help_lines(offered, ctx);
    let keys_width = lines.iter().map(|(k, _)| columns(k)).max().unwrap_or(0).min(buf.area.width / 2 - 4);
    let words_width = lines.iter().map(|(_, w)| columns(w)).max().unwrap_or(0);
    let width = (keys_width + words_width + 8).clamp(36, buf.area.width);
    let inside = panel(width, lines.len() as u16 + 4, ctx, buf);
    put_middle(buf, inside, inside.y, "Keys", ctx.theme.strong);
    let room = inside.height.saturating_sub(2);
    let top = scroll.min((lines.len() as u16).saturating_sub(room));
    for (i, (keys, words)) in lines.iter().skip(usize::from(top)).take(usize::from(room)).enumerate() {
        let y = inside.y + 2 + i as u16;
        put(buf, inside.x, y, keys_width, &text::fit(keys, usize::from(keys_width)), ctx.theme.accent);
        let x = inside.x + keys_width + 2;
        let room = inside.right().saturating_sub(x);
        put(buf, x, y, room, &text::fit(words, usize::from(room)), ctx.theme.text);
    }
    let below = usize::from(top + room) < lines.len();
    if below {
        put_middle(buf, inside, inside.bottom(), " more below: Down ", ctx.theme.dim);
    }
    frame.speech = "Help: the keys of this screen".to_owned();
}

/// Keys and what they do, of the screen below and of every screen.
fn help_lines(offered: Offered, ctx: Ctx<'_>) -> Vec<(String, String)> {
    let is_named = |b: &&Binding| !b.say.is_empty() && !b.keys.is_empty() && b.command.is_offered(offered);
    let of = |context| ctx.keymap.bindings(context).iter().filter(is_named);
    let line = |binding: &Binding| {
        let keys: Vec<String> = binding.keys.iter().map(|k| name(*k)).collect();
        let keys = match keys.as_slice() {
            [first, .., last] if keys.len() > 4 => format!("{first} to {last}"),
            all => all.iter().take(3).map(String::as_str).collect::<Vec<_>>().join(" "),
        };
        (keys, binding.say.clone())
    };
    let mut lines: Vec<_> = of(ctx.screen).map(line).collect();
    lines.push((String::new(), String::new()));
    lines.extend(of(Context::Global).map(line));
    lines
}
