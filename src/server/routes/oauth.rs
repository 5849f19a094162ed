//! OAuth for programs that let people in by a code (RFC 8628) and keep them signed in (RFC 6749, 6), and what such
//! programs look up (RFC 8414). Requests are forms, and refusals are those of RFC 6749, so that any OAuth client can do
//! it.

use crate::{
    server::{
        address,
        confidential::confidential,
        extract::small_bodies,
        form::Form,
        office::Office,
        peer::Peer,
        problem::{Code, Refusal},
        services::{
            credentials::{self, Minted},
            device_grants::{self, Answer, Started, Wish},
            sessions, tokens,
        },
    },
    wire::{
        AuthorizationServer, CLIENT_ID, DEVICE_GRANT, DeviceAuthorization, DeviceGranted, OAuthProblem, REFRESH_GRANT,
        Refreshed,
    },
};
use axum::{
    Json,
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

type Shared = State<Arc<Office>>;

pub fn routes() -> OpenApiRouter<Arc<Office>> {
    small_bodies(
        confidential(OpenApiRouter::new().routes(routes!(token)))
            .routes(routes!(device_authorization))
            .routes(routes!(revoke))
            .routes(routes!(metadata)),
    )
}

/// A refusal as OAuth has it.
struct OAuthRefusal {
    status: StatusCode,
    error: &'static str,
    description: String,
    retry_after: Option<i64>,
}

impl OAuthRefusal {
    fn new(error: &'static str, description: impl Into<String>) -> Self {
        Self { status: StatusCode::BAD_REQUEST, error, description: description.into(), retry_after: None }
    }
}

impl From<Refusal> for OAuthRefusal {
    fn from(refusal: Refusal) -> Self {
        let (status, error) = match refusal.code.status() {
            _ if matches!(refusal.code, Code::InvalidCredential | Code::SessionExpired | Code::SessionRevoked) => {
                (StatusCode::BAD_REQUEST, "invalid_grant")
            }
            status @ (StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE) => {
                (status, "temporarily_unavailable")
            }
            status if status.is_server_error() => (status, "server_error"),
            _ => (StatusCode::BAD_REQUEST, "invalid_request"),
        };
        Self { status, error, description: refusal.detail, retry_after: refusal.retry_after }
    }
}

impl IntoResponse for OAuthRefusal {
    fn into_response(self) -> Response {
        let problem = OAuthProblem { error: self.error.to_owned(), error_description: self.description };
        let mut response = (self.status, Json(problem)).into_response();
        if let Some(seconds) = self.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

/// Begins a device grant. `device_label` is how the device calls itself; `scope` may come and changes nothing.
#[utoipa::path(post, path = "/oauth/device_authorization",
    request_body(content_type = "application/x-www-form-urlencoded", content = Object,
        description = "client_id, and if you like scope and device_label"),
    responses((status = 200, body = DeviceAuthorization), (status = 400, body = OAuthProblem),
        (status = 401, body = OAuthProblem), (status = 429, body = OAuthProblem)))]
async fn device_authorization(
    State(office): Shared,
    peer: Peer,
    headers: HeaderMap,
    form: Result<Form, Refusal>,
) -> Result<Json<DeviceAuthorization>, OAuthRefusal> {
    let form = form?;
    let client = client(&form)?.to_owned();
    let device_label = form.field("device_label").unwrap_or("An app without a name").to_owned();
    let started = device_grants::start(&office, Wish { client, device_label, peer }).await?;
    Ok(Json(authorization(&address::of_request(&office, &headers), started)))
}

fn authorization(base: &str, started: Started) -> DeviceAuthorization {
    let Started { device_code, user_code, lives_for } = started;
    let notice = if address::reaches_from_elsewhere(base) {
        String::new()
    } else {
        format!(
            "This box office answers on this machine alone: open the page here, or run `frontrow device approve \
             {user_code}` here where you are signed in."
        )
    };
    DeviceAuthorization {
        verification_uri: format!("{base}/device"),
        verification_uri_complete: format!("{base}/device?user_code={user_code}"),
        device_code,
        user_code,
        expires_in: lives_for.as_secs(),
        interval: device_grants::INTERVAL.as_secs(),
        notice,
    }
}

/// The client that asks. It has no secret: its id says which program it is, and proves nothing.
fn client(form: &Form) -> Result<&str, OAuthRefusal> {
    let client = form.field("client_id");
    client.filter(|id| *id == CLIENT_ID).ok_or_else(|| OAuthRefusal {
        status: StatusCode::UNAUTHORIZED,
        ..OAuthRefusal::new("invalid_client", format!("The client_id of programs at this box office is {CLIENT_ID}."))
    })
}

/// What a grant gives.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
enum Tokens {
    Device(DeviceGranted),
    Refreshed(Refreshed),
}

/// Asks whether a device has been let in, or for a fresh access token.
#[utoipa::path(post, path = "/oauth/token",
    request_body(content_type = "application/x-www-form-urlencoded", content = Object,
        description = "client_id, and grant_type urn:ietf:params:oauth:grant-type:device_code with device_code, or \
                       grant_type refresh_token with refresh_token"),
    responses((status = 200, body = Tokens), (status = 400, body = OAuthProblem), (status = 401, body = OAuthProblem),
        (status = 429, body = OAuthProblem)))]
async fn token(State(office): Shared, peer: Peer, form: Result<Form, Refusal>) -> Result<Json<Tokens>, OAuthRefusal> {
    let form = form?;
    match form.field("grant_type") {
        Some(DEVICE_GRANT) => by_device_code(&office, &form, peer).await.map(Tokens::Device).map(Json),
        Some(REFRESH_GRANT) => by_refresh_token(&office, &form, peer).await.map(Tokens::Refreshed).map(Json),
        Some(_) => {
            let description = format!("The grant types here are {DEVICE_GRANT} and {REFRESH_GRANT}.");
            Err(OAuthRefusal::new("unsupported_grant_type", description))
        }
        None => Err(missing("grant_type")),
    }
}

fn missing(field: &str) -> OAuthRefusal {
    OAuthRefusal::new("invalid_request", format!("The field {field} is missing."))
}

async fn by_refresh_token(office: &Arc<Office>, form: &Form, peer: Peer) -> Result<Refreshed, OAuthRefusal> {
    let client = client(form)?;
    let credential = form.field("refresh_token").ok_or_else(|| missing("refresh_token"))?;
    let Minted { jwt, .. } = credentials::refresh(office, credential, client, peer).await?;
    Ok(Refreshed {
        access_token: jwt,
        token_type: "Bearer".to_owned(),
        expires_in: office.rules.lifetimes.access_token.as_secs(),
        refresh_token: credential.to_owned(),
        server_time: office.now(),
    })
}

async fn by_device_code(office: &Arc<Office>, form: &Form, peer: Peer) -> Result<DeviceGranted, OAuthRefusal> {
    let client = client(form)?;
    let device_code = form.field("device_code").ok_or_else(|| missing("device_code"))?;
    let (error, description) = match device_grants::ask(office, device_code, client, peer).await? {
        Answer::Granted(begun) => {
            let signed_in = tokens::signed_in(office, *begun)?;
            return Ok(DeviceGranted { refresh_token: signed_in.credential.clone(), signed_in });
        }
        Answer::Pending => ("authorization_pending", "Nobody has decided yet; ask again after the interval."),
        Answer::SlowDown => ("slow_down", "Too soon: from now on wait five seconds longer between two questions."),
        Answer::Denied => ("access_denied", "The person refused."),
        Answer::Expired => ("expired_token", "The code's time is over; ask for a new one."),
        Answer::Unknown => ("invalid_grant", "There is no such device code for this client, or it has been used."),
    };
    Err(OAuthRefusal::new(error, description))
}

/// Signs the session of a refresh token or an access token out (RFC 7009). Twice is no error.
#[utoipa::path(post, path = "/oauth/revoke",
    request_body(content_type = "application/x-www-form-urlencoded", content = Object,
        description = "client_id and token"),
    responses((status = 200), (status = 400, body = OAuthProblem), (status = 401, body = OAuthProblem)))]
async fn revoke(State(office): Shared, peer: Peer, form: Result<Form, Refusal>) -> Result<StatusCode, OAuthRefusal> {
    let form = form?;
    let client = client(&form)?;
    let token = form.field("token").ok_or_else(|| missing("token"))?;
    sessions::end_of_token(&office, token, client, peer).await?;
    Ok(StatusCode::OK)
}

/// What an OAuth client finds out by itself.
#[utoipa::path(get, path = "/.well-known/oauth-authorization-server",
    responses((status = 200, body = AuthorizationServer)))]
async fn metadata(State(office): Shared, headers: HeaderMap) -> Json<AuthorizationServer> {
    let issuer = address::of_request(&office, &headers);
    Json(AuthorizationServer {
        token_endpoint: format!("{issuer}/oauth/token"),
        device_authorization_endpoint: format!("{issuer}/oauth/device_authorization"),
        revocation_endpoint: format!("{issuer}/oauth/revoke"),
        jwks_uri: format!("{issuer}/.well-known/jwks.json"),
        grant_types_supported: vec![DEVICE_GRANT.to_owned(), REFRESH_GRANT.to_owned()],
        response_types_supported: Vec::new(),
        token_endpoint_auth_methods_supported: vec!["none".to_owned()],
        issuer,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    #[test]
    fn what_fails_here_is_told_in_the_words_of_oauth() {
        let told = |code| OAuthRefusal::from(Refusal::new(code, "why")).error;
        assert_eq!(told(Code::InvalidRequest), "invalid_request");
        assert_eq!(told(Code::UnsupportedMediaType), "invalid_request");
        assert_eq!(told(Code::RateLimited), "temporarily_unavailable");
        assert_eq!(told(Code::Busy), "temporarily_unavailable");
        assert_eq!(told(Code::Internal), "server_error");
        assert_eq!(told(Code::SessionRevoked), "invalid_grant");
    }

    #[test]
    fn a_code_whose_page_opens_on_this_machine_alone_says_so() {
        let notice = |base: &str| {
            let (device_code, user_code) = (String::new(), "WDJB-MJHT".to_owned());
            authorization(base, Started { device_code, user_code, lives_for: device_grants::INTERVAL }).notice
        };
        assert!(notice("http://127.0.0.1:7878").contains("frontrow device approve WDJB-MJHT"));
        assert_eq!(notice("https://tickets.example.org"), "");
    }
}
