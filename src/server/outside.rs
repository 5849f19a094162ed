//! What services outside may tell this box office, and what proves that it is they. Without it they are told no.

use super::clerk::Clerk;
use secrecy::SecretString;

#[derive(Default)]
pub struct Outside {
    /// The instance whose session tokens are taken beside our own.
    pub clerk: Option<Clerk>,
    /// What Stripe signs its events with: the whole text, `whsec_…`.
    pub stripe_secret: Option<SecretString>,
}
