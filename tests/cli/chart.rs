//! `chart best`: the best seats of a plan, as scripts ask for them.

use super::{frontrow, stderr};
use serde_json::{Value, json};
use std::{fs, path::Path, process::Output};

/// Two rows of eight with an aisle, and a wheelchair space with its companion place behind.
const PLAN: &str = "format = 'cinechart'\nversion = 1\nid = 'small'\nname = 'Small'\n[screen]\nside = 'top'\n\
    [[category]]\nid = 'std'\nname = 'Standard'\nglyph = 'o'\ncolor = 'blue'\n\
    [[section]]\nid = 'm'\npicture = '''\nA ssss_ssss\nB ssss_ssss\nC wc_______\n'''\n";

fn best(home: &Path, args: &[&str]) -> Output {
    fs::write(home.join("small.toml"), PLAN).unwrap();
    frontrow(home, &[&["chart", "best", "small.toml"][..], args].concat()).output().unwrap()
}

#[test]
fn the_best_seats_of_a_plan_are_one_line_of_json_with_nine_decimals() {
    let home = tempfile::tempdir().unwrap();
    fs::write(home.path().join("sold.json"), r#"{"m/B/1": "sold", "m/B/4": {"by": "ann"}, "m/A/1": "free"}"#).unwrap();
    let output = best(home.path(), &["--party", "2", "--state", "sold.json", "--json"]);
    let said = String::from_utf8(output.stdout).unwrap();
    let start = "{\"v\":1,\"closeness\":\"L1\",\"words\":\"together\",\"cost\":0.";
    assert!(said.starts_with(start) && said.ends_with("]}\n"), "{said}");
    let decimals = said[start.len()..].chars().take_while(char::is_ascii_digit).count();
    assert_eq!(decimals, 9, "{said}");
    let document: Value = serde_json::from_str(&said).unwrap();
    // The row at two thirds of the depth has its best seats next to the aisle; on the other side one is sold.
    assert_eq!(document["seats"], json!(["m/B/5", "m/B/6"]), "{said}");
    let alternatives = document["alternatives"].as_array().unwrap();
    assert_eq!(alternatives.len(), 3);
    assert!(alternatives.iter().all(|other| other["closeness"].is_string() && other["cost"].is_f64()), "{said}");

    let output = best(home.path(), &["--party", "2", "--wheelchairs", "1", "--alternatives", "0", "--json"]);
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&document["seats"], &document["alternatives"]), (&json!(["m/C/1", "m/C/2"]), &json!([])));
}

#[test]
fn what_cannot_be_proposed_is_said_in_one_sentence() {
    let home = tempfile::tempdir().unwrap();
    fs::write(home.path().join("other.json"), r#"{"m/Z/1": "sold"}"#).unwrap();
    fs::write(home.path().join("list.json"), "[]").unwrap();
    let cases = [
        (&["--party", "0"][..], 2, "a party has one person at least"),
        (&["--party", "99"], 6, "a party of 99 is too large: 16 seats that suit are free"),
        (&["--party", "9", "--max-rung", "L3"], 6, "no seats for a party of 9; --max-rung beyond L3"),
        (&["--party", "2", "--category", "VIP"], 2, "there is no category \"VIP\"; there are \"Standard\""),
        (&["--party", "2", "--level", "attic"], 2, "there is no level \"attic\""),
        (&["--party", "2", "--alternatives", "1000000000"], 2, "accepted are 0 to 100"),
        (&["--party", "2", "--wheelchairs", "3"], 2, "3 wheelchairs are more than the 2 people"),
        (&["--party", "3", "--wheelchairs", "2"], 6, "with 2 in wheelchairs"),
        (&["--party", "2", "--state", "other.json"], 2, "the plan has no seat \"m/Z/1\""),
        (&["--party", "2", "--state", "list.json"], 2, "not a JSON object of seat ids"),
        (&["--party", "2", "--max-rung", "L9"], 2, "accepted are L1 to L7"),
        (&["--party", "2", "--screen", "up"], 2, "accepted are top, bottom, left and right"),
    ];
    for (args, code, words) in cases {
        let output = best(home.path(), args);
        let said = stderr(&output);
        assert_eq!(output.status.code(), Some(code), "{args:?}: {said}");
        assert!(said.contains(words) && output.stdout.is_empty(), "{args:?}: {said}");
    }
}

#[test]
fn a_level_that_is_none_may_be_a_section() {
    let home = tempfile::tempdir().unwrap();
    let row = |label: &str, y: u32| {
        let seat = |n: u32| {
            json!({ "seat_guid": format!("row {label} {n}"), "seat_number": n.to_string(), "category": "Seats",
                "position": { "x": 25 * n, "y": y } })
        };
        json!({ "row_number": label, "seats": (1..=5).map(seat).collect::<Vec<_>>() })
    };
    let zone = |name: &str, rows: Vec<Value>| json!({ "name": name, "position": { "x": 0, "y": 0 }, "rows": rows });
    let plan = json!({ "name": "Small", "size": { "width": 200, "height": 200 }, "categories": [{ "name": "Seats" }],
        "zones": [zone("Stalls", vec![row("A", 0), row("B", 25)]), zone("Circle", vec![row("C", 100)])] });
    fs::write(home.path().join("plan.json"), plan.to_string()).unwrap();
    // A name that is no id here is known by what became of it.
    fs::write(home.path().join("sold.json"), r#"{"row C 3": "sold"}"#).unwrap();
    let best = |level: &str| {
        let args = ["chart", "best", "plan.json", "--party", "1", "--level", level, "--state", "sold.json", "--json"];
        let output = frontrow(home.path(), &args).output().unwrap();
        serde_json::from_slice::<Value>(&output.stdout).unwrap()
    };
    let circle = best("Circle");
    assert_eq!((&circle["seats"], &circle["cost"]), (&json!(["row-C-2"]), &json!(0.25)), "{circle}");
    assert_eq!(best("Hall")["seats"], json!(["row-B-3"]));
}

#[test]
fn wheelchair_spaces_are_for_everybody_when_nothing_else_of_their_category_is_left() {
    let home = tempfile::tempdir().unwrap();
    let sold: Vec<String> =
        ["A", "B"].iter().flat_map(|row| (1..=8).map(move |seat| format!("\"m/{row}/{seat}\":\"sold\""))).collect();
    fs::write(home.path().join("sold.json"), format!("{{{}}}", sold.join(","))).unwrap();
    let output = best(home.path(), &["--party", "2", "--state", "sold.json", "--json"]);
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(document["seats"], json!(["m/C/1", "m/C/2"]), "{document}");
}
