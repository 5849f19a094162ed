//! Clerk as its own programs meet it: a Frontend API that insists on the rules of native mode, and the one route of the
//! Backend API that its middleware asks for keys.

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, Method, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode, jwk::Jwk};
use serde_json::{Value, json};
use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard},
    time::{SystemTime, UNIX_EPOCH},
};
use tokio::task::AbortHandle;
use url::Url;

pub const EMAIL: &str = "ada@example.org";
pub const PASSWORD: &str = "correct horse battery staple";
pub const CODE: &str = "424242";
pub const TICKET: &str = "ticket-of-ada";
pub const USER: &str = "user_ada";
const KEY: &[u8] = include_bytes!("key.pem");
const KEY_ID: &str = "ins_frontrow_test";

/// What the next request meets instead of an answer.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// 422 until the last token is shown.
    MissingExpiredToken,
    TooManyRequests,
    /// The work is done and the client token replaced, but the answer is lost on its way.
    LostAnswer,
}

/// What the instance's owner has set.
#[derive(Clone)]
pub struct Rules {
    pub native_api: bool,
    /// Strategies of the second factor; none: a password is enough.
    pub second_factors: Vec<&'static str>,
    /// The status while the second factor is waited for.
    pub second_status: &'static str,
    /// The status of a sign-in whose first factor is proven, where it is neither complete nor wants a second one.
    pub stuck_in: Option<&'static str>,
    pub captcha: bool,
    pub names: bool,
    pub session_status: &'static str,
}

/// A running instance.
pub struct Clerk {
    pub url: Url,
    state: Arc<Mutex<Instance>>,
    server: AbortHandle,
}

struct Instance {
    url: String,
    rules: Rules,
    clients: HashMap<usize, Client>,
    faults: VecDeque<Fault>,
    broken: Vec<String>,
    mints: usize,
    firsts: usize,
    sent: Vec<String>,
    last_token: Option<String>,
}

#[derive(Default)]
struct Client {
    tokens: Vec<String>,
    session: Option<&'static str>,
    attempt: Option<Attempt>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Attempt {
    First,
    Second,
    SignUp,
}

type Outcome = Result<Value, (StatusCode, &'static str)>;

impl Default for Rules {
    fn default() -> Self {
        Self {
            native_api: true,
            second_factors: Vec::new(),
            second_status: "needs_second_factor",
            stuck_in: None,
            captcha: false,
            names: true,
            session_status: "active",
        }
    }
}

impl Clerk {
    pub async fn open(rules: Rules) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let instance = Instance {
            url: url.clone(),
            rules,
            clients: HashMap::new(),
            faults: VecDeque::new(),
            broken: Vec::new(),
            mints: 0,
            firsts: 0,
            sent: Vec::new(),
            last_token: None,
        };
        let state = Arc::new(Mutex::new(instance));
        let app = Router::new().fallback(answer).with_state(state.clone());
        let server = tokio::spawn(async move { axum::serve(listener, app).await.unwrap() }).abort_handle();
        Self { url: Url::parse(&url).unwrap(), state, server }
    }

    fn instance(&self) -> MutexGuard<'_, Instance> {
        self.state.lock().unwrap()
    }

    pub fn meets(&self, fault: Fault) {
        self.instance().faults.push_back(fault);
    }

    /// Tokens minted.
    pub fn mints(&self) -> usize {
        self.instance().mints
    }

    /// Clients that began with an empty client token.
    pub fn clients(&self) -> usize {
        self.instance().firsts
    }

    /// Where codes were sent.
    pub fn sent(&self) -> Vec<String> {
        self.instance().sent.clone()
    }

    /// The newest client token of any client.
    pub fn is_newest(&self, token: &str) -> bool {
        self.instance().clients.values().any(|client| client.tokens.last().is_some_and(|newest| newest == token))
    }

    pub fn sessions(&self) -> usize {
        self.instance().clients.values().filter(|client| client.session.is_some()).count()
    }

    /// Somebody signs the person out everywhere.
    pub fn end_sessions(&self) {
        self.instance().clients.values_mut().for_each(|client| client.session = None);
    }

    /// No request so far has broken a rule of native mode.
    #[track_caller]
    pub fn is_content(&self) {
        assert_eq!(self.instance().broken, Vec::<String>::new());
    }
}

impl Drop for Clerk {
    fn drop(&mut self) {
        self.server.abort();
    }
}

/// A session token as Clerk makes them, `changed` by a test.
pub fn session_token(issuer: &str, header: Value, changed: Value) -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs() as i64;
    let mut claims = json!({
        "iss": issuer, "sub": USER, "sid": "sess_ada", "v": 2, "fva": [0, -1],
        "iat": now, "nbf": now - 10, "exp": now + 60,
    });
    for (name, value) in changed.as_object().unwrap() {
        // Times are given as seconds from now.
        let value = match (name.as_str(), value.as_i64()) {
            ("iat" | "nbf" | "exp", Some(offset)) => json!(now + offset),
            _ => value.clone(),
        };
        claims[name] = value;
    }
    let mut head = Header::new(Algorithm::RS256);
    head.kid = Some(KEY_ID.to_owned());
    for (name, value) in header.as_object().unwrap() {
        match name.as_str() {
            "typ" => head.typ = value.as_str().map(str::to_owned),
            _ => {
                head.extras.insert(name.clone(), value.as_str().unwrap().to_owned());
            }
        }
    }
    encode(&head, &claims, &EncodingKey::from_rsa_pem(KEY).unwrap()).unwrap()
}

async fn answer(
    State(state): State<Arc<Mutex<Instance>>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let mut instance = state.lock().unwrap();
    if uri.path() == "/v1/jwks" {
        return axum::Json(jwks()).into_response();
    }
    instance.front(&method, &uri, &headers, &body)
}

/// The keys as the Backend API gives them.
fn jwks() -> Value {
    let mut jwk = Jwk::from_encoding_key(&EncodingKey::from_rsa_pem(KEY).unwrap(), Algorithm::RS256).unwrap();
    jwk.common.key_id = Some(KEY_ID.to_owned());
    json!({ "keys": [jwk] })
}

fn fields(text: &[u8]) -> HashMap<String, String> {
    url::form_urlencoded::parse(text).into_owned().collect()
}

fn refuse(status: StatusCode, code: &str) -> Response {
    let long = format!("Clerk says {code}.");
    let error = json!({ "code": code, "message": code, "long_message": long, "meta": { "param_name": "first_name" } });
    (status, axum::Json(json!({ "errors": [error], "clerk_trace_id": "trace" }))).into_response()
}

impl Instance {
    fn front(&mut self, method: &Method, uri: &Uri, headers: &HeaderMap, body: &[u8]) -> Response {
        let query = fields(uri.query().unwrap_or_default().as_bytes());
        if let Some(code) = broken_rule(method, &query, headers) {
            self.broken.push(format!("{method} {}: {code}", uri.path()));
            return refuse(StatusCode::BAD_REQUEST, code);
        }
        if !self.rules.native_api {
            return refuse(StatusCode::BAD_REQUEST, "native_api_disabled");
        }
        let token = headers[header::AUTHORIZATION].to_str().unwrap();
        let Some(client) = self.client(token) else {
            return refuse(StatusCode::UNAUTHORIZED, "authentication_invalid");
        };
        let form = fields(body);
        let fault = self.faults.pop_front();
        let outcome = match fault {
            Some(Fault::TooManyRequests) => Err((StatusCode::TOO_MANY_REQUESTS, "too_many_requests")),
            Some(Fault::MissingExpiredToken) if !query.contains_key("expired_token") => {
                Err((StatusCode::UNPROCESSABLE_ENTITY, "missing_expired_token"))
            }
            _ => self.route(method, uri.path(), &query, &form, client),
        };
        let successor = self.rotate(client);
        if fault == Some(Fault::LostAnswer) {
            return StatusCode::BAD_GATEWAY.into_response();
        }
        let mut response = match outcome {
            Ok(value) => axum::Json(value).into_response(),
            Err((status, code)) => refuse(status, code),
        };
        response.headers_mut().insert(header::AUTHORIZATION, successor.parse().unwrap());
        if fault == Some(Fault::TooManyRequests) {
            response.headers_mut().insert(header::RETRY_AFTER, "0".parse().unwrap());
        }
        response
    }

    /// The client that a token names: a new one for an empty token, none for a token older than the last two.
    fn client(&mut self, token: &str) -> Option<usize> {
        if token.is_empty() {
            self.firsts += 1;
            self.clients.insert(self.firsts, Client::default());
            return Some(self.firsts);
        }
        let knows = |client: &Client| client.tokens.iter().rev().take(2).any(|known| known == token);
        self.clients.iter().find(|(_, client)| knows(client)).map(|(id, _)| *id)
    }

    fn rotate(&mut self, client: usize) -> String {
        let tokens = &mut self.clients.get_mut(&client).unwrap().tokens;
        tokens.push(format!("client-jwt-{client}-{}", tokens.len() + 1));
        tokens.last().unwrap().clone()
    }

    fn route(
        &mut self,
        method: &Method,
        path: &str,
        query: &HashMap<String, String>,
        form: &HashMap<String, String>,
        client: usize,
    ) -> Outcome {
        let field = |name: &str| form.get(name).map(String::as_str).unwrap_or_default();
        let parts: Vec<&str> = path.trim_start_matches('/').split('/').collect();
        match (method.as_str(), &parts[..]) {
            ("GET", ["v1", "client"]) => Ok(json!({ "response": self.piggy_back(client), "client": null })),
            ("POST", ["v1", "client", "sign_ins"]) => {
                if self.clients[&client].session.is_some() {
                    return Err((StatusCode::BAD_REQUEST, "session_exists"));
                }
                match field("strategy") {
                    "ticket" if field("ticket") == TICKET => Ok(self.grant(client)),
                    "ticket" => Err((StatusCode::BAD_REQUEST, "ticket_invalid_code")),
                    _ if field("identifier") != EMAIL => {
                        Err((StatusCode::UNPROCESSABLE_ENTITY, "form_identifier_not_found"))
                    }
                    "password" if field("password") == PASSWORD => Ok(self.first_is_proven(client)),
                    "password" => Err((StatusCode::UNPROCESSABLE_ENTITY, "form_password_incorrect")),
                    _ => {
                        self.clients.get_mut(&client).unwrap().attempt = Some(Attempt::First);
                        Ok(self.progress(client, "needs_first_factor"))
                    }
                }
            }
            ("POST", ["v1", "client", "sign_ins", "sia_1", "prepare_first_factor"]) => {
                self.send("email_code", field("strategy"), field("email_address_id"))?;
                Ok(self.progress(client, "needs_first_factor"))
            }
            ("POST", ["v1", "client", "sign_ins", "sia_1", "attempt_first_factor"]) => {
                self.expects(client, Attempt::First)?;
                self.check("email_code", form)?;
                Ok(self.first_is_proven(client))
            }
            ("POST", ["v1", "client", "sign_ins", "sia_1", "prepare_second_factor"]) => {
                let id = if field("strategy") == "phone_code" { "phone_number_id" } else { "email_address_id" };
                self.send(field("strategy"), field("strategy"), field(id))?;
                Ok(self.progress(client, self.rules.second_status))
            }
            ("POST", ["v1", "client", "sign_ins", "sia_1", "attempt_second_factor"]) => {
                self.expects(client, Attempt::Second)?;
                self.check(field("strategy"), form)?;
                Ok(self.grant(client))
            }
            ("POST", ["v1", "client", "sign_ups"]) if self.rules.captcha => {
                Err((StatusCode::BAD_REQUEST, "captcha_missing_token"))
            }
            ("POST", ["v1", "client", "sign_ups"]) => {
                if !self.rules.names && form.contains_key("first_name") {
                    return Err((StatusCode::UNPROCESSABLE_ENTITY, "form_param_unknown"));
                }
                assert_eq!((field("email_address"), field("password")), (EMAIL, PASSWORD));
                self.clients.get_mut(&client).unwrap().attempt = Some(Attempt::SignUp);
                Ok(self.progress(client, "missing_requirements"))
            }
            ("POST", ["v1", "client", "sign_ups", "sua_1", "prepare_verification"]) => {
                self.send("email_code", field("strategy"), "idn_email")?;
                Ok(self.progress(client, "missing_requirements"))
            }
            ("POST", ["v1", "client", "sign_ups", "sua_1", "attempt_verification"]) => {
                self.expects(client, Attempt::SignUp)?;
                self.check("email_code", form)?;
                Ok(self.grant(client))
            }
            ("POST", ["v1", "client", "sessions", "sess_ada", "tokens"]) => self.mint(client, query),
            ("POST", ["v1", "client", "sessions", "sess_ada", "remove"]) => {
                let session = self.clients.get_mut(&client).unwrap().session.take();
                session
                    .map(|id| json!({ "response": { "id": id } }))
                    .ok_or((StatusCode::NOT_FOUND, "resource_not_found"))
            }
            _ => Err((StatusCode::NOT_FOUND, "resource_not_found")),
        }
    }

    fn mint(&mut self, client: usize, query: &HashMap<String, String>) -> Outcome {
        if self.clients[&client].session.is_none() {
            return Err((StatusCode::UNAUTHORIZED, "signed_out"));
        }
        if let Some(shown) = query.get("expired_token") {
            assert_eq!(Some(shown), self.last_token.as_ref(), "the last token is shown");
        }
        self.mints += 1;
        Ok(json!({ "object": "token", "jwt": self.token() }))
    }

    fn token(&mut self) -> String {
        let jwt = session_token(&self.url, json!({}), json!({}));
        self.last_token = Some(jwt.clone());
        jwt
    }

    fn expects(&self, client: usize, attempt: Attempt) -> Result<(), (StatusCode, &'static str)> {
        let there = self.clients[&client].attempt == Some(attempt);
        there.then_some(()).ok_or((StatusCode::NOT_FOUND, "resource_not_found"))
    }

    fn send(&mut self, wanted: &str, strategy: &str, to: &str) -> Result<(), (StatusCode, &'static str)> {
        if strategy != wanted || !matches!(to, "idn_email" | "idn_phone") {
            return Err((StatusCode::UNPROCESSABLE_ENTITY, "form_param_value_invalid"));
        }
        self.sent.push(to.to_owned());
        Ok(())
    }

    fn check(&self, strategy: &str, form: &HashMap<String, String>) -> Result<(), (StatusCode, &'static str)> {
        if form["strategy"] != strategy {
            return Err((StatusCode::UNPROCESSABLE_ENTITY, "form_param_value_invalid"));
        }
        let right = form["code"] == CODE;
        right.then_some(()).ok_or((StatusCode::UNPROCESSABLE_ENTITY, "form_code_incorrect"))
    }

    fn first_is_proven(&mut self, client: usize) -> Value {
        if let Some(status) = self.rules.stuck_in {
            return self.progress(client, status);
        }
        if self.rules.second_factors.is_empty() {
            return self.grant(client);
        }
        self.clients.get_mut(&client).unwrap().attempt = Some(Attempt::Second);
        self.progress(client, self.rules.second_status)
    }

    fn grant(&mut self, client: usize) -> Value {
        let known = self.clients.get_mut(&client).unwrap();
        (known.session, known.attempt) = (Some("sess_ada"), None);
        self.progress(client, "complete")
    }

    fn progress(&mut self, client: usize, status: &str) -> Value {
        let factor = |strategy: &str| match strategy {
            "email_code" => {
                json!({ "strategy": strategy, "email_address_id": "idn_email", "safe_identifier": "a•••@example.org", "primary": true })
            }
            "phone_code" => {
                json!({ "strategy": strategy, "phone_number_id": "idn_phone", "safe_identifier": "+1 ••• 55", "default": true })
            }
            _ => json!({ "strategy": strategy }),
        };
        let id = if status == "missing_requirements" { "sua_1" } else { "sia_1" };
        let second: Vec<Value> = self.rules.second_factors.iter().map(|strategy| factor(strategy)).collect();
        let client = self.piggy_back(client);
        json!({
            "response": {
                "object": "sign_in_attempt", "id": id, "status": status, "identifier": EMAIL, "email_address": EMAIL,
                "supported_first_factors": [factor("password"), factor("email_code"), factor("a_new_strategy")],
                "supported_second_factors": second, "unverified_fields": ["email_address"], "missing_fields": [],
                "created_session_id": if status == "complete" { json!("sess_ada") } else { Value::Null },
                "user_data": null,
            },
            "client": client,
        })
    }

    fn piggy_back(&mut self, client: usize) -> Value {
        let Some(session) = self.clients[&client].session else { return json!({ "sessions": [] }) };
        let status = self.rules.session_status;
        let jwt = match self.last_token.clone() {
            Some(jwt) => jwt,
            None => self.token(),
        };
        json!({ "object": "client", "sessions": [{
            "id": session, "status": status, "last_active_token": { "object": "token", "jwt": jwt },
            "user": {
                "id": USER, "first_name": "Ada", "last_name": "Lovelace", "username": null, "primary_email_address_id": "idn_email",
                "email_addresses": [
                    { "id": "idn_other", "email_address": "other@example.org" },
                    { "id": "idn_email", "email_address": EMAIL },
                ],
            },
        }] })
    }
}

fn broken_rule(method: &Method, query: &HashMap<String, String>, headers: &HeaderMap) -> Option<&'static str> {
    let is = |name: &str, value: &str| query.get(name).is_some_and(|given| given == value);
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let authorization = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    if headers.contains_key(header::ORIGIN) || headers.contains_key(header::COOKIE) {
        return Some("origin_authorization_headers_conflict");
    }
    match authorization {
        None => Some("request_header_missing"),
        Some(token) if token.starts_with("Bearer") => Some("authorization_header_format_invalid"),
        _ if !is("_is_native", "1") => Some("not_native"),
        _ if !is("__clerk_api_version", "2026-05-12") => Some("unsupported_api_version"),
        _ if method == Method::POST && content_type != Some("application/x-www-form-urlencoded") => {
            Some("unsupported_content_type")
        }
        _ => None,
    }
}
