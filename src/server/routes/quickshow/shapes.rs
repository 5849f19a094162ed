//! The JSON of the QuickShow dialect: what Mongo and TMDB make of films, shows and bookings elsewhere.

use crate::{
    domain::{ids::UserId, money::Money, movie::Movie, show::Show, user::User},
    server::{
        office::instant,
        problem::Refusal,
        services::{
            back_office::Owner,
            records::{Record, Stage},
        },
    },
};
use jiff::Timestamp;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// Stands for whoever has a seat towards people who need not know who it is, and for those without an account.
const TAKEN: &str = "taken";
/// Films have no history here; the dialect has dates there.
const NO_DATE: &str = "1970-01-01T00:00:00.000Z";

/// TMDB's ids of the genres that it has for films.
const GENRES: [(&str, u32); 19] = [
    ("Action", 28),
    ("Adventure", 12),
    ("Animation", 16),
    ("Comedy", 35),
    ("Crime", 80),
    ("Documentary", 99),
    ("Drama", 18),
    ("Family", 10751),
    ("Fantasy", 14),
    ("History", 36),
    ("Horror", 27),
    ("Music", 10402),
    ("Mystery", 9648),
    ("Romance", 10749),
    ("Science Fiction", 878),
    ("TV Movie", 10770),
    ("Thriller", 53),
    ("War", 10752),
    ("Western", 37),
];

/// The id of a genre; 0 for one that TMDB does not have.
fn genre_id(name: &str) -> u32 {
    GENRES.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map_or(0, |(_, id)| *id)
}

/// A film as Mongo has it once TMDB has told of it.
pub fn movie(movie: &Movie) -> Value {
    let casts = movie.cast.iter().enumerate().map(|(n, credit)| {
        json!({
            "id": n, "cast_id": n, "credit_id": format!("{}-{n}", movie.id), "order": n, "name": credit.name,
            "original_name": credit.name, "character": credit.role, "profile_path": null, "adult": false, "gender": 0,
            "known_for_department": "Acting", "popularity": 0,
        })
    });
    let genres = movie.genres.iter().map(|name| json!({"id": genre_id(name.as_str()), "name": name}));
    json!({
        "_id": movie.id, "title": movie.title, "overview": movie.synopsis, "poster_path": movie.poster,
        "backdrop_path": movie.poster, "release_date": release_date(movie), "original_language": movie.language,
        "tagline": movie.tagline, "genres": genres.collect::<Vec<_>>(), "casts": casts.collect::<Vec<_>>(),
        "vote_average": rating(movie), "runtime": movie.runtime_min, "createdAt": NO_DATE, "updatedAt": NO_DATE,
        "__v": 0,
    })
}

/// A film as TMDB lists those that are playing.
pub fn listed(movie: &Movie) -> Value {
    let original = movie.original_title.as_ref().unwrap_or(&movie.title);
    json!({
        "id": movie.id, "title": movie.title, "original_title": original, "overview": movie.synopsis, "adult": false,
        "video": false, "poster_path": movie.poster, "backdrop_path": movie.poster,
        "release_date": release_date(movie), "original_language": movie.language,
        "genre_ids": movie.genres.iter().map(|name| genre_id(name.as_str())).collect::<Vec<_>>(),
        "vote_average": rating(movie), "vote_count": 0, "popularity": 0,
    })
}

/// Only the year is known of a release.
fn release_date(movie: &Movie) -> String {
    if movie.year > 0 { format!("{:04}-01-01", movie.year) } else { String::new() }
}

/// 0 to 10 with three decimals; 0 when nobody has said.
fn rating(movie: &Movie) -> f64 {
    (f64::from(movie.rating.unwrap_or_default()) * 1000.0).round() / 1000.0
}

/// The shows of a film by UTC date.
pub fn dates(shows: &[Show]) -> Value {
    let mut dates = Map::new();
    for show in shows {
        let date = show.starts_at.strftime("%Y-%m-%d").to_string();
        let times = dates.entry(date).or_insert_with(|| json!([]));
        if let Value::Array(times) = times {
            times.push(json!({"time": instant_text(show.starts_at), "showId": show.id}));
        }
    }
    Value::Object(dates)
}

/// Who looks at a show.
pub enum Viewer<'a> {
    /// Sees which seats are their own.
    Customer(&'a UserId),
    /// Sees whose each seat is.
    Admin,
}

impl Viewer<'_> {
    fn sees(&self, owner: &Owner) -> String {
        let told = match self {
            Self::Customer(own) => owner.as_ref().filter(|owner| owner == own),
            Self::Admin => owner.as_ref(),
        };
        told.map_or_else(|| TAKEN.to_owned(), |owner| owner.0.clone())
    }
}

/// A show with its film; `taken` are the seats that are held or sold, by label. Its price is the lowest that it has.
pub fn show(show: &Show, film: &Movie, taken: &BTreeMap<String, Owner>, viewer: &Viewer<'_>) -> Value {
    let occupied: BTreeMap<&String, String> = taken.iter().map(|(seat, owner)| (seat, viewer.sees(owner))).collect();
    json!({
        "_id": show.id, "movie": movie(film), "showDateTime": instant_text(show.starts_at),
        "showPrice": show.price_from().map_or(json!(0), major), "occupiedSeats": occupied, "__v": 0,
    })
}

/// A booking of `user`, an id or a person; `link` is where it is paid while it is not.
pub fn booking(record: &Record, user: Value, show: Option<&Value>, link: &str) -> Result<Value, Refusal> {
    let seats: Vec<&str> = record.lines.iter().map(|line| line.seat.label.as_str()).collect();
    Ok(json!({
        "_id": record.id, "user": user, "show": show, "amount": major(record.total), "bookedSeats": seats,
        "isPaid": record.stage == Stage::Paid, "paymentLink": link,
        "createdAt": instant_text(instant(record.created_at)?),
        "updatedAt": instant_text(instant(record.paid_at.unwrap_or(record.created_at))?), "__v": 0,
    }))
}

/// A person with an account. Nobody has a picture here.
pub fn person(user: &User) -> Value {
    json!({"_id": user.id, "name": user.name, "email": user.email, "image": "", "__v": 0})
}

/// Milliseconds and `Z`, as JavaScript prints dates.
fn instant_text(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()
}

/// Major units as a JSON number, written from the decimal text.
pub fn major(money: Money) -> Value {
    serde_json::from_str(&money.figure()).unwrap_or(Value::Null)
}
