use super::*;
use crate::{
    api::quickshow::{payment_page::Payees, shapes},
    domain::{booking::BookingStatus, ids::SeatId},
};
use iso_currency::Currency;
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use serde_json::{Value, json};

fn now() -> Timestamp {
    "2026-11-22T10:00:00Z".parse().unwrap()
}

/// A few shows, so that those of different bookings are the same often enough.
fn show() -> impl Strategy<Value = Value> {
    let person = prop_oneof![Just(json!("user_me")), Just(json!("user_bob")), Just(Value::Null), Just(json!(7))];
    let owners = prop::collection::btree_map("[ABC][12]", person, 0..5).prop_map(|map| json!(map));
    let names = prop::collection::vec("[ABC][12]", 0..5).prop_map(|names| json!(names));
    let map = prop_oneof![4 => owners, 1 => names, 1 => Just(Value::Null), 1 => Just(json!("broken"))];
    let movie = prop_oneof![3 => Just(json!({"_id": 1, "title": "Rain"})), 1 => Just(Value::Null)];
    let whole = ("show[12]", map, movie).prop_map(|(id, map, movie)| {
        json!({"_id": id, "movie": movie, "showDateTime": "2026-11-23T14:00:00Z", "showPrice": 10.5,
            "occupiedSeats": map})
    });
    prop_oneof![8 => whole, 1 => Just(Value::Null), 1 => Just(json!("show1"))]
}

fn booking() -> impl Strategy<Value = Value> {
    let link = prop_oneof![
        3 => Just(json!("https://checkout.stripe.com/c/1")),
        1 => Just(json!("https://evil.example/c/1")),
        1 => Just(json!("")),
        1 => Just(Value::Null),
    ];
    let age = prop_oneof![3 => -30i64..900, 1 => -4000i64..4000];
    let seats = prop::collection::vec("[ABC][12]", 0..4);
    ("b[0-9]", show(), seats, any::<bool>(), link, prop::option::weighted(0.9, age)).prop_map(
        |(id, show, seats, paid, link, age)| {
            let made = age.map(|age| (now() - SignedDuration::from_secs(age)).to_string());
            json!({"_id": id, "user": "user_me", "show": show, "bookedSeats": seats, "isPaid": paid,
                "paymentLink": link, "createdAt": made, "amount": 10.5})
        },
    )
}

fn said() -> impl Strategy<Value = Said> {
    let no = |code: &'static str| Said::No(Failure::new(FailureKind::Other, code, "the server said no"));
    prop_oneof![
        Just(Said::Unclear("the server did not answer".to_owned())),
        Just(Said::Yes { link: None }),
        Just(Said::Yes { link: Some("https://checkout.stripe.com/c/1".to_owned()) }),
        Just(no("seat_taken")),
        Just(no("refused")),
    ]
}

fn sent(seats: &[String], before: HashSet<String>, said: Said) -> Sent {
    let seat = |name: &String| PricedSeat {
        id: SeatId::new(name),
        label: Text::new(name),
        category: Text::default(),
        price: None,
        ticket: None,
    };
    Sent { show: ShowId::new("show1"), seats: seats.iter().map(seat).collect(), at_ms: 0, before, said }
}

proptest! {
    #[test]
    fn only_a_new_booking_that_is_listed_is_told_as_one_and_no_page_is_offered_that_should_not_be_paid(
        listed in prop::collection::vec(booking(), 0..5),
        seats in prop::collection::btree_set("[ABC][12]", 1..4),
        before in prop::collection::hash_set("b[0-9]", 0..4),
        said in said(),
        map in prop::option::weighted(0.8, prop::collection::vec("[ABC][12]", 0..6)),
        unreadable in prop::bool::weighted(0.1),
        age in 0u64..200,
        ahead in -900i64..900,
    ) {
        let seats: Vec<_> = seats.into_iter().collect();
        let sent = sent(&seats, before.clone(), said);
        let told: Vec<_> = listed.iter().filter_map(|one| shapes::booking(one, Currency::EUR)).collect();
        let broken = || Failure::new(FailureKind::Other, "broken", "it cannot be read");
        let after = Afterwards {
            bookings: if unreadable { Err(broken()) } else { Ok(told.clone()) },
            map: map.map(|names| shapes::taken(&json!(names)).unwrap()).ok_or_else(broken),
            age: Duration::from_secs(age),
        };
        let desk = Desk {
            payees: Payees { server: "cine.example".to_owned(), hosts: vec!["checkout.stripe.com".to_owned()] },
            now: now(),
            ahead: SignedDuration::from_secs(ahead),
        };
        let outcome = of(&sent, after, &desk, "the cinema");
        let is_new = |id: &str| told.iter().any(|one| one.id == id) && !before.contains(id);
        match &outcome {
            Ok(booking) => prop_assert!(!unreadable && is_new(booking.code.as_str())),
            Err(why) => {
                prop_assert!(!why.why.is_empty() && !why.code.is_empty());
                let labels: Vec<_> = why.conflicts.iter().map(|seat| seat.label.to_string()).collect();
                prop_assert!(labels.iter().all(|label| seats.contains(label)));
                prop_assert!(!unreadable || why.kind == FailureKind::Unknown);
                // Whoever hears that nothing is booked may try again.
                let none = !told.iter().any(|one| is_new(&one.id) && sent.is_of(&one.seats)
                    && one.show.as_ref().is_none_or(|show| show.id == sent.show));
                prop_assert!(!why.why.contains("othing is booked") || none, "{}", why.why);
            }
        }
        for booking in desk.bookings(&told).iter().chain(outcome.as_ref().ok()) {
            prop_assert_eq!(booking.payment_page.is_some() || booking.unpayable.is_some(),
                booking.status != BookingStatus::Paid);
            let Some(page) = &booking.payment_page else { continue };
            prop_assert_eq!(booking.status, BookingStatus::Pending);
            prop_assert!(booking.unpayable.is_none() && booking.troubles.is_empty());
            prop_assert!(page.url.starts_with("https://checkout.stripe.com/"));
            // By the server's clock it is not over yet, and it is at most ten minutes and what clocks differ by.
            let until = page.until + desk.ahead;
            prop_assert!(until > now() && until <= now() + SignedDuration::from_mins(12));
        }
    }
}

#[test]
fn what_was_there_before_is_not_ones_new_booking() {
    let told = json!({"_id": "b1", "user": "user_me", "show": "show1", "bookedSeats": ["A2", "a1"], "isPaid": false,
        "createdAt": "2026-11-22T09:59:00Z"});
    let told = [shapes::booking(&told, Currency::EUR).unwrap()];
    let seats = ["A1".to_owned(), "A2".to_owned()];
    let unclear = || Said::Unclear(String::new());
    assert!(sent(&seats, HashSet::new(), unclear()).found(&told).is_some(), "in any order");
    assert!(sent(&seats, HashSet::from(["b1".to_owned()]), unclear()).found(&told).is_none());
    assert!(sent(&seats[..1], HashSet::new(), unclear()).found(&told).is_none(), "of other seats");
}
