//! What a server speaks: asked once, and noted.

use super::{
    answer::{Answer, is_page, said_in_page},
    variant::{self, Api},
};
use crate::{
    api::http::{Call, Exchange, Http},
    domain::{
        failure::{Failure, FailureKind},
        text::clean,
    },
    effects::ports::Notebook,
    wire,
};
use reqwest::{
    StatusCode,
    header::{CONTENT_TYPE, LOCATION},
};
use std::{pin::pin, time::Duration};

/// The largest answer read: a list of films with all of their casts.
const MAX_ANSWER: usize = 16 * 1024 * 1024;
/// So long the first question is waited for before the next one is asked beside it: some servers of the family never
/// answer what they do not know.
const PATIENCE: Duration = Duration::from_secs(3);
/// Where the servers of the family have their films.
const FILMS: [[&str; 3]; 2] = [["api", "show", "all"], ["api", "shows", "all"]];

/// What the server speaks: as it was noted, or else as its answers show.
///
/// # Errors
/// When it cannot be reached, or answers as neither: then with what was found there instead.
pub async fn api(http: &Http, notebook: &dyn Notebook) -> Result<Api, Failure> {
    if let Some(api) = variant::noted(notebook, &http.origin()).api {
        return Ok(api);
    }
    let api = detect(http).await?;
    variant::note(notebook, &http.origin(), |note| note.api = Some(api));
    Ok(api)
}

/// Forgets what was noted of a server that does not answer like that any more, so that it is asked again. Whether there
/// was anything to forget.
pub fn forget(http: &Http, notebook: &dyn Notebook) -> bool {
    let server = http.origin();
    let known = variant::noted(notebook, &server).api.is_some();
    variant::note(notebook, &server, |note| *note = variant::Note::default());
    known
}

/// Whether a failure says that the server does not answer as the box office that it was taken for.
pub fn is_not_as_noted(failure: &Failure) -> bool {
    matches!(failure.code.as_str(), "not_a_box_office" | super::line::NO_SUCH_ROUTE | super::line::NOT_DATA | "no_list")
}

/// Asks the server what it speaks.
pub async fn detect(http: &Http) -> Result<Api, Failure> {
    let [usual, other] = FILMS;
    let mut native = pin!(asked(http, &["v1", "cinema"]));
    let (native, films) = match tokio::time::timeout(PATIENCE, &mut native).await {
        Ok(Ok(Some(answer))) if speaks_native(&answer) => return Ok(Api::Native),
        Ok(answer) => (answer?, asked(http, &usual).await?),
        Err(_) => {
            let films = asked(http, &usual).await?;
            // It was only slow to begin with, or it never answers this.
            (tokio::time::timeout(PATIENCE, native).await.unwrap_or(Ok(None))?, films)
        }
    };
    if native.as_ref().is_some_and(speaks_native) {
        return Ok(Api::Native);
    }
    if films.as_ref().is_some_and(speaks_quickshow) {
        return Ok(Api::QuickShow);
    }
    let films_elsewhere = asked(http, &other).await?;
    if films_elsewhere.as_ref().is_some_and(speaks_quickshow) {
        return Ok(Api::QuickShow);
    }
    let found: Vec<Exchange> = [native, films, films_elsewhere].into_iter().flatten().collect();
    // What is no plain 404 tells most.
    let told = found.iter().rev().find(|answer| answer.status != StatusCode::NOT_FOUND).or(found.last());
    let what = told.map_or_else(|| "more than can be read".to_owned(), words);
    let why = format!(
        "{} is neither a frontrow box office nor a QuickShow server: it answered with {what}; check the address, or say \
         what it speaks with --api native or --api quickshow",
        http.shown()
    );
    Err(Failure::new(FailureKind::Other, "not_a_box_office", why))
}

/// One answer, whatever it is; `None` for one that cannot be read to its end.
async fn asked(http: &Http, path: &[&str]) -> Result<Option<Exchange>, Failure> {
    let call = Call::get(path).header("accept", "application/json")?.at_most(MAX_ANSWER);
    match http.ask_once(&call).await {
        Ok(exchange) => Ok(Some(exchange)),
        Err(unanswered) if unanswered.failure.kind == FailureKind::Offline => Err(unanswered.failure),
        Err(_) => Ok(None),
    }
}

fn speaks_native(answer: &Exchange) -> bool {
    let kind = answer.headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let json = || serde_json::from_slice::<serde_json::Value>(&answer.body).ok();
    let has_cinema = || json().is_some_and(|json| json.get("cinema").is_some_and(serde_json::Value::is_object));
    kind.starts_with("application/problem+json")
        || answer.headers.contains_key(wire::SERVER_TIME)
        || answer.status.is_success() && has_cinema()
}

fn speaks_quickshow(answer: &Exchange) -> bool {
    let told = serde_json::from_slice(&answer.body).map(Answer);
    told.is_ok_and(|told| told.says().is_some() || told.0.is_object() && told.list(&["shows", "show"]).is_some())
}

/// An answer for people, in place of the one that was expected.
fn words(answer: &Exchange) -> String {
    let status = answer.status;
    let text = String::from_utf8_lossy(&answer.body[..answer.body.len().min(64 * 1024)]);
    let said = match said_in_page(&text) {
        said if said.is_empty() => String::new(),
        said => format!(", \"{said}\""),
    };
    if status.is_redirection() {
        let place = answer.headers.get(LOCATION).and_then(|place| place.to_str().ok()).unwrap_or_default();
        return format!("a redirect to \"{}\" ({status}), perhaps a proxy's login page", clean(place, 120));
    }
    if matches!(status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN | StatusCode::PROXY_AUTHENTICATION_REQUIRED) {
        return format!("a wish for a sign-in of its own ({status}{said}), perhaps a proxy's");
    }
    if status.is_server_error() {
        return format!("an error of its own ({status}{said})");
    }
    match (is_page(&text), answer.body.is_empty()) {
        _ if !status.is_success() => format!("{status}{said}"),
        (true, _) => format!("a web page ({status}{said})"),
        (_, true) => format!("nothing ({status})"),
        _ => format!("something else ({status})"),
    }
}
