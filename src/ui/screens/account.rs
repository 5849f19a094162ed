//! Sign in, sign up, sign out.

use crate::{
    domain::{sign_in::Way, text},
    input::target::Target,
    store::select::account::{AccountVm, ApprovalVm, Body, FieldVm, PersonVm, WayVm},
    ui::{
        frame::{Ctx, Frame, columns, put, put_wrapped},
        widgets::{
            address,
            field::{self, Field},
            plate,
            qr::{self, Qr},
        },
    },
};
use ratatui::{
    buffer::Buffer,
    layout::{Position, Rect},
};

const LABEL: u16 = 11;
/// The columns of a form.
const FORM: u16 = 62;
/// The columns of a way's name.
const WAY: u16 = 17;
/// The columns that words need beside a QR code.
const WORDS: u16 = 34;
/// The lines between the header and the first word, where there is room.
const TALL: u16 = 16;

pub fn draw(vm: &AccountVm, ctx: Ctx<'_>, area: Rect, buf: &mut Buffer, frame: &mut Frame) {
    frame.speech.clone_from(&vm.lead);
    if let Body::Approval(approval) = &vm.body {
        return draw_approval(vm, approval, ctx, area, buf, frame);
    }
    let theme = ctx.theme;
    let width = area.width.min(FORM);
    let tall = area.height >= TALL;
    let column = Rect { x: area.x + (area.width - width) / 2, width, ..area };
    let mut y = area.y + if tall { 3 } else { 1 };
    if !vm.lead.is_empty() {
        let style = if vm.alert { theme.warn } else { theme.text };
        y = put_wrapped(buf, Rect { y, height: 3, ..column }, &vm.lead, style) + 1;
    }
    let rest = Rect { y, height: area.bottom().saturating_sub(y), ..column };
    y = match &vm.body {
        Body::Waiting(words) => put_wrapped(buf, rest, words, theme.dim) + u16::from(!words.is_empty()),
        Body::Fields(fields) => draw_fields(fields, ctx, rest, buf, frame),
        Body::Ways(ways) => draw_ways(ways, ctx, rest, buf, frame),
        Body::Person(person) => draw_person(person, ctx, rest, buf, frame),
        Body::Approval(_) => y,
    };
    if let Some(error) = &vm.error {
        y = put_wrapped(buf, Rect { y, height: area.bottom().saturating_sub(y).min(3), ..column }, error, theme.bad);
        y += u16::from(tall);
        frame.speech.clone_from(error);
    }
    if !tall && usize::from(area.bottom().saturating_sub(y)) > 2 * vm.hints.len() {
        y += 1;
    }
    for hint in &vm.hints {
        y = put_wrapped(buf, Rect { y, height: area.bottom().saturating_sub(y).min(2), ..column }, hint, theme.dim);
    }
}

fn draw_fields(fields: &[FieldVm], ctx: Ctx<'_>, area: Rect, buf: &mut Buffer, frame: &mut Frame) -> u16 {
    let theme = ctx.theme;
    let mut y = area.y;
    for field in fields {
        put(buf, area.x, y, LABEL, field.label, if field.focused { theme.accent } else { theme.dim });
        let drawn = Field {
            text: &field.text,
            cursor: field.cursor,
            focused: field.focused,
            style: theme.strong,
            target: Some(Target::Field(field.id)),
        };
        field::draw(drawn, ctx, area.x + LABEL, y, area.width - LABEL, buf, frame);
        if field.focused {
            field.label.clone_into(&mut frame.speech);
        }
        y += 1;
        if let Some(error) = &field.error {
            let below = Rect { x: area.x + LABEL, y, width: area.width - LABEL, height: 3 };
            y = put_wrapped(buf, below, error, theme.bad);
            frame.speech = format!("{}: {error}", field.label);
        }
        y += u16::from(area.height >= TALL - 4);
    }
    y
}

fn draw_ways(ways: &[WayVm], ctx: Ctx<'_>, area: Rect, buf: &mut Buffer, frame: &mut Frame) -> u16 {
    let theme = ctx.theme;
    let step = if area.height >= 2 * ways.len() as u16 + 2 { 2 } else { 1 };
    let room = area.width.saturating_sub(2 + WAY);
    // Where they would be cut, the ways speak for themselves.
    let explained = ways.iter().all(|way| columns(way.words) <= room);
    let mut y = area.y;
    for way in ways {
        let (x, width) = (area.x + 2, area.width.saturating_sub(2));
        if way.selected {
            put(buf, area.x, y, 1, &ctx.glyphs.marker.to_string(), theme.accent);
            frame.cursor = Some(Position { x: area.x, y });
            frame.speech = format!("{}, {}", way.label, way.words);
        }
        put(buf, x, y, width, way.label, if way.selected { theme.selected } else { theme.strong });
        if explained {
            put(buf, x + WAY, y, room, way.words, theme.dim);
        }
        frame.hits.push(area.x, y, area.width, 1, Target::Choice(way.choice));
        y += step;
    }
    y + 1
}

fn draw_person(person: &PersonVm, ctx: Ctx<'_>, area: Rect, buf: &mut Buffer, frame: &mut Frame) -> u16 {
    let theme = ctx.theme;
    let room = usize::from(area.width);
    put(buf, area.x, area.y, area.width, &text::fit(&person.name, room), theme.accent);
    put(buf, area.x, area.y + 1, area.width, &text::fit(&person.email, room), theme.text);
    frame.speech = format!("Signed in as {}, {}", person.name, person.email);
    let mut y = area.y + 3;
    for (label, value) in &person.facts {
        put(buf, area.x, y, 15, label, theme.dim);
        y = put_wrapped(buf, Rect { x: area.x + 17, y, width: area.width - 17, height: 3 }, value, theme.text);
    }
    y + 1
}

/// What has to be done on another device: the QR code as large as it is, and all of it in words, too.
fn draw_approval(vm: &AccountVm, approval: &ApprovalVm, ctx: Ctx<'_>, area: Rect, buf: &mut Buffer, frame: &mut Frame) {
    let theme = ctx.theme;
    let code = approval.qr.as_deref().and_then(Qr::of).filter(|code| {
        let (width, height) = code.cells(ctx.glyphs.kind);
        area.width >= width + WORDS + 2 && area.height >= height
    });
    // The words and the code stand together in the middle, however wide the screen is.
    let code_width = code.as_ref().map_or(0, |code| code.cells(ctx.glyphs.kind).0 + 2);
    let width = (area.width - code_width).min(if code.is_some() { 44 } else { FORM });
    let left = area.x + (area.width - code_width - width) / 2;
    let top = match &code {
        Some(_) => area.y + area.height.saturating_sub(22) / 3,
        None => area.y + if area.height >= TALL { 2 } else { 1 },
    };
    if let Some(code) = &code {
        let (width_of_code, height) = code.cells(ctx.glyphs.kind);
        let spare = area.bottom().saturating_sub(top + height);
        let y = top + u16::from(spare > 0);
        let place = Rect { x: left + width + 2, y, width: width_of_code, height };
        qr::draw(code, ctx.glyphs.kind, place, buf);
    }
    let tall = area.height >= TALL;
    let column = Rect { x: left, y: top, width, height: area.bottom().saturating_sub(top) };
    let mut words = Column { area: column, y: top + u16::from(tall), gap: u16::from(tall) };
    words.put(buf, &vm.lead, if vm.alert { theme.warn } else { theme.text });
    words.skip();
    let open = match (approval.way, &approval.qr) {
        (Way::Device, Some(_)) if code.is_some() => "Scan it with your phone, or open",
        (Way::Device, _) if approval.on_this_computer => "In a browser on this computer, open",
        (Way::Device, _) => "On your phone or another device, open",
        _ => "Your browser should have opened. If not, open",
    };
    words.put(buf, open, theme.dim);
    words.put_broken(buf, &approval.url, theme.strong);
    if let Some(user_code) = &approval.user_code {
        words.skip();
        words.put(buf, "The code to type or compare there", theme.dim);
        words.skip();
        words.y += plate::draw(user_code, ctx, Rect { y: words.y, ..column }, buf);
        frame.speech = format!("Open {} and type {}", approval.url, spelled(user_code));
    } else {
        frame.speech = format!("Open {}", approval.url);
    }
    words.skip();
    let style = if approval.urgent { theme.bad } else { theme.good };
    let y = words.y.min(area.bottom().saturating_sub(1));
    let after = put(buf, column.x, y, column.width, "Good for ", theme.dim);
    put(buf, after, y, column.width, &format!("{:>5}", approval.left), style);
}

/// A code letter by letter, for speech.
fn spelled(code: &str) -> String {
    code.chars().map(String::from).collect::<Vec<_>>().join(" ")
}

/// Lines of words, one below the other.
struct Column {
    area: Rect,
    y: u16,
    gap: u16,
}

impl Column {
    fn room(&self) -> Rect {
        Rect { y: self.y, height: self.area.bottom().saturating_sub(self.y), ..self.area }
    }

    fn put(&mut self, buf: &mut Buffer, text: &str, style: ratatui::style::Style) {
        self.y = put_wrapped(buf, self.room(), text, style);
    }

    /// An address is never cut: one that is too long goes on in the next line.
    fn put_broken(&mut self, buf: &mut Buffer, text: &str, style: ratatui::style::Style) {
        for line in address::lines(text, self.area.width) {
            if self.y < self.area.bottom() {
                put(buf, self.area.x, self.y, self.area.width, &line, style);
                self.y += 1;
            }
        }
    }

    fn skip(&mut self) {
        self.y += self.gap;
    }
}
