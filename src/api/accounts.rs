//! The sign-in routes of a frontrow box office.

mod device;

use super::http::{Call, Http, Reply};
use crate::{
    auth::provider::{AuthProvider, Credential, Granted, Keeper, Minted, Minting, Reached, Standing},
    domain::{
        failure::{Failure, FailureKind},
        sign_in::{Challenge, CodeFrom, Offer},
        text::Text,
    },
    effects::ports::Step,
    wire::{
        EmailCodeRequest, MailSent, MethodsAnswer, RotatedAnswer, SignInRequest, SignUpRequest, SignedIn, TokenAnswer,
    },
};
use async_trait::async_trait;
use device::Wait;
use reqwest::StatusCode;
use secrecy::{ExposeSecret, SecretString};
use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

/// Provider `local`: accounts kept by the box office itself.
pub struct LocalAccounts {
    http: Arc<Http>,
    pending: Mutex<Option<Pending>>,
    /// What a person is told where the server has no such routes; `None`: that it is no box office.
    without: Option<&'static str>,
}

/// What is told of a QuickShow server without accounts of its own: of that family only a frontrow box office has them.
const ELSEWHERE: &str = "keeps no accounts of its own, its people sign in with Clerk: set auth = \"clerk\" and \
    clerk_publishable_key to the key of its web page (pk_...), or have a program print tokens with auth = \"command\"";

/// What a sign-in in progress waits for. It stays until the sign-in is done or another one begins, so that a
/// mistyped code can be typed again.
#[derive(Clone)]
enum Pending {
    /// The code from a mail, to sign in.
    Code { email: String },
    /// The code from a mail, to open this account.
    NewAccount { email: String, name: String, password: SecretString },
    /// An approval on another device.
    Approval(Wait),
}

impl LocalAccounts {
    pub fn new(http: Arc<Http>) -> Self {
        Self { http, pending: Mutex::default(), without: None }
    }

    /// The accounts of a server of the QuickShow family, which may have none.
    pub fn at_quickshow(self) -> Self {
        Self { without: Some(ELSEWHERE), ..self }
    }

    /// Why a step failed, where it is not the server but the choice of the service that is wrong.
    fn explained(&self, failure: Failure) -> Failure {
        match self.without {
            Some(words) if failure.code == "not_a_box_office" => {
                let why = format!("{} {words}", self.http.shown());
                Failure::new(FailureKind::Input, "no_accounts", why)
            }
            _ => failure,
        }
    }

    fn pending(&self) -> MutexGuard<'_, Option<Pending>> {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn password(&self, email: String, password: SecretString) -> Result<Reached, Failure> {
        let password = password.expose_secret().to_owned();
        self.sign_in(SignInRequest::Password { email, password, device_label: device_label() }).await
    }

    async fn sign_in(&self, request: SignInRequest) -> Result<Reached, Failure> {
        let reply = self.http.send(Call::post(&["v1", "auth", "sign-in"]).json(&request)?).await?;
        self.granted(reply.json()?)
    }

    /// Opens an account, or asks for the code that proves the address.
    async fn sign_up(
        &self,
        email: String,
        name: String,
        password: SecretString,
        code: Option<SecretString>,
    ) -> Result<Reached, Failure> {
        let request = SignUpRequest {
            email: email.clone(),
            password: password.expose_secret().to_owned(),
            name: name.clone(),
            device_label: device_label(),
            code: code.map(|code| code.expose_secret().to_owned()),
        };
        let reply = self.http.send(Call::post(&["v1", "auth", "sign-up"]).json(&request)?).await?;
        if reply.status != StatusCode::ACCEPTED {
            return self.granted(reply.json()?);
        }
        self.asks_for_code(&reply, Pending::NewAccount { email, name, password })
    }

    async fn send_code(&self, email: String) -> Result<Reached, Failure> {
        let request = EmailCodeRequest { email: email.clone() };
        let reply = self.http.send(Call::post(&["v1", "auth", "email-code"]).json(&request)?).await?;
        self.asks_for_code(&reply, Pending::Code { email })
    }

    fn asks_for_code(&self, reply: &Reply, pending: Pending) -> Result<Reached, Failure> {
        let sent: MailSent = reply.json()?;
        *self.pending() = Some(pending);
        let sent_to = Some(Text::new(&sent.mailed_to));
        Ok(Reached::Asks(Challenge::Code { from: CodeFrom::Email, sent_to, instead: Vec::new() }))
    }

    async fn code(&self, code: SecretString) -> Result<Reached, Failure> {
        let pending = self.pending().clone();
        match pending {
            Some(Pending::Code { email }) => {
                let code = code.expose_secret().trim().to_owned();
                self.sign_in(SignInRequest::EmailCode { email, code, device_label: device_label() }).await
            }
            Some(Pending::NewAccount { email, name, password }) => {
                let code = SecretString::from(code.expose_secret().trim());
                self.sign_up(email, name, password, Some(code)).await
            }
            Some(Pending::Approval(_)) | None => {
                Err(Failure::new(FailureKind::Input, "no_code_asked", "no code was asked for; ask for one first"))
            }
        }
    }

    async fn device(&self) -> Result<Reached, Failure> {
        let (wait, approval) = device::ask(&self.http, &device_label()).await?;
        *self.pending() = Some(Pending::Approval(wait));
        Ok(Reached::Asks(Challenge::Approval(approval)))
    }

    async fn wait(&self) -> Result<Reached, Failure> {
        let pending = self.pending().clone();
        let Some(Pending::Approval(wait)) = pending else {
            let why = "no approval was asked for; ask for one first";
            return Err(Failure::new(FailureKind::Input, "no_approval_asked", why));
        };
        self.granted(wait.until_decided(&self.http).await?)
    }

    fn granted(&self, signed_in: SignedIn) -> Result<Reached, Failure> {
        *self.pending() = None;
        let credential = Credential {
            session: signed_in.session.id,
            secret: SecretString::from(signed_in.credential),
            generation: 1,
        };
        Ok(Reached::Granted(Granted { user: signed_in.user, credential }))
    }
}

#[async_trait]
impl AuthProvider for LocalAccounts {
    fn name(&self) -> &'static str {
        "local"
    }

    fn minting(&self) -> Minting {
        Minting::Keeps
    }

    async fn offer(&self) -> Result<Offer, Failure> {
        let reply = self.http.send(Call::get(&["v1", "auth", "methods"])).await;
        let answer = reply.and_then(|reply| reply.json::<MethodsAnswer>());
        answer.map(|answer| answer.offer).map_err(|failure| self.explained(failure))
    }

    async fn step(&self, step: Step) -> Result<Reached, Failure> {
        let reached = match step {
            Step::Password { email, password } => self.password(email, password).await,
            Step::SignUp { email, name, password } => self.sign_up(email, name, password, None).await,
            Step::SendCode { email } => self.send_code(email).await,
            Step::Code { from: CodeFrom::Email, code } => self.code(code).await,
            Step::Ticket { ticket } => {
                let ticket = ticket.expose_secret().trim().to_owned();
                self.sign_in(SignInRequest::Ticket { ticket, device_label: device_label() }).await
            }
            Step::Device => self.device().await,
            Step::Await => self.wait().await,
            Step::Code { .. } | Step::Browser => {
                Err(Failure::new(FailureKind::Refused, "not_offered", "this box office does not sign in like that"))
            }
        };
        reached.map_err(|failure| self.explained(failure))
    }

    async fn mint(&self, credential: &Credential, _: &dyn Keeper) -> Result<Minted, Failure> {
        let call = Call::post(&["v1", "sessions", &credential.session, "tokens"])
            .repeatable()
            .authorization(&credential.secret)?
            .json(&serde_json::json!({}))?;
        let answer: TokenAnswer = self.http.send(call).await?.json()?;
        let standing = match (answer.superseded, answer.rotate) {
            (true, _) => Standing::Superseded,
            (false, true) => Standing::RotationDue,
            (false, false) => Standing::Current,
        };
        Ok(Minted {
            token: SecretString::from(answer.jwt),
            lives_for: Duration::from_secs(answer.expires_in),
            server_time: Some(answer.server_time),
            credential: standing,
        })
    }

    /// Asking again is safe: a successor that nobody has used yet is replaced by the next.
    async fn rotate(&self, credential: &Credential) -> Result<Option<Credential>, Failure> {
        let call = Call::post(&["v1", "sessions", &credential.session, "rotate"])
            .repeatable()
            .authorization(&credential.secret)?;
        let answer: RotatedAnswer = self.http.send(call).await?.json()?;
        Ok(Some(Credential {
            session: credential.session.clone(),
            secret: SecretString::from(answer.credential),
            generation: answer.r#gen,
        }))
    }

    async fn revoke(&self, credential: &Credential) -> Result<(), Failure> {
        let call = Call::post(&["v1", "sessions", &credential.session, "revoke"]).authorization(&credential.secret)?;
        self.http.send(call).await.map(drop)
    }
}

/// What the person sees in the list of their devices.
fn device_label() -> String {
    format!("frontrow on {}", std::env::consts::OS)
}

#[cfg(all(test, feature = "server"))]
#[path = "accounts/tests.rs"]
mod tests;
