//! One day of the demo's programme. Everything follows from the date.

use super::{
    crowd,
    rules::{Hall, House},
};
use crate::{
    domain::{movie::Movie, show::PricedSeat},
    server::{
        problem::Refusal,
        services::records::{Line, lines_json},
    },
};
use jiff::{Timestamp, ToSpan, civil::Date};
use sqlx::{AnyConnection, AssertSqlSafe, Row};
use std::ops::Range;

/// The number of a date: days since 1970-01-01.
pub fn number(date: Date) -> i64 {
    (date - Date::constant(1970, 1, 1)).get_days().into()
}

/// The day number is in the high bits, so that shows sort, and could be partitioned, by day.
const DAY_BITS: u32 = 20;
const HALL_BITS: u32 = 8;
/// The hall number of shows that somebody added by hand; the programme's halls are counted from 0.
const NO_HALL: i64 = (1 << (DAY_BITS - HALL_BITS)) - 1;
/// A few hundred bound values at once.
const ROWS_AT_ONCE: usize = 100;

/// The ids of the shows that were added to a day by hand.
pub fn added(day: i64) -> Range<i64> {
    let first = (day << DAY_BITS) | (NO_HALL << HALL_BITS);
    first..first + (1 << HALL_BITS)
}

/// A show that is to be inserted.
struct Draft<'a> {
    id: i64,
    hall: &'a Hall,
    film: &'a Movie,
    starts_at: Timestamp,
    ends_at: Timestamp,
}

/// Inserts the shows of a day and their first buyers, unless the day is there already.
pub async fn insert(tx: &mut AnyConnection, house: &House, day: i64, now: Timestamp) -> Result<(), Refusal> {
    let new = sqlx::query("INSERT INTO seeded_days(day) VALUES($1) ON CONFLICT(day) DO NOTHING")
        .bind(day)
        .execute(&mut *tx)
        .await?;
    if new.rows_affected() == 0 {
        return Ok(());
    }
    let taken = added_around(tx, day).await?;
    for draft in drafts(house, day)? {
        if taken.iter().any(|added| added.meets(&draft)) {
            continue;
        }
        insert_show(tx, &draft).await?;
        insert_crowd(tx, house, &draft, now.as_millisecond()).await?;
    }
    Ok(())
}

/// A show that somebody added before its day came into view: the programme leaves its time alone.
struct Added {
    hall: String,
    starts_at: i64,
    ends_at: i64,
}

impl Added {
    fn meets(&self, draft: &Draft<'_>) -> bool {
        let (from, until) = (draft.starts_at.as_millisecond(), draft.ends_at.as_millisecond());
        self.hall == draft.hall.id && self.starts_at < until && from < self.ends_at
    }
}

/// The added shows that may run on that day.
async fn added_around(tx: &mut AnyConnection, day: i64) -> Result<Vec<Added>, Refusal> {
    let mut around = Vec::new();
    for ids in (day - 1..=day + 1).map(added) {
        let query = sqlx::query("SELECT hall_id, starts_at, ends_at FROM shows WHERE id>=$1 AND id<$2");
        for row in query.bind(ids.start).bind(ids.end).fetch_all(&mut *tx).await? {
            let (starts_at, ends_at) = (row.try_get("starts_at")?, row.try_get("ends_at")?);
            around.push(Added { hall: row.try_get("hall_id")?, starts_at, ends_at });
        }
    }
    Ok(around)
}

/// Fills the day: always the hall that is free first, with the next film. Halls with a rotation of their own are
/// filled by themselves.
fn drafts(house: &House, day: i64) -> Result<Vec<Draft<'_>>, Refusal> {
    let (own, common): (Vec<usize>, Vec<usize>) =
        (0..house.halls.len()).partition(|&hall| house.halls[hall].ahead.is_some());
    let mut drafts = rotation(house, day, &common, 0)?;
    for hall in own {
        drafts.extend(rotation(house, day, &[hall], house.halls[hall].ahead.unwrap_or(0))?);
    }
    Ok(drafts)
}

/// The shows of halls that share a rotation, which begins so many films ahead.
fn rotation<'a>(house: &'a House, day: i64, halls: &[usize], ahead: usize) -> Result<Vec<Draft<'a>>, Refusal> {
    let rules = &house.rules.programme;
    let date = Date::constant(1970, 1, 1).checked_add(day.days()).map_err(Refusal::internal)?;
    let at = |time| Ok(date.to_datetime(time).to_zoned(house.zone.clone()).map_err(Refusal::internal)?.timestamp());
    let last = at(rules.last_start)?;
    let first_starts = halls.iter().map(|&hall| at(house.halls[hall].first_start));
    let mut free: Vec<Timestamp> = first_starts.collect::<Result<_, Refusal>>()?;
    let first_film = usize::try_from(day).unwrap_or(0) * rules.rotation + ahead;
    let mut slots = vec![0i64; halls.len()];
    let mut drafts = Vec::new();
    while let Some((turn, starts_at)) = earliest(&free).filter(|(_, t)| *t <= last) {
        let hall = halls[turn];
        let film = &house.films[(first_film + drafts.len()) % house.films.len()];
        let length = rules.trailers_min + i64::from(film.runtime_min.max(1));
        let ends_at = starts_at.checked_add(length.minutes()).map_err(Refusal::internal)?;
        let id = (day << DAY_BITS) | ((hall as i64) << HALL_BITS) | slots[turn];
        drafts.push(Draft { id, hall: &house.halls[hall], film, starts_at, ends_at });
        slots[turn] += 1;
        free[turn] = next_start(ends_at, rules.turnaround_min * 60, rules.grid_min * 60)?;
    }
    Ok(drafts)
}

fn earliest(free: &[Timestamp]) -> Option<(usize, Timestamp)> {
    free.iter().copied().enumerate().min_by_key(|(_, time)| *time)
}

/// The first moment of the grid after a show has ended and the hall is ready.
fn next_start(ends_at: Timestamp, turnaround: i64, grid: i64) -> Result<Timestamp, Refusal> {
    let ready = ends_at.as_second() + turnaround;
    Timestamp::from_second((ready + grid - 1).div_euclid(grid) * grid).map_err(Refusal::internal)
}

async fn insert_show(tx: &mut AnyConnection, draft: &Draft<'_>) -> Result<(), Refusal> {
    sqlx::query(
        "INSERT INTO shows(id,movie_id,hall_id,hall_name,chart,starts_at,ends_at,seats,prices)
         VALUES($1,$2,$3,$4,$5,$6,$7,$8,$9)",
    )
    .bind(draft.id)
    .bind(draft.film.id.0.clone())
    .bind(draft.hall.id.clone())
    .bind(draft.hall.name.clone())
    .bind(draft.hall.hash.0.clone())
    .bind(draft.starts_at.as_millisecond())
    .bind(draft.ends_at.as_millisecond())
    .bind(draft.hall.seats)
    .bind(serde_json::to_string(&draft.hall.prices_stored()).map_err(Refusal::internal)?)
    .execute(tx)
    .await?;
    Ok(())
}

/// The people who have bought already: ordinary paid bookings through the channel `seed`.
async fn insert_crowd(tx: &mut AnyConnection, house: &House, draft: &Draft<'_>, now: i64) -> Result<(), Refusal> {
    let parties = crowd::parties(&draft.hall.plan.chart, draft.id);
    for (chunk, parties) in parties.chunks(ROWS_AT_ONCE).enumerate() {
        let name = |n: usize| format!("seed_{}_{}", draft.id, chunk * ROWS_AT_ONCE + n);
        let mut bookings = Vec::new();
        let mut claims = Vec::new();
        for (n, party) in parties.iter().enumerate() {
            let v = 4 + 4 * n;
            bookings.push(format!("(${v},$1,'seed','paid',${},${},$2,${},0,$3,$3,$3)", v + 1, v + 2, v + 3));
            claims.extend(party.iter().map(|seat| format!("({},{seat},'{}',2,NULL)", draft.id, name(n))));
        }
        let sql = format!(
            "INSERT INTO bookings(id,show_id,channel,status,seat_count,amount,currency,lines,extensions,expires_at,
                created_at,paid_at) VALUES {}",
            bookings.join(",")
        );
        let mut query = sqlx::query(AssertSqlSafe(sql))
            .persistent(false)
            .bind(draft.id)
            .bind(house.currency.code().to_owned())
            .bind(now);
        for (n, party) in parties.iter().enumerate() {
            let lines = lines(draft.hall, party);
            let amount: i64 = lines.iter().filter_map(|line| Some(line.seat.price?.minor)).sum();
            query = query.bind(name(n)).bind(party.len() as i64).bind(amount).bind(lines_json(&lines)?);
        }
        query.execute(&mut *tx).await?;
        let sql =
            format!("INSERT INTO seat_claims(show_id,seat,booking_id,state,expires_at) VALUES {}", claims.join(","));
        sqlx::query(AssertSqlSafe(sql)).persistent(false).execute(&mut *tx).await?;
    }
    Ok(())
}

fn lines(hall: &Hall, party: &[u32]) -> Vec<Line> {
    let line = |&ix: &u32| {
        let place = hall.plan.place(ix);
        let price = hall.prices.iter().find(|p| p.category == place.category)?.price;
        let (id, label, category) = (place.id.clone(), place.label.clone(), place.category_name.clone());
        Some(Line { ix, seat: PricedSeat { id, label, category, price, ticket: None } })
    };
    party.iter().filter_map(line).collect()
}
