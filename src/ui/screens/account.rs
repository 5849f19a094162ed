//! Sign in, sign up, sign out.

use crate::{
    input::target::Target,
    store::select::account::AccountVm,
    ui::{
        frame::{Ctx, Frame, put, put_wrapped},
        widgets::field::{self, Field},
    },
};
use ratatui::{buffer::Buffer, layout::Rect};

const LABEL: u16 = 11;

pub fn draw(vm: &AccountVm, ctx: Ctx<'_>, area: Rect, buf: &mut Buffer, frame: &mut Frame) {
    let theme = ctx.theme;
    let width = area.width.min(56);
    let column = Rect { x: area.x + (area.width - width) / 2, width, ..area };
    let tall = area.height >= 16;
    let top = area.y + if tall { 3 } else { 1 };
    let mut y = put_wrapped(buf, Rect { y: top, height: 2, ..column }, &vm.lead, theme.text) + 1;
    frame.speech.clone_from(&vm.lead);
    for field in &vm.fields {
        put(buf, column.x, y, LABEL, field.label, if field.focused { theme.accent } else { theme.dim });
        let drawn = Field {
            text: &field.text,
            cursor: field.cursor,
            focused: field.focused,
            style: theme.strong,
            target: Some(Target::Field(field.id)),
        };
        field::draw(drawn, ctx, column.x + LABEL, y, width - LABEL, buf, frame);
        if field.focused {
            frame.speech = field.label.to_owned();
        }
        y += if tall { 2 } else { 1 };
    }
    if let Some(error) = &vm.error {
        y = put_wrapped(buf, Rect { y, height: 3, ..column }, error, theme.bad) + u16::from(tall);
        frame.speech.clone_from(error);
    }
    put_wrapped(buf, Rect { y, height: area.bottom().saturating_sub(y).min(2), ..column }, &vm.other, theme.dim);
}
