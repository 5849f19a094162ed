//! A store for tests whose writes can be made to fail.

use super::{Backend, Memory, Place, Questions, Store, StoreKind, Trouble};
use secrecy::SecretString;
use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

struct Scripted {
    memory: Memory,
    writable: Arc<AtomicBool>,
}

/// The store, and the switch by which it takes what is written.
pub fn store() -> (Store, Arc<AtomicBool>) {
    let writable = Arc::new(AtomicBool::new(true));
    let backend = Scripted { memory: Memory::default(), writable: writable.clone() };
    (Store { questions: Questions::to(StoreKind::Memory), place: Place::Blocking(Arc::new(backend)) }, writable)
}

impl Backend for Scripted {
    fn get(&self, account: &str) -> Result<Option<SecretString>, Trouble> {
        Ok(self.memory.get(account))
    }

    fn set(&self, account: &str, secret: &SecretString) -> Result<(), Trouble> {
        if !self.writable.load(Ordering::SeqCst) {
            return Err(Trouble::Store("it is full".to_owned()));
        }
        self.memory.set(account, secret.clone());
        Ok(())
    }

    fn delete(&self, account: &str) -> Result<(), Trouble> {
        self.memory.delete(account);
        Ok(())
    }
}
