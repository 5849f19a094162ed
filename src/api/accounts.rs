//! The sign-in routes of a frontrow box office.

use super::http::{Call, Http};
use crate::{
    auth::provider::{AuthProvider, Credential, Granted},
    domain::failure::Failure,
    wire::{SignInRequest, SignUpRequest, SignedIn, TokenAnswer},
};
use async_trait::async_trait;
use secrecy::{ExposeSecret, SecretString};
use std::sync::Arc;

/// Provider `local`: accounts kept by the box office itself.
pub struct LocalAccounts {
    http: Arc<Http>,
}

impl LocalAccounts {
    pub fn new(http: Arc<Http>) -> Self {
        Self { http }
    }

    async fn grant(&self, call: Call) -> Result<Granted, Failure> {
        let signed_in: SignedIn = self.http.send(call).await?.json()?;
        let credential = Credential { session: signed_in.session.id, secret: SecretString::from(signed_in.credential) };
        Ok(Granted { user: signed_in.user, credential })
    }
}

#[async_trait]
impl AuthProvider for LocalAccounts {
    fn name(&self) -> &'static str {
        "local"
    }

    async fn sign_up(&self, email: &str, name: &str, password: SecretString) -> Result<Granted, Failure> {
        let request = SignUpRequest {
            email: email.to_owned(),
            password: password.expose_secret().to_owned(),
            name: name.to_owned(),
            device_label: device_label(),
        };
        self.grant(Call::post(&["v1", "auth", "sign-up"]).json(&request)?).await
    }

    async fn sign_in(&self, email: &str, password: SecretString) -> Result<Granted, Failure> {
        let request = SignInRequest {
            method: "password".to_owned(),
            email: email.to_owned(),
            password: password.expose_secret().to_owned(),
            device_label: device_label(),
        };
        self.grant(Call::post(&["v1", "auth", "sign-in"]).json(&request)?).await
    }

    async fn mint(&self, credential: &Credential) -> Result<SecretString, Failure> {
        let call = Call::post(&["v1", "sessions", &credential.session, "tokens"])
            .repeatable()
            .authorization(&credential.secret)?
            .json(&serde_json::json!({}))?;
        let answer: TokenAnswer = self.http.send(call).await?.json()?;
        Ok(SecretString::from(answer.jwt))
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
