//! The server's Ed25519 keys. One signs tickets for as long as the data folder lives, for a ticket must be readable as
//! long as it is carried. Those that sign access tokens take turns: a new one every few months.

use super::{
    db::Db,
    office::{hex, millis, unhex},
    problem::Refusal,
};
use crate::domain::{
    env::{Clock, Entropy, random},
    rules::Lifetimes,
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{
    Algorithm, DecodingKey, EncodingKey,
    crypto::sign,
    jwk::{AlgorithmParameters, Jwk},
};
use sha2::{Digest, Sha256};
use sqlx::{AnyConnection, Row};
use std::sync::{Arc, PoisonError, RwLock};

/// PKCS #8 version 1 around a 32-byte Ed25519 seed (RFC 8410, 10.3).
const PKCS8_PREFIX: [u8; 16] =
    [0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20];
/// A replaced key stays public for this long after its last token is over, for those who keep a copy of the key set.
const STAYS_PUBLIC_MS: i64 = 10 * 60 * 1000;

/// A key that signs, with its public half.
pub struct SigningKey {
    pub encoding: EncodingKey,
    pub public: PublicKey,
}

/// What checks a signature.
#[derive(Clone)]
pub struct PublicKey {
    /// Names the key in tokens.
    pub id: String,
    /// The key, base64url without padding, as in a JWK.
    pub x: String,
    pub decoding: DecodingKey,
}

/// All keys of a server.
pub struct Keys {
    tickets: SigningKey,
    payment_secret: [u8; 32],
    tokens: RwLock<Turns>,
    renewing: tokio::sync::Mutex<()>,
}

/// The key that signs access tokens, and those that did before.
struct Turns {
    current: Arc<SigningKey>,
    since: i64,
    former: Vec<Former>,
}

struct Former {
    key: PublicKey,
    /// From then on it checks nothing.
    ends_at: i64,
}

impl SigningKey {
    /// The key that grows from `seed`.
    fn of_seed(seed: &[u8; 32]) -> Result<Self, Refusal> {
        let der = [PKCS8_PREFIX.as_slice(), seed].concat();
        let encoding = EncodingKey::from_ed_der(&der);
        let jwk = Jwk::from_encoding_key(&encoding, Algorithm::EdDSA).map_err(Refusal::internal)?;
        let AlgorithmParameters::OctetKeyPair(pair) = jwk.algorithm else {
            return Err(Refusal::internal("an Ed25519 key has no octet key pair"));
        };
        Ok(Self { encoding, public: PublicKey::new(pair.x)? })
    }
}

impl PublicKey {
    fn new(x: String) -> Result<Self, Refusal> {
        let decoding = DecodingKey::from_ed_components(&x).map_err(Refusal::internal)?;
        let name = x.get(..8).ok_or_else(|| Refusal::internal("a public key is too short"))?;
        Ok(Self { id: format!("k-{name}"), x, decoding })
    }
}

impl Keys {
    /// The keys of a data folder. The first key of all, which `founding` is the seed of, signs the tickets, and the
    /// access tokens until it is replaced there.
    pub async fn open(db: &Db, clock: &dyn Clock, lifetimes: &Lifetimes, founding: &[u8; 32]) -> Result<Self, Refusal> {
        let tickets = SigningKey::of_seed(founding)?;
        let payment_secret = Sha256::digest([b"payment links".as_slice(), founding].concat()).into();
        let (now, seed, first) = (clock.now().as_millisecond(), hex(founding), tickets.public.clone());
        let keeps = public_ms(lifetimes);
        let turns = db.write(move |tx| Box::pin(async move { turns(tx, &first, seed, now, keeps).await })).await?;
        Ok(Self { tickets, payment_secret, tokens: RwLock::new(turns), renewing: Default::default() })
    }

    /// The key that signs access tokens now.
    pub fn current(&self) -> Arc<SigningKey> {
        Arc::clone(&self.read().current)
    }

    /// The key of that name, if it may check access tokens at `now`.
    pub fn checking(&self, id: &str, now: i64) -> Option<PublicKey> {
        let turns = self.read();
        let former = || turns.former.iter().find(|former| former.key.id == id && now < former.ends_at);
        if turns.current.public.id == id { Some(turns.current.public.clone()) } else { former().map(|f| f.key.clone()) }
    }

    /// Every key that checks something at `now`: the newest for tokens, those before it, the one for tickets.
    pub fn public(&self, now: i64) -> Vec<PublicKey> {
        let turns = self.read();
        let former = turns.former.iter().filter(|former| now < former.ends_at).map(|former| former.key.clone());
        let mut keys: Vec<PublicKey> = std::iter::once(turns.current.public.clone()).chain(former).collect();
        if keys.iter().all(|key| key.id != self.tickets.public.id) {
            keys.push(self.tickets.public.clone());
        }
        keys
    }

    /// Lets a new key sign access tokens if the one that does is old enough. Where that cannot be written down, the
    /// old one goes on.
    pub async fn renew_when_due(&self, db: &Db, clock: &dyn Clock, entropy: &dyn Entropy, lifetimes: &Lifetimes) {
        let now = clock.now().as_millisecond();
        if now < self.read().since.saturating_add(millis(lifetimes.signing_key)) {
            return;
        }
        // Whoever comes while another renews goes on with the old key.
        let Ok(_renewing) = self.renewing.try_lock() else { return };
        if let Err(refusal) = self.renew(db, random(entropy), now, public_ms(lifetimes)).await {
            tracing::warn!("the key for access tokens was not renewed: {refusal}");
        }
    }

    async fn renew(&self, db: &Db, seed: [u8; 32], now: i64, keeps: i64) -> Result<(), Refusal> {
        let key = SigningKey::of_seed(&seed)?;
        let public = key.public.clone();
        db.write(move |tx| Box::pin(async move { replace(tx, &public, hex(&seed), now, keeps).await })).await?;
        let mut turns = self.tokens.write().unwrap_or_else(PoisonError::into_inner);
        let old = std::mem::replace(&mut turns.current, Arc::new(key));
        turns.since = now;
        turns.former.retain(|former| now < former.ends_at);
        turns.former.push(Former { key: old.public.clone(), ends_at: now + keeps });
        Ok(())
    }

    /// The 64-byte Ed25519 signature of a ticket.
    pub fn sign_ticket(&self, message: &[u8]) -> Result<Vec<u8>, Refusal> {
        let text = sign(message, &self.tickets.encoding, Algorithm::EdDSA).map_err(Refusal::internal)?;
        URL_SAFE_NO_PAD.decode(text).map_err(Refusal::internal)
    }

    /// The secret part of a booking's payment link. It is derived, so that the link can be shown again although only
    /// its hash is stored.
    pub fn payment_secret(&self, booking: &str) -> String {
        URL_SAFE_NO_PAD.encode(Sha256::digest([self.payment_secret.as_slice(), booking.as_bytes()].concat()))
    }

    fn read(&self) -> std::sync::RwLockReadGuard<'_, Turns> {
        self.tokens.read().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How long a key is public after it was replaced.
fn public_ms(lifetimes: &Lifetimes) -> i64 {
    millis(lifetimes.access_token) + STAYS_PUBLIC_MS
}

/// The keys for access tokens as the database has them; in a database without any, the first one is entered.
async fn turns(
    tx: &mut AnyConnection,
    first: &PublicKey,
    seed: String,
    now: i64,
    keeps: i64,
) -> Result<Turns, Refusal> {
    let known = sqlx::query("SELECT 1 FROM signing_keys LIMIT 1").fetch_optional(&mut *tx).await?;
    if known.is_none() {
        insert(tx, first, seed, now).await?;
    }
    let row =
        sqlx::query("SELECT seed, created_at FROM signing_keys WHERE replaced_at IS NULL ORDER BY created_at DESC")
            .fetch_one(&mut *tx)
            .await?;
    let current = Arc::new(SigningKey::of_seed(&unhex(row.try_get("seed")?)?)?);
    let since = row.try_get("created_at")?;
    let rows = sqlx::query("SELECT public, replaced_at FROM signing_keys WHERE replaced_at>$1")
        .bind(now - keeps)
        .fetch_all(tx)
        .await?;
    let former = rows.iter().map(|row| {
        let ends_at = row.try_get::<i64, _>("replaced_at")? + keeps;
        Ok(Former { key: PublicKey::new(row.try_get("public")?)?, ends_at })
    });
    Ok(Turns { current, since, former: former.collect::<Result<_, Refusal>>()? })
}

/// Puts a key in the present one's place, whose private half is forgotten at once.
async fn replace(tx: &mut AnyConnection, key: &PublicKey, seed: String, now: i64, keeps: i64) -> Result<(), Refusal> {
    sqlx::query("DELETE FROM signing_keys WHERE replaced_at<=$1").bind(now - keeps).execute(&mut *tx).await?;
    sqlx::query("UPDATE signing_keys SET replaced_at=$1, seed=NULL WHERE replaced_at IS NULL")
        .bind(now)
        .execute(&mut *tx)
        .await?;
    insert(tx, key, seed, now).await
}

async fn insert(tx: &mut AnyConnection, key: &PublicKey, seed: String, now: i64) -> Result<(), Refusal> {
    sqlx::query("INSERT INTO signing_keys(id,public,seed,created_at) VALUES($1,$2,$3,$4)")
        .bind(key.id.clone())
        .bind(key.x.clone())
        .bind(seed)
        .bind(now)
        .execute(tx)
        .await?;
    Ok(())
}
