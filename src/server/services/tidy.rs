//! Housekeeping. Nothing depends on it: an expired claim is free whether its row is still there or not. It rides on
//! new holds and on what is counted, so an idle server stays idle.

use super::{bookings::KEPT_MS, claims};
use crate::server::{
    office::{Office, millis},
    problem::Refusal,
};
use sqlx::Row;
use std::sync::{Arc, atomic::Ordering::Relaxed};

const EVERY_MS: i64 = 60_000;
/// Ended holds are looked at for this long, then forgotten.
const ENDED_KEPT_MS: i64 = 24 * 60 * 60 * 1000;
/// Ended sessions are told why they ended for this long.
const SESSION_KEPT_MS: i64 = 30 * 24 * 60 * 60 * 1000;
/// Longer than any window in which tries are counted.
const TRIES_KEPT_MS: i64 = 24 * 60 * 60 * 1000;
const AT_ONCE: i64 = 256;

/// Tidies in the background if the last time is a minute ago.
pub fn when_due(office: &Arc<Office>) {
    let (now, last) = (office.now_ms(), office.tidied_at.load(Relaxed));
    // A last time that lies ahead is of a clock that was put back since.
    let due = !(0..EVERY_MS).contains(&now.saturating_sub(last))
        && office.tidied_at.compare_exchange(last, now, Relaxed, Relaxed).is_ok();
    if due {
        let office = Arc::clone(office);
        tokio::spawn(async move {
            if let Err(refusal) = tidy(&office).await {
                tracing::warn!("tidying ended holds failed: {refusal}");
            }
        });
    }
}

/// Expires what is due, one booking a transaction, and forgets what nobody asks for any more.
pub async fn tidy(office: &Arc<Office>) -> Result<(), Refusal> {
    let now = office.now_ms();
    let due = sqlx::query("SELECT id FROM bookings WHERE status IN('held','pending') AND expires_at<=$1 LIMIT $2")
        .bind(now)
        .bind(AT_ONCE)
        .fetch_all(office.db.read())
        .await?;
    for row in due {
        expire(office, row.try_get("id")?, now).await?;
    }
    let audited_since = now.saturating_sub(millis(office.rules.lifetimes.audit));
    office
        .db
        .write(move |tx| {
            Box::pin(async move {
                for (statement, until) in [
                    // A session that has ended by itself is remembered as long as its last refusals may matter.
                    (
                        "DELETE FROM credentials WHERE session_id IN (SELECT id FROM sessions WHERE abs_expires_at<=$1)",
                        now - SESSION_KEPT_MS,
                    ),
                    ("DELETE FROM sessions WHERE abs_expires_at<=$1", now - SESSION_KEPT_MS),
                    ("DELETE FROM email_codes WHERE expires_at<=$1", now),
                    ("DELETE FROM throttle WHERE since<=$1 AND blocked_until<=$1", now - TRIES_KEPT_MS),
                    ("DELETE FROM audit WHERE at<=$1", audited_since),
                ] {
                    sqlx::query(statement).bind(until).execute(&mut *tx).await?;
                }
                sqlx::query(
                    "DELETE FROM bookings WHERE status IN('released','expired') AND code IS NULL AND expires_at<=$1",
                )
                .bind(now - ENDED_KEPT_MS)
                .execute(&mut *tx)
                .await?;
                sqlx::query("DELETE FROM idempotency WHERE created_at<=$1").bind(now - KEPT_MS).execute(tx).await?;
                Ok(())
            })
        })
        .await
}

async fn expire(office: &Office, id: String, now: i64) -> Result<(), Refusal> {
    office
        .db
        .write(move |tx| {
            Box::pin(async move {
                let query = sqlx::query(
                    "UPDATE bookings SET status='expired' WHERE id=$1 AND status IN('held','pending') AND expires_at<=$2",
                );
                // It may have been extended or paid since it was found.
                if query.bind(id.clone()).bind(now).execute(&mut *tx).await?.rows_affected() == 1 {
                    claims::give_up_all(tx, &id).await?;
                }
                Ok(())
            })
        })
        .await
}
