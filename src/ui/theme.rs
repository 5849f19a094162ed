//! Meanings and their styles. The default uses the terminal's own sixteen colours, so that people keep theirs; the
//! other themes bring their own, background and all; the mono theme uses none.

use crate::store::select::seats::{Look, SeatLook};
use ratatui::style::{Color, Modifier, Style};

/// A style a meaning.
#[derive(Clone, Debug, PartialEq)]
pub struct Theme {
    /// What every cell has that says nothing else: nothing, or a theme's own colours.
    pub base: Style,
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
    pub proposed: Style,
    pub taken: Style,
    /// Added to whatever the cursor is on.
    pub cursor: Style,
    /// Blue, yellow, green, red, magenta and cyan: what charts call the colours of their categories.
    categories: [Style; 6],
    /// How many colours may be used.
    pub depth: Depth,
}

/// The names of the categories' colours, in the order of [`Theme::categories`].
const CATEGORY_COLORS: [&str; 6] = ["blue", "yellow", "green", "red", "magenta", "cyan"];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Depth {
    Mono,
    /// Eight colours and no brighter ones, as on the Linux console.
    Ansi8,
    Ansi16,
    Ansi256,
    True,
}

/// What a person may choose.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ThemeName {
    /// The terminal's own colours.
    #[default]
    Ansi,
    /// Colours that people with any colour vision tell apart.
    ColourSafe,
    /// White and strong colours on black.
    HighContrast,
    Mono,
}

/// The colours of a theme of our own, as 0xRRGGBB.
struct Palette {
    background: u32,
    text: u32,
    dim: u32,
    strong: u32,
    accent: u32,
    good: u32,
    warn: u32,
    bad: u32,
    mine: u32,
    pending: u32,
    taken: u32,
    /// In the order of [`CATEGORY_COLORS`].
    categories: [u32; 6],
}

/// After Okabe and Ito, "Color Universal Design" (2008): colours that stay apart for every kind of colour vision. Their
/// blue is too dark on a dark ground; its place take sky blue and, for cyan, orange. White is left for what is mine.
const COLOUR_SAFE: Palette = Palette {
    background: 0x14_17_1c,
    text: 0xdd_e1e6,
    dim: 0x8f_979f,
    strong: 0xff_ffff,
    accent: 0x56_b4e9,
    good: 0x2f_b890,
    warn: 0xe6_9f00,
    bad: 0xee_7733,
    mine: 0xff_ffff,
    pending: 0xdd_e1e6,
    taken: 0x84_8c95,
    categories: [0x56_b4e9, 0xf0_e442, 0x2f_b890, 0xee_7733, 0xd9_8db5, 0xe6_9f00],
};

const HIGH_CONTRAST: Palette = Palette {
    background: 0x00_0000,
    text: 0xff_ffff,
    dim: 0xc8_c8c8,
    strong: 0xff_ffff,
    accent: 0x00_e5ff,
    good: 0x5c_ff5c,
    warn: 0xff_d700,
    bad: 0xff_8080,
    mine: 0x5c_ff5c,
    pending: 0x5c_ff5c,
    taken: 0xa8_a8a8,
    categories: [0x8c_b8ff, 0xff_f000, 0x5c_ff5c, 0xff_8080, 0xff_9cff, 0x00_e5ff],
};

impl Theme {
    /// The terminal's own colours, as many as there are.
    pub fn of(depth: Depth) -> Self {
        Self::named(ThemeName::Ansi, depth)
    }

    /// A theme in the colours there are. Where those are fewer than its own, the terminal's take their place.
    pub fn named(name: ThemeName, depth: Depth) -> Self {
        match (name, depth) {
            (ThemeName::Mono, _) | (_, Depth::Mono) => Self::mono(),
            (_, Depth::Ansi8) => Self::eight(),
            (ThemeName::Ansi, _) | (_, Depth::Ansi16) => Self::ansi(depth),
            (ThemeName::ColourSafe, _) => Self::painted(&COLOUR_SAFE, depth),
            (ThemeName::HighContrast, _) => Self::painted(&HIGH_CONTRAST, depth),
        }
    }

    fn painted(palette: &Palette, depth: Depth) -> Self {
        let color = |hex: u32| {
            let [_, r, g, b] = hex.to_be_bytes();
            if depth == Depth::True { Color::Rgb(r, g, b) } else { Color::Indexed(nearest_256(r, g, b)) }
        };
        let of = |hex: u32| Style::new().fg(color(hex));
        let bold = |hex: u32| of(hex).add_modifier(Modifier::BOLD);
        Self {
            base: of(palette.text).bg(color(palette.background)),
            text: of(palette.text),
            dim: of(palette.dim),
            strong: bold(palette.strong),
            accent: bold(palette.accent),
            selected: bold(palette.accent),
            good: bold(palette.good),
            warn: of(palette.warn),
            bad: of(palette.bad),
            screen: of(palette.strong),
            mine: bold(palette.mine),
            pending: of(palette.pending),
            proposed: bold(palette.mine),
            taken: of(palette.taken),
            cursor: Style::new().add_modifier(Modifier::REVERSED),
            categories: palette.categories.map(of),
            depth,
        }
    }

    fn ansi(depth: Depth) -> Self {
        let plain = Style::new();
        // Blue is drawn as the lighter blue: the dark one cannot be read on black.
        let categories =
            [Color::LightBlue, Color::Yellow, Color::Green, Color::LightRed, Color::LightMagenta, Color::Cyan];
        Self {
            base: plain,
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
            proposed: plain.fg(Color::LightGreen),
            taken: plain.fg(Color::DarkGray),
            cursor: plain.add_modifier(Modifier::REVERSED),
            categories: categories.map(|color| plain.fg(color)),
            depth,
        }
    }

    /// Eight colours. There is no grey, so what steps back has the plain colour and what matters has one; bold is left
    /// to text without a colour, since such terminals draw bold colours as other ones.
    fn eight() -> Self {
        let plain = Style::new();
        let categories = [Color::Cyan, Color::Yellow, Color::Green, Color::Red, Color::Magenta, Color::Cyan];
        Self {
            base: plain,
            text: plain,
            dim: plain,
            strong: plain.add_modifier(Modifier::BOLD),
            accent: plain.fg(Color::Cyan),
            selected: plain.fg(Color::Cyan),
            good: plain.fg(Color::Green),
            warn: plain.fg(Color::Yellow),
            bad: plain.fg(Color::Red),
            screen: plain,
            mine: plain.fg(Color::Green),
            pending: plain.fg(Color::Green),
            proposed: plain.fg(Color::Green),
            taken: plain,
            cursor: plain.add_modifier(Modifier::REVERSED),
            categories: categories.map(|color| plain.fg(color)),
            depth: Depth::Ansi8,
        }
    }

    fn mono() -> Self {
        let plain = Style::new();
        let bold = plain.add_modifier(Modifier::BOLD);
        Self {
            base: plain,
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
            proposed: bold,
            taken: plain.add_modifier(Modifier::DIM),
            cursor: plain.add_modifier(Modifier::REVERSED),
            categories: [plain; 6],
            depth: Depth::Mono,
        }
    }

    /// The style of a seat. Its category speaks only while it is free.
    pub fn seat(&self, look: SeatLook, category_color: &str) -> Style {
        match look.look {
            Look::Free => self.category(category_color),
            Look::Mine => self.mine,
            Look::Pending => self.pending,
            Look::Proposed => self.proposed,
            Look::Held | Look::Sold | Look::Blocked => self.taken,
        }
    }

    /// The style of a category by the colour's name in the chart.
    pub fn category(&self, color: &str) -> Style {
        let at = CATEGORY_COLORS.iter().position(|name| *name == color);
        at.map_or(self.text, |at| self.categories[at])
    }

    /// The style of what is so many eighths free.
    pub fn share(&self, eighths: u8) -> Style {
        match eighths {
            0 => self.taken,
            1 => self.category("red"),
            2..=4 => self.category("yellow"),
            _ => self.category("green"),
        }
    }

    /// A picture's colour in the colours there are; `None` where there are too few for pictures.
    pub fn rgb(&self, r: u8, g: u8, b: u8) -> Option<Color> {
        match self.depth {
            Depth::True => Some(Color::Rgb(r, g, b)),
            Depth::Ansi256 => Some(Color::Indexed(nearest_256(r, g, b))),
            Depth::Ansi16 | Depth::Ansi8 | Depth::Mono => None,
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

    /// WCAG 2.2: the ratio of relative luminances.
    fn contrast(a: u32, b: u32) -> f64 {
        let luminance = |hex: u32| {
            let [_, r, g, b] = hex.to_be_bytes();
            let linear = |v: u8| match f64::from(v) / 255.0 {
                v if v <= 0.040_45 => v / 12.92,
                v => ((v + 0.055) / 1.055).powf(2.4),
            };
            0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b)
        };
        let (a, b) = (luminance(a) + 0.05, luminance(b) + 0.05);
        if a > b { a / b } else { b / a }
    }

    #[test]
    fn every_text_of_a_painted_theme_can_be_read() {
        for (palette, least) in [(&COLOUR_SAFE, 4.5), (&HIGH_CONTRAST, 7.0)] {
            let p = palette;
            let texts = [p.text, p.dim, p.strong, p.accent, p.good, p.warn, p.bad, p.mine, p.pending, p.taken];
            for color in texts.into_iter().chain(p.categories) {
                let ratio = contrast(color, p.background);
                assert!(ratio >= least, "#{color:06x} has {ratio:.2}:1");
            }
        }
    }

    #[test]
    fn eight_colours_are_the_eight_and_never_bold() {
        let theme = Theme::of(Depth::Ansi8);
        let styles = [
            theme.text,
            theme.dim,
            theme.strong,
            theme.accent,
            theme.selected,
            theme.good,
            theme.warn,
            theme.bad,
            theme.screen,
            theme.mine,
            theme.pending,
            theme.proposed,
            theme.taken,
        ];
        let eight = [Color::Red, Color::Green, Color::Yellow, Color::Magenta, Color::Cyan];
        for style in styles.into_iter().chain(theme.categories) {
            let Some(color) = style.fg else { continue };
            assert!(eight.contains(&color), "{color} is one of the eight, and can be read on black");
            assert!(!style.add_modifier.contains(Modifier::BOLD), "bold {color} may become another colour");
        }
    }

    #[test]
    fn a_theme_of_its_own_needs_the_colours_for_it() {
        assert_eq!(Theme::named(ThemeName::ColourSafe, Depth::Ansi16), Theme::of(Depth::Ansi16));
        assert_eq!(Theme::named(ThemeName::HighContrast, Depth::Mono), Theme::of(Depth::Mono));
        assert_eq!(Theme::named(ThemeName::Mono, Depth::True), Theme::of(Depth::Mono));
        assert!(Theme::named(ThemeName::ColourSafe, Depth::Ansi256).base.bg.is_some());
    }

    #[test]
    fn pictures_find_the_nearest_of_256_colours() {
        assert_eq!(nearest_256(0, 0, 0), 16);
        assert_eq!(nearest_256(255, 255, 255), 231);
        assert_eq!(nearest_256(255, 0, 0), 196);
        assert_eq!(nearest_256(128, 128, 128), 244);
    }
}
