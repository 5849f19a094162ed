//! Secrets stay where they belong: the whole flow is run with everything logged, and then every file, every output,
//! the arguments and environments of the processes and an image of their memory are searched for each secret used.
#![cfg(all(feature = "server", target_os = "linux"))]

mod common;
#[path = "secrets/tap.rs"]
mod tap;
#[path = "pty/terminal.rs"]
#[expect(dead_code, reason = "this test looks at less of the terminal")]
mod terminal;

use common::seen::PATIENCE;
use rustix::process::{Pid, Signal};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    io::{BufRead, BufReader, Write},
    os::unix::process::ExitStatusExt,
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    time::{Duration, Instant},
};
use tap::Tap;
use tempfile::TempDir;
use terminal::{Start, Terminal, program};

const PASSWORD: &str = "marmalade-spoon-1871";
const QUIET: Duration = Duration::from_millis(400);
const END: &str = "\x1b[F";
const F3: &str = "\x1bOR";

/// Everything that is logged, and a credential store outside the program's memory.
const LOUD: [(&str, &str); 3] =
    [("FRONTROW_LOG_LEVEL", "trace"), ("FRONTROW_CREDENTIAL_STORE", "keyutils"), ("RUST_LOG", "trace")];

struct Cinema {
    home: TempDir,
    server: Child,
    tap: Tap,
    outputs: Vec<u8>,
}

impl Cinema {
    fn open() -> Self {
        let home = tempfile::tempdir().unwrap();
        let mut server = command(home.path(), &["--data-dir", "server", "serve", "--demo", "--bind", "127.0.0.1:0"])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(server.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().rsplit("http://").next().unwrap().to_owned();
        Self { home, server, tap: Tap::on(&address), outputs: Vec::new() }
    }

    fn run(&mut self, args: &[&str], stdin: &str) -> Output {
        let url = self.tap.url.clone();
        let all = [&["--data-dir", "data", "--server", &url], args].concat();
        let mut command = command(self.home.path(), &all);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let _ = writeln!(child.stdin.take().unwrap(), "{stdin}");
        let output = child.wait_with_output().unwrap();
        self.outputs.extend_from_slice(&output.stdout);
        self.outputs.extend_from_slice(&output.stderr);
        output
    }

    #[track_caller]
    fn must_run(&mut self, args: &[&str], stdin: &str) {
        let output = self.run(args, stdin);
        assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    }
}

impl Drop for Cinema {
    fn drop(&mut self) {
        let _ = self.run(&["logout"], "");
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

fn command(home: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(program());
    command.env_clear().env("HOME", home).env("PATH", "/usr/bin:/bin").envs(LOUD).current_dir(home).args(args);
    command
}

/// A person's whole way on the screen: an account, two seats, a booking, the ticket, the list.
fn buys_two_seats(cinema: &Cinema) -> Terminal {
    let url = cinema.tap.url.clone();
    let args = ["--server", &url];
    let start = Start { home: cinema.home.path(), args: &args, env: &LOUD, size: (80, 24) };
    let mut terminal = start.open();
    terminal.wait_for(" left");
    terminal.send("\r");
    terminal.wait_for("Choose seats");
    terminal.send(END);
    terminal.send("\r");
    terminal.wait_for("seats are free");
    terminal.wait_until_quiet(QUIET);
    terminal.send("2");
    terminal.wait_for("held for you");
    terminal.send("\r");
    terminal.wait_for("Demo payment");
    terminal.send("\r");
    terminal.wait_for("One step before payment");
    terminal.send("Ana\rana@example.com\r");
    // A person types one key after another; what is pasted stays in the reader's buffer until more is typed.
    for (typed, letter) in PASSWORD.char_indices() {
        terminal.send(letter.to_string());
        terminal.wait_for(&"•".repeat(typed + 1));
    }
    terminal.send("\r");
    terminal.wait_for("Code ");
    terminal.send(F3);
    terminal.wait_for("1 booking");
    terminal
}

#[test]
fn no_secret_is_found_in_any_file_output_argument_environment_or_memory_image() {
    if Command::new("gcore").arg("-h").output().is_err() {
        assert!(std::env::var_os("TEST_REQUIRE_GDB").is_none(), "gcore is missing: install gdb");
        eprintln!("left out: gcore (of gdb) is missing, so no memory image can be made");
        return;
    }
    let mut cinema = Cinema::open();
    let store = cinema.run(&["doctor", "auth", "--json"], "").stdout;
    if !String::from_utf8_lossy(&store).contains("\"works\":true") {
        assert!(std::env::var_os("TEST_REQUIRE_KEYRING").is_none(), "{}", String::from_utf8_lossy(&store));
        eprintln!("left out: the kernel keeps no keys here, so sign-ins would be in the program's memory");
        return;
    }
    let screen = buys_two_seats(&cinema);
    cinema.must_run(&["whoami", "--json"], "");
    cinema.must_run(&["bookings", "--json"], "");
    cinema.must_run(&["doctor", "--json"], "");
    let wrong = cinema.run(&["login", "--email", "ana@example.com", "--password-stdin"], "not-the-right-one-77");
    assert_eq!(wrong.status.code(), Some(3));
    cinema.must_run(&["login", "--email", "ana@example.com", "--password-stdin"], PASSWORD);

    let mut secrets = cinema.tap.secrets();
    assert!(secrets.len() >= 8, "a password, two credentials, tokens and a hold's token were used: {}", secrets.len());
    assert!(secrets.contains(PASSWORD), "the tap reads the wire");
    secrets.insert("not-the-right-one-77".to_owned());

    let mut places = BTreeMap::new();
    for (name, pid) in [("screen", screen.pid()), ("server", cinema.server.id())] {
        places.insert(format!("arguments of the {name}"), fs::read(format!("/proc/{pid}/cmdline")).unwrap());
        places.insert(format!("environment of the {name}"), fs::read(format!("/proc/{pid}/environ")).unwrap());
    }
    places.insert("outputs of the commands".to_owned(), std::mem::take(&mut cinema.outputs));
    places.insert("everything on the terminal".to_owned(), screen.seen.now().bytes.clone());
    let files = files(cinema.home.path());
    assert!(files.iter().any(|file| file.extension().is_some_and(|e| e == "log")), "there is a log: {files:?}");
    places.extend(files.iter().map(|file| (file.display().to_string(), fs::read(file).unwrap())));
    let found: Vec<_> = places.iter().flat_map(|(place, bytes)| found_in(place, bytes, &secrets)).collect();
    assert!(found.is_empty(), "{}", found.join("\n"));

    // Requests and answers stay in the buffers of a connection for as long as it is open.
    cinema.tap.cut();
    for (name, pid) in [("screen", screen.pid()), ("server", cinema.server.id())] {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let found = found_in(&format!("the memory of the {name}"), &memory_image(pid), &secrets);
            if found.is_empty() {
                break;
            }
            assert!(Instant::now() < deadline, "{}", found.join("\n"));
        }
    }
}

#[test]
fn a_crash_leaves_no_memory_image_unless_it_was_allowed() {
    for (flag, image) in [(None, false), (Some("--allow-core"), true)] {
        let home = tempfile::tempdir().unwrap();
        let mut shell = Command::new("sh");
        shell.args(["-c", "ulimit -c unlimited && exec \"$@\"", "sh"]).arg(program());
        shell.args(["--data-dir", "server", "serve", "--bind", "127.0.0.1:0"]).args(flag);
        shell.env_clear().env("HOME", home.path()).env("PATH", "/usr/bin:/bin").current_dir(home.path());
        let mut server = shell.stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(server.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        assert!(line.contains("serving"), "{line}");
        rustix::process::kill_process(Pid::from_child(&server), Signal::ABORT).unwrap();
        let ended = server.wait().unwrap();
        assert!(ended.signal().is_some(), "{ended:?}");
        assert_eq!(ended.core_dumped(), image, "{flag:?}: {ended:?}");
    }
}

/// Which secrets stand in these bytes; said so that the finding gives none away.
fn found_in(place: &str, bytes: &[u8], secrets: &BTreeSet<String>) -> Vec<String> {
    let found = secrets.iter().filter(|secret| memchr::memmem::find(bytes, secret.as_bytes()).is_some());
    found.map(|secret| format!("{}… of {} characters in {place}", &secret[..4], secret.len())).collect()
}

/// The process's memory, as a core file would hold it.
fn memory_image(pid: u32) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let core = folder.path().join("core");
    let made = Command::new("gcore").arg("-o").arg(&core).arg(pid.to_string()).output().expect("gcore is there");
    let file = folder.path().join(format!("core.{pid}"));
    assert!(file.exists(), "{}", String::from_utf8_lossy(&made.stderr));
    fs::read(file).unwrap()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if entry.is_dir() {
            all.extend(files(&entry));
        } else if entry.is_file() {
            all.push(entry);
        }
    }
    all
}
