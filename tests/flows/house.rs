//! A box office of one test, on threads of its own, and a clock that can be put forward.

use frontrow::{
    api::{http::Http, native::NativeBoxOffice},
    domain::{
        chart::plan::Plan,
        env::Clock,
        failure::Failure,
        ids::SeatIx,
        seating::spec,
        show::{SeatState, SeatStates, Show, ShowPlan},
    },
    effects::ports::{BoxOffice, SeatsNow},
    platform::env::OsEntropy,
    server::{self, Demo, Options, Running, faults::Faults},
};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use std::{
    future::Future,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::{Duration, Instant},
};
use tempfile::TempDir;
use url::Url;

/// Begins on Sunday 22 November 2026, 11:00 in Berlin, goes on as time does, and can be put forward. The server and
/// the programs of a test share it.
pub struct MovedClock {
    started: Instant,
    ahead_ms: AtomicI64,
}

impl MovedClock {
    fn elapsed_ms(&self) -> i64 {
        self.started.elapsed().as_millis() as i64 + self.ahead_ms.load(Ordering::SeqCst)
    }

    pub fn put_forward(&self, by: Duration) {
        self.ahead_ms.fetch_add(by.as_millis() as i64, Ordering::SeqCst);
    }
}

impl Clock for MovedClock {
    fn now(&self) -> Timestamp {
        let begin: Timestamp = "2026-11-22T10:00:00Z".parse().unwrap();
        begin + SignedDuration::from_millis(self.elapsed_ms())
    }

    fn monotonic_ms(&self) -> u64 {
        self.elapsed_ms() as u64
    }
}

pub struct House {
    pub clock: Arc<MovedClock>,
    pub faults: Faults,
    pub url: Url,
    office: NativeBoxOffice,
    running: Option<Running>,
    dir: TempDir,
    runtime: tokio::runtime::Runtime,
}

/// A show, and how a person comes to it: the film's title, and how many times are above it.
pub struct Choice {
    pub title: String,
    pub show: Show,
    pub nth: usize,
    pub plan: Plan,
}

impl Choice {
    pub fn label(&self, seat: SeatIx) -> String {
        spec::label(&self.plan.chart, seat)
    }
}

impl House {
    pub fn open() -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let clock = Arc::new(MovedClock { started: Instant::now(), ahead_ms: AtomicI64::new(0) });
        let (dir, faults) = (TempDir::new().unwrap(), Faults::default());
        let running = runtime.block_on(start(&dir, "127.0.0.1:0".parse().unwrap(), &clock, &faults));
        let url = Url::parse(running.url()).unwrap();
        let office = NativeBoxOffice::new(Arc::new(Http::new(url.clone())));
        Self { clock, faults, url, office, running: Some(running), dir, runtime }
    }

    /// The server goes away.
    pub fn close(&mut self) {
        let running = self.running.take().expect("it is open");
        self.runtime.block_on(running.stop());
    }

    /// The server comes back where it was.
    pub fn reopen(&mut self) {
        let address = self.url.socket_addrs(|| None).unwrap()[0];
        self.running = Some(self.runtime.block_on(start(&self.dir, address, &self.clock, &self.faults)));
    }

    /// Asks the server as one more client.
    pub fn ask<T>(&self, call: impl Future<Output = Result<T, Failure>>) -> T {
        self.runtime.block_on(call).unwrap()
    }

    pub fn office(&self) -> &NativeBoxOffice {
        &self.office
    }

    /// A show in the first hall with many free seats, not too far down the list.
    pub fn choice(&self) -> Choice {
        for movie in self.ask(self.office.movies()) {
            let shows = self.ask(self.office.shows(&movie.id));
            let wanted = |show: &Show| show.hall.as_str() == "hall-1" && show.free > Some(60);
            if let Some(nth) = shows.iter().position(wanted) {
                let show = shows[nth].clone();
                let chart = self.ask(self.office.chart(&show.chart));
                return Choice { title: movie.title.to_string(), nth, plan: Plan::of(show.chart.clone(), chart), show };
            }
        }
        panic!("no show has more than 60 free seats");
    }

    pub fn states(&self, choice: &Choice) -> SeatStates {
        let (show, chart) = (choice.show.id.clone(), choice.show.chart.clone());
        let of = ShowPlan { show, chart, count: choice.plan.chart.seats.len() };
        match self.ask(self.office.seats(&of, None)) {
            SeatsNow::States { states, .. } => states,
            SeatsNow::Unchanged => panic!("nothing was known before"),
        }
    }

    pub fn count(&self, choice: &Choice, state: SeatState) -> usize {
        self.states(choice).iter().filter(|s| *s == state).count()
    }

    /// So many free seats that follow each other in a row, couches apart.
    pub fn free_run(&self, choice: &Choice, count: usize) -> Vec<SeatIx> {
        let states = self.states(choice);
        let chart = &choice.plan.chart;
        let geometry = &choice.plan.geometry;
        let free = |seat: SeatIx| states.get(seat.get()) == SeatState::Free && chart.seat(seat).couch.is_none();
        for first in chart.indices().filter(|seat| free(*seat)) {
            let run: Vec<SeatIx> =
                std::iter::successors(Some(first), |s| geometry.right(*s).filter(|s| free(*s))).take(count).collect();
            if run.len() == count {
                return run;
            }
        }
        panic!("no {count} free seats follow each other");
    }

    /// Somebody approves the sign-in with this code, by the server's HTTP alone: a person with an account of their own.
    pub fn approve(&self, email: &str, user_code: &str) {
        self.runtime.block_on(async {
            let token = self.token_of(email).await;
            let approval = json!({ "user_code": user_code, "approve": true });
            let call = self.post("/v1/device/approve").bearer_auth(token).json(&approval);
            assert_eq!(call.send().await.unwrap().status(), 204);
        });
    }

    /// A token of a person, who gets an account if there is none yet.
    async fn token_of(&self, email: &str) -> String {
        let password = super::program::PASSWORD;
        let account = json!({ "email": email, "password": password, "name": "Bo" });
        let answer = self.post("/v1/auth/sign-up").json(&account).send().await.unwrap();
        let answer: serde_json::Value = answer.json().await.unwrap();
        answer["access_token"].as_str().unwrap().to_owned()
    }

    fn post(&self, path: &str) -> reqwest::RequestBuilder {
        // The connections are plain: which library would encrypt them does not matter.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        client.post(self.url.join(path).unwrap())
    }

    /// Waits until the server says what is expected of it.
    #[track_caller]
    pub fn wait_until(&self, what: &str, check: impl Fn() -> bool) {
        let deadline = Instant::now() + crate::common::seen::PATIENCE;
        while !check() {
            assert!(Instant::now() < deadline, "never came: {what}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

async fn start(dir: &TempDir, bind: SocketAddr, clock: &Arc<MovedClock>, faults: &Faults) -> Running {
    let clock = Arc::clone(clock) as Arc<dyn Clock>;
    let (data_dir, entropy) = (dir.path().to_owned(), Arc::new(OsEntropy));
    let options = Options {
        data_dir,
        bind,
        demo: Demo::Seed,
        rules: server::Rules::default(),
        public_url: None,
        mailer: None,
        outside: Default::default(),
        clock,
        entropy,
        faults: faults.clone(),
    };
    server::start(options).await.unwrap()
}
