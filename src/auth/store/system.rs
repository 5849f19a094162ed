//! The operating system's own store, through the keyring crate: Secret Service, Keychain, Credential Manager.

use super::{SERVICE, Vault};
use keyring_core::{CredentialStore, Entry, Error};
use secrecy::{ExposeSecret, SecretString};
use std::sync::Arc;

struct System(Arc<CredentialStore>);

pub fn open() -> Result<Arc<dyn Vault>, String> {
    let store = match keyring::Entry::store_status() {
        Ok(()) => keyring_core::get_default_store().ok_or(Error::NoDefaultStore),
        Err(error) => open_again(error),
    };
    Ok(Arc::new(System(store.map_err(|error| reason(&error))?)))
}

/// The keyring crate opens its store once a process; a keyring may be started later than a program that runs for days.
#[cfg(all(unix, not(any(target_os = "macos", target_os = "ios", target_os = "android"))))]
fn open_again(_: &Error) -> Result<Arc<CredentialStore>, Error> {
    let store: Arc<CredentialStore> = zbus_secret_service_keyring_store::Store::new()?;
    Ok(store)
}

#[cfg(not(all(unix, not(any(target_os = "macos", target_os = "ios", target_os = "android")))))]
fn open_again(error: &Error) -> Result<Arc<CredentialStore>, Error> {
    Err(Error::PlatformFailure(error.to_string().into()))
}

impl Vault for System {
    fn get(&self, account: &str) -> Result<Option<SecretString>, String> {
        read(&self.entry(account)?)
    }

    fn set(&self, account: &str, secret: &SecretString) -> Result<(), String> {
        self.entry(account)?.set_password(secret.expose_secret()).map_err(|error| reason(&error))
    }

    fn delete(&self, account: &str) -> Result<(), String> {
        forget(&self.entry(account)?)
    }
}

impl System {
    fn entry(&self, account: &str) -> Result<Entry, String> {
        self.0.build(SERVICE, account, None).map_err(|error| reason(&error))
    }
}

pub fn read(entry: &Entry) -> Result<Option<SecretString>, String> {
    match entry.get_password() {
        Ok(secret) => Ok(Some(SecretString::from(secret))),
        Err(Error::NoEntry) => Ok(None),
        Err(error) => Err(reason(&error)),
    }
}

pub fn forget(entry: &Entry) -> Result<(), String> {
    match entry.delete_credential() {
        Ok(()) | Err(Error::NoEntry) => Ok(()),
        Err(error) => Err(reason(&error)),
    }
}

/// An error in words. Some carry what was stored, which must not be shown.
pub fn reason(error: &Error) -> String {
    match error {
        Error::BadEncoding(_) | Error::BadDataFormat(..) | Error::BadStoreFormat(_) => {
            "the entry in it is not what frontrow wrote; signing in anew replaces it".to_owned()
        }
        Error::Ambiguous(entries) => {
            format!("it has {} entries for this sign-in; delete those that frontrow did not write", entries.len())
        }
        Error::NoStorageAccess(cause) => format!("it is locked or refuses access ({cause})"),
        Error::PlatformFailure(cause) => cause.to_string(),
        error => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_stored_is_not_in_the_reason() {
        let errors = [
            Error::BadEncoding(b"hunter2".to_vec()),
            Error::BadDataFormat(b"hunter2".to_vec(), "hunter2".into()),
            Error::BadStoreFormat("hunter2".to_owned()),
        ];
        for error in errors {
            assert!(reason(&error).contains("signing in anew replaces it"));
            assert!(!reason(&error).contains("hunter2"));
        }
    }
}
