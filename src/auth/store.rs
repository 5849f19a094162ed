//! Where credentials are kept: the system's keyring, the Linux kernel's, an encrypted file, or this program's memory.
//! Never readable on a disk.
//!
//! All but memory are asked on a blocking thread with a time limit, because a locked keyring waits for a person and a
//! broken one for ever. Keyrings' errors become words at once: `Debug` of some of them contains the secret.

mod file;
#[cfg(target_os = "linux")]
mod keyutils;
mod memory;
#[cfg(test)]
pub mod scripted;
mod survey;
mod system;

pub use survey::{PassedOver, Survey};

use crate::{
    domain::{
        env::Entropy,
        failure::{Failure, FailureKind},
    },
    platform::{choice::StoreChoice, dirs::Dirs},
};
use memory::Memory;
use secrecy::{ExposeSecret, SecretString};
use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

/// The service under which all of frontrow's entries are kept.
pub const SERVICE: &str = "frontrow";

/// The name and the value of the entry with which a store is tried.
const PROBE: &str = "probe";
const PROBE_TRIES: usize = 4;

/// How long a store may take to answer. On a desktop a locked keyring asks the person for its password; the file's
/// key takes its time on a small computer.
const PATIENCE: Duration = Duration::from_secs(3);
const PATIENCE_WITH_A_PERSON: Duration = Duration::from_secs(30);
const PATIENCE_WITH_A_FILE: Duration = Duration::from_secs(20);

/// The kinds of store that can be opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StoreKind {
    /// The operating system's own: Secret Service, Keychain, Credential Manager.
    System,
    #[cfg(target_os = "linux")]
    Keyutils,
    /// An encrypted file for each account.
    File,
    Memory,
}

/// The stores of this machine, as this person wants them used.
#[derive(Clone)]
pub struct Stores {
    choice: StoreChoice,
    /// Remembers the name of the store in which the sign-in is; not secret.
    memo: PathBuf,
    /// The folder of the encrypted files.
    folder: PathBuf,
    passphrase_file: Option<PathBuf>,
    entropy: Arc<dyn Entropy>,
    /// Of the only store that may hang even while it is opened.
    system: Questions,
}

/// An opened credential store.
#[derive(Clone)]
pub struct Store {
    questions: Questions,
    place: Place,
}

/// Questions to a store, one at a time: one that hangs shall not collect threads that wait for it, nor show its prompt
/// again for each of them.
#[derive(Clone)]
struct Questions {
    kind: StoreKind,
    turn: Arc<tokio::sync::Mutex<()>>,
}

#[derive(Clone)]
enum Place {
    Memory(Memory),
    Blocking(Arc<dyn Backend>),
}

/// A place that may make its caller wait.
trait Backend: Send + Sync {
    fn get(&self, account: &str) -> Result<Option<SecretString>, Trouble>;
    fn set(&self, account: &str, secret: &SecretString) -> Result<(), Trouble>;
    /// That there is no such entry is no failure.
    fn delete(&self, account: &str) -> Result<(), Trouble>;
}

/// What is wrong, in half a sentence for people, without anything secret.
#[derive(Debug)]
enum Trouble {
    /// With the store.
    Store(String),
    /// With this entry alone, which may be replaced.
    Entry(String),
}

impl StoreKind {
    /// The order in which `auto` tries them.
    pub const ALL: &'static [Self] = &[
        Self::System,
        #[cfg(target_os = "linux")]
        Self::Keyutils,
        Self::File,
        Self::Memory,
    ];

    /// What a setting means; `None` for `auto`.
    pub fn chosen(choice: StoreChoice) -> Option<Self> {
        match choice {
            StoreChoice::Auto => None,
            StoreChoice::System => Some(Self::System),
            #[cfg(target_os = "linux")]
            StoreChoice::Keyutils => Some(Self::Keyutils),
            StoreChoice::File => Some(Self::File),
            StoreChoice::Memory => Some(Self::Memory),
        }
    }

    /// Its name as a setting.
    pub fn word(self) -> &'static str {
        match self {
            Self::System => StoreChoice::System.word(),
            #[cfg(target_os = "linux")]
            Self::Keyutils => StoreChoice::Keyutils.word(),
            Self::File => StoreChoice::File.word(),
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
            Self::File => "an encrypted file in the data folder",
            Self::Memory => "this program's memory, until it ends",
        }
    }

    fn patience(self) -> Duration {
        match self {
            Self::System if has_desktop() => PATIENCE_WITH_A_PERSON,
            Self::File => PATIENCE_WITH_A_FILE,
            _ => PATIENCE,
        }
    }
}

impl Stores {
    /// `passphrase_file` is the setting; without it, the one that systemd's `LoadCredential=` provides is used.
    pub fn new(choice: StoreChoice, dirs: &Dirs, passphrase_file: Option<&Path>, entropy: Arc<dyn Entropy>) -> Self {
        Self {
            choice,
            memo: dirs.credential_store(),
            folder: dirs.credentials(),
            passphrase_file: passphrase_file.map(Path::to_owned).or_else(file::provided_passphrase),
            entropy,
            system: Questions::to(StoreKind::System),
        }
    }

    /// The kind in which a sign-in would be: the chosen one, or the one that the last sign-in was kept in.
    pub fn expected(&self) -> Option<StoreKind> {
        StoreKind::chosen(self.choice).or_else(|| self.remembered())
    }

    /// The store in which a sign-in would be, without trying any other: a person whose keyring is away for the moment
    /// shall hear of that, and not be asked to sign in a second time. `None` when there never was a sign-in.
    pub async fn open_expected(&self) -> Result<Option<Store>, Failure> {
        let Some(kind) = self.expected() else { return Ok(None) };
        let kept_there = self.remembered() == Some(kind);
        self.open(kind).await.map(Some).map_err(|failure| if kept_there { gone(kind, &failure) } else { failure })
    }

    /// Opens a store; that does not yet prove that it can be written (see [`Store::probe`]).
    pub async fn open(&self, kind: StoreKind) -> Result<Store, Failure> {
        let questions = if kind == StoreKind::System { self.system.clone() } else { Questions::to(kind) };
        let place = match kind {
            StoreKind::Memory => Place::Memory(Memory::default()),
            StoreKind::System => Place::Blocking(questions.ask(system::open).await?),
            #[cfg(target_os = "linux")]
            StoreKind::Keyutils => Place::Blocking(questions.ask(keyutils::open).await?),
            StoreKind::File => {
                let (folder, passphrase) = (self.folder.clone(), self.passphrase_file.clone());
                let entropy = self.entropy.clone();
                Place::Blocking(questions.ask(move || file::open(folder, passphrase.as_deref(), entropy)).await?)
            }
        };
        Ok(Store { questions, place })
    }

    /// The chosen store, or the first of all, that keeps what is put into it. It is where the next sign-in goes.
    pub async fn first_working(&self) -> Result<Store, Failure> {
        let chosen = StoreKind::chosen(self.choice);
        let mut why = Failure::new(FailureKind::Other, "credential_store", "there is no credential store to try");
        for kind in chosen.as_ref().map_or(StoreKind::ALL, std::slice::from_ref) {
            match self.open_proven(*kind).await {
                Ok(store) => return Ok(store),
                Err(failure) => {
                    tracing::info!(store = kind.word(), why = failure.why, "a credential store was passed over");
                    why = failure;
                }
            }
        }
        Err(why)
    }

    /// Writes down where the sign-in is now.
    pub fn remember(&self, kind: StoreKind) {
        let folder = self.memo.parent().map_or(Ok(()), std::fs::create_dir_all);
        if let Err(error) = folder.and_then(|()| std::fs::write(&self.memo, format!("{}\n", kind.word()))) {
            tracing::warn!(%error, "the name of the credential store could not be written down");
        }
    }

    fn remembered(&self) -> Option<StoreKind> {
        let word = std::fs::read_to_string(&self.memo).ok()?;
        StoreKind::ALL.iter().copied().find(|kind| kind.word() == word.trim())
    }

    async fn open_proven(&self, kind: StoreKind) -> Result<Store, Failure> {
        let store = self.open(kind).await?;
        store.probe().await?;
        Ok(store)
    }
}

impl Store {
    pub fn kind(&self) -> StoreKind {
        self.questions.kind
    }

    /// The entry of `account`; `None` when there is none.
    pub async fn get(&self, account: &str) -> Result<Option<SecretString>, Failure> {
        match &self.place {
            Place::Memory(memory) => Ok(memory.get(account)),
            Place::Blocking(backend) => {
                let (backend, account) = (backend.clone(), account.to_owned());
                self.questions.ask(move || backend.get(&account)).await
            }
        }
    }

    pub async fn set(&self, account: &str, secret: SecretString) -> Result<(), Failure> {
        match &self.place {
            Place::Memory(memory) => {
                memory.set(account, secret);
                Ok(())
            }
            Place::Blocking(backend) => {
                let (backend, account) = (backend.clone(), account.to_owned());
                self.questions.ask(move || backend.set(&account, &secret)).await
            }
        }
    }

    /// Forgets the entry; that there is none is no failure.
    pub async fn delete(&self, account: &str) -> Result<(), Failure> {
        match &self.place {
            Place::Memory(memory) => {
                memory.delete(account);
                Ok(())
            }
            Place::Blocking(backend) => {
                let (backend, account) = (backend.clone(), account.to_owned());
                self.questions.ask(move || backend.delete(&account)).await
            }
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
                Ok(_) => Err(unusable(self.kind(), "it did not give back what was put into it")),
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
}

/// A process without a session keyring of its own (cron, containers, services) must join one, or the kernel refuses
/// every access; under a normal login this changes nothing. The kernel keeps this by thread and new threads inherit
/// it, so it must happen before there are any. An error shows itself when the store is opened.
pub fn join_session_keyring() {
    #[cfg(target_os = "linux")]
    keyutils::join_session();
}

impl Questions {
    fn to(kind: StoreKind) -> Self {
        Self { kind, turn: Arc::default() }
    }

    /// Asks on a blocking thread, and gives up after the store's time.
    async fn ask<T: Send + 'static>(
        &self,
        question: impl FnOnce() -> Result<T, Trouble> + Send + 'static,
    ) -> Result<T, Failure> {
        self.ask_within(self.kind.patience(), question).await
    }

    async fn ask_within<T: Send + 'static>(
        &self,
        patience: Duration,
        question: impl FnOnce() -> Result<T, Trouble> + Send + 'static,
    ) -> Result<T, Failure> {
        let turn = self.turn.clone();
        let answer = async move {
            let turn = turn.lock_owned().await;
            let asked = move || {
                let outcome = question();
                drop(turn);
                outcome
            };
            tokio::task::spawn_blocking(asked).await
        };
        match tokio::time::timeout(patience, answer).await {
            Ok(Ok(outcome)) => outcome.map_err(|trouble| trouble.of(self.kind)),
            Ok(Err(_)) => Err(unusable(self.kind, "it failed inside")),
            Err(_) => Err(unusable(self.kind, &format!("it did not answer within {} s", patience.as_secs()))),
        }
    }
}

impl Trouble {
    fn of(self, kind: StoreKind) -> Failure {
        match self {
            Self::Store(reason) => unusable(kind, &reason),
            Self::Entry(reason) => {
                let again = "sign in again, such as by `frontrow login`, which replaces it";
                let why = format!("the sign-in that is kept in {} {reason}; {again}", kind.kept_in());
                Failure::new(FailureKind::SignIn, "unusable_entry", why)
            }
        }
    }
}

impl From<String> for Trouble {
    fn from(reason: String) -> Self {
        Self::Store(reason)
    }
}

fn has_desktop() -> bool {
    ["DISPLAY", "WAYLAND_DISPLAY"].iter().any(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()))
}

fn unusable(kind: StoreKind, reason: &str) -> Failure {
    let why = format!("the credential store {} cannot be used: {reason}", kind.word());
    Failure::new(FailureKind::Other, "credential_store", why)
}

fn gone(kind: StoreKind, failure: &Failure) -> Failure {
    let why = format!(
        "your sign-in is kept in {}, but {}; make it available again, or sign in anew to keep it elsewhere",
        kind.kept_in(),
        failure.why
    );
    Failure::new(failure.kind, &failure.code, why)
}

#[cfg(test)]
#[path = "store/tests.rs"]
mod tests;
