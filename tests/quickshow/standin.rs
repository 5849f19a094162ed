//! A server of the QuickShow family made of answers: recorded ones of real servers, or invented ones of the same
//! shapes. It listens on this machine, on a thread of its own, and remembers what it was asked.

use axum::{
    Router,
    body::{Body, Bytes, to_bytes},
    extract::{Request, State},
    http::StatusCode,
    response::Response,
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::{SignedDuration, Timestamp, ToSpan, civil::Date};
use serde::Deserialize;
use serde_json::{Value, json, value::RawValue};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard},
};
use url::Url;

/// A request and the answer it got.
#[derive(Clone, Debug)]
pub struct Recording {
    /// Its place in the story, from 1.
    pub number: usize,
    pub name: String,
    pub method: String,
    pub path: String,
    /// Who asked; nobody signed in: `None`.
    pub person: Option<String>,
    /// What was sent.
    pub sent: Value,
    pub reply: Reply,
}

#[derive(Clone, Debug)]
pub struct Reply {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

/// The form of a recording in a file.
#[derive(Deserialize)]
struct Form {
    name: String,
    request: FormRequest,
    status: u16,
    /// Those of JSON where none are named.
    #[serde(default = "of_json")]
    headers: BTreeMap<String, String>,
    json: Option<Box<RawValue>>,
    text: Option<String>,
}

fn of_json() -> BTreeMap<String, String> {
    BTreeMap::from([("content-type".to_owned(), "application/json".to_owned())])
}

#[derive(Deserialize)]
struct FormRequest {
    method: String,
    url: String,
    #[serde(rename = "as")]
    person: Option<String>,
    #[serde(default)]
    body: Value,
}

impl Form {
    fn numbered(self, number: usize) -> Recording {
        let body = self.json.map(|json| json.get().to_owned()).or(self.text).unwrap_or_default();
        Recording {
            number,
            name: self.name,
            method: self.request.method,
            path: self.request.url,
            person: self.request.person,
            sent: self.request.body,
            reply: Reply {
                status: self.status,
                // Of another time, and of another length where the times are moved.
                headers: self.headers.into_iter().filter(|(name, _)| name != "etag").collect(),
                body: body.into_bytes(),
            },
        }
    }
}

impl Reply {
    pub fn json(status: u16, body: &Value) -> Self {
        Self::of(status, "application/json; charset=utf-8", body.to_string())
    }

    pub fn html(status: u16, body: &str) -> Self {
        Self::of(status, "text/html; charset=utf-8", body.to_owned())
    }

    pub fn of(status: u16, kind: &str, body: String) -> Self {
        Self { status, headers: vec![("content-type".to_owned(), kind.to_owned())], body: body.into_bytes() }
    }

    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub fn value(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }
}

/// The folder of recordings beside the project, if it is there; in CI it must be.
pub fn recordings_folder() -> Option<PathBuf> {
    let shared = std::env::var_os("FRONTROW_SHARED")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared"), PathBuf::from);
    let folder = shared.join("data/quickshow");
    if folder.is_dir() {
        return Some(folder);
    }
    assert!(std::env::var_os("CI").is_none(), "{} is missing", folder.display());
    eprintln!("left out: {} is not here, so nothing was replayed from it", folder.display());
    None
}

/// The recordings of a server, in order: the files of its folder that are a request and its answer.
pub fn recorded(folder: &Path) -> Vec<Recording> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let numbered = files.iter().filter_map(|file| {
        let number = file.file_name()?.to_str()?.get(..2)?.parse().ok()?;
        let form: Form = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).ok()?;
        Some(form.numbered(number))
    });
    numbered.collect()
}

/// The invented answers of a variant.
pub fn invented(variant: &str) -> Vec<Recording> {
    let file = format!("{}/tests/quickshow/answers/{variant}.json", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{file}: {error}"));
    let forms: Vec<Form> = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{file}: {error}"));
    forms.into_iter().enumerate().map(|(i, form)| form.numbered(i + 1)).collect()
}

/// The variants with invented answers.
pub const INVENTED: [&str; 6] = ["tutorial", "soumishjain", "prince10arya", "anishdass", "stefano", "duong"];

/// What somebody asked.
#[derive(Clone, Debug, PartialEq)]
pub struct Asked {
    pub method: String,
    pub path: String,
    pub person: Option<String>,
    pub origin: Option<String>,
    pub body: Value,
}

impl Asked {
    pub fn line(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    fn is_for(&self, recording: &Recording) -> bool {
        self.method == recording.method && self.path == recording.path
    }
}

/// How the times of a story are told: shows a whole number of days later, and bookings as if the first was made now.
#[derive(Clone, Copy, Debug)]
struct Moved {
    days: i64,
    bookings: SignedDuration,
}

/// The answers, and how far the story has come.
pub struct Story {
    pub recordings: Vec<Recording>,
    /// Answers up to this one are given; of what was asked later only, the first.
    pub told: usize,
    favourite: bool,
    /// The recording that answers whatever it was the answer to, and how far the story is after it.
    replayed: Option<(Recording, usize)>,
    /// What answers everything.
    everything: Option<Reply>,
    /// What answers a method and path before anything else.
    pub instead: Vec<(String, String, Reply)>,
    moved: Option<Moved>,
    /// The moment on the server's clock; without one it is that of this machine.
    now: Option<Timestamp>,
    /// Requests whose path contains this are never answered.
    silent: Option<String>,
}

impl Story {
    /// A story that begins before anything is booked.
    pub fn of(recordings: Vec<Recording>) -> Self {
        let first = recordings.iter().find(|r| r.name == "create-ok").map_or(0, |r| r.number - 1);
        Self {
            recordings,
            told: first,
            favourite: false,
            replayed: None,
            everything: None,
            instead: Vec::new(),
            moved: None,
            now: None,
            silent: None,
        }
    }

    /// As if it happened today: the first shows are tomorrow.
    pub fn today(mut self) -> Self {
        let today = Timestamp::now().in_tz("UTC").unwrap().date();
        let recorded: Date = "2026-11-22".parse().unwrap();
        let days = i64::from((today - recorded).get_days());
        self.moved = Some(Moved { days, bookings: self.since_booking() });
        self
    }

    fn since_booking(&self) -> SignedDuration {
        let booked = self.recordings.iter().find(|r| r.name == "bookings-unpaid").and_then(|r| first_created(&r.reply));
        booked.map_or(SignedDuration::ZERO, |at| Timestamp::now().duration_since(at))
    }

    /// Everything is answered like this.
    pub fn only(reply: Reply) -> Self {
        Self { everything: Some(reply), ..Self::of(Vec::new()) }
    }

    /// This recording answers what it was the answer to; the story is `before` it, and then `after`.
    pub fn replaying(recordings: Vec<Recording>, number: usize, before: usize, after: usize) -> Self {
        let replayed = recordings.iter().find(|r| r.number == number).cloned().expect("the recording is there");
        let favourite = replayed.name == "favorite-toggle-off";
        Self { told: before, favourite, replayed: Some((replayed, after)), ..Self::of(recordings) }
    }

    /// The server's clock stands still at this moment.
    pub fn at(self, now: Timestamp) -> Self {
        Self { now: Some(now), ..self }
    }

    /// What is asked at a path with this in it is never answered.
    pub fn silent_at(self, part: &str) -> Self {
        Self { silent: Some(part.to_owned()), ..self }
    }

    /// The booking that was made is paid.
    pub fn pay(&mut self) {
        self.told = self.named("bookings-paid").expect("a paid booking was recorded").number;
    }

    pub fn named(&self, name: &str) -> Option<&Recording> {
        self.recordings.iter().find(|r| r.name == name)
    }

    fn answer(&mut self, asked: &Asked, accepts_html: bool) -> Reply {
        if let Some(reply) = &self.everything {
            return reply.clone();
        }
        if let Some((_, _, reply)) = self.instead.iter().find(|(m, p, _)| *m == asked.method && *p == asked.path) {
            return reply.clone();
        }
        if let Some((recording, after)) = &self.replayed
            && asked.is_for(recording)
        {
            self.told = *after;
            if recording.name.starts_with("favorite-") {
                self.favourite = recording.name == "favorite-add";
            }
            return recording.reply.clone();
        }
        let reply = match asked.method.as_str() {
            "GET" => self.read(asked, accepts_html),
            _ => self.change(asked),
        };
        match self.moved {
            Some(moved) => moved.reply(reply),
            None => reply,
        }
    }

    fn read(&self, asked: &Asked, accepts_html: bool) -> Reply {
        let all: Vec<&Recording> = self.recordings.iter().filter(|r| asked.is_for(r)).collect();
        let all: Vec<&Recording> = all.into_iter().filter(|r| accepts_html || !r.name.ends_with("-html")).collect();
        if all.is_empty() {
            return self.derived(asked);
        }
        let name = all[0].name.as_str();
        if name.starts_with("favorites") && asked.person.is_some() {
            let wanted = if self.favourite { "favorites-one" } else { "favorites-none" };
            return self.named(wanted).expect("favourites were recorded").reply.clone();
        }
        let anonymous = |r: &&Recording| r.person.is_none();
        let open_to_all =
            name.starts_with("seats") && all.iter().filter(|r| anonymous(r)).all(|r| r.reply.status == 200);
        let theirs: Vec<&Recording> = match &asked.person {
            _ if open_to_all => all.clone(),
            None => all.iter().copied().filter(anonymous).collect(),
            Some(_) if name.starts_with("seats") => all.iter().copied().filter(|r| r.person.is_some()).collect(),
            Some(person) => all.iter().copied().filter(|r| r.person.as_ref() == Some(person)).collect(),
        };
        let until_now = theirs.iter().rev().find(|r| r.number <= self.told);
        let found = match (until_now, theirs.first()) {
            (Some(recording), _) => recording,
            (None, Some(_)) | (None, None) if name.starts_with("bookings") => {
                self.named("bookings-empty").expect("empty bookings were recorded")
            }
            // Nobody had taken any of them when it was first told of.
            (None, _) if name.starts_with("seats") && name != "seats-anon" => {
                self.named("seats-user").expect("free seats were recorded")
            }
            (None, Some(recording)) => recording,
            // Nobody in particular asked for it when it was recorded.
            (None, None) => all[0],
        };
        found.reply.clone()
    }

    fn change(&mut self, asked: &Asked) -> Reply {
        let all: Vec<Recording> = self.recordings.iter().filter(|r| asked.is_for(r)).cloned().collect();
        let Some(first) = all.first() else { return nothing_there(asked) };
        let named = |name: &str| all.iter().find(|r| r.name == name).map(|r| r.reply.clone());
        if first.name.starts_with("favorite") {
            let nobody = asked.person.is_none().then(|| named("favorite-anon")).flatten();
            return nobody.unwrap_or_else(|| {
                self.favourite = !self.favourite;
                let name = if self.favourite { "favorite-add" } else { "favorite-toggle-off" };
                self.named(name).expect("both toggles were recorded").reply.clone()
            });
        }
        if !first.name.starts_with("create") {
            let same = all.iter().find(|r| r.person == asked.person && r.sent == asked.body);
            return same.or(all.iter().find(|r| r.person == asked.person)).unwrap_or(first).reply.clone();
        }
        if let Some(reply) = asked.person.is_none().then(|| named("create-anon")).flatten() {
            return reply;
        }
        if let Some(reply) = asked.origin.is_none().then(|| named("create-no-origin")).flatten() {
            return reply;
        }
        let wanted =
            |r: &&Recording| r.name == "create-ok" && r.person == asked.person && same_sale(&r.sent, &asked.body);
        match all.iter().find(wanted) {
            Some(sale) if self.told < sale.number => {
                let after = self.named("bookings-unpaid").map_or(sale.number, |r| r.number);
                self.told = after;
                if let Some(moved) = &mut self.moved {
                    let since = self.recordings.iter().find(|r| r.name == "bookings-unpaid");
                    let at = since.and_then(|r| first_created(&r.reply));
                    moved.bookings = at.map_or(SignedDuration::ZERO, |at| Timestamp::now().duration_since(at));
                }
                sale.reply.clone()
            }
            _ => named("create-taken").expect("a refusal was recorded"),
        }
    }

    /// What follows from other answers: the times of a film, and the seats of a show, that nobody asked for when it was
    /// recorded.
    fn derived(&self, asked: &Asked) -> Reply {
        let place = |name: &str| Some(self.named(name)?.path.rsplit_once('/')?.0.to_owned());
        let Some((asked_place, id)) = asked.path.rsplit_once('/') else { return nothing_there(asked) };
        let shows = self.named("all-shows-admin").map(|r| r.reply.value()["shows"].clone());
        let shows: Vec<Value> = shows.and_then(|shows| shows.as_array().cloned()).unwrap_or_default();
        if place("show-one").as_deref() == Some(asked_place) {
            let theirs: Vec<&Value> = shows.iter().filter(|show| text(&show["movie"]["_id"]) == id).collect();
            let mut days = serde_json::Map::new();
            for show in &theirs {
                let time = text(&show["showDateTime"]);
                let day = days.entry(time[..10].to_owned()).or_insert_with(|| json!([]));
                day.as_array_mut().expect("a list").push(json!({ "time": time, "showId": show["_id"] }));
            }
            let movie = theirs.first().map_or(Value::Null, |show| show["movie"].clone());
            return Reply::json(200, &json!({ "success": true, "movie": movie, "dateTime": days }));
        }
        if place("seats-user").as_deref() != Some(asked_place) {
            return nothing_there(asked);
        }
        match shows.iter().find(|show| text(&show["_id"]) == id) {
            Some(show) if show["occupiedSeats"].is_object() => {
                let taken: Vec<_> = show["occupiedSeats"].as_object().into_iter().flat_map(|o| o.keys()).collect();
                Reply::json(200, &json!({ "success": true, "occupiedSeats": taken }))
            }
            _ => self.named("seats-user").expect("free seats were recorded").reply.clone(),
        }
    }
}

/// When the first booking of a list was made.
fn first_created(reply: &Reply) -> Option<Timestamp> {
    let value = reply.value();
    let list = ["userBookings", "bookings", "data"].iter().find_map(|key| value[key].as_array())?;
    text(&list.first()?["createdAt"]).parse().ok()
}

fn same_sale(recorded: &Value, asked: &Value) -> bool {
    let seats = |value: &Value| {
        let list = ["selectedSeats", "selectedSeates", "seats"].iter().find_map(|key| value[key].as_array());
        let mut seats: Vec<String> = list.into_iter().flatten().map(text).collect();
        seats.sort();
        seats
    };
    text(&recorded["showId"]) == text(&asked["showId"]) && seats(recorded) == seats(asked)
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Express's answer where it has no route.
pub fn nothing_there(asked: &Asked) -> Reply {
    let page = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>Error</title>\n</head>\n<body>\n<pre>Cannot {} {}</pre>\n</body>\n</html>\n",
        asked.method, asked.path
    );
    Reply::html(404, &page)
}

impl Moved {
    fn reply(self, reply: Reply) -> Reply {
        let Ok(value) = serde_json::from_slice::<Value>(&reply.body) else { return reply };
        Reply { body: self.value("", value).to_string().into_bytes(), ..reply }
    }

    fn value(self, key: &str, value: Value) -> Value {
        match value {
            Value::Object(fields) => {
                let moved = fields.into_iter().map(|(key, value)| {
                    let value = self.value(&key, value);
                    (self.day(&key).unwrap_or(key), value)
                });
                Value::Object(moved.collect())
            }
            Value::Array(list) => list.into_iter().map(|value| self.value(key, value)).collect(),
            Value::String(text) => Value::String(self.instant(key, &text).unwrap_or(text)),
            other => other,
        }
    }

    fn day(self, key: &str) -> Option<String> {
        let day: Date = key.parse().ok().filter(|_| key.len() == "2026-11-23".len())?;
        Some(day.checked_add(self.days.days()).ok()?.to_string())
    }

    fn instant(self, key: &str, text: &str) -> Option<String> {
        let at: Timestamp = text.parse().ok()?;
        let by = match key {
            "createdAt" | "updatedAt" => self.bookings,
            _ => SignedDuration::from_hours(24 * self.days),
        };
        Some(format!("{:.3}", at.checked_add(by).ok()?))
    }
}

/// A server that is up until it is dropped.
pub struct StandIn {
    pub url: Url,
    shared: Arc<Shared>,
    _serving: Serving,
}

struct Shared {
    story: Mutex<Story>,
    asked: Mutex<Vec<Asked>>,
}

impl StandIn {
    pub fn telling(story: Story) -> Self {
        let shared = Arc::new(Shared { story: Mutex::new(story), asked: Mutex::default() });
        let app = Router::new().fallback(answer).with_state(shared.clone());
        let (url, _serving) = serve(app);
        Self { url, shared, _serving }
    }

    pub fn story(&self) -> MutexGuard<'_, Story> {
        self.shared.story.lock().unwrap()
    }

    /// What was asked since the last time.
    pub fn asked(&self) -> Vec<Asked> {
        std::mem::take(&mut self.shared.asked.lock().unwrap())
    }

    /// The changes among what was asked since the last time. What it has no route for changes nothing.
    pub fn changes(&self) -> Vec<Asked> {
        let asked = self.asked();
        let story = self.story();
        let known = |asked: &Asked| story.recordings.iter().any(|recording| asked.is_for(recording));
        asked.into_iter().filter(|asked| asked.method != "GET" && known(asked)).collect()
    }
}

/// The thread that serves, until this is dropped.
pub struct Serving(Option<tokio::runtime::Runtime>);

impl Drop for Serving {
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            // Not waited for: a test that is asynchronous itself must not block.
            runtime.shutdown_background();
        }
    }
}

/// Serves on a thread of its own.
pub fn serve(app: Router) -> (Url, Serving) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let url = Url::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
    runtime.spawn(async move {
        let listener = tokio::net::TcpListener::from_std(listener).unwrap();
        axum::serve(listener, app).await.unwrap();
    });
    (url, Serving(Some(runtime)))
}

async fn answer(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let header = |name: &str| parts.headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let body: Bytes = to_bytes(body, 1 << 20).await.unwrap_or_default();
    let asked = Asked {
        method: parts.method.to_string(),
        path: parts.uri.path().to_owned(),
        person: header("authorization").map(|value| person_of(value.trim_start_matches("Bearer "))),
        origin: header("origin"),
        body: serde_json::from_slice(&body).unwrap_or(Value::Null),
    };
    shared.asked.lock().unwrap().push(asked.clone());
    let silent = shared.story.lock().unwrap().silent.clone();
    if silent.is_some_and(|part| asked.path.contains(&part)) {
        std::future::pending::<()>().await;
    }
    let accepts_html = header("accept").is_some_and(|kinds| kinds.contains("text/html"));
    let (reply, now) = {
        let mut story = shared.story.lock().unwrap();
        (story.answer(&asked, accepts_html), story.now)
    };
    let mut response = Response::new(Body::from(reply.body));
    *response.status_mut() = StatusCode::from_u16(reply.status).unwrap();
    for (name, value) in &reply.headers {
        let name = axum::http::HeaderName::try_from(name).unwrap();
        response.headers_mut().append(name, axum::http::HeaderValue::from_str(value).unwrap());
    }
    if let Some(now) = now {
        let date = now.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
        response.headers_mut().insert(axum::http::header::DATE, date.parse().unwrap());
    }
    response
}

/// A token as Clerk's look, of somebody who is known by a word such as `alice`. Nobody has signed it.
pub fn token(person: &str) -> String {
    let part = |value: Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let claims =
        json!({ "sub": format!("user_2{person}"), "sid": "sess_1", "iat": 1_700_000_000, "exp": 4_000_000_000_u64 });
    format!("{}.{}.c2lnbmF0dXJl", part(json!({ "alg": "RS256", "typ": "JWT" })), part(claims))
}

fn person_of(token: &str) -> String {
    let claims = token.split('.').nth(1).and_then(|part| URL_SAFE_NO_PAD.decode(part).ok());
    let claims: Option<Value> = claims.and_then(|bytes| serde_json::from_slice(&bytes).ok());
    let sub = claims.and_then(|claims| claims["sub"].as_str().map(str::to_owned));
    sub.map_or_else(|| token.to_owned(), |sub| sub.trim_start_matches("user_2").to_owned())
}
