//! Whole ways through the program: the real loop, store, adapters and box office, over real HTTP. Only the terminal's
//! two ends are made up: keys come from the test, and a terminal emulator shows what a person would see.
#![cfg(feature = "server")]

mod common;
#[path = "flows/fresh.rs"]
mod fresh;
#[path = "flows/house.rs"]
mod house;
#[path = "flows/program.rs"]
mod program;
#[path = "flows/wire.rs"]
mod wire;

use common::seen::Seen;
use frontrow::{
    domain::show::{LeftAlone, SeatState},
    effects::ports::BoxOffice,
    server::faults::Fault,
    store::select::PATIENCE_MS,
};
use house::House;
use program::{Person, Program};
use reqwest::Method;
use std::time::{Duration, Instant};

/// The code on a ticket that is shown.
fn ticket_code(program: &Program) -> String {
    program.seen.wait_until("a ticket's code", |memory| {
        let text = memory.screen().contents();
        let at = text.find("Code ")? + "Code ".len();
        Some(text[at..].split_whitespace().next()?.to_owned())
    })
}

#[test]
fn a_new_person_buys_two_seats_finds_them_in_the_bookings_and_cancels() {
    let house = House::open();
    let choice = house.choice();
    let sold = house.count(&choice, SeatState::Sold);
    let program = Program::start(&house, Person::New);
    program.open(&choice);
    program.keys("2");
    program.wait_for("held for you");
    assert_eq!(house.count(&choice, SeatState::Held), 2, "what is shown as yours is held");
    program.keys("enter");
    program.wait_for("Demo payment");
    program.keys("enter");
    program.wait_for("One step before payment");
    program.sign_up("Ana", "ana@example.com");
    let code = ticket_code(&program);
    assert_eq!(house.count(&choice, SeatState::Sold), sold + 2);
    assert_eq!(house.count(&choice, SeatState::Held), 0);

    program.keys("f3");
    program.wait_for("My bookings");
    program.wait_for(&code);
    program.wait_for("1 booking");
    program.keys("c");
    program.wait_for(&format!("Cancel {code} of"));
    program.keys("y");
    program.wait_for(&format!("Booking {code} is cancelled"));
    program.wait_for("cancelled");
    assert_eq!(house.count(&choice, SeatState::Sold), sold);
    program.leave();
}

#[test]
fn a_seat_that_someone_else_took_first_is_named_and_the_other_seats_stay() {
    let house = House::open();
    let choice = house.choice();
    let run = house.free_run(&choice, 2);
    let (taken, other) = (choice.label(run[0]), choice.label(run[1]));
    let (first, second) = (Program::start(&house, Person::New), Program::start(&house, Person::New));
    second.open(&choice);
    first.open(&choice);
    first.type_seats(&taken);
    first.wait_for("held for you");
    second.type_seats(&format!("{taken} {other}"));
    second.wait_for(&format!("{taken} is held by someone else"));
    second.wait_for("held for you");
    second.wait_for("yours 1");
    house.wait_until("both hold one seat", || house.count(&choice, SeatState::Held) == 2);
    assert!(!first.seen.text().contains("someone else"), "the first one keeps the seat");
}

#[test]
fn a_hold_whose_time_is_up_goes_back_and_one_key_holds_it_again() {
    let house = House::open();
    let choice = house.choice();
    let program = Program::start(&house, Person::New);
    program.open(&choice);
    program.keys("2");
    program.wait_for("held for you");
    house.clock.put_forward(Duration::from_secs(9 * 60 + 5));
    program.wait_for("60 seconds left. Press e for more time.");
    house.clock.put_forward(Duration::from_secs(60));
    program.wait_for("The time is up");
    program.wait_until_gone("held for you");
    assert_eq!(house.count(&choice, SeatState::Held), 0, "the server has let it go as well");
    program.keys("r");
    program.wait_for("held for you");
    house.wait_until("the same two are held", || house.count(&choice, SeatState::Held) == 2);
}

#[test]
fn more_time_is_given_on_request() {
    let house = House::open();
    let choice = house.choice();
    let program = Program::start(&house, Person::New);
    program.open(&choice);
    program.keys("2");
    program.wait_for("held for you");
    house.clock.put_forward(Duration::from_secs(8 * 60));
    program.wait_for(" 1:5");
    program.keys("e");
    program.wait_for(" 9:5");
}

#[test]
fn leaving_lets_the_held_seats_go_at_the_server() {
    let house = House::open();
    let choice = house.choice();
    let program = Program::start(&house, Person::New);
    program.open(&choice);
    program.keys("2");
    program.wait_for("held for you");
    assert_eq!(house.count(&choice, SeatState::Held), 2);
    program.leave();
    assert_eq!(house.count(&choice, SeatState::Held), 0);
}

#[test]
fn going_back_to_the_films_asks_and_then_lets_the_seats_go() {
    let house = House::open();
    let choice = house.choice();
    let program = Program::start(&house, Person::New);
    program.open(&choice);
    program.keys("2");
    program.wait_for("held for you");
    program.keys("esc");
    program.wait_for("Yes");
    program.keys("n");
    program.wait_until_gone("Yes");
    assert_eq!(house.count(&choice, SeatState::Held), 2);
    program.keys("esc y");
    program.wait_until_gone("held for you");
    house.wait_until("the seats are free", || house.count(&choice, SeatState::Held) == 0);
}

#[test]
fn a_server_that_goes_away_is_said_and_its_return_is_noticed_by_itself() {
    let mut house = House::open();
    let title = house.choice().title;
    let program = Program::start(&house, Person::New);
    program.wait_for("Type to search");
    house.close();
    program.keys("f5");
    program.wait_for("Offline, F5 tries again. The box office at");
    program.wait_for(&title);
    house.reopen();
    program.wait_until_gone("Offline, F5 tries again.");
    program.wait_for("Type to search");
}

#[test]
fn a_program_that_starts_before_its_server_waits_for_it() {
    let mut house = House::open();
    house.close();
    let program = Program::start(&house, Person::New);
    program.wait_for("Offline, F5 tries again.");
    program.wait_for("The films come as soon as");
    house.reopen();
    program.wait_for("Type to search");
}

#[test]
fn loading_is_said_only_when_it_takes_long() {
    let house = House::open();
    house.faults.add(Some(Method::GET), "/v1/movies", Fault::Delay(Duration::from_millis(1_500)), 1);
    let seen = Seen::new(80, 24);
    seen.look_out_for("Loading …");
    let started = Instant::now();
    let program = Program::start_seen(&house, Person::New, seen.clone());
    program.wait_for("Type to search");
    let said = seen.first_seen("Loading …").expect("more than a second is long");
    assert!(said - started >= Duration::from_millis(PATIENCE_MS), "said after {:?}", said - started);
    program.wait_until_gone("Loading …");
}

#[test]
fn keys_are_answered_while_the_server_is_slow() {
    let house = House::open();
    let choice = house.choice();
    let program = Program::start(&house, Person::New);
    program.open(&choice);
    house.faults.add(Some(Method::POST), "/v1/holds", Fault::Delay(Duration::from_secs(5)), 1);
    let started = Instant::now();
    program.keys("2");
    program.wait_for("yours 2");
    let before = program.seen.cursor();
    program.keys("down");
    program
        .seen
        .wait_until("the cursor moves", |m| (m.screen().cursor_position() != (before.1, before.0)).then_some(()));
    assert!(started.elapsed() < Duration::from_secs(5), "the map did not wait for the answer");
    assert!(!program.seen.text().contains("held for you"));
    program.wait_for("held for you");
}

/// To the payment of two seats by somebody who is signed in.
fn at_payment(house: &House) -> Program {
    let choice = house.choice();
    let program = Program::start(house, Person::New);
    program.wait_for("Type to search");
    program.keys("f4");
    program.sign_up("Ana", "ana@example.com");
    program.wait_for("Signed in as Ana.");
    program.open(&choice);
    program.keys("2");
    program.wait_for("held for you");
    program.keys("enter");
    program.wait_for("Demo payment");
    program
}

#[test]
fn an_answer_that_is_lost_once_after_the_sale_ends_in_one_booking() {
    let house = House::open();
    let program = at_payment(&house);
    house.faults.add(Some(Method::POST), "/v1/bookings", Fault::CutAfter, 1);
    program.keys("enter");
    let code = ticket_code(&program);
    program.keys("f3");
    program.wait_for("1 booking");
    program.wait_for(&code);
}

#[test]
fn a_sale_without_any_answer_is_said_to_be_unknown_and_looking_tells_the_truth() {
    let house = House::open();
    let program = at_payment(&house);
    house.faults.add(Some(Method::POST), "/v1/bookings", Fault::CutAfter, 1_000);
    program.keys("enter");
    program.wait_for("Look whether it is booked");
    program.wait_for("never pays twice");
    house.faults.clear();
    program.keys("enter");
    let code = ticket_code(&program);
    program.keys("f3");
    program.wait_for("1 booking");
    program.wait_for(&code);
}

#[test]
fn a_sale_that_the_server_never_saw_can_be_asked_for_again() {
    let house = House::open();
    let program = at_payment(&house);
    house.faults.add(Some(Method::POST), "/v1/bookings", Fault::CutBefore, 1_000);
    program.keys("enter");
    program.wait_for("Look whether it is booked");
    house.faults.clear();
    program.keys("enter");
    ticket_code(&program);
    program.keys("f3");
    program.wait_for("1 booking");
}

#[test]
fn seats_can_be_typed_and_a_mistake_says_what_is_wrong() {
    let house = House::open();
    let choice = house.choice();
    let run = house.free_run(&choice, 4);
    let program = Program::start(&house, Person::New);
    program.open(&choice);
    program.type_seats("Q99");
    program.wait_for("Q99");
    program.wait_for("Take these seats");
    program.keys("ctrl-u");
    program.write(&format!("{}-{}", choice.label(run[0]), choice.label(run[3])));
    program.keys("enter");
    program.wait_for("held for you");
    program.wait_for("yours 4");
    let states = house.states(&choice);
    assert!(run.iter().all(|seat| states.get(seat.get()) == SeatState::Held));
}

#[test]
fn a_wrong_password_is_one_sentence_and_the_right_one_goes_on() {
    let house = House::open();
    let first = Program::start(&house, Person::New);
    first.wait_for("Type to search");
    first.keys("f4");
    first.sign_up("Ana", "ana@example.com");
    first.wait_for("Signed in as Ana.");
    first.leave();

    let program = Program::start(&house, Person::Known);
    program.wait_for("Type to search");
    program.keys("f3");
    program.wait_for("Your bookings are kept with your account.");
    program.sign_in("ana@example.com", "wrong horse");
    program.wait_for("The e-mail address or the password is wrong");
    program.keys("ctrl-u");
    program.write(program::PASSWORD);
    program.keys("enter");
    program.wait_for("No bookings yet.");
}

/// The code that a sign-in on another device shows, letter by letter.
fn user_code(program: &Program) -> String {
    program.seen.wait_until("a code for another device", |memory| {
        let text = memory.screen().contents();
        let spaced = text.lines().find(|line| line.split_whitespace().filter(|word| word.len() == 1).count() == 9)?;
        Some(spaced.split_whitespace().filter(|word| word.len() == 1).collect())
    })
}

#[test]
fn somebody_approves_the_sign_in_on_another_device_and_the_payment_goes_on() {
    let house = House::open();
    let choice = house.choice();
    let sold = house.count(&choice, SeatState::Sold);
    let program = Program::start(&house, Person::Known);
    program.open(&choice);
    program.keys("2");
    program.wait_for("held for you");
    program.keys("enter");
    program.wait_for("Demo payment");
    program.keys("enter");
    program.wait_for("Ctrl-T shows other ways to sign in.");
    program.keys("ctrl-t");
    program.wait_for("Another device");
    program.keys("down enter");
    let given_up = user_code(&program);
    program.keys("esc");
    program.wait_until_gone("It goes on by itself");
    // Approving the code that was given up signs nobody in.
    house.approve("bo@example.com", &given_up);
    program.keys("ctrl-t down enter");
    program.wait_for("It goes on by itself");
    let code = user_code(&program);
    assert_ne!(code, given_up);
    assert_eq!(house.count(&choice, SeatState::Held), 2, "the seats stay held meanwhile");
    house.approve("cy@example.com", &code);
    ticket_code(&program);
    assert_eq!(house.count(&choice, SeatState::Sold), sold + 2);
    program.keys("f4");
    program.wait_for("cy@example.com");
    program.wait_for("this program's memory");
    program.keys("ctrl-o");
    program.wait_for("Signed out.");
}

#[test]
fn favourites_are_kept_with_the_account() {
    let house = House::open();
    let title = house.choice().title;
    let first = Program::start(&house, Person::New);
    first.wait_for("Type to search");
    first.write(&title);
    first.wait_for("Times of");
    first.keys("ctrl-f");
    first.wait_for("Favourites are kept with your account.");
    first.sign_up("Ana", "ana@example.com");
    first.wait_for("♥");
    first.leave();

    let second = Program::start(&house, Person::Known);
    second.wait_for("Type to search");
    second.keys("ctrl-t");
    second.sign_in("ana@example.com", program::PASSWORD);
    second.wait_for("films: favourites");
    second.wait_for("♥");
    second.wait_for(&title);
}

#[test]
fn films_are_found_while_typing_and_escape_shows_all_again() {
    let house = House::open();
    let program = Program::start(&house, Person::New);
    program.wait_for("Type to search");
    program.write("nosf");
    program.wait_for("Times of Nosferatu");
    program.write("zzzz");
    program.wait_for("No film matches");
    program.keys("esc");
    program.wait_for("Type to search");
    // People are found as well as titles.
    program.write("fritz lang");
    program.wait_for("Times of Metropolis");
}

#[test]
fn any_size_of_terminal_is_drawn_and_the_person_stays_where_they_were() {
    let house = House::open();
    let choice = house.choice();
    let program = Program::start(&house, Person::New);
    program.open(&choice);
    program.keys("2");
    program.wait_for("held for you");
    for (width, height) in [(40, 15), (20, 5), (1, 1), (250, 80), (40, 15), (20, 5)] {
        program.resize(width, height);
        if (width, height) == (20, 5) {
            program.wait_for("This terminal has");
        }
    }
    program.resize(80, 24);
    program.wait_for("held for you");
    program.wait_for("yours 2");
    program.wait_for("Pay");
    program.leave();
}

#[test]
fn a_hold_by_another_client_is_seen_after_asking_again() {
    let house = House::open();
    let choice = house.choice();
    let program = Program::start(&house, Person::New);
    program.open(&choice);
    let seats: Vec<_> = house.free_run(&choice, 3).iter().map(|s| choice.plan.chart.seat(*s).id.clone()).collect();
    let before = house.count(&choice, SeatState::Held);
    house.ask(house.office().hold(&choice.show.id, &seats, LeftAlone::Tell));
    program.keys("f5");
    program.wait_for(&format!("held by others {}", before + 3));
}
