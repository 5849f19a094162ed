//! Live seats: what watchers of a show hear.

use crate::house::{House, book_request};
use base64::{Engine, engine::general_purpose::STANDARD};
use frontrow::{
    domain::{
        ids::SeatId,
        show::{SeatState, SeatStates, Show},
    },
    wire::{self, SeatChanges, SeatsAnswer},
};
use futures_util::future::join_all;
use reqwest::{Method, Response};
use serde_json::json;
use std::time::Duration;
use tokio::{io::AsyncWriteExt, net::TcpStream, time::timeout};

/// Longer than anything here takes.
const PATIENCE: Duration = Duration::from_secs(20);

/// Somebody who watches a show.
struct Watcher {
    stream: Response,
    text: String,
    states: SeatStates,
    /// The id of the last event.
    id: String,
    /// The kinds of the events so far.
    heard: Vec<String>,
}

impl Watcher {
    async fn of(house: &House, show: &Show) -> Self {
        Self::from(house, show, None).await
    }

    /// One who has heard the event `known`.
    async fn from(house: &House, show: &Show, known: Option<&Self>) -> Self {
        let mut request = house.request(Method::GET, &format!("/v1/shows/{}/events", show.id));
        if let Some(known) = known {
            request = request.header("Last-Event-ID", &known.id);
        }
        let stream = request.header("Accept-Encoding", "gzip").send().await.unwrap();
        assert_eq!(stream.status(), 200);
        assert_eq!(stream.headers()["content-type"], "text/event-stream");
        assert_eq!(stream.headers()["cache-control"], "no-store");
        assert!(!stream.headers().contains_key("content-encoding"));
        let states = known.map(|known| known.states.clone()).unwrap_or_default();
        Self { stream, text: String::new(), states, id: String::new(), heard: Vec::new() }
    }

    /// Takes in the next event; false when the stream has ended.
    async fn hear(&mut self) -> bool {
        loop {
            if let Some((event, rest)) = self.text.split_once("\n\n") {
                let (event, rest) = (event.to_owned(), rest.to_owned());
                self.text = rest;
                if self.take_in(&event) {
                    return true;
                }
            } else {
                match timeout(PATIENCE, self.stream.chunk()).await.expect("something is heard") {
                    Ok(Some(bytes)) => self.text.push_str(std::str::from_utf8(&bytes).unwrap()),
                    Ok(None) => return false,
                    Err(error) => panic!("the stream breaks off: {error}"),
                }
            }
        }
    }

    fn take_in(&mut self, event: &str) -> bool {
        let field = |name: &str| event.lines().find_map(|line| line.strip_prefix(name)).map(str::to_owned);
        let Some(kind) = field("event: ") else { return false };
        let data = field("data: ").unwrap();
        match kind.as_str() {
            "states" => {
                let all: SeatsAnswer = serde_json::from_str(&data).unwrap();
                let packed = STANDARD.decode(all.states).unwrap();
                self.states = SeatStates::of_packed(all.count as usize, packed).unwrap();
            }
            "changes" => {
                let new: SeatChanges = serde_json::from_str(&data).unwrap();
                assert_eq!(new.v, 1);
                for (seat, state) in new.changes {
                    let state = SeatState::of_bits(state);
                    assert_ne!(self.states.get(seat as usize), state, "only what is new is told");
                    self.states.set(seat as usize, state);
                }
            }
            other => panic!("{other} is no event"),
        }
        self.id = field("id: ").unwrap();
        self.heard.push(kind);
        true
    }

    /// Listens until the map is so.
    async fn until(&mut self, what: &str, so: impl Fn(&SeatStates) -> bool) {
        while self.states.is_empty() || !so(&self.states) {
            assert!(self.hear().await, "the stream ended before {what}");
        }
    }

    async fn until_state(&mut self, seat: usize, state: SeatState) {
        self.until(state.word(), |states| states.get(seat) == state).await;
    }
}

/// A show, some free seats of it, and their places in the chart.
async fn show_with_seats(house: &House, hall: &str) -> (Show, Vec<SeatId>, Vec<usize>) {
    let show = house.show_in(hall).await;
    let (chart, seats) = (house.chart(&show).await, house.free_seats(&show).await);
    let place = |id: &SeatId| chart.seats.iter().position(|seat| seat.id == *id).unwrap();
    let places = seats.iter().map(place).collect();
    (show, seats, places)
}

#[tokio::test]
async fn a_watcher_sees_holds_releases_sales_cancellations_and_ends_of_holds() {
    use SeatState::{Free, Held, Sold};
    let house = House::open().await;
    let (show, seats, places) = show_with_seats(&house, "hall-1").await;
    let ann = house.sign_up("ann@example.org").await;
    let mut watcher = Watcher::of(&house, &show).await;
    assert!(watcher.hear().await);
    assert_eq!(watcher.states, house.states(&show).await);

    let held: wire::HoldCreated = house.hold(&show, &seats[..2]).await.must_be(201).read();
    watcher.until_state(places[0], Held).await;
    assert_eq!(watcher.states.get(places[1]), Held, "what happens together is told together");
    let path = format!("/v1/holds/{}", held.hold.id);
    let with_token = |method| house.request(method, &path).header("Hold-Token", &held.token);
    let change = json!({"add": seats[2..4], "remove": seats[..2]});
    house.send(with_token(Method::PATCH).json(&change)).await.must_be(200);
    watcher.until_state(places[0], Free).await;
    assert_eq!(watcher.states.get(places[2]), Held);
    assert_eq!(watcher.states.get(places[1]), Free);
    house.send(with_token(Method::DELETE)).await.must_be(204);
    watcher.until_state(places[2], Free).await;

    let held: wire::HoldCreated = house.hold(&show, &seats[..1]).await.must_be(201).read();
    let booking = ann.book(&held, "sale").await.must_be(201).read::<wire::BookingAnswer>().booking;
    watcher.until_state(places[0], Sold).await;
    ann.ask(Method::POST, &format!("/v1/bookings/{}/cancel", booking.code)).await.must_be(200);
    watcher.until_state(places[0], Free).await;

    house.hold(&show, &seats[..3]).await.must_be(201);
    watcher.until_state(places[2], Held).await;
    house.clock.advance_minutes(10);
    watcher.until_state(places[2], Free).await;
    assert_eq!(watcher.states, house.states(&show).await);
    assert_eq!(watcher.heard.iter().filter(|kind| *kind == "states").count(), 1, "{:?}", watcher.heard);
}

#[tokio::test]
async fn a_hold_that_stood_before_anybody_watched_is_seen_to_end() {
    let house = House::open().await;
    let (show, seats, places) = show_with_seats(&house, "studio").await;
    let held: wire::HoldCreated = house.hold(&show, &seats[..1]).await.must_be(201).read();
    let mut watcher = Watcher::of(&house, &show).await;
    watcher.until_state(places[0], SeatState::Held).await;
    // More time: it does not end when it would have ended.
    house.clock.advance_minutes(9);
    let extend = house.request(Method::PATCH, &format!("/v1/holds/{}", held.hold.id)).header("Hold-Token", &held.token);
    house.send(extend.json(&json!({"extend": true}))).await.must_be(200);
    house.clock.advance_minutes(2);
    house.hold(&show, &seats[1..2]).await.must_be(201);
    watcher.until_state(places[1], SeatState::Held).await;
    assert_eq!(watcher.states.get(places[0]), SeatState::Held);
    house.clock.advance_minutes(8);
    watcher.until_state(places[0], SeatState::Free).await;
}

#[tokio::test]
async fn the_quickshow_dialect_is_heard_too() {
    let house = House::open().await;
    let (show, seats, places) = show_with_seats(&house, "studio").await;
    let ann = house.sign_up("ann@example.org").await;
    let mut watcher = Watcher::of(&house, &show).await;
    let label = seats[0].0.rsplit_once('/').map(|(row, seat)| format!("{}{seat}", row.rsplit('/').next().unwrap()));
    let wish = json!({"showId": show.id, "selectedSeats": [label.unwrap()]});
    let request = house.request(Method::POST, "/api/booking/create").bearer_auth(ann.token().await).json(&wish);
    let answer = house.send(request).await.must_be(200);
    watcher.until_state(places[0], SeatState::Held).await;
    let page = answer.body["url"].as_str().unwrap_or_else(|| panic!("{}", answer.body)).to_owned();
    house.client.post(page).send().await.unwrap().error_for_status().unwrap();
    watcher.until_state(places[0], SeatState::Sold).await;
}

#[tokio::test]
async fn who_comes_back_hears_just_what_was_missed() {
    let house = House::open().await;
    let (show, seats, places) = show_with_seats(&house, "classic").await;
    let mut stays = Watcher::of(&house, &show).await;
    let mut leaves = Watcher::of(&house, &show).await;
    house.hold(&show, &seats[..1]).await.must_be(201);
    stays.until_state(places[0], SeatState::Held).await;
    leaves.until_state(places[0], SeatState::Held).await;
    let known = Watcher { stream: Watcher::of(&house, &show).await.stream, ..leaves };

    for n in 1..4 {
        house.hold(&show, &seats[n..=n]).await.must_be(201);
        stays.until_state(places[n], SeatState::Held).await;
    }
    let mut back = Watcher::from(&house, &show, Some(&known)).await;
    back.until_state(places[3], SeatState::Held).await;
    assert_eq!(back.heard, ["changes", "changes", "changes"]);
    assert_eq!((&back.states, &back.id), (&stays.states, &stays.id));
    assert_eq!(back.states, house.states(&show).await);
}

#[tokio::test]
async fn who_comes_back_too_late_or_from_another_server_hears_all_states() {
    let house = House::open().await;
    let (show, seats, places) = show_with_seats(&house, "studio").await;
    let mut before = Watcher::of(&house, &show).await;
    assert!(before.hear().await);
    let house = house.restart().await;
    house.hold(&show, &seats[..1]).await.must_be(201);
    for id in [before.id.clone().as_str(), "nonsense", "", "00000000-0", "00000000-18446744073709551615"] {
        before.id = id.to_owned();
        let mut back = Watcher::from(&house, &show, Some(&before)).await;
        back.until_state(places[0], SeatState::Held).await;
        assert_eq!(back.heard, ["states"], "{id}");
    }
}

#[tokio::test]
async fn what_is_done_for_somebody_who_has_hung_up_is_heard_all_the_same() {
    let house = House::open().await;
    let (show, seats, _) = show_with_seats(&house, "classic").await;
    let mut watcher = Watcher::of(&house, &show).await;
    let host = house.running.url().trim_start_matches("http://").to_owned();
    for seat in &seats[..16] {
        let body = json!({"show": show.id, "seats": [seat]}).to_string();
        let mut line = TcpStream::connect(&host).await.unwrap();
        let request = format!(
            "POST /v1/holds HTTP/1.1\r\nhost: {host}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        line.write_all(request.as_bytes()).await.unwrap();
        tokio::task::yield_now().await;
        drop(line);
    }
    // The last one is waited for: all that was before it is done or will never be.
    let last: wire::HoldCreated = house.hold(&show, &seats[16..17]).await.must_be(201).read();
    assert_eq!(last.hold.seats.len(), 1);
    loop {
        let truth = house.states(&show).await;
        watcher.until("the truth", |states| *states == truth).await;
        if watcher.states == house.states(&show).await {
            break;
        }
    }
}

#[tokio::test]
async fn a_show_that_there_is_not_cannot_be_watched() {
    let house = House::open().await;
    for unknown in ["1", "-1", "abc", "007"] {
        house.get(&format!("/v1/shows/{unknown}/events")).await.must_refuse(404, "show_not_found");
    }
    let show = house.show_in("studio").await;
    let path = format!("/v1/shows/{}/events", show.id);
    house.post(&path, json!({})).await.must_refuse(405, "method_not_allowed");
    let head = house.request(Method::HEAD, &path).send().await.unwrap();
    assert_eq!((head.status().as_u16(), &head.headers()["content-type"]), (200, &"text/event-stream".parse().unwrap()));
}

#[tokio::test]
async fn more_watchers_than_are_allowed_are_refused_until_one_has_left() {
    let house = House::open_with(|options| {
        options.rules.limits.watchers = 2;
        options.rules.limits.watchers_per_address = 1;
    })
    .await;
    let show = house.show_in("studio").await;
    let path = format!("/v1/shows/{}/events", show.id);
    // A proxy on this machine says whom it speaks for.
    let ask = |address: &str| house.request(Method::GET, &path).header("X-Forwarded-For", address);
    let first = ask("203.0.113.7").send().await.unwrap();
    assert_eq!(first.status(), 200);
    let refused = house.send(ask("203.0.113.7")).await.must_refuse(429, "rate_limited");
    assert!(refused.body["detail"].as_str().unwrap().contains("at most 1 at a time"), "{}", refused.body);
    assert!(refused.body["retry_after"].is_u64());
    let second = Watcher::of(&house, &show).await;
    house.send(ask("203.0.113.8")).await.must_refuse(503, "busy");
    drop(first);
    let freed = async {
        while ask("203.0.113.7").send().await.unwrap().status() != 200 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    timeout(PATIENCE, freed).await.expect("a place is free again");
    drop(second);
}

#[tokio::test]
async fn a_server_that_stops_ends_the_streams_at_once() {
    let house = House::open().await;
    let (show, seats, places) = show_with_seats(&house, "studio").await;
    let mut watcher = Watcher::of(&house, &show).await;
    house.hold(&show, &seats[..1]).await.must_be(201);
    watcher.until_state(places[0], SeatState::Held).await;
    timeout(Duration::from_secs(5), house.running.stop()).await.expect("nothing is waited for");
    assert!(!watcher.hear().await, "the stream ends");
}

#[tokio::test(flavor = "multi_thread")]
async fn many_watchers_of_a_fight_end_with_the_true_map() {
    let (watchers, buyers) = (60, 16);
    let house = House::open().await;
    let (show, seats, _) = show_with_seats(&house, "grand").await;
    let token = house.sign_up("ann@example.org").await.token().await;
    let listening = (0..watchers).map(|_| Watcher::of(&house, &show));
    let listening = join_all(listening).await;
    // One of them does not listen at all while the others do.
    let (mut asleep, listening) = {
        let mut listening = listening;
        (listening.pop().unwrap(), listening)
    };

    let contested = &seats[..60];
    let fight = join_all((0..buyers).map(|buyer| {
        let (house, show, token) = (&house, &show, &token);
        async move {
            for n in 0..contested.len() {
                let seat = &contested[(n * 7 + buyer * 11) % contested.len()];
                let answer = house.hold(show, std::slice::from_ref(seat)).await;
                if answer.status == 409 {
                    continue;
                }
                let held: wire::HoldCreated = answer.must_be(201).read();
                if n % 3 == 0 {
                    let path = format!("/v1/holds/{}", held.hold.id);
                    let release = house.request(Method::DELETE, &path).header("Hold-Token", &held.token);
                    house.send(release).await.must_be(204);
                } else {
                    let sale = format!("{buyer}-{n}");
                    house.send(book_request(house, token, &held, &sale)).await.must_be(201);
                }
            }
        }
    }));
    let told = tokio::spawn(join_all(listening.into_iter().map(|mut watcher| async move {
        let all_sold = |states: &SeatStates| states.iter().all(|state| state != SeatState::Held);
        // Listens until it has been quiet for a while.
        while let Ok(true) = timeout(Duration::from_millis(1_500), watcher.hear()).await {}
        assert!(all_sold(&watcher.states));
        watcher
    })));
    fight.await;
    let truth = house.states(&show).await;
    for watcher in told.await.unwrap() {
        assert_eq!(watcher.states, truth);
        assert_eq!(watcher.heard.iter().filter(|kind| *kind == "states").count(), 1);
    }
    asleep.until("the truth", |states| *states == truth).await;
}
