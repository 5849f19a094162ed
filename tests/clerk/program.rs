//! The real program, from signing in to signing out, in a home that is thrown away.

use crate::fapi::{CODE, Clerk, EMAIL, PASSWORD, Rules, TICKET, USER};
use serde_json::{Value, json};
use std::{
    fs,
    io::Write,
    path::Path,
    process::{Command, Output, Stdio},
};
use tempfile::TempDir;

/// Somebody's home, whose sign-ins are kept in an encrypted file.
struct Home(TempDir);

impl Home {
    fn new() -> Self {
        let home = tempfile::tempdir().unwrap();
        fs::write(home.path().join("passphrase"), "open sesame\n").unwrap();
        #[cfg(unix)]
        fs::set_permissions(home.path().join("passphrase"), std::os::unix::fs::PermissionsExt::from_mode(0o600))
            .unwrap();
        Self(home)
    }

    /// Runs a command that is given these lines on standard input.
    async fn run(&self, clerk: &Clerk, args: &[&str], lines: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_frontrow"));
        command.env_clear().env("HOME", self.0.path()).env("LANG", "C.UTF-8").current_dir(self.0.path());
        command
            .env("FRONTROW_SERVER", "http://127.0.0.1:9")
            .env("FRONTROW_CLERK_PUBLISHABLE_KEY", "pk_test_Y2xlcmsuZXhhbXBsZS5jb20k")
            .env("FRONTROW_CLERK_FRONTEND_API", clerk.url.as_str())
            .env("FRONTROW_CREDENTIAL_STORE", "file")
            .env("FRONTROW_PASSPHRASE_FILE", "passphrase");
        command.args(["--data-dir", "data"]).args(args);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let given: String = lines.iter().map(|line| format!("{line}\n")).collect();
        let run = move || {
            let mut child = command.spawn().unwrap();
            // A command that fails before it has read everything closes its end.
            let _ = child.stdin.take().unwrap().write_all(given.as_bytes());
            child.wait_with_output().unwrap()
        };
        let output = tokio::task::spawn_blocking(run).await.unwrap();
        self.holds_no_secret(&output);
        output
    }

    /// Runs a command that must succeed, and gives its document.
    async fn json(&self, clerk: &Clerk, args: &[&str], lines: &[&str]) -> Value {
        let output = self.run(clerk, &[args, &["--json"]].concat(), lines).await;
        assert_eq!(output.status.code(), Some(0), "{args:?}: {output:?}");
        serde_json::from_slice(&output.stdout).unwrap()
    }

    /// What was typed, and what Clerk gave, is in no answer and in no file.
    fn holds_no_secret(&self, output: &Output) {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let mut texts = vec![text(&output.stdout), text(&output.stderr)];
        collect(&self.0.path().join("data"), &mut texts);
        for secret in [PASSWORD, TICKET, "client-jwt-", "eyJ"] {
            assert!(texts.iter().all(|text| !text.contains(secret)), "{secret}: {output:?}");
        }
    }
}

/// The texts of all files in a folder.
fn collect(folder: &Path, texts: &mut Vec<String>) {
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => collect(&path, texts),
            false => texts.push(String::from_utf8_lossy(&fs::read(path).unwrap()).into_owned()),
        }
    }
}

const LOGIN: [&str; 6] = ["login", "--provider", "clerk", "--email", EMAIL, "--code-stdin"];

#[tokio::test]
async fn a_password_and_a_code_of_the_authenticator_sign_in_until_the_sign_out() {
    let clerk = Clerk::open(Rules { second_factors: vec!["totp"], ..Rules::default() }).await;
    let home = Home::new();
    let login = [&LOGIN[..], &["--password-stdin"]].concat();
    let signed_in = home.json(&clerk, &login, &[PASSWORD, CODE]).await;
    assert_eq!((&signed_in["user"]["id"], &signed_in["provider"]), (&json!(USER), &json!("clerk")));
    assert_eq!(signed_in["kept_in"], "an encrypted file in the data folder");

    let before = clerk.mints();
    let person = home.json(&clerk, &["--auth", "clerk", "whoami"], &[]).await;
    assert_eq!((&person["user"]["email"], &person["provider"]), (&json!(EMAIL), &json!("clerk")));
    assert_eq!(clerk.mints(), before + 1, "one token proves it");

    let doctor = home.json(&clerk, &["--auth", "clerk", "doctor", "auth"], &[]).await;
    assert_eq!((&doctor["ok"], &doctor["store"]["kind"]), (&json!(true), &json!("file")), "{doctor}");
    assert_eq!((&doctor["session"]["signed_in"], &doctor["mint_ms"]["n"]), (&json!(true), &json!(10)), "{doctor}");

    let signed_out = home.json(&clerk, &["--auth", "clerk", "logout"], &[]).await;
    assert_eq!((signed_out["signed_out"].clone(), clerk.sessions()), (json!(true), 0));
    let nobody = home.run(&clerk, &["--auth", "clerk", "whoami", "--json"], &[]).await;
    assert_eq!(nobody.status.code(), Some(3), "{nobody:?}");
    clerk.is_content();
}

#[tokio::test]
async fn a_code_by_mail_and_a_ticket_sign_in() {
    let clerk = Clerk::open(Rules::default()).await;
    let home = Home::new();
    let by_mail = home.json(&clerk, &[&LOGIN[..], &["--email-code"]].concat(), &[CODE]).await;
    assert_eq!((&by_mail["user"]["id"], clerk.sent()), (&json!(USER), vec!["idn_email".to_owned()]));
    let by_ticket = home.json(&clerk, &["login", "--provider", "clerk", "--ticket-stdin"], &[TICKET]).await;
    assert_eq!(by_ticket["user"]["id"], USER);
    clerk.is_content();
}

#[tokio::test]
async fn what_is_wrong_is_one_sentence_and_keeps_nobody_signed_in() {
    let clerk = Clerk::open(Rules { second_factors: vec!["totp"], ..Rules::default() }).await;
    let home = Home::new();
    let login = [&LOGIN[..], &["--password-stdin"]].concat();
    let without_code = ["login", "--provider", "clerk", "--email", EMAIL, "--password-stdin"];
    for (args, lines, part) in [
        (&login[..], &["wrong password", CODE][..], "form_password_incorrect"),
        (&login[..], &[PASSWORD, "000000"][..], "form_code_incorrect"),
        (&without_code[..], &[PASSWORD][..], "--code-stdin"),
        (&["login", "--provider", "clerk", "--browser"][..], &[][..], "does not sign in by --browser"),
    ] {
        let output = home.run(&clerk, args, lines).await;
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success() && said.contains(part) && said.trim().lines().count() == 1, "{said}");
        assert!(!said.contains("wrong password") && !said.contains("000000"), "{said}");
        let nobody = home.run(&clerk, &["--auth", "clerk", "whoami"], &[]).await;
        assert_eq!(nobody.status.code(), Some(3), "{nobody:?}");
    }
}

#[tokio::test]
async fn a_session_that_clerk_has_ended_is_said_once_and_forgotten() {
    let clerk = Clerk::open(Rules::default()).await;
    let home = Home::new();
    home.json(&clerk, &[&LOGIN[..5], &["--password-stdin"]].concat(), &[PASSWORD]).await;
    clerk.end_sessions();
    let mut said = Vec::new();
    for _ in 0..2 {
        let output = home.run(&clerk, &["--auth", "clerk", "whoami"], &[]).await;
        assert_eq!(output.status.code(), Some(3), "{output:?}");
        said.push(String::from_utf8(output.stderr).unwrap());
    }
    assert!(said[0].contains("your sign-in has ended") || said[0].contains("Your sign-in has ended"), "{said:?}");
    assert!(said[1].to_lowercase().contains("nobody is signed in"), "{said:?}");
}
