//! OAuth for programs that let people in by a code (RFC 8628), and what such programs look up (RFC 8414). Requests are
//! forms, and refusals are those of RFC 6749, so that any OAuth client can do it.

use crate::{
    server::{
        address,
        extract::small_bodies,
        form::Form,
        office::Office,
        peer::Peer,
        problem::Refusal,
        services::{
            device_grants::{self, Answer, Started, Wish},
            tokens,
        },
    },
    wire::{AuthorizationServer, CLIENT_ID, DEVICE_GRANT, DeviceAuthorization, OAuthProblem, SignedIn},
};
use axum::{
    Json,
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use std::sync::Arc;
use utoipa_axum::{router::OpenApiRouter, routes};

type Shared = State<Arc<Office>>;

pub fn routes() -> OpenApiRouter<Arc<Office>> {
    small_bodies(
        OpenApiRouter::new().routes(routes!(device_authorization)).routes(routes!(token)).routes(routes!(metadata)),
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

/// Asks whether a device has been let in.
#[utoipa::path(post, path = "/oauth/token",
    request_body(content_type = "application/x-www-form-urlencoded", content = Object,
        description = "grant_type urn:ietf:params:oauth:grant-type:device_code, device_code, client_id"),
    responses((status = 200, body = SignedIn), (status = 400, body = OAuthProblem),
        (status = 401, body = OAuthProblem)))]
async fn token(State(office): Shared, peer: Peer, form: Result<Form, Refusal>) -> Result<Json<SignedIn>, OAuthRefusal> {
    let form = form?;
    match form.field("grant_type") {
        Some(DEVICE_GRANT) => {}
        Some(_) => {
            let description = format!("The one grant type here is {DEVICE_GRANT}.");
            return Err(OAuthRefusal::new("unsupported_grant_type", description));
        }
        None => return Err(OAuthRefusal::new("invalid_request", "The field grant_type is missing.")),
    }
    let client = client(&form)?;
    let missing = || OAuthRefusal::new("invalid_request", "The field device_code is missing.");
    let device_code = form.field("device_code").ok_or_else(missing)?;
    let (error, description) = match device_grants::ask(&office, device_code, client, peer).await? {
        Answer::Granted(begun) => return Ok(Json(tokens::signed_in(&office, *begun)?)),
        Answer::Pending => ("authorization_pending", "Nobody has decided yet; ask again after the interval."),
        Answer::SlowDown => ("slow_down", "Too soon: from now on wait five seconds longer between two questions."),
        Answer::Denied => ("access_denied", "The person refused."),
        Answer::Expired => ("expired_token", "The code's time is over; ask for a new one."),
        Answer::Unknown => ("invalid_grant", "There is no such device code for this client, or it has been used."),
    };
    Err(OAuthRefusal::new(error, description))
}

/// What an OAuth client finds out by itself.
#[utoipa::path(get, path = "/.well-known/oauth-authorization-server",
    responses((status = 200, body = AuthorizationServer)))]
async fn metadata(State(office): Shared, headers: HeaderMap) -> Json<AuthorizationServer> {
    let issuer = address::of_request(&office, &headers);
    Json(AuthorizationServer {
        token_endpoint: format!("{issuer}/oauth/token"),
        device_authorization_endpoint: format!("{issuer}/oauth/device_authorization"),
        jwks_uri: format!("{issuer}/.well-known/jwks.json"),
        grant_types_supported: vec![DEVICE_GRANT.to_owned()],
        response_types_supported: Vec::new(),
        token_endpoint_auth_methods_supported: vec!["none".to_owned()],
        issuer,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::problem::Code;

    #[test]
    fn what_fails_here_is_told_in_the_words_of_oauth() {
        let told = |code| OAuthRefusal::from(Refusal::new(code, "why")).error;
        assert_eq!(told(Code::InvalidRequest), "invalid_request");
        assert_eq!(told(Code::UnsupportedMediaType), "invalid_request");
        assert_eq!(told(Code::RateLimited), "temporarily_unavailable");
        assert_eq!(told(Code::Busy), "temporarily_unavailable");
        assert_eq!(told(Code::Internal), "server_error");
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
