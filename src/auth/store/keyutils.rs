//! The Linux kernel's keyring: survives logging out, not a reboot. Every process of the same user can read it.

use super::{
    SERVICE, Vault,
    system::{forget, read, reason},
};
use keyring_core::{CredentialStore, Entry};
use linux_keyutils::{KeyRing, KeyRingIdentifier};
use secrecy::{ExposeSecret, SecretString};
use std::sync::Arc;

struct Keyutils(Arc<CredentialStore>);

pub fn open() -> Result<Arc<dyn Vault>, String> {
    let store: Arc<CredentialStore> = linux_keyutils_keyring_store::Store::new().map_err(|error| reason(&error))?;
    Ok(Arc::new(Keyutils(store)))
}

pub fn join_session() {
    let _ = KeyRing::from_special_id(KeyRingIdentifier::Session, true);
}

impl Vault for Keyutils {
    fn get(&self, account: &str) -> Result<Option<SecretString>, String> {
        read(&self.entry(account)?)
    }

    /// Reading first links the user's key into this login session, so that writing changes that key for every session.
    /// Otherwise the kernel would make another key of the same name, and other sessions would go on with the old one.
    fn set(&self, account: &str, secret: &SecretString) -> Result<(), String> {
        let entry = self.entry(account)?;
        let _ = entry.get_secret();
        entry.set_password(secret.expose_secret()).map_err(|error| reason(&error))
    }

    fn delete(&self, account: &str) -> Result<(), String> {
        forget(&self.entry(account)?)
    }
}

impl Keyutils {
    fn entry(&self, account: &str) -> Result<Entry, String> {
        self.0.build(SERVICE, account, None).map_err(|error| reason(&error))
    }
}
