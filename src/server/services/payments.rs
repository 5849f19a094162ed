//! Bookings that wait for their payment page: the demo's page, where opening the link pays.

use super::{
    bookings::{Payer, new_code, settle},
    orders::{NewBooking, Sale, must_be_some},
    records::{HOLD_MS, Record, Stage, select_records},
    tidy,
};
use crate::{
    domain::{
        booking::{Booking, PaymentMethod},
        ids::{SeatId, ShowId, UserId},
    },
    server::{
        office::{Office, fingerprint},
        problem::{Code, Refusal},
    },
};
use std::sync::Arc;

/// Seats kept for ten minutes for a person who is sent to the payment page; returns the page's secret.
pub async fn reserve(office: &Arc<Office>, user: &UserId, show: &ShowId, seats: &[SeatId]) -> Result<String, Refusal> {
    must_be_some(seats.len())?;
    let sale = Sale::of(office, show).await?;
    let wanted = sale.want(seats)?;
    let id = office.new_id("bkg_");
    let secret = office.keys.payment_secret(&id);
    let (at, user, token_hash) = (Arc::clone(office), user.clone(), fingerprint(&secret));
    office
        .db
        .write(move |tx| {
            Box::pin(async move {
                let now = at.now_ms();
                sale.must_be_open(now)?;
                let expires_at = now + HOLD_MS;
                if wanted.unsellable.is_empty() {
                    let code = new_code(tx, &*at.entropy).await?;
                    NewBooking {
                        id: &id,
                        show: sale.number,
                        user: Some(user.as_str()),
                        channel: "quickshow",
                        status: "pending",
                        lines: &wanted.lines,
                        total: sale.check(&wanted.lines)?,
                        token_hash: &token_hash,
                        code: Some(code),
                        method: Some(PaymentMethod::Link.word()),
                        expires_at,
                        created_at: now,
                    }
                    .insert(tx)
                    .await?;
                }
                sale.claim(tx, &id, &wanted, expires_at, now).await
            })
        })
        .await?;
    tidy::when_due(office);
    Ok(secret)
}

/// Pays the booking of a payment page. Paying twice is no error; paying too late sells nothing.
pub async fn pay(office: &Arc<Office>, secret: &str) -> Result<Booking, Refusal> {
    let (at, token_hash) = (Arc::clone(office), fingerprint(secret));
    office
        .db
        .write(move |tx| {
            Box::pin(async move {
                let now = at.now_ms();
                let row = sqlx::query(select_records!("WHERE b.token_hash=$1 AND b.channel='quickshow'"))
                    .bind(token_hash)
                    .fetch_optional(&mut *tx)
                    .await?;
                let no_page = || Refusal::new(Code::NotFound, "There is no such payment page.");
                let record = row.as_ref().map(Record::of).transpose()?.ok_or_else(no_page)?;
                let user = record.user.clone().map(UserId).ok_or_else(no_page)?;
                if record.stage == Stage::Paid {
                    return record.booking(now)?.ok_or_else(no_page);
                }
                if !record.is_live(now) || now >= record.starts_at {
                    let detail = "This payment page has ended and its seats are free again; nothing was paid.";
                    return Err(Refusal::new(Code::HoldExpired, detail));
                }
                settle(tx, &at, record, Payer { user: &user, method: PaymentMethod::Demo }, now).await
            })
        })
        .await
}
