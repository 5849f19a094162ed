//! Writing labels of seats.

use super::{fold, rows_by_label, seats_of, starts_with_digit};
use crate::domain::{
    chart::{Chart, geometry::Geometry},
    ids::SeatIx,
};
use std::{collections::HashMap, sync::OnceLock};

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

impl Style {
    fn of(chart: &Chart, seat: SeatIx) -> Self {
        let (row, number) = (chart.row_of(seat).label.as_str(), chart.seat(seat).label.as_str());
        let words = !row.is_empty() && !number.is_empty();
        let plain = |text: &str| text.chars().all(char::is_alphanumeric);
        if words && row.chars().all(char::is_alphabetic) && plain(number) && starts_with_digit(number) {
            Self::Plain
        } else if words && plain(row) && plain(number) {
            Self::Dotted
        } else {
            Self::Id
        }
    }
}

/// Writes the labels of one chart: made once, for many labels.
#[derive(Debug)]
pub struct Names {
    /// The rows of each label, by the label in lower case.
    rows: HashMap<String, Namesakes>,
}

/// Rows that have the same label.
#[derive(Debug)]
struct Namesakes {
    rows: Vec<usize>,
    /// Their seats of which row and number say too little, found when the first of their labels is written.
    ambiguous: OnceLock<HashMap<SeatIx, Ambiguity>>,
}

/// What has to stand before row and number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ambiguity {
    /// The section: another one has a seat of that name.
    OfHall,
    /// Nothing helps: the section itself has two.
    OfSection,
}

impl Names {
    pub fn of(chart: &Chart) -> Self {
        let namesakes = |rows| Namesakes { rows, ambiguous: OnceLock::new() };
        Self { rows: rows_by_label(chart).into_iter().map(|(label, rows)| (label, namesakes(rows))).collect() }
    }

    /// See [`super::labels`].
    pub fn labels(&self, chart: &Chart, geometry: &Geometry, seats: &[SeatIx]) -> String {
        let mut places: Vec<((u32, u32), SeatIx)> = seats.iter().map(|&s| (geometry.place(s), s)).collect();
        places.sort_unstable();
        places.dedup();
        let follow = |a: &((u32, u32), SeatIx), b: &((u32, u32), SeatIx)| a.0.0 == b.0.0 && a.0.1 + 1 == b.0.1;
        let written = |chain: &[((u32, u32), SeatIx)]| -> Vec<String> {
            let range = match chain {
                [(_, first), _, .., (_, last)] => self.range(chart, *first, *last),
                _ => None,
            };
            range.map_or_else(|| chain.iter().map(|&(_, seat)| self.label(chart, seat)).collect(), |range| vec![range])
        };
        places.chunk_by(follow).flat_map(written).collect::<Vec<_>>().join(", ")
    }

    /// See [`super::label`].
    pub fn label(&self, chart: &Chart, seat: SeatIx) -> String {
        let (row, number) = (chart.row_of(seat), &chart.seat(seat).label);
        let written = match Style::of(chart, seat) {
            Style::Plain => self.prefix(chart, seat).map(|prefix| format!("{prefix}{}{number}", row.label)),
            Style::Dotted => self.prefix(chart, seat).map(|prefix| format!("{prefix}{}.{number}", row.label)),
            Style::Id => None,
        };
        written.unwrap_or_else(|| chart.seat(seat).id.to_string())
    }

    /// Two seats of one run as a range, if they have labels of their own.
    pub(super) fn range(&self, chart: &Chart, first: SeatIx, last: SeatIx) -> Option<String> {
        let number = &chart.seat(last).label;
        self.prefix(chart, first)?;
        self.prefix(chart, last)?;
        match (Style::of(chart, first), Style::of(chart, last)) {
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
        let row = chart.row_of(seat);
        match self.rows.get(&fold(row.label.as_str()))?.ambiguous(chart).get(&seat) {
            None => Some(String::new()),
            Some(Ambiguity::OfHall) => Some(format!("{}:", chart.sections[usize::from(row.section)].id)),
            Some(Ambiguity::OfSection) => None,
        }
    }
}

impl Namesakes {
    fn ambiguous(&self, chart: &Chart) -> &HashMap<SeatIx, Ambiguity> {
        self.ambiguous.get_or_init(|| {
            let mut by_number: HashMap<String, Vec<(u16, SeatIx)>> = HashMap::new();
            for &row in &self.rows {
                let section = chart.rows[row].section;
                for seat in seats_of(chart, row) {
                    by_number.entry(fold(chart.seat(seat).label.as_str())).or_default().push((section, seat));
                }
            }
            let several = by_number.into_values().filter(|seats| seats.len() > 1);
            several
                .flat_map(|mut seats| {
                    seats.sort_unstable();
                    let of_section = |twins: &[(u16, SeatIx)]| {
                        let ambiguity = if twins.len() > 1 { Ambiguity::OfSection } else { Ambiguity::OfHall };
                        twins.iter().map(|&(_, seat)| (seat, ambiguity)).collect::<Vec<_>>()
                    };
                    seats.chunk_by(|a, b| a.0 == b.0).flat_map(of_section).collect::<Vec<_>>()
                })
                .collect()
        })
    }
}
