//! This account's place in a credential store: which store it is, and what is in it.

use super::{
    entry::{Entry, Issuer},
    store::{Store, Stores},
};
use crate::domain::failure::Failure;

/// The place of one account's entry. Nothing is remembered of what is in it: each reading asks the store, which takes
/// a keyring some 0.8 ms, so that what another process has written counts at once.
pub struct Vault {
    account: String,
    stores: Stores,
    /// The one that is used, once it is open.
    store: tokio::sync::Mutex<Option<Store>>,
}

impl Vault {
    pub fn new(account: String, stores: Stores) -> Self {
        Self { account, stores, store: Default::default() }
    }

    /// What is kept, if it can be used here; `None` when there is nothing.
    pub async fn read(&self, issuer: &Issuer) -> Result<Option<Entry>, Failure> {
        let Some(store) = self.known().await? else { return Ok(None) };
        match store.get(&self.account).await? {
            Some(text) => Entry::read(&text, issuer, store.kind().kept_in()).map(Some),
            None => Ok(None),
        }
    }

    /// Replaces what is kept.
    pub async fn write(&self, entry: &Entry) -> Result<(), Failure> {
        let text = entry.to_json()?;
        let store = match self.known().await? {
            Some(store) => store,
            None => self.prove().await?,
        };
        store.set(&self.account, text).await
    }

    pub async fn forget(&self) -> Result<(), Failure> {
        match self.known().await? {
            Some(store) => store.delete(&self.account).await,
            None => Ok(()),
        }
    }

    /// Proves that there is a store that keeps things: the one in use, the chosen one, or the first of all. Later
    /// reads and writes go there.
    pub async fn prove(&self) -> Result<Store, Failure> {
        let mut open = self.store.lock().await;
        let store = match open.take() {
            Some(store) if store.probe().await.is_ok() => store,
            _ => self.stores.first_working().await?,
        };
        *open = Some(store.clone());
        self.stores.remember(store.kind());
        Ok(store)
    }

    /// Where the entry is or would be, for people.
    pub fn kept_in(&self) -> String {
        let open = self.store.try_lock().ok().and_then(|store| store.as_ref().map(Store::kind));
        let kind = open.or_else(|| self.stores.expected());
        kind.map_or_else(|| "nowhere yet".to_owned(), |kind| kind.kept_in().to_owned())
    }

    /// The store in which a sign-in would be.
    async fn known(&self) -> Result<Option<Store>, Failure> {
        let mut open = self.store.lock().await;
        if open.is_none() {
            *open = self.stores.open_expected().await?;
        }
        Ok(open.clone())
    }

    /// Uses a store that is open already, as the programs of one machine share one.
    #[cfg(test)]
    pub async fn share(&self, store: Store) {
        *self.store.lock().await = Some(store);
    }
}
