//! The program itself on a pseudo-terminal: what a person types, sees and gets back, byte by byte.
#![cfg(all(feature = "server", target_os = "linux"))]

mod common;
#[path = "pty/hostile.rs"]
mod hostile;
#[path = "pty/terminal.rs"]
mod terminal;

use rustix::process::Signal;
use std::{
    path::Path,
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};
use tempfile::TempDir;
use terminal::{Start, Terminal, pens};

const DOWN: &str = "\x1b[B";
const END: &str = "\x1b[F";
const F3: &str = "\x1bOR";
const CTRL_Q: &str = "\x11";
const CTRL_Z: &str = "\x1a";
const QUIET: Duration = Duration::from_millis(400);

fn home() -> TempDir {
    tempfile::tempdir().unwrap()
}

/// The film list of an embedded box office.
fn at_films(home: &Path) -> Terminal {
    let terminal = Start::in_home(home).open();
    terminal.wait_for("Type to search");
    terminal.wait_for(" left");
    terminal
}

/// The last show of the first film: days ahead, so that most seats are free.
#[track_caller]
fn to_seats(terminal: &mut Terminal) {
    terminal.send("\r");
    terminal.wait_for("Choose seats");
    terminal.send(END);
    terminal.send("\r");
    terminal.wait_for("free");
    terminal.wait_for("best two");
    terminal.wait_until_quiet(QUIET);
}

fn at_seats(home: &Path) -> Terminal {
    let mut terminal = at_films(home);
    to_seats(&mut terminal);
    terminal
}

#[test]
fn the_screen_is_taken_with_the_first_frame_and_the_films_come() {
    let home = home();
    let terminal = at_films(home.path());
    let memory = terminal.seen.now();
    assert!(memory.bytes.starts_with(b"\x1b[?1049h\x1b[?2004h"), "{:?}", &memory.bytes[..40]);
    assert!(memory.screen().alternate_screen() && memory.screen().bracketed_paste());
    assert_ne!(memory.screen().mouse_protocol_mode(), vt100::MouseProtocolMode::None);
    let (_, first) = memory.writes[0];
    assert!(String::from_utf8_lossy(&memory.bytes[..first]).contains("frontrow"), "the first write shows something");
}

/// Signs out when the test ends, however it ends: nothing stays in the keyring.
struct SignedIn<'a>(&'a Path);

impl Drop for SignedIn<'_> {
    fn drop(&mut self) {
        let mut logout = Command::new(terminal::program());
        logout.env_clear().env("HOME", self.0).env("PATH", "/usr/bin:/bin").current_dir(self.0);
        let _ = logout.args(["--data-dir", "data", "logout"]).stdout(Stdio::null()).stderr(Stdio::null()).status();
    }
}

#[test]
fn what_a_person_buys_is_there_when_the_program_starts_again() {
    let home = home();
    let _signed_in = SignedIn(home.path());
    let mut first = Start { env: &[], ..Start::in_home(home.path()) }.open();
    first.wait_for("Type to search");
    first.wait_for(" left");
    to_seats(&mut first);
    first.send("2");
    first.wait_for("held for you");
    first.send("\r");
    first.wait_for("Demo payment");
    first.send("\r");
    first.wait_for("One step before payment");
    first.send("Ana\rana@example.com\rcorrect horse battery\r");
    let code = first.seen.wait_until("a ticket's code", |memory| {
        let text = memory.screen().contents();
        let at = text.find("Code ")? + "Code ".len();
        Some(text[at..].split_whitespace().next()?.to_owned())
    });
    first.send(CTRL_Q);
    assert_eq!(first.wait_for_exit().exit_code(), 0);

    let mut second = Start { env: &[], ..Start::in_home(home.path()) }.open();
    second.wait_for("Type to search");
    second.send(F3);
    second.wait_for("1 booking");
    second.wait_for(&code);
    second.send(CTRL_Q);
    assert_eq!(second.wait_for_exit().exit_code(), 0);
}

#[test]
fn leaving_gives_the_terminal_back() {
    let home = home();
    let mut terminal = at_films(home.path());
    terminal.send(CTRL_Q);
    assert_eq!(terminal.wait_for_exit().exit_code(), 0);
    terminal.assert_given_back();
}

#[test]
fn signals_that_end_the_program_give_the_terminal_back() {
    for signal in [Signal::TERM, Signal::HUP, Signal::INT] {
        let home = home();
        let mut terminal = at_seats(home.path());
        terminal.signal(signal);
        assert_eq!(terminal.wait_for_exit().exit_code(), 0, "{signal:?}");
        terminal.assert_given_back();
    }
}

#[test]
fn a_program_that_is_put_aside_gives_the_terminal_back_and_takes_it_again() {
    let home = home();
    let mut terminal = at_seats(home.path());
    let raw = terminal.line_discipline();
    terminal.send(CTRL_Z);
    terminal.wait_for_state('T');
    terminal.wait_until_quiet(QUIET);
    terminal.assert_given_back();
    terminal.signal(Signal::CONT);
    terminal.seen.wait_until("the screen again", |m| m.screen().alternate_screen().then_some(()));
    terminal.wait_for("best two");
    assert_eq!(terminal.line_discipline(), raw);
    terminal.send("2");
    terminal.wait_for("held for you");
    terminal.send(CTRL_Q);
    terminal.wait_for_exit();
    terminal.assert_given_back();
}

/// How long a program is watched that has nothing to do.
fn idle_time() -> Duration {
    let long = std::env::var_os("FRONTROW_LONG").is_some_and(|value| value == "1");
    Duration::from_secs(if long { 60 } else { 5 })
}

#[test]
fn an_idle_program_writes_nothing_and_does_not_wake_up() {
    let home = home();
    let terminal = at_films(home.path());
    terminal.wait_until_quiet(Duration::from_secs(2));
    let (written, (ticks, wakes)) = (terminal.seen.written(), terminal.work_done());
    thread::sleep(idle_time());
    let (ticks_after, wakes_after) = terminal.work_done();
    assert_eq!(terminal.seen.written(), written, "not a byte");
    assert_eq!(ticks_after, ticks, "no processor time");
    // A pool's thread that nobody needs may end; none that stays has anything to do.
    for (thread, count) in wakes_after {
        assert_eq!(Some(&count), wakes.get(&thread), "thread {thread:?} has woken up");
    }
}

#[test]
fn an_idle_seat_map_writes_nothing_and_wakes_up_only_to_hear_that_its_line_stands() {
    let home = home();
    let terminal = at_seats(home.path());
    terminal.wait_until_quiet(Duration::from_secs(2));
    let (written, (ticks, wakes)) = (terminal.seen.written(), terminal.work_done());
    thread::sleep(idle_time());
    let (ticks_after, wakes_after) = terminal.work_done();
    assert_eq!(terminal.seen.written(), written, "not a byte");
    // The box office in the program says every 15 seconds that it is there: its timer comes due in up to three steps,
    // it writes, and the screen's side reads and sets its own.
    let heartbeats = idle_time().as_secs() / 15 + 1;
    assert!(ticks_after - ticks <= heartbeats, "{} ticks", ticks_after - ticks);
    for (thread, count) in wakes_after {
        let woken = wakes.get(&thread).map(|before| count - before);
        assert!(woken.is_some_and(|woken| woken <= 6 * heartbeats), "thread {thread:?}: {woken:?}");
    }
}

#[test]
fn a_countdown_costs_one_small_write_a_second() {
    let home = home();
    let mut terminal = at_seats(home.path());
    terminal.send("2");
    terminal.wait_for("held for you");
    // What the seats and the notices need has been drawn by then.
    thread::sleep(Duration::from_secs(2));
    let (from, started) = (terminal.seen.now().writes.len(), Instant::now());
    let before = terminal.seen.written();
    thread::sleep(Duration::from_secs(4));
    let seconds = started.elapsed().as_secs() as usize + 1;
    let memory = terminal.seen.now();
    assert!(memory.bytes.len() > before, "the countdown counts");
    assert!(memory.writes.len() - from <= seconds, "{} writes in {seconds} s", memory.writes.len() - from);
    let added = memory.bytes.len() - before;
    assert!(added <= 80 * seconds, "{added} bytes: {:?}", String::from_utf8_lossy(&memory.bytes[before..]));
}

#[test]
fn a_step_in_the_seat_map_costs_few_bytes() {
    let home = home();
    let mut terminal = at_seats(home.path());
    let mut costs = Vec::new();
    for key in ["h", "h", "l", "l", "k", "j", "h", "k", "l", "j", "h", "l"] {
        let (before, from) = (terminal.seen.written(), terminal.seen.cursor());
        terminal.step(key);
        terminal.wait_until_quiet(QUIET);
        let memory = terminal.seen.now();
        let bytes = &memory.bytes[before..];
        // The longest words that a step can change: from a sold seat to a companion place.
        assert!(bytes.len() <= 300, "{key} from {from:?}: {}: {:?}", bytes.len(), String::from_utf8_lossy(bytes));
        costs.push(bytes.len());
    }
    costs.sort_unstable();
    assert!(costs[costs.len() / 2] <= 130, "most steps are cheap: {costs:?}");
}

#[test]
fn a_thousand_keys_at_once_are_all_taken() {
    let home = home();
    let mut terminal = at_films(home.path());
    // A letter that is deleted again, a thousand times: one lost key would leave something behind.
    terminal.send("x".repeat(1_000));
    terminal.send("\x7f".repeat(1_000));
    terminal.send("metropolis");
    terminal.wait_for("Times of Metropolis");
    terminal.wait_for(" left");
    to_seats(&mut terminal);

    let second = terminal.step("l");
    terminal.step("h");
    terminal.send("lh".repeat(499));
    terminal.send("l");
    terminal.seen.wait_until("the cursor where the keys lead", |memory| {
        let (y, x) = memory.screen().cursor_position();
        ((x, y) == second).then_some(())
    });
    terminal.wait_until_quiet(QUIET);
    assert_eq!(terminal.seen.cursor(), second);
}

#[test]
fn without_colours_there_are_none_and_the_cursor_is_still_seen() {
    let home = home();
    let start =
        Start { env: &[("FRONTROW_CREDENTIAL_STORE", "memory"), ("NO_COLOR", "1")], ..Start::in_home(home.path()) };
    let mut terminal = start.open();
    terminal.wait_for("Type to search");
    terminal.wait_for(" left");
    to_seats(&mut terminal);
    terminal.send("2");
    terminal.wait_for("held for you");
    terminal.send("?");
    terminal.wait_for(" Keys ");
    terminal.wait_until_quiet(QUIET);
    let memory = terminal.seen.now();
    let pens = pens(&memory.bytes);
    let colours: Vec<_> = pens.iter().filter(|p| matches!(p, 30..=49 | 90..=107)).collect();
    assert!(colours.is_empty(), "{colours:?}");
    assert!(pens.contains(&1) && pens.contains(&7), "bold and reverse stay: {pens:?}");
}

#[test]
fn with_colours_there_are_some() {
    let home = home();
    let terminal = at_films(home.path());
    assert!(pens(&terminal.seen.now().bytes).iter().any(|p| matches!(p, 30..=49 | 90..=107)));
}

#[test]
fn in_ascii_every_byte_is_ascii() {
    let home = home();
    let mut terminal = Start { args: &["--ascii"], ..Start::in_home(home.path()) }.open();
    terminal.wait_for("Type to search");
    terminal.wait_for(" left");
    terminal.send(DOWN.repeat(8));
    terminal.send("?");
    terminal.wait_for(" Keys ");
    terminal.send("q");
    terminal.seen.wait_until_gone("Close");
    terminal.wait_for(" left");
    to_seats(&mut terminal);
    terminal.send("2");
    terminal.wait_for("held for you");
    terminal.send("\r");
    terminal.wait_for("Demo payment");
    terminal.send("\r");
    terminal.send("Ana\rana@example.com\rcorrect horse battery\r");
    terminal.wait_for("Code ");
    terminal.send(F3);
    terminal.wait_for("1 booking");
    terminal.send("c");
    terminal.wait_for("Cancel ");
    terminal.wait_until_quiet(QUIET);
    let memory = terminal.seen.now();
    let text = String::from_utf8_lossy(&memory.bytes);
    let others: Vec<String> = text
        .char_indices()
        .filter(|(_, c)| !c.is_ascii())
        .map(|(at, c)| {
            let around: String = text[at..].chars().take(20).collect();
            format!("{c:?} in {around:?}")
        })
        .take(5)
        .collect();
    assert!(others.is_empty(), "{others:#?}");
}

#[test]
fn a_terminal_that_is_too_small_is_left_alone_and_told_so() {
    let home = home();
    let mut terminal = Start { size: (20, 5), ..Start::in_home(home.path()) }.open();
    assert_eq!(terminal.wait_for_exit().exit_code(), 2);
    terminal.assert_given_back();
    let memory = terminal.seen.now();
    let text = String::from_utf8_lossy(&memory.bytes).into_owned();
    assert!(!text.contains('\x1b'), "{text:?}");
    let said = text.split("after-the-program").next().unwrap_or_default().trim().to_owned();
    assert!(said.contains("20 columns and 5 lines") && said.contains("at least 40 by 15"), "{said:?}");
    assert_eq!(said.lines().count(), 1, "{said:?}");
}

#[test]
fn without_a_terminal_there_is_one_sentence_and_no_screen() {
    let home = home();
    let mut command = Command::new(terminal::program());
    command.env_clear().env("HOME", home.path()).env("TERM", "xterm-256color").current_dir(home.path());
    let output = command.args(["--data-dir", "data"]).stdin(Stdio::null()).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(output.stdout.is_empty(), "{:?}", String::from_utf8_lossy(&output.stdout));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("needs a terminal") && said.trim().lines().count() == 1, "{said:?}");
}

#[test]
fn text_from_a_server_cannot_control_the_terminal() {
    let home = home();
    let url = hostile::serve();
    let args = ["--server", url.as_str()];
    let mut terminal = Start { args: &args, ..Start::in_home(home.path()) }.open();
    terminal.wait_for("Wicked");
    terminal.wait_for("Trap");
    terminal.wait_for("Nothing");
    terminal.send("\r");
    terminal.wait_until_quiet(QUIET);
    terminal.send(CTRL_Q);
    terminal.wait_for_exit();
    terminal.assert_given_back();
    let memory = terminal.seen.now();
    let text = String::from_utf8(memory.bytes.clone()).expect("what is written is UTF-8");
    for bad in ["\x1b]", "\x07", "\x1b[5;31;44m", "\u{9b}", "\u{90}", "\u{202e}", "\x08"] {
        assert!(!text.contains(bad), "{bad:?} came through");
    }
    assert_eq!(text.matches("\x1b[2J").count(), 0, "nobody erased the screen");
}
