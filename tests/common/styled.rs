//! A screen as text that shows style too: ratatui's own test backend drops colours and attributes, so that a moved
//! highlight would go unseen.

use ratatui::buffer::{Buffer, Cell};
use std::fmt::Write;

/// The characters, a line a row, without trailing blanks.
pub fn text(buffer: &Buffer) -> String {
    rows(buffer, |cell| cell.symbol().to_owned())
}

fn rows(buffer: &Buffer, show: impl Fn(&Cell) -> String) -> String {
    let mut out = String::new();
    for y in 0..buffer.area.height {
        let line: String = (0..buffer.area.width).map(|x| show(&buffer[(x, y)])).collect();
        let _ = writeln!(out, "{}", line.trim_end());
    }
    out
}

/// The text, then for each row the runs of cells that are not in the plain style.
pub fn styled(buffer: &Buffer) -> String {
    let mut out = text(buffer);
    out.push_str("--\n");
    for y in 0..buffer.area.height {
        let mut x = 0;
        let mut runs = Vec::new();
        while x < buffer.area.width {
            let style = style_of(&buffer[(x, y)]);
            let start = x;
            while x < buffer.area.width && style_of(&buffer[(x, y)]) == style {
                x += 1;
            }
            if !style.is_empty() {
                runs.push(format!("{start}-{} {style}", x - 1));
            }
        }
        if !runs.is_empty() {
            let _ = writeln!(out, "{y:>2}: {}", runs.join(", "));
        }
    }
    out
}

fn style_of(cell: &Cell) -> String {
    use ratatui::style::Color;
    let mut words = Vec::new();
    if cell.fg != Color::Reset {
        words.push(format!("{}", cell.fg));
    }
    if cell.bg != Color::Reset {
        words.push(format!("on {}", cell.bg));
    }
    if !cell.modifier.is_empty() {
        words.push(format!("{:?}", cell.modifier));
    }
    words.join(" ")
}
