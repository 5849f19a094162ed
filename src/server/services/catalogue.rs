//! What is playing: films, shows, hall plans and the states of seats. Reads only.

use super::{orders::Sale, records::show_number, seating};
use crate::{
    domain::{
        ids::{ChartHash, HallId, MovieId, ShowId},
        movie::Movie,
        show::{CategoryPrice, SeatStates, Show, TicketType},
        text::Text,
    },
    server::{
        office::{Office, instant},
        problem::{Code, Refusal, quoted},
        seed,
    },
};
use serde::{Deserialize, Serialize};
use sqlx::{Row, any::AnyRow};

/// Films in the order in which they play next; those without a show come last, by title.
pub async fn movies(office: &Office) -> Result<Vec<Movie>, Refusal> {
    seed::roll_forward(office).await?;
    let rows = sqlx::query(
        "SELECT m.json, n.next_show FROM movies m LEFT JOIN
           (SELECT movie_id, MIN(starts_at) AS next_show FROM shows WHERE starts_at>$1 GROUP BY movie_id) n
         ON n.movie_id=m.id ORDER BY CASE WHEN n.next_show IS NULL THEN 1 ELSE 0 END, n.next_show, m.title",
    )
    .bind(office.now_ms())
    .fetch_all(office.db.read())
    .await?;
    rows.iter().map(movie_of).collect()
}

pub async fn movie(office: &Office, id: &MovieId) -> Result<Movie, Refusal> {
    let row = sqlx::query(
        "SELECT m.json, (SELECT MIN(s.starts_at) FROM shows s WHERE s.movie_id=m.id AND s.starts_at>$2) AS next_show
         FROM movies m WHERE m.id=$1",
    )
    .bind(id.0.clone())
    .bind(office.now_ms())
    .fetch_optional(office.db.read())
    .await?;
    let row = row.ok_or_else(|| no_movie(id))?;
    movie_of(&row)
}

pub fn no_movie(id: &MovieId) -> Refusal {
    Refusal::new(Code::NotFound, format!("There is no film {}; GET /v1/movies lists them.", quoted(&id.0)))
}

fn movie_of(row: &AnyRow) -> Result<Movie, Refusal> {
    let mut movie: Movie = serde_json::from_str(row.try_get("json")?).map_err(Refusal::internal)?;
    movie.next_show = row.try_get::<Option<i64>, _>("next_show")?.map(instant).transpose()?;
    Ok(movie)
}

const SHOW: &str = "SELECT s.id, s.movie_id, m.title, s.hall_id, s.hall_name, s.chart, s.starts_at, s.ends_at, s.seats,
    s.prices, (SELECT COUNT(*) FROM seat_claims c WHERE c.show_id=s.id AND (c.state=2 OR c.expires_at>$2)) AS taken
  FROM shows s JOIN movies m ON m.id=s.movie_id WHERE ";

/// The shows that are still on sale, by time: of one film, or of all.
pub async fn shows(office: &Office, movie: Option<&MovieId>) -> Result<Vec<Show>, Refusal> {
    seed::roll_forward(office).await?;
    // The first parameter is the film or, for all films, null.
    let sql = format!("{SHOW} (s.movie_id=$1 OR $1 IS NULL) AND s.starts_at>$2 ORDER BY s.starts_at, s.id");
    let rows = sqlx::query(sqlx::AssertSqlSafe(sql))
        .bind(movie.map(|id| id.0.clone()))
        .bind(office.now_ms())
        .fetch_all(office.db.read())
        .await?;
    if let (true, Some(id)) = (rows.is_empty(), movie) {
        self::movie(office, id).await?;
    }
    rows.iter().map(show_of).collect()
}

/// One show, past ones too.
pub async fn show(office: &Office, id: &ShowId) -> Result<Show, Refusal> {
    let number = show_number(id).ok_or_else(|| no_show(id))?;
    let sql = format!("{SHOW} s.id=$1");
    let row = sqlx::query(sqlx::AssertSqlSafe(sql))
        .bind(number)
        .bind(office.now_ms())
        .fetch_optional(office.db.read())
        .await?;
    show_of(&row.ok_or_else(|| no_show(id))?)
}

pub fn no_show(id: &ShowId) -> Refusal {
    Refusal::new(Code::ShowNotFound, format!("There is no show {}; GET /v1/shows lists them.", quoted(&id.0)))
}

fn show_of(row: &AnyRow) -> Result<Show, Refusal> {
    let seats: i64 = row.try_get("seats")?;
    let taken: i64 = row.try_get("taken")?;
    let count = |n: i64| u32::try_from(n).map_err(Refusal::internal);
    let prices: Prices = serde_json::from_str(row.try_get("prices")?).map_err(Refusal::internal)?;
    let (prices, tickets) = prices.parts();
    Ok(Show {
        id: ShowId::new(row.try_get::<i64, _>("id")?.to_string()),
        movie: MovieId(row.try_get("movie_id")?),
        movie_title: Text::new(row.try_get("title")?),
        starts_at: instant(row.try_get("starts_at")?)?,
        ends_at: instant(row.try_get("ends_at")?)?,
        hall: HallId(row.try_get("hall_id")?),
        hall_name: Text::new(row.try_get("hall_name")?),
        chart: ChartHash(row.try_get("chart")?),
        seats: count(seats)?,
        free: Some(count((seats - taken).max(0))?),
        prices,
        tickets,
    })
}

/// Canonical JSON of a chart.
pub async fn chart_json(office: &Office, hash: &ChartHash) -> Result<String, Refusal> {
    let row = sqlx::query("SELECT json FROM charts WHERE hash=$1")
        .bind(hash.0.clone())
        .fetch_optional(office.db.read())
        .await?;
    let no_chart = || Refusal::new(Code::NotFound, format!("There is no chart {}.", quoted(&hash.0)));
    Ok(row.ok_or_else(no_chart)?.try_get("json")?)
}

/// The states of all seats of a show at this moment.
pub async fn seats(office: &Office, id: &ShowId) -> Result<(Show, SeatStates), Refusal> {
    let sale = Sale::of(office, id).await?;
    let states = seating::states(office.db.read(), &sale, office.now_ms()).await?;
    Ok((sale.show, states))
}

/// What a show costs, as the database keeps it.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
pub enum Prices {
    /// One kind of ticket.
    Plain(Vec<CategoryPrice>),
    Typed {
        prices: Vec<CategoryPrice>,
        tickets: Vec<TicketType>,
    },
}

impl Prices {
    pub fn of(prices: Vec<CategoryPrice>, tickets: Vec<TicketType>) -> Self {
        if tickets.is_empty() { Self::Plain(prices) } else { Self::Typed { prices, tickets } }
    }

    fn parts(self) -> (Vec<CategoryPrice>, Vec<TicketType>) {
        match self {
            Self::Plain(prices) => (prices, Vec::new()),
            Self::Typed { prices, tickets } => (prices, tickets),
        }
    }
}
