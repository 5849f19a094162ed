//! People whom a Clerk instance has signed in, in both dialects.

use crate::house::{Answer, House};
use async_trait::async_trait;
use frontrow::{
    domain::env::Clock,
    server::clerk::{Clerk, KeySource},
};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode, jwk::Jwk};
use reqwest::Method;
use serde_json::{Value, json};
use std::sync::{
    Arc, Mutex,
    atomic::{AtomicUsize, Ordering},
};
use std::time::Duration;

/// The instance's key: invented for tests, nobody's.
const PRIVATE: &[u8] = include_bytes!("../clerk/key.pem");
const PUBLIC: &str = "-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEArhwlTzfg5tA1+PJK7Kb5
4aDgaL1OFUHO0WzK1kKe/WDClcRz9lxadInCtfZUbZlVThFad15JSCVtFDtaVOVu
WLqv1RMV4/SO719k34KJ94W2P60PQGMCwOr8h6yXoN2GV179gvRAVfxJKJ+o2/cz
bAPfokBBvZ9ZJRB9au4wBd3Ih5J8GVIUY9Mg56V3f7+9dMxOBZYrR/qdzus4d7rY
g6r/aeY1vsZFnpn03LqXVDIu2RqW5IHTwm4Ahg7FKuabPqMcTnx7bz18gGXJK9xV
SJn4NpAuJtylF4U6fe0a5aJ+2wWUqNYLBOR9m5E2gDHZW8pWL52dgkM4ZoOgafQr
uQIDAQAB
-----END PUBLIC KEY-----
";
const ISSUER: &str = "https://clerk.example.org";

fn header() -> Header {
    Header { kid: Some("ins_1".to_owned()), ..Header::new(Algorithm::RS256) }
}

fn signed(header: &Header, claims: &Value) -> String {
    encode(header, claims, &EncodingKey::from_rsa_pem(PRIVATE).unwrap()).unwrap()
}

/// A session's claims, fresh by the clock of the house.
fn claims(house: &House, sub: &str) -> Value {
    let now = house.clock.now().as_second();
    json!({"iss": ISSUER, "sub": sub, "sid": "sess_1", "iat": now, "nbf": now - 10, "exp": now + 60})
}

fn token(house: &House, sub: &str) -> String {
    signed(&header(), &claims(house, sub))
}

async fn open() -> House {
    open_with_admins(&[]).await
}

async fn open_with_admins(admins: &[&str]) -> House {
    House::open_with(|options| {
        options.rules.admins = admins.iter().map(|&admin| admin.to_owned()).collect();
        options.outside.clerk = Some(Clerk::of_pem(PUBLIC, Some(ISSUER.to_owned())).unwrap());
    })
    .await
}

async fn ask(house: &House, path: &str, token: &str) -> Answer {
    house.send(house.request(Method::GET, path).bearer_auth(token)).await
}

#[tokio::test]
async fn somebody_signed_in_at_clerk_books_and_sees_it_in_both_dialects() {
    let house = open().await;
    let mut alice = claims(&house, "user_2alice");
    alice["name"] = json!("Alice");
    alice["email"] = json!("alice@example.org");
    let alice = signed(&header(), &alice);
    let me = ask(&house, "/v1/me", &alice).await.must_be(200).body;
    assert_eq!(me["user"], json!({"id": "user_2alice", "email": "alice@example.org", "name": "Alice"}));
    let show = house.emptiest_show_in("classic").await;
    let taken = house.get(&format!("/api/booking/seats/{}", show.id)).await.body["occupiedSeats"].clone();
    let free = (1..=9).map(|n| json!(format!("A{n}"))).find(|seat| !taken.as_array().unwrap().contains(seat)).unwrap();
    let body = json!({"showId": show.id, "selectedSeats": [free]});
    let create = house.request(Method::POST, "/api/booking/create").bearer_auth(&alice).json(&body);
    let created = house.send(create).await.must_be(200).body;
    assert_eq!(created["success"], true, "{created}");
    // Her later tokens say less, and are as good.
    let answer = ask(&house, "/api/user/bookings", &token(&house, "user_2alice")).await;
    assert!(!answer.headers.contains_key("x-clerk-auth-status"));
    let booking = &answer.body["bookings"][0];
    assert_eq!((&booking["user"], &booking["bookedSeats"]), (&json!("user_2alice"), &json!([free])));
    assert_eq!(booking["show"]["occupiedSeats"][free.as_str().unwrap()], "user_2alice", "the owner is the token's sub");
    let me = ask(&house, "/v1/me", &token(&house, "user_2alice")).await.must_be(200).body;
    assert_eq!(me["user"]["name"], "Alice");
    let native = ask(&house, "/v1/bookings", &alice).await.must_be(200).body;
    assert_eq!(native["bookings"].as_array().unwrap().len(), 1);
    assert_eq!(ask(&house, "/v1/bookings", &token(&house, "user_2bob")).await.must_be(200).body["bookings"], json!([]));
}

#[tokio::test]
async fn fifty_first_requests_of_one_person_open_one_account() {
    let house = open().await;
    let token = token(&house, "user_2alice");
    let asks = (0..50).map(|_| ask(&house, "/v1/me", &token));
    for answer in futures_util::future::join_all(asks).await {
        assert_eq!(answer.must_be(200).body["user"]["id"], "user_2alice");
    }
}

#[tokio::test]
async fn what_is_not_a_good_session_token_of_the_instance_is_signed_out() {
    let house = open().await;
    let change = |key: &str, value: Value| {
        let mut claims = claims(&house, "user_2alice");
        claims[key] = value;
        signed(&header(), &claims)
    };
    let now = house.clock.now().as_second();
    let mut template = header();
    template.extras.insert("cat", "cl_B7d4PD222AAA");
    let mut elsewhere = header();
    elsewhere.jku = Some("https://evil.example/keys".to_owned());
    let mut kind = header();
    kind.typ = Some("at+jwt".to_owned());
    let good = token(&house, "user_2alice");
    let (head, rest) = good.split_once('.').unwrap();
    let (body, signature) = rest.split_once('.').unwrap();
    let cases = [
        ("expired", change("exp", json!(now - 6)), "session-token-expired"),
        ("not yet", change("nbf", json!(now + 6)), "session-token-expired"),
        ("made later", change("iat", json!(now + 6)), "session-token-expired"),
        ("another instance", change("iss", json!("https://clerk.evil.example")), "token-invalid"),
        ("pending", change("sts", json!("pending")), "token-invalid"),
        ("one of our ids", change("sub", json!("usr_0190")), "token-invalid"),
        ("no id", change("sub", json!("user 2; --")), "token-invalid"),
        ("a template's", signed(&template, &claims(&house, "user_2alice")), "token-invalid"),
        ("key elsewhere", signed(&elsewhere, &claims(&house, "user_2alice")), "token-invalid"),
        ("an OAuth token", signed(&kind, &claims(&house, "user_2alice")), "token-invalid"),
        ("unsigned", format!("{head}.{body}."), "token-invalid"),
        (
            "another's signature",
            format!("{head}.{body}.{}", signature.chars().rev().collect::<String>()),
            "token-invalid",
        ),
        (
            "the public key as a password",
            encode(
                &Header::new(Algorithm::HS256),
                &claims(&house, "user_2alice"),
                &EncodingKey::from_secret(PUBLIC.as_bytes()),
            )
            .unwrap(),
            "token-invalid",
        ),
    ];
    for (what, token, reason) in cases {
        let answer = ask(&house, "/api/user/bookings", &token).await.must_be(200);
        assert_eq!(answer.body["success"], false, "{what}");
        assert_eq!(answer.headers["x-clerk-auth-status"], "signed-out", "{what}");
        assert_eq!(answer.headers["x-clerk-auth-reason"], reason, "{what}");
        ask(&house, "/v1/me", &token).await.must_refuse(401, "invalid_token");
    }
    for (what, token) in [("late", change("exp", json!(now - 4))), ("early", change("nbf", json!(now + 4)))] {
        assert_eq!(ask(&house, "/v1/me", &token).await.status, 200, "{what}: five seconds are nothing");
    }
    // Without an instance nobody's tokens but ours count.
    let alone = House::open().await;
    ask(&alone, "/v1/me", &good).await.must_refuse(401, "invalid_token");
}

#[tokio::test]
async fn an_admin_is_named_by_id_or_by_an_address_that_was_proven() {
    let house = open_with_admins(&["user_2Boss", "owner@example.org"]).await;
    let is_admin = async |claims: Value| {
        ask(&house, "/api/admin/is-admin", &signed(&header(), &claims)).await.must_be(200).body["success"] == true
    };
    assert!(is_admin(claims(&house, "user_2Boss")).await);
    assert!(!is_admin(claims(&house, "user_2boss")).await);
    let mut owner = claims(&house, "user_2owner");
    owner["email"] = json!("Owner@example.org");
    assert!(!is_admin(owner.clone()).await, "anybody may claim an address");
    owner["email_verified"] = json!(true);
    assert!(is_admin(owner).await);
    assert!(!is_admin(claims(&house, "user_2owner")).await);
}

#[tokio::test]
async fn an_address_told_by_clerk_is_no_way_into_an_account_here() {
    let house = open().await;
    let mut mallory = claims(&house, "user_2mallory");
    mallory["email"] = json!("ann@example.org");
    mallory["email_verified"] = json!(true);
    let mallory = signed(&header(), &mallory);
    ask(&house, "/v1/me", &mallory).await.must_be(200);
    let ann = house.sign_up("ann@example.org").await;
    assert_ne!(ann.signed_in.user.id.0, "user_2mallory");
    for email in ["user_2mallory", "ann@example.org"] {
        let body = json!({"method": "password", "email": email, "password": ""});
        assert_ne!(house.post("/v1/auth/sign-in", body).await.status, 200, "{email}");
    }
    assert_eq!(ask(&house, "/v1/me", &mallory).await.body["user"]["id"], "user_2mallory");
}

/// A key set that counts who reads it.
#[derive(Default)]
struct Published {
    set: Mutex<Value>,
    reads: AtomicUsize,
    /// Whoever has it keeps the set from being read.
    slow: tokio::sync::Mutex<()>,
}

impl Published {
    /// The set with the instance's key.
    fn with_key() -> Value {
        let mut key = Jwk::from_encoding_key(&EncodingKey::from_rsa_pem(PRIVATE).unwrap(), Algorithm::RS256).unwrap();
        key.common.key_id = Some("ins_1".to_owned());
        json!({"keys": [key]})
    }

    async fn must_be_read(&self, times: usize) {
        let read = async {
            while self.reads.load(Ordering::SeqCst) < times {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(30), read).await.expect("the key set is asked for");
    }
}

#[async_trait]
impl KeySource for Published {
    async fn key_set(&self) -> Result<Vec<u8>, String> {
        self.reads.fetch_add(1, Ordering::SeqCst);
        let _slow = self.slow.lock().await;
        Ok(self.set.lock().unwrap().to_string().into_bytes())
    }
}

#[tokio::test]
async fn keys_are_fetched_when_one_is_missing_and_not_for_every_stranger() {
    let published = Arc::new(Published::default());
    *published.set.lock().unwrap() = json!({"keys": []});
    let source = Arc::clone(&published) as Arc<dyn KeySource>;
    let house =
        House::open_with(|options| options.outside.clerk = Some(Clerk::of_key_set(ISSUER.to_owned(), source))).await;
    let reads = || published.reads.load(Ordering::SeqCst);
    let fresh = || token(&house, "user_2alice");
    for _ in 0..3 {
        ask(&house, "/v1/me", &fresh()).await.must_refuse(401, "invalid_token");
    }
    assert_eq!(reads(), 1, "a key that is not there is not looked for again at once");
    *published.set.lock().unwrap() = Published::with_key();
    house.clock.advance_seconds(30);
    for _ in 0..3 {
        ask(&house, "/v1/me", &fresh()).await.must_be(200);
    }
    assert_eq!(reads(), 2);
    house.clock.advance_seconds(5 * 60);
    *published.set.lock().unwrap() = json!("not a key set");
    ask(&house, "/v1/me", &fresh()).await.must_be(200);
    assert_eq!(reads(), 3, "what cannot be read does not take the keys away that there were");
}

#[tokio::test]
async fn strangers_hold_nobody_up_while_the_keys_are_fetched_and_cannot_stop_it() {
    let published = Arc::new(Published { set: Mutex::new(Published::with_key()), ..Published::default() });
    let source = Arc::clone(&published) as Arc<dyn KeySource>;
    let house =
        House::open_with(|options| options.outside.clerk = Some(Clerk::of_key_set(ISSUER.to_owned(), source))).await;
    let alice = token(&house, "user_2alice");
    ask(&house, "/v1/me", &alice).await.must_be(200);
    house.clock.advance_seconds(31);
    let slow = published.slow.lock().await;
    let stranger = signed(&Header { kid: Some("ins_none".to_owned()), ..header() }, &claims(&house, "user_2mallory"));
    // On a line of its own, which is hung up as soon as the keys are asked for.
    let request =
        crate::house::http_client().get(format!("{}/api/show/all", house.running.url())).bearer_auth(stranger);
    let asks = tokio::spawn(request.send());
    published.must_be_read(2).await;
    let known = tokio::time::timeout(Duration::from_secs(20), ask(&house, "/v1/me", &alice)).await;
    known.expect("a key that is known waits for nobody").must_be(200);
    asks.abort();
    assert!(asks.await.unwrap_err().is_cancelled());
    let mut renewed = Published::with_key();
    renewed["keys"][0]["kid"] = json!("ins_2");
    *published.set.lock().unwrap() = renewed;
    drop(slow);
    let bob = signed(&Header { kid: Some("ins_2".to_owned()), ..header() }, &claims(&house, "user_2bob"));
    ask(&house, "/v1/me", &bob).await.must_be(200);
    assert_eq!(published.reads.load(Ordering::SeqCst), 2);
}

#[test]
fn what_is_no_public_key_is_refused() {
    for text in ["", "whsec_x", "-----BEGIN PUBLIC KEY-----\nnonsense\n-----END PUBLIC KEY-----"] {
        assert!(Clerk::of_pem(text, None).is_err_and(|why| why.contains("PEM")), "{text}");
    }
}
