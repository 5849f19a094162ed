//! How often somebody may try. What is counted here outlives a restart.

use super::tidy;
use crate::{
    domain::rules::Limit,
    server::{
        office::{Office, millis},
        peer::Peer,
        problem::{Code, Refusal},
    },
};
use sqlx::{AnyConnection, Row};
use std::sync::Arc;

/// The first wait after too many wrong passwords; each further one doubles it.
const FIRST_WAIT_MS: i64 = 60_000;

/// Counts a try of `key`, such as `email code ann@example.org`, and refuses it when there were too many. It is counted
/// before it is carried out, so that many at once are not all let through.
///
/// A time that lies further ahead than a window is of a clock that was put back since, and counts for nothing.
pub async fn count(office: &Arc<Office>, key: String, limit: Limit) -> Result<(), Refusal> {
    tidy::when_due(office);
    let (now, window) = (office.now_ms(), millis(limit.window));
    let wait = office
        .db
        .write(move |tx| {
            Box::pin(async move {
                let row = sqlx::query(
                    "INSERT INTO throttle(key,failures,since) VALUES($1,1,$2) ON CONFLICT(key) DO UPDATE SET
                       failures=CASE WHEN throttle.since<=$3 OR throttle.since>$4 THEN 1 ELSE throttle.failures+1 END,
                       since=CASE WHEN throttle.since<=$3 OR throttle.since>$4 THEN $2 ELSE throttle.since END
                     RETURNING failures, since",
                )
                .bind(key)
                .bind(now)
                .bind(now - window)
                .bind(now + window)
                .fetch_one(tx)
                .await?;
                let over = row.try_get::<i64, _>("failures")? > i64::from(limit.times);
                Ok(if over { (row.try_get::<i64, _>("since")? + window - now).min(window) } else { 0 })
            })
        })
        .await?;
    wait_over(wait)
}

/// The same for a client's address. This machine's own is not counted ([`Peer::limited_as`]).
pub async fn count_peer(office: &Arc<Office>, what: &str, peer: Peer, limit: Limit) -> Result<(), Refusal> {
    match peer.limited_as() {
        Some(address) => count(office, format!("{what} from {address}"), limit).await,
        None => Ok(()),
    }
}

/// Counts a try at a password. After as many as the limit has, each further one waits: a minute first, then twice as
/// long each time, up to the limit's window; nobody is locked out for good. All is forgotten when one succeeds
/// ([`forget`]), and when nobody has tried for a window after the wait.
pub async fn guess(office: &Arc<Office>, key: String) -> Result<(), Refusal> {
    tidy::when_due(office);
    let (now, limit) = (office.now_ms(), office.rules.limits.passwords);
    let window = millis(limit.window);
    let wait = office
        .db
        .write(move |tx| {
            Box::pin(async move {
                let row = sqlx::query("SELECT failures, since, blocked_until FROM throttle WHERE key=$1")
                    .bind(key.clone())
                    .fetch_optional(&mut *tx)
                    .await?;
                let (mut tries, mut blocked_until) = (0, 0);
                if let Some(row) = row {
                    (tries, blocked_until) = (row.try_get::<i64, _>("failures")?, row.try_get("blocked_until")?);
                    let newest = blocked_until.max(row.try_get("since")?);
                    if newest + window <= now || now + window < newest {
                        (tries, blocked_until) = (0, 0);
                    }
                    if now < blocked_until {
                        return Ok(blocked_until - now);
                    }
                }
                tries += 1;
                let over = tries - i64::from(limit.times);
                if over >= 0 {
                    blocked_until = now + doubled(over).min(window);
                }
                sqlx::query(
                    "INSERT INTO throttle(key,failures,since,blocked_until) VALUES($1,$2,$3,$4)
                     ON CONFLICT(key) DO UPDATE SET failures=$2, since=$3, blocked_until=$4",
                )
                .bind(key)
                .bind(tries)
                .bind(now)
                .bind(blocked_until)
                .execute(tx)
                .await?;
                Ok(0)
            })
        })
        .await?;
    wait_over(wait)
}

/// The first wait, doubled so many times.
fn doubled(times: i64) -> i64 {
    let factor = u32::try_from(times).ok().and_then(|times| 1i64.checked_shl(times.min(40)));
    FIRST_WAIT_MS.saturating_mul(factor.unwrap_or(i64::MAX))
}

/// Forgets the tries of `key`: one of them was right.
pub async fn forget(tx: &mut AnyConnection, key: &str) -> Result<(), Refusal> {
    sqlx::query("DELETE FROM throttle WHERE key=$1").bind(key.to_owned()).execute(tx).await?;
    Ok(())
}

/// Takes one [`count`] back, for tries that only count when they were wrong.
pub async fn take_back(tx: &mut AnyConnection, key: &str) -> Result<(), Refusal> {
    let query = sqlx::query("UPDATE throttle SET failures=failures-1 WHERE key=$1 AND failures>0");
    query.bind(key.to_owned()).execute(tx).await?;
    Ok(())
}

/// Refuses while there is something to wait for.
pub fn wait_over(wait_ms: i64) -> Result<(), Refusal> {
    if wait_ms <= 0 {
        return Ok(());
    }
    let seconds = (wait_ms + 999) / 1000;
    let wait = if seconds < 120 { format!("{seconds} seconds") } else { format!("{} minutes", (seconds + 59) / 60) };
    Err(Refusal::after(Code::RateLimited, format!("Too many tries; wait {wait}."), seconds))
}
