//! The terminal program at a server of the family: films, seats, a sale, its payment page and the list of bookings.
#![cfg(target_os = "linux")]

#[allow(dead_code, reason = "another test program uses the rest")]
#[path = "../pty/terminal.rs"]
mod terminal;

use crate::{
    program::Home,
    standin::{Recording, StandIn, Story, invented, recorded, recordings_folder},
};
use std::time::Duration;
use terminal::{Start, Terminal};

const F3: &str = "\x1bOR";
const CTRL_Q: &str = "\x11";
const QUIET: Duration = Duration::from_millis(400);

fn open(home: &Home) -> Terminal {
    let url = home.server.url.as_str();
    let args = ["--server", url, "--api", "quickshow", "--auth", "command", "--auth-command", "cat token.txt"];
    let env = [("FRONTROW_CREDENTIAL_STORE", "memory"), ("FRONTROW_TIMEZONE", "UTC"), ("FRONTROW_POSTERS", "off")];
    Start { args: &args, env: &env, size: (120, 40), ..Start::in_home(home.dir.path()) }.open()
}

fn whole_story(recordings: Vec<Recording>, title: &str, page: &str) {
    let home = Home::at(StandIn::telling(Story::of(recordings).today()));
    let mut terminal = open(&home);
    terminal.wait_for("Type to search");
    terminal.send(title);
    terminal.wait_for(&format!("Times of {title}"));
    // Its times are there: all of them have one at half past six.
    terminal.wait_for("18:30");
    terminal.wait_until_quiet(QUIET);
    terminal.send("\r");
    terminal.wait_for("Choose seats");
    terminal.send("\r");
    terminal.wait_for("best two");
    terminal.wait_until_quiet(QUIET);
    terminal.send("/");
    terminal.send("C3 C4\r");
    terminal.wait_until_quiet(QUIET);
    terminal.wait_for("Book C3");
    terminal.send("\r");
    terminal.seen.wait_until_gone("best two");
    terminal.wait_until_quiet(QUIET);
    terminal.send("\r");
    // The page to pay at, and how long it may be paid.
    terminal.wait_for(page);
    terminal.wait_for("within");
    assert_eq!(home.server.changes().len(), 1);
    // Paid in a browser: the program finds out by itself.
    home.server.story().pay();
    terminal.wait_for("It is paid");
    terminal.send(F3);
    terminal.wait_for("1 booking");
    terminal.wait_for(title);
    terminal.wait_for("C3");
    terminal.send(CTRL_Q);
    assert_eq!(terminal.wait_for_exit().exit_code(), 0);
}

#[test]
fn a_person_books_on_the_screen_and_sees_that_it_is_paid() {
    whole_story(invented("tutorial"), "The Glass Orchard", "checkout.stripe.com");
}

#[test]
fn a_person_books_on_the_screen_at_recorded_servers() {
    let Some(folder) = recordings_folder() else { return };
    for variant in ["quikscreen", "bookshowapi", "sanjaya"] {
        whole_story(recorded(&folder.join(variant)), "The Tin Lighthouse", "/pay/");
    }
}
