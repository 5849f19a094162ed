//! The server's Ed25519 key. It signs access tokens and tickets, and lives in the database.

use super::problem::Refusal;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{
    Algorithm, DecodingKey, EncodingKey,
    crypto::sign,
    jwk::{AlgorithmParameters, Jwk},
};
use sha2::{Digest, Sha256};

/// PKCS #8 version 1 around a 32-byte Ed25519 seed (RFC 8410, 10.3).
const PKCS8_PREFIX: [u8; 16] =
    [0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20];

/// A signing key with its public half.
pub struct Keys {
    pub encoding: EncodingKey,
    pub decoding: DecodingKey,
    /// The public key, base64url without padding, as in a JWK.
    pub public: String,
    /// Names the key in tokens.
    pub id: String,
    payment_secret: [u8; 32],
}

impl Keys {
    /// The key that grows from `seed`.
    pub fn of_seed(seed: &[u8; 32]) -> Result<Self, Refusal> {
        let der = [PKCS8_PREFIX.as_slice(), seed].concat();
        let encoding = EncodingKey::from_ed_der(&der);
        let jwk = Jwk::from_encoding_key(&encoding, Algorithm::EdDSA).map_err(Refusal::internal)?;
        let AlgorithmParameters::OctetKeyPair(pair) = jwk.algorithm else {
            return Err(Refusal::internal("an Ed25519 key has no octet key pair"));
        };
        let decoding = DecodingKey::from_ed_components(&pair.x).map_err(Refusal::internal)?;
        let id = format!("k-{}", &pair.x[..8]);
        let payment_secret = Sha256::digest([b"payment links".as_slice(), seed].concat()).into();
        Ok(Self { encoding, decoding, public: pair.x, id, payment_secret })
    }

    /// The 64-byte Ed25519 signature over `message`.
    pub fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Refusal> {
        let text = sign(message, &self.encoding, Algorithm::EdDSA).map_err(Refusal::internal)?;
        URL_SAFE_NO_PAD.decode(text).map_err(Refusal::internal)
    }

    /// The secret part of a booking's payment link. It is derived, so that the link can be shown again although only
    /// its hash is stored.
    pub fn payment_secret(&self, booking: &str) -> String {
        URL_SAFE_NO_PAD.encode(Sha256::digest([self.payment_secret.as_slice(), booking.as_bytes()].concat()))
    }
}
