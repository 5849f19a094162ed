//! Why something did not work, in the same words for screens, commands and logs.

use super::{ids::SeatId, text::Text};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What kind of failure it is: decides the exit code and what a screen offers next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FailureKind {
    /// Wrong usage or input; the person can mend it.
    Input,
    /// Nobody is signed in, or the session has ended.
    SignIn,
    /// A seat that was wanted is gone; `conflicts` says which.
    SeatGone,
    /// The server cannot be reached. Nothing happened there, as far as can be known.
    Offline,
    /// A rule of the cinema: a limit, a closed sale, nothing to cancel.
    Refused,
    /// The payment did not go through; nothing is booked.
    Payment,
    /// The request may or may not have been carried out: look before trying again.
    Unknown,
    /// The thing asked for does not exist.
    NotFound,
    /// Anything else that went wrong here or there.
    Other,
}

impl FailureKind {
    /// The exit code of a command that ends with it (docs: README, "Exit codes").
    pub fn exit_code(self) -> u8 {
        match self {
            Self::Input | Self::NotFound => 2,
            Self::SignIn => 3,
            Self::SeatGone => 4,
            Self::Offline => 5,
            Self::Refused => 6,
            Self::Payment => 7,
            Self::Unknown => 8,
            Self::Other => 1,
        }
    }
}

/// A failure as a person is told of it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{why}")]
pub struct Failure {
    pub kind: FailureKind,
    /// One clear sentence: what, where, and what is accepted.
    pub why: String,
    /// The stable code for logs and scripts, such as `seat_taken`.
    pub code: String,
    /// The seats that stood in the way.
    pub conflicts: Vec<Conflict>,
    /// Labels of seats that can be had instead.
    pub suggest: Vec<String>,
}

impl Failure {
    pub fn new(kind: FailureKind, code: &str, why: impl Into<String>) -> Self {
        Self { kind, why: why.into(), code: code.to_owned(), conflicts: Vec::new(), suggest: Vec::new() }
    }

    /// Whether somebody must sign in before the same can work. A call that was not accepted, and may have been carried
    /// out all the same, needs a look first.
    pub fn needs_sign_in(&self) -> bool {
        self.kind == FailureKind::SignIn && self.code != "not_accepted"
    }

    /// The reason as a sentence that can stand by itself, with a capital letter and a full stop: what comes from
    /// servers has them, and what a command writes after a colon has not.
    pub fn sentence(&self) -> String {
        sentence(&self.why)
    }
}

/// Words that were written to follow a colon, as a sentence.
pub fn sentence(words: &str) -> String {
    let words = words.trim();
    let mut letters = words.chars();
    // An address is written as it is.
    let mut sentence: String = match words.starts_with("http") {
        true => String::new(),
        false => letters.next().into_iter().flat_map(char::to_uppercase).collect(),
    };
    sentence.push_str(letters.as_str());
    if !sentence.ends_with(['.', '!', '?', '…']) {
        sentence.push('.');
    }
    sentence
}

/// A seat that cannot be had, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Conflict {
    pub seat: SeatId,
    pub label: Text,
    pub reason: ConflictReason,
    /// When a seat that is held is free again, unless it is extended or sold before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "server", schema(value_type = Option<String>, format = DateTime))]
    pub until: Option<Timestamp>,
}

impl Conflict {
    pub fn new(seat: SeatId, label: Text, reason: ConflictReason) -> Self {
        Self { seat, label, reason, until: None }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ConflictReason {
    Sold,
    Held,
    Blocked,
    NotForSale,
    /// It would be left alone beside the seats that were chosen.
    OrphanSeat,
}

impl ConflictReason {
    pub fn words(self) -> &'static str {
        match self {
            Self::Sold => "is sold",
            Self::Held => "is held by someone else",
            Self::Blocked => "is blocked",
            Self::NotForSale => "is not for sale",
            Self::OrphanSeat => "would be left alone",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_becomes_a_sentence_and_a_sentence_stays_one() {
        let sentence = |why: &str| Failure::new(FailureKind::Other, "x", why).sentence();
        assert_eq!(sentence("the disk is full"), "The disk is full.");
        assert_eq!(sentence("The disk is full."), "The disk is full.");
        assert_eq!(sentence("über alles?"), "Über alles?");
    }
}
