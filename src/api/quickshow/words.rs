//! What the messages of QuickShow servers mean. Many are an exception's own words, which help nobody.

use crate::domain::failure::{Failure, FailureKind};
use reqwest::{Method, StatusCode};

/// What was asked when a server said no.
#[derive(Clone, Copy)]
pub struct Asked<'a> {
    pub method: &'a Method,
    pub path: &'a [&'a str],
    pub signed_in: bool,
    pub status: StatusCode,
}

/// Words by which these servers say that nobody is signed in. The two last ones are what their handlers stumble over
/// when there is no user.
const SIGNED_OUT: [&str; 9] = [
    "login",
    "log in",
    "sign in",
    "signed in",
    "unauthenticated",
    "not authenticated",
    "jwt",
    "path `user` is required",
    "a valid resource id is required",
];
/// Words by which they say that somebody may not do this.
const NOT_ALLOWED: [&str; 5] = ["not authorized", "unauthorized", "not authorised", "forbidden", "access denied"];
/// Words by which they say that seats are gone.
const TAKEN: [&str; 5] =
    ["seats are not available", "seat is not available", "already booked", "already taken", "seats not available"];
/// Words that only say that what was asked for is not there.
const MISSING: [&str; 5] = [
    "cast to objectid failed",
    "cast to number failed",
    "cannot read properties of null",
    "not found",
    "no longer exists",
];

/// The last parts of paths, besides those below `admin`, that are for those who run the cinema.
const FOR_ADMINS: [&str; 5] = ["now-playing", "upcoming-shows", "add", "add-shows", "addshow"];

/// What a refusal means, by its message, already cleaned, and its status.
pub fn refusal(message: &str, asked: Asked<'_>, server: &str) -> Failure {
    let lower = message.to_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| lower.contains(word));
    let for_admins = asked.path.contains(&"admin") || asked.path.last().is_some_and(|last| FOR_ADMINS.contains(last));
    let of = |kind, code: &str, why: String| Failure::new(kind, code, why);
    let reason = if message.is_empty() { "no reason given" } else { message };
    if says(&TAKEN) {
        return of(FailureKind::SeatGone, "seat_taken", format!("{server} says that these seats are not available"));
    }
    if for_admins && (says(&NOT_ALLOWED) || matches!(asked.status, StatusCode::FORBIDDEN | StatusCode::UNAUTHORIZED)) {
        let why = format!("{server} shows this to the people who run the cinema only");
        return of(FailureKind::Refused, "not_admin", why);
    }
    let may_not = asked.status == StatusCode::FORBIDDEN;
    if says(&SIGNED_OUT) || says(&NOT_ALLOWED) && !may_not || asked.status == StatusCode::UNAUTHORIZED {
        return sign_in(asked.method, asked.signed_in, server);
    }
    if says(&MISSING) || asked.status == StatusCode::NOT_FOUND {
        return of(FailureKind::NotFound, "not_found", format!("{server} does not have what was asked for"));
    }
    match asked.status {
        StatusCode::FORBIDDEN => of(FailureKind::Refused, "forbidden", format!("{server} refused it: {reason}")),
        StatusCode::CONFLICT => of(FailureKind::SeatGone, "seat_taken", format!("{server} refused it: {reason}")),
        StatusCode::TOO_MANY_REQUESTS => {
            of(FailureKind::Other, "rate_limited", format!("{server} has too much to do; try again in a minute"))
        }
        status if status.is_server_error() => of(
            FailureKind::Other,
            "server_error",
            format!("{server} answered with an error of its own ({status}): {reason}"),
        ),
        _ => of(FailureKind::Other, "refused", format!("{server} did not do it: {reason}")),
    }
}

/// Nobody is signed in, as far as this server sees. What was only read may be asked for again with another token.
pub fn sign_in(method: &Method, signed_in: bool, server: &str) -> Failure {
    let of = |code: &str, why: String| Failure::new(FailureKind::SignIn, code, why);
    if !signed_in {
        return of("sign_in", format!("{server} shows this to people who are signed in only: sign in first"));
    }
    if *method == Method::GET {
        return of("invalid_token", format!("{server} did not accept your session"));
    }
    let why = format!(
        "{server} did not accept your session; it may have acted on the request all the same, so nothing was tried again by itself: look, and then try again"
    );
    of("not_accepted", why)
}
