//! Those who run the cinema, in the QuickShow dialect.

use crate::house::{Answer, Guest, House};
use frontrow::{domain::show::Show, server::Rules, wire};
use reqwest::Method;
use serde_json::{Value, json};

/// A house whose boss is an admin; everybody else is a customer.
pub async fn with_boss() -> (House, wire::SignedIn) {
    let house = House::open().await;
    let boss = house.sign_up("boss@example.org").await.signed_in;
    let admins = vec!["boss@example.org".to_owned()];
    (house.restart_with(Rules { admins, ..Rules::default() }).await, boss)
}

pub fn guest(house: &House, signed_in: wire::SignedIn) -> Guest<'_> {
    Guest { house, signed_in }
}

pub async fn post(guest: &Guest<'_>, path: &str, body: Value) -> Answer {
    let request = guest.house.request(Method::POST, path).bearer_auth(guest.token().await);
    guest.house.send(request.json(&body)).await.must_be(200)
}

async fn add(boss: &Guest<'_>, movie: &str, date: &str, times: &[&str], price: Value) -> Value {
    let shows = json!([{"date": date, "time": times}]);
    post(boss, "/api/show/add", json!({"movieId": movie, "showsInput": shows, "showPrice": price})).await.body
}

async fn shows_of(house: &House, movie: &str) -> Vec<Show> {
    house.get(&format!("/v1/shows?movie={movie}")).await.must_be(200).read::<wire::ShowsAnswer>().shows
}

#[tokio::test]
async fn what_is_for_those_who_run_the_cinema_is_for_nobody_else() {
    let (house, boss) = with_boss().await;
    let boss = guest(&house, boss);
    let ann = house.sign_up("ann@example.org").await;
    let paths = ["/api/show/now-playing", "/api/admin/is-admin", "/api/admin/dashboard", "/api/admin/all-shows"];
    for path in paths.into_iter().chain(["/api/admin/all-bookings"]) {
        let signed_out = house.get(path).await.must_be(200);
        assert_eq!(
            (&signed_out.body["success"], &signed_out.headers["x-clerk-auth-status"]),
            (&json!(false), &"signed-out".parse().unwrap()),
            "{path}"
        );
        let customer = ann.ask(Method::GET, path).await.must_be(200);
        assert_eq!(customer.body["success"], false, "{path}");
        assert!(customer.body["message"].as_str().unwrap().starts_with("Not Authorized"), "{path}: {}", customer.body);
        assert!(!customer.headers.contains_key("x-clerk-auth-status"), "{path}");
        assert_eq!(boss.ask(Method::GET, path).await.must_be(200).body["success"], true, "{path}");
    }
    assert_eq!(boss.ask(Method::GET, "/api/admin/is-admin").await.body, json!({"success": true, "isAdmin": true}));
    let refused = add(&ann, "metropolis-1927", "2026-12-24", &["18:00"], json!(9)).await;
    assert_eq!(refused["success"], false, "{refused}");
}

#[tokio::test]
async fn shows_are_added_in_the_plain_hall_at_the_cinemas_time_for_one_price() {
    let (house, boss) = with_boss().await;
    let boss = guest(&house, boss);
    let listed = boss.ask(Method::GET, "/api/show/now-playing").await.body;
    let movie = listed["movies"][0]["id"].as_str().unwrap();
    let before = shows_of(&house, movie).await.len();
    let added = add(&boss, movie, "2026-12-24", &["14:00", "18:30"], json!(10.5)).await;
    assert_eq!(added, json!({"success": true, "message": "Show Added successfully."}));
    let shows = shows_of(&house, movie).await;
    assert_eq!(shows.len(), before + 2);
    let new: Vec<&Show> = shows.iter().filter(|show| show.starts_at.to_string().starts_with("2026-12-24")).collect();
    // Berlin is an hour ahead of UTC in winter.
    let starts: Vec<String> = new.iter().map(|show| show.starts_at.to_string()).collect();
    assert_eq!(starts, ["2026-12-24T13:00:00Z", "2026-12-24T17:30:00Z"]);
    for show in new {
        assert_eq!((show.hall.as_str(), show.seats, show.free), ("classic", 90, Some(90)));
        assert_eq!(show.price_from().unwrap().figure(), "10.50");
        assert!(show.prices.iter().all(|price| price.price == show.price_from()));
        let hold = house.hold(show, &house.free_seats(show).await[..2]).await;
        assert_eq!(hold.must_be(201).body["hold"]["total"]["minor"], 2100);
    }
    // The other spelling of the key, and a film's id as it came from the list.
    let body = json!({"movieId": movie, "showInput": [{"date": "2026-12-25", "time": ["09:00"]}], "showPrice": "8"});
    assert_eq!(post(&boss, "/api/show/add", body).await.body["success"], true);
}

#[tokio::test]
async fn a_hall_shows_one_film_at_a_time_and_all_of_a_request_counts_or_nothing() {
    let (house, boss) = with_boss().await;
    let boss = guest(&house, boss);
    let movie = "metropolis-1927";
    let before = shows_of(&house, movie).await.len();
    let refused = add(&boss, movie, "2026-12-24", &["14:00", "15:00"], json!(10)).await;
    assert_eq!(refused["success"], false);
    let why = refused["message"].as_str().unwrap();
    assert!(why.contains("2026-12-24 15:00") && why.contains("plays Metropolis from 14:00 to 16:43"), "{why}");
    assert_eq!(shows_of(&house, movie).await.len(), before, "the first of the two is not there either");
    // The programme's own shows are in the way, too.
    let taken = house.show_in("classic").await.starts_at.to_zoned(jiff::tz::TimeZone::get("Europe/Berlin").unwrap());
    let (date, time) = (taken.strftime("%Y-%m-%d").to_string(), taken.strftime("%H:%M").to_string());
    assert_eq!(add(&boss, movie, &date, &[&time], json!(10)).await["success"], false);
    // It begins when the other is over.
    assert_eq!(add(&boss, movie, "2026-12-24", &["14:00", "16:43"], json!(10)).await["success"], true);
}

#[tokio::test]
async fn what_cannot_be_added_is_refused_in_one_sentence() {
    let (house, boss) = with_boss().await;
    let boss = guest(&house, boss);
    let movie = "metropolis-1927";
    let cases = [
        (add(&boss, movie, "2026-11-21", &["14:00"], json!(10)).await, "it is over"),
        (add(&boss, movie, "2031-02-30", &["14:00"], json!(10)).await, "is no date"),
        (add(&boss, movie, "2026-12-24", &["25:99"], json!(10)).await, "is no time"),
        (add(&boss, movie, "2026-12-24", &[], json!(10)).await, "No time is named"),
        (add(&boss, movie, "2026-12-24", &["14:00"], json!(-1)).await, "is no price"),
        (add(&boss, movie, "2026-12-24", &["14:00"], json!([])).await, "a number such as 10.5"),
        (add(&boss, "1", "2026-12-24", &["14:00"], json!(10)).await, "There is no film \"1\""),
        (post(&boss, "/api/show/add", json!({"movieId": movie, "showPrice": 3})).await.body, "showsInput"),
    ];
    for (answer, part) in cases {
        let why = answer["message"].as_str().unwrap();
        assert!(answer["success"] == false && why.contains(part) && why.ends_with('.'), "{part}: {answer}");
    }
}

#[tokio::test]
async fn a_day_that_comes_into_view_leaves_what_was_added_alone() {
    let (house, boss) = with_boss().await;
    let added = add(&guest(&house, boss), "metropolis-1927", "2026-12-24", &["18:00"], json!(10)).await;
    assert_eq!(added["success"], true, "{added}");
    house.clock.advance_minutes(27 * 24 * 60);
    let all: wire::ShowsAnswer = house.get("/v1/shows").await.must_be(200).read();
    let mut day: Vec<&Show> = all.shows.iter().filter(|show| show.hall.as_str() == "classic").collect();
    day.retain(|show| show.starts_at.to_string().starts_with("2026-12-24"));
    assert!(day.len() >= 2, "the programme fills the rest of the day: {day:?}");
    assert!(day.windows(2).all(|pair| pair[0].ends_at <= pair[1].starts_at), "{day:?}");
    assert!(day.iter().any(|show| show.starts_at.to_string() == "2026-12-24T17:00:00Z"));
}

#[tokio::test]
async fn customers_see_their_own_seats_by_name_and_the_boss_everybodys() {
    let (house, boss) = with_boss().await;
    let boss = guest(&house, boss);
    let show = house.emptiest_show_in("classic").await;
    let (ann, bob) = (house.sign_up("ann@example.org").await, house.sign_up("bob@example.org").await);
    let free: Value = house.get(&format!("/api/show/{}/seat-layout", show.id)).await.body;
    let occupied = free["occupiedSeats"].as_array().unwrap();
    let seats: Vec<&Value> = free["seatMap"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|row| row["seats"].as_array().unwrap())
        .map(|seat| &seat["seatNumber"])
        .collect();
    assert_eq!((seats.len(), seats[0], seats[89]), (90, &json!("A1"), &json!("J9")));
    let free: Vec<&Value> = seats.into_iter().filter(|seat| !occupied.contains(seat)).collect();
    for (guest, seat) in [(&ann, free[0]), (&bob, free[1])] {
        let created =
            post(guest, "/api/booking/create", json!({"showId": show.id, "selectedSeats": [seat]})).await.body;
        assert_eq!(created["success"], true, "{created}");
        house.clock.advance_seconds(1);
    }
    let (one, other) = (free[0].as_str().unwrap(), free[1].as_str().unwrap());
    let (ann_id, bob_id) = (&ann.signed_in.user.id.0, &bob.signed_in.user.id.0);
    let seen = ann.ask(Method::GET, "/api/user/bookings").await.body["bookings"][0]["show"]["occupiedSeats"].clone();
    assert_eq!((&seen[one], &seen[other]), (&json!(ann_id), &json!("taken")));
    assert!(!seen.to_string().contains(bob_id.as_str()));

    let all = boss.ask(Method::GET, "/api/admin/all-bookings").await.body;
    let list = all["bookings"].as_array().unwrap();
    assert_eq!(list.len(), 2, "the demo's crowd is nobody: {all}");
    assert_eq!((&list[0]["user"]["email"], &list[1]["user"]["_id"]), (&json!("bob@example.org"), &json!(ann_id)));
    assert_eq!((&list[0]["isPaid"], &list[0]["bookedSeats"]), (&json!(false), &json!([other])));
    assert_eq!(
        (&list[0]["show"]["occupiedSeats"][one], &list[0]["show"]["occupiedSeats"][other]),
        (&json!(ann_id), &json!(bob_id))
    );
    let shows = boss.ask(Method::GET, "/api/admin/all-shows").await.body["shows"].clone();
    assert!(shows.to_string().len() < 2 * 1024 * 1024, "clients read no more: {}", shows.to_string().len());
    let shown = shows.as_array().unwrap().iter().find(|s| s["_id"] == json!(show.id)).unwrap();
    assert_eq!(shown["occupiedSeats"][other], json!(bob_id));

    // What is not paid is no revenue.
    let before = boss.ask(Method::GET, "/api/admin/dashboard").await.body["dashboardData"].clone();
    assert_eq!(
        (&before["totalBookings"], &before["totalRevenue"].as_f64(), &before["totalUser"]),
        (&json!(0), &Some(0.0), &json!(3))
    );
    let link = ann.ask(Method::GET, "/api/user/bookings").await.body["bookings"][0]["paymentLink"].clone();
    house.send(house.client.post(link.as_str().unwrap())).await.must_be(200);
    let after = boss.ask(Method::GET, "/api/admin/dashboard").await.body["dashboardData"].clone();
    assert_eq!((&after["totalBookings"], after["totalRevenue"].as_f64()), (&json!(1), Some(9.5)));
    assert_eq!(after["activeShows"].as_array().unwrap().len(), shows.as_array().unwrap().len());
}

#[tokio::test]
async fn every_hall_can_be_drawn_and_booked_by_its_layout() {
    let house = House::open().await;
    let ann = house.sign_up("ann@example.org").await;
    for hall in ["studio", "hall-1", "grand", "playhouse"] {
        let show = house.emptiest_show_in(hall).await;
        let layout = house.get(&format!("/api/show/{}/seat-layout", show.id)).await.must_be(200).body;
        let chart = house.chart(&show).await;
        let seats: Vec<&Value> =
            layout["seatMap"].as_array().unwrap().iter().flat_map(|row| row["seats"].as_array().unwrap()).collect();
        let names: std::collections::HashSet<&str> =
            seats.iter().map(|seat| seat["seatNumber"].as_str().unwrap()).collect();
        assert_eq!(names.len(), seats.len(), "{hall}: each place has a name of its own");
        let places: Vec<&&Value> = seats.iter().filter(|seat| seat["seatType"] != "EMPTY").collect();
        assert_eq!(places.len(), chart.seats.len(), "{hall}");
        let gone: Vec<&Value> =
            ["occupiedSeats", "heldSeats"].iter().flat_map(|key| layout[key].as_array().unwrap()).collect();
        assert!(gone.iter().all(|seat| places.iter().any(|place| place["seatNumber"] == **seat)), "{hall}");
        let free =
            places.iter().find(|seat| seat["seatType"] == "STANDARD" && !gone.contains(&&seat["seatNumber"])).unwrap();
        let body = json!({"showId": show.id, "selectedSeats": [free["seatNumber"]]});
        let created = post(&ann, "/api/booking/create", body).await.body;
        assert_eq!(created["success"], true, "{hall}: {created}");
        let after = house.get(&format!("/api/show/{}/seat-layout", show.id)).await.body;
        assert!(after["heldSeats"].as_array().unwrap().contains(&free["seatNumber"]), "{hall}");
        assert_eq!((&after["roomName"], &after["lifecycle"]), (&json!(show.hall_name), &json!("UPCOMING")));
    }
    assert_eq!(house.get("/api/show/1/seat-layout").await.must_be(200).body["success"], false);
}
