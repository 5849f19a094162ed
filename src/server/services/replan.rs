//! A show moves to another plan of its hall: a chart never changes, so a changed hall is another chart. Whoever holds
//! or has bought a seat keeps it: claims are by place, so each is carried over by the seat's id, in one transaction.

use super::{
    claims,
    orders::Sale,
    plans::Plan,
    records::{Line, Record, lines_json, select_records},
};
use crate::{
    domain::{
        chart::{self, Chart},
        failure::{Conflict, ConflictReason},
        ids::ShowId,
    },
    server::{
        office::Office,
        problem::{Code, Refusal},
    },
};
use sqlx::{AnyConnection, AssertSqlSafe, Row};
use std::sync::Arc;

/// Rows that are written at once.
const AT_ONCE: usize = 500;

/// Gives a show this plan. Refused, with their names, if seats that somebody has are not in it.
pub async fn move_show(office: &Arc<Office>, show: &ShowId, chart: Chart) -> Result<(), Refusal> {
    let sale = Sale::of(office, show).await?;
    let (hash, json) = (chart::json::hash(&chart), chart::json::print(&chart));
    let (new, at) = (Plan::of(chart), Arc::clone(office));
    office
        .db
        .write(move |tx| {
            Box::pin(async move {
                sale.must_be_current(tx).await?;
                sqlx::query("INSERT INTO charts(hash,json) VALUES($1,$2) ON CONFLICT(hash) DO NOTHING")
                    .bind(hash.0.clone())
                    .bind(json)
                    .execute(&mut *tx)
                    .await?;
                carry_claims(tx, &sale, &new, at.now_ms()).await?;
                carry_lines(tx, &sale, &new).await?;
                sqlx::query("UPDATE shows SET chart=$2, seats=$3 WHERE id=$1")
                    .bind(sale.number)
                    .bind(hash.0)
                    .bind(i64::try_from(new.chart.sellable()).map_err(Refusal::internal)?)
                    .execute(tx)
                    .await?;
                at.live.replanned(sale.number);
                Ok(())
            })
        })
        .await
}

/// A claim as the database keeps it.
struct Carried {
    seat: u32,
    booking: String,
    state: i64,
    expires_at: Option<i64>,
}

/// Gives all claims that stand at `now` their places in the new plan.
async fn carry_claims(tx: &mut AnyConnection, sale: &Sale, new: &Plan, now: i64) -> Result<(), Refusal> {
    let mut lost = Vec::new();
    for (seat, claim) in claims::of_show(&mut *tx, sale.number, now).await? {
        let place = sale.plan.place(seat);
        let kept = new.index(&place.id).is_some_and(|ix| new.place(ix).kind != chart::SeatKind::Blocked);
        if !kept {
            let reason = if claim == claims::Claim::Sold { ConflictReason::Sold } else { ConflictReason::Held };
            lost.push(Conflict::new(place.id.clone(), place.label.clone(), reason));
        }
    }
    if !lost.is_empty() {
        let words: Vec<String> = lost.iter().map(|c| format!("{} {}", c.label, c.reason.words())).collect();
        let detail = format!("The new plan lacks seats that somebody has ({}). The plan stays.", words.join(", "));
        return Err(Refusal::about(Code::SeatTaken, detail, lost));
    }
    // Places change all over, so that no order of updates keeps them apart: out with all, then in again.
    let rows = sqlx::query("DELETE FROM seat_claims WHERE show_id=$1 RETURNING seat, booking_id, state, expires_at")
        .bind(sale.number)
        .fetch_all(&mut *tx)
        .await?;
    let mut carried = Vec::with_capacity(rows.len());
    for row in &rows {
        let old = u32::try_from(row.try_get::<i64, _>("seat")?).map_err(Refusal::internal)?;
        // A claim whose time is over may be of a seat that is gone.
        if let Some(seat) = new.index(&sale.plan.place(old).id) {
            let (booking, state) = (row.try_get("booking_id")?, row.try_get("state")?);
            carried.push(Carried { seat, booking, state, expires_at: row.try_get("expires_at")? });
        }
    }
    for chunk in carried.chunks(AT_ONCE) {
        let rows: Vec<String> = (0..chunk.len())
            .map(|n| 2 + 4 * n)
            .map(|v| format!("($1,${v},${},${},${})", v + 1, v + 2, v + 3))
            .collect();
        let sql =
            format!("INSERT INTO seat_claims(show_id,seat,booking_id,state,expires_at) VALUES {}", rows.join(","));
        let mut query = sqlx::query(AssertSqlSafe(sql)).persistent(false).bind(sale.number);
        for claim in chunk {
            query = query.bind(i64::from(claim.seat)).bind(claim.booking.clone()).bind(claim.state);
            query = query.bind(claim.expires_at);
        }
        query.execute(&mut *tx).await?;
    }
    Ok(())
}

/// The seats of all bookings of the show, ended ones too as far as their seats are still there.
async fn carry_lines(tx: &mut AnyConnection, sale: &Sale, new: &Plan) -> Result<(), Refusal> {
    let rows = sqlx::query(select_records!("WHERE b.show_id=$1")).bind(sale.number).fetch_all(&mut *tx).await?;
    for row in &rows {
        let record = Record::of(row)?;
        let moved =
            record.lines.into_iter().map(|line| Line { ix: new.index(&line.seat.id).unwrap_or(line.ix), ..line });
        let mut lines: Vec<Line> = moved.collect();
        lines.sort_by_key(|line| line.ix);
        sqlx::query("UPDATE bookings SET lines=$2 WHERE id=$1")
            .bind(record.id)
            .bind(lines_json(&lines)?)
            .execute(&mut *tx)
            .await?;
    }
    Ok(())
}
