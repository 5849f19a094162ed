//! A person's machine: a home that is thrown away, and the real program in it.

use serde_json::Value;
use std::{
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    thread,
    time::{Duration, Instant},
};
use tempfile::TempDir;

pub const PASSWORD: &str = "correct horse battery staple";

/// How long a condition may take to come about, on a machine that does much else.
const PATIENCE: Duration = Duration::from_secs(60);

/// How long a program may run that meets a store which never answers: it gives each of its questions 3 seconds.
const END: Duration = Duration::from_secs(60);

/// The tools that are not here. With TEST_REQUIRE_KEYRING=1 that is a failure.
pub fn lacks(test: &str, tools: &[&str]) -> bool {
    let missing: Vec<_> = tools.iter().filter(|tool| !is_there(tool)).collect();
    if missing.is_empty() {
        return false;
    }
    let required = std::env::var_os("TEST_REQUIRE_KEYRING").is_some_and(|value| value == "1");
    assert!(!required, "{test}: {missing:?} are not installed");
    left_out(test, &format!("{missing:?} are not installed"));
    true
}

/// Says that a test is left out, past the capture of its output, and why.
pub fn left_out(test: &str, why: &str) {
    let _ = writeln!(io::stderr().lock(), "left out: {test}: {why}");
}

fn is_there(tool: &str) -> bool {
    ["/usr/bin", "/bin", "/usr/local/bin"].iter().any(|folder| Path::new(folder).join(tool).exists())
}

#[test]
fn a_tool_that_is_missing_is_noticed() {
    assert!(is_there("sh") && !is_there("a-tool-that-nobody-has"));
}

/// Waits for a condition.
#[track_caller]
pub fn wait_for(what: &str, mut check: impl FnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !check() {
        assert!(Instant::now() < deadline, "never came: {what}");
        thread::sleep(Duration::from_millis(20));
    }
}

pub struct Machine {
    pub home: TempDir,
    variables: Vec<(&'static str, String)>,
    server: String,
}

impl Machine {
    /// One without any session bus, whose programs use the box office at `server`.
    pub fn new(server: &str) -> Self {
        let home = TempDir::new().unwrap();
        fs::create_dir(home.path().join("run")).unwrap();
        let mut machine = Self { home, variables: Vec::new(), server: server.to_owned() };
        machine.set("XDG_RUNTIME_DIR", machine.path("run").display().to_string());
        machine
    }

    /// Sets a variable of all programs that are started from now on.
    pub fn set(&mut self, name: &'static str, value: impl Into<String>) {
        self.variables.retain(|(known, _)| *known != name);
        self.variables.push((name, value.into()));
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    /// Any program of this machine.
    pub fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.env_clear().env("PATH", "/usr/local/bin:/usr/bin:/bin").env("LANG", "C.UTF-8");
        command.env("HOME", self.home.path()).current_dir(self.home.path()).stdin(Stdio::null());
        command.envs(self.variables.iter().map(|(name, value)| (*name, value)));
        command
    }

    /// The name under which this machine's sign-in is kept.
    pub fn account(&self) -> &str {
        &self.server
    }

    /// `frontrow` with these arguments, as words.
    pub fn words<'a>(&'a self, args: &[&'a str]) -> Vec<&'a str> {
        [&[env!("CARGO_BIN_EXE_frontrow"), "--data-dir", "data", "--server", &self.server], args].concat()
    }

    pub fn frontrow(&self, args: &[&str]) -> Command {
        let words = self.words(args);
        let mut command = self.command(words[0]);
        command.args(&words[1..]);
        command
    }

    /// Runs it to its end, which must come.
    #[track_caller]
    pub fn run(&self, args: &[&str]) -> Output {
        finish(self.frontrow(args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap())
    }

    /// Runs it, and it must succeed; what it said to people and on standard output.
    #[track_caller]
    pub fn does(&self, args: &[&str]) -> String {
        let output = self.run(args);
        let said = said(&output);
        assert!(output.status.success(), "{args:?}: {said}");
        said
    }

    /// Its answer as a document, whatever its exit code.
    #[track_caller]
    pub fn document(&self, args: &[&str]) -> Value {
        let output = self.run(&[args, &["--json"]].concat());
        serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{args:?}: {error}: {}", said(&output)))
    }

    /// Runs it, and it must end with this exit code; what it said, which is one line.
    #[track_caller]
    pub fn fails(&self, args: &[&str], code: i32) -> String {
        let output = self.run(args);
        let said = said(&output);
        assert_eq!(output.status.code(), Some(code), "{args:?}: {said}");
        assert_eq!(said.trim_end().lines().count(), 1, "one sentence: {said}");
        said
    }

    /// Signs in as somebody new.
    #[track_caller]
    pub fn sign_up(&self, name: &str) -> String {
        let email = format!("{}@example.org", name.to_lowercase());
        self.sign(&["login", "--sign-up", "--email", &email, "--name", name, "--password-stdin"])
    }

    /// Signs in as somebody who has an account.
    #[track_caller]
    pub fn sign_in(&self, name: &str) -> String {
        let email = format!("{}@example.org", name.to_lowercase());
        self.sign(&["login", "--email", &email, "--password-stdin"])
    }

    #[track_caller]
    fn sign(&self, args: &[&str]) -> String {
        let mut command = self.frontrow(args);
        let (output, said) = typed(&mut command, PASSWORD);
        assert!(output.status.success(), "{args:?}: {said}");
        said
    }

    /// Where the next start looks for the sign-in.
    pub fn remembered(&self) -> String {
        fs::read_to_string(self.path("data/credential-store")).unwrap_or_default().trim().to_owned()
    }

    /// The files in the data folder that hold this text.
    pub fn files_with(&self, text: &str) -> Vec<PathBuf> {
        let mut found = Vec::new();
        let mut folders = vec![self.path("data")];
        while let Some(folder) = folders.pop() {
            for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
                if path.is_dir() {
                    folders.push(path);
                } else if fs::read(&path).unwrap().windows(text.len()).any(|part| part == text.as_bytes()) {
                    found.push(path);
                }
            }
        }
        found
    }
}

/// Runs a command with this line on its standard input.
pub fn typed(command: &mut Command, line: &str) -> (Output, String) {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    writeln!(child.stdin.take().unwrap(), "{line}").unwrap();
    let output = finish(child);
    let said = said(&output);
    (output, said)
}

/// Waits for a program's end, and ends it if that does not come. What these programs say fits into a pipe.
#[track_caller]
pub fn finish(mut child: Child) -> Output {
    let deadline = Instant::now() + END;
    while child.try_wait().unwrap().is_none() {
        if Instant::now() > deadline {
            let _ = child.kill();
            let output = child.wait_with_output().unwrap();
            panic!("it never ended: {}", said(&output));
        }
        thread::sleep(Duration::from_millis(10));
    }
    child.wait_with_output().unwrap()
}

pub fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}
