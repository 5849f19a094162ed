//! The provider alone with the Frontend API.

use crate::fapi::{CODE, Clerk, EMAIL, Fault, PASSWORD, Rules, TICKET, USER};
use async_trait::async_trait;
use frontrow::{
    api::clerk::ClerkAccounts,
    auth::provider::{AuthProvider, Credential, Granted, Keeper, Minted, Minting, Reached},
    domain::{
        failure::{Failure, FailureKind},
        sign_in::{Challenge, CodeFrom},
    },
    effects::ports::Step,
};
use secrecy::{ExposeSecret, SecretString};
use std::{sync::Mutex, time::Duration};

fn secret(text: &str) -> SecretString {
    SecretString::from(text)
}

fn password(text: &str) -> Step {
    Step::Password { email: EMAIL.to_owned(), password: secret(text) }
}

fn code(from: CodeFrom, text: &str) -> Step {
    Step::Code { from, code: secret(text) }
}

fn send_code() -> Step {
    Step::SendCode { email: EMAIL.to_owned() }
}

fn sign_up() -> Step {
    Step::SignUp { email: EMAIL.to_owned(), name: "Ada Lovelace".to_owned(), password: secret(PASSWORD) }
}

async fn reach(clerk: &ClerkAccounts, step: Step) -> Result<Reached, Failure> {
    clerk.step(step).await
}

async fn granted(clerk: &ClerkAccounts, step: Step) -> Granted {
    match reach(clerk, step).await.unwrap() {
        Reached::Granted(granted) => granted,
        Reached::Asks(challenge) => panic!("asked for {challenge:?}"),
    }
}

async fn asked(clerk: &ClerkAccounts, step: Step) -> (CodeFrom, String, Vec<CodeFrom>) {
    match reach(clerk, step).await.unwrap() {
        Reached::Asks(Challenge::Code { from, sent_to, instead }) => {
            (from, sent_to.map(|text| text.to_string()).unwrap_or_default(), instead)
        }
        Reached::Asks(challenge) => panic!("asked for {challenge:?}"),
        Reached::Granted(_) => panic!("nothing was asked"),
    }
}

async fn refused(clerk: &ClerkAccounts, step: Step) -> Failure {
    match reach(clerk, step).await {
        Err(failure) => failure,
        Ok(_) => panic!("it was not refused"),
    }
}

/// Keeps every successor, and can fail to.
#[derive(Default)]
struct Notebook {
    written: Mutex<Vec<(u32, String)>>,
    full: bool,
}

#[async_trait]
impl Keeper for Notebook {
    async fn keep(&self, successor: Credential) -> Result<(), Failure> {
        if self.full {
            return Err(Failure::new(FailureKind::Other, "credential_store", "the keyring is locked"));
        }
        let note = (successor.generation, successor.secret.expose_secret().to_owned());
        self.written.lock().unwrap().push(note);
        Ok(())
    }
}

impl Notebook {
    fn generations(&self) -> Vec<u32> {
        self.written.lock().unwrap().iter().map(|(generation, _)| *generation).collect()
    }

    fn newest(&self, session: &str) -> Credential {
        let written = self.written.lock().unwrap();
        let (generation, token) = written.last().expect("something was written").clone();
        Credential { session: session.to_owned(), secret: SecretString::from(token), generation }
    }
}

/// Somebody signed in, and what their mints write down.
struct Someone {
    clerk: Clerk,
    accounts: ClerkAccounts,
    credential: Credential,
    notebook: Notebook,
}

impl Someone {
    async fn signed_in() -> Self {
        let clerk = Clerk::open(Rules::default()).await;
        let accounts = ClerkAccounts::new(clerk.url.clone());
        let credential = granted(&accounts, password(PASSWORD)).await.credential;
        Self { clerk, accounts, credential, notebook: Notebook::default() }
    }

    async fn mint(&self) -> Result<Minted, Failure> {
        let kept = self.notebook.written.lock().unwrap().is_empty();
        let credential = if kept { self.credential.clone() } else { self.notebook.newest(&self.credential.session) };
        self.accounts.mint(&credential, &self.notebook).await
    }

    async fn refused_mint(&self) -> Failure {
        match self.mint().await {
            Err(failure) => failure,
            Ok(_) => panic!("a token was minted"),
        }
    }
}

#[tokio::test]
async fn a_password_signs_in_by_the_rules_of_native_mode() {
    let clerk = Clerk::open(Rules::default()).await;
    let accounts = ClerkAccounts::new(clerk.url.clone());
    let Granted { user, credential } = granted(&accounts, password(PASSWORD)).await;
    assert_eq!((user.id.as_str(), user.name.as_str(), user.email.as_str()), (USER, "Ada Lovelace", EMAIL));
    assert_eq!((credential.session.as_str(), credential.generation), ("sess_ada", 1));
    assert!(clerk.is_newest(credential.secret.expose_secret()), "the client token of the last answer is kept");
    clerk.is_content();
}

#[tokio::test]
async fn wrong_passwords_and_codes_can_be_tried_again_and_keep_the_client() {
    let clerk = Clerk::open(Rules::default()).await;
    let accounts = ClerkAccounts::new(clerk.url.clone());
    for _ in 0..3 {
        let failure = refused(&accounts, password("a wrong password")).await;
        assert_eq!((failure.kind, failure.code.as_str()), (FailureKind::SignIn, "bad_login"));
        assert_eq!(failure.why, "Clerk says form_password_incorrect.");
    }
    assert_eq!(asked(&accounts, send_code()).await, (CodeFrom::Email, "a•••@example.org".to_owned(), vec![]));
    assert_eq!(clerk.sent(), ["idn_email"]);
    assert_eq!(refused(&accounts, code(CodeFrom::Email, "000000")).await.code, "bad_code");
    granted(&accounts, code(CodeFrom::Email, " 424 242\n")).await;
    assert_eq!(clerk.clients(), 1, "only the very first request has an empty client token");
    clerk.is_content();
}

#[tokio::test]
async fn a_second_sign_in_is_a_new_clients() {
    let clerk = Clerk::open(Rules::default()).await;
    let accounts = ClerkAccounts::new(clerk.url.clone());
    granted(&accounts, password(PASSWORD)).await;
    granted(&accounts, password(PASSWORD)).await;
    assert_eq!(clerk.clients(), 2);
    // A granted sign-in whose answer is lost leaves a client that no other sign-in can begin with.
    clerk.meets(Fault::LostAnswer);
    refused(&accounts, password(PASSWORD)).await;
    granted(&accounts, password(PASSWORD)).await;
    clerk.is_content();
}

#[tokio::test]
async fn a_second_factor_is_asked_for_and_given() {
    let second_factors = vec!["backup_code", "phone_code", "totp", "passkey"];
    let clerk = Clerk::open(Rules { second_factors, ..Rules::default() }).await;
    let accounts = ClerkAccounts::new(clerk.url.clone());
    let (from, _, instead) = asked(&accounts, password(PASSWORD)).await;
    assert_eq!((from, instead), (CodeFrom::App, vec![CodeFrom::Phone, CodeFrom::Recovery]));
    assert_eq!(refused(&accounts, code(CodeFrom::App, "000000")).await.code, "bad_code");
    assert_eq!(refused(&accounts, code(CodeFrom::Email, CODE)).await.code, "not_offered");
    granted(&accounts, code(CodeFrom::App, CODE)).await;

    asked(&accounts, password(PASSWORD)).await;
    granted(&accounts, code(CodeFrom::Recovery, CODE)).await;

    asked(&accounts, password(PASSWORD)).await;
    assert!(clerk.sent().is_empty(), "nothing is sent that nobody asked for");
    let (from, sent_to, instead) = asked(&accounts, code(CodeFrom::Phone, "")).await;
    assert_eq!((from, sent_to.as_str()), (CodeFrom::Phone, "+1 ••• 55"));
    assert_eq!(instead, [CodeFrom::App, CodeFrom::Recovery]);
    asked(&accounts, code(CodeFrom::Phone, " ")).await;
    granted(&accounts, code(CodeFrom::Phone, CODE)).await;
    assert_eq!(clerk.sent(), ["idn_phone", "idn_phone"], "once more when the code is left empty");
    clerk.is_content();
}

#[tokio::test]
async fn a_device_that_clerk_does_not_know_proves_itself_by_e_mail() {
    let rules = Rules { second_factors: vec!["email_code"], second_status: "needs_client_trust", ..Rules::default() };
    let clerk = Clerk::open(rules).await;
    let accounts = ClerkAccounts::new(clerk.url.clone());
    assert_eq!(asked(&accounts, password(PASSWORD)).await.0, CodeFrom::Email);
    assert_eq!(clerk.sent(), ["idn_email"]);
    granted(&accounts, code(CodeFrom::Email, CODE)).await;
    clerk.is_content();
}

#[tokio::test]
async fn a_ticket_signs_in_once_it_is_right() {
    let clerk = Clerk::open(Rules::default()).await;
    let accounts = ClerkAccounts::new(clerk.url.clone());
    let failure = refused(&accounts, Step::Ticket { ticket: secret("another") }).await;
    assert_eq!((failure.kind, failure.code.as_str()), (FailureKind::SignIn, "bad_ticket"));
    granted(&accounts, Step::Ticket { ticket: secret(&format!("{TICKET}\n")) }).await;
    clerk.is_content();
}

#[tokio::test]
async fn an_account_is_made_and_its_address_proven() {
    for names in [true, false] {
        let clerk = Clerk::open(Rules { names, ..Rules::default() }).await;
        let accounts = ClerkAccounts::new(clerk.url.clone());
        assert_eq!(asked(&accounts, sign_up()).await, (CodeFrom::Email, EMAIL.to_owned(), vec![]));
        assert_eq!(refused(&accounts, code(CodeFrom::Email, "1")).await.code, "bad_code");
        granted(&accounts, code(CodeFrom::Email, CODE)).await;
        assert_eq!(clerk.sent(), ["idn_email"]);
        clerk.is_content();
    }
}

#[tokio::test]
async fn what_a_terminal_cannot_do_is_said_in_a_sentence() {
    let stuck = |status| Rules { stuck_in: Some(status), ..Rules::default() };
    let factors = |factor| Rules { second_factors: vec![factor], ..Rules::default() };
    for (rules, step, code, part) in [
        (stuck("needs_new_password"), password(PASSWORD), "needs_new_password", "set one on the cinema's web page"),
        (stuck("abandoned"), password(PASSWORD), "abandoned", "begin again"),
        (stuck("needs_first_factor"), password(PASSWORD), "not_offered", "try a code by e-mail"),
        (stuck("needs_a_dance"), password(PASSWORD), "unknown_status", "(needs_a_dance)"),
        (factors("passkey"), password(PASSWORD), "not_offered", "cannot be given in a terminal"),
        (Rules { captcha: true, ..Rules::default() }, sign_up(), "requires_captcha", "web page"),
        (Rules { session_status: "pending", ..Rules::default() }, password(PASSWORD), "session_pending", "web page"),
        (Rules { native_api: false, ..Rules::default() }, password(PASSWORD), "native_api_disabled", "Native API"),
        (Rules::default(), Step::Device, "not_offered", "does not sign in like that"),
        (Rules::default(), code(CodeFrom::Email, CODE), "not_offered", "begin again"),
    ] {
        let clerk = Clerk::open(rules).await;
        let failure = refused(&ClerkAccounts::new(clerk.url.clone()), step).await;
        assert_eq!((failure.kind, failure.code.as_str()), (FailureKind::Refused, code));
        assert!(failure.why.contains(part), "{}", failure.why);
    }
}

#[tokio::test]
async fn no_failure_says_what_was_typed_in_secret() {
    let clerk = Clerk::open(Rules::default()).await;
    let accounts = ClerkAccounts::new(clerk.url.clone());
    for step in [password("hunter2"), Step::Ticket { ticket: secret("hunter2") }] {
        assert!(!format!("{:?}", refused(&accounts, step).await).contains("hunter2"));
    }
    drop(clerk);
    let failure = refused(&accounts, password("hunter2")).await;
    assert_eq!(failure.kind, FailureKind::Offline);
    assert!(failure.why.starts_with("Clerk at http://127.0.0.1:"), "{}", failure.why);
    assert!(!format!("{failure:?}").contains("hunter2"));
}

#[tokio::test]
async fn every_mint_writes_the_new_client_token_down() {
    let someone = Someone::signed_in().await;
    assert_eq!(someone.accounts.minting(), Minting::Replaces);
    for mints in 1..=3 {
        let minted = someone.mint().await.unwrap();
        assert_eq!(minted.lives_for, Duration::from_secs(60));
        assert_eq!(someone.clerk.mints(), mints);
        let newest = someone.notebook.newest("sess_ada");
        assert!(someone.clerk.is_newest(newest.secret.expose_secret()));
    }
    assert_eq!(someone.notebook.generations(), [2, 3, 4]);
    someone.clerk.is_content();
}

#[tokio::test]
async fn a_client_token_that_cannot_be_written_down_fails_the_mint() {
    let mut someone = Someone::signed_in().await;
    someone.notebook.full = true;
    assert_eq!(someone.refused_mint().await.code, "credential_store");
}

#[tokio::test]
async fn the_last_token_is_shown_when_clerk_wants_to_see_it() {
    let someone = Someone::signed_in().await;
    // Before the first mint of this process only Clerk knows the last token.
    someone.clerk.meets(Fault::MissingExpiredToken);
    someone.mint().await.unwrap();
    assert_eq!(someone.notebook.generations(), [2, 3, 4], "the refusal brought a client token, too");
    someone.clerk.meets(Fault::MissingExpiredToken);
    someone.mint().await.unwrap();
    assert_eq!(someone.notebook.generations(), [2, 3, 4, 5, 6]);
    assert_eq!(someone.clerk.mints(), 2);
    someone.clerk.is_content();
}

#[tokio::test]
async fn a_mint_survives_a_busy_clerk_and_a_lost_answer() {
    let someone = Someone::signed_in().await;
    someone.mint().await.unwrap();
    someone.clerk.meets(Fault::TooManyRequests);
    someone.mint().await.unwrap();
    someone.clerk.meets(Fault::LostAnswer);
    someone.mint().await.unwrap();
    assert_eq!(someone.clerk.mints(), 4, "the lost one counts");
    for _ in 0..3 {
        someone.clerk.meets(Fault::TooManyRequests);
    }
    let failure = someone.refused_mint().await;
    assert_eq!(failure.code, "rate_limited");
    assert!(failure.why.contains("try again in"), "{}", failure.why);
    someone.mint().await.unwrap();
    someone.clerk.is_content();
}

#[tokio::test]
async fn a_session_that_was_ended_elsewhere_is_over_for_good() {
    let someone = Someone::signed_in().await;
    someone.mint().await.unwrap();
    someone.clerk.end_sessions();
    let failure = someone.refused_mint().await;
    assert_eq!((failure.kind, failure.code.as_str()), (FailureKind::SignIn, "session_revoked"));
    let elsewhere = Credential { session: "sess_other".to_owned(), ..someone.notebook.newest("sess_ada") };
    let failure = someone.accounts.mint(&elsewhere, &someone.notebook).await.map(drop).unwrap_err();
    assert_eq!((failure.kind, failure.code.as_str()), (FailureKind::SignIn, "session_revoked"));
    // An old client token says nothing of the session: another process may have a newer one.
    let failure = someone.accounts.mint(&someone.credential, &someone.notebook).await.map(drop).unwrap_err();
    assert_eq!((failure.kind, failure.code.as_str()), (FailureKind::SignIn, "invalid_credential"));
}

#[tokio::test]
async fn signing_out_ends_the_session_at_clerk() {
    let someone = Someone::signed_in().await;
    someone.accounts.revoke(&someone.credential).await.unwrap();
    assert_eq!(someone.clerk.sessions(), 0);
    someone.accounts.revoke(&someone.credential).await.unwrap();
    someone.clerk.is_content();
}
