//! The page on which a person lets a device in, made for a phone. It runs no script, and nothing of the person stays
//! behind on it: the e-mail address and the password come with the decision itself.

use crate::server::{
    address,
    confidential::keep_nothing,
    extract::Parameters,
    form::Form,
    html::Html,
    office::Office,
    peer::Peer,
    problem::{Code, Refusal},
    services::{
        accounts,
        device_grants::{self, Decision, Waiting},
    },
};
use axum::{
    Router,
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    middleware::from_fn,
    response::{Html as HtmlBody, IntoResponse, Response},
    routing::{get, post},
};
use serde::Deserialize;
use std::sync::Arc;

type Shared = State<Arc<Office>>;

const STYLE: &str = include_str!("../../../assets/device.css");
/// Nothing but the page itself and its style; nobody may put it into a frame.
const POLICY: &str =
    "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
/// Names the browser for the page's own token: without it no other site's form is taken.
const COOKIE: &str = "frontrow_device";
/// What the token is sealed for ([`crate::server::pepper::Pepper`]).
const PURPOSE: &str = "device page";

/// Pages for people are no part of the API's description.
pub fn routes() -> Router<Arc<Office>> {
    let decide = post(decide).layer(from_fn(keep_nothing));
    Router::new().route("/device", get(show).merge(decide)).route("/device/style.css", get(style))
}

async fn style() -> Response {
    let headers = [(header::CONTENT_TYPE, "text/css; charset=utf-8"), (header::CACHE_CONTROL, "max-age=3600")];
    (headers, STYLE).into_response()
}

#[derive(Deserialize)]
struct Query {
    #[serde(default)]
    user_code: String,
}

/// Asks for the code, or shows what waits under it.
async fn show(
    State(office): Shared,
    peer: Peer,
    headers: HeaderMap,
    query: Result<Parameters<Query>, Refusal>,
) -> Response {
    let Ok(Parameters(Query { user_code })) = query else {
        return page(StatusCode::BAD_REQUEST, ask_for_code("", Some("The address of this page is broken.")));
    };
    if user_code.trim().is_empty() {
        return page(StatusCode::OK, ask_for_code("", None));
    }
    let waiting = match look(&office, peer, &user_code).await {
        Ok(waiting) => waiting,
        Err(refusal) => return refused(&refusal, ask_for_code(&user_code, Some(&refusal.detail))),
    };
    let browser = browser_of(&headers).unwrap_or_else(|| office.new_secret());
    decision_page(&office, &headers, &browser, &waiting, "", None)
}

/// Before anybody has signed in, wrong codes are counted by address.
async fn look(office: &Arc<Office>, peer: Peer, user_code: &str) -> Result<Waiting, Refusal> {
    device_grants::waiting(office, &format!("from {}", peer.network()), user_code).await
}

/// Signs the person in for this one decision, and decides.
async fn decide(State(office): Shared, peer: Peer, headers: HeaderMap, form: Result<Form, Refusal>) -> Response {
    let form = match form {
        Ok(form) => form,
        Err(refusal) => return refused(&refusal, ask_for_code("", Some(&refusal.detail))),
    };
    let field = |name| form.field(name).unwrap_or_default();
    let (user_code, email) = (field("user_code"), field("email"));
    let browser = match known_browser(&office, &headers, field("token")) {
        Ok(browser) => browser,
        Err(refusal) => return refused(&refusal, ask_for_code(user_code, Some(&refusal.detail))),
    };
    let decision = if field("decision") == "approve" { Decision::Approve } else { Decision::Refuse };
    let decided = async {
        let user = accounts::who_has_password(&office, email, field("password").to_owned(), peer).await?;
        device_grants::decide(&office, &user, user_code, decision, peer).await
    };
    let refusal = match decided.await {
        Ok(()) => return page(StatusCode::OK, done(decision)),
        Err(refusal) => refusal,
    };
    // What waits is shown again, so that a mistyped password costs nothing else.
    match look(&office, peer, user_code).await {
        Ok(waiting) => decision_page(&office, &headers, &browser, &waiting, email, Some(&refusal)),
        Err(gone) => refused(&gone, ask_for_code(user_code, Some(&gone.detail))),
    }
}

/// The browser, if the form comes from a page that it was shown.
fn known_browser(office: &Office, headers: &HeaderMap, token: &str) -> Result<String, Refusal> {
    let browser = browser_of(headers).unwrap_or_default();
    if !browser.is_empty() && office.pepper.is_of(token, PURPOSE, &[&browser])? {
        return Ok(browser);
    }
    let detail = "This page is too old, or the browser takes no cookies. Type the code again.";
    Err(Refusal::new(Code::Forbidden, detail))
}

fn browser_of(headers: &HeaderMap) -> Option<String> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|list| list.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(name, value)| *name == COOKIE && !value.is_empty()).map(|(_, value)| value.to_owned())
}

/// What waits, and the form with which it is decided.
fn decision_page(
    office: &Office,
    headers: &HeaderMap,
    browser: &str,
    waiting: &Waiting,
    email: &str,
    refusal: Option<&Refusal>,
) -> Response {
    let token = match office.pepper.seal(PURPOSE, &[browser]) {
        Ok(token) => token,
        Err(refusal) => return refused(&refusal, ask_for_code("", Some(&refusal.detail))),
    };
    let inside = ask_to_decide(waiting, &token, email, refusal.map(|refusal| &*refusal.detail));
    let mut response = match refusal {
        Some(refusal) => refused(refusal, inside),
        None => page(StatusCode::OK, inside),
    };
    let secure = if address::of_request(office, headers).starts_with("https:") { "; Secure" } else { "" };
    let cookie = format!("{COOKIE}={browser}; Path=/device; Max-Age=3600; HttpOnly; SameSite=Strict{secure}");
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    response
}

fn ask_for_code(typed: &str, complaint: Option<&str>) -> Html {
    Html::new()
        .markup("<h1>Let a device in</h1><p>Type the code that the other device shows.</p>")
        .append(told(complaint))
        .markup(
            "<form method=\"get\" action=\"/device\"><label for=\"code\">Code</label><input id=\"code\" \
             name=\"user_code\" class=\"code\" required maxlength=\"20\" placeholder=\"XXXX-XXXX\" autocomplete=\"off\" \
             autocapitalize=\"characters\" spellcheck=\"false\" autofocus value=\"",
        )
        .text(typed)
        .markup("\"><button>Continue</button></form>")
}

fn ask_to_decide(waiting: &Waiting, token: &str, email: &str, complaint: Option<&str>) -> Html {
    Html::new()
        .markup("<h1>Let this device in?</h1><dl><dt>Device</dt><dd>")
        .text(waiting.device_label.as_str())
        .markup("</dd><dt>Asks from</dt><dd>")
        .text(&waiting.address)
        .markup("</dd><dt>Code</dt><dd class=\"code\">")
        .text(&waiting.user_code)
        .markup(
            "</dd></dl><p class=\"warning\"><strong>Only approve if you started this</strong>, and if the device in \
             front of you shows the same code. Whoever holds it can then book and cancel in your name.</p>",
        )
        .append(told(complaint))
        .markup("<form method=\"post\" action=\"/device\"><input type=\"hidden\" name=\"token\" value=\"")
        .text(token)
        .markup("\"><input type=\"hidden\" name=\"user_code\" value=\"")
        .text(&waiting.user_code)
        .markup(
            "\"><label for=\"email\">Your e-mail address</label><input id=\"email\" type=\"email\" name=\"email\" \
             required maxlength=\"254\" autocomplete=\"username\" value=\"",
        )
        .text(email)
        .markup(
            "\"><label for=\"password\">Your password</label><input id=\"password\" type=\"password\" \
             name=\"password\" required maxlength=\"1024\" autocomplete=\"current-password\"><div class=\"decision\">\
             <button name=\"decision\" value=\"approve\">Approve</button><button name=\"decision\" value=\"refuse\" \
             class=\"quiet\">Refuse</button></div></form>",
        )
}

fn done(decision: Decision) -> Html {
    Html::new().markup(match decision {
        Decision::Approve => {
            "<h1>Approved</h1><p>The other device signs in within a few seconds. You can close this page.</p>\
             <p>If that was a mistake, end the sign-in at a terminal: <code>frontrow device list</code> shows it.</p>"
        }
        Decision::Refuse => "<h1>Refused</h1><p>The other device stays outside. You can close this page.</p>",
    })
}

fn told(complaint: Option<&str>) -> Html {
    match complaint {
        Some(complaint) => Html::new().markup("<p class=\"complaint\" role=\"alert\">").text(complaint).markup("</p>"),
        None => Html::new(),
    }
}

fn refused(refusal: &Refusal, inside: Html) -> Response {
    let mut response = page(refusal.code.status(), inside);
    if let Some(seconds) = refusal.retry_after {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

fn page(status: StatusCode, inside: Html) -> Response {
    let html = Html::new()
        .markup(
            "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" \
             content=\"width=device-width, initial-scale=1\"><meta name=\"color-scheme\" content=\"light dark\">\
             <title>frontrow: let a device in</title><link rel=\"stylesheet\" href=\"/device/style.css\"></head><body>\
             <main><p class=\"brand\">frontrow</p>",
        )
        .append(inside)
        .markup("</main></body></html>");
    let headers = [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_FRAME_OPTIONS, "DENY"),
    ];
    (status, headers, HtmlBody(html.into_string())).into_response()
}
