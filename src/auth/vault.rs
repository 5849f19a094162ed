//! This account's place in a credential store: which store it is, and what is in it.

use super::{
    entry::{Entry, Issuer},
    store::{self, Store, StoreKind},
};
use crate::{domain::failure::Failure, platform::choice::StoreChoice};
use std::path::PathBuf;

/// The place of one account's entry. Nothing is remembered of what is in it: each reading asks the store, which takes
/// a keyring some 0.8 ms, so that what another process has written counts at once.
pub struct Vault {
    account: String,
    choice: StoreChoice,
    /// Remembers the name of the store that was chosen at the sign-in.
    memo: PathBuf,
    store: tokio::sync::Mutex<Option<Store>>,
}

impl Vault {
    pub fn new(account: String, choice: StoreChoice, memo: PathBuf) -> Self {
        Self { account, choice, memo, store: Default::default() }
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

    /// Opens a store and proves that it works: the chosen one, or the first of all. Later reads and writes go there.
    pub async fn prove(&self) -> Result<Store, Failure> {
        let mut open = self.store.lock().await;
        let chosen = StoreKind::chosen(self.choice);
        let same = open.take().filter(|store| chosen.is_none_or(|kind| kind == store.kind()));
        let candidates = chosen.as_ref().map_or(StoreKind::ALL, std::slice::from_ref);
        let store = match same {
            Some(store) if store.probe().await.is_ok() => store,
            _ => store::first_working(candidates).await?,
        };
        *open = Some(store.clone());
        self.remember(store.kind());
        Ok(store)
    }

    /// Where the entry is or would be, for people.
    pub fn kept_in(&self) -> String {
        let open = self.store.try_lock().ok().and_then(|store| store.as_ref().map(Store::kind));
        let kind = open.or_else(|| StoreKind::chosen(self.choice)).or_else(|| self.remembered());
        kind.map_or_else(|| "nowhere yet".to_owned(), |kind| kind.kept_in().to_owned())
    }

    /// The store in which a sign-in would be, without trying any other.
    async fn known(&self) -> Result<Option<Store>, Failure> {
        let mut open = self.store.lock().await;
        if open.is_none() {
            let Some(kind) = StoreKind::chosen(self.choice).or_else(|| self.remembered()) else { return Ok(None) };
            *open = Some(Store::open(kind).await?);
        }
        Ok(open.clone())
    }

    fn remembered(&self) -> Option<StoreKind> {
        let word = std::fs::read_to_string(&self.memo).ok()?;
        StoreKind::ALL.iter().copied().find(|kind| kind.word() == word.trim())
    }

    fn remember(&self, kind: StoreKind) {
        let folder = self.memo.parent().map_or(Ok(()), std::fs::create_dir_all);
        if let Err(error) = folder.and_then(|()| std::fs::write(&self.memo, format!("{}\n", kind.word()))) {
            tracing::warn!(%error, "the name of the credential store could not be written down");
        }
    }

    /// A place in a store that is open already, as a second process has it.
    #[cfg(test)]
    pub fn over(store: Store, account: &str, memo: PathBuf) -> Self {
        Self { store: Some(store).into(), ..Self::new(account.to_owned(), StoreChoice::Auto, memo) }
    }
}
