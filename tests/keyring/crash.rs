//! A program that is killed while its credential is replaced, at each point at which that can be, and several
//! programs that want to replace it at once. The keyring is a real one.

use crate::{
    cinema::Cinema,
    desktop::Desktop,
    gate::{Gate, Held},
    machine::{finish, said, wait_for},
};
use serde_json::Value;
use std::{
    process::{Child, Stdio},
    time::Duration,
};

const A_DAY: Duration = Duration::from_hours(25);
const ROTATE: &str = "/rotate";
const MINT: &str = "/tokens";

/// Somebody whose credential is old enough to be replaced.
struct Due {
    cinema: Cinema,
    gate: Gate,
    desktop: Desktop,
}

impl Due {
    fn open(test: &str) -> Option<Self> {
        let cinema = Cinema::open();
        let gate = Gate::before(cinema.url());
        let desktop = Desktop::open(test, &gate.url)?;
        desktop.machine.sign_up("Ada");
        cinema.later(A_DAY);
        let due = Self { cinema, gate, desktop };
        assert_eq!(due.generation(), 1);
        Some(due)
    }

    fn entry(&self) -> Value {
        serde_json::from_str(&self.desktop.entry().expect("somebody is signed in")).unwrap()
    }

    fn generation(&self) -> u64 {
        self.entry()["gen"].as_u64().unwrap()
    }

    /// A program that makes a call, after which it replaces its credential.
    fn start(&self) -> Child {
        self.desktop.machine.frontrow(&["bookings"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    }

    /// Kills the program where it stands.
    fn kill(&self, mut program: Child) {
        self.gate.wait();
        program.kill().unwrap();
        program.wait().unwrap();
        self.gate.open();
    }

    /// Every later start works, with whichever credential, and the replacing comes to its end.
    #[track_caller]
    fn must_go_on(&self) {
        for _ in 0..3 {
            self.desktop.machine.does(&["bookings"]);
        }
        assert_eq!(self.generation_in_use(), self.generation());
        self.cinema.later(Duration::from_mins(5));
        self.desktop.machine.does(&["bookings"]);
    }

    /// Of the credential that the last program used.
    fn generation_in_use(&self) -> u64 {
        self.desktop.machine.document(&["doctor", "auth"])["session"]["generation"].as_u64().unwrap()
    }
}

#[test]
fn killed_before_the_server_has_made_the_successor_the_old_one_works() {
    let Some(due) = Due::open("killed before the server commits") else { return };
    due.gate.close(ROTATE, Held::Request);
    due.kill(due.start());
    assert_eq!(due.generation(), 1);
    due.must_go_on();
    assert!(due.generation() > 1, "a later start has replaced it");
}

#[test]
fn killed_before_the_successor_is_written_down_the_old_one_works() {
    let Some(due) = Due::open("killed before the keyring is written") else { return };
    due.gate.close(ROTATE, Held::Answer);
    due.kill(due.start());
    assert_eq!(due.generation(), 1);
    due.must_go_on();
    assert!(due.generation() > 1, "a later start has replaced it");
}

#[test]
fn killed_after_the_successor_is_written_down_that_one_works() {
    let Some(due) = Due::open("killed after the keyring is written") else { return };
    let mut program = due.start();
    wait_for("the successor in the keyring", || due.generation() == 2);
    let _ = program.kill();
    program.wait().unwrap();
    due.must_go_on();
    assert_eq!(due.generation(), 2);
}

#[test]
fn killed_when_the_successor_was_used_and_the_answer_is_lost_that_one_works() {
    let Some(due) = Due::open("killed when the successor was used") else { return };
    due.desktop.machine.does(&["bookings"]);
    assert_eq!(due.generation(), 2, "written down and not yet used");
    due.gate.close(MINT, Held::Answer);
    due.kill(due.start());
    due.must_go_on();
    assert_eq!(due.generation(), 2);
}

#[test]
fn a_keyring_that_locks_meanwhile_leaves_the_old_one_which_works() {
    let Some(mut due) = Due::open("the keyring locks meanwhile") else { return };
    due.gate.close(ROTATE, Held::Answer);
    let program = due.start();
    due.gate.wait();
    due.desktop.lock();
    due.gate.open();
    let output = finish(program);
    assert!(output.status.success(), "the call itself went well: {}", said(&output));
    due.desktop.unlock();
    assert_eq!(due.generation(), 1);
    due.must_go_on();
    assert!(due.generation() > 1, "a later start has replaced it");
}

#[test]
fn an_old_backup_of_the_keyring_ends_the_session_and_says_so() {
    let Some(due) = Due::open("an old backup of the keyring") else { return };
    let machine = &due.desktop.machine;
    let backup = due.desktop.entry().unwrap();
    machine.does(&["bookings"]);
    machine.does(&["bookings"]);
    assert_eq!(due.generation(), 2);
    due.cinema.later(Duration::from_mins(2));
    due.desktop.overwrite(&backup);
    let why = machine.fails(&["bookings"], 3);
    assert!(why.contains("sign in again"), "{why}");
    // A session that was ended is of no use to anybody.
    assert_eq!(due.desktop.entry(), None);
    machine.sign_in("Ada");
    machine.does(&["bookings"]);
}

#[test]
fn several_programs_at_once_replace_the_credential_once_and_all_go_on() {
    let Some(due) = Due::open("several programs at once") else { return };
    for round in 1..=3 {
        assert_eq!(due.generation(), round);
        let programs: Vec<Child> = (0..4).map(|_| due.start()).collect();
        for program in programs {
            let output = finish(program);
            assert!(output.status.success(), "round {round}: {}", said(&output));
        }
        assert_eq!(due.generation(), round + 1, "once in round {round}");
        // Its age counts from its first use.
        due.desktop.machine.does(&["bookings"]);
        due.cinema.later(A_DAY);
    }
    due.must_go_on();
}
