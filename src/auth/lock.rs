//! One at a time across processes: a lock file for each account, held by the operating system's lock, which ends
//! with its process however that ends. The file itself stays; it is empty.

use crate::domain::failure::{Failure, FailureKind};
use sha2::{Digest, Sha256};
use std::{
    fs::{File, OpenOptions, TryLockError},
    io,
    path::{Path, PathBuf},
    time::Duration,
};

const PAUSE: Duration = Duration::from_millis(50);
/// Five seconds in all: what is done under the lock takes one exchange with the service and one write.
const TRIES: u32 = 100;

/// The lock of one account's sign-in.
pub struct LockFile {
    path: PathBuf,
}

/// The lock is held until this is dropped.
pub struct Locked {
    _file: File,
}

impl LockFile {
    /// The account's name is hashed: it is an address, and not every address is a file's name.
    pub fn of(folder: &Path, account: &str) -> Self {
        let name: String = Sha256::digest(account.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
        Self { path: folder.join(name).with_extension("lock") }
    }

    /// Waits until no other process, and nobody else in this one, holds it.
    pub async fn take(&self) -> Result<Locked, Failure> {
        self.take_within(TRIES).await
    }

    async fn take_within(&self, tries: u32) -> Result<Locked, Failure> {
        let file = self.open().map_err(|error| self.unusable(&error))?;
        for _ in 0..tries {
            match file.try_lock() {
                Ok(()) => return Ok(Locked { _file: file }),
                Err(TryLockError::WouldBlock) => tokio::time::sleep(PAUSE).await,
                Err(TryLockError::Error(error)) => return Err(self.unusable(&error)),
            }
        }
        let why = format!(
            "another frontrow has been changing this sign-in for {} seconds (lock file {}): try again, or end that program if it hangs",
            (PAUSE * tries).as_secs(),
            self.path.display()
        );
        Err(Failure::new(FailureKind::Other, "sign_in_locked", why))
    }

    fn open(&self) -> io::Result<File> {
        if let Some(folder) = self.path.parent() {
            make_folder(folder)?;
        }
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options.open(&self.path)
    }

    fn unusable(&self, error: &io::Error) -> Failure {
        let why = format!("the lock file {} of the sign-in cannot be used: {error}", self.path.display());
        Failure::new(FailureKind::Other, "sign_in_lock", why)
    }
}

fn make_folder(folder: &Path) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn whoever_comes_second_waits_until_the_first_lets_go() {
        let folder = tempfile::tempdir().unwrap();
        let (first, second) = (LockFile::of(folder.path(), "a"), LockFile::of(folder.path(), "a"));
        let held = first.take().await.unwrap();
        let mut waiting = Box::pin(second.take());
        assert!(futures_util::poll!(&mut waiting).is_pending());
        LockFile::of(folder.path(), "b").take().await.expect("another account has a lock of its own");
        drop(held);
        waiting.await.expect("it is free now");
    }

    #[tokio::test]
    async fn waiting_ends_with_a_sentence_that_names_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let lock = LockFile::of(folder.path(), "a");
        let _held = lock.take().await.unwrap();
        let failure = lock.take_within(20).await.err().expect("it is held");
        assert_eq!(failure.code, "sign_in_locked");
        assert!(failure.why.contains("1 seconds") && failure.why.contains(&lock.path.display().to_string()));
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn nobody_else_may_read_or_hold_it_and_a_folder_that_cannot_be_made_is_said() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let lock = LockFile::of(&folder.path().join("locks"), "https://cine.example");
        drop(lock.take().await.unwrap());
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&lock.path), mode(&folder.path().join("locks"))), (0o600, 0o700));
        let blocked = LockFile::of(&lock.path, "a").take().await.err().expect("a file is no folder");
        assert!(blocked.why.contains("cannot be used"), "{}", blocked.why);
    }
}
