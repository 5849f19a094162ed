//! The house stays as it was drawn (docs/architecture.md): a room uses only the rooms it may, and the pure rooms do
//! nothing impure. The sources are read as text; comments and tests inside a file do not count.

use std::{collections::BTreeMap, fs, path::Path};

/// Which rooms each room may use. `main`, `app` and `cli` put everything together.
const ARROWS: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("wire", &["domain"]),
    ("store", &["domain"]),
    ("input", &["domain", "store"]),
    ("ui", &["domain", "input", "store::select"]),
    ("effects", &["domain", "store"]),
    ("auth", &["domain", "effects::ports", "platform"]),
    ("api", &["domain", "wire", "auth", "effects::ports"]),
    ("server", &["domain", "wire"]),
    ("platform", &["domain", "effects::ports"]),
    ("export", &["domain"]),
    ("config", &["domain", "input::keymap", "ui::theme", "platform"]),
    ("term", &["domain", "input", "ui", "store", "effects"]),
];

/// Words that must not stand in the code of these rooms.
const FORBIDDEN: &[(&[&str], &[&str])] = &[
    (
        &["domain", "wire", "store", "input", "ui"],
        &[
            "tokio",
            "reqwest",
            "async fn",
            "Instant::now",
            "SystemTime",
            "Timestamp::now",
            "std::fs",
            "std::net",
            "std::env",
            "thread::",
        ],
    ),
    (&["domain", "wire", "store", "input", "effects", "auth", "api", "server", "platform", "config"], &["ratatui"]),
    (&["domain", "wire", "store", "ui", "effects", "auth", "api", "server", "export", "config"], &["crossterm"]),
    (
        &[
            "domain", "wire", "store", "input", "ui", "effects", "auth", "api", "platform", "export", "config", "term",
            "app", "cli",
        ],
        &["sqlx", "axum"],
    ),
    (
        &[
            "domain", "wire", "store", "input", "ui", "effects", "auth", "api", "server", "platform", "export",
            "config", "term", "cli", "app",
        ],
        &["anyhow"],
    ),
    // Below the composition root nobody asks the system for time or randomness.
    (
        &["effects", "auth", "api", "server", "term"],
        &["SystemTime", "Timestamp::now", "std::time::Instant", "getrandom", "Uuid::now"],
    ),
    // Raw symbols could carry escape sequences to the terminal.
    (&["ui", "term"], &["set_symbol", "append_symbol"]),
    (&["ui", "store"], &["emoji", "\u{fe0f}"]),
];

#[test]
fn arrows_only_point_down() {
    let mut wrong = Vec::new();
    for (file, code) in sources() {
        let Some((room, allowed)) = ARROWS.iter().find(|(room, _)| in_room(&file, room)) else { continue };
        for used in uses(&code) {
            let own = used == *room || used.starts_with(&format!("{room}::"));
            let fine = own || allowed.iter().any(|a| used == *a || used.starts_with(&format!("{a}::")));
            if !fine {
                wrong.push(format!("{file} uses crate::{used}; {room} may use {allowed:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn pure_rooms_do_nothing_impure() {
    let mut wrong = Vec::new();
    for (file, code) in sources() {
        for (rooms, words) in FORBIDDEN {
            if !rooms.iter().any(|room| in_room(&file, room)) {
                continue;
            }
            for (i, line) in code.lines().enumerate() {
                for word in words.iter().filter(|w| line.contains(**w)) {
                    wrong.push(format!("{file}:{}: {word}: {}", i + 1, line.trim()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_screen_never_sees_the_state() {
    let leaks: Vec<_> = sources()
        .into_iter()
        .filter(|(file, code)| in_room(file, "ui") && code.contains("store::state"))
        .map(|(file, _)| file)
        .collect();
    assert!(leaks.is_empty(), "{leaks:?}");
}

#[test]
fn no_file_grows_past_what_one_can_hold_in_the_head() {
    let long: Vec<_> =
        sources_with_tests().into_iter().filter(|(_, code)| code.lines().count() > 700).map(|(f, _)| f).collect();
    assert!(long.is_empty(), "files over 700 lines: {long:?}");
}

fn in_room(file: &str, room: &str) -> bool {
    file == format!("{room}.rs") || file.starts_with(&format!("{room}/"))
}

/// Every `crate::…` path of a file, groups taken apart one level: `crate::{domain::ids, store}` gives both.
fn uses(code: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (at, _) in code.match_indices("crate::") {
        let rest = &code[at + "crate::".len()..];
        let head = path(rest);
        let group = rest[head.len()..].strip_prefix("::{").or_else(|| rest.strip_prefix('{'));
        match group {
            Some(group) if head.is_empty() => found.extend(group_members(group)),
            Some(group) => found.extend(group_members(group).iter().map(|m| format!("{head}::{m}"))),
            None => found.push(head),
        }
    }
    found.retain(|p| !p.is_empty());
    found
}

/// The members of a use group, with nested groups expanded so that `store::{select::X, state::Y}` gives two paths.
fn group_members(group: &str) -> Vec<String> {
    let (mut members, mut prefix, mut word) = (Vec::new(), vec![String::new()], String::new());
    for c in group.chars() {
        match c {
            '{' => {
                prefix.push(format!("{}{}", prefix.last().unwrap(), word.trim()));
                word.clear();
            }
            '}' | ',' => {
                if !word.trim().is_empty() {
                    members.push(format!("{}{}", prefix.last().unwrap(), word.trim()));
                }
                word.clear();
                if c == '}' {
                    prefix.pop();
                    if prefix.is_empty() {
                        return members;
                    }
                }
            }
            c => word.push(c),
        }
    }
    members
}

fn path(text: &str) -> String {
    let end = text.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':')).unwrap_or(text.len());
    text[..end].trim_end_matches(':').to_owned()
}

fn sources() -> BTreeMap<String, String> {
    let is_code = |file: &str| !file.ends_with("/tests.rs");
    let all = sources_with_tests().into_iter().filter(|(file, _)| is_code(file));
    all.map(|(file, text)| (file, without_tests(&text))).collect()
}

fn sources_with_tests() -> BTreeMap<String, String> {
    fn read(folder: &Path, root: &Path, into: &mut BTreeMap<String, String>) {
        for entry in fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()) {
            if entry.is_dir() {
                read(&entry, root, into);
            } else if entry.extension().is_some_and(|e| e == "rs") {
                let name = entry.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/");
                into.insert(name, fs::read_to_string(&entry).unwrap());
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut all = BTreeMap::new();
    read(&root, &root, &mut all);
    assert!(all.len() > 50, "the sources were found");
    all
}

/// The code without comments and without the test module at a file's end.
fn without_tests(text: &str) -> String {
    let code = text.split("#[cfg(test)]\nmod ").next().unwrap_or(text);
    code.lines().map(|line| if line.trim_start().starts_with("//") { "" } else { line }).collect::<Vec<_>>().join("\n")
}
