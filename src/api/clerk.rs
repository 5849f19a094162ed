//! Clerk's Frontend API in native mode, as Clerk's own programs for phones speak it.
//!
//! Clerk names a program by a *client token*. Every answer may bring a new one in its `Authorization` header, also the
//! answer to a refused request, and only the last ones are accepted: so [`line`] writes it down before anything else is
//! done with the answer.

pub mod key;

mod answer;
mod attempt;
mod line;
mod refusal;
mod token;

use super::http::{Call, Http};
use crate::{
    auth::provider::{AuthProvider, Credential, Keeper, Minted, Minting, Reached, Standing},
    domain::{
        failure::{Failure, FailureKind},
        sign_in::{Offer, Way},
    },
    effects::ports::Step,
};
use answer::{ClientAnswer, TokenAnswer};
use async_trait::async_trait;
use attempt::Attempt;
use line::Line;
use secrecy::{ExposeSecret, SecretString};
use std::sync::{Arc, Mutex, PoisonError};
use url::Url;

/// Provider `clerk`: accounts kept by Clerk.
pub struct ClerkAccounts {
    http: Arc<Http>,
    attempt: tokio::sync::Mutex<Attempt>,
    /// Clerk may want to see the last token before it mints the next one; it is used for nothing else.
    last: Mutex<Option<LastToken>>,
}

struct LastToken {
    session: String,
    token: SecretString,
}

impl ClerkAccounts {
    /// `frontend_api` is the address before `/v1`.
    pub fn new(frontend_api: Url) -> Self {
        let http = Arc::new(Http::new(frontend_api).named("Clerk"));
        Self { attempt: Attempt::new(http.clone()).into(), http, last: Mutex::default() }
    }

    /// The last token of the session: this process's, or the one that Clerk remembers.
    async fn last_token(&self, line: &mut Line<'_>, session: &str) -> Result<SecretString, Failure> {
        if let Some(token) = self.remembered(session) {
            return Ok(token);
        }
        let answer: ClientAnswer = line.ask_patiently(|| Ok(Call::get(&["v1", "client"]))).await?.read()?;
        let kept = answer.response.session(session).and_then(|found| found.last_active_token);
        kept.map(|token| SecretString::from(token.jwt)).ok_or_else(|| {
            let why = "Clerk wants to see the session's last token, and it is not known any more";
            Failure::new(FailureKind::SignIn, "session_expired", why)
        })
    }

    fn remembered(&self, session: &str) -> Option<SecretString> {
        let last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        last.as_ref().filter(|last| last.session == session).map(|last| last.token.clone())
    }

    fn remember(&self, session: &str, token: &SecretString) {
        let last = LastToken { session: session.to_owned(), token: token.clone() };
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Some(last);
    }
}

#[async_trait]
impl AuthProvider for ClerkAccounts {
    fn name(&self) -> &'static str {
        "clerk"
    }

    fn minting(&self) -> Minting {
        Minting::Replaces
    }

    async fn offer(&self) -> Result<Offer, Failure> {
        Ok(Offer { ways: vec![Way::Password, Way::EmailCode, Way::Ticket], sign_up: true })
    }

    async fn step(&self, step: Step) -> Result<Reached, Failure> {
        self.attempt.lock().await.step(step).await
    }

    async fn mint(&self, credential: &Credential, keeper: &dyn Keeper) -> Result<Minted, Failure> {
        let session = credential.session.as_str();
        let mut line = Line::kept(&self.http, credential.clone(), keeper);
        let call = || Ok(Call::post(&["v1", "client", "sessions", session, "tokens"]).form(&[]));
        let answer = match line.ask_patiently(call).await {
            Err(refusal) if refusal.wants_last_token() => {
                let last = self.last_token(&mut line, session).await?;
                line.ask_patiently(|| Ok(call()?.query("expired_token", last.expose_secret()))).await
            }
            answer => answer,
        };
        let answer: TokenAnswer = answer.map_err(|refusal| refusal.of_a_session())?.read()?;
        let times = token::times(&answer.jwt);
        let token = SecretString::from(answer.jwt);
        self.remember(session, &token);
        Ok(Minted { token, lives_for: times.lives_for, server_time: times.issued_at, credential: Standing::Current })
    }

    /// Clerk replaces the client token with its answers, not on request.
    async fn rotate(&self, _: &Credential) -> Result<Option<Credential>, Failure> {
        Ok(None)
    }

    async fn revoke(&self, credential: &Credential) -> Result<(), Failure> {
        let mut client = credential.secret.clone();
        let call = || Ok(Call::post(&["v1", "client", "sessions", &credential.session, "remove"]).form(&[]));
        match Line::pending(&self.http, &mut client).ask_patiently(call).await {
            Ok(_) => Ok(()),
            Err(refusal) if refusal.session_is_gone() => Ok(()),
            Err(refusal) => Err(refusal.failure),
        }
    }
}
