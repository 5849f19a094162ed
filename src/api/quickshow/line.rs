//! One request to a QuickShow server and what its answer says. These servers say no in a hundred ways: with 200 and a
//! flag, misspelt flags, pages of HTML, redirects, and headers of Clerk's middleware.

use super::{
    answer::{Answer, is_page, said_in_page},
    times::ServerClock,
    words,
};
use crate::{
    api::{
        http::{Call, Exchange, Http, Sent, Unanswered, retry_after},
        verdict,
    },
    domain::{
        env::Clock,
        failure::{Failure, FailureKind},
        text::clean,
    },
    effects::ports::Bearer,
};
use backon::{BackoffBuilder, ExponentialBuilder};
use reqwest::{
    Method, StatusCode,
    header::{HeaderMap, LOCATION},
};
use secrecy::SecretString;
use serde::Serialize;
use std::{
    sync::Arc,
    time::{Duration, Instant},
};

/// The largest answer that is read. A list of bookings repeats each film with all of its cast in every element.
const MAX_ANSWER: usize = 16 * 1024 * 1024;
/// A larger answer is read beside the loop, in bytes.
const LARGE: usize = 64 * 1024;
/// The longest wait that a server may ask for before the person is told instead.
const LONGEST_WAIT: Duration = Duration::from_secs(5);
/// A connection that breaks so soon after a question was one that the server had closed for being idle.
const STALE: Duration = Duration::from_secs(2);
/// The widest message taken from a server, in columns.
const MAX_MESSAGE: usize = 300;

/// The code of a failure that only says that the server has no such route: another spelling may do.
pub const NO_SUCH_ROUTE: &str = "no_such_route";
/// The code of a failure that says that a web page, or anything else than data, was the answer.
pub const NOT_DATA: &str = "not_data";

/// The way to one QuickShow server.
pub struct Line {
    http: Arc<Http>,
    /// The web page that payment pages lead back to: without it these servers take the seats and fail afterwards.
    origin: String,
    /// The server's clock, as its answers tell it.
    pub times: ServerClock,
}

/// How a request that changes something failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PostFailure {
    /// The server answered that it does not do it. It may have done a part of it all the same.
    Refused(Failure),
    /// Nothing has reached the server.
    NotSent(Failure),
    /// It was sent, and nobody knows what became of it.
    Lost(Failure),
}

impl Line {
    pub fn new(http: Arc<Http>, origin: String, clock: Arc<dyn Clock>) -> Self {
        Self { http, origin, times: ServerClock::new(clock) }
    }

    /// The server, for people.
    pub fn shown(&self) -> String {
        self.http.shown()
    }

    /// Its origin, by which it is noted.
    pub fn server(&self) -> String {
        self.http.origin()
    }

    /// Its host, for people.
    pub fn host(&self) -> String {
        self.http.host()
    }

    /// Reads something; at most twice again after no connection or one that broke at once, an error of the server's own, or when it asks to be
    /// left alone for a moment.
    pub async fn get(&self, path: &[&str], bearer: Option<Bearer>) -> Result<Answer, Failure> {
        let token = bearer.map(Bearer::into_secret);
        let pauses = ExponentialBuilder::new().with_min_delay(Duration::from_millis(300)).with_factor(4.0);
        let mut pauses = pauses.with_max_times(2).with_jitter().build();
        loop {
            let mut call = Call::get(path).header("accept", "application/json")?.at_most(MAX_ANSWER);
            if let Some(token) = &token {
                call = call.authorization(token)?;
            }
            let asked = Instant::now();
            let (failure, wait) = match self.http.ask_once(&call).await {
                Ok(mut exchange) => {
                    let told = read(&mut exchange).await;
                    let may_ask = again(&exchange, told.is_some());
                    match (self.judged(&Method::GET, path, &exchange, told, token.as_ref()), may_ask) {
                        (Err(failure), Some(wait)) => (failure, wait),
                        (outcome, _) => return outcome,
                    }
                }
                Err(Unanswered { failure, sent: Sent::No }) => (failure, Duration::ZERO),
                Err(Unanswered { failure, .. }) if failure.kind == FailureKind::Offline && asked.elapsed() < STALE => {
                    (failure, Duration::ZERO)
                }
                Err(unanswered) => return Err(reworded(unanswered.failure)),
            };
            match pauses.next().filter(|_| wait <= LONGEST_WAIT) {
                Some(pause) => tokio::time::sleep(pause.max(wait)).await,
                None => return Err(failure),
            }
        }
    }

    /// Changes something, by the method that the server has for it. It is sent once.
    pub async fn change(
        &self,
        method: Method,
        path: &[&str],
        body: &impl Serialize,
        bearer: Bearer,
    ) -> Result<Answer, PostFailure> {
        let token = bearer.into_secret();
        let call = if method == Method::PUT { Call::put(path) } else { Call::post(path) };
        let ready = |call: Call| {
            let call = call.header("accept", "application/json")?.header("origin", &self.origin)?;
            call.authorization(&token)?.json(body)
        };
        let call = ready(call.at_most(MAX_ANSWER)).map_err(PostFailure::NotSent)?;
        let mut exchange = match self.http.ask_once(&call).await {
            Ok(exchange) => exchange,
            Err(Unanswered { failure, sent: Sent::No }) => return Err(PostFailure::NotSent(failure)),
            Err(Unanswered { failure, sent: Sent::Perhaps }) => return Err(PostFailure::Lost(reworded(failure))),
        };
        let told = read(&mut exchange).await;
        let outcome = self.judged(&Method::POST, path, &exchange, told, Some(&token));
        outcome.map_err(|failure| match failure.code.as_str() {
            // An answer that nobody can read, to something that may have been done.
            NOT_DATA | "server_error" => PostFailure::Lost(failure),
            _ => PostFailure::Refused(failure),
        })
    }

    /// The answer, or what it means that it is none: by its body, then its status, then its kind.
    fn judged(
        &self,
        method: &Method,
        path: &[&str],
        exchange: &Exchange,
        told: Option<Answer>,
        token: Option<&SecretString>,
    ) -> Result<Answer, Failure> {
        let Exchange { status, headers, body } = exchange;
        self.times.hear(headers);
        let server = self.shown();
        if token.is_some()
            && let Some(failure) = verdict::of(method, *status, headers, &server)
        {
            return Err(failure);
        }
        if matches!(*status, StatusCode::MOVED_PERMANENTLY | StatusCode::PERMANENT_REDIRECT) {
            return Err(moved(&server, headers));
        }
        if status.is_redirection() || *status == StatusCode::UNAUTHORIZED && told.is_none() {
            return Err(words::sign_in(method, token.is_some(), &server));
        }
        let Some(answer) = told.filter(|told| told.0.is_object() || told.0.is_array()) else {
            return Err(self.not_data(*status, body));
        };
        let refused = |message: Option<String>| {
            let message = clean(&message.unwrap_or_default(), MAX_MESSAGE);
            let asked = words::Asked { method, path, signed_in: token.is_some(), status: *status };
            words::refusal(&message, asked, &server)
        };
        match answer.says() {
            Some(true) => Ok(answer),
            Some(false) => Err(refused(answer.message())),
            None if status.is_success() => Ok(answer),
            None => Err(refused(answer.message())),
        }
    }

    /// An answer that is no data.
    fn not_data(&self, status: StatusCode, body: &[u8]) -> Failure {
        let server = self.shown();
        let text = String::from_utf8_lossy(&body[..body.len().min(64 * 1024)]);
        let said = match said_in_page(&text) {
            said if said.is_empty() => String::new(),
            said => format!(": {said}"),
        };
        let other = |code: &str, why: String| Failure::new(FailureKind::Other, code, why);
        if matches!(status, StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED) {
            return Failure::new(FailureKind::NotFound, NO_SUCH_ROUTE, format!("{server} has no such page{said}"));
        }
        if status == StatusCode::TOO_MANY_REQUESTS {
            return other("rate_limited", format!("{server} has too much to do; try again in a minute"));
        }
        if status.is_server_error() {
            return other("server_error", format!("{server} answered with an error of its own ({status}{said})"));
        }
        if status.is_client_error() {
            let why = format!("{server} did not accept the request ({status}{said})");
            return other("not_accepted_request", why);
        }
        let what = match is_page(&text) {
            true => "a web page where data was expected",
            false if body.is_empty() => "nothing where data was expected",
            false => "something that is no data, or ends in the middle",
        };
        other(NOT_DATA, format!("{server} answered with {what} ({status}{said})"))
    }
}

/// A redirect for good is about the server's address, not about who asks.
fn moved(server: &str, headers: &HeaderMap) -> Failure {
    let place = headers.get(LOCATION).and_then(|place| place.to_str().ok()).unwrap_or_default();
    let why = format!("{server} says that it has moved to \"{}\": give that address instead", clean(place, 120));
    Failure::new(FailureKind::Other, "moved", why)
}

/// An answer that cannot be read to its end, of a server that is not one of ours.
fn reworded(failure: Failure) -> Failure {
    match failure.code.as_str() {
        "not_a_box_office" => {
            Failure { why: failure.why.replace("a frontrow box office", "a QuickShow server"), ..failure }
        }
        _ => failure,
    }
}

/// The data of an answer, if it is data. Much of it takes longer to read than a frame may, so the loop does not wait.
async fn read(exchange: &mut Exchange) -> Option<Answer> {
    if exchange.body.len() <= LARGE {
        return serde_json::from_slice(&exchange.body).ok().map(Answer);
    }
    let body = std::mem::take(&mut exchange.body);
    let task = tokio::task::spawn_blocking(move || {
        let told = serde_json::from_slice(&body).ok().map(Answer);
        (body, told)
    });
    let (body, told) = task.await.ok()?;
    exchange.body = body;
    told
}

/// Whether a question may be asked once more after this answer, and how long the server wants to be left alone first.
fn again(exchange: &Exchange, is_data: bool) -> Option<Duration> {
    let status = exchange.status;
    if status == StatusCode::TOO_MANY_REQUESTS || status == StatusCode::SERVICE_UNAVAILABLE {
        return Some(retry_after(&exchange.headers).unwrap_or(Duration::ZERO));
    }
    // What is said in data is meant; a page of a proxy, or of a handler that broke, may be gone the next time.
    (status.is_server_error() && !is_data).then_some(Duration::ZERO)
}
