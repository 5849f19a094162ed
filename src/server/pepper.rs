//! Codes that are too short for a plain hash, and tokens that need not be stored: HMAC-SHA256 under a secret of the
//! data folder.

use super::problem::Refusal;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// The secret. Without it a stolen code's hash would be guessed at once.
pub struct Pepper([u8; 32]);

impl Pepper {
    pub fn new(secret: [u8; 32]) -> Self {
        Self(secret)
    }

    /// What is kept, or handed out, for `parts`; `purpose` keeps one use apart from another.
    pub fn seal(&self, purpose: &str, parts: &[&str]) -> Result<String, Refusal> {
        Ok(URL_SAFE_NO_PAD.encode(self.mac(purpose, parts)?.finalize().into_bytes()))
    }

    /// Whether `seal` is that of `parts`, in a time that does not tell how much of it is right.
    pub fn is_of(&self, seal: &str, purpose: &str, parts: &[&str]) -> Result<bool, Refusal> {
        let Ok(seal) = URL_SAFE_NO_PAD.decode(seal) else { return Ok(false) };
        Ok(self.mac(purpose, parts)?.verify_slice(&seal).is_ok())
    }

    fn mac(&self, purpose: &str, parts: &[&str]) -> Result<Hmac<Sha256>, Refusal> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).map_err(Refusal::internal)?;
        mac.update(purpose.as_bytes());
        for part in parts {
            mac.update(b"|");
            mac.update(part.as_bytes());
        }
        Ok(mac)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seal_is_of_its_parts_its_purpose_and_its_pepper_alone() {
        let (pepper, other) = (Pepper::new([1; 32]), Pepper::new([2; 32]));
        let seal = pepper.seal("code", &["ann@example.org", "123456"]).unwrap();
        let fits = |pepper: &Pepper, purpose: &str, parts: &[&str]| pepper.is_of(&seal, purpose, parts).unwrap();
        assert!(fits(&pepper, "code", &["ann@example.org", "123456"]));
        assert!(!fits(&pepper, "code", &["ann@example.org", "123457"]));
        assert!(!fits(&pepper, "page", &["ann@example.org", "123456"]));
        assert!(!fits(&other, "code", &["ann@example.org", "123456"]));
        assert!(!pepper.is_of("not base64!", "code", &[]).unwrap());
    }
}
