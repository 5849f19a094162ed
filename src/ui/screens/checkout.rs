//! Payment: what is bought, for whom, and what it costs.

use crate::{
    store::select::checkout::{CheckoutVm, Outcome},
    ui::frame::{Ctx, Frame, put, put_right, put_wrapped},
};
use ratatui::{buffer::Buffer, layout::Rect};

pub fn draw(vm: &CheckoutVm, ctx: Ctx<'_>, area: Rect, buf: &mut Buffer, frame: &mut Frame) {
    let theme = ctx.theme;
    let width = area.width.min(56);
    let column = Rect { x: area.x + (area.width - width) / 2, width, ..area };
    let bottom = area.bottom();
    let tall = area.height >= 18;
    let mut y = area.y + if tall { 2 } else { 0 };
    put(buf, column.x, y, width, &crate::domain::text::fit(&vm.film, usize::from(width)), theme.accent);
    let end = put(buf, column.x, y + 1, width, &vm.when, theme.text);
    if tall {
        put(buf, column.x, y + 2, width, &vm.hall, theme.dim);
        y += 4;
    } else {
        put(buf, end + 2, y + 1, column.right().saturating_sub(end + 2), &vm.hall, theme.dim);
        y += 2;
    }
    // What follows the seats always has its place: rule, total, method, note, person, outcome.
    let notes: Vec<&str> = [vm.method.as_str(), vm.seats_note].into_iter().filter(|note| !note.is_empty()).collect();
    let notes: Vec<String> =
        notes.iter().flat_map(|note| crate::domain::text::wrap(note, usize::from(width))).collect();
    // More than one note is a paragraph of its own.
    let apart = u16::from(tall && !vm.seats_note.is_empty());
    let room = bottom.saturating_sub(y + 4 + apart + notes.len() as u16).max(1);
    let shown = if vm.seats.len() > usize::from(room) { usize::from(room) - 1 } else { vm.seats.len() };
    for seat in &vm.seats[..shown] {
        put(buf, column.x, y, 12, &seat.label, theme.strong);
        put(buf, column.x + 13, y, width.saturating_sub(24), &seat.category, theme.text);
        put_right(buf, column.x, column.right(), y, &seat.price, theme.text);
        y += 1;
    }
    if shown < vm.seats.len() {
        put(buf, column.x, y, width, &format!("and {} more", vm.seats.len() - shown), theme.dim);
        y += 1;
    }
    for x in column.left()..column.right() {
        buf[(x, y)].set_char(ctx.glyphs.rule).set_style(theme.dim);
    }
    put(buf, column.x, y + 1, width, "total", theme.text);
    put_right(buf, column.x, column.right(), y + 1, &vm.total, if vm.is_priced { theme.good } else { theme.text });
    y += 2 + apart;
    for note in &notes {
        put(buf, column.x, y, width, note, theme.dim);
        y += 1;
    }
    put(buf, column.x, y, width, &crate::domain::text::fit(&vm.person, usize::from(width)), theme.dim);
    y += if tall { 2 } else { 1 };
    frame.speech = format!("{}, {}, total {}", vm.film, vm.when, vm.total);
    if let Some((outcome, text)) = &vm.outcome {
        let style = match outcome {
            Outcome::Waiting => theme.text,
            Outcome::Unknown => theme.warn,
            Outcome::Refused => theme.bad,
        };
        put_wrapped(buf, Rect { y, height: bottom.saturating_sub(y), ..column }, text, style);
        frame.speech.clone_from(text);
    }
}
