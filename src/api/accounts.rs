//! The sign-in routes of a frontrow box office.

use super::http::{Call, Http};
use crate::{
    auth::provider::{AuthProvider, Credential, Granted, Keeper, Minted, Minting, Reached, Standing},
    domain::{
        failure::{Failure, FailureKind},
        sign_in::Offer,
    },
    effects::ports::Step,
    wire::{MethodsAnswer, SignInRequest, SignUpRequest, SignedIn, TokenAnswer},
};
use async_trait::async_trait;
use secrecy::{ExposeSecret, SecretString};
use std::{sync::Arc, time::Duration};

/// Provider `local`: accounts kept by the box office itself.
pub struct LocalAccounts {
    http: Arc<Http>,
}

impl LocalAccounts {
    pub fn new(http: Arc<Http>) -> Self {
        Self { http }
    }

    async fn grant(&self, call: Call) -> Result<Reached, Failure> {
        let signed_in: SignedIn = self.http.send(call).await?.json()?;
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
        let answer: MethodsAnswer = self.http.send(Call::get(&["v1", "auth", "methods"])).await?.json()?;
        Ok(answer.offer)
    }

    async fn step(&self, step: Step) -> Result<Reached, Failure> {
        match step {
            Step::Password { email, password } => {
                let request = SignInRequest::Password {
                    email,
                    password: password.expose_secret().to_owned(),
                    device_label: device_label(),
                };
                self.grant(Call::post(&["v1", "auth", "sign-in"]).json(&request)?).await
            }
            Step::SignUp { email, name, password } => {
                let request = SignUpRequest {
                    email,
                    password: password.expose_secret().to_owned(),
                    name,
                    device_label: device_label(),
                };
                self.grant(Call::post(&["v1", "auth", "sign-up"]).json(&request)?).await
            }
            _ => Err(Failure::new(FailureKind::Refused, "not_offered", "this box office does not sign in like that")),
        }
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

    async fn rotate(&self, _: &Credential) -> Result<Option<Credential>, Failure> {
        Ok(None)
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
