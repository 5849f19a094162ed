//! Holds: seats kept for one person for ten minutes. All seats or none. A hold belongs to whoever knows its token.

use super::{
    claims,
    orders::{NewBooking, Sale, Wanted, must_be_some},
    records::{HOLD_MS, Line, MAX_EXTENSIONS, Record, Stage, lines_json},
    tidy,
};
use crate::{
    domain::{
        ids::{HoldId, SeatId, ShowId},
        show::Hold,
    },
    server::{
        office::{Office, fingerprint},
        peer::Peer,
        problem::{Code, Refusal},
    },
    wire::HoldChange,
};
use sqlx::AnyConnection;
use std::{collections::HashSet, sync::Arc};

/// Holds `seats` for whoever gets the token that is returned beside it; only its hash is kept.
pub async fn create(
    office: &Arc<Office>,
    show: &ShowId,
    seats: &[SeatId],
    peer: Peer,
) -> Result<(Hold, String), Refusal> {
    must_be_some(seats.len())?;
    must_leave_seats_for_others(office, peer, seats.len())?;
    let sale = Sale::of(office, show).await?;
    let wanted = sale.want(seats)?;
    let (id, token) = (office.new_id("hld_"), office.new_secret());
    let (at, token_hash) = (Arc::clone(office), fingerprint(&token));
    let hold = office
        .db
        .write(move |tx| {
            Box::pin(async move {
                let now = at.now_ms();
                sale.must_be_open(now)?;
                let expires_at = now + HOLD_MS;
                let total = if wanted.unsellable.is_empty() { Some(sale.check(&wanted.lines)?) } else { None };
                if let Some(total) = total {
                    NewBooking {
                        id: &id,
                        show: sale.number,
                        user: None,
                        channel: "native",
                        status: "held",
                        lines: &wanted.lines,
                        total,
                        token_hash: &token_hash,
                        code: None,
                        method: None,
                        return_url: None,
                        expires_at,
                        created_at: now,
                    }
                    .insert(tx)
                    .await?;
                }
                sale.claim(tx, &id, &wanted, expires_at, now).await?;
                at.live.touched(sale.number, wanted.lines.iter().map(|line| line.ix));
                existing(tx, &id).await?.hold(now)
            })
        })
        .await?;
    tidy::when_due(office);
    Ok((hold, token))
}

/// Nobody needs to sign in to hold seats, so one program could hold a whole hall, again and again.
fn must_leave_seats_for_others(office: &Office, peer: Peer, seats: usize) -> Result<(), Refusal> {
    peer.limited_as().map_or(Ok(()), |address| office.allowances.seats.take_many(&address, seats))
}

pub async fn read(office: &Office, id: &HoldId, token: &str) -> Result<Hold, Refusal> {
    let record = Record::by_id(office.db.read(), &id.0).await?;
    let now = office.now_ms();
    live(record, token, now)?.hold(now)
}

/// Adds and removes seats, and starts the time again if asked to: all of it, or nothing.
pub async fn change(
    office: &Arc<Office>,
    id: &HoldId,
    token: &str,
    change: HoldChange,
    peer: Peer,
) -> Result<Hold, Refusal> {
    let record = live(Record::by_id(office.db.read(), &id.0).await?, token, office.now_ms())?;
    let prolonged = if change.extend { record.lines.len() } else { 0 };
    must_leave_seats_for_others(office, peer, change.add.len() + prolonged)?;
    let sale = Sale::of(office, &ShowId::new(record.show.to_string())).await?;
    let adds = sale.want(&change.add)?;
    let removes = sale.want(&change.remove)?;
    if let Some(line) = removes.lines.iter().find(|r| adds.lines.iter().any(|a| a.ix == r.ix)) {
        let detail = format!("Seat {} is both added and removed; choose one.", line.seat.label);
        return Err(Refusal::new(Code::InvalidRequest, detail));
    }
    let removes: HashSet<u32> = removes.lines.iter().map(|line| line.ix).collect();
    let (at, id, token) = (Arc::clone(office), id.0.clone(), token.to_owned());
    let extend = change.extend;
    office
        .db
        .write(move |tx| {
            Box::pin(async move {
                let now = at.now_ms();
                let mut record = live(Record::by_id(&mut *tx, &id).await?, &token, now)?;
                if extend {
                    if record.extensions >= MAX_EXTENSIONS {
                        let detail = format!("A hold can be extended {MAX_EXTENSIONS} times; pay, or choose again.");
                        return Err(Refusal::new(Code::NoExtensionsLeft, detail));
                    }
                    record.extensions += 1;
                    record.expires_at = now + HOLD_MS;
                }
                exchange(tx, &sale, &mut record, adds, &removes, now).await?;
                store(tx, &record).await?;
                at.live.touched(record.show, removes.into_iter().chain(record.lines.iter().map(|line| line.ix)));
                record.hold(now)
            })
        })
        .await
}

/// Swaps seats of a hold. What it has already and is to add, or has not and is to remove, stays as it is: a change
/// that is sent twice does no harm.
async fn exchange(
    tx: &mut AnyConnection,
    sale: &Sale,
    record: &mut Record,
    mut adds: Wanted,
    removes: &HashSet<u32>,
    now: i64,
) -> Result<(), Refusal> {
    let had: HashSet<u32> = record.lines.iter().map(|line| line.ix).collect();
    adds.lines.retain(|line| !had.contains(&line.ix));
    let gone: Vec<u32> = record.lines.iter().map(|line| line.ix).filter(|ix| removes.contains(ix)).collect();
    let mut lines: Vec<Line> = record.lines.iter().filter(|line| !removes.contains(&line.ix)).cloned().collect();
    lines.extend(adds.lines.iter().cloned());
    lines.sort_by_key(|line| line.ix);
    if adds.unsellable.is_empty() {
        record.total = sale.check(&lines)?;
    }
    record.lines = lines;
    if !gone.is_empty() && claims::give_up(tx, record.show, &record.id, &gone).await? != gone.len() {
        return Err(lost());
    }
    if !adds.lines.is_empty() || !adds.unsellable.is_empty() {
        sale.must_be_open(now)?;
        sale.claim(tx, &record.id, &adds, record.expires_at, now).await?;
    }
    if claims::prolong(tx, &record.id, record.expires_at).await? != record.lines.len() {
        return Err(lost());
    }
    Ok(())
}

async fn store(tx: &mut AnyConnection, record: &Record) -> Result<(), Refusal> {
    sqlx::query(
        "UPDATE bookings SET lines=$2, seat_count=$3, amount=$4, expires_at=$5, extensions=$6
         WHERE id=$1 AND status='held'",
    )
    .bind(record.id.clone())
    .bind(lines_json(&record.lines)?)
    .bind(i64::try_from(record.lines.len()).map_err(Refusal::internal)?)
    .bind(record.total.minor)
    .bind(record.expires_at)
    .bind(i64::from(record.extensions))
    .execute(tx)
    .await?;
    Ok(())
}

/// Gives the seats back. Releasing what has ended already is no error.
pub async fn release(office: &Arc<Office>, id: &HoldId, token: &str) -> Result<(), Refusal> {
    let (at, id, token) = (Arc::clone(office), id.0.clone(), token.to_owned());
    office
        .db
        .write(move |tx| {
            Box::pin(async move {
                let record = owned(Record::by_id(&mut *tx, &id).await?, &token)?;
                match record.stage {
                    Stage::Released | Stage::Expired => Ok(()),
                    Stage::Held => {
                        sqlx::query("UPDATE bookings SET status='released' WHERE id=$1")
                            .bind(id.clone())
                            .execute(&mut *tx)
                            .await?;
                        at.live.touched(record.show, record.lines.iter().map(|line| line.ix));
                        claims::give_up_all(tx, &id).await
                    }
                    Stage::Pending | Stage::Paid | Stage::Cancelled => Err(booked()),
                }
            })
        })
        .await
}

/// The hold, if the token is its own. A wrong token is told nothing, not even that there is such a hold.
pub fn owned(record: Option<Record>, token: &str) -> Result<Record, Refusal> {
    let hash = fingerprint(token);
    record.filter(|r| r.token_hash.as_ref() == Some(&hash)).ok_or_else(|| {
        Refusal::new(Code::HoldNotFound, "There is no such hold, or the Hold-Token header is not the one it was given.")
    })
}

/// The hold, if it still keeps its seats at `now`.
pub fn live(record: Option<Record>, token: &str, now: i64) -> Result<Record, Refusal> {
    let record = owned(record, token)?;
    match record.stage {
        Stage::Held if record.is_live(now) => Ok(record),
        Stage::Pending | Stage::Paid | Stage::Cancelled => Err(booked()),
        Stage::Held | Stage::Released | Stage::Expired => Err(lost()),
    }
}

fn booked() -> Refusal {
    Refusal::new(Code::HoldNotFound, "This hold has been booked already; GET /v1/bookings shows the booking.")
}

/// The hold has ended and its seats are free or somebody else's.
pub fn lost() -> Refusal {
    Refusal::new(Code::HoldExpired, "The hold has ended and its seats are free again. Hold them anew.")
}

async fn existing(tx: &mut AnyConnection, id: &str) -> Result<Record, Refusal> {
    Record::by_id(tx, id).await?.ok_or_else(|| Refusal::internal("a hold is gone from its own transaction"))
}
