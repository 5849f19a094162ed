//! Single flight: all who ask while a mint is out get its token; nobody who asks later does.

use crate::domain::failure::{Failure, FailureKind};
use futures_util::{
    FutureExt,
    future::{BoxFuture, Shared},
};
use secrecy::SecretString;
use std::sync::{Arc, Mutex, PoisonError};

/// A mint on its way.
pub type Flight = Shared<BoxFuture<'static, Result<SecretString, Failure>>>;

/// At most one mint at a time that others may join.
#[derive(Clone, Default)]
pub struct SingleFlight {
    slot: Arc<Mutex<Slot>>,
}

#[derive(Default)]
struct Slot {
    /// Counts the flights, so that one that lands late does not take away its successor.
    number: u64,
    flying: Option<Flight>,
}

impl SingleFlight {
    /// The flight that is out, or the one that `mint` starts. It runs as a task of its own, so that whoever gives up
    /// waiting does not end it for the others.
    pub fn join_or_start<M>(&self, mint: impl FnOnce() -> M) -> Flight
    where
        M: Future<Output = Result<SecretString, Failure>> + Send + 'static,
    {
        let mut slot = self.lock();
        // One that ended without landing (it panicked) is over as soon as anyone has seen its end.
        if let Some(flying) = slot.flying.as_ref().filter(|flying| flying.peek().is_none()) {
            return flying.clone();
        }
        slot.number += 1;
        let (this, number, minting) = (self.clone(), slot.number, mint());
        let task = tokio::spawn(async move {
            let token = minting.await;
            this.land(number);
            token
        });
        let flight = task.map(|landed| landed.unwrap_or_else(|_| Err(lost()))).boxed().shared();
        slot.flying = Some(flight.clone());
        flight
    }

    /// Waits for the flight that is out, if one is.
    pub async fn landed(&self) {
        let flying = self.lock().flying.clone();
        if let Some(flight) = flying {
            let _ = flight.await;
        }
    }

    /// Nobody joins the flight that is out any more: who is signed in has changed.
    pub fn close(&self) {
        self.lock().flying = None;
    }

    /// Whoever asks from now on starts another one.
    fn land(&self, number: u64) {
        let mut slot = self.lock();
        if slot.number == number {
            slot.flying = None;
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Slot> {
        self.slot.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn lost() -> Failure {
    Failure::new(FailureKind::Other, "internal", "the sign-in failed inside the program; its log says more")
}
