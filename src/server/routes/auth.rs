//! Accounts, sessions and access tokens.

use crate::{
    server::{
        confidential::confidential,
        extract::{BearerText, Json as Body, Segment, small_bodies},
        office::Office,
        peer::Peer,
        problem::Refusal,
        services::{
            accounts::{self, SignUp},
            credentials::{self, Minted, Rotated, Standing},
            sessions,
            tokens::{self, Person},
        },
    },
    wire::{
        MailSent, MeAnswer, Problem, RotatedAnswer, SessionsAnswer, SignInRequest, SignUpRequest, SignedIn, TokenAnswer,
    },
};
use axum::{
    Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use std::sync::Arc;
use utoipa_axum::{router::OpenApiRouter, routes};

type Shared = State<Arc<Office>>;

pub fn routes() -> OpenApiRouter<Arc<Office>> {
    let credentials = OpenApiRouter::new().routes(routes!(sign_up)).routes(routes!(sign_in)).routes(routes!(rotate));
    let routes = confidential(credentials)
        .routes(routes!(mint))
        .routes(routes!(revoke))
        .routes(routes!(list))
        .routes(routes!(end))
        .routes(routes!(me));
    small_bodies(routes)
}

/// Opens an account and signs in. Where this server sends mail it mails a code first, and wants the same again with it.
#[utoipa::path(post, path = "/v1/auth/sign-up", request_body = SignUpRequest,
    responses((status = 201, body = SignedIn), (status = 202, body = MailSent), (status = 400, body = Problem), (status = 409, body = Problem),
        (status = 422, body = Problem)))]
async fn sign_up(State(office): Shared, peer: Peer, Body(request): Body<SignUpRequest>) -> Result<Response, Refusal> {
    Ok(match accounts::sign_up(&office, request, peer).await? {
        SignUp::Begun(begun) => (StatusCode::CREATED, Json(tokens::signed_in(&office, *begun)?)).into_response(),
        SignUp::MailSent(sent) => (StatusCode::ACCEPTED, Json(sent)).into_response(),
    })
}

/// Signs in with a password, a code that was mailed, or a ticket.
#[utoipa::path(post, path = "/v1/auth/sign-in", request_body = SignInRequest,
    responses((status = 200, body = SignedIn), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 429, body = Problem)))]
async fn sign_in(
    State(office): Shared,
    peer: Peer,
    Body(request): Body<SignInRequest>,
) -> Result<Json<SignedIn>, Refusal> {
    let begun = accounts::sign_in(&office, request, peer).await?;
    Ok(Json(tokens::signed_in(&office, begun)?))
}

/// A fresh access token, for the credential that comes as bearer.
#[utoipa::path(post, path = "/v1/sessions/{sid}/tokens", params(("sid" = String, Path)), security(("bearer" = [])),
    responses((status = 200, body = TokenAnswer), (status = 401, body = Problem), (status = 429, body = Problem)))]
async fn mint(
    State(office): Shared,
    peer: Peer,
    Segment(session): Segment,
    credential: Result<BearerText, Refusal>,
) -> Result<Json<TokenAnswer>, Refusal> {
    let BearerText(credential) = credential.map_err(|_| credentials::invalid_credential())?;
    let Minted { jwt, standing } = credentials::mint(&office, &session, &credential, peer).await?;
    let expires_in = office.rules.lifetimes.access_token.as_secs();
    Ok(Json(TokenAnswer {
        object: "token".to_owned(),
        jwt,
        expires_in,
        rotate: standing == Standing::RotationDue,
        superseded: standing == Standing::Superseded,
        server_time: office.now(),
    }))
}

/// A successor for the credential that comes as bearer. The old one stays good until the new one is first used.
#[utoipa::path(post, path = "/v1/sessions/{sid}/rotate", params(("sid" = String, Path)), security(("bearer" = [])),
    responses((status = 200, body = RotatedAnswer), (status = 401, body = Problem), (status = 409, body = Problem),
        (status = 429, body = Problem)))]
async fn rotate(
    State(office): Shared,
    peer: Peer,
    Segment(session): Segment,
    credential: Result<BearerText, Refusal>,
) -> Result<Json<RotatedAnswer>, Refusal> {
    let BearerText(credential) = credential.map_err(|_| credentials::invalid_credential())?;
    let Rotated { credential, generation } = credentials::rotate(&office, &session, &credential, peer).await?;
    Ok(Json(RotatedAnswer { credential, r#gen: generation, server_time: office.now() }))
}

/// Signs a session out, for its credential or one of its access tokens.
#[utoipa::path(post, path = "/v1/sessions/{sid}/revoke", params(("sid" = String, Path)), security(("bearer" = [])),
    responses((status = 204), (status = 401, body = Problem)))]
async fn revoke(
    State(office): Shared,
    peer: Peer,
    Segment(session): Segment,
    BearerText(secret): BearerText,
) -> Result<StatusCode, Refusal> {
    sessions::sign_out(&office, &session, &secret, peer).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Where the person is signed in, newest first.
#[utoipa::path(get, path = "/v1/sessions", security(("bearer" = [])),
    responses((status = 200, body = SessionsAnswer), (status = 401, body = Problem)))]
async fn list(State(office): Shared, person: Person) -> Result<Json<SessionsAnswer>, Refusal> {
    let sessions = sessions::list(&office, &person).await?;
    Ok(Json(SessionsAnswer { sessions, server_time: office.now() }))
}

/// Signs one of the person's sessions out.
#[utoipa::path(delete, path = "/v1/sessions/{sid}", params(("sid" = String, Path)), security(("bearer" = [])),
    responses((status = 204), (status = 401, body = Problem), (status = 404, body = Problem)))]
async fn end(
    State(office): Shared,
    peer: Peer,
    person: Person,
    Segment(session): Segment,
) -> Result<StatusCode, Refusal> {
    sessions::end(&office, &person, &session, peer).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Who is signed in.
#[utoipa::path(get, path = "/v1/me", security(("bearer" = [])),
    responses((status = 200, body = MeAnswer), (status = 401, body = Problem)))]
async fn me(State(office): Shared, person: Person) -> Json<MeAnswer> {
    Json(MeAnswer { user: person.user, server_time: office.now() })
}
