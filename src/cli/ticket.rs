//! `ticket`: what one shows at the door.

use super::{
    Ctx, Outcome,
    bookings::{find, labels, own},
    documents::Documents,
    qr,
};
use crate::{
    app,
    domain::{
        booking::{Booking, BookingStatus},
        failure::{Failure, FailureKind},
        money, time,
    },
};
use serde_json::json;

pub async fn run(ctx: &Ctx, code: &str) -> Result<Outcome, Failure> {
    let office = app::connect(&ctx.settings).await?;
    let bookings = own(&office).await?;
    let booking = find(&bookings, code)?;
    if booking.status != BookingStatus::Paid {
        let why = format!("booking {} is {}, so it has no ticket", booking.code, booking.status.word());
        return Err(Failure::new(FailureKind::Refused, "no_ticket", why));
    }
    let documents = Documents::of(&office.office.cinema().await?);
    let picture = qr::draw(&ctx.out, &booking.ticket)?;
    let mut document = documents.booking(booking);
    document["ticket"] = json!(booking.ticket);
    ctx.out.answer(json!({ "v": 1, "booking": document }), || {
        let details = details(ctx, booking, &documents);
        if ctx.settings.plain {
            format!("{details}Ticket  {}\n", booking.ticket)
        } else {
            format!("{details}\n{picture}")
        }
    })?;
    Ok(Outcome::Done)
}

fn details(ctx: &Ctx, booking: &Booking, documents: &Documents) -> String {
    let day = |at| time::long_day_words(time::business_day(at, &documents.zone));
    let lines = [
        ("Film", booking.movie_title.to_string()),
        ("Day", booking.starts_at.map(day).unwrap_or_default()),
        ("Time", booking.starts_at.map(|at| time::clock_words(at, &documents.zone)).unwrap_or_default()),
        ("Hall", booking.hall_name.to_string()),
        ("Seats", labels(booking)),
        ("Total", money::words_of(booking.total, ctx.out.glyphs())),
        ("Code", ctx.out.bold(booking.code.as_str())),
    ];
    lines.iter().map(|(name, value)| format!("{name:<6}  {value}\n")).collect()
}
