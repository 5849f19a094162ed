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

/// OWASP's minimum for argon2id.
const MEMORY_KIB: u32 = 19_456;
const PASSES: u32 = 2;
const LANES: u32 = 1;
/// How many may wait for a processor before the server says that it is busy.
const QUEUE: usize = 32;

const MIN_CHARS: usize = 8;
const MAX_CHARS: usize = 256;
/// The commonest of at least eight characters.
const COMMON: &[&str] = &[
    "password",
    "password1",
    "password123",
    "passw0rd",
    "12345678",
    "123456789",
    "1234567890",
    "11111111",
    "00000000",
    "qwertyui",
    "qwertyuiop",
    "qwerty123",
    "iloveyou",
    "sunshine",
    "princess",
    "football",
    "baseball",
    "superman",
    "trustno1",
    "letmein1",
    "welcome1",
    "admin123",
    "abcd1234",
    "1q2w3e4r",
    "asdfghjkl",
    "zaq12wsx",
    "starwars",
];

/// Hashes and checks passwords.
pub struct Passwords {
    at_work: Semaphore,
    admitted: Semaphore,
    dummy: Arc<OnceLock<String>>,
    dummy_salt: [u8; 16],
}

impl Passwords {
    pub fn new(entropy: &dyn Entropy) -> Self {
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        Self {
            at_work: Semaphore::new(processors),
            admitted: Semaphore::new(processors + QUEUE),
            dummy: Arc::default(),
            dummy_salt: random(entropy),
        }
    }

    /// The hash to store, as a PHC string.
    pub async fn hash(&self, password: String, salt: [u8; 16]) -> Result<String, Refusal> {
        self.work(move || hash(&password, &salt)).await?
    }

    /// Whether `password` belongs to `stored`. Where there is no account, a dummy is checked, so that the time does
    /// not tell.
    pub async fn verify(&self, password: String, stored: Option<String>) -> Result<bool, Refusal> {
        let (dummy, salt) = (Arc::clone(&self.dummy), self.dummy_salt);
        self.work(move || {
            let known = stored.is_some();
            let phc = match stored {
                Some(phc) => phc,
                None => match dummy.get() {
                    Some(phc) => phc.clone(),
                    None => dummy.get_or_init(|| hash("nobody's", &salt).unwrap_or_default()).clone(),
                },
            };
            let parsed = PasswordHash::new(&phc).map_err(Refusal::internal)?;
            Ok(Argon2::default().verify_password(password.as_bytes(), &parsed).is_ok() && known)
        })
        .await?
    }

    async fn work<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Refusal> {
        let _admitted = self.admitted.try_acquire().map_err(|_| Refusal::busy())?;
        let _at_work = self.at_work.acquire().await.map_err(Refusal::internal)?;
        tokio::task::spawn_blocking(work).await.map_err(Refusal::internal)
    }
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
    let lower = password.to_lowercase();
    match password.chars().count() {
        n if n < MIN_CHARS => refuse(format!("The password is too short; at least {MIN_CHARS} characters.")),
        n if n > MAX_CHARS => refuse(format!("The password is too long; at most {MAX_CHARS} characters.")),
        _ if COMMON.contains(&lower.as_str()) => refuse("The password is one of the commonest; choose another.".into()),
        _ if lower == email => refuse("The password is the e-mail address; choose another.".into()),
        _ => Ok(()),
    }
}
