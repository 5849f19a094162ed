//! `frontrow device`: other devices, seen from the command line.

use super::{Cinema, document, stderr};
use serde_json::{Value, json};

/// A device that asks to be let in: its two codes.
fn ask(cinema: &Cinema, label: &str) -> (String, String) {
    let body = format!("client_id=frontrow&device_label={label}");
    let told = post(cinema, "/oauth/device_authorization", "application/x-www-form-urlencoded", body);
    let field = |name: &str| told[name].as_str().unwrap_or_else(|| panic!("{told}")).to_owned();
    (field("user_code"), field("device_code"))
}

fn poll(cinema: &Cinema, device_code: &str) -> Value {
    let grant = "urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Adevice_code";
    let body = format!("grant_type={grant}&client_id=frontrow&device_code={device_code}");
    post(cinema, "/oauth/token", "application/x-www-form-urlencoded", body)
}

fn post(cinema: &Cinema, path: &str, kind: &str, body: String) -> Value {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let request = client.post(format!("{}{path}", cinema.url)).header("content-type", kind).body(body);
        request.send().await.unwrap().json().await.unwrap()
    })
}

#[test]
fn a_device_is_let_in_listed_and_signed_out() {
    let cinema = Cinema::open();
    cinema.sign_up();
    let (user_code, device_code) = ask(&cinema, "Foyer");
    let usage = cinema.error(&["device", "approve", &user_code], 2);
    assert!(usage["message"].as_str().unwrap().contains("--yes"), "{usage}");
    let typed = user_code.to_lowercase().replace('-', "");
    let approved = cinema.json(&["device", "approve", &typed, "--yes"]);
    assert_eq!((&approved["device_label"], &approved["approved"]), (&json!("Foyer"), &json!(true)));
    assert_eq!(poll(&cinema, &device_code)["user"]["email"], super::EMAIL);

    let devices = cinema.json(&["device", "list"])["devices"].clone();
    let foyer = devices.as_array().unwrap().iter().find(|device| device["device_label"] == "Foyer").unwrap().clone();
    assert_eq!((devices.as_array().unwrap().len(), &foyer["current"]), (2, &json!(false)));
    let listed = cinema.run(&["device", "list"]);
    assert!(String::from_utf8_lossy(&listed.stdout).contains("this one"), "{}", stderr(&listed));
    let id = foyer["id"].as_str().unwrap();
    assert_eq!(cinema.json(&["device", "end", id])["ended"]["id"], id);
    assert_eq!(cinema.error(&["device", "end", id], 2)["code"], "device_not_found");

    // Ending one's own sign-in forgets it here, too.
    let own = cinema.json(&["device", "list"])["devices"][0]["id"].as_str().unwrap().to_owned();
    cinema.json(&["device", "end", &own]);
    assert_eq!(cinema.error(&["device", "list"], 3)["code"], "signed_out");
}

#[test]
fn a_refused_device_stays_outside_and_an_unknown_code_is_one_sentence() {
    let cinema = Cinema::open();
    cinema.sign_up();
    let (user_code, device_code) = ask(&cinema, "Foyer");
    assert_eq!(cinema.json(&["device", "refuse", &user_code])["approved"], false);
    assert_eq!(poll(&cinema, &device_code)["error"], "access_denied");
    for code in ["../me", "", "WDJB-MJH", "WDJB-MJH7"] {
        let output = cinema.run(&["device", "approve", code, "--yes"]);
        assert_eq!(output.status.code(), Some(2));
        assert!(stderr(&output).contains("accepted are eight letters, such as WDJB-MJHT"), "{}", stderr(&output));
    }
    for code in [&*user_code, "BBBB-BBBB"] {
        let output = cinema.run(&["device", "approve", code, "--yes"]);
        let said = stderr(&output);
        assert_eq!((output.status.code(), said.lines().count()), (Some(2), 1), "{said}");
        assert!(said.contains("No device waits under the code"), "{said}");
    }
}

#[test]
fn a_ticket_is_printed_alone_and_signs_in_once() {
    let cinema = Cinema::open();
    cinema.sign_up();
    let output = cinema.run(&["device", "ticket", "--minutes", "1"]);
    let printed = String::from_utf8(output.stdout.clone()).unwrap();
    let ticket = printed.trim_end();
    assert!(ticket.starts_with("frt_") && !stderr(&output).contains(ticket), "{}", stderr(&output));
    let sign_in = || {
        let body = json!({"method": "ticket", "ticket": ticket}).to_string();
        post(&cinema, "/v1/auth/sign-in", "application/json", body)
    };
    assert_eq!(sign_in()["user"]["email"], super::EMAIL);
    assert_eq!(sign_in()["code"], "bad_login");
    let told = document(&cinema.run(&["device", "ticket", "--json"]));
    assert!(told["expires_at"].is_string(), "{told}");
    assert_eq!(cinema.run(&["device", "ticket", "--minutes", "11"]).status.code(), Some(2));
}
