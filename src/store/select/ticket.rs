//! A ticket.

use super::{times_sign, zone};
use crate::{
    domain::{
        booking::{Booking, BookingStatus, PaymentMethod},
        ids::BookingCode,
        money::{Money, words_of},
        time,
    },
    store::state::State,
};

#[derive(Clone, Debug, Default, PartialEq)]
pub struct TicketVm {
    /// `Booked.`, or what became of it.
    pub headline: String,
    pub valid: bool,
    pub film: String,
    pub when: String,
    pub hall: String,
    /// `F7, F8`
    pub seats: String,
    pub amounts: Vec<String>,
    pub code: String,
    /// What the QR code carries; empty when the ticket is not valid.
    pub ticket: String,
    pub status: String,
}

pub fn select(state: &State, code: &BookingCode) -> TicketVm {
    let Some(booking) = state.bookings.find(code) else {
        return TicketVm { headline: format!("Booking {code} is not known here."), ..TicketVm::default() };
    };
    let zone = zone(state);
    let when = |at| {
        let day = time::long_day_words(time::business_day(at, &zone));
        format!("{day}, {}", time::clock_words(at, &zone))
    };
    let valid = booking.status == BookingStatus::Paid;
    TicketVm {
        headline: match booking.status {
            BookingStatus::Paid => "Booked.".to_owned(),
            BookingStatus::Pending => "Not paid yet.".to_owned(),
            BookingStatus::Cancelled => "Cancelled.".to_owned(),
            BookingStatus::Expired => "Expired.".to_owned(),
        },
        valid,
        film: booking.movie_title.to_string(),
        when: booking.starts_at.map_or_else(|| "The show was removed.".to_owned(), when),
        hall: booking.hall_name.to_string(),
        seats: booking.seats.iter().map(|s| s.label.to_string()).collect::<Vec<_>>().join(", "),
        amounts: amounts(state, booking),
        code: booking.code.to_string(),
        ticket: if valid { booking.ticket.clone() } else { String::new() },
        status: if valid { "Show it at the door.".to_owned() } else { "This ticket is not valid any more.".to_owned() },
    }
}

/// `2 × 12.50` or `1 × 7.50 Child`, then `25.00 €, paid (demo)`.
fn amounts(state: &State, booking: &Booking) -> Vec<String> {
    let glyphs = state.prefs.glyphs;
    let mut groups: Vec<(Option<Money>, &str, usize)> = Vec::new();
    for seat in &booking.seats {
        let kind = seat.ticket.as_ref().map_or("", |ticket| ticket.as_str());
        match groups.iter_mut().find(|(price, other, _)| *price == seat.price && *other == kind) {
            Some((_, _, count)) => *count += 1,
            None => groups.push((seat.price, kind, 1)),
        }
    }
    let line = |(price, kind, n): &(Option<Money>, &str, usize)| {
        let price = (*price)?;
        Some(format!("{n} {} {} {kind}", times_sign(glyphs), price.figure()).trim_end().to_owned())
    };
    let mut lines: Vec<String> = groups.iter().filter_map(line).collect();
    let how = match booking.payment {
        PaymentMethod::Demo => "demo, no money moved",
        other => other.word(),
    };
    lines.push(format!("{} {} ({how})", words_of(booking.total, glyphs), booking.status.word()));
    lines
}
