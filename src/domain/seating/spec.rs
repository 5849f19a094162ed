//! Typed seats: `F7`, `F7 F8`, `F7-F10`, `F7-10`, `balcony:B3`, `12.5-8` for rows that are numbers.
//!
//! ```text
//! spec = item {("," | " ") item}
//! item = [section ":"] row num ["-" [row] num] | [section ":"] row "." num ["-" num]
//! ```

use crate::domain::{
    chart::{Chart, geometry::Geometry},
    ids::SeatIx,
    text,
};
use std::collections::{HashMap, HashSet};
use thiserror::Error;

/// The longest text that is read, in bytes.
const MAX_BYTES: usize = 4_096;

/// The longest list of rows in a message.
const MOST_SPANS: usize = 12;

/// Why a typed label means no seat: names the part that is wrong and what exists.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{0}")]
pub struct SpecError(pub String);

/// The seats that `text` names, in the order named, each once. Ranges walk the physical order of the row.
/// A seat id (`main/F/7`) is accepted too.
pub fn parse(chart: &Chart, geometry: &Geometry, text: &str) -> Result<Vec<SeatIx>, SpecError> {
    Labels::of(chart, geometry).read(text)
}

/// As [`parse`], for someone who looks at one level of the hall: a label that means seats on several levels means
/// the one there.
pub fn parse_on(chart: &Chart, geometry: &Geometry, level: u16, text: &str) -> Result<Vec<SeatIx>, SpecError> {
    Labels { level: Some(level), ..Labels::of(chart, geometry) }.read(text)
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

/// The shortest label that means just this seat: `F7`, `12.5`, or `balcony:B3` where `B3` alone is ambiguous.
/// `parse` reads it back.
pub fn label(chart: &Chart, seat: SeatIx) -> String {
    Names::of(chart).label(chart, seat)
}

/// Many labels, shortened where seats follow each other: `F7-F10, G3`.
pub fn labels(chart: &Chart, geometry: &Geometry, seats: &[SeatIx]) -> String {
    Names::of(chart).labels(chart, geometry, seats)
}

fn written_labels(names: &Names, chart: &Chart, geometry: &Geometry, seats: &[SeatIx]) -> String {
    let mut places: Vec<((u32, u32), SeatIx)> = seats.iter().map(|&s| (geometry.place(s), s)).collect();
    places.sort_unstable();
    places.dedup();
    let follow = |a: &((u32, u32), SeatIx), b: &((u32, u32), SeatIx)| a.0.0 == b.0.0 && a.0.1 + 1 == b.0.1;
    let written = |chain: &[((u32, u32), SeatIx)]| -> Vec<String> {
        let range = match chain {
            [(_, first), _, .., (_, last)] => names.range(chart, *first, *last),
            _ => None,
        };
        range.map_or_else(|| chain.iter().map(|&(_, seat)| names.label(chart, seat)).collect(), |range| vec![range])
    };
    places.chunk_by(follow).flat_map(written).collect::<Vec<_>>().join(", ")
}

/// How the places of a row can be written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Style {
    /// `F7`
    Plain,
    /// `12.5`
    Dotted,
    /// `main/12/5`
    Id,
}

/// Writes the labels of one chart: made once, for many labels.
#[derive(Debug)]
pub struct Names {
    /// How many rows have a label, by the label in lower case.
    rows: HashMap<String, Vec<usize>>,
}

impl Names {
    pub fn of(chart: &Chart) -> Self {
        Self { rows: rows_by_label(chart) }
    }

    /// See [`labels`].
    pub fn labels(&self, chart: &Chart, geometry: &Geometry, seats: &[SeatIx]) -> String {
        written_labels(self, chart, geometry, seats)
    }

    fn style(chart: &Chart, seat: SeatIx) -> Style {
        let (row, number) = (chart.row_of(seat).label.as_str(), chart.seat(seat).label.as_str());
        let words = !row.is_empty() && !number.is_empty();
        let plain = |text: &str| text.chars().all(char::is_alphanumeric);
        if words && row.chars().all(char::is_alphabetic) && plain(number) && starts_with_digit(number) {
            Style::Plain
        } else if words && plain(row) && plain(number) {
            Style::Dotted
        } else {
            Style::Id
        }
    }

    /// See [`label`].
    pub fn label(&self, chart: &Chart, seat: SeatIx) -> String {
        let (row, number) = (chart.row_of(seat), &chart.seat(seat).label);
        let prefix = self.prefix(chart, seat);
        match (Self::style(chart, seat), prefix) {
            (Style::Plain, Some(prefix)) => format!("{prefix}{}{number}", row.label),
            (Style::Dotted, Some(prefix)) => format!("{prefix}{}.{number}", row.label),
            _ => chart.seat(seat).id.to_string(),
        }
    }

    /// Two seats of one run as a range, if they have labels of their own.
    fn range(&self, chart: &Chart, first: SeatIx, last: SeatIx) -> Option<String> {
        let number = &chart.seat(last).label;
        self.prefix(chart, first)?;
        self.prefix(chart, last)?;
        match (Self::style(chart, first), Self::style(chart, last)) {
            (Style::Plain, Style::Plain) => {
                Some(format!("{}-{}{number}", self.label(chart, first), chart.row_of(last).label))
            }
            (Style::Dotted, Style::Dotted) if starts_with_digit(number.as_str()) => {
                Some(format!("{}-{number}", self.label(chart, first)))
            }
            _ => None,
        }
    }

    /// What has to stand before row and number: nothing, or the section; `None` if that does not help either.
    fn prefix(&self, chart: &Chart, seat: SeatIx) -> Option<String> {
        let row = chart.seat(seat).row as usize;
        let number = fold(chart.seat(seat).label.as_str());
        let namesakes = self.rows.get(&fold(chart.rows[row].label.as_str()))?;
        let twins = || {
            let seats = namesakes.iter().flat_map(|&r| seats_of(chart, r).map(move |s| (r, s)));
            seats.filter(|&(_, s)| s != seat && fold(chart.seat(s).label.as_str()) == number)
        };
        let section = chart.rows[row].section;
        if twins().next().is_none() {
            Some(String::new())
        } else if twins().all(|(r, _)| chart.rows[r].section != section) {
            Some(format!("{}:", chart.sections[section as usize].id))
        } else {
            None
        }
    }
}

/// Reads labels: an index over a chart, for many texts.
pub(crate) struct Labels<'a> {
    chart: &'a Chart,
    geometry: &'a Geometry,
    rows: HashMap<String, Vec<usize>>,
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
        Self { chart, geometry, rows: rows_by_label(chart), level: None }
    }

    /// See [`parse`].
    pub(crate) fn read(&self, text: &str) -> Result<Vec<SeatIx>, SpecError> {
        let (mut seats, mut seen) = (self.named(text)?, HashSet::new());
        seats.retain(|&seat| seen.insert(seat));
        Ok(seats)
    }

    /// The seats in the order named, as often as they are named.
    fn named(&self, text: &str) -> Result<Vec<SeatIx>, SpecError> {
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
            let (section, after) = self.section(rest);
            let end = after.find(is_separator).unwrap_or(after.len());
            let (item, remaining) = after.split_at(end);
            let named = if item.contains('/') { self.by_id(item)? } else { self.item(section, item)? };
            seats.extend(named);
            rest = remaining;
        }
        if seats.is_empty() {
            return refuse("no seat is named; write F7, F7-F10 or 12.5");
        }
        Ok(seats)
    }

    /// The section before a colon, by id or name, and what follows it.
    fn section<'t>(&self, text: &'t str) -> (Option<u16>, &'t str) {
        if !text.contains(':') {
            return (None, text);
        }
        let after = |name: &str| {
            let head = text.get(..name.len()).filter(|head| !name.is_empty() && fold(head) == fold(name))?;
            text[head.len()..].trim_start().strip_prefix(':').map(str::trim_start)
        };
        let sections = || self.chart.sections.iter().zip(0u16..=u16::MAX);
        let by_id = sections().find_map(|(s, at)| Some((at, after(&s.id)?)));
        let found = by_id.or_else(|| sections().find_map(|(s, at)| Some((at, after(s.name.as_str())?))));
        found.map_or((None, text), |(at, rest)| (Some(at), rest))
    }

    fn by_id(&self, id: &str) -> Result<Vec<SeatIx>, SpecError> {
        match self.chart.indices().find(|&ix| self.chart.seat(ix).id.as_str() == id) {
            Some(seat) => Ok(vec![seat]),
            None => refuse(format!("no seat {}", quoted(id))),
        }
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
        if fold(start.row) != fold(end.row) {
            self.seat(section, &end)?;
            return refuse(format!("{} goes over two rows; a range stays in one", quoted(item)));
        }
        self.range(section, &start, &end, item)
    }

    /// `F7-`: shows a range of up to four seats that begins there, or ends there at the end of the row.
    fn no_end<T>(&self, section: Option<u16>, from: &str, item: &str) -> Result<T, SpecError> {
        let start = self.seat(section, &self.place(from)?)?;
        let row = self.in_order(self.chart.seat(start).row);
        let at = row.iter().position(|&seat| seat == start).unwrap_or(0);
        let last = (at + 3).min(row.len() - 1);
        let first = if at == last { last.saturating_sub(3) } else { at };
        let example = Names::of(self.chart).range(self.chart, row[first], row[last]);
        refuse(format!("{} has no end; write {}", quoted(item), example.as_deref().unwrap_or("F7-F10")))
    }

    /// The seats of a row as they stand beside each other.
    fn in_order(&self, row: u32) -> Vec<SeatIx> {
        let mut seats: Vec<SeatIx> = seats_of(self.chart, row as usize).collect();
        seats.sort_unstable_by_key(|seat| self.geometry.place(*seat));
        seats
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
        let seats = self.in_order(row);
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
        let number = fold(place.number);
        let seats = rows.iter().flat_map(|&row| seats_of(self.chart, row));
        let found: Vec<SeatIx> = seats.filter(|&s| fold(self.chart.seat(s).label.as_str()) == number).collect();
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
        let in_section = |s: u16| section.is_none_or(|wanted| wanted == s);
        let mut known: Vec<String> = Vec::new();
        for (at, name) in self.chart.sections.iter().zip(0u16..=u16::MAX).map(|(s, at)| (at, &s.name)) {
            let rows = self.chart.rows.iter().filter(|r| r.section == at && in_section(at) && !r.label.is_empty());
            let span = spans(rows.map(|row| row.label.as_str()).collect());
            if span.is_empty() {
                continue;
            }
            let alone = self.chart.sections.len() == 1 || section.is_some();
            known.push(if alone { span } else { format!("{span} ({})", text::fit(name.as_str(), 20)) });
        }
        known.truncate(4);
        refuse(format!("no row {}; rows are {}", quoted(row), known.join(", ")))
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

fn is_separator(c: char) -> bool {
    c == ',' || c.is_whitespace()
}

fn starts_with_digit(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_digit())
}

fn fold(text: &str) -> String {
    text.to_lowercase()
}

fn quoted(raw: &str) -> String {
    format!("\"{}\"", text::fit(raw, 20))
}

fn refuse<T>(why: impl Into<String>) -> Result<T, SpecError> {
    Err(SpecError(why.into()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::chart::halls;
    use proptest::prelude::*;

    fn read(chart: &Chart, text: &str) -> Result<String, String> {
        let seats = parse(chart, &Geometry::of(chart), text).map_err(|e| e.0)?;
        Ok(seats.iter().map(|&s| chart.seat(s).id.as_str()).collect::<Vec<_>>().join(" "))
    }

    fn means(chart: &Chart, text: &str, ids: &str) {
        assert_eq!(read(chart, text), Ok(ids.to_owned()), "{text:?}");
    }

    fn refused(chart: &Chart, text: &str, why: &str) {
        let said = read(chart, text).expect_err("a refusal");
        assert!(said.contains(why), "{text:?}: {said:?} does not say {why:?}");
        assert!(!said.contains('\n') && said.len() < 400, "{said:?} is not one sentence");
    }

    #[test]
    fn seats_are_read_in_every_way_they_are_written() {
        let chart = halls::hall(halls::HALL_1);
        means(&chart, "F7", "main/F/7");
        means(&chart, " f7 , f8 F7", "main/F/7 main/F/8");
        means(&chart, "F7-F10", "main/F/7 main/F/8 main/F/9 main/F/10");
        means(&chart, "F7-9", "main/F/7 main/F/8 main/F/9");
        means(&chart, "F9 – 7", "main/F/9 main/F/8 main/F/7");
        means(&chart, "main:F7", "main/F/7");
        means(&chart, "Stalls: f7-f8", "main/F/7 main/F/8");
        means(&chart, "F.7-8", "main/F/7 main/F/8");
        means(&chart, "main/F/7", "main/F/7");
        means(&chart, "F7-F8,G3", "main/F/7 main/F/8 main/G/3");
    }

    #[test]
    fn rows_that_are_numbers_are_written_with_a_dot() {
        let chart = halls::drawn("1 sss\n12 sssssss");
        means(&chart, "12.5-7", "main/12/5 main/12/6 main/12/7");
        means(&chart, "1.3, 12.2-12.1", "main/1/3 main/12/2 main/12/1");
        refused(&chart, "125", "\"125\" has no row; write F7, or 12.5 for row 12 seat 5");
        assert_eq!(label(&chart, SeatIx(5)), "12.3");
    }

    #[test]
    fn ranges_walk_the_row_and_not_the_numbers() {
        let toml = halls::STUDIO
            .replace("category = \"std\"\npicture", "category = \"std\"\nnumbering = \"odd-even\"\npicture");
        let chart = halls::hall(&toml);
        means(&chart, "B5-B2", "main/B/5 main/B/3 main/B/1 main/B/2");
        let geometry = Geometry::of(&chart);
        let seats = parse(&chart, &geometry, "B7-B8").expect("a row");
        assert_eq!(seats.len(), 8);
        assert_eq!(labels(&chart, &geometry, &seats), "B7-B1, B2-B8");
    }

    #[test]
    fn labels_that_several_sections_have_need_their_section() {
        let chart = halls::hall(halls::GRAND);
        means(&chart, "balcony:B3", "balcony/B/3");
        means(&chart, "BALCONY: b3-b4 D1", "balcony/B/3 balcony/B/4 stalls/D/1");
        refused(&chart, "B3", "\"B3\" is 2 seats; write stalls:B3 or balcony:B3");
        refused(&chart, "balcony:Q1", "no row \"Q\"; rows are A to C");
        refused(&chart, "Q1", "no row \"Q\"; rows are A to H, J to N (Stalls), A to C (Balcony)");
        refused(&chart, "roof:A1", "no section \"roof\"; sections are stalls, balcony");
        let geometry = Geometry::of(&chart);
        let seats = parse(&chart, &geometry, "D3 balcony:B8-B10 D1-D2 D8").expect("seats");
        assert_eq!(labels(&chart, &geometry, &seats), "D1-D3, D8, balcony:B8-B10");
        assert_eq!(labels(&chart, &geometry, &[]), "");
    }

    #[test]
    fn what_means_no_seat_is_refused_with_what_exists() {
        let chart = halls::hall(halls::HALL_1);
        let cases = [
            ("", "no seat is named; write F7"),
            (" , ,", "no seat is named"),
            ("Q99", "no row \"Q\"; rows are A to H, J, W"),
            ("F40", "row F has no seat 40; it has 1 to 20"),
            ("F7-F40", "row F has no seat 40; it has 1 to 20"),
            ("F7-G9", "\"F7-G9\" goes over two rows; a range stays in one"),
            ("F", "\"F\" is a row; write a seat of it, such as F1"),
            ("hello", "no seat \"hello\""),
            ("main/Z/99", "no seat \"main/Z/99\""),
            ("-", "\"-\" has no beginning"),
            ("F7-", "\"F7-\" has no end; write F7-F10"),
            ("F20-", "\"F20-\" has no end; write F17-F20"),
            ("Q7-", "no row \"Q\""),
            ("F-7", "\"F-7\" names a row without a seat before the dash; write F7 for one seat, F1-F7 for several"),
            ("F7--8", "no row \"-\"; rows are A to H"),
            (".", "no row \"\""),
            ("F.", "row F has no seat"),
            (":F7", "no section \"\"; sections are main"),
            ("7F", "\"7F\" has no row"),
            ("\u{1b}[31mF7", "no row"),
        ];
        for (text, why) in cases {
            refused(&chart, text, why);
        }
        refused(&chart, &"F7 ".repeat(2_000), "6000 bytes of text; at most 4096 are read");
    }

    #[test]
    fn a_list_in_which_each_seat_counts_names_none_twice() {
        let chart = halls::hall(halls::HALL_1);
        let once = |text: &str| parse_once(&chart, &Geometry::of(&chart), text).map(|seats| seats.len());
        assert_eq!(once("E1 E2-E3"), Ok(3));
        for text in ["E1 E1", "E1-E3 e2"] {
            let why = once(text).expect_err("a refusal").0;
            assert!(why.ends_with("is named twice; name each seat once"), "{why}");
        }
    }

    #[test]
    fn every_seat_of_every_hall_is_read_back_from_its_label() {
        for chart in halls::all() {
            let geometry = Geometry::of(&chart);
            for seat in chart.indices() {
                let label = label(&chart, seat);
                assert_eq!(parse(&chart, &geometry, &label), Ok(vec![seat]), "{label}");
            }
        }
    }

    proptest! {
        #[test]
        fn labels_of_any_choice_mean_that_choice(picked in proptest::collection::vec(0u32..440, 1..30)) {
            let chart = halls::hall(halls::GRAND);
            let geometry = Geometry::of(&chart);
            let mut seats: Vec<SeatIx> = picked.into_iter().map(SeatIx).collect();
            let text = labels(&chart, &geometry, &seats);
            seats.sort_unstable();
            seats.dedup();
            prop_assert_eq!(parse(&chart, &geometry, &text), Ok(seats));
        }

        #[test]
        fn no_text_makes_it_panic(text: String, typed in "[A-Ha-h0-9:./ ,–-]{0,20}") {
            for chart in halls::all() {
                let geometry = Geometry::of(&chart);
                let _ = parse(&chart, &geometry, &text);
                let _ = parse(&chart, &geometry, &typed);
            }
        }
    }
}
