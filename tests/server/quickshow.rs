//! The dialect of the QuickShow clients.

use crate::house::{Answer, Guest, House};
use frontrow::domain::{chart::Chart, ids::SeatId, show::Show};
use reqwest::Method;
use serde_json::{Value, json};
use sqlx::Connection;
use std::collections::HashSet;

fn label_of(chart: &Chart, id: &SeatId) -> String {
    let ix = chart.seats.iter().position(|s| s.id == *id).unwrap();
    let seat = &chart.seats[ix];
    format!("{}{}", chart.rows[seat.row as usize].label, seat.label)
}

/// Labels of free seats of the plain hall.
async fn free_labels(house: &House, show: &Show) -> Vec<String> {
    let chart = house.chart(show).await;
    house.free_seats(show).await.iter().map(|id| label_of(&chart, id)).collect()
}

async fn create(guest: &Guest<'_>, token: &str, body: Value) -> Answer {
    let request = guest.house.request(Method::POST, "/api/booking/create").bearer_auth(token);
    guest.house.send(request.header("Origin", guest.house.running.url()).json(&body)).await.must_be(200)
}

async fn occupied(house: &House, show: &Show) -> HashSet<String> {
    let body = house.get(&format!("/api/booking/seats/{}", show.id)).await.must_be(200).body;
    assert_eq!(body["success"], true);
    body["occupiedSeats"].as_array().unwrap().iter().map(|s| s.as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn films_and_their_shows_have_the_shapes_of_the_dialect() {
    let house = House::open().await;
    assert_eq!(house.get("/").await.must_be(200).body, "Server is live!");
    let all = house.get("/api/show/all").await.must_be(200).body;
    assert_eq!(all["success"], true);
    let movie = &all["shows"][0];
    assert!(movie["title"].is_string() && movie["casts"].is_array() && movie["genres"][0]["name"].is_string());
    let id = movie["_id"].as_str().unwrap();
    let one = house.get(&format!("/api/show/{id}")).await.must_be(200).body;
    assert_eq!(&one["movie"], movie);
    let (date, times) = one["dateTime"].as_object().unwrap().iter().next().unwrap();
    assert!(times[0]["time"].as_str().unwrap().starts_with(date.as_str()));
    assert!(times[0]["time"].as_str().unwrap().ends_with(".000Z"));
    assert!(times[0]["showId"].is_string());
    let none = house.get("/api/show/nothing").await.must_be(200).body;
    assert_eq!(none, json!({"success": true, "movie": null, "dateTime": {}}));
}

#[tokio::test]
async fn a_booking_is_created_paid_by_its_link_and_listed() {
    let house = House::open().await;
    let show = house.show_in("classic").await;
    let labels = free_labels(&house, &show).await;
    let ann = house.sign_up("ann@example.org").await;
    let body = json!({"showId": show.id, "selectedSeats": labels[..2]});
    let created = create(&ann, &ann.token().await, body).await.body;
    assert_eq!(created["success"], true, "{created}");
    assert!(occupied(&house, &show).await.contains(&labels[0]));

    let url = created["url"].as_str().unwrap().to_owned();
    let pending = ann.ask(Method::GET, "/api/user/bookings").await.body;
    let booking = &pending["bookings"][0];
    assert_eq!((&booking["isPaid"], booking["paymentLink"].as_str().unwrap()), (&json!(false), url.as_str()));
    assert_eq!(booking["bookedSeats"], json!(labels[..2]));
    assert_eq!(booking["amount"], json!(19.0));
    assert_eq!(booking["show"]["showPrice"], json!(9.5));
    assert_eq!(booking["show"]["movie"]["_id"], json!(show.movie));

    assert!(url.starts_with(&format!("{}/pay/demo/", house.running.url())), "{url}");
    house.clock.advance_minutes(5);
    for _ in 0..2 {
        let page = house.send(house.client.post(&url)).await.must_be(200).body.to_string();
        assert!(page.contains("Paid: booking"), "{page}");
    }
    let paid = ann.ask(Method::GET, "/api/user/bookings").await.body;
    assert_eq!(paid["bookings"].as_array().unwrap().len(), 1);
    assert_eq!((&paid["bookings"][0]["isPaid"], &paid["bookings"][0]["paymentLink"]), (&json!(true), &json!("")));
    assert_eq!(paid["bookings"][0]["createdAt"], booking["createdAt"], "a booking was made when it was made");
    let native = ann.ask(Method::GET, "/v1/bookings").await.body;
    assert_eq!((&native["bookings"][0]["status"], &native["bookings"][0]["payment"]), (&json!("paid"), &json!("demo")));
}

#[tokio::test]
async fn what_is_not_paid_in_ten_minutes_is_free_again_and_cannot_be_paid() {
    let house = House::open().await;
    let show = house.show_in("classic").await;
    let labels = free_labels(&house, &show).await;
    let ann = house.sign_up("ann@example.org").await;
    let body = json!({"showId": show.id, "selectedSeats": labels[..1]});
    let created = create(&ann, &ann.token().await, body.clone()).await.body;
    let again = create(&ann, &ann.token().await, body.clone()).await.body;
    assert_eq!(again["success"], false);
    assert!(again["message"].as_str().unwrap().contains("is kept for you"), "{again}");
    let bob = house.sign_up("bob@example.org").await;
    let other = create(&bob, &bob.token().await, body).await.body;
    assert!(other["message"].as_str().unwrap().contains("is held by someone else"), "{other}");
    house.clock.advance_minutes(10);
    assert!(!occupied(&house, &show).await.contains(&labels[0]));
    assert_eq!(ann.ask(Method::GET, "/api/user/bookings").await.body["bookings"], json!([]));
    let url = created["url"].as_str().unwrap();
    house.send(house.client.get(url)).await.must_refuse(410, "hold_expired");
    house.send(house.client.post(url)).await.must_refuse(410, "hold_expired");
}

#[tokio::test]
async fn looking_at_the_payment_page_pays_nothing_and_no_site_shows_it_as_its_own() {
    let house = House::open().await;
    let show = house.show_in("classic").await;
    let labels = free_labels(&house, &show).await;
    let ann = house.sign_up("ann@example.org").await;
    let created = create(&ann, &ann.token().await, json!({"showId": show.id, "selectedSeats": labels[..1]})).await.body;
    let url = created["url"].as_str().unwrap();
    house.send(house.client.head(url)).await.must_be(200);
    let page = house.send(house.client.get(url)).await.must_be(200);
    let policy =
        "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
    assert_eq!(page.headers["content-security-policy"], policy);
    let text = page.body.as_str().unwrap();
    assert!(text.contains("<form method=\"post\"><button>Pay (demo)</button></form>"), "{text}");
    assert_eq!(ann.ask(Method::GET, "/api/user/bookings").await.body["bookings"][0]["isPaid"], false);
    house.send(house.client.post(url)).await.must_be(200);
    assert_eq!(ann.ask(Method::GET, "/api/user/bookings").await.body["bookings"][0]["isPaid"], true);
    let text = house.send(house.client.get(url)).await.must_be(200).body.to_string();
    assert!(text.contains("Paid") && !text.contains("<form"), "{text}");
}

#[tokio::test]
async fn the_asking_site_is_where_people_go_after_paying_and_never_where_they_pay() {
    let house = House::open().await;
    let show = house.show_in("classic").await;
    let labels = free_labels(&house, &show).await;
    let ann = house.sign_up("ann@example.org").await;
    let long = format!("https://{}.example", "a.".repeat(130));
    let back = Some("https://site.example/loading/my-bookings");
    let origins = [("https://site.example", back), ("null", None), ("ftp://site.example", None), (long.as_str(), None)];
    for ((origin, back), label) in origins.into_iter().zip(&labels) {
        let request = house.request(Method::POST, "/api/booking/create").bearer_auth(ann.token().await);
        let body = json!({"showId": show.id, "selectedSeats": [label]});
        let created = house.send(request.header("Origin", origin).json(&body)).await.body;
        let url = created["url"].as_str().unwrap();
        assert!(url.starts_with(&format!("{}/pay/demo/", house.running.url())), "{origin}: {url}");
        let listed = house.request(Method::GET, "/api/user/bookings").bearer_auth(ann.token().await);
        let listed = house.send(listed.header("Origin", "https://other.example")).await.body;
        let links: Vec<_> = listed["bookings"].as_array().unwrap().iter().map(|b| &b["paymentLink"]).collect();
        assert!(links.contains(&&created["url"]), "{origin}: {listed}");
        let paid = house.send(house.client.post(url)).await.must_be(200).body.to_string();
        let link = paid.split("href=\\\"").nth(1).and_then(|rest| rest.split("\\\"").next());
        assert_eq!(link, back, "{origin}: {paid}");
    }
}

/// The same cinema, after its rules have said that it is no demo.
async fn in_earnest(house: House, stripe: Option<&str>) -> House {
    let House { running, clock, faults, dir, client } = house;
    running.stop().await;
    sqlx::any::install_default_drivers();
    let url = format!("sqlite://{}", dir.path().join("boxoffice.db").display());
    let mut database = sqlx::AnyConnection::connect(&url).await.unwrap();
    let sql = "UPDATE meta SET value=json_set(value,'$.demo',json('false')) WHERE key='cinema'";
    assert_eq!(sqlx::query(sql).execute(&mut database).await.unwrap().rows_affected(), 1);
    database.close().await.unwrap();
    let running = crate::house::start_with(dir.path(), &clock, &faults, |options| {
        options.demo = frontrow::server::Demo::Leave;
        options.outside.stripe_secret = stripe.map(secrecy::SecretString::from);
    });
    House { running: running.await.unwrap(), clock, faults, dir, client }
}

#[tokio::test]
async fn outside_of_the_demo_the_demos_page_sells_nothing() {
    let house = House::open().await;
    let show = house.show_in("classic").await;
    let labels = free_labels(&house, &show).await;
    let house = in_earnest(house, None).await;
    let ann = house.sign_up("ann@example.org").await;
    let body = json!({"showId": show.id, "selectedSeats": labels[..1]});
    let created = create(&ann, &ann.token().await, body.clone()).await.body;
    assert_eq!(created["message"], "This cinema has no way to pay set up yet.");
    assert!(!occupied(&house, &show).await.contains(&labels[0]), "nothing is kept that cannot be paid");

    // Where a site has its own checkout, seats are kept for that.
    let house = in_earnest(house, Some("whsec_invented")).await;
    let bob = house.sign_up("bob@example.org").await;
    let created = create(&bob, &bob.token().await, body).await.body;
    let url = created["url"].as_str().unwrap();
    let page = house.send(house.client.get(url)).await.must_be(200).body.to_string();
    assert!(!page.contains("<form") && page.contains("where it was booked"), "{page}");
    house.send(house.client.post(url)).await.must_refuse(422, "payment_refused");
    assert_eq!(bob.ask(Method::GET, "/api/user/bookings").await.body["bookings"][0]["isPaid"], false);
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_people_at_once_get_fifty_seats_and_one_seat_goes_to_one_of_them() {
    let house = House::open().await;
    let show = house.emptiest_show_in("grand").await;
    let chart = house.chart(&show).await;
    let uses = |label: &String| chart.seats.iter().filter(|s| label_of(&chart, &s.id) == *label).count();
    let labels: Vec<_> =
        free_labels(&house, &show).await.into_iter().filter(|label| uses(label) == 1).take(51).collect();
    let mut people = Vec::new();
    for n in 0..50 {
        let guest = house.sign_up(&format!("guest{n}@example.org")).await;
        let token = guest.token().await;
        people.push((guest, token));
    }
    // Each on a connection of their own.
    let lines: Vec<_> = people.iter().map(|_| crate::house::http_client()).collect();
    let at_once = async |label_of: &dyn Fn(usize) -> String| {
        let creates = people.iter().zip(&lines).enumerate().map(|(n, ((_, token), line))| {
            let body = json!({"showId": show.id, "selectedSeats": [label_of(n)]});
            let request = line.post(format!("{}/api/booking/create", house.running.url()));
            house.send(request.bearer_auth(token).json(&body))
        });
        let answers = futures_util::future::join_all(creates).await;
        answers.into_iter().map(|answer| answer.must_be(200).body).collect::<Vec<_>>()
    };

    for answer in at_once(&|n| labels[n].clone()).await {
        assert_eq!(answer["success"], true, "{answer}");
    }
    let shown = occupied(&house, &show).await;
    assert!(labels[..50].iter().all(|label| shown.contains(label)), "all fifty are shown taken");
    for (n, (guest, token)) in people.iter().enumerate() {
        let request = house.request(Method::GET, "/api/user/bookings").bearer_auth(token);
        let booking = house.send(request).await.body["bookings"][0].clone();
        assert_eq!(booking["bookedSeats"], json!([labels[n]]));
        assert_eq!(booking["show"]["occupiedSeats"][&labels[n]], json!(guest.signed_in.user.id));
    }

    let answers = at_once(&|_| labels[50].clone()).await;
    let (served, refused): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer["success"] == true);
    assert_eq!((served.len(), refused.len()), (1, 49));
    assert!(refused.iter().all(|answer| answer["message"].as_str().unwrap().contains("is held by someone else")));
}

#[tokio::test]
async fn a_page_of_another_origin_may_read_the_dialect_and_nothing_else() {
    let house = House::open().await;
    let page = |method: Method, path: &str| house.request(method, path).header("Origin", "https://site.example");
    let asked = page(Method::OPTIONS, "/api/booking/create")
        .header("Access-Control-Request-Method", "POST")
        .header("Access-Control-Request-Headers", "authorization,content-type");
    let allowed = house.send(asked).await.must_be(204);
    assert_eq!(allowed.headers["access-control-allow-origin"], "*");
    assert_eq!(allowed.headers["access-control-allow-headers"], "authorization,content-type");
    assert!(allowed.headers["access-control-allow-methods"].to_str().unwrap().contains("POST"));
    assert_eq!(allowed.headers["vary"], "Access-Control-Request-Headers");
    for path in ["/api/show/all", "/api/user/bookings", "/api/shows/all"] {
        let answer = house.send(page(Method::GET, path)).await;
        assert_eq!(answer.headers["access-control-allow-origin"], "*", "{path}");
        assert_eq!(answer.headers["x-clerk-auth-status"], "signed-out", "{path}");
        assert_eq!(answer.headers["x-clerk-auth-reason"], "session-token-and-uat-missing", "{path}");
    }
    for path in ["/v1/movies", "/", "/healthz"] {
        let answer = house.send(page(Method::GET, path)).await;
        assert!(!answer.headers.contains_key("access-control-allow-origin"), "{path}");
        assert!(!answer.headers.contains_key("x-clerk-auth-status"), "{path}");
    }
    // The name by which it is asked still matters: no page reaches it by one of its own.
    let foreign = page(Method::OPTIONS, "/api/show/all").header("Host", "evil.example");
    house.send(foreign).await.must_refuse(421, "misdirected_host");
}

#[tokio::test]
async fn a_token_is_told_to_be_over_on_public_routes_too() {
    let house = House::open().await;
    let ann = house.sign_up("ann@example.org").await;
    let token = ann.token().await;
    let ask = || house.send(house.request(Method::GET, "/api/show/all").bearer_auth(&token));
    assert!(!ask().await.must_be(200).headers.contains_key("x-clerk-auth-status"));
    house.clock.advance_seconds(66);
    let over = ask().await.must_be(200);
    assert_eq!(over.body["success"], true);
    assert_eq!(over.headers["x-clerk-auth-reason"], "session-token-expired");
}

#[tokio::test]
async fn other_spellings_of_the_family_are_not_here() {
    let house = House::open().await;
    for path in ["/api/shows/all", "/api/bookings/seats/1", "/api/user/favourites", "/api/nope"] {
        house.get(path).await.must_refuse(404, "not_found");
    }
}

#[tokio::test]
async fn inngest_is_told_that_there_is_nothing_for_it() {
    let house = House::open().await;
    assert_eq!(house.get("/api/inngest").await.must_be(200).body["function_count"], 0);
    for method in [Method::PUT, Method::POST] {
        let answer = house.send(house.request(method, "/api/inngest?fnId=x").json(&json!({}))).await.must_be(200);
        assert!(answer.body["message"].as_str().unwrap().contains("nothing to register"), "{}", answer.body);
    }
}

#[tokio::test]
async fn failures_are_answered_in_the_dialect() {
    let house = House::open().await;
    let show = house.show_in("classic").await;
    let ann = house.sign_up("ann@example.org").await;
    for path in ["/api/user/bookings", "/api/user/favorites"] {
        let answer = house.get(path).await.must_be(200);
        assert_eq!(answer.headers["x-clerk-auth-status"], "signed-out");
        assert_eq!(answer.body["success"], false);
    }
    let bodies = [
        json!({"showId": "nope", "selectedSeats": ["A1"]}),
        json!({"showId": show.id, "selectedSeats": []}),
        json!({"showId": show.id, "selectedSeats": ["Z99"]}),
        json!({"showId": show.id, "selectedSeats": ["A1", "A1"]}),
        json!({"showId": show.id, "selectedSeats": ["__proto__", "constructor"]}),
        json!({"showId": show.id, "selectedSeats": vec!["A1"; 21]}),
        json!({"showId": show.id, "selectedSeats": "A1"}),
        json!({}),
    ];
    for body in bodies {
        let answer = create(&ann, &ann.token().await, body.clone()).await.body;
        assert_eq!(answer["success"], false, "{body}");
        assert!(answer["message"].as_str().unwrap().ends_with('.'), "{answer}");
    }
    house.send(house.client.get(format!("{}/pay/demo/x", house.running.url()))).await.must_refuse(404, "not_found");
}

#[tokio::test]
async fn a_favourite_is_toggled() {
    let house = House::open().await;
    let movie = house.get("/api/show/all").await.body["shows"][0]["_id"].clone();
    let ann = house.sign_up("ann@example.org").await;
    for expected in [1, 0] {
        let request = house.request(Method::POST, "/api/user/update-favorite").bearer_auth(ann.token().await);
        let answer = house.send(request.json(&json!({"movieId": movie}))).await.body;
        assert_eq!(answer["success"], true);
        let movies = ann.ask(Method::GET, "/api/user/favorites").await.body["movies"].clone();
        assert_eq!(movies.as_array().unwrap().len(), expected);
    }
    for (id, expected) in [(json!(12), "There is no film \"12\""), (json!([]), "a string or a whole number")] {
        let request = house.request(Method::POST, "/api/user/update-favorite").bearer_auth(ann.token().await);
        let answer = house.send(request.json(&json!({"movieId": id}))).await.body;
        assert!(answer["message"].as_str().unwrap().contains(expected), "{answer}");
    }
}
