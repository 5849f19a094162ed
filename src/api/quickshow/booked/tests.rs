use super::*;
use crate::api::quickshow::shapes;
use iso_currency::Currency;
use serde_json::{Value, json};

/// Who judges bookings a minute after the moment that the invented ones were made.
fn desk() -> Desk {
    let payees = Payees { server: "cine.example".to_owned(), hosts: vec!["checkout.stripe.com".to_owned()] };
    Desk { payees, now: "2026-11-22T10:01:00Z".parse().unwrap(), ahead: SignedDuration::ZERO }
}

fn booking(id: &str, created_at: Value) -> ToldBooking {
    let booking = json!({"_id": id, "user": "user_me", "amount": 10.5, "bookedSeats": ["C3"], "isPaid": false,
        "createdAt": created_at, "paymentLink": "https://checkout.stripe.com/c/pay/x",
        "show": {"_id": "s1", "movie": {"_id": "1", "title": "Rain"}, "occupiedSeats": {"C3": "user_me"}}});
    shapes::booking(&booking, Currency::EUR).unwrap()
}

#[test]
fn a_seat_that_a_newer_map_has_not_is_lost_although_the_booking_has_it() {
    let all = [booking("7", json!("2026-11-22T10:00:00Z"))];
    assert!(desk().booking(&all[0], &all, None).payment_page.is_some());
    let newer = shapes::taken(&json!(["D1"])).unwrap();
    let judged = desk().booking(&all[0], &all, Some(&newer));
    assert_eq!(judged.troubles, [SeatTrouble { label: Text::new("C3"), trouble: Trouble::Lost }]);
    assert_eq!(judged.payment_page, None);
}

#[test]
fn a_booking_that_nobody_dates_is_not_paid_and_not_said_to_be_too_old() {
    let all = [booking("7", Value::Null)];
    let judged = desk().booking(&all[0], &all, None);
    assert_eq!(judged.payment_page, None);
    assert!(judged.unpayable.unwrap().as_str().contains("does not say when it was made"));
}
