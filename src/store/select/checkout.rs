//! Payment.

use super::{seats::show_words, zone};
use crate::{
    domain::{money::words_of, show::PricedSeat, time},
    store::{
        Now,
        slices::{checkout::Phase, session::Auth},
        state::State,
    },
};

#[derive(Clone, Debug, PartialEq)]
pub struct CheckoutVm {
    pub film: String,
    pub when: String,
    pub hall: String,
    pub seats: Vec<SeatLine>,
    pub total: String,
    pub method: String,
    pub person: String,
    /// What happened to the payment, when there is something to say.
    pub outcome: Option<(Outcome, String)>,
    pub status: String,
    pub next: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeatLine {
    pub label: String,
    pub category: String,
    pub price: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Waiting,
    Unknown,
    Refused,
}

pub fn select(state: &State, now: Now) -> CheckoutVm {
    let zone = zone(state);
    let glyphs = state.prefs.glyphs;
    let show = state.seats.show.as_ref();
    let hold = state.hold.hold();
    let total = hold.map(|h| words_of(h.total, glyphs)).unwrap_or_default();
    let lines = hold.map(|h| h.seats.as_slice()).unwrap_or_default();
    let phase = &state.checkout.phase;
    CheckoutVm {
        film: show.map(|s| s.movie_title.to_string()).unwrap_or_default(),
        when: show
            .map(|s| {
                let day = time::long_day_words(time::business_day(s.starts_at, &zone));
                format!("{day}, {}", time::clock_words(s.starts_at, &zone))
            })
            .unwrap_or_default(),
        hall: show.map(|s| s.hall_name.to_string()).unwrap_or_default(),
        seats: lines
            .iter()
            .map(|s| SeatLine {
                label: s.label.to_string(),
                category: category(s),
                price: s.price.map(|price| price.figure()).unwrap_or_default(),
            })
            .collect(),
        method: "Demo payment: no money moves.".to_owned(),
        person: match &state.session.auth {
            Auth::SignedIn(person) => format!("{}, {}", person.user.name, person.user.email),
            Auth::SignedOut => "You sign in, or make an account, in the next step.".to_owned(),
            Auth::Unknown => "One moment: looking for your sign-in …".to_owned(),
        },
        outcome: outcome(phase, now),
        status: show.map(|s| show_words(s, &zone)).unwrap_or_default(),
        next: Some(match phase {
            Phase::Paying { .. } => "Paying …".to_owned(),
            Phase::Unknown { .. } => "Look whether it is booked".to_owned(),
            Phase::Review | Phase::Refused(_) if state.session.user().is_some() => format!("Pay {total} and book"),
            Phase::Review | Phase::Refused(_) => format!("Sign in to pay {total}"),
        }),
        total,
    }
}

/// The category, and who pays: `Standard, Child`.
fn category(seat: &PricedSeat) -> String {
    seat.ticket.as_ref().map_or_else(|| seat.category.to_string(), |kind| format!("{}, {kind}", seat.category))
}

fn outcome(phase: &Phase, now: Now) -> Option<(Outcome, String)> {
    match phase {
        Phase::Review => None,
        Phase::Paying { since_ms, .. } => (now.mono_ms.saturating_sub(*since_ms) >= super::PATIENCE_MS)
            .then(|| (Outcome::Waiting, "Waiting for the box office …".to_owned())),
        Phase::Unknown { why, .. } => Some((
            Outcome::Unknown,
            format!("{why} It may be booked already. Do not pay again: Enter looks, and never pays twice."),
        )),
        Phase::Refused(why) => Some((Outcome::Refused, format!("Nothing was paid. {}", why.sentence()))),
    }
}
