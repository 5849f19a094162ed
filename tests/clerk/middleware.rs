//! The whole way: a session of this program, Clerk's Frontend API, and a backend behind Clerk's own middleware.

use crate::{
    express::{Express, Major},
    fapi::{Clerk, EMAIL, Fault, PASSWORD, Rules, USER, session_token},
};
use frontrow::{
    api::{
        clerk::ClerkAccounts,
        http::{Call, Http},
    },
    auth::{
        session::{Keeping, KeptSession},
        store::Stores,
    },
    domain::{
        failure::{Failure, FailureKind},
        sign_in::Progress,
    },
    effects::ports::{Bearer, Session, Step},
    platform::{
        choice::{StoreChoice, TokenPolicy},
        dirs::Dirs,
        env::{OsEntropy, SystemClock},
    },
};
use secrecy::SecretString;
use serde_json::{Value, json};
use std::sync::Arc;
use tempfile::TempDir;

const PASSPHRASE_FILE: &str = "passphrase";
const MAJORS: [Major; 2] = [Major::One, Major::Two];

/// Somebody signed in by Clerk, at a backend that trusts Clerk.
struct Visit {
    clerk: Clerk,
    session: KeptSession,
    backend: Http,
    _express: Express,
    _folder: TempDir,
}

impl Visit {
    async fn begin(major: Major) -> Option<Self> {
        let clerk = Clerk::open(Rules::default()).await;
        let express = Express::start(major, &clerk, None)?;
        let folder = tempfile::tempdir().unwrap();
        let session = session(&clerk, &folder, StoreChoice::Memory);
        sign_in(&session).await;
        let backend = Http::new(express.url.clone());
        Some(Self { clerk, session, backend, _express: express, _folder: folder })
    }

    /// One call with a token of its own.
    async fn bookings(&self) -> Result<Value, Failure> {
        let bearer = self.session.fresh().await?;
        ask(&self.backend, bearer).await
    }

    async fn book(&self) -> Result<Value, Failure> {
        let bearer = self.session.fresh().await?;
        book(&self.backend, bearer).await
    }
}

fn session(clerk: &Clerk, folder: &TempDir, store: StoreChoice) -> KeptSession {
    let accounts = Arc::new(ClerkAccounts::new(clerk.url.clone()));
    let dirs = Dirs { config: folder.path().to_owned(), data: folder.path().to_owned() };
    let keeping = Keeping {
        account: "https://cine.example".to_owned(),
        issuer: clerk.url.to_string(),
        stores: Stores::new(store, &dirs, Some(&folder.path().join(PASSPHRASE_FILE)), Arc::new(OsEntropy)),
        policy: TokenPolicy::Always,
        locks: dirs.locks(),
    };
    KeptSession::new(accounts, keeping, Arc::new(SystemClock::new()))
}

async fn sign_in(session: &KeptSession) {
    let (email, password) = (EMAIL.to_owned(), SecretString::from(PASSWORD));
    let progress = session.step(Step::Password { email, password }).await.unwrap();
    assert!(matches!(progress, Progress::Done(user) if user.id.as_str() == USER));
}

async fn ask(backend: &Http, bearer: Bearer) -> Result<Value, Failure> {
    backend.send(Call::get(&["api", "user", "bookings"]).bearer(bearer)?).await?.json()
}

async fn book(backend: &Http, bearer: Bearer) -> Result<Value, Failure> {
    let seats = json!({ "showId": "1", "selectedSeats": ["A1", "A2"] });
    backend.send(Call::post(&["api", "booking", "create"]).bearer(bearer)?.json(&seats)?).await?.json()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_call_has_a_token_of_its_own_that_clerks_middleware_accepts() {
    for major in MAJORS {
        let Some(visit) = Visit::begin(major).await else { continue };
        for calls in 1..=4 {
            assert_eq!(visit.bookings().await.unwrap()["user"], USER);
            assert_eq!(visit.clerk.mints(), 2 * calls - 1);
            assert_eq!(visit.book().await.unwrap()["seats"], json!(["A1", "A2"]));
            assert_eq!(visit.clerk.mints(), 2 * calls, "{major:?}: as many mints as calls");
        }
        visit.clerk.is_content();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_go_on_through_what_clerk_does_on_a_bad_day() {
    for major in MAJORS {
        let Some(visit) = Visit::begin(major).await else { continue };
        for fault in [Fault::MissingExpiredToken, Fault::TooManyRequests, Fault::LostAnswer, Fault::MissingExpiredToken]
        {
            visit.clerk.meets(fault);
            assert_eq!(visit.bookings().await.unwrap()["user"], USER);
        }
        visit.clerk.is_content();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_was_ended_makes_no_call() {
    for major in MAJORS {
        let Some(visit) = Visit::begin(major).await else { continue };
        visit.bookings().await.unwrap();
        visit.clerk.end_sessions();
        let failure = visit.bookings().await.unwrap_err();
        assert_eq!((failure.kind, failure.code.as_str()), (FailureKind::SignIn, "session_revoked"));
        assert!(failure.why.contains("sign in again"), "{}", failure.why);
        assert_eq!(visit.session.restore().await.unwrap(), None, "it is forgotten");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn programs_that_share_a_sign_in_take_turns() {
    let clerk = Clerk::open(Rules::default()).await;
    let folder = tempfile::tempdir().unwrap();
    let passphrase = folder.path().join(PASSPHRASE_FILE);
    std::fs::write(&passphrase, "open sesame\n").unwrap();
    #[cfg(unix)]
    std::fs::set_permissions(&passphrase, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    let programs = [0, 1, 2].map(|_| session(&clerk, &folder, StoreChoice::File));
    sign_in(&programs[0]).await;
    for round in 1..=3 {
        let (one, two, three) = tokio::join!(programs[0].fresh(), programs[1].fresh(), programs[2].fresh());
        for bearer in [one, two, three] {
            bearer.unwrap();
        }
        assert_eq!(clerk.mints(), 3 * round);
    }
    clerk.is_content();
}

#[tokio::test(flavor = "multi_thread")]
async fn signed_out_answers_are_recognised_although_their_status_is_200() {
    for major in MAJORS {
        let clerk = Clerk::open(Rules::default()).await;
        let Some(express) = Express::start(major, &clerk, None) else { continue };
        let backend = Http::new(express.url.clone());
        let stranger = || Bearer::new(SecretString::from("garbage"));
        assert_eq!(ask(&backend, stranger()).await.unwrap_err().code, "invalid_token");
        assert_eq!(book(&backend, stranger()).await.unwrap_err().code, "not_accepted");
        let early = || {
            let jwt = session_token(clerk.url.as_str(), json!({}), json!({ "iat": 8, "nbf": 8, "exp": 68 }));
            Bearer::new(SecretString::from(jwt))
        };
        let failure = ask(&backend, early()).await.unwrap_err();
        assert_eq!(failure.code, "clock");
        assert!(failure.why.contains("5 seconds"), "{}", failure.why);
        assert_eq!(book(&backend, early()).await.unwrap_err().code, "clock");
    }
}

/// One row: what is sent, and whether `req.auth()` and `getAuth(req)` see somebody.
struct Row {
    name: &'static str,
    header: Value,
    claims: Value,
    scheme: &'static str,
    /// By the majors 1 and 2.
    seen: [(bool, bool); 2],
}

fn row(name: &'static str, claims: Value, seen: bool) -> Row {
    Row { name, header: json!({}), claims, scheme: "Bearer ", seen: [(seen, seen); 2] }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_clerks_middleware_accepts_is_what_the_documents_say() {
    let rows = [
        row("a session token", json!({}), true),
        row("with the azp of a web page", json!({ "azp": "https://elsewhere.example" }), true),
        row("of another issuer with the same key", json!({ "iss": "https://elsewhere.example" }), true),
        row("expired 3 s ago", json!({ "iat": -63, "nbf": -73, "exp": -3 }), true),
        row("expired 8 s ago", json!({ "iat": -68, "nbf": -78, "exp": -8 }), false),
        row("from 3 s ahead", json!({ "iat": 3, "nbf": 3, "exp": 63 }), true),
        row("issued 8 s ahead", json!({ "iat": 8, "exp": 68 }), false),
        row("not valid for 8 s", json!({ "nbf": 8 }), false),
        row("of a pending session", json!({ "sts": "pending" }), false),
        Row { scheme: "", ..row("without Bearer", json!({}), true) },
        Row { scheme: "bearer ", ..row("with a small b", json!({}), false) },
        Row {
            header: json!({ "cat": "cl_B7d4PD222AAA" }),
            seen: [(true, true), (false, false)],
            ..row("of a JWT template", json!({}), true)
        },
        Row {
            header: json!({ "typ": "at+jwt" }),
            seen: [(true, false); 2],
            ..row("an OAuth access token", json!({ "scope": "profile", "client_id": "app", "jti": "oat_1" }), true)
        },
    ];
    for (index, major) in MAJORS.into_iter().enumerate() {
        let clerk = Clerk::open(Rules::default()).await;
        let Some(express) = Express::start(major, &clerk, None) else { continue };
        for row in &rows {
            let token = session_token(clerk.url.as_str(), row.header.clone(), row.claims.clone());
            let seen = probe(&express, &format!("{}{token}", row.scheme)).await;
            assert_eq!(seen, row.seen[index], "{major:?}: {}", row.name);
        }
        let Some(express) = Express::start(major, &clerk, Some("https://cine.example")) else { continue };
        let token = session_token(clerk.url.as_str(), json!({}), json!({}));
        let seen = probe(&express, &format!("Bearer {token}")).await.0;
        assert_eq!(seen, major == Major::One, "{major:?}: no azp where authorizedParties is set");
    }
}

/// Whether `req.auth()` and `getAuth(req)` see somebody.
async fn probe(express: &Express, authorization: &str) -> (bool, bool) {
    let call = Call::get(&["probe"]).secret_header("authorization", &SecretString::from(authorization)).unwrap();
    let answer = Http::new(express.url.clone()).exchange(call).await.unwrap();
    assert_eq!(answer.status, 200);
    let seen: Value = serde_json::from_slice(&answer.body).unwrap();
    (!seen["auth"].is_null(), !seen["getAuth"].is_null())
}
