//! The Linux kernel's keyring, for programs in login sessions of their own.

use crate::{
    cinema::Cinema,
    machine::{Machine, PASSWORD, finish, lacks, left_out, said, typed},
};
use std::process::{Command, Stdio};

/// A machine whose sign-in the kernel keeps; it is taken out again at the end.
struct Kernel {
    machine: Machine,
}

impl Kernel {
    fn open(test: &str, cinema: &Cinema) -> Option<Self> {
        if lacks(test, &["keyctl"]) {
            return None;
        }
        let mut machine = Machine::new(cinema.url());
        machine.set("FRONTROW_CREDENTIAL_STORE", "keyutils");
        let allowed = machine.command("keyctl").args(["session", "-", "keyctl", "get_persistent", "@s"]).output();
        let allowed = allowed.unwrap();
        if !allowed.status.success() {
            left_out(test, &format!("the kernel does not let this process keep keys: {}", said(&allowed).trim()));
            return None;
        }
        Some(Self { machine })
    }

    /// A command in a login session of its own.
    fn elsewhere(&self, words: &[&str]) -> Command {
        let mut command = self.machine.command("keyctl");
        command.args(["session", "-"]).args(words).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Words of the kernel's own tool in another session; `None` when it fails.
    fn keyctl(&self, script: &str) -> Option<String> {
        let script = format!("ring=$(keyctl get_persistent @s) && {script}");
        let mut command = self.elsewhere(&["sh", "-c", &script]);
        let output = command.output().unwrap();
        output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// The entry as the kernel's own tool sees it.
    fn entry(&self) -> Option<String> {
        let key = format!("keyring:{}@frontrow", self.machine.account());
        self.keyctl(&format!("keyctl pipe $(keyctl search $ring user '{key}')"))
    }
}

impl Drop for Kernel {
    fn drop(&mut self) {
        let _ = self.machine.run(&["logout"]);
    }
}

#[test]
fn a_sign_in_is_there_in_another_session_which_books() {
    let cinema = Cinema::open();
    let Some(kernel) = Kernel::open("a sign-in in the kernel's keyring", &cinema) else { return };
    let machine = &kernel.machine;
    let login = ["login", "--sign-up", "--email", "ada@example.org", "--name", "Ada", "--password-stdin"];
    let (output, said) = typed(&mut kernel.elsewhere(&machine.words(&login)), PASSWORD);
    assert!(output.status.success() && said.contains("the Linux kernel's keyring"), "{said}");
    assert!(kernel.entry().unwrap().contains("\"cred\":\"frc_"));

    let (show, seat) = cinema.free_seat();
    let booked = finish(kernel.elsewhere(&machine.words(&["book", &show, &seat])).spawn().unwrap());
    assert!(booked.status.success(), "{}", crate::machine::said(&booked));
    // Without a session keyring of its own, as from cron or a service.
    assert!(machine.does(&["whoami"]).contains("Ada"));

    machine.does(&["logout"]);
    assert_eq!(kernel.entry(), None);
    machine.fails(&["whoami"], 3);
}

#[test]
fn what_another_session_writes_is_what_a_session_that_has_read_before_reads_next() {
    let cinema = Cinema::open();
    let Some(kernel) = Kernel::open("one key for all sessions", &cinema) else { return };
    let machine = &kernel.machine;
    machine.sign_up("Ada");
    let (sign_up, whoami) = (["login", "--sign-up", "--email", "grace@example.org", "--name", "Grace"], ["whoami"]);
    let sign_up = [machine.words(&sign_up), vec!["--password-stdin"]].concat().join(" ");
    let whoami = machine.words(&whoami).join(" ");
    let script = format!("{whoami} && echo '{PASSWORD}' | keyctl session - {sign_up} && {whoami}");
    let output = kernel.elsewhere(&["sh", "-c", &script]).output().unwrap();
    let said = said(&output);
    let names: Vec<_> = said.lines().filter(|line| line.contains(" at http")).collect();
    assert!(output.status.success() && names.len() == 2, "{said}");
    assert!(names[0].starts_with("Ada") && names[1].starts_with("Grace"), "{said}");
}

#[test]
fn garbage_in_the_kernels_entry_is_said_in_one_sentence() {
    let cinema = Cinema::open();
    let Some(kernel) = Kernel::open("garbage in the kernel's keyring", &cinema) else { return };
    kernel.machine.sign_up("Ada");
    let key = format!("keyring:{}@frontrow", kernel.machine.account());
    for garbage in ["garbage", r"\377\376", r"\033[2J"] {
        let written = kernel.keyctl(&format!("printf '{garbage}' | keyctl padd user '{key}' $ring"));
        assert!(written.is_some());
        let why = kernel.machine.fails(&["whoami"], 3);
        assert!(why.contains("frontrow login") && !why.contains('\u{1b}'), "{why}");
    }
    kernel.machine.sign_in("Ada");
    assert!(kernel.machine.does(&["whoami"]).contains("Ada"));
}
