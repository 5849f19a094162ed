//! The program itself, as scripts use it, at a server of the family.
#![cfg(unix)]

use crate::standin::{INVENTED, Recording, Reply, StandIn, Story, invented, recorded, recordings_folder, token};
use serde_json::{Value, json};
use std::{
    fs,
    process::{Command, Output, Stdio},
};
use tempfile::TempDir;

/// Somebody's home, and the server they use.
pub struct Home {
    pub dir: TempDir,
    pub server: StandIn,
    /// Named on the command line.
    pub api: Option<&'static str>,
}

impl Home {
    pub fn at(server: StandIn) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let home = Self { dir, server, api: Some("quickshow") };
        home.is("alice");
        home
    }

    /// Whose tokens the command gives from now on.
    pub fn is(&self, person: &str) {
        fs::write(self.dir.path().join("token.txt"), token(person)).unwrap();
    }

    fn run(&self, args: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_frontrow"));
        command.env_clear().env("PATH", "/usr/bin:/bin").env("HOME", self.dir.path()).env("LANG", "C.UTF-8");
        command.env("FRONTROW_TIMEZONE", "UTC").current_dir(self.dir.path());
        command.args(["--data-dir", "data", "--server", self.server.url.as_str()]);
        command.args(self.api.iter().flat_map(|api| ["--api", *api]));
        command.args(["--auth", "command", "--auth-command", "cat token.txt"]);
        command.args(args).stdin(Stdio::null()).output().unwrap()
    }

    /// The document of a command that must succeed.
    #[track_caller]
    fn json(&self, args: &[&str]) -> Value {
        let output = self.run(&[args, &["--json"]].concat());
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert_eq!(output.status.code(), Some(0), "{args:?}: {said} {}", String::from_utf8_lossy(&output.stderr));
        document(&output)
    }

    /// The error of a command that must end with this exit code.
    #[track_caller]
    pub fn error(&self, args: &[&str], code: i32) -> Value {
        let output = self.run(&[args, &["--json"]].concat());
        let error = document(&output)["error"].clone();
        assert_eq!(output.status.code(), Some(code), "{args:?}: {error}");
        let message = error["message"].as_str().unwrap();
        assert!(message.len() > 12 && !message.chars().any(char::is_control), "{message:?}");
        error
    }
}

#[track_caller]
fn document(output: &Output) -> Value {
    let text = String::from_utf8_lossy(&output.stdout);
    let document: Value = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text:?}"));
    assert_eq!(document["v"], 1, "{text}");
    document
}

/// Films, times, seats, a sale and its payment, in commands.
fn whole_story(name: &str, recordings: Vec<Recording>) {
    println!("{name}");
    let first = recordings.iter().find(|r| r.name == "show-one").unwrap().path.rsplit('/').next().unwrap().to_owned();
    let sale = recordings.iter().find(|r| r.name == "create-ok").unwrap().clone();
    let show = sale.sent["showId"].as_str().unwrap().to_owned();
    let home = Home::at(StandIn::telling(Story::of(recordings).today()));

    let movies = home.json(&["movies"]);
    let film = movies["movies"].as_array().unwrap().iter().find(|film| film["id"] == first.as_str());
    let title = film.unwrap_or_else(|| panic!("{name}: {movies}"))["title"].as_str().unwrap().to_owned();
    let shows = home.json(&["shows", &title]);
    let listed = shows["shows"].as_array().unwrap();
    assert!(listed.iter().any(|listed| listed["id"] == show.as_str()), "{name}: {shows}");
    // A server with rooms of its own tells a price with their plans; no other one is known.
    let priced = listed.iter().filter(|listed| !listed["price_from"].is_null()).count();
    assert_eq!(priced, usize::from(name == "duong"), "{name}: no price is made up: {shows}");
    let times: Vec<_> = listed.iter().map(|listed| listed["starts_at"].as_str().unwrap()).collect();
    assert!(times.is_sorted(), "{name}: {times:?}");

    let state = |label: &str| {
        let seats = home.json(&["seats", &show]);
        let seat = seats["seats"].as_array().unwrap().iter().find(|seat| seat["label"] == label).cloned();
        seat.unwrap_or_else(|| panic!("{name}: {label} in {seats}"))["state"].as_str().unwrap().to_owned()
    };
    assert_eq!((state("C3").as_str(), state("A1").as_str()), ("free", "free"), "{name}");

    home.server.asked();
    let booked = home.json(&["book", &show, "C3", "C4", "--pay", "link"])["booking"].clone();
    let posts = home.server.changes();
    assert_eq!(posts.len(), 1, "{name}: {posts:?}");
    assert!(posts[0].origin.is_some(), "{name}");
    assert_eq!(posts[0].body, json!({ "showId": show, "selectedSeats": ["C3", "C4"] }), "{name}");
    assert_eq!((&booked["status"], &booked["movie_title"]), (&json!("pending"), &json!(title)), "{name}");
    let labels: Vec<_> = booked["seats"].as_array().unwrap().iter().map(|seat| seat["label"].clone()).collect();
    assert_eq!(labels, ["C3", "C4"], "{name}");
    let said = booked.to_string();
    assert!(said.contains(sale.reply.value()["url"].as_str().unwrap()), "{name}: where it is paid is said: {said}");
    assert_eq!((state("C3").as_str(), state("C2").as_str()), ("sold", "free"), "{name}");
    // Its own hall is not forgotten because another show has none.
    assert_eq!(home.json(&["seats", &show])["counts"]["total"], if name == "duong" { 13 } else { 90 }, "{name}");

    let list = home.json(&["bookings"])["bookings"].clone();
    assert_eq!((list.as_array().unwrap().len(), &list[0]["status"]), (1, &json!("pending")), "{name}: {list}");
    home.server.story().pay();
    assert_eq!(home.json(&["bookings"])["bookings"][0]["status"], "paid", "{name}");

    // Somebody else is too late, and has no bookings.
    home.is("bob");
    let error = home.error(&["book", &show, "C4", "--pay", "link"], 4);
    assert!(error["message"].as_str().unwrap().contains("C4"), "{name}: {error}");
    assert_eq!(home.json(&["bookings"])["bookings"], json!([]), "{name}");
    let six = ["book", &show, "D1", "D2", "D3", "D4", "D5", "D6", "--pay", "link"];
    assert!(name == "duong" || home.error(&six, 6)["message"].as_str().unwrap().contains('5'), "{name}");
    home.error(&["book", &show, "Z99", "--pay", "link"], 2);
    let posts = home.server.changes();
    assert_eq!(posts, [], "{name}: what cannot be had is not asked for");
}

#[test]
fn a_person_books_by_commands_in_every_invented_spelling() {
    for variant in INVENTED {
        whole_story(variant, invented(variant));
    }
}

#[test]
fn a_person_books_by_commands_at_recorded_servers() {
    let Some(folder) = recordings_folder() else { return };
    for variant in ["quikscreen", "bookshowapi", "sanjaya"] {
        whole_story(variant, recorded(&folder.join(variant)));
    }
}

fn told(server: &StandIn) -> Vec<String> {
    server.asked().iter().map(|asked| asked.line()).collect()
}

#[test]
fn what_a_server_speaks_is_found_out_once() {
    let mut home = Home::at(StandIn::telling(Story::of(invented("soumishjain")).today()));
    home.api = None;
    let movies = home.json(&["movies"]);
    assert_eq!(movies["movies"][0]["title"], "The Glass Orchard");
    let first = told(&home.server);
    assert!(first.iter().any(|line| line.contains("/v1/")), "our own API was looked for: {first:?}");
    assert_eq!(home.json(&["movies"]), movies);
    let second = told(&home.server);
    assert!(second.iter().all(|line| line == "GET /api/show/all"), "nothing is looked for again: {second:?}");
    // Who says which API it is asks for that alone.
    home.api = Some("native");
    home.error(&["movies"], 1);
    assert!(told(&home.server).iter().all(|line| line.contains("/v1/")));
}

#[test]
fn whose_a_token_is_says_the_token_where_the_server_has_no_word_for_it() {
    let home = Home::at(StandIn::telling(Story::of(invented("tutorial")).today()));
    assert_eq!(home.json(&["whoami"])["user"]["id"], "user_2alice");
}

#[test]
fn a_spelling_is_found_out_once() {
    let home = Home::at(StandIn::telling(Story::of(invented("prince10arya")).today()));
    home.json(&["bookings"]);
    home.json(&["movies"]);
    home.server.asked();
    home.json(&["movies"]);
    let second = told(&home.server);
    assert!(second.iter().all(|line| line == "GET /api/shows/all"), "{second:?}");
}

#[test]
fn a_server_that_is_none_is_said_to_be_none() {
    let page = |status, words: &str| {
        Reply::html(status, &format!("<html><head><title>{words}</title></head><body><h1>{words}</h1></body></html>"))
    };
    let login =
        Reply { status: 302, headers: vec![("location".to_owned(), "/login?next=%2F".to_owned())], body: vec![] };
    let strangers = [
        ("a web page", page(200, "Welcome to my homepage")),
        ("a web server without anything", page(404, "404 Not Found")),
        ("a login page of a proxy", page(200, "Sign in to the network")),
        ("a way to a login page", login),
        ("other data", Reply::json(200, &json!({ "hello": "world" }))),
        ("a list", Reply::json(200, &json!([1, 2, 3]))),
        ("text", Reply::of(200, "text/plain", "OK".to_owned())),
        ("nothing", Reply::of(204, "text/plain", String::new())),
    ];
    for (what, reply) in strangers {
        let mut home = Home::at(StandIn::telling(Story::only(reply)));
        for api in [None, Some("quickshow")] {
            home.api = api;
            for args in [&["movies"][..], &["shows", "900001"], &["bookings"]] {
                let output = home.run(&[args, &["--json"]].concat());
                let error = document(&output)["error"].clone();
                let message = error["message"].as_str().unwrap_or_else(|| panic!("{what}: {args:?}: {output:?}"));
                println!("{what} ({api:?}, {args:?}): {message}");
                assert!(matches!(output.status.code(), Some(1..=3)), "{what}: {args:?}: {output:?}");
                assert!(message.contains("127.0.0.1"), "{what}: it says which server: {message}");
                assert!(message.len() < 400 && !message.contains('<'), "{what}: {message}");
            }
        }
    }
}

#[test]
fn odd_films_and_times_are_shown_as_far_as_they_are_known() {
    let all = json!({ "success": true, "shows": [null, { "_id": 7, "title": "Trap\u{1b}]0;owned\u{7}\u{202e}film\u{0}\r\nX", "runtime": "101", "vote_average": "7.4",
        "genres": null, "casts": "none", "release_date": null, "poster_path": 4 }, 12, {}, { "title": "No id" }] });
    // Out of order, twice, in the past, and no times at all.
    let times = json!({ "success": true, "movie": { "_id": 7, "title": "Trap" }, "dateTime": {
        "2999-01-02": [{ "time": "2999-01-02T18:00:00Z", "showId": "b" }, null, { "time": "tomorrow", "showId": "x" }, { "showId": "y" }],
        "2999-01-01": [{ "time": "2999-01-01T18:00:00.000Z", "showId": "a" }, { "time": "2999-01-03T02:00:00+02:00", "showId": "c" }],
        "2001-01-01": [{ "time": "2001-01-01T18:00:00.000Z", "showId": "gone" }], "never": 7 } });
    let mut story = Story::of(Vec::new());
    let get = |path: &str, body: &Value| ("GET".to_owned(), path.to_owned(), Reply::json(200, body));
    story.instead.extend([get("/api/show/all", &all), get("/api/show/7", &times)]);
    story.instead.push(get("/api/booking/seats/a", &json!({ "success": true, "occupiedSeats": { "C3": "user_2x" } })));
    let home = Home::at(StandIn::telling(story));
    let movies = home.json(&["movies"])["movies"].clone();
    let film = movies.as_array().unwrap().iter().find(|film| film["id"] == "7").unwrap_or_else(|| panic!("{movies}"));
    let title = film["title"].as_str().unwrap();
    assert!(title.starts_with("Trap") && !title.chars().any(|c| c.is_control() || c == '\u{202e}'), "{title:?}");
    assert_eq!(film["runtime_min"], 101);
    let shows = home.json(&["shows", "7"])["shows"].clone();
    let ids: Vec<_> = shows.as_array().unwrap().iter().map(|show| show["id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["a", "b", "c"], "by time, and only what is still to come");
    assert_eq!(home.json(&["seats", "a"])["counts"]["sold"], 1);
}

#[test]
fn a_film_that_was_removed_leaves_the_bookings_of_it() {
    let bookings = json!({ "success": true, "bookings": [
        { "_id": "7b01", "user": "user_2alice", "show": { "_id": "7a01", "movie": null, "showDateTime": "2999-01-01T18:00:00Z", "showPrice": "10.5",
          "occupiedSeats": { "A1": "user_2alice" } }, "amount": "10.5", "bookedSeats": ["A1"], "isPaid": true, "paymentLink": "", "createdAt": "2026-11-22T10:00:00Z" },
        { "_id": "7b02", "user": "user_2alice", "show": null, "amount": 21, "bookedSeats": ["B1", "B2"], "isPaid": false, "createdAt": "2026-11-22T09:00:00Z" },
        null] });
    let mut story = Story::of(Vec::new());
    story.instead.push((
        "GET".to_owned(),
        "/api/show/all".to_owned(),
        Reply::json(200, &json!({ "success": true, "shows": [null] })),
    ));
    story.instead.push(("GET".to_owned(), "/api/user/bookings".to_owned(), Reply::json(200, &bookings)));
    let home = Home::at(StandIn::telling(story));
    assert_eq!(home.json(&["movies"])["movies"], json!([]));
    let list = home.json(&["bookings"])["bookings"].clone();
    let seats = |nth: usize| list[nth]["seats"].as_array().unwrap().len();
    assert_eq!((list.as_array().unwrap().len(), seats(0), seats(1)), (2, 1, 2), "{list}");
    assert_eq!((&list[0]["status"], &list[0]["total"]["minor"]), (&json!("paid"), &json!(1050)), "{list}");
    assert_eq!(list[1]["starts_at"], Value::Null);
}

#[test]
fn seats_that_are_never_told_end_in_a_sentence() {
    let story = Story::of(invented("tutorial")).today().silent_at("/seats/");
    let home = Home::at(StandIn::telling(story));
    home.json(&["shows", "710001"]);
    let error = home.error(&["seats", "7a0000000000000000000001"], 5);
    assert!(error["message"].as_str().unwrap().contains("did not answer in time"), "{error}");
}

#[test]
fn a_sale_without_an_answer_is_looked_up_and_never_sent_again() {
    let story = Story::of(invented("tutorial")).today().silent_at("/booking/create");
    let home = Home::at(StandIn::telling(story));
    let args = ["book", "7a0000000000000000000001", "C3", "C4", "--pay", "link"];
    let output = home.run(&[&args[..], &["--json"]].concat());
    let error = document(&output)["error"].clone();
    assert!(matches!(output.status.code(), Some(5 | 6 | 8)), "{error}");
    let asked = told(&home.server);
    assert_eq!(asked.iter().filter(|line| line.starts_with("POST")).count(), 1, "{asked:?}");
    let sent = asked.iter().position(|line| line.starts_with("POST")).unwrap();
    assert!(asked[sent..].iter().any(|line| line == "GET /api/user/bookings"), "it was looked up: {asked:?}");
    println!("{error}");
}

#[test]
fn who_is_signed_out_is_told_so_and_sees_no_empty_list() {
    let signed_out = Reply::json(200, &json!({ "success": true, "bookings": [] }))
        .header("x-clerk-auth-status", "signed-out")
        .header("x-clerk-auth-reason", "dev-browser-missing");
    let to_start = Reply { status: 302, headers: vec![("location".to_owned(), "/".to_owned())], body: vec![] };
    for reply in [signed_out, to_start] {
        let mut story = Story::of(invented("tutorial")).today();
        story.instead.push(("GET".to_owned(), "/api/user/bookings".to_owned(), reply));
        let home = Home::at(StandIn::telling(story));
        home.error(&["bookings"], 3);
        let asked = told(&home.server).iter().filter(|line| line.contains("bookings")).count();
        assert_eq!(asked, 2, "once more, with another token");
    }
}

const SHOW: &str = "7a0000000000000000000001";

fn words(output: &Output) -> (String, String) {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (text(&output.stdout), text(&output.stderr))
}

#[test]
fn people_are_told_where_and_until_when_they_pay_and_nothing_is_called_held() {
    let home = Home::at(StandIn::telling(Story::of(invented("tutorial")).today()));
    home.server.asked();
    for pay in ["demo", "cash", "card", "none"] {
        let error = home.error(&["book", SHOW, "C3", "C4", "--pay", pay], 7);
        assert!(error["message"].as_str().unwrap().contains("--pay link"), "{error}");
    }
    assert!(!told(&home.server).iter().any(|line| line.starts_with("POST")), "nothing was sent");
    let (proposed, _) = words(&home.run(&["book", SHOW, "C3", "C4", "--dry-run"]));
    assert!(
        proposed.starts_with("Would book C3, C4 for ") && proposed.contains("price shown at checkout"),
        "{proposed}"
    );

    let booked = home.run(&["book", SHOW, "C3", "C4"]);
    let (said, told) = words(&booked);
    assert_eq!(booked.status.code(), Some(0), "{told}");
    assert!(said.contains("Booked C3, C4 for ") && said.contains("Pay by ") && said.contains("https://"), "{said}");
    assert!(said.contains("do not pay any more"), "{said}");
    assert!(!said.contains("Held") && !told.contains("Held"), "{told}");
    let code = said.split("Code: ").nth(1).unwrap().split_whitespace().next().unwrap();
    let (ticket, _) = words(&home.run(&["ticket", code]));
    assert!(ticket.contains("C3, C4") && ticket.contains("https://"), "{ticket}");
    let error = home.error(&["cancel", code], 6);
    assert!(error["message"].as_str().unwrap().contains("cannot be cancelled here"), "{error}");
    home.server.story().pay();
    let (ticket, _) = words(&home.run(&["ticket", code]));
    assert!(ticket.contains(code) && !ticket.contains("https://"), "{ticket}");
    assert!(!ticket.contains(['█', '▀', '▄']), "there is no code where nothing is signed: {ticket}");
    assert_eq!(home.json(&["ticket", code])["booking"]["ticket"], Value::Null);
}

#[test]
fn who_waits_is_told_when_it_is_paid() {
    let home = Home::at(StandIn::telling(Story::of(invented("tutorial")).today()));
    let output = std::thread::scope(|threads| {
        let waiting = threads.spawn(|| home.run(&["book", SHOW, "C3", "C4", "--wait", "--json"]));
        home.server.wait_until_asked("/booking/create");
        home.server.wait_until_asked("/api/user/bookings");
        home.server.story().pay();
        waiting.join().unwrap()
    });
    let (_, told) = words(&output);
    assert_eq!(output.status.code(), Some(0), "{told}");
    let booking = document(&output)["booking"].clone();
    assert_eq!((&booking["status"], &booking["payment_page"]), (&json!("paid"), &Value::Null), "{booking}");
}
