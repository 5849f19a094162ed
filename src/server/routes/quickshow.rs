//! The QuickShow dialect, for the clients that exist for it. The same services; failures are answered with 200 and
//! `success: false`, as that dialect has it.

mod admin;
mod hall;
mod hooks;
mod pay;
mod shapes;

use crate::{
    domain::{
        ids::{MovieId, SeatId, ShowId},
        show::SeatState,
    },
    server::{
        dialect::Visitor,
        extract::{Json as Body, Segment},
        office::Office,
        peer::Peer,
        problem::{Code, Refusal},
        services::{
            back_office, bookings, catalogue,
            favourites::{self, Wanted},
            payments,
            records::{Record, Stage},
        },
    },
};
use axum::{
    Json,
    extract::State,
    http::HeaderMap,
    response::{Html, IntoResponse, Response},
};
use serde::Deserialize;
use serde_json::{Value, json};
use shapes::Viewer;
use std::{collections::HashMap, sync::Arc};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

type Shared = State<Arc<Office>>;

pub fn routes() -> OpenApiRouter<Arc<Office>> {
    OpenApiRouter::new()
        .routes(routes!(root))
        .routes(routes!(all_shows))
        .routes(routes!(movie_shows))
        .routes(routes!(occupied_seats))
        .routes(routes!(create_booking))
        .routes(routes!(user_bookings))
        .routes(routes!(update_favorite))
        .routes(routes!(favorites))
        .merge(admin::routes())
        .merge(hall::routes())
        .merge(hooks::routes())
        .merge(pay::routes())
}

/// An answer of this dialect.
struct Answer(Result<Value, Refusal>);

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        match self.0 {
            Ok(mut body) => {
                body["success"] = json!(true);
                Json(body).into_response()
            }
            Err(refusal) => Json(json!({"success": false, "message": refusal.detail})).into_response(),
        }
    }
}

/// A sign of life.
#[utoipa::path(get, path = "/", responses((status = 200, body = String)))]
async fn root() -> Html<&'static str> {
    Html("Server is live!")
}

/// The films that have a show on sale.
#[utoipa::path(get, path = "/api/show/all", responses((status = 200, body = Object)))]
async fn all_shows(State(office): Shared) -> Answer {
    Answer(catalogue::movies(&office).await.map(|movies| {
        let playing = movies.iter().filter(|movie| movie.next_show.is_some());
        json!({"shows": playing.map(shapes::movie).collect::<Vec<_>>()})
    }))
}

/// A film and its shows by date.
#[utoipa::path(get, path = "/api/show/{movieId}", params(("movieId" = String, Path)),
    responses((status = 200, body = Object)))]
async fn movie_shows(State(office): Shared, Segment(id): Segment) -> Answer {
    let id = MovieId(id);
    let answer = async {
        match catalogue::movie(&office, &id).await {
            Err(refusal) if refusal.code == Code::NotFound => Ok(json!({"movie": null, "dateTime": {}})),
            Err(refusal) => Err(refusal),
            Ok(movie) => {
                let shows = catalogue::shows(&office, Some(&id)).await?;
                Ok(json!({"movie": shapes::movie(&movie), "dateTime": shapes::dates(&shows)}))
            }
        }
    };
    Answer(answer.await)
}

/// The labels of the seats that cannot be had.
#[utoipa::path(get, path = "/api/booking/seats/{showId}", params(("showId" = String, Path)),
    responses((status = 200, body = Object)))]
async fn occupied_seats(State(office): Shared, Segment(id): Segment) -> Answer {
    let answer = async {
        let (show, states) = catalogue::seats(&office, &ShowId(id)).await?;
        let plan = office.plans.get(&office.db, &show.chart).await?;
        let taken = plan.places.iter().zip(states.iter()).filter(|(_, state)| *state != SeatState::Free);
        Ok(json!({"occupiedSeats": taken.map(|(place, _)| &place.label).collect::<Vec<_>>()}))
    };
    Answer(answer.await)
}

#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct CreateRequest {
    show_id: ShowId,
    /// Labels, such as `A1`.
    #[schema(min_items = 1, max_items = 20)]
    selected_seats: Vec<String>,
}

/// Keeps seats for ten minutes and answers where to pay for them.
#[utoipa::path(post, path = "/api/booking/create", request_body = CreateRequest,
    responses((status = 200, body = Object)))]
async fn create_booking(
    State(office): Shared,
    Visitor(person): Visitor,
    peer: Peer,
    headers: HeaderMap,
    request: Result<Body<CreateRequest>, Refusal>,
) -> Answer {
    let answer = async {
        let (person, Body(request)) = (person?, request?);
        let show = catalogue::show(&office, &request.show_id).await?;
        let plan = office.plans.get(&office.db, &show.chart).await?;
        let id_of = |label: &String| plan.labelled(label).cloned().unwrap_or_else(|| SeatId(label.clone()));
        let seats: Vec<SeatId> = request.selected_seats.iter().map(id_of).collect();
        let back = pay::return_url(&headers);
        let secret = payments::reserve(&office, &person.user.id, &request.show_id, &seats, back, peer).await?;
        Ok(json!({"url": pay::link(&office, &headers, &secret)}))
    };
    Answer(answer.await)
}

/// The person's bookings, newest first; what was not paid in time is gone.
#[utoipa::path(get, path = "/api/user/bookings", responses((status = 200, body = Object)))]
async fn user_bookings(State(office): Shared, Visitor(person): Visitor, headers: HeaderMap) -> Answer {
    let answer = async {
        let user = person?.user.id;
        let now = office.now_ms();
        let mut records = bookings::records(&office, &user).await?;
        records.retain(|record| record.stage == Stage::Paid || record.is_live(now));
        let shows = shows_of(&office, &records, &Viewer::Customer(&user)).await?;
        let booking = |record: &Record| {
            let link = payment_link(&office, &headers, record);
            shapes::booking(record, json!(user), shows.get(&record.show), &link)
        };
        Ok(json!({"bookings": records.iter().map(booking).collect::<Result<Vec<_>, _>>()?}))
    };
    Answer(answer.await)
}

/// The shows of bookings, each once, by number.
async fn shows_of(office: &Office, records: &[Record], viewer: &Viewer<'_>) -> Result<HashMap<i64, Value>, Refusal> {
    let mut numbers: Vec<i64> = records.iter().map(|record| record.show).collect();
    numbers.sort_unstable();
    numbers.dedup();
    let owners = back_office::owners(office, &numbers).await?;
    let mut shown = HashMap::new();
    for number in numbers {
        let show = catalogue::show(office, &ShowId::new(number.to_string())).await?;
        let film = catalogue::movie(office, &show.movie).await?;
        let plan = office.plans.get(&office.db, &show.chart).await?;
        let taken = back_office::labelled(&plan, owners.get(&number).map_or(&[], Vec::as_slice));
        shown.insert(number, shapes::show(&show, &film, &taken, viewer));
    }
    Ok(shown)
}

/// Where a booking is paid while it is not; then nothing.
fn payment_link(office: &Office, headers: &HeaderMap, record: &Record) -> String {
    match record.stage {
        Stage::Pending => pay::link(office, headers, &office.keys.payment_secret(&record.id)),
        _ => String::new(),
    }
}

#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct FavoriteRequest {
    movie_id: MovieName,
}

/// A film's id; ids that look like numbers may come as numbers.
#[derive(Deserialize, ToSchema)]
#[serde(untagged, expecting = "a string or a whole number is accepted")]
enum MovieName {
    Text(String),
    Number(u64),
}

impl MovieName {
    fn id(self) -> MovieId {
        match self {
            Self::Text(text) => MovieId(text),
            Self::Number(number) => MovieId(number.to_string()),
        }
    }
}

/// Marks a film, or unmarks it.
#[utoipa::path(post, path = "/api/user/update-favorite", request_body = FavoriteRequest,
    responses((status = 200, body = Object)))]
async fn update_favorite(
    State(office): Shared,
    Visitor(person): Visitor,
    request: Result<Body<FavoriteRequest>, Refusal>,
) -> Answer {
    let answer = async {
        let (user, Body(request)) = (person?.user.id, request?);
        let movie = request.movie_id.id();
        let marked = favourites::list(&office, &user).await?.contains(&movie);
        let wanted = if marked { Wanted::No } else { Wanted::Yes };
        favourites::set(&office, &user, &movie, wanted).await?;
        Ok(json!({"message": "Favorite movies updated"}))
    };
    Answer(answer.await)
}

/// The person's favourite films.
#[utoipa::path(get, path = "/api/user/favorites", responses((status = 200, body = Object)))]
async fn favorites(State(office): Shared, Visitor(person): Visitor) -> Answer {
    let answer = async {
        let mut movies = Vec::new();
        for id in favourites::list(&office, &person?.user.id).await? {
            movies.push(shapes::movie(&catalogue::movie(&office, &id).await?));
        }
        Ok(json!({"movies": movies}))
    };
    Answer(answer.await)
}
