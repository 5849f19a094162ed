//! Shows and the states of their seats.

use super::{
    ids::{ChartHash, HallId, MovieId, SeatId, SeatIx, ShowId},
    money::Money,
    text::Text,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// One screening of a film in a hall.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Show {
    pub id: ShowId,
    pub movie: MovieId,
    pub movie_title: Text,
    #[cfg_attr(feature = "server", schema(value_type = String, format = DateTime))]
    pub starts_at: Timestamp,
    #[cfg_attr(feature = "server", schema(value_type = String, format = DateTime))]
    pub ends_at: Timestamp,
    pub hall: HallId,
    pub hall_name: Text,
    pub chart: ChartHash,
    /// All places that can be sold.
    pub seats: u32,
    /// Places that are free now, where the server says it of a show; a hint, the seat map tells the truth.
    #[serde(default)]
    pub free: Option<u32>,
    /// The price of each category of the chart that is sold at this show.
    pub prices: Vec<CategoryPrice>,
    /// The ticket types that can be asked for. None: there is one, at the category's price.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tickets: Vec<TicketType>,
}

/// What a seat of a category costs at a show.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct CategoryPrice {
    /// The category's id in the chart.
    pub category: String,
    /// Absent where the server tells prices at the checkout only.
    #[serde(default)]
    pub price: Option<Money>,
}

/// Who a seat is sold to, such as adults and children.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct TicketType {
    /// Such as `child`.
    pub id: String,
    /// For people, as printed on the ticket.
    pub name: Text,
    /// What it costs in the categories that it can be bought for, and in no others.
    pub prices: Vec<CategoryPrice>,
}

impl TicketType {
    /// Whether this type can be bought for a category.
    pub fn sells(&self, category: &str) -> bool {
        self.prices.iter().any(|p| p.category == category)
    }

    /// The price in a category, if this type can be bought for it and the price is known.
    pub fn price(&self, category: &str) -> Option<Money> {
        price_in(&self.prices, category)
    }
}

fn price_in(prices: &[CategoryPrice], category: &str) -> Option<Money> {
    prices.iter().find(|p| p.category == category).and_then(|p| p.price)
}

impl Show {
    /// Whether a category is sold at this show.
    pub fn sells(&self, category: &str) -> bool {
        self.prices.iter().any(|p| p.category == category)
    }

    /// The price of a category, if it is sold at this show and the price is known.
    pub fn price(&self, category: &str) -> Option<Money> {
        price_in(&self.prices, category)
    }

    /// Places that are gone, as far as the server says it of the show.
    pub fn taken(&self) -> u32 {
        self.free.map_or(0, |free| self.seats.saturating_sub(free))
    }

    /// The ticket type with this id.
    pub fn ticket(&self, id: &str) -> Option<&TicketType> {
        self.tickets.iter().find(|ticket| ticket.id == id)
    }

    /// The lowest price that is known.
    pub fn price_from(&self) -> Option<Money> {
        self.prices.iter().filter_map(|p| p.price).min_by_key(|m| m.minor)
    }
}

/// What a seat is at this moment; two bits on the wire.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum SeatState {
    #[default]
    Free = 0,
    Held = 1,
    Sold = 2,
    /// Not for sale at this show.
    Blocked = 3,
}

impl SeatState {
    pub fn of_bits(bits: u8) -> Self {
        match bits & 3 {
            0 => Self::Free,
            1 => Self::Held,
            2 => Self::Sold,
            _ => Self::Blocked,
        }
    }

    /// `free`, `held`, `sold` or `blocked`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Free => "free",
            Self::Held => "held",
            Self::Sold => "sold",
            Self::Blocked => "blocked",
        }
    }
}

/// The states of all seats of a show, in the order of its chart: two bits each, four to a byte, the first seat in
/// the lowest bits.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SeatStates {
    count: usize,
    packed: Vec<u8>,
}

impl SeatStates {
    /// All free.
    pub fn free(count: usize) -> Self {
        Self { count, packed: vec![0; count.div_ceil(4)] }
    }

    /// From packed bytes, or `None` if there are not just enough of them for `count` seats.
    pub fn of_packed(count: usize, packed: Vec<u8>) -> Option<Self> {
        (packed.len() == count.div_ceil(4)).then_some(Self { count, packed })
    }

    pub fn packed(&self) -> &[u8] {
        &self.packed
    }
    pub fn len(&self) -> usize {
        self.count
    }
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The state of seat `index`; a seat beyond the end is blocked.
    pub fn get(&self, index: usize) -> SeatState {
        if index >= self.count {
            return SeatState::Blocked;
        }
        SeatState::of_bits(self.packed[index / 4] >> (2 * (index % 4)))
    }

    pub fn set(&mut self, index: usize, state: SeatState) {
        if index < self.count {
            let shift = 2 * (index % 4);
            let byte = &mut self.packed[index / 4];
            *byte = *byte & !(3 << shift) | (state as u8) << shift;
        }
    }

    pub fn iter(&self) -> impl Iterator<Item = SeatState> + '_ {
        (0..self.count).map(|i| self.get(i))
    }
}

/// A show with the plan of its hall as somebody knows it: what is told of seats is told by their places in it, and so
/// means other seats in any other plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShowPlan {
    pub show: ShowId,
    pub chart: ChartHash,
    /// The plan's number of seats.
    pub count: usize,
}

/// News of a show's seats, as a watcher hears them.
#[derive(Clone, Debug, PartialEq)]
pub enum SeatNews {
    /// All of them: at first, and whenever what was missed cannot be told one by one.
    States(SeatStates),
    /// These have changed.
    Changes(Vec<(SeatIx, SeatState)>),
}

/// Seats held for one person until a moment that the server decides; or, at a server that holds nothing, seats chosen,
/// which are anybody's until they are booked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Hold {
    pub id: super::ids::HoldId,
    pub show: ShowId,
    pub seats: Vec<PricedSeat>,
    /// Absent where prices are told at the checkout only.
    #[serde(default)]
    pub total: Option<Money>,
    /// Absent where the server holds nothing.
    #[serde(default)]
    #[cfg_attr(feature = "server", schema(value_type = Option<String>, format = DateTime))]
    pub expires_at: Option<Timestamp>,
    /// Milliseconds left when the answer was written; a client counts from its receipt on a clock that never jumps.
    /// Absent where the server holds nothing.
    #[serde(default)]
    pub ttl_ms: Option<u64>,
    /// How many times it may still be extended.
    pub extensions_left: u32,
}

/// How a hold is to change; all of it happens, or none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HoldEdit {
    pub add: Vec<SeatId>,
    pub remove: Vec<SeatId>,
    pub time: HoldTime,
}

/// Whether a hold's time starts again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum HoldTime {
    #[default]
    Keep,
    Extend,
}

/// A seat with the price it is held or was booked at.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct PricedSeat {
    pub id: SeatId,
    /// As printed on the ticket, such as `F7` or `Balcony B3`.
    pub label: Text,
    /// The name of its category, for people.
    pub category: Text,
    /// Absent where it is told at the checkout only.
    #[serde(default)]
    pub price: Option<Money>,
    /// The name of its ticket type, where one was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ticket: Option<Text>,
}

/// A seat by its id and by the name that people know it by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct NamedSeat {
    pub seat: SeatId,
    pub label: Text,
}

/// What is to happen with a choice that leaves a single seat alone and need not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum LeftAlone {
    /// Nothing is held.
    #[default]
    Refuse,
    /// It is held, and said; it cannot be booked before it is mended.
    Tell,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packed_states_keep_each_seat_apart() {
        let mut states = SeatStates::free(6);
        states.set(0, SeatState::Sold);
        states.set(3, SeatState::Held);
        states.set(5, SeatState::Blocked);
        let words: Vec<_> = states.iter().map(SeatState::word).collect();
        assert_eq!(words, ["sold", "free", "free", "held", "free", "blocked"]);
        assert_eq!(states.packed(), [0b01_00_00_10, 0b00_00_11_00]);
        assert_eq!(SeatStates::of_packed(6, states.packed().to_vec()), Some(states));
        assert_eq!(SeatStates::of_packed(9, vec![0; 2]), None);
    }
}
