//! Around the QuickShow routes: what `cors()` and Clerk's middleware do around theirs.

use super::{
    extract::bearer,
    office::Office,
    problem::{Code, Refusal},
    services::tokens::{self, Person},
};
use axum::{
    extract::{FromRequestParts, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header, request::Parts},
    middleware::Next,
    response::{IntoResponse, Response},
};
use std::sync::Arc;

const PREFIX: &str = "/api/";
const METHODS: &str = "GET,HEAD,PUT,PATCH,POST,DELETE";
const STATUS: &str = "x-clerk-auth-status";
const REASON: &str = "x-clerk-auth-reason";
const MESSAGE: &str = "x-clerk-auth-message";

/// Who asks, found out once for each request: or why nobody is known.
#[derive(Clone)]
pub struct Visitor(pub Result<Person, Refusal>);

impl FromRequestParts<Arc<Office>> for Visitor {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &Arc<Office>) -> Result<Self, Refusal> {
        parts.extensions.get().cloned().ok_or_else(|| Refusal::internal("a route of the dialect is outside of it"))
    }
}

/// Lets web pages of any origin read the dialect's answers, and says in the headers where nobody is signed in: on public
/// routes too, which is how a page learns that its token is over. The native API is left alone.
pub async fn around(State(office): State<Arc<Office>>, mut request: Request, next: Next) -> Response {
    if !request.uri().path().starts_with(PREFIX) {
        return next.run(request).await;
    }
    if request.method() == Method::OPTIONS {
        return preflight(request.headers());
    }
    let visitor = match bearer(request.headers()) {
        Ok(token) => tokens::authenticate(&office, token).await,
        Err(refusal) => Err(refusal),
    };
    let reason = visitor.as_ref().err().and_then(|refusal| signed_out(refusal, request.headers()));
    let message = visitor.as_ref().err().map(|refusal| refusal.detail.clone());
    request.extensions_mut().insert(Visitor(visitor));
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    if let Some(reason) = reason {
        headers.insert(HeaderName::from_static(STATUS), HeaderValue::from_static("signed-out"));
        headers.insert(HeaderName::from_static(REASON), HeaderValue::from_static(reason));
        if let Some(message) = message.and_then(|message| HeaderValue::try_from(message).ok()) {
            headers.insert(HeaderName::from_static(MESSAGE), message);
        }
    }
    response
}

/// The reason as Clerk's middleware words it; nothing where the server failed to find out.
fn signed_out(refusal: &Refusal, headers: &HeaderMap) -> Option<&'static str> {
    match refusal.code {
        Code::SessionExpired | Code::SessionRevoked => Some("session-token-expired"),
        Code::InvalidToken if !headers.contains_key(header::AUTHORIZATION) => Some("session-token-and-uat-missing"),
        Code::InvalidToken if refusal.detail.contains(tokens::OVER) => Some("session-token-expired"),
        Code::InvalidToken => Some("token-invalid"),
        _ => None,
    }
}

/// What a browser asks before it lets a page send a request with a token.
fn preflight(asked: &HeaderMap) -> Response {
    let mut response = StatusCode::NO_CONTENT.into_response();
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static(METHODS));
    headers.insert(header::VARY, HeaderValue::from_static("Access-Control-Request-Headers"));
    if let Some(names) = asked.get(header::ACCESS_CONTROL_REQUEST_HEADERS) {
        headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, names.clone());
    }
    response
}
