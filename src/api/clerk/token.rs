//! What a session token says of its own times. The token is not verified here: who receives it does that.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::Timestamp;
use serde::Deserialize;
use std::time::Duration;

/// How long Clerk's tokens live where the instance does not say otherwise.
const LIFE: Duration = Duration::from_secs(60);

pub struct Times {
    pub lives_for: Duration,
    /// Clerk's clock when it minted the token.
    pub issued_at: Option<Timestamp>,
}

/// Both times are Clerk's, so their difference needs no clock of this machine.
pub fn times(jwt: &str) -> Times {
    let claims = claims(jwt).unwrap_or_default();
    let life = claims.exp.zip(claims.iat).and_then(|(exp, iat)| u64::try_from(exp.checked_sub(iat)?).ok());
    Times {
        lives_for: life.map_or(LIFE, Duration::from_secs),
        issued_at: claims.iat.and_then(|iat| Timestamp::from_second(iat).ok()),
    }
}

#[derive(Default, Deserialize)]
struct Claims {
    iat: Option<i64>,
    exp: Option<i64>,
}

fn claims(jwt: &str) -> Option<Claims> {
    let payload = jwt.split('.').nth(1)?;
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn jwt(claims: &str) -> String {
        format!("e30.{}.signature", URL_SAFE_NO_PAD.encode(claims))
    }

    #[test]
    fn the_life_of_a_token_is_what_lies_between_its_own_times() {
        let times = times(&jwt(r#"{"iat":1782000000,"nbf":1781999990,"exp":1782000030,"sub":"user_1"}"#));
        assert_eq!(times.lives_for, Duration::from_secs(30));
        assert_eq!(times.issued_at.unwrap().as_second(), 1_782_000_000);
    }

    #[test]
    fn a_token_that_says_nothing_of_its_times_lives_a_minute() {
        for text in ["", "opaque", "a.b.c", &jwt("{}"), &jwt("[1]"), &jwt(r#"{"iat":9,"exp":1}"#)] {
            assert_eq!(times(text).lives_for, LIFE, "{text}");
        }
    }
}
