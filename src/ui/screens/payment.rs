//! Paying at a page: the code for a phone is the largest thing, beside it the same as words.

use crate::{
    store::select::payment::{PageVm, PaymentVm},
    ui::{
        frame::{Ctx, Frame, columns, put, put_right, put_wrapped},
        widgets::{
            address,
            qr::{self, Qr, Quiet},
        },
    },
};
use ratatui::{buffer::Buffer, layout::Rect, style::Style};

/// The columns that words have beside the code: at least, and at most.
const WORDS: (u16, u16) = (30, 44);
/// The columns of words by themselves.
const ALONE: u16 = 62;

pub fn draw(vm: &PaymentVm, ctx: Ctx<'_>, area: Rect, buf: &mut Buffer, frame: &mut Frame) {
    frame.speech = match &vm.body {
        PageVm::Page { url, .. } => {
            format!("{}, {}. Pay {} within {}. Open {url}", vm.film, vm.place, vm.total, vm.left)
        }
        PageVm::Warning(words) => words.join(" "),
        PageVm::Wait(words) => words.clone(),
    };
    let code = match &vm.body {
        PageVm::Page { url, .. } => code_that_fits(url, ctx, area),
        _ => None,
    };
    let tall = area.height >= 20;
    let body = Rect {
        x: area.x + 1,
        y: area.y + if tall { 2 } else { 1 },
        width: area.width.saturating_sub(2),
        height: area.height.saturating_sub(if tall { 4 } else { 3 }),
    };
    let Some(code) = code else {
        let width = body.width.min(ALONE);
        let column = Rect { x: body.x + (body.width - width) / 2, width, ..body };
        return draw_words(vm, None, ctx, column, buf);
    };
    let (width, height) = code.cells(ctx.glyphs.kind);
    // The words and the code stand together in the middle, however wide the screen is.
    let words = (body.width.saturating_sub(width + 2)).min(WORDS.1);
    let left = body.x + (body.width.saturating_sub(words + width + 2)) / 2;
    let spare = area.height.saturating_sub(height + 2);
    // A code that needs it takes the lines of header and status, too.
    let y = area.y + if spare >= 2 { 2 + (spare - 2) / 4 } else { spare };
    qr::draw(&code, ctx.glyphs.kind, Rect { x: left + words + 2, y, width, height }, buf);
    let top = y.max(body.y);
    let column = Rect { x: left, y: top, width: words, height: body.bottom().saturating_sub(top) };
    draw_words(vm, Some(&code), ctx, column, buf);
}

/// The page as a code for phones, with as much light around it as there is room for.
fn code_that_fits(url: &str, ctx: Ctx<'_>, area: Rect) -> Option<Qr> {
    let fits = |quiet: Quiet, lines: u16| {
        let (width, height) = (area.width.saturating_sub(WORDS.0 + 4), area.height.saturating_sub(lines));
        Qr::with_quiet(url, quiet).filter(|qr| {
            let cells = qr.cells(ctx.glyphs.kind);
            cells.0 <= width && cells.1 <= height
        })
    };
    // Header, status and footer stay free if they can, the footer always.
    fits(Quiet::Full, 3).or_else(|| fits(Quiet::Half, 3)).or_else(|| fits(Quiet::Half, 1))
}

fn draw_words(vm: &PaymentVm, code: Option<&Qr>, ctx: Ctx<'_>, area: Rect, buf: &mut Buffer) {
    let theme = ctx.theme;
    let gap = u16::from(area.height >= 16);
    let mut column = Column { area, y: area.y };
    column.put(buf, &vm.film, theme.accent, 2);
    column.put(buf, &vm.when, theme.text, 1);
    column.put(buf, &vm.place, theme.dim, 2);
    column.y += gap;
    column.amount(buf, "to pay", &vm.total, theme.strong, theme.dim);
    column.amount(buf, "within", &vm.left, if vm.urgent { theme.bad } else { theme.good }, theme.dim);
    column.y += gap;
    match &vm.body {
        PageVm::Wait(words) => column.put(buf, words, theme.text, 3),
        PageVm::Warning(words) => column.warn(buf, words, theme.bad, theme.text),
        PageVm::Page { url, host, warning } => {
            column.warn(buf, warning, theme.bad, theme.text);
            if !warning.is_empty() {
                column.y += gap;
            }
            let open = match code {
                Some(_) => format!("Scan the code with your phone, or open this page of {host}:"),
                None => format!("Open this page of {host} on your phone or computer:"),
            };
            column.put(buf, &open, theme.dim, 3);
            column.y += gap;
            // An address is whole, or it is not there: part of one is somewhere else.
            match address::lines(url, area.width) {
                lines if lines.len() <= usize::from(column.room().height) => {
                    for line in lines {
                        put(buf, area.x, column.y, area.width, &line, theme.strong);
                        column.y += 1;
                    }
                }
                _ if code.is_some() => column.put(buf, "Make the terminal larger for the address.", theme.dim, 2),
                _ => column.put(buf, "Make the terminal larger: the address does not fit into it.", theme.bad, 2),
            }
        }
    }
}

/// Lines of words, one below the other.
struct Column {
    area: Rect,
    y: u16,
}

impl Column {
    fn room(&self) -> Rect {
        Rect { y: self.y, height: self.area.bottom().saturating_sub(self.y), ..self.area }
    }

    fn put(&mut self, buf: &mut Buffer, text: &str, style: Style, most: u16) {
        if !text.is_empty() {
            let room = self.room();
            self.y = put_wrapped(buf, Rect { height: room.height.min(most), ..room }, text, style);
        }
    }

    /// What is wrong, and in the last sentence what to do.
    fn warn(&mut self, buf: &mut Buffer, sentences: &[String], bad: Style, todo: Style) {
        for (i, sentence) in sentences.iter().enumerate() {
            self.put(buf, sentence, if i + 1 == sentences.len() { todo } else { bad }, 4);
        }
    }

    /// A word, and what stands for it at the right; words too long for that below it.
    fn amount(&mut self, buf: &mut Buffer, word: &str, amount: &str, style: Style, dim: Style) {
        let Rect { x, y, width, height } = self.room();
        if height == 0 {
            return;
        }
        put(buf, x, y, width, word, dim);
        // The figures stand below each other, and near their words.
        let right = x + width.min(columns(word) + 2 + columns(amount).max(12));
        put_right(buf, x + columns(word) + 1, right, y, amount, style);
        self.y += 1;
    }
}
