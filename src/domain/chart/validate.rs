//! What every chart must keep, whatever it was read from: limits, references, unique names, finite numbers.

use super::{Admission, Chart, Seat, SeatKind, cinechart::ChartError};
use crate::domain::text;
use std::collections::HashSet;

pub(super) const MAX_SEATS: usize = 250_000;
pub(super) const MAX_SECTIONS: usize = 500;
const MAX_ROW: usize = 5_000;
pub(super) const MAX_CATEGORIES: usize = 100;
pub(super) const MAX_FLAGS: usize = 16;
pub(super) const MAX_ID: usize = 64;
/// How far from the origin a seat may be, in seat pitches.
pub(super) const MAX_COORDINATE: f64 = 10_000.0;
const MAX_QUALITY: f64 = 0.3;
pub(super) const COLORS: [&str; 7] = ["blue", "yellow", "green", "red", "magenta", "cyan", "white"];

pub(super) fn refuse<T>(why: impl Into<String>) -> Result<T, ChartError> {
    Err(ChartError(why.into()))
}

/// Text of others as part of a sentence: clean, short, in quotation marks.
pub(super) fn quoted(raw: &str) -> String {
    format!("\"{}\"", text::fit(raw, 40))
}

pub(super) fn check(chart: &Chart) -> Result<(), ChartError> {
    check_id("the chart", &chart.id)?;
    check_screen(chart)?;
    check_count("categories", chart.categories.len(), MAX_CATEGORIES)?;
    check_count("levels", chart.levels.len(), MAX_SECTIONS)?;
    check_count("sections", chart.sections.len(), MAX_SECTIONS)?;
    check_count("rows", chart.rows.len(), MAX_SEATS)?;
    check_count("seats", chart.seats.len(), MAX_SEATS)?;
    if chart.seats.is_empty() {
        return refuse("the chart has no seats");
    }
    check_categories(chart)?;
    check_unique("level", chart.levels.iter().map(|l| l.id.as_str()))?;
    check_unique("section", chart.sections.iter().map(|s| s.id.as_str()))?;
    check_unique("seat", chart.seats.iter().map(|s| s.id.as_str()))?;
    check_rows(chart)?;
    chart.seats.iter().try_for_each(check_seat)?;
    check_admission(chart)
}

pub(super) fn check_count(what: &str, count: usize, most: usize) -> Result<(), ChartError> {
    if count > most {
        return refuse(format!("the chart has {count} {what}; at most {most} are accepted"));
    }
    Ok(())
}

fn check_unique<'a>(what: &str, ids: impl Iterator<Item = &'a str>) -> Result<(), ChartError> {
    let mut seen = HashSet::new();
    for id in ids {
        check_id(what, id)?;
        if !seen.insert(id) {
            return refuse(format!("{what} {} appears twice; ids are unique", quoted(id)));
        }
    }
    Ok(())
}

pub(super) fn is_id(id: &str) -> bool {
    let plain = |c: char| !c.is_whitespace() && !matches!(c, ',' | ':' | '"');
    // Cleaning is slow for a quarter of a million ids, and plain ASCII is clean.
    let visible = || id.bytes().all(|b| b.is_ascii_graphic()) || text::clean(id, MAX_ID) == id;
    !id.is_empty() && id.len() <= MAX_ID && id.chars().all(plain) && visible()
}

/// Ids are typed, printed and parts of addresses: no spaces, no separators of the seat grammar, nothing invisible.
fn check_id(what: &str, id: &str) -> Result<(), ChartError> {
    if !is_id(id) {
        return refuse(format!(
            "{what}: {} is not an id; an id has 1 to {MAX_ID} bytes without spaces, commas, colons and quotation marks",
            quoted(id)
        ));
    }
    Ok(())
}

fn check_screen(chart: &Chart) -> Result<(), ChartError> {
    let screen = &chart.screen;
    if screen.center.is_some_and(|x| !(-MAX_COORDINATE..=MAX_COORDINATE).contains(&x)) {
        return refuse(format!("screen.center is a number from -{MAX_COORDINATE} to {MAX_COORDINATE}"));
    }
    let measures = [("width_m", screen.width_m), ("first_row_m", screen.first_row_m), ("rake_cm", screen.rake_cm)];
    for (name, value) in measures {
        if value.is_some_and(|v| !v.is_finite() || !(0.0..=1_000.0).contains(&v)) {
            return refuse(format!("screen.{name} is not a length; 0 to 1000 is accepted"));
        }
    }
    Ok(())
}

fn check_categories(chart: &Chart) -> Result<(), ChartError> {
    check_unique("category", chart.categories.iter().map(|c| c.id.as_str()))?;
    for category in &chart.categories {
        let name = quoted(&category.id);
        if !category.glyph.is_ascii_graphic() {
            return refuse(format!("category {name}: its glyph is not one printable ASCII character"));
        }
        if !COLORS.contains(&category.color.as_str()) {
            let color = quoted(&category.color);
            return refuse(format!("category {name}: no color {color}; accepted are {}", COLORS.join(", ")));
        }
    }
    Ok(())
}

fn check_rows(chart: &Chart) -> Result<(), ChartError> {
    let mut next = 0;
    for (at, row) in chart.rows.iter().enumerate() {
        let name = || quoted(row.label.as_str());
        if row.section as usize >= chart.sections.len() {
            return refuse(format!("row {} is in no section", name()));
        }
        if row.seats.start != next || row.seats.end < next || row.seats.end as usize > chart.seats.len() {
            return refuse(format!("row {} does not follow the row before it", name()));
        }
        let standing = chart.sections[row.section as usize].admission == Admission::General;
        if row.seats.len() > MAX_ROW && !standing {
            return refuse(format!("row {} has {} seats; at most {MAX_ROW} are accepted", name(), row.seats.len()));
        }
        if chart.seats[row.seats.start as usize..row.seats.end as usize].iter().any(|s| s.row as usize != at) {
            return refuse(format!("row {} holds a seat that belongs to another row", name()));
        }
        next = row.seats.end;
    }
    if next as usize != chart.seats.len() {
        return refuse("the chart has seats that are in no row");
    }
    if let Some(section) = chart.sections.iter().find(|s| s.level as usize >= chart.levels.len()) {
        return refuse(format!("section {} is on no level", quoted(&section.id)));
    }
    if let Some(seat) = chart.seats.iter().find(|s| s.category as usize >= chart.categories.len()) {
        return refuse(format!("seat {} is in no category", quoted(seat.id.as_str())));
    }
    Ok(())
}

/// Standing places are the places of general-admission sections, each of which has one row.
fn check_admission(chart: &Chart) -> Result<(), ChartError> {
    let mut rows = vec![0; chart.sections.len()];
    for row in &chart.rows {
        let section = &chart.sections[row.section as usize];
        let standing = section.admission == Admission::General;
        let seats = &chart.seats[row.seats.start as usize..row.seats.end as usize];
        if let Some(seat) = seats.iter().find(|seat| (seat.kind == SeatKind::Standing) != standing) {
            let seat = quoted(seat.id.as_str());
            return refuse(format!("seat {seat}: kind \"standing\" is for general admission, and the only one there"));
        }
        rows[row.section as usize] += 1;
        if standing && rows[row.section as usize] > 1 {
            return refuse(format!("section {}: general admission has one row", quoted(&section.id)));
        }
    }
    Ok(())
}

fn check_seat(seat: &Seat) -> Result<(), ChartError> {
    let name = || quoted(seat.id.as_str());
    // NaN is in no range, so it is refused here too.
    if ![seat.x, seat.y].iter().all(|v| (-MAX_COORDINATE..=MAX_COORDINATE).contains(v)) {
        return refuse(format!("seat {}: x and y are numbers from -{MAX_COORDINATE} to {MAX_COORDINATE}", name()));
    }
    if !(-MAX_QUALITY..=MAX_QUALITY).contains(&seat.quality) {
        return refuse(format!("seat {}: quality is a number from -{MAX_QUALITY} to {MAX_QUALITY}", name()));
    }
    if seat.flags.len() > MAX_FLAGS {
        return refuse(format!("seat {} has {} flags; at most {MAX_FLAGS} are accepted", name(), seat.flags.len()));
    }
    seat.flags.iter().try_for_each(|flag| check_id(&format!("a flag of seat {}", name()), flag))
}
