//! `frontrow doctor auth` with real stores.

use crate::{cinema::Cinema, desktop::Desktop, machine::Machine};
use std::{fs, os::unix::fs::PermissionsExt, time::Duration};

#[test]
fn the_doctor_says_which_store_is_used_and_why_and_what_a_mint_takes_and_nothing_secret() {
    let cinema = Cinema::open();
    let Some(desktop) = Desktop::open("the doctor with gnome-keyring", cinema.url()) else { return };
    let machine = &desktop.machine;
    let before = machine.document(&["doctor", "auth"]);
    assert_eq!(before["session"], serde_json::json!({ "signed_in": false }));
    assert_eq!((&before["store"]["kind"], &before["mint_ms"]), (&"secret-service".into(), &serde_json::Value::Null));
    assert!(before["store"]["why"].as_str().unwrap().contains("the first that works"));

    machine.sign_up("Ada");
    let found = machine.document(&["doctor", "auth"]);
    assert_eq!((&found["v"], &found["ok"], &found["store"]["works"]), (&1.into(), &true.into(), &true.into()));
    assert_eq!((&found["provider"], &found["policy"]), (&"local".into(), &"always".into()));
    assert_eq!(found["mint_ms"]["n"], 10);
    let (p50, p95) = (found["mint_ms"]["p50"].as_f64().unwrap(), found["mint_ms"]["p95"].as_f64().unwrap());
    assert!(0.0 < p50 && p50 <= p95, "{found}");
    assert_eq!(found["session"]["user"]["name"], "Ada");
    let entry: serde_json::Value = serde_json::from_str(&desktop.entry().unwrap()).unwrap();
    assert_eq!((&found["session"]["id"], &found["session"]["generation"]), (&entry["sid"], &entry["gen"]));
    assert!(found["session"]["expires_at"].is_string() && found["session"]["skew_s"].is_i64(), "{found}");

    // The box office allows 30 mints at once, and its clock stands still.
    let times = |found: &serde_json::Value| found["mint_ms"]["n"].as_u64().unwrap();
    assert_eq!(times(&machine.document(&["doctor", "auth"])), 10);
    let fewer = machine.document(&["doctor", "auth"]);
    assert!(fewer["ok"] == true && 0 < times(&fewer) && times(&fewer) < 10, "{fewer}");
    cinema.later(Duration::from_secs(60));
    let people = machine.does(&["doctor", "auth"]);
    for part in ["is kept in the desktop's keyring", "A mint takes", "Ada <ada@example.org>"] {
        assert!(people.contains(part), "{people}");
    }
    let credential = entry["cred"].as_str().unwrap();
    for text in [people, found.to_string()] {
        assert!(!text.contains(credential) && !text.contains("eyJ"), "{text}");
    }
}

#[test]
fn an_encrypted_file_keeps_the_sign_in_where_there_is_no_keyring_and_another_passphrase_is_said() {
    let cinema = Cinema::open();
    let mut machine = Machine::new(cinema.url());
    let passphrase = machine.path("passphrase");
    let write = |text: &str| {
        fs::write(&passphrase, text).unwrap();
        fs::set_permissions(&passphrase, fs::Permissions::from_mode(0o600)).unwrap();
    };
    write("open sesame\n");
    machine.set("FRONTROW_CREDENTIAL_STORE", "file");
    let why = machine.document(&["doctor", "auth"])["problems"][0].as_str().unwrap().to_owned();
    assert!(why.contains("there is no passphrase"), "{why}");
    machine.set("FRONTROW_PASSPHRASE_FILE", passphrase.display().to_string());
    assert!(machine.sign_up("Ada").contains("kept in an encrypted file"));
    assert!(machine.does(&["whoami"]).contains("Ada"));
    assert_eq!(machine.files_with("frc_"), Vec::<std::path::PathBuf>::new());

    write("open says me\n");
    for command in ["whoami", "logout"] {
        let why = machine.fails(&[command], 1);
        assert!(why.contains("another passphrase than the one in") && !why.contains("says me"), "{why}");
    }
    fs::set_permissions(&passphrase, fs::Permissions::from_mode(0o644)).unwrap();
    let why = machine.fails(&["whoami"], 1);
    assert!(why.contains("run chmod 600"), "{why}");
    write("open sesame\n");
    assert!(machine.does(&["whoami"]).contains("Ada"));
    machine.does(&["logout"]);
    machine.fails(&["whoami"], 3);
}

#[test]
fn a_passphrase_that_systemd_provides_is_found() {
    let cinema = Cinema::open();
    let mut machine = Machine::new(cinema.url());
    let folder = machine.path("given");
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("frontrow.passphrase"), "open sesame").unwrap();
    fs::set_permissions(folder.join("frontrow.passphrase"), fs::Permissions::from_mode(0o400)).unwrap();
    machine.set("CREDENTIALS_DIRECTORY", folder.display().to_string());
    machine.set("FRONTROW_CREDENTIAL_STORE", "file");
    machine.sign_up("Ada");
    assert!(machine.does(&["whoami"]).contains("Ada"));
}
