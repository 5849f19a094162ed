//! Holding, booking, cancelling; favourites.

use crate::{
    domain::ids::{BookingCode, HoldId, MovieId},
    server::{
        extract::{HoldToken, IdempotencyKey, Json as Body, Segment},
        office::Office,
        peer::Peer,
        problem::{Alone, Code, Refusal},
        services::{
            bookings::{self, SaleName},
            favourites::{self, Wanted},
            holds,
            tokens::Person,
        },
    },
    wire::{
        BookRequest, BookingAnswer, BookingsAnswer, FavoritesAnswer, HoldAnswer, HoldChange, HoldCreated, HoldRequest,
        Problem,
    },
};
use axum::{Json, extract::State, http::StatusCode};
use std::sync::Arc;
use utoipa_axum::{router::OpenApiRouter, routes};

type Shared = State<Arc<Office>>;

pub fn routes() -> OpenApiRouter<Arc<Office>> {
    OpenApiRouter::new()
        .routes(routes!(create_hold))
        .routes(routes!(hold, change_hold, release_hold))
        .routes(routes!(book, list_bookings))
        .routes(routes!(booking))
        .routes(routes!(cancel))
        .routes(routes!(list_favorites))
        .routes(routes!(add_favorite, remove_favorite))
}

/// Holds all of the seats, or finds and holds the best for a party: all of them, or none.
#[utoipa::path(post, path = "/v1/holds", request_body = HoldRequest,
    responses((status = 201, body = HoldCreated), (status = 400, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem), (status = 422, body = Problem), (status = 429, body = Problem)))]
async fn create_hold(
    State(office): Shared,
    peer: Peer,
    Body(request): Body<HoldRequest>,
) -> Result<(StatusCode, Json<HoldCreated>), Refusal> {
    let created = match request.party {
        Some(_) if !request.seats.is_empty() => {
            let detail = "Both seats and a party are named; name one of them.";
            return Err(Refusal::new(Code::InvalidRequest, detail));
        }
        Some(party) => {
            let (hold, together, token) = holds::create_for(&office, &request.show, party, peer).await?;
            let (closeness, words) = (Some(together.closeness), Some(together.words));
            let (orphans, suggest) = Default::default();
            HoldCreated { hold, token, closeness, words, orphans, suggest, server_time: office.now() }
        }
        None => {
            let (held, token) = holds::create(&office, &request.show, &request.seats, request.orphans, peer).await?;
            let (hold, Alone { orphans, suggest, .. }) = (held.hold, held.alone);
            HoldCreated { hold, token, closeness: None, words: None, orphans, suggest, server_time: office.now() }
        }
    };
    Ok((StatusCode::CREATED, Json(created)))
}

/// A hold, for whoever has its token.
#[utoipa::path(get, path = "/v1/holds/{id}", params(("id" = String, Path), ("hold-token" = String, Header)),
    responses((status = 200, body = HoldAnswer), (status = 404, body = Problem), (status = 410, body = Problem)))]
async fn hold(
    State(office): Shared,
    Segment(id): Segment,
    HoldToken(token): HoldToken,
) -> Result<Json<HoldAnswer>, Refusal> {
    let hold = holds::read(&office, &HoldId(id), &token).await?;
    Ok(Json(HoldAnswer { hold, orphans: Vec::new(), suggest: Vec::new(), server_time: office.now() }))
}

/// Adds and removes seats and starts the time again: all of it, or nothing.
#[utoipa::path(patch, path = "/v1/holds/{id}", request_body = HoldChange,
    params(("id" = String, Path), ("hold-token" = String, Header)),
    responses((status = 200, body = HoldAnswer), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 410, body = Problem), (status = 429, body = Problem)))]
async fn change_hold(
    State(office): Shared,
    peer: Peer,
    Segment(id): Segment,
    HoldToken(token): HoldToken,
    Body(change): Body<HoldChange>,
) -> Result<Json<HoldAnswer>, Refusal> {
    let held = holds::change(&office, &HoldId(id), &token, change, peer).await?;
    let (hold, Alone { orphans, suggest, .. }) = (held.hold, held.alone);
    Ok(Json(HoldAnswer { hold, orphans, suggest, server_time: office.now() }))
}

/// Gives the seats back.
#[utoipa::path(delete, path = "/v1/holds/{id}", params(("id" = String, Path), ("hold-token" = String, Header)),
    responses((status = 204), (status = 404, body = Problem)))]
async fn release_hold(
    State(office): Shared,
    Segment(id): Segment,
    HoldToken(token): HoldToken,
) -> Result<StatusCode, Refusal> {
    holds::release(&office, &HoldId(id), &token).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Books what a hold holds. The same `Idempotency-Key` again gives the same booking.
#[utoipa::path(post, path = "/v1/bookings", request_body = BookRequest, security(("bearer" = [])),
    params(("hold-token" = String, Header), ("idempotency-key" = String, Header)),
    responses((status = 201, body = BookingAnswer), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem), (status = 410, body = Problem),
        (status = 422, body = Problem)))]
async fn book(
    State(office): Shared,
    person: Person,
    IdempotencyKey(key): IdempotencyKey,
    HoldToken(token): HoldToken,
    Body(request): Body<BookRequest>,
) -> Result<(StatusCode, Json<BookingAnswer>), Refusal> {
    let booking = bookings::book(&office, SaleName { user: person.user.id, key }, &token, &request).await?;
    Ok((StatusCode::CREATED, Json(BookingAnswer { booking, server_time: office.now() })))
}

/// The person's bookings, newest first.
#[utoipa::path(get, path = "/v1/bookings", security(("bearer" = [])),
    responses((status = 200, body = BookingsAnswer), (status = 401, body = Problem)))]
async fn list_bookings(State(office): Shared, person: Person) -> Result<Json<BookingsAnswer>, Refusal> {
    let bookings = bookings::list(&office, &person.user.id).await?;
    Ok(Json(BookingsAnswer { bookings, server_time: office.now() }))
}

/// One booking.
#[utoipa::path(get, path = "/v1/bookings/{code}", params(("code" = String, Path)), security(("bearer" = [])),
    responses((status = 200, body = BookingAnswer), (status = 401, body = Problem), (status = 404, body = Problem)))]
async fn booking(
    State(office): Shared,
    person: Person,
    Segment(code): Segment,
) -> Result<Json<BookingAnswer>, Refusal> {
    let booking = bookings::get(&office, &person.user.id, &BookingCode(code)).await?;
    Ok(Json(BookingAnswer { booking, server_time: office.now() }))
}

/// Gives a booking back until its show begins; its seats are free at once.
#[utoipa::path(post, path = "/v1/bookings/{code}/cancel", params(("code" = String, Path)), security(("bearer" = [])),
    responses((status = 200, body = BookingAnswer), (status = 401, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem)))]
async fn cancel(State(office): Shared, person: Person, Segment(code): Segment) -> Result<Json<BookingAnswer>, Refusal> {
    let booking = bookings::cancel(&office, &person.user.id, &BookingCode(code)).await?;
    Ok(Json(BookingAnswer { booking, server_time: office.now() }))
}

/// The person's favourite films.
#[utoipa::path(get, path = "/v1/favorites", security(("bearer" = [])),
    responses((status = 200, body = FavoritesAnswer), (status = 401, body = Problem)))]
async fn list_favorites(State(office): Shared, person: Person) -> Result<Json<FavoritesAnswer>, Refusal> {
    let movies = favourites::list(&office, &person.user.id).await?;
    Ok(Json(FavoritesAnswer { movies, server_time: office.now() }))
}

/// Marks a film.
#[utoipa::path(put, path = "/v1/favorites/{movie}", params(("movie" = String, Path)), security(("bearer" = [])),
    responses((status = 200, body = FavoritesAnswer), (status = 401, body = Problem), (status = 404, body = Problem)))]
async fn add_favorite(
    State(office): Shared,
    person: Person,
    Segment(movie): Segment,
) -> Result<Json<FavoritesAnswer>, Refusal> {
    let movies = favourites::set(&office, &person.user.id, &MovieId(movie), Wanted::Yes).await?;
    Ok(Json(FavoritesAnswer { movies, server_time: office.now() }))
}

/// Unmarks a film.
#[utoipa::path(delete, path = "/v1/favorites/{movie}", params(("movie" = String, Path)), security(("bearer" = [])),
    responses((status = 200, body = FavoritesAnswer), (status = 401, body = Problem)))]
async fn remove_favorite(
    State(office): Shared,
    person: Person,
    Segment(movie): Segment,
) -> Result<Json<FavoritesAnswer>, Refusal> {
    let movies = favourites::set(&office, &person.user.id, &MovieId(movie), Wanted::No).await?;
    Ok(Json(FavoritesAnswer { movies, server_time: office.now() }))
}
