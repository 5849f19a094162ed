//! A fresh token before each call, heard on the wire.

use super::{
    house::House,
    program::{self, Person, Program},
    ticket_code,
    wire::{Heard, Wire, asked, statuses},
};
use frontrow::domain::show::SeatState;
use std::{cell::RefCell, collections::HashSet, time::Duration};

const EMAIL: &str = "ana@example.com";

fn is_mint(line: &str) -> bool {
    line.starts_with("POST /v1/sessions/") && line.ends_with("/tokens")
}

/// Somebody with an account, who has chosen seats and is asked to pay; and what was heard so far.
fn at_payment(house: &House, wire: &Wire) -> (Program, Vec<Heard>) {
    let choice = house.choice();
    let first = Program::start(house, Person::New);
    first.wait_for("Type to search");
    first.keys("f4");
    first.sign_up("Ana", EMAIL);
    first.wait_for("Signed in as Ana.");
    first.leave();
    wire.take();

    let program = Program::start(house, Person::Known);
    program.wait_for("Type to search");
    program.keys("f3");
    program.sign_in(EMAIL, program::PASSWORD);
    program.wait_for("No bookings yet.");
    program.keys("esc");
    program.open(&choice);
    program.keys("2");
    program.wait_for("held for you");
    program.keys("enter");
    program.wait_for("Demo payment");
    (program, wire.take())
}

#[test]
fn a_booking_long_after_the_last_call_has_a_token_of_its_own_and_meets_no_refusal() {
    let mut house = House::open();
    let wire = Wire::before(&mut house);
    let (program, mut heard) = at_payment(&house, &wire);
    house.clock.put_forward(Duration::from_secs(90));
    program.keys("enter");
    ticket_code(&program);
    let sale = wire.take();
    let requests = asked(&sale);
    let booking = requests.iter().position(|(line, _)| *line == "POST /v1/bookings").expect("it was booked");
    assert!(is_mint(requests[booking - 1].0), "minted just before: {requests:?}");
    assert_eq!(requests.iter().filter(|(line, _)| *line == "POST /v1/bookings").count(), 1);

    heard.extend(sale.iter().cloned());
    assert!(!statuses(&heard).contains(&401), "{heard:?}");
    let tokens = asked(&heard).into_iter().filter_map(|(line, bearer)| (!is_mint(line)).then_some(bearer?));
    let tokens: Vec<&str> = tokens.filter(|bearer| bearer.starts_with("eyJ")).collect();
    assert!(tokens.len() >= 3, "bookings, favourites and the sale");
    let sale_token = requests[booking].1.unwrap();
    assert_eq!(tokens.iter().filter(|token| **token == sale_token).count(), 1, "used for the sale alone");
    let mints = asked(&heard).into_iter().filter(|(line, _)| is_mint(line)).count();
    assert!(mints >= tokens.iter().collect::<HashSet<_>>().len());
}

#[test]
fn a_sign_in_that_was_ended_elsewhere_keeps_the_seats_and_the_booking_goes_on_after_signing_in_again() {
    let mut house = House::open();
    let wire = Wire::before(&mut house);
    let (program, heard) = at_payment(&house, &wire);
    let (line, credential) = asked(&heard).into_iter().rfind(|(line, _)| is_mint(line)).expect("something was minted");
    let path = line.trim_start_matches("POST ").replace("/tokens", "/revoke");
    let url = house.url.join(&path).unwrap();
    let ended = house.ask(async {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        Ok(client.post(url).bearer_auth(credential.unwrap()).send().await.unwrap().status())
    });
    assert_eq!(ended, 204);

    program.keys("enter");
    program.wait_for("Your sign-in was ended elsewhere.");
    let choice = house.choice();
    assert_eq!(house.count(&choice, SeatState::Held), 2, "the seats are still held");
    program.sign_in(EMAIL, "wrong horse");
    program.wait_for("The e-mail address or the password is wrong");
    assert_eq!(house.count(&choice, SeatState::Held), 2);
    program.keys("ctrl-u");
    program.write(program::PASSWORD);
    program.keys("enter");
    ticket_code(&program);
    assert_eq!(house.count(&choice, SeatState::Held), 0);
}

#[test]
fn a_credential_that_is_a_day_old_is_replaced_after_a_call_and_nobody_notices() {
    let mut house = House::open();
    let wire = Wire::before(&mut house);
    let program = Program::start(&house, Person::New);
    program.wait_for("Type to search");
    program.keys("f4");
    program.sign_up("Ana", EMAIL);
    program.wait_for("Signed in as Ana.");
    house.clock.put_forward(Duration::from_secs(25 * 60 * 60));
    wire.take();
    program.keys("f3");
    program.wait_for("No bookings yet.");
    let heard = RefCell::new(Vec::new());
    house.wait_until("the credential is replaced", || {
        heard.borrow_mut().extend(wire.take());
        let heard = heard.borrow();
        let requests = asked(&heard);
        requests.iter().any(|(line, _)| line.ends_with("/rotate")) && statuses(&heard).len() == requests.len()
    });
    // The answer is on its way into the store: what is asked for meanwhile still uses the old credential.
    let mints = |heard: &[Heard]| asked(heard).into_iter().filter(|(line, _)| is_mint(line)).count();
    let credentials = |heard: &[Heard]| {
        let mints = asked(heard).into_iter().filter(|(line, _)| is_mint(line));
        mints.map(|(_, credential)| credential.map(str::to_owned)).collect::<HashSet<_>>().len()
    };
    for _ in 0..10 {
        let before = mints(&heard.borrow());
        program.keys("f5");
        house.wait_until("a token is minted for it", || {
            heard.borrow_mut().extend(wire.take());
            mints(&heard.borrow()) > before
        });
        if credentials(&heard.borrow()) > 1 {
            break;
        }
    }
    let heard = heard.into_inner();
    assert_eq!(credentials(&heard), 2, "the successor is used");
    assert!(statuses(&heard).iter().all(|status| *status < 400), "{heard:?}");
    assert_eq!(asked(&heard).iter().filter(|(line, _)| line.ends_with("/rotate")).count(), 1);
}
