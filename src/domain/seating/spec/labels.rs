//! Reading labels of seats.

use super::{
    MAX_BYTES, Names, SpecError, fold, is_separator, quoted, refuse, rows_by_label, same, seats_of, starts_with_digit,
};
use crate::domain::{
    chart::{Chart, geometry::Geometry},
    ids::SeatIx,
    text,
};
use std::{
    cell::OnceCell,
    collections::{HashMap, HashSet},
};

/// The longest list of rows in a message.
const MOST_SPANS: usize = 12;

/// Reads labels: an index over a chart, for many texts.
pub(crate) struct Labels<'a> {
    chart: &'a Chart,
    geometry: &'a Geometry,
    rows: HashMap<String, Vec<usize>>,
    /// All seats by their ids, once one has been asked for.
    ids: OnceCell<HashMap<&'a str, SeatIx>>,
    /// Index of the level that is meant where a label means seats on several.
    level: Option<u16>,
}

/// The end of a range, or a seat by itself.
struct Place<'t> {
    row: &'t str,
    number: &'t str,
}

impl<'a> Labels<'a> {
    pub(crate) fn of(chart: &'a Chart, geometry: &'a Geometry) -> Self {
        Self::on(chart, geometry, None)
    }

    /// The same for someone who looks at a level.
    pub(super) fn on(chart: &'a Chart, geometry: &'a Geometry, level: Option<u16>) -> Self {
        Self { chart, geometry, rows: rows_by_label(chart), ids: OnceCell::new(), level }
    }

    /// See [`parse`].
    pub(crate) fn read(&self, text: &str) -> Result<Vec<SeatIx>, SpecError> {
        let (mut seats, mut seen) = (self.named(text)?, HashSet::new());
        seats.retain(|&seat| seen.insert(seat));
        Ok(seats)
    }

    /// The seats in the order named, as often as they are named.
    pub(super) fn named(&self, text: &str) -> Result<Vec<SeatIx>, SpecError> {
        if text.len() > MAX_BYTES {
            return refuse(format!("that is {} bytes of text; at most {MAX_BYTES} are read", text.len()));
        }
        let text = join_ranges(text);
        let mut seats = Vec::new();
        let mut rest = text.as_str();
        loop {
            rest = rest.trim_start_matches(is_separator);
            if rest.is_empty() {
                break;
            }
            let (section, after) = section_before(self.chart, rest);
            let end = after.find(is_separator).unwrap_or(after.len());
            let (item, remaining) = after.split_at(end);
            seats.extend(self.id_or_item(section, item)?);
            rest = remaining;
        }
        if seats.is_empty() {
            return refuse("no seat is named; write F7, F7-F10 or 12.5");
        }
        Ok(seats)
    }

    /// A text with a slash is an id; any other is a label first, for plans of others may have ids such as `F-7`.
    fn id_or_item(&self, section: Option<u16>, item: &str) -> Result<Vec<SeatIx>, SpecError> {
        let read =
            if item.contains('/') { refuse(format!("no seat {}", quoted(item))) } else { self.item(section, item) };
        read.or_else(|error| self.by_id(item).map(|seat| vec![seat]).ok_or(error))
    }

    fn by_id(&self, id: &str) -> Option<SeatIx> {
        let index = || self.chart.indices().map(|ix| (self.chart.seat(ix).id.as_str(), ix)).collect();
        self.ids.get_or_init(index).get(id).copied()
    }

    fn item(&self, section: Option<u16>, item: &str) -> Result<Vec<SeatIx>, SpecError> {
        if let Some((before, _)) = item.split_once(':') {
            let ids: Vec<_> = self.chart.sections.iter().take(8).map(|s| s.id.as_str()).collect();
            return refuse(format!("no section {}; sections are {}", quoted(before), ids.join(", ")));
        }
        let (from, to) = item.split_once('-').map_or((item, None), |(from, to)| (from, Some(to)));
        match to {
            Some(_) if from.is_empty() => return refuse(format!("{} has no beginning; write F7-F10", quoted(item))),
            Some("") => return self.no_end(section, from, item),
            Some(to) if starts_with_digit(to) && self.rows.contains_key(&fold(from)) && !starts_with_digit(from) => {
                let ways = format!("write {from}{to} for one seat, {from}1-{from}{to} for several");
                return refuse(format!("{} names a row without a seat before the dash; {ways}", quoted(item)));
            }
            _ => {}
        }
        let start = self.place(from)?;
        let Some(to) = to else { return Ok(vec![self.seat(section, &start)?]) };
        let end = if starts_with_digit(to) && !to.contains('.') {
            Place { row: start.row, number: to }
        } else {
            self.place(to)?
        };
        if !same(start.row, end.row) {
            self.seat(section, &end)?;
            return refuse(format!("{} goes over two rows; a range stays in one", quoted(item)));
        }
        self.range(section, &start, &end, item)
    }

    /// `F7-`: shows a range of up to four seats that begins there, or ends there at the end of the row.
    fn no_end<T>(&self, section: Option<u16>, from: &str, item: &str) -> Result<T, SpecError> {
        let start = self.seat(section, &self.place(from)?)?;
        let row = self.geometry.row(self.chart.seat(start).row);
        let at = row.iter().position(|&seat| seat == start).unwrap_or(0);
        let last = (at + 3).min(row.len() - 1);
        let first = if at == last { last.saturating_sub(3) } else { at };
        let example = Names::of(self.chart).range(self.chart, row[first], row[last]);
        refuse(format!("{} has no end; write {}", quoted(item), example.as_deref().unwrap_or("F7-F10")))
    }

    /// Splits `F7` or `12.5`.
    fn place<'t>(&self, text: &'t str) -> Result<Place<'t>, SpecError> {
        if let Some((row, number)) = text.split_once('.') {
            return Ok(Place { row, number });
        }
        match text.find(|c: char| c.is_ascii_digit()) {
            Some(at) if at > 0 => Ok(Place { row: &text[..at], number: &text[at..] }),
            Some(_) => refuse(format!("{} has no row; write F7, or 12.5 for row 12 seat 5", quoted(text))),
            None if self.rows.contains_key(&fold(text)) => {
                refuse(format!("{} is a row; write a seat of it, such as {text}1", quoted(text)))
            }
            None => refuse(format!("no seat {}; write F7, F7-F10 or 12.5", quoted(text))),
        }
    }

    fn range(&self, section: Option<u16>, from: &Place, to: &Place, item: &str) -> Result<Vec<SeatIx>, SpecError> {
        let (first, last) = (self.seat(section, from)?, self.seat(section, to)?);
        let row = self.chart.seat(first).row;
        if self.chart.seat(last).row != row {
            return refuse(format!("{} goes over two blocks of seats; name the seats of each", quoted(item)));
        }
        let seats = self.geometry.row(row);
        let at = |wanted| seats.iter().position(|&seat| seat == wanted).unwrap_or(0);
        let (a, b) = (at(first), at(last));
        let mut range = seats[a.min(b)..=a.max(b)].to_vec();
        if a > b {
            range.reverse();
        }
        Ok(range)
    }

    fn seat(&self, section: Option<u16>, place: &Place) -> Result<SeatIx, SpecError> {
        let in_section = |row: &usize| section.is_none_or(|s| self.chart.rows[*row].section == s);
        let namesakes = self.rows.get(&fold(place.row)).map_or(&[][..], Vec::as_slice);
        let rows: Vec<usize> = namesakes.iter().copied().filter(in_section).collect();
        if rows.is_empty() {
            return self.no_row(section, place.row);
        }
        let seats = rows.iter().flat_map(|&row| seats_of(self.chart, row));
        let found: Vec<SeatIx> = seats.filter(|&s| same(self.chart.seat(s).label.as_str(), place.number)).collect();
        match found[..] {
            [] => self.no_number(&rows, place),
            [seat] => Ok(seat),
            _ => match self.on_level(&found)[..] {
                [seat] => Ok(seat),
                _ => self.ambiguous(&found, place),
            },
        }
    }

    /// Those of the seats that are on the level which is meant where a label alone says too little.
    fn on_level(&self, found: &[SeatIx]) -> Vec<SeatIx> {
        let meant = |seat: &SeatIx| self.level == Some(self.chart.section_of(*seat).level);
        found.iter().copied().filter(meant).collect()
    }

    fn no_row<T>(&self, section: Option<u16>, row: &str) -> Result<T, SpecError> {
        refuse(format!("no row {}; rows are {}", quoted(row), known_rows(self.chart, section)))
    }

    fn no_number<T>(&self, rows: &[usize], place: &Place) -> Result<T, SpecError> {
        let seats =
            || rows.iter().flat_map(|&row| seats_of(self.chart, row)).map(|s| self.chart.seat(s).label.as_str());
        let row = text::fit(self.chart.rows[rows[0]].label.as_str(), 20);
        let numbers: Vec<u64> = seats().filter_map(|label| label.parse().ok()).collect();
        let known = match (numbers.iter().min(), numbers.iter().max()) {
            (Some(low), Some(high)) => format!("it has {low} to {high}"),
            _ => match (seats().next(), seats().last()) {
                (Some(first), Some(last)) => format!("it has {} to {}", text::fit(first, 8), text::fit(last, 8)),
                _ => "it has no seats".to_owned(),
            },
        };
        refuse(format!("row {row} has no seat {}; {known}", text::fit(place.number, 20)))
    }

    fn ambiguous<T>(&self, found: &[SeatIx], place: &Place) -> Result<T, SpecError> {
        let names = Names::of(self.chart);
        let ways: Vec<String> = found.iter().take(4).map(|&seat| names.label(self.chart, seat)).collect();
        let name = quoted(&format!("{}{}", place.row, place.number));
        refuse(format!("{name} is {} seats; write {}", found.len(), ways.join(" or ")))
    }
}

/// The section before a colon, by id or name, and what follows it.
pub(super) fn section_before<'t>(chart: &Chart, text: &'t str) -> (Option<u16>, &'t str) {
    if !text.contains(':') {
        return (None, text);
    }
    let after = |name: &str| {
        let head = text.get(..name.len()).filter(|head| !name.is_empty() && same(head, name))?;
        text[head.len()..].trim_start().strip_prefix(':').map(str::trim_start)
    };
    let sections = || chart.sections.iter().zip(0u16..=u16::MAX);
    let by_id = sections().find_map(|(s, at)| Some((at, after(&s.id)?)));
    let found = by_id.or_else(|| sections().find_map(|(s, at)| Some((at, after(s.name.as_str())?))));
    found.map_or((None, text), |(at, rest)| (Some(at), rest))
}

/// The rows of a section, or of all of them: `A to H, J (Stalls), A to C (Balcony)`.
pub(super) fn known_rows(chart: &Chart, section: Option<u16>) -> String {
    let mut known: Vec<String> = Vec::new();
    for (at, name) in (0u16..=u16::MAX).zip(chart.sections.iter().map(|section| &section.name)) {
        if section.is_some_and(|wanted| wanted != at) {
            continue;
        }
        let rows = chart.rows.iter().filter(|row| row.section == at && !row.label.is_empty());
        let span = spans(rows.map(|row| row.label.as_str()).collect());
        if span.is_empty() {
            continue;
        }
        let alone = chart.sections.len() == 1 || section.is_some();
        known.push(if alone { span } else { format!("{span} ({})", text::fit(name.as_str(), 20)) });
        if known.len() == 4 {
            break;
        }
    }
    known.join(", ")
}

/// Labels of rows with their runs shortened: `A to H, J, W`.
fn spans(mut labels: Vec<&str>) -> String {
    labels.sort_unstable_by_key(|label| (label.chars().count(), *label));
    labels.dedup();
    let short = |label: &str| text::fit(label, 8);
    let mut spans: Vec<String> = Vec::new();
    for run in labels.chunk_by(|a, b| follows(a, b)) {
        match run {
            [first, _, .., last] => spans.push(format!("{} to {}", short(first), short(last))),
            few => spans.extend(few.iter().map(|label| short(label))),
        }
    }
    if spans.len() > MOST_SPANS {
        spans.truncate(MOST_SPANS);
        spans.push("…".to_owned());
    }
    spans.join(", ")
}

/// Whether `b` is the letter or the number after `a`.
fn follows(a: &str, b: &str) -> bool {
    match (a.as_bytes(), b.as_bytes()) {
        ([a], [b]) if a.is_ascii_alphabetic() => b.checked_sub(*a) == Some(1),
        _ => matches!((a.parse::<u64>(), b.parse::<u64>()), (Ok(a), Ok(b)) if b.checked_sub(a) == Some(1)),
    }
}

/// `F7 - F10` as `F7-F10`, whatever dash was typed.
fn join_ranges(text: &str) -> String {
    let mut joined = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '-' | '\u{2013}' | '\u{2212}' => {
                joined.truncate(joined.trim_end().len());
                joined.push('-');
            }
            c if c.is_whitespace() && joined.ends_with('-') => {}
            c => joined.push(c),
        }
    }
    joined
}
