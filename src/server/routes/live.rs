//! Live seats, as server-sent events.

use crate::{
    domain::ids::ShowId,
    server::{extract::Segment, live, office::Office, peer::Peer, problem::Refusal},
    wire::Problem,
};
use axum::{
    body::Body,
    extract::State,
    http::{HeaderMap, HeaderName, HeaderValue, header},
    response::{IntoResponse, Response},
};
use std::sync::Arc;
use utoipa_axum::{router::OpenApiRouter, routes};

const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");
/// Tells nginx to pass each event on as it comes.
const BUFFERING: HeaderName = HeaderName::from_static("x-accel-buffering");

pub fn routes() -> OpenApiRouter<Arc<Office>> {
    OpenApiRouter::new().routes(routes!(events))
}

/// What becomes of a show's seats, as server-sent events. `states` (data: SeatsAnswer) is all of them, first and
/// whenever what was missed cannot be told one by one; `changes` (data: SeatChanges) is what is new. With the id of
/// the last event in `Last-Event-ID` it goes on from there. A comment every 15 seconds shows that the line stands.
#[utoipa::path(get, path = "/v1/shows/{id}/events",
    params(("id" = String, Path), ("last-event-id" = Option<String>, Header)),
    responses((status = 200, content_type = "text/event-stream", body = String), (status = 404, body = Problem),
        (status = 429, body = Problem)))]
async fn events(
    State(office): State<Arc<Office>>,
    peer: Peer,
    Segment(id): Segment,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let known = headers.get(LAST_EVENT_ID).and_then(|value| value.to_str().ok());
    let watcher = live::watch(&office, &ShowId(id), peer, known).await?;
    let answered = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream")),
        (BUFFERING, HeaderValue::from_static("no")),
    ];
    Ok((answered, Body::from_stream(watcher.bytes())).into_response())
}
