//! My bookings.

use super::{browse::first_shown, instead, zone};
use crate::{
    domain::{booking::BookingStatus, ids::BookingCode, time},
    store::state::State,
};

/// Lines of the screen around the list, and lines of an entry.
const AROUND: u16 = 6;
const ENTRY: usize = 3;

#[derive(Clone, Debug, PartialEq)]
pub struct BookingsVm {
    pub entries: Vec<Entry>,
    pub instead: Option<String>,
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
    pub valid: bool,
    pub selected: bool,
}

pub fn select(state: &State, waiting: bool) -> BookingsVm {
    let bookings = &state.bookings;
    let zone = zone(state);
    let position = bookings.position();
    let height = (usize::from(state.prefs.size.height.saturating_sub(AROUND)) / ENTRY).max(1);
    let first = first_shown(position, bookings.all().len(), height);
    let entries: Vec<Entry> = bookings
        .all()
        .iter()
        .enumerate()
        .skip(first)
        .take(height)
        .map(|(i, b)| {
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
                place: format!("{}, {}", b.hall_name, seats.join(" ")),
                total: b.total.map(|total| total.words(state.prefs.glyphs)).unwrap_or_default(),
                state: match bookings.cancelling.as_ref() {
                    Some(code) if *code == b.code => "being cancelled".to_owned(),
                    _ => b.status.word().to_owned(),
                },
                valid: b.status == BookingStatus::Paid,
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
        next: bookings.selected().map(|b| format!("Show ticket {}", b.code)),
        entries,
    }
}
