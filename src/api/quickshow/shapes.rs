//! What QuickShow servers tell, as it is told: films, shows, bookings. Fields have several names; each may be missing.

use super::answer::{self, Answer, count, elements, id, instant, made_at, money, part, rating, text, truth, words};
use crate::domain::{
    ids::{MovieId, ShowId},
    money::Money,
    movie::{Credit, Movie},
    text::{Text, clean},
};
use iso_currency::Currency;
use jiff::Timestamp;
use serde_json::Value;
use std::collections::HashSet;

/// The most films taken from one list.
pub const MOST_FILMS: usize = 500;
/// The most shows taken from one list.
pub const MOST_SHOWS: usize = 2_000;
/// The most bookings of one person: they are compared with one another.
pub const MOST_BOOKINGS: usize = 2_000;
/// The most seats taken from one list.
pub const MOST_SEATS: usize = 10_000;
/// The most people of a cast that are kept; some servers tell hundreds.
const MOST_CAST: usize = 40;
/// The longest address of a picture or page taken, in bytes.
const MAX_URL: usize = 2_048;

/// What stands for a film that the server has removed.
pub const REMOVED: &str = "Removed film";

/// A film; `None` for what has no id.
pub fn movie(value: &Value) -> Option<Movie> {
    let key = part(value, &["id", "_id"]).and_then(id)?;
    let title = text(value, &["title", "originalTitle", "original_title", "primaryTitle", "name"]);
    let released = text(value, &["release_date", "releaseDate", "year"]);
    let original = text(value, &["original_title", "originalTitle"]);
    Some(Movie {
        id: MovieId::new(key),
        original_title: Some(original).filter(|original| !original.is_empty() && *original != title),
        title: if title.is_empty() { Text::new("Film without a title") } else { title },
        year: year(released.as_str()),
        runtime_min: minutes(value),
        directors: names(part(value, &["directors", "director"])),
        cast: cast(value),
        genres: names(part(value, &["genres", "genre"])),
        synopsis: text(value, &["overview", "description", "plot", "synopsis"]),
        palette: Vec::new(),
        rating: part(value, &["vote_average", "averageRating", "rating", "imdbRating"]).and_then(rating),
        tagline: text(value, &["tagline"]),
        language: text(value, &["original_language", "original_laguage", "originalLanguage", "language"]),
        poster: picture(value, &["poster_path", "primaryImage", "posterPath", "poster", "image"]),
        next_show: None,
    })
}

/// Films of a list, each once.
pub fn movies(list: &[&Value]) -> Vec<Movie> {
    let mut seen = HashSet::new();
    let known = list.iter().take(MOST_FILMS).filter_map(|value| movie(value));
    known.filter(|movie| seen.insert(movie.id.clone())).collect()
}

fn minutes(value: &Value) -> u32 {
    let told = part(value, &["runtime", "runtimeMinutes", "runTime", "duration"]).and_then(count);
    told.and_then(|minutes| u32::try_from(minutes).ok()).filter(|minutes| *minutes < 24 * 60).unwrap_or(0)
}

/// The four digits that a date begins with; 0 if it does not.
fn year(date: &str) -> i16 {
    date.get(..4).and_then(|digits| digits.parse().ok()).filter(|year| (1800..3000).contains(year)).unwrap_or(0)
}

/// Names, given as texts or as objects with a name, or as one text.
fn names(value: Option<&Value>) -> Vec<Text> {
    let Some(value) = value else { return Vec::new() };
    let name =
        |value: &Value| if value.is_object() { text(value, &["name", "fullName", "title"]) } else { words(value) };
    let all = match value {
        Value::Array(list) => list.iter().take(MOST_CAST).map(name).collect(),
        other => vec![name(other)],
    };
    all.into_iter().filter(|name| !name.is_empty()).collect()
}

fn cast(value: &Value) -> Vec<Credit> {
    let list = part(value, &["casts", "cast", "credits"]).map(elements).unwrap_or_default();
    let credit = |one: &&Value| {
        let name = if one.is_object() { text(one, &["name", "fullName", "original_name"]) } else { words(one) };
        let role = match part(one, &["characters"]) {
            Some(Value::Array(parts)) => {
                let parts: Vec<String> = parts.iter().map(|part| words(part).to_string()).collect();
                Text::new(&parts.join(" / "))
            }
            _ => text(one, &["character", "characters", "role"]),
        };
        (!name.is_empty()).then_some(Credit { name, role })
    };
    list.iter().filter_map(credit).take(MOST_CAST).collect()
}

/// Where a picture is: a path or URL, or the first of a list of pictures. `None` for what could not be an address.
fn picture(value: &Value, names: &[&str]) -> Option<String> {
    let place = match part(value, names)? {
        Value::String(place) => place.as_str(),
        Value::Array(list) => match list.iter().find(|one| !one.is_null())? {
            Value::String(place) => place.as_str(),
            one => one.get("url")?.as_str()?,
        },
        one => one.get("url")?.as_str()?,
    };
    address(place)
}

/// An address as it is, if it has no character that an address cannot have.
pub fn address(place: &str) -> Option<String> {
    let place = place.trim();
    let plain = !place.is_empty() && place.len() <= MAX_URL && !place.contains(char::is_whitespace);
    (plain && clean(place, MAX_URL) == place).then(|| place.to_owned())
}

/// A show in the list of a film's times.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slot {
    pub show: ShowId,
    pub time: Timestamp,
    /// Where a server tells it before the checkout.
    pub price: Option<Money>,
    pub room: Text,
}

/// A film's times by day, in any order and each once: the days are the server's, so that they are not kept. `None`:
/// the answer has no list of times, or none of its times can be read.
pub fn slots(answer: &Answer, currency: Currency) -> Option<Vec<Slot>> {
    let told = answer.part(&["dateTime", "datetime", "dateTimes"])?;
    let days: Vec<&Value> = match told {
        Value::Object(days) => days.values().collect(),
        Value::Array(_) => vec![told],
        _ => return None,
    };
    let all: Vec<&Value> = days.iter().flat_map(|day| elements(day)).collect();
    let is_strange = days.iter().any(|day| !day.is_array() && !day.is_null());
    let mut seen = HashSet::new();
    let mut slots: Vec<Slot> = all.iter().take(MOST_SHOWS).filter_map(|one| slot(one, currency)).collect();
    if slots.is_empty() && (is_strange || !all.is_empty()) {
        return None;
    }
    slots.retain(|slot| seen.insert(slot.show.clone()));
    slots.sort_by(|a, b| (a.time, &a.show).cmp(&(b.time, &b.show)));
    Some(slots)
}

fn slot(value: &Value, currency: Currency) -> Option<Slot> {
    Some(Slot {
        show: ShowId::new(part(value, &["showId", "_id", "id"]).and_then(id)?),
        time: part(value, &["time", "showDateTime", "startDateTime"]).and_then(instant)?,
        price: price(value, currency),
        room: room(value),
    })
}

/// The price of one seat, where a show tells it.
fn price(value: &Value, currency: Currency) -> Option<Money> {
    let told = part(value, &["showPrice", "basePrice", "price"])?;
    money(told, currency).filter(|price| price.minor > 0)
}

fn room(value: &Value) -> Text {
    let named = text(value, &["roomName", "hallName"]);
    match part(value, &["room", "hall"]) {
        Some(room) if named.is_empty() && room.is_object() => text(room, &["name", "roomName"]),
        _ => named,
    }
}

/// A seat that a show has as taken, and by whom, where that is told: by a user's id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taken {
    pub seat: Text,
    pub by: Option<String>,
}

/// How these servers name the seats that are taken.
pub const TAKEN: [&str; 2] = ["occupiedSeats", "occupiedSeates"];

/// The seats of a list of names, or of an object from names to user ids; `None` for anything else.
pub fn taken(value: &Value) -> Option<Vec<Taken>> {
    let seat = |name: &str| Some(Text::new(name.trim())).filter(|seat| !seat.is_empty());
    match value {
        Value::Array(list) => {
            let names = list.iter().take(MOST_SEATS).map(seat_name).filter(|name| !name.is_empty());
            Some(names.map(|name| Taken { seat: name, by: None }).collect())
        }
        Value::Object(map) => {
            let pairs = map.iter().take(MOST_SEATS);
            Some(pairs.filter_map(|(name, by)| Some(Taken { seat: seat(name)?, by: id(by) })).collect())
        }
        _ => None,
    }
}

/// A show as it is told inside bookings and to admins.
#[derive(Clone, Debug, PartialEq)]
pub struct ToldShow {
    pub id: ShowId,
    /// Absent when the film was removed.
    pub movie: Option<MovieId>,
    /// [`REMOVED`] when the film was removed.
    pub movie_title: Text,
    /// 0 when unknown.
    pub runtime_min: u32,
    pub starts_at: Option<Timestamp>,
    pub price: Option<Money>,
    pub room: Text,
    /// Absent when the answer does not tell it.
    pub taken: Option<Vec<Taken>>,
}

/// A show; `None` for what has no id.
pub fn show(value: &Value, currency: Currency) -> Option<ToldShow> {
    let key = part(value, &["_id", "id"]).and_then(id)?;
    // One server has its film as `movieId`; some tell its id alone.
    let film = part(value, &["movie", "movieId"]);
    let whole = film.filter(|film| film.is_object()).and_then(movie);
    let key_alone = film.and_then(id).map(MovieId::new);
    Some(ToldShow {
        id: ShowId::new(key),
        movie_title: match (&whole, &key_alone) {
            (Some(movie), _) => movie.title.clone(),
            (None, Some(_)) => text(value, &["movieTitle", "title"]),
            (None, None) => Text::new(REMOVED),
        },
        runtime_min: whole.as_ref().map_or(0, |movie| movie.runtime_min),
        movie: whole.map(|movie| movie.id).or(key_alone),
        starts_at: part(value, &["showDateTime", "startDateTime", "time"]).and_then(instant),
        price: price(value, currency),
        room: room(value),
        taken: all_taken(value),
    })
}

/// The taken seats of a show; those that are held until they are paid are apart on some servers.
fn all_taken(show: &Value) -> Option<Vec<Taken>> {
    let mut seats = part(show, &TAKEN).and_then(taken)?;
    seats.extend(part(show, &["heldSeats"]).and_then(taken).unwrap_or_default());
    Some(seats)
}

/// A show of which only the id is told, with what stands beside it of its film.
fn show_alone(id: String, film: Option<&Value>) -> ToldShow {
    let whole = film.and_then(movie);
    ToldShow {
        id: ShowId::new(id),
        movie: film.and_then(answer::id).map(MovieId::new),
        movie_title: whole.as_ref().map(|movie| movie.title.clone()).unwrap_or_default(),
        runtime_min: whole.map_or(0, |movie| movie.runtime_min),
        starts_at: None,
        price: None,
        room: Text::default(),
        taken: None,
    }
}

/// A person as a server tells them to its admins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToldPerson {
    pub id: String,
    /// Empty when only the id is told.
    pub name: Text,
    pub email: Text,
}

/// A booking as it is told to its owner and to admins.
#[derive(Clone, Debug, PartialEq)]
pub struct ToldBooking {
    pub id: String,
    /// Absent when the server does not know them any more.
    pub person: Option<ToldPerson>,
    /// Absent when the show was removed.
    pub show: Option<ToldShow>,
    pub amount: Option<Money>,
    pub seats: Vec<Text>,
    pub paid: bool,
    /// Where it is paid, as the server says: not checked.
    pub link: Option<String>,
    pub created_at: Option<Timestamp>,
}

/// A booking; `None` for what has no id.
pub fn booking(value: &Value, currency: Currency) -> Option<ToldBooking> {
    let key = part(value, &["_id", "id"]).and_then(id)?;
    let seats = part(value, &["bookedSeats", "bookedSeates", "bookedSeat", "seats"]);
    let show = part(value, &["show", "showId"]).and_then(|told| match told {
        Value::Object(_) => show(told, currency),
        alone => Some(show_alone(id(alone)?, part(value, &["movie", "movieId"]))),
    });
    Some(ToldBooking {
        person: part(value, &["user", "userId"]).and_then(person),
        show,
        amount: part(value, &["amount", "totalAmount", "total"]).and_then(|amount| money(amount, currency)),
        seats: seats.map(seat_names).unwrap_or_default(),
        paid: part(value, &["isPaid", "paid"]).and_then(truth).unwrap_or(false),
        link: part(value, &["paymentLink", "paymentUrl", "url"]).and_then(Value::as_str).and_then(address),
        created_at: part(value, &["createdAt"]).and_then(instant).or_else(|| made_at(&key)),
        id: key,
    })
}

/// The name of one seat of a list: itself, or what an object has as its name.
fn seat_name(seat: &Value) -> Text {
    if seat.is_object() { text(seat, &["seat", "label", "seatNumber", "name"]) } else { words(seat) }
}

fn seat_names(value: &Value) -> Vec<Text> {
    match value {
        Value::Array(list) => list.iter().take(MOST_SEATS).map(seat_name).filter(|name| !name.is_empty()).collect(),
        other => Some(words(other)).filter(|name| !name.is_empty()).into_iter().collect(),
    }
}

fn person(value: &Value) -> Option<ToldPerson> {
    let id = id(value)?;
    Some(ToldPerson { id, name: answer::text(value, &["name", "fullName"]), email: answer::text(value, &["email"]) })
}
