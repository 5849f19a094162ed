//! My bookings.

use super::{Requests, catalog, nav::Route, notice::say, overlay::Question};
use crate::{
    domain::{
        booking::{Booking, BookingStatus},
        failure::FailureKind,
        ids::BookingCode,
        money::Glyphs,
    },
    store::{
        Now, Out,
        action::{BookingsAction, NavAction, OverlayAction, SessionAction, Tone},
        effect::{Effect, Intent},
        remote::Remote,
        tracked::Tracked,
    },
};

#[derive(Clone, Debug, Default)]
pub struct Bookings {
    pub list: Remote<Vec<Booking>>,
    selected: Option<BookingCode>,
    /// The booking that is being cancelled.
    pub cancelling: Option<BookingCode>,
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
    now: Now,
    requests: &mut Requests<'_>,
    action: &BookingsAction,
    out: &mut Out,
) {
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
            if !bookings.list.settle(*req, now.mono_ms, result.clone()) {
                return;
            }
            match result {
                Err(why) if why.kind == FailureKind::SignIn => {
                    out.then(NavAction::Back);
                    out.then(SessionAction::Ended { why: why.clone(), wanted: Some(Intent::ShowBookings) });
                }
                other => catalog::report_link(other.as_ref().err(), out),
            }
        }
        BookingsAction::Move(step) => {
            let at = catalog::moved(Some(bookings.position()), bookings.all().len(), *step, 5);
            let code = at.map(|at| bookings.all()[at].code.clone());
            if bookings.selected != code {
                bookings.selected = code;
            }
        }
        BookingsAction::Select(code) => bookings.selected = Some(code.clone()),
        BookingsAction::Booked(booking) => bookings.put(booking.clone(), now.mono_ms),
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
        BookingsAction::AskCancel => ask_cancel(bookings, out),
        BookingsAction::Cancel(code) => {
            bookings.cancelling = Some(code.clone());
            out.effect(Effect::CancelBooking(code.clone()));
        }
        BookingsAction::Cancelled(code, result) => {
            bookings.cancelling = None;
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
