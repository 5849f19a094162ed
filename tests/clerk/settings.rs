//! What the program says of settings for Clerk with which it cannot begin.

use std::process::{Command, Output, Stdio};

fn bookings(settings: &[(&str, &str)]) -> Output {
    let home = tempfile::tempdir().unwrap();
    let mut frontrow = Command::new(env!("CARGO_BIN_EXE_frontrow"));
    frontrow.env_clear().env("HOME", home.path()).env("LANG", "C.UTF-8").current_dir(home.path());
    frontrow.envs(settings.iter().copied()).env("FRONTROW_AUTH", "clerk").env("FRONTROW_SERVER", "http://127.0.0.1:9");
    frontrow.args(["--data-dir", "data", "bookings"]).stdin(Stdio::null()).output().unwrap()
}

#[test]
fn each_wrong_setting_is_one_sentence() {
    const KEY: &str = "FRONTROW_CLERK_PUBLISHABLE_KEY";
    const ADDRESS: &str = "FRONTROW_CLERK_FRONTEND_API";
    const GOOD: &str = "pk_test_Y2xlcmsuZXhhbXBsZS5jb20k";
    for (settings, part) in [
        (vec![], "set clerk_publishable_key"),
        (vec![(KEY, "sk_live_secret")], "it is a secret key, which belongs on no client"),
        (vec![(KEY, "pk_live_Y2xlcms")], "`clerk_publishable_key` cannot be used"),
        (vec![(KEY, "pk_wrong"), (ADDRESS, "https://clerk.example.com")], "`clerk_publishable_key` cannot be used"),
        (vec![(KEY, GOOD), (ADDRESS, "http://clerk.example.com")], "is not encrypted"),
    ] {
        let output = bookings(&settings);
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains(part) && said.trim().lines().count() == 1, "{said}");
        assert!(!said.contains("sk_live_secret"), "{said}");
    }
    // Nobody is signed in: the settings themselves are accepted.
    for settings in [vec![(KEY, GOOD)], vec![(ADDRESS, "http://127.0.0.1:9")]] {
        let output = bookings(&settings);
        assert_eq!(output.status.code(), Some(3), "{}", String::from_utf8_lossy(&output.stderr));
    }
}
