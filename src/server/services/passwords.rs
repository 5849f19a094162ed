//! Passwords: argon2id, off the async threads, never more at once than there are processors.

use crate::{
    domain::env::{Entropy, random},
    server::problem::{Code, Refusal},
};
use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use std::sync::{Arc, OnceLock};
use tokio::sync::Semaphore;
use unicode_normalization::UnicodeNormalization;

/// OWASP's minimum for argon2id.
const MEMORY_KIB: u32 = 19_456;
const PASSES: u32 = 2;
const LANES: u32 = 1;
/// How many may wait for a processor before the server says that it is busy.
const QUEUE: usize = 32;

const MIN_CHARS: usize = 8;
const MAX_CHARS: usize = 256;
/// The commonest, one a line, in lower case.
const COMMON: &str = include_str!("../../../assets/common-passwords.txt");

/// What a password turned out to be.
#[derive(Debug, PartialEq, Eq)]
pub enum Proof {
    Wrong,
    Right,
    /// Right, and stored as it is no longer done: this is to be stored instead.
    RightBut(String),
}

/// Hashes and checks passwords.
pub struct Passwords {
    at_work: Arc<Semaphore>,
    admitted: Arc<Semaphore>,
    dummy: Arc<OnceLock<String>>,
    dummy_salt: [u8; 16],
}

impl Passwords {
    pub fn new(entropy: &dyn Entropy) -> Self {
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        Self {
            at_work: Arc::new(Semaphore::new(processors)),
            admitted: Arc::new(Semaphore::new(processors + QUEUE)),
            dummy: Arc::default(),
            dummy_salt: random(entropy),
        }
    }

    /// The hash to store, as a PHC string.
    pub async fn hash(&self, password: String, salt: [u8; 16]) -> Result<String, Refusal> {
        self.work(move || hash(&normal(&password), &salt)).await?
    }

    /// Whether `password` belongs to `stored`; `salt` is for storing it anew. Where there is no account, a dummy is
    /// checked in all the ways that a stored one would be, so that the time does not tell.
    pub async fn verify(&self, password: String, stored: Option<String>, salt: [u8; 16]) -> Result<Proof, Refusal> {
        let (dummy, dummy_salt) = (Arc::clone(&self.dummy), self.dummy_salt);
        self.work(move || match stored {
            Some(phc) => prove(&password, &phc, &salt),
            None => {
                let phc = dummy.get_or_init(|| hash("nobody's", &dummy_salt).unwrap_or_default());
                prove(&password, phc, &salt).map(|_| Proof::Wrong)
            }
        })
        .await?
    }

    async fn work<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Refusal> {
        let admitted = Arc::clone(&self.admitted).try_acquire_owned().map_err(|_| Refusal::busy())?;
        let at_work = Arc::clone(&self.at_work).acquire_owned().await.map_err(Refusal::internal)?;
        let work = move || {
            // Work goes on when its client has gone, and so do its places: else whoever hangs up at once has any
            // number of passwords hashed.
            let _places = (admitted, at_work);
            work()
        };
        tokio::task::spawn_blocking(work).await.map_err(Refusal::internal)
    }
}

/// A password in the one form that all keyboards' ways of typing it share (Unicode NFC).
fn normal(password: &str) -> String {
    password.nfc().collect()
}

fn prove(password: &str, phc: &str, salt: &[u8]) -> Result<Proof, Refusal> {
    let normal = normal(password);
    let right = matches(&normal, phc)?;
    if right && !is_outdated(phc)? {
        return Ok(Proof::Right);
    }
    // Passwords were once stored as they were typed.
    if right || (normal != password && matches(password, phc)?) {
        return hash(&normal, salt).map(Proof::RightBut);
    }
    Ok(Proof::Wrong)
}

fn matches(password: &str, phc: &str) -> Result<bool, Refusal> {
    let parsed = PasswordHash::new(phc).map_err(Refusal::internal)?;
    Ok(Argon2::default().verify_password(password.as_bytes(), &parsed).is_ok())
}

/// Whether a hash costs less than a new one would.
fn is_outdated(phc: &str) -> Result<bool, Refusal> {
    let parsed = PasswordHash::new(phc).map_err(Refusal::internal)?;
    let params = Params::try_from(&parsed).map_err(Refusal::internal)?;
    Ok(parsed.algorithm != Algorithm::Argon2id.ident() || params.m_cost() < MEMORY_KIB || params.t_cost() < PASSES)
}

fn hash(password: &str, salt: &[u8]) -> Result<String, Refusal> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).map_err(Refusal::internal)?;
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let hash: PasswordHash = argon2.hash_password_with_salt(password.as_bytes(), salt).map_err(Refusal::internal)?;
    Ok(hash.to_string())
}

/// Refuses what is guessed first.
pub fn must_be_strong(password: &str, email: &str) -> Result<(), Refusal> {
    let refuse = |why: String| Err(Refusal::new(Code::WeakPassword, why));
    let lower = normal(password).to_lowercase();
    let is_common = || COMMON.lines().any(|common| !common.starts_with('#') && common == lower);
    match normal(password).chars().count() {
        n if n < MIN_CHARS => refuse(format!("The password is too short; at least {MIN_CHARS} characters.")),
        n if n > MAX_CHARS => refuse(format!("The password is too long; at most {MAX_CHARS} characters.")),
        _ if is_common() => refuse("The password is one of the commonest; choose another.".into()),
        _ if lower == email => refuse("The password is the e-mail address; choose another.".into()),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_of_common_passwords_has_a_thousand_that_the_other_rules_would_let_through() {
        let common: Vec<&str> = COMMON.lines().filter(|line| !line.starts_with('#')).collect();
        assert!(common.len() >= 1_000, "{}", common.len());
        assert!(common.iter().all(|word| word.chars().count() >= MIN_CHARS && word.to_lowercase() == **word));
        assert!(common.iter().all(|word| must_be_strong(&word.to_uppercase(), "a@b.c").is_err()));
        assert!(must_be_strong("correct horse", "a@b.c").is_ok());
    }

    struct Zeros;

    impl Entropy for Zeros {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(0);
        }
    }

    #[tokio::test]
    async fn work_whose_client_has_gone_keeps_its_place_until_it_is_done() {
        let passwords = Passwords::new(&Zeros);
        let free = || (passwords.at_work.available_permits(), passwords.admitted.available_permits());
        let (all, (begun, begins), (end, ends)) = (free(), tokio::sync::oneshot::channel(), std::sync::mpsc::channel());
        let client = passwords.work(move || {
            begun.send(()).unwrap();
            ends.recv().unwrap_or(())
        });
        tokio::select! {
            _ = client => panic!("it is not done"),
            heard = begins => heard.unwrap(),
        }
        assert_eq!(free(), (all.0 - 1, all.1 - 1));
        drop::<std::sync::mpsc::Sender<()>>(end);
        while free() != all {
            tokio::task::yield_now().await;
        }
    }

    #[test]
    fn a_password_is_the_same_however_its_accents_are_typed() {
        let (composed, decomposed) = ("p\u{e4}ssw\u{f6}rd", "pa\u{308}sswo\u{308}rd");
        let stored = hash(&normal(composed), &[1; 16]).unwrap();
        assert_eq!(prove(decomposed, &stored, &[2; 16]).unwrap(), Proof::Right);
        assert_eq!(prove("passwo\u{308}rd", &stored, &[2; 16]).unwrap(), Proof::Wrong);
        assert!(must_be_strong("a\u{308}o\u{308}u\u{308}a\u{308}", "a@b.c").is_err(), "four characters, not eight");
    }

    #[test]
    fn what_was_stored_more_cheaply_or_as_it_was_typed_is_stored_anew() {
        let cheap = Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(8, 1, 1, None).unwrap());
        let store = |password: &str| -> String {
            let hash: PasswordHash = cheap.hash_password_with_salt(password.as_bytes(), &[3; 16]).unwrap();
            hash.to_string()
        };
        for typed in ["correct horse", "pa\u{308}ssword"] {
            let Proof::RightBut(anew) = prove(typed, &store(typed), &[4; 16]).unwrap() else { panic!("{typed}") };
            assert!(anew.contains("m=19456,t=2"), "{anew}");
            assert_eq!(prove(typed, &anew, &[5; 16]).unwrap(), Proof::Right);
        }
        assert_eq!(prove("wrong horse", &store("correct horse"), &[4; 16]).unwrap(), Proof::Wrong);
    }
}
