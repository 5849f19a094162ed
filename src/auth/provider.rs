//! What a sign-in service does, whichever it is.

use crate::domain::{failure::Failure, user::User};
use async_trait::async_trait;
use secrecy::SecretString;

/// A long-lived right to mint tokens. It is never printed and only the credential store writes it.
#[derive(Clone)]
pub struct Credential {
    /// Names the session at the service.
    pub session: String,
    pub secret: SecretString,
}

/// What a sign-in gives.
pub struct Granted {
    pub user: User,
    pub credential: Credential,
}

/// A sign-in service.
#[async_trait]
pub trait AuthProvider: Send + Sync {
    /// Its name in the stored credential, such as `local`.
    fn name(&self) -> &'static str;
    async fn sign_up(&self, email: &str, name: &str, password: SecretString) -> Result<Granted, Failure>;
    async fn sign_in(&self, email: &str, password: SecretString) -> Result<Granted, Failure>;
    /// A token for one call. A failure of kind `SignIn` means that the credential is worth nothing any more.
    async fn mint(&self, credential: &Credential) -> Result<SecretString, Failure>;
    /// Ends the session at the service.
    async fn revoke(&self, credential: &Credential) -> Result<(), Failure>;
}
