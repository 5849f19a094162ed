//! A short code on a bright plate, to be read from across the room.

use crate::{
    domain::money::Glyphs,
    ui::frame::{Ctx, columns, put},
};
use ratatui::{
    buffer::Buffer,
    layout::Rect,
    style::{Color, Modifier, Style},
};

/// Draws `code` with air between its letters; a plate too wide for `area` has none. Returns the lines it took.
pub fn draw(code: &str, ctx: Ctx<'_>, area: Rect, buf: &mut Buffer) -> u16 {
    let spaced = code.chars().map(String::from).collect::<Vec<_>>().join(" ");
    let text = if columns(&spaced) + 4 <= area.width { format!("  {spaced}  ") } else { format!(" {code} ") };
    let width = columns(&text).min(area.width);
    let reversed = Style::new().add_modifier(Modifier::REVERSED | Modifier::BOLD);
    let (ink, edge) = match ctx.theme.accent.fg {
        Some(color) => (Style::new().fg(Color::Black).bg(color).add_modifier(Modifier::BOLD), Style::new().fg(color)),
        None => (reversed, Style::new()),
    };
    // Half a line above and below makes it a plate; without half blocks it is a bar.
    let edges = ctx.glyphs.kind == Glyphs::Unicode && area.height >= 3;
    let middle = area.y + u16::from(edges);
    put(buf, area.x, middle, width, &text, ink);
    if !edges {
        return 1;
    }
    for x in area.x..area.x + width {
        buf[(x, area.y)].set_char('▄').set_style(edge);
        buf[(x, area.y + 2)].set_char('▀').set_style(edge);
    }
    3
}
