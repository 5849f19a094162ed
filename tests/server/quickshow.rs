//! The dialect of the QuickShow clients.

use crate::house::{Answer, Guest, House};
use frontrow::domain::{chart::Chart, ids::SeatId, show::Show};
use reqwest::Method;
use serde_json::{Value, json};
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

    for _ in 0..2 {
        let page = house.send(house.client.get(&url)).await.must_be(200);
        assert!(page.body.as_str().unwrap().contains("is paid"));
    }
    let paid = ann.ask(Method::GET, "/api/user/bookings").await.body;
    assert_eq!(paid["bookings"].as_array().unwrap().len(), 1);
    assert_eq!((&paid["bookings"][0]["isPaid"], &paid["bookings"][0]["paymentLink"]), (&json!(true), &json!("")));
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
    let again = create(&ann, &ann.token().await, body).await.body;
    assert_eq!(again["success"], false);
    house.clock.advance_minutes(10);
    assert!(!occupied(&house, &show).await.contains(&labels[0]));
    assert_eq!(ann.ask(Method::GET, "/api/user/bookings").await.body["bookings"], json!([]));
    let late = house.send(house.client.get(created["url"].as_str().unwrap())).await;
    late.must_refuse(410, "hold_expired");
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_people_who_create_at_once_are_all_shown() {
    let house = House::open().await;
    let show = house.show_in("grand").await;
    let chart = house.chart(&show).await;
    let uses = |label: &String| chart.seats.iter().filter(|s| label_of(&chart, &s.id) == *label).count();
    let labels: Vec<_> =
        free_labels(&house, &show).await.into_iter().filter(|label| uses(label) == 1).take(50).collect();
    assert_eq!(labels.len(), 50);
    let ann = house.sign_up("ann@example.org").await;
    let token = ann.token().await;
    let creates = labels.iter().map(|label| create(&ann, &token, json!({"showId": show.id, "selectedSeats": [label]})));
    for answer in futures_util::future::join_all(creates).await {
        assert_eq!(answer.body["success"], true, "{}", answer.body);
    }
    let occupied = occupied(&house, &show).await;
    assert!(labels.iter().all(|label| occupied.contains(label)));
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
}
