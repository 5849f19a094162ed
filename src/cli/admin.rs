//! `admin`: what those who run the cinema see and do.

use super::{Ctx, Outcome, documents::Documents, tell};
use crate::{
    app::{self, Office},
    domain::{
        admin::{Candidate, FOR_STAFF, NOT_ADMIN, NewShows, Role, ShowSales, SoldBooking, no_pages, typed},
        cinema::Cinema,
        failure::{Failure, FailureKind},
        ids::MovieId,
        money::Money,
        text::Text,
        time,
    },
    effects::ports::Backstage,
    store::select::admin::{SERVER_CLOCK, doubled_words, joined, paid_word, person_words, title_words, whole_amount},
};
use clap::{Args, Subcommand};
use iso_currency::Currency;
use jiff::civil::DateTime;
use serde_json::{Value, json};
use std::sync::Arc;

#[derive(Debug, Subcommand)]
pub enum Admin {
    /// Show the cinema at a glance: revenue, bookings, people, shows on sale
    Dashboard,
    /// List the shows that are on sale, with what was sold of them
    Shows,
    /// List everybody's bookings, the newest first
    Bookings,
    /// List the films that can be added
    Candidates,
    /// Add shows of a film
    Add(Add),
}

#[derive(Debug, Args)]
pub struct Add {
    /// The film's id, or a part of its title that only it has
    movie: String,
    /// The price of a seat, such as 12.50
    #[arg(long, value_name = "PRICE")]
    price: String,
    /// When, such as "2026-11-24 18:30" or "tomorrow 14:00 18:30"
    #[arg(long, value_name = "WHEN", required = true, num_args = 1..)]
    at: Vec<String>,
    /// Say what would be added, and add nothing
    #[arg(long)]
    dry_run: bool,
}

/// A box office whose pages these are for whoever is signed in.
struct Behind {
    office: Office,
    backstage: Arc<dyn Backstage>,
    cinema: Cinema,
    documents: Documents,
}

impl Behind {
    /// # Errors
    /// When there are no such pages, nobody is signed in, or somebody who does not run the cinema.
    async fn enter(ctx: &Ctx) -> Result<Self, Failure> {
        let office = app::connect(&ctx.settings).await?;
        // A server that cannot be reached is not one without such pages.
        let cinema = office.office.cinema().await?;
        let backstage = office.backstage.clone().ok_or_else(|| no_pages(&office.origin))?;
        // Some servers answer these calls whoever asks.
        match office.with_token(async |bearer| backstage.role(bearer).await).await? {
            Role::Admin => Ok(Self { documents: Documents::of(&cinema), office, backstage, cinema }),
            Role::Customer => Err(Failure::new(FailureKind::Refused, NOT_ADMIN, FOR_STAFF)),
        }
    }

    fn currency(&self) -> Currency {
        Currency::from_code(&self.cinema.currency).unwrap_or(Currency::XXX)
    }

    fn show(&self, sales: &ShowSales) -> Value {
        json!({
            "show": sales.show,
            "movie": sales.movie,
            "movie_title": sales.movie_title,
            "starts_at": sales.starts_at.map(|at| self.documents.time(at)),
            "price": sales.price,
            "taken": sales.taken,
            "earnings": sales.earnings(),
        })
    }

    fn booking(&self, sold: &SoldBooking) -> Value {
        json!({
            "id": sold.id,
            "person": if sold.person.is_empty() { None } else { Some(&sold.person) },
            "movie_title": sold.movie_title,
            "show": sold.show,
            "starts_at": sold.starts_at.map(|at| self.documents.time(at)),
            "seats": sold.seats,
            "total": sold.total,
            "paid": sold.paid,
            "created_at": sold.created_at.map(|at| self.documents.time(at)),
            "doubled": sold.doubled,
        })
    }

    /// The day and the time, each for its column.
    fn when(&self, at: Option<jiff::Timestamp>) -> [String; 2] {
        let zone = &self.documents.zone;
        at.map_or_else(
            || ["unknown".to_owned(), String::new()],
            |at| [time::short_day_words(time::business_day(at, zone)), time::clock_words(at, zone)],
        )
    }

    fn shows_table(&self, ctx: &Ctx, shows: &[ShowSales]) -> String {
        if shows.is_empty() {
            return "No shows are on sale.\n".to_owned();
        }
        let row = |sales: &ShowSales| {
            let [day, clock] = self.when(sales.starts_at);
            let taken = sales.taken.to_string();
            let (price, earnings) = (amount(ctx, sales.price), amount(ctx, sales.earnings()));
            vec![title_words(&sales.movie_title), day, clock, price, taken, earnings, sales.show.to_string()]
        };
        let rows: Vec<_> = shows.iter().map(row).collect();
        ctx.out.table(&["film", "day", "time", ">price", ">seats", ">earnings", "id"], &rows)
    }
}

fn amount(ctx: &Ctx, amount: Option<Money>) -> String {
    amount.map_or_else(|| "unknown".to_owned(), |amount| amount.words(ctx.out.glyphs()))
}

pub async fn run(ctx: &Ctx, command: Admin) -> Result<Outcome, Failure> {
    match command {
        Admin::Dashboard => dashboard(ctx).await,
        Admin::Shows => shows(ctx).await,
        Admin::Bookings => bookings(ctx).await,
        Admin::Candidates => candidates(ctx).await,
        Admin::Add(add) => self::add(ctx, &add).await,
    }
}

async fn dashboard(ctx: &Ctx) -> Result<Outcome, Failure> {
    let behind = Behind::enter(ctx).await?;
    let told = behind.office.with_token(async |bearer| behind.backstage.dashboard(bearer).await).await?;
    let shows: Vec<Value> = told.shows.iter().map(|sales| behind.show(sales)).collect();
    let document = json!({
        "bookings": told.bookings,
        "revenue": told.revenue,
        "people": told.people,
        "shows": shows,
    });
    ctx.out.answer(json!({ "v": 1, "dashboard": document }), || {
        let count = |number: Option<u64>| number.map_or_else(|| "unknown".to_owned(), |number| number.to_string());
        let rows = [
            ("revenue", amount(ctx, told.revenue)),
            ("bookings", count(told.bookings)),
            ("people", count(told.people)),
            ("shows on sale", told.shows.len().to_string()),
        ];
        let figures: String = rows.iter().map(|(word, figure)| format!("{word:<14}{figure:>14}\n")).collect();
        format!("{figures}\n{}", behind.shows_table(ctx, &told.shows))
    })?;
    Ok(Outcome::Done)
}

async fn shows(ctx: &Ctx) -> Result<Outcome, Failure> {
    let behind = Behind::enter(ctx).await?;
    let shows = behind.office.with_token(async |bearer| behind.backstage.shows(bearer).await).await?;
    let list: Vec<Value> = shows.iter().map(|sales| behind.show(sales)).collect();
    ctx.out.answer(json!({ "v": 1, "shows": list }), || {
        let table = behind.shows_table(ctx, &shows);
        if shows.is_empty() { table } else { format!("{table}\nSeats that are not paid yet count as taken.\n") }
    })?;
    Ok(Outcome::Done)
}

async fn bookings(ctx: &Ctx) -> Result<Outcome, Failure> {
    let behind = Behind::enter(ctx).await?;
    let bookings = behind.office.with_token(async |bearer| behind.backstage.bookings(bearer).await).await?;
    let list: Vec<Value> = bookings.iter().map(|sold| behind.booking(sold)).collect();
    ctx.out.answer(json!({ "v": 1, "bookings": list }), || {
        if bookings.is_empty() {
            return "No bookings are listed. Some servers list only those that are paid.\n".to_owned();
        }
        let row = |sold: &SoldBooking| {
            let [day, clock] = behind.when(sold.starts_at);
            let (person, film) = (person_words(sold), title_words(&sold.movie_title));
            let state = match doubled_words(sold) {
                twice if twice.is_empty() => paid_word(sold).to_owned(),
                twice => format!("{}, {twice}", paid_word(sold)),
            };
            vec![person, film, day, clock, joined(&sold.seats), amount(ctx, sold.total), state]
        };
        let rows: Vec<_> = bookings.iter().map(row).collect();
        ctx.out.table(&["person", "film", "day", "time", "seats", ">amount", "state"], &rows)
    })?;
    Ok(Outcome::Done)
}

async fn candidates(ctx: &Ctx) -> Result<Outcome, Failure> {
    let behind = Behind::enter(ctx).await?;
    let films = behind.office.with_token(async |bearer| behind.backstage.candidates(bearer).await).await?;
    let document = |film: &Candidate| {
        json!({
            "id": film.id,
            "title": film.title,
            "year": film.year,
            "rating": film.rating,
            "overview": film.overview,
        })
    };
    let list: Vec<Value> = films.iter().map(document).collect();
    ctx.out.answer(json!({ "v": 1, "candidates": list }), || {
        if films.is_empty() {
            return "The box office names no film that could be added.\n".to_owned();
        }
        let row = |film: &Candidate| {
            let year = if film.year == 0 { String::new() } else { film.year.to_string() };
            let rating = film.rating.map(|rating| format!("{rating:.1}")).unwrap_or_default();
            vec![film.title.to_string(), year, rating, film.id.to_string()]
        };
        let rows: Vec<_> = films.iter().map(row).collect();
        ctx.out.table(&["film", ">year", ">rating", "id"], &rows)
    })?;
    Ok(Outcome::Done)
}

async fn add(ctx: &Ctx, wanted: &Add) -> Result<Outcome, Failure> {
    let behind = Behind::enter(ctx).await?;
    let now = jiff::Timestamp::now().to_zoned(behind.documents.zone.zone.clone()).datetime();
    let input = |why: String| Failure::new(FailureKind::Input, "usage", why);
    let price = typed::price(&wanted.price, behind.currency()).map_err(|why| input(format!("--price: {why}")))?;
    let mut times: Vec<DateTime> = Vec::new();
    for text in &wanted.at {
        let more = typed::when(text, now).and_then(|more| typed::take(&mut times, &more));
        more.map_err(|why| input(format!("--at: {why}")))?;
    }
    let films = behind.office.with_token(async |bearer| behind.backstage.candidates(bearer).await).await?;
    let (movie, title) = find(films.iter().map(|film| (&film.id, &film.title)), &wanted.movie)?;
    let shows = NewShows { movie, times, price };
    say(ctx, &shows, &title);
    let count = shows.times.len();
    let count = if count == 1 { "one show".to_owned() } else { format!("{count} shows") };
    if !wanted.dry_run {
        behind.office.with_token(async |bearer| behind.backstage.add(bearer, &shows).await).await?;
    }
    let times: Vec<String> = shows.times.iter().map(|at| at.strftime("%Y-%m-%dT%H:%M").to_string()).collect();
    let document = json!({ "movie": shows.movie, "movie_title": title, "price": shows.price, "times": times });
    let delivered =
        ctx.out.deliver(json!({ "v": 1, "shows": document, "added": !wanted.dry_run }), || match wanted.dry_run {
            true => format!("Would add {count} of {title}; nothing was added.\n"),
            false => format!("Added {count} of {title}.\n"),
        });
    delivered.map(|()| Outcome::Done).map_err(|error| {
        let done = if wanted.dry_run { "nothing was added" } else { "the shows were added" };
        Failure::new(FailureKind::Other, "stdout", format!("{done}, but the answer could not be written: {error}"))
    })
}

/// What is going to be added, before it is.
fn say(ctx: &Ctx, shows: &NewShows, title: &Text) {
    tell(format_args!("{title}, {} a seat:", shows.price.words(ctx.out.glyphs())));
    for at in &shows.times {
        tell(format_args!("  {}", typed::words_of(*at)));
    }
    tell(SERVER_CLOCK);
    if let Some(note) = whole_amount(shows.price) {
        tell(note);
    }
}

/// The film with this id, or the only one whose title contains the text, whatever its case.
fn find<'a>(films: impl Iterator<Item = (&'a MovieId, &'a Text)>, wanted: &str) -> Result<(MovieId, Text), Failure> {
    let part = wanted.trim().to_lowercase();
    let films: Vec<_> = films.collect();
    let by_id = films.iter().find(|(id, _)| id.as_str() == wanted.trim());
    let named: Vec<_> = match part.as_str() {
        "" => Vec::new(),
        part => films.iter().filter(|(_, title)| title.as_str().to_lowercase().contains(part)).collect(),
    };
    match (by_id, named.as_slice()) {
        (Some((id, title)), _) | (None, [(id, title)]) => Ok(((*id).clone(), (*title).clone())),
        (None, []) => {
            let why = format!("no film is called {wanted:?}; `frontrow admin candidates` lists what can be added");
            Err(Failure::new(FailureKind::NotFound, "movie_not_found", why))
        }
        (None, several) => {
            let titles: Vec<&str> = several.iter().take(5).map(|(_, title)| title.as_str()).collect();
            let why = format!("{wanted:?} is a part of {} titles, such as {}", several.len(), titles.join(", "));
            Err(Failure::new(FailureKind::Input, "movie_ambiguous", format!("{why}; give more of one")))
        }
    }
}
