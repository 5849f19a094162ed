//! One HTTP client for one box office: limits, retries, and what each way of failing means for the person.

use super::{slow, verdict};
use crate::{
    domain::{
        failure::{Failure, FailureKind},
        text::clean,
    },
    effects::ports::Bearer,
    wire::{self, Problem},
};
use async_trait::async_trait;
use backon::{ExponentialBuilder, Retryable};
use jiff::Timestamp;
use reqwest::{
    Client, Method, StatusCode,
    header::{AUTHORIZATION, ETAG, HeaderMap, HeaderName, HeaderValue, RETRY_AFTER},
};
use secrecy::{ExposeSecret, SecretString};
use serde::{Serialize, de::DeserializeOwned};
use std::{
    error::Error,
    sync::{Arc, Mutex, OnceLock, PoisonError, RwLock},
    time::{Duration, Instant},
};
use url::{Host, Url};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
const TOTAL_TIMEOUT: Duration = Duration::from_secs(15);
/// What stands for no limit to how long an answer may take: ten years.
const NO_END: Duration = Duration::from_secs(10 * 365 * 24 * 60 * 60);
const IDLE_TIMEOUT: Duration = Duration::from_secs(90);
/// So long a call waits, in all, because the server asks it to. Longer, and the person is told how long instead of
/// being left to wonder.
const WAIT_BUDGET: Duration = Duration::from_secs(10);
/// The largest answer taken where a call does not say otherwise, after decompression.
const MAX_BODY: usize = 2 * 1024 * 1024;
/// The widest message taken from a server, in columns.
const MAX_MESSAGE: usize = 400;

/// Finds a box office again that is not where it was.
#[async_trait]
pub trait Finder: Send + Sync {
    async fn find(&self) -> Result<Url, Failure>;
}

/// The way to one box office.
pub struct Http {
    base: RwLock<Url>,
    /// What is there, for people.
    name: &'static str,
    finder: Option<Arc<dyn Finder>>,
    /// Built at the first call: that costs milliseconds which the first frame does not have.
    client: OnceLock<Result<Client, Failure>>,
}

/// One request.
pub struct Call {
    method: Method,
    path: Vec<String>,
    query: Vec<(&'static str, String)>,
    headers: HeaderMap,
    body: Option<Vec<u8>>,
    resend: Resend,
    /// The largest answer taken, in bytes after decompression.
    most: usize,
}

/// Whether a request may be sent again when it is not known what became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Resend {
    /// It changes nothing, or the same again changes nothing more.
    Freely,
    /// It carries a key by which the server knows it again. Without an answer its outcome is unknown.
    ByKey,
    Never,
}

/// One answer with a 2xx status, or 304.
pub struct Reply {
    pub status: StatusCode,
    pub etag: Option<String>,
    /// The server's clock when it answered.
    pub server_time: Option<Timestamp>,
    /// From sending to the last byte.
    pub took: Duration,
    body: Vec<u8>,
    shown_as: String,
}

/// Any answer, whatever its status.
pub struct Exchange {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

/// Why there is no answer.
pub struct Unanswered {
    pub failure: Failure,
    pub sent: Sent,
}

/// Whether a request without an answer has reached the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sent {
    No,
    Perhaps,
}

/// An answer that goes on.
pub struct Opened {
    response: reqwest::Response,
    shown: String,
}

/// How one attempt failed.
struct Attempt {
    failure: Failure,
    fate: Fate,
}

/// What became of a request that failed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// The server answered: it is not done, and asking again gives the same.
    Refused,
    /// It is not done, and may be tried again.
    NotDone,
    /// It is not done, and the server wants to be left alone for so long.
    Later(Duration),
    /// It was sent, and what became of it is not known.
    Lost(Loss),
}

/// Why it is not known what became of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loss {
    NoAnswer,
    /// The same, after all of the time that an answer has.
    Silence,
    /// The server, or what stands in front of it, failed while it answered.
    Error(StatusCode),
    Unreadable,
}

impl Call {
    pub fn get(path: &[&str]) -> Self {
        Self::new(Method::GET, path, Resend::Freely)
    }
    pub fn post(path: &[&str]) -> Self {
        Self::new(Method::POST, path, Resend::Never)
    }
    pub fn patch(path: &[&str]) -> Self {
        Self::new(Method::PATCH, path, Resend::Never)
    }
    pub fn put(path: &[&str]) -> Self {
        Self::new(Method::PUT, path, Resend::Freely)
    }
    pub fn delete(path: &[&str]) -> Self {
        Self::new(Method::DELETE, path, Resend::Freely)
    }

    fn new(method: Method, path: &[&str], resend: Resend) -> Self {
        let path = path.iter().map(|part| (*part).to_owned()).collect();
        Self { method, path, query: Vec::new(), headers: HeaderMap::new(), body: None, resend, most: MAX_BODY }
    }

    /// Takes an answer of up to so many bytes, where other services answer more at once than a box office does.
    pub fn at_most(self, bytes: usize) -> Self {
        Self { most: bytes, ..self }
    }

    pub fn query(mut self, name: &'static str, value: &str) -> Self {
        self.query.push((name, value.to_owned()));
        self
    }

    pub fn header(mut self, name: &'static str, value: &str) -> Result<Self, Failure> {
        self.headers.insert(HeaderName::from_static(name), header_value(value)?);
        Ok(self)
    }

    /// A header that is never shown, not even in logs.
    pub fn secret_header(mut self, name: &'static str, value: &SecretString) -> Result<Self, Failure> {
        let mut value = header_value(value.expose_secret())?;
        value.set_sensitive(true);
        self.headers.insert(HeaderName::from_static(name), value);
        Ok(self)
    }

    pub fn bearer(self, bearer: Bearer) -> Result<Self, Failure> {
        self.authorization(&bearer.into_secret())
    }

    /// `Authorization: Bearer …`
    pub fn authorization(mut self, token: &SecretString) -> Result<Self, Failure> {
        let mut value = header_value(&format!("Bearer {}", token.expose_secret()))?;
        value.set_sensitive(true);
        self.headers.insert(AUTHORIZATION, value);
        Ok(self)
    }

    pub fn json(mut self, body: &impl Serialize) -> Result<Self, Failure> {
        let text =
            serde_json::to_vec(body).map_err(|_| other("bad_request", "the request cannot be written as JSON"))?;
        self.headers.insert(reqwest::header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        self.body = Some(text);
        Ok(self)
    }

    /// A body of `application/x-www-form-urlencoded`.
    pub fn form(mut self, fields: &[(&str, &str)]) -> Self {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let kind = HeaderValue::from_static("application/x-www-form-urlencoded");
        self.headers.insert(reqwest::header::CONTENT_TYPE, kind);
        self.body = Some(body.into_bytes());
        self
    }

    /// Says that doing it twice does no harm.
    pub fn repeatable(self) -> Self {
        Self { resend: Resend::Freely, ..self }
    }

    /// Names the request, so that it may be sent again without being done twice.
    pub fn keyed(mut self, key: &str) -> Result<Self, Failure> {
        self.resend = Resend::ByKey;
        self.header(wire::IDEMPOTENCY_KEY, key)
    }
}

impl Reply {
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// The body as JSON of the given form.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Failure> {
        let mut reader = serde_json::Deserializer::from_slice(&self.body);
        serde_path_to_error::deserialize(&mut reader).map_err(|error| {
            let place = clean(&error.to_string(), MAX_MESSAGE);
            not_a_box_office(&self.shown_as, &format!("its answer cannot be read: {place}"))
        })
    }
}

impl Opened {
    pub fn status(&self) -> StatusCode {
        self.response.status()
    }
    pub fn headers(&self) -> &HeaderMap {
        self.response.headers()
    }
    /// The server, for people.
    pub fn shown(&self) -> &str {
        &self.shown
    }

    /// The next bytes. An end is a loss, too: somebody has ended the answer.
    pub async fn piece(&mut self) -> Result<Vec<u8>, Failure> {
        match self.response.chunk().await {
            Ok(Some(piece)) => Ok(piece.into()),
            Ok(None) => Err(unreachable(&self.shown, "it has ended the answer")),
            Err(error) => Err(unreachable(&self.shown, &root_cause(&error))),
        }
    }
}

impl Http {
    pub fn new(base: Url) -> Self {
        Self { base: RwLock::new(base), name: "the box office", finder: None, client: OnceLock::new() }
    }

    /// The way to something else than a box office, called so towards people.
    pub fn named(self, name: &'static str) -> Self {
        Self { name, ..self }
    }

    /// The way to a box office that may move.
    pub fn with_finder(base: Url, finder: Arc<dyn Finder>) -> Self {
        Self { finder: Some(finder), ..Self::new(base) }
    }

    fn base(&self) -> Url {
        self.base.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The server's address as people know it.
    pub fn shown(&self) -> String {
        self.base().as_str().trim_end_matches('/').to_owned()
    }

    /// Sends a call, again where that is safe, and gives the answer or what its absence means.
    pub async fn send(&self, call: Call) -> Result<Reply, Failure> {
        slow::watched(|| self.shown(), self.send_patiently(call)).await
    }

    async fn send_patiently(&self, call: Call) -> Result<Reply, Failure> {
        let lost = Mutex::new(None);
        let mut waited = Duration::ZERO;
        let attempts = ExponentialBuilder::new()
            .with_min_delay(Duration::from_millis(200))
            .with_factor(if self.finder.is_some() { 1.5 } else { 4.0 })
            .with_max_times(self.retries())
            .with_jitter();
        let outcome = (async || {
            let outcome = self.attempt(&call).await;
            if let Err(Attempt { fate: Fate::Lost(loss), .. }) = &outcome {
                *lost.lock().unwrap_or_else(PoisonError::into_inner) = Some(*loss);
            }
            outcome
        })
        .retry(attempts)
        .sleep(tokio::time::sleep)
        .when(|attempt| match attempt.fate {
            Fate::Refused => false,
            Fate::NotDone => true,
            Fate::Later(_) => call.resend == Resend::Freely,
            // The person has waited long enough to be told; a sale is looked for all the same.
            Fate::Lost(Loss::Silence) => call.resend == Resend::ByKey,
            Fate::Lost(_) => call.resend != Resend::Never,
        })
        .adjust(|attempt, pause| match attempt.fate {
            Fate::Later(wait) => {
                waited = waited.saturating_add(wait);
                // A server that names no time is not asked faster than one that says nothing.
                pause.filter(|_| waited <= WAIT_BUDGET).map(|usual| wait.max(usual))
            }
            _ => pause,
        })
        .await;
        let lost = lost.into_inner().unwrap_or_else(PoisonError::into_inner);
        outcome.map_err(|attempt| match (attempt.fate, lost) {
            // A refused token says nothing of what became of the request that was lost before.
            (Fate::Refused, _) if attempt.failure.kind != FailureKind::SignIn => attempt.failure,
            (_, Some(loss)) if call.resend == Resend::ByKey => self.unknown(loss),
            _ => attempt.failure,
        })
    }

    /// A box office that moves between processes may be met at its end several times in a row.
    fn retries(&self) -> usize {
        if self.finder.is_some() { 8 } else { 2 }
    }

    /// Sends a call once and gives the answer as it is, for services that speak otherwise than a box office.
    pub async fn exchange(&self, call: Call) -> Result<Exchange, Failure> {
        self.ask_once(&call).await.map_err(|unanswered| unanswered.failure)
    }

    /// The same, and whether anything was sent where there is no answer.
    pub async fn ask_once(&self, call: &Call) -> Result<Exchange, Unanswered> {
        slow::watched(|| self.shown(), self.try_once(call)).await.map_err(|attempt| Unanswered {
            sent: if attempt.fate == Fate::NotDone { Sent::No } else { Sent::Perhaps },
            failure: attempt.failure,
        })
    }

    /// The address as it is in `Origin` headers: scheme, host and port.
    pub fn origin(&self) -> String {
        self.base().origin().ascii_serialization()
    }

    /// The server's host as people know it.
    pub fn host(&self) -> String {
        self.base().host_str().unwrap_or("the server").to_owned()
    }

    /// Opens an answer that has no end of its own, whatever its status: only its beginning must come in time.
    pub async fn open(&self, call: Call) -> Result<Opened, Failure> {
        let client = self.client()?;
        let request = client.request(call.method.clone(), self.url(&call)?).headers(call.headers).timeout(NO_END);
        let sent = tokio::time::timeout(TOTAL_TIMEOUT, request.send()).await;
        let failure = match sent {
            Ok(Ok(response)) => return Ok(Opened { response, shown: self.shown() }),
            Ok(Err(error)) => self.unanswered(&error).failure,
            Err(_) => unreachable(&format!("{} at {}", self.name, self.shown()), "it did not answer in time"),
        };
        self.find_again().await;
        Err(failure)
    }

    async fn attempt(&self, call: &Call) -> Result<Reply, Attempt> {
        let sent = Instant::now();
        let Exchange { status, headers, body } = self.try_once(call).await?;
        let took = sent.elapsed();
        if call.headers.contains_key(AUTHORIZATION)
            && let Some(failure) = verdict::of(&call.method, status, &headers, &self.shown())
        {
            return Err(Attempt::refused(failure));
        }
        if !status.is_success() && status != StatusCode::NOT_MODIFIED {
            let refusal = self.refusal(status, &body);
            return Err(match retry_after(&headers).filter(|_| status == StatusCode::TOO_MANY_REQUESTS) {
                Some(wait) => refusal.later(wait),
                None => refusal,
            });
        }
        let text = |name: &HeaderName| headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let server_time = headers.get(wire::SERVER_TIME).and_then(|value| value.to_str().ok()?.parse().ok());
        Ok(Reply { status, etag: text(&ETAG), server_time, took, body, shown_as: self.shown() })
    }

    async fn try_once(&self, call: &Call) -> Result<Exchange, Attempt> {
        let client = self.client().map_err(Attempt::refused)?;
        let url = self.url(call).map_err(Attempt::refused)?;
        let mut request = client.request(call.method.clone(), url).headers(call.headers.clone());
        if let Some(body) = &call.body {
            request = request.body(body.clone());
        }
        let sent = Instant::now();
        let mut response = match request.send().await {
            Ok(response) => response,
            Err(error) => {
                self.find_again().await;
                return Err(self.unanswered(&error));
            }
        };
        let status = response.status();
        let headers = std::mem::take(response.headers_mut());
        let body = self.read(&mut response, call.most).await?;
        let took = sent.elapsed();
        tracing::debug!(method = %call.method, path = call.path.join("/"), status = status.as_u16(), ?took, "answered");
        Ok(Exchange { status, headers, body })
    }

    /// Asks where the box office is now; the next attempt goes there.
    async fn find_again(&self) {
        let Some(finder) = &self.finder else { return };
        match finder.find().await {
            Ok(url) => *self.base.write().unwrap_or_else(PoisonError::into_inner) = url,
            Err(failure) => tracing::warn!(why = failure.why, "the box office is not found again"),
        }
    }

    /// The body, up to the limit.
    async fn read(&self, response: &mut reqwest::Response, most: usize) -> Result<Vec<u8>, Attempt> {
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| self.unanswered(&error))? {
            if body.len() + chunk.len() > most {
                let why = format!("its answer is larger than {} MiB", most / (1024 * 1024));
                return Err(Attempt::refused(not_a_box_office(&self.shown(), &why)));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    }

    fn url(&self, call: &Call) -> Result<Url, Failure> {
        let mut url = self.base();
        url.path_segments_mut()
            .map_err(|()| other("bad_url", format!("{} cannot have a path", self.shown())))?
            .pop_if_empty()
            .extend(&call.path);
        if !call.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&call.query);
        }
        Ok(url)
    }

    fn client(&self) -> Result<&Client, Failure> {
        self.client.get_or_init(|| build_client(&self.base())).as_ref().map_err(Clone::clone)
    }

    /// What it means that no answer came.
    fn unanswered(&self, error: &reqwest::Error) -> Attempt {
        let reason = root_cause(error);
        let fate = match (error.is_connect(), error.is_timeout()) {
            (true, _) => Fate::NotDone,
            (false, true) => Fate::Lost(Loss::Silence),
            (false, false) => Fate::Lost(Loss::NoAnswer),
        };
        if error.is_builder() || error.is_decode() {
            return Attempt::refused(not_a_box_office(&self.shown(), &reason));
        }
        Attempt { failure: unreachable(&format!("{} at {}", self.name, self.shown()), &reason), fate }
    }

    /// What an answer that is not a success means.
    fn refusal(&self, status: StatusCode, body: &[u8]) -> Attempt {
        match serde_json::from_slice::<Problem>(body) {
            Ok(problem) => Attempt {
                fate: if problem.retryable && status.is_server_error() { Fate::NotDone } else { Fate::Refused },
                failure: failure_of(problem, status),
            },
            Err(_) if status.is_server_error() => {
                let why = format!("{} answered with an error of its own ({status}); try again later", self.shown());
                Attempt { failure: other("server_error", why), fate: Fate::Lost(Loss::Error(status)) }
            }
            Err(_) if status == StatusCode::TOO_MANY_REQUESTS => {
                Attempt::refused(other("rate_limited", format!("{} has too much to do", self.shown())))
            }
            Err(_) => Attempt::refused(not_a_box_office(&self.shown(), &format!("it answered {status}"))),
        }
    }

    /// What a sale is told that was sent and has no readable answer.
    pub fn unknown(&self, loss: Loss) -> Failure {
        let happened = match loss {
            Loss::NoAnswer | Loss::Silence => "did not answer after the booking was sent".to_owned(),
            Loss::Error(status) => format!("answered the booking with an error of its own ({status})"),
            Loss::Unreadable => "answered the booking in a way that cannot be read".to_owned(),
        };
        let why = format!(
            "{} {happened}, so it may or may not be booked: look at your bookings before you try again",
            self.shown()
        );
        Failure::new(FailureKind::Unknown, "outcome_unknown", why)
    }
}

impl Attempt {
    fn refused(failure: Failure) -> Self {
        Self { failure, fate: Fate::Refused }
    }

    /// The same with word of when to try again.
    fn later(mut self, wait: Duration) -> Self {
        let seconds = wait.as_secs();
        if !self.failure.why.contains("wait") {
            self.failure.why = format!("{}; try again in {seconds} seconds", self.failure.why.trim_end_matches('.'));
        }
        Self { fate: Fate::Later(wait), ..self }
    }
}

/// `Retry-After` in seconds. Its other form, a date, would need clocks that agree.
pub(super) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    headers.get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok().map(Duration::from_secs)
}

pub(super) fn build_client(base: &Url) -> Result<Client, Failure> {
    // Another client of this process may have installed the provider already; then that one is used.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut builder = Client::builder()
        .user_agent(concat!("frontrow/", env!("CARGO_PKG_VERSION")))
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(CONNECT_TIMEOUT)
        .timeout(TOTAL_TIMEOUT)
        .pool_idle_timeout(IDLE_TIMEOUT)
        .https_only(base.scheme() == "https");
    if is_loopback(base) {
        builder = builder.no_proxy();
    }
    if base.scheme() == "http" {
        // No certificate will be looked at: reading the system's takes memory and milliseconds.
        builder = builder.tls_certs_only([]);
    }
    builder.build().map_err(|error| other("http_client", format!("no HTTP client can be made: {}", root_cause(&error))))
}

/// Whether a URL leads to this machine.
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// The failure that a server's problem stands for. Nothing of the request was done.
fn failure_of(problem: Problem, status: StatusCode) -> Failure {
    let kind = match problem.code.as_str() {
        "seat_taken" | "hold_expired" | "hold_not_found" | "no_seats_together" => FailureKind::SeatGone,
        "payment_refused" => FailureKind::Payment,
        "too_many_seats" | "couch_split" | "orphan_seat" | "no_extensions_left" | "sale_closed" | "not_cancellable" => {
            FailureKind::Refused
        }
        "unknown_seat" | "no_seats" | "weak_password" | "email_taken" => FailureKind::Input,
        _ => match status {
            StatusCode::UNAUTHORIZED => FailureKind::SignIn,
            StatusCode::PAYMENT_REQUIRED => FailureKind::Payment,
            StatusCode::NOT_FOUND => FailureKind::NotFound,
            StatusCode::BAD_REQUEST => FailureKind::Input,
            StatusCode::FORBIDDEN | StatusCode::CONFLICT | StatusCode::GONE | StatusCode::TOO_MANY_REQUESTS => {
                FailureKind::Refused
            }
            _ => FailureKind::Other,
        },
    };
    let words = if problem.detail.is_empty() { &problem.title } else { &problem.detail };
    let mut failure = Failure::new(kind, &clean(&problem.code, 64), clean(words, MAX_MESSAGE));
    failure.conflicts = problem.conflicts;
    let nearest = problem.suggest.into_iter().next().unwrap_or_default();
    failure.suggest = nearest.into_iter().map(|seat| seat.label.to_string()).collect();
    failure
}

fn unreachable(who: &str, reason: &str) -> Failure {
    Failure::new(FailureKind::Offline, "unreachable", format!("{who} cannot be reached: {reason}"))
}

fn not_a_box_office(shown: &str, reason: &str) -> Failure {
    other("not_a_box_office", format!("{shown} does not answer as a frontrow box office: {reason}"))
}

fn other(code: &str, why: impl Into<String>) -> Failure {
    Failure::new(FailureKind::Other, code, why)
}

fn header_value(text: &str) -> Result<HeaderValue, Failure> {
    HeaderValue::from_str(text).map_err(|_| other("bad_header", "a value for the server contains control characters"))
}

/// The innermost reason: the outer ones repeat the URL and the library's own words.
pub(super) fn root_cause(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return "it did not answer in time".to_owned();
    }
    let mut cause: &dyn Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    let words = if std::ptr::eq(cause as *const dyn Error as *const (), error as *const _ as *const ()) {
        "the request could not be sent".to_owned()
    } else {
        cause.to_string()
    };
    clean(&words, MAX_MESSAGE)
}

#[cfg(test)]
mod tests;
