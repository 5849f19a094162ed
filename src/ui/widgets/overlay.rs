//! What lies over a screen: help, made from the keymap, questions, and the command line.

use crate::{
    domain::text,
    input::{
        command::Command,
        command_line,
        keymap::{Binding, Context, name},
        target::{Hits, Target},
    },
    store::select::overlay::OverlayVm,
    ui::{
        frame::{Ctx, Frame, columns, put, put_middle},
        widgets::field::{self, Field},
    },
};
use ratatui::{buffer::Buffer, layout::Rect, style::Style};

pub fn draw(overlay: &OverlayVm, ctx: Ctx<'_>, buf: &mut Buffer, frame: &mut Frame) {
    // What lies below gets neither clicks nor the cursor.
    frame.hits = Hits::default();
    frame.cursor = None;
    match overlay {
        OverlayVm::Help { scroll, admin } => help(*scroll, *admin, ctx, buf, frame),
        OverlayVm::Ask { words, yes, no } => ask(words, yes, no, ctx, buf, frame),
        OverlayVm::CommandLine { text, cursor, error, admin } => {
            let said = match error {
                Some(why) => (why.clone(), ctx.theme.bad),
                None => (command_line::hint(ctx.keymap, ctx.screen, *admin, text), ctx.theme.dim),
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
    let y = inside.bottom().saturating_sub(1);
    let mut x = inside.x;
    for (command, label) in [(Command::Yes, yes), (Command::No, no)] {
        let key = ctx.keymap.key_of(Context::Ask, command).unwrap_or_default();
        let start = x;
        x = put(buf, x, y, inside.width, &key, ctx.theme.strong) + 1;
        x = put(buf, x, y, inside.right().saturating_sub(x), label, ctx.theme.accent);
        frame.hits.push(start, y, x - start, 1, Target::Command(command));
        x += 4;
    }
    frame.speech = words.to_owned();
}

fn help(scroll: u16, admin: bool, ctx: Ctx<'_>, buf: &mut Buffer, frame: &mut Frame) {
    let lines = help_lines(admin, ctx);
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
fn help_lines(admin: bool, ctx: Ctx<'_>) -> Vec<(String, String)> {
    let is_shown =
        move |b: &&Binding| !b.say.is_empty() && !b.keys.is_empty() && (admin || b.command != Command::Admin);
    let of = |context| ctx.keymap.bindings(context).iter().filter(is_shown);
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
