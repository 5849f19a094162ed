//! Reading wishes.

use super::{
    Ceiling, Edge, MAX_PARTY, PartyWish,
    marks::{self, Wanted},
};
use crate::domain::{
    chart::{Chart, SeatKind},
    ids::SeatIx,
    seating::spec::{
        MAX_BYTES, SpecError, is_separator,
        labels::{known_rows, section_before},
        quoted, refuse, same,
    },
    text,
};

/// The longest price that is read, in digits before and after the decimal mark.
const MAX_WHOLE: usize = 9;
const MAX_DECIMALS: usize = 4;

/// Whether a text begins with a number by itself, as every wish does.
pub(in crate::domain::seating::spec) fn begins_with_size(text: &str) -> bool {
    let word = first_word(text.trim_start_matches(is_separator)).0;
    !word.is_empty() && word.bytes().all(|b| b.is_ascii_digit())
}

/// Reads a wish. A row's label that several levels have means the rows on `level`, if there are any.
pub(in crate::domain::seating::spec) fn read(
    chart: &Chart,
    level: Option<u16>,
    text: &str,
) -> Result<PartyWish, SpecError> {
    if text.len() > MAX_BYTES {
        return refuse(format!("that is {} bytes of text; at most {MAX_BYTES} are read", text.len()));
    }
    let (word, rest) = first_word(text.trim_start_matches(is_separator));
    let mut reader = Reader { chart, level, wish: PartyWish::of(size(word)?), row_words: Vec::new() };
    reader.places(rest)?;
    reader.finish()
}

fn size(word: &str) -> Result<usize, SpecError> {
    let digits = !word.is_empty() && word.bytes().all(|b| b.is_ascii_digit());
    match word.parse() {
        _ if !digits => {
            refuse(format!("{} is no number of people; a party is written 3, 3 F, 3 <15 or 3 w", quoted(word)))
        }
        Ok(size @ 1..=MAX_PARTY) => Ok(size),
        Ok(0) => refuse(format!("a party has 1 to {MAX_PARTY} people")),
        _ => refuse(format!(
            "{} people are more than the {MAX_PARTY} of a party; a seat is written F7, or 12.5 for row 12 seat 5",
            text::fit(word, 12)
        )),
    }
}

/// A wish as far as it has been read.
struct Reader<'a> {
    chart: &'a Chart,
    level: Option<u16>,
    wish: PartyWish,
    /// Labels of rows without a section of their own.
    row_words: Vec<String>,
}

/// A name of places.
enum Named {
    Section(u16),
    Level(u16),
    Category(u16),
}

impl Reader<'_> {
    fn places(&mut self, text: &str) -> Result<(), SpecError> {
        let mut rest = text.trim_start_matches(is_separator);
        while !rest.is_empty() {
            rest = self.place(rest)?.trim_start_matches(is_separator);
        }
        Ok(())
    }

    /// Reads one item, and gives what follows it.
    fn place<'t>(&mut self, text: &'t str) -> Result<&'t str, SpecError> {
        if let Some(after) = text.strip_prefix(['<', '≤']) {
            return self.ceiling(text, after);
        }
        if let (Some(section), rest) = section_before(self.chart, text) {
            return self.row_of_section(section, rest);
        }
        let (word, rest) = first_word(text);
        let name = longest_name(self.chart, text);
        if let Some((named, rest)) = name.as_ref().filter(|(_, after)| after.len() < rest.len()) {
            self.name(named);
            return Ok(rest);
        }
        match word.to_lowercase().as_str() {
            "row" => self.row_by_name(rest),
            "need" => self.need(Wanted::Yes, rest),
            "no" => self.need(Wanted::No, rest),
            _ if self.is_wheelchairs(word, name.is_some()) => {
                self.wish.wheelchairs += word.len();
                Ok(rest)
            }
            _ if !self.rows(word).is_empty() => {
                self.row_words.push(word.to_owned());
                Ok(rest)
            }
            _ => match name {
                Some((named, rest)) => {
                    self.name(&named);
                    Ok(rest)
                }
                None => self.unknown(word),
            },
        }
    }

    /// `w`, `ww` and so on. In capitals it is a place of that name, if there is one.
    fn is_wheelchairs(&self, word: &str, is_name: bool) -> bool {
        let lower = word.bytes().all(|b| b == b'w');
        let upper = word.bytes().all(|b| b == b'W');
        !word.is_empty() && (lower || upper && !is_name && self.rows(word).is_empty())
    }

    fn rows(&self, label: &str) -> Vec<u32> {
        let rows = (0u32..).zip(&self.chart.rows);
        rows.filter(|(_, row)| same(row.label.as_str(), label)).map(|(at, _)| at).collect()
    }

    fn row_by_name<'t>(&mut self, rest: &'t str) -> Result<&'t str, SpecError> {
        let (label, rest) = first_word(rest.trim_start_matches(is_separator));
        if label.is_empty() || self.rows(label).is_empty() {
            return refuse(format!("no row {}; rows are {}", quoted(label), known_rows(self.chart, None)));
        }
        self.row_words.push(label.to_owned());
        Ok(rest)
    }

    /// `balcony:` or `balcony:F`.
    fn row_of_section<'t>(&mut self, section: u16, rest: &'t str) -> Result<&'t str, SpecError> {
        self.wish.sections.push(section);
        let (label, after) = first_word(rest);
        if label.is_empty() {
            return Ok(rest);
        }
        let mut rows = self.rows(label);
        rows.retain(|&row| self.chart.rows[row as usize].section == section);
        if rows.is_empty() {
            return refuse(format!("no row {}; rows are {}", quoted(label), known_rows(self.chart, Some(section))));
        }
        self.wish.rows.extend(rows);
        Ok(after)
    }

    fn name(&mut self, named: &Named) {
        match *named {
            Named::Section(section) => self.wish.sections.push(section),
            Named::Category(category) => self.wish.categories.push(category),
            Named::Level(level) => {
                let sections = (0u16..=u16::MAX).zip(&self.chart.sections);
                self.wish.sections.extend(sections.filter(|(_, s)| s.level == level).map(|(at, _)| at));
            }
        }
    }

    fn need<'t>(&mut self, wanted: Wanted, rest: &'t str) -> Result<&'t str, SpecError> {
        let mut words = Vec::new();
        let mut after = vec![rest];
        let mut text = rest.trim_start_matches(is_separator);
        while words.len() < 3 && !text.is_empty() {
            let (word, rest) = first_word(text);
            words.push(word);
            after.push(rest);
            text = rest.trim_start_matches(is_separator);
        }
        let (need, count) = marks::need(self.chart, wanted, &words)?;
        self.wish.needs.extend(need);
        Ok(after[count])
    }

    /// `<15`, `< 15.50`, `<=15`; a comma before digits is a decimal mark.
    fn ceiling<'t>(&mut self, text: &str, after: &'t str) -> Result<&'t str, SpecError> {
        let inclusive = after.strip_prefix('=');
        let edge = if inclusive.is_some() || text.starts_with('≤') { Edge::AtMost } else { Edge::Below };
        let price = inclusive.unwrap_or(after).trim_start();
        let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
        let (whole, mut rest) = price.split_at(digits(price));
        let mut decimals = "";
        if let Some(behind) = rest.strip_prefix(['.', ','])
            && digits(behind) > 0
        {
            (decimals, rest) = behind.split_at(digits(behind));
        }
        let short = (1..=MAX_WHOLE).contains(&whole.len()) && decimals.len() <= MAX_DECIMALS;
        let ends = rest.is_empty() || rest.starts_with(is_separator);
        let Ok(digits) = format!("{whole}{decimals}").parse() else { return no_price(text) };
        if !short || !ends {
            return no_price(text);
        }
        let ceiling = Ceiling { digits, decimals: decimals.len() as u32, edge };
        if self.wish.ceiling.replace(ceiling).is_some() {
            return refuse("the highest price is named twice; name it once");
        }
        Ok(rest)
    }

    fn unknown<T>(&self, word: &str) -> Result<T, SpecError> {
        let labelled = word.find(|c: char| c.is_ascii_digit()).map(|at| word[..at].trim_end_matches('.'));
        if labelled.is_some_and(|row| !row.is_empty() && !self.rows(row).is_empty()) {
            let row = labelled.unwrap_or_default();
            let (word, row) = (text::fit(word, 20), text::fit(row, 20));
            return refuse(format!("{word} is a seat; write {word} alone, or {} {row} for a row", self.wish.size));
        }
        let list = |names: &mut dyn Iterator<Item = &text::Text>| {
            let names: Vec<String> =
                names.filter(|name| !name.is_empty()).map(|name| text::fit(name.as_str(), 20)).collect();
            let more = if names.len() > 6 { ", …" } else { "" };
            format!("{}{more}", names[..names.len().min(6)].join(", "))
        };
        let mut known = Vec::new();
        if self.chart.sections.len() > 1 {
            known.push(format!("sections are {}", list(&mut self.chart.sections.iter().map(|s| &s.name))));
        }
        known.push(format!("rows are {}", known_rows(self.chart, None)));
        known.push(format!("categories are {}", list(&mut self.chart.categories.iter().map(|c| &c.name))));
        refuse(format!("no place {}; {}", quoted(word), known.join("; ")))
    }

    /// Finds the rows that are meant, and whether there are enough places at all.
    fn finish(mut self) -> Result<PartyWish, SpecError> {
        for label in std::mem::take(&mut self.row_words) {
            let rows = self.meant(&label)?;
            self.wish.rows.extend(rows);
        }
        for list in [&mut self.wish.sections, &mut self.wish.categories] {
            list.sort_unstable();
            list.dedup();
        }
        self.wish.rows.sort_unstable();
        self.wish.rows.dedup();
        let named: Vec<SeatIx> = self.chart.indices().filter(|&seat| self.wish.names(self.chart, seat)).collect();
        self.wish.is_general = !named.is_empty() && named.iter().all(|&seat| self.chart.is_standing(seat));
        let wish = PartyWish { ceiling: None, ..self.wish.clone() };
        let suit: Vec<SeatIx> = named.into_iter().filter(|&s| wish.suits(self.chart, &|_| None, s)).collect();
        self.check_room(&suit)?;
        Ok(self.wish)
    }

    /// The rows of a label in the sections that are named, or on the level that is looked at.
    fn meant(&self, label: &str) -> Result<Vec<u32>, SpecError> {
        let section = |row: u32| self.chart.rows[row as usize].section;
        let mut rows = self.rows(label);
        if !self.wish.sections.is_empty() {
            rows.retain(|&row| self.wish.sections.contains(&section(row)));
            if rows.is_empty() {
                let known = known_rows(self.chart, self.wish.sections.first().copied());
                return refuse(format!("no row {} there; rows are {known}", quoted(label)));
            }
        }
        let level = |row: &u32| Some(self.chart.sections[usize::from(section(*row))].level);
        if rows.iter().any(|row| level(row) == self.level) {
            rows.retain(|row| level(row) == self.level);
        }
        Ok(rows)
    }

    fn check_room(&self, suit: &[SeatIx]) -> Result<(), SpecError> {
        let wish = &self.wish;
        let wheelchairs = suit.iter().filter(|&&s| self.chart.seat(s).kind == SeatKind::Wheelchair).count();
        if wish.wheelchairs > wish.size {
            return refuse(format!("{} wheelchair spaces are more than the party of {}", wish.wheelchairs, wish.size));
        }
        if wish.wheelchairs > wheelchairs {
            return refuse(match wheelchairs {
                0 => "there is no wheelchair space there".to_owned(),
                1 => "there is one wheelchair space there, and no more".to_owned(),
                count => format!("there are {count} wheelchair spaces there, and no more"),
            });
        }
        match suit.len() {
            count if count >= wish.size => Ok(()),
            0 => refuse("no seat is all of that"),
            1 => refuse(format!("there is one such place; a party of {} needs more", wish.size)),
            count => refuse(format!("there are {count} such places; a party of {} needs more", wish.size)),
        }
    }
}

fn no_price<T>(text: &str) -> Result<T, SpecError> {
    refuse(format!("{} is no price; write <15, <15.50 or <=15", quoted(first_word(text).0)))
}

/// The first word of a text, and what follows it.
fn first_word(text: &str) -> (&str, &str) {
    text.split_at(text.find(is_separator).unwrap_or(text.len()))
}

/// The longest id or name of places that a text begins with, and what follows it. Of the same length, a section comes
/// before a level, and a level before a category.
fn longest_name<'t>(chart: &Chart, text: &'t str) -> Option<(Named, &'t str)> {
    let after = |name: &str| {
        let head = text.get(..name.len()).filter(|head| !name.is_empty() && same(head, name))?;
        let rest = &text[head.len()..];
        (rest.is_empty() || rest.starts_with(is_separator)).then_some(rest)
    };
    let either = |id: &str, name: &text::Text| match (after(id), after(name.as_str())) {
        (Some(a), Some(b)) => Some(if b.len() < a.len() { b } else { a }),
        (a, b) => a.or(b),
    };
    let sections = (0u16..=u16::MAX).zip(&chart.sections).map(|(at, s)| (Named::Section(at), either(&s.id, &s.name)));
    let levels = (0u16..=u16::MAX).zip(&chart.levels).map(|(at, l)| (Named::Level(at), either(&l.id, &l.name)));
    let categories =
        (0u16..=u16::MAX).zip(&chart.categories).map(|(at, c)| (Named::Category(at), either(&c.id, &c.name)));
    let found = sections.chain(levels).chain(categories).filter_map(|(named, rest)| Some((named, rest?)));
    found.reduce(|best, next| if next.1.len() < best.1.len() { next } else { best })
}
