//! Holds: seats kept for one person for ten minutes. All seats or none. A hold belongs to whoever knows its token.

use super::{
    claims,
    orders::{MAX_SEATS, NewBooking, Sale, Wanted, must_be_some, must_not_be_more},
    records::{Line, Record, Stage, lines_json},
    seating::{self, Ruling},
    tidy,
};
use crate::{
    domain::{
        ids::{HoldId, SeatId, ShowId},
        seating::{best::Rung, party::Party},
        show::{Hold, LeftAlone},
        text::Text,
    },
    server::{
        office::{Office, fingerprint, millis},
        peer::Peer,
        problem::{Alone, Code, Refusal},
    },
    wire::HoldChange,
};
use sqlx::AnyConnection;
use std::{collections::HashSet, sync::Arc};

/// A hold as it was made or changed.
pub struct Held {
    pub hold: Hold,
    /// What it leaves alone, and what could be held instead.
    pub alone: Alone,
}

/// How together the seats of a party are.
pub struct Together {
    pub closeness: Rung,
    pub words: Text,
}

/// Holds `seats` for whoever gets the token that is returned beside it; only its hash is kept.
pub async fn create(
    office: &Arc<Office>,
    show: &ShowId,
    seats: &[SeatId],
    orphans: LeftAlone,
    peer: Peer,
) -> Result<(Held, String), Refusal> {
    must_be_some(seats.len())?;
    must_leave_seats_for_others(office, peer, seats.len())?;
    let sale = Sale::of(office, show).await?;
    let wanted = sale.want(seats)?;
    let draft = Draft::new(office);
    let (at, new) = (Arc::clone(office), draft.clone());
    let held = office
        .db
        .write(move |tx| {
            Box::pin(async move {
                let now = at.now_ms();
                let mut record = new.insert(tx, &at, &sale, wanted, now).await?;
                let alone = look_for_orphans(tx, &at, &sale, &mut record, orphans, None, now).await?;
                if record.leaves_alone {
                    store(tx, &record).await?;
                }
                Ok(Held { hold: record.hold(now, at.rules.selling.extensions)?, alone })
            })
        })
        .await?;
    tidy::when_due(office);
    Ok((held, draft.token))
}

/// Finds the best seats for a party and holds just these: what the answer says is what is held. Seats are looked for
/// outside of the writer, so that nobody waits for it; a party that meets others who are faster again and again is
/// served inside, where nobody can be.
pub async fn create_for(
    office: &Arc<Office>,
    show: &ShowId,
    party: Party,
    peer: Peer,
) -> Result<(Hold, Together, String), Refusal> {
    must_leave_seats_for_others(office, peer, party.size.min(MAX_SEATS as u32) as usize)?;
    let sale = Arc::new(Sale::of(office, show).await?);
    let (draft, party) = (Draft::new(office), Arc::new(party));
    for race in (0..=RACES).rev() {
        let now = office.now_ms();
        let found = match race {
            0 => None,
            _ => {
                let states = seating::states(office.db.read(), &sale, now).await?;
                seating::best(office, &sale, &states, &party, 1, now)?.pop()
            }
        };
        let (at, new, sale, party) = (Arc::clone(office), draft.clone(), Arc::clone(&sale), Arc::clone(&party));
        let work = office.db.write(move |tx| {
            Box::pin(async move {
                let now = at.now_ms();
                let found = match found {
                    Some(found) => found,
                    None => {
                        let states = seating::states(&mut *tx, &sale, now).await?;
                        let found = seating::best(&at, &sale, &states, &party, 1, now)?.pop();
                        found.ok_or_else(|| Refusal::internal("no proposal and no refusal"))?
                    }
                };
                let (closeness, words) = (found.proposal.rung, Text::new(&found.proposal.words()));
                let record = new.insert(tx, &at, &sale, Wanted::found(found), now).await?;
                let hold = record.hold(now, at.rules.selling.extensions)?;
                Ok((hold, Together { closeness, words }))
            })
        });
        match work.await {
            Err(refusal) if refusal.code == Code::SeatTaken && race > 0 => {}
            outcome => {
                let (hold, together) = outcome?;
                tidy::when_due(office);
                return Ok((hold, together, draft.token));
            }
        }
    }
    Err(Refusal::busy())
}

/// How often a party looks for seats outside of the writer.
const RACES: u32 = 2;

/// A hold that is about to be made.
#[derive(Clone)]
struct Draft {
    id: String,
    token: String,
}

impl Draft {
    fn new(office: &Office) -> Self {
        Self { id: office.new_id("hld_"), token: office.new_secret() }
    }

    /// Writes the hold and claims its seats: all of them, or the transaction is refused.
    async fn insert(
        &self,
        tx: &mut AnyConnection,
        office: &Office,
        sale: &Sale,
        wanted: Wanted,
        now: i64,
    ) -> Result<Record, Refusal> {
        sale.must_be_open(now)?;
        let expires_at = now + millis(office.rules.selling.hold);
        let total = if wanted.unsellable.is_empty() { Some(sale.check(&wanted.lines)?) } else { None };
        if let Some(total) = total {
            NewBooking {
                id: &self.id,
                show: sale.number,
                user: None,
                channel: "native",
                status: "held",
                lines: &wanted.lines,
                total,
                token_hash: &fingerprint(&self.token),
                code: None,
                method: None,
                return_url: None,
                expires_at,
                created_at: now,
            }
            .insert(tx)
            .await?;
        }
        sale.claim(tx, &self.id, &wanted, expires_at, now).await?;
        office.live.touched(sale.number, wanted.lines.iter().map(|line| line.ix));
        existing(tx, &self.id).await
    }
}

/// Judges the seats of a hold after a change of them, and notes it in the record. Where that is asked for, a choice
/// that leaves a seat alone and need not is refused; else it is told. Of a hold that was fine only the runs of the
/// seats that have `changed` are judged: what others did elsewhere since is not this change's fault.
async fn look_for_orphans(
    tx: &mut AnyConnection,
    office: &Office,
    sale: &Sale,
    record: &mut Record,
    orphans: LeftAlone,
    changed: Option<&[u32]>,
    now: i64,
) -> Result<Alone, Refusal> {
    let changed = changed.filter(|_| !record.leaves_alone);
    let ruling = seating::judge(tx, office, sale, (&record.id, &record.lines), changed, now).await?;
    record.leaves_alone = matches!(ruling, Ruling::Rejected(_));
    match ruling {
        Ruling::Fine => Ok(Alone::default()),
        Ruling::Rejected(alone) if orphans == LeftAlone::Refuse => {
            Err(seating::orphan_seat(alone, "Nothing was held."))
        }
        Ruling::Advised(alone) | Ruling::Rejected(alone) => Ok(alone),
    }
}

/// Nobody needs to sign in to hold seats, and accounts cost nothing, so one program could hold a whole hall, again and
/// again.
pub(super) fn must_leave_seats_for_others(office: &Office, peer: Peer, seats: usize) -> Result<(), Refusal> {
    peer.limited_as().map_or(Ok(()), |address| office.allowances.seats.take_many(&address, seats))
}

pub async fn read(office: &Office, id: &HoldId, token: &str) -> Result<Hold, Refusal> {
    let record = Record::by_id(office.db.read(), &id.0).await?;
    let now = office.now_ms();
    live(record, token, now)?.hold(now, office.rules.selling.extensions)
}

/// Adds and removes seats, and starts the time again if asked to: all of it, or nothing.
pub async fn change(
    office: &Arc<Office>,
    id: &HoldId,
    token: &str,
    change: HoldChange,
    peer: Peer,
) -> Result<Held, Refusal> {
    must_not_be_more(change.add.len())?;
    must_not_be_more(change.remove.len())?;
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
    let (extend, orphans) = (change.extend, change.orphans);
    office
        .db
        .write(move |tx| {
            Box::pin(async move {
                let now = at.now_ms();
                let mut record = live(Record::by_id(&mut *tx, &id).await?, &token, now)?;
                if extend {
                    let most = at.rules.selling.extensions;
                    if record.extensions >= most {
                        let detail = format!("A hold can be extended {most} times; pay, or choose again.");
                        return Err(Refusal::new(Code::NoExtensionsLeft, detail));
                    }
                    record.extensions += 1;
                    record.expires_at = now + millis(at.rules.selling.hold);
                }
                let alone = match exchange(tx, &sale, &mut record, adds, &removes, now).await? {
                    Seats::Same => Alone::default(),
                    Seats::Others(changed) => {
                        look_for_orphans(tx, &at, &sale, &mut record, orphans, Some(&changed), now).await?
                    }
                };
                store(tx, &record).await?;
                at.live.touched(record.show, removes.into_iter().chain(record.lines.iter().map(|line| line.ix)));
                Ok(Held { hold: record.hold(now, at.rules.selling.extensions)?, alone })
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
) -> Result<Seats, Refusal> {
    sale.must_be_current(tx).await?;
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
    let changed: Vec<u32> = gone.into_iter().chain(adds.lines.iter().map(|line| line.ix)).collect();
    Ok(if changed.is_empty() { Seats::Same } else { Seats::Others(changed) })
}

/// What a change has made of a hold's seats.
enum Seats {
    Same,
    /// These came or went.
    Others(Vec<u32>),
}

async fn store(tx: &mut AnyConnection, record: &Record) -> Result<(), Refusal> {
    sqlx::query(
        "UPDATE bookings SET lines=$2, seat_count=$3, amount=$4, expires_at=$5, extensions=$6, leaves_alone=$7
         WHERE id=$1 AND status='held'",
    )
    .bind(record.id.clone())
    .bind(lines_json(&record.lines)?)
    .bind(i64::try_from(record.lines.len()).map_err(Refusal::internal)?)
    .bind(record.total.minor)
    .bind(record.expires_at)
    .bind(i64::from(record.extensions))
    .bind(i64::from(record.leaves_alone))
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
