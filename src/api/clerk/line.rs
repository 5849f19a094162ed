//! One conversation with the Frontend API, in which the client token changes from answer to answer.

use super::refusal::Refusal;
use crate::{
    api::{
        http::{Call, Exchange, Http},
        slow,
    },
    auth::provider::{Credential, Keeper},
    domain::{
        failure::{Failure, FailureKind},
        text::clean,
    },
};
use backon::{BackoffBuilder, ExponentialBuilder};
use reqwest::header::{AUTHORIZATION, HeaderMap};
use secrecy::{ExposeSecret, SecretString};
use serde::de::DeserializeOwned;
use std::time::Duration;

/// The version of the Frontend API that this client was written for.
const API_VERSION: &str = "2026-05-12";

pub struct Line<'a> {
    http: &'a Http,
    client: ClientToken<'a>,
}

/// Where the client token is kept.
enum ClientToken<'a> {
    /// With a sign-in in progress; empty before the first answer.
    Pending(&'a mut SecretString),
    /// In the credential store.
    Kept { credential: Credential, keeper: &'a dyn Keeper },
}

/// An answer that grants what was asked.
pub struct Answer {
    body: Vec<u8>,
    shown_as: String,
}

impl<'a> Line<'a> {
    pub fn pending(http: &'a Http, client: &'a mut SecretString) -> Self {
        Self { http, client: ClientToken::Pending(client) }
    }

    pub fn kept(http: &'a Http, credential: Credential, keeper: &'a dyn Keeper) -> Self {
        Self { http, client: ClientToken::Kept { credential, keeper } }
    }

    /// Asks once. Native mode is: the query says so, the client token stands alone in `Authorization` (empty before
    /// there is one), and there are neither cookies nor an `Origin`.
    pub async fn ask(&mut self, call: Call) -> Result<Answer, Refusal> {
        let call = call
            .query("_is_native", "1")
            .query("__clerk_api_version", API_VERSION)
            .secret_header("authorization", self.client.current())?;
        let Exchange { status, headers, body } = self.http.exchange(call).await?;
        if let Some(successor) = client_token(&headers) {
            self.client.replace(successor).await?;
        }
        if status.is_success() {
            return Ok(Answer { body, shown_as: self.http.shown() });
        }
        Err(Refusal::of(status, &headers, &body))
    }

    /// Asks what may be asked twice, up to three times: again where no answer came or Clerk failed, and after the time
    /// that Clerk names where it takes no more requests for the moment.
    pub async fn ask_patiently(&mut self, call: impl Fn() -> Result<Call, Failure>) -> Result<Answer, Refusal> {
        let pauses = ExponentialBuilder::new()
            .with_min_delay(Duration::from_millis(200))
            .with_factor(4.0)
            .with_max_times(2)
            .with_jitter()
            .build();
        let http = self.http;
        let patiently = async {
            for pause in pauses {
                let outcome = self.ask(call()?).await;
                match outcome.as_ref().err().and_then(|refusal| refusal.pause(pause)) {
                    Some(wanted) => tokio::time::sleep(wanted).await,
                    None => return outcome,
                }
            }
            self.ask(call()?).await
        };
        slow::watched(|| http.shown(), patiently).await
    }
}

impl ClientToken<'_> {
    fn current(&self) -> &SecretString {
        match self {
            Self::Pending(client) => client,
            Self::Kept { credential, .. } => &credential.secret,
        }
    }

    async fn replace(&mut self, successor: SecretString) -> Result<(), Failure> {
        if successor.expose_secret() == self.current().expose_secret() {
            return Ok(());
        }
        match self {
            Self::Pending(client) => {
                **client = successor;
                Ok(())
            }
            Self::Kept { credential, keeper } => {
                credential.secret = successor;
                credential.generation = credential.generation.saturating_add(1);
                keeper.keep(credential.clone()).await
            }
        }
    }
}

impl Answer {
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, Failure> {
        serde_json::from_slice(&self.body).map_err(|error| {
            let why = format!(
                "{} does not answer as Clerk's Frontend API does: its answer cannot be read ({})",
                self.shown_as,
                clean(&error.to_string(), 200)
            );
            Failure::new(FailureKind::Other, "not_clerk", why)
        })
    }
}

fn client_token(headers: &HeaderMap) -> Option<SecretString> {
    let text = headers.get(AUTHORIZATION)?.to_str().ok()?.trim();
    (!text.is_empty()).then(|| SecretString::from(text))
}
