//! `movies`, `shows` and `seats`: what is playing, and what is free.

mod rows;

use super::{Ctx, Outcome, documents::Documents};
use crate::{
    app::{self, Office},
    domain::{
        chart::{Chart, SeatKind},
        failure::{Failure, FailureKind},
        ids::{SeatIx, ShowId},
        movie::Movie,
        seating::{Accessible, in_play, orphan, spec::Names},
        show::{SeatState, SeatStates, Show, ShowPlan},
        time,
    },
    effects::ports::SeatsNow,
};
use serde_json::{Value, json};
use std::sync::Arc;

pub async fn movies(ctx: &Ctx) -> Result<Outcome, Failure> {
    let office = app::connect(&ctx.settings).await?;
    let (cinema, movies) = futures_util::try_join!(office.office.cinema(), office.office.movies())?;
    let documents = Documents::of(&cinema);
    let list: Vec<Value> = movies.iter().map(|movie| documents.movie(movie)).collect();
    ctx.out.answer(json!({ "v": 1, "movies": list }), || {
        if movies.is_empty() {
            return "Nothing is playing at the moment.\n".to_owned();
        }
        let today = time::today(jiff::Timestamp::now(), &documents.zone);
        // A list that says nothing of times does not say that there are none.
        let told = movies.iter().any(|movie| movie.next_show.is_some());
        let without = if told { "no shows" } else { "" };
        let rows: Vec<_> = movies.iter().map(|movie| movie_row(movie, &documents, today, without)).collect();
        ctx.out.table(&["film", ">year", "time", "next show", "id"], &rows)
    })?;
    Ok(Outcome::Done)
}

/// `without` stands in place of a next show.
fn movie_row(movie: &Movie, documents: &Documents, today: jiff::civil::Date, without: &str) -> Vec<String> {
    let next = movie.next_show.map(|at| {
        let day = time::business_day(at, &documents.zone);
        format!("{} {}", time::day_words(day, today), time::clock_words(at, &documents.zone))
    });
    let next = next.unwrap_or_else(|| without.to_owned());
    let year = if movie.year == 0 { String::new() } else { movie.year.to_string() };
    let runtime = if movie.runtime_min == 0 { String::new() } else { time::runtime_words(movie.runtime_min) };
    vec![movie.title.to_string(), year, runtime, next, movie.id.to_string()]
}

pub async fn shows(ctx: &Ctx, wanted: &str) -> Result<Outcome, Failure> {
    let office = app::connect(&ctx.settings).await?;
    let (cinema, movies) = futures_util::try_join!(office.office.cinema(), office.office.movies())?;
    let movie = find_movie(&movies, wanted)?;
    let shows = office.office.shows(&movie.id).await?;
    let documents = Documents::of(&cinema);
    let list: Vec<Value> = shows.iter().map(|show| documents.show(show)).collect();
    ctx.out.answer(json!({ "v": 1, "shows": list }), || {
        if shows.is_empty() {
            return format!("No shows of {} are on sale.\n", movie.title);
        }
        let rows: Vec<_> = shows.iter().map(|show| show_row(ctx, show, &documents)).collect();
        ctx.out.table(&["day", "time", "hall", ">free", "from", "id"], &rows)
    })?;
    Ok(Outcome::Done)
}

fn show_row(ctx: &Ctx, show: &Show, documents: &Documents) -> Vec<String> {
    let day = time::short_day_words(time::business_day(show.starts_at, &documents.zone));
    let price = show.price_from().map_or(String::new(), |price| price.words(ctx.out.glyphs()));
    let clock = time::clock_words(show.starts_at, &documents.zone);
    vec![
        day,
        clock,
        show.hall_name.to_string(),
        show.free.map(|free| free.to_string()).unwrap_or_default(),
        price,
        show.id.to_string(),
    ]
}

/// The film with this id, or the only one whose title contains the text, whatever its case.
fn find_movie<'a>(movies: &'a [Movie], wanted: &str) -> Result<&'a Movie, Failure> {
    if let Some(movie) = movies.iter().find(|movie| movie.id.as_str() == wanted) {
        return Ok(movie);
    }
    let part = wanted.to_lowercase();
    let found: Vec<&Movie> = match part.trim() {
        "" => Vec::new(),
        part => movies.iter().filter(|movie| movie.title.as_str().to_lowercase().contains(part)).collect(),
    };
    match found.as_slice() {
        [movie] => Ok(movie),
        [] => {
            let why = format!("no film is called {wanted:?}; `frontrow movies` lists what is playing");
            Err(Failure::new(FailureKind::NotFound, "movie_not_found", why))
        }
        several => {
            let titles: Vec<&str> = several.iter().take(5).map(|movie| movie.title.as_str()).collect();
            let why = format!("{wanted:?} is a part of {} titles, such as {}", several.len(), titles.join(", "));
            Err(Failure::new(FailureKind::Input, "movie_ambiguous", format!("{why}; give more of one")))
        }
    }
}

/// The failure, where it is that there is no such show, with where the ids of shows are.
pub fn show_named(show: &ShowId, failure: Failure) -> Failure {
    if failure.kind != FailureKind::NotFound {
        return failure;
    }
    let why =
        format!("there is no show {:?}; `frontrow shows MOVIE` lists a film's shows with their ids", show.as_str());
    Failure { why, ..failure }
}

/// A show with the plan of its hall and the states of its seats.
pub struct Hall {
    pub show: Show,
    pub chart: Arc<Chart>,
    pub states: SeatStates,
}

impl Hall {
    pub async fn load(office: &Office, show: &str) -> Result<Self, Failure> {
        let id = ShowId::new(show);
        let show = office.office.show(&id).await.map_err(|why| show_named(&id, why))?;
        let chart = office.office.chart(&show.chart).await?;
        let of = ShowPlan { show: show.id.clone(), chart: show.chart.clone(), count: chart.seats.len() };
        match office.office.seats(&of, None).await? {
            SeatsNow::States { states, .. } => Ok(Self { show, chart, states }),
            SeatsNow::Unchanged => {
                let why = "the box office answered \"unchanged\" to a first question";
                Err(Failure::new(FailureKind::Other, "not_a_box_office", why))
            }
        }
    }

    pub fn state(&self, seat: SeatIx) -> SeatState {
        match self.chart.seat(seat).kind {
            SeatKind::Blocked => SeatState::Blocked,
            _ => self.states.get(seat.get()),
        }
    }

    /// Whether somebody could choose the seat, as the rules of seating see it.
    pub fn is_in_play(&self, ix: SeatIx) -> bool {
        let is_priced = self.show.sells(&self.chart.category_of(ix).id);
        in_play(self.chart.seat(ix), self.state(ix), is_priced, Accessible::Kept)
    }

    /// What the orphan rule asks of the show.
    pub fn sale(&self) -> orphan::Sale {
        orphan::Sale {
            minutes_to_start: self.show.starts_at.duration_since(jiff::Timestamp::now()).as_mins(),
            sold: self.count(SeatState::Sold),
            places: self.show.seats as usize,
        }
    }

    fn seat_document(&self, names: &Names, ix: SeatIx) -> Value {
        let category = self.chart.category_of(ix);
        json!({
            "id": self.chart.seat(ix).id,
            "label": names.label(&self.chart, ix),
            "row": self.chart.row_of(ix).label,
            "section": self.chart.section_of(ix).name,
            "state": self.state(ix).word(),
            "category": category.id,
            "price": self.show.price(&category.id),
        })
    }

    fn count(&self, state: SeatState) -> usize {
        self.chart.indices().filter(|ix| self.state(*ix) == state).count()
    }
}

pub async fn seats(ctx: &Ctx, show: &str) -> Result<Outcome, Failure> {
    let office = app::connect(&ctx.settings).await?;
    let hall = Hall::load(&office, show).await?;
    let names = Names::of(&hall.chart);
    let list: Vec<Value> = hall.chart.indices().map(|ix| hall.seat_document(&names, ix)).collect();
    let [free, held, sold, blocked] =
        [SeatState::Free, SeatState::Held, SeatState::Sold, SeatState::Blocked].map(|state| hall.count(state));
    let counts =
        json!({ "free": free, "held": held, "sold": sold, "blocked": blocked, "total": hall.chart.seats.len() });
    ctx.out.answer(json!({ "v": 1, "seats": list, "counts": counts }), || {
        let seats = if ctx.settings.plain {
            rows::words(&ctx.out, &hall, &names)
        } else {
            let rows: Vec<_> = hall.chart.indices().map(|ix| seat_row(ctx, &hall, &names, ix)).collect();
            ctx.out.table(&["seat", "state", "category", ">price"], &rows)
        };
        format!("{seats}\n{free} free, {held} held, {sold} sold, {blocked} blocked\n")
    })?;
    Ok(Outcome::Done)
}

fn seat_row(ctx: &Ctx, hall: &Hall, names: &Names, ix: SeatIx) -> Vec<String> {
    let category = hall.chart.category_of(ix);
    let price = hall.show.price(&category.id).map_or(String::new(), |price| price.words(ctx.out.glyphs()));
    vec![names.label(&hall.chart, ix), hall.state(ix).word().to_owned(), category.name.to_string(), price]
}
