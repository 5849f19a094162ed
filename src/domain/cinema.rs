//! The cinema itself.

use super::{seating::orphan::OrphanMode, text::Text};
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
}
