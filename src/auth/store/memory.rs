//! Credentials in this program's memory, until it ends.

use secrecy::SecretString;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// Clones share their entries.
#[derive(Clone, Default)]
pub struct Memory(Arc<Mutex<HashMap<String, SecretString>>>);

impl Memory {
    pub fn get(&self, account: &str) -> Option<SecretString> {
        self.entries().get(account).cloned()
    }

    pub fn set(&self, account: &str, secret: SecretString) {
        self.entries().insert(account.to_owned(), secret);
    }

    pub fn delete(&self, account: &str) {
        self.entries().remove(account);
    }

    fn entries(&self) -> MutexGuard<'_, HashMap<String, SecretString>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
