//! One box office, two dialects: ours, through its own API and through its QuickShow routes, is the same cinema.

use crate::client::{bearer_of, labels, terms};
use frontrow::{
    api::{http::Http, native::NativeBoxOffice, quickshow::QuickShow},
    domain::{
        booking::{Booking, BookingStatus, PaymentMethod},
        chart::Chart,
        ids::{MovieId, SaleKey, SeatId, ShowId},
        seating::spec,
        show::{LeftAlone, SeatState, Show, ShowPlan},
    },
    effects::ports::{BoxOffice, Favourite, Sale, SeatsNow},
    platform::env::SystemClock,
};
use reqwest::Client;
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, BTreeSet},
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
    sync::Arc,
};
use tempfile::TempDir;
use url::Url;

/// A running box office, and both ways to it.
struct Cinema {
    url: Url,
    native: NativeBoxOffice,
    quickshow: QuickShow,
    client: Client,
    server: Child,
    _home: TempDir,
}

impl Drop for Cinema {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

impl Cinema {
    fn open() -> Self {
        let home = tempfile::tempdir().unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_frontrow"));
        command.env_clear().env("PATH", "/usr/bin:/bin").env("HOME", home.path()).current_dir(home.path());
        command.args(["--data-dir", "data", "serve", "--demo", "--bind", "127.0.0.1:0"]);
        let mut server = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(server.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        let url = line.trim_end().strip_prefix("frontrow is serving ").unwrap_or_else(|| panic!("{line:?}"));
        let url = Url::parse(url).unwrap();
        let notes = Arc::new(crate::client::Notes::default());
        let clock = Arc::new(SystemClock::new());
        let http = || Arc::new(Http::new(url.clone()));
        let native = NativeBoxOffice::new(http());
        let quickshow = QuickShow::new(http(), terms(), clock, notes, None);
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder().no_proxy().build().unwrap();
        Self { url, native, quickshow, client, server, _home: home }
    }

    /// A token of a new person.
    async fn token(&self, email: &str) -> String {
        let account = json!({ "email": email, "password": "correct horse battery staple", "name": "Ada" });
        let answer = self.client.post(self.url.join("/v1/auth/sign-up").unwrap()).json(&account).send().await.unwrap();
        let answer: Value = answer.error_for_status().unwrap().json().await.unwrap();
        answer["access_token"].as_str().unwrap().to_owned()
    }

    /// A show with a hall in which each label is one seat, and many of them free.
    async fn show(&self) -> Show {
        for movie in self.native.movies().await.unwrap() {
            for show in self.native.shows(&movie.id).await.unwrap() {
                if show.hall.as_str() == "hall-1" && show.free > Some(60) {
                    return show;
                }
            }
        }
        panic!("no show has more than 60 free seats");
    }
}

/// The seats of a show by their labels, and whether each is free.
async fn seats(office: &dyn BoxOffice, id: &ShowId) -> (Arc<Chart>, BTreeMap<String, bool>) {
    let show = office.show(id).await.unwrap();
    let chart = office.chart(&show.chart).await.unwrap();
    let of = ShowPlan { show: show.id, chart: show.chart, count: chart.seats.len() };
    let SeatsNow::States { states, .. } = office.seats(&of, None).await.unwrap() else { panic!("nothing was known") };
    let free = |seat: frontrow::domain::ids::SeatIx| states.get(seat.get()) == SeatState::Free;
    let seats = chart.indices().map(|seat| (spec::label(&chart, seat), free(seat))).collect();
    (chart, seats)
}

async fn buy(office: &dyn BoxOffice, token: &str, show: &ShowId, wanted: &[String], pay: PaymentMethod) -> Booking {
    let (chart, _) = seats(office, show).await;
    let id = |label: &String| {
        let ix = chart.indices().find(|ix| spec::label(&chart, *ix) == *label).expect("both know the seat");
        chart.seat(ix).id.clone()
    };
    let ids: Vec<SeatId> = wanted.iter().map(id).collect();
    let hold = office.hold(show, &ids, LeftAlone::Tell).await.unwrap();
    let key = SaleKey::new(format!("01890000-0000-7000-8000-{:012}", wanted.len() + token.len()));
    match office.book(bearer_of(token), &hold.id, pay, &key).await.unwrap() {
        Sale::Booked(booking) => booking,
        Sale::Sent => office.sold(bearer_of(token), &key).await.unwrap(),
    }
}

#[tokio::test]
async fn films_and_shows_are_the_same() {
    let cinema = Cinema::open();
    let native: BTreeMap<_, _> = cinema
        .native
        .movies()
        .await
        .unwrap()
        .into_iter()
        .filter(|film| film.next_show.is_some())
        .map(|f| (f.id.clone(), f))
        .collect();
    let quickshow: BTreeMap<_, _> =
        cinema.quickshow.movies().await.unwrap().into_iter().map(|f| (f.id.clone(), f)).collect();
    assert_eq!(native.keys().collect::<Vec<_>>(), quickshow.keys().collect::<Vec<_>>());
    for (id, film) in &native {
        let other = &quickshow[id];
        assert_eq!((&film.title, film.year, film.runtime_min), (&other.title, other.year, other.runtime_min));
        assert_eq!((&film.synopsis, &film.genres, &film.cast), (&other.synopsis, &other.genres, &other.cast));
    }
    for id in native.keys().take(3) {
        let times = |shows: Vec<Show>| shows.into_iter().map(|s| (s.starts_at, s.id)).collect::<BTreeSet<_>>();
        let native = times(cinema.native.shows(id).await.unwrap());
        assert_eq!(native, times(cinema.quickshow.shows(id).await.unwrap()), "{id}");
        assert!(!native.is_empty());
    }
}

#[tokio::test]
async fn a_seat_that_is_booked_through_one_is_taken_in_the_other() {
    let cinema = Cinema::open();
    let show = cinema.show().await;
    // The routes of this dialect lead from films to shows, and never back.
    cinema.quickshow.shows(&show.movie).await.unwrap();
    let offices: [(&dyn BoxOffice, PaymentMethod, &dyn BoxOffice); 2] = [
        (&cinema.native, PaymentMethod::Demo, &cinema.quickshow),
        (&cinema.quickshow, PaymentMethod::Link, &cinema.native),
    ];
    for (nth, (office, pay, other)) in offices.into_iter().enumerate() {
        let (_, here) = seats(office, &show.id).await;
        let (_, there) = seats(other, &show.id).await;
        assert_eq!(here, there, "the same seats, and the same are free");
        let token = cinema.token(&format!("person{nth}@example.org")).await;
        assert_eq!(office.bookings(bearer_of(&token)).await.unwrap(), []);
        // A pair at the left end of a row, so that nobody is left alone.
        let mut ends = ('A'..='Z').map(|row| [format!("{row}1"), format!("{row}2")]);
        let pair = ends.find(|pair| pair.iter().all(|label| here.get(label) == Some(&true)));
        let pair = pair.expect("two free seats at the end of a row").to_vec();
        let booking = buy(office, &token, &show.id, &pair, pay).await;
        assert_eq!(labels(&booking), pair);
        let expected = if nth == 0 { BookingStatus::Paid } else { BookingStatus::Pending };
        assert_eq!(booking.status, expected);
        for side in [office, other] {
            let (_, now) = seats(side, &show.id).await;
            assert!(pair.iter().all(|label| !now[label]), "{pair:?}");
            let bookings = side.bookings(bearer_of(&token)).await.unwrap();
            let [seen] = &bookings[..] else { panic!("{bookings:?}") };
            assert_eq!(
                (labels(seen), seen.status, &seen.show),
                (pair.iter().map(String::as_str).collect(), expected, &show.id)
            );
            assert_eq!(seen.total.map(|m| m.minor), booking.total.map(|m| m.minor));
            assert_eq!((seen.starts_at, &seen.troubles[..]), (Some(show.starts_at), &[][..]));
        }
        let taken = office.hold(&show.id, &hold_ids(office, &show.id, &pair).await, LeftAlone::Tell).await.unwrap_err();
        assert_eq!(taken.kind, frontrow::domain::failure::FailureKind::SeatGone, "{}", taken.why);
    }
}

async fn hold_ids(office: &dyn BoxOffice, show: &ShowId, wanted: &[String]) -> Vec<SeatId> {
    let (chart, _) = seats(office, show).await;
    let found = chart.indices().filter(|ix| wanted.contains(&spec::label(&chart, *ix)));
    found.map(|ix| chart.seat(ix).id.clone()).collect()
}

#[tokio::test]
async fn a_film_that_is_marked_through_one_is_marked_in_the_other() {
    let cinema = Cinema::open();
    let token = cinema.token("ada@example.org").await;
    let film: MovieId = cinema.show().await.movie;
    let offices: [(&dyn BoxOffice, &dyn BoxOffice); 2] =
        [(&cinema.native, &cinema.quickshow), (&cinema.quickshow, &cinema.native)];
    for (office, other) in offices {
        for (wanted, after) in [(Favourite::Yes, vec![film.clone()]), (Favourite::No, vec![])] {
            assert_eq!(office.set_favourite(bearer_of(&token), &film, wanted).await.unwrap(), after);
            assert_eq!(other.favourites(bearer_of(&token)).await.unwrap(), after);
        }
    }
}
