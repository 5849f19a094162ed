//! What a party wishes: how many people, and which seats suit them.

mod marks;
mod read;
#[cfg(test)]
mod tests;

use crate::domain::{
    chart::{Chart, SeatKind},
    ids::SeatIx,
    money::Money,
};

pub(super) use read::{begins_with_size, read};

/// The largest party that seats are looked for together.
pub const MAX_PARTY: usize = 20;

/// A party and what it asks for. Of each kind of place that is named several times, any will do; what is not named
/// does not matter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PartyWish {
    /// People, those in wheelchairs included.
    pub size: usize,
    /// Indices into [`Chart::rows`].
    pub rows: Vec<u32>,
    /// Indices into [`Chart::sections`].
    pub sections: Vec<u16>,
    /// Indices into [`Chart::categories`].
    pub categories: Vec<u16>,
    pub ceiling: Option<Ceiling>,
    /// How many of the party need a wheelchair space.
    pub wheelchairs: usize,
    pub needs: Vec<Need>,
    /// All places that suit are general admission: nobody chooses between them, so they are not proposed but taken
    /// ([`PartyWish::general_places`]).
    pub is_general: bool,
}

/// What the marks of a seat, [`flags`](crate::domain::chart::Seat::flags), must be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Need {
    /// One of these at least.
    With(Vec<String>),
    /// None of these.
    Without(Vec<String>),
}

/// The most that a seat may cost, in the currency of the show: `<15` is less than 15, `<=15` includes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ceiling {
    /// The amount without its decimal mark: 1550 for 15.50.
    digits: u64,
    /// How many of the digits are behind the decimal mark.
    decimals: u32,
    edge: Edge,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Edge {
    Below,
    AtMost,
}

impl Ceiling {
    pub fn allows(&self, price: Money) -> bool {
        let tens = |count: u32| 10_i128.pow(count);
        let price_scaled = i128::from(price.minor) * tens(self.decimals);
        let limit_scaled = i128::from(self.digits) * tens(price.exponent());
        match self.edge {
            Edge::Below => price_scaled < limit_scaled,
            Edge::AtMost => price_scaled <= limit_scaled,
        }
    }
}

/// As it was typed: `<15.50`.
impl std::fmt::Display for Ceiling {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let sign = match self.edge {
            Edge::Below => "<",
            Edge::AtMost => "<=",
        };
        let unit = 10_u64.pow(self.decimals);
        match self.decimals {
            0 => write!(f, "{sign}{}", self.digits),
            width => write!(f, "{sign}{}.{:0width$}", self.digits / unit, self.digits % unit, width = width as usize),
        }
    }
}

impl PartyWish {
    /// Any seats for so many people.
    pub fn of(size: usize) -> Self {
        Self { size, ..Self::default() }
    }

    /// Whether a seat is one of those that the party asks for, free or not. `price_of` tells what a category costs,
    /// by its index; it is asked only if there is a ceiling, and what is not for sale is not below it.
    pub fn suits(&self, chart: &Chart, price_of: &dyn Fn(u16) -> Option<Money>, seat: SeatIx) -> bool {
        let place = chart.seat(seat);
        let cheap = |ceiling: Ceiling| price_of(place.category).is_some_and(|price| ceiling.allows(price));
        self.names(chart, seat)
            && chart.is_standing(seat) == self.is_general
            && self.needs.iter().all(|need| need.is_met(&place.flags))
            && self.ceiling.is_none_or(cheap)
    }

    /// Whether a place is in the rows, sections and categories that are named.
    fn names(&self, chart: &Chart, seat: SeatIx) -> bool {
        let place = chart.seat(seat);
        let section = || chart.row_of(seat).section;
        let any = |named: &[u16], this: &dyn Fn() -> u16| named.is_empty() || named.contains(&this());
        place.kind != SeatKind::Blocked
            && (self.rows.is_empty() || self.rows.contains(&place.row))
            && any(&self.sections, &section)
            && any(&self.categories, &|| place.category)
    }

    /// For a wish that is general: the first places that can be had (`is_free`) in the first section that has room
    /// for the whole party; none if there is no such section, or if the wish is for seats.
    pub fn general_places(
        &self,
        chart: &Chart,
        price_of: &dyn Fn(u16) -> Option<Money>,
        is_free: &dyn Fn(SeatIx) -> bool,
    ) -> Vec<SeatIx> {
        let fits = |seat: &SeatIx| self.suits(chart, price_of, *seat) && is_free(*seat);
        let places: Vec<SeatIx> = chart.indices().filter(|_| self.is_general).filter(fits).collect();
        let mut by_section = places.chunk_by(|&a, &b| chart.row_of(a).section == chart.row_of(b).section);
        by_section.find(|places| places.len() >= self.size).map_or(Vec::new(), |places| places[..self.size].to_vec())
    }
}

impl Need {
    fn is_met(&self, flags: &[String]) -> bool {
        match self {
            Self::With(wanted) => wanted.iter().any(|flag| flags.contains(flag)),
            Self::Without(unwanted) => !unwanted.iter().any(|flag| flags.contains(flag)),
        }
    }
}
