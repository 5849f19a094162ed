//! Paying a booking at a page: the address as a code for a phone and as text, and for how long.

use super::{countdown_words, seats::show_line, zone};
use crate::{
    domain::{
        booking::{Booking, SeatTrouble, Trouble},
        failure::FailureKind,
        ids::BookingCode,
        money::words_of,
        time,
    },
    store::{
        Now,
        slices::bookings::{Access, Standing},
        state::State,
    },
};

#[derive(Clone, Debug, PartialEq)]
pub struct PaymentVm {
    pub film: String,
    pub when: String,
    /// `Hall 1 · C3, C4`
    pub place: String,
    pub total: String,
    /// `9:41`, until which it must be paid.
    pub left: String,
    pub urgent: bool,
    pub body: PageVm,
    pub status: String,
    pub next: String,
}

/// What is shown of the page.
#[derive(Clone, Debug, PartialEq)]
pub enum PageVm {
    /// Nothing yet, and why.
    Wait(String),
    /// Nothing unless it is asked for: what is wrong, and what to do.
    Warning(Vec<String>),
    Page {
        url: String,
        /// Whose page it is.
        host: String,
        /// What is wrong with the seats.
        warning: Vec<String>,
    },
}

/// How long a booking may still be paid; `None` for one that is paid, or cannot be.
pub(super) fn left_ms(state: &State, booking: &Booking, now: Now) -> Option<u64> {
    match state.bookings.standing(booking, now) {
        Standing::Due(left) => Some(left),
        _ => None,
    }
}

/// The screen on which a booking is paid; `None` where it is none, or must not be paid any more.
pub fn select(state: &State, code: &BookingCode, now: Now) -> Option<PaymentVm> {
    let booking = state.bookings.find(code)?;
    let left = left_ms(state, booking, now)?;
    let url = booking.payment_page.as_ref()?.url.clone();
    let zone = zone(state);
    let access = state.bookings.access(booking);
    let seats: Vec<&str> = booking.seats.iter().map(|seat| seat.label.as_str()).collect();
    let when = |at| {
        let day = time::short_day_words(time::business_day(at, &zone));
        format!("{day}, {}", time::clock_words(at, &zone))
    };
    Some(PaymentVm {
        film: booking.movie_title.to_string(),
        when: booking.starts_at.map_or_else(|| "The show was removed.".to_owned(), when),
        place: show_line([booking.hall_name.as_str(), &seats.join(", ")]),
        total: words_of(booking.total, state.prefs.glyphs),
        left: countdown_words(left, state.prefs.motion),
        urgent: left <= 60_000,
        status: status(state, access),
        next: match access {
            Access::Warned => "Show the page all the same",
            Access::Open if state.prefs.has_browser => "Open the page here",
            _ => "Look whether it is paid",
        }
        .to_owned(),
        body: match access {
            Access::Checking => PageVm::Wait("One moment: looking whether the seats are still yours …".to_owned()),
            Access::Warned => PageVm::Warning(warning(booking)),
            Access::Open => PageVm::Page { host: host(&url).to_owned(), url, warning: warning(booking) },
        },
    })
}

fn status(state: &State, access: Access) -> String {
    match (state.bookings.list.failure(), access) {
        (Some(why), _) if why.kind == FailureKind::SignIn => {
            "Whether it is paid is not looked up any more: {account} signs in again.".to_owned()
        }
        (Some(why), _) => format!("{} It is asked again by itself.", why.sentence()),
        (None, Access::Checking) => String::new(),
        (None, Access::Warned) => "Read this before you pay.".to_owned(),
        (None, Access::Open) => "This screen tells when it is paid.".to_owned(),
    }
}

/// The host of an address, with its port where that is not the usual one.
fn host(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.split(['/', '?', '#']).next().unwrap_or_default()
}

/// What is wrong with the seats before they are paid, and what to do.
fn warning(booking: &Booking) -> Vec<String> {
    let mut words = trouble_words(&booking.troubles);
    if !words.is_empty() {
        words.push("Ask the cinema before you pay. Who does not pay loses nothing.".to_owned());
    }
    words
}

/// The seats of one trouble, `C3 and C4`.
fn labels(troubles: &[SeatTrouble], of: Trouble) -> Vec<&str> {
    troubles.iter().filter(|trouble| trouble.trouble == of).map(|trouble| trouble.label.as_str()).collect()
}

/// What is wrong with booked seats, a sentence for each kind.
pub(super) fn trouble_words(troubles: &[SeatTrouble]) -> Vec<String> {
    let sentence = |labels: &[&str], one: &str, many: &str| match labels {
        [] => None,
        [label] => Some(format!("{label} {one}")),
        labels => Some(format!("{} {many}", labels.join(", "))),
    };
    let doubled = labels(troubles, Trouble::Doubled);
    let lost = labels(troubles, Trouble::Lost);
    let doubled = sentence(&doubled, "is booked for somebody else as well.", "are booked for somebody else as well.");
    let lost = sentence(
        &lost,
        "is marked as free at the box office, so it can be sold to somebody else.",
        "are marked as free at the box office, so they can be sold to somebody else.",
    );
    doubled.into_iter().chain(lost).collect()
}

/// The same in a line: `Ask the cinema: C3 booked twice, C4 can be sold again`.
pub(super) fn trouble_line(troubles: &[SeatTrouble]) -> String {
    let part = |of, words: &str| {
        let labels = labels(troubles, of);
        (!labels.is_empty()).then(|| format!("{} {words}", labels.join(" ")))
    };
    let parts: Vec<String> = [part(Trouble::Doubled, "booked twice"), part(Trouble::Lost, "can be sold again")]
        .into_iter()
        .flatten()
        .collect();
    if parts.is_empty() { String::new() } else { format!("Ask the cinema: {}", parts.join(", ")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_host_of_an_address_is_what_a_person_checks() {
        assert_eq!(host("https://checkout.stripe.com/c/pay/cs_test_a#fid"), "checkout.stripe.com");
        assert_eq!(host("http://127.0.0.1:3000?x"), "127.0.0.1:3000");
    }
}
