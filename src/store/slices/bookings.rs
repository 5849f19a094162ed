//! My bookings.

mod payment;

pub use payment::{Access, Standing, tick};

use super::{Requests, catalog, nav::Route, notice::say, overlay::Question, prefs::Prefs};
use crate::{
    domain::{
        booking::{Booking, BookingStatus},
        cinema::Abilities,
        failure::{Failure, FailureKind},
        ids::BookingCode,
        money::Glyphs,
    },
    store::{
        Now, Out,
        action::{BookingsAction, NavAction, OverlayAction, SessionAction, Tone},
        effect::{Effect, Intent},
        remote::{Remote, Req},
        tracked::Tracked,
    },
};
use payment::{Due, Watched};
use std::collections::HashMap;

#[derive(Clone, Debug, Default)]
pub struct Bookings {
    pub list: Remote<Vec<Booking>>,
    selected: Option<BookingCode>,
    /// The booking that is being cancelled.
    pub cancelling: Option<BookingCode>,
    /// How long those may be paid that are not.
    dues: HashMap<BookingCode, Due>,
    /// The booking whose screen is open.
    watched: Option<Watched>,
}

/// What the bookings need of the rest of the state.
#[derive(Clone, Copy)]
pub struct Around<'a> {
    pub prefs: &'a Prefs,
    pub abilities: Abilities,
    pub route: &'a Route,
    pub now: Now,
}

impl Bookings {
    pub fn all(&self) -> &[Booking] {
        self.list.value().map(Vec::as_slice).unwrap_or_default()
    }

    pub fn position(&self) -> usize {
        self.all().iter().position(|b| Some(&b.code) == self.selected.as_ref()).unwrap_or(0)
    }

    pub fn selected(&self) -> Option<&Booking> {
        self.all().get(self.position())
    }

    pub fn find(&self, code: &BookingCode) -> Option<&Booking> {
        self.all().iter().find(|b| b.code == *code)
    }

    /// Puts a booking into the list, in place of an older state of itself.
    pub fn put(&mut self, booking: Booking, now_ms: u64) {
        let code = booking.code.clone();
        match self.list.value_mut() {
            Some(list) => match list.iter_mut().find(|b| b.code == code) {
                Some(known) => *known = booking,
                None => list.insert(0, booking),
            },
            None => self.list.set(vec![booking], now_ms),
        }
        self.selected = Some(code);
    }
}

pub fn reduce(
    bookings: &mut Tracked<Bookings>,
    around: &Around<'_>,
    requests: &mut Requests<'_>,
    action: &BookingsAction,
    out: &mut Out,
) {
    let now = around.now;
    match action {
        BookingsAction::Open => {
            out.then(NavAction::Open(Route::Bookings));
            out.then(BookingsAction::Load);
        }
        BookingsAction::Load => {
            let req = requests.number();
            bookings.list.begin(req, now.mono_ms);
            out.effect(Effect::LoadBookings(req));
        }
        BookingsAction::Loaded(req, result) => {
            loaded(bookings, now, *req, result, out);
        }
        BookingsAction::Move(step) => {
            let at = catalog::moved(Some(bookings.position()), bookings.all().len(), *step, 5);
            let code = at.map(|at| bookings.all()[at].code.clone());
            if bookings.selected != code {
                bookings.selected = code;
            }
        }
        BookingsAction::Select(code) => bookings.selected = Some(code.clone()),
        BookingsAction::Booked { booking, asked_ms } => {
            bookings.put(booking.clone(), now.mono_ms);
            bookings.learn_sale(booking, *asked_ms, now);
        }
        BookingsAction::Watch(code) => payment::watch(bookings, code.as_ref(), around.route, now, out),
        BookingsAction::Reopen => {
            if let Route::Ticket(code) = around.route {
                out.then(BookingsAction::Watch(Some(code.clone())));
            }
        }
        BookingsAction::Pay => payment::pay(bookings, around.prefs.has_browser, now, out),
        BookingsAction::OpenTicket(code) => {
            bookings.selected = Some(code.clone());
            out.then(NavAction::Open(Route::Ticket(code.clone())));
        }
        BookingsAction::OpenSelected => {
            if let Some(booking) = bookings.selected() {
                out.then(NavAction::Open(Route::Ticket(booking.code.clone())));
            }
        }
        BookingsAction::Forget => **bookings = Bookings::default(),
        BookingsAction::AskCancel if !around.abilities.cancels => {
            let text = "Bookings are not cancelled here: ask the cinema. One that is not paid goes back by itself.";
            out.then(say(Tone::Info, text));
        }
        BookingsAction::AskCancel => ask_cancel(bookings, out),
        BookingsAction::Cancel(code) => {
            bookings.cancelling = Some(code.clone());
            out.effect(Effect::CancelBooking(code.clone()));
        }
        BookingsAction::Cancelled(code, result) => {
            // Whoever has signed out since is not told.
            if bookings.cancelling.take_if(|awaited| awaited == code).is_none() {
                return;
            }
            match result {
                Ok(booking) => {
                    bookings.put(booking.clone(), now.mono_ms);
                    out.then(say(Tone::Good, format!("Booking {code} is cancelled; its seats are free again.")));
                }
                Err(why) if why.needs_sign_in() => {
                    out.then(SessionAction::Ended { why: why.clone(), wanted: Some(Intent::ShowBookings) });
                }
                Err(why) => {
                    out.then(say(Tone::Bad, format!("Booking {code} is not cancelled: {why}")));
                    out.then(BookingsAction::Load);
                }
            }
        }
    }
}

fn loaded(bookings: &mut Tracked<Bookings>, now: Now, req: Req, result: &Result<Vec<Booking>, Failure>, out: &mut Out) {
    let before = bookings.watched.as_ref().and_then(|watched| bookings.find(watched.code()).cloned());
    let told = result.clone().map(|mut list| {
        for gone in bookings.vanished(&list, now) {
            let at = list.iter().position(|other| other.created_at < gone.created_at).unwrap_or(list.len());
            list.insert(at, gone);
        }
        list
    });
    if !bookings.list.settle(req, now.mono_ms, told) {
        return;
    }
    if let Ok(list) = result {
        bookings.learn(list, now);
    }
    let is_paying = bookings.watched.is_some();
    payment::was_read(bookings, before.as_ref(), result.as_ref().err(), now, out);
    match result {
        // The page stays: it is paid without being signed in here.
        Err(why) if why.kind == FailureKind::SignIn && is_paying => {
            out.then(SessionAction::Ended { why: why.clone(), wanted: None });
        }
        Err(why) if why.kind == FailureKind::SignIn => {
            out.then(NavAction::Back);
            out.then(SessionAction::Ended { why: why.clone(), wanted: Some(Intent::ShowBookings) });
        }
        // It is asked again by itself, and the screen says that it is.
        Err(why) if is_paying && why.kind != FailureKind::Offline => {}
        other => catalog::report_link(other.as_ref().err(), out),
    }
}

fn ask_cancel(bookings: &Tracked<Bookings>, out: &mut Out) {
    let Some(booking) = bookings.selected() else { return };
    match (&booking.refundable, booking.status) {
        (Some(refund), BookingStatus::Paid) => {
            let words = format!(
                "Cancel {} of {}? {} comes back to you and the seats are free again.",
                booking.code,
                booking.movie_title,
                refund.words(Glyphs::Unicode)
            );
            out.then(OverlayAction::Ask(Question::CancelBooking { code: booking.code.clone(), words }));
        }
        (_, BookingStatus::Cancelled) => out.then(say(Tone::Info, format!("{} is cancelled already.", booking.code))),
        _ => out.then(say(Tone::Info, format!("{} cannot be cancelled any more: the show has begun.", booking.code))),
    }
}
