//! How many sales a second one box office makes: hold and confirm of one seat over HTTP, every sale on the disk; what
//! watchers of the show take from that (`-- watched_show`); and what a fresh token for each call costs.

#[path = "server/watched.rs"]
mod watched;

use divan::{Bencher, counter::ItemsCount};
use frontrow::{
    domain::{
        chart,
        env::{Clock, Entropy},
        ids::SeatId,
        rules::{Limits, Rules},
        show::{SeatState, SeatStates, Show},
    },
    server::{Demo, Options, Running, faults::Faults, start},
    wire,
};
use futures_util::future::join_all;
use jiff::Timestamp;
use reqwest::Client;
use serde_json::json;
use std::{
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{
        TcpListener, TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
    runtime::Runtime,
};

fn main() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    // Two rates that are to be compared are measured in turns, which divan does not do.
    let only = std::env::args().skip(1).find(|argument| !argument.starts_with('-'));
    if std::env::args().any(|argument| argument == "--bench") && only.is_none_or(|name| "watched_show".contains(&name))
    {
        watched::compare();
    }
    divan::main();
}

struct SystemClock(Instant);

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
    fn monotonic_ms(&self) -> u64 {
        self.0.elapsed().as_millis() as u64
    }
}

struct SystemEntropy;

impl Entropy for SystemEntropy {
    fn fill(&self, bytes: &mut [u8]) {
        getrandom::fill(bytes).expect("the system has randomness");
    }
}

/// A server with its demo, and somebody who is signed in.
struct House {
    runtime: Runtime,
    running: Running,
    client: Client,
    signed_in: wire::SignedIn,
    shows: Vec<Show>,
    _dir: TempDir,
}

async fn serve(dir: &TempDir) -> Running {
    let options = Options {
        data_dir: dir.path().to_owned(),
        bind: "127.0.0.1:0".parse().expect("an address"),
        demo: Demo::Seed,
        rules: Rules {
            limits: Limits { mints_per_second: u32::MAX, mints_at_once: u32::MAX, ..Limits::default() },
            ..Rules::default()
        },
        public_url: None,
        mailer: None,
        outside: Default::default(),
        clock: Arc::new(SystemClock(Instant::now())),
        entropy: Arc::new(SystemEntropy),
        faults: Faults::default(),
    };
    start(options).await.expect("the server starts")
}

impl House {
    fn open() -> Self {
        let runtime = Runtime::new().expect("a runtime");
        let dir = TempDir::new().expect("a folder");
        let client = Client::builder().no_proxy().build().expect("a client");
        let running = runtime.block_on(serve(&dir));
        let (signed_in, shows) = runtime
            .block_on(async {
                let url = running.url();
                let person = json!({"email": "ann@example.org", "password": "correct horse", "name": "Ann"});
                let signed_in =
                    client.post(format!("{url}/v1/auth/sign-up")).json(&person).send().await?.json().await?;
                let movies: wire::MoviesAnswer = client.get(format!("{url}/v1/movies")).send().await?.json().await?;
                let mut shows = Vec::new();
                for movie in movies.movies {
                    let path = format!("{url}/v1/shows?movie={}", movie.id);
                    shows.extend(client.get(path).send().await?.json::<wire::ShowsAnswer>().await?.shows);
                }
                shows.retain(|show| show.free >= Some(100));
                Ok::<_, reqwest::Error>((signed_in, shows))
            })
            .expect("the demo is there");
        Self { runtime, running, client, signed_in, shows, _dir: dir }
    }

    async fn token(&self) -> Result<String, reqwest::Error> {
        let url = format!("{}/v1/sessions/{}/tokens", self.running.url(), self.signed_in.session.id);
        let answer = self.client.post(url).bearer_auth(&self.signed_in.credential).send().await?;
        Ok(answer.json::<wire::TokenAnswer>().await?.jwt)
    }

    /// The free single seats of the `n`th show.
    async fn seats(&self, n: usize) -> Result<(Show, Vec<SeatId>), reqwest::Error> {
        let show = self.shows[n % self.shows.len()].clone();
        let url = format!("{}/v1/charts/{}", self.running.url(), show.chart);
        let text = self.client.get(url).send().await?.text().await?;
        let chart = chart::json::parse(&text).expect("the server's charts are right");
        let packed = self.client.get(format!("{}/v1/shows/{}/seats", self.running.url(), show.id));
        let packed = packed.header("Accept", "application/octet-stream").send().await?.bytes().await?.to_vec();
        let states = SeatStates::of_packed(chart.seats.len(), packed).expect("two bits a seat");
        let free = chart.seats.into_iter().zip(states.iter());
        let free = free.filter(|(seat, state)| *state == SeatState::Free && seat.couch.is_none());
        Ok((show, free.map(|(seat, _)| seat.id).collect()))
    }

    /// Holds a seat and books it.
    async fn sell(&self, token: &str, show: &Show, seat: &SeatId) -> Result<(), reqwest::Error> {
        let url = self.running.url();
        let wish = json!({"show": show.id, "seats": [seat]});
        let answer = self.client.post(format!("{url}/v1/holds")).json(&wish).send().await?.error_for_status()?;
        let held: wire::HoldCreated = answer.json().await?;
        let sale = self.client.post(format!("{url}/v1/bookings")).bearer_auth(token);
        let sale = sale.header("Hold-Token", &held.token).header("Idempotency-Key", &held.hold.id.0);
        let booked = sale.json(&json!({"hold": held.hold.id, "payment": "demo"})).send().await?;
        booked.error_for_status().map(drop)
    }
}

/// `CALLERS` people at once, each for an own seat of one show.
#[divan::bench(consts = [1, 16, 64], sample_count = 20, sample_size = 1)]
fn hold_and_confirm<const CALLERS: usize>(bencher: Bencher) {
    let house = House::open();
    let mut n = 0;
    let inputs = || {
        n += 1;
        house.runtime.block_on(async { Ok((house.token().await?, house.seats(n).await?)) })
    };
    bencher.counter(ItemsCount::new(CALLERS)).with_inputs(inputs).bench_local_values(|input| {
        let (token, (show, seats)) = input.map_err(|e: reqwest::Error| e.to_string()).expect("the server answers");
        let sales = seats.iter().take(CALLERS).map(|seat| house.sell(&token, &show, seat));
        for sale in house.runtime.block_on(join_all(sales)) {
            sale.expect("a sale is made");
        }
    });
}

/// A line to the server on which an answer comes this many milliseconds later; 0 leaves it as it is.
const ROUND_TRIPS: [u64; 2] = [0, 4];

/// Passes everything on, in each direction half a round trip later.
async fn line(server: SocketAddr, round_trip: Duration) -> std::io::Result<SocketAddr> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let Ok(server) = TcpStream::connect(server).await else { return };
            let _ = (client.set_nodelay(true), server.set_nodelay(true));
            let ((from_client, to_client), (from_server, to_server)) = (client.into_split(), server.into_split());
            tokio::spawn(late(from_client, to_server, round_trip / 2));
            tokio::spawn(late(from_server, to_client, round_trip / 2));
        }
    });
    Ok(address)
}

async fn late(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, by: Duration) {
    let mut bytes = vec![0; 64 * 1024];
    while let Ok(count @ 1..) = from.read(&mut bytes).await {
        tokio::time::sleep(by).await;
        if to.write_all(&bytes[..count]).await.is_err() {
            break;
        }
    }
}

/// What the policies `always` (a mint and the call) and `leeway` (the call with a token that is there) cost on a
/// connection that is kept alive.
struct Caller {
    house: House,
    url: String,
}

impl Caller {
    fn at(round_trip_ms: u64) -> Self {
        let house = House::open();
        let server = house.running.url().trim_start_matches("http://").parse().expect("an address");
        let url = match round_trip_ms {
            0 => house.running.url().to_owned(),
            ms => {
                let line = house.runtime.block_on(line(server, Duration::from_millis(ms)));
                format!("http://{}", line.expect("a line to the server"))
            }
        };
        Self { house, url }
    }

    async fn mint(&self) -> Result<String, reqwest::Error> {
        let url = format!("{}/v1/sessions/{}/tokens", self.url, self.house.signed_in.session.id);
        let answer = self.house.client.post(url).bearer_auth(&self.house.signed_in.credential).send().await?;
        Ok(answer.error_for_status()?.json::<wire::TokenAnswer>().await?.jwt)
    }

    async fn call(&self, token: &str) -> Result<(), reqwest::Error> {
        let answer = self.house.client.get(format!("{}/v1/me", self.url)).bearer_auth(token).send().await?;
        answer.error_for_status()?.bytes().await.map(drop)
    }
}

#[divan::bench(args = ROUND_TRIPS, sample_count = 200, sample_size = 1)]
fn call_with_a_kept_token(bencher: Bencher, round_trip_ms: u64) {
    let caller = Caller::at(round_trip_ms);
    let token = caller.house.runtime.block_on(caller.mint()).expect("a token");
    bencher.bench_local(|| caller.house.runtime.block_on(caller.call(&token)).expect("an answer"));
}

#[divan::bench(args = ROUND_TRIPS, sample_count = 200, sample_size = 1)]
fn mint_and_call(bencher: Bencher, round_trip_ms: u64) {
    let caller = Caller::at(round_trip_ms);
    bencher.bench_local(|| {
        let answered = async { caller.call(&caller.mint().await?).await };
        caller.house.runtime.block_on(answered).expect("an answer");
    });
}

/// From nothing to the first answered request, with the demo seeded into a fresh folder.
#[divan::bench(sample_count = 10, sample_size = 1)]
fn first_start(bencher: Bencher) {
    let runtime = Runtime::new().expect("a runtime");
    bencher.with_inputs(|| TempDir::new().expect("a folder")).bench_local_values(|dir| {
        let running = runtime.block_on(serve(&dir));
        runtime.block_on(running.stop());
        dir
    });
}
