//! Requests to an authorization server: limits, and what each way of failing means for the person.

use crate::{
    api::{
        http::{build_client, root_cause},
        slow,
    },
    domain::{
        failure::{Failure, FailureKind},
        text::clean,
    },
};
use backon::{ExponentialBuilder, Retryable};
use oauth2::{
    AsyncHttpClient, ErrorResponseType, HttpRequest, HttpResponse, RequestTokenError, StandardErrorResponse, http,
};
use reqwest::{
    Client, Request, StatusCode,
    header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderValue},
};
use secrecy::{ExposeSecret, SecretString};
use serde::de::DeserializeOwned;
use std::{fmt::Display, pin::Pin, sync::OnceLock, time::Duration};
use url::Url;

/// The largest answer taken, after decompression.
const MAX_BODY: usize = 256 * 1024;
/// How long to wait before a request that could not be delivered is sent again.
const FIRST_PAUSE: Duration = Duration::from_millis(200);
/// The widest message taken from a server, in columns.
const MAX_MESSAGE: usize = 300;

/// The way to one authorization server. It follows no redirect: a token must not go where nobody sent it.
pub struct Transport {
    issuer: Url,
    /// Built at the first request: that costs milliseconds which the first frame does not have.
    client: OnceLock<Result<Client, Failure>>,
}

/// Why there is no answer.
enum Undelivered {
    Failed(reqwest::Error),
    Unwritable,
}

impl Transport {
    pub fn new(issuer: Url) -> Self {
        Self { issuer, client: OnceLock::new() }
    }

    /// The authorization server, for people.
    pub fn shown(&self) -> &str {
        self.issuer.as_str().trim_end_matches('/')
    }

    /// The document at `url`, or nothing where there is none. A token goes in the header, never in the address.
    pub async fn document<T: DeserializeOwned>(
        &self,
        url: &Url,
        token: Option<&SecretString>,
    ) -> Result<Option<T>, Failure> {
        let mut request = http::Request::get(url.as_str()).header(ACCEPT, "application/json");
        if let Some(token) = token {
            let bearer = HeaderValue::try_from(format!("Bearer {}", token.expose_secret()));
            let mut bearer = bearer.map_err(|_| self.unreadable("its token has characters that no token has"))?;
            bearer.set_sensitive(true);
            request = request.header(AUTHORIZATION, bearer);
        }
        let request = request.body(Vec::new()).map_err(|_| self.unwritable())?;
        let answer = self.send(request).await?;
        if answer.status() != StatusCode::OK {
            return Ok(None);
        }
        let mut reader = serde_json::Deserializer::from_slice(answer.body());
        let read = serde_path_to_error::deserialize(&mut reader);
        read.map(Some).map_err(|error| self.unreadable(&format!("its answer cannot be read: {error}")))
    }

    /// Posts a form and gives the status.
    pub async fn post(&self, url: &Url, fields: &[(&str, &str)]) -> Result<StatusCode, Failure> {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let request = http::Request::post(url.as_str())
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(body.into_bytes())
            .map_err(|_| self.unwritable())?;
        self.send(request).await.map(|answer| answer.status())
    }

    /// Sends a request, again only while it could not be delivered: a refresh token that arrived is spent, whatever
    /// became of the answer. An answer that says nothing of the request itself is a failure: the server is broken,
    /// busy, or somewhere else.
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, Failure> {
        slow::watched(|| self.shown().to_owned(), self.send_patiently(request)).await
    }

    async fn send_patiently(&self, request: HttpRequest) -> Result<HttpResponse, Failure> {
        let client = self.client.get_or_init(|| build_client(&self.issuer)).as_ref().map_err(Clone::clone)?;
        let request = Request::try_from(request).map_err(|_| self.unwritable())?;
        let attempts = ExponentialBuilder::new().with_min_delay(FIRST_PAUSE).with_factor(4.0).with_max_times(2);
        let response = (async || match request.try_clone() {
            Some(request) => client.execute(request).await.map_err(Undelivered::Failed),
            None => Err(Undelivered::Unwritable),
        })
        .retry(attempts.with_jitter())
        .sleep(tokio::time::sleep)
        .when(|why| matches!(why, Undelivered::Failed(error) if error.is_connect()))
        .await;
        let response = response.map_err(|why| match why {
            Undelivered::Failed(error) => self.unanswered(&error),
            Undelivered::Unwritable => self.unwritable(),
        })?;
        self.read(response).await
    }

    async fn read(&self, mut response: reqwest::Response) -> Result<HttpResponse, Failure> {
        let status = response.status();
        if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS {
            let why = format!("the authorization server {} answered {status}; try again later", self.shown());
            return Err(Failure::new(FailureKind::Other, "server_error", why));
        }
        if status.is_redirection() {
            return Err(self.unreadable("it answered with a redirect, which is not followed"));
        }
        let mut answer = http::Response::new(Vec::new());
        *answer.status_mut() = status;
        *answer.headers_mut() = std::mem::take(response.headers_mut());
        while let Some(chunk) = response.chunk().await.map_err(|error| self.unanswered(&error))? {
            if answer.body().len() + chunk.len() > MAX_BODY {
                return Err(self.unreadable(&format!("its answer is larger than {} KiB", MAX_BODY / 1024)));
            }
            answer.body_mut().extend_from_slice(&chunk);
        }
        Ok(answer)
    }

    fn unanswered(&self, error: &reqwest::Error) -> Failure {
        let why = format!("the authorization server {} cannot be reached: {}", self.shown(), root_cause(error));
        Failure::new(FailureKind::Offline, "unreachable", why)
    }

    fn unwritable(&self) -> Failure {
        self.unreadable("a request to it cannot be written")
    }

    pub fn unreadable(&self, reason: &str) -> Failure {
        let reason = clean(reason, MAX_MESSAGE);
        let why = format!("{} does not answer as an OAuth authorization server: {reason}", self.shown());
        Failure::new(FailureKind::Other, "not_an_authorization_server", why)
    }

    /// What an error of the protocol means. The bytes of an answer that cannot be read may hold tokens: they are
    /// never shown.
    pub fn explain<T>(&self, error: RequestTokenError<Failure, StandardErrorResponse<T>>) -> Failure
    where
        T: ErrorResponseType + AsRef<str> + Display + 'static,
    {
        match error {
            RequestTokenError::Request(failure) => failure,
            RequestTokenError::ServerResponse(refusal) => {
                self.refusal(refusal.error().as_ref(), refusal.error_description().map_or("", String::as_str))
            }
            RequestTokenError::Parse(place, _) => {
                self.unreadable(&format!("its answer cannot be read at `{}`", place.path()))
            }
            RequestTokenError::Other(words) => self.unreadable(&words),
        }
    }

    /// A refusal by its code (RFC 6749, 4.1.2.1 and 5.2; RFC 8628, 3.5).
    pub fn refusal(&self, code: &str, description: &str) -> Failure {
        let (kind, code, words) = match code {
            "access_denied" => (FailureKind::SignIn, "access_denied", "the sign-in was not approved"),
            "expired_token" => {
                (FailureKind::SignIn, "expired_token", "the time for the approval is over; begin the sign-in again")
            }
            "invalid_grant" => (
                FailureKind::SignIn,
                "invalid_credential",
                "the authorization server does not know this sign-in any more",
            ),
            "invalid_client" | "unauthorized_client" => (
                FailureKind::Input,
                "bad_setting",
                "the authorization server refuses this program's client id (oauth_client_id)",
            ),
            "invalid_scope" => (
                FailureKind::Input,
                "bad_setting",
                "the authorization server refuses the scopes that are asked for (oauth_scopes)",
            ),
            other => {
                let words = format!("the authorization server {} refused: {}", self.shown(), clean(other, 64));
                return Failure::new(FailureKind::Other, "oauth_refused", with_description(&words, description));
            }
        };
        Failure::new(kind, code, with_description(words, description))
    }
}

fn with_description(words: &str, description: &str) -> String {
    match clean(description.trim(), MAX_MESSAGE).as_str() {
        "" => words.to_owned(),
        description => format!("{words} ({description})"),
    }
}

impl<'c> AsyncHttpClient<'c> for Transport {
    type Error = Failure;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, Failure>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.send(request))
    }
}
