//! Selling at a QuickShow server, which holds nothing and does not check what it is sent: the bookings and the map are
//! read before, the request is sent once, and what became of it is looked up ([`outcome`](super::outcome)).

use super::{
    Inner,
    answer::Answer,
    booked::{Desk, is_live},
    catalogue::Gone,
    choose::not_chosen,
    line::{NO_SUCH_ROUTE, PostFailure},
    outcome::{self, Afterwards, STILL_COMING, Said, Sent},
    payment_page::Payees,
    shapes::{self, MOST_BOOKINGS, Taken, ToldBooking},
    troubles::{is_taken, listed},
    variant::Route,
    words::{self, Asked},
};
use crate::{
    domain::{
        booking::Booking,
        failure::{Failure, FailureKind},
        ids::{HoldId, SaleKey, ShowId},
        show::{Hold, PricedSeat},
        text::clean,
    },
    effects::ports::{Bearer, Sale},
};
use reqwest::{Method, StatusCode};
use serde_json::json;
use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

/// How servers name the list of a person's bookings.
const BOOKINGS: [&str; 3] = ["bookings", "userBookings", "myBookings"];

/// The widest message taken from a server, in columns.
const MAX_MESSAGE: usize = 300;

/// The most sales that are remembered. Of a till that sells for weeks the oldest are forgotten, whose fate is known.
const MOST_SALES: usize = 500;

/// The sales of this program's life.
#[derive(Default)]
pub struct Sales(Mutex<HashMap<SaleKey, Tracked>>);

struct Tracked {
    sent: Sent,
    /// Whether it is known what became of it.
    settled: bool,
}

impl Sales {
    fn lock(&self) -> MutexGuard<'_, HashMap<SaleKey, Tracked>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn find(&self, key: &SaleKey) -> Option<Sent> {
        self.lock().get(key).map(|tracked| tracked.sent.clone())
    }

    /// Notes a sale just before it is sent. False: it was sent already. It fails while another request for one of its
    /// seats may still be on its way, which would book them twice.
    fn begin(&self, key: &SaleKey, sent: Sent) -> Result<bool, Failure> {
        let mut sales = self.lock();
        if sales.contains_key(key) {
            return Ok(false);
        }
        let on_its_way = |other: &&Tracked| {
            let age = Duration::from_millis(sent.at_ms.saturating_sub(other.sent.at_ms));
            !other.settled && age < STILL_COMING && other.sent.shares_a_seat(&sent.show, &sent.seats)
        };
        if sales.values().any(|other| on_its_way(&other)) {
            let why = "an earlier request for these seats may still be on its way: wait a minute, and look at your \
                       bookings before you try again";
            return Err(Failure::new(FailureKind::Refused, "sale_under_way", why));
        }
        let settled = sales.iter().filter(|(_, other)| other.settled);
        let oldest = settled.min_by_key(|(_, other)| other.sent.at_ms).map(|(key, _)| key.clone());
        if let Some(oldest) = oldest.filter(|_| sales.len() >= MOST_SALES) {
            sales.remove(&oldest);
        }
        sales.insert(key.clone(), Tracked { sent, settled: false });
        Ok(true)
    }

    fn forget(&self, key: &SaleKey) {
        self.lock().remove(key);
    }

    fn answered(&self, key: &SaleKey, said: Said) {
        if let Some(tracked) = self.lock().get_mut(key) {
            tracked.sent.said = said;
        }
    }

    fn settle(&self, key: &SaleKey) {
        if let Some(tracked) = self.lock().get_mut(key) {
            tracked.settled = true;
        }
    }
}

impl Inner {
    /// Books what was chosen. Everything that was sent is [`Sale::Sent`], also what was refused: the answer alone
    /// proves nothing. It fails where nothing was sent.
    pub async fn book(&self, bearer: Bearer, hold: &HoldId, key: &SaleKey) -> Result<Sale, Failure> {
        if self.sales.find(key).is_some() {
            return Ok(Sale::Sent);
        }
        let Hold { show, seats, .. } = self.choices.get(hold).ok_or_else(not_chosen)?;
        // A choice has no end of its own, and the server would sell a show that is over.
        self.open_show(&show).await?;
        // Three requests of one call of the person's, one after the other.
        let token = bearer.into_secret();
        let bearer = || Bearer::new(token.clone());
        // That the bookings can be read shows that the server knows who asks, and later which booking is new.
        let before = self.told_bookings(bearer()).await?;
        self.has_none_of(&show, &seats, &before)?;
        let taken = self.taken_seats(&show, bearer()).await?;
        let gone: Vec<&PricedSeat> = seats.iter().filter(|seat| is_taken(&taken, seat.id.as_str())).collect();
        if !gone.is_empty() {
            return Err(outcome::gone(&gone, "Nothing is booked".to_owned()));
        }
        let names: Vec<_> = seats.iter().map(|seat| seat.id.as_str()).collect();
        let request = json!({ "showId": show.as_str(), "selectedSeats": names });
        let sent = Sent {
            show,
            seats,
            at_ms: self.clock.monotonic_ms(),
            before: before.into_iter().map(|booking| booking.id).collect(),
            said: Said::Unclear(format!("{} did not answer the booking", self.line.shown())),
        };
        if !self.sales.begin(key, sent)? {
            return Ok(Sale::Sent);
        }
        match self.tell(Route::Create, &request, bearer()).await {
            Ok(answer) => {
                self.sales.answered(key, said(&answer, &self.line.shown()));
            }
            Err(PostFailure::NotSent(why)) => {
                self.sales.forget(key);
                return Err(why);
            }
            Err(PostFailure::Refused(why)) if why.code == NO_SUCH_ROUTE => {
                self.sales.forget(key);
                return Err(why);
            }
            Err(PostFailure::Refused(why)) => self.sales.answered(key, Said::No(why)),
            Err(PostFailure::Lost(why)) => {
                tracing::warn!(why = why.why, "a booking has no answer that can be read");
                if why.kind != FailureKind::Offline {
                    self.sales.answered(key, Said::Unclear(why.why));
                }
            }
        }
        Ok(Sale::Sent)
    }

    /// Looks what became of a sale.
    pub async fn sold(&self, bearer: Bearer, key: &SaleKey) -> Result<Booking, Failure> {
        let Some(sent) = self.sales.find(key) else {
            return Err(Failure::new(FailureKind::Other, "no_sale", "no such booking was sent by this program"));
        };
        let token = bearer.into_secret();
        let bearer = || Bearer::new(token.clone());
        let bookings = self.told_bookings(bearer()).await;
        let map = self.taken_seats(&sent.show, bearer()).await;
        let age = Duration::from_millis(self.clock.monotonic_ms().saturating_sub(sent.at_ms));
        let after = Afterwards { bookings, map, age };
        let outcome = outcome::of(&sent, after, &self.desk(), &self.line.shown());
        if !matches!(&outcome, Err(why) if why.kind == FailureKind::Unknown) {
            self.sales.settle(key);
        }
        outcome
    }

    /// All bookings of a person.
    pub async fn bookings(&self, bearer: Bearer) -> Result<Vec<Booking>, Failure> {
        let told = self.told_bookings(bearer).await?;
        Ok(self.desk().bookings(&told))
    }

    /// The bookings as the server lists them. Their shows tell what seats cost.
    async fn told_bookings(&self, bearer: Bearer) -> Result<Vec<ToldBooking>, Failure> {
        let has_list = |answer: &Answer| answer.list(&BOOKINGS).is_some();
        let answer = self.ask(Route::Bookings, None, Some(bearer), has_list).await?;
        let list = answer.list(&BOOKINGS).unwrap_or_default();
        let currency = self.terms.currency;
        let known = list.iter().take(MOST_BOOKINGS).filter_map(|one| shapes::booking(one, currency));
        let told = self.readable(Route::Bookings, &answer, list.len(), known.collect())?;
        for show in told.iter().filter_map(|booking| booking.show.as_ref()) {
            if let Some(price) = show.price {
                self.learn_price(&show.id, price);
            }
        }
        Ok(told)
    }

    /// The names of the seats of a show that cannot be had, also of those that somebody is about to pay for.
    async fn taken_seats(&self, show: &ShowId, bearer: Bearer) -> Result<Vec<Taken>, Failure> {
        let Gone { mut taken, held } = self.gone(show, Some(bearer)).await?;
        taken.extend(held);
        Ok(taken)
    }

    /// Refuses a seat that this person has booked already: on the map of a server that has lost it, it is free.
    fn has_none_of(&self, show: &ShowId, seats: &[PricedSeat], bookings: &[ToldBooking]) -> Result<(), Failure> {
        let now = self.line.times.now();
        let of_show = |booking: &&ToldBooking| {
            is_live(booking, now) && booking.show.as_ref().is_some_and(|told| told.id == *show)
        };
        for booking in bookings.iter().filter(of_show) {
            let own: Vec<_> = seats.iter().map(|seat| &seat.label).filter(|l| booking.seats.contains(l)).collect();
            if !own.is_empty() {
                let (seats, id) = (listed(&own, "is", "are"), &booking.id);
                let todo = if booking.paid { "it is paid" } else { "pay that one, or let it end" };
                let why = format!("{seats} yours already by booking {id}: {todo}; nothing was sent");
                return Err(Failure::new(FailureKind::Refused, "already_booked", why));
            }
        }
        Ok(())
    }

    fn desk(&self) -> Desk {
        let payees = Payees { server: self.line.host(), hosts: self.terms.payment_hosts.clone() };
        Desk { payees, now: self.line.times.now(), ahead: self.line.times.ahead() }
    }
}

/// What an answer that is no refusal says. One server answers its errors as a success with a message; another takes
/// the money from a purse and names no page.
fn said(answer: &Answer, server: &str) -> Said {
    let link = answer.part(&["url", "paymentLink", "paymentUrl"]).and_then(|link| shapes::address(link.as_str()?));
    if link.is_some() || answer.part(&["booking", "bookingId", "bookingCode", "paidWithWallet"]).is_some() {
        return Said::Yes { link };
    }
    let Some(message) = answer.message() else {
        return Said::Unclear(format!("{server} answered the booking without saying what became of it"));
    };
    let message = clean(&message, MAX_MESSAGE);
    let asked = Asked { method: &Method::POST, path: &["create"], signed_in: true, status: StatusCode::OK };
    Said::No(words::refusal(&message, asked, server))
}

#[cfg(test)]
mod limits;
#[cfg(all(test, feature = "server"))]
mod tests;
