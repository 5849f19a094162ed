//! What a sign-in service does, whichever it is.

use crate::{
    domain::{
        failure::Failure,
        sign_in::{Challenge, Offer},
        user::User,
    },
    effects::ports::Step,
};
use async_trait::async_trait;
use jiff::Timestamp;
use secrecy::SecretString;
use std::time::Duration;

/// A long-lived right to mint tokens. It is never printed and only the credential store writes it.
#[derive(Clone)]
pub struct Credential {
    /// Names the session at the service.
    pub session: String,
    pub secret: SecretString,
    /// Counts the credentials that this session has had, from 1.
    pub generation: u32,
}

/// What a sign-in gives.
pub struct Granted {
    pub user: User,
    pub credential: Credential,
}

/// How far a sign-in has come.
pub enum Reached {
    Asks(Challenge),
    Granted(Granted),
}

/// A token for one call.
pub struct Minted {
    pub token: SecretString,
    /// How long it lives, from the moment at which it was asked for. Never compared with a clock on the wall.
    pub lives_for: Duration,
    /// The service's clock.
    pub server_time: Option<Timestamp>,
    pub credential: Standing,
}

/// What the service says of the credential with which a token was minted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    Current,
    /// Old enough to be replaced when there is time for it.
    RotationDue,
    /// Another one has taken its place: it is in the credential store.
    Superseded,
}

/// Whether a mint leaves the credential as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Minting {
    Keeps,
    /// Each mint may bring a successor, so processes that share a credential must take turns.
    Replaces,
}

/// Writes a successor down, before anything else is done with the answer that brought it.
#[async_trait]
pub trait Keeper: Send + Sync {
    async fn keep(&self, successor: Credential) -> Result<(), Failure>;
}

/// A sign-in service. What a sign-in in progress needs between its steps, the service keeps to itself.
#[async_trait]
pub trait AuthProvider: Send + Sync {
    /// Its name in the stored credential, such as `local`.
    fn name(&self) -> &'static str;
    fn minting(&self) -> Minting;
    async fn offer(&self) -> Result<Offer, Failure>;
    async fn step(&self, step: Step) -> Result<Reached, Failure>;
    /// A token for one call. Of a failure of kind `SignIn`, the code says what it means: `invalid_credential` is
    /// unknown (another process may have replaced it), `session_expired` and `session_revoked` are final.
    async fn mint(&self, credential: &Credential, keeper: &dyn Keeper) -> Result<Minted, Failure>;
    /// Asks for the credential's successor; the old one stays good until the new one is first used. `None` where
    /// credentials are not rotated like this. A failure with the code `superseded` means that another process has.
    async fn rotate(&self, credential: &Credential) -> Result<Option<Credential>, Failure>;
    /// Ends the session at the service.
    async fn revoke(&self, credential: &Credential) -> Result<(), Failure>;
}
