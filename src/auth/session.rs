//! The person at this program: keeps the credential and mints a token for every call.

mod upkeep;

use super::{
    entry::{Entry, Issuer},
    flight::{Flight, SingleFlight},
    lock::{LockFile, Locked},
    policy::{Moment, Reuse},
    provider::{AuthProvider, Credential, Granted, Keeper, Minted, Minting, Reached, Standing},
    record::Record,
    store::Stores,
    vault::Vault,
};
use crate::{
    domain::{
        env::Clock,
        failure::{Failure, FailureKind},
        sign_in::{Offer, Progress},
        user::User,
    },
    effects::ports::{Bearer, NOT_TOLD, Session, SessionReport, Step, Underway},
    platform::choice::TokenPolicy,
};
use async_trait::async_trait;
use secrecy::SecretString;
use std::{
    path::PathBuf,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    time::Duration,
};

/// How long the start waits for the stored credential to be proven. After that the person counts as signed in: a slow
/// server proves nothing against them.
const PROOF_LIMIT: Duration = Duration::from_secs(5);

/// When a credential is not known to the service, the store is read again after these pauses: another process may be
/// about to have replaced it. It writes the successor down before it uses it, so reading needs no lock.
const READ_AGAIN_AFTER: [Duration; 4] =
    [Duration::ZERO, Duration::from_millis(25), Duration::from_millis(50), Duration::from_millis(100)];

/// What a session needs to know of this program.
pub struct Keeping {
    /// Names the entry in the store: the server's origin, or the embedded box office's identity.
    pub account: String,
    /// Who issues the credentials: a box office as `account` names it, or the sign-in service that it trusts.
    pub issuer: String,
    /// Where the entry can be.
    pub stores: Stores,
    pub policy: TokenPolicy,
    /// The folder of the lock files.
    pub locks: PathBuf,
}

/// A [`Session`] whose credential is kept in a credential store.
pub struct KeptSession {
    inner: Arc<Inner>,
}

struct Inner {
    provider: Arc<dyn AuthProvider>,
    issuer: Issuer,
    vault: Vault,
    lock: LockFile,
    clock: Arc<dyn Clock>,
    flights: SingleFlight,
    reuse: Reuse,
    record: Record,
    rotation: Rotation,
    /// A successor that the store did not take. What is in the store may be spent, so it is offered again.
    unwritten: Mutex<Option<Entry>>,
}

/// What is to be done about the credential's age.
#[derive(Default)]
struct Rotation {
    due: AtomicBool,
    /// A successor could not be written down: it is not tried again before the next start.
    given_up: AtomicBool,
    one_at_a_time: tokio::sync::Mutex<()>,
    calls: Underway,
}

impl KeptSession {
    pub fn new(provider: Arc<dyn AuthProvider>, keeping: Keeping, clock: Arc<dyn Clock>) -> Self {
        let issuer = Issuer { provider: provider.name(), server: keeping.issuer };
        let lock = LockFile::of(&keeping.locks, &keeping.account);
        let vault = Vault::new(keeping.account, keeping.stores);
        let inner = Inner {
            provider,
            issuer,
            vault,
            lock,
            clock,
            flights: SingleFlight::default(),
            reuse: Reuse::new(keeping.policy),
            record: Record::default(),
            rotation: Rotation::default(),
            unwritten: Mutex::default(),
        };
        Self { inner: Arc::new(inner) }
    }
}

#[async_trait]
impl Session for KeptSession {
    async fn offer(&self) -> Result<Offer, Failure> {
        self.inner.provider.offer().await
    }

    async fn step(&self, step: Step) -> Result<Progress, Failure> {
        // Before the service is asked: a session that could not be kept is better not begun.
        self.inner.vault.prove().await?;
        match self.inner.provider.step(step).await? {
            Reached::Asks(challenge) => Ok(Progress::Asks(challenge)),
            Reached::Granted(granted) => self.inner.begin(granted).await.map(Progress::Done),
        }
    }

    async fn restore(&self) -> Result<Option<User>, Failure> {
        let Some(entry) = self.inner.entry().await? else { return Ok(None) };
        let era = self.inner.reuse.era();
        let proof = tokio::time::timeout(PROOF_LIMIT, self.inner.token()).await;
        if era != self.inner.reuse.era() {
            // Somebody has signed in or out meanwhile: what was proven is not theirs.
            return Ok(self.inner.entry().await?.map(|entry| entry.user));
        }
        match proof {
            // The service says that it is over, and the person is told why.
            Ok(Err(failure)) if failure.kind == FailureKind::SignIn => Err(failure),
            Ok(Err(failure)) => {
                tracing::info!(code = failure.code, "the stored sign-in could not be proven");
                Ok(Some(entry.user))
            }
            Ok(Ok(_)) | Err(_) => Ok(Some(entry.user)),
        }
    }

    async fn sign_out(&self) -> Result<(), Failure> {
        self.inner.end().await
    }

    async fn fresh(&self) -> Result<Bearer, Failure> {
        self.inner.token().await.map(Bearer::new)
    }

    fn kept_in(&self) -> String {
        self.inner.vault.kept_in()
    }

    fn report(&self) -> SessionReport {
        self.inner.record.report(self.kept_in())
    }

    fn begin(&self) -> Underway {
        self.inner.rotation.calls.clone()
    }

    fn refused(&self) {
        self.inner.reuse.clear();
    }

    async fn upkeep(&self) {
        self.inner.upkeep().await;
    }

    async fn settle(&self) {
        if self.inner.provider.minting() == Minting::Replaces {
            self.inner.flights.landed().await;
        }
    }
}

impl Inner {
    /// A token: one that the policy lets be used again, that of the mint which is out, or that of a new mint.
    async fn token(self: &Arc<Self>) -> Result<SecretString, Failure> {
        match self.reuse.token(Moment::now(&*self.clock)) {
            Some(token) => Ok(token),
            None => self.flight().await,
        }
    }

    fn flight(self: &Arc<Self>) -> Flight {
        let this = self.clone();
        self.flights.join_or_start(|| async move { this.mint().await })
    }

    /// One token.
    async fn mint(&self) -> Result<SecretString, Failure> {
        // Where each mint brings a successor, two at once would each make the other's credential worthless.
        let turn = match self.provider.minting() {
            Minting::Replaces => Some(self.lock.take().await?),
            Minting::Keeps => None,
        };
        self.write_again().await?;
        let entry = self.entry().await?.ok_or_else(signed_out)?;
        let refusal = match self.ask(&entry, turn.as_ref()).await {
            Err(failure) if failure.kind == FailureKind::SignIn => failure,
            outcome => return outcome,
        };
        match self.replaced(&entry, &refusal).await? {
            Some(newer) => match self.ask(&newer, turn.as_ref()).await {
                Err(failure) if failure.kind == FailureKind::SignIn => Err(self.over(&newer, failure, turn).await),
                outcome => outcome,
            },
            None => Err(self.over(&entry, refusal, turn).await),
        }
    }

    /// Asks the service for a token, and takes note of all else that the answer says.
    async fn ask(&self, entry: &Entry, turn: Option<&Locked>) -> Result<SecretString, Failure> {
        let (era, asked) = (self.reuse.era(), Moment::now(&*self.clock));
        let keeper = EntryKeeper { inner: self, entry, turn };
        let minted = self.provider.mint(&entry.credential(), &keeper).await?;
        self.note(&minted, asked, entry.generation());
        self.reuse.keep(era, &minted.token, asked, minted.lives_for);
        Ok(minted.token)
    }

    fn note(&self, minted: &Minted, asked: Moment, generation: u32) {
        let answered = Moment::now(&*self.clock);
        if let Some(took_ms) = asked.ms_until(answered) {
            self.record.minted(took_ms);
            if let Some(theirs) = minted.server_time {
                let ours = asked.middle(answered).as_millisecond();
                self.record.skewed(theirs.as_millisecond().saturating_sub(ours));
            }
        }
        self.record.generation(generation);
        // A superseded credential needs nothing done: the next mint reads its successor from the store.
        self.rotation.due.store(minted.credential == Standing::RotationDue, Relaxed);
    }

    /// The entry that has taken the place of `tried`, which the service refused: another process has replaced the
    /// credential, or somebody has signed in there.
    async fn replaced(&self, tried: &Entry, refusal: &Failure) -> Result<Option<Entry>, Failure> {
        let pauses = if is_final(refusal) { &READ_AGAIN_AFTER[..1] } else { &READ_AGAIN_AFTER };
        for pause in pauses {
            tokio::time::sleep(*pause).await;
            match self.entry().await? {
                Some(entry) if !entry.is_same_credential(tried) => return Ok(Some(entry)),
                _ => {}
            }
        }
        Ok(None)
    }

    /// What it means that the service refuses the credential for good. An ended session's entry is of no use to
    /// anybody. One that is merely not known stays: the address may be another server's for the moment.
    async fn over(&self, entry: &Entry, refusal: Failure, turn: Option<Locked>) -> Failure {
        if is_final(&refusal)
            && let Err(failure) = self.forget(entry, turn).await
        {
            self.record.warn(format!("the ended sign-in could not be removed: {}", failure.why));
        }
        let reason = refusal.why.trim_end_matches('.').trim_end_matches("; sign in again");
        let why = format!("your sign-in has ended ({reason}); sign in again, such as by `frontrow login`");
        Failure::new(FailureKind::SignIn, &refusal.code, why)
    }

    /// Removes the session of `entry`, whatever credential it has come to, unless another one has taken its place.
    async fn forget(&self, entry: &Entry, turn: Option<Locked>) -> Result<(), Failure> {
        let _turn = match turn {
            Some(turn) => turn,
            None => self.lock.take().await?,
        };
        match self.entry().await? {
            Some(kept) if kept.is_same_session(entry) => self.vault.forget().await,
            _ => Ok(()),
        }
    }

    /// Writes a successor into the place of what it succeeds. Somebody who has signed out meanwhile stays signed out,
    /// and what another process has written since is newer.
    async fn succeed(&self, successor: Entry) -> Result<(), Failure> {
        let written = match self.entry().await {
            Ok(Some(kept)) if kept.is_same_session(&successor) && kept.generation() < successor.generation() => {
                self.vault.write(&successor).await
            }
            Ok(_) => Ok(()),
            Err(failure) if failure.kind == FailureKind::SignIn => Ok(()),
            Err(failure) => Err(failure),
        };
        *self.unwritten() = written.is_err().then_some(successor);
        written
    }

    /// Offers the store once more what it did not take.
    async fn write_again(&self) -> Result<(), Failure> {
        let unwritten = self.unwritten().take();
        match unwritten {
            Some(successor) => self.succeed(successor).await,
            None => Ok(()),
        }
    }

    fn unwritten(&self) -> MutexGuard<'_, Option<Entry>> {
        self.unwritten.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps a sign-in that was just granted.
    async fn begin(&self, granted: Granted) -> Result<User, Failure> {
        let Granted { user, credential } = granted;
        let entry = Entry::new(&self.issuer, user, credential);
        if let Err(failure) = self.keep(&entry).await {
            // A session that cannot be kept must not stay open at the service.
            let _ = self.provider.revoke(&entry.credential()).await;
            return Err(failure);
        }
        self.change_person();
        Ok(entry.user)
    }

    async fn keep(&self, entry: &Entry) -> Result<(), Failure> {
        let _turn = self.lock.take().await?;
        self.vault.write(entry).await
    }

    /// Forgets the sign-in, whatever its state, and then tells the service, which may take its time: somebody who is
    /// interrupted meanwhile is signed out here.
    async fn end(&self) -> Result<(), Failure> {
        let turn = self.lock.take().await.inspect_err(|failure| {
            // Signing out is the person's wish: it waits for nobody.
            tracing::warn!(code = failure.code, "signing out without the lock");
        });
        let entry = match self.entry().await {
            Ok(entry) => entry,
            // It cannot be read, but it can be removed.
            Err(failure) if failure.kind == FailureKind::SignIn => None,
            Err(failure) => return Err(failure),
        };
        let forgotten = self.vault.forget().await;
        self.change_person();
        drop(turn);
        let told = match entry {
            Some(entry) => self.provider.revoke(&entry.credential()).await,
            None => Ok(()),
        };
        forgotten?;
        match told {
            // What the service does not accept any more has ended there, too.
            Err(failure) if failure.kind != FailureKind::SignIn => {
                tracing::warn!(code = failure.code, "the server could not be told of the sign-out");
                let why = format!("signed out here, but the box office could not be told of it: {}", failure.why);
                Err(Failure::new(failure.kind, NOT_TOLD, why))
            }
            _ => Ok(()),
        }
    }

    /// Tokens of whoever was signed in are nobody's any more, not even those on their way.
    fn change_person(&self) {
        self.flights.close();
        self.reuse.clear();
        *self.unwritten() = None;
        self.rotation.due.store(false, Relaxed);
        self.rotation.given_up.store(false, Relaxed);
    }

    async fn entry(&self) -> Result<Option<Entry>, Failure> {
        self.vault.read(&self.issuer).await
    }
}

/// Writes successors of `entry` into the store.
struct EntryKeeper<'a> {
    inner: &'a Inner,
    entry: &'a Entry,
    /// Held already where mints take turns.
    turn: Option<&'a Locked>,
}

#[async_trait]
impl Keeper for EntryKeeper<'_> {
    async fn keep(&self, successor: Credential) -> Result<(), Failure> {
        let entry = self.entry.succeeded_by(&self.inner.issuer, successor);
        let _turn = match self.turn {
            Some(_) => None,
            None => Some(self.inner.lock.take().await?),
        };
        self.inner.succeed(entry).await
    }
}

/// Whether the service has ended the session, so that its credential will never be good again.
fn is_final(refusal: &Failure) -> bool {
    matches!(refusal.code.as_str(), "session_expired" | "session_revoked")
}

fn signed_out() -> Failure {
    let why = "nobody is signed in; sign in first, such as by `frontrow login`, or `frontrow login --sign-up` for a new account";
    Failure::new(FailureKind::SignIn, "signed_out", why)
}

#[cfg(test)]
#[path = "session/tests.rs"]
mod tests;
