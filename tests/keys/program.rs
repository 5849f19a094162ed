//! `frontrow --keys` and files of keys, with the real program; and the page that lists the keys.

use frontrow::input::{
    command::Command as Wish,
    keymap::{Context, DEFAULT, Keymap, name},
};
use serde_json::Value;
use std::{
    fmt::Write,
    fs,
    path::Path,
    process::{Command, Output},
};
use strum::IntoEnumIterator;

/// The program in a folder of its own, with these keys in it.
fn run(keys: &str, args: &[&str]) -> Output {
    let home = tempfile::tempdir().unwrap();
    fs::create_dir(home.path().join("data")).unwrap();
    if !keys.is_empty() {
        fs::write(home.path().join("data/keymap.toml"), keys).unwrap();
    }
    let mut command = Command::new(env!("CARGO_BIN_EXE_frontrow"));
    command.env_clear().env("HOME", home.path()).env("LANG", "C.UTF-8").current_dir(home.path());
    command.args(["--data-dir", "data"]).args(args).output().unwrap()
}

fn document(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|e| panic!("{e}: {output:?}"))
}

/// The entries of a context for a command.
fn entries<'a>(document: &'a Value, context: &str, command: &str) -> Vec<&'a Value> {
    let all = document["keys"].as_array().unwrap();
    all.iter().filter(|entry| entry["context"] == context && entry["command"] == command).collect()
}

#[test]
fn the_keys_are_printed_as_a_table_and_as_a_document() {
    let output = run("", &["--keys"]);
    assert!(output.status.success(), "{output:?}");
    let table = String::from_utf8(output.stdout).unwrap();
    assert!(table.lines().any(|l| l.starts_with("seats") && l.contains("zoom-in") && l.ends_with("larger")), "{table}");
    let document = document(&run("", &["--keys", "--json"]));
    assert_eq!(document["v"], 1);
    let level = entries(&document, "seats", "level");
    assert_eq!(level[0]["keys"], serde_json::json!(["[", "]"]));
    assert_eq!(level[0]["ways"], serde_json::json!(["previous", "next"]));
    let missing: Vec<&str> = Wish::iter()
        .map(Wish::name)
        .filter(|name| document["keys"].as_array().unwrap().iter().all(|entry| entry["command"] != *name))
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn keys_of_ones_own_are_found_beside_the_settings_and_where_they_are_named() {
    let own = "[[seats]]\nkeys = [\"w\"]\ndo = \"zoom-in\"\n";
    let found = document(&run(own, &["--keys", "--json"]));
    let zoom = entries(&found, "seats", "zoom-in");
    assert_eq!(zoom.iter().map(|entry| entry["keys"].clone()).collect::<Vec<_>>()[1], serde_json::json!(["w"]));
    let refused = run(own, &["--keys", "--json", "--keymap", "data/other.toml"]);
    assert_eq!(refused.status.code(), Some(2));
    let why = document(&refused)["error"]["message"].as_str().unwrap().to_owned();
    assert_eq!(why, "the keymap data/other.toml does not exist");
}

#[test]
fn a_fault_in_a_file_of_keys_names_the_file_the_line_and_what_is_accepted() {
    let output = run("# mine\n[[seats]]\nkeys = [\"w\"]\ndo = \"zoomin\"\n", &["--keys"]);
    assert_eq!(output.status.code(), Some(2));
    let why = String::from_utf8(output.stderr).unwrap();
    assert!(why.contains("keymap.toml, line 2: ") && why.contains("near it: zoom-in"), "{why}");
    assert_eq!(why.trim_end().lines().count(), 1, "{why}");
    let output = run("", &["--keys", "movies"]);
    assert_eq!(output.status.code(), Some(2));
}

/// The lists of `docs/keys.md`, made from the default keymap.
fn lists() -> String {
    let keymap: Keymap = DEFAULT.parse().unwrap();
    let mut text = String::new();
    for context in Context::iter() {
        let _ = writeln!(text, "### `{}`\n\n| Keys | Command | What it does |\n|---|---|---|", context.name());
        for binding in keymap.bindings(context) {
            let keys: Vec<String> = binding.keys.iter().map(|key| format!("`{}`", name(*key))).collect();
            let usage = binding.command.usage().replace('|', "\\|");
            let _ = writeln!(text, "| {} | {usage} | {} |", keys.join(" "), binding.say);
        }
        text.push('\n');
    }
    text
}

#[test]
fn the_page_about_keys_is_what_the_default_keymap_says() {
    const MARK: &str =
        "<!-- made from assets/keymap.toml; `INSTA_UPDATE=always cargo test --test keys` renews it -->\n\n";
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/keys.md");
    let page = fs::read_to_string(&path).unwrap();
    let (words, written) = page.split_once(MARK).expect("the page has its mark");
    if std::env::var("INSTA_UPDATE").is_ok_and(|how| how == "always") {
        fs::write(&path, format!("{words}{MARK}{}\n", lists().trim_end())).unwrap();
    } else {
        assert_eq!(written.trim_end(), lists().trim_end());
    }
}
