//! What those who run the cinema do in the dialect. Who they are the setting `admins` says.

use super::{Answer, MovieName, Shared, payment_link, shapes, shapes::Viewer, shows_of};
use crate::{
    domain::{ids::MovieId, money::Money, movie::Movie},
    server::{
        dialect::Visitor,
        extract::Json as Body,
        office::Office,
        problem::{Code, Refusal, quoted},
        services::{
            accounts::Role,
            back_office, catalogue,
            records::show_number,
            showings::{self, NewShows},
            tokens::Person,
        },
    },
};
use axum::{extract::State, http::HeaderMap};
use iso_currency::Currency;
use jiff::civil::{Date, DateTime, Time};
use serde::Deserialize;
use serde_json::{Value, json};
use std::{collections::HashMap, sync::Arc};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

pub fn routes() -> OpenApiRouter<Arc<Office>> {
    OpenApiRouter::new()
        .routes(routes!(now_playing))
        .routes(routes!(add_shows))
        .routes(routes!(is_admin))
        .routes(routes!(dashboard))
        .routes(routes!(all_shows))
        .routes(routes!(all_bookings))
}

fn must_be_admin(person: Result<Person, Refusal>) -> Result<(), Refusal> {
    match person?.role {
        Role::Admin => Ok(()),
        Role::User => Err(Refusal::new(Code::Forbidden, "Not Authorized: this is for those who run the cinema.")),
    }
}

/// The films that shows can be added of: all that this cinema has.
#[utoipa::path(get, path = "/api/show/now-playing", responses((status = 200, body = Object)))]
async fn now_playing(State(office): Shared, Visitor(person): Visitor) -> Answer {
    let answer = async {
        must_be_admin(person)?;
        let movies = catalogue::movies(&office).await?;
        Ok(json!({"movies": movies.iter().map(shapes::listed).collect::<Vec<_>>()}))
    };
    Answer(answer.await)
}

#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct AddRequest {
    movie_id: MovieName,
    /// Some pages call it `showInput`.
    #[serde(alias = "showInput")]
    shows_input: Vec<DayInput>,
    show_price: Price,
}

/// The times of a day, in the cinema's time zone.
#[derive(Deserialize, ToSchema)]
struct DayInput {
    /// Such as `2026-11-23`.
    date: String,
    /// Such as `18:30`.
    time: Vec<String>,
}

/// In major units.
#[derive(Deserialize, ToSchema)]
#[serde(untagged, expecting = "a number such as 10.5 is accepted")]
enum Price {
    #[schema(value_type = f64)]
    Number(serde_json::Number),
    Text(String),
}

/// Adds shows of a film, all or none.
#[utoipa::path(post, path = "/api/show/add", request_body = AddRequest, responses((status = 200, body = Object)))]
async fn add_shows(
    State(office): Shared,
    Visitor(person): Visitor,
    request: Result<Body<AddRequest>, Refusal>,
) -> Answer {
    let answer = async {
        must_be_admin(person)?;
        let Body(request) = request?;
        let starts = request.shows_input.iter().map(starts).collect::<Result<Vec<_>, _>>()?.concat();
        let price = price(&request.show_price, back_office::currency(&office)?)?;
        showings::add(&office, NewShows { movie: request.movie_id.id(), starts, price }).await?;
        Ok(json!({"message": "Show Added successfully."}))
    };
    Answer(answer.await)
}

fn starts(day: &DayInput) -> Result<Vec<DateTime>, Refusal> {
    let wrong = |what: &str, text: &str, accepted: &str| {
        Refusal::new(
            Code::InvalidRequest,
            format!("{} is no {what}; accepted is one such as {accepted}.", quoted(text)),
        )
    };
    let date: Date = day.date.trim().parse().map_err(|_| wrong("date", &day.date, "2026-11-23"))?;
    let start = |text: &String| {
        let time: Time = text.trim().parse().map_err(|_| wrong("time", text, "18:30"))?;
        Ok(date.to_datetime(time))
    };
    day.time.iter().map(start).collect()
}

/// A decimal amount of major units, with no more digits than the currency has.
fn price(price: &Price, currency: Currency) -> Result<Money, Refusal> {
    let text = match price {
        Price::Number(number) => number.to_string(),
        Price::Text(text) => text.trim().to_owned(),
    };
    let digits = Money::new(0, currency).exponent() as usize;
    let (whole, part) = text.split_once('.').unwrap_or((&text, ""));
    let part = part.trim_end_matches('0');
    let plain = |digits: &str| digits.bytes().all(|byte| byte.is_ascii_digit());
    let minor = Some(format!("{whole}{part:0<digits$}"))
        .filter(|_| !whole.is_empty() && plain(whole) && plain(part) && part.len() <= digits)
        // More would be a slip, and would overflow sums.
        .and_then(|minor| minor.parse().ok().filter(|minor: &i64| *minor <= 1_000_000_000));
    minor.map(|minor| Money::new(minor, currency)).ok_or_else(|| {
        let code = currency.code();
        let detail = format!("{} is no price in {code}; accepted is one such as 10.5, from 0 on.", quoted(&text));
        Refusal::new(Code::InvalidRequest, detail)
    })
}

/// Whether the person is one of those who run the cinema.
#[utoipa::path(get, path = "/api/admin/is-admin", responses((status = 200, body = Object)))]
async fn is_admin(Visitor(person): Visitor) -> Answer {
    Answer(must_be_admin(person).map(|()| json!({"isAdmin": true})))
}

/// What has been sold, and the shows that are on sale.
#[utoipa::path(get, path = "/api/admin/dashboard", responses((status = 200, body = Object)))]
async fn dashboard(State(office): Shared, Visitor(person): Visitor) -> Answer {
    let answer = async {
        must_be_admin(person)?;
        let totals = back_office::totals(&office).await?;
        Ok(json!({"dashboardData": {
            "totalBookings": totals.bookings, "totalRevenue": shapes::major(totals.revenue),
            "activeShows": shows_on_sale(&office).await?, "totalUser": totals.users,
        }}))
    };
    Answer(answer.await)
}

/// The shows that are on sale, by time.
#[utoipa::path(get, path = "/api/admin/all-shows", responses((status = 200, body = Object)))]
async fn all_shows(State(office): Shared, Visitor(person): Visitor) -> Answer {
    let answer = async {
        must_be_admin(person)?;
        Ok(json!({"shows": shows_on_sale(&office).await?}))
    };
    Answer(answer.await)
}

async fn shows_on_sale(office: &Office) -> Result<Vec<Value>, Refusal> {
    let films: HashMap<MovieId, Movie> =
        catalogue::movies(office).await?.into_iter().map(|movie| (movie.id.clone(), movie)).collect();
    let shows = catalogue::shows(office, None).await?;
    let numbers: Vec<i64> = shows.iter().filter_map(|show| show_number(&show.id)).collect();
    let owners = back_office::owners(office, &numbers).await?;
    let mut shown = Vec::new();
    for (show, number) in shows.iter().zip(numbers) {
        let plan = office.plans.get(&office.db, &show.chart).await?;
        let taken = back_office::labelled(&plan, owners.get(&number).map_or(&[], Vec::as_slice));
        let film = films.get(&show.movie).ok_or_else(|| Refusal::internal("a show of no film"))?;
        shown.push(shapes::show(show, film, &taken, &Viewer::Admin));
    }
    Ok(shown)
}

/// Everybody's bookings, newest first, with the people who made them.
#[utoipa::path(get, path = "/api/admin/all-bookings", responses((status = 200, body = Object)))]
async fn all_bookings(State(office): Shared, Visitor(person): Visitor, headers: HeaderMap) -> Answer {
    let answer = async {
        must_be_admin(person)?;
        let (records, people): (Vec<_>, Vec<_>) = back_office::bookings(&office).await?.into_iter().unzip();
        let shows = shows_of(&office, &records, &Viewer::Admin).await?;
        let booking = |(record, person): (_, &Option<_>)| {
            let person = person.as_ref().map_or(Value::Null, shapes::person);
            shapes::booking(record, person, shows.get(&record.show), &payment_link(&office, &headers, record))
        };
        let list = records.iter().zip(&people).map(booking).collect::<Result<Vec<_>, _>>()?;
        Ok(json!({"bookings": list}))
    };
    Answer(answer.await)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_price_has_the_digits_of_its_currency_and_no_more() {
        let minor = |json: &str, currency| {
            let given: Price = serde_json::from_str(json).unwrap();
            price(&given, currency).ok().map(|money| money.minor)
        };
        assert_eq!(minor("10.5", Currency::EUR), Some(1050));
        assert_eq!(minor("10", Currency::EUR), Some(1000));
        assert_eq!(minor("\"12.90\"", Currency::EUR), Some(1290));
        assert_eq!(minor("10.500", Currency::EUR), Some(1050));
        assert_eq!(minor("1500", Currency::JPY), Some(1500));
        assert_eq!(minor("1.005", Currency::KWD), Some(1005));
        for wrong in ["10.505", "-1", "1e21", "\"\"", "\".5\"", "\"ten\"", "\"1,50\"", "100000000"] {
            assert_eq!(minor(wrong, Currency::EUR), None, "{wrong}");
        }
        assert_eq!(minor("1.5", Currency::JPY), None);
    }
}
