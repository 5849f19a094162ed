//! What other services call: Stripe with its events, and Inngest, which has nothing to do here.

use super::Shared;
use crate::server::{extract::body_of, office::Office, problem::Refusal, services::stripe};
use axum::{
    Json,
    extract::{DefaultBodyLimit, Request, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use std::sync::Arc;
use utoipa_axum::{router::OpenApiRouter, routes};

const SIGNATURE: &str = "stripe-signature";
/// Events carry whole objects of Stripe's.
const MAX_EVENT: usize = 1024 * 1024;

pub fn routes() -> OpenApiRouter<Arc<Office>> {
    let stripe = OpenApiRouter::new().routes(routes!(stripe_event)).layer(DefaultBodyLimit::max(MAX_EVENT));
    OpenApiRouter::new().routes(routes!(inngest, inngest_register, inngest_call)).merge(stripe)
}

/// An event of Stripe's, signed by it.
#[utoipa::path(post, path = "/api/stripe", request_body(content = Object, content_type = "application/json"),
    responses((status = 200, body = Object), (status = 400, body = String, content_type = "text/plain", description = "It is not proven to be Stripe's")))]
async fn stripe_event(State(office): Shared, request: Request) -> Result<Response, Refusal> {
    let signature =
        request.headers().get(SIGNATURE).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
    let body = body_of(request, &office).await?;
    let Some(secret) = &office.outside.stripe_secret else {
        return Ok(refused("No secret of Stripe's is set up here, so nothing proves that this is Stripe."));
    };
    let now = office.now().as_second();
    let checked = stripe::verify(secret.expose_secret(), &signature, &body, now).and_then(|()| stripe::event(&body));
    match checked {
        Err(why) => Ok(refused(why)),
        Ok(event) => {
            stripe::receive(&office, event).await?;
            Ok(Json(json!({"received": true})).into_response())
        }
    }
}

fn refused(why: &str) -> Response {
    (StatusCode::BAD_REQUEST, format!("Webhook Error: {why}")).into_response()
}

/// What Inngest's SDK says of itself: here are no functions.
#[utoipa::path(get, path = "/api/inngest", responses((status = 200, body = Object)))]
async fn inngest() -> Json<Value> {
    Json(json!({
        "authentication_succeeded": null, "function_count": 0, "has_event_key": false, "has_signing_key": false,
        "mode": "cloud", "schema_version": "2024-05-24",
    }))
}

/// Inngest asks for the functions to be registered: there are none.
#[utoipa::path(put, path = "/api/inngest", responses((status = 200, body = Object)))]
async fn inngest_register() -> Json<Value> {
    nothing_to_register()
}

/// Inngest calls a function: there are none.
#[utoipa::path(post, path = "/api/inngest", responses((status = 200, body = Object)))]
async fn inngest_call() -> Json<Value> {
    nothing_to_register()
}

fn nothing_to_register() -> Json<Value> {
    let message = "There is nothing to register: this server does its own jobs and has no Inngest functions.";
    Json(json!({"message": message, "modified": false}))
}
