//! Every recorded answer of three real servers goes through the adapter, and what the client makes of each is asserted.

use crate::{
    client::{Client, assert_told_well, bearer, labels, seat},
    standin::{Recording, Reply, StandIn, Story, recorded, recordings_folder},
};
use frontrow::{
    domain::{
        admin::{NewShows, Role},
        booking::{BookingStatus, Trouble},
        failure::{Failure, FailureKind},
        ids::{MovieId, ShowId},
        money::Money,
        show::{LeftAlone, ShowPlan},
    },
    effects::ports::{BoxOffice, EXPIRED, Favourite},
};
use futures_util::FutureExt;
use iso_currency::Currency;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use std::{collections::BTreeSet, panic::AssertUnwindSafe, path::Path};

/// One recording, before a client.
struct Replay<'a> {
    variant: &'a str,
    recording: &'a Recording,
    all: &'a [Recording],
    /// When the first booking was made.
    booked_at: Timestamp,
}

/// What an answer that is not what was asked for must become.
fn refused<T: std::fmt::Debug>(outcome: Result<T, Failure>) -> Failure {
    let failure = outcome.expect_err("it is no answer to this");
    assert_told_well(&failure);
    failure
}

fn xxx(minor: i64) -> Option<Money> {
    Some(Money::new(minor, Currency::XXX))
}

impl Replay<'_> {
    /// The story at this recording, and a client so many seconds after the booking.
    fn scene(&self, before: usize, after: usize, seconds: i64) -> (StandIn, Client) {
        let now = self.booked_at + SignedDuration::from_secs(seconds);
        let story = Story::replaying(self.all.to_vec(), self.recording.number, before, after);
        let server = StandIn::telling(story.at(now));
        let client = Client::of(&server.url, now);
        (server, client)
    }

    fn here(&self) -> (StandIn, Client) {
        let number = self.recording.number;
        let late = matches!(self.recording.name.as_str(), "seats-after-hold-ends" | "bookings-bob-after-hold-ends");
        self.scene(number, number, if late { 11 * 60 } else { 5 })
    }

    fn named(&self, name: &str) -> &Recording {
        self.all.iter().find(|r| r.name == name).unwrap_or_else(|| panic!("{name} was recorded"))
    }

    fn answer(&self) -> Value {
        self.recording.reply.value()
    }

    /// The films of a recorded list, as a person knows them.
    fn titles(list: &Value) -> Vec<(String, String)> {
        let films = list.as_array().expect("a list").iter().filter(|film| !film.is_null());
        let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        films.map(|film| (text(&film["_id"]), text(&film["title"]))).collect()
    }

    /// The show of the recorded path of seats, among those of the first film.
    async fn plan(&self, client: &Client) -> (ShowPlan, std::sync::Arc<frontrow::domain::chart::Chart>) {
        let known = self.named("show-one").reply.value()["dateTime"]["2026-11-23"][0]["showId"].clone();
        client.plan("900001", known.as_str().unwrap()).await.unwrap()
    }

    async fn seats(&self) -> Result<Vec<String>, Failure> {
        let (_server, client) = self.here();
        // Of the film that was removed the plan is known from before.
        let story = StandIn::telling(Story::of(self.all.to_vec()));
        let before = Client::of(&story.url, self.booked_at);
        let (plan, chart) = self.plan(&before).await;
        let asked_for = self.recording.path.rsplit('/').next().unwrap();
        client.taken(&ShowPlan { show: ShowId::new(asked_for), ..plan }, &chart).await
    }

    /// A sale that is answered by this recording. Gives what the person is told, and what the server was sent.
    async fn sale(
        &self,
        person: &str,
        nth: usize,
        wanted: &[&str],
        (before, after): (usize, usize),
    ) -> (Result<frontrow::domain::booking::Booking, Failure>, Vec<Value>) {
        let (server, client) = self.scene(before, after, 5);
        let times = self.named("show-one").reply.value()["dateTime"]["2026-11-23"].clone();
        let show = times[nth]["showId"].as_str().unwrap().to_owned();
        let (_, chart) = client.plan("900001", &show).await.unwrap();
        let outcome = client.buy(person, &show, &chart, wanted).await;
        let posts = server.changes();
        for post in &posts {
            assert!(post.origin.as_ref().is_some_and(|origin| origin.starts_with("http")), "{post:?}");
            assert_eq!(post.body["showId"], show);
        }
        (outcome, posts.into_iter().map(|post| post.body["selectedSeats"].clone()).collect())
    }

    async fn check(&self) {
        let quikscreen = self.variant == "quikscreen";
        let signed_out = self.recording.reply.headers.iter().any(|(name, _)| name == "x-clerk-auth-status");
        match self.recording.name.as_str() {
            // Nothing that a client asks for is answered so: then it is no such server, and nothing is empty.
            "root" | "no-such-route" | "options-preflight" | "stripe-bad-signature" => {
                let server = StandIn::telling(Story::only(self.recording.reply.clone()));
                let client = Client::of(&server.url, self.booked_at);
                refused(client.office.movies().await);
                refused(client.office.shows(&MovieId::new("900001")).await);
                refused(client.office.bookings(bearer("alice")).await);
                refused(client.office.favourites(bearer("alice")).await);
                refused(client.backstage.dashboard(bearer("admin")).await);
            }
            "show-all" | "show-all-movie-gone" | "show-all-empty" => {
                let (_server, client) = self.here();
                let films = client.office.movies().await.unwrap();
                let shown: Vec<_> = films.iter().map(|f| (f.id.to_string(), f.title.to_string())).collect();
                assert_eq!(shown, Self::titles(&self.answer()["shows"]));
                if self.recording.name == "show-all" {
                    let film = &films[0];
                    assert_eq!((film.year, film.runtime_min), (2025, 127));
                    assert_eq!(film.rating, Some(7.234));
                    assert_eq!(film.genres.iter().map(|g| g.as_str()).collect::<Vec<_>>(), ["Drama", "Fantasy"]);
                    assert_eq!((film.cast.len(), film.cast[0].role.as_str()), (14, "Role 1"));
                    assert_eq!(film.tagline.as_str(), "Someone left the lamp on.");
                    assert_eq!(film.poster.as_deref(), Some("/p900001AbCdEfGhIjKlMn.jpg"));
                    assert_eq!(film.language.as_str(), if quikscreen { "" } else { "en" });
                }
            }
            "show-one" | "show-one-movie-gone" | "show-one-no-shows" => {
                let (_server, client) = self.here();
                let film = self.recording.path.rsplit('/').next().unwrap();
                let shows = client.office.shows(&MovieId::new(film)).await.unwrap();
                let days = self.answer()["dateTime"].as_object().unwrap().clone();
                let mut recorded: Vec<(String, String)> = Vec::new();
                for entry in days.values().flat_map(|times| times.as_array().unwrap()) {
                    let text = |key: &str| entry[key].as_str().unwrap().to_owned();
                    recorded.push((text("time"), text("showId")));
                }
                recorded.sort();
                let shown: Vec<_> = shows.iter().map(|s| (format!("{:.3}", s.starts_at), s.id.to_string())).collect();
                assert_eq!(shown, recorded);
                for show in &shows {
                    assert_eq!((show.seats, show.free, show.price_from()), (90, None, None));
                    assert_eq!(show.movie.as_str(), film);
                }
            }
            "show-one-unknown" | "show-one-not-a-number" => {
                let (_server, client) = self.here();
                let film = MovieId::new(self.recording.path.rsplit('/').next().unwrap());
                let failure = refused(client.office.shows(&film).await);
                assert_eq!(failure.kind, FailureKind::NotFound, "{}", failure.why);
            }
            "now-playing-anon" | "now-playing-user" | "now-playing-admin" => {
                let (_server, client) = self.here();
                let outcome = client.backstage.candidates(bearer("admin")).await;
                if signed_out || self.answer()["success"] == json!(false) {
                    let failure = refused(outcome);
                    let expected = if signed_out { FailureKind::SignIn } else { FailureKind::Refused };
                    assert_eq!(failure.kind, expected, "{}", failure.why);
                } else {
                    let found = outcome.unwrap();
                    assert_eq!(found[0].title.as_str(), "The Tin Lighthouse");
                    assert_eq!(found[0].id.as_str(), "900001");
                    assert_eq!(found.len(), self.answer()["movies"].as_array().unwrap().len());
                }
            }
            "add-anon" | "add-wrong-shape" | "add-bad-date" | "add-unknown-tmdb" => {
                let (server, client) = self.here();
                let times = vec!["2026-12-01T14:00".parse().unwrap(), "2026-12-01T18:30".parse().unwrap()];
                let shows = NewShows { movie: MovieId::new("900001"), times, price: Money::new(1050, Currency::XXX) };
                let failure = refused(client.backstage.add(bearer("admin"), &shows).await);
                let sent: Vec<_> = server.asked().into_iter().filter(|asked| asked.method == "POST").collect();
                assert_eq!(sent.len(), 1, "shows are never added twice");
                let day = json!([{"date": "2026-12-01", "time": ["14:00", "18:30"]}]);
                let spelled = ["showsInput", "showInput"].iter().any(|key| sent[0].body[*key] == day);
                assert!(spelled && sent[0].body["showPrice"].as_f64() == Some(10.5), "{:?}", sent[0].body);
                if signed_out {
                    assert_eq!(failure.kind, FailureKind::SignIn, "{}", failure.why);
                } else {
                    let start: String = self.answer()["message"].as_str().unwrap().chars().take(20).collect();
                    assert!(failure.why.contains(&start), "{}", failure.why);
                }
            }
            "seats-anon" if quikscreen => {
                let failure = refused(self.seats().await);
                assert_eq!(failure.kind, FailureKind::SignIn, "{}", failure.why);
            }
            "seats-unknown" | "seats-bad-id" => {
                let failure = refused(self.seats().await);
                assert_eq!(failure.kind, FailureKind::NotFound, "{}", failure.why);
            }
            name if name.starts_with("seats-") => {
                let recorded: BTreeSet<String> =
                    serde_json::from_value(self.answer()["occupiedSeats"].clone()).unwrap();
                let taken: BTreeSet<String> = self.seats().await.unwrap().into_iter().collect();
                assert_eq!(taken, recorded);
            }
            "bookings-anon" | "bookings-anon-html" | "bookings-expired" | "bookings-garbage" => {
                let (_server, client) = self.here();
                let failure = refused(client.office.bookings(bearer("alice")).await);
                // Another token may do, and nothing was done: the call is made once more with one.
                let expired = self.recording.name == "bookings-expired";
                match self.recording.reply.status {
                    _ if expired => assert_eq!(failure.code, EXPIRED, "{}", failure.why),
                    500 => assert!(failure.why.contains("Unexpected end of"), "{}", failure.why),
                    _ => assert_eq!(failure.kind, FailureKind::SignIn, "{}", failure.why),
                }
            }
            "bookings-empty" => {
                let (_server, client) = self.here();
                assert_eq!(client.office.bookings(bearer("bob")).await.unwrap(), []);
            }
            "bookings-unpaid" => {
                let (_server, client) = self.here();
                let bookings = client.office.bookings(bearer("alice")).await.unwrap();
                let [booking] = &bookings[..] else { panic!("{bookings:?}") };
                assert_eq!((booking.status, labels(booking)), (BookingStatus::Pending, vec!["C3", "C4"]));
                assert_eq!((booking.total, booking.movie_title.as_str()), (xxx(2100), "The Tin Lighthouse"));
                assert_eq!(booking.starts_at, Some("2026-11-23T14:00:00Z".parse().unwrap()));
                let page = booking.payment_page.as_ref().expect("it can be paid");
                let list = ["userBookings", "bookings"].iter().find_map(|key| self.answer()[key].as_array().cloned());
                assert_eq!(json!(page.url), list.unwrap()[0]["paymentLink"]);
                assert_eq!(page.until, self.booked_at + SignedDuration::from_mins(10));
                assert_eq!(booking.troubles, []);
                // The same answer eleven minutes later: the seats may be somebody else's.
                let (_server, client) = self.scene(self.recording.number, self.recording.number, 11 * 60);
                let late = client.office.bookings(bearer("alice")).await.unwrap();
                assert!(late.iter().all(|booking| booking.payment_page.is_none()), "{late:?}");
            }
            "bookings-paid" => {
                let (_server, client) = self.here();
                let bookings = client.office.bookings(bearer("alice")).await.unwrap();
                let [booking] = &bookings[..] else { panic!("{bookings:?}") };
                assert_eq!((booking.status, labels(booking)), (BookingStatus::Paid, vec!["C3", "C4"]));
                assert_eq!((&booking.payment_page, &booking.troubles[..]), (&None, &[][..]));
            }
            "bookings-bob-after-hold-ends" => {
                let (_server, client) = self.here();
                let bookings = client.office.bookings(bearer("bob")).await.unwrap();
                assert_eq!(bookings.len(), if quikscreen { 3 } else { 1 });
                // The server has let the seats go, and would still take the money for some of them.
                assert!(bookings.iter().all(|b| b.payment_page.is_none() && b.status != BookingStatus::Paid));
                assert_eq!(labels(bookings.last().unwrap()), ["D1"]);
            }
            "bookings-movie-gone" => {
                let (_server, client) = self.here();
                let bookings = client.office.bookings(bearer("alice")).await.unwrap();
                let booking = bookings.iter().find(|b| labels(b) == ["C3", "C4"]).expect("it is still there");
                assert_eq!((booking.status, booking.total), (BookingStatus::Paid, xxx(2100)));
                assert_ne!(booking.movie_title.as_str(), "null");
            }
            "bookings-show-gone" => {
                let (_server, client) = self.here();
                let bookings = client.office.bookings(bearer("alice")).await.unwrap();
                assert_eq!(bookings.iter().map(labels).collect::<Vec<_>>(), [vec!["B2"], vec!["C3", "C4"]]);
                assert!(bookings.iter().all(|b| b.starts_at.is_none() && b.payment_page.is_none()), "{bookings:?}");
                assert_eq!(bookings[1].status, BookingStatus::Paid);
            }
            "favorites-anon" | "favorites-ghost-user" => {
                let (_server, client) = self.here();
                let failure = refused(client.office.favourites(bearer("ghost")).await);
                if signed_out {
                    assert_eq!(failure.kind, FailureKind::SignIn, "{}", failure.why);
                } else if self.answer().get("message").is_none() {
                    assert!(failure.why.contains("no reason given"), "{}", failure.why);
                }
            }
            "favorites-none" | "favorites-one" | "favorites-empty" => {
                let (_server, client) = self.here();
                let marked = client.office.favourites(bearer("alice")).await.unwrap();
                let recorded: Vec<_> = Self::titles(&self.answer()["movies"]).into_iter().map(|(id, _)| id).collect();
                assert_eq!(marked.iter().map(MovieId::as_str).collect::<Vec<_>>(), recorded);
            }
            "favorite-add" | "favorite-toggle-off" => {
                let (server, client) = self.here();
                let (wanted, after) = match self.recording.name.as_str() {
                    "favorite-add" => (Favourite::Yes, vec![MovieId::new("900001")]),
                    _ => (Favourite::No, vec![]),
                };
                let set = client.office.set_favourite(bearer("alice"), &MovieId::new("900001"), wanted).await;
                assert_eq!(set.unwrap(), after);
                let sent: Vec<_> = server.asked().into_iter().filter(|asked| asked.method == "POST").collect();
                assert_eq!(sent.len(), 1, "a toggle is sent once: {sent:?}");
                assert_eq!(sent[0].body["movieId"], "900001", "as text, or the server keeps two of it");
            }
            "favorite-anon" => {
                let (server, client) = self.here();
                let movie = MovieId::new("900001");
                refused(client.office.set_favourite(bearer("carol"), &movie, Favourite::Yes).await);
                assert!(server.asked().iter().filter(|asked| asked.method == "POST").count() <= 1);
            }
            "is-admin-anon" => {
                let (_server, client) = self.here();
                assert_eq!(refused(client.backstage.role(bearer("alice")).await).kind, FailureKind::SignIn);
            }
            "is-admin-user" | "is-admin-admin" => {
                let (_server, client) = self.here();
                let person = self.recording.person.as_deref().unwrap();
                let expected = if person == "admin" { Role::Admin } else { Role::Customer };
                assert_eq!(client.backstage.role(bearer(person)).await.unwrap(), expected);
            }
            name if ["dashboard-", "all-shows-", "all-bookings-"].iter().any(|kind| name.starts_with(kind)) => {
                self.backstage().await;
            }
            name if name.starts_with("create-") => self.create().await,
            name => panic!("{name} has no expectation: add one"),
        }
    }

    async fn backstage(&self) {
        let (_server, client) = self.here();
        let name = self.recording.name.as_str();
        let person = self.recording.person.as_deref().unwrap_or("alice");
        let signed_out = self.recording.person.is_none();
        if person != "admin" {
            let failure = match name.rsplit_once('-').unwrap().0 {
                "dashboard" => refused(client.backstage.dashboard(bearer(person)).await),
                "all-shows" => refused(client.backstage.shows(bearer(person)).await),
                _ => refused(client.backstage.bookings(bearer(person)).await),
            };
            let expected = if signed_out { FailureKind::SignIn } else { FailureKind::Refused };
            assert_eq!(failure.kind, expected, "{}", failure.why);
            return;
        }
        match name {
            "dashboard-admin" => {
                let dashboard = client.backstage.dashboard(bearer(person)).await.unwrap();
                let recorded = &self.answer()["dashboardData"];
                assert_eq!(dashboard.bookings, recorded["totalBookings"].as_u64());
                assert_eq!(dashboard.people, recorded["totalUser"].as_u64());
                assert_eq!(dashboard.revenue, xxx((recorded["totalRevenue"].as_f64().unwrap() * 100.0) as i64));
                assert_eq!(dashboard.shows.len(), recorded["activeShows"].as_array().unwrap().len());
                assert_eq!(
                    (dashboard.shows[0].price, dashboard.shows[0].movie_title.as_str()),
                    (xxx(1050), "The Tin Lighthouse")
                );
            }
            "all-shows-admin" | "all-shows-movie-gone" => {
                let shows = client.backstage.shows(bearer(person)).await.unwrap();
                let recorded = self.answer()["shows"].as_array().unwrap().clone();
                assert_eq!(shows.len(), recorded.len());
                for recorded in &recorded {
                    let show = shows.iter().find(|s| s.show.as_str() == recorded["_id"].as_str().unwrap()).unwrap();
                    let taken = recorded["occupiedSeats"].as_object().unwrap().len();
                    let price = (recorded["showPrice"].as_f64().unwrap() * 100.0).round() as i64;
                    assert_eq!((show.taken, show.price), (taken as u32, xxx(price)));
                    assert_eq!(show.movie.is_none(), recorded["movie"].is_null());
                    assert_ne!(show.movie_title.as_str(), "null");
                }
            }
            _ => {
                let bookings = client.backstage.bookings(bearer(person)).await.unwrap();
                let recorded = self.answer()["bookings"].as_array().unwrap().clone();
                assert_eq!(bookings.len(), recorded.len());
                for (booking, recorded) in bookings.iter().zip(&recorded) {
                    assert_eq!(json!(booking.id), recorded["_id"]);
                    assert_eq!(json!(booking.paid), recorded["isPaid"]);
                    let named = !recorded["user"].is_null();
                    assert_eq!(booking.person.is_empty(), !named, "nobody is made up: {:?}", booking.person);
                    let seats: Vec<&str> = booking.seats.iter().map(|seat| seat.as_str()).collect();
                    assert_eq!(json!(seats), recorded["bookedSeats"]);
                }
            }
        }
    }

    async fn create(&self) {
        let refused_words = self.answer()["message"].as_str().unwrap_or_default().to_owned();
        match self.recording.name.as_str() {
            "create-anon" => {
                let (outcome, sent) = self.sale("alice", 0, &["A1"], (23, 25)).await;
                assert_eq!(sent, [json!(["A1"])]);
                // The look afterwards was accepted, so nobody needs to sign in again.
                let failure = refused(outcome);
                assert_eq!((failure.kind, failure.code.as_str()), (FailureKind::Refused, "not_accepted"));
                assert!(failure.why.contains("Nothing is booked"), "{}", failure.why);
            }
            "create-ok" => {
                let (outcome, sent) = self.sale("alice", 0, &["C3", "C4"], (25, 38)).await;
                assert_eq!(sent, [json!(["C3", "C4"])]);
                let booking = outcome.unwrap();
                assert_eq!((booking.status, labels(&booking)), (BookingStatus::Pending, vec!["C3", "C4"]));
                assert_eq!(json!(booking.payment_page.unwrap().url), self.answer()["url"]);
                assert_eq!((booking.total, &booking.troubles[..]), (xxx(2100), &[][..]));
            }
            "create-taken" => {
                // Somebody else was faster after the map was read.
                let (outcome, sent) = self.sale("bob", 0, &["C4", "C5"], (25, 37)).await;
                assert_eq!(sent, [json!(["C4", "C5"])]);
                let failure = refused(outcome);
                assert_eq!(failure.kind, FailureKind::SeatGone, "{}", failure.why);
                assert!(failure.why.contains("C4") && !failure.why.contains("C5"), "{}", failure.why);
                // Who reads the map after that sends nothing.
                let (outcome, sent) = self.sale("bob", 0, &["C4", "C5"], (27, 37)).await;
                assert_eq!((refused(outcome).kind, sent.len()), (FailureKind::SeatGone, 0));
            }
            "create-no-origin" => {
                // What it is in truth: a booking that nobody can pay, and a seat that stays taken.
                let (outcome, sent) = self.sale("bob", 0, &["D1"], (27, 63)).await;
                assert_eq!(sent, [json!(["D1"])]);
                match outcome {
                    Ok(booking) => {
                        assert_eq!((labels(&booking), booking.payment_page.is_none()), (vec!["D1"], true));
                        assert_ne!(booking.status, BookingStatus::Paid);
                    }
                    Err(failure) => {
                        assert_told_well(&failure);
                        assert!(failure.why.contains("D1"), "{}", failure.why);
                    }
                }
            }
            "create-empty-seats" | "create-six" | "create-odd-seats" => {
                let (server, client) = self.scene(27, 27, 5);
                let times = self.named("show-one").reply.value()["dateTime"]["2026-11-23"].clone();
                let show = ShowId::new(times[0]["showId"].as_str().unwrap());
                let (_, chart) = client.plan("900001", show.as_str()).await.unwrap();
                let sent = self.recording.sent["selectedSeats"].as_array().unwrap().clone();
                let seats: Vec<_> = sent.iter().map(|label| seat(&chart, label.as_str().unwrap())).collect();
                refused(client.office.hold(&show, &seats, LeftAlone::Tell).await);
                let twice = vec![seat(&chart, "F1"), seat(&chart, "F1")];
                if let Ok(hold) = client.office.hold(&show, &twice, LeftAlone::Tell).await {
                    assert_eq!(hold.seats.len(), 1, "nothing is paid twice");
                }
                assert!(server.asked().iter().all(|asked| asked.method == "GET"), "the server would have sold it");
            }
            "create-ok-2" => {
                let (outcome, sent) = self.sale("bob", 1, &["A1"], (62, 71)).await;
                assert_eq!(sent, [json!(["A1"])]);
                match outcome {
                    Ok(booking) => assert_eq!(labels(&booking), ["A1"]),
                    Err(failure) => {
                        assert_told_well(&failure);
                        assert_eq!(failure.kind, FailureKind::Unknown, "{}", failure.why);
                    }
                }
            }
            "create-movie-gone" => {
                let (outcome, sent) = self.sale("alice", 1, &["B2"], (69, 72)).await;
                assert_eq!(sent, [json!(["B2"])]);
                match outcome {
                    Ok(booking) => assert_eq!((labels(&booking), &booking.payment_page), (vec!["B2"], &None)),
                    Err(failure) => {
                        assert_told_well(&failure);
                        assert!(failure.why.contains("B2"), "{}", failure.why);
                    }
                }
            }
            // No client of ours sends such a request; the answers come all the same, and are nobody's booking.
            "create-no-seats" | "create-seat-string" | "create-unknown-show" | "create-bad-json" | "create-no-body" => {
                let (outcome, sent) = self.sale("bob", 0, &["F1"], (27, 37)).await;
                assert_eq!(sent, [json!(["F1"])], "nothing is sent twice");
                let failure = refused(outcome);
                assert!(!failure.why.contains(refused_words.as_str()) || failure.why.len() > 30, "{}", failure.why);
            }
            name => panic!("{name} has no expectation: add one"),
        }
    }
}

fn booked_at(all: &[Recording]) -> Timestamp {
    let unpaid = all.iter().find(|r| r.name == "bookings-unpaid").unwrap().reply.value();
    let list = ["userBookings", "bookings"].iter().find_map(|key| unpaid[key].as_array().cloned()).unwrap();
    list[0]["createdAt"].as_str().unwrap().parse().unwrap()
}

async fn replay(variant: &str) {
    let Some(folder) = recordings_folder() else { return };
    let folder = folder.join(variant);
    let all = recorded(&folder);
    assert_no_file_is_forgotten(&folder, &all);
    let booked_at = booked_at(&all);
    let mut wrong = Vec::new();
    for recording in &all {
        println!("{variant}/{:02}-{}", recording.number, recording.name);
        let replay = Replay { variant, recording, all: &all, booked_at };
        // Each is told of, not the first only.
        if AssertUnwindSafe(replay.check()).catch_unwind().await.is_err() {
            wrong.push(recording.name.as_str());
        }
    }
    assert!(wrong.is_empty(), "{variant}: not as expected: {wrong:?}");
}

/// Files that are no answer to a client: what Stripe was answered, and what the other services saw.
const NOT_FOR_CLIENTS: [&str; 3] = ["39-stripe-webhooks-answered.json", "zz-outside-services.json", "INDEX.tsv"];

fn assert_no_file_is_forgotten(folder: &Path, all: &[Recording]) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let known = all.iter().any(|r| format!("{:02}-{}.json", r.number, r.name) == name);
        assert!(known || NOT_FOR_CLIENTS.contains(&name.as_str()), "{name} is not replayed");
    }
    let index = std::fs::read_to_string(folder.join("INDEX.tsv")).unwrap();
    for line in index.lines() {
        let number: usize = line.split('\t').next().unwrap().parse().unwrap();
        assert!(number == 39 || all.iter().any(|r| r.number == number), "{line}");
    }
}

#[tokio::test]
async fn every_answer_of_quikscreen_is_understood() {
    replay("quikscreen").await;
}

#[tokio::test]
async fn every_answer_of_bookshowapi_is_understood() {
    replay("bookshowapi").await;
}

#[tokio::test]
async fn every_answer_of_sanjaya_is_understood() {
    replay("sanjaya").await;
}

/// The folder's own files: each is looked at by a test here.
#[test]
fn no_recording_of_the_folder_is_forgotten() {
    let Some(folder) = recordings_folder() else { return };
    for entry in std::fs::read_dir(folder).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let variant = ["quikscreen", "bookshowapi", "sanjaya"].into_iter().any(|variant| name == variant);
        let situation = name.ends_with("-race-50.json") || name.ends_with("-latepay.json");
        assert!(variant || situation || name == "README.md", "{name} is not replayed");
    }
}

/// The paid or unpaid booking of Alice, with other seats and another map of its show.
fn booking_with(all: &[Recording], name: &str, seats: &Value, map: &Value) -> Reply {
    let reply = all.iter().find(|r| r.name == name).unwrap().reply.clone();
    let mut value = reply.value();
    let key = ["userBookings", "bookings"].into_iter().find(|key| value[*key].is_array()).unwrap();
    value[key][0]["bookedSeats"] = seats.clone();
    value[key][0]["show"]["occupiedSeats"] = map.clone();
    Reply { body: value.to_string().into_bytes(), ..reply }
}

/// A client for which the map and Alice's bookings are these.
fn situation(all: &[Recording], bookings: Reply, occupied: &Value, seconds: i64) -> (StandIn, Client) {
    let mut story = Story::of(all.to_vec());
    let seats = all.iter().find(|r| r.name == "seats-user").unwrap().path.clone();
    let map = Reply::json(200, &json!({ "success": true, "occupiedSeats": occupied }));
    story.instead.push(("GET".to_owned(), seats, map));
    story.instead.push(("GET".to_owned(), "/api/user/bookings".to_owned(), bookings));
    let now = booked_at(all) + SignedDuration::from_secs(seconds);
    let server = StandIn::telling(story.at(now));
    let client = Client::of(&server.url, now);
    (server, client)
}

#[tokio::test]
async fn a_seat_that_a_race_lost_or_sold_twice_is_said_to_be() {
    let Some(folder) = recordings_folder() else { return };
    for variant in ["quikscreen", "bookshowapi", "sanjaya"] {
        let all = recorded(&folder.join(variant));
        let file = folder.join(format!("{variant}-race-50.json"));
        let race: Value = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
        // Fifty people bought fifty seats, and the map forgot most of them.
        let lost: Vec<&str> =
            race["differentSeats"]["examples"].as_array().unwrap()[..5].iter().map(|s| s.as_str().unwrap()).collect();
        let left = race["sameSeat"]["seat"].as_str().unwrap();
        let reply = booking_with(&all, "bookings-paid", &json!(lost), &json!({ left: "user_2bob" }));
        let (_server, client) = situation(&all, reply, &json!([left]), 5);
        let bookings = client.office.bookings(bearer("alice")).await.unwrap();
        let troubles: Vec<_> = bookings[0].troubles.iter().map(|t| (t.label.as_str(), t.trouble)).collect();
        assert_eq!(troubles, lost.iter().map(|label| (*label, Trouble::Lost)).collect::<Vec<_>>(), "{variant}");
        // Several people bought one seat, and the last one is on the map.
        let reply = booking_with(&all, "bookings-unpaid", &json!([left]), &json!({ left: "user_2bob" }));
        let (_server, client) = situation(&all, reply, &json!([left]), 5);
        let bookings = client.office.bookings(bearer("alice")).await.unwrap();
        let troubles: Vec<_> = bookings[0].troubles.iter().map(|t| (t.label.as_str(), t.trouble)).collect();
        assert_eq!(troubles, [(left, Trouble::Doubled)], "{variant}");
        assert_eq!(bookings[0].payment_page, None, "what is somebody else's is not paid");
    }
}

#[tokio::test]
async fn a_payment_after_the_hold_ended_is_not_offered_and_its_seat_is_said_to_be_somebody_elses() {
    let Some(folder) = recordings_folder() else { return };
    for variant in ["quikscreen", "bookshowapi"] {
        let all = recorded(&folder.join(variant));
        let file = folder.join(format!("{variant}-latepay.json"));
        let late: Value = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
        let (held, ended) = (&late["heldSeats"], &late["afterHoldEnds"]);
        if ended["aliceBookings"].as_array().unwrap().is_empty() {
            let empty = all.iter().find(|r| r.name == "bookings-empty").unwrap().reply.clone();
            let (_server, client) = situation(&all, empty, &ended["occupied"], 11 * 60);
            assert_eq!(client.office.bookings(bearer("alice")).await.unwrap(), []);
            continue;
        }
        // The hold has ended, and the page would still take the money.
        let (_server, client) =
            situation(&all, booking_with(&all, "bookings-unpaid", held, &json!({})), &ended["occupied"], 11 * 60);
        let bookings = client.office.bookings(bearer("alice")).await.unwrap();
        assert_eq!((bookings[0].payment_page.as_ref(), labels(&bookings[0])), (None, vec!["D4"]));
        assert_ne!(bookings[0].status, BookingStatus::Paid);
        // Somebody else bought the seat, and then she paid after all: two have paid for it.
        let reply = booking_with(&all, "bookings-paid", held, &json!({ "D4": "user_2bob" }));
        let (_server, client) = situation(&all, reply, &late["end"]["occupied"], 12 * 60);
        let bookings = client.office.bookings(bearer("alice")).await.unwrap();
        assert_eq!(bookings[0].status, BookingStatus::Paid);
        let troubles: Vec<_> = bookings[0].troubles.iter().map(|t| (t.label.as_str(), t.trouble)).collect();
        assert_eq!(troubles, [("D4", Trouble::Doubled)]);
    }
}
