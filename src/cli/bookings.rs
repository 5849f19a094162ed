//! `bookings` and `cancel`.

use super::{Ctx, Outcome, documents::Documents, pay};
use crate::{
    app::{self, Office},
    domain::{
        booking::{Booking, BookingStatus},
        failure::{Failure, FailureKind},
        ids::BookingCode,
        money,
        show::PricedSeat,
        time,
    },
};
use serde_json::{Value, json};

/// In place of the day of a show that is not there any more.
pub const SHOW_REMOVED: &str = "show removed";

pub async fn list(ctx: &Ctx) -> Result<Outcome, Failure> {
    let office = app::connect(&ctx.settings).await?;
    let bookings = own(&office).await?;
    let documents = Documents::of(&office.office.cinema().await?);
    bookings.iter().for_each(pay::tell_troubles);
    let list: Vec<Value> = bookings.iter().map(|booking| documents.booking(booking)).collect();
    ctx.out.answer(json!({ "v": 1, "bookings": list }), || {
        if bookings.is_empty() {
            return "No bookings.\n".to_owned();
        }
        let rows: Vec<_> = bookings.iter().map(|booking| row(ctx, booking, &documents)).collect();
        ctx.out.table(&["code", "status", "film", "day", "time", "seats", ">total"], &rows)
    })?;
    Ok(Outcome::Done)
}

fn row(ctx: &Ctx, booking: &Booking, documents: &Documents) -> Vec<String> {
    let day = |at| time::short_day_words(time::business_day(at, &documents.zone));
    vec![
        booking.code.to_string(),
        status(booking, documents),
        booking.movie_title.to_string(),
        booking.starts_at.map_or_else(|| SHOW_REMOVED.to_owned(), day),
        booking.starts_at.map(|at| time::clock_words(at, &documents.zone)).unwrap_or_default(),
        labels(booking),
        money::words_of(booking.total, ctx.out.glyphs()),
    ]
}

/// `paid`, or `pending, pay by 14:23` while that can be done.
fn status(booking: &Booking, documents: &Documents) -> String {
    let word = booking.status.word();
    match (pay::open_page(booking), &booking.payment_page) {
        (Some(page), _) => format!("{word}, pay by {}", time::wall_clock_words(page.until, &documents.zone)),
        (None, Some(_)) if booking.status == BookingStatus::Pending => "not paid in time".to_owned(),
        _ => word.to_owned(),
    }
}

/// The labels of a booking's seats.
pub fn labels(booking: &Booking) -> String {
    seat_labels(&booking.seats)
}

/// `F7, F8 (Child)`
pub fn seat_labels(seats: &[PricedSeat]) -> String {
    let label = |seat: &PricedSeat| match &seat.ticket {
        Some(ticket) => format!("{} ({ticket})", seat.label),
        None => seat.label.to_string(),
    };
    seats.iter().map(label).collect::<Vec<_>>().join(", ")
}

/// The signed-in person's bookings, newest first.
pub async fn own(office: &Office) -> Result<Vec<Booking>, Failure> {
    office.with_token(async |bearer| office.office.bookings(bearer).await).await
}

pub async fn cancel(ctx: &Ctx, code: &str) -> Result<Outcome, Failure> {
    let office = app::connect(&ctx.settings).await?;
    let cinema = office.office.cinema().await?;
    if !cinema.abilities.cancels {
        let why = "bookings cannot be cancelled here; what is not paid in time is given up by the box office itself";
        return Err(Failure::new(FailureKind::Refused, "no_cancellation", why));
    }
    let code = find(&own(&office).await?, code)?.code.clone();
    let booking = office.with_token(async |bearer| office.office.cancel(bearer, &code).await).await?;
    let documents = Documents::of(&cinema);
    let said = format!("Booking {} ({}) is cancelled", booking.code, labels(&booking));
    let delivered = ctx.out.deliver(json!({ "v": 1, "booking": documents.booking(&booking) }), || format!("{said}.\n"));
    delivered.map(|()| Outcome::Done).map_err(|error| {
        let why = format!("{said}, but the answer could not be written: {error}");
        Failure::new(FailureKind::Other, "stdout", why)
    })
}

/// The booking with this code, however it is spelled: `K7Q-4MX`, `k7q4mx`.
pub fn find<'a>(bookings: &'a [Booking], code: &str) -> Result<&'a Booking, Failure> {
    let wanted = bare(code);
    bookings.iter().find(|booking| bare(booking.code.as_str()) == wanted).ok_or_else(|| not_found(code))
}

fn bare(code: &str) -> String {
    code.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase).collect()
}

fn not_found(code: &str) -> Failure {
    let code = BookingCode::new(crate::domain::text::clean(code, 32));
    let why = format!("you have no booking with the code {code}; `frontrow bookings` lists yours");
    Failure::new(FailureKind::NotFound, "booking_not_found", why)
}
