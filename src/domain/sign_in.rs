//! Ways to sign in, and what a sign-in service asks for on the way. None of it is secret.

use super::{text::Text, user::User};
use serde::{Deserialize, Serialize};

/// A way to sign in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// E-mail address and password.
    Password,
    /// A code that is sent to the e-mail address.
    EmailCode,
    /// Approval on another device, reached by a code or its QR (RFC 8628).
    Device,
    /// Approval in this machine's browser, which comes back to this program (RFC 8252).
    Browser,
    /// A ticket that somebody trusted has issued, good for one sign-in.
    Ticket,
}

/// What one sign-in service offers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Offer {
    /// The best for a person at a terminal comes first.
    pub ways: Vec<Way>,
    /// Whether an account can be made from a terminal.
    #[serde(default)]
    pub sign_up: bool,
}

/// What the service wants before it lets somebody in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Challenge {
    Code {
        from: CodeFrom,
        /// Where it was sent, as the service says it, such as `a•••@example.org`.
        sent_to: Option<Text>,
        /// Other codes that are accepted instead.
        instead: Vec<CodeFrom>,
    },
    Approval(Approval),
}

/// Where a code comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CodeFrom {
    Email,
    Phone,
    /// An authenticator app (RFC 6238).
    App,
    /// One of the recovery codes that were written down.
    Recovery,
}

impl CodeFrom {
    /// Whether the service sends it, when it is asked to.
    pub fn is_sent(self) -> bool {
        matches!(self, Self::Email | Self::Phone)
    }
}

/// An approval that is given elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Approval {
    /// Where it is given.
    pub url: Text,
    /// The same with the code inside, for a QR code.
    pub url_with_code: Option<Text>,
    /// What to type there; `None` where the page needs nothing typed.
    pub user_code: Option<Text>,
    /// Milliseconds until it is too late.
    pub ttl_ms: u64,
}

impl Approval {
    /// Whether only this computer can open the address.
    pub fn is_on_this_computer(&self) -> bool {
        ["http://127.", "http://localhost", "http://[::1]"].iter().any(|own| self.url.as_str().starts_with(own))
    }
}

/// How far a sign-in has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Progress {
    Done(User),
    Asks(Challenge),
}
