//! The operating system's own store, through the keyring crate: Secret Service, Keychain, Credential Manager.

use super::{Backend, SERVICE, Trouble};
use keyring_core::{CredentialStore, Entry, Error};
use secrecy::{ExposeSecret, SecretString};
use std::sync::Arc;

struct System(Arc<CredentialStore>);

pub fn open() -> Result<Arc<dyn Backend>, Trouble> {
    let store = match keyring::Entry::store_status() {
        Ok(()) => keyring_core::get_default_store().ok_or(Error::NoDefaultStore),
        Err(error) => open_again(error),
    };
    let store = store.map_err(|error| Trouble::Store(format!("no keyring answers here ({error})")))?;
    Ok(Arc::new(System(store)))
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

impl Backend for System {
    fn get(&self, account: &str) -> Result<Option<SecretString>, Trouble> {
        read(&self.entry(account)?)
    }

    fn set(&self, account: &str, secret: &SecretString) -> Result<(), Trouble> {
        self.entry(account)?.set_password(secret.expose_secret()).map_err(trouble)
    }

    fn delete(&self, account: &str) -> Result<(), Trouble> {
        forget(&self.entry(account)?)
    }
}

impl System {
    fn entry(&self, account: &str) -> Result<Entry, Trouble> {
        self.0.build(SERVICE, account, None).map_err(trouble)
    }
}

pub fn read(entry: &Entry) -> Result<Option<SecretString>, Trouble> {
    match entry.get_password() {
        Ok(secret) => Ok(Some(SecretString::from(secret))),
        Err(Error::NoEntry) => Ok(None),
        Err(error) => Err(trouble(error)),
    }
}

pub fn forget(entry: &Entry) -> Result<(), Trouble> {
    match entry.delete_credential() {
        Ok(()) | Err(Error::NoEntry) => Ok(()),
        Err(error) => Err(trouble(error)),
    }
}

/// An error in words. Some errors carry what was stored, which must not be shown.
pub fn trouble(error: Error) -> Trouble {
    Trouble::Store(match error {
        Error::BadEncoding(_) | Error::BadDataFormat(..) => {
            return Trouble::Entry("cannot be read: something else has been written over it".to_owned());
        }
        Error::Ambiguous(entries) => {
            format!("it has {} entries for this sign-in; delete those that frontrow did not write", entries.len())
        }
        Error::NoStorageAccess(cause) => format!("it is locked or refuses access: unlock it and try again ({cause})"),
        Error::PlatformFailure(cause) => cause.to_string(),
        error => error.to_string(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_stored_is_not_in_the_trouble() {
        let errors = [Error::BadEncoding(b"hunter2".to_vec()), Error::BadDataFormat(b"hunter2".to_vec(), "x".into())];
        for error in errors {
            let Trouble::Entry(reason) = trouble(error) else { panic!("the entry alone is bad") };
            assert!(reason.contains("something else has been written over it") && !reason.contains("hunter2"));
        }
    }
}
