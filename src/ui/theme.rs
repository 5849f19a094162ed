//! Meanings and their styles. The default uses the terminal's own sixteen colours; the mono theme none.

use crate::store::select::seats::{Look, SeatLook};
use ratatui::style::{Color, Modifier, Style};

/// A style a meaning.
#[derive(Clone, Debug, PartialEq)]
pub struct Theme {
    pub text: Style,
    pub dim: Style,
    pub strong: Style,
    /// What the eye should find first: the name, the next step.
    pub accent: Style,
    /// The selected line.
    pub selected: Style,
    pub good: Style,
    pub warn: Style,
    pub bad: Style,
    pub screen: Style,
    pub mine: Style,
    pub pending: Style,
    pub taken: Style,
    /// Added to whatever the cursor is on.
    pub cursor: Style,
    /// How many colours may be used.
    pub depth: Depth,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Depth {
    Mono,
    Ansi16,
    Ansi256,
    True,
}

impl Theme {
    pub fn of(depth: Depth) -> Self {
        match depth {
            Depth::Mono => Self::mono(),
            _ => Self::ansi(depth),
        }
    }

    fn ansi(depth: Depth) -> Self {
        let plain = Style::new();
        Self {
            text: plain,
            dim: plain.fg(Color::DarkGray),
            strong: plain.add_modifier(Modifier::BOLD),
            accent: plain.fg(Color::Cyan).add_modifier(Modifier::BOLD),
            selected: plain.fg(Color::Cyan).add_modifier(Modifier::BOLD),
            good: plain.fg(Color::Green).add_modifier(Modifier::BOLD),
            warn: plain.fg(Color::Yellow),
            bad: plain.fg(Color::LightRed),
            screen: plain.fg(Color::White),
            mine: plain.fg(Color::LightGreen).add_modifier(Modifier::BOLD),
            pending: plain.fg(Color::Green),
            taken: plain.fg(Color::DarkGray),
            cursor: plain.add_modifier(Modifier::REVERSED),
            depth,
        }
    }

    fn mono() -> Self {
        let plain = Style::new();
        let bold = plain.add_modifier(Modifier::BOLD);
        Self {
            text: plain,
            dim: plain,
            strong: bold,
            accent: bold,
            selected: bold.add_modifier(Modifier::UNDERLINED),
            good: bold,
            warn: plain,
            bad: bold,
            screen: plain,
            mine: bold,
            pending: plain,
            taken: plain.add_modifier(Modifier::DIM),
            cursor: plain.add_modifier(Modifier::REVERSED),
            depth: Depth::Mono,
        }
    }

    /// The style of a seat. Its category speaks only while it is free.
    pub fn seat(&self, look: SeatLook, category_color: &str) -> Style {
        match look.look {
            Look::Free => self.category(category_color),
            Look::Mine => self.mine,
            Look::Pending => self.pending,
            Look::Held | Look::Sold | Look::Blocked => self.taken,
        }
    }

    /// The style of a category by the colour's name in the chart. Blue is drawn as the lighter blue: the dark one
    /// cannot be read on black.
    pub fn category(&self, color: &str) -> Style {
        if self.depth == Depth::Mono {
            return self.text;
        }
        Style::new().fg(match color {
            "blue" => Color::LightBlue,
            "yellow" => Color::Yellow,
            "green" => Color::Green,
            "red" => Color::LightRed,
            "magenta" => Color::LightMagenta,
            "cyan" => Color::Cyan,
            _ => Color::Reset,
        })
    }

    /// A picture's colour in the colours there are; `None` where there are too few for pictures.
    pub fn rgb(&self, r: u8, g: u8, b: u8) -> Option<Color> {
        match self.depth {
            Depth::True => Some(Color::Rgb(r, g, b)),
            Depth::Ansi256 => Some(Color::Indexed(nearest_256(r, g, b))),
            Depth::Ansi16 | Depth::Mono => None,
        }
    }
}

/// The nearest of the xterm 6 × 6 × 6 cube and its grey ramp (levels 0, 95, 135 … 255 and 8, 18 … 238).
fn nearest_256(r: u8, g: u8, b: u8) -> u8 {
    let level = |v: u8| match v {
        0..48 => 0u8,
        48..115 => 1,
        _ => (v - 35) / 40,
    };
    let value = |l: u8| if l == 0 { 0i32 } else { 55 + 40 * i32::from(l) };
    let (lr, lg, lb) = (level(r), level(g), level(b));
    let distance =
        |x: i32, y: i32, z: i32| (x - i32::from(r)).pow(2) + (y - i32::from(g)).pow(2) + (z - i32::from(b)).pow(2);
    let mean = (u16::from(r) + u16::from(g) + u16::from(b)) / 3;
    let step = (mean.saturating_sub(3) / 10).min(23) as u8;
    let grey = 8 + 10 * i32::from(step);
    if distance(grey, grey, grey) < distance(value(lr), value(lg), value(lb)) {
        232 + step
    } else {
        16 + 36 * lr + 6 * lg + lb
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mono_theme_uses_no_colour() {
        let theme = Theme::of(Depth::Mono);
        let styles = [
            theme.text,
            theme.dim,
            theme.accent,
            theme.selected,
            theme.good,
            theme.warn,
            theme.bad,
            theme.mine,
            theme.taken,
        ];
        assert!(styles.iter().all(|s| s.fg.is_none() && s.bg.is_none()));
        assert_eq!(theme.category("red").fg, None);
        assert_eq!(theme.rgb(1, 2, 3), None);
    }

    #[test]
    fn pictures_find_the_nearest_of_256_colours() {
        assert_eq!(nearest_256(0, 0, 0), 16);
        assert_eq!(nearest_256(255, 255, 255), 231);
        assert_eq!(nearest_256(255, 0, 0), 196);
        assert_eq!(nearest_256(128, 128, 128), 244);
    }
}
