//! Bookings: a hold becomes a sale, once, whatever is lost on the way; and a sale can be given back.

use super::{
    claims, holds,
    orders::Sale,
    records::{Record, Stage, select_records},
    seating::{self, Ruling},
    tickets,
};
use crate::{
    domain::{
        booking::{Booking, PaymentMethod},
        env::{Entropy, random},
        ids::{BookingCode, ShowId, UserId},
    },
    server::{
        office::{Office, fingerprint},
        problem::{Code, Refusal, quoted},
    },
    wire::BookRequest,
};
use sqlx::{AnyConnection, Row};
use std::sync::Arc;

/// How long the answer to a sale is kept for retries.
pub const KEPT_MS: i64 = 24 * 60 * 60 * 1000;
/// No letter or digit that is taken for another.
const CODE_ALPHABET: &[u8; 29] = b"ABCDEFGHJKMNPQRTUVWXYZ2346789";

/// What names a sale: the same in every try (`Idempotency-Key`).
pub struct SaleName {
    pub user: UserId,
    pub key: String,
}

impl SaleName {
    fn scope(&self) -> String {
        format!("{} POST /v1/bookings", self.user)
    }
}

/// Books what a hold holds. The same name and request again give the first answer again.
pub async fn book(
    office: &Arc<Office>,
    name: SaleName,
    token: &str,
    request: &BookRequest,
) -> Result<Booking, Refusal> {
    let (at, token) = (Arc::clone(office), token.to_owned());
    let (hold, method) = (request.hold.0.clone(), request.payment);
    let body_hash = fingerprint(&format!("{hold} {}", method.word()));
    office
        .db
        .write(move |tx| {
            Box::pin(async move {
                if let Some(answer) = answered(tx, &name, &body_hash).await? {
                    return Ok(answer);
                }
                let now = at.now_ms();
                let record = holds::owned(Record::by_id(&mut *tx, &hold).await?, &token)?;
                must_not_be_booked_by(&record, &name.user)?;
                let record = holds::live(Some(record), &token, now)?;
                if now >= record.starts_at {
                    return Err(Refusal::new(Code::SaleClosed, "The show has begun; its sale is closed."));
                }
                must_be_payable(&at, &record, method)?;
                must_leave_none_alone(tx, &at, &record, now).await?;
                let booking = settle(tx, &at, record, Payer { user: &name.user, method }, now).await?;
                remember(tx, &name, &body_hash, &booking, now).await?;
                Ok(booking)
            })
        })
        .await
}

/// A hold that left a seat alone when it was last changed, and still does. What others did since is nobody's fault.
async fn must_leave_none_alone(
    tx: &mut AnyConnection,
    office: &Office,
    record: &Record,
    now: i64,
) -> Result<(), Refusal> {
    if !record.leaves_alone {
        return Ok(());
    }
    let sale = Sale::of(office, &ShowId::new(record.show.to_string())).await?;
    sale.must_be_current(tx).await?;
    match seating::judge(tx, office, &sale, (&record.id, &record.lines), None, now).await? {
        Ruling::Fine | Ruling::Advised(_) => Ok(()),
        Ruling::Rejected(alone) => {
            Err(seating::orphan_seat(alone, "Your seats stay held and nothing was booked; change them first."))
        }
    }
}

/// Whose booking a hold has become already is told which one; everyone else is told nothing of it.
fn must_not_be_booked_by(record: &Record, user: &UserId) -> Result<(), Refusal> {
    match &record.code {
        Some(code) if record.user.as_deref() == Some(user.as_str()) => {
            let detail = format!("You have booked this hold already: it is your booking {code}.");
            Err(Refusal::new(Code::AlreadyBooked, detail))
        }
        _ => Ok(()),
    }
}

/// Who pays and how.
pub struct Payer<'a> {
    pub user: &'a UserId,
    pub method: PaymentMethod,
}

/// Turns a live hold or pending booking into a paid one. The claims are the proof of ownership: unless all of them
/// are still its own, nothing is sold.
pub async fn settle(
    tx: &mut AnyConnection,
    office: &Office,
    mut record: Record,
    payer: Payer<'_>,
    now: i64,
) -> Result<Booking, Refusal> {
    let code = match record.code.take() {
        Some(code) => code,
        None => new_code(tx, &*office.entropy).await?,
    };
    let ticket = tickets::of_booking(&office.keys, &record)?;
    // A hold becomes a booking now; what waited for its payment has been one since it was made.
    let created_at = if record.stage == Stage::Held { now } else { record.created_at };
    let won = sqlx::query(
        "UPDATE bookings SET status='paid', user_id=$2, code=$3, method=$4, ticket=$5, paid_at=$6, created_at=$7
         WHERE id=$1 AND status IN('held','pending')",
    )
    .bind(record.id.clone())
    .bind(payer.user.0.clone())
    .bind(code.clone())
    .bind(payer.method.word().to_owned())
    .bind(ticket.clone())
    .bind(now)
    .bind(created_at)
    .execute(&mut *tx)
    .await?
    .rows_affected();
    if won != 1 || claims::sell(tx, &record.id).await? != record.lines.len() {
        return Err(holds::lost());
    }
    office.live.touched(record.show, record.lines.iter().map(|line| line.ix));
    record = Record { code: Some(code), method: payer.method, ticket, stage: Stage::Paid, created_at, ..record };
    record.booking(now)?.ok_or_else(|| Refusal::internal("a paid booking without a code"))
}

/// The demo cinema takes anything that moves no money; nothing else is set up here.
pub(super) fn must_be_payable(office: &Office, record: &Record, method: PaymentMethod) -> Result<(), Refusal> {
    let refuse = |why: &str| Err(Refusal::new(Code::PaymentRefused, why));
    match method {
        PaymentMethod::None if record.total.minor == 0 => Ok(()),
        PaymentMethod::None => refuse("This booking costs something; choose a way to pay, such as demo."),
        PaymentMethod::Link => refuse("Payment by link is not set up here; choose demo."),
        PaymentMethod::Demo | PaymentMethod::Cash | PaymentMethod::Card if office.cinema.demo => Ok(()),
        PaymentMethod::Demo | PaymentMethod::Cash | PaymentMethod::Card => {
            refuse("This cinema has no way to pay set up yet.")
        }
    }
}

async fn answered(tx: &mut AnyConnection, name: &SaleName, body_hash: &str) -> Result<Option<Booking>, Refusal> {
    let row = sqlx::query("SELECT body_hash, response FROM idempotency WHERE scope=$1 AND key=$2")
        .bind(name.scope())
        .bind(name.key.clone())
        .fetch_optional(tx)
        .await?;
    let Some(row) = row else { return Ok(None) };
    if row.try_get::<String, _>("body_hash")? != body_hash {
        let detail = "This Idempotency-Key belongs to another sale; make a new key for each sale.";
        return Err(Refusal::new(Code::IdempotencyMismatch, detail));
    }
    serde_json::from_str(row.try_get("response")?).map(Some).map_err(Refusal::internal)
}

async fn remember(
    tx: &mut AnyConnection,
    name: &SaleName,
    body_hash: &str,
    booking: &Booking,
    now: i64,
) -> Result<(), Refusal> {
    sqlx::query("INSERT INTO idempotency(scope,key,body_hash,response,created_at) VALUES($1,$2,$3,$4,$5)")
        .bind(name.scope())
        .bind(name.key.clone())
        .bind(body_hash.to_owned())
        .bind(serde_json::to_string(booking).map_err(Refusal::internal)?)
        .bind(now)
        .execute(tx)
        .await?;
    Ok(())
}

/// A booking code that nobody has yet, such as `K7Q-4MX`.
pub async fn new_code(tx: &mut AnyConnection, entropy: &dyn Entropy) -> Result<String, Refusal> {
    for _ in 0..32 {
        let code = random_code(entropy);
        let known = sqlx::query("SELECT 1 FROM bookings WHERE code=$1").bind(code.clone()).fetch_optional(&mut *tx);
        if known.await?.is_none() {
            return Ok(code);
        }
    }
    Err(Refusal::internal("no free booking code was found in 32 tries"))
}

fn random_code(entropy: &dyn Entropy) -> String {
    // Bytes beyond the last whole multiple of the alphabet would favour its first letters.
    let fair = (256 / CODE_ALPHABET.len() * CODE_ALPHABET.len()) as u8;
    let mut code = String::new();
    while code.len() < 7 {
        for byte in random::<16>(entropy).into_iter().filter(|b| *b < fair) {
            if code.len() == 3 {
                code.push('-');
            }
            if code.len() < 7 {
                code.push(char::from(CODE_ALPHABET[usize::from(byte) % CODE_ALPHABET.len()]));
            }
        }
    }
    code
}

/// A person's bookings, newest first.
pub async fn list(office: &Office, user: &UserId) -> Result<Vec<Booking>, Refusal> {
    let now = office.now_ms();
    let bookings = records(office, user).await?.into_iter().map(|record| record.booking(now));
    bookings.filter_map(Result::transpose).collect()
}

/// The records behind [`list`].
pub async fn records(office: &Office, user: &UserId) -> Result<Vec<Record>, Refusal> {
    let sql = select_records!("WHERE b.user_id=$1 AND b.code IS NOT NULL ORDER BY b.created_at DESC, b.id DESC");
    let rows = sqlx::query(sql).bind(user.0.clone()).fetch_all(office.db.read()).await?;
    rows.iter().map(Record::of).collect()
}

pub async fn get(office: &Office, user: &UserId, code: &BookingCode) -> Result<Booking, Refusal> {
    let mut conn = office.db.read().acquire().await?;
    own(&mut conn, user, code).await?.booking(office.now_ms())?.ok_or_else(|| no_booking(code))
}

/// Gives a booking back: the seats are free at once. Cancelling twice is no error.
pub async fn cancel(office: &Arc<Office>, user: &UserId, code: &BookingCode) -> Result<Booking, Refusal> {
    let (at, user, code) = (Arc::clone(office), user.clone(), code.clone());
    office
        .db
        .write(move |tx| {
            Box::pin(async move {
                let now = at.now_ms();
                let mut record = own(tx, &user, &code).await?;
                if record.stage != Stage::Cancelled {
                    if !record.is_refundable(now) && !record.is_live(now) {
                        let why = "The booking cannot be cancelled: its show has begun, or it was never paid.";
                        return Err(Refusal::new(Code::NotCancellable, why));
                    }
                    sqlx::query("UPDATE bookings SET status='cancelled', cancelled_at=$2 WHERE id=$1")
                        .bind(record.id.clone())
                        .bind(now)
                        .execute(&mut *tx)
                        .await?;
                    claims::give_up_all(tx, &record.id).await?;
                    at.live.touched(record.show, record.lines.iter().map(|line| line.ix));
                    record.stage = Stage::Cancelled;
                }
                record.booking(now)?.ok_or_else(|| no_booking(&code))
            })
        })
        .await
}

async fn own(conn: &mut AnyConnection, user: &UserId, code: &BookingCode) -> Result<Record, Refusal> {
    let row = sqlx::query(select_records!("WHERE b.code=$1 AND b.user_id=$2"))
        .bind(normal_code(&code.0))
        .bind(user.0.clone())
        .fetch_optional(conn)
        .await?;
    row.as_ref().map(Record::of).transpose()?.ok_or_else(|| no_booking(code))
}

/// A code as it was given out, however it was typed.
fn normal_code(typed: &str) -> String {
    let letters: String = typed.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_uppercase();
    if letters.len() == 6 { format!("{}-{}", &letters[..3], &letters[3..]) } else { letters }
}

fn no_booking(code: &BookingCode) -> Refusal {
    Refusal::new(Code::NotFound, format!("You have no booking {}; GET /v1/bookings lists yours.", quoted(&code.0)))
}
