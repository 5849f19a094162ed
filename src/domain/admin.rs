//! What those who run a cinema see of it.

pub mod typed;

use super::{
    failure::{Failure, FailureKind},
    ids::{MovieId, ShowId},
    money::Money,
    text::Text,
};
use jiff::{Timestamp, civil::DateTime};

/// The code of a failure: whoever asks is nobody who runs the cinema.
pub const NOT_ADMIN: &str = "not_admin";

/// What is said to whoever asks for these pages and is nobody who runs the cinema.
pub const FOR_STAFF: &str = "these pages are for those who run the cinema, and this sign-in is not one of theirs";

/// The failure where the API of a server has no such pages.
pub fn no_pages(server: &str) -> Failure {
    let why = format!("the API of {server} has no pages for those who run the cinema");
    Failure::new(FailureKind::Refused, "no_admin_pages", why)
}

/// The cinema at a glance.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Dashboard {
    /// Absent where the server does not say it; so for each.
    pub bookings: Option<u64>,
    pub revenue: Option<Money>,
    pub people: Option<u64>,
    /// The shows that are on sale, by time.
    pub shows: Vec<ShowSales>,
}

/// A show and what was sold of it.
#[derive(Clone, Debug, PartialEq)]
pub struct ShowSales {
    pub show: ShowId,
    /// Absent when the film was removed.
    pub movie: Option<MovieId>,
    pub movie_title: Text,
    pub starts_at: Option<Timestamp>,
    pub price: Option<Money>,
    /// Seats that are taken, those that are not paid yet among them.
    pub taken: u32,
}

impl ShowSales {
    /// What the taken seats cost together, if the price is known.
    pub fn earnings(&self) -> Option<Money> {
        let price = self.price?;
        Some(Money { minor: price.minor.checked_mul(i64::from(self.taken))?, ..price })
    }
}

/// A booking of anybody's.
#[derive(Clone, Debug, PartialEq)]
pub struct SoldBooking {
    /// The server's id of it.
    pub id: String,
    /// Who made it; empty when the server does not know them any more.
    pub person: Text,
    pub movie_title: Text,
    pub show: Option<ShowId>,
    pub starts_at: Option<Timestamp>,
    pub seats: Vec<Text>,
    pub total: Option<Money>,
    pub paid: bool,
    pub created_at: Option<Timestamp>,
    /// Those of its seats that another live booking of the same show has, too.
    pub doubled: Vec<Text>,
}

/// A film that could be shown, from the catalogue that the server draws from.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    pub id: MovieId,
    pub title: Text,
    /// 0 when unknown.
    pub year: i16,
    pub rating: Option<f32>,
    pub overview: Text,
}

/// Shows to be added: one film at one price.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewShows {
    pub movie: MovieId,
    /// By the server's own clock and time zone, which it does not tell.
    pub times: Vec<DateTime>,
    /// In the currency of the cinema; of an unknown one where it has none.
    pub price: Money,
}

/// What the person at this program may do here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    Customer,
    Admin,
}
