//! Refusals: what a service says when it does not do what was asked, and how that becomes an RFC 9457 answer.

use crate::domain::{failure::Conflict, show::NamedSeat, text::Text};
use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};

/// The stable code of a refusal; programs decide by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    InvalidRequest,
    MisdirectedHost,
    UnsupportedMediaType,
    NotFound,
    MethodNotAllowed,
    PayloadTooLarge,
    SeatTaken,
    UnknownSeat,
    TooManySeats,
    NoSeats,
    CouchSplit,
    OrphanSeat,
    NoSeatsTogether,
    NotAtThisShow,
    ChartChanged,
    HoldExpired,
    HoldNotFound,
    AlreadyBooked,
    NoExtensionsLeft,
    SaleClosed,
    ShowNotFound,
    PaymentRefused,
    IdempotencyRequired,
    IdempotencyMismatch,
    InvalidToken,
    InvalidCredential,
    SessionExpired,
    SessionRevoked,
    BadLogin,
    Forbidden,
    EmailTaken,
    Superseded,
    WeakPassword,
    RateLimited,
    NotCancellable,
    DiskFull,
    Busy,
    Internal,
}

/// Whether the same request may succeed later.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Again {
    Maybe,
    Never,
}

impl Code {
    /// The code as programs read it.
    pub fn word(self) -> &'static str {
        self.facts().0
    }

    pub fn status(self) -> StatusCode {
        self.facts().1
    }

    /// A few words for people, the same for every refusal with this code.
    pub fn title(self) -> &'static str {
        self.facts().2
    }

    pub fn retryable(self) -> bool {
        self.facts().3 == Again::Maybe
    }

    fn facts(self) -> (&'static str, StatusCode, &'static str, Again) {
        use Again::{Maybe, Never};
        use StatusCode as S;
        match self {
            Self::InvalidRequest => ("invalid_request", S::BAD_REQUEST, "The request cannot be understood", Never),
            Self::MisdirectedHost => ("misdirected_host", S::MISDIRECTED_REQUEST, "Not this server's name", Never),
            Self::UnsupportedMediaType => {
                ("unsupported_media_type", S::UNSUPPORTED_MEDIA_TYPE, "The body is not JSON", Never)
            }
            Self::NotFound => ("not_found", S::NOT_FOUND, "There is nothing here", Never),
            Self::MethodNotAllowed => ("method_not_allowed", S::METHOD_NOT_ALLOWED, "Not possible here", Never),
            Self::PayloadTooLarge => ("payload_too_large", S::PAYLOAD_TOO_LARGE, "The body is too large", Never),
            Self::SeatTaken => ("seat_taken", S::CONFLICT, "A seat cannot be had", Never),
            Self::UnknownSeat => ("unknown_seat", S::BAD_REQUEST, "There is no such seat", Never),
            Self::TooManySeats => ("too_many_seats", S::UNPROCESSABLE_ENTITY, "Too many seats", Never),
            Self::NoSeats => ("no_seats", S::BAD_REQUEST, "No seats", Never),
            Self::CouchSplit => ("couch_split", S::UNPROCESSABLE_ENTITY, "A couch is sold whole", Never),
            Self::OrphanSeat => ("orphan_seat", S::CONFLICT, "A single seat would be left alone", Never),
            Self::NoSeatsTogether => ("no_seats_together", S::CONFLICT, "No such seats together", Never),
            Self::NotAtThisShow => ("not_at_this_show", S::BAD_REQUEST, "This show has no such thing", Never),
            Self::ChartChanged => ("chart_changed", S::CONFLICT, "The hall's plan has changed", Maybe),
            Self::HoldExpired => ("hold_expired", S::GONE, "The hold has ended", Never),
            Self::HoldNotFound => ("hold_not_found", S::NOT_FOUND, "There is no such hold", Never),
            Self::AlreadyBooked => ("already_booked", S::CONFLICT, "The hold has been booked", Never),
            Self::NoExtensionsLeft => ("no_extensions_left", S::CONFLICT, "No more time", Never),
            Self::SaleClosed => ("sale_closed", S::CONFLICT, "The sale is closed", Never),
            Self::ShowNotFound => ("show_not_found", S::NOT_FOUND, "There is no such show", Never),
            Self::PaymentRefused => ("payment_refused", S::UNPROCESSABLE_ENTITY, "Not payable like this", Never),
            Self::IdempotencyRequired => ("idempotency_required", S::BAD_REQUEST, "The sale has no name", Never),
            Self::IdempotencyMismatch => {
                ("idempotency_mismatch", S::UNPROCESSABLE_ENTITY, "Another sale has this name", Never)
            }
            Self::InvalidToken => ("invalid_token", S::UNAUTHORIZED, "The access token is not valid", Never),
            Self::InvalidCredential => ("invalid_credential", S::UNAUTHORIZED, "The credential is not valid", Never),
            Self::SessionExpired => ("session_expired", S::UNAUTHORIZED, "The session has ended", Never),
            Self::SessionRevoked => ("session_revoked", S::UNAUTHORIZED, "The session was ended", Never),
            Self::BadLogin => ("bad_login", S::UNAUTHORIZED, "The sign-in did not work", Never),
            Self::Forbidden => ("forbidden", S::FORBIDDEN, "Not allowed", Never),
            Self::EmailTaken => ("email_taken", S::CONFLICT, "The e-mail address has an account", Never),
            Self::Superseded => ("superseded", S::CONFLICT, "The credential has a successor", Never),
            Self::WeakPassword => ("weak_password", S::UNPROCESSABLE_ENTITY, "The password is too weak", Never),
            Self::RateLimited => ("rate_limited", S::TOO_MANY_REQUESTS, "Too many tries", Maybe),
            Self::NotCancellable => ("not_cancellable", S::CONFLICT, "It cannot be cancelled", Never),
            Self::DiskFull => ("disk_full", S::INSUFFICIENT_STORAGE, "The server's disk is full", Maybe),
            Self::Busy => ("busy", S::SERVICE_UNAVAILABLE, "The server is busy", Maybe),
            Self::Internal => ("internal", S::INTERNAL_SERVER_ERROR, "The server failed", Maybe),
        }
    }
}

/// Why a request was not carried out. Nothing of it happened.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{detail}")]
pub struct Refusal {
    pub code: Code,
    /// One sentence for people: what, where, what is accepted.
    pub detail: String,
    /// The seats that stood in the way.
    pub conflicts: Vec<Conflict>,
    /// For [`Code::OrphanSeat`]. In a box, because every answer of a service has room for a refusal.
    pub alone: Option<Box<Alone>>,
    /// Seconds after which another try makes sense.
    pub retry_after: Option<i64>,
    /// Why a session was ended, in a word for programs.
    pub reason: Option<String>,
}

/// Seats that a choice leaves alone and need not, and what could be chosen instead, the nearest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Alone {
    pub orphans: Vec<NamedSeat>,
    pub suggest: Vec<Vec<NamedSeat>>,
    /// What is wrong, and what mends it, in words without a full stop.
    pub reason: String,
    pub fix: Option<String>,
}

impl Refusal {
    pub fn new(code: Code, detail: impl Into<String>) -> Self {
        Self { code, detail: detail.into(), conflicts: Vec::new(), alone: None, retry_after: None, reason: None }
    }

    /// With the seats that stood in the way.
    pub fn about(code: Code, detail: impl Into<String>, conflicts: Vec<Conflict>) -> Self {
        Self { conflicts, ..Self::new(code, detail) }
    }

    pub fn after(code: Code, detail: impl Into<String>, seconds: i64) -> Self {
        Self { retry_after: Some(seconds), ..Self::new(code, detail) }
    }

    /// A failure of our own: the cause goes to the log, not to the client.
    pub fn internal(cause: impl std::fmt::Display) -> Self {
        tracing::error!(%cause, "a request failed");
        Self::new(Code::Internal, "The server failed to do this; nothing was changed. Its log says why.")
    }

    pub fn busy() -> Self {
        Self::after(Code::Busy, "The server is busy; nothing was changed. Try again in a moment.", 1)
    }
}

/// `what` with everything from outside made safe and short enough for a sentence.
pub fn quoted(what: &str) -> String {
    format!("\"{}\"", crate::domain::text::clean(Text::new(what).as_str(), 64))
}

impl From<sqlx::Error> for Refusal {
    fn from(error: sqlx::Error) -> Self {
        Self::from(&error)
    }
}

impl From<&sqlx::Error> for Refusal {
    fn from(error: &sqlx::Error) -> Self {
        let code = error.as_database_error().and_then(|e| e.code()).map(|c| c.into_owned()).unwrap_or_default();
        match code.as_str() {
            SQLITE_FULL => Self::new(Code::DiskFull, "The server's disk is full; nothing was changed."),
            SQLITE_BUSY | SQLITE_LOCKED => Self::busy(),
            _ if matches!(error, sqlx::Error::PoolTimedOut) => Self::busy(),
            _ => Self::internal(error),
        }
    }
}

/// Primary result codes (<https://sqlite.org/rescode.html>).
const SQLITE_BUSY: &str = "5";
const SQLITE_LOCKED: &str = "6";
pub const SQLITE_CORRUPT: &str = "11";
pub const SQLITE_FULL: &str = "13";
pub const SQLITE_NOTADB: &str = "26";

/// The status and the headers; the outermost layer, which knows the time and the request's id, writes the body from
/// the refusal that travels in the extensions.
impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut response = self.code.status().into_response();
        if self.code.status() == StatusCode::UNAUTHORIZED {
            let challenge = HeaderValue::from_static("Bearer error=\"invalid_token\"");
            response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
        }
        if let Some(seconds) = self.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response.extensions_mut().insert(self);
        response
    }
}
