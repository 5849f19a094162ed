//! The person at this program: keeps the credential and mints a token for every call.

use super::{
    provider::{AuthProvider, Credential, Granted, Keeper, Reached},
    store::{Store, Stores},
};
use crate::{
    domain::{
        failure::{Failure, FailureKind},
        sign_in::{Offer, Progress},
        user::User,
    },
    effects::ports::{Bearer, Session, Step},
};
use async_trait::async_trait;
use futures_util::{
    FutureExt,
    future::{BoxFuture, Shared},
};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use std::sync::{Arc, Mutex, PoisonError};

/// The version of [`Kept`].
const VERSION: u8 = 1;

/// A [`Session`] whose credential is kept in a credential store.
pub struct KeptSession {
    inner: Arc<Inner>,
}

struct Inner {
    provider: Arc<dyn AuthProvider>,
    /// Names the entry in the store: the server's origin, or the embedded box office's identity.
    account: String,
    stores: Stores,
    /// The one that is used, once it is open.
    store: tokio::sync::Mutex<Option<Store>>,
    flight: Mutex<Option<Flight>>,
}

/// A mint on its way. All who ask while it is out get its token; nobody who asks later does.
type Flight = Shared<BoxFuture<'static, Result<SecretString, Failure>>>;

/// What is written into the store.
#[derive(Serialize, Deserialize)]
struct Kept {
    v: u8,
    sid: String,
    cred: String,
    r#gen: u32,
    provider: String,
    user: User,
}

impl KeptSession {
    pub fn new(provider: Arc<dyn AuthProvider>, account: String, stores: Stores) -> Self {
        let inner = Inner { provider, account, stores, store: Default::default(), flight: Default::default() };
        Self { inner: Arc::new(inner) }
    }
}

#[async_trait]
impl Session for KeptSession {
    async fn restore(&self) -> Result<Option<User>, Failure> {
        Ok(self.inner.kept().await?.map(|kept| kept.user))
    }

    async fn offer(&self) -> Result<Offer, Failure> {
        self.inner.provider.offer().await
    }

    async fn step(&self, step: Step) -> Result<Progress, Failure> {
        let store = self.inner.writable_store().await?;
        match self.inner.provider.step(step).await? {
            Reached::Asks(challenge) => Ok(Progress::Asks(challenge)),
            Reached::Granted(granted) => self.inner.keep(&store, granted).await.map(Progress::Done),
        }
    }

    async fn sign_out(&self) -> Result<(), Failure> {
        let Some(kept) = self.inner.kept().await? else { return Ok(()) };
        if let Err(failure) = self.inner.provider.revoke(&kept.credential()).await {
            tracing::warn!(code = failure.code, "the server could not be told of the sign-out");
        }
        self.inner.forget().await
    }

    async fn fresh(&self) -> Result<Bearer, Failure> {
        self.inner.join_or_start().await.map(Bearer::new)
    }

    fn kept_in(&self) -> String {
        let open = self.inner.store.try_lock().ok().and_then(|store| store.as_ref().map(Store::kind));
        let kind = open.or_else(|| self.inner.stores.expected());
        kind.map_or_else(|| "nowhere yet".to_owned(), |kind| kind.kept_in().to_owned())
    }
}

impl Kept {
    fn credential(&self) -> Credential {
        Credential { session: self.sid.clone(), secret: SecretString::from(self.cred.clone()), generation: self.r#gen }
    }
}

impl Inner {
    /// Single flight: the mint runs as a task of its own, so that whoever gives up waiting does not end it for others.
    fn join_or_start(self: &Arc<Self>) -> Flight {
        let mut flight = self.flight.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(flying) = flight.as_ref().filter(|flying| flying.peek().is_none()) {
            return flying.clone();
        }
        let this = self.clone();
        let task = tokio::spawn(async move {
            let token = this.mint().await;
            // Landed: the next to ask starts another one.
            *this.flight.lock().unwrap_or_else(PoisonError::into_inner) = None;
            token
        });
        let started = task.map(|landed| landed.unwrap_or_else(|_| Err(internal()))).boxed().shared();
        *flight = Some(started.clone());
        started
    }

    /// One token. A credential that the service does not accept may have been replaced by another process meanwhile;
    /// if it was not, it is forgotten.
    async fn mint(&self) -> Result<SecretString, Failure> {
        let kept = self.kept().await?.ok_or_else(signed_out)?;
        let refused = match self.ask(&kept).await {
            Err(failure) if failure.kind == FailureKind::SignIn => failure,
            outcome => return outcome,
        };
        match self.kept().await? {
            Some(newer) if newer.cred != kept.cred => self.ask(&newer).await,
            _ => {
                self.forget().await?;
                let why =
                    format!("your sign-in has ended ({}); sign in again, such as by `frontrow login`", refused.why);
                Err(Failure::new(FailureKind::SignIn, &refused.code, why))
            }
        }
    }

    async fn ask(&self, kept: &Kept) -> Result<SecretString, Failure> {
        let keeper = StoreKeeper;
        self.provider.mint(&kept.credential(), &keeper).await.map(|minted| minted.token)
    }

    async fn kept(&self) -> Result<Option<Kept>, Failure> {
        let Some(store) = self.known_store().await? else { return Ok(None) };
        let Some(secret) = store.get(&self.account).await? else { return Ok(None) };
        match serde_json::from_str::<Kept>(secret.expose_secret()) {
            Ok(kept) if kept.v == VERSION => Ok(Some(kept)),
            _ => {
                tracing::warn!("the kept sign-in cannot be read; signing in again replaces it");
                Ok(None)
            }
        }
    }

    async fn keep(&self, store: &Store, granted: Granted) -> Result<User, Failure> {
        let Granted { user, credential } = granted;
        let kept = Kept {
            v: VERSION,
            sid: credential.session.clone(),
            cred: credential.secret.expose_secret().to_owned(),
            r#gen: credential.generation,
            provider: self.provider.name().to_owned(),
            user,
        };
        let text = serde_json::to_string(&kept).map_err(|_| internal())?;
        if let Err(failure) = store.set(&self.account, SecretString::from(text)).await {
            // A session that cannot be kept must not stay open at the service.
            let _ = self.provider.revoke(&credential).await;
            return Err(failure);
        }
        Ok(kept.user)
    }

    async fn forget(&self) -> Result<(), Failure> {
        match self.known_store().await? {
            Some(store) => store.delete(&self.account).await,
            None => Ok(()),
        }
    }

    /// The store in which a sign-in would be.
    async fn known_store(&self) -> Result<Option<Store>, Failure> {
        let mut open = self.store.lock().await;
        if open.is_none() {
            *open = self.stores.open_expected().await?;
        }
        Ok(open.clone())
    }

    /// A store that was just proven to work: the one in use, the chosen one, or the first of all.
    async fn writable_store(&self) -> Result<Store, Failure> {
        let mut open = self.store.lock().await;
        let store = match open.take() {
            Some(store) if store.probe().await.is_ok() => store,
            _ => self.stores.first_working().await?,
        };
        *open = Some(store.clone());
        self.stores.remember(store.kind());
        Ok(store)
    }
}

struct StoreKeeper;

#[async_trait]
impl Keeper for StoreKeeper {
    async fn keep(&self, _: Credential) -> Result<(), Failure> {
        Err(internal())
    }
}

fn signed_out() -> Failure {
    let why = "nobody is signed in; sign in first, such as by `frontrow login`, or `frontrow login --sign-up` for a new account";
    Failure::new(FailureKind::SignIn, "signed_out", why)
}

fn internal() -> Failure {
    Failure::new(FailureKind::Other, "internal", "the sign-in failed inside the program; its log says more")
}

#[cfg(test)]
#[path = "session/tests.rs"]
mod tests;
