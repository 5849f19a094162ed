//! The line in which seats are typed, with what the text means beside it.

use crate::{
    store::select::seats::TypedVm,
    ui::{
        frame::{Ctx, Frame, columns, put},
        widgets::field::{self, Field},
    },
};
use ratatui::{buffer::Buffer, layout::Rect};

pub fn draw(typed: &TypedVm, ctx: Ctx<'_>, area: Rect, buf: &mut Buffer, frame: &mut Frame) {
    for x in area.left()..area.right() {
        buf[(x, area.y)].reset();
    }
    let x = put(buf, area.x, area.y, 10, "Seats  ", ctx.theme.accent);
    let width = 24.min(area.right().saturating_sub(x));
    let field = Field { text: &typed.text, cursor: typed.cursor, focused: true, style: ctx.theme.strong, target: None };
    field::draw(field, ctx, x, area.y, width, buf, frame);
    let (text, style) = match &typed.error {
        Some(why) => (why.as_str(), ctx.theme.bad),
        None => (typed.says.as_str(), ctx.theme.dim),
    };
    // Beside the field if it fits, else in the status line below.
    let beside = area.right().saturating_sub(x + width + 2);
    let (x, y, room) = if columns(text) <= beside {
        (x + width + 2, area.y, beside)
    } else {
        for x in area.left()..area.right() {
            buf[(x, area.y + 1)].reset();
        }
        (area.x, area.y + 1, area.width)
    };
    put(buf, x, y, room, &crate::domain::text::fit(text, usize::from(room)), style);
    text.clone_into(&mut frame.speech);
}
