//! The real program, from signing in to signing out, in a home that is thrown away.

use crate::{
    authority::{Authority, Decision, Ways},
    browser,
};
use serde_json::{Value, json};
use std::{fs, process::Stdio};
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, BufReader, Lines},
    process::{Child, ChildStderr, Command},
};

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

    fn start(&self, authority: &Authority, args: &[&str]) -> Child {
        let mut command = Command::new(env!("CARGO_BIN_EXE_frontrow"));
        command.env_clear().env("HOME", self.0.path()).env("LANG", "C.UTF-8").current_dir(self.0.path());
        command
            .env("FRONTROW_SERVER", "http://127.0.0.1:9")
            .env("FRONTROW_OAUTH_ISSUER", authority.url.as_str())
            .env("FRONTROW_OAUTH_SCOPES", "openid profile")
            .env("FRONTROW_CREDENTIAL_STORE", "file")
            .env("FRONTROW_PASSPHRASE_FILE", "passphrase");
        command.args(["--data-dir", "data"]).args(args).kill_on_drop(true);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    }

    /// Runs a command to its end: its exit code and its document.
    async fn json(&self, authority: &Authority, args: &[&str]) -> (Option<i32>, Value) {
        ended(self.start(authority, &[&["--auth", "oauth"], args, &["--json"]].concat())).await
    }
}

async fn ended(mut child: Child) -> (Option<i32>, Value) {
    let mut text = String::new();
    child.stdout.take().unwrap().read_to_string(&mut text).await.unwrap();
    assert!(!text.contains("refresh-") && !text.contains("access-"), "{text}");
    let document = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
    (child.wait().await.unwrap().code(), document)
}

/// The next line that has `mark` in it.
async fn line_with(lines: &mut Lines<BufReader<ChildStderr>>, mark: &str) -> String {
    loop {
        let line = lines.next_line().await.unwrap().unwrap_or_else(|| panic!("nothing said {mark}"));
        if line.contains(mark) {
            return line;
        }
    }
}

#[tokio::test]
async fn an_approval_on_another_device_signs_in_until_the_sign_out() {
    let authority = Authority::open(Ways::default()).await;
    let home = Home::new();
    let mut login = home.start(&authority, &["login", "--provider", "oauth", "--device", "--json"]);
    let mut said = BufReader::new(login.stderr.take().unwrap()).lines();
    let line = line_with(&mut said, "this code:").await;
    authority.decide(line.rsplit(' ').next().unwrap(), Decision::Approved);
    let (code, signed_in) = ended(login).await;
    assert_eq!((code, &signed_in["user"]["id"]), (Some(0), &json!("u1")), "{signed_in}");
    assert_eq!((&signed_in["provider"], &signed_in["v"]), (&json!("oauth"), &json!(1)));

    let (code, person) = home.json(&authority, &["whoami"]).await;
    assert_eq!((code, &person["user"]["email"]), (Some(0), &json!("ada@example.org")), "{person}");
    assert_eq!(authority.book().refreshes, 1, "one token proves it");
    let (code, doctor) = home.json(&authority, &["doctor", "auth"]).await;
    assert_eq!((code, &doctor["mint_ms"]["n"], &doctor["store"]["kind"]), (Some(0), &json!(10), &json!("file")));
    assert!(!authority.book().reuse_detected, "each refresh token was used once");

    let (code, signed_out) = home.json(&authority, &["logout"]).await;
    assert_eq!((code, &signed_out["signed_out"]), (Some(0), &json!(true)));
    assert_eq!(authority.book().revoked.len(), 1);
    assert_eq!(home.json(&authority, &["whoami"]).await.0, Some(3));
}

#[tokio::test]
async fn the_browser_signs_in() {
    let authority = Authority::open(Ways::default()).await;
    let home = Home::new();
    let mut login = home.start(&authority, &["login", "--provider", "oauth", "--browser", "--json"]);
    let mut said = BufReader::new(login.stderr.take().unwrap()).lines();
    let address = line_with(&mut said, "/authorize?").await;
    let sent = browser().get(address.trim()).send().await.unwrap();
    let page = browser().get(sent.headers()["location"].to_str().unwrap()).send().await.unwrap();
    assert_eq!(page.status(), 200);
    let (code, signed_in) = ended(login).await;
    assert_eq!((code, &signed_in["user"]["id"]), (Some(0), &json!("u1")), "{signed_in}");
}

#[tokio::test]
async fn a_no_is_one_sentence_and_nobody_is_signed_in() {
    let authority = Authority::open(Ways::default()).await;
    let home = Home::new();
    let mut login = home.start(&authority, &["login", "--provider", "oauth", "--device"]);
    let mut said = BufReader::new(login.stderr.take().unwrap()).lines();
    let line = line_with(&mut said, "this code:").await;
    authority.decide(line.rsplit(' ').next().unwrap(), Decision::Denied);
    let why = line_with(&mut said, "not approved").await;
    assert!(why.starts_with("frontrow: "), "{why}");
    assert_eq!(login.wait().await.unwrap().code(), Some(3));
    assert_eq!(home.json(&authority, &["whoami"]).await.0, Some(3));
}
