//! The best seats together: a ladder of arrangements, and on each rung the seats that cost least.
//!
//! `cost` says what a seat costs; [`Rung`] what the rungs are. The first rung with a candidate wins: `windows` looks
//! for those within a row, `stacked` for two rows, `near` for a few blocks, `scattered` for any seats, and
//! `wheelchair` for parties with wheelchairs for which no row has room. Costs are compared in steps of 1e-9, and ties
//! go to the block nearer to the middle, then further back, then further left, then to the lesser seat id: the same hall
//! and the same party give the same seats on every machine.

mod cost;
mod floor;
mod ladder;
mod near;
mod rows;
mod scattered;
mod stacked;
#[cfg(test)]
mod tests;
pub mod tickets;
mod wheelchair;
mod windows;
mod words;

pub use cost::Costs;
pub use tickets::assign;

use crate::domain::{
    chart::{Chart, geometry::Geometry},
    ids::SeatIx,
};
use floor::Floor;
use serde::{Deserialize, Serialize};

/// A hall as the rules of seating see it: all of it follows from the chart and is computed once.
#[derive(Clone, Copy)]
pub struct Hall<'a> {
    pub chart: &'a Chart,
    pub geometry: &'a Geometry,
    pub costs: &'a Costs,
}

/// How together a proposal is: the rungs of the ladder, the first that has a candidate wins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub enum Rung {
    /// One run, no new orphan.
    L1,
    /// One run; a single seat is left alone.
    L2,
    /// One row, across one aisle.
    L3,
    /// Two rows, one behind the other.
    L4,
    /// A few blocks near each other in one section.
    L5,
    /// The same in other sections of one price category.
    L6,
    /// Any seats: someone may sit alone. Only for those who have said that they accept it.
    L7,
}

/// What a party asks for.
#[derive(Clone, Copy)]
pub struct Ask<'a> {
    /// People, those in wheelchairs included.
    pub size: usize,
    /// How many of them need a wheelchair space. For such a party the spaces and companion places that are free must
    /// be open: [`in_play`](super::in_play) with [`Accessible::Released`](super::Accessible::Released). For the orphan
    /// rule they remain walls.
    pub wheelchairs: usize,
    /// Which of the open seats suit: category, section, row, price, needs. Seats that do not suit are not proposed,
    /// and yet are open for the orphan rule.
    pub suits: &'a dyn Fn(SeatIx) -> bool,
    /// For the ticket types of the party: how many people, and the categories (by index) that their type can be
    /// bought for. Who is in none of them may sit anywhere.
    pub tickets: &'a [(usize, Vec<bool>)],
    /// The last rung that is accepted.
    pub last: Rung,
}

impl<'a> Ask<'a> {
    /// Seats for so many people, anywhere but scattered.
    pub fn of(size: usize) -> Self {
        Self { size, wheelchairs: 0, suits: &|_| true, tickets: &[], last: Rung::L6 }
    }
}

/// Seats for a party, with how together they are and what speaks for them.
#[derive(Clone, Debug, PartialEq)]
pub struct Proposal {
    /// From left to right, and one behind the other from the front.
    pub seats: Vec<SeatIx>,
    pub rung: Rung,
    /// Mean seat cost; less is better.
    pub cost: f64,
    /// The sizes of its blocks, from the front and from left to right.
    pub parts: Vec<usize>,
}

/// The best seats for a party, best first, at most `limit` proposals, no two sharing more than half of their seats:
/// those of the first rung that has any, then those of further rungs, down to the last that is accepted. `open` is the
/// one picture of the seats in play ([`super::in_play`]). O(seats) on the rungs within a row.
pub fn propose(hall: Hall<'_>, open: &dyn Fn(SeatIx) -> bool, ask: &Ask<'_>, limit: usize) -> Vec<Proposal> {
    let floor = Floor::of(hall, open, ask);
    ladder::climb(&floor, limit).iter().map(|candidate| floor.proposal(candidate)).collect()
}

/// The best seats for a party at `seat`: in its run, containing it or as near to it as can be; else across an aisle of
/// its row. A single seat is left alone only where its stretch of open seats has no other block for the party.
pub fn propose_at(hall: Hall<'_>, open: &dyn Fn(SeatIx) -> bool, ask: &Ask<'_>, seat: SeatIx) -> Option<Proposal> {
    let floor = Floor::of_row(hall, open, ask, seat);
    windows::window_at(&floor, floor.place(seat)).map(|candidate| floor.proposal(&candidate))
}

/// Seats for a party that has some already, beside each other: `ask.size` seats in one run that contain all of `kept`,
/// the best of those. `None` if there is no such block: then the caller places anew what the house chose, and never
/// moves what the visitor chose. The kept seats need not be open or suit. O(seats of the row).
pub fn grow(hall: Hall<'_>, open: &dyn Fn(SeatIx) -> bool, kept: &[SeatIx], ask: &Ask<'_>) -> Option<Proposal> {
    let first = *kept.first()?;
    let open = |seat: SeatIx| kept.contains(&seat) || open(seat);
    let suits = |seat: SeatIx| kept.contains(&seat) || (ask.suits)(seat);
    let last = ask.last.min(Rung::L2);
    let ask = Ask { suits: &suits, last, ..*ask };
    let floor = Floor::of_row(hall, &open, &ask, first);
    let kept: Vec<u32> = kept.iter().map(|&seat| floor.place(seat) as u32).collect();
    windows::window_around(&floor, floor.place(first), &kept).map(|candidate| floor.proposal(&candidate))
}
