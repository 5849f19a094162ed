//! A ticket with a QR code that a phone can read.

use crate::{
    store::select::ticket::TicketVm,
    ui::{
        frame::{Ctx, Frame, put_wrapped},
        widgets::qr::{self, Qr},
    },
};
use ratatui::{buffer::Buffer, layout::Rect};

/// The columns that the words need beside the code.
const WORDS: u16 = 32;

pub fn draw(vm: &TicketVm, ctx: Ctx<'_>, area: Rect, buf: &mut Buffer, frame: &mut Frame) {
    let theme = ctx.theme;
    // The code may use the line of the header: it is the largest thing here.
    let above_status = Rect { height: area.height.saturating_sub(1), ..area };
    let code = code_that_fits(vm, ctx, above_status);
    let mut words_width = area.width.saturating_sub(2);
    let mut note = "";
    if let Some((qr, whole)) = &code {
        let (width, height) = qr.cells(ctx.glyphs.kind);
        let spare = above_status.height.saturating_sub(height).min(2);
        let place = Rect { x: area.right().saturating_sub(width + 1), y: area.y + spare, width, height };
        qr::draw(qr, ctx.glyphs.kind, place, buf);
        words_width = place.x.saturating_sub(area.x + 3);
        if !whole {
            note = "In a terminal of 80 × 24 the code is the signed ticket.";
        }
    } else if vm.valid && !vm.ticket.is_empty() {
        note = "Make the terminal larger for the QR code; the letters above are enough at the door.";
    }
    let x = area.x + 1;
    let mut y = area.y + if area.height >= 20 { 2 } else { 1 };
    let mut line = |text: &str, style, most: u16, gap: u16| {
        let most = if text.is_empty() { 0 } else { most };
        let room = Rect { x, y, width: words_width, height: most.min(area.bottom().saturating_sub(y + 2)) };
        y = put_wrapped(buf, room, text, style) + gap;
    };
    let tall = area.height >= 20;
    let gap = u16::from(tall);
    line(&vm.headline, if vm.valid { theme.good } else { theme.bad }, 1, gap);
    for trouble in &vm.troubles {
        line(trouble, theme.bad, 4, 0);
    }
    line("", theme.text, 0, gap.min(vm.troubles.len() as u16));
    line(&vm.note, theme.warn, 5, if vm.note.is_empty() { 0 } else { gap });
    line(&vm.film, theme.accent, 2, 0);
    line(&vm.when, theme.text, 2, 0);
    line(&vm.hall, theme.text, 1, gap);
    line(&vm.seats, theme.strong, 3, 0);
    for amount in &vm.amounts {
        line(amount, theme.dim, 2, 0);
    }
    line("", theme.text, 0, gap);
    if !vm.code.is_empty() {
        line(&format!("Code  {}", vm.code), theme.accent, 2, gap);
    }
    line(note, theme.dim, 3, 0);
    frame.speech = format!("{} {}, {}, seats {}, code {}", vm.headline, vm.film, vm.when, vm.seats, vm.code);
}

/// The signed ticket if it fits beside the words, else a smaller code of just the letters. Tells which.
fn code_that_fits(vm: &TicketVm, ctx: Ctx<'_>, area: Rect) -> Option<(Qr, bool)> {
    let fits = |qr: &Qr, words: u16| {
        let (width, height) = qr.cells(ctx.glyphs.kind);
        area.width >= width + words + 3 && area.height >= height
    };
    if vm.ticket.is_empty() {
        return None;
    }
    Qr::of(&vm.ticket)
        .filter(|qr| fits(qr, WORDS))
        .map(|qr| (qr, true))
        .or_else(|| Qr::of(&vm.code).filter(|qr| fits(qr, WORDS - 8)).map(|qr| (qr, false)))
}
