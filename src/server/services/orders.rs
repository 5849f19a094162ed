//! What somebody wants: seats of a show, checked against its plan and priced.

use super::{
    catalogue, claims,
    plans::Plan,
    records::{Line, lines_json, show_number},
    seating::Found,
};
use crate::{
    domain::{
        chart::SeatKind,
        failure::{Conflict, ConflictReason},
        ids::{SeatId, SeatIx, ShowId},
        money::Money,
        show::{NamedSeat, PricedSeat, Show, TicketType},
    },
    server::{
        office::{Office, instant},
        problem::{Code, Refusal, quoted},
    },
};
use sqlx::AnyConnection;
use std::{collections::HashSet, sync::Arc};

/// The most seats in one hold or booking.
pub const MAX_SEATS: usize = 20;

/// A show with its plan: what seats are checked against.
pub struct Sale {
    pub number: i64,
    pub show: Show,
    pub plan: Arc<Plan>,
}

/// Seats that were asked for, by place in the chart.
pub struct Wanted {
    pub lines: Vec<Line>,
    /// Seats that nobody can have at this show.
    pub unsellable: Vec<Conflict>,
}

impl Wanted {
    /// What was found for a party.
    pub fn found(found: Found) -> Self {
        let mut lines = found.lines;
        lines.sort_by_key(|line| line.ix);
        Self { lines, unsellable: Vec::new() }
    }
}

impl Sale {
    pub async fn of(office: &Office, id: &ShowId) -> Result<Self, Refusal> {
        let show = catalogue::show(office, id).await?;
        let plan = office.plans.get(&office.db, &show.chart).await?;
        let number = show_number(id).ok_or_else(|| Refusal::internal("a show without a number"))?;
        Ok(Self { number, show, plan })
    }

    /// Sales to customers close when the show begins.
    pub fn must_be_open(&self, now: i64) -> Result<(), Refusal> {
        if now < self.show.starts_at.as_millisecond() {
            return Ok(());
        }
        Err(Refusal::new(Code::SaleClosed, "The show has begun; its sale is closed. Choose a later show."))
    }

    /// Finds and prices seats; each must exist and be named once.
    pub fn want(&self, seats: &[SeatId]) -> Result<Wanted, Refusal> {
        let mut wanted = Wanted { lines: Vec::new(), unsellable: Vec::new() };
        let mut seen = HashSet::new();
        for id in seats {
            let unknown = || {
                let detail = format!("There is no seat {} in {}.", quoted(&id.0), self.show.hall_name);
                Refusal::new(Code::UnknownSeat, detail)
            };
            let ix = self.plan.index(id).ok_or_else(unknown)?;
            if !seen.insert(ix) {
                let label = &self.plan.place(ix).label;
                return Err(Refusal::new(Code::InvalidRequest, format!("Seat {label} is named twice; name it once.")));
            }
            match self.line(ix, None) {
                _ if self.plan.place(ix).kind == SeatKind::Blocked => {
                    wanted.unsellable.push(self.conflict(ix, ConflictReason::Blocked))
                }
                None => wanted.unsellable.push(self.conflict(ix, ConflictReason::NotForSale)),
                Some(line) => wanted.lines.push(line),
            }
        }
        wanted.lines.sort_by_key(|line| line.ix);
        Ok(wanted)
    }

    /// A seat at its price for a ticket type, or at its category's price; `None` if it is not sold like that.
    pub fn line(&self, ix: u32, ticket: Option<&TicketType>) -> Option<Line> {
        let place = self.plan.place(ix);
        let price = match ticket {
            Some(ticket) => ticket.price(&place.category),
            None => self.show.price(&place.category),
        };
        let seat = PricedSeat {
            id: place.id.clone(),
            label: place.label.clone(),
            category: place.category_name.clone(),
            price: Some(price?),
            ticket: ticket.map(|ticket| ticket.name.clone()),
        };
        Some(Line { ix, seat })
    }

    /// Seats by the names that people know them by.
    pub fn named(&self, seats: &[SeatIx]) -> Vec<NamedSeat> {
        let named = |ix: &SeatIx| {
            let place = self.plan.place(ix.0);
            NamedSeat { seat: place.id.clone(), label: place.label.clone() }
        };
        seats.iter().map(named).collect()
    }

    /// The labels of seats, with commas.
    pub fn labels(&self, seats: &[SeatIx]) -> String {
        seats.iter().map(|ix| self.plan.place(ix.0).label.as_str()).collect::<Vec<_>>().join(", ")
    }

    /// A show can be moved to another plan, in which every place has another number: what was looked up in the old
    /// one must not be written then.
    pub async fn must_be_current(&self, tx: &mut AnyConnection) -> Result<(), Refusal> {
        let query = sqlx::query("SELECT 1 FROM shows WHERE id=$1 AND chart=$2");
        let same = query.bind(self.number).bind(self.show.chart.0.clone()).fetch_optional(tx).await?;
        same.map(drop).ok_or_else(|| {
            let detail = "The plan of the hall has just changed; nothing was done. Load the show again.";
            Refusal::new(Code::ChartChanged, detail)
        })
    }

    /// Whether a hold may consist of just these seats; returns what they cost.
    pub fn check(&self, lines: &[Line]) -> Result<Money, Refusal> {
        must_be_some(lines.len())?;
        let seats: Vec<u32> = lines.iter().map(|line| line.ix).collect();
        let halves = self.plan.half_couches(&seats);
        if !halves.is_empty() {
            let conflicts: Vec<_> = halves.iter().map(|&ix| self.conflict(ix, ConflictReason::NotForSale)).collect();
            let names: Vec<_> = conflicts.iter().map(|c| c.label.as_str()).collect();
            let detail = format!("A couch is sold whole: take both halves or none ({}).", names.join(", "));
            return Err(Refusal::about(Code::CouchSplit, detail, conflicts));
        }
        Money::sum(lines.iter().map(|line| line.seat.price)).ok_or_else(|| Refusal::internal("prices do not add up"))
    }

    /// Claims the seats for `booking`, all of them, or refuses with every seat that stands in the way.
    pub async fn claim(
        &self,
        tx: &mut AnyConnection,
        booking: &str,
        wanted: &Wanted,
        expires_at: i64,
        now: i64,
    ) -> Result<(), Refusal> {
        let seats: Vec<u32> = wanted.lines.iter().map(|line| line.ix).collect();
        if wanted.unsellable.is_empty() {
            self.must_be_current(tx).await?;
            let got = claims::claim(tx, self.number, booking, &seats, expires_at, now).await?;
            if got == seats.len() {
                return Ok(());
            }
        }
        let mut conflicts = wanted.unsellable.clone();
        if !seats.is_empty() {
            for (ix, end) in claims::taken(tx, self.number, booking, &seats, now).await? {
                let until = end.map(instant).transpose()?;
                let reason = if until.is_none() { ConflictReason::Sold } else { ConflictReason::Held };
                conflicts.push(Conflict { until, ..self.conflict(ix, reason) });
            }
        }
        Err(seat_taken(conflicts))
    }

    fn conflict(&self, ix: u32, reason: ConflictReason) -> Conflict {
        let place = self.plan.place(ix);
        Conflict::new(place.id.clone(), place.label.clone(), reason)
    }
}

/// Between one seat and the limit.
pub fn must_be_some(seats: usize) -> Result<(), Refusal> {
    match seats {
        0 => Err(Refusal::new(Code::NoSeats, "No seat is named; name at least one.")),
        1..=MAX_SEATS => Ok(()),
        _ => {
            Err(Refusal::new(Code::TooManySeats, format!("{seats} seats are too many; at most {MAX_SEATS} at a time.")))
        }
    }
}

fn seat_taken(conflicts: Vec<Conflict>) -> Refusal {
    let words: Vec<_> = conflicts.iter().map(|c| format!("{} {}", c.label, c.reason.words())).collect();
    Refusal::about(Code::SeatTaken, format!("Seat {}. Nothing was held.", words.join(", ")), conflicts)
}

/// No hold has more seats: what is named beyond that is not even looked up.
pub fn must_not_be_more(seats: usize) -> Result<(), Refusal> {
    must_be_some(seats.max(1))
}

/// A new row of `bookings`.
pub struct NewBooking<'a> {
    pub id: &'a str,
    pub show: i64,
    pub user: Option<&'a str>,
    pub channel: &'a str,
    /// `held` or `pending`.
    pub status: &'a str,
    pub lines: &'a [Line],
    pub total: Money,
    pub token_hash: &'a str,
    pub code: Option<String>,
    pub method: Option<&'a str>,
    /// Where the payment page leads back to.
    pub return_url: Option<&'a str>,
    pub expires_at: i64,
    pub created_at: i64,
}

impl NewBooking<'_> {
    pub async fn insert(self, tx: &mut AnyConnection) -> Result<(), Refusal> {
        sqlx::query(
            "INSERT INTO bookings(id,show_id,user_id,channel,status,seat_count,amount,currency,lines,token_hash,
                extensions,code,method,expires_at,created_at,return_url)
             VALUES($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,0,$11,$12,$13,$14,$15)",
        )
        .bind(self.id.to_owned())
        .bind(self.show)
        .bind(self.user.map(str::to_owned))
        .bind(self.channel.to_owned())
        .bind(self.status.to_owned())
        .bind(i64::try_from(self.lines.len()).map_err(Refusal::internal)?)
        .bind(self.total.minor)
        .bind(self.total.currency.code().to_owned())
        .bind(lines_json(self.lines)?)
        .bind(self.token_hash.to_owned())
        .bind(self.code)
        .bind(self.method.map(str::to_owned))
        .bind(self.expires_at)
        .bind(self.created_at)
        .bind(self.return_url.map(str::to_owned))
        .execute(tx)
        .await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        chart::cinechart,
        ids::{ChartHash, HallId, MovieId},
        show::CategoryPrice,
        text::Text,
    };
    use iso_currency::Currency;

    /// The studio with one seat blocked and one of a category that this show does not sell.
    fn sale() -> Sale {
        let text = include_str!("../../../assets/cinema/halls/studio.toml");
        let mut chart = cinechart::parse(text).unwrap();
        chart.seats[0].kind = SeatKind::Blocked;
        let mut unpriced = chart.categories[0].clone();
        unpriced.id = "unpriced".to_owned();
        chart.categories.push(unpriced);
        chart.seats[1].category = u16::try_from(chart.categories.len() - 1).unwrap();
        let price = CategoryPrice { category: "std".to_owned(), price: Some(Money::new(850, Currency::EUR)) };
        let show = Show {
            id: ShowId::new("1"),
            movie: MovieId::new("m"),
            movie_title: Text::new("M"),
            starts_at: "2026-11-22T20:00:00Z".parse().unwrap(),
            ends_at: "2026-11-22T22:00:00Z".parse().unwrap(),
            hall: HallId::new("studio"),
            hall_name: Text::new("Studio"),
            chart: ChartHash("0".to_owned()),
            seats: 1,
            free: Some(1),
            prices: vec![price],
            tickets: Vec::new(),
        };
        Sale { number: 1, show, plan: Arc::new(Plan::of(chart)) }
    }

    #[test]
    fn blocked_and_unpriced_seats_are_never_for_sale() {
        let sale = sale();
        let ids: Vec<SeatId> = sale.plan.places[..3].iter().map(|place| place.id.clone()).collect();
        let wanted = sale.want(&ids).unwrap();
        let reasons: Vec<_> = wanted.unsellable.iter().map(|conflict| conflict.reason).collect();
        assert_eq!(reasons, [ConflictReason::Blocked, ConflictReason::NotForSale]);
        assert_eq!(wanted.lines.len(), 1);
        assert_eq!(sale.check(&wanted.lines).unwrap(), Money::new(850, Currency::EUR));
    }

    #[test]
    fn the_sale_closes_the_moment_the_show_begins() {
        let (sale, start) = (sale(), sale().show.starts_at.as_millisecond());
        assert!(sale.must_be_open(start - 1).is_ok());
        assert_eq!(sale.must_be_open(start).unwrap_err().code, Code::SaleClosed);
    }
}
