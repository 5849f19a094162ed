//! Several programs of one person at once: real processes, one encrypted file, one server.

use crate::house::House;
use std::{
    fs,
    io::Write,
    os::unix::fs::PermissionsExt,
    path::Path,
    process::{Command, Output, Stdio},
};

/// The program in a home of its own, where sign-ins are kept in a file.
fn program(home: &Path, house: &House, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_frontrow"));
    command.env_clear().env("PATH", "/usr/bin:/bin").env("HOME", home).current_dir(home).stdin(Stdio::null());
    command.env("FRONTROW_CREDENTIAL_STORE", "file").env("FRONTROW_PASSPHRASE_FILE", home.join("passphrase"));
    command.args(["--data-dir", "data", "--json", "--server", house.running.url()]).args(args);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

#[track_caller]
fn document(output: &Output) -> serde_json::Value {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn two_processes_whose_credential_is_due_rotate_it_once_and_both_go_on() {
    let house = House::open().await;
    let home = tempfile::tempdir().unwrap();
    let passphrase = home.path().join("passphrase");
    fs::write(&passphrase, "correct horse\n").unwrap();
    fs::set_permissions(&passphrase, fs::Permissions::from_mode(0o600)).unwrap();

    let sign_up = ["login", "--sign-up", "--name", "Ada", "--email", "ada@example.org", "--password-stdin"];
    let mut login = program(home.path(), &house, &sign_up).stdin(Stdio::piped()).spawn().unwrap();
    login.stdin.take().unwrap().write_all(b"correct horse battery\n").unwrap();
    document(&login.wait_with_output().unwrap());

    for (day, generation) in [(1, 2), (2, 3)] {
        house.clock.advance_minutes(25 * 60);
        // Twice: the first call finds that it is due and rotates, the second one uses the successor.
        for _ in 0..2 {
            let both = [(); 2].map(|()| program(home.path(), &house, &["bookings"]).spawn().unwrap());
            for one in both {
                document(&one.wait_with_output().unwrap());
            }
        }
        let found = document(&program(home.path(), &house, &["doctor", "auth"]).output().unwrap());
        assert_eq!(generation_in(&found), Some(generation), "day {day}: {found}");
    }
}

/// The first `generation` that a document says, wherever it stands.
fn generation_in(document: &serde_json::Value) -> Option<u64> {
    match document {
        serde_json::Value::Object(fields) => {
            let here = fields.get("generation").and_then(serde_json::Value::as_u64);
            here.or_else(|| fields.values().find_map(generation_in))
        }
        serde_json::Value::Array(items) => items.iter().find_map(generation_in),
        _ => None,
    }
}
