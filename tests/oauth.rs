//! Sign-in at an OAuth 2 authorization server, over real HTTP, with a server that enforces the rules.
#![cfg(feature = "server")]

#[path = "oauth/authority.rs"]
mod authority;
#[path = "oauth/box_office.rs"]
mod box_office;
#[allow(dead_code)]
#[path = "server/house.rs"]
mod house;
#[path = "oauth/program.rs"]
mod program;
#[cfg(target_os = "linux")]
#[path = "oauth/shared.rs"]
mod shared;

use async_trait::async_trait;
use authority::{Authority, CLIENT, Decision, Ways};
use axum::http::StatusCode;
use frontrow::{
    api::oauth::{OAuth, OAuthSettings, Pages, PlainHttp},
    auth::{
        command::Audience,
        provider::{AuthProvider, Credential, Granted, Keeper, Minted, Minting, Reached},
    },
    domain::{
        env::Clock,
        failure::{Failure, FailureKind},
        ids::UserId,
        sign_in::{Approval, Challenge, Way},
        text::Text,
        user::User,
    },
    effects::ports::{Bearer, Step},
    platform::env::{OsEntropy, SystemClock},
};
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};
use url::Url;

/// A box office that knows everybody as Grace.
struct BoxOffice;

#[async_trait]
impl Audience for BoxOffice {
    fn origin(&self) -> String {
        "https://tickets.example.org".to_owned()
    }
    async fn owner(&self, _: Bearer) -> Result<User, Failure> {
        Ok(User { id: UserId::new("usr_9"), email: Text::new("grace@example.org"), name: Text::new("Grace") })
    }
}

/// A store that can be told to fail, and what was kept in it.
#[derive(Default)]
struct Shelf {
    kept: Mutex<Vec<Credential>>,
    is_full: bool,
}

#[async_trait]
impl Keeper for Shelf {
    async fn keep(&self, successor: Credential) -> Result<(), Failure> {
        if self.is_full {
            return Err(Failure::new(FailureKind::Other, "store", "the keyring is full"));
        }
        self.kept.lock().unwrap().push(successor);
        Ok(())
    }
}

impl Shelf {
    fn latest(&self) -> Option<Credential> {
        self.kept.lock().unwrap().last().cloned()
    }
}

/// The system's clock, put forward.
struct Ahead(AtomicI64);

impl Clock for Ahead {
    fn now(&self) -> Timestamp {
        SystemClock::new().now() + Duration::from_secs(self.0.load(Ordering::SeqCst).unsigned_abs())
    }
    fn monotonic_ms(&self) -> u64 {
        0
    }
}

fn settings(authority: &Authority) -> OAuthSettings {
    OAuthSettings {
        issuer: authority.url.clone(),
        client_id: CLIENT.to_owned(),
        scopes: "openid profile".to_owned(),
        plain_http: PlainHttp::Loopback,
        pages: Pages::Shown,
    }
}

fn provider_with(settings: OAuthSettings) -> OAuth {
    OAuth::new(settings, Arc::new(BoxOffice), Arc::new(SystemClock::new()), Arc::new(OsEntropy))
}

fn provider(authority: &Authority) -> OAuth {
    provider_with(settings(authority))
}

async fn approval(provider: &OAuth, step: Step) -> Approval {
    match provider.step(step).await.unwrap() {
        Reached::Asks(Challenge::Approval(approval)) => approval,
        _ => panic!("an approval is asked for"),
    }
}

async fn granted(provider: &OAuth) -> Result<Granted, Failure> {
    match provider.step(Step::Await).await? {
        Reached::Granted(granted) => Ok(granted),
        Reached::Asks(_) => panic!("nothing more is asked for"),
    }
}

/// Signs in by the device grant.
async fn signed_in(authority: &Authority, provider: &OAuth) -> Granted {
    let approval = approval(provider, Step::Device).await;
    authority.decide(approval.user_code.unwrap().as_str(), Decision::Approved);
    granted(provider).await.unwrap()
}

fn token(minted: &Minted) -> &str {
    minted.token.expose_secret()
}

fn failure<T>(outcome: Result<T, Failure>) -> Failure {
    outcome.err().expect("it fails")
}

/// A browser that takes no redirect by itself.
fn browser() -> reqwest::Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build().unwrap()
}

/// Where the approval page sends the browser.
async fn callback(approval: &Approval) -> Url {
    let answer = browser().get(approval.url.as_str()).send().await.unwrap();
    Url::parse(answer.headers()["location"].to_str().unwrap()).unwrap()
}

#[tokio::test]
async fn both_ways_are_offered_and_a_kiosk_has_no_browser() {
    let authority = Authority::open(Ways::default()).await;
    let offer = provider(&authority).offer().await.unwrap();
    assert_eq!((offer.ways, offer.sign_up), (vec![Way::Device, Way::Browser], false));
    let kiosk = provider_with(OAuthSettings { pages: Pages::Elsewhere, ..settings(&authority) });
    assert_eq!(kiosk.offer().await.unwrap().ways, [Way::Device]);
    assert_eq!(failure(kiosk.step(Step::Browser).await).code, "not_offered");
    assert_eq!(provider(&authority).minting(), Minting::Replaces);
}

#[tokio::test]
async fn an_approval_on_another_device_signs_in() {
    let authority = Authority::open(Ways::default()).await;
    let provider = provider(&authority);
    let approval = approval(&provider, Step::Device).await;
    let code = approval.user_code.clone().unwrap();
    assert!(approval.url.as_str().ends_with("/device"));
    assert_eq!(approval.url_with_code, None, "a phone would look for this machine's address on itself");
    assert_eq!(approval.ttl_ms, 600_000);
    let deciding = async {
        while authority.book().polls == 0 {
            tokio::task::yield_now().await;
        }
        authority.decide(code.as_str(), Decision::Approved);
    };
    let (granted, ()) = tokio::join!(granted(&provider), deciding);
    let user = granted.unwrap().user;
    assert_eq!((user.id.as_str(), user.email.as_str()), ("u1", "ada@example.org"));
    assert_eq!(user.name.as_str(), "Ada\u{fffd}[2J", "names are cleaned");
    assert_eq!(failure(provider.step(Step::Await).await).code, "nothing_pending");
}

#[tokio::test]
async fn a_refused_or_late_approval_says_so() {
    for (decision, code) in [(Decision::Denied, "access_denied"), (Decision::Expired, "expired_token")] {
        let authority = Authority::open(Ways::default()).await;
        let provider = provider(&authority);
        let approval = approval(&provider, Step::Device).await;
        authority.decide(approval.user_code.unwrap().as_str(), decision);
        let failure = failure(granted(&provider).await);
        assert_eq!((failure.kind, failure.code.as_str()), (FailureKind::SignIn, code));
    }
    let authority = Authority::open(Ways { device_expires_in: Some(1), ..Ways::default() }).await;
    let provider = provider(&authority);
    approval(&provider, Step::Device).await;
    assert_eq!(failure(granted(&provider).await).code, "expired_token", "a server that never says so, too");
}

#[tokio::test]
async fn a_server_that_asks_for_patience_gets_it() {
    let authority = Authority::open(Ways { slow_down: true, ..Ways::default() }).await;
    signed_in(&authority, &provider(&authority)).await;
    assert_eq!(authority.book().polls, 2);
}

#[tokio::test]
async fn a_server_in_trouble_while_it_is_polled_is_asked_again() {
    let authority = Authority::open(Ways::default()).await;
    authority.book().instead.push((StatusCode::BAD_GATEWAY, "<html>".to_owned()));
    signed_in(&authority, &provider(&authority)).await;
}

#[tokio::test]
async fn the_browser_comes_back_to_this_machine_and_signs_in() {
    let authority = Authority::open(Ways::default()).await;
    let provider = provider(&authority);
    let approval = approval(&provider, Step::Browser).await;
    assert_eq!((approval.user_code.as_ref(), approval.ttl_ms), (None, 120_000));
    let callback = callback(&approval).await;
    let (granted, page) = tokio::join!(granted(&provider), async {
        let answer = browser().get(callback).send().await.unwrap();
        assert_eq!(answer.headers()["content-security-policy"], "default-src 'none'; frame-ancestors 'none'");
        answer.text().await.unwrap()
    });
    assert!(page.contains("You can close this window") && !page.contains("<script"), "{page}");
    assert_eq!(granted.unwrap().user.id.as_str(), "u1");
}

#[tokio::test]
async fn requests_of_others_to_the_port_are_waited_past() {
    let authority = Authority::open(Ways::default()).await;
    let provider = provider(&authority);
    let approval = approval(&provider, Step::Browser).await;
    let callback = callback(&approval).await;
    let (granted, ()) = tokio::join!(granted(&provider), async {
        let port = callback.port().unwrap();
        let _silent = tokio::net::TcpStream::connect(("127.0.0.1", port)).await.unwrap();
        let mut garbage = tokio::net::TcpStream::connect(("127.0.0.1", port)).await.unwrap();
        tokio::io::AsyncWriteExt::write_all(&mut garbage, &[0xff; 64]).await.unwrap();
        drop(garbage);
        let forged = |query: &str| format!("http://127.0.0.1:{port}/callback?{query}");
        for url in [forged("code=evil&state=guessed"), forged("error=access_denied"), forged("code=evil")] {
            assert_eq!(browser().get(url).send().await.unwrap().status(), 400);
        }
        let icon = format!("http://127.0.0.1:{port}/favicon.ico");
        assert_eq!(browser().get(icon).send().await.unwrap().status(), 404);
        let rebound = browser().get(callback.clone()).header("host", "evil.example").send().await.unwrap();
        assert_eq!(rebound.status(), 400);
        assert_eq!(browser().get(callback.clone()).send().await.unwrap().status(), 200);
    });
    granted.unwrap();
}

#[tokio::test]
async fn an_answer_of_another_authorization_server_is_not_redeemed() {
    let authority = Authority::open(Ways::default()).await;
    for issuer in [Some("https://evil.example"), None] {
        let provider = provider(&authority);
        let approval = approval(&provider, Step::Browser).await;
        let mut mixed = callback(&approval).await;
        let kept: Vec<_> = mixed.query_pairs().into_owned().filter(|(name, _)| name != "iss").collect();
        mixed.query_pairs_mut().clear().extend_pairs(kept).extend_pairs(issuer.map(|issuer| ("iss", issuer)));
        let (granted, _) = tokio::join!(granted(&provider), async { browser().get(mixed).send().await.unwrap() });
        assert!(failure(granted).why.contains("another authorization server"), "{issuer:?}");
    }
    assert!(authority.book().access_tokens.is_empty());
}

#[tokio::test]
async fn a_no_in_the_browser_is_a_no_here() {
    let authority = Authority::open(Ways::default()).await;
    let provider = provider(&authority);
    let approval = approval(&provider, Step::Browser).await;
    let mut denied = callback(&approval).await;
    let kept: Vec<_> = denied.query_pairs().into_owned().filter(|(name, _)| name != "code").collect();
    denied.query_pairs_mut().clear().extend_pairs(kept).append_pair("error", "access_denied");
    let (granted, page) =
        tokio::join!(granted(&provider), async { browser().get(denied).send().await.unwrap().text().await.unwrap() });
    assert_eq!(failure(granted).code, "access_denied");
    assert!(page.contains("not approved"), "{page}");
}

#[tokio::test]
async fn a_code_that_is_not_accepted_ends_the_sign_in_and_says_so() {
    let authority = Authority::open(Ways::default()).await;
    let provider = provider(&authority);
    let approval = approval(&provider, Step::Browser).await;
    let mut wrong = callback(&approval).await;
    let kept: Vec<_> = wrong.query_pairs().into_owned().filter(|(name, _)| name != "code").collect();
    wrong.query_pairs_mut().clear().extend_pairs(kept).append_pair("code", "of-another");
    let (granted, _) = tokio::join!(granted(&provider), async { browser().get(wrong).send().await.unwrap() });
    let failure = failure(granted);
    assert_eq!((failure.code.as_str(), failure.why.contains("of-another")), ("expired_code", false));
}

#[tokio::test]
async fn each_mint_keeps_the_successor_before_its_token_is_used() {
    let authority = Authority::open(Ways::default()).await;
    let provider = provider(&authority);
    let (first, shelf) = (signed_in(&authority, &provider).await.credential, Shelf::default());
    let minted = provider.mint(&first, &shelf).await.unwrap();
    assert!(authority.book().access_tokens.contains(token(&minted)));
    assert_eq!(minted.lives_for, Duration::from_secs(300));
    let second = shelf.latest().unwrap();
    assert_eq!((second.generation, &second.session), (2, &first.session));
    assert_ne!(second.secret.expose_secret(), first.secret.expose_secret());
    provider.mint(&second, &shelf).await.unwrap();
    assert_eq!(shelf.latest().unwrap().generation, 3);
    assert!(!authority.book().reuse_detected);

    let reused = failure(provider.mint(&first, &shelf).await);
    assert_eq!((reused.kind, reused.code.as_str()), (FailureKind::SignIn, "invalid_credential"));
    assert!(authority.book().reuse_detected);
}

#[tokio::test]
async fn no_token_is_handed_out_whose_successor_could_not_be_kept() {
    let authority = Authority::open(Ways::default()).await;
    let provider = provider(&authority);
    let credential = signed_in(&authority, &provider).await.credential;
    let full = Shelf { is_full: true, ..Shelf::default() };
    assert_eq!(failure(provider.mint(&credential, &full).await).why, "the keyring is full");
}

#[tokio::test]
async fn without_a_refresh_token_the_one_token_is_used_until_its_end() {
    let authority = Authority::open(Ways { no_refresh_token: true, ..Ways::default() }).await;
    let clock = Arc::new(Ahead(AtomicI64::new(0)));
    let provider = OAuth::new(settings(&authority), Arc::new(BoxOffice), clock.clone(), Arc::new(OsEntropy));
    let credential = signed_in(&authority, &provider).await.credential;
    let minted = provider.mint(&credential, &Shelf::default()).await.unwrap();
    assert!(minted.lives_for <= Duration::from_secs(300));
    let again = provider.mint(&credential, &Shelf::default()).await.unwrap();
    assert_eq!(token(&again), token(&minted));
    clock.0.store(301, Ordering::SeqCst);
    let ended = failure(provider.mint(&credential, &Shelf::default()).await);
    assert_eq!((ended.kind, ended.code.as_str()), (FailureKind::SignIn, "session_expired"));
    assert!(ended.why.contains("offline_access"));
}

#[tokio::test]
async fn a_token_whose_life_is_not_told_is_taken_for_a_minute() {
    let authority = Authority::open(Ways { no_expires_in: true, ..Ways::default() }).await;
    let provider = provider(&authority);
    let credential = signed_in(&authority, &provider).await.credential;
    let minted = provider.mint(&credential, &Shelf::default()).await.unwrap();
    assert_eq!(minted.lives_for, Duration::from_secs(60));
}

#[tokio::test]
async fn the_person_is_named_by_whoever_knows_the_name() {
    let by = async |ways: Ways| {
        let authority = Authority::open(ways).await;
        signed_in(&authority, &provider(&authority)).await.user.name.to_string()
    };
    assert_eq!(by(Ways { no_userinfo: true, ..Ways::default() }).await, "Ada by token");
    assert_eq!(by(Ways { no_userinfo: true, no_id_token: true, ..Ways::default() }).await, "Grace");
}

#[tokio::test]
async fn signing_out_revokes_the_refresh_token() {
    let authority = Authority::open(Ways::default()).await;
    let provider = provider(&authority);
    let credential = signed_in(&authority, &provider).await.credential;
    provider.revoke(&credential).await.unwrap();
    assert!(authority.book().revoked[0].starts_with("refresh-"));
    assert_eq!(failure(provider.mint(&credential, &Shelf::default()).await).code, "invalid_credential");
}

#[tokio::test]
async fn a_server_known_by_openid_alone_is_found() {
    let authority = Authority::open(Ways { openid_discovery_only: true, ..Ways::default() }).await;
    signed_in(&authority, &provider(&authority)).await;
}

#[tokio::test]
async fn what_is_no_authorization_server_is_named() {
    let authority = Authority::open(Ways::default()).await;
    let elsewhere = OAuthSettings { issuer: authority.url.join("tenant").unwrap(), ..settings(&authority) };
    let failure_there = failure(provider_with(elsewhere).offer().await);
    assert!(failure_there.why.contains("/.well-known/oauth-authorization-server"), "{failure_there}");
    let nobody = OAuthSettings { issuer: Url::parse("http://127.0.0.1:9").unwrap(), ..settings(&authority) };
    assert_eq!(failure(provider_with(nobody).offer().await).kind, FailureKind::Offline);
    let stranger = OAuthSettings { client_id: "stranger".to_owned(), ..settings(&authority) };
    let refused = failure(provider_with(stranger).step(Step::Device).await);
    assert!(refused.why.contains("oauth_client_id"), "{refused}");
}

#[tokio::test]
async fn answers_that_make_no_sense_show_no_token() {
    let authority = Authority::open(Ways::default()).await;
    let provider = provider(&authority);
    let credential = signed_in(&authority, &provider).await.credential;
    let odd = [
        (StatusCode::OK, r#"{"access_token":"eyJsecret"}"#),
        (StatusCode::OK, "eyJsecret"),
        (StatusCode::FORBIDDEN, "eyJsecret"),
        (StatusCode::FOUND, "eyJsecret"),
        (StatusCode::BAD_REQUEST, r#"{"error":"made_up\u001b[2J"}"#),
        (StatusCode::TOO_MANY_REQUESTS, "{}"),
    ];
    for (status, body) in odd {
        authority.book().instead.push((status, body.to_owned()));
        let failure = failure(provider.mint(&credential, &Shelf::default()).await);
        assert_eq!(failure.kind, FailureKind::Other, "{status} {failure}");
        assert!(!failure.why.contains("eyJsecret") && !failure.why.contains('\u{1b}'), "{failure}");
    }
}

#[tokio::test]
async fn a_credential_of_another_provider_is_refused() {
    let authority = Authority::open(Ways::default()).await;
    let secret = SecretString::from("frc_something");
    let foreign = Credential { session: "ses_1".to_owned(), secret, generation: 1 };
    let refused = failure(provider(&authority).mint(&foreign, &Shelf::default()).await);
    assert_eq!((refused.kind, refused.code.as_str()), (FailureKind::SignIn, "invalid_credential"));
    assert!(!refused.why.contains("frc_"));
}

#[tokio::test]
async fn tokens_whose_owner_cannot_be_told_do_not_stay_good() {
    let authority = Authority::open(Ways::default()).await;
    let provider = provider(&authority);
    approval(&provider, Step::Device).await;
    let answer =
        r#"{"access_token":"access-x","token_type":"bearer","refresh_token":"refresh-x","id_token":"nonsense"}"#;
    authority.book().instead.push((StatusCode::OK, answer.to_owned()));
    assert_eq!(failure(granted(&provider).await).code, "not_an_authorization_server");
    assert_eq!(authority.book().revoked, ["refresh-x"]);
}
