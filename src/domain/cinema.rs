//! The cinema itself.

use super::{
    seating::orphan::OrphanMode,
    text::Text,
    time::{self, Calendar, Days},
};
use serde::{Deserialize, Serialize};

/// What a client must know of a cinema before anything else.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Cinema {
    pub name: Text,
    /// IANA name, such as `Europe/Berlin`; all times are shown in it.
    pub timezone: String,
    /// ISO 4217 letters of the currency of its prices.
    pub currency: String,
    /// True for the demo cinema: no money moves.
    pub demo: bool,
    /// The most seats in one hold or booking.
    pub max_seats: u32,
    /// How strict the box office is about single seats that are left alone.
    #[serde(default)]
    pub orphan_rule: OrphanMode,
    /// Wheelchair spaces and companion places are sold to everybody from so many minutes before the show; 0: only
    /// when nothing else is left.
    #[serde(default)]
    pub release_accessible_min: u32,
    /// What can be done here besides choosing and booking. It follows from the API that is spoken.
    #[serde(skip)]
    pub abilities: Abilities,
}

impl Cinema {
    /// How its days are counted.
    pub fn calendar(&self) -> Calendar {
        Calendar { zone: time::zone(&self.timezone), days: self.abilities.days }
    }
}

/// What a box office can do beyond showing films and selling seats; decides what screens show. The default is what our
/// own can.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Abilities {
    /// Whether chosen seats are kept for the person before they are booked.
    pub holds: Holds,
    /// How shows stand under days.
    pub days: Days,
    /// Whether a booking is paid at a page by link after it was made, and not with it.
    pub pays_later: bool,
    /// Whether bookings can be cancelled.
    pub cancels: bool,
    /// Whether there are pages for those who run the cinema.
    pub admin: bool,
    /// Whether it may have trailers and recommendations.
    pub extras: bool,
}

/// See [`Abilities::holds`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holds {
    Kept,
    /// Seats are anybody's until the server answers a booking.
    None,
}

impl Default for Abilities {
    fn default() -> Self {
        Self { holds: Holds::Kept, days: Days::Business, pays_later: false, cancels: true, admin: false, extras: false }
    }
}
