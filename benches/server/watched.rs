//! The sale of one show that is fought for, with nobody watching it and with hundreds who do.

use super::House;
use base64::{Engine, engine::general_purpose::STANDARD};
use frontrow::{
    domain::{
        ids::SeatId,
        show::{SeatState, SeatStates, Show},
    },
    wire::{self, SeatChanges, SeatsAnswer},
};
use futures_util::future::join_all;
use serde_json::json;
use std::{
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    task::JoinHandle,
    time::sleep,
};

const BUYERS: usize = 64;
const WATCHERS: usize = 500;
/// The seats that all buyers want.
const CONTESTED: usize = 100;
const ROUNDS: usize = 6;
const ROUND: Duration = Duration::from_secs(5);
const PATIENCE: Duration = Duration::from_secs(20);

/// Measures both in turns and prints the rates and their ratio.
pub fn compare() {
    let house = House::open();
    house.runtime.block_on(async {
        let (show, seats) = roomiest(&house).await.expect("the demo is there");
        println!("watched_show: {BUYERS} buyers fight for {CONTESTED} seats of one show, {ROUND:?} a round");
        println!("round  sales/s alone  sales/s with {WATCHERS} watchers  ratio  batches a watcher");
        let (mut alone_in_all, mut watched_in_all) = (0.0, 0.0);
        for round in 0..ROUNDS {
            let (mut alone, mut watched, mut batches) = (0.0, 0.0, 0);
            // The first of a round finds other caches than the second.
            for with_watchers in [round % 2 == 0, round % 2 == 1] {
                if with_watchers {
                    let watchers = watch(&house, &show).await;
                    watched = fight(&house, &show, &seats).await.expect("the server sells");
                    batches = must_know_the_truth(&house, &show, watchers).await;
                } else {
                    alone = fight(&house, &show, &seats).await.expect("the server sells");
                }
            }
            println!("{round:>5}  {alone:>13.0}  {watched:>26.0}  {:>5.2}  {batches:>17}", watched / alone);
            alone_in_all += alone;
            watched_in_all += watched;
        }
        println!("ratio of all rounds: {:.2}", watched_in_all / alone_in_all);
    });
}

/// The show with the most free seats, and some of these.
async fn roomiest(house: &House) -> Result<(Show, Vec<SeatId>), reqwest::Error> {
    let (at, _) = house.shows.iter().enumerate().max_by_key(|(_, show)| show.free).expect("a show");
    let (show, mut seats) = house.seats(at).await?;
    seats.truncate(CONTESTED);
    Ok((show, seats))
}

/// Buyers who hold a seat that is free, book it and give it back, over and over; returns the sales a second.
async fn fight(house: &House, show: &Show, seats: &[SeatId]) -> Result<f64, reqwest::Error> {
    let token = house.token().await?;
    let started = Instant::now();
    let buyers = (0..BUYERS).map(|buyer| {
        let token = &token;
        async move {
            let url = house.running.url();
            let (mut sales, mut tries) = (0, 0);
            while started.elapsed() < ROUND {
                tries += 1;
                let wish = json!({"show": show.id, "seats": [seats[(buyer * 37 + tries * 11) % seats.len()]]});
                let answer = house.client.post(format!("{url}/v1/holds")).json(&wish).send().await?;
                if answer.status() == 409 {
                    continue;
                }
                let held: wire::HoldCreated = answer.error_for_status()?.json().await?;
                let sale = house.client.post(format!("{url}/v1/bookings")).bearer_auth(token);
                let sale = sale.header("Hold-Token", &held.token).header("Idempotency-Key", &held.hold.id.0);
                let sale = sale.json(&json!({"hold": held.hold.id, "payment": "demo"})).send().await?;
                let booked: wire::BookingAnswer = sale.error_for_status()?.json().await?;
                sales += 1;
                let cancel = format!("{url}/v1/bookings/{}/cancel", booked.booking.code);
                house.client.post(cancel).bearer_auth(token).send().await?.error_for_status()?;
            }
            Ok::<usize, reqwest::Error>(sales)
        }
    });
    let sales: usize = join_all(buyers).await.into_iter().sum::<Result<_, _>>()?;
    Ok(sales as f64 / started.elapsed().as_secs_f64())
}

/// One watcher: what came, and the task that takes it in.
struct Watcher {
    heard: Arc<Mutex<Vec<u8>>>,
    task: JoinHandle<()>,
}

/// Watchers who have all heard the first states.
async fn watch(house: &House, show: &Show) -> Vec<Watcher> {
    let host = house.running.url().trim_start_matches("http://").to_owned();
    let ask = format!("GET /v1/shows/{}/events HTTP/1.1\r\nhost: {host}\r\n\r\n", show.id);
    let mut watchers = Vec::new();
    for _ in 0..WATCHERS {
        let mut line = TcpStream::connect(&host).await.expect("a line to the server");
        line.write_all(ask.as_bytes()).await.expect("the server listens");
        let heard = Arc::new(Mutex::new(Vec::new()));
        let hears = Arc::clone(&heard);
        let task = tokio::spawn(async move {
            let mut bytes = vec![0; 16 * 1024];
            while let Ok(count @ 1..) = line.read(&mut bytes).await {
                hears.lock().expect("nobody panics").extend_from_slice(&bytes[..count]);
            }
        });
        watchers.push(Watcher { heard, task });
    }
    let started = Instant::now();
    while !watchers.iter().all(|watcher| watcher.text().contains("\ndata: ")) {
        assert!(started.elapsed() < PATIENCE, "somebody hears nothing");
        sleep(Duration::from_millis(10)).await;
    }
    watchers
}

/// Waits until every watcher's map is that of the server; returns how many batches one has heard.
async fn must_know_the_truth(house: &House, show: &Show, watchers: Vec<Watcher>) -> usize {
    let url = format!("{}/v1/shows/{}/seats", house.running.url(), show.id);
    let answer = house.client.get(url).send().await.expect("the server answers");
    let truth = states(&answer.json().await.expect("states"));
    let started = Instant::now();
    for watcher in &watchers {
        while watcher.map() != truth {
            assert!(started.elapsed() < PATIENCE, "a watcher has another map than the server");
            sleep(Duration::from_millis(10)).await;
        }
    }
    watchers.iter().for_each(|watcher| watcher.task.abort());
    watchers[0].text().matches("event: ").count()
}

impl Watcher {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.heard.lock().expect("nobody panics")).into_owned()
    }

    /// The map as told so far. Each event comes in a chunk of its own, so its data are in one line.
    fn map(&self) -> SeatStates {
        let (mut map, mut kind) = (SeatStates::default(), String::new());
        for line in self.text().lines() {
            if let Some(event) = line.strip_prefix("event: ") {
                kind = event.to_owned();
            }
            match (kind.as_str(), line.strip_prefix("data: ")) {
                ("states", Some(data)) => {
                    map = serde_json::from_str(data).map(|answer| states(&answer)).unwrap_or_default()
                }
                ("changes", Some(data)) => {
                    let told = serde_json::from_str::<SeatChanges>(data).map(|told| told.changes).unwrap_or_default();
                    told.into_iter().for_each(|(seat, state)| map.set(seat as usize, SeatState::of_bits(state)));
                }
                _ => {}
            }
        }
        map
    }
}

fn states(answer: &SeatsAnswer) -> SeatStates {
    let packed = STANDARD.decode(&answer.states).expect("base64");
    SeatStates::of_packed(answer.count as usize, packed).expect("two bits a seat")
}
