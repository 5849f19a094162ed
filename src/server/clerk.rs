//! Session tokens of a Clerk instance: RS256, checked without asking Clerk about each of them.
//!
//! What is accepted follows Clerk's own backend SDK: `exp`, `nbf` and `iat` with five seconds of leeway, no token of a
//! JWT template (the header `cat`), nobody whose sign-in still waits for something (`sts: pending`).

use async_trait::async_trait;
use jiff::Timestamp;
use jsonwebtoken::{Algorithm, DecodingKey, Header, Validation, decode, decode_header, jwk::JwkSet};
use serde::Deserialize;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

const LEEWAY_SECONDS: i64 = 5;
const MAX_TOKEN_BYTES: usize = 4096;
const MAX_ID_BYTES: usize = 64;
/// Ids of our own accounts begin like this; no other instance may name one.
const OUR_IDS: &str = "usr_";
/// The category of tokens that a template made.
const OF_A_TEMPLATE: &str = "cl_B7d4PD222AAA";
/// How long a key set is used before it is fetched again.
const KEPT_MS: u64 = 5 * 60 * 1000;
/// How soon it is fetched again for the sake of a key that it lacks.
const PAUSE_MS: u64 = 30 * 1000;

/// Where an instance's keys are read: `/.well-known/jwks.json` at its Frontend API.
#[async_trait]
pub trait KeySource: Send + Sync {
    /// The key set as JSON (RFC 7517), or why there is none.
    async fn key_set(&self) -> Result<Vec<u8>, String>;
}

/// A Clerk instance whose people are let in.
pub struct Clerk {
    /// Who must have issued a token, such as `https://clerk.example.org`; `None`: whoever has the key.
    issuer: Option<String>,
    keys: Keys,
}

enum Keys {
    One(Box<DecodingKey>),
    Set {
        source: Arc<dyn KeySource>,
        known: Arc<Known>,
        /// Held while the set is fetched. Tokens whose key is known do not wait: anybody may name a key that is not.
        fetching: Arc<tokio::sync::Mutex<()>>,
    },
}

#[derive(Default)]
struct Known(Mutex<KeySet>);

#[derive(Default)]
struct KeySet {
    keys: Vec<(String, DecodingKey)>,
    /// When it was last asked for, on a clock that never jumps.
    asked_at: Option<u64>,
}

/// What a token says of a person.
#[derive(Debug, Deserialize)]
pub struct Claims {
    pub sub: String,
    #[serde(default)]
    pub sid: String,
    exp: i64,
    nbf: Option<i64>,
    iat: Option<i64>,
    sts: Option<String>,
    /// These are there if the instance's session token is made with them.
    pub name: Option<String>,
    pub email: Option<String>,
    #[serde(default)]
    pub email_verified: bool,
}

/// Why a token counts for nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// Not a token of this instance.
    Foreign,
    /// Its time is over, or has not begun.
    Time,
    /// The person has not done all that their sign-in asks for.
    Pending,
}

impl Clerk {
    /// By the instance's public key, as its dashboard shows it (PEM): nothing is ever fetched.
    pub fn of_pem(pem: &str, issuer: Option<String>) -> Result<Self, String> {
        let key = DecodingKey::from_rsa_pem(pem.trim().as_bytes())
            .map_err(|_| "it is not an RSA public key in PEM, which begins with -----BEGIN PUBLIC KEY-----")?;
        Ok(Self { issuer, keys: Keys::One(Box::new(key)) })
    }

    /// By the key set of the instance that is `issuer`.
    pub fn of_key_set(issuer: String, source: Arc<dyn KeySource>) -> Self {
        Self { issuer: Some(issuer), keys: Keys::Set { source, known: Arc::default(), fetching: Default::default() } }
    }

    /// What a token says, if it counts at `now`; `monotonic_ms` is the time by a clock that never jumps.
    pub async fn claims(&self, token: &str, now: Timestamp, monotonic_ms: u64) -> Result<Claims, Wrong> {
        let header = Some(token).filter(|token| token.len() <= MAX_TOKEN_BYTES);
        let header =
            header.and_then(|token| decode_header(token).ok()).filter(is_of_a_session).ok_or(Wrong::Foreign)?;
        let key = self.key(header.kid.as_deref(), monotonic_ms).await.ok_or(Wrong::Foreign)?;
        let mut rules = Validation::new(Algorithm::RS256);
        // The library would look at the system's clock; ours is handed in.
        rules.validate_exp = false;
        rules.validate_aud = false;
        if let Some(issuer) = &self.issuer {
            rules.set_issuer(&[issuer]);
            rules.set_required_spec_claims(&["exp", "sub", "iss"]);
        }
        let claims = decode::<Claims>(token, &key, &rules).map_err(|_| Wrong::Foreign)?.claims;
        let at = now.as_second();
        let has_begun = |since: Option<i64>| since.is_none_or(|since| since.saturating_sub(LEEWAY_SECONDS) <= at);
        if at >= claims.exp.saturating_add(LEEWAY_SECONDS) || !has_begun(claims.nbf) || !has_begun(claims.iat) {
            return Err(Wrong::Time);
        }
        if claims.sts.as_deref() == Some("pending") {
            return Err(Wrong::Pending);
        }
        if is_an_id(&claims.sub) { Ok(claims) } else { Err(Wrong::Foreign) }
    }

    async fn key(&self, id: Option<&str>, now: u64) -> Option<DecodingKey> {
        let (source, known, fetching) = match &self.keys {
            Keys::One(key) => return Some((**key).clone()),
            Keys::Set { source, known, fetching } => (source, known, fetching),
        };
        let id = id?;
        let (age, found) = known.look(id, now);
        if found.is_some() && age.is_some_and(|age| age < KEPT_MS) {
            return found;
        }
        // Whoever comes meanwhile waits for the same answer.
        let alone = Arc::clone(fetching).lock_owned().await;
        let (age, found) = known.look(id, now);
        let kept = if found.is_some() { KEPT_MS } else { PAUSE_MS };
        if age.is_some_and(|age| age < kept) {
            return found;
        }
        known.lock().asked_at = Some(now);
        let (source, set) = (Arc::clone(source), Arc::clone(known));
        // It is read to its end also when whoever caused it hangs up: otherwise strangers could keep it from being read.
        let fetch = tokio::spawn(async move {
            match source.key_set().await.and_then(|json| keys_of(&json)) {
                Ok(keys) => set.lock().keys = keys,
                // The keys that there were go on; the next look is after another while.
                Err(why) => tracing::warn!("the key set of the Clerk instance was not read: {why}"),
            }
            drop(alone);
        });
        fetch.await.ok()?;
        known.look(id, now).1
    }
}

impl Known {
    fn lock(&self) -> MutexGuard<'_, KeySet> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How long ago the set was asked for, and its key of this name.
    fn look(&self, id: &str, now: u64) -> (Option<u64>, Option<DecodingKey>) {
        let set = self.lock();
        let key = set.keys.iter().find(|(known, _)| known == id).map(|(_, key)| key.clone());
        (set.asked_at.map(|asked_at| now.saturating_sub(asked_at)), key)
    }
}

/// Whether a token is signed by RS256 as a session's is.
pub fn is_signed_like_clerks(token: &str) -> bool {
    token.len() <= MAX_TOKEN_BYTES && decode_header(token).is_ok_and(|header| header.alg == Algorithm::RS256)
}

/// Nothing in a header may lead to a key, or ask for rules that are not known here.
fn is_of_a_session(header: &Header) -> bool {
    let plain = header.jku.is_none() && header.jwk.is_none() && header.x5u.is_none() && header.crit.is_none();
    let category = header.extras.get::<String>("cat").unwrap_or_default();
    let kind = header.typ.as_deref().is_none_or(|kind| kind.eq_ignore_ascii_case("JWT"));
    plain && kind && header.alg == Algorithm::RS256 && category.as_deref() != Some(OF_A_TEMPLATE)
}

fn is_an_id(sub: &str) -> bool {
    let plain = sub.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'));
    plain && (1..=MAX_ID_BYTES).contains(&sub.len()) && !sub.starts_with(OUR_IDS)
}

/// The keys of a set that have a name and can check a signature.
fn keys_of(json: &[u8]) -> Result<Vec<(String, DecodingKey)>, String> {
    let set: JwkSet = serde_json::from_slice(json).map_err(|error| format!("it is no key set: {error}"))?;
    let named = |jwk: &jsonwebtoken::jwk::Jwk| Some((jwk.common.key_id.clone()?, DecodingKey::from_jwk(jwk).ok()?));
    Ok(set.keys.iter().filter_map(named).collect())
}
