//! A screen as an SVG picture: the README's pictures are made from the real screens by it.

use ratatui::{
    buffer::{Buffer, Cell},
    layout::Position,
    style::{Color, Modifier},
};
use std::fmt::Write;
use unicode_width::UnicodeWidthStr;

/// A cell in the picture's units.
const CELL: (f32, f32) = (9.0, 19.0);
/// Space around the screen.
const MARGIN: f32 = 14.0;
const FONT: &str = "'DejaVu Sans Mono','JetBrains Mono',Menlo,Consolas,monospace";

/// What the sixteen colours look like, and text and background.
#[derive(Clone, Copy, Debug)]
pub struct Palette {
    pub text: &'static str,
    pub background: &'static str,
    pub sixteen: [&'static str; 16],
}

/// A dark terminal of today.
pub const DARK: Palette = Palette {
    text: "#d8dee9",
    background: "#16181d",
    sixteen: [
        "#1d1f21", "#cc6666", "#8fbf6f", "#e5c07b", "#5f87d7", "#b48ead", "#56b6c2", "#abb2bf", "#6b7280", "#f0817f",
        "#a8e08a", "#f2d38a", "#82aaff", "#d6a6e0", "#7fdbe6", "#ffffff",
    ],
};

/// A light terminal.
pub const LIGHT: Palette = Palette {
    text: "#24292f",
    background: "#fbfaf7",
    sixteen: [
        "#24292f", "#a40e26", "#1a7f37", "#7d5600", "#0550ae", "#6639ba", "#0b6a75", "#57606a", "#6e7781", "#c4262e",
        "#116329", "#633c01", "#0a51b5", "#8250df", "#1b7c83", "#24292f",
    ],
};

/// The picture of `buffer`, with the terminal's cursor as an outline.
pub fn picture(buffer: &Buffer, cursor: Option<Position>, palette: &Palette) -> String {
    let area = buffer.area;
    let width = f32::from(area.width) * CELL.0 + 2.0 * MARGIN;
    let height = f32::from(area.height) * CELL.1 + 2.0 * MARGIN;
    let mut svg = String::new();
    // Writing to a String cannot fail.
    let _ = write!(
        svg,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\">\n\
         <rect width=\"100%\" height=\"100%\" rx=\"8\" fill=\"{}\"/>\n\
         <g font-family=\"{FONT}\" font-size=\"15\" xml:space=\"preserve\">\n",
        palette.background
    );
    for y in 0..area.height {
        line(buffer, y, palette, &mut svg);
    }
    if let Some(at) = cursor {
        let (x, y) = origin(at.x, at.y);
        let _ = writeln!(
            svg,
            "<rect x=\"{x}\" y=\"{y}\" width=\"{}\" height=\"{}\" fill=\"none\" stroke=\"{}\"/>",
            CELL.0, CELL.1, palette.text
        );
    }
    svg.push_str("</g>\n</svg>\n");
    svg
}

fn origin(x: u16, y: u16) -> (f32, f32) {
    (MARGIN + f32::from(x) * CELL.0, MARGIN + f32::from(y) * CELL.1)
}

/// A line of cells, in runs of one style.
fn line(buffer: &Buffer, y: u16, palette: &Palette, svg: &mut String) {
    let mut x = 0;
    while x < buffer.area.width {
        let cell = &buffer[(x, y)];
        let style = (cell.fg, cell.bg, cell.modifier);
        let mut text = String::new();
        let start = x;
        while x < buffer.area.width {
            let next = &buffer[(x, y)];
            if (next.fg, next.bg, next.modifier) != style {
                break;
            }
            text.push_str(next.symbol());
            x += 1;
        }
        run(start, y, x - start, &text, cell, palette, svg);
    }
}

fn run(x: u16, y: u16, cells: u16, text: &str, style: &Cell, palette: &Palette, svg: &mut String) {
    let mut fg = color(style.fg, palette, palette.text);
    let mut bg = color(style.bg, palette, palette.background);
    if style.modifier.contains(Modifier::REVERSED) {
        std::mem::swap(&mut fg, &mut bg);
    }
    let (left, top) = origin(x, y);
    let width = f32::from(cells) * CELL.0;
    if bg != palette.background {
        let _ = writeln!(svg, "<rect x=\"{left}\" y=\"{top}\" width=\"{width}\" height=\"{}\" fill=\"{bg}\"/>", CELL.1);
    }
    // Half blocks as shapes: fonts leave seams between them.
    if let Some(half) = ['▀', '▄'].into_iter().find(|half| text.chars().all(|c| c == *half)) {
        let top = if half == '▀' { top } else { top + CELL.1 / 2.0 };
        let _ = writeln!(
            svg,
            "<rect x=\"{left}\" y=\"{top}\" width=\"{width}\" height=\"{}\" fill=\"{fg}\"/>",
            CELL.1 / 2.0
        );
        return;
    }
    if text.trim().is_empty() {
        return;
    }
    let mut extra = String::new();
    if style.modifier.contains(Modifier::BOLD) {
        extra.push_str(" font-weight=\"bold\"");
    }
    if style.modifier.contains(Modifier::UNDERLINED) {
        extra.push_str(" text-decoration=\"underline\"");
    }
    if style.modifier.contains(Modifier::DIM) {
        extra.push_str(" opacity=\"0.6\"");
    }
    // Word by word, so that each begins at its own cell whatever the font.
    let mut column = 0;
    for word in text.split(' ') {
        let columns = word.width() as u16;
        if columns > 0 {
            let escaped = word.replace('&', "&amp;").replace('<', "&lt;");
            let (x, length) = (left + f32::from(column) * CELL.0, f32::from(columns) * CELL.0);
            let _ = writeln!(
                svg,
                "<text x=\"{x}\" y=\"{}\" fill=\"{fg}\" textLength=\"{length}\"{extra}>{escaped}</text>",
                top + 14.5
            );
        }
        column += columns + 1;
    }
}

fn color(color: Color, palette: &Palette, reset: &str) -> String {
    let sixteen = |i: usize| palette.sixteen[i].to_owned();
    match color {
        Color::Reset => reset.to_owned(),
        Color::Black => sixteen(0),
        Color::Red => sixteen(1),
        Color::Green => sixteen(2),
        Color::Yellow => sixteen(3),
        Color::Blue => sixteen(4),
        Color::Magenta => sixteen(5),
        Color::Cyan => sixteen(6),
        Color::Gray => sixteen(7),
        Color::DarkGray => sixteen(8),
        Color::LightRed => sixteen(9),
        Color::LightGreen => sixteen(10),
        Color::LightYellow => sixteen(11),
        Color::LightBlue => sixteen(12),
        Color::LightMagenta => sixteen(13),
        Color::LightCyan => sixteen(14),
        Color::White => sixteen(15),
        Color::Rgb(r, g, b) => format!("#{r:02x}{g:02x}{b:02x}"),
        Color::Indexed(i) => indexed(i, palette),
    }
}

/// The xterm 256 colours.
fn indexed(i: u8, palette: &Palette) -> String {
    let level = |v: u8| if v == 0 { 0 } else { 55 + 40 * v };
    match i {
        0..16 => palette.sixteen[usize::from(i)].to_owned(),
        16..232 => {
            let n = i - 16;
            format!("#{:02x}{:02x}{:02x}", level(n / 36), level(n / 6 % 6), level(n % 6))
        }
        _ => {
            let v = 8 + 10 * (i - 232);
            format!("#{v:02x}{v:02x}{v:02x}")
        }
    }
}
