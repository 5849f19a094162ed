//! A scripted box office that holds nothing, tells no prices and is paid at a page, as servers of another make are.

use super::{sample::wall, stage::Stage};
use frontrow::{
    domain::{
        booking::{Booking, BookingStatus, PaymentMethod, PaymentPage},
        chart::{Chart, cinechart},
        cinema::{Abilities, Holds},
        ids::{BookingCode, HoldId, ShowId},
        money::Money,
        seating::orphan::OrphanMode,
        show::{Hold, PricedSeat},
    },
    store::action::{AppAction, SessionAction},
};
use std::sync::Arc;

/// Where it is paid.
pub const PAGE: &str =
    "https://checkout.stripe.com/c/pay/cs_test_b1mU7Qh2nV0xKc4ZtR9sLdYwE3oAaGfP8iJ5uTzXv6CkHyMqWrNlBe1DjSOgI7F2";

/// What this box office does beside what all do.
#[derive(Default)]
pub struct Later {
    /// The bookings are paid when they are read so often.
    pub paid_after: Option<u32>,
    pub reads: u32,
}

fn hall() -> Arc<Chart> {
    let path = format!("{}/assets/quickshow-hall.toml", env!("CARGO_MANIFEST_DIR"));
    Arc::new(cinechart::parse(&std::fs::read_to_string(path).unwrap()).unwrap())
}

impl Stage {
    /// The films of such a box office on the screen, and somebody signed in.
    pub fn later(width: u16, height: u16) -> Self {
        let mut stage = Self::with_chart(width, height, hall());
        stage.later = Some(Later::default());
        stage.tells_news = false;
        stage.signed_in = true;
        stage.cinema.name = "QuickShow".into();
        stage.cinema.demo = false;
        stage.cinema.max_seats = 5;
        stage.cinema.orphan_rule = OrphanMode::Off;
        stage.cinema.abilities = Abilities {
            holds: Holds::None,
            days: frontrow::domain::time::Days::Midnight,
            pays_later: true,
            cancels: false,
            ..Abilities::default()
        };
        stage.play(AppAction::Reload);
        stage.play(SessionAction::Restore);
        stage
    }

    /// Presses keys until two seats are booked and have to be paid.
    pub fn go_to_the_page(&mut self) {
        self.keys("enter enter 2");
        self.wait(200);
        self.keys("enter enter");
    }

    /// Somebody asked for the bookings.
    pub fn was_read(&mut self) {
        let Some(later) = &mut self.later else { return };
        later.reads += 1;
        if later.paid_after.is_some_and(|reads| later.reads >= reads) {
            for booking in &mut self.bookings {
                booking.status = BookingStatus::Paid;
                booking.payment_page = None;
            }
        }
    }
}

/// What is chosen: held is nothing.
pub fn hold(seats: Vec<PricedSeat>) -> Hold {
    Hold {
        id: HoldId::new("chosen-1"),
        show: ShowId::new("222"),
        seats,
        total: None,
        expires_at: None,
        ttl_ms: None,
        extensions_left: 0,
    }
}

/// The booking as it is before it is paid: now its price is known, in no currency that anybody has told.
pub fn unpaid(booking: Booking) -> Booking {
    let until = booking.created_at + jiff::SignedDuration::from_mins(10);
    Booking {
        code: BookingCode::new("6b02c1d4e5f60718293a4b9e"),
        status: BookingStatus::Pending,
        hall_name: "".into(),
        total: Some(Money::new(1050 * booking.seats.len() as i64, iso_currency::Currency::XXX)),
        payment: PaymentMethod::Link,
        created_at: wall(),
        refundable: None,
        ticket: String::new(),
        payment_page: Some(PaymentPage { url: PAGE.to_owned(), until }),
        ..booking
    }
}
