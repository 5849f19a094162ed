//! `--auth oauth`: what the settings must say.

use super::frontrow;
use std::fs;

#[test]
fn settings_that_cannot_work_are_refused_in_one_sentence() {
    let home = tempfile::tempdir().unwrap();
    let why = |settings: &str| {
        fs::write(home.path().join("config.toml"), format!("auth = \"oauth\"\n{settings}\n")).unwrap();
        let args = ["--config", "config.toml", "--server", "http://127.0.0.1:9", "whoami"];
        let output = frontrow(home.path(), &args).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{settings}");
        super::stderr(&output)
    };
    assert!(why("").contains("set oauth_issuer"));
    let issuer = "oauth_issuer = \"https://id.example.org\"";
    assert!(why(&format!("{issuer}\noauth_client_id = \"\"")).contains("set oauth_client_id"));
    assert!(why("oauth_issuer = \"http://id.example.org\"").contains("is not encrypted"));
}
