//! Where credentials are kept: the system's keyring, the Linux kernel's, or this program's memory. Never a file.
//!
//! Keyrings are asked on a blocking thread with a time limit, because a locked one waits for a person. Their errors
//! are only ever shown through `Display`: `Debug` of some contains the secret.

use crate::{
    domain::failure::{Failure, FailureKind},
    platform::choice::StoreChoice,
};
use keyring_core::{CredentialStore, Entry, Error};
use secrecy::{ExposeSecret, SecretString};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

/// The service under which all of frontrow's entries are kept.
pub const SERVICE: &str = "frontrow";

/// The name and the value of the entry with which a store is tried.
const PROBE: &str = "probe";
const PROBE_TRIES: usize = 4;

/// An opened credential store.
#[derive(Clone)]
pub struct Store {
    kind: StoreKind,
    place: Place,
}

/// The kinds of store that can be opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StoreKind {
    /// The operating system's own: Secret Service, Keychain, Credential Manager.
    System,
    #[cfg(target_os = "linux")]
    Keyutils,
    Memory,
}

#[derive(Clone)]
enum Place {
    Keyring(Arc<CredentialStore>),
    Memory(Arc<Mutex<HashMap<String, SecretString>>>),
}

impl StoreKind {
    /// The order in which `auto` tries them.
    pub const ALL: &'static [Self] = &[
        Self::System,
        #[cfg(target_os = "linux")]
        Self::Keyutils,
        Self::Memory,
    ];

    /// What a setting means; `None` for `auto`.
    pub fn chosen(choice: StoreChoice) -> Option<Self> {
        match choice {
            StoreChoice::Auto => None,
            StoreChoice::System => Some(Self::System),
            #[cfg(target_os = "linux")]
            StoreChoice::Keyutils => Some(Self::Keyutils),
            StoreChoice::File | StoreChoice::Memory => Some(Self::Memory),
        }
    }

    /// Its name as a setting.
    pub fn word(self) -> &'static str {
        match self {
            Self::System => StoreChoice::System.word(),
            #[cfg(target_os = "linux")]
            Self::Keyutils => StoreChoice::Keyutils.word(),
            Self::Memory => StoreChoice::Memory.word(),
        }
    }

    /// Where a sign-in is kept, for people.
    pub fn kept_in(self) -> &'static str {
        match self {
            Self::System if cfg!(target_os = "macos") => "the macOS Keychain",
            Self::System if cfg!(windows) => "the Windows Credential Manager",
            Self::System => "the desktop's keyring (Secret Service)",
            #[cfg(target_os = "linux")]
            Self::Keyutils => "the Linux kernel's keyring, until a reboot or three days unused",
            Self::Memory => "this program's memory, until it ends",
        }
    }
}

impl Store {
    /// Opens a store; that does not yet prove that it can be written (see [`Store::probe`]).
    pub async fn open(kind: StoreKind) -> Result<Self, Failure> {
        let place = match kind {
            StoreKind::Memory => Place::Memory(Arc::default()),
            StoreKind::System => Place::Keyring(on_thread(kind, patience(), open_system).await?),
            #[cfg(target_os = "linux")]
            StoreKind::Keyutils => Place::Keyring(on_thread(kind, patience(), open_keyutils).await?),
        };
        Ok(Self { kind, place })
    }

    pub fn kind(&self) -> StoreKind {
        self.kind
    }

    /// The entry of `account`; `None` when there is none.
    pub async fn get(&self, account: &str) -> Result<Option<SecretString>, Failure> {
        match &self.place {
            Place::Memory(entries) => Ok(lock(entries).get(account).cloned()),
            Place::Keyring(store) => self.at_entry(store, account, read).await,
        }
    }

    pub async fn set(&self, account: &str, secret: SecretString) -> Result<(), Failure> {
        match &self.place {
            Place::Memory(entries) => {
                lock(entries).insert(account.to_owned(), secret);
                Ok(())
            }
            Place::Keyring(store) => {
                self.at_entry(store, account, move |entry| entry.set_password(secret.expose_secret())).await
            }
        }
    }

    /// Forgets the entry; that there is none is no failure.
    pub async fn delete(&self, account: &str) -> Result<(), Failure> {
        match &self.place {
            Place::Memory(entries) => {
                lock(entries).remove(account);
                Ok(())
            }
            Place::Keyring(store) => self.at_entry(store, account, forget).await,
        }
    }

    /// Proves that the store keeps things: writes, reads back and deletes a value that means nothing. Its name is
    /// always the same, so that a program that is killed meanwhile leaves one entry at most; another program's probe
    /// may take it away in between, so it is tried a few times.
    pub async fn probe(&self) -> Result<(), Failure> {
        let mut outcome = Ok(());
        for _ in 0..PROBE_TRIES {
            self.set(PROBE, SecretString::from(PROBE)).await?;
            outcome = match self.get(PROBE).await {
                Ok(Some(value)) if value.expose_secret() == PROBE => Ok(()),
                Ok(_) => Err(unusable(self.kind, "it did not give back what was put into it")),
                Err(failure) => Err(failure),
            };
            let deleted = self.delete(PROBE).await;
            outcome = outcome.and(deleted);
            if outcome.is_ok() {
                break;
            }
        }
        outcome
    }

    async fn at_entry<T: Send + 'static>(
        &self,
        store: &Arc<CredentialStore>,
        account: &str,
        work: impl FnOnce(&Entry) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Failure> {
        let (store, account) = (store.clone(), account.to_owned());
        on_thread(self.kind, patience(), move || work(&store.build(SERVICE, &account, None)?)).await
    }
}

/// The first of the candidates that keeps what is put into it.
pub async fn first_working(candidates: &[StoreKind]) -> Result<Store, Failure> {
    let mut why = Failure::new(FailureKind::Other, "credential_store", "there is no credential store to try");
    for kind in candidates {
        let tried = match Store::open(*kind).await {
            Ok(store) => store.probe().await.map(|()| store),
            Err(failure) => Err(failure),
        };
        match tried {
            Ok(store) => return Ok(store),
            Err(failure) => {
                tracing::info!(store = kind.word(), why = failure.why, "a credential store was passed over");
                why = failure;
            }
        }
    }
    Err(why)
}

fn lock<T>(entries: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    entries.lock().unwrap_or_else(PoisonError::into_inner)
}

fn read(entry: &Entry) -> Result<Option<SecretString>, Error> {
    match entry.get_password() {
        Ok(secret) => Ok(Some(SecretString::from(secret))),
        Err(Error::NoEntry) => Ok(None),
        Err(error) => Err(error),
    }
}

fn forget(entry: &Entry) -> Result<(), Error> {
    match entry.delete_credential() {
        Err(Error::NoEntry) => Ok(()),
        outcome => outcome,
    }
}

fn open_system() -> Result<Arc<CredentialStore>, Error> {
    if let Err(error) = keyring::Entry::store_status() {
        return Err(Error::PlatformFailure(error.to_string().into()));
    }
    keyring_core::get_default_store().ok_or(Error::NoDefaultStore)
}

#[cfg(target_os = "linux")]
fn open_keyutils() -> Result<Arc<CredentialStore>, Error> {
    let store: Arc<CredentialStore> = linux_keyutils_keyring_store::Store::new()?;
    Ok(store)
}

/// A process without a session keyring of its own (cron, containers, services) must join one, or the kernel refuses
/// every access; under a normal login this changes nothing. The kernel keeps this by thread and new threads inherit
/// it, so it must happen before there are any. An error shows itself when the store is opened.
#[cfg(target_os = "linux")]
pub fn join_session_keyring() {
    use linux_keyutils::{KeyRing, KeyRingIdentifier};
    let _ = KeyRing::from_special_id(KeyRingIdentifier::Session, true);
}

#[cfg(not(target_os = "linux"))]
pub fn join_session_keyring() {}

/// Runs keyring work on a blocking thread and gives up on it after the time limit.
async fn on_thread<T: Send + 'static>(
    kind: StoreKind,
    patience: Duration,
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Failure> {
    match tokio::time::timeout(patience, tokio::task::spawn_blocking(work)).await {
        Ok(Ok(outcome)) => outcome.map_err(|error| unusable(kind, &error.to_string())),
        Ok(Err(_)) => Err(unusable(kind, "it failed inside")),
        Err(_) => Err(unusable(kind, "it did not answer in time")),
    }
}

/// On a desktop the keyring may ask the person for its password.
fn patience() -> Duration {
    let desktop = ["DISPLAY", "WAYLAND_DISPLAY"].iter().any(|name| std::env::var_os(name).is_some());
    Duration::from_secs(if desktop { 30 } else { 3 })
}

fn unusable(kind: StoreKind, reason: &str) -> Failure {
    let why = format!("the credential store {} cannot be used: {reason}", kind.word());
    Failure::new(FailureKind::Other, "credential_store", why)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_kept_in_memory_comes_back_until_it_is_forgotten() {
        let store = Store::open(StoreKind::Memory).await.unwrap();
        store.probe().await.unwrap();
        assert!(store.get("a").await.unwrap().is_none());
        store.set("a", SecretString::from("one")).await.unwrap();
        assert_eq!(store.clone().get("a").await.unwrap().unwrap().expose_secret(), "one");
        store.delete("a").await.unwrap();
        store.delete("a").await.unwrap();
        assert!(store.get("a").await.unwrap().is_none());
    }

    #[tokio::test]
    async fn a_store_that_never_answers_is_given_up() {
        let (release, wait) = std::sync::mpsc::channel::<()>();
        let asked = on_thread(StoreKind::System, Duration::from_millis(1), move || {
            let _ = wait.recv();
            Ok(())
        });
        let failure = asked.await.unwrap_err();
        assert!(failure.why.contains("did not answer in time"), "{}", failure.why);
        drop(release);
    }
}
