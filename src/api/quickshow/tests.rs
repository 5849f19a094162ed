use super::{hall::Hall, *};
use crate::domain::{
    admin::Role,
    failure::ConflictReason,
    show::{SeatState, SeatStates},
};
use jiff::Timestamp;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

/// Notes that are kept as long as the test.
#[derive(Default)]
struct Pages(Mutex<BTreeMap<String, String>>);

impl Notebook for Pages {
    fn read(&self, server: &str) -> Option<String> {
        self.0.lock().unwrap().get(server).cloned()
    }
    fn write(&self, server: &str, note: &str) {
        self.0.lock().unwrap().insert(server.to_owned(), note.to_owned());
    }
}

/// The evening of the invented shows.
struct Evening;

impl Clock for Evening {
    fn now(&self) -> Timestamp {
        "2026-11-23T12:00:00Z".parse().unwrap()
    }
    fn monotonic_ms(&self) -> u64 {
        0
    }
}

/// Status, headers and body of each route.
type Answers = Arc<Mutex<BTreeMap<String, (u16, String, String)>>>;

/// A server that answers its routes, and everything else as Express does.
struct House {
    http: Arc<Http>,
    notebook: Arc<Pages>,
    answers: Answers,
    /// Whole requests in lower case, in order.
    heard: Arc<Mutex<Vec<String>>>,
}

impl House {
    async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = Url::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
        let house = Self {
            http: Arc::new(Http::new(url)),
            notebook: Arc::default(),
            answers: Arc::default(),
            heard: Arc::default(),
        };
        let (answers, heard) = (house.answers.clone(), house.heard.clone());
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, answers.clone(), heard.clone()));
            }
        });
        house
    }

    fn says(self, route: &str, answer: Value) -> Self {
        self.answers_with(route, 200, "Content-Type: application/json\r\n", &answer.to_string())
    }

    fn answers_with(self, route: &str, status: u16, headers: &str, body: &str) -> Self {
        let answer = (status, headers.to_owned(), body.to_owned());
        self.answers.lock().unwrap().insert(route.to_owned(), answer);
        self
    }

    fn office(&self) -> QuickShow {
        let terms =
            Terms { timezone: "UTC".to_owned(), currency: Currency::EUR, web_origin: None, payment_hosts: Vec::new() };
        QuickShow::new(self.http.clone(), terms, Arc::new(Evening), self.notebook.clone(), None)
    }

    fn asked(&self) -> Vec<String> {
        let first = |request: &String| request.lines().next().unwrap().trim_end_matches(" http/1.1").to_owned();
        self.heard.lock().unwrap().iter().map(first).collect()
    }
}

async fn serve(mut stream: TcpStream, answers: Answers, heard: Arc<Mutex<Vec<String>>>) {
    let mut request = Vec::new();
    let mut piece = [0; 4096];
    let length = |head: &str| {
        let told = head.lines().find_map(|line| line.strip_prefix("content-length: "));
        told.map_or(0, |count| count.trim().parse().unwrap())
    };
    let text = loop {
        let count = stream.read(&mut piece).await.unwrap_or(0);
        request.extend_from_slice(&piece[..count]);
        let text = String::from_utf8_lossy(&request).to_lowercase();
        match text.split_once("\r\n\r\n") {
            Some((head, body)) if body.len() >= length(head) => break text,
            _ if count == 0 => return,
            _ => {}
        }
    };
    let route = text.lines().next().unwrap().trim_end_matches(" http/1.1").to_owned();
    heard.lock().unwrap().push(text);
    let path = route.split(' ').next_back().unwrap().to_owned();
    let missing =
        || (404, "Content-Type: text/html\r\n".to_owned(), format!("<html><pre>Cannot GET {path}</pre></html>"));
    let (status, headers, body) = answers.lock().unwrap().get(&route).cloned().unwrap_or_else(missing);
    let length = body.len();
    let answer = format!("HTTP/1.1 {status} X\r\nConnection: close\r\nContent-Length: {length}\r\n{headers}\r\n{body}");
    let _ = stream.write_all(answer.as_bytes()).await;
}

fn film() -> Value {
    json!({"_id": 900001, "title": "The Tin\u{1b}[31m Lighthouse", "overview": "A lamp.", "poster_path": "/p.jpg",
        "release_date": "2025-06-20", "genres": [{"id": 18, "name": "Drama"}, "Comedy", null], "runtime": "127",
        "casts": [{"name": "Ada", "character": "Keeper"}, null, {"fullName": "Bo", "characters": ["Sea", "Gull"]}],
        "vote_average": "7.2", "tagline": "Left on."})
}

fn times() -> Value {
    json!({"success": true, "movie": film(), "dateTime": {
        "2026-11-24": [{"time": "2026-11-24T20:00:00.000Z", "showId": "s2"}, null, {"time": "soon", "showId": "s9"}],
        "2026-11-23": [{"time": "2026-11-23T18:30:00.000Z", "showId": "s1"},
            {"time": "2026-11-23T11:59:00.000Z", "showId": "s0"}, {"time": "2026-11-23T18:30:00.000Z", "showId": "s1"}]}})
}

fn token() -> Bearer {
    Bearer::new("token".to_owned().into())
}

#[tokio::test]
async fn films_and_times_are_found_under_either_spelling_and_the_spelling_is_remembered() {
    let house = House::open().await;
    let house = house.says("get /api/shows/all", json!({"success": true, "show": [null, film(), film()]}));
    let house = house.says("get /api/shows/900001", times());
    let office = house.office();
    let films = office.movies().await.unwrap();
    let [film] = films.as_slice() else { panic!("one film, once: {films:?}") };
    assert_eq!((film.id.as_str(), film.title.as_str()), ("900001", "The Tin\u{fffd}[31m Lighthouse"));
    assert_eq!((film.year, film.runtime_min, film.rating), (2025, 127, Some(7.2)));
    let genres: Vec<_> = film.genres.iter().map(Text::as_str).collect();
    assert_eq!(genres, ["Drama", "Comedy"]);
    assert_eq!((film.cast.len(), film.cast[1].role.as_str()), (2, "Sea / Gull"));

    let shows = office.shows(&film.id).await.unwrap();
    let told: Vec<_> = shows.iter().map(|show| (show.id.as_str(), show.starts_at.to_string())).collect();
    assert_eq!(told, [("s1", "2026-11-23T18:30:00Z".to_owned()), ("s2", "2026-11-24T20:00:00Z".to_owned())]);
    assert_eq!(shows[0].ends_at.duration_since(shows[0].starts_at).as_mins(), 127);
    assert_eq!((shows[0].free, shows[0].seats, shows[0].price_from()), (None, 90, None));

    // Another start of the program asks the right one at once, and does not look for plans of halls again.
    house.heard.lock().unwrap().clear();
    let office = house.office();
    office.movies().await.unwrap();
    office.shows(&film.id).await.unwrap();
    assert_eq!(house.asked(), ["get /api/shows/all", "get /api/shows/900001"]);
}

#[tokio::test]
async fn what_stops_working_is_looked_for_again() {
    let house = House::open().await.says("get /api/show/all", json!({"success": true, "shows": []}));
    assert_eq!(house.office().movies().await, Ok(Vec::new()));
    house.answers.lock().unwrap().clear();
    let house = house.says("get /api/shows/all", json!({"success": true, "shows": [film()]}));
    assert_eq!(house.office().movies().await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_list_that_is_missing_is_never_an_empty_one() {
    let house = House::open().await.says("get /api/show/all", json!({"success": true}));
    let failure = house.office().movies().await.unwrap_err();
    assert!(failure.why.ends_with("answered without a list of films"), "{}", failure.why);
    let words = json!({"success": true, "data": "database is asleep"});
    let failure = house.says("get /api/show/all", words).office().movies().await.unwrap_err();
    assert!(failure.why.ends_with("a list of films: database is asleep"), "{}", failure.why);
}

#[tokio::test]
async fn every_way_of_failing_has_its_own_words() {
    let cases: [(u16, &str, &str, FailureKind, &str); 9] = [
        (302, "Location: /\r\n", "", FailureKind::SignIn, "sign in first"),
        (500, "", "<html><pre>SyntaxError: &quot;x&quot;<br>at y</pre>", FailureKind::Other, "SyntaxError: \"x\""),
        (200, "", "<!doctype html><title>My page</title>", FailureKind::Other, "a web page"),
        (200, "", r#"{"success":true,"shows":[{"#, FailureKind::Other, "ends in the middle"),
        (200, "", r#"{"sucess":false,"messsage":"Tired\u0007"}"#, FailureKind::Other, "Tired\u{fffd}"),
        (200, "", r#"{"success":false}"#, FailureKind::Other, "no reason given"),
        (401, "", r#"{"message":"no"}"#, FailureKind::SignIn, "sign in first"),
        (404, "", r#"{"success":false,"message":"gone"}"#, FailureKind::NotFound, "does not have what"),
        (
            200,
            "",
            r#"{"success":false,"message":"Cast to ObjectId failed for value"}"#,
            FailureKind::NotFound,
            "does not",
        ),
    ];
    for (status, headers, body, kind, words) in cases {
        let house = House::open().await.answers_with("get /api/booking/seats/s1", status, headers, body);
        let gone = house.office().inner.gone(&ShowId::new("s1"), None).await;
        let failure = gone.err().unwrap_or_else(|| panic!("{status} {body} is no answer"));
        assert_eq!(failure.kind, kind, "{status} {body}: {}", failure.why);
        assert!(failure.why.contains(words), "{status} {body}: {}", failure.why);
    }
}

#[tokio::test]
async fn an_empty_list_that_a_signed_out_person_gets_is_no_answer() {
    let signed_out = "Content-Type: application/json\r\nx-clerk-auth-status: signed-out\r\n";
    let house =
        House::open().await.answers_with("get /api/user/favorites", 200, signed_out, r#"{"success":true,"movies":[]}"#);
    let failure = house.office().favourites(token()).await.unwrap_err();
    assert_eq!((failure.kind, failure.code.as_str()), (FailureKind::SignIn, "invalid_token"));
}

#[tokio::test]
async fn seats_are_told_as_names_or_as_an_object_and_stay_unchanged_until_they_change() {
    let taken = json!({"success": true, "occupiedSeats": ["A1", "c4", 7, "Z99"]});
    let house = House::open().await.says("get /api/bookings/seats/s1", taken);
    let office = house.office();
    let plan = Hall::usual().plan;
    let of = ShowPlan { show: ShowId::new("s1"), chart: plan.hash.clone(), count: 90 };
    let Ok(SeatsNow::States { etag, states }) = office.seats(&of, None).await else { panic!("states") };
    let sold = |states: &SeatStates| -> Vec<String> {
        let sold = plan.chart.indices().filter(|ix| states.get(ix.get()) == SeatState::Sold);
        sold.map(|ix| plan.label(ix)).collect()
    };
    assert_eq!(sold(&states), ["A1", "C4"]);
    assert_eq!(office.seats(&of, Some(&etag)).await, Ok(SeatsNow::Unchanged));
    let house = house.says("get /api/bookings/seats/s1", json!({"success": true, "occupiedSeates": {"B2": "user_1"}}));
    let Ok(SeatsNow::States { states, .. }) = office.seats(&of, Some(&etag)).await else { panic!("states") };
    assert_eq!(sold(&states), ["B2"]);
    assert_eq!(house.office().watch(&of).await.err().unwrap().code, NO_NEWS);
}

#[tokio::test]
async fn a_choice_is_checked_here_because_the_server_checks_nothing() {
    let house = House::open().await.says("get /api/show/all", json!({"success": true, "shows": [film()]}));
    let house = house.says("get /api/show/900001", times());
    let house = house.says("get /api/booking/seats/s1", json!({"success": true, "occupiedSeats": ["C3"]}));
    let office = house.office();
    let show = ShowId::new("s1");
    let seats = |names: &[&str]| -> Vec<SeatId> { names.iter().map(|name| SeatId::new(*name)).collect() };
    for (names, code) in [
        (&[][..], "no_seats"),
        (&["A1", "A2", "A3", "A4", "A5", "A6"], "too_many_seats"),
        (&["A1", "A1"], "seat_twice"),
        (&["Z99"], "unknown_seat"),
    ] {
        assert_eq!(office.hold(&show, &seats(names), LeftAlone::Refuse).await.unwrap_err().code, code);
    }
    let taken = office.hold(&show, &seats(&["C2", "C3"]), LeftAlone::Refuse).await.unwrap_err();
    assert_eq!((taken.kind, taken.conflicts[0].label.as_str()), (FailureKind::SeatGone, "C3"));
    assert_eq!(taken.conflicts[0].reason, ConflictReason::Sold);

    let hold = office.hold(&show, &seats(&["C1", "C2"]), LeftAlone::Refuse).await.unwrap();
    assert_eq!((hold.ttl_ms, hold.expires_at, hold.total), (None, None, None));
    let edit = HoldEdit { add: seats(&["C4"]), remove: seats(&["C1"]), ..HoldEdit::default() };
    let changed = office.change_hold(&hold.id, &edit).await.unwrap();
    let labels: Vec<_> = changed.seats.iter().map(|seat| seat.label.as_str()).collect();
    assert_eq!(labels, ["C2", "C4"]);
    assert_eq!(office.inner.choices.get(&hold.id), Some(changed));

    let pair = Party { size: 2, ..Party::default() };
    let proposals = office.propose(&show, &pair, 3).await.unwrap();
    assert!(proposals.len() > 1 && proposals.iter().all(|proposal| proposal.seats.len() == 2));
    assert!(house.asked().iter().all(|asked| asked.starts_with("get ")), "nothing is sent before the booking");
}

#[tokio::test]
async fn the_hall_of_a_server_that_tells_one_has_its_kinds_of_seats_and_gaps() {
    let seat = |number: u32, kind: &str| json!({"seatNumber": number, "seatType": kind});
    let rows = json!([
        {"row": "A", "seats": [seat(1, "STANDARD"), seat(2, "EMPTY"), seat(3, "STANDARD")]},
        {"row": "B", "seats": [seat(1, "VIP"), seat(2, "VIP"), {"seatNumber": "B3", "seatType": "COUPLE"}, null]}]);
    let house = House::open().await.says("get /api/show/900001", times());
    let layout =
        json!({"success": true, "roomName": "Room 7", "basePrice": "9.50", "seatMap": rows, "heldSeats": ["B2"]});
    let house = house.says("get /api/show/s1/seat-layout", layout.clone()).says("get /api/show/s2/seat-layout", layout);
    let office = house.office();
    let shows = office.shows(&MovieId::new("900001")).await.unwrap();
    let chart = office.chart(&shows[0].chart).await.unwrap();
    assert_eq!(chart.seats.iter().map(|seat| seat.id.as_str()).collect::<Vec<_>>(), ["A1", "A3", "B1", "B2", "B3"]);
    assert_eq!(
        chart.categories.iter().map(|kind| kind.name.as_str()).collect::<Vec<_>>(),
        ["Standard", "VIP", "Couple"]
    );
    assert_eq!((shows[0].hall_name.as_str(), shows[0].seats), ("Room 7", 5));
    // The price of the plain seats is told; the others' is not, and none is made up.
    assert_eq!(shows[0].price("standard"), Some(Money::new(950, Currency::EUR)));
    assert_eq!(shows[0].price("vip"), None);
    // Who is paying is told with the hall only, and nobody else can have that seat.
    let house = house.says("get /api/booking/seats/s1", json!({"success": true, "occupiedSeats": ["A1"]}));
    let of = ShowPlan { show: shows[0].id.clone(), chart: shows[0].chart.clone(), count: 5 };
    let SeatsNow::States { states, .. } = house.office().seats(&of, None).await.unwrap() else { panic!("all is new") };
    assert_eq!(states.iter().map(SeatState::word).collect::<Vec<_>>(), ["sold", "free", "free", "held", "free"]);
}

#[tokio::test]
async fn a_show_is_looked_for_among_the_films_and_a_removed_film_has_its_times() {
    let house = House::open().await;
    let other = json!({"_id": "900002", "title": "Other"});
    let house = house.says("get /api/show/all", json!({"success": true, "shows": [other, film()]}));
    let removed = json!({"success": true, "movie": null, "dateTime": {}});
    let house = house.says("get /api/show/900002", removed).says("get /api/show/900001", times());
    assert_eq!(house.office().show(&ShowId::new("s2")).await.unwrap().movie.as_str(), "900001");
    let nowhere = house.office().show(&ShowId::new("s7")).await.unwrap_err();
    assert_eq!(nowhere.kind, FailureKind::NotFound);
    let gone = house.office().shows(&MovieId::new("900002")).await.unwrap_err();
    assert!(gone.why.ends_with("does not have this film any more"), "{}", gone.why);
    let orphans =
        json!({"success": true, "movie": null, "dateTime": {"x": [{"time": "2026-11-23T18:30:00Z", "showId": 5}]}});
    let house = house.says("get /api/show/900002", orphans);
    let shows = house.office().shows(&MovieId::new("900002")).await.unwrap();
    assert_eq!((shows[0].id.as_str(), shows[0].movie_title.as_str()), ("5", "Removed film"));
}

#[tokio::test]
async fn a_favourite_is_turned_over_only_if_it_differs_and_its_id_is_text() {
    let house = House::open().await.says("get /api/user/favourites", json!({"success": true, "movies": [film()]}));
    let house = house.says("post /api/user/update-favourite", json!({"success": true}));
    let film = MovieId::new("900001");
    let office = house.office();
    assert_eq!(office.set_favourite(token(), &film, Favourite::Yes).await, Ok(vec![film.clone()]));
    assert!(!house.asked().iter().any(|asked| asked.starts_with("post")));
    // This server never changes anything: the list is believed, not the flag.
    assert!(office.set_favourite(token(), &film, Favourite::No).await.is_err());
    let heard = house.heard.lock().unwrap();
    let sent = heard.iter().find(|request| request.starts_with("post /api/user/update-favourite")).unwrap();
    assert!(sent.contains(r#"{"movieid":"900001"}"#) && sent.contains("origin: http://127.0.0.1"), "{sent}");
    assert!(sent.contains("authorization: bearer token") && sent.contains("accept: application/json"), "{sent}");
}

#[tokio::test]
async fn a_list_of_which_nothing_can_be_read_is_never_an_empty_one() {
    let house = House::open().await;
    let house = house.says("get /api/user/bookings", json!({"success": true, "bookings": [{"seats": ["C3"]}, null]}));
    let house = house.says("get /api/user/favorites", json!({"success": true, "movies": [{"title": "Rain"}]}));
    let house = house.says("get /api/admin/all-shows", json!({"success": true, "shows": [{"price": 8}]}));
    let house = house.says("get /api/admin/all-bookings", json!({"success": true, "bookings": ["one"]}));
    let nameless = json!({"x": [{"time": "2026-11-23T18:30:00Z"}]});
    let house = house.says("get /api/show/900001", json!({"success": true, "movie": film(), "dateTime": nameless}));
    let days = json!({"2026-11-23": {"time": "2026-11-23T18:30:00Z", "showId": "s1"}});
    let house = house.says("get /api/show/900002", json!({"success": true, "movie": film(), "dateTime": days}));
    let office = house.office();
    let desk = office.backstage();
    for failure in [
        office.bookings(token()).await.unwrap_err(),
        office.favourites(token()).await.unwrap_err(),
        office.shows(&MovieId::new("900001")).await.unwrap_err(),
        office.shows(&MovieId::new("900002")).await.unwrap_err(),
        desk.shows(token()).await.unwrap_err(),
        desk.bookings(token()).await.unwrap_err(),
    ] {
        assert!(failure.why.contains("answered without "), "{}", failure.why);
    }
}

#[tokio::test]
async fn taken_seats_that_are_objects_are_taken() {
    let taken = json!({"success": true, "occupiedSeats": [{"seat": "A1", "user": "user_1"}, {"seatNumber": "A2"}]});
    let house = House::open().await.says("get /api/booking/seats/s1", taken);
    let gone = house.office().inner.gone(&ShowId::new("s1"), None).await.ok().unwrap();
    assert_eq!(gone.taken.iter().map(|one| one.seat.as_str()).collect::<Vec<_>>(), ["A1", "A2"]);
}

#[tokio::test]
async fn one_show_without_a_plan_does_not_hide_the_plans_of_the_others() {
    let rows = json!([{"row": "A", "seats": [{"seatNumber": 1, "seatType": "STANDARD"}]}]);
    let house = House::open().await.says("get /api/show/s1/seat-layout", json!({"success": true, "seatMap": rows}));
    let house = house.says("get /api/show/s3/seat-layout", json!({"success": true, "seatMap": rows}));
    let office = house.office();
    let mut seats = Vec::new();
    for show in ["s1", "s2", "s3"] {
        seats.push(office.inner.hall_of(&ShowId::new(show)).await.ok().unwrap().plan.chart.seats.len());
    }
    assert_eq!(seats, [1, 90, 1]);
    // What a server has never told is not asked for at each show, and is asked for again the day after.
    let house = House::open().await;
    let office = house.office();
    for show in ["s1", "s2"] {
        office.inner.hall_of(&ShowId::new(show)).await.ok().unwrap();
    }
    assert_eq!(house.asked().len(), 2, "{:?}", house.asked());
    let house = house.says("get /api/show/s1/seat-layout", json!({"success": true, "seatMap": rows}));
    let again = house.office();
    let day_before = Evening.now() - jiff::SignedDuration::from_hours(25);
    again.inner.learn(|variant| variant.lacks(variant::Route::Layout, day_before));
    assert_eq!(again.inner.hall_of(&ShowId::new("s1")).await.ok().unwrap().plan.chart.seats.len(), 1);
}

#[test]
fn a_seat_whose_name_is_too_long_is_not_sold_by_half_of_it() {
    let row = |label: &str| json!({"row": label, "seats": [{"seatNumber": 1}, {"seatNumber": "2".repeat(17)}]});
    let told = json!({"seatMap": [row("Balcony B"), row(&"x".repeat(41))]});
    let hall = hall::told(&answer::Answer(told)).unwrap();
    assert_eq!(hall.plan.chart.seats.iter().map(|seat| seat.id.as_str()).collect::<Vec<_>>(), ["Balcony B1"]);
}

#[tokio::test]
async fn a_show_is_found_although_the_times_of_another_film_cannot_be_read() {
    let other = json!({"_id": "900002", "title": "Other"});
    let house = House::open().await.says("get /api/show/all", json!({"success": true, "shows": [other, film()]}));
    let house = house.answers_with("get /api/show/900002", 400, "", r#"{"success":false,"message":"tired"}"#);
    let house = house.says("get /api/show/900001", times());
    assert_eq!(house.office().show(&ShowId::new("s2")).await.unwrap().movie.as_str(), "900001");
    let failure = house.office().show(&ShowId::new("s7")).await.unwrap_err();
    assert!(failure.why.contains("tired"), "it may have been among those: {}", failure.why);
}

#[tokio::test]
async fn a_server_that_has_moved_says_where_to() {
    let place = "Location: https://new.example/api/show/all\r\n";
    let house = House::open().await.answers_with("get /api/show/all", 301, place, "");
    let failure = house.office().movies().await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Other);
    assert!(failure.why.contains("moved to \"https://new.example/api/show/all\""), "{}", failure.why);
}

#[tokio::test]
async fn a_connection_that_was_closed_for_being_idle_is_opened_again_for_reading_only() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = Url::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
    let heard = Arc::new(Mutex::new(Vec::new()));
    let told = heard.clone();
    tokio::spawn(async move {
        let answers = Arc::new(Mutex::new(BTreeMap::from([(
            "get /api/user/favorites".to_owned(),
            (200, String::new(), json!({"success": true, "movies": []}).to_string()),
        )])));
        for nth in 0.. {
            let (mut stream, _) = listener.accept().await.unwrap();
            if nth == 0 {
                // It takes the question and hangs up.
                let _ = stream.read(&mut [0; 4096]).await;
                continue;
            }
            let _ = stream.readable().await;
            let mut start = [0; 4];
            if stream.peek(&mut start).await.is_ok() && start.starts_with(b"POST") {
                told.lock().unwrap().push("post".to_owned());
                continue;
            }
            serve(stream, answers.clone(), told.clone()).await;
        }
    });
    let house = House { http: Arc::new(Http::new(url)), notebook: Arc::default(), answers: Arc::default(), heard };
    // The toggle's connection breaks, too: it is sent once, and the list tells.
    let toggled = house.office().set_favourite(token(), &MovieId::new("1"), Favourite::Yes).await.unwrap_err();
    assert!(toggled.why.contains("did not change your favourites"), "{}", toggled.why);
    let asked: Vec<_> = house.asked().iter().map(|asked| asked.split(' ').next().unwrap().to_owned()).collect();
    assert_eq!(asked, ["get", "post", "get"]);
}

#[tokio::test]
async fn what_is_remembered_has_an_end() {
    let office = House::open().await.office();
    let inner = &office.inner;
    for nth in 0..MOST_REMEMBERED + 10 {
        inner.learn_price(&ShowId::new(nth.to_string()), Money::new(100, Currency::EUR));
    }
    assert!(inner.memory().prices.len() <= MOST_REMEMBERED + 1);
    assert!(inner.memory().prices.contains_key(&ShowId::new((MOST_REMEMBERED + 9).to_string())));
}

#[tokio::test]
async fn old_choices_are_forgotten() {
    let house = House::open().await.says("get /api/show/all", json!({"success": true, "shows": [film()]}));
    let house = house.says("get /api/show/900001", times());
    let house = house.says("get /api/booking/seats/s1", json!({"success": true, "occupiedSeats": []}));
    let office = house.office();
    let mut made = Vec::new();
    for _ in 0..502 {
        made.push(office.hold(&ShowId::new("s1"), &[SeatId::new("A1")], LeftAlone::Tell).await.unwrap());
    }
    assert_eq!(office.inner.choices.get(&made[1].id), None);
    assert!(office.inner.choices.get(&made[2].id).is_some());
}

#[tokio::test]
async fn only_a_server_that_says_so_has_somebody_run_it() {
    for (answer, role) in [
        (json!({"success": true}), Role::Admin),
        (json!({"success": true, "isAdmin": false}), Role::Customer),
        (json!({"message": "hello"}), Role::Customer),
        (json!({}), Role::Customer),
    ] {
        let house = House::open().await.says("get /api/admin/is-admin", answer.clone());
        assert_eq!(house.office().backstage().role(token()).await, Ok(role), "{answer}");
    }
}

#[tokio::test]
async fn a_server_that_never_answers_what_it_does_not_know_is_known_all_the_same() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = Url::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
    let answers: BTreeMap<_, _> =
        [("get /api/show/all".to_owned(), (200, String::new(), r#"{"success":true,"shows":[]}"#.to_owned()))].into();
    let answers = Arc::new(Mutex::new(answers));
    tokio::spawn(async move {
        let mut kept = Vec::new();
        while let Ok((stream, _)) = listener.accept().await {
            if kept.is_empty() {
                kept.push(stream);
            } else {
                tokio::spawn(serve(stream, answers.clone(), Arc::default()));
            }
        }
    });
    assert_eq!(detect::detect(&Http::new(url)).await, Ok(Api::QuickShow));
}

#[tokio::test]
async fn extras_are_none_where_the_server_has_none() {
    let catch_all = json!({"success": true, "movie": null, "dateTime": {}});
    let house = House::open().await.says("get /api/show/home-trailers", catch_all);
    let office = house.office();
    assert_eq!(office.trailers().await, Ok(Vec::new()));
    assert_eq!(office.recommendations(token()).await, Ok(Vec::new()));
    let house = House::open().await.says(
        "get /api/show/home-trailers",
        json!({"success": true, "trailers": [
        {"title": "One", "videoUrl": "https://video.example/1"}, {"title": "Two", "videoUrl": "javascript:x"},
        {"title": "Three", "videoUrl": "https://video.example@evil.example/3"},
        {"title": "Four", "videoUrl": "https://vid\u{435}o.example/4"}]}),
    );
    let urls: Vec<_> = house.office().trailers().await.unwrap().into_iter().map(|trailer| trailer.url).collect();
    assert_eq!(
        urls,
        ["https://video.example/1", "https://xn--vido-x4d.example/4"],
        "a look-alike is told by its letters"
    );
}

#[tokio::test]
async fn a_server_is_asked_once_what_it_speaks() {
    let quickshow = House::open().await.says("get /api/shows/all", json!({"success": false, "message": "asleep"}));
    assert_eq!(detect::api(&quickshow.http, &*quickshow.notebook).await, Ok(Api::QuickShow));
    let asked = quickshow.asked().len();
    assert_eq!(detect::api(&quickshow.http, &*quickshow.notebook).await, Ok(Api::QuickShow));
    assert_eq!(quickshow.asked().len(), asked, "it was noted");
    assert!(detect::forget(&quickshow.http, &*quickshow.notebook));
    assert!(!detect::forget(&quickshow.http, &*quickshow.notebook));

    let problem = "Content-Type: application/problem+json\r\n";
    let native = House::open().await.answers_with("get /v1/cinema", 503, problem, "{}");
    assert_eq!(detect::detect(&native.http).await, Ok(Api::Native));

    for (status, headers, body, words) in [
        (200, "", "<html><title>Welcome</title>", "a web page (200 OK, \"Welcome\")"),
        (302, "Location: https://login.example/\r\n", "", "a redirect to \"https://login.example/\""),
        (404, "", "", "404 Not Found"),
        (407, "", "", "perhaps a proxy's"),
        (200, "", r#"{"hello":"world"}"#, "something else"),
        (502, "", "bad gateway", "an error of its own (502 Bad Gateway, \"bad gateway\")"),
    ] {
        let house = House::open().await;
        let house = house.answers_with("get /v1/cinema", status, headers, body);
        let house = house.answers_with("get /api/show/all", status, headers, body);
        let house = house.answers_with("get /api/shows/all", status, headers, body);
        let failure = detect::api(&house.http, &*house.notebook).await.unwrap_err();
        assert!(failure.why.contains(words), "{}", failure.why);
        assert_eq!(house.notebook.read(&house.http.origin()), None);
    }
}

#[tokio::test]
async fn an_answer_that_is_too_large_ends_in_a_sentence() {
    let house = House::open().await.answers_with("get /api/show/all", 200, "", &" ".repeat(17 << 20));
    let failure = house.office().movies().await.unwrap_err();
    assert!(failure.why.ends_with("as a QuickShow server: its answer is larger than 16 MiB"), "{}", failure.why);
}

#[test]
fn amounts_are_read_from_their_digits_and_moments_in_every_form() {
    use answer::{instant, made_at, money};
    let cents = |value: Value| money(&value, Currency::EUR).map(|money| money.minor);
    for (value, expected) in [
        (json!(10.5), Some(1050)),
        (json!("10.5"), Some(1050)),
        (json!(21), Some(2100)),
        (json!(31.499999999999996), Some(3150)),
        (json!(0.1 + 0.2), Some(30)),
        (json!("$5"), None),
        (json!("1e9"), None),
        (json!(null), None),
        (json!(99999999999999999999.0), None),
    ] {
        assert_eq!(cents(value.clone()), expected, "{value}");
    }
    assert_eq!(money(&json!("1500"), Currency::JPY).unwrap().minor, 1500);
    assert_eq!(money(&json!(10.5), Currency::XXX).unwrap().figure(), "10.50");
    let at: Timestamp = "2026-11-23T14:00:00Z".parse().unwrap();
    for value in [
        json!("2026-11-23T14:00:00.000Z"),
        json!("2026-11-23T14:00:00"),
        json!(1795442400000_i64),
        json!({"$date": "2026-11-23T15:00:00+01:00"}),
    ] {
        assert_eq!(instant(&value), Some(at), "{value}");
    }
    assert_eq!(instant(&json!("soon")), None);
    assert_eq!(made_at("6b0433e00bf56c0f14d70031").map(|at| at.as_second()), Some(0x6b0433e0));
}

#[test]
fn the_usual_hall_stands_as_the_family_draws_it() {
    let hall = Hall::usual();
    let chart = &hall.plan.chart;
    assert_eq!(chart.seats.len(), 90);
    for row in "ABCDEFGHIJ".chars() {
        for number in 1..=9 {
            let name = format!("{row}{number}");
            let seat = hall.seat(&name).unwrap_or_else(|| panic!("{name}"));
            assert_eq!((hall.plan.label(seat), chart.seat(seat).id.as_str()), (name.clone(), name.as_str()));
        }
    }
    let place = |name: &str| {
        let seat = chart.seat(hall.seat(name).unwrap());
        (seat.x, seat.y)
    };
    let middle = (place("C1").0 + place("E9").0) / 2.0;
    assert!((place("A5").0 - middle).abs() < 0.01, "the front rows stand in the middle");
    assert!(place("C9").0 + 1.5 < place("E1").0 && place("C1").1 == place("E1").1, "two blocks side by side");
    assert!(place("B1").1 < place("C1").1 && place("D1").1 < place("G1").1 && place("G1").1 == place("I1").1);
    let beside = hall.plan.geometry.row(chart.seat(hall.seat("C9").unwrap()).row);
    assert_eq!(beside.len(), 9, "nobody sits beside another block");
}
