//! About the server itself.

use crate::server::{
    keys::PublicKey,
    office::Office,
    openapi,
    problem::{Code, Refusal},
};
use axum::{Json, Router, extract::State, http::header, routing::get};
use jiff::Timestamp;
use serde::Serialize;
use std::sync::Arc;
use utoipa::{ToSchema, openapi::OpenApi};
use utoipa_axum::{router::OpenApiRouter, routes};

type Shared = State<Arc<Office>>;

pub fn routes() -> OpenApiRouter<Arc<Office>> {
    OpenApiRouter::new().routes(routes!(healthz)).routes(routes!(readyz)).routes(routes!(time)).routes(routes!(jwks))
}

/// `/v1/openapi.json`, which describes itself too.
pub fn description(mut api: OpenApi) -> Router<Arc<Office>> {
    let (_, own) = OpenApiRouter::<Arc<Office>>::new().routes(routes!(description_route)).split_for_parts();
    api.merge(own);
    let text = openapi::complete(&api).to_string();
    Router::new().route("/v1/openapi.json", get(|| async move { ([(header::CONTENT_TYPE, "application/json")], text) }))
}

/// The API in OpenAPI 3.1.
#[utoipa::path(get, path = "/v1/openapi.json", responses((status = 200, content_type = "application/json")))]
async fn description_route() {}

/// The process lives.
#[utoipa::path(get, path = "/healthz", responses((status = 200, body = String)))]
async fn healthz() -> &'static str {
    "ok"
}

/// The database answers.
#[utoipa::path(get, path = "/readyz", responses((status = 200, body = String), (status = 503, body = crate::wire::Problem)))]
async fn readyz(State(office): Shared) -> Result<&'static str, Refusal> {
    let asked = sqlx::query("SELECT 1").execute(office.db.read()).await;
    asked.map(|_| "ready").map_err(|_| Refusal::new(Code::Busy, "The database does not answer."))
}

#[derive(Serialize, ToSchema)]
struct TimeAnswer {
    #[schema(value_type = String, format = DateTime)]
    now: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    server_time: Timestamp,
    /// Who the server is, whatever its address: a sign-in belongs to it.
    identity: String,
}

/// The server's time and identity.
#[utoipa::path(get, path = "/v1/time", responses((status = 200, body = TimeAnswer)))]
async fn time(State(office): Shared) -> Json<TimeAnswer> {
    let now = office.now();
    Json(TimeAnswer { now, server_time: now, identity: office.identity.clone() })
}

#[derive(Serialize, ToSchema)]
struct KeySet {
    keys: Vec<Key>,
}

/// An Ed25519 public key (RFC 8037).
#[derive(Serialize, ToSchema)]
struct Key {
    kty: &'static str,
    crv: &'static str,
    alg: &'static str,
    #[serde(rename = "use")]
    purpose: &'static str,
    kid: String,
    x: String,
}

/// The public keys that access tokens and tickets are signed with.
#[utoipa::path(get, path = "/.well-known/jwks.json", responses((status = 200, body = KeySet)))]
async fn jwks(State(office): Shared) -> Json<KeySet> {
    let keys = office.keys.public(office.now_ms()).into_iter();
    let described =
        |PublicKey { id: kid, x, .. }| Key { kty: "OKP", crv: "Ed25519", alg: "EdDSA", purpose: "sig", kid, x };
    Json(KeySet { keys: keys.map(described).collect() })
}
