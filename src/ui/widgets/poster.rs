//! The placeholder poster of a film: two pixels a cell.

use crate::{
    domain::{money::Glyphs, movie::Movie, poster::poster},
    ui::frame::Ctx,
};
use ratatui::{buffer::Buffer, layout::Rect, style::Style};

/// Draws the poster into `area`; nothing where there are too few colours or characters for a picture.
/// Returns whether it drew.
pub fn draw(movie: &Movie, ctx: Ctx<'_>, area: Rect, buf: &mut Buffer) -> bool {
    if ctx.glyphs.kind == Glyphs::Ascii || ctx.theme.rgb(0, 0, 0).is_none() || movie.palette.is_empty() {
        return false;
    }
    let (width, height) = (usize::from(area.width), 2 * usize::from(area.height));
    let picture = poster(movie, width, height);
    for line in 0..usize::from(area.height) {
        for column in 0..width {
            let pixel = |y: usize| {
                let p = picture.pixels[y * width + column];
                ctx.theme.rgb(p.0, p.1, p.2).unwrap_or_default()
            };
            let style = Style::new().fg(pixel(2 * line)).bg(pixel(2 * line + 1));
            buf[(area.x + column as u16, area.y + line as u16)].set_char('▀').set_style(style);
        }
    }
    true
}
