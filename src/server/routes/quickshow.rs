//! The QuickShow dialect, for the clients that exist for it. The same services; failures are answered with 200 and
//! `success: false`, as that dialect has it.

use super::quickshow_shapes as shapes;
use crate::{
    domain::{
        booking::{Booking, BookingStatus},
        ids::{MovieId, SeatId, ShowId},
        show::SeatState,
    },
    server::{
        address,
        extract::{Json as Body, Segment},
        office::Office,
        problem::{Code, Refusal},
        services::{
            bookings, catalogue,
            favourites::{self, Wanted},
            payments,
            records::{Record, Stage},
            tokens::Person,
        },
    },
};
use axum::{
    Json,
    extract::State,
    http::{HeaderMap, HeaderName, HeaderValue, header},
    response::{Html, IntoResponse, Response},
};
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

type Shared = State<Arc<Office>>;

/// The longest `Origin` that is believed, in bytes.
const MAX_ORIGIN: usize = 256;

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
        .routes(routes!(payment_page, pay))
}

/// An answer of this dialect.
struct Answer(Result<Value, Refusal>);

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        let refusal = match self.0 {
            Ok(mut body) => {
                body["success"] = json!(true);
                return Json(body).into_response();
            }
            Err(refusal) => refusal,
        };
        let mut response = Json(json!({"success": false, "message": refusal.detail})).into_response();
        if matches!(refusal.code, Code::InvalidToken | Code::SessionExpired | Code::SessionRevoked) {
            let headers = response.headers_mut();
            for (name, value) in [("x-clerk-auth-status", "signed-out"), ("x-clerk-auth-reason", "token-invalid")] {
                headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
            }
        }
        response
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
    person: Result<Person, Refusal>,
    headers: HeaderMap,
    request: Result<Body<CreateRequest>, Refusal>,
) -> Answer {
    let answer = async {
        let (person, Body(request)) = (person?, request?);
        let show = catalogue::show(&office, &request.show_id).await?;
        let plan = office.plans.get(&office.db, &show.chart).await?;
        let id_of = |label: &String| plan.labelled(label).cloned().unwrap_or_else(|| SeatId(label.clone()));
        let seats: Vec<SeatId> = request.selected_seats.iter().map(id_of).collect();
        let secret =
            payments::reserve(&office, &person.user.id, &request.show_id, &seats, return_url(&headers)).await?;
        Ok(json!({"url": payment_link(&office, &headers, &secret)}))
    };
    Answer(answer.await)
}

/// The payment page at this server, under the name by which the request reached it.
fn payment_link(office: &Office, headers: &HeaderMap, secret: &str) -> String {
    format!("{}/pay/demo/{secret}", address::of_request(office, headers))
}

/// The page of the asking site that people are sent back to once they have paid.
fn return_url(headers: &HeaderMap) -> Option<String> {
    let origin = headers.get(header::ORIGIN)?.to_str().ok().filter(|text| text.len() <= MAX_ORIGIN)?;
    let url = url::Url::parse(origin)
        .ok()
        .filter(|url| matches!(url.scheme(), "http" | "https") && address::is_origin(url))?;
    Some(format!("{}/loading/my-bookings", url.origin().ascii_serialization()))
}

/// The person's bookings, newest first; what was not paid in time is gone.
#[utoipa::path(get, path = "/api/user/bookings", responses((status = 200, body = Object)))]
async fn user_bookings(State(office): Shared, person: Result<Person, Refusal>, headers: HeaderMap) -> Answer {
    let answer = async {
        let user = person?.user.id;
        let now = office.now_ms();
        let mut list = Vec::new();
        for record in bookings::records(&office, &user).await? {
            if record.stage == Stage::Paid || record.is_live(now) {
                list.push(booking(&office, &record, &user, &headers).await?);
            }
        }
        Ok(json!({"bookings": list}))
    };
    Answer(answer.await)
}

async fn booking(
    office: &Office,
    record: &Record,
    user: &crate::domain::ids::UserId,
    headers: &HeaderMap,
) -> Result<Value, Refusal> {
    let show = catalogue::show(office, &ShowId::new(record.show.to_string())).await?;
    let film = catalogue::movie(office, &record.movie).await?;
    let link = match record.stage {
        Stage::Pending => payment_link(office, headers, &office.keys.payment_secret(&record.id)),
        _ => String::new(),
    };
    shapes::booking(record, &show, &film, user, &link)
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
    person: Result<Person, Refusal>,
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
async fn favorites(State(office): Shared, person: Result<Person, Refusal>) -> Answer {
    let answer = async {
        let mut movies = Vec::new();
        for id in favourites::list(&office, &person?.user.id).await? {
            movies.push(shapes::movie(&catalogue::movie(&office, &id).await?));
        }
        Ok(json!({"movies": movies}))
    };
    Answer(answer.await)
}

/// The demo's payment page: a button that pays. Looking at it changes nothing.
#[utoipa::path(get, path = "/pay/demo/{secret}", params(("secret" = String, Path)),
    responses((status = 200, body = String, content_type = "text/html"), (status = 404, body = crate::wire::Problem),
        (status = 410, body = crate::wire::Problem)))]
async fn payment_page(State(office): Shared, Segment(secret): Segment) -> Result<Response, Refusal> {
    let page = payments::page(&office, &secret).await?;
    if page.booking.status == BookingStatus::Paid {
        return Ok(paid(&page));
    }
    let Booking { code, movie_title, total, .. } = &page.booking;
    let text = format!(
        "<p>Booking {code}: {}, {}.</p><p>No money moves: this is a demo.</p>\
         <form method=\"post\"><button>Pay (demo)</button></form>",
        escaped(movie_title.as_str()),
        escaped(&total.map_or(String::new(), |total| format!("{} {}", total.figure(), total.currency.code()))),
    );
    Ok(html("Pay", &text))
}

/// Pays by the demo's payment page. No money moves.
#[utoipa::path(post, path = "/pay/demo/{secret}", params(("secret" = String, Path)),
    responses((status = 200, body = String, content_type = "text/html"), (status = 404, body = crate::wire::Problem),
        (status = 410, body = crate::wire::Problem)))]
async fn pay(State(office): Shared, Segment(secret): Segment) -> Result<Response, Refusal> {
    Ok(paid(&payments::pay(&office, &secret).await?))
}

fn paid(page: &payments::Page) -> Response {
    let mut text = format!("<p>Paid: booking {}. No money moved: this is a demo.</p>", page.booking.code);
    if let Some(url) = &page.return_url {
        text.push_str(&format!("<p><a href=\"{}\">Back to your bookings</a></p>", escaped(url)));
    }
    html("Paid", &text)
}

/// A page that loads nothing, runs nothing and does not tell its secret address to the page it links to.
fn html(title: &str, text: &str) -> Response {
    let page = format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>{title}</title>\
         <style>body{{font:1.2em sans-serif;margin:2em}}button{{font:inherit;padding:.5em 1em}}</style>\
         <h1>{title}</h1>{text}"
    );
    let policy = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'";
    let headers = [(header::CONTENT_SECURITY_POLICY, policy), (header::REFERRER_POLICY, "no-referrer")];
    (headers, Html(page)).into_response()
}

/// Text for HTML, also within double quotes.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
