//! Accounts, sessions and access tokens.

use crate::{
    server::{
        extract::{BearerText, Json as Body, Segment},
        office::Office,
        problem::Refusal,
        services::accounts::{self, Begun, Person, TOKEN_SECONDS},
    },
    wire::{MeAnswer, Problem, SignInRequest, SignUpRequest, SignedIn, TokenAnswer},
};
use axum::{Json, extract::State, http::StatusCode};
use std::sync::Arc;
use utoipa_axum::{router::OpenApiRouter, routes};

type Shared = State<Arc<Office>>;

pub fn routes() -> OpenApiRouter<Arc<Office>> {
    OpenApiRouter::new()
        .routes(routes!(sign_up))
        .routes(routes!(sign_in))
        .routes(routes!(mint))
        .routes(routes!(revoke))
        .routes(routes!(me))
}

/// Opens an account and signs in.
#[utoipa::path(post, path = "/v1/auth/sign-up", request_body = SignUpRequest,
    responses((status = 201, body = SignedIn), (status = 400, body = Problem), (status = 409, body = Problem),
        (status = 422, body = Problem)))]
async fn sign_up(
    State(office): Shared,
    Body(request): Body<SignUpRequest>,
) -> Result<(StatusCode, Json<SignedIn>), Refusal> {
    let begun = accounts::sign_up(&office, request).await?;
    Ok((StatusCode::CREATED, Json(signed_in(&office, begun)?)))
}

/// Signs in with e-mail and password.
#[utoipa::path(post, path = "/v1/auth/sign-in", request_body = SignInRequest,
    responses((status = 200, body = SignedIn), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 429, body = Problem)))]
async fn sign_in(State(office): Shared, Body(request): Body<SignInRequest>) -> Result<Json<SignedIn>, Refusal> {
    let begun = accounts::sign_in(&office, request).await?;
    Ok(Json(signed_in(&office, begun)?))
}

fn signed_in(office: &Office, begun: Begun) -> Result<SignedIn, Refusal> {
    let access_token = accounts::first_token(office, &begun)?;
    let Begun { user, session, credential } = begun;
    Ok(SignedIn {
        user,
        session,
        credential,
        access_token,
        token_type: "Bearer".to_owned(),
        expires_in: TOKEN_SECONDS.unsigned_abs(),
        server_time: office.now(),
    })
}

/// A fresh access token, for the credential that comes as bearer.
#[utoipa::path(post, path = "/v1/sessions/{sid}/tokens", params(("sid" = String, Path)), security(("bearer" = [])),
    responses((status = 200, body = TokenAnswer), (status = 401, body = Problem)))]
async fn mint(
    State(office): Shared,
    Segment(session): Segment,
    credential: Result<BearerText, Refusal>,
) -> Result<Json<TokenAnswer>, Refusal> {
    let BearerText(credential) = credential.map_err(|_| accounts::invalid_credential())?;
    let jwt = accounts::mint(&office, &session, &credential).await?;
    let expires_in = TOKEN_SECONDS.unsigned_abs();
    Ok(Json(TokenAnswer {
        object: "token".to_owned(),
        jwt,
        expires_in,
        rotate: false,
        superseded: false,
        server_time: office.now(),
    }))
}

/// Signs a session out, for its credential or one of its access tokens.
#[utoipa::path(post, path = "/v1/sessions/{sid}/revoke", params(("sid" = String, Path)), security(("bearer" = [])),
    responses((status = 204), (status = 401, body = Problem)))]
async fn revoke(
    State(office): Shared,
    Segment(session): Segment,
    BearerText(secret): BearerText,
) -> Result<StatusCode, Refusal> {
    accounts::revoke(&office, &session, &secret).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Who is signed in.
#[utoipa::path(get, path = "/v1/me", security(("bearer" = [])),
    responses((status = 200, body = MeAnswer), (status = 401, body = Problem)))]
async fn me(State(office): Shared, person: Person) -> Json<MeAnswer> {
    Json(MeAnswer { user: person.user, server_time: office.now() })
}
