//! Adding shows to the programme, beyond those that the cinema's rules make.

use super::{
    catalogue::{self, Prices},
    plans::Plan,
};
use crate::{
    domain::{
        ids::{ChartHash, MovieId},
        money::Money,
        movie::Movie,
        show::CategoryPrice,
        text::Text,
        time,
    },
    server::{
        office::{Office, instant},
        problem::{Code, Refusal},
        seed,
    },
};
use jiff::{SignedDuration, Timestamp, civil::DateTime};
use sqlx::{AnyConnection, Row};
use std::sync::Arc;

/// The hall of the plain plan, ten rows of nine, that pages made for QuickShow draw.
const PLAIN_HALL: &str = "classic";
/// Between the start of a show and its film.
const TRAILERS_MIN: u32 = 10;
/// What a film is taken to last when nobody knows.
const USUAL_RUNTIME_MIN: u32 = 120;
/// The most shows that are added at once.
const MOST: usize = 100;

/// Shows of one film that are to be added.
pub struct NewShows {
    pub movie: MovieId,
    /// In the cinema's time zone.
    pub starts: Vec<DateTime>,
    /// Of every seat.
    pub price: Money,
}

/// Where added shows play.
struct Hall {
    id: String,
    name: String,
    chart: ChartHash,
}

/// Adds all of the shows, or none: in the hall of the plain plan or, in a cinema that has none, in the first of its
/// halls. Two shows at one time in one hall are refused.
pub async fn add(office: &Arc<Office>, new: NewShows) -> Result<(), Refusal> {
    let film = catalogue::movie(office, &new.movie).await?;
    if new.starts.is_empty() {
        return Err(Refusal::new(Code::InvalidRequest, "No time is named; name a date and a time at least."));
    }
    if new.starts.len() > MOST {
        let detail = format!("{} shows are too many; at most {MOST} are added at once.", new.starts.len());
        return Err(Refusal::new(Code::InvalidRequest, detail));
    }
    // The days that are in view get their shows first: what is added is not in their way then, but they in its.
    seed::roll_forward(office).await?;
    let hall = hall(office).await?;
    let plan = office.plans.get(&office.db, &hall.chart).await?;
    let at = Arc::clone(office);
    office
        .db
        .write(move |tx| {
            Box::pin(async move {
                for start in new.starts {
                    add_one(tx, &at, (&film, &hall, &plan), start, new.price).await?;
                }
                Ok(())
            })
        })
        .await
}

/// The hall in its newest plan.
async fn hall(office: &Office) -> Result<Hall, Refusal> {
    let row = sqlx::query(
        "SELECT hall_id, hall_name, chart FROM shows
         ORDER BY CASE WHEN hall_id=$1 THEN 0 ELSE 1 END, hall_id, id DESC LIMIT 1",
    )
    .bind(PLAIN_HALL)
    .fetch_optional(office.db.read())
    .await?;
    let row = row.ok_or_else(|| Refusal::new(Code::NotFound, "This cinema has no hall yet to show a film in."))?;
    Ok(Hall { id: row.try_get("hall_id")?, name: row.try_get("hall_name")?, chart: ChartHash(row.try_get("chart")?) })
}

async fn add_one(
    tx: &mut AnyConnection,
    office: &Office,
    (film, hall, plan): (&Movie, &Hall, &Plan),
    start: DateTime,
    price: Money,
) -> Result<(), Refusal> {
    let zone = time::zone(&office.cinema.timezone);
    // A time that the clocks skip is the one after; of two that bear one name, the first.
    let starts_at = start.to_zoned(zone).map_err(|_| unusable(start, "it is out of the calendar"))?.timestamp();
    if starts_at <= office.now() {
        return Err(unusable(start, "it is over"));
    }
    let minutes = if film.runtime_min == 0 { USUAL_RUNTIME_MIN } else { film.runtime_min } + TRAILERS_MIN;
    let ends_at = starts_at.checked_add(SignedDuration::from_mins(minutes.into()));
    let ends_at = ends_at.map_err(|_| unusable(start, "it is out of the calendar"))?;
    must_be_free(tx, office, hall, (start, starts_at, ends_at)).await?;
    let id = free_id(tx, start).await?;
    let each =
        |category: &crate::domain::chart::Category| CategoryPrice { category: category.id.clone(), price: Some(price) };
    let prices = Prices::Plain(plan.chart.categories.iter().map(each).collect());
    sqlx::query(
        "INSERT INTO shows(id,movie_id,hall_id,hall_name,chart,starts_at,ends_at,seats,prices)
         VALUES($1,$2,$3,$4,$5,$6,$7,$8,$9)",
    )
    .bind(id)
    .bind(film.id.0.clone())
    .bind(hall.id.clone())
    .bind(hall.name.clone())
    .bind(hall.chart.0.clone())
    .bind(starts_at.as_millisecond())
    .bind(ends_at.as_millisecond())
    .bind(plan.chart.sellable() as i64)
    .bind(serde_json::to_string(&prices).map_err(Refusal::internal)?)
    .execute(tx)
    .await?;
    Ok(())
}

/// The hall plays nothing else between the show's start and its end.
async fn must_be_free(
    tx: &mut AnyConnection,
    office: &Office,
    hall: &Hall,
    (start, starts_at, ends_at): (DateTime, Timestamp, Timestamp),
) -> Result<(), Refusal> {
    let other = sqlx::query(
        "SELECT m.title, s.starts_at, s.ends_at FROM shows s JOIN movies m ON m.id=s.movie_id
         WHERE s.hall_id=$1 AND s.starts_at<$2 AND s.ends_at>$3 ORDER BY s.starts_at LIMIT 1",
    )
    .bind(hall.id.clone())
    .bind(ends_at.as_millisecond())
    .bind(starts_at.as_millisecond())
    .fetch_optional(tx)
    .await?;
    let Some(other) = other else { return Ok(()) };
    let zone = time::zone(&office.cinema.timezone);
    let clock = |at: i64| Ok::<_, Refusal>(time::clock_words(instant(at)?, &zone.clone().into()));
    let title = Text::new(other.try_get("title")?);
    let (from, until) = (clock(other.try_get("starts_at")?)?, clock(other.try_get("ends_at")?)?);
    let why = format!("{} plays {title} from {from} to {until} and cannot show two films at once", hall.name);
    Err(unusable(start, &why))
}

/// A number among those of the day's added shows.
async fn free_id(tx: &mut AnyConnection, start: DateTime) -> Result<i64, Refusal> {
    let ids = seed::ids_of_added(start.date());
    let row = sqlx::query("SELECT MAX(id) FROM shows WHERE id>=$1 AND id<$2").bind(ids.start).bind(ids.end);
    let last: Option<i64> = row.fetch_one(tx).await?.try_get(0)?;
    let next = last.map_or(ids.start, |last| last + 1);
    Some(next).filter(|id| ids.contains(id)).ok_or_else(|| unusable(start, "its day is full"))
}

fn unusable(start: DateTime, why: &str) -> Refusal {
    let detail = format!("No show was added at {}: {why}.", start.strftime("%Y-%m-%d %H:%M"));
    Refusal::new(Code::InvalidRequest, detail)
}
