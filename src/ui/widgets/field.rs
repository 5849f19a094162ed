//! A line in which text is typed.

use crate::{
    input::target::Target,
    ui::frame::{Ctx, Frame, put},
};
use ratatui::{buffer::Buffer, layout::Position, style::Style};

/// A field as it is drawn: the text scrolls so that the cursor is seen.
pub struct Field<'a> {
    pub text: &'a str,
    /// The cursor's column in the text.
    pub cursor: usize,
    pub focused: bool,
    pub style: Style,
    pub target: Option<Target>,
}

/// Draws a field of `width` columns at (x, y), with a line under it where there is colour to tell it apart.
pub fn draw(field: Field<'_>, ctx: Ctx<'_>, x: u16, y: u16, width: u16, buf: &mut Buffer, frame: &mut Frame) {
    let room = usize::from(width.saturating_sub(1));
    let skipped = field.cursor.saturating_sub(room);
    let shown: String = field.text.chars().skip(skipped).collect();
    let end = put(buf, x, y, width, &shown, field.style);
    let rule = Style { add_modifier: ratatui::style::Modifier::UNDERLINED, ..ctx.theme.dim };
    for column in end..x + width {
        buf[(column, y)].set_style(rule);
    }
    if field.focused {
        let column = x + u16::try_from(field.cursor - skipped).unwrap_or(0);
        frame.cursor = Some(Position { x: column.min(x + width.saturating_sub(1)), y });
    }
    if let Some(target) = field.target {
        frame.hits.push(x, y, width, 1, target);
    }
}
