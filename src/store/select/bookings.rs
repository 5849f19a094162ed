//! My bookings.

use super::{browse::first_shown, countdown_words, instead, payment::trouble_line, zone};
use crate::{
    domain::{
        booking::{Booking, PaymentMethod},
        ids::BookingCode,
        time,
    },
    store::{
        Now,
        slices::{bookings::Standing, prefs::Motion},
        state::State,
    },
};

/// Lines of the screen around the list, and lines of an entry.
const AROUND: u16 = 6;
const ENTRY: usize = 3;
/// Of a booking with more than 12 letters, the code is on its ticket alone.
const SHORT_CODE: usize = 12;

#[derive(Clone, Debug, PartialEq)]
pub struct BookingsVm {
    pub entries: Vec<Entry>,
    pub instead: Option<String>,
    /// Lines of an entry, with the blank one below it.
    pub entry_height: usize,
    pub status: String,
    pub next: Option<String>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    pub code: BookingCode,
    pub film: String,
    pub when: String,
    pub place: String,
    pub total: String,
    pub state: String,
    pub tone: EntryTone,
    /// What is wrong with its seats; empty where nothing is.
    pub trouble: String,
    pub selected: bool,
}

/// How an entry is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryTone {
    Valid,
    /// It has to be paid.
    Due,
    /// The last minute to pay it.
    Urgent,
    Over,
}

pub fn select(state: &State, now: Now, waiting: bool) -> BookingsVm {
    let bookings = &state.bookings;
    let zone = zone(state);
    let position = bookings.position();
    let troubled = bookings.all().iter().any(|booking| !booking.troubles.is_empty());
    let entry_height = if troubled { ENTRY + 1 } else { ENTRY };
    let height = (usize::from(state.prefs.size.height.saturating_sub(AROUND)) / entry_height).max(1);
    let first = first_shown(position, bookings.all().len(), height);
    let entries: Vec<Entry> = bookings
        .all()
        .iter()
        .enumerate()
        .skip(first)
        .take(height)
        .map(|(i, b)| {
            let standing = bookings.standing(b, now);
            let seats: Vec<String> = b.seats.iter().map(|s| s.label.to_string()).collect();
            Entry {
                code: b.code.clone(),
                film: b.movie_title.to_string(),
                when: b.starts_at.map_or_else(
                    || "show removed".to_owned(),
                    |at| {
                        let day = time::short_day_words(time::business_day(at, &zone));
                        format!("{day} {}", time::clock_words(at, &zone))
                    },
                ),
                place: [b.hall_name.to_string(), seats.join(" ")]
                    .into_iter()
                    .filter(|part| !part.is_empty())
                    .collect::<Vec<_>>()
                    .join(", "),
                total: b.total.map(|total| total.words(state.prefs.glyphs)).unwrap_or_default(),
                state: match bookings.cancelling.as_ref() {
                    Some(code) if *code == b.code => "being cancelled".to_owned(),
                    _ => words(b, standing, state.prefs.motion),
                },
                tone: match standing {
                    Standing::Paid => EntryTone::Valid,
                    Standing::Due(..=60_000) => EntryTone::Urgent,
                    Standing::Due(_) | Standing::NoPage => EntryTone::Due,
                    Standing::Late | Standing::Cancelled => EntryTone::Over,
                },
                trouble: trouble_line(&b.troubles),
                selected: i == position,
            }
        })
        .collect();
    let list = &bookings.list;
    let empty = if list.value().is_some() { "No bookings yet. F2 shows what is playing." } else { "" };
    BookingsVm {
        instead: entries.is_empty().then(|| instead(waiting, list.failure(), empty)),
        status: match bookings.all().len() {
            0 => String::new(),
            1 => "1 booking".to_owned(),
            n => format!("{n} bookings, the newest first"),
        },
        next: bookings.selected().map(|b| next(b, bookings.standing(b, now))),
        entry_height,
        entries,
    }
}

/// How far a booking has come.
fn words(booking: &Booking, standing: Standing, motion: Motion) -> String {
    match standing {
        Standing::Due(left) => format!("pay within {}", countdown_words(left, motion)),
        Standing::NoPage if booking.payment == PaymentMethod::Link => "not paid".to_owned(),
        Standing::Late => "not paid in time".to_owned(),
        Standing::NoPage | Standing::Paid | Standing::Cancelled => booking.status.word().to_owned(),
    }
}

fn next(booking: &Booking, standing: Standing) -> String {
    match standing {
        Standing::Due(_) => "Pay now".to_owned(),
        _ if booking.code.as_str().len() <= SHORT_CODE => format!("Show ticket {}", booking.code),
        Standing::Paid => "Show the ticket".to_owned(),
        _ => "Show the booking".to_owned(),
    }
}
