//! A picture as lines of text for a terminal that scrolls, or for a file.

use ratatui::{
    buffer::{Buffer, Cell},
    style::{Color, Modifier},
};
use std::fmt::Write;

/// Whether the lines carry colours and attributes (ECMA-48).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Styles {
    Shown,
    LeftOut,
}

/// The lines of a buffer, without blanks at their ends.
pub fn lines(buffer: &Buffer, styles: Styles) -> Vec<String> {
    (0..buffer.area.height).map(|y| line(buffer, y, styles)).collect()
}

fn line(buffer: &Buffer, y: u16, styles: Styles) -> String {
    let cells: Vec<&Cell> = (0..buffer.area.width).map(|x| &buffer[(x, y)]).collect();
    let blank = |cell: &&Cell| cell.symbol() == " " && (styles == Styles::LeftOut || pen(cell).is_empty());
    let end = cells.iter().rposition(|cell| !blank(cell)).map_or(0, |last| last + 1);
    let mut text = String::new();
    let mut now = String::new();
    for cell in &cells[..end] {
        let pen = if styles == Styles::Shown { pen(cell) } else { String::new() };
        if pen != now {
            // Writing to a String cannot fail.
            let _ = write!(text, "\x1b[0{pen}m");
            now = pen;
        }
        text.push_str(cell.symbol());
    }
    if !now.is_empty() {
        text.push_str("\x1b[0m");
    }
    text
}

/// The parameters of a cell's style, each with a semicolon before it; empty for the plain style.
fn pen(cell: &Cell) -> String {
    let mut pen = String::new();
    let attributes = [(Modifier::BOLD, 1), (Modifier::DIM, 2), (Modifier::UNDERLINED, 4), (Modifier::REVERSED, 7)];
    for (attribute, number) in attributes {
        if cell.modifier.contains(attribute) {
            let _ = write!(pen, ";{number}");
        }
    }
    for (color, first) in [(cell.fg, 30u8), (cell.bg, 40)] {
        // Eight colours, their brighter ones 60 further on, and all others by 38 or 48.
        let _ = match color {
            Color::Reset => Ok(()),
            Color::Rgb(r, g, b) => write!(pen, ";{};2;{r};{g};{b}", first + 8),
            Color::Indexed(index) => write!(pen, ";{};5;{index}", first + 8),
            named => match sixteen(named) {
                index @ 0..8 => write!(pen, ";{}", first + index),
                index => write!(pen, ";{}", first + 52 + index),
            },
        };
    }
    pen
}

/// A named colour's number among the sixteen.
fn sixteen(color: Color) -> u8 {
    use Color::{
        Black, Blue, Cyan, DarkGray, Gray, Green, LightBlue, LightCyan, LightGreen, LightMagenta, LightRed,
        LightYellow, Magenta, Red, Yellow,
    };
    let named = [
        Black,
        Red,
        Green,
        Yellow,
        Blue,
        Magenta,
        Cyan,
        Gray,
        DarkGray,
        LightRed,
        LightGreen,
        LightYellow,
        LightBlue,
        LightMagenta,
        LightCyan,
    ];
    named.iter().position(|name| *name == color).map_or(15, |at| at as u8)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ratatui::{layout::Rect, style::Style};

    #[test]
    fn a_line_says_its_styles_once_and_ends_plain() {
        let mut buffer = Buffer::empty(Rect::new(0, 0, 8, 2));
        buffer.set_string(1, 0, "ab", Style::new().fg(Color::LightBlue).add_modifier(Modifier::BOLD));
        buffer.set_string(3, 0, "c", Style::new().bg(Color::Rgb(1, 2, 3)));
        assert_eq!(lines(&buffer, Styles::Shown), [" \u{1b}[0;1;94mab\u{1b}[0;48;2;1;2;3mc\u{1b}[0m", ""]);
        assert_eq!(lines(&buffer, Styles::LeftOut), [" abc", ""]);
    }
}
