//! The Linux kernel's keyring: survives logging out, not a reboot. Every process of the same user can read it.

use super::{
    Backend, SERVICE, Trouble,
    system::{forget, read, trouble},
};
use keyring_core::{CredentialStore, Entry};
use linux_keyutils::{KeyRing, KeyRingIdentifier};
use secrecy::{ExposeSecret, SecretString};
use std::sync::Arc;

struct Keyutils(Arc<CredentialStore>);

pub fn open() -> Result<Arc<dyn Backend>, Trouble> {
    let store: Arc<CredentialStore> = linux_keyutils_keyring_store::Store::new().map_err(trouble)?;
    Ok(Arc::new(Keyutils(store)))
}

pub fn join_session() {
    let _ = KeyRing::from_special_id(KeyRingIdentifier::Session, true);
}

impl Backend for Keyutils {
    fn get(&self, account: &str) -> Result<Option<SecretString>, Trouble> {
        read(&self.entry(account)?)
    }

    /// Reading first links the user's key into this login session, so that writing changes that key for every session.
    /// Otherwise the kernel would make another key of the same name, and other sessions would go on with the old one.
    fn set(&self, account: &str, secret: &SecretString) -> Result<(), Trouble> {
        let entry = self.entry(account)?;
        let _ = entry.get_secret();
        entry.set_password(secret.expose_secret()).map_err(trouble)
    }

    fn delete(&self, account: &str) -> Result<(), Trouble> {
        forget(&self.entry(account)?)
    }
}

impl Keyutils {
    fn entry(&self, account: &str) -> Result<Entry, Trouble> {
        self.0.build(SERVICE, account, None).map_err(trouble)
    }
}
