//! What routes read from a request; whatever is wrong with it becomes a refusal.

use super::{
    complaint,
    office::Office,
    problem::{Code, Refusal, quoted},
    services::tokens::{self, Person, invalid_token},
};
use axum::{
    Extension,
    body::Bytes,
    extract::{DefaultBodyLimit, FromRequest, FromRequestParts, Path, Query, Request, rejection::BytesRejection},
    http::{HeaderMap, header, request::Parts},
    response::IntoResponse,
};
use serde::de::DeserializeOwned;
use std::sync::Arc;
use utoipa_axum::router::OpenApiRouter;

/// The largest body that is read.
pub const MAX_BODY: usize = 64 * 1024;
/// The same where somebody signs in, which everybody may try.
const MAX_SIGN_IN_BODY: usize = 16 * 1024;

/// The largest body of some routes, for their refusals.
#[derive(Clone, Copy)]
struct Largest(usize);

/// Routes that read small bodies only.
pub fn small_bodies(routes: OpenApiRouter<Arc<Office>>) -> OpenApiRouter<Arc<Office>> {
    routes.layer(DefaultBodyLimit::max(MAX_SIGN_IN_BODY)).layer(Extension(Largest(MAX_SIGN_IN_BODY)))
}

/// A JSON body.
pub struct Json<T>(pub T);

impl<T: DeserializeOwned> FromRequest<Arc<Office>> for Json<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, office: &Arc<Office>) -> Result<Self, Refusal> {
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
        if !kind.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/json") {
            let detail = format!("The body is of the type {}; application/json is accepted.", quoted(kind));
            return Err(Refusal::new(Code::UnsupportedMediaType, detail));
        }
        let body = body_of(request, office).await?;
        // A list of the fields' values would be taken for the object otherwise.
        if body.iter().find(|byte| !byte.is_ascii_whitespace()) != Some(&b'{') {
            return Err(Refusal::new(Code::InvalidRequest, "The body is not a JSON object: it must begin with {."));
        }
        let mut json = serde_json::Deserializer::from_slice(&body);
        let value = serde_path_to_error::deserialize(&mut json).map_err(|error| {
            let (path, inner) = (error.path().to_string(), error.inner());
            let text = complaint::of_body(&path, &inner.to_string());
            let place = format!("line {}, column {}", inner.line(), inner.column());
            let detail = if inner.is_eof() { format!("The JSON body ends too early, at {place}.") } else { text };
            Refusal::new(Code::InvalidRequest, crate::domain::text::clean(&detail, 300))
        })?;
        let goes_on = |_| Refusal::new(Code::InvalidRequest, "The body goes on after its JSON object; end it there.");
        json.end().map_err(goes_on)?;
        Ok(Self(value))
    }
}

/// The whole body, up to the route's limit.
pub async fn body_of(request: Request, office: &Arc<Office>) -> Result<Bytes, Refusal> {
    let largest = request.extensions().get::<Largest>().map_or(MAX_BODY, |largest| largest.0);
    Bytes::from_request(request, office).await.map_err(|rejection| unreadable(rejection, largest))
}

fn unreadable(rejection: BytesRejection, largest: usize) -> Refusal {
    let status = rejection.into_response().status();
    if status == Code::PayloadTooLarge.status() {
        let detail = format!("The body is too large; at most {} KiB are accepted here.", largest / 1024);
        return Refusal::new(Code::PayloadTooLarge, detail);
    }
    Refusal::new(Code::InvalidRequest, "The body could not be read to its end.")
}

/// The one parameter of a path.
pub struct Segment(pub String);

impl FromRequestParts<Arc<Office>> for Segment {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, office: &Arc<Office>) -> Result<Self, Refusal> {
        let segment = Path::<String>::from_request_parts(parts, office).await;
        let refuse = |_| Refusal::new(Code::InvalidRequest, "The path is not UTF-8 after percent-decoding.");
        segment.map(|Path(text)| Self(text)).map_err(refuse)
    }
}

/// The parameters after `?`.
pub struct Parameters<T>(pub T);

impl<T: DeserializeOwned> FromRequestParts<Arc<Office>> for Parameters<T> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, office: &Arc<Office>) -> Result<Self, Refusal> {
        let query = Query::<T>::from_request_parts(parts, office).await;
        let refuse = |e: axum::extract::rejection::QueryRejection| {
            let detail = crate::domain::text::clean(&complaint::of_query(&e.body_text()), 300);
            Refusal::new(Code::InvalidRequest, detail)
        };
        query.map(|Query(value)| Self(value)).map_err(refuse)
    }
}

/// `Authorization: Bearer …`, whatever it is.
pub struct BearerText(pub String);

impl FromRequestParts<Arc<Office>> for BearerText {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &Arc<Office>) -> Result<Self, Refusal> {
        bearer(&parts.headers).map(|text| Self(text.to_owned()))
    }
}

/// The text after `Bearer `.
pub fn bearer(headers: &HeaderMap) -> Result<&str, Refusal> {
    let value = headers.get(header::AUTHORIZATION).ok_or_else(|| invalid_token("There is none"))?;
    let text = value.to_str().ok().and_then(|text| text.split_once(' '));
    match text {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => Ok(token.trim()),
        _ => Err(invalid_token("The Authorization header is not \"Bearer TOKEN\"")),
    }
}

/// The person whose access token came with the request.
impl FromRequestParts<Arc<Office>> for Person {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, office: &Arc<Office>) -> Result<Self, Refusal> {
        tokens::authenticate(office, bearer(&parts.headers)?).await
    }
}

/// `Hold-Token`. A missing one is like a wrong one.
pub struct HoldToken(pub String);

impl FromRequestParts<Arc<Office>> for HoldToken {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &Arc<Office>) -> Result<Self, Refusal> {
        let token = parts.headers.get(crate::wire::HOLD_TOKEN).and_then(|v| v.to_str().ok());
        Ok(Self(token.unwrap_or_default().to_owned()))
    }
}

/// `Idempotency-Key`: a structured-field string, or the bare text.
pub struct IdempotencyKey(pub String);

impl FromRequestParts<Arc<Office>> for IdempotencyKey {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &Arc<Office>) -> Result<Self, Refusal> {
        let value = parts.headers.get(crate::wire::IDEMPOTENCY_KEY).and_then(|v| v.to_str().ok());
        let key = value.unwrap_or_default().trim().trim_matches('"');
        if key.is_empty() || key.len() > 255 {
            let detail = "The header Idempotency-Key must name the sale with 1 to 255 characters, such as a UUID.";
            return Err(Refusal::new(Code::IdempotencyRequired, detail));
        }
        Ok(Self(key.to_owned()))
    }
}
