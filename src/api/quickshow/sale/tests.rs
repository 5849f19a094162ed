//! Selling and the admin pages against a small server that fails in the ways of the family.

use crate::{
    api::{
        http::Http,
        quickshow::{QuickShow, Terms},
    },
    domain::{
        admin::{NewShows, Role},
        booking::{Booking, BookingStatus, PaymentMethod, Trouble},
        env::Clock,
        failure::{Failure, FailureKind},
        ids::{HoldId, MovieId, SaleKey, SeatId, ShowId},
        money::Money,
    },
    effects::ports::{Backstage, Bearer, BoxOffice, LeftAlone, Notebook, Sale},
};
use axum::{
    Json, Router,
    body::{Body, Bytes},
    extract::{Path, Request, State},
    http::{HeaderMap, StatusCode, header::DATE},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use futures_util::stream;
use iso_currency::Currency;
use jiff::{SignedDuration, Timestamp, fmt::rfc2822};
use secrecy::SecretString;
use serde_json::{Value, json};
use std::sync::{
    Arc, Mutex, MutexGuard,
    atomic::{AtomicI64, Ordering},
};

const SHOW: &str = "6b02c8280bf56c0f14d70001";
const ME: &str = "user_me";
const BOB: &str = "user_bob";
/// By how much the server's clock is ahead of the client's.
const AHEAD: SignedDuration = SignedDuration::from_mins(7);

/// The system's clock, put forward by hand.
#[derive(Default)]
struct TestClock(AtomicI64);

impl TestClock {
    fn advance(&self, seconds: i64) {
        self.0.fetch_add(1000 * seconds, Ordering::SeqCst);
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        let at: Timestamp = "2026-11-22T10:00:00Z".parse().unwrap();
        at + SignedDuration::from_millis(self.0.load(Ordering::SeqCst))
    }
    fn monotonic_ms(&self) -> u64 {
        self.0.load(Ordering::SeqCst) as u64
    }
}

struct NoNotebook;

impl Notebook for NoNotebook {
    fn read(&self, _: &str) -> Option<String> {
        None
    }
    fn write(&self, _: &str, _: &str) {}
}

/// What the server does with a booking that it is sent.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Does {
    Book,
    /// Books it, and its answer does not arrive.
    BookAndCut,
    /// Does nothing, and does not answer.
    Cut,
    /// Somebody else takes the last seat first.
    LoseTheRace,
    /// Says that the seats are not available, of some other error.
    SayUnavailable,
    /// Writes the seats, and then its payment service is down.
    FailAfterSeats,
    /// The same, and the booking is there.
    BookWithoutPage,
    /// Loses the seats to somebody who booked others at the same time.
    BookAndLose,
    /// Two are sold the same seat; the other one's name stays on the map.
    BookDoubled,
    BreakDown,
    /// Says that nobody is signed in, though the reading before was accepted.
    ForgetWho,
    /// Answers as if it had booked, and has not.
    Pretend,
    /// Answers that all is well, and nothing of a booking.
    SayNothing,
}

struct Cinema {
    clock: Arc<TestClock>,
    does: Does,
    taken: serde_json::Map<String, Value>,
    bookings: Vec<Value>,
    /// Bodies of all requests to book or to add shows, with their `Origin`.
    posts: Vec<(Option<String>, Value)>,
    bookings_break: bool,
    link: String,
    admin: Value,
    add_cut: bool,
}

type Shared = Arc<Mutex<Cinema>>;

impl Cinema {
    fn now(&self) -> Timestamp {
        self.clock.now() + AHEAD
    }

    fn show(&self) -> Value {
        let movie = json!({"_id": "900001", "title": "The Tin\u{1b}[31m Lighthouse", "runtime": 127});
        json!({"_id": SHOW, "movie": movie, "showDateTime": "2026-11-23T14:00:00.000Z", "showPrice": 10.5,
            "occupiedSeats": self.taken})
    }

    fn book(&mut self, seats: &Value, link: Option<&str>) {
        let count = seats.as_array().unwrap().len();
        let id = format!("6b02c82c0bf56c0f14d7{:04}", self.bookings.len() + 31);
        let mut booking = json!({"_id": id, "user": ME, "show": SHOW, "amount": 10.5 * count as f64,
            "bookedSeats": seats, "isPaid": false, "createdAt": self.now().to_string()});
        if let Some(link) = link {
            booking["paymentLink"] = json!(link);
        }
        self.bookings.insert(0, booking);
    }

    fn take(&mut self, seats: &Value, who: &str) {
        for seat in seats.as_array().unwrap() {
            self.taken.insert(seat.as_str().unwrap().to_owned(), json!(who));
        }
    }

    /// The bookings with their show filled in.
    fn listed(&self) -> Vec<Value> {
        let filled = |booking: &Value| {
            let mut booking = booking.clone();
            if booking["show"] == SHOW {
                booking["show"] = self.show();
            }
            booking
        };
        self.bookings.iter().map(filled).collect()
    }
}

/// An answer that is cut in its middle.
fn cut() -> Response {
    let broken = stream::iter([Ok(Bytes::from_static(b"{\"succ")), Err(std::io::Error::other("cut"))]);
    Body::from_stream(broken).into_response()
}

async fn create(State(cinema): State<Shared>, headers: HeaderMap, Json(body): Json<Value>) -> Response {
    let mut cinema = cinema.lock().unwrap();
    let origin = headers.get("origin").and_then(|origin| origin.to_str().ok()).map(str::to_owned);
    cinema.posts.push((origin, body.clone()));
    let (seats, link) = (&body["selectedSeats"], cinema.link.clone());
    let sorry = |message: &str| Json(json!({"success": false, "message": message})).into_response();
    let booked = || Json(json!({"success": true, "url": link})).into_response();
    match cinema.does {
        Does::Cut => cut(),
        Does::BreakDown => (StatusCode::INTERNAL_SERVER_ERROR, "<pre>TypeError: x</pre>").into_response(),
        Does::ForgetWho => {
            let why = json!({"success": false, "message": "Please login to proceed"});
            ([("x-clerk-auth-status", "signed-out"), ("x-clerk-auth-reason", "token-invalid")], Json(why))
                .into_response()
        }
        Does::Pretend => booked(),
        Does::SayNothing => Json(json!({"success": true})).into_response(),
        Does::SayUnavailable => sorry("Selected Seats are not available"),
        Does::LoseTheRace => {
            let last = json!([seats.as_array().unwrap().last().unwrap()]);
            cinema.take(&last, BOB);
            sorry("Selected seats are not available")
        }
        Does::FailAfterSeats => {
            cinema.take(seats, ME);
            sorry("Not a valid URL")
        }
        Does::BookWithoutPage => {
            cinema.take(seats, ME);
            cinema.book(seats, None);
            sorry("An error occurred with our connection to Stripe.")
        }
        Does::Book | Does::BookAndCut => {
            cinema.take(seats, ME);
            cinema.book(seats, Some(&link));
            if cinema.does == Does::Book { booked() } else { cut() }
        }
        Does::BookAndLose => {
            cinema.book(seats, Some(&link));
            booked()
        }
        Does::BookDoubled => {
            cinema.take(seats, BOB);
            cinema.book(seats, Some(&link));
            booked()
        }
    }
}

async fn my_bookings(State(cinema): State<Shared>) -> Response {
    let cinema = cinema.lock().unwrap();
    if cinema.bookings_break {
        return (StatusCode::BAD_REQUEST, Json(json!({"success": false, "message": "Cannot read x"}))).into_response();
    }
    Json(json!({"success": true, "userBookings": cinema.listed()})).into_response()
}

async fn seats(State(cinema): State<Shared>, Path(_): Path<String>) -> Json<Value> {
    let taken: Vec<_> = cinema.lock().unwrap().taken.keys().cloned().collect();
    Json(json!({"success": true, "occupiedSeats": taken}))
}

async fn add(State(cinema): State<Shared>, Json(body): Json<Value>) -> Response {
    let mut cinema = cinema.lock().unwrap();
    cinema.posts.push((None, body));
    if cinema.add_cut { cut() } else { Json(json!({"success": true, "message": "Show Added"})).into_response() }
}

/// The server's clock is not this machine's.
async fn dated(State(cinema): State<Shared>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let now = cinema.lock().unwrap().now();
    let date = rfc2822::DateTimePrinter::new().timestamp_to_rfc9110_string(&now).unwrap();
    response.headers_mut().insert(DATE, date.parse().unwrap());
    response
}

struct House {
    office: QuickShow,
    cinema: Shared,
    clock: Arc<TestClock>,
}

impl House {
    async fn open(does: Does) -> Self {
        let clock = Arc::new(TestClock::default());
        let cinema = Arc::new(Mutex::new(Cinema {
            clock: clock.clone(),
            does,
            taken: serde_json::Map::from_iter([("D1".to_owned(), json!(BOB))]),
            bookings: Vec::new(),
            posts: Vec::new(),
            bookings_break: false,
            link: "https://checkout.stripe.com/c/pay/cs_test_1".to_owned(),
            admin: json!({"success": true, "isAdmin": true}),
            add_cut: false,
        }));
        let one = async |State(cinema): State<Shared>, Path(_): Path<String>| {
            let movie = cinema.lock().unwrap().show()["movie"].clone();
            let times = json!({"2026-11-23": [{"time": "2026-11-23T14:00:00.000Z", "showId": SHOW}]});
            Json(json!({"success": true, "movie": movie, "dateTime": times}))
        };
        let all = async |State(cinema): State<Shared>| {
            Json(json!({"success": true, "shows": [cinema.lock().unwrap().show()["movie"]]}))
        };
        let sold = async |State(cinema): State<Shared>| {
            Json(json!({"succes": true, "bookings": cinema.lock().unwrap().listed()}))
        };
        let is_admin = async |State(cinema): State<Shared>| Json(cinema.lock().unwrap().admin.clone());
        let dashboard = async |State(cinema): State<Shared>| {
            let shows = [cinema.lock().unwrap().show()];
            Json(json!({"success": true, "dashboardData":
                {"totalBooking": 3, "totalRevenue": "31.5", "activeShows": shows, "totalUser": 2}}))
        };
        let shows = async |State(cinema): State<Shared>| {
            let gone = json!({"_id": "6b02c8280bf56c0f14d70009", "movie": null,
                "showDateTime": "2026-11-22T14:00:00.000Z", "showPrice": 8, "occupiedSeats": {}});
            Json(json!({"success": true, "shows": [cinema.lock().unwrap().show(), null, gone]}))
        };
        let playing = async || {
            let film = json!({"id": 900001, "title": "Rain", "release_date": "2025-06-20", "vote_average": 7.234});
            Json(json!({"success": true, "movies": [film, null]}))
        };
        let router = Router::new()
            .route("/api/show/all", get(all))
            .route("/api/show/now-playing", get(playing))
            .route("/api/show/add", post(add))
            .route("/api/show/{id}", get(one))
            .route("/api/booking/seats/{id}", get(seats))
            .route("/api/booking/create", post(create))
            .route("/api/user/bookings", get(my_bookings))
            .route("/api/admin/is-admin", get(is_admin))
            .route("/api/admin/dashboard", get(dashboard))
            .route("/api/admin/all-shows", get(shows))
            .route("/api/admin/all-bookings", get(sold))
            .layer(middleware::from_fn_with_state(cinema.clone(), dated))
            .with_state(cinema.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        let terms = Terms {
            timezone: "UTC".to_owned(),
            currency: Currency::EUR,
            web_origin: Some("https://cine.example/page".parse().unwrap()),
            payment_hosts: vec!["checkout.stripe.com".to_owned()],
        };
        let http = Arc::new(Http::new(url.parse().unwrap()));
        let office = QuickShow::new(http, terms, clock.clone(), Arc::new(NoNotebook), None);
        Self { office, cinema, clock }
    }

    fn cinema(&self) -> MutexGuard<'_, Cinema> {
        self.cinema.lock().unwrap()
    }

    async fn chosen(&self, seats: &[&str]) -> HoldId {
        let seats: Vec<_> = seats.iter().map(|seat| SeatId::new(*seat)).collect();
        self.office.hold(&ShowId::new(SHOW), &seats, LeftAlone::Tell).await.unwrap().id
    }

    async fn book(&self, hold: &HoldId, key: &str) -> Result<Sale, Failure> {
        self.office.book(bearer(), hold, PaymentMethod::Link, &SaleKey::new(key)).await
    }

    async fn sold(&self, key: &str) -> Result<Booking, Failure> {
        self.office.sold(bearer(), &SaleKey::new(key)).await
    }

    /// Books C3 and C4, and looks what became of it.
    async fn bought(&self) -> Result<Booking, Failure> {
        let hold = self.chosen(&["C3", "C4"]).await;
        assert_eq!(self.book(&hold, "key").await, Ok(Sale::Sent));
        self.sold("key").await
    }

    async fn bookings(&self) -> Vec<Booking> {
        self.office.bookings(bearer()).await.unwrap()
    }

    fn backstage(&self) -> Arc<dyn Backstage> {
        self.office.backstage()
    }
}

fn bearer() -> Bearer {
    Bearer::new(SecretString::from("a.token.of_mine"))
}

fn conflicts(why: &Failure) -> Vec<&str> {
    why.conflicts.iter().map(|conflict| conflict.label.as_str()).collect()
}

fn troubles(booking: &Booking) -> Vec<(&str, Trouble)> {
    booking.troubles.iter().map(|seat| (seat.label.as_str(), seat.trouble)).collect()
}

#[tokio::test]
async fn a_booking_is_sent_once_for_its_key_and_found_with_its_page() {
    let house = House::open(Does::Book).await;
    let booking = house.bought().await.unwrap();
    assert_eq!(booking.status, BookingStatus::Pending);
    assert_eq!(booking.code.as_str(), "6b02c82c0bf56c0f14d70031");
    assert_eq!(booking.movie_title.as_str(), "The Tin\u{fffd}[31m Lighthouse");
    assert_eq!(booking.total, Some(Money::new(2100, Currency::EUR)));
    assert_eq!(booking.seats.iter().map(|seat| seat.id.as_str()).collect::<Vec<_>>(), ["C3", "C4"]);
    assert_eq!((troubles(&booking), &booking.unpayable), (vec![], &None));
    let page = booking.payment_page.clone().unwrap();
    assert_eq!(page.url, "https://checkout.stripe.com/c/pay/cs_test_1");
    // Made at 10:07 by the server's clock, which is 10:00 here.
    assert_eq!(page.until.to_string(), "2026-11-22T10:10:00Z");
    let price = house.office.shows(&MovieId::new("900001")).await.unwrap()[0].price_from();
    assert_eq!(price, Some(Money::new(1050, Currency::EUR)), "the booking told what a seat costs");

    let hold = house.office.hold(&ShowId::new(SHOW), &[SeatId::new("E1")], LeftAlone::Tell).await.unwrap();
    assert_eq!(hold.total, price, "and so the next choice has a total");
    assert_eq!(house.book(&hold.id, "key").await, Ok(Sale::Sent), "the same key is the same sale");
    assert_eq!(house.sold("key").await.unwrap(), booking);
    let asked = json!({"showId": SHOW, "selectedSeats": ["C3", "C4"]});
    assert_eq!(house.cinema().posts, [(Some("https://cine.example".to_owned()), asked)]);
}

#[tokio::test]
async fn two_requests_of_one_key_at_the_same_time_are_sent_once() {
    let house = House::open(Does::Book).await;
    let hold = house.chosen(&["C3"]).await;
    let (one, other) = tokio::join!(house.book(&hold, "key"), house.book(&hold, "key"));
    assert!([one, other].contains(&Ok(Sale::Sent)));
    assert_eq!(house.cinema().posts.len(), 1);
    assert!(house.sold("key").await.is_ok());
}

#[tokio::test]
async fn nothing_is_sent_for_seats_that_are_gone_or_ones_own_or_while_nobody_can_look_afterwards() {
    let house = House::open(Does::Book).await;
    let hold = house.chosen(&["C3", "C4"]).await;
    house.cinema().take(&json!(["C4"]), BOB);
    let why = house.book(&hold, "key").await.unwrap_err();
    assert_eq!((why.kind, conflicts(&why)), (FailureKind::SeatGone, vec!["C4"]));
    assert_eq!(house.sold("key").await.unwrap_err().code, "no_sale");

    // A seat that the server has lost is free on its map, and one's own all the same.
    let hold = house.chosen(&["E1", "E2"]).await;
    house.cinema().book(&json!(["E2"]), None);
    let why = house.book(&hold, "key").await.unwrap_err();
    assert_eq!((why.kind, why.code.as_str()), (FailureKind::Refused, "already_booked"));
    assert!(why.why.contains("E2 is yours already"), "{}", why.why);

    house.cinema().bookings_break = true;
    let hold = house.chosen(&["F1"]).await;
    assert!(house.book(&hold, "key").await.is_err());
    assert_eq!(house.cinema().posts, []);
}

#[tokio::test]
async fn a_booking_whose_answer_is_lost_is_found() {
    let house = House::open(Does::BookAndCut).await;
    let booking = house.bought().await.unwrap();
    assert_eq!(booking.status, BookingStatus::Pending);
    assert!(booking.payment_page.is_some());
    assert_eq!(house.cinema().posts.len(), 1);
}

#[tokio::test]
async fn a_lost_request_is_unknown_for_a_minute_and_then_nothing_is_booked() {
    for does in [Does::Cut, Does::BreakDown] {
        let house = House::open(does).await;
        let why = house.bought().await.unwrap_err();
        assert_eq!((why.kind, why.code.as_str()), (FailureKind::Unknown, "outcome_unknown"), "{does:?}");
        assert!(why.why.contains("do not try again before"), "{}", why.why);
        // The same seats may be on their way: they are not sent again under another name.
        let hold = house.chosen(&["C4", "C5"]).await;
        assert_eq!(house.book(&hold, "another").await.unwrap_err().code, "sale_under_way");
        house.clock.advance(61);
        let why = house.sold("key").await.unwrap_err();
        assert_eq!(why.code, "not_booked", "{does:?}");
        assert!(why.why.contains("Nothing is booked; C3 and C4 are free on its map"), "{}", why.why);
        assert_eq!(house.cinema().posts.len(), 1);
        assert_eq!(house.book(&hold, "another").await, Ok(Sale::Sent));
    }
}

#[tokio::test]
async fn a_seat_that_somebody_else_took_meanwhile_is_told_with_its_name() {
    let house = House::open(Does::LoseTheRace).await;
    let why = house.bought().await.unwrap_err();
    assert_eq!((why.kind, conflicts(&why)), (FailureKind::SeatGone, vec!["C4"]));
    assert!(why.why.starts_with("Nothing is booked: C4 has just been taken"), "{}", why.why);
}

#[tokio::test]
async fn seats_said_to_be_unavailable_that_are_free_are_told_as_that() {
    let house = House::open(Does::SayUnavailable).await;
    let why = house.bought().await.unwrap_err();
    assert_eq!(why.kind, FailureKind::Refused);
    assert!(why.why.contains("of any error") && why.why.contains("C3 and C4 are free on its map"), "{}", why.why);
}

#[tokio::test]
async fn seats_that_a_failed_request_left_taken_are_not_tried_again() {
    let house = House::open(Does::FailAfterSeats).await;
    let why = house.bought().await.unwrap_err();
    assert_eq!((why.kind, why.code.as_str()), (FailureKind::SeatGone, "seats_stuck"));
    assert_eq!(conflicts(&why), ["C3", "C4"]);
    for words in ["Not a valid URL", "No booking is listed", "by this very request", "ask the cinema"] {
        assert!(why.why.contains(words), "{words}: {}", why.why);
    }
}

#[tokio::test]
async fn a_booking_that_has_no_page_to_pay_at_says_so() {
    let house = House::open(Does::BookWithoutPage).await;
    let booking = house.bought().await.unwrap();
    assert_eq!((booking.status, &booking.payment_page), (BookingStatus::Pending, &None));
    assert!(booking.unpayable.unwrap().as_str().contains("no page to pay at"));
}

#[tokio::test]
async fn a_booking_without_its_seats_on_the_map_is_not_to_be_paid() {
    for (does, trouble) in [(Does::BookAndLose, Trouble::Lost), (Does::BookDoubled, Trouble::Doubled)] {
        let house = House::open(does).await;
        let booking = house.bought().await.unwrap();
        assert_eq!(troubles(&booking), [("C3", trouble), ("C4", trouble)]);
        assert_eq!(booking.payment_page, None);
        let why = booking.unpayable.clone().unwrap();
        assert!(why.as_str().starts_with("Do not pay it: on the server's map C3 and C4"), "{why}");
        assert_eq!(house.bookings().await, [booking]);
    }
}

#[tokio::test]
async fn a_refused_session_is_no_proof_and_is_looked_up() {
    let house = House::open(Does::ForgetWho).await;
    let why = house.bought().await.unwrap_err();
    assert_eq!((why.kind, why.code.as_str()), (FailureKind::Refused, "not_accepted"));
    assert!(why.why.contains("Nothing is booked"), "{}", why.why);
}

#[tokio::test]
async fn what_the_server_only_says_is_booked_is_not() {
    let house = House::open(Does::Pretend).await;
    assert_eq!(house.bought().await.unwrap_err().kind, FailureKind::Unknown);
    house.clock.advance(61);
    let why = house.sold("key").await.unwrap_err();
    assert_eq!((why.kind, why.code.as_str()), (FailureKind::Other, "no_booking"));
    assert!(why.why.contains("do not pay anything"), "{}", why.why);
}

#[tokio::test]
async fn while_the_bookings_cannot_be_read_nobody_knows() {
    let house = House::open(Does::Book).await;
    let hold = house.chosen(&["C3"]).await;
    house.book(&hold, "key").await.unwrap();
    house.cinema().bookings_break = true;
    let why = house.sold("key").await.unwrap_err();
    assert_eq!(why.kind, FailureKind::Unknown);
    assert!(why.why.starts_with("It is not known whether C3 is booked"), "{}", why.why);
    house.cinema().bookings_break = false;
    assert!(house.sold("key").await.is_ok());
}

#[tokio::test]
async fn a_page_is_offered_for_ten_minutes_of_the_servers_clock_and_never_again() {
    let house = House::open(Does::Book).await;
    house.bought().await.unwrap();
    house.clock.advance(599);
    assert!(house.bookings().await[0].payment_page.is_some());
    house.clock.advance(1);
    let late = house.bookings().await.remove(0);
    assert_eq!((late.status, &late.payment_page), (BookingStatus::Expired, &None));
    assert!(late.unpayable.unwrap().as_str().contains("do not pay it any more"));
    // Somebody else has the seats by then, and both have paid.
    house.cinema().take(&json!(["C3"]), BOB);
    house.cinema().bookings[0]["isPaid"] = json!(true);
    let paid = house.bookings().await.remove(0);
    assert_eq!((paid.status, troubles(&paid)), (BookingStatus::Paid, vec![("C3", Trouble::Doubled)]));
    assert_eq!((paid.payment_page, paid.unpayable), (None, None));
}

#[tokio::test]
async fn a_page_of_a_foreign_host_is_named_and_not_offered() {
    let house = House::open(Does::Book).await;
    house.cinema().link = "https://pay.evil.example/cs_test_1".to_owned();
    let booking = house.bought().await.unwrap();
    assert_eq!(booking.payment_page, None);
    assert!(booking.unpayable.unwrap().as_str().contains("pay.evil.example"));
}

#[tokio::test]
async fn bookings_of_removed_shows_and_films_are_shown_as_that_and_not_paid() {
    let house = House::open(Does::Book).await;
    house.bought().await.unwrap();
    let mut removed_film = house.cinema().listed().remove(0);
    removed_film["_id"] = json!("6b02c82c0bf56c0f14d70032");
    removed_film["bookedSeats"] = json!(["C5"]);
    removed_film["show"]["movie"] = Value::Null;
    removed_film["show"]["occupiedSeats"] = json!({"C5": ME});
    house.cinema().bookings[0]["show"] = Value::Null;
    house.cinema().bookings.push(removed_film);
    let all = house.bookings().await;
    let titles: Vec<_> = all.iter().map(|booking| booking.movie_title.as_str()).collect();
    assert_eq!(titles, ["Removed show", "Removed film"]);
    assert_eq!((all[0].starts_at, all[1].starts_at.is_some()), (None, true));
    for booking in &all {
        assert_eq!((booking.status, &booking.payment_page), (BookingStatus::Pending, &None));
        assert!(booking.unpayable.as_ref().unwrap().as_str().contains("has removed"));
    }
}

#[tokio::test]
async fn a_seat_in_two_bookings_of_ones_own_is_not_paid_twice() {
    let house = House::open(Does::Book).await;
    house.bought().await.unwrap();
    house.clock.advance(5);
    let link = house.cinema().link.clone();
    house.cinema().book(&json!(["C4", "C5"]), Some(&link));
    house.cinema().take(&json!(["C5"]), ME);
    let all = house.bookings().await;
    assert_eq!(troubles(&all[0]), [("C4", Trouble::Doubled)]);
    assert!(
        all[0].unpayable.as_ref().unwrap().as_str().contains("C4 is yours already by booking 6b02c82c0bf56c0f14d70031")
    );
    assert!(all[1].payment_page.is_some() && all[1].troubles.is_empty());
    // The later one was paid: now the earlier one must not be.
    house.cinema().bookings[0]["isPaid"] = json!(true);
    let all = house.bookings().await;
    assert!(all[0].troubles.is_empty() && all[1].payment_page.is_none());
}

#[tokio::test]
async fn an_answer_that_says_nothing_of_the_booking_is_told_as_that() {
    let house = House::open(Does::SayNothing).await;
    let failure = house.bought().await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Unknown);
    assert!(failure.why.contains("without saying what became of it"), "{}", failure.why);
}

#[tokio::test]
async fn a_show_that_has_begun_meanwhile_is_not_booked() {
    let house = House::open(Does::Book).await;
    let hold = house.chosen(&["C3"]).await;
    house.clock.advance(2 * 24 * 60 * 60);
    assert_eq!(house.book(&hold, "late").await.unwrap_err().code, "sale_closed");
    assert_eq!(house.cinema().posts.len(), 0);
}

#[tokio::test]
async fn who_runs_the_cinema_is_told_from_everybody_else() {
    let house = House::open(Does::Book).await;
    let cases = [
        (json!({"success": true, "isAdmin": true}), Some(Role::Admin)),
        (json!({"success": true}), Some(Role::Admin)),
        (json!({"success": true, "isAdmin": false}), Some(Role::Customer)),
        (json!({"success": false, "isAdmin": false, "message": "not authorized "}), Some(Role::Customer)),
        (json!({"success": false, "message": "Not Authorized"}), Some(Role::Customer)),
        (json!({"success": false, "message": "fetch failed"}), None),
    ];
    for (answer, role) in cases {
        house.cinema().admin = answer.clone();
        assert_eq!(house.backstage().role(bearer()).await.ok(), role, "{answer}");
    }
}

#[tokio::test]
async fn the_cinema_is_seen_by_its_figures_shows_bookings_and_films_to_add() {
    let house = House::open(Does::Book).await;
    house.bought().await.unwrap();
    let backstage = house.backstage();
    let dashboard = backstage.dashboard(bearer()).await.unwrap();
    assert_eq!((dashboard.bookings, dashboard.people), (Some(3), Some(2)));
    assert_eq!(dashboard.revenue, Some(Money::new(3150, Currency::EUR)));
    assert_eq!((dashboard.shows[0].taken, dashboard.shows[0].earnings().unwrap().minor), (3, 3150));

    let shows = backstage.shows(bearer()).await.unwrap();
    let titles: Vec<_> = shows.iter().map(|show| (show.movie_title.as_str(), show.movie.is_some())).collect();
    assert_eq!(titles, [("Removed film", false), ("The Tin\u{fffd}[31m Lighthouse", true)]);

    // Bob has C4, too; his earlier booking of C3 was not paid in time.
    let mut bobs = house.cinema().listed().remove(0);
    bobs["_id"] = json!("6b02c82c0bf56c0f14d70077");
    bobs["bookedSeats"] = json!(["C4"]);
    bobs["user"] = json!({"_id": BOB, "name": "Bob null", "email": "bob@example.org"});
    let mut late = bobs.clone();
    late["_id"] = json!("6b02c82c0bf56c0f14d70070");
    late["bookedSeats"] = json!(["C3"]);
    late["user"] = Value::Null;
    late["createdAt"] = json!("2026-11-22T09:00:00.000Z");
    house.cinema().bookings.splice(0..0, [late, bobs]);
    let sold = backstage.bookings(bearer()).await.unwrap();
    let told: Vec<_> =
        sold.iter().map(|b| (b.person.as_str(), b.doubled.iter().map(|s| s.as_str()).collect())).collect();
    assert_eq!(told, [("Bob", vec!["C4"]), (ME, vec!["C4"]), ("", vec![])]);

    let films = backstage.candidates(bearer()).await.unwrap();
    assert_eq!((films.len(), films[0].id.as_str(), films[0].year), (1, "900001", 2025));
}

#[tokio::test]
async fn shows_are_added_once_under_the_names_of_all_servers() {
    let house = House::open(Does::Book).await;
    let time = |text: &str| text.parse().unwrap();
    let shows = NewShows {
        movie: MovieId::new("900001"),
        times: vec![
            time("2026-11-24T18:30:00"),
            time("2026-11-23T14:00:00"),
            time("2026-11-24T14:00:00"),
            time("2026-11-23T14:00:00"),
        ],
        price: Money::new(1050, Currency::EUR),
    };
    let backstage = house.backstage();
    backstage.add(bearer(), &shows).await.unwrap();
    let times = json!([{"date": "2026-11-23", "time": ["14:00"]}, {"date": "2026-11-24", "time": ["14:00", "18:30"]}]);
    let body = json!({"movieId": "900001", "showsInput": times, "showInput": times, "showPrice": 10.5});
    assert_eq!(house.cinema().posts, [(None, body)]);

    house.cinema().add_cut = true;
    let why = backstage.add(bearer(), &shows).await.unwrap_err();
    assert_eq!(why.kind, FailureKind::Unknown);
    assert!(why.why.contains("look at the list of shows before you add them again"), "{}", why.why);
    assert_eq!(house.cinema().posts.len(), 2);
    assert_eq!(
        backstage.add(bearer(), &NewShows { times: vec![], ..shows }).await.unwrap_err().kind,
        FailureKind::Input
    );
}
