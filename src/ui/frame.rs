//! What drawing gives besides cells, and what it needs besides the view.

use super::{glyphs::GlyphSet, theme::Theme};
use crate::{
    domain::picture::Picture,
    input::{
        keymap::{Context, Keymap},
        target::Hits,
    },
};
use ratatui::{
    buffer::Buffer,
    layout::{Position, Rect},
    style::Style,
};
use unicode_width::UnicodeWidthStr;

/// What the drawing of a screen found out.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Frame {
    pub hits: Hits,
    /// Where the terminal's own cursor goes: on what has the focus.
    pub cursor: Option<Position>,
    /// The line for a screen reader.
    pub speech: String,
    /// Where a film's own poster belongs.
    pub poster: Option<Spot>,
}

/// A place for a picture.
#[derive(Clone, Debug, PartialEq)]
pub struct Spot {
    pub area: Rect,
    /// The picture that the terminal itself is to draw there.
    pub picture: Option<Picture>,
}

/// How to draw.
#[derive(Clone, Copy)]
pub struct Ctx<'a> {
    pub theme: &'a Theme,
    pub glyphs: &'a GlyphSet,
    pub keymap: &'a Keymap,
    /// Where keys go now: decides the footer.
    pub context: Context,
    /// The screen below what lies over it: what help is about.
    pub screen: Context,
}

/// Writes `text` from (x, y), at most `width` columns; returns the column after it.
pub fn put(buf: &mut Buffer, x: u16, y: u16, width: u16, text: &str, style: Style) -> u16 {
    let area = buf.area;
    if width == 0 || !area.contains(Position { x, y }) {
        return x;
    }
    buf.set_stringn(x, y, text, usize::from(width), style).0
}

/// Writes `text` so that it ends at column `right` (exclusive), if there is room after column `left`.
pub fn put_right(buf: &mut Buffer, left: u16, right: u16, y: u16, text: &str, style: Style) -> u16 {
    let width = columns(text).min(right.saturating_sub(left));
    let x = right - width;
    put(buf, x, y, width, text, style);
    x
}

/// Writes `text` in the middle of `area`'s line `y`.
pub fn put_middle(buf: &mut Buffer, area: Rect, y: u16, text: &str, style: Style) {
    let width = columns(text).min(area.width);
    put(buf, area.x + (area.width - width) / 2, y, width, text, style);
}

pub fn columns(text: &str) -> u16 {
    u16::try_from(text.width()).unwrap_or(u16::MAX)
}

/// Writes `text` broken into lines, at most `area.height` of them; returns the line after the last.
pub fn put_wrapped(buf: &mut Buffer, area: Rect, text: &str, style: Style) -> u16 {
    let lines = crate::domain::text::wrap(text, usize::from(area.width));
    let mut y = area.y;
    for line in lines.iter().take(usize::from(area.height)) {
        put(buf, area.x, y, area.width, line, style);
        y += 1;
    }
    y
}
