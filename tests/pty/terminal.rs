//! The program in a pseudo-terminal, as a person has it.

use crate::common::seen::{PATIENCE, Seen};
use portable_pty::{Child, CommandBuilder, ExitStatus, MasterPty, PtySize, SlavePty, native_pty_system};
use rustix::process::{Pid, Signal, kill_process};
use std::{
    collections::BTreeMap,
    ffi::OsString,
    fs,
    io::{Read, Write},
    path::Path,
    thread,
    time::{Duration, Instant},
};

/// The program under test; a release build is named by `FRONTROW_BIN`.
pub fn program() -> OsString {
    std::env::var_os("FRONTROW_BIN").unwrap_or_else(|| env!("CARGO_BIN_EXE_frontrow").into())
}

pub struct Terminal {
    pub seen: Seen,
    keys: Box<dyn Write + Send>,
    child: Box<dyn Child + Send + Sync>,
    master: Box<dyn MasterPty + Send>,
    /// Kept open, so that the terminal can be looked at after the program has ended.
    slave: Box<dyn SlavePty + Send>,
    last_sent: Instant,
    /// The line discipline before the program began.
    before: String,
}

/// How the program is started.
pub struct Start<'a> {
    pub home: &'a Path,
    pub args: &'a [&'a str],
    pub env: &'a [(&'a str, &'a str)],
    pub size: (u16, u16),
}

impl<'a> Start<'a> {
    /// 80 × 24, colours, and a credential store that leaves nothing behind.
    pub fn in_home(home: &'a Path) -> Self {
        Self { home, args: &[], env: &[("FRONTROW_CREDENTIAL_STORE", "memory")], size: (80, 24) }
    }

    pub fn open(self) -> Terminal {
        let (cols, rows) = self.size;
        let pair = native_pty_system().openpty(PtySize { rows, cols, pixel_width: 0, pixel_height: 0 }).unwrap();
        let mut command = CommandBuilder::new(program());
        command.env_clear();
        for (name, value) in [("PATH", "/usr/bin:/bin"), ("TERM", "xterm-256color"), ("LANG", "C.UTF-8")] {
            command.env(name, value);
        }
        command.env("HOME", self.home);
        for (name, value) in self.env {
            command.env(name, value);
        }
        command.args(["--data-dir", "data"]);
        command.args(self.args);
        command.cwd(self.home);
        let before = format!("{:?}", pair.master.get_termios());
        let seen = Seen::new(cols, rows);
        let (mut out, mut reader) = (seen.clone(), pair.master.try_clone_reader().unwrap());
        thread::spawn(move || {
            let mut bytes = [0; 65_536];
            while let Ok(n @ 1..) = reader.read(&mut bytes) {
                out.write_all(&bytes[..n]).expect("memory takes all");
            }
        });
        let child = pair.slave.spawn_command(command).unwrap();
        let keys = pair.master.take_writer().unwrap();
        Terminal { seen, keys, child, last_sent: Instant::now(), master: pair.master, slave: pair.slave, before }
    }
}

impl Terminal {
    /// Types bytes as a keyboard sends them.
    pub fn send(&mut self, bytes: impl AsRef<[u8]>) {
        self.last_sent = Instant::now();
        self.keys.write_all(bytes.as_ref()).unwrap();
        self.keys.flush().unwrap();
    }

    #[track_caller]
    pub fn wait_for(&self, text: &str) {
        self.seen.wait_for(text);
    }

    /// Presses a key that moves the cursor, and waits until it has.
    #[track_caller]
    pub fn step(&mut self, key: &str) -> (u16, u16) {
        let before = self.seen.now().screen().cursor_position();
        self.send(key);
        self.seen.wait_until(&format!("a moved cursor after {key}"), |memory| {
            let (y, x) = memory.screen().cursor_position();
            ((y, x) != before).then_some((x, y))
        })
    }

    /// Waits until nothing has been typed or written for so long.
    #[track_caller]
    pub fn wait_until_quiet(&self, quiet: Duration) {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let last = self.seen.now().writes.last().map_or(self.last_sent, |(at, _)| self.last_sent.max(*at));
            let since = last.elapsed();
            if since >= quiet {
                return;
            }
            assert!(Instant::now() < deadline, "the program never stops writing:\n{}", self.seen.text());
            thread::sleep(quiet - since);
        }
    }

    pub fn pid(&self) -> u32 {
        self.child.process_id().expect("a child has a process id")
    }

    pub fn signal(&self, signal: Signal) {
        let pid = Pid::from_raw(self.pid() as i32).expect("a process id is not 0");
        kill_process(pid, signal).unwrap();
    }

    #[track_caller]
    pub fn wait_for_exit(&mut self) -> ExitStatus {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                self.read_all();
                return status;
            }
            assert!(Instant::now() < deadline, "the program does not end:\n{}", self.seen.text());
            thread::sleep(Duration::from_millis(10));
        }
    }

    /// Everything the program wrote has been read when what is written after it is here.
    fn read_all(&self) {
        let mut echo = CommandBuilder::new("/bin/echo");
        echo.arg("after-the-program");
        self.slave.spawn_command(echo).unwrap().wait().unwrap();
        self.wait_for("after-the-program");
    }

    /// Asserts that the terminal is as the program found it.
    #[track_caller]
    pub fn assert_given_back(&self) {
        let memory = self.seen.now();
        let screen = memory.screen();
        assert!(!screen.alternate_screen(), "the alternate screen is left");
        assert!(!screen.bracketed_paste(), "bracketed paste is off");
        assert!(!screen.hide_cursor(), "the cursor is shown");
        assert_eq!(screen.mouse_protocol_mode(), vt100::MouseProtocolMode::None);
        assert!(!screen.bold() && !screen.inverse() && screen.fgcolor() == vt100::Color::Default, "the pen is plain");
        drop(memory);
        assert_eq!(self.line_discipline(), self.before);
    }

    pub fn line_discipline(&self) -> String {
        format!("{:?}", self.master.get_termios())
    }

    /// Waits until the process is in this state, as /proc names it: `T` for stopped.
    #[track_caller]
    pub fn wait_for_state(&self, state: char) {
        let deadline = Instant::now() + PATIENCE;
        while stat(self.pid()).0 != state {
            assert!(Instant::now() < deadline, "the process never comes into the state {state}");
            thread::sleep(Duration::from_millis(10));
        }
    }

    /// Processor time used so far, in the kernel's ticks, and how often each thread has gone to sleep.
    pub fn work_done(&self) -> (u64, BTreeMap<OsString, u64>) {
        let wakes = fs::read_dir(format!("/proc/{}/task", self.pid())).unwrap().map(|task| {
            let task = task.unwrap();
            let status = fs::read_to_string(task.path().join("status")).unwrap();
            let line = status.lines().find_map(|line| line.strip_prefix("voluntary_ctxt_switches:"));
            (task.file_name(), line.and_then(|n| n.trim().parse().ok()).expect("the kernel counts switches"))
        });
        (stat(self.pid()).1, wakes.collect())
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// State and processor time (user and system) of a process.
fn stat(pid: u32) -> (char, u64) {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    // The name of the program is in brackets and may contain anything.
    let fields: Vec<&str> = stat[stat.rfind(')').unwrap() + 2..].split(' ').collect();
    let ticks = |at: usize| fields[at].parse::<u64>().unwrap();
    (fields[0].chars().next().unwrap(), ticks(11) + ticks(12))
}

/// The parameters of every sequence that sets colours and attributes.
pub fn pens(bytes: &[u8]) -> Vec<u16> {
    let mut pens = Vec::new();
    for (at, _) in bytes.windows(2).enumerate().filter(|(_, pair)| *pair == b"\x1b[") {
        let parameters: Vec<u8> =
            bytes[at + 2..].iter().copied().take_while(|b| b.is_ascii_digit() || *b == b';').collect();
        if bytes.get(at + 2 + parameters.len()) == Some(&b'm') {
            let text = String::from_utf8(parameters).expect("digits are UTF-8");
            pens.extend(text.split(';').map(|parameter| parameter.parse::<u16>().unwrap_or(0)));
        }
    }
    pens
}
