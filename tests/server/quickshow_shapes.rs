//! Our answers in the QuickShow dialect have what the answers of other servers of the family have: each key, with the
//! same kind of value. The other answers are small invented ones and, where the folder with recordings is
//! (`FRONTROW_SHARED`, else `../shared`), real ones.

use crate::{
    house::Guest,
    quickshow_admin::{guest, post, with_boss},
};
use reqwest::Method;
use serde_json::{Value, json};
use std::{fs, path::PathBuf};

/// Where a server may say nothing at all.
const MAY_BE_NULL: [&str; 4] = ["poster_path", "backdrop_path", "profile_path", "user"];
/// Numbers at TMDB and at some servers, text at others and here.
const IDS: [&str; 2] = ["id", "_id"];
/// Objects whose keys are data.
const MAPS: [&str; 2] = ["dateTime", "occupiedSeats"];

/// What of `theirs` is missing in `ours`, or of another kind.
fn missing(ours: &Value, theirs: &Value, path: &str, wrong: &mut Vec<String>) {
    let key = path.rsplit('.').next().unwrap_or_default();
    match (ours, theirs) {
        (_, Value::Null) => {}
        (Value::Null, _) if MAY_BE_NULL.contains(&key) => {}
        (Value::String(_) | Value::Number(_), Value::String(_) | Value::Number(_)) if IDS.contains(&key) => {}
        (Value::Object(ours), Value::Object(theirs)) if MAPS.contains(&key) => {
            if let (Some(own), Some(their)) = (ours.values().next(), theirs.values().next()) {
                missing(own, their, &format!("{path}.*"), wrong);
            } else if !theirs.is_empty() {
                wrong.push(format!("{path} is empty"));
            }
        }
        (Value::Object(ours), Value::Object(theirs)) => {
            for (key, their) in theirs {
                match ours.get(key) {
                    None => wrong.push(format!("{path}.{key} is missing")),
                    Some(own) => missing(own, their, &format!("{path}.{key}"), wrong),
                }
            }
        }
        (Value::Array(ours), Value::Array(theirs)) => {
            let theirs: Vec<&Value> = theirs.iter().filter(|value| !value.is_null()).collect();
            match (ours.first(), theirs.first()) {
                (Some(own), Some(their)) => missing(own, their, &format!("{path}[]"), wrong),
                (None, Some(_)) => wrong.push(format!("{path} is empty")),
                (_, None) => {}
            }
        }
        (Value::String(_), Value::String(_))
        | (Value::Number(_), Value::Number(_))
        | (Value::Bool(_), Value::Bool(_)) => {}
        _ => wrong.push(format!("{path} is {ours}, not as {theirs}")),
    }
}

/// Invented answers by the name of the recording that they are like.
fn invented() -> Value {
    let movie = json!({
        "_id": "900009", "title": "A Lamp in the Attic", "overview": "Somebody forgot it.", "poster_path": "/p.jpg",
        "backdrop_path": "/b.jpg", "release_date": "2025-01-31", "original_language": "en", "tagline": "",
        "genres": [{"id": 18, "name": "Drama"}], "vote_average": 6.25, "runtime": 91,
        "casts": [{"id": 1, "name": "Nobody", "character": "A moth", "profile_path": null, "order": 0, "adult": false, "gender": 0}],
        "createdAt": "2026-01-01T00:00:00.000Z", "updatedAt": "2026-01-01T00:00:00.000Z", "__v": 0,
    });
    let show = json!({
        "_id": "6b00", "movie": movie, "showDateTime": "2026-12-01T18:00:00.000Z", "showPrice": 9,
        "occupiedSeats": {"B2": "user_2x"}, "__v": 0,
    });
    let booking = |paid: bool, user: Value| {
        json!({
            "_id": "6b01", "user": user, "show": show, "amount": 9, "bookedSeats": ["B2"], "isPaid": paid,
            "paymentLink": "https://pay.example/1", "createdAt": "2026-11-30T10:00:00.000Z",
            "updatedAt": "2026-11-30T10:00:00.000Z", "__v": 0,
        })
    };
    let person = json!({"_id": "user_2x", "name": "X", "email": "x@example.org", "image": "https://example.org/x.png"});
    let listed = json!({
        "id": 900009, "title": "A Lamp in the Attic", "original_title": "A Lamp in the Attic", "overview": "",
        "poster_path": null, "backdrop_path": null, "release_date": "2025-01-31", "original_language": "en",
        "genre_ids": [18], "vote_average": 6.25, "vote_count": 3, "popularity": 1.5, "adult": false, "video": false,
    });
    let time = json!({"time": "2026-12-01T18:00:00.000Z", "showId": "6b00"});
    json!({
        "04-show-all": {"success": true, "shows": [movie]},
        "05-show-one": {"success": true, "movie": movie, "dateTime": {"2026-12-01": [time]}},
        "10-now-playing-admin": {"success": true, "movies": [listed]},
        "27-seats-after": {"success": true, "occupiedSeats": ["B2"]},
        "26-create-ok": {"success": true, "url": "https://pay.example/1"},
        "28-create-taken": {"success": false, "message": "Selected Seats are not available"},
        "38-bookings-unpaid": {"success": true, "bookings": [booking(false, json!("user_2x"))]},
        "40-bookings-paid": {"success": true, "bookings": [booking(true, json!("user_2x"))]},
        "44-favorite-add": {"success": true, "message": "Favorite movies updated"},
        "45-favorites-one": {"success": true, "movies": [movie]},
        "51-is-admin-user": {"success": false, "message": "Not Authorized"},
        "52-is-admin-admin": {"success": true, "isAdmin": true},
        "55-dashboard-admin": {"success": true, "dashboardData": {"totalBookings": 1, "totalRevenue": 9.5, "activeShows": [show], "totalUser": 2}},
        "58-all-shows-admin": {"success": true, "shows": [show]},
        "61-all-bookings-admin": {"success": true, "bookings": [booking(true, person)]},
    })
}

/// The recorded answer of that name, where the recordings are.
fn recorded(name: &str) -> Option<Value> {
    let folder = std::env::var_os("FRONTROW_SHARED")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared"), PathBuf::from);
    let file = folder.join("data/quickshow/bookshowapi").join(format!("{name}.json"));
    let Ok(text) = fs::read_to_string(&file) else {
        assert!(std::env::var_os("CI").is_none(), "{} is missing", file.display());
        eprintln!("{} is not here: our answer was only compared with an invented one", file.display());
        return None;
    };
    Some(serde_json::from_str::<Value>(&text).unwrap()["json"].clone())
}

fn compare(name: &str, ours: &Value) {
    let invented = invented();
    assert!(invented[name].is_object(), "{name}");
    for theirs in [Some(invented[name].clone()), recorded(name)].into_iter().flatten() {
        let mut wrong = Vec::new();
        missing(ours, &theirs, "", &mut wrong);
        assert!(wrong.is_empty(), "{name}:\n{}", wrong.join("\n"));
        assert_eq!(ours["success"], theirs["success"], "{name}");
    }
}

async fn get(guest: &Guest<'_>, path: &str) -> Value {
    guest.ask(Method::GET, path).await.must_be(200).body
}

#[tokio::test]
async fn every_answer_has_what_the_others_have() {
    let (house, boss) = with_boss().await;
    let boss = guest(&house, boss);
    let ann = house.sign_up("ann@example.org").await;
    let all = house.get("/api/show/all").await.must_be(200).body;
    compare("04-show-all", &all);
    let movie = all["shows"][0]["_id"].as_str().unwrap();
    let one = house.get(&format!("/api/show/{movie}")).await.must_be(200).body;
    compare("05-show-one", &one);

    let show = house.emptiest_show_in("classic").await;
    let path = format!("/api/booking/seats/{}", show.id);
    let taken = house.get(&path).await.body["occupiedSeats"].clone();
    let free = (1..=9).map(|n| json!(format!("B{n}"))).find(|seat| !taken.as_array().unwrap().contains(seat)).unwrap();
    let wish = json!({"showId": show.id, "selectedSeats": [free]});
    let created = post(&ann, "/api/booking/create", wish.clone()).await.body;
    compare("26-create-ok", &created);
    compare("27-seats-after", &house.get(&path).await.body);
    compare("28-create-taken", &post(&ann, "/api/booking/create", wish).await.body);
    compare("38-bookings-unpaid", &get(&ann, "/api/user/bookings").await);
    house.send(house.client.post(created["url"].as_str().unwrap())).await.must_be(200);
    compare("40-bookings-paid", &get(&ann, "/api/user/bookings").await);

    compare("44-favorite-add", &post(&ann, "/api/user/update-favorite", json!({"movieId": movie})).await.body);
    compare("45-favorites-one", &get(&ann, "/api/user/favorites").await);

    compare("51-is-admin-user", &get(&ann, "/api/admin/is-admin").await);
    compare("10-now-playing-admin", &get(&boss, "/api/show/now-playing").await);
    compare("52-is-admin-admin", &get(&boss, "/api/admin/is-admin").await);
    compare("55-dashboard-admin", &get(&boss, "/api/admin/dashboard").await);
    compare("58-all-shows-admin", &get(&boss, "/api/admin/all-shows").await);
    compare("61-all-bookings-admin", &get(&boss, "/api/admin/all-bookings").await);
}

#[test]
fn what_is_missing_or_of_another_kind_is_found() {
    let theirs = json!({"a": [{"b": 1, "c": "x", "d": null}], "dateTime": {"x": [1]}});
    let mut wrong = Vec::new();
    missing(&json!({"a": [{"b": "1"}], "dateTime": {}}), &theirs, "", &mut wrong);
    assert_eq!(wrong, [".a[].b is \"1\", not as 1", ".a[].c is missing", ".a[].d is missing", ".dateTime is empty"]);
}
