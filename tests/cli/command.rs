//! `--auth command`: the tokens come from a command of the person's own.

use super::{Cinema, EMAIL, PASSWORD};
use serde_json::{Value, json};
use std::{fs, path::PathBuf};

/// A cinema at which Ada has an account, and a folder in which the commands look for `token.txt`.
struct Stage {
    cinema: Cinema,
    access_token: String,
}

impl Stage {
    fn set() -> Self {
        let cinema = Cinema::open_by_url();
        let account = json!({ "email": EMAIL, "password": PASSWORD, "name": "Ada" });
        let access_token = post(&cinema, "v1/auth/sign-up", &account)["access_token"].as_str().unwrap().to_owned();
        fs::write(cinema.home.path().join("token.txt"), format!("{access_token}\n")).unwrap();
        Self { cinema, access_token }
    }

    fn file(&self, name: &str) -> PathBuf {
        self.cinema.home.path().join(name)
    }

    /// The document of a command that must succeed with tokens from `line`.
    fn json(&self, line: &str, args: &[&str]) -> Value {
        self.cinema.json(&[&["--auth", "command", "--auth-command", line][..], args].concat())
    }

    /// The error of a command that must end with this exit code.
    fn error(&self, line: &str, args: &[&str], code: i32) -> Value {
        self.cinema.error(&[&["--auth", "command", "--auth-command", line][..], args].concat(), code)
    }
}

fn post(cinema: &Cinema, path: &str, body: &Value) -> Value {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let url = format!("{}/{path}", cinema.url);
        let answer = client().post(url).json(body).send().await.unwrap();
        answer.error_for_status().unwrap().json().await.unwrap()
    })
}

fn client() -> reqwest::Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().no_proxy().build().unwrap()
}

#[test]
fn a_token_from_a_command_is_enough_for_a_call_and_the_command_runs_once_for_each() {
    let stage = Stage::set();
    let line = "sh -c \"echo $FRONTROW_SERVER >> runs; cat token.txt\"";
    assert_eq!(stage.json(line, &["bookings"])["bookings"], json!([]));
    let runs = || fs::read_to_string(stage.file("runs")).unwrap();
    assert_eq!(runs(), format!("{}\n", stage.cinema.url), "once, and it is told the server");
    assert_eq!(stage.json(line, &["bookings"])["bookings"], json!([]));
    assert_eq!(runs().lines().count(), 2);
    stage.json(line, &["movies"]);
    assert_eq!(runs().lines().count(), 2, "what needs nobody needs no token");
}

#[test]
fn a_seat_is_sold_with_a_token_from_a_command() {
    let stage = Stage::set();
    let show = stage.cinema.show();
    let booking = stage.json("cat token.txt", &["book", &show, "--party", "1", "--pay", "demo"])["booking"].clone();
    assert_eq!(booking["status"], "paid");
    assert_eq!(stage.json("cat token.txt", &["bookings"])["bookings"][0]["code"], booking["code"]);
}

#[test]
fn who_is_signed_in_is_whose_token_the_command_prints() {
    let stage = Stage::set();
    let whoami = stage.json("cat token.txt", &["whoami"]);
    assert_eq!(whoami["user"]["email"], EMAIL);
    assert_eq!(whoami["kept_in"], "no store, as your command gives a token for each call");
    assert!(!stage.file("data/credential-store").exists(), "nothing is kept");
}

#[test]
fn a_command_that_gives_no_good_token_ends_in_one_sentence() {
    let stage = Stage::set();
    let why = |line: &str, code: i32| stage.error(line, &["bookings"], code)["message"].as_str().unwrap().to_owned();
    assert!(why("true", 1).contains("printed nothing"));
    assert!(why("cat token.txt token.txt", 1).contains("printed 2 lines"));
    assert!(why("echo locked >&2; exit 2", 1).contains("exit status: 2 and said: locked"));
    assert_eq!(stage.error("echo not-a-token", &["bookings"], 3)["code"], "invalid_token");
    assert_eq!(stage.error("", &["bookings"], 2)["code"], "bad_setting");
    for message in [why("cat token.txt token.txt", 1), why("cat token.txt; exit 1", 1)] {
        assert!(!message.contains(&stage.access_token));
    }
}

#[test]
fn a_command_that_hangs_is_given_up() {
    let stage = Stage::set();
    fs::write(stage.file("config.toml"), "auth = \"command\"\nauth_command = \"sleep 60\"\nauth_command_timeout = 1\n")
        .unwrap();
    let error = stage.cinema.error(&["--config", "config.toml", "bookings"], 1);
    assert!(error["message"].as_str().unwrap().contains("did not end within 1 s"), "{error}");
}

#[test]
fn a_kiosk_runs_no_command() {
    let stage = Stage::set();
    let settings = "kiosk = true\nauth = \"command\"\nauth_command = \"touch ran; cat token.txt\"\n";
    fs::write(stage.file("config.toml"), settings).unwrap();
    let error = stage.cinema.error(&["--config", "config.toml", "bookings"], 2);
    assert!(error["message"].as_str().unwrap().contains("refused in kiosk mode"), "{error}");
    assert!(!stage.file("ran").exists());
}

#[test]
fn there_is_nothing_to_sign_out_of() {
    let stage = Stage::set();
    let error = stage.error("cat token.txt", &["logout"], 6);
    assert!(error["message"].as_str().unwrap().contains("nothing to forget"), "{error}");
}
