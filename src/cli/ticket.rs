//! `ticket`: what one shows at the door.

use super::{
    Ctx, Outcome,
    bookings::{SHOW_REMOVED, find, labels, own},
    documents::Documents,
    pay, qr,
};
use crate::{
    app,
    domain::{
        booking::{Booking, BookingStatus},
        failure::{Failure, FailureKind, sentence},
        money, time,
    },
};
use serde_json::json;

pub async fn run(ctx: &Ctx, code: &str) -> Result<Outcome, Failure> {
    let office = app::connect(&ctx.settings).await?;
    let bookings = own(&office).await?;
    let booking = find(&bookings, code)?;
    let page = pay::open_page(booking);
    if booking.status != BookingStatus::Paid && page.is_none() {
        return Err(Failure::new(FailureKind::Refused, "no_ticket", no_ticket(booking)));
    }
    pay::tell_troubles(booking);
    let documents = Documents::of(&office.office.cinema().await?);
    // Where tickets are not signed, the code and the seats are all there is.
    let signed = (booking.status == BookingStatus::Paid && !booking.ticket.is_empty()).then_some(&booking.ticket);
    let picture = signed.map(|ticket| qr::draw(&ctx.out, ticket)).transpose()?;
    let mut document = documents.booking(booking);
    document["ticket"] = json!(signed);
    ctx.out.answer(json!({ "v": 1, "booking": document }), || {
        let details = details(ctx, booking, &documents);
        match (page, signed, picture) {
            (Some(page), ..) => format!("{details}\n{}", pay::words(ctx, page, &documents)),
            (None, Some(ticket), _) if ctx.settings.plain => format!("{details}Ticket  {ticket}\n"),
            (None, Some(_), Some(picture)) => format!("{details}\n{picture}"),
            _ => details,
        }
    })?;
    Ok(Outcome::Done)
}

fn no_ticket(booking: &Booking) -> String {
    let code = &booking.code;
    match booking.status {
        BookingStatus::Pending if booking.payment_page.is_some() => {
            format!("booking {code} was not paid in time, so it has no ticket; do not pay it any more")
        }
        BookingStatus::Pending => format!("{} It has no ticket", sentence(&pay::why_unpayable(booking))),
        status => format!("booking {code} is {}, so it has no ticket", status.word()),
    }
}

fn details(ctx: &Ctx, booking: &Booking, documents: &Documents) -> String {
    let day = |at| time::long_day_words(time::business_day(at, &documents.zone));
    let lines = [
        ("Status", booking.status.word().to_owned()),
        ("Film", booking.movie_title.to_string()),
        ("Day", booking.starts_at.map_or_else(|| SHOW_REMOVED.to_owned(), day)),
        ("Time", booking.starts_at.map(|at| time::clock_words(at, &documents.zone)).unwrap_or_default()),
        ("Hall", booking.hall_name.to_string()),
        ("Seats", labels(booking)),
        ("Total", money::words_of(booking.total, ctx.out.glyphs())),
        ("Code", ctx.out.bold(booking.code.as_str())),
    ];
    lines.iter().filter(|(_, value)| !value.is_empty()).map(|(name, value)| format!("{name:<6}  {value}\n")).collect()
}
