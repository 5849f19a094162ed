//! The JSON of the QuickShow dialect.

use crate::{
    domain::{ids::UserId, money::Money, movie::Movie, show::Show},
    server::{
        office::instant,
        problem::Refusal,
        services::records::{Record, Stage},
    },
};
use jiff::Timestamp;
use serde_json::{Map, Value, json};
use std::collections::HashMap;

/// A film as TMDB and Mongo would have it.
pub fn movie(movie: &Movie) -> Value {
    let casts: Vec<Value> = movie
        .cast
        .iter()
        .enumerate()
        .map(|(n, c)| json!({"id": n, "name": c.name, "character": c.role, "profile_path": null, "order": n}))
        .collect();
    let genres: Vec<Value> = movie.genres.iter().enumerate().map(|(n, g)| json!({"id": n, "name": g})).collect();
    json!({
        "_id": movie.id, "title": movie.title, "overview": movie.synopsis, "poster_path": null, "backdrop_path": null,
        "release_date": if movie.year > 0 { format!("{:04}-01-01", movie.year) } else { String::new() },
        "original_language": "", "tagline": "", "genres": genres, "casts": casts, "vote_average": 0,
        "runtime": movie.runtime_min,
    })
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

/// A person's booking with its show and film; `link` is where it is paid while it is not.
pub fn booking(record: &Record, show: &Show, film: &Movie, user: &UserId, link: &str) -> Result<Value, Refusal> {
    let seats: Vec<&str> = record.lines.iter().map(|line| line.seat.label.as_str()).collect();
    let owned: HashMap<&str, &UserId> = seats.iter().map(|seat| (*seat, user)).collect();
    let price = show.price_from().map_or(json!(0), major);
    Ok(json!({
        "_id": record.id, "user": user,
        "show": {
            "_id": show.id, "movie": movie(film), "showDateTime": instant_text(show.starts_at), "showPrice": price,
            "occupiedSeats": owned,
        },
        "amount": major(record.total), "bookedSeats": seats, "isPaid": record.stage == Stage::Paid,
        "paymentLink": link, "createdAt": instant_text(instant(record.created_at)?),
    }))
}

/// Milliseconds and `Z`, as JavaScript prints dates.
fn instant_text(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()
}

/// Major units as a JSON number, written from the decimal text.
fn major(money: Money) -> Value {
    serde_json::from_str(&money.figure()).unwrap_or(Value::Null)
}
