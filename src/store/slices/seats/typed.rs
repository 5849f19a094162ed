//! The line in which seats are named by typing.

use super::{
    Seats, Typed,
    choose::{refusal, unit, want, wanted},
    travel::go_to,
};
use crate::{
    domain::{chart::plan::Plan, ids::SeatIx, seating::spec},
    store::{Out, action::Turn, slices::hold::Holding, slices::line, tracked::Tracked},
};
use tui_input::{Input, InputRequest};

/// What the typed text means at this moment.
///
/// # Errors
/// A sentence: what is not known, or which of the named seats cannot be had.
pub fn meaning(seats: &Seats, hold: &Holding, plan: &Plan, text: &str) -> Result<Vec<SeatIx>, String> {
    let named = spec::parse_on(&plan.chart, &plan.geometry, seats.level as u16, text).map_err(|e| e.to_string())?;
    let refused: Vec<String> = named.iter().filter_map(|s| refusal(seats, hold, *s)).collect();
    if refused.is_empty() { Ok(named) } else { Err(refused.join(" ")) }
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

/// Finishes the last word where it begins just one section's id or name.
pub(super) fn complete(seats: &mut Tracked<Seats>) {
    let (Some(plan), Some(typed)) = (seats.plan().cloned(), &mut seats.typed) else { return };
    let text = typed.input.value();
    let (before, word) = text.rsplit_once([' ', ',']).map_or(("", text), |(b, _)| text.split_at(b.len() + 1));
    let begins = |name: &str| !word.is_empty() && name.to_lowercase().starts_with(&word.to_lowercase());
    let mut sections = plan.chart.sections.iter().filter(|s| begins(&s.id) || begins(s.name.as_str()));
    if let (Some(section), None) = (sections.next(), sections.next()) {
        typed.input = Input::new(format!("{before}{}:", section.id));
        typed.error = None;
    }
}

pub(super) fn submit(seats: &mut Tracked<Seats>, hold: &Holding, out: &mut Out) {
    let (Some(plan), Some(typed)) = (seats.plan().cloned(), &seats.typed) else { return };
    let text = typed.input.value().trim().to_owned();
    if text.is_empty() {
        seats.typed = None;
        return;
    }
    match meaning(seats, hold, &plan, &text) {
        Ok(named) => {
            seats.past.keep(&text);
            seats.typed = None;
            take(seats, hold, &named, out);
        }
        Err(why) => {
            if let Some(typed) = &mut seats.typed {
                typed.error = Some(why);
            }
        }
    }
}

/// Adds the named seats to what is wanted.
fn take(seats: &mut Tracked<Seats>, hold: &Holding, named: &[SeatIx], out: &mut Out) {
    let mut all = wanted(hold);
    for seat in named.iter().flat_map(|s| unit(seats, *s)) {
        if !all.contains(&seat) {
            all.push(seat);
        }
    }
    go_to(seats, named[0]);
    want(seats, all, out);
}
