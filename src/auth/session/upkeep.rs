//! Replaces a credential that the service finds old, so that each step may be the last one of this process:
//!
//! 1. The service makes the successor; the old credential stays good.
//! 2. The successor is written into the store.
//! 3. The next mint reads it there and uses it, and by that the service lets the old one go.
//!
//! Whoever is interrupted before 2 goes on with the old one, after 2 with the new one.

use super::{Inner, is_final};
use crate::domain::failure::Failure;
use std::sync::atomic::Ordering::Relaxed;

impl Inner {
    pub(super) async fn upkeep(&self) {
        let _one = self.rotation.one_at_a_time.lock().await;
        if !self.rotation.due.load(Relaxed) || self.rotation.given_up.load(Relaxed) || !self.rotation.calls.is_last() {
            return;
        }
        // The next mint says whether it is still due.
        self.rotation.due.store(false, Relaxed);
        if let Err(failure) = self.rotate().await {
            tracing::info!(code = failure.code, why = failure.why, "the credential was not replaced now");
        }
    }

    async fn rotate(&self) -> Result<(), Failure> {
        let turn = self.lock.take().await?;
        let Some(entry) = self.entry().await? else { return Ok(()) };
        if self.record.last_generation() != Some(entry.generation()) {
            return Ok(()); // another process was first: the next mint uses what it has written
        }
        let successor = match self.provider.rotate(&entry.credential()).await {
            Ok(Some(successor)) => entry.succeeded_by(&self.issuer, successor),
            Ok(None) => return Ok(()),
            Err(failure) => {
                if is_final(&failure) {
                    self.forget(&entry, Some(turn)).await?;
                }
                return Err(failure);
            }
        };
        self.vault.write(&successor).await.inspect_err(|failure| {
            self.rotation.given_up.store(true, Relaxed);
            let why = &failure.why;
            self.record.warn(format!("the sign-in could not be renewed, and stays as it is for now: {why}"));
        })
    }
}
