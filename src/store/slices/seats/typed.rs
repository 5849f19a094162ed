//! The line in which seats, or the wishes of a party, are named by typing.

use super::{
    Around, Seats, Typed,
    choose::{self, refusal, unit, want, wanted},
    seek,
    travel::go_to,
};
use crate::{
    domain::{
        chart::plan::Plan,
        ids::SeatIx,
        seating::spec::{self, PartyWish},
    },
    store::{
        Out,
        action::Turn,
        slices::{hold::Holding, line},
        tracked::Tracked,
    },
};
use tui_input::{Input, InputRequest};

/// What a typed text means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// Just these seats; all of them can be had.
    Seats(Vec<SeatIx>),
    /// The best seats for a party.
    Party(PartyWish),
}

/// What the typed text means at this moment.
///
/// # Errors
/// A sentence: what is not known, or which of the named seats cannot be had.
pub fn meaning(seats: &Seats, hold: &Holding, plan: &Plan, text: &str) -> Result<Meaning, String> {
    let level = Some(seats.level as u16);
    match spec::typed(&plan.chart, &plan.geometry, level, text).map_err(|error| error.to_string())? {
        spec::Typed::Party(wish) => Ok(Meaning::Party(wish)),
        spec::Typed::Seats(named) => {
            let refused: Vec<String> = named.iter().filter_map(|s| refusal(seats, hold, *s)).collect();
            if refused.is_empty() { Ok(Meaning::Seats(named)) } else { Err(refused.join(" ")) }
        }
    }
}

/// Opens the line with some text in it.
pub(super) fn open(seats: &mut Tracked<Seats>, text: &str) {
    seats.typed = Some(Typed { input: Input::new(text.to_owned()), error: None });
}

pub(super) fn edit(seats: &mut Tracked<Seats>, request: InputRequest) {
    if let Some(typed) = &mut seats.typed {
        typed.error = None;
        line::edit(&mut typed.input, request);
    }
}

pub(super) fn paste(seats: &mut Tracked<Seats>, text: &str) {
    if let Some(typed) = &mut seats.typed {
        typed.error = None;
        line::paste(&mut typed.input, text);
    }
}

/// An earlier line, or back towards the new one.
pub(super) fn past(seats: &mut Tracked<Seats>, turn: Turn) {
    let Some(now) = seats.typed.as_ref().map(|typed| typed.input.clone()) else { return };
    if let Some(input) = seats.past.turn(&now, turn) {
        seats.typed = Some(Typed { input, error: None });
    }
}

/// Finishes the last word where it begins just one section's id or name. Beside a party a section is a word by
/// itself, before a row it has a colon.
pub(super) fn complete(seats: &mut Tracked<Seats>) {
    let (Some(plan), Some(typed)) = (seats.plan().cloned(), &mut seats.typed) else { return };
    let text = typed.input.value();
    let (before, word) = text.rsplit_once([' ', ',']).map_or(("", text), |(b, _)| text.split_at(b.len() + 1));
    let begins = |name: &str| !word.is_empty() && name.to_lowercase().starts_with(&word.to_lowercase());
    let mut sections = plan.chart.sections.iter().filter(|s| begins(&s.id) || begins(s.name.as_str()));
    if let (Some(section), None) = (sections.next(), sections.next()) {
        let end = if before.starts_with(|c: char| c.is_ascii_digit()) { ' ' } else { ':' };
        typed.input = Input::new(format!("{before}{}{end}", section.id));
        typed.error = None;
    }
}

pub(super) fn submit(seats: &mut Tracked<Seats>, around: &Around<'_>, out: &mut Out) {
    let hold = around.hold;
    let (Some(plan), Some(typed)) = (seats.plan().cloned(), &seats.typed) else { return };
    let text = typed.input.value().trim().to_owned();
    if text.is_empty() {
        seats.typed = None;
        return;
    }
    let outcome = match meaning(seats, hold, &plan, &text) {
        Ok(Meaning::Seats(named)) => take(seats, around, &named, out),
        Ok(Meaning::Party(wish)) => match choose::too_many(seats, around, wish.size) {
            Some(most) => Err(most),
            None => seek::party(seats, hold, &wish, out),
        },
        Err(why) => Err(why),
    };
    match (outcome, &mut seats.typed) {
        (Ok(()), _) => {
            seats.past.keep(&text);
            seats.typed = None;
        }
        (Err(why), Some(typed)) => typed.error = Some(why),
        (Err(_), None) => {}
    }
}

/// Adds the named seats to what is wanted.
///
/// # Errors
/// A sentence, when they are too many.
fn take(seats: &mut Tracked<Seats>, around: &Around<'_>, named: &[SeatIx], out: &mut Out) -> Result<(), String> {
    let hold = around.hold;
    let mut all = wanted(hold);
    for seat in named.iter().flat_map(|s| unit(seats, *s)) {
        if !all.contains(&seat) {
            all.push(seat);
        }
    }
    if let Some(most) = choose::too_many(seats, around, all.len()) {
        return Err(most);
    }
    go_to(seats, named[0]);
    want(seats, hold, all, out);
    Ok(())
}
