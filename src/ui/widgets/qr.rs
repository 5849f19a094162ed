//! A QR code in half blocks: dark on light with a quiet zone of four modules, whatever the theme, so that a phone
//! can read it.

use crate::domain::money::Glyphs;
use qrcode::{Color as Module, EcLevel, QrCode};
use ratatui::{
    buffer::Buffer,
    layout::Rect,
    style::{Color, Style},
};

/// How many light modules there are around a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quiet {
    /// Four, as the standard (ISO/IEC 18004) asks.
    Full,
    /// Two, with which phones read it as well, where the screen has no room for more.
    Half,
}

/// A code as light and dark modules, quiet zone included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Qr {
    pub size: usize,
    dark: Vec<bool>,
}

impl Qr {
    /// The smallest code that carries `data`; `None` if it is too long for any.
    pub fn of(data: &str) -> Option<Self> {
        Self::with_quiet(data, Quiet::Full)
    }

    /// The same with so much light around it.
    pub fn with_quiet(data: &str, quiet: Quiet) -> Option<Self> {
        let quiet = match quiet {
            Quiet::Full => 4,
            Quiet::Half => 2,
        };
        let code = QrCode::with_error_correction_level(data, EcLevel::L).ok()?;
        let inner = code.width();
        let size = inner + 2 * quiet;
        let colors = code.to_colors();
        let dark = (0..size * size)
            .map(|i| {
                let (x, y) = ((i % size).checked_sub(quiet), (i / size).checked_sub(quiet));
                match (x, y) {
                    (Some(x), Some(y)) if x < inner && y < inner => colors[y * inner + x] == Module::Dark,
                    _ => false,
                }
            })
            .collect();
        Some(Self { size, dark })
    }

    pub fn is_dark(&self, x: usize, y: usize) -> bool {
        y < self.size && x < self.size && self.dark[y * self.size + x]
    }

    /// Columns and lines it takes: a module is a column wide and half a line high, or two columns and a line
    /// where only ASCII can be shown.
    pub fn cells(&self, glyphs: Glyphs) -> (u16, u16) {
        let size = self.size as u16;
        match glyphs {
            Glyphs::Unicode => (size, size.div_ceil(2)),
            Glyphs::Ascii => (size * 2, size),
        }
    }
}

/// Draws the code with its upper left corner at `area`'s; nothing if it does not fit.
pub fn draw(qr: &Qr, glyphs: Glyphs, area: Rect, buf: &mut Buffer) {
    let (width, height) = qr.cells(glyphs);
    if area.width < width || area.height < height {
        return;
    }
    for line in 0..height {
        for column in 0..width {
            let cell = &mut buf[(area.x + column, area.y + line)];
            let (x, y) = (usize::from(column), usize::from(line));
            match glyphs {
                Glyphs::Unicode => {
                    let color = |dark| if dark { Color::Indexed(16) } else { Color::Indexed(231) };
                    let (above, below) = (qr.is_dark(x, 2 * y), qr.is_dark(x, 2 * y + 1));
                    // The last line of an odd size has only its upper half.
                    let below = if 2 * y + 1 < qr.size { color(below) } else { Color::Indexed(231) };
                    cell.set_char('▀').set_style(Style::new().fg(color(above)).bg(below));
                }
                Glyphs::Ascii => {
                    let reversed = ratatui::style::Modifier::REVERSED;
                    let style = if qr.is_dark(x / 2, y) { Style::new() } else { Style::new().add_modifier(reversed) };
                    cell.set_char(' ').set_style(style);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ticket_code_fits_a_screen_of_80_by_24() {
        let longest: String = "CT1.".chars().chain(std::iter::repeat_n('A', 147)).collect();
        let qr = Qr::of(&longest).unwrap();
        assert_eq!(qr.cells(Glyphs::Unicode), (45, 23));
        assert!(!qr.is_dark(0, 0) && !qr.is_dark(3, 20), "the quiet zone is light");
        assert!(qr.is_dark(4, 4), "the finder pattern begins after it");
    }

    #[test]
    fn what_is_too_long_is_no_code() {
        assert_eq!(Qr::of(&"x".repeat(8_000)), None);
    }
}
