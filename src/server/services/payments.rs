//! Bookings that wait for their payment page: the demo's page, where a button pays and no money moves.

use super::{
    bookings::{self, Payer, new_code, settle},
    holds::must_leave_seats_for_others,
    orders::{NewBooking, Sale, must_be_some},
    records::{Record, Stage, select_records},
    tidy,
};
use crate::{
    domain::{
        booking::{Booking, PaymentMethod},
        ids::{SeatId, ShowId, UserId},
    },
    server::{
        office::{Office, fingerprint, millis},
        peer::Peer,
        problem::{Code, Refusal},
    },
};
use sqlx::AnyConnection;
use std::{collections::HashSet, sync::Arc};

/// Seats kept as long as a hold for a person who is sent to the payment page, and from there to `return_url`; returns
/// the page's secret.
pub async fn reserve(
    office: &Arc<Office>,
    user: &UserId,
    show: &ShowId,
    seats: &[SeatId],
    return_url: Option<String>,
    peer: Peer,
) -> Result<String, Refusal> {
    must_be_some(seats.len())?;
    // Seats that nobody can pay for would only be kept from others.
    if !office.cinema.demo && office.outside.stripe_secret.is_none() {
        return Err(Refusal::new(Code::PaymentRefused, "This cinema has no way to pay set up yet."));
    }
    must_leave_seats_for_others(office, peer, seats.len())?;
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
                let expires_at = now + millis(at.rules.selling.hold);
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
                        return_url: return_url.as_deref(),
                        expires_at,
                        created_at: now,
                    }
                    .insert(tx)
                    .await?;
                }
                at.live.touched(sale.number, wanted.lines.iter().map(|line| line.ix));
                match sale.claim(tx, &id, &wanted, expires_at, now).await {
                    Err(refusal) if refusal.code == Code::SeatTaken => {
                        Err(told_to(tx, (&user, &id), &sale, refusal, now).await?)
                    }
                    claimed => claimed,
                }
            })
        })
        .await?;
    tidy::when_due(office);
    Ok(secret)
}

/// The refusal of the booking `refused` in words for its user, whose own unpaid booking may be what stands in the way.
async fn told_to(
    tx: &mut AnyConnection,
    (user, refused): (&UserId, &str),
    sale: &Sale,
    refusal: Refusal,
    now: i64,
) -> Result<Refusal, Refusal> {
    let sql =
        select_records!("WHERE b.show_id=$1 AND b.user_id=$2 AND b.status='pending' AND b.expires_at>$3 AND b.id<>$4");
    let query = sqlx::query(sql).bind(sale.number).bind(user.0.clone()).bind(now).bind(refused.to_owned());
    let pending: Vec<Record> = query.fetch_all(tx).await?.iter().map(Record::of).collect::<Result<_, _>>()?;
    let own: HashSet<&SeatId> = pending.iter().flat_map(|record| &record.lines).map(|line| &line.seat.id).collect();
    let (mine, others): (Vec<_>, Vec<_>) = refusal.conflicts.iter().partition(|conflict| own.contains(&conflict.seat));
    if mine.is_empty() {
        return Ok(refusal);
    }
    let mut words = Vec::new();
    words.extend(mine.iter().map(|c| format!("{} is kept for you in a booking that you have not paid yet", c.label)));
    words.extend(others.iter().map(|c| format!("{} {}", c.label, c.reason.words())));
    let detail = format!("Seat {}. Pay it from your bookings, or wait until it ends.", words.join(", "));
    Ok(Refusal::about(Code::SeatTaken, detail, refusal.conflicts))
}

/// What a payment page shows.
pub struct Page {
    pub booking: Booking,
    /// Where people go from there.
    pub return_url: Option<String>,
}

/// The payment page as it is now; looking changes nothing.
pub async fn page(office: &Office, secret: &str) -> Result<Page, Refusal> {
    let mut conn = office.db.read().acquire().await?;
    let (record, now) = (record_of(&mut conn, &fingerprint(secret)).await?, office.now_ms());
    must_be_payable(&record, now)?;
    Page::of(&record, now)
}

/// Pays the booking of a payment page. Paying twice is no error; paying too late sells nothing.
pub async fn pay(office: &Arc<Office>, secret: &str) -> Result<Page, Refusal> {
    let (at, token_hash) = (Arc::clone(office), fingerprint(secret));
    office
        .db
        .write(move |tx| {
            Box::pin(async move {
                let now = at.now_ms();
                let record = record_of(tx, &token_hash).await?;
                must_be_payable(&record, now)?;
                if record.stage == Stage::Paid {
                    return Page::of(&record, now);
                }
                bookings::must_be_payable(&at, &record, PaymentMethod::Demo)?;
                let user = record.user.clone().map(UserId).ok_or_else(no_page)?;
                let return_url = record.return_url.clone();
                let payer = Payer { user: &user, method: PaymentMethod::Demo };
                Ok(Page { booking: settle(tx, &at, record, payer, now).await?, return_url })
            })
        })
        .await
}

impl Page {
    fn of(record: &Record, now: i64) -> Result<Self, Refusal> {
        Ok(Self { booking: record.booking(now)?.ok_or_else(no_page)?, return_url: record.return_url.clone() })
    }
}

async fn record_of(conn: &mut AnyConnection, token_hash: &str) -> Result<Record, Refusal> {
    let row = sqlx::query(select_records!("WHERE b.token_hash=$1 AND b.channel='quickshow'"))
        .bind(token_hash.to_owned())
        .fetch_optional(conn)
        .await?;
    row.as_ref().map(Record::of).transpose()?.ok_or_else(no_page)
}

/// It is paid, or still can be.
fn must_be_payable(record: &Record, now: i64) -> Result<(), Refusal> {
    if record.stage == Stage::Paid || record.is_live(now) && now < record.starts_at {
        return Ok(());
    }
    let detail = "This payment page has ended and its seats are free again; nothing was paid.";
    Err(Refusal::new(Code::HoldExpired, detail))
}

fn no_page() -> Refusal {
    Refusal::new(Code::NotFound, "There is no such payment page.")
}
