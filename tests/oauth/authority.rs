//! An authorization server of one test, which holds its clients to the rules: RFC 6749, 7636, 8252, 8628 and 9700.

use axum::{
    Form, Json, Router,
    extract::{Query, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, MutexGuard},
    time::{Duration, Instant},
};
use url::Url;

pub const CLIENT: &str = "frontrow";

type Fields = HashMap<String, String>;

/// How this server differs from the usual one.
#[derive(Clone, Copy, Default)]
pub struct Ways {
    pub no_refresh_token: bool,
    pub no_userinfo: bool,
    pub no_id_token: bool,
    pub no_expires_in: bool,
    pub openid_discovery_only: bool,
    /// Answers the first poll with `slow_down`, and refuses the sign-in when the next one comes too early.
    pub slow_down: bool,
    pub device_expires_in: Option<u64>,
}

pub struct Authority {
    pub url: Url,
    state: Shared,
}

type Shared = Arc<Inner>;

struct Inner {
    url: Url,
    ways: Ways,
    book: Mutex<Book>,
}

/// What the server knows.
#[derive(Default)]
pub struct Book {
    /// By code: challenge and redirect of the authorization request.
    codes: HashMap<String, (String, String)>,
    /// By device code.
    devices: HashMap<String, Device>,
    /// The refresh token that is good, and all that were.
    current: Option<String>,
    spent: HashSet<String>,
    /// Set by the use of a spent refresh token: everything is revoked.
    pub reuse_detected: bool,
    pub access_tokens: HashSet<String>,
    pub revoked: Vec<String>,
    pub refreshes: usize,
    pub polls: usize,
    /// The next answers of the token endpoint, instead of what it would say.
    pub instead: Vec<(StatusCode, String)>,
    made: usize,
}

struct Device {
    user_code: String,
    state: Decision,
    polled_at: Option<Instant>,
    interval: Duration,
}

#[derive(Clone, Copy, PartialEq)]
pub enum Decision {
    Pending,
    Approved,
    Denied,
    Expired,
}

impl Authority {
    pub async fn open(ways: Ways) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = Url::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
        let state = Arc::new(Inner { url: url.clone(), ways, book: Mutex::default() });
        let well_known = match ways.openid_discovery_only {
            true => "/.well-known/openid-configuration",
            false => "/.well-known/oauth-authorization-server",
        };
        let routes = Router::new()
            .route(well_known, get(metadata))
            .route("/authorize", get(authorize))
            .route("/device_authorization", post(device_authorization))
            .route("/token", post(token))
            .route("/userinfo", get(userinfo))
            .route("/revoke", post(revoke))
            .with_state(state.clone());
        tokio::spawn(async move { axum::serve(listener, routes).await });
        Self { url, state }
    }

    pub fn book(&self) -> MutexGuard<'_, Book> {
        self.state.book.lock().unwrap()
    }

    /// What the person decides on the approval page.
    pub fn decide(&self, user_code: &str, decision: Decision) {
        let mut book = self.book();
        let device = book.devices.values_mut().find(|device| device.user_code == user_code);
        device.expect("the code was given out").state = decision;
    }
}

impl Book {
    fn secret(&mut self, kind: &str) -> String {
        self.made += 1;
        format!("{kind}-{}", self.made)
    }

    /// Answers with new tokens; the refresh token before them is spent.
    fn tokens(&mut self, ways: &Ways, issuer: &Url) -> Response {
        let access = self.secret("access");
        self.access_tokens.insert(access.clone());
        let mut answer = json!({ "access_token": access, "token_type": "bearer" });
        if !ways.no_refresh_token {
            let refresh = self.secret("refresh");
            self.spent.extend(self.current.replace(refresh.clone()));
            answer["refresh_token"] = refresh.into();
        }
        if !ways.no_expires_in {
            answer["expires_in"] = 300.into();
        }
        if !ways.no_id_token {
            let issuer = issuer.as_str().trim_end_matches('/');
            let claims = json!({ "iss": issuer, "aud": CLIENT, "sub": "u1", "name": "Ada by token" }).to_string();
            answer["id_token"] = format!("e30.{}.unsigned", URL_SAFE_NO_PAD.encode(claims)).into();
        }
        Json(answer).into_response()
    }
}

fn refuse(error: &str) -> Response {
    (StatusCode::BAD_REQUEST, Json(json!({ "error": error }))).into_response()
}

async fn metadata(State(state): State<Shared>) -> Json<Value> {
    let place = |path: &str| state.url.join(path).unwrap().to_string();
    let mut document = json!({
        "issuer": state.url.as_str().trim_end_matches('/'),
        "token_endpoint": place("token"),
        "authorization_endpoint": place("authorize"),
        "device_authorization_endpoint": place("device_authorization"),
        "revocation_endpoint": place("revoke"),
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": true,
    });
    if !state.ways.no_userinfo {
        document["userinfo_endpoint"] = place("userinfo").into();
    }
    Json(document)
}

/// Approves at once, as somebody who is signed in already would.
async fn authorize(State(state): State<Shared>, Query(asked): Query<Fields>) -> Response {
    let redirect = Url::parse(&asked["redirect_uri"]).unwrap();
    // RFC 8252, 7.3: any port of the loopback address, and else exactly what was registered.
    let registered = redirect.scheme() == "http" && redirect.host_str() == Some("127.0.0.1");
    if !registered || redirect.path() != "/callback" || redirect.query().is_some() {
        return refuse("invalid_request");
    }
    let good = asked["response_type"] == "code"
        && asked["client_id"] == CLIENT
        && asked["code_challenge_method"] == "S256"
        && asked["code_challenge"].len() == 43
        && asked["scope"] == "openid profile";
    let mut back = redirect.clone();
    if good {
        let mut book = state.book.lock().unwrap();
        let code = book.secret("code");
        book.codes.insert(code.clone(), (asked["code_challenge"].clone(), asked["redirect_uri"].clone()));
        back.query_pairs_mut().append_pair("code", &code);
    } else {
        back.query_pairs_mut().append_pair("error", "invalid_request");
    }
    back.query_pairs_mut()
        .append_pair("state", &asked["state"])
        .append_pair("iss", state.url.as_str().trim_end_matches('/'));
    Redirect::to(back.as_str()).into_response()
}

async fn device_authorization(State(state): State<Shared>, Form(asked): Form<Fields>) -> Response {
    if asked.get("client_id").is_none_or(|id| id != CLIENT) {
        return refuse("invalid_client");
    }
    let mut book = state.book.lock().unwrap();
    let (code, user_code) = (book.secret("device"), format!("WDJB-{}", book.made));
    let device = Device {
        user_code: user_code.clone(),
        state: Decision::Pending,
        polled_at: None,
        interval: Duration::from_millis(900),
    };
    book.devices.insert(code.clone(), device);
    let page = state.url.join("device").unwrap();
    Json(json!({
        "device_code": code,
        "user_code": user_code,
        "verification_uri": page,
        "verification_uri_complete": format!("{page}?user_code={user_code}"),
        "expires_in": state.ways.device_expires_in.unwrap_or(600),
        "interval": 1,
    }))
    .into_response()
}

async fn token(State(state): State<Shared>, Form(asked): Form<Fields>) -> Response {
    let mut book = state.book.lock().unwrap();
    let field = |name: &str| asked.get(name).cloned().unwrap_or_default();
    if field("client_id") != CLIENT {
        return refuse("invalid_client");
    }
    if !book.instead.is_empty() {
        let (status, body) = book.instead.remove(0);
        return (status, [("content-type", "application/json")], body).into_response();
    }
    match field("grant_type").as_str() {
        "authorization_code" => {
            let Some((challenge, redirect)) = book.codes.remove(&field("code")) else { return refuse("invalid_grant") };
            let proof = URL_SAFE_NO_PAD.encode(Sha256::digest(field("code_verifier")));
            if proof != challenge || redirect != field("redirect_uri") {
                return refuse("invalid_grant");
            }
            book.tokens(&state.ways, &state.url)
        }
        "refresh_token" => {
            book.refreshes += 1;
            let token = field("refresh_token");
            if book.spent.contains(&token) {
                book.reuse_detected = true;
                book.current = None;
            }
            if book.current.as_ref() != Some(&token) {
                return refuse("invalid_grant");
            }
            book.tokens(&state.ways, &state.url)
        }
        "urn:ietf:params:oauth:grant-type:device_code" => poll(&mut book, &state, &field("device_code")),
        _ => refuse("unsupported_grant_type"),
    }
}

fn poll(book: &mut Book, state: &Inner, code: &str) -> Response {
    book.polls += 1;
    let Some(device) = book.devices.get_mut(code) else { return refuse("invalid_grant") };
    let before = device.polled_at.replace(Instant::now());
    if before.is_some_and(|before| before.elapsed() < device.interval) {
        // The rules say `slow_down`; a test must not pass by a client that ignores it.
        return refuse("invalid_request");
    }
    if state.ways.slow_down && before.is_none() {
        device.interval += Duration::from_secs(5);
        return refuse("slow_down");
    }
    match device.state {
        Decision::Pending => refuse("authorization_pending"),
        Decision::Denied => refuse("access_denied"),
        Decision::Expired => refuse("expired_token"),
        Decision::Approved => {
            book.devices.remove(code);
            book.tokens(&state.ways, &state.url)
        }
    }
}

async fn userinfo(State(state): State<Shared>, headers: HeaderMap) -> Response {
    let token = headers["authorization"].to_str().unwrap().strip_prefix("Bearer ").unwrap().to_owned();
    match state.book.lock().unwrap().access_tokens.contains(&token) {
        true => Json(json!({ "sub": "u1", "name": "Ada\u{1b}[2J", "email": "ada@example.org" })).into_response(),
        false => StatusCode::UNAUTHORIZED.into_response(),
    }
}

async fn revoke(State(state): State<Shared>, Form(asked): Form<Fields>) -> StatusCode {
    let mut book = state.book.lock().unwrap();
    if book.current.as_ref() == asked.get("token") {
        book.current = None;
    }
    book.revoked.push(asked["token"].clone());
    StatusCode::OK
}
