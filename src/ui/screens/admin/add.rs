//! Adding shows: the form, and all of it before it is sent.

use super::{is_tall, put_fit};
use crate::{
    input::target::Target,
    store::select::admin::{AddVm, FieldVm, FormVm, ReviewVm},
    ui::{
        frame::{Ctx, Frame, put, put_wrapped},
        widgets::field::{self, Field},
    },
};
use ratatui::{buffer::Buffer, layout::Rect};

/// The columns of a label.
const LABEL: u16 = 9;
/// The columns of a show's day and time, with the gap after it.
const TIME: u16 = 25;
/// The columns of the form.
const FORM: u16 = 72;

pub fn draw(vm: &AddVm, ctx: Ctx<'_>, area: Rect, buf: &mut Buffer, frame: &mut Frame) {
    let area = Rect { width: area.width.min(FORM), ..area };
    match vm {
        AddVm::Form(form) => draw_form(form, ctx, area, buf, frame),
        AddVm::Review(review) => draw_review(review, ctx, area, buf, frame),
    }
}

fn gap(area: Rect) -> u16 {
    u16::from(is_tall(Rect { height: area.height + 2, ..area }))
}

fn draw_form(form: &FormVm, ctx: Ctx<'_>, area: Rect, buf: &mut Buffer, frame: &mut Frame) {
    let mut y = label("Film", &form.film, ctx, area, area.y, buf) + gap(area);
    for field in &form.fields {
        y = draw_field(field, ctx, Rect { y, ..area }, buf, frame) + gap(area);
    }
    let hints = form.hints.len() as u16 + u16::from(area.width < 60);
    let room = area.bottom().saturating_sub(y + hints + gap(area));
    if !form.times.is_empty() {
        y = times(&form.times, ctx, Rect { y, height: room.max(1), ..area }, buf) + gap(area);
    }
    notes(&form.hints, ctx, area, y, buf);
}

fn draw_review(review: &ReviewVm, ctx: Ctx<'_>, area: Rect, buf: &mut Buffer, frame: &mut Frame) {
    let mut y = label("Film", &review.film, ctx, area, area.y, buf);
    y = label("Price", &review.price, ctx, area, y, buf) + gap(area);
    let below = 2 * (review.notes.len() as u16 + u16::from(review.alert.is_some())) + gap(area);
    let room = area.bottom().saturating_sub(y + below).max(1);
    y = times(&review.times, ctx, Rect { y, height: room, ..area }, buf) + gap(area);
    frame.speech = format!("{}, {}, {}", review.film, review.price, review.times.join(", "));
    if let Some(alert) = &review.alert {
        let rest = Rect { y, height: area.bottom().saturating_sub(y).min(4), ..area };
        y = put_wrapped(buf, rest, alert, ctx.theme.bad) + gap(area);
        frame.speech.clone_from(alert);
    }
    notes(&review.notes, ctx, area, y, buf);
}

fn label(word: &str, text: &str, ctx: Ctx<'_>, area: Rect, y: u16, buf: &mut Buffer) -> u16 {
    put(buf, area.x, y, LABEL, word, ctx.theme.dim);
    put_fit(buf, area.x + LABEL, y, area.width - LABEL, text, ctx.theme.strong);
    y + 1
}

fn draw_field(vm: &FieldVm, ctx: Ctx<'_>, area: Rect, buf: &mut Buffer, frame: &mut Frame) -> u16 {
    let theme = ctx.theme;
    let (x, y, width) = (area.x + LABEL, area.y, area.width - LABEL);
    put(buf, area.x, y, LABEL, vm.label, if vm.focused { theme.accent } else { theme.dim });
    let target = Some(Target::Entry(vm.entry.clone()));
    let field = Field { text: &vm.text, cursor: vm.cursor, focused: vm.focused, style: theme.strong, target };
    field::draw(field, ctx, x, y, width, buf, frame);
    put_fit(buf, x, y, width, &vm.example, theme.dim);
    if vm.focused {
        frame.speech = format!("{} {}", vm.label, vm.text);
    }
    let Some(error) = &vm.error else { return y + 1 };
    frame.speech = format!("{}: {error}", vm.label);
    put_wrapped(buf, Rect { x, y: y + 1, width, height: 3.min(area.bottom().saturating_sub(y + 1)) }, error, theme.bad)
}

/// The shows in columns, top to bottom; the last line says how many there are beyond it.
fn times(times: &[String], ctx: Ctx<'_>, area: Rect, buf: &mut Buffer) -> u16 {
    put(buf, area.x, area.y, LABEL, "Shows", ctx.theme.dim);
    let across = ((area.width - LABEL) / TIME).max(1);
    let lines = area.height.max(1).min((times.len() as u16).div_ceil(across));
    let fits = usize::from(lines * across);
    let hidden = times.len().saturating_sub(fits);
    for (at, time) in (0u16..).zip(times.iter().take(fits)) {
        let (x, y) = (area.x + LABEL + at / lines * TIME, area.y + at % lines);
        let is_last = usize::from(at) + 1 == fits && hidden > 0;
        let text = if is_last { format!("and {} more", hidden + 1) } else { time.clone() };
        put(buf, x, y, TIME, &text, ctx.theme.text);
    }
    area.y + lines
}

fn notes(notes: &[String], ctx: Ctx<'_>, area: Rect, mut y: u16, buf: &mut Buffer) {
    for note in notes {
        let rest = Rect { y, height: area.bottom().saturating_sub(y), ..area };
        y = put_wrapped(buf, rest, note, ctx.theme.dim);
    }
}
