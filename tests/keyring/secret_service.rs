//! The desktop's keyring: at work, locked, away, broken.

use crate::{cinema::Cinema, desktop::Desktop, machine::Machine};
use frontrow::{
    auth::store::{StoreKind, Stores},
    config::StoreChoice,
    platform::{dirs::Dirs, env::OsEntropy},
};
use serde_json::Value;
use std::{
    collections::BTreeSet,
    io::{BufRead, BufReader, Write},
    process::{Command, Stdio},
    sync::Arc,
    time::Instant,
};

/// A desktop at a new box office; the test ends where there can be none.
macro_rules! desktop {
    ($open:ident, $test:literal) => {{
        let cinema = Cinema::open();
        match Desktop::$open($test, cinema.url()) {
            Some(desktop) => (cinema, desktop),
            None => return,
        }
    }};
}

const SECRET_SERVICE: &str = "secret-service";

#[test]
fn a_sign_in_is_there_for_the_next_program_which_books_and_only_the_keyring_has_it() {
    let (cinema, desktop) = desktop!(open, "a sign-in in gnome-keyring");
    let machine = &desktop.machine;
    assert!(machine.sign_up("Ada").contains("kept in the desktop's keyring"));
    assert_eq!(machine.remembered(), SECRET_SERVICE);

    let (show, seat) = cinema.free_seat();
    machine.does(&["book", &show, &seat]);
    let bookings = machine.document(&["bookings"]);
    assert_eq!(bookings["bookings"].as_array().unwrap().len(), 1, "{bookings}");

    let entry: Value = serde_json::from_str(&desktop.entry().unwrap()).unwrap();
    let credential = entry["cred"].as_str().unwrap();
    assert!(credential.starts_with("frc_"));
    assert_eq!(
        machine.files_with(SECRET_SERVICE),
        [machine.path("data/credential-store")],
        "the folder is looked through"
    );
    assert_eq!(machine.files_with(credential), Vec::<std::path::PathBuf>::new());

    machine.does(&["logout"]);
    assert_eq!(desktop.entry(), None);
    machine.fails(&["whoami"], 3);
}

#[test]
fn a_locked_keyring_is_said_and_nothing_is_lost_by_it() {
    let (_cinema, mut desktop) = desktop!(open, "a locked gnome-keyring");
    desktop.machine.sign_up("Ada");
    let before = desktop.entry();
    desktop.lock();
    let why = desktop.machine.fails(&["whoami"], 1);
    assert!(why.contains("is locked or refuses access") && why.contains("unlock it"), "{why}");
    desktop.unlock();
    assert_eq!(desktop.entry(), before);
    assert!(desktop.machine.does(&["whoami"]).contains("Ada"));
}

#[test]
fn without_a_keyring_the_next_store_is_taken_and_the_reason_can_be_asked_for() {
    let (_cinema, mut desktop) = desktop!(without_keyring, "a bus without a keyring");
    let without_service = reason(&desktop.machine);
    assert!(without_service.contains("org.freedesktop.secrets"), "{without_service}");
    desktop.end_bus();
    let stale = reason(&desktop.machine);
    desktop.machine.set("DBUS_SESSION_BUS_ADDRESS", "");
    let no_bus = reason(&desktop.machine);
    let reasons: BTreeSet<_> = [without_service, stale, no_bus].into();
    assert!(reasons.len() >= 2, "{reasons:?}");
}

/// Why the desktop's keyring is passed over, after a sign-in that had to go elsewhere.
fn reason(machine: &Machine) -> String {
    let found = machine.document(&["doctor", "auth"]);
    assert_ne!(found["store"]["kind"], SECRET_SERVICE, "{found}");
    let others = found["store"]["others"].as_array().unwrap();
    let other = others.iter().find(|other| other["store"] == SECRET_SERVICE).unwrap();
    let reason = other["passed_over_because"].as_str().unwrap().to_owned();
    assert!(!reason.contains('\n') && !reason.is_empty(), "{reason}");
    reason
}

#[test]
fn a_keyring_that_was_chosen_and_is_not_there_is_one_sentence() {
    let (_cinema, mut desktop) = desktop!(without_keyring, "a chosen keyring that is not there");
    desktop.machine.set("FRONTROW_CREDENTIAL_STORE", SECRET_SERVICE);
    let why = desktop.machine.fails(&["whoami"], 1);
    assert!(why.contains("secret-service cannot be used"), "{why}");
}

#[test]
fn a_keyring_that_has_gone_is_named_and_nobody_is_signed_in_a_second_time() {
    let (_cinema, mut desktop) = desktop!(open, "a keyring that has gone");
    desktop.machine.sign_up("Ada");
    desktop.end_bus();
    for command in [&["whoami"][..], &["bookings"]] {
        let why = desktop.machine.fails(command, 1);
        assert!(why.contains("your sign-in is kept in the desktop's keyring"), "{why}");
        assert!(why.contains("sign in anew to keep it elsewhere"), "{why}");
    }
    assert_eq!(desktop.machine.remembered(), SECRET_SERVICE);
    // What needs no person goes on.
    desktop.machine.does(&["movies"]);
}

#[test]
fn a_keyring_that_never_answers_is_given_up_and_the_program_ends() {
    let (_cinema, desktop) = desktop!(open, "a gnome-keyring that never answers");
    let machine = &desktop.machine;
    machine.sign_up("Ada");
    desktop.freeze();
    let asked = Instant::now();
    let why = machine.fails(&["whoami"], 1);
    assert!(why.contains("did not answer within 3 s"), "{why}");
    assert!(asked.elapsed().as_secs() >= 3, "it was given its time");
    machine.does(&["movies"]);
    desktop.thaw();
    assert!(machine.does(&["whoami"]).contains("Ada"));

    // Signing in anew meanwhile goes elsewhere.
    desktop.freeze();
    let said = machine.sign_in("Ada");
    assert!(said.contains("is kept in") && !said.contains("the desktop's keyring"), "{said}");
    machine.does(&["logout"]);
}

#[test]
fn a_keyring_that_is_started_later_is_found_by_a_program_that_runs() {
    let (_cinema, mut desktop) = desktop!(without_keyring, "a keyring that is started later");
    let this_test = std::env::current_exe().unwrap();
    let mut program = desktop.machine.command(&this_test.display().to_string());
    program.args(["--exact", "secret_service::opens_the_keyring_twice", "--ignored", "--nocapture"]);
    let mut program = program.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(program.stdout.take().unwrap()).lines().map(Result::unwrap);
    let first = lines.find(|line| line.contains("the first time")).expect("it says how the first time went");
    assert!(first.contains("cannot be used"), "{first}");
    desktop.start_keyring();
    program.stdin.take().unwrap().write_all(b"go on\n").unwrap();
    let rest: Vec<String> = lines.collect();
    assert!(program.wait().unwrap().success(), "{rest:?}");
}

/// The program of the test above.
#[test]
#[ignore = "a part of another test, which starts it"]
fn opens_the_keyring_twice() {
    let folder = tempfile::tempdir().unwrap();
    let dirs = Dirs::find(Some(folder.path())).unwrap();
    let stores = Stores::new(StoreChoice::System, &dirs, None, Arc::new(OsEntropy));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let why = runtime.block_on(stores.first_working()).err().expect("there is no keyring yet").why;
    println!("the first time: {why}");
    std::io::stdin().read_line(&mut String::new()).unwrap();
    assert_eq!(runtime.block_on(stores.first_working()).unwrap().kind(), StoreKind::System);
}

#[test]
fn garbage_in_the_entry_is_said_in_one_sentence_and_the_next_sign_in_replaces_it() {
    let (_cinema, desktop) = desktop!(open, "garbage in the entry");
    let machine = &desktop.machine;
    machine.sign_up("Ada");
    for garbage in ["garbage", "{\"v\":1}", "\u{1b}[2J", "[]"] {
        desktop.overwrite(garbage);
        let why = machine.fails(&["whoami"], 3);
        assert!(why.contains("frontrow login") && !why.contains('\u{1b}'), "{why}");
    }
    machine.sign_in("Ada");
    assert!(machine.does(&["whoami"]).contains("Ada"));
}

#[test]
fn two_entries_that_fit_are_said_and_not_chosen_between() {
    let (_cinema, desktop) = desktop!(open, "two entries that fit");
    let machine = &desktop.machine;
    machine.sign_up("Ada");
    let mut second: Command = machine.command("secret-tool");
    second.args(["store", "--label", "another", "service", "frontrow", "username", machine.account(), "more", "x"]);
    let (output, said) = crate::machine::typed(&mut second, "another program's");
    assert!(output.status.success(), "{said}");
    let why = machine.fails(&["whoami"], 1);
    assert!(why.contains("2 entries"), "{why}");
}
