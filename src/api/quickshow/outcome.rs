//! What became of a booking that was sent: told by what the server lists afterwards, and by nothing that it answered.
//!
//! These servers write the seats before they make the payment page, so that a refusal may leave the seats taken; they
//! say that seats are not available whatever went wrong; and an answer that does not come may still be made.

use super::{
    booked::Desk,
    shapes::{Taken, ToldBooking},
    troubles::{is_same, is_taken, listed},
};
use crate::domain::{
    booking::Booking,
    failure::{Conflict, ConflictReason, Failure, FailureKind},
    ids::ShowId,
    show::PricedSeat,
    text::Text,
};
use crate::effects::ports::wants_another_token;
use std::{collections::HashSet, time::Duration};

/// So long a request without an answer, or a booking that is not listed, may still come true.
pub const STILL_COMING: Duration = Duration::from_secs(60);

/// A booking that was sent.
#[derive(Clone, Debug)]
pub struct Sent {
    pub show: ShowId,
    pub seats: Vec<PricedSeat>,
    /// When, on the clock that never jumps.
    pub at_ms: u64,
    /// The ids of this person's bookings before.
    pub before: HashSet<String>,
    pub said: Said,
}

/// What the server said to it.
#[derive(Clone, Debug, PartialEq)]
pub enum Said {
    /// Nothing that tells what it has done: what happened instead, in words that can begin a sentence.
    Unclear(String),
    /// That it is booked, and where it is paid.
    Yes { link: Option<String> },
    /// That it is not.
    No(Failure),
}

/// What the server tells afterwards.
pub struct Afterwards {
    /// This person's bookings.
    pub bookings: Result<Vec<ToldBooking>, Failure>,
    /// The taken seats of the show.
    pub map: Result<Vec<Taken>, Failure>,
    /// Since it was sent.
    pub age: Duration,
}

impl Sent {
    fn labels(&self) -> Vec<&Text> {
        self.seats.iter().map(|seat| &seat.label).collect()
    }

    /// Whether these are just its seats, in any order.
    fn is_of(&self, names: &[Text]) -> bool {
        let has = |seat: &PricedSeat| names.iter().any(|name| is_same(name.as_str(), seat.id.as_str()));
        names.len() == self.seats.len() && self.seats.iter().all(has)
    }

    /// Whether it is of a seat that this one is of, too.
    pub fn shares_a_seat(&self, show: &ShowId, seats: &[PricedSeat]) -> bool {
        self.show == *show && seats.iter().any(|seat| self.seats.iter().any(|own| own.id == seat.id))
    }

    /// The booking that it has become: one that was not there before, with the same page to pay at, or of just these
    /// seats. Of several the newest.
    fn found<'a>(&self, bookings: &'a [ToldBooking]) -> Option<&'a ToldBooking> {
        let new = || bookings.iter().filter(|booking| !self.before.contains(&booking.id));
        if let Said::Yes { link: Some(link) } = &self.said
            && let Some(booking) = new().find(|booking| booking.link.as_ref() == Some(link))
        {
            return Some(booking);
        }
        let is_it = |booking: &&ToldBooking| {
            booking.show.as_ref().is_none_or(|show| show.id == self.show) && self.is_of(&booking.seats)
        };
        new().filter(is_it).max_by_key(|booking| booking.created_at)
    }
}

/// The booking that was made, or why there is none. It fails with [`FailureKind::Unknown`] while it may still come.
pub fn of(sent: &Sent, after: Afterwards, desk: &Desk, server: &str) -> Result<Booking, Failure> {
    let bookings = after.bookings.map_err(|why| unreadable(sent, &why))?;
    if let Some(told) = sent.found(&bookings) {
        let mut told = told.clone();
        if let (None, Said::Yes { link }) = (&told.link, &sent.said) {
            told.link.clone_from(link);
        }
        let map = after.map.ok();
        return Ok(desk.booking(&told, &bookings, map.as_deref()));
    }
    let map = Map::of(sent, after.map.as_deref());
    let may_come = after.age < STILL_COMING;
    Err(match &sent.said {
        Said::Yes { .. } if may_come => unknown(format!(
            "{server} says that {}, but does not list the booking so far: look again in a moment, and do not try again \
             before",
            listed(&sent.labels(), "is booked", "are booked")
        )),
        Said::Yes { .. } => Failure::new(
            FailureKind::Other,
            "no_booking",
            format!(
                "{server} said that {}, but lists no such booking{}: do not pay anything; look at your bookings, and \
                 ask the cinema if it is not there",
                listed(&sent.labels(), "is booked", "are booked"),
                map.aside()
            ),
        ),
        Said::Unclear(happened) if may_come || map == Map::Unread => unknown(format!(
            "{happened}. No booking is listed so far, but it may still be on its way: look again in a minute, and do \
             not try again before"
        )),
        Said::Unclear(happened) => {
            without_booking(map, happened, || Failure::new(FailureKind::Other, "not_booked", ""))
        }
        Said::No(no) if no.code == "seat_taken" => unavailable(map, server),
        Said::No(no) => {
            let again = || match no.kind {
                // The look afterwards was accepted, so that nobody has to sign in anew.
                FailureKind::SignIn => Failure::new(FailureKind::Refused, "not_accepted", ""),
                _ => Failure { why: String::new(), ..no.clone() },
            };
            without_booking(map, no.why.trim_end_matches('.'), again)
        }
    })
}

/// What the map shows of the seats that were wanted, all of which were free before.
#[derive(PartialEq)]
enum Map<'a> {
    Unread,
    AllFree(Vec<&'a Text>),
    /// Some are taken: not by this request, which takes all of its seats or none.
    SomeTaken(Vec<&'a PricedSeat>),
    AllTaken(Vec<&'a PricedSeat>),
}

impl<'a> Map<'a> {
    fn of(sent: &'a Sent, taken: Result<&[Taken], &Failure>) -> Self {
        let Ok(taken) = taken else { return Self::Unread };
        let gone: Vec<_> = sent.seats.iter().filter(|seat| is_taken(taken, seat.id.as_str())).collect();
        match gone.len() {
            0 => Self::AllFree(sent.labels()),
            some if some < sent.seats.len() => Self::SomeTaken(gone),
            _ => Self::AllTaken(gone),
        }
    }

    /// What it shows, as an aside.
    fn aside(&self) -> String {
        let shown = match self {
            Self::Unread => return String::new(),
            Self::AllFree(seats) => listed(seats, "is", "are"),
            Self::SomeTaken(seats) | Self::AllTaken(seats) => listed(&labels(seats), "is", "are"),
        };
        let how = if matches!(self, Self::AllFree(_)) { "free" } else { "taken" };
        format!(", while {shown} {how} on its map")
    }
}

/// There is no booking; `happened` begins the sentence, `failure` has the kind where the seats are as they were.
fn without_booking(map: Map<'_>, happened: &str, failure: impl Fn() -> Failure) -> Failure {
    match map {
        Map::AllFree(seats) => Failure {
            why: format!("{happened}. Nothing is booked; {} on its map", listed(&seats, "is free", "are free")),
            ..failure()
        },
        Map::Unread => Failure {
            why: format!(
                "{happened}. No booking is listed; whether the seats are taken is not known, since its map cannot be \
                 read: look at it before you try again"
            ),
            ..failure()
        },
        Map::SomeTaken(seats) => gone(&seats, format!("{happened}. Nothing is booked")),
        Map::AllTaken(seats) => {
            let why = format!(
                "{happened}. No booking is listed, but {} on its map now, by this very request unless somebody else was \
                 faster: that stays so until the server lets go, which takes 10 minutes or for ever. Choose other \
                 seats, or ask the cinema",
                listed(&labels(&seats), "is taken", "are taken")
            );
            Failure { conflicts: conflicts(&seats), ..Failure::new(FailureKind::SeatGone, "seats_stuck", why) }
        }
    }
}

/// The server says that the seats are not available, as it does of any error.
fn unavailable(map: Map<'_>, server: &str) -> Failure {
    match map {
        Map::SomeTaken(seats) | Map::AllTaken(seats) => gone(&seats, "Nothing is booked".to_owned()),
        Map::AllFree(seats) => {
            let why = format!(
                "Nothing is booked: {server} says that the seats are not available, which it says of any error, while \
                 {} on its map",
                listed(&seats, "is free", "are free")
            );
            Failure::new(FailureKind::Refused, "refused", why)
        }
        Map::Unread => {
            let why = format!("Nothing is booked: {server} says that the seats are not available");
            Failure::new(FailureKind::SeatGone, "seat_taken", why)
        }
    }
}

/// Seats that somebody else has.
pub fn gone(seats: &[&PricedSeat], happened: String) -> Failure {
    let taken = listed(&labels(seats), "has just been taken by somebody else", "have just been taken by somebody else");
    let why = format!("{happened}: {taken}. Choose other seats");
    Failure { conflicts: conflicts(seats), ..Failure::new(FailureKind::SeatGone, "seat_taken", why) }
}

fn conflicts(seats: &[&PricedSeat]) -> Vec<Conflict> {
    let sold = |seat: &&PricedSeat| Conflict::new(seat.id.clone(), seat.label.clone(), ConflictReason::Sold);
    seats.iter().map(sold).collect()
}

fn labels<'a>(seats: &[&'a PricedSeat]) -> Vec<&'a Text> {
    seats.iter().map(|seat| &seat.label).collect()
}

/// The bookings cannot be read. The code of a refused token is kept, so that it is asked again with another one.
fn unreadable(sent: &Sent, why: &Failure) -> Failure {
    let asked = listed(&sent.labels(), "is booked", "are booked");
    let words = format!(
        "It is not known whether {asked}, since your bookings cannot be read ({}): look again before you try again",
        why.why.trim_end_matches('.')
    );
    let code = if wants_another_token(why) { why.code.as_str() } else { "outcome_unknown" };
    Failure::new(FailureKind::Unknown, code, words)
}

fn unknown(why: String) -> Failure {
    Failure::new(FailureKind::Unknown, "outcome_unknown", why)
}

#[cfg(test)]
mod tests;
