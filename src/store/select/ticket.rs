//! A ticket.

use super::{payment::trouble_words, times_sign, zone};
use crate::{
    domain::{
        booking::{Booking, PaymentMethod},
        ids::BookingCode,
        money::Money,
        time,
    },
    store::{Now, slices::bookings::Standing, state::State},
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
    /// What is wrong with the seats, and what to do.
    pub troubles: Vec<String>,
    /// What to do, or not, as long as it is no ticket.
    pub note: String,
    /// What the QR code carries; empty when the ticket is not valid.
    pub ticket: String,
    pub status: String,
}

pub fn select(state: &State, code: &BookingCode, now: Now) -> TicketVm {
    let Some(booking) = state.bookings.find(code) else {
        return TicketVm { headline: format!("Booking {code} is not known here."), ..TicketVm::default() };
    };
    let zone = zone(state);
    let when = |at| {
        let day = time::long_day_words(time::business_day(at, &zone));
        format!("{day}, {}", time::clock_words(at, &zone))
    };
    let standing = state.bookings.standing(booking, now);
    let valid = standing == Standing::Paid;
    TicketVm {
        headline: match standing {
            Standing::Paid => "Booked.",
            Standing::Due(_) | Standing::NoPage => "Not paid yet.",
            Standing::Late => "Not paid in time.",
            Standing::Cancelled => "Cancelled.",
        }
        .to_owned(),
        valid,
        film: booking.movie_title.to_string(),
        when: booking.starts_at.map_or_else(|| "The show was removed.".to_owned(), when),
        hall: booking.hall_name.to_string(),
        seats: booking.seats.iter().map(|s| s.label.to_string()).collect::<Vec<_>>().join(", "),
        amounts: amounts(state, booking, standing),
        code: booking.code.to_string(),
        ticket: if valid { booking.ticket.clone() } else { String::new() },
        troubles: troubles(booking, standing),
        note: note(state, booking, standing),
        status: match standing {
            Standing::Paid if booking.starts_at.is_none() => "Ask the cinema: its show was removed.",
            Standing::Paid => "Show it at the door.",
            Standing::Due(_) | Standing::NoPage => "This is no ticket before it is paid.",
            Standing::Late | Standing::Cancelled => "This ticket is not valid any more.",
        }
        .to_owned(),
    }
}

/// What to do, or not, as long as it is no ticket.
fn note(state: &State, booking: &Booking, standing: Standing) -> String {
    match (standing, &booking.unpayable) {
        (Standing::Late, _) => {
            "Do not pay any more: the page may still take the money, and the seats may be somebody else's.".to_owned()
        }
        (Standing::NoPage, Some(why)) => why.to_string(),
        (Standing::NoPage, None) if state.catalog.abilities().pays_later => {
            "The box office made no page to pay at. Ask the cinema, with the code.".to_owned()
        }
        _ => String::new(),
    }
}

/// How far a booking has come, in a word or two.
fn standing_word(booking: &Booking, standing: Standing) -> &'static str {
    match standing {
        Standing::Late => "not paid in time",
        Standing::Due(_) | Standing::NoPage if booking.payment == PaymentMethod::Link => "not paid yet",
        _ => booking.status.word(),
    }
}

/// What is wrong with the seats of a ticket, and what to do.
fn troubles(booking: &Booking, standing: Standing) -> Vec<String> {
    let mut words = match standing {
        Standing::Paid | Standing::Due(_) | Standing::NoPage => trouble_words(&booking.troubles),
        Standing::Late | Standing::Cancelled => Vec::new(),
    };
    if !words.is_empty() {
        words.push("Show this booking to the cinema before you go.".to_owned());
    }
    words
}

/// `2 × 12.50` or `1 × 7.50 Child`, then `25.00 €, paid (demo)`.
fn amounts(state: &State, booking: &Booking, standing: Standing) -> Vec<String> {
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
    // What is not known of a booking that is made is not told anywhere any more.
    let total = booking.total.map(|total| format!("{} ", total.words(glyphs))).unwrap_or_default();
    lines.push(format!("{total}{} ({how})", standing_word(booking, standing)));
    lines
}
