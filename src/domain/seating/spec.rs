//! What is typed about seats: labels such as `F7`, `F7 F8`, `F7-F10`, `F7-10`, `balcony:B3`, `12.5-8` for rows that
//! are numbers, or a party and its wishes such as `3`, `3 F`, `3 <15`, `3 w`.
//!
//! ```text
//! spec = item {("," | " ") item}
//! item = [section ":"] row num ["-" [row] num] | [section ":"] row "." num ["-" num]
//! wish = size {("," | " ") where}
//! where = [section ":"] row | section | level | category | ("<" | "<=") price | "w" {"w"}
//!       | ("need" | "no") mark
//! ```

mod labels;
mod names;
#[cfg(test)]
mod tests;
mod wish;

use crate::domain::{
    chart::{Chart, geometry::Geometry},
    ids::SeatIx,
    show::SeatState,
    text,
};
use std::collections::{HashMap, HashSet};
use thiserror::Error;

pub(crate) use labels::Labels;
pub use names::Names;
pub use wish::{Ceiling, MAX_PARTY, Need, PartyWish};

/// The longest text that is read, in bytes.
const MAX_BYTES: usize = 4_096;

/// Why a typed text means nothing here: names the part that is wrong and what exists.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{0}")]
pub struct SpecError(pub String);

/// What a typed text means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Typed {
    /// Just these seats, in the order named, each once.
    Seats(Vec<SeatIx>),
    /// The best seats for a party.
    Party(PartyWish),
}

/// Reads seats or a wish: a text that begins with a number by itself is a wish. Where a label means several seats or
/// rows, those on the `level` that is looked at are meant.
pub fn typed(chart: &Chart, geometry: &Geometry, level: Option<u16>, text: &str) -> Result<Typed, SpecError> {
    if wish::begins_with_size(text) {
        return wish::read(chart, level, text).map(Typed::Party);
    }
    Labels::on(chart, geometry, level).read(text).map(Typed::Seats)
}

/// Reads a party and its wishes, such as `3` or `2 balcony <15`.
pub fn party(chart: &Chart, text: &str) -> Result<PartyWish, SpecError> {
    wish::read(chart, None, text)
}

/// The seats that `text` names, in the order named, each once. Ranges walk the physical order of the row.
/// A seat id (`main/F/7`) is accepted too.
pub fn parse(chart: &Chart, geometry: &Geometry, text: &str) -> Result<Vec<SeatIx>, SpecError> {
    Labels::of(chart, geometry).read(text)
}

/// As [`parse`], for someone who looks at one level of the hall: a label that means seats on several levels means
/// the one there.
pub fn parse_on(chart: &Chart, geometry: &Geometry, level: u16, text: &str) -> Result<Vec<SeatIx>, SpecError> {
    Labels::on(chart, geometry, Some(level)).read(text)
}

/// The same for a list in which a seat must not be named twice, because each word of it is meant.
pub fn parse_once(chart: &Chart, geometry: &Geometry, text: &str) -> Result<Vec<SeatIx>, SpecError> {
    let seats = Labels::of(chart, geometry).named(text)?;
    let mut seen = HashSet::new();
    match seats.iter().find(|&&seat| !seen.insert(seat)) {
        Some(&twice) => refuse(format!("{} is named twice; name each seat once", label(chart, twice))),
        None => Ok(seats),
    }
}

/// Refuses seats that are not all free, each named with what it is: `F8 is sold; F9-F10 are held by someone else`.
/// One's own seats count as free. `names` writes labels, such as [`Plan::labels`].
///
/// [`Plan::labels`]: crate::domain::chart::plan::Plan::labels
pub fn all_free(
    seats: &[SeatIx],
    state: &dyn Fn(SeatIx) -> SeatState,
    names: &dyn Fn(&[SeatIx]) -> String,
) -> Result<(), SpecError> {
    let whys =
        [(SeatState::Sold, "sold"), (SeatState::Held, "held by someone else"), (SeatState::Blocked, "not for sale")];
    let said = whys.iter().filter_map(|&(wanted, why)| {
        let found: Vec<SeatIx> = seats.iter().copied().filter(|&seat| state(seat) == wanted).collect();
        let are = if found.len() == 1 { "is" } else { "are" };
        (!found.is_empty()).then(|| format!("{} {are} {why}", names(&found)))
    });
    let said: Vec<String> = said.collect();
    if said.is_empty() { Ok(()) } else { refuse(said.join("; ")) }
}

/// The shortest label that means just this seat: `F7`, `12.5`, or `balcony:B3` where `B3` alone is ambiguous.
/// `parse` reads it back. For many labels of one chart, make [`Names`] once.
pub fn label(chart: &Chart, seat: SeatIx) -> String {
    Names::of(chart).label(chart, seat)
}

/// Many labels, shortened where seats follow each other: `F7-F10, G3`.
pub fn labels(chart: &Chart, geometry: &Geometry, seats: &[SeatIx]) -> String {
    Names::of(chart).labels(chart, geometry, seats)
}

fn rows_by_label(chart: &Chart) -> HashMap<String, Vec<usize>> {
    let mut rows: HashMap<String, Vec<usize>> = HashMap::new();
    for (at, row) in chart.rows.iter().enumerate() {
        rows.entry(fold(row.label.as_str())).or_default().push(at);
    }
    rows
}

fn seats_of(chart: &Chart, row: usize) -> impl Iterator<Item = SeatIx> + use<> {
    chart.rows[row].seats.clone().map(SeatIx)
}

fn is_separator(c: char) -> bool {
    c == ',' || c.is_whitespace()
}

fn starts_with_digit(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_digit())
}

fn fold(text: &str) -> String {
    text.to_lowercase()
}

/// Whether two texts are the same but for capitals.
fn same(a: &str, b: &str) -> bool {
    if a.is_ascii() && b.is_ascii() { a.eq_ignore_ascii_case(b) } else { fold(a) == fold(b) }
}

fn quoted(raw: &str) -> String {
    format!("\"{}\"", text::fit(raw, 20))
}

fn refuse<T>(why: impl Into<String>) -> Result<T, SpecError> {
    Err(SpecError(why.into()))
}
