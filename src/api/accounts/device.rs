//! The device grant (RFC 8628) as its client.

use crate::{
    api::http::{Call, Exchange, Http, is_loopback},
    domain::{
        failure::{Failure, FailureKind},
        sign_in::Approval,
        text::{Text, clean},
    },
    wire::{CLIENT_ID, DEVICE_GRANT, DeviceAuthorization, OAuthProblem, SignedIn},
};
use reqwest::StatusCode;
use secrecy::{ExposeSecret, SecretString};
use std::time::Duration;
use tokio::time::{self, Instant};
use url::Url;

/// What `slow_down` adds to the interval, for good (RFC 8628, 3.5).
const SLOWER: Duration = Duration::from_secs(5);
/// The interval is never shorter, whatever a server says.
const SHORTEST: Duration = Duration::from_secs(1);
/// The widest message taken from a server, in columns.
const MAX_MESSAGE: usize = 400;

/// An approval that was asked for.
#[derive(Clone)]
pub struct Wait {
    device_code: SecretString,
    interval: Duration,
    until: Instant,
}

/// What one question was answered.
enum Answer {
    Granted(Box<SignedIn>),
    Not(NotYet),
}

/// Why the wait goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum NotYet {
    Pending,
    SlowDown,
    /// No answer, or none from the box office itself: the interval doubles (RFC 8628, 3.5).
    Unreachable,
}

/// Asks for an approval; gives what to wait for, and what to show.
pub async fn ask(http: &Http, device_label: &str) -> Result<(Wait, Approval), Failure> {
    let asked_at = Instant::now();
    let fields = [("client_id", CLIENT_ID), ("device_label", device_label)];
    let exchange = http.exchange(Call::post(&["oauth", "device_authorization"]).form(&fields)).await?;
    if !exchange.status.is_success() {
        return Err(refused(http, &exchange));
    }
    let told: DeviceAuthorization = read(http, &exchange)?;
    let lives_for = Duration::from_secs(told.expires_in);
    // A phone would look for this machine's address on itself.
    let elsewhere = !Url::parse(&told.verification_uri_complete).is_ok_and(|url| is_loopback(&url));
    let approval = Approval {
        url: Text::new(&told.verification_uri),
        url_with_code: elsewhere.then(|| Text::new(&told.verification_uri_complete)),
        user_code: Some(Text::new(&told.user_code)),
        ttl_ms: u64::try_from(lives_for.as_millis()).unwrap_or(u64::MAX),
    };
    let wait = Wait {
        device_code: SecretString::from(told.device_code),
        interval: Duration::from_secs(told.interval).max(SHORTEST),
        until: asked_at.checked_add(lives_for).unwrap_or(asked_at),
    };
    Ok((wait, approval))
}

impl Wait {
    /// Asks again and again, no faster than the server wants, until the approval is given, refused or too late.
    pub async fn until_decided(mut self, http: &Http) -> Result<SignedIn, Failure> {
        while let Some(next) = self.next_question(Instant::now()) {
            time::sleep_until(next).await;
            match self.question(http).await? {
                Answer::Granted(signed_in) => return Ok(*signed_in),
                Answer::Not(why) => self.heed(why),
            }
        }
        time::sleep_until(self.until).await;
        Err(expired())
    }

    /// When to ask; `None` where it will be too late then.
    fn next_question(&self, now: Instant) -> Option<Instant> {
        now.checked_add(self.interval).filter(|next| *next < self.until)
    }

    fn heed(&mut self, why: NotYet) {
        self.interval = match why {
            NotYet::Pending => self.interval,
            NotYet::SlowDown => self.interval.saturating_add(SLOWER),
            NotYet::Unreachable => self.interval.saturating_mul(2),
        };
    }

    async fn question(&self, http: &Http) -> Result<Answer, Failure> {
        let fields =
            [("grant_type", DEVICE_GRANT), ("device_code", self.device_code.expose_secret()), ("client_id", CLIENT_ID)];
        let exchange = match http.exchange(Call::post(&["oauth", "token"]).form(&fields)).await {
            Err(failure) if failure.kind == FailureKind::Offline => return Ok(Answer::Not(NotYet::Unreachable)),
            exchange => exchange?,
        };
        match exchange.status {
            StatusCode::OK => read(http, &exchange).map(|signed_in| Answer::Granted(Box::new(signed_in))),
            status if status == StatusCode::TOO_MANY_REQUESTS || status.is_server_error() => {
                Ok(Answer::Not(NotYet::Unreachable))
            }
            _ => match problem(&exchange).as_ref().map(|problem| problem.error.as_str()) {
                Some("authorization_pending") => Ok(Answer::Not(NotYet::Pending)),
                Some("slow_down") => Ok(Answer::Not(NotYet::SlowDown)),
                _ => Err(refused(http, &exchange)),
            },
        }
    }
}

fn problem(exchange: &Exchange) -> Option<OAuthProblem> {
    serde_json::from_slice(&exchange.body).ok()
}

fn read<T: serde::de::DeserializeOwned>(http: &Http, exchange: &Exchange) -> Result<T, Failure> {
    serde_json::from_slice(&exchange.body).map_err(|_| {
        let why = format!("{} does not answer as a frontrow box office: its answer cannot be read", http.shown());
        Failure::new(FailureKind::Other, "not_a_box_office", why)
    })
}

/// What a refusal of the OAuth routes means.
fn refused(http: &Http, exchange: &Exchange) -> Failure {
    let Some(problem) = problem(exchange) else {
        let why = format!("{} does not answer as a frontrow box office: it answered {}", http.shown(), exchange.status);
        return Failure::new(FailureKind::Other, "not_a_box_office", why);
    };
    match problem.error.as_str() {
        "access_denied" => {
            Failure::new(FailureKind::SignIn, "access_denied", "the sign-in was refused on the other device")
        }
        "expired_token" => expired(),
        "invalid_grant" => {
            let why = "the box office does not know this approval any more; ask for a new code";
            Failure::new(FailureKind::SignIn, "invalid_grant", why)
        }
        code => {
            let words = clean(&problem.error_description, MAX_MESSAGE);
            let why = if words.is_empty() { "the box office refused the sign-in".to_owned() } else { words };
            Failure::new(FailureKind::Refused, &clean(code, 64), why)
        }
    }
}

fn expired() -> Failure {
    Failure::new(FailureKind::SignIn, "expired_token", "nobody approved the code in time; ask for a new one")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slow_down_adds_five_seconds_for_good_no_answer_doubles_and_the_end_ends_it() {
        let start = Instant::now();
        let (interval, until) = (Duration::from_secs(5), start + Duration::from_secs(75));
        let mut wait = Wait { device_code: SecretString::from("secret"), interval, until };
        let (mut now, mut times) = (start, Vec::new());
        let mut answers = [NotYet::Pending, NotYet::SlowDown, NotYet::Pending, NotYet::Unreachable].into_iter();
        while let Some(next) = wait.next_question(now) {
            now = next;
            times.push((now - start).as_secs());
            wait.heed(answers.next().unwrap_or(NotYet::Pending));
        }
        assert_eq!(times, [5, 10, 20, 30, 50, 70]);
    }

    #[tokio::test]
    async fn an_error_of_the_server_itself_does_not_end_the_wait() {
        use tokio::io::{AsyncReadExt, AsyncWriteExt};
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let http = Http::new(Url::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap());
        let (interval, until) = (SHORTEST, Instant::now() + SHORTEST);
        let wait = Wait { device_code: SecretString::from("secret"), interval, until };
        for status in ["500 Internal Server Error", "503 Service Unavailable", "429 Too Many Requests"] {
            let server = async {
                let (mut stream, _) = listener.accept().await.unwrap();
                let _ = stream.read(&mut [0; 4096]).await.unwrap();
                let answer = format!("HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
                stream.write_all(answer.as_bytes()).await.unwrap();
            };
            let (answer, ()) = tokio::join!(wait.question(&http), server);
            assert!(matches!(answer, Ok(Answer::Not(NotYet::Unreachable))), "{status}");
        }
    }

    #[test]
    fn an_interval_beyond_all_times_is_the_end() {
        let interval = Duration::from_secs(u64::MAX);
        let wait = Wait { device_code: SecretString::from("secret"), interval, until: Instant::now() };
        assert_eq!(wait.next_question(Instant::now()), None);
    }
}
