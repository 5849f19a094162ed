//! Stripe's events: a booking that waits for its payment is paid when Stripe says so, once, however often it says it.

use super::{
    bookings::{Payer, settle},
    records::{Record, Stage},
};
use crate::{
    domain::{booking::PaymentMethod, ids::UserId, text},
    server::{
        office::Office,
        problem::{Code, Refusal},
    },
};
use hmac::{Hmac, KeyInit, Mac};
use serde::Deserialize;
use sha2::Sha256;
use sqlx::AnyConnection;
use std::sync::Arc;

/// How far the time of a signature may be from ours, to either side.
const TOLERANCE_SECONDS: i64 = 300;
/// The longest id that Stripe gives anything is 255 characters.
const MAX_ID: usize = 255;

/// Whether a body comes from Stripe. `header` is `Stripe-Signature`: `t=<unix seconds>,v1=<hex>`, `v1` perhaps more than
/// once. Signed is the time, a dot and the raw body; the key is the whole secret as it is written, `whsec_` included.
pub fn verify(secret: &str, header: &str, body: &[u8], now: i64) -> Result<(), &'static str> {
    let fields = || header.split(',').filter_map(|field| field.trim().split_once('='));
    let time = fields().find(|(name, _)| *name == "t").map(|(_, time)| time);
    let time = time.filter(|time| !time.is_empty() && time.bytes().all(|byte| byte.is_ascii_digit()));
    let (text, seconds) = time.and_then(|time| Some((time, time.parse::<i64>().ok()?))).ok_or("It has no time (t).")?;
    let signatures: Vec<Vec<u8>> =
        fields().filter(|(name, _)| *name == "v1").filter_map(|(_, hex)| bytes(hex)).collect();
    if signatures.is_empty() {
        return Err("It has no signature of the scheme v1.");
    }
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).map_err(|_| "The secret is no key.")?;
    mac.update(text.as_bytes());
    mac.update(b".");
    mac.update(body);
    // All are compared, each in a time that does not tell how much of it is right.
    if !signatures.iter().fold(false, |fits, signature| mac.clone().verify_slice(signature).is_ok() | fits) {
        return Err("No signature fits the body and the secret.");
    }
    if now.abs_diff(seconds) > TOLERANCE_SECONDS.unsigned_abs() {
        return Err("Its time is more than five minutes from this server's.");
    }
    Ok(())
}

fn bytes(hex: &str) -> Option<Vec<u8>> {
    let pair = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    let plain = hex.len().is_multiple_of(2) && hex.bytes().all(|digit| digit.is_ascii_hexdigit());
    plain.then(|| hex.as_bytes().chunks(2).map(pair).collect())?
}

/// An event, as far as it matters here.
#[derive(Deserialize)]
pub struct Event {
    id: String,
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    data: Data,
}

#[derive(Default, Deserialize)]
struct Data {
    #[serde(default)]
    object: Object,
}

/// A checkout session or a payment intent.
#[derive(Default, Deserialize)]
struct Object {
    #[serde(default)]
    metadata: Option<Metadata>,
    /// Of a session: `paid`, `unpaid` while a slow way to pay is under way, `no_payment_required`.
    payment_status: Option<String>,
    /// Of a session.
    amount_total: Option<i64>,
    /// Of an intent.
    amount_received: Option<i64>,
    currency: Option<String>,
}

#[derive(Default, Deserialize)]
struct Metadata {
    #[serde(rename = "bookingId")]
    booking: Option<String>,
}

/// What became of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    /// It is about nothing that is done here.
    Ignored,
    Paid,
    /// The booking was paid before, by this payment's other event, or otherwise.
    PaidBefore,
    UnknownBooking,
    /// Another amount or currency than the booking's: nothing was sold.
    OtherAmount,
    /// The seats were no longer the booking's: nothing was sold, and the money is to be given back at Stripe.
    TooLate,
}

impl Outcome {
    fn word(self) -> &'static str {
        match self {
            Self::Ignored => "ignored",
            Self::Paid => "paid",
            Self::PaidBefore => "paid_before",
            Self::UnknownBooking => "unknown_booking",
            Self::OtherAmount => "other_amount",
            Self::TooLate => "too_late",
        }
    }
}

/// The event in a body whose signature is right.
pub fn event(body: &[u8]) -> Result<Event, &'static str> {
    let event: Event = serde_json::from_slice(body).map_err(|_| "The body is not an event with an id and a type.")?;
    if event.id.is_empty() || event.id.len() > MAX_ID {
        return Err("The event's id is empty or too long.");
    }
    Ok(event)
}

/// Does what an event asks for. The same event again does nothing.
pub async fn receive(office: &Arc<Office>, event: Event) -> Result<(), Refusal> {
    let event = Arc::new(event);
    let (at, told) = (Arc::clone(office), Arc::clone(&event));
    let handled = office.db.write(move |tx| Box::pin(async move { handle(tx, &at, &told).await })).await;
    match handled {
        // Everything of it was undone, the note too.
        Err(refusal) if refusal.code == Code::HoldExpired => {
            let (at, told) = (Arc::clone(office), Arc::clone(&event));
            office.db.write(move |tx| Box::pin(async move { note(tx, &at, &told, Outcome::TooLate).await })).await?;
            let (id, booking) = (text::clean(&event.id, 64), text::clean(event.booking().unwrap_or_default(), 64));
            tracing::error!(
                event = id,
                booking,
                "Stripe was paid for seats that are free or somebody else's: refund it"
            );
            Ok(())
        }
        outcome => outcome.map(drop),
    }
}

async fn handle(tx: &mut AnyConnection, office: &Arc<Office>, event: &Event) -> Result<(), Refusal> {
    let object = &event.data.object;
    let pays = match event.kind.as_str() {
        "checkout.session.completed" => {
            matches!(object.payment_status.as_deref(), None | Some("paid" | "no_payment_required"))
        }
        "checkout.session.async_payment_succeeded" | "payment_intent.succeeded" => true,
        _ => false,
    };
    let Some(id) = event.booking().filter(|_| pays) else {
        return note(tx, office, event, Outcome::Ignored).await.map(drop);
    };
    let record = Record::by_id(&mut *tx, id).await?;
    let outcome = match &record {
        Some(record) if record.stage == Stage::Paid => Outcome::PaidBefore,
        Some(record) if !object.is_for(record) => Outcome::OtherAmount,
        Some(Record { user: Some(_), stage: Stage::Pending, .. }) => Outcome::Paid,
        Some(Record { user: Some(_), stage: Stage::Expired | Stage::Cancelled, .. }) => Outcome::TooLate,
        _ => Outcome::UnknownBooking,
    };
    if !note(tx, office, event, outcome).await? {
        return Ok(());
    }
    match (outcome, record) {
        (Outcome::Paid, Some(record)) => {
            let user = UserId(record.user.clone().unwrap_or_default());
            let payer = Payer { user: &user, method: PaymentMethod::Link };
            // A payment that comes late still counts while nobody else has the seats.
            settle(tx, office, record, payer, office.now_ms()).await.map(drop)
        }
        (Outcome::OtherAmount | Outcome::TooLate, _) => {
            let (id, booking) = (text::clean(&event.id, 64), text::clean(id, 64));
            tracing::error!(event = id, booking, outcome = outcome.word(), "Stripe was paid and nothing was sold");
            Ok(())
        }
        _ => Ok(()),
    }
}

impl Event {
    /// The booking that it names.
    fn booking(&self) -> Option<&str> {
        self.data.object.metadata.as_ref()?.booking.as_deref().filter(|id| !id.is_empty() && id.len() <= MAX_ID)
    }
}

impl Object {
    /// Whether as much was paid as the booking costs, where the event says how much that was.
    fn is_for(&self, record: &Record) -> bool {
        let amount = self.amount_total.or(self.amount_received);
        let currency = self.currency.as_deref();
        amount.is_none_or(|amount| amount == record.total.minor)
            && currency.is_none_or(|code| code.eq_ignore_ascii_case(record.total.currency.code()))
    }
}

/// Writes down that an event came and what became of it; whether it is the first time.
async fn note(tx: &mut AnyConnection, office: &Office, event: &Event, outcome: Outcome) -> Result<bool, Refusal> {
    let added = sqlx::query(
        "INSERT INTO webhook_events(provider,event_id,kind,booking_id,outcome,received_at)
         VALUES('stripe',$1,$2,$3,$4,$5) ON CONFLICT(provider,event_id) DO NOTHING",
    )
    .bind(event.id.clone())
    .bind(text::clean(&event.kind, 100))
    .bind(event.booking().map(str::to_owned))
    .bind(outcome.word())
    .bind(office.now_ms())
    .execute(tx)
    .await?;
    Ok(added.rows_affected() == 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;
    use std::path::PathBuf;

    #[test]
    fn every_vector_of_other_projects_is_judged_as_they_judge_it() {
        let shared = std::env::var_os("FRONTROW_SHARED")
            .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared"), PathBuf::from);
        let file = shared.join("data/webhook-vectors/stripe.json");
        let Ok(text) = std::fs::read_to_string(&file) else {
            assert!(std::env::var_os("CI").is_none(), "{} is missing", file.display());
            eprintln!("{} is missing: no vector was judged", file.display());
            return;
        };
        let file: Value = serde_json::from_str(&text).unwrap();
        let vectors = file["vectors"].as_array().unwrap();
        assert_eq!(vectors.len(), 13);
        for vector in vectors {
            let text = |key: &str| vector[key].as_str().unwrap();
            let judged =
                verify(text("secret"), text("header"), text("payload").as_bytes(), vector["now"].as_i64().unwrap());
            assert_eq!(judged.is_ok(), vector["valid"].as_bool().unwrap(), "{}: {judged:?}", text("name"));
        }
    }

    /// HMAC-SHA256 of `1600000000.{}` under `whsec_invented`, by Python's hmac.
    const SIGNATURE: &str = "3c45401c4854aaffc9d6efc15477362a83e850c78590e789862e8b83266a3aa2";

    #[test]
    fn a_signature_counts_for_five_minutes_for_its_body_and_its_secret() {
        let header = format!("t=1600000000,v1={SIGNATURE}");
        let judge =
            |secret: &str, header: &str, body: &str, now: i64| verify(secret, header, body.as_bytes(), now).is_ok();
        assert!(judge("whsec_invented", &header, "{}", 1_600_000_300));
        assert!(judge("whsec_invented", &header, "{}", 1_599_999_700));
        assert!(!judge("whsec_invented", &header, "{}", 1_600_000_301));
        assert!(!judge("whsec_invented", &header, "{}", 1_599_999_699));
        assert!(!judge("invented", &header, "{}", 1_600_000_000));
        assert!(!judge("whsec_invented", &header, "{ }", 1_600_000_000));
        assert!(!judge("whsec_invented", &header.replace("v1", "v0"), "{}", 1_600_000_000));
        assert!(!judge("whsec_invented", &header.replace("t=", "t=+"), "{}", 1_600_000_000));
        assert!(judge("whsec_invented", &format!("t=1600000000,v1=00,v1=xyz,v1={SIGNATURE}"), "{}", 1_600_000_000));
    }
}
