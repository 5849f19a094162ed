//! Seating charts: what a hall is, whatever format it was written in.
//!
//! A [`Chart`] never changes; a show refers to it by the hash of its canonical JSON. What follows from it (who sits
//! beside whom, where each seat is drawn) is computed once per chart in [`geometry`] and [`grid`].

pub mod cinechart;
mod draft;
mod frame;
mod general;
pub mod geometry;
pub mod grid;
#[cfg(test)]
pub(crate) mod halls;
pub mod import;
pub mod json;
pub mod lint;
mod names;
mod picture;
pub mod plan;
pub mod pretix;
mod validate;
pub mod venue;
mod vista;

use super::{
    ids::{SeatId, SeatIx},
    text::Text,
};
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// A hall's plan. Seats are in chart order: by section, then row from the screen, then from left to right as the
/// audience sees it facing the screen.
#[derive(Clone, Debug, PartialEq)]
pub struct Chart {
    pub id: String,
    pub name: Text,
    pub mode: Mode,
    pub screen: Screen,
    pub categories: Vec<Category>,
    pub levels: Vec<Level>,
    pub sections: Vec<Section>,
    pub rows: Vec<Row>,
    pub seats: Vec<Seat>,
}

/// What the audience looks at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    #[default]
    Cinema,
    Theatre,
    Arena,
}

/// The screen: always drawn at the top; `side` says where it is in the plan's own coordinates.
#[derive(Clone, Debug, PartialEq)]
pub struct Screen {
    pub side: Side,
    pub label: Text,
    /// The x of its middle, where the plan knows it; else it is the middle of the seats.
    pub center: Option<f64>,
    /// Metres, where the plan knows them.
    pub width_m: Option<f64>,
    pub first_row_m: Option<f64>,
    pub rake_cm: Option<f64>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    #[default]
    Top,
    Bottom,
    Left,
    Right,
}

/// A price category.
#[derive(Clone, Debug, PartialEq)]
pub struct Category {
    pub id: String,
    pub name: Text,
    /// One printable ASCII character, used where seats are drawn as letters.
    pub glyph: char,
    /// A colour's name: `blue`, `yellow`, `green`, `red`, `magenta`, `cyan` or `white`.
    pub color: String,
}

/// A floor of the hall; each is drawn by itself.
#[derive(Clone, Debug, PartialEq)]
pub struct Level {
    pub id: String,
    pub name: Text,
    pub order: i32,
}

/// A named block of rows on a level.
#[derive(Clone, Debug, PartialEq)]
pub struct Section {
    pub id: String,
    /// Index into [`Chart::levels`].
    pub level: u16,
    pub name: Text,
    pub admission: Admission,
}

/// How places of a section are sold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Admission {
    /// Each seat by itself.
    #[default]
    Seats,
    /// General admission: so many people fit in. Each of them is a place of kind [`SeatKind::Standing`] in the only
    /// row of the section, so that claims, counts and tickets need no second way; nobody chooses between them.
    General,
}

/// A physical row of one section.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    pub label: Text,
    /// Index into [`Chart::sections`].
    pub section: u16,
    /// Its seats, as a range of [`Chart::seats`].
    pub seats: Range<u32>,
}

/// A place to sit. Coordinates are in units of the seat pitch; x grows to the right and y away from the screen,
/// as the audience sees it facing the screen.
#[derive(Clone, Debug, PartialEq)]
pub struct Seat {
    pub id: SeatId,
    /// What is printed on it, usually its number in the row.
    pub label: Text,
    /// Index into [`Chart::rows`].
    pub row: u32,
    pub x: f64,
    pub y: f64,
    /// Index into [`Chart::categories`].
    pub category: u16,
    pub kind: SeatKind,
    pub flags: Vec<String>,
    /// The couch it is half of: seats with one number belong together.
    pub couch: Option<u32>,
    /// The operator's opinion, −0.3 (better) to 0.3 (worse).
    pub quality: f64,
    /// Overrides the gap test towards the next seat of the row: `Some(false)` is an aisle, `Some(true)` joins.
    pub next: Option<bool>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SeatKind {
    #[default]
    Seat,
    Wheelchair,
    Companion,
    /// Half of a couch for two.
    Couch,
    /// Drawn, never sold.
    Blocked,
    /// One of the places of a general-admission section. Its coordinates lie somewhere in the section's area.
    Standing,
}

impl Chart {
    pub fn seat(&self, ix: SeatIx) -> &Seat {
        &self.seats[ix.get()]
    }

    pub fn row_of(&self, ix: SeatIx) -> &Row {
        &self.rows[self.seat(ix).row as usize]
    }

    pub fn section_of(&self, ix: SeatIx) -> &Section {
        &self.sections[self.row_of(ix).section as usize]
    }

    pub fn category_of(&self, ix: SeatIx) -> &Category {
        &self.categories[self.seat(ix).category as usize]
    }

    /// All seats in chart order.
    pub fn indices(&self) -> impl Iterator<Item = SeatIx> + use<> {
        (0..self.seats.len()).map(SeatIx::at)
    }

    /// The section of a general-admission place.
    pub fn is_standing(&self, ix: SeatIx) -> bool {
        self.seat(ix).kind == SeatKind::Standing
    }

    /// Places that can be sold at all.
    pub fn sellable(&self) -> usize {
        self.seats.iter().filter(|s| s.kind != SeatKind::Blocked).count()
    }
}
