//! What Clerk's refusals mean for a person.

use super::answer::{Problem, Problems};
use crate::domain::{
    failure::{Failure, FailureKind},
    text::clean,
};
use reqwest::{
    StatusCode,
    header::{HeaderMap, RETRY_AFTER},
};
use std::time::Duration;

/// The widest message taken from Clerk, in columns.
const MAX_MESSAGE: usize = 400;
/// The longest pause that is waited for. Longer, and the person is told how long instead of being left to wonder.
const PATIENCE: Duration = Duration::from_secs(10);

/// Says exactly what must be done, because only the instance's owner can do it.
const NATIVE_API_DISABLED: &str = "this Clerk instance does not let programs sign in (native_api_disabled): its owner must enable Dashboard > Configure > Native applications > Native API";
const CAPTCHA: &str = "Clerk wants proof that you are human, which cannot be given in a terminal: sign up on the cinema's web page, then sign in here";

/// A request that did not get what it asked for.
pub struct Refusal {
    pub failure: Failure,
    /// Clerk's own code; empty where no answer came.
    code: String,
    /// The field of the form that was refused.
    pub field: Option<String>,
    again: Again,
}

/// Whether it makes sense to ask for the same again.
enum Again {
    No,
    Soon,
    After(Duration),
}

impl Refusal {
    pub fn of(status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Self {
        let problems: Problems = serde_json::from_slice(body).unwrap_or_default();
        let Problem { code, message, long_message, meta } = problems.errors.into_iter().next().unwrap_or_default();
        let said = long_message.filter(|text| !text.is_empty()).unwrap_or(message);
        let again = again(status, headers);
        let failure = match again {
            Again::After(pause) => too_many(pause),
            _ => failure(status, &code, &clean(&said, MAX_MESSAGE)),
        };
        Self { failure, code, field: meta.param_name, again }
    }

    /// How long to wait before the same is asked again, `usual` where Clerk names no time; `None` where asking again
    /// is no use.
    pub fn pause(&self, usual: Duration) -> Option<Duration> {
        match self.again {
            Again::No => None,
            Again::Soon => Some(usual),
            Again::After(pause) => (pause <= PATIENCE).then(|| pause.max(usual)),
        }
    }

    pub fn wants_last_token(&self) -> bool {
        self.code == "missing_expired_token"
    }

    /// No sign-in can begin with this client token: it has expired, or an earlier sign-in succeeded and its answer was
    /// lost.
    pub fn client_is_spent(&self) -> bool {
        matches!(
            self.code.as_str(),
            "session_exists" | "identifier_already_signed_in" | "authentication_invalid" | "signed_out"
        )
    }

    /// The form has a field that this instance does not use.
    pub fn field_is_unknown(&self) -> bool {
        self.code == "form_param_unknown"
    }

    pub fn session_is_gone(&self) -> bool {
        self.failure.kind == FailureKind::SignIn || self.code == "resource_not_found"
    }

    /// The failure of a request that was made for a session: what Clerk does not find is the session.
    pub fn of_a_session(self) -> Failure {
        match self.code.as_str() {
            "resource_not_found" | "signed_out" => {
                Failure { kind: FailureKind::SignIn, code: "session_revoked".to_owned(), ..self.failure }
            }
            _ => self.failure,
        }
    }
}

impl From<Failure> for Refusal {
    /// No answer came, or nothing was sent.
    fn from(failure: Failure) -> Self {
        let again = if failure.kind == FailureKind::Offline { Again::Soon } else { Again::No };
        Self { failure, code: String::new(), field: None, again }
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        refusal.failure
    }
}

fn again(status: StatusCode, headers: &HeaderMap) -> Again {
    match status {
        StatusCode::TOO_MANY_REQUESTS => {
            let seconds = headers.get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.trim().parse().ok());
            Again::After(Duration::from_secs(seconds.unwrap_or(1)))
        }
        status if status.is_server_error() => Again::Soon,
        _ => Again::No,
    }
}

fn too_many(pause: Duration) -> Failure {
    let why = format!("Clerk takes no more requests for the moment: try again in {} seconds", pause.as_secs().max(1));
    Failure::new(FailureKind::Other, "rate_limited", why)
}

fn failure(status: StatusCode, code: &str, said: &str) -> Failure {
    use FailureKind::{Input, NotFound, Other, Refused, SignIn};
    let (kind, code, words) = match code {
        "native_api_disabled" => (Refused, code, NATIVE_API_DISABLED),
        "requires_captcha" | "captcha_invalid" | "captcha_missing_token" | "captcha_unavailable" => {
            (Refused, "requires_captcha", CAPTCHA)
        }
        "form_password_incorrect" | "form_identifier_not_found" | "form_password_or_identifier_incorrect" => {
            (SignIn, "bad_login", said)
        }
        "form_code_incorrect" => (SignIn, "bad_code", said),
        "verification_expired" | "verification_failed" => (SignIn, "code_expired", said),
        "ticket_invalid_code"
        | "ticket_expired_code"
        | "sign_in_token_already_used_code"
        | "sign_in_token_revoked_code"
        | "sign_in_token_cannot_be_used_code" => (SignIn, "bad_ticket", said),
        "form_identifier_exists" => (Input, "email_taken", said),
        _ if code.starts_with("form_password_") => (Input, "weak_password", said),
        "signed_out" => (SignIn, "session_revoked", said),
        // The client token may be an old one: another process may have a newer one.
        "authentication_invalid" => (SignIn, "invalid_credential", said),
        "user_locked" | "user_banned" | "not_allowed_access" | "sign_up_mode_restricted" => (Refused, code, said),
        "" if status.is_server_error() => (Other, "server_error", "Clerk failed; try again later"),
        _ => match status {
            StatusCode::UNAUTHORIZED => (SignIn, code, said),
            StatusCode::FORBIDDEN => (Refused, code, said),
            StatusCode::NOT_FOUND => (NotFound, code, said),
            StatusCode::BAD_REQUEST | StatusCode::UNPROCESSABLE_ENTITY => (Input, code, said),
            _ => (Other, code, said),
        },
    };
    let code = if code.is_empty() { "refused_by_clerk" } else { code };
    let words = if words.is_empty() { format!("Clerk answered {status}") } else { words.to_owned() };
    Failure::new(kind, &clean(code, 64), words)
}

#[cfg(test)]
#[path = "refusal/tests.rs"]
mod tests;
