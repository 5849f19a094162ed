//! A server of one test, and people who use it.

use base64::{Engine, engine::general_purpose::STANDARD};
use frontrow::{
    domain::{
        chart::{self, Chart},
        env::{Clock, Entropy},
        ids::SeatId,
        show::{SeatState, SeatStates, Show},
    },
    server::{Demo, Options, Rules, Running, StartError, faults::Faults, start},
    wire,
};
use jiff::Timestamp;
use reqwest::{Client, Method, RequestBuilder, StatusCode};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
};
use tempfile::TempDir;

/// A clock that stands still until a test moves it: Sunday 22 November 2026, 11:00 in Berlin.
pub struct StillClock {
    wall: AtomicI64,
    /// Never goes back, even when the wall clock does.
    monotonic: AtomicU64,
}

pub const SUNDAY_MORNING: &str = "2026-11-22T10:00:00Z";

impl StillClock {
    pub fn at(text: &str) -> Arc<Self> {
        let at: Timestamp = text.parse().unwrap();
        Arc::new(Self { wall: AtomicI64::new(at.as_millisecond()), monotonic: AtomicU64::new(0) })
    }
    pub fn advance_minutes(&self, minutes: i64) {
        self.advance_seconds(minutes * 60);
    }
    pub fn advance_seconds(&self, seconds: i64) {
        self.wall.fetch_add(seconds * 1_000, Ordering::SeqCst);
        self.monotonic.fetch_add(seconds.unsigned_abs() * 1_000, Ordering::SeqCst);
    }
    pub fn set(&self, at: Timestamp) {
        let before = self.wall.swap(at.as_millisecond(), Ordering::SeqCst);
        self.monotonic.fetch_add(before.abs_diff(at.as_millisecond()), Ordering::SeqCst);
    }
}

impl Clock for StillClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millisecond(self.wall.load(Ordering::SeqCst)).unwrap()
    }
    fn monotonic_ms(&self) -> u64 {
        self.monotonic.load(Ordering::SeqCst)
    }
}

pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    fn fill(&self, bytes: &mut [u8]) {
        getrandom::fill(bytes).unwrap();
    }
}

/// A running server with its folder and its clock.
pub struct House {
    pub running: Running,
    pub clock: Arc<StillClock>,
    pub faults: Faults,
    pub dir: TempDir,
    pub client: Client,
}

/// An answer, read to its end.
pub struct Answer {
    pub status: StatusCode,
    pub headers: reqwest::header::HeaderMap,
    pub body: Value,
}

impl Answer {
    pub fn code(&self) -> &str {
        self.body["code"].as_str().unwrap_or_default()
    }
    pub fn read<T: DeserializeOwned>(self) -> T {
        serde_json::from_value(self.body).unwrap()
    }
    #[track_caller]
    pub fn must_be(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{}", self.body);
        self
    }
    #[track_caller]
    pub fn must_refuse(self, status: u16, code: &str) -> Self {
        assert_eq!((self.status.as_u16(), self.code()), (status, code), "{}", self.body);
        assert_eq!(self.headers["content-type"], "application/problem+json");
        self
    }
}

pub async fn start_in(dir: &Path, clock: &Arc<StillClock>, faults: &Faults) -> Result<Running, StartError> {
    start_with(dir, clock, faults, |_| ()).await
}

pub async fn start_with(
    dir: &Path,
    clock: &Arc<StillClock>,
    faults: &Faults,
    change: impl FnOnce(&mut Options),
) -> Result<Running, StartError> {
    let bind = "127.0.0.1:0".parse().unwrap();
    let (clock, entropy) = (Arc::clone(clock) as Arc<dyn Clock>, Arc::new(SystemEntropy));
    let faults = faults.clone();
    let mut options = Options {
        data_dir: dir.to_owned(),
        bind,
        demo: Demo::Seed,
        rules: Rules::default(),
        public_url: None,
        mailer: None,
        outside: Default::default(),
        clock,
        entropy,
        faults,
    };
    change(&mut options);
    start(options).await
}

pub fn http_client() -> Client {
    // Only the first test of the process installs it.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder().no_proxy().build().unwrap()
}

impl House {
    pub async fn open() -> Self {
        let (dir, clock, faults) = (TempDir::new().unwrap(), StillClock::at(SUNDAY_MORNING), Faults::default());
        let running = start_in(dir.path(), &clock, &faults).await.unwrap();
        Self { running, clock, faults, dir, client: http_client() }
    }

    /// One that runs otherwise than the others.
    pub async fn open_with(change: impl FnOnce(&mut Options)) -> Self {
        let (dir, clock, faults) = (TempDir::new().unwrap(), StillClock::at(SUNDAY_MORNING), Faults::default());
        let running = start_with(dir.path(), &clock, &faults, change).await.unwrap();
        Self { running, clock, faults, dir, client: http_client() }
    }

    /// Stops the server and starts it again in the same folder.
    pub async fn restart(self) -> Self {
        self.restart_with(Rules::default()).await
    }

    pub async fn restart_with(self, rules: Rules) -> Self {
        self.running.stop().await;
        let running =
            start_with(self.dir.path(), &self.clock, &self.faults, |options| options.rules = rules).await.unwrap();
        Self { running, ..self }
    }

    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}{path}", self.running.url()))
    }

    pub async fn send(&self, request: RequestBuilder) -> Answer {
        read(request).await
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(self.request(Method::GET, path)).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.send(self.request(Method::POST, path).json(&body)).await
    }

    /// A show of this hall that nobody has looked at, still on sale.
    pub async fn show_in(&self, hall: &str) -> Show {
        let movies: wire::MoviesAnswer = self.get("/v1/movies").await.must_be(200).read();
        for movie in movies.movies {
            let shows: wire::ShowsAnswer = self.get(&format!("/v1/shows?movie={}", movie.id)).await.read();
            if let Some(show) = shows.shows.into_iter().find(|s| s.hall.as_str() == hall && s.free > Some(20)) {
                return show;
            }
        }
        panic!("no show in {hall}");
    }

    /// The show of this hall with the most free seats, a day ahead at least.
    pub async fn emptiest_show_in(&self, hall: &str) -> Show {
        let all: wire::ShowsAnswer = self.get("/v1/shows").await.must_be(200).read();
        let tomorrow = self.clock.now() + jiff::SignedDuration::from_hours(24);
        let shows = all.shows.into_iter().filter(|show| show.hall.as_str() == hall && show.starts_at > tomorrow);
        shows.max_by_key(|show| show.free).expect("a show")
    }

    pub async fn chart(&self, show: &Show) -> Chart {
        let text = self.request(Method::GET, &format!("/v1/charts/{}", show.chart)).send().await.unwrap();
        chart::json::parse(&text.text().await.unwrap()).unwrap()
    }

    pub async fn states(&self, show: &Show) -> SeatStates {
        let seats: wire::SeatsAnswer = self.get(&format!("/v1/shows/{}/seats", show.id)).await.must_be(200).read();
        SeatStates::of_packed(seats.count as usize, STANDARD.decode(seats.states).unwrap()).unwrap()
    }

    /// The ordinary seats of a show that are free.
    pub async fn free_seats(&self, show: &Show) -> Vec<SeatId> {
        let (chart, states) = (self.chart(show).await, self.states(show).await);
        let seats = chart.seats.iter().zip(states.iter());
        let free = seats.filter(|(seat, state)| *state == SeatState::Free && seat.couch.is_none());
        free.map(|(seat, _)| seat.id.clone()).collect()
    }

    pub async fn state_of(&self, show: &Show, seat: &SeatId) -> SeatState {
        let at = self.chart(show).await.seats.iter().position(|s| s.id == *seat).unwrap();
        self.states(show).await.get(at)
    }

    pub async fn hold(&self, show: &Show, seats: &[SeatId]) -> Answer {
        self.post("/v1/holds", json!({"show": show.id, "seats": seats})).await
    }

    pub async fn sign_up(&self, email: &str) -> Guest<'_> {
        let body = json!({"email": email, "password": "correct horse", "name": "Ann"});
        let signed_in: wire::SignedIn = self.post("/v1/auth/sign-up", body).await.must_be(201).read();
        Guest { house: self, signed_in }
    }
}

pub async fn read(request: RequestBuilder) -> Answer {
    let response = request.send().await.unwrap();
    let (status, headers) = (response.status(), response.headers().clone());
    let bytes = response.bytes().await.unwrap();
    let body = serde_json::from_slice(&bytes).unwrap_or_else(|_| json!(String::from_utf8_lossy(&bytes)));
    Answer { status, headers, body }
}

/// Somebody with an account.
pub struct Guest<'a> {
    pub house: &'a House,
    pub signed_in: wire::SignedIn,
}

impl Guest<'_> {
    pub async fn token(&self) -> String {
        let path = format!("/v1/sessions/{}/tokens", self.signed_in.session.id);
        let request = self.house.request(Method::POST, &path).bearer_auth(&self.signed_in.credential);
        self.house.send(request).await.must_be(200).read::<wire::TokenAnswer>().jwt
    }

    pub async fn ask(&self, method: Method, path: &str) -> Answer {
        let token = self.token().await;
        self.house.send(self.house.request(method, path).bearer_auth(token)).await
    }

    /// Books a hold under a sale's name.
    pub async fn book(&self, hold: &wire::HoldCreated, key: &str) -> Answer {
        let token = self.token().await;
        let request = book_request(self.house, &token, hold, key);
        self.house.send(request).await
    }
}

pub fn book_request(house: &House, bearer: &str, hold: &wire::HoldCreated, key: &str) -> RequestBuilder {
    house
        .request(Method::POST, "/v1/bookings")
        .bearer_auth(bearer)
        .header("Hold-Token", &hold.token)
        .header("Idempotency-Key", key)
        .json(&json!({"hold": hold.hold.id, "payment": "demo"}))
}
