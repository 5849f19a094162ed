use super::*;
use serde_json::json;

fn refusal(status: u16, body: serde_json::Value) -> Refusal {
    Refusal::of(StatusCode::from_u16(status).unwrap(), &HeaderMap::new(), body.to_string().as_bytes())
}

fn said(code: &str, long: &str) -> serde_json::Value {
    json!({ "errors": [{ "code": code, "message": "short", "long_message": long, "meta": {} }], "clerk_trace_id": "1" })
}

#[test]
fn each_code_of_clerk_has_its_meaning() {
    use FailureKind::{Input, NotFound, Refused, SignIn};
    for (status, clerk, kind, code) in [
        (422, "form_password_incorrect", SignIn, "bad_login"),
        (422, "form_identifier_not_found", SignIn, "bad_login"),
        (422, "form_code_incorrect", SignIn, "bad_code"),
        (400, "verification_expired", SignIn, "code_expired"),
        (400, "ticket_invalid_code", SignIn, "bad_ticket"),
        (422, "form_identifier_exists", Input, "email_taken"),
        (422, "form_password_pwned", Input, "weak_password"),
        (422, "form_param_format_invalid", Input, "form_param_format_invalid"),
        (401, "signed_out", SignIn, "session_revoked"),
        (401, "authentication_invalid", SignIn, "invalid_credential"),
        (403, "user_locked", Refused, "user_locked"),
        (403, "anything_new", Refused, "anything_new"),
        (404, "resource_not_found", NotFound, "resource_not_found"),
    ] {
        let failure = refusal(status, said(clerk, "What Clerk says.")).failure;
        assert_eq!(
            (failure.kind, failure.code.as_str(), failure.why.as_str()),
            (kind, code, "What Clerk says."),
            "{clerk}"
        );
    }
}

#[test]
fn a_disabled_native_api_is_told_with_what_its_owner_must_do() {
    let failure = refusal(400, said("native_api_disabled", "x")).failure;
    assert!(failure.why.contains("Dashboard > Configure > Native applications > Native API"), "{}", failure.why);
}

#[test]
fn a_captcha_sends_the_person_to_the_web_page() {
    for code in ["requires_captcha", "captcha_missing_token", "captcha_invalid"] {
        let failure = refusal(400, said(code, "x")).failure;
        assert!(failure.why.contains("web page"), "{}", failure.why);
        assert_eq!(failure.code, "requires_captcha");
    }
}

#[test]
fn what_clerk_says_cannot_move_the_cursor() {
    let failure = refusal(400, said("x\u{1b}[2J", "a\u{1b}]0;title\u{7}b\u{202e}c")).failure;
    assert!(!failure.why.contains(|c: char| c.is_control() || c == '\u{202e}'), "{:?}", failure.why);
    assert!(!failure.code.contains(|c: char| c.is_control()), "{:?}", failure.code);
}

#[test]
fn an_answer_of_any_form_still_gives_a_sentence() {
    for body in [
        json!(null),
        json!([]),
        json!({}),
        json!({ "errors": 7 }),
        json!({ "errors": [] }),
        json!({ "errors": [{ "code": 1 }] }),
    ] {
        let failure = refusal(418, body.clone()).failure;
        assert_eq!(failure.why, "Clerk answered 418 I'm a teapot", "{body}");
    }
    let failure = Refusal::of(StatusCode::BAD_GATEWAY, &HeaderMap::new(), b"<html>").failure;
    assert_eq!(failure.code, "server_error");
}

#[test]
fn a_named_pause_is_waited_for_unless_it_is_long() {
    let usual = Duration::from_millis(200);
    for (after, pause) in [("0", Some(usual)), ("3", Some(Duration::from_secs(3))), ("11", None)] {
        let headers = HeaderMap::from_iter([(RETRY_AFTER, after.parse().unwrap())]);
        let refusal = Refusal::of(StatusCode::TOO_MANY_REQUESTS, &headers, b"");
        assert_eq!(refusal.pause(usual), pause, "{after}");
        assert_eq!(refusal.failure.code, "rate_limited");
    }
    let refusal = refusal(422, said("missing_expired_token", ""));
    assert!(refusal.wants_last_token() && refusal.pause(usual).is_none());
}
