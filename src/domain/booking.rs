//! Bookings.

use super::{
    ids::{BookingCode, MovieId, ShowId},
    money::Money,
    show::PricedSeat,
    text::Text,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Seats that belong to someone.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Booking {
    pub code: BookingCode,
    pub status: BookingStatus,
    pub show: ShowId,
    pub movie: MovieId,
    pub movie_title: Text,
    pub hall_name: Text,
    #[cfg_attr(feature = "server", schema(value_type = String, format = DateTime))]
    pub starts_at: Timestamp,
    #[cfg_attr(feature = "server", schema(value_type = String, format = DateTime))]
    pub ends_at: Timestamp,
    pub seats: Vec<PricedSeat>,
    pub total: Money,
    pub payment: PaymentMethod,
    #[cfg_attr(feature = "server", schema(value_type = String, format = DateTime))]
    pub created_at: Timestamp,
    /// What a cancellation now would give back; absent when it cannot be cancelled any more.
    #[serde(default)]
    pub refundable: Option<Money>,
    /// What the QR code of the ticket carries: signed, upper-case letters, digits and the QR alphanumeric signs.
    pub ticket: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum BookingStatus {
    Pending,
    Paid,
    Cancelled,
    Expired,
}

impl BookingStatus {
    pub fn word(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Paid => "paid",
            Self::Cancelled => "cancelled",
            Self::Expired => "expired",
        }
    }
}

/// How a booking is paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum PaymentMethod {
    /// The demo cinema's: nothing moves.
    Demo,
    /// At the box office.
    Cash,
    /// A card terminal beside the till.
    Card,
    /// A payment page by link.
    Link,
    /// Nothing to pay.
    None,
}

impl PaymentMethod {
    pub fn word(self) -> &'static str {
        match self {
            Self::Demo => "demo",
            Self::Cash => "cash",
            Self::Card => "card",
            Self::Link => "link",
            Self::None => "none",
        }
    }
}
