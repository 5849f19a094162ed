//! The real program, as scripts use it: every command against `frontrow serve`, in folders that are thrown away.
#![cfg(all(feature = "server", unix))]

#[path = "cli/chart.rs"]
mod chart;
#[path = "cli/command.rs"]
mod command;
#[path = "cli/device.rs"]
mod device;
#[path = "cli/judge.rs"]
mod judge;
#[path = "cli/oauth.rs"]
mod oauth;

use serde_json::{Value, json};
use std::{
    fs,
    io::{BufRead, BufReader, Write},
    net::TcpListener,
    path::Path,
    process::{Child, ChildStdin, Command, Output, Stdio},
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};
use tempfile::TempDir;

const PASSWORD: &str = "correct horse battery staple";
const EMAIL: &str = "ada@example.org";

/// The program in a home of its own.
fn frontrow(home: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_frontrow"));
    command.env_clear().env("PATH", "/usr/bin:/bin").env("HOME", home).env("LANG", "C.UTF-8").current_dir(home);
    command.args(["--data-dir", "data"]).args(args).stdin(Stdio::null());
    command
}

/// A running `frontrow serve --demo`, and the people who use it.
struct Cinema {
    home: TempDir,
    server: Child,
    url: String,
    /// How commands find the server: joined through the data folder, or by `--server`.
    route: Vec<String>,
}

impl Cinema {
    fn open() -> Self {
        let home = tempfile::tempdir().unwrap();
        let (server, url) = serve(home.path(), "127.0.0.1:0");
        Self { home, server, url, route: Vec::new() }
    }

    /// One where commands name the server.
    fn open_by_url() -> Self {
        let mut cinema = Self::open();
        cinema.route = vec!["--server".to_owned(), cinema.url.clone()];
        cinema
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = frontrow(self.home.path(), &[]);
        command.args(&self.route).args(args);
        command
    }

    fn run(&self, args: &[&str]) -> Output {
        self.command(args).output().unwrap()
    }

    /// Runs a command that must succeed, and gives its document.
    fn json(&self, args: &[&str]) -> Value {
        let output = self.run(&[args, &["--json"]].concat());
        assert_eq!(output.status.code(), Some(0), "{args:?}: {}", String::from_utf8_lossy(&output.stdout));
        document(&output)
    }

    /// Runs a command that must fail with this exit code, and gives its error.
    fn error(&self, args: &[&str], code: i32) -> Value {
        let output = self.run(&[args, &["--json"]].concat());
        let error = document(&output)["error"].clone();
        assert_eq!(output.status.code(), Some(code), "{args:?}: {error}");
        error
    }

    fn sign_up(&self) {
        let output = self.login(&["--sign-up", "--name", "Ada", "--email", EMAIL], PASSWORD);
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    }

    fn login(&self, args: &[&str], password: &str) -> Output {
        let mut command = self.command(&["login", "--password-stdin", "--json"]);
        let mut child =
            command.args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut stdin: ChildStdin = child.stdin.take().unwrap();
        writeln!(stdin, "{password}").unwrap();
        drop(stdin);
        child.wait_with_output().unwrap()
    }

    /// A show with free seats.
    fn show(&self) -> String {
        let movies = self.json(&["movies"]);
        for movie in movies["movies"].as_array().unwrap() {
            let shows = self.json(&["shows", movie["id"].as_str().unwrap()]);
            let free = |show: &&Value| show["free"].as_u64() > Some(40);
            if let Some(show) = shows["shows"].as_array().unwrap().iter().find(free) {
                return show["id"].as_str().unwrap().to_owned();
            }
        }
        panic!("no show has more than 40 free seats");
    }

    /// The labels of the first free seats of a show.
    fn free(&self, show: &str, count: usize) -> Vec<String> {
        let seats = self.json(&["seats", show]);
        let seats = seats["seats"].as_array().unwrap().clone();
        let free = seats.iter().filter(|seat| seat["state"] == "free" && seat["category"] != "couch");
        free.take(count).map(|seat| seat["id"].as_str().unwrap().to_owned()).collect()
    }
}

impl Drop for Cinema {
    /// Takes the sign-in out of the system's credential store, and ends the server.
    fn drop(&mut self) {
        let _ = self.run(&["logout"]);
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// Starts a server and waits until it says that it serves.
fn serve(home: &Path, bind: &str) -> (Child, String) {
    let mut command = frontrow(home, &["serve", "--demo", "--bind", bind]);
    let mut server = command.stdout(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(server.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
    let url = line.trim_end().strip_prefix("frontrow is serving ").unwrap_or_else(|| panic!("{line:?}"));
    (server, url.to_owned())
}

/// Standard output as the one document that it must be.
fn document(output: &Output) -> Value {
    let text = String::from_utf8_lossy(&output.stdout);
    let document: Value = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text:?}"));
    assert_eq!(document["v"], 1, "{text}");
    document
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn a_person_signs_in_books_shows_a_ticket_and_cancels() {
    let cinema = Cinema::open();
    cinema.sign_up();
    assert_eq!(cinema.json(&["whoami"])["user"]["email"], EMAIL);
    let show = cinema.show();
    let seats = cinema.free(&show, 2);

    let proposal = cinema.json(&["book", &show, &seats[0], &seats[1], "--dry-run"])["proposal"].clone();
    assert_eq!(proposal["seats"].as_array().unwrap().len(), 2);
    assert_eq!(cinema.free(&show, 2), seats, "a dry run holds nothing");

    for pay in ["link", "none"] {
        for dry in [&["--dry-run"][..], &[]] {
            let error = cinema.error(&[&["book", &show, &seats[0], "--pay", pay][..], dry].concat(), 7);
            assert_eq!(error["code"], "payment_refused", "{pay} {dry:?}");
        }
    }

    let output = cinema.run(&["book", &show, &seats[0], &seats[1], "--pay", "demo", "--json"]);
    assert!(stderr(&output).starts_with("Held "), "{}", stderr(&output));
    let booking = document(&output)["booking"].clone();
    assert_eq!((output.status.code(), booking["status"].as_str()), (Some(0), Some("paid")));
    assert_eq!(booking["total"], proposal["total"]);
    let code = booking["code"].as_str().unwrap().to_owned();

    assert_eq!(cinema.json(&["bookings"])["bookings"][0]["code"], code.as_str());
    let ticket = cinema.run(&["ticket", &code]);
    assert!(String::from_utf8_lossy(&ticket.stdout).contains("█▀"), "half blocks");
    assert!(cinema.run(&["ticket", &code, "--ascii"]).stdout.is_ascii());

    let spelled = code.to_lowercase().replace('-', "");
    assert_eq!(cinema.json(&["cancel", &spelled])["booking"]["status"], "cancelled");
    assert_eq!(cinema.free(&show, 2), seats, "cancelled seats are free again");
    assert_eq!(cinema.error(&["ticket", &code], 6)["code"], "no_ticket");

    assert_eq!(cinema.json(&["logout"])["signed_out"], true);
    assert_eq!(cinema.error(&["whoami"], 3)["code"], "signed_out");
    assert_eq!(cinema.error(&["book", &show, "--party", "2"], 3)["code"], "signed_out");
}

#[test]
fn a_party_is_told_how_close_together_it_sits_and_books_with_its_ticket_types() {
    let cinema = Cinema::open();
    cinema.sign_up();
    let show = cinema.show();
    let party = ["book", &show, "--party", "3", "--tickets", "adult=2,child=1"];
    let proposed = cinema.json(&[&party[..], &["--dry-run"]].concat());
    assert!(proposed["closeness"].as_str().unwrap().starts_with('L'), "{proposed}");
    assert!(!proposed["words"].as_str().unwrap().is_empty());
    let booked = cinema.json(&party);
    assert_eq!((&booked["closeness"], &booked["words"]), (&proposed["closeness"], &proposed["words"]));
    assert_eq!(booked["booking"]["total"], proposed["proposal"]["total"]);
    let tickets = booked["booking"]["seats"].as_array().unwrap().iter().map(|seat| seat["ticket"].as_str().unwrap());
    assert_eq!(tickets.filter(|ticket| *ticket == "Child").count(), 1);

    for (wish, code, exit) in [
        (&["--category", "gold"][..], "not_at_this_show", 2),
        (&["--row", "ZZ"], "not_at_this_show", 2),
        (&["--max-price", "cheap"], "usage", 2),
        (&["--max-price", "0.50"], "no_seats_together", 4),
        (&["--max-rung", "L9"], "usage", 2),
        (&["--tickets", "adult"], "usage", 2),
        (&["--tickets", "adult=3"], "invalid_request", 2),
        (&["--wheelchairs", "3"], "invalid_request", 2),
    ] {
        let line = [&["book", &show, "--party", "2"], wish].concat();
        assert_eq!(cinema.error(&line, exit)["code"], code, "{wish:?}");
        assert_eq!(cinema.error(&[&line[..], &["--dry-run"]].concat(), exit)["code"], code, "{wish:?}");
    }
    assert_eq!(cinema.error(&["book", &show, "A1", "--row", "A"], 2)["code"], "usage");
}

#[test]
fn a_choice_that_leaves_a_seat_alone_is_refused_with_exit_code_6_and_what_to_take() {
    let cinema = Cinema::open();
    cinema.sign_up();
    let show = cinema.show();
    let free = cinema.json(&["seats", &show])["seats"].as_array().unwrap().clone();
    // In a row, a pair that leaves one seat between itself and the end.
    let refused = free.windows(2).find_map(|pair| {
        let ids: Vec<&str> = pair.iter().map(|seat| seat["id"].as_str().unwrap()).collect();
        let output = cinema.run(&["book", &show, ids[0], ids[1], "--dry-run", "--json"]);
        (output.status.code() == Some(6)).then(|| (ids[0].to_owned(), ids[1].to_owned()))
    });
    let (a, b) = refused.expect("a pair that leaves a seat alone");
    for dry in [&["--dry-run"][..], &[]] {
        let error = cinema.error(&[&["book", &show, &a, &b], dry].concat(), 6);
        assert_eq!(error["code"], "orphan_seat", "{error}");
        assert!(error["message"].as_str().unwrap().contains("alone"), "{error}");
        let instead: Vec<&str> = error["suggest"].as_array().unwrap().iter().map(|s| s.as_str().unwrap()).collect();
        assert_eq!(instead.len(), 2);
        cinema.json(&["book", &show, instead[0], instead[1], "--dry-run"]);
    }
}

#[test]
fn documents_of_what_is_playing_have_the_promised_fields() {
    let cinema = Cinema::open();
    let movies = cinema.json(&["movies"]);
    let movie = &movies["movies"][0];
    assert!(movie["id"].is_string() && movie["title"].is_string());
    assert!(movie["year"].as_i64() > Some(1890) && movie["runtime_min"].as_i64() > Some(0));
    let show = cinema.show();
    let seats = cinema.json(&["seats", &show]);
    let list = seats["seats"].as_array().unwrap();
    for field in ["id", "label", "row", "state", "category"] {
        assert!(list[0][field].is_string(), "{field}");
    }
    assert!(list[0]["price"]["minor"].is_i64());
    let counts = &seats["counts"];
    let sum: u64 = ["free", "held", "sold", "blocked"].iter().map(|state| counts[state].as_u64().unwrap()).sum();
    assert_eq!((sum, counts["total"].as_u64()), (list.len() as u64, Some(list.len() as u64)));
    let plain = cinema.run(&["seats", &show, "--plain"]);
    let plain = String::from_utf8(plain.stdout).unwrap();
    let row = plain.lines().find(|line| line.starts_with("Row ") && line.contains(" together, ")).unwrap();
    assert!(!row.contains("  "), "a sentence and no table: {row}");
    assert!(plain.trim_end().ends_with(&format!("{} blocked", counts["blocked"])), "{plain}");
    let title = movies["movies"][0]["title"].as_str().unwrap();
    let shows = cinema.json(&["shows", &title.to_uppercase()]);
    let start = shows["shows"][0]["starts_at"].as_str().unwrap();
    assert!(start.parse::<jiff::Timestamp>().is_ok() && !start.ends_with('Z'), "local time with its offset: {start}");
    assert!(shows["shows"][0]["price_from"]["currency"].is_string());
    assert_eq!(cinema.json(&["doctor"])["ok"], true);
}

#[test]
fn a_seat_that_is_gone_is_named_with_exit_code_4() {
    let cinema = Cinema::open();
    cinema.sign_up();
    let show = cinema.show();
    let seat = cinema.free(&show, 1).remove(0);
    cinema.json(&["book", &show, &seat]);
    let error = cinema.error(&["book", &show, &seat], 4);
    assert_eq!(error["code"], "seat_taken");
    assert_eq!(error["conflicts"][0]["seat"], seat.as_str());
    let instead = error["suggest"][0].as_str().unwrap();
    assert!(error["message"].as_str().unwrap().ends_with(&format!("; {instead} is free")), "{error}");
    cinema.json(&["book", &show, instead, "--dry-run"]);
    let people = cinema.run(&["book", &show, &seat]);
    assert!(people.stdout.is_empty() && stderr(&people).contains("is sold"), "{}", stderr(&people));
}

#[test]
fn bad_input_gets_one_sentence_and_its_exit_code() {
    let cinema = Cinema::open();
    cinema.sign_up();
    let show = cinema.show();
    let many = cinema.free(&show, 21);
    let named: Vec<&str> = many.iter().map(String::as_str).collect();
    assert_eq!(cinema.error(&[&["book", &show][..], &named].concat(), 6)["code"], "too_many_seats");
    assert_eq!(cinema.error(&["book", &show, "--party", "21"], 6)["code"], "too_many_seats");
    for party in ["0", "1.5", "-1", "two"] {
        let error = cinema.error(&["book", &show, "--party", party], 2);
        assert!(error["message"].as_str().unwrap().ends_with("a party is 1 to 20"), "{error}");
    }
    let twice = cinema.error(&["book", &show, &many[0], &many[0]], 2);
    assert!(twice["message"].as_str().unwrap().contains("named twice"), "{twice}");
    assert_eq!(cinema.error(&["book", &show, "%%"], 2)["code"], "bad_seat");
    assert_eq!(cinema.error(&["book", "no-such-show", "A1"], 2)["code"], "show_not_found");
    assert_eq!(cinema.error(&["shows", "no such film"], 2)["code"], "movie_not_found");
    assert_eq!(cinema.error(&["ticket", "XXX-XXX"], 2)["code"], "booking_not_found");
    assert_eq!(cinema.error(&["no-such-command"], 2)["code"], "usage");
    assert_eq!(cinema.error(&["movies", "--log-level", "loud"], 2)["code"], "usage");
    assert_eq!(cinema.error(&["--server", "ftp://x", "movies"], 2)["code"], "bad_setting");
    let wrong = cinema.login(&["--email", EMAIL], "not the password");
    assert_eq!((wrong.status.code(), document(&wrong)["error"]["code"].as_str()), (Some(3), Some("bad_login")));
    assert_eq!(cinema.json(&["whoami"])["user"]["email"], EMAIL, "a failed sign-in ends no other");
}

#[test]
fn a_new_account_without_a_name_is_called_by_its_address() {
    let cinema = Cinema::open();
    let output = cinema.login(&["--provider", "local", "--sign-up", "--email", "grace@example.org"], PASSWORD);
    let answer = document(&output);
    assert_eq!((output.status.code(), answer["user"]["name"].as_str()), (Some(0), Some("grace")), "{answer}");
    let who = cinema.json(&["whoami"]);
    assert_eq!((who["provider"].as_str(), who["server"].as_str()), (Some("local"), Some(cinema.url.as_str())));
    assert!(who["kept_in"].is_string());
    assert!(!["frc_", "eyJ"].iter().any(|secret| who.to_string().contains(secret)), "{who}");
}

/// `login --device`, and the code that it shows once it waits.
fn login_on_a_device(cinema: &Cinema) -> (Child, BufReader<std::process::ChildStderr>, String) {
    let mut command = cinema.command(&["login", "--device", "--json"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut stderr = BufReader::new(child.stderr.take().unwrap());
    let (mut code, mut line) = (String::new(), String::new());
    while !line.starts_with("Waiting for the approval") {
        line.clear();
        assert!(stderr.read_line(&mut line).unwrap() > 0, "it ended before it waited");
        if let Some((_, shown)) = line.split_once("shows this code:") {
            code = shown.trim().to_owned();
        }
    }
    (child, stderr, code)
}

/// Makes an account by the server's HTTP alone, and one call as that person; gives the call's answer.
fn call_as(cinema: &Cinema, email: &str, path: &str, body: &Value) -> Value {
    // The connections are plain: which library would encrypt them does not matter.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let post = |path: &str| http.post(format!("{}{path}", cinema.url));
    let calls = async {
        let account = json!({ "email": email, "password": PASSWORD, "name": "Bo" });
        let account: Value = post("/v1/auth/sign-up").json(&account).send().await.unwrap().json().await.unwrap();
        let token = account["access_token"].as_str().unwrap();
        let answer = post(path).bearer_auth(token).json(body).send().await.unwrap();
        assert!(answer.status().is_success(), "{}", answer.status());
        serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap_or_default()
    };
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(calls)
}

fn approve(cinema: &Cinema, email: &str, code: &str) {
    call_as(cinema, email, "/v1/device/approve", &json!({ "user_code": code, "approve": true }));
}

fn ticket_for(cinema: &Cinema, email: &str) -> String {
    let answer = call_as(cinema, email, "/v1/auth/tickets", &json!({ "expires_in": 60 }));
    answer["ticket"].as_str().unwrap().to_owned()
}

#[test]
fn signing_in_on_another_device_shows_a_code_waits_and_ends_in_one_document() {
    let cinema = Cinema::open();
    let (child, _stderr, code) = login_on_a_device(&cinema);
    assert_eq!(code.len(), "WDJB-MJHT".len(), "{code}");
    approve(&cinema, "bo@example.org", &code);
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), document(&output)["user"]["email"].as_str()), (Some(0), Some("bo@example.org")));
    assert_eq!(cinema.json(&["whoami"])["user"]["email"], "bo@example.org");
}

#[test]
fn a_ticket_signs_in_once() {
    let cinema = Cinema::open();
    let ticket = ticket_for(&cinema, "bo@example.org");
    let redeem = || {
        let mut command = cinema.command(&["login", "--ticket-stdin", "--json"]);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        writeln!(child.stdin.take().unwrap(), "{ticket}").unwrap();
        child.wait_with_output().unwrap()
    };
    assert_eq!(document(&redeem())["user"]["email"], "bo@example.org");
    let again = redeem();
    assert_eq!(again.status.code(), Some(3), "{}", document(&again));
    assert!(!document(&again).to_string().contains(&ticket), "what was typed is not repeated");
}

#[test]
fn a_wait_for_an_approval_ends_cleanly_at_ctrl_c() {
    let cinema = Cinema::open();
    let (child, _stderr, _) = login_on_a_device(&cinema);
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), document(&output)["error"]["code"].as_str()), (Some(1), Some("interrupted")));
    assert_eq!(cinema.error(&["whoami"], 3)["code"], "signed_out");
}

#[test]
fn a_way_that_is_not_offered_is_answered_with_those_that_are() {
    let cinema = Cinema::open();
    for way in [&["--browser"][..], &["--email-code", "--email", EMAIL]] {
        let error = cinema.error(&[&["login"][..], way].concat(), 6);
        assert_eq!(error["code"], "not_offered");
        let words = error["message"].as_str().unwrap();
        assert!(words.contains(way[0]) && words.contains("it offers password (--email), --device"), "{words}");
    }
    assert_eq!(cinema.error(&["login", "--device", "--password-stdin"], 2)["code"], "usage");
    assert_eq!(cinema.error(&["login"], 2)["code"], "usage", "nobody can be asked");
}

#[test]
fn signing_out_without_the_server_forgets_the_sign_in_and_says_so() {
    let mut cinema = Cinema::open_by_url();
    cinema.sign_up();
    cinema.server.kill().unwrap();
    cinema.server.wait().unwrap();
    let output = cinema.run(&["logout", "--json"]);
    assert_eq!((output.status.code(), document(&output)["signed_out"].as_bool()), (Some(0), Some(true)));
    assert!(stderr(&output).contains("the box office could not be told of it"), "{}", stderr(&output));
    let output = cinema.run(&["logout"]);
    assert_eq!(String::from_utf8_lossy(&output.stdout), "Nobody was signed in.\n");
}

/// Whichever process runs the box office may end while others still use it: one of them takes over.
#[test]
fn many_commands_at_once_share_one_box_office_without_a_server() {
    let home = tempfile::tempdir().unwrap();
    std::thread::scope(|threads| {
        for _ in 0..4 {
            threads.spawn(|| {
                for args in [&["shows", "metropolis", "--json"][..], &["movies", "--json"]] {
                    let output = frontrow(home.path(), args).output().unwrap();
                    assert_eq!(output.status.code(), Some(0), "{}", document(&output));
                }
            });
        }
    });
}

#[test]
fn a_server_out_of_reach_is_exit_code_5() {
    let home = tempfile::tempdir().unwrap();
    // A port that was just free: nobody listens there.
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let url = format!("http://127.0.0.1:{port}");
    let output = frontrow(home.path(), &["--server", &url, "movies", "--json"]).output().unwrap();
    assert_eq!(output.status.code(), Some(5));
    assert!(document(&output)["error"]["message"].as_str().unwrap().contains(&url));
}

#[test]
fn a_server_that_takes_long_is_named_once_on_standard_error() {
    let home = tempfile::tempdir().unwrap();
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", silent.local_addr().unwrap());
    let mut command = frontrow(home.path(), &["--server", &url, "movies", "--json"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stderr.as_mut().unwrap()).read_line(&mut line).unwrap();
    child.kill().unwrap();
    assert_eq!(line, format!("Still waiting for {url} ...\n"));
    assert_eq!(child.wait_with_output().unwrap().stdout, b"");
}

#[test]
fn a_port_in_use_is_said_clearly() {
    let home = tempfile::tempdir().unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let output = frontrow(home.path(), &["serve", "--bind", &address]).output().unwrap();
    assert_eq!((output.status.code(), output.stdout.as_slice()), (Some(1), &b""[..]));
    assert!(stderr(&output).contains(&address) && stderr(&output).lines().count() == 1, "{}", stderr(&output));
    assert!(stderr(&output).contains("end the program that uses it"), "{}", stderr(&output));
    // An address that no machine has (RFC 5737): there is no program to end.
    let output = frontrow(home.path(), &["serve", "--bind", "192.0.2.1:7878"]).output().unwrap();
    assert!(stderr(&output).ends_with("; choose another with --bind\n"), "{}", stderr(&output));
    assert!(!stderr(&output).contains("end the program"), "{}", stderr(&output));
}

#[test]
fn a_damaged_database_is_named_and_left_as_it_is() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("data/boxoffice.db");
    fs::create_dir(home.path().join("data")).unwrap();
    fs::write(&file, [b'?'; 8192]).unwrap();
    for args in [&["serve", "--demo", "--bind", "127.0.0.1:0"][..], &["movies"]] {
        let output = frontrow(home.path(), args).output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{args:?}");
        assert!(
            stderr(&output).contains("boxoffice.db") && stderr(&output).lines().count() == 1,
            "{}",
            stderr(&output)
        );
    }
    assert_eq!(fs::read(&file).unwrap(), [b'?'; 8192]);
}

#[test]
fn a_reader_that_goes_away_ends_a_command_quietly() {
    let cinema = Cinema::open();
    let show = cinema.show();
    let mut child = cinema.command(&["seats", &show]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), stderr(&output).as_str()), (Some(0), ""));
}

#[cfg(target_os = "linux")]
#[test]
fn a_booking_whose_answer_cannot_be_written_is_told_with_its_code() {
    let cinema = Cinema::open();
    cinema.sign_up();
    let show = cinema.show();
    for form in [&["--party", "1"][..], &["--party", "1", "--json"]] {
        let full = fs::File::options().write(true).open("/dev/full").unwrap();
        let (reader, gone) = std::io::pipe().unwrap();
        drop(reader);
        for stdout in [Stdio::from(full), Stdio::from(gone)] {
            let mut command = cinema.command(&[&["book", &show][..], form].concat());
            let output = command.stdout(stdout).stderr(Stdio::piped()).spawn().unwrap().wait_with_output().unwrap();
            let code = cinema.json(&["bookings"])["bookings"][0]["code"].as_str().unwrap().to_owned();
            let said = stderr(&output);
            assert_eq!(output.status.code(), Some(1), "{said}");
            assert!(said.contains("frontrow: booked ") && said.contains(&format!("code {code}, but")), "{said}");
        }
    }
}

#[test]
fn what_is_wrong_with_a_plan_is_said_in_plain_words() {
    let home = tempfile::tempdir().unwrap();
    fs::write(home.path().join("bad.toml"), "x").unwrap();
    fs::write(home.path().join("binary.toml"), [0xff, 0xfe]).unwrap();
    let cases = [
        (&["chart", "check", "bad.toml"][..], 6, "bad.toml: 0 seats, 1 error, 0 warnings"),
        (&["chart", "show", "bad.toml"], 6, "bad.toml"),
        (&["chart", "check", "binary.toml"], 6, "it is not UTF-8 text"),
        (&["chart", "check", "."], 2, "it is a folder"),
        (&["chart", "show", "none.toml"], 2, "there is no such file"),
    ];
    for (args, code, words) in cases {
        let output = frontrow(home.path(), args).output().unwrap();
        let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), stderr(&output));
        assert_eq!(output.status.code(), Some(code), "{said}");
        assert!(said.contains(words), "{said}");
    }
}

#[test]
fn without_a_terminal_the_screen_points_to_the_commands() {
    let home = tempfile::tempdir().unwrap();
    let output = frontrow(home.path(), &[]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("frontrow movies"), "{}", stderr(&output));
}

#[test]
fn a_stopped_server_ends_with_success() {
    let home = tempfile::tempdir().unwrap();
    let (mut server, _) = serve(home.path(), "127.0.0.1:0");
    let stopped = Command::new("kill").arg(server.id().to_string()).status().unwrap();
    assert!(stopped.success());
    assert_eq!(server.wait().unwrap().code(), Some(0));
}

#[test]
fn no_password_and_no_token_is_ever_written() {
    let cinema = Cinema::open();
    let output = cinema.login(&["--sign-up", "--name", "Ada", "--email", EMAIL, "-vv"], PASSWORD);
    assert_eq!(output.status.code(), Some(0));
    cinema.json(&["bookings", "-vv"]);
    let log = fs::read_dir(cinema.home.path().join("data/logs")).unwrap().next().unwrap().unwrap().path();
    assert!(fs::read_to_string(log).unwrap().contains("/tokens"), "the calls are logged");
    for file in files(cinema.home.path()) {
        let bytes = fs::read(&file).unwrap();
        for secret in [PASSWORD, "frc_", "eyJ"] {
            let found = bytes.windows(secret.len()).any(|part| part == secret.as_bytes());
            assert!(!found, "{} contains {secret:?}", file.display());
        }
    }
}

fn files(folder: &Path) -> Vec<std::path::PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

/// Every sale that was acknowledged is there after a crash in the middle of many, and no seat has two owners.
#[test]
fn a_server_killed_in_a_storm_of_bookings_loses_none_that_it_acknowledged() {
    const BUYERS: usize = 4;
    const ENOUGH: usize = 6;
    let mut cinema = Cinema::open_by_url();
    cinema.sign_up();
    let show = cinema.show();
    let (acknowledged, sold) = (Mutex::new(Vec::new()), AtomicUsize::new(0));
    let mut server = std::mem::replace(&mut cinema.server, Command::new("true").spawn().unwrap());
    std::thread::scope(|threads| {
        for _ in 0..BUYERS {
            threads.spawn(|| {
                while sold.load(Ordering::SeqCst) < ENOUGH {
                    let output = cinema.run(&["book", &show, "--party", "1", "--json"]);
                    if output.status.success() {
                        acknowledged.lock().unwrap().push(document(&output)["booking"]["code"].clone());
                        sold.fetch_add(1, Ordering::SeqCst);
                    }
                }
            });
        }
        while sold.load(Ordering::SeqCst) < ENOUGH / 2 {
            std::thread::yield_now();
        }
        // The others are in the middle of their sales now; those fail, so nobody could reach the number any more.
        server.kill().unwrap();
        server.wait().unwrap();
        sold.store(ENOUGH, Ordering::SeqCst);
    });
    let address = cinema.url.strip_prefix("http://").unwrap();
    let (restarted, url) = serve(cinema.home.path(), address);
    assert_eq!(url, cinema.url);
    cinema.server = restarted;

    let bookings = cinema.json(&["bookings"])["bookings"].as_array().unwrap().clone();
    for code in acknowledged.into_inner().unwrap() {
        assert!(bookings.iter().any(|booking| booking["code"] == code), "{code} is lost");
    }
    let mut seats: Vec<&str> = bookings
        .iter()
        .flat_map(|booking| booking["seats"].as_array().unwrap())
        .map(|seat| seat["id"].as_str().unwrap())
        .collect();
    let sold = seats.len();
    seats.sort_unstable();
    seats.dedup();
    assert_eq!(seats.len(), sold, "a seat has two owners");
}
