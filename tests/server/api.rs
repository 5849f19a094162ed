//! The native API's manners: envelopes, caching, refusals, the description of itself.

use crate::house::House;
use frontrow::{domain::chart, server::faults::Fault, wire};
use reqwest::Method;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

#[tokio::test]
async fn every_answer_carries_the_time_and_a_request_id() {
    let house = House::open().await;
    for path in ["/v1/cinema", "/v1/movies", "/v1/time", "/healthz", "/readyz", "/", "/nowhere"] {
        let answer = house.get(path).await;
        assert_eq!(answer.headers["server-time"], "2026-11-22T10:00:00Z", "{path}");
        assert_eq!(answer.headers["x-request-id"].len(), 16, "{path}");
        assert_eq!(answer.headers["x-content-type-options"], "nosniff", "{path}");
    }
    let cinema: wire::CinemaAnswer = house.get("/v1/cinema").await.must_be(200).read();
    assert_eq!((cinema.cinema.name.as_str(), cinema.cinema.demo), ("Luna Cinema", true));
    assert_eq!(cinema.cinema.timezone, "Europe/Berlin");
}

#[tokio::test]
async fn a_chart_is_what_its_hash_says_and_is_cached_for_ever() {
    let house = House::open().await;
    let show = house.show_in("grand").await;
    let path = format!("/v1/charts/{}", show.chart);
    let response = house.request(Method::GET, &path).send().await.unwrap();
    assert_eq!(response.headers()["cache-control"], "public, max-age=31536000, immutable");
    let etag = response.headers()["etag"].to_str().unwrap().to_owned();
    let parsed = chart::json::parse(&response.text().await.unwrap()).unwrap();
    assert_eq!(chart::json::hash(&parsed), show.chart);
    house.send(house.request(Method::GET, &path).header("If-None-Match", etag)).await.must_be(304);
    house.get("/v1/charts/0000").await.must_refuse(404, "not_found");
}

#[tokio::test]
async fn seat_states_come_packed_and_only_when_they_have_changed() {
    let house = House::open().await;
    let show = house.show_in("classic").await;
    let path = format!("/v1/shows/{}/seats", show.id);
    let first = house.get(&path).await.must_be(200);
    assert_eq!(first.headers["cache-control"], "private, max-age=1");
    let etag = first.headers["etag"].to_str().unwrap().to_owned();
    let known = || house.request(Method::GET, &path).header("If-None-Match", &etag);
    house.send(known()).await.must_be(304);

    let plain = house.request(Method::GET, &path).header("Accept", "application/octet-stream").send().await.unwrap();
    assert_eq!(plain.headers()["content-type"], "application/octet-stream");
    assert_eq!(plain.bytes().await.unwrap(), house.states(&show).await.packed());

    let seats = house.free_seats(&show).await;
    house.hold(&show, &seats[..1]).await.must_be(201);
    let changed = house.send(known()).await.must_be(200);
    assert_ne!(changed.headers["etag"], etag.as_str());
}

#[tokio::test]
async fn what_cannot_be_held_is_refused_by_name() {
    let house = House::open().await;
    let show = house.show_in("grand").await;
    let seats = house.free_seats(&show).await;
    let hold = |show: Value, seats: Value| house.post("/v1/holds", json!({"show": show, "seats": seats}));
    for unknown in ["1", "-1", "abc", "007", "", "99999999999999999999"] {
        hold(json!(unknown), json!([seats[0]])).await.must_refuse(404, "show_not_found");
    }
    for unknown in ["", "A1", "main/A/1'; DROP TABLE bookings", "\u{202e}x"] {
        let refused = hold(json!(show.id), json!([seats[0], unknown])).await.must_refuse(400, "unknown_seat");
        assert!(!refused.body["detail"].as_str().unwrap().contains('\u{202e}'));
    }
    hold(json!(show.id), json!([])).await.must_refuse(400, "no_seats");
    hold(json!(show.id), json!(seats[..21])).await.must_refuse(422, "too_many_seats");
    hold(json!(show.id), json!(seats[..20])).await.must_be(201);
    hold(json!(show.id), json!([seats[20], seats[20]])).await.must_refuse(400, "invalid_request");
    let refused = hold(json!(show.id), json!([1])).await.must_refuse(400, "invalid_request");
    assert!(refused.body["detail"].as_str().unwrap().contains("seats[0]"), "{}", refused.body);
}

#[tokio::test]
async fn a_held_seat_is_refused_with_the_time_when_it_is_free_and_a_sold_one_without() {
    let house = House::open().await;
    let show = house.show_in("grand").await;
    let seats = house.free_seats(&show).await;
    let held: wire::HoldCreated = house.hold(&show, &seats[..1]).await.must_be(201).read();
    house.clock.advance_minutes(1);
    let conflict = |answer: crate::house::Answer| answer.must_refuse(409, "seat_taken").body["conflicts"][0].clone();
    let told = conflict(house.hold(&show, &seats[..2]).await);
    assert_eq!((&told["reason"], &told["until"]), (&json!("held"), &json!(held.hold.expires_at)));
    let ann = house.sign_up("ann@example.org").await;
    ann.book(&held, "sold").await.must_be(201);
    let told = conflict(house.hold(&show, &seats[..2]).await);
    assert_eq!((&told["reason"], told.get("until")), (&json!("sold"), None));
}

#[tokio::test]
async fn a_change_that_names_more_seats_than_a_hold_can_have_is_refused() {
    let house = House::open().await;
    let show = house.show_in("grand").await;
    let seats = house.free_seats(&show).await;
    let held: wire::HoldCreated = house.hold(&show, &seats[..1]).await.must_be(201).read();
    let change = async |body: Value| {
        let request = house.request(Method::PATCH, &format!("/v1/holds/{}", held.hold.id));
        house.send(request.header("Hold-Token", &held.token).json(&body)).await
    };
    change(json!({"add": seats[1..22]})).await.must_refuse(422, "too_many_seats");
    change(json!({"remove": seats[1..22]})).await.must_refuse(422, "too_many_seats");
    change(json!({"add": seats[1..21]})).await.must_refuse(422, "too_many_seats");
    change(json!({"add": seats[1..20]})).await.must_be(200);
    let unknown = change(json!({"add": [], "colour": "red"})).await.must_refuse(400, "invalid_request");
    assert!(unknown.body["detail"].as_str().unwrap().contains("colour"), "{}", unknown.body);
}

#[tokio::test]
async fn bodies_that_are_not_json_are_refused_in_one_sentence() {
    let house = House::open().await;
    let post = |kind: &'static str, body: String| {
        house.send(house.request(Method::POST, "/v1/holds").header("Content-Type", kind).body(body))
    };
    post("application/json", "{".into()).await.must_refuse(400, "invalid_request");
    post("application/json", String::new()).await.must_refuse(400, "invalid_request");
    post("application/json", "[]".into()).await.must_refuse(400, "invalid_request");
    post("application/json", r#"{"show":"1","seats":[]} x"#.into()).await.must_refuse(400, "invalid_request");
    post("application/json", "[".repeat(10_000)).await.must_refuse(400, "invalid_request");
    let adjacent = r#"["password","ann@example.org","correct horse",""]"#;
    let sign_in = house.request(Method::POST, "/v1/auth/sign-in").header("Content-Type", "application/json");
    house.send(sign_in.body(adjacent)).await.must_refuse(400, "invalid_request");
    let unknown = r#"{"show":"1","seats":["a"],"colour":"red"}"#;
    let refused = post("application/json", unknown.into()).await.must_refuse(400, "invalid_request");
    assert_eq!(refused.body["detail"], r#"Field "colour" is not known here; accepted: show, seats, party, orphans."#);
    post("text/plain", "{}".into()).await.must_refuse(415, "unsupported_media_type");
    post("application/x-www-form-urlencoded", "a=b".into()).await.must_refuse(415, "unsupported_media_type");
    post("application/json", " ".repeat(65 * 1024)).await.must_refuse(413, "payload_too_large");
}

#[tokio::test]
async fn unknown_places_methods_and_names_are_problems_too() {
    let house = House::open().await;
    house.get("/v1/nope").await.must_refuse(404, "not_found");
    house.get("/v1/movies/nope").await.must_refuse(404, "not_found");
    house.get("/v1/shows?movie=nope").await.must_refuse(404, "not_found");
    let twice = house.get("/v1/shows?movie=a&movie=b").await.must_refuse(400, "invalid_request");
    assert!(twice.body["detail"].as_str().unwrap().contains(r#""movie" is there twice"#), "{}", twice.body);
    house.get("/v1/shows/1/seats").await.must_refuse(404, "show_not_found");
    house.get("/v1/movies/%ff").await.must_refuse(400, "invalid_request");
    house.send(house.request(Method::DELETE, "/v1/movies")).await.must_refuse(405, "method_not_allowed");
    let foreign = house.request(Method::GET, "/v1/cinema").header("Host", "evil.example");
    house.send(foreign).await.must_refuse(421, "misdirected_host");
    let local = house.request(Method::GET, "/v1/cinema").header("Host", "localhost:1234");
    house.send(local).await.must_be(200);
}

#[tokio::test]
async fn the_description_lists_every_route() {
    let house = House::open().await;
    let api = house.get("/v1/openapi.json").await.must_be(200).body;
    assert!(api["openapi"].as_str().unwrap().starts_with("3.1"), "{}", api["openapi"]);
    let routes = [
        ("get", "/v1/cinema"),
        ("get", "/v1/movies"),
        ("get", "/v1/movies/{id}"),
        ("get", "/v1/shows"),
        ("get", "/v1/shows/{id}"),
        ("get", "/v1/charts/{hash}"),
        ("get", "/v1/shows/{id}/seats"),
        ("post", "/v1/shows/{id}/propose"),
        ("get", "/v1/shows/{id}/events"),
        ("post", "/v1/holds"),
        ("get", "/v1/holds/{id}"),
        ("patch", "/v1/holds/{id}"),
        ("delete", "/v1/holds/{id}"),
        ("post", "/v1/bookings"),
        ("get", "/v1/bookings"),
        ("get", "/v1/bookings/{code}"),
        ("post", "/v1/bookings/{code}/cancel"),
        ("get", "/v1/favorites"),
        ("put", "/v1/favorites/{movie}"),
        ("delete", "/v1/favorites/{movie}"),
        ("post", "/v1/auth/sign-up"),
        ("post", "/v1/auth/sign-in"),
        ("get", "/v1/auth/methods"),
        ("post", "/v1/auth/email-code"),
        ("post", "/v1/auth/tickets"),
        ("get", "/v1/device/{user_code}"),
        ("post", "/v1/device/approve"),
        ("post", "/oauth/device_authorization"),
        ("post", "/oauth/token"),
        ("post", "/oauth/revoke"),
        ("get", "/.well-known/oauth-authorization-server"),
        ("post", "/v1/sessions/{sid}/tokens"),
        ("post", "/v1/sessions/{sid}/revoke"),
        ("post", "/v1/sessions/{sid}/rotate"),
        ("get", "/v1/sessions"),
        ("delete", "/v1/sessions/{sid}"),
        ("get", "/v1/me"),
        ("get", "/v1/time"),
        ("get", "/.well-known/jwks.json"),
        ("get", "/v1/openapi.json"),
        ("get", "/healthz"),
        ("get", "/readyz"),
        ("get", "/"),
        ("get", "/api/show/all"),
        ("get", "/api/show/{movieId}"),
        ("get", "/api/booking/seats/{showId}"),
        ("post", "/api/booking/create"),
        ("get", "/api/user/bookings"),
        ("post", "/api/user/update-favorite"),
        ("get", "/api/user/favorites"),
        ("get", "/api/show/now-playing"),
        ("post", "/api/show/add"),
        ("get", "/api/show/{showId}/seat-layout"),
        ("get", "/api/admin/is-admin"),
        ("get", "/api/admin/dashboard"),
        ("get", "/api/admin/all-shows"),
        ("get", "/api/admin/all-bookings"),
        ("post", "/api/stripe"),
        ("get", "/api/inngest"),
        ("put", "/api/inngest"),
        ("post", "/api/inngest"),
        ("get", "/pay/demo/{secret}"),
        ("post", "/pay/demo/{secret}"),
    ];
    for (method, path) in routes {
        assert!(api["paths"][path][method].is_object(), "{method} {path}");
        let method = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
        let there = house.send(house.request(method.clone(), path)).await;
        assert_ne!(there.status, 405, "{method} {path}");
        let nowhere = there.body["detail"].as_str().is_some_and(|detail| detail.starts_with("There is nothing at"));
        assert!(!nowhere, "{method} {path}");
    }
    let described: usize = api["paths"].as_object().unwrap().values().map(|p| p.as_object().unwrap().len()).sum();
    assert_eq!(described, routes.len());
    // Everything that is referred to is defined.
    let text = api.to_string();
    for reference in text.split("\"#/components/schemas/").skip(1) {
        let name = reference.split('"').next().unwrap();
        assert!(api["components"]["schemas"][name].is_object(), "{name}");
    }
}

#[tokio::test]
async fn the_description_tells_refusals_as_they_come() {
    let house = House::open().await;
    let api = house.get("/v1/openapi.json").await.must_be(200).body;
    for (path, methods) in api["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            for (status, response) in operation["responses"].as_object().unwrap() {
                if status.starts_with(['4', '5', 'd']) {
                    let content = response["content"].as_object().unwrap();
                    let own = path.starts_with("/oauth/") && matches!(status.as_str(), "400" | "401" | "429");
                    let kind = match path.as_str() {
                        _ if own => "application/json",
                        // Stripe shows its operator what it is answered.
                        "/api/stripe" if status == "400" => "text/plain",
                        _ => "application/problem+json",
                    };
                    assert!(content.keys().eq([kind]), "{method} {path} {status}");
                    assert_ne!(response["description"], "", "{method} {path} {status}");
                }
            }
            assert!(!path.starts_with("/api/") || operation["security"].is_null(), "{path} answers 200 to everyone");
        }
    }
    let book = &api["paths"]["/v1/bookings"]["post"]["responses"];
    for status in ["400", "401", "404", "409", "410", "413", "415", "421", "422", "500", "503", "507", "default"] {
        assert!(book[status].is_object(), "{status}");
    }
    assert!(api["paths"]["/v1/auth/sign-in"]["post"]["responses"]["429"].is_object());
    assert_ne!(api["paths"]["/v1/shows"]["get"]["parameters"][0]["required"], true);
    for (schema, field) in [("HoldRequest", "seats"), ("CreateRequest", "selectedSeats")] {
        let seats = &api["components"]["schemas"][schema]["properties"][field];
        assert_eq!((&seats["minItems"], &seats["maxItems"]), (&json!(1), &json!(20)), "{schema}");
    }
    assert_eq!(api["components"]["schemas"]["HoldRequest"]["additionalProperties"], false);
    assert!(api["components"]["schemas"]["HoldAnswer"]["additionalProperties"].is_null());
}

#[tokio::test]
async fn shows_of_all_films_are_listed_by_time() {
    let house = House::open().await;
    let all: wire::ShowsAnswer = house.get("/v1/shows").await.must_be(200).read();
    assert!(all.shows.is_sorted_by_key(|show| show.starts_at));
    let movies: wire::MoviesAnswer = house.get("/v1/movies").await.read();
    let mut count = 0;
    for movie in &movies.movies {
        let own: wire::ShowsAnswer = house.get(&format!("/v1/shows?movie={}", movie.id)).await.read();
        assert!(own.shows.iter().all(|show| show.movie == movie.id && all.shows.contains(show)));
        count += own.shows.len();
    }
    assert!(count > 0 && count == all.shows.len());
}

#[tokio::test]
async fn faults_happen_when_they_are_asked_for_and_no_longer() {
    let house = House::open().await;
    house.faults.add(None, "/v1/cinema", Fault::Status(503), 1);
    house.get("/v1/cinema").await.must_be(503);
    house.faults.add(None, "/v1/cinema", Fault::CutBefore, 1);
    let cut = house.request(Method::GET, "/v1/cinema").send().await;
    assert!(match cut {
        Err(_) => true,
        Ok(answer) => answer.bytes().await.is_err(),
    });
    house.faults.add(Some(Method::POST), "/v1/cinema", Fault::Status(500), 1);
    house.faults.add(None, "/v1/cinema", Fault::Delay(Duration::from_millis(200)), 1);
    let start = Instant::now();
    house.get("/v1/cinema").await.must_be(200);
    assert!(start.elapsed() >= Duration::from_millis(200));
    house.faults.clear();
    house.get("/v1/cinema").await.must_be(200);
}

#[tokio::test]
async fn large_answers_are_compressed_for_those_who_can_read_it() {
    let house = House::open().await;
    let plain = house.request(Method::GET, "/v1/movies").send().await.unwrap();
    assert!(!plain.headers().contains_key("content-length"), "reqwest decodes, so the answer was compressed");
    let bare = reqwest::Client::builder().no_proxy().no_gzip().build().unwrap();
    let bare = bare.get(format!("{}/v1/movies", house.running.url())).send().await.unwrap();
    assert!(!bare.headers().contains_key("content-encoding"));
}
