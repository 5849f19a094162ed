//! Whether a server accepted the token that came with a call. A box office says it with a 401; a server behind
//! Clerk's middleware carries the request out as if nobody was signed in, answers 200, and says it in a header.

use crate::{
    domain::{
        failure::{Failure, FailureKind},
        text::clean,
    },
    effects::ports::{CLOCK, EXPIRED},
};
use reqwest::{
    Method, StatusCode,
    header::{HeaderMap, LOCATION},
};

const STATUS: &str = "x-clerk-auth-status";
const REASON: &str = "x-clerk-auth-reason";
const SIGNED_OUT: &str = "signed-out";
/// What a reason contains when the token's times do not suit the server's clock. A token is minted for its call, or
/// has at least 15 seconds to live, so it is not the token that is wrong.
const CLOCK_REASONS: [&str; 3] = ["iat-in-the-future", "nbf", "expired"];
/// What the path of a sign-in page contains, without separators.
const SIGN_IN_PAGES: [&str; 2] = ["signin", "login"];

/// Why the token was not accepted, if it was not; `server` is shown to people.
pub fn of(method: &Method, status: StatusCode, headers: &HeaderMap, server: &str) -> Option<Failure> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if text(STATUS) != SIGNED_OUT && !leads_to_sign_in(status, text(LOCATION.as_str())) {
        return None;
    }
    let reason = text(REASON);
    Some(match CLOCK_REASONS.iter().any(|word| reason.contains(word)) {
        true => wrong_clock(method, server, reason),
        false => not_accepted(method, server),
    })
}

/// A redirect to the start page or to one for signing in. No call of ours is answered with a redirect otherwise.
fn leads_to_sign_in(status: StatusCode, location: &str) -> bool {
    let sent_on = matches!(status, StatusCode::FOUND | StatusCode::SEE_OTHER | StatusCode::TEMPORARY_REDIRECT);
    let page = location.split(['?', '#']).next().unwrap_or_default();
    let letters: String = page.to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect();
    sent_on && (page == "/" || SIGN_IN_PAGES.iter().any(|word| letters.contains(word)))
}

/// `invalid_token` may be asked again with another token; `not_accepted` only by the person.
fn not_accepted(method: &Method, server: &str) -> Failure {
    if matches!(*method, Method::GET | Method::HEAD) {
        let why = format!("{server} did not accept your session");
        return Failure::new(FailureKind::SignIn, "invalid_token", why);
    }
    let why = format!(
        "{server} did not accept your session; it may have acted on the request all the same, so nothing was tried again by itself: look, and then try again"
    );
    Failure::new(FailureKind::SignIn, "not_accepted", why)
}

/// Signing in again would not help. How old a token is that a person's own command prints is not known here.
fn wrong_clock(method: &Method, server: &str, reason: &str) -> Failure {
    let old = if reason.contains("expired") {
        "if a command of yours prints the token, it gives an old one; else "
    } else {
        ""
    };
    let why = format!(
        "{server} did not accept the token ({}): {old}this computer's clock or the server's is wrong by more than 5 seconds; set it right and try again",
        clean(reason, 64)
    );
    let reads = matches!(*method, Method::GET | Method::HEAD);
    Failure::new(FailureKind::Other, if reads && reason.contains("expired") { EXPIRED } else { CLOCK }, why)
}

#[cfg(test)]
mod tests {
    use super::*;
    use reqwest::header::{HeaderName, HeaderValue};

    fn verdict(method: Method, status: u16, headers: &[(&'static str, &'static str)]) -> Option<Failure> {
        let headers = headers.iter().map(|(n, v)| (HeaderName::from_static(n), HeaderValue::from_static(v))).collect();
        of(&method, StatusCode::from_u16(status).unwrap(), &headers, "https://cine.example")
    }

    #[test]
    fn a_signed_out_answer_may_be_asked_again_only_where_nothing_was_done() {
        let signed_out = [(STATUS, SIGNED_OUT), (REASON, "dev-browser-missing")];
        assert_eq!(verdict(Method::GET, 200, &signed_out).unwrap().code, "invalid_token");
        let refused = verdict(Method::POST, 200, &signed_out).unwrap();
        assert_eq!((refused.kind, refused.code.as_str()), (FailureKind::SignIn, "not_accepted"));
        assert!(refused.why.contains("nothing was tried again by itself"));
        assert!(verdict(Method::POST, 200, &[(STATUS, "signed-in")]).is_none());
        assert!(verdict(Method::POST, 200, &[]).is_none());
    }

    #[test]
    fn a_token_whose_times_do_not_suit_means_a_wrong_clock() {
        for reason in ["token-iat-in-the-future", "session-token-nbf", "session-token-expired-refresh-non-eligible"] {
            for method in [Method::GET, Method::POST] {
                let failure = verdict(method.clone(), 200, &[(STATUS, SIGNED_OUT), (REASON, reason)]).unwrap();
                let again = method == Method::GET && reason.contains("expired");
                assert_eq!(failure.code, if again { EXPIRED } else { CLOCK }, "{reason}");
                assert!(failure.why.contains("5 seconds") && failure.why.contains(reason));
            }
        }
    }

    #[test]
    fn a_redirect_to_a_sign_in_page_means_that_the_token_was_not_accepted() {
        for page in ["/", "/sign-in?redirect_url=x", "https://accounts.cine.example/Sign_In", "/login#x"] {
            let headers = HeaderMap::from_iter([(LOCATION, HeaderValue::from_str(page).unwrap())]);
            let failure = of(&Method::GET, StatusCode::FOUND, &headers, "https://cine.example");
            assert_eq!(failure.unwrap().code, "invalid_token", "{page}");
        }
        assert!(verdict(Method::GET, 302, &[("location", "/films?next=sign-in")]).is_none());
        assert!(verdict(Method::GET, 301, &[("location", "/")]).is_none());
    }
}
