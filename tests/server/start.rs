//! Starting, stopping, starting again; folders and files that cannot be used.

use crate::house::{House, SUNDAY_MORNING, StillClock, start_in};
use frontrow::{
    domain::show::SeatState,
    server::{StartError, faults::Faults},
    wire,
};
use reqwest::Method;
use std::collections::HashSet;
use tempfile::TempDir;

#[tokio::test]
async fn a_second_start_keeps_bookings_and_accounts_and_adds_the_shows_of_new_days() {
    let mut house = House::open().await;
    let show = house.show_in("studio").await;
    let seats = house.free_seats(&show).await[..2].to_vec();
    let held: wire::HoldCreated = house.hold(&show, &seats).await.must_be(201).read();
    let signed_in = {
        let ann = house.sign_up("ann@example.org").await;
        ann.book(&held, "k").await.must_be(201);
        ann.signed_in
    };
    let (before, identity) = (shows(&house).await, house.running.identity().to_owned());

    house.running.stop().await;
    house.clock.advance_minutes(24 * 60);
    house.running = start_in(house.dir.path(), &house.clock, &house.faults).await.unwrap();

    assert_eq!(house.running.identity(), identity);
    assert_eq!(house.state_of(&show, &seats[0]).await, SeatState::Sold);
    let ann = crate::house::Guest { house: &house, signed_in };
    let listed: wire::BookingsAnswer = ann.ask(Method::GET, "/v1/bookings").await.must_be(200).read();
    assert_eq!(listed.bookings.len(), 1);
    let after = shows(&house).await;
    assert!(after.difference(&before).count() > 5, "a new day brings new shows");
    assert!(before.difference(&after).count() > 5, "yesterday's shows are not on sale");
}

#[tokio::test]
async fn a_server_that_runs_over_midnight_shows_the_new_day_too() {
    let house = House::open().await;
    let before = shows(&house).await;
    house.clock.advance_minutes(24 * 60);
    assert!(shows(&house).await.difference(&before).count() > 5);
}

async fn shows(house: &House) -> HashSet<String> {
    let movies: wire::MoviesAnswer = house.get("/v1/movies").await.must_be(200).read();
    let mut ids = HashSet::new();
    for movie in movies.movies {
        let shows: wire::ShowsAnswer = house.get(&format!("/v1/shows?movie={}", movie.id)).await.must_be(200).read();
        assert!(shows.shows.is_sorted_by_key(|show| show.starts_at));
        assert!(!shows.shows.is_empty(), "{} has no show", movie.id);
        assert_eq!(movie.next_show, Some(shows.shows[0].starts_at));
        ids.extend(shows.shows.into_iter().map(|show| show.id.0));
    }
    ids
}

#[tokio::test]
async fn the_demo_is_the_same_on_every_machine_and_looks_alive() {
    let (one, two) = (House::open().await, House::open().await);
    assert_eq!(shows(&one).await, shows(&two).await);
    let show = one.show_in("grand").await;
    assert_eq!(one.states(&show).await, two.states(&show).await);
    let taken = one.states(&show).await.iter().filter(|state| *state == SeatState::Sold).count();
    assert!((show.seats as usize / 20..show.seats as usize).contains(&taken), "{taken} of {}", show.seats);
    assert_eq!(show.free.unwrap() as usize, show.seats as usize - taken);
}

#[tokio::test]
async fn a_second_process_is_told_where_the_first_one_listens() {
    let house = House::open().await;
    let second = start_in(house.dir.path(), &house.clock, &Faults::default()).await.err().unwrap();
    let StartError::AlreadyRunning { url, identity } = second else { panic!("{second}") };
    assert_eq!((url.as_str(), identity.as_str()), (house.running.url(), house.running.identity()));
}

#[tokio::test]
async fn what_a_crashed_server_has_left_behind_does_not_matter() {
    let dir = TempDir::new().unwrap();
    std::fs::write(dir.path().join("server.url"), r#"{"url":"http://127.0.0.1:1","identity":"embedded:x"}"#).unwrap();
    std::fs::write(dir.path().join("server.lock"), "").unwrap();
    let running = start_in(dir.path(), &StillClock::at(SUNDAY_MORNING), &Faults::default()).await.unwrap();
    let announced = std::fs::read_to_string(dir.path().join("server.url")).unwrap();
    assert!(announced.contains(running.url()), "{announced}");
    running.stop().await;
    assert!(!dir.path().join("server.url").exists());
}

#[tokio::test]
async fn a_file_that_is_no_database_is_named_and_left_alone() {
    let dir = TempDir::new().unwrap();
    let file = dir.path().join("boxoffice.db");
    let garbage = "this is no database\n".repeat(500);
    std::fs::write(&file, &garbage).unwrap();
    let error = start_in(dir.path(), &StillClock::at(SUNDAY_MORNING), &Faults::default()).await.err().unwrap();
    assert!(matches!(error, StartError::Database { .. }));
    let words = error.to_string();
    for part in ["boxoffice.db", "not a database", "Nothing was changed", "--data-dir"] {
        assert!(words.contains(part), "{words}");
    }
    assert_eq!(std::fs::read_to_string(&file).unwrap(), garbage);
}

#[tokio::test]
async fn a_database_damaged_in_the_middle_is_named_and_left_alone() {
    let house = House::open().await;
    house.running.stop().await;
    let file = house.dir.path().join("boxoffice.db");
    let mut bytes = std::fs::read(&file).unwrap();
    let middle = bytes.len() / 2;
    bytes[4096..middle].fill(0x5a);
    std::fs::write(&file, &bytes).unwrap();
    let error = start_in(house.dir.path(), &house.clock, &Faults::default()).await.err().unwrap();
    assert!(matches!(error, StartError::Database { .. }), "{error}");
    assert!(error.to_string().contains("damaged"), "{error}");
    assert!(std::fs::read(&file).unwrap() == bytes);
}

#[tokio::test]
async fn a_file_in_place_of_the_folder_is_refused_in_one_sentence() {
    let dir = TempDir::new().unwrap();
    let file = dir.path().join("file");
    std::fs::write(&file, "").unwrap();
    let error = start_in(&file, &StillClock::at(SUNDAY_MORNING), &Faults::default()).await.err().unwrap();
    assert!(matches!(error, StartError::DataDir { .. }) && error.to_string().contains("--data-dir"), "{error}");
}

#[tokio::test]
async fn a_port_in_use_is_named() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let bind = taken.local_addr().unwrap();
    let dir = TempDir::new().unwrap();
    let clock = StillClock::at(SUNDAY_MORNING);
    let options = frontrow::server::Options {
        data_dir: dir.path().to_owned(),
        bind,
        demo: frontrow::server::Demo::Leave,
        rules: Default::default(),
        public_url: None,
        mailer: None,
        outside: Default::default(),
        clock,
        entropy: std::sync::Arc::new(crate::house::SystemEntropy),
        faults: Faults::default(),
    };
    let error = frontrow::server::start(options).await.err().unwrap();
    assert!(matches!(error, StartError::Bind { .. }), "{error}");
    assert!(error.to_string().contains(&bind.to_string()) && error.to_string().contains("--bind"), "{error}");
}

#[cfg(unix)]
#[tokio::test]
async fn nobody_else_on_the_machine_can_read_the_folder() {
    use std::os::unix::fs::PermissionsExt;
    let dir = TempDir::new().unwrap();
    let data = dir.path().join("data");
    let running = start_in(&data, &StillClock::at(SUNDAY_MORNING), &Faults::default()).await.unwrap();
    let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&data), 0o700);
    for file in ["boxoffice.db", "boxoffice.db-wal"] {
        assert_eq!(mode(&data.join(file)), 0o600, "{file}");
    }
    running.stop().await;
}

/// Not a test of its own: the process that the next test kills. It sells until it is killed, and prints each code
/// only after the server has answered.
#[test]
#[ignore = "run by the test below"]
fn sell_until_killed() {
    let Ok(dir) = std::env::var("FRONTROW_TEST_DIR") else { return };
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let (clock, faults) = (StillClock::at(SUNDAY_MORNING), Faults::default());
        let running = start_in(dir.as_ref(), &clock, &faults).await.unwrap();
        let client = crate::house::http_client();
        let house = House { running, clock, faults, dir: TempDir::new().unwrap(), client };
        let show = house.show_in("grand").await;
        let ann = house.sign_up("ann@example.org").await;
        for (n, seat) in house.free_seats(&show).await.into_iter().enumerate() {
            let held: wire::HoldCreated = house.hold(&show, &[seat]).await.must_be(201).read();
            let booking = ann.book(&held, &n.to_string()).await.must_be(201).read::<wire::BookingAnswer>().booking;
            println!("sold {} {}", booking.code, booking.seats[0].id);
        }
    });
}

#[tokio::test]
async fn every_sale_that_was_acknowledged_survives_kill_9() {
    use std::io::{BufRead, BufReader};
    let dir = TempDir::new().unwrap();
    let mut child = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["start::sell_until_killed", "--exact", "--ignored", "--nocapture"])
        .env("FRONTROW_TEST_DIR", dir.path())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    let mut told: Vec<String> = lines.by_ref().filter(|line| line.contains("sold ")).take(10).collect();
    child.kill().unwrap();
    child.wait().unwrap();
    told.extend(lines.filter(|line| line.contains("sold ")));

    let (clock, faults) = (StillClock::at(SUNDAY_MORNING), Faults::default());
    let running = start_in(dir.path(), &clock, &faults).await.unwrap();
    let house = House { running, clock, faults, dir, client: crate::house::http_client() };
    let body = serde_json::json!({"method": "password", "email": "ann@example.org", "password": "correct horse"});
    let signed_in = house.post("/v1/auth/sign-in", body).await.must_be(200).read();
    let ann = crate::house::Guest { house: &house, signed_in };
    let listed: wire::BookingsAnswer = ann.ask(Method::GET, "/v1/bookings").await.must_be(200).read();
    let kept: HashSet<String> = listed.bookings.iter().map(|b| format!("{} {}", b.code, b.seats[0].id)).collect();
    assert!(told.len() >= 10);
    for line in &told {
        let sale = line.split("sold ").nth(1).unwrap();
        assert!(kept.contains(sale), "{sale} was acknowledged and is lost");
    }
    let show = house.show_in("grand").await;
    for booking in &listed.bookings {
        assert_eq!(house.state_of(&show, &booking.seats[0].id).await, SeatState::Sold);
    }
}

#[tokio::test]
async fn without_the_demo_a_fresh_folder_is_an_empty_cinema() {
    let dir = TempDir::new().unwrap();
    let options = frontrow::server::Options {
        data_dir: dir.path().to_owned(),
        bind: "127.0.0.1:0".parse().unwrap(),
        demo: frontrow::server::Demo::Leave,
        rules: Default::default(),
        public_url: None,
        mailer: None,
        outside: Default::default(),
        clock: StillClock::at(SUNDAY_MORNING),
        entropy: std::sync::Arc::new(crate::house::SystemEntropy),
        faults: Faults::default(),
    };
    let running = frontrow::server::start(options).await.unwrap();
    let client = crate::house::http_client();
    let get = |path: &str| crate::house::read(client.get(format!("{}{path}", running.url())));
    assert!(get("/v1/movies").await.must_be(200).read::<wire::MoviesAnswer>().movies.is_empty());
    assert!(!get("/v1/cinema").await.must_be(200).read::<wire::CinemaAnswer>().cinema.demo);
    running.stop().await;
}

#[tokio::test]
async fn holds_that_have_ended_are_tidied_away_by_later_ones() {
    use sqlx::{Connection, Row};
    let house = House::open().await;
    let show = house.show_in("classic").await;
    let seats = house.free_seats(&show).await;
    for seat in &seats[..3] {
        house.hold(&show, std::slice::from_ref(seat)).await.must_be(201);
    }
    house.clock.advance_minutes(11);
    house.hold(&show, &seats[4..5]).await.must_be(201);
    let url = format!("sqlite://{}", house.dir.path().join("boxoffice.db").display());
    let mut database = sqlx::AnyConnection::connect(&url).await.unwrap();
    let mut held = i64::MAX;
    for _ in 0..200 {
        let row = sqlx::query("SELECT COUNT(*) FROM seat_claims WHERE state=1").fetch_one(&mut database).await.unwrap();
        held = row.try_get(0).unwrap();
        if held == 1 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    assert_eq!(held, 1);
}
