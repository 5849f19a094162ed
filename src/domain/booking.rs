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
    /// Absent when the show was removed at the server.
    #[serde(default)]
    #[cfg_attr(feature = "server", schema(value_type = Option<String>, format = DateTime))]
    pub starts_at: Option<Timestamp>,
    #[serde(default)]
    #[cfg_attr(feature = "server", schema(value_type = Option<String>, format = DateTime))]
    pub ends_at: Option<Timestamp>,
    pub seats: Vec<PricedSeat>,
    /// Absent when the server does not say it.
    #[serde(default)]
    pub total: Option<Money>,
    pub payment: PaymentMethod,
    #[cfg_attr(feature = "server", schema(value_type = String, format = DateTime))]
    pub created_at: Timestamp,
    /// What a cancellation now would give back; absent when it cannot be cancelled any more.
    #[serde(default)]
    pub refundable: Option<Money>,
    /// What the QR code of the ticket carries: signed, upper-case letters, digits and the QR alphanumeric signs. Empty
    /// where the server signs no tickets.
    #[serde(default)]
    pub ticket: String,
    /// Where it is paid, while it is not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment_page: Option<PaymentPage>,
    /// Why there is no page to pay it at although it is not paid, and what to do, in a sentence for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unpayable: Option<Text>,
    /// What is wrong with its seats, as far as the server's answers show.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub troubles: Vec<SeatTrouble>,
}

/// Why a booking that could still be paid cannot be any more: the server has stopped telling of it.
pub const GONE: &str = "The box office does not list this booking any more, and does not say why. Do not pay it; if you have \
                        paid, ask the cinema with the code.";

/// A page at which a booking is paid.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct PaymentPage {
    /// `https`, or `http` of this machine or the box office's own; without control characters.
    pub url: String,
    /// After this it must not be paid any more: the seats may be somebody else's by then, while the page still takes
    /// the money.
    #[cfg_attr(feature = "server", schema(value_type = String, format = DateTime))]
    pub until: Timestamp,
}

/// A booked seat that the server's own answers do not agree on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct SeatTrouble {
    pub label: Text,
    pub trouble: Trouble,
}

/// See [`SeatTrouble`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Trouble {
    /// The show's map has it as free: it can be sold again.
    Lost,
    /// The show's map, or another booking, has it as somebody else's.
    Doubled,
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
