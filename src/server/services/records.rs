//! A booking as the database keeps it: a hold, a sale waiting for its payment, a sale.

use crate::{
    domain::{
        booking::{Booking, BookingStatus, PaymentMethod},
        ids::{BookingCode, HoldId, MovieId, ShowId},
        money::Money,
        show::{Hold, PricedSeat},
        text::Text,
    },
    server::{office::instant, problem::Refusal},
};
use iso_currency::Currency;
use serde::{Deserialize, Serialize};
use sqlx::{AnyExecutor, Row, any::AnyRow};

/// A show's number in the database, if the id is one of ours.
pub fn show_number(id: &ShowId) -> Option<i64> {
    id.0.parse().ok().filter(|n: &i64| *n >= 0 && n.to_string() == id.0)
}

/// A seat of a booking, with its frozen price.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Line {
    /// Its place in the order of the chart.
    pub ix: u32,
    #[serde(flatten)]
    pub seat: PricedSeat,
}

/// Where a booking stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    Held,
    Pending,
    Paid,
    Released,
    Expired,
    Cancelled,
}

impl Stage {
    fn of(word: &str) -> Option<Self> {
        Some(match word {
            "held" => Self::Held,
            "pending" => Self::Pending,
            "paid" => Self::Paid,
            "released" => Self::Released,
            "expired" => Self::Expired,
            "cancelled" => Self::Cancelled,
            _ => return None,
        })
    }
}

/// A row of `bookings` with what its show and film say.
#[derive(Clone, Debug)]
pub struct Record {
    pub id: String,
    pub show: i64,
    pub user: Option<String>,
    pub stage: Stage,
    pub lines: Vec<Line>,
    pub total: Money,
    pub token_hash: Option<String>,
    pub extensions: u32,
    /// Whether the last change of its seats left one alone that need not be.
    pub leaves_alone: bool,
    pub code: Option<String>,
    pub method: PaymentMethod,
    pub ticket: String,
    pub expires_at: i64,
    pub created_at: i64,
    pub paid_at: Option<i64>,
    /// Where the payment page leads back to.
    pub return_url: Option<String>,
    pub movie: MovieId,
    pub movie_title: Text,
    pub hall_name: Text,
    pub starts_at: i64,
    pub ends_at: i64,
}

/// The beginning of every query for records; `WHERE` follows.
macro_rules! select_records {
    ($rest:literal) => {
        concat!(
            "SELECT b.id, b.show_id, b.user_id, b.status, b.amount, b.currency, b.lines, b.token_hash, b.extensions,
                b.leaves_alone, b.code, b.method, b.ticket, b.expires_at, b.created_at, b.paid_at, b.return_url, s.movie_id,
                s.hall_name, s.starts_at, s.ends_at, m.title
             FROM bookings b JOIN shows s ON s.id=b.show_id JOIN movies m ON m.id=s.movie_id ",
            $rest
        )
    };
}
pub(crate) use select_records;

impl Record {
    /// The booking or hold with this id.
    pub async fn by_id<'e>(db: impl AnyExecutor<'e>, id: &str) -> Result<Option<Self>, Refusal> {
        let query = sqlx::query(select_records!("WHERE b.id=$1")).bind(id.to_owned());
        query.fetch_optional(db).await?.as_ref().map(Self::of).transpose()
    }

    pub fn of(row: &AnyRow) -> Result<Self, Refusal> {
        let stage: String = row.try_get("status")?;
        let currency: String = row.try_get("currency")?;
        let method: Option<String> = row.try_get("method")?;
        Ok(Self {
            id: row.try_get("id")?,
            show: row.try_get("show_id")?,
            user: row.try_get("user_id")?,
            stage: Stage::of(&stage).ok_or_else(|| Refusal::internal(format!("status {stage}")))?,
            lines: serde_json::from_str(row.try_get("lines")?).map_err(Refusal::internal)?,
            total: Money::new(
                row.try_get("amount")?,
                Currency::from_code(&currency).ok_or_else(|| Refusal::internal(format!("currency {currency}")))?,
            ),
            token_hash: row.try_get("token_hash")?,
            extensions: u32::try_from(row.try_get::<i64, _>("extensions")?).map_err(Refusal::internal)?,
            leaves_alone: row.try_get::<i64, _>("leaves_alone")? != 0,
            code: row.try_get("code")?,
            method: method.as_deref().map_or(PaymentMethod::None, method_of),
            ticket: row.try_get::<Option<String>, _>("ticket")?.unwrap_or_default(),
            expires_at: row.try_get("expires_at")?,
            created_at: row.try_get("created_at")?,
            paid_at: row.try_get("paid_at")?,
            return_url: row.try_get("return_url")?,
            movie: MovieId(row.try_get("movie_id")?),
            movie_title: Text::new(row.try_get("title")?),
            hall_name: Text::new(row.try_get("hall_name")?),
            starts_at: row.try_get("starts_at")?,
            ends_at: row.try_get("ends_at")?,
        })
    }

    /// Whether the seats are still kept: expiry is a comparison, not an event.
    pub fn is_live(&self, now: i64) -> bool {
        matches!(self.stage, Stage::Held | Stage::Pending) && self.expires_at > now
    }

    /// Whether it can be given back for its full price: until the show begins.
    pub fn is_refundable(&self, now: i64) -> bool {
        self.stage == Stage::Paid && now < self.starts_at
    }

    /// As a hold, seen at `now`, that may be extended so often in all.
    pub fn hold(&self, now: i64, extensions: u32) -> Result<Hold, Refusal> {
        Ok(Hold {
            id: HoldId(self.id.clone()),
            show: ShowId::new(self.show.to_string()),
            seats: self.seats(),
            total: Some(self.total),
            expires_at: Some(instant(self.expires_at)?),
            ttl_ms: Some(u64::try_from(self.expires_at - now).unwrap_or(0)),
            extensions_left: extensions.saturating_sub(self.extensions),
        })
    }

    /// As a booking, seen at `now`; `None` while it has no code.
    pub fn booking(&self, now: i64) -> Result<Option<Booking>, Refusal> {
        let Some(code) = &self.code else { return Ok(None) };
        Ok(Some(Booking {
            code: BookingCode(code.clone()),
            status: self.status(now),
            show: ShowId::new(self.show.to_string()),
            movie: self.movie.clone(),
            movie_title: self.movie_title.clone(),
            hall_name: self.hall_name.clone(),
            starts_at: Some(instant(self.starts_at)?),
            ends_at: Some(instant(self.ends_at)?),
            seats: self.seats(),
            total: Some(self.total),
            payment: self.method,
            created_at: instant(self.created_at)?,
            refundable: self.is_refundable(now).then_some(self.total),
            ticket: self.ticket.clone(),
            payment_page: None,
            unpayable: None,
            troubles: Vec::new(),
        }))
    }

    fn status(&self, now: i64) -> BookingStatus {
        match self.stage {
            Stage::Paid => BookingStatus::Paid,
            Stage::Cancelled => BookingStatus::Cancelled,
            _ if self.is_live(now) => BookingStatus::Pending,
            _ => BookingStatus::Expired,
        }
    }

    fn seats(&self) -> Vec<PricedSeat> {
        self.lines.iter().map(|line| line.seat.clone()).collect()
    }
}

fn method_of(word: &str) -> PaymentMethod {
    use PaymentMethod::{Card, Cash, Demo, Link};
    [Demo, Cash, Card, Link].into_iter().find(|m| m.word() == word).unwrap_or(PaymentMethod::None)
}

/// Lines as the database keeps them.
pub fn lines_json(lines: &[Line]) -> Result<String, Refusal> {
    serde_json::to_string(lines).map_err(Refusal::internal)
}
