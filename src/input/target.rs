//! What the mouse can hit: filled in by the same call that draws. Targets are ids, never places in a list.

use super::command::Command;
use crate::{
    domain::ids::{BookingCode, MovieId, SeatIx, ShowId},
    store::{
        effect::FieldId,
        slices::{
            admin::{Entry, Page},
            seats::list::Line,
            session::Choice,
        },
    },
};

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    Command(Command),
    Movie(MovieId),
    Show(ShowId),
    Seat(SeatIx),
    /// A place of the grid, on the small map of the whole hall.
    Place {
        line: u32,
        col: u32,
    },
    /// The label of a line of the grid.
    Row(u32),
    /// A section as a whole: its box, where people stand, or a hall seen from afar.
    Area(u16),
    /// A line of the seats as a list.
    SeatLine(Line),
    Booking(BookingCode),
    Field(FieldId),
    Choice(Choice),
    AdminPage(Page),
    /// A line of a list for those who run the cinema.
    Entry(Entry),
    /// The list of films or times, for the wheel.
    Films,
    Times,
    Map,
}

/// A rectangle of the screen and what is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    pub x: u16,
    pub y: u16,
    pub width: u16,
    pub height: u16,
    pub target: Target,
}

/// All that the last frame drew; what was drawn later lies on top.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hits(pub Vec<Hit>);

impl Hits {
    pub fn push(&mut self, x: u16, y: u16, width: u16, height: u16, target: Target) {
        self.0.push(Hit { x, y, width, height, target });
    }

    /// What is at a cell, from the top.
    pub fn at(&self, x: u16, y: u16) -> impl Iterator<Item = &Target> {
        let inside = move |h: &&Hit| (h.x..h.x + h.width).contains(&x) && (h.y..h.y + h.height).contains(&y);
        self.0.iter().rev().filter(inside).map(|h| &h.target)
    }
}
