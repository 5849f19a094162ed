//! What is playing, and where there is room.

use crate::{
    domain::ids::{ChartHash, MovieId, ShowId},
    server::{
        extract::{Json as Body, Parameters, Segment},
        office::{Office, hex},
        peer::Peer,
        problem::Refusal,
        services::{catalogue, seating},
    },
    wire::{
        CinemaAnswer, MovieAnswer, MoviesAnswer, Problem, ProposeAnswer, ProposeRequest, SeatsAnswer, ShowAnswer,
        ShowsAnswer,
    },
};
use axum::{
    Json,
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use std::sync::Arc;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

type Shared = State<Arc<Office>>;

const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
const FOR_A_SECOND: HeaderValue = HeaderValue::from_static("private, max-age=1");
const OCTETS: &str = "application/octet-stream";

pub fn routes() -> OpenApiRouter<Arc<Office>> {
    OpenApiRouter::new()
        .routes(routes!(cinema))
        .routes(routes!(movies))
        .routes(routes!(movie))
        .routes(routes!(shows))
        .routes(routes!(show))
        .routes(routes!(chart))
        .routes(routes!(seats))
        .routes(routes!(propose))
}

/// The cinema.
#[utoipa::path(get, path = "/v1/cinema", responses((status = 200, body = CinemaAnswer)))]
async fn cinema(State(office): Shared) -> Json<CinemaAnswer> {
    Json(CinemaAnswer { cinema: office.cinema.clone(), server_time: office.now() })
}

/// All films, in the order in which they play next.
#[utoipa::path(get, path = "/v1/movies", responses((status = 200, body = MoviesAnswer)))]
async fn movies(State(office): Shared) -> Result<Json<MoviesAnswer>, Refusal> {
    Ok(Json(MoviesAnswer { movies: catalogue::movies(&office).await?, server_time: office.now() }))
}

/// One film.
#[utoipa::path(get, path = "/v1/movies/{id}", params(("id" = String, Path)),
    responses((status = 200, body = MovieAnswer), (status = 404, body = Problem)))]
async fn movie(State(office): Shared, Segment(id): Segment) -> Result<Json<MovieAnswer>, Refusal> {
    Ok(Json(MovieAnswer { movie: catalogue::movie(&office, &MovieId(id)).await?, server_time: office.now() }))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ShowsQuery {
    /// The film's id; without it, the shows of all films are meant.
    #[param(value_type = Option<String>)]
    movie: Option<MovieId>,
}

/// The shows that are on sale, by time.
#[utoipa::path(get, path = "/v1/shows", params(ShowsQuery),
    responses((status = 200, body = ShowsAnswer), (status = 400, body = Problem), (status = 404, body = Problem)))]
async fn shows(State(office): Shared, Parameters(query): Parameters<ShowsQuery>) -> Result<Json<ShowsAnswer>, Refusal> {
    Ok(Json(ShowsAnswer { shows: catalogue::shows(&office, query.movie.as_ref()).await?, server_time: office.now() }))
}

/// One show.
#[utoipa::path(get, path = "/v1/shows/{id}", params(("id" = String, Path)),
    responses((status = 200, body = ShowAnswer), (status = 404, body = Problem)))]
async fn show(State(office): Shared, Segment(id): Segment) -> Result<Json<ShowAnswer>, Refusal> {
    Ok(Json(ShowAnswer { show: catalogue::show(&office, &ShowId(id)).await?, server_time: office.now() }))
}

/// A hall's plan by its content hash, as canonical JSON. It never changes.
#[utoipa::path(get, path = "/v1/charts/{hash}", params(("hash" = String, Path)),
    responses((status = 200, content_type = "application/json"), (status = 304), (status = 404, body = Problem)))]
async fn chart(State(office): Shared, Segment(hash): Segment, headers: HeaderMap) -> Result<Response, Refusal> {
    let json = catalogue::chart_json(&office, &ChartHash(hash.clone())).await?;
    let etag = format!("\"{hash}\"");
    if knows(&headers, &etag) {
        return Ok((StatusCode::NOT_MODIFIED, caching(&etag, FOR_EVER)).into_response());
    }
    Ok((caching(&etag, FOR_EVER), [(header::CONTENT_TYPE, "application/json")], json).into_response())
}

/// The states of a show's seats: two bits a seat in the order of its chart, base64 in JSON, or plain where `Accept`
/// is `application/octet-stream`.
#[utoipa::path(get, path = "/v1/shows/{id}/seats", params(("id" = String, Path)),
    responses((status = 200, body = SeatsAnswer), (status = 304), (status = 404, body = Problem)))]
async fn seats(State(office): Shared, Segment(id): Segment, headers: HeaderMap) -> Result<Response, Refusal> {
    let (show, states) = catalogue::seats(&office, &ShowId(id)).await?;
    // The same states mean other seats in another plan.
    let digest = Sha256::new().chain_update(show.chart.as_str()).chain_update(states.packed()).finalize();
    let etag = format!("\"{}\"", &hex(&digest)[..32]);
    let caching = caching(&etag, FOR_A_SECOND);
    if knows(&headers, &etag) {
        return Ok((StatusCode::NOT_MODIFIED, caching).into_response());
    }
    let accept = headers.get(header::ACCEPT).and_then(|v| v.to_str().ok()).unwrap_or_default();
    if accept.contains(OCTETS) {
        return Ok((caching, [(header::CONTENT_TYPE, OCTETS)], states.packed().to_vec()).into_response());
    }
    let answer = SeatsAnswer {
        show: show.id,
        chart: show.chart,
        count: states.len() as u32,
        states: STANDARD.encode(states.packed()),
        server_time: office.now(),
    };
    Ok((caching, Json(answer)).into_response())
}

/// The best seats for a party, with how close together they are and what they cost. Nothing is held.
#[utoipa::path(post, path = "/v1/shows/{id}/propose", params(("id" = String, Path)), request_body = ProposeRequest,
    responses((status = 200, body = ProposeAnswer), (status = 400, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem), (status = 422, body = Problem), (status = 429, body = Problem)))]
async fn propose(
    State(office): Shared,
    peer: Peer,
    Segment(id): Segment,
    Body(request): Body<ProposeRequest>,
) -> Result<Json<ProposeAnswer>, Refusal> {
    let proposals = seating::propose(&office, &ShowId(id), &request.party, request.limit, peer).await?;
    Ok(Json(ProposeAnswer { proposals, server_time: office.now() }))
}

fn caching(etag: &str, how_long: HeaderValue) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert(header::CACHE_CONTROL, how_long);
    headers.insert(header::VARY, HeaderValue::from_static("accept"));
    if let Ok(etag) = HeaderValue::from_str(etag) {
        headers.insert(header::ETAG, etag);
    }
    headers
}

/// Whether `If-None-Match` names `etag` (weak or strong: compression may have weakened it).
fn knows(headers: &HeaderMap, etag: &str) -> bool {
    let known = headers.get(header::IF_NONE_MATCH).and_then(|v| v.to_str().ok()).unwrap_or_default();
    known.split(',').map(|one| one.trim().trim_start_matches("W/")).any(|one| one == etag || one == "*")
}
