//! The pages for those who run the cinema.

mod add;
mod dashboard;
mod lists;

use crate::{
    input::target::Target,
    store::select::admin::{AdminVm, Body, PageVm},
    ui::frame::{Ctx, Frame, columns, put, put_wrapped},
};
use ratatui::{buffer::Buffer, layout::Rect, style::Style};

/// The most columns that a page uses: longer lines are hard to follow.
const WIDEST: u16 = 104;

pub fn draw(vm: &AdminVm, ctx: Ctx<'_>, area: Rect, buf: &mut Buffer, frame: &mut Frame) {
    let width = area.width.min(WIDEST);
    // The line below the header tells that the box office is out of reach.
    let below = Rect { x: area.x + (area.width - width) / 2, y: area.y + 1, width, height: area.height - 1 };
    let content = if vm.pages.is_empty() { below } else { pages(&vm.pages, ctx, below, buf, frame) };
    match &vm.body {
        Body::Instead { words, alert } => {
            let words = ctx.keymap.spell(ctx.screen, words);
            let style = if *alert { ctx.theme.bad } else { ctx.theme.dim };
            put_wrapped(buf, content, &words, style);
            frame.speech = words;
        }
        Body::Dashboard(dashboard) => dashboard::draw(dashboard, ctx, content, buf, frame),
        Body::Shows(list) => lists::shows(list, ctx, content, buf, frame),
        Body::Bookings(list) => lists::bookings(list, ctx, content, buf, frame),
        Body::Films(list) => lists::films(list, ctx, content, buf, frame),
        Body::Add(add) => add::draw(add, ctx, content, buf, frame),
    }
}

/// The names of the pages side by side; gives what is below them.
fn pages(pages: &[PageVm], ctx: Ctx<'_>, area: Rect, buf: &mut Buffer, frame: &mut Frame) -> Rect {
    let gap = if area.width < 60 { 2 } else { 4 };
    let mut x = area.x;
    for page in pages {
        let style = if page.selected { ctx.theme.selected } else { ctx.theme.dim };
        let width = columns(page.word);
        put(buf, x, area.y, width, page.word, style);
        frame.hits.push(x, area.y, width, 1, Target::AdminPage(page.page));
        x += width + gap;
    }
    let used = if is_tall(area) { 2 } else { 1 };
    Rect { y: area.y + used, height: area.height.saturating_sub(used), ..area }
}

/// As [`crate::store::select::admin::is_tall`] of the whole screen, below the header and the line after it.
fn is_tall(area: Rect) -> bool {
    area.height + 4 >= crate::store::select::admin::TALL
}

/// A sentence that concerns the whole page, on the line for it.
fn alert(words: Option<&String>, ctx: Ctx<'_>, area: Rect, y: u16, buf: &mut Buffer, frame: &mut Frame) {
    let Some(words) = words else { return };
    let words = ctx.keymap.spell(ctx.screen, words);
    put_fit(buf, area.x, y, area.width, &words, ctx.theme.bad);
    frame.speech = words;
}

/// Writes text with an ellipsis where it does not fit.
fn put_fit(buf: &mut Buffer, x: u16, y: u16, width: u16, text: &str, style: Style) -> u16 {
    put(buf, x, y, width, &crate::domain::text::fit(text, usize::from(width)), style)
}
