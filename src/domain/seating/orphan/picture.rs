//! Rows of seats as lines of text, for trying the rule out without a plan: `..#. ..w`.

use crate::domain::{
    chart::{Admission, Category, Chart, Level, Mode, Row, Screen, Seat, SeatKind, Section, Side, geometry::Geometry},
    ids::{SeatId, SeatIx},
    seating::{
        Accessible,
        best::{Costs, Hall},
        in_play,
    },
    show::SeatState,
    text,
};
use thiserror::Error;

/// A hall drawn as lines of text, the row nearest to the screen first.
pub struct Picture {
    chart: Chart,
    geometry: Geometry,
    costs: Costs,
    /// For each seat, whether it is open.
    open: Vec<bool>,
    /// For each seat, the index of its character in its line.
    at: Vec<usize>,
}

/// What a picture cannot mean.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{0}")]
pub struct PictureError(String);

impl Picture {
    /// Reads rows in which `.` is a free seat, `#` one that cannot be had, `w` a wheelchair space, and a space an
    /// aisle.
    pub fn of(rows: &[impl AsRef<str>]) -> Result<Self, PictureError> {
        let (mut chart, mut open, mut at) = (empty_chart(), Vec::new(), Vec::new());
        for (row, line) in (0u32..).zip(rows) {
            let first = chart.seats.len() as u32;
            let mut places = line.as_ref().chars().enumerate().peekable();
            while let Some((place, sign)) = places.next() {
                let (kind, state) = match sign {
                    '.' => (SeatKind::Seat, SeatState::Free),
                    '#' => (SeatKind::Seat, SeatState::Sold),
                    'w' => (SeatKind::Wheelchair, SeatState::Free),
                    ' ' => continue,
                    other => return Err(PictureError(stranger(row, place, other))),
                };
                let next = places.peek().map(|(_, next)| *next != ' ');
                let seat = drawn_seat(row, place, kind, next);
                open.push(in_play(&seat, state, true, Accessible::Kept));
                at.push(place);
                chart.seats.push(seat);
            }
            chart.rows.push(Row { label: row_name(row), section: 0, seats: first..chart.seats.len() as u32 });
        }
        let geometry = Geometry::of(&chart);
        let costs = Costs::of(&chart, &geometry);
        Ok(Self { chart, geometry, costs, open, at })
    }

    pub fn hall(&self) -> Hall<'_> {
        Hall { chart: &self.chart, geometry: &self.geometry, costs: &self.costs }
    }

    pub fn is_open(&self, seat: SeatIx) -> bool {
        self.open[seat.get()]
    }

    /// The place of a seat in its line, counted in characters from 0.
    pub fn place(&self, seat: SeatIx) -> usize {
        self.at[seat.get()]
    }

    /// The free seats at these places of a row, each named once.
    pub fn free_seats(&self, row: usize, places: &[usize]) -> Result<Vec<SeatIx>, PictureError> {
        let refuse = |why: String| Err(PictureError(why));
        let Some(seats) = self.chart.rows.get(row).map(|row| row.seats.start as usize..row.seats.end as usize) else {
            let count = self.chart.rows.len();
            return refuse(format!("there is no row {row}; there are {count}, counted from 0"));
        };
        let mut chosen = Vec::with_capacity(places.len());
        for &place in places {
            let Ok(found) = self.at[seats.clone()].binary_search(&place) else {
                return refuse(format!("row {row} has no seat at {place}"));
            };
            let seat = SeatIx::at(seats.start + found);
            if !self.is_open(seat) {
                return refuse(format!("the seat at {place} of row {row} is not free"));
            }
            chosen.push(seat);
        }
        let mut sorted = chosen.clone();
        sorted.sort_unstable();
        match sorted.windows(2).find(|pair| pair[0] == pair[1]) {
            Some(pair) => refuse(format!("the seat at {} is picked twice", self.place(pair[0]))),
            None if chosen.is_empty() => refuse("no seat is picked".to_owned()),
            None => Ok(chosen),
        }
    }
}

fn stranger(row: u32, place: usize, sign: char) -> String {
    let sign = text::fit(&sign.to_string(), 8);
    format!("\"{sign}\" at {place} of row {row} is no seat; a row is made of . # w and spaces")
}

fn row_name(row: u32) -> text::Text {
    row.to_string().as_str().into()
}

/// A seat whose neighbours are those drawn beside it, whatever the pitch of the rest.
fn drawn_seat(row: u32, place: usize, kind: SeatKind, next: Option<bool>) -> Seat {
    Seat {
        id: SeatId::new(format!("0/{row}/{place}")),
        label: place.to_string().as_str().into(),
        row,
        x: place as f64,
        y: f64::from(row),
        category: 0,
        kind,
        flags: Vec::new(),
        couch: None,
        quality: 0.0,
        next,
    }
}

fn empty_chart() -> Chart {
    let name = |text: &str| text.into();
    Chart {
        id: "picture".to_owned(),
        name: name("Picture"),
        mode: Mode::Cinema,
        screen: Screen {
            side: Side::Top,
            label: name("SCREEN"),
            center: None,
            width_m: None,
            first_row_m: None,
            rake_cm: None,
        },
        categories: vec![Category { id: "0".to_owned(), name: name("0"), glyph: 'o', color: "blue".to_owned() }],
        levels: vec![Level { id: "0".to_owned(), name: name("0"), order: 0 }],
        sections: vec![Section { id: "0".to_owned(), level: 0, name: name("0"), admission: Admission::Seats }],
        rows: Vec::new(),
        seats: Vec::new(),
    }
}
