//! Payment.

use super::{seats::show_words, times_sign, zone};
use crate::{
    domain::{cinema::Holds, money::Money, show::PricedSeat, time},
    store::{
        Now,
        slices::{checkout::Phase, seats::names, session::Auth},
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
    /// Whether the total is an amount, and not words in its place.
    pub is_priced: bool,
    /// How it is paid.
    pub method: String,
    /// What is true of the seats until they are booked, where that is not that they are held.
    pub seats_note: &'static str,
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
    let priced = |total: Option<Money>| total.map_or_else(|| "shown after booking".to_owned(), |t| t.words(glyphs));
    let total = hold.map(|h| priced(h.total)).unwrap_or_default();
    let lines = hold.map(|h| h.seats.as_slice()).unwrap_or_default();
    let phase = &state.checkout.phase;
    let abilities = state.catalog.abilities();
    let book = || match abilities.pays_later {
        true => format!("book {}", chosen_words(state)),
        false => format!("pay {total}"),
    };
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
        method: match abilities.pays_later {
            true => "You pay after booking, on the box office's payment page, by link.",
            false => "Demo payment: no money moves.",
        }
        .to_owned(),
        seats_note: match abilities.holds {
            Holds::Kept => "",
            Holds::None => super::seats::ANYBODYS,
        },
        person: match &state.session.auth {
            // Not every service tells a person's address.
            Auth::SignedIn(person) if person.user.email.is_empty() => person.user.name.to_string(),
            Auth::SignedIn(person) => format!("{}, {}", person.user.name, person.user.email),
            Auth::SignedOut => "You sign in, or make an account, in the next step.".to_owned(),
            Auth::Unknown => "One moment: looking for your sign-in …".to_owned(),
        },
        outcome: outcome(phase, abilities.pays_later, now),
        status: show.map(|s| show_words(s, &zone)).unwrap_or_default(),
        next: Some(match phase {
            Phase::Paying { .. } if abilities.pays_later => "Booking …".to_owned(),
            Phase::Paying { .. } => "Paying …".to_owned(),
            Phase::Unknown { .. } => "Look whether it is booked".to_owned(),
            Phase::Review | Phase::Refused(_) if state.session.user().is_none() => format!("Sign in to {}", book()),
            Phase::Review | Phase::Refused(_) if abilities.pays_later => format!("Book {}", chosen_words(state)),
            Phase::Review | Phase::Refused(_) => format!("Pay {total} and book"),
        }),
        total,
        is_priced: hold.is_none_or(|hold| hold.total.is_some()),
    }
}

/// The category, and who pays: `Standard, Child`.
fn category(seat: &PricedSeat) -> String {
    seat.ticket.as_ref().map_or_else(|| seat.category.to_string(), |kind| format!("{}, {kind}", seat.category))
}

/// The names of the chosen seats.
fn chosen_words(state: &State) -> String {
    let chosen: Vec<_> = state.hold.wanted().iter().map(|pick| pick.ix).collect();
    state.seats.plan().map(|plan| names(plan, &chosen, times_sign(state.prefs.glyphs))).unwrap_or_default()
}

fn outcome(phase: &Phase, pays_later: bool, now: Now) -> Option<(Outcome, String)> {
    match phase {
        Phase::Review => None,
        Phase::Paying { since_ms, .. } => (now.mono_ms.saturating_sub(*since_ms) >= super::PATIENCE_MS)
            .then(|| (Outcome::Waiting, "Waiting for the box office …".to_owned())),
        Phase::Unknown { why, .. } if pays_later => {
            Some((Outcome::Unknown, format!("{why} It may be booked already: Enter looks, and never books twice.")))
        }
        Phase::Unknown { why, .. } => Some((
            Outcome::Unknown,
            format!("{why} It may be booked already. Do not pay again: Enter looks, and never pays twice."),
        )),
        Phase::Refused(why) if pays_later => Some((Outcome::Refused, why.sentence())),
        Phase::Refused(why) => Some((Outcome::Refused, format!("Nothing was paid. {}", why.sentence()))),
    }
}
