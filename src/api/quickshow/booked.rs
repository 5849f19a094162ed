//! Bookings as a server lists them, and what of them a person can rely on.
//!
//! Seats of a booking that is not paid are let go after ten minutes, while its payment page takes money for half an
//! hour; by then they may be somebody else's. So nobody is sent to a page whose booking is too old, or whose seats are
//! not theirs alone by the server's own answers.

use super::{
    payment_page::Payees,
    shapes::{REMOVED, Taken, ToldBooking, ToldShow},
    troubles::{self, listed},
};
use crate::domain::{
    booking::{Booking, BookingStatus, PaymentMethod, PaymentPage, SeatTrouble, Trouble},
    ids::{BookingCode, MovieId, SeatId, ShowId},
    show::PricedSeat,
    text::Text,
};
use jiff::{SignedDuration, Timestamp};

/// So long the seats of a booking that is not paid are kept.
pub const KEPT: SignedDuration = SignedDuration::from_mins(10);
/// By so much a booking may seem to be made in the future, by clocks that do not quite agree.
const CLOCKS_DIFFER: SignedDuration = SignedDuration::from_mins(2);

/// What bookings are judged by.
pub struct Desk {
    pub payees: Payees,
    /// The moment on the server's clock.
    pub now: Timestamp,
    /// By how much that clock is ahead of this machine's.
    pub ahead: SignedDuration,
}

impl Desk {
    /// All bookings of a person, in their order.
    pub fn bookings(&self, all: &[ToldBooking]) -> Vec<Booking> {
        all.iter().map(|one| self.booking(one, all, None)).collect()
    }

    /// One of a person's bookings, among all of them. `map` is the map of its show, where it was read after them.
    pub fn booking(&self, one: &ToldBooking, all: &[ToldBooking], map: Option<&[Taken]>) -> Booking {
        let status = match one.paid {
            true => BookingStatus::Paid,
            false if is_live(one, self.now) => BookingStatus::Pending,
            false => BookingStatus::Expired,
        };
        let troubles = self.troubles(one, all, map);
        let page = match status {
            BookingStatus::Paid => None,
            BookingStatus::Pending => Some(self.payable(one, all, &troubles)),
            _ if one.created_at.is_none() => Some(Err("The server does not say when it was made, so nobody knows \
                 whether its seats are kept: ask the cinema before you pay."
                .to_owned())),
            _ => {
                Some(Err("It was not paid within 10 minutes of the booking: do not pay it any more, since its seats \
                           may be somebody else's; book again."
                    .to_owned()))
            }
        };
        let (payment_page, unpayable) = match page {
            None => (None, None),
            Some(Ok(page)) => (Some(page), None),
            Some(Err(why)) => (None, Some(Text::new(&why))),
        };
        let show = one.show.as_ref();
        let price = show.and_then(|show| show.price);
        let seat = |label: &Text| PricedSeat {
            id: SeatId::new(label.as_str()),
            label: label.clone(),
            category: Text::default(),
            price,
            ticket: None,
        };
        Booking {
            code: BookingCode::new(&one.id),
            status,
            show: show.map_or_else(|| ShowId::new(""), |show| show.id.clone()),
            movie: show.and_then(|show| show.movie.clone()).unwrap_or_else(|| MovieId::new("")),
            movie_title: title(show),
            hall_name: show.map(|show| show.room.clone()).unwrap_or_default(),
            starts_at: show.and_then(|show| show.starts_at),
            ends_at: show.and_then(ends_at),
            seats: one.seats.iter().map(seat).collect(),
            total: one.amount,
            payment: PaymentMethod::Link,
            created_at: one.created_at.unwrap_or(Timestamp::UNIX_EPOCH),
            refundable: None,
            ticket: String::new(),
            payment_page,
            unpayable,
            troubles,
        }
    }

    /// What is wrong with the seats of a booking that has a claim on them, until its show is over.
    fn troubles(&self, one: &ToldBooking, all: &[ToldBooking], map: Option<&[Taken]>) -> Vec<SeatTrouble> {
        let show = one.show.as_ref();
        let over = show.and_then(|show| ends_at(show).or(show.starts_at)).is_some_and(|end| end < self.now);
        if over || !is_live(one, self.now) {
            return Vec::new();
        }
        let person = one.person.as_ref().map(|person| person.id.as_str());
        // What a map shows that was read after the bookings may be newer.
        let maps = [show.and_then(|show| show.taken.as_deref()), map];
        let mut found: Vec<SeatTrouble> = Vec::new();
        for trouble in maps.into_iter().flatten().flat_map(|taken| troubles::of(&one.seats, person, taken)) {
            if !found.iter().any(|known| known.label == trouble.label) {
                found.push(trouble);
            }
        }
        for seat in self.had_before(one, all).into_iter().flat_map(|other| shared(one, other)) {
            if !found.iter().any(|known| known.label == *seat) {
                found.push(SeatTrouble { label: seat.clone(), trouble: Trouble::Doubled });
            }
        }
        found
    }

    /// The live bookings of the same person that share a seat with this one and have it rather: the one that is paid,
    /// else the one that was made before.
    fn had_before<'a>(&self, one: &ToldBooking, all: &'a [ToldBooking]) -> Vec<&'a ToldBooking> {
        let shares = |other: &&ToldBooking| {
            is_live(other, self.now) && rank(other) < rank(one) && !shared(one, other).is_empty()
        };
        all.iter().filter(shares).collect()
    }

    /// Where a booking that is not too old is paid, or why it should not be.
    fn payable(&self, one: &ToldBooking, all: &[ToldBooking], troubles: &[SeatTrouble]) -> Result<PaymentPage, String> {
        let made = one.created_at.unwrap_or(Timestamp::UNIX_EPOCH);
        if made.duration_since(self.now) > CLOCKS_DIFFER {
            return Err(
                "By the server's clock it was made in the future, so nobody knows how long its seats are kept: \
                        ask the cinema before you pay."
                    .to_owned(),
            );
        }
        if one.show.as_ref().is_none_or(|show| show.movie.is_none() && show.movie_title.as_str() == REMOVED) {
            return Err("The cinema has removed its show or its film: ask the cinema before you pay.".to_owned());
        }
        if one.seats.is_empty() {
            return Err("It has no seats: do not pay it.".to_owned());
        }
        if let [other, ..] = self.had_before(one, all).as_slice() {
            let seats = listed(&shared(one, other), "is", "are");
            return Err(format!(
                "Do not pay it: {seats} yours already by booking {}. This one ends by itself 10 minutes after it was \
                 made.",
                other.id
            ));
        }
        if !troubles.is_empty() {
            return Err(format!(
                "Do not pay it: on the server's map {}. Look again in a moment; if it stays so, let this booking end \
                 by itself, 10 minutes after it was made, and choose other seats.",
                troubles::words(troubles)
            ));
        }
        // The seats are kept until a moment of the server's clock, which is counted down to on this machine's.
        let until = made.checked_add(KEPT).and_then(|until| until.checked_sub(self.ahead)).unwrap_or(made);
        self.payees.page(one.link.as_deref().unwrap_or_default(), until)
    }
}

/// Whether a booking has a claim on its seats at this moment of the server's clock: it is paid, or not too old to be.
pub fn is_live(booking: &ToldBooking, now: Timestamp) -> bool {
    booking.paid || booking.created_at.is_some_and(|made| now.duration_since(made) < KEPT)
}

/// Which of two bookings has a seat rather: the lesser.
fn rank(one: &ToldBooking) -> (bool, Option<Timestamp>, &str) {
    (!one.paid, one.created_at, &one.id)
}

/// The seats that two bookings of one show both have.
pub fn shared<'a>(one: &'a ToldBooking, other: &ToldBooking) -> Vec<&'a Text> {
    let same_show = one.id != other.id
        && match (&one.show, &other.show) {
            (Some(one), Some(other)) => one.id == other.id,
            _ => false,
        };
    one.seats.iter().filter(|seat| same_show && other.seats.contains(seat)).collect()
}

/// The title of the film of a show, or what stands for it.
pub fn title(show: Option<&ToldShow>) -> Text {
    match show {
        None => Text::new("Removed show"),
        Some(show) if show.movie_title.is_empty() => Text::new("Film without a title"),
        Some(show) => show.movie_title.clone(),
    }
}

fn ends_at(show: &ToldShow) -> Option<Timestamp> {
    if show.runtime_min == 0 {
        return None;
    }
    show.starts_at?.checked_add(SignedDuration::from_mins(i64::from(show.runtime_min))).ok()
}

#[cfg(test)]
mod tests;
