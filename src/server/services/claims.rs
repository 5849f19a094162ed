//! The SQL that decides who has a seat. One row for each claimed seat, under the primary key (show, seat); an
//! expired claim is taken over in place. Seats come in ascending order, which is the lock order where rows lock.

use crate::{domain::show::SeatState, server::problem::Refusal};
use sqlx::{AnyConnection, AnyExecutor, AnyPool, AssertSqlSafe, Row, any::AnyRow};
use std::{
    collections::{BTreeSet, HashMap},
    ops::Range,
};

/// So many seats are looked up by one statement.
const LOOKED_UP: usize = 64;

/// Claims all of `seats` until `expires_at`. Returns how many could be had; unless it is all of them, the caller
/// must undo its savepoint.
pub async fn claim(
    tx: &mut AnyConnection,
    show: i64,
    booking: &str,
    seats: &[u32],
    expires_at: i64,
    now: i64,
) -> Result<usize, Refusal> {
    let rows: Vec<String> = (5..5 + seats.len()).map(|n| format!("($1,${n},$2,1,$3)")).collect();
    let sql = format!(
        "INSERT INTO seat_claims(show_id,seat,booking_id,state,expires_at) VALUES {}
         ON CONFLICT(show_id,seat) DO UPDATE SET booking_id=excluded.booking_id, expires_at=excluded.expires_at
         WHERE seat_claims.state=1 AND seat_claims.expires_at<=$4",
        rows.join(",")
    );
    let mut query = sqlx::query(AssertSqlSafe(sql)).bind(show).bind(booking.to_owned()).bind(expires_at).bind(now);
    for seat in seats {
        query = query.bind(i64::from(*seat));
    }
    Ok(query.execute(tx).await?.rows_affected() as usize)
}

/// Whose claim stands on a seat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Claim {
    Held,
    Sold,
}

impl Claim {
    /// What it makes of a seat.
    pub fn state(self) -> SeatState {
        match self {
            Self::Held => SeatState::Held,
            Self::Sold => SeatState::Sold,
        }
    }
}

/// Those of `seats` that somebody other than `booking` has at `now`: of a held one when it ends, of a sold one `None`.
pub async fn taken(
    tx: &mut AnyConnection,
    show: i64,
    booking: &str,
    seats: &[u32],
    now: i64,
) -> Result<Vec<(u32, Option<i64>)>, Refusal> {
    let places: Vec<String> = (4..4 + seats.len()).map(|n| format!("${n}")).collect();
    let sql = format!(
        "SELECT seat, expires_at FROM seat_claims WHERE show_id=$1 AND booking_id<>$2 AND (state=2 OR expires_at>$3)
         AND seat IN ({}) ORDER BY seat",
        places.join(",")
    );
    let mut query = sqlx::query(AssertSqlSafe(sql)).bind(show).bind(booking.to_owned()).bind(now);
    for seat in seats {
        query = query.bind(i64::from(*seat));
    }
    query.fetch_all(tx).await?.iter().map(end_of).collect()
}

/// The claims of others than `booking` on the seats in `ranges` at `now`.
pub async fn taken_within(
    tx: &mut AnyConnection,
    show: i64,
    booking: &str,
    ranges: &[Range<u32>],
    now: i64,
) -> Result<Vec<(u32, Claim)>, Refusal> {
    let within: Vec<String> =
        (0..ranges.len()).map(|n| format!("seat>=${} AND seat<${}", 4 + 2 * n, 5 + 2 * n)).collect();
    let sql = format!(
        "SELECT seat, state FROM seat_claims WHERE show_id=$1 AND booking_id<>$2 AND (state=2 OR expires_at>$3)
         AND ({})",
        within.join(" OR ")
    );
    let mut query = sqlx::query(AssertSqlSafe(sql)).bind(show).bind(booking.to_owned()).bind(now);
    for range in ranges {
        query = query.bind(i64::from(range.start)).bind(i64::from(range.end));
    }
    query.fetch_all(tx).await?.iter().map(claim_of).collect()
}

/// All claims on seats of a show that stand at `now`.
pub async fn of_show<'e>(db: impl AnyExecutor<'e>, show: i64, now: i64) -> Result<Vec<(u32, Claim)>, Refusal> {
    let query = sqlx::query("SELECT seat, state FROM seat_claims WHERE show_id=$1 AND (state=2 OR expires_at>$2)");
    query.bind(show).bind(now).fetch_all(db).await?.iter().map(claim_of).collect()
}

/// How many seats of a show are sold.
pub async fn count_sold(tx: &mut AnyConnection, show: i64) -> Result<usize, Refusal> {
    let query = sqlx::query("SELECT COUNT(*) FROM seat_claims WHERE show_id=$1 AND state=2").bind(show);
    usize::try_from(query.fetch_one(tx).await?.try_get::<i64, _>(0)?).map_err(Refusal::internal)
}

fn claim_of(row: &AnyRow) -> Result<(u32, Claim), Refusal> {
    let seat = u32::try_from(row.try_get::<i64, _>("seat")?).map_err(Refusal::internal)?;
    Ok((seat, if row.try_get::<i64, _>("state")? == 2 { Claim::Sold } else { Claim::Held }))
}

fn end_of(row: &AnyRow) -> Result<(u32, Option<i64>), Refusal> {
    Ok((u32::try_from(row.try_get::<i64, _>("seat")?).map_err(Refusal::internal)?, row.try_get("expires_at")?))
}

/// The claims that stand on `seats`: of a held one when it ends, which may be over, and of a sold one `None`.
pub async fn standing(db: &AnyPool, show: i64, seats: &BTreeSet<u32>) -> Result<HashMap<u32, Option<i64>>, Refusal> {
    let places: Vec<String> = (2..2 + LOOKED_UP).map(|n| format!("${n}")).collect();
    let sql = format!("SELECT seat, expires_at FROM seat_claims WHERE show_id=$1 AND seat IN ({})", places.join(","));
    let seats: Vec<i64> = seats.iter().copied().map(i64::from).collect();
    let mut standing = HashMap::new();
    for some in seats.chunks(LOOKED_UP) {
        let mut query = sqlx::query(AssertSqlSafe(sql.clone())).bind(show);
        // One statement serves any number of seats: the last is asked for again until it is full.
        for n in 0..LOOKED_UP {
            query = query.bind(some[n.min(some.len() - 1)]);
        }
        for row in query.fetch_all(db).await? {
            standing.extend([end_of(&row)?]);
        }
    }
    Ok(standing)
}

/// Gives up the held claims of `booking` on `seats`. Returns how many it had.
pub async fn give_up(tx: &mut AnyConnection, show: i64, booking: &str, seats: &[u32]) -> Result<usize, Refusal> {
    let places: Vec<String> = (3..3 + seats.len()).map(|n| format!("${n}")).collect();
    let sql = format!(
        "DELETE FROM seat_claims WHERE show_id=$1 AND booking_id=$2 AND state=1 AND seat IN ({})",
        places.join(",")
    );
    let mut query = sqlx::query(AssertSqlSafe(sql)).bind(show).bind(booking.to_owned());
    for seat in seats {
        query = query.bind(i64::from(*seat));
    }
    Ok(query.execute(tx).await?.rows_affected() as usize)
}

/// Gives up every claim of `booking`, held or sold.
pub async fn give_up_all(tx: &mut AnyConnection, booking: &str) -> Result<(), Refusal> {
    sqlx::query("DELETE FROM seat_claims WHERE booking_id=$1").bind(booking.to_owned()).execute(tx).await?;
    Ok(())
}

/// Moves the end of all held claims of `booking`. Returns how many it has.
pub async fn prolong(tx: &mut AnyConnection, booking: &str, expires_at: i64) -> Result<usize, Refusal> {
    let query = sqlx::query("UPDATE seat_claims SET expires_at=$2 WHERE booking_id=$1 AND state=1")
        .bind(booking.to_owned())
        .bind(expires_at);
    Ok(query.execute(tx).await?.rows_affected() as usize)
}

/// Turns the held claims of `booking` into sold ones. Returns how many it had: the proof of ownership.
pub async fn sell(tx: &mut AnyConnection, booking: &str) -> Result<usize, Refusal> {
    let query = sqlx::query("UPDATE seat_claims SET state=2, expires_at=NULL WHERE booking_id=$1 AND state=1")
        .bind(booking.to_owned());
    Ok(query.execute(tx).await?.rows_affected() as usize)
}
