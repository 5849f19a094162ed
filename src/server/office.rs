//! What every service needs: the database, the time, randomness, the keys and the halls' plans.

use super::{
    allowance::Allowances,
    db::Db,
    keys::Keys,
    live::Live,
    mail::Mailer,
    outside::Outside,
    pepper::Pepper,
    problem::Refusal,
    seed::Programme,
    services::{passwords::Passwords, plans::Plans},
};
use crate::domain::{
    cinema::Cinema,
    env::{Clock, Entropy, random},
    rules::Rules,
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use std::{
    sync::{Arc, atomic::AtomicI64},
    time::Duration,
};
use url::Url;

/// The box office: one for each running server.
pub struct Office {
    pub db: Db,
    pub clock: Arc<dyn Clock>,
    pub entropy: Arc<dyn Entropy>,
    pub keys: Keys,
    pub pepper: Pepper,
    pub rules: Rules,
    /// The address by which people reach it, where that is not `url`.
    pub public_url: Option<Url>,
    pub mailer: Option<Arc<dyn Mailer>>,
    pub outside: Outside,
    pub allowances: Allowances,
    pub plans: Plans,
    pub passwords: Passwords,
    pub live: Arc<Live>,
    pub programme: Programme,
    pub cinema: Cinema,
    /// `embedded:<uuid>`, the same for the life of the data folder.
    pub identity: String,
    /// Where it listens, such as `http://127.0.0.1:40123`.
    pub url: String,
    /// When ended holds were last tidied away, milliseconds since 1970.
    pub tidied_at: AtomicI64,
}

impl Office {
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Milliseconds since 1970 UTC, as the database keeps time.
    pub fn now_ms(&self) -> i64 {
        self.clock.now().as_millisecond()
    }

    /// A new identifier: `prefix` and a UUID that sorts by time.
    pub fn new_id(&self, prefix: &str) -> String {
        format!("{prefix}{}", new_uuid(&*self.clock, &*self.entropy).simple())
    }

    /// A new secret of 256 bits in 43 URL-safe characters.
    pub fn new_secret(&self) -> String {
        URL_SAFE_NO_PAD.encode(random::<32>(&*self.entropy))
    }
}

/// A version 7 UUID from the clock and the entropy that were handed in.
pub fn new_uuid(clock: &dyn Clock, entropy: &dyn Entropy) -> uuid::Uuid {
    let ms = u64::try_from(clock.now().as_millisecond()).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(ms, &random(entropy)).into_uuid()
}

/// What is stored of a secret with 256 bits of entropy: it needs no slow hash.
pub fn fingerprint(secret: &str) -> String {
    hex(&Sha256::digest(secret.as_bytes()))
}

/// Lower-case hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

/// The 32 bytes of what [`hex`] has written.
pub fn unhex(digits: &str) -> Result<[u8; 32], Refusal> {
    let mut bytes = [0; 32];
    for (byte, digits) in bytes.iter_mut().zip(digits.as_bytes().chunks(2)) {
        let digits = std::str::from_utf8(digits).map_err(Refusal::internal)?;
        *byte = u8::from_str_radix(digits, 16).map_err(Refusal::internal)?;
    }
    Ok(bytes)
}

/// A length of time as the database counts it.
pub fn millis(time: Duration) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
}

/// An instant that the database keeps.
pub fn instant(ms: i64) -> Result<Timestamp, Refusal> {
    Timestamp::from_millisecond(ms).map_err(Refusal::internal)
}
