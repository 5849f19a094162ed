use super::*;
use crate::{
    auth::{
        provider::{Minted, Standing},
        store::{Store, StoreKind, scripted},
    },
    domain::{ids::UserId, text::Text},
    platform::{choice::StoreChoice, dirs::Dirs, env::OsEntropy},
};
use jiff::{SignedDuration, Timestamp};
use secrecy::ExposeSecret;
use std::{
    collections::HashMap,
    sync::{
        Mutex,
        atomic::{AtomicI64, AtomicU64, AtomicUsize, Ordering},
    },
};
use tempfile::TempDir;
use tokio::sync::Semaphore;

const ACCOUNT: &str = "https://cine.example";

/// Both clocks, moved by the test.
#[derive(Default)]
struct Clocks {
    mono_ms: AtomicU64,
    wall_ms: AtomicI64,
}

impl Clocks {
    fn pass(&self, seconds: i64) {
        self.mono_ms.fetch_add(seconds.unsigned_abs() * 1000, Ordering::SeqCst);
        self.set_wall(seconds);
    }
    fn set_wall(&self, by_seconds: i64) {
        self.wall_ms.fetch_add(by_seconds * 1000, Ordering::SeqCst);
    }
}

impl Clock for Clocks {
    fn now(&self) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_millis(self.wall_ms.load(Ordering::SeqCst))
    }
    fn monotonic_ms(&self) -> u64 {
        self.mono_ms.load(Ordering::SeqCst)
    }
}

/// A service with one session that follows the rules of rotation. A token is the number of its mint.
struct Service {
    minting: Minting,
    /// Ticks once for each request that is made and each mint that is sent.
    ticks: AtomicU64,
    /// For each mint, when it was sent and when it was answered.
    sent: Mutex<Vec<u64>>,
    answered: Mutex<HashMap<usize, u64>>,
    under_way: AtomicUsize,
    most_under_way: AtomicUsize,
    rotations: AtomicUsize,
    revoked: AtomicUsize,
    gate: Semaphore,
    state: Mutex<Credentials>,
    ahead_s: AtomicI64,
    clocks: Arc<Clocks>,
}

#[derive(Default)]
struct Credentials {
    active: String,
    pending: Option<String>,
    grace: Option<String>,
    generation: u32,
    due: bool,
    /// The next mints are refused with these codes.
    refusals: Vec<&'static str>,
}

impl Service {
    fn new(minting: Minting) -> Arc<Self> {
        Arc::new(Self {
            minting,
            ticks: AtomicU64::new(0),
            sent: Mutex::default(),
            answered: Mutex::default(),
            under_way: AtomicUsize::new(0),
            most_under_way: AtomicUsize::new(0),
            rotations: AtomicUsize::new(0),
            revoked: AtomicUsize::new(0),
            gate: Semaphore::new(Semaphore::MAX_PERMITS),
            state: Mutex::default(),
            ahead_s: AtomicI64::new(0),
            clocks: Arc::default(),
        })
    }

    fn tick(&self) -> u64 {
        self.ticks.fetch_add(1, Ordering::SeqCst)
    }
    fn state(&self) -> std::sync::MutexGuard<'_, Credentials> {
        self.state.lock().unwrap()
    }
    fn mints(&self) -> usize {
        self.sent.lock().unwrap().len()
    }
    fn replace(&self, successor: &str) {
        let mut state = self.state();
        state.active = successor.to_owned();
        state.generation += 1;
    }
    fn refuse_next(&self, code: &'static str) {
        self.state().refusals.push(code);
    }
    fn credential(&self, secret: &str) -> Credential {
        let generation = self.state().generation;
        Credential { session: "ses_1".to_owned(), secret: SecretString::from(secret), generation }
    }

    fn standing_of(&self, secret: &str) -> Result<Standing, Failure> {
        let mut state = self.state();
        if let Some(code) = state.refusals.pop() {
            let kind = if code == "unreachable" { FailureKind::Offline } else { FailureKind::SignIn };
            return Err(Failure::new(kind, code, format!("The service says {code}.")));
        }
        if state.pending.as_deref() == Some(secret) {
            state.grace = Some(std::mem::replace(&mut state.active, secret.to_owned()));
            state.pending = None;
        }
        match secret {
            secret if secret == state.active && state.due => Ok(Standing::RotationDue),
            secret if secret == state.active => Ok(Standing::Current),
            secret if state.grace.as_deref() == Some(secret) => Ok(Standing::Superseded),
            _ => Err(Failure::new(FailureKind::SignIn, "invalid_credential", "The credential is not known.")),
        }
    }
}

#[async_trait]
impl AuthProvider for Service {
    fn name(&self) -> &'static str {
        "fake"
    }
    fn minting(&self) -> Minting {
        self.minting
    }
    async fn offer(&self) -> Result<Offer, Failure> {
        Ok(Offer::default())
    }
    async fn step(&self, step: Step) -> Result<Reached, Failure> {
        let Step::Password { email, .. } = step else { panic!("only passwords are tried here") };
        let user = User { id: UserId::new("usr_1"), email: Text::new(&email), name: Text::new("Ada") };
        let secret = format!("frc_{}", self.tick());
        let grace = Some(self.state().active.clone());
        *self.state() = Credentials { active: secret.clone(), grace, generation: 1, ..Credentials::default() };
        Ok(Reached::Granted(Granted { user, credential: self.credential(&secret) }))
    }
    async fn mint(&self, credential: &Credential, keeper: &dyn Keeper) -> Result<Minted, Failure> {
        let number = {
            let mut sent = self.sent.lock().unwrap();
            sent.push(self.tick());
            sent.len() - 1
        };
        let under_way = self.under_way.fetch_add(1, Ordering::SeqCst) + 1;
        self.most_under_way.fetch_max(under_way, Ordering::SeqCst);
        self.gate.acquire().await.expect("the gate is never closed").forget();
        for _ in 0..3 {
            tokio::task::yield_now().await;
        }
        self.under_way.fetch_sub(1, Ordering::SeqCst);
        self.answered.lock().unwrap().insert(number, self.tick());
        let standing = self.standing_of(credential.secret.expose_secret())?;
        if self.minting == Minting::Replaces {
            let successor = format!("frc_{}", self.tick());
            self.replace(&successor);
            keeper.keep(self.credential(&successor)).await?;
        }
        let server_time = self.clocks.now() + SignedDuration::from_secs(self.ahead_s.load(Ordering::SeqCst));
        Ok(Minted {
            token: SecretString::from(number.to_string()),
            lives_for: Duration::from_secs(60),
            server_time: Some(server_time),
            credential: standing,
        })
    }
    async fn rotate(&self, credential: &Credential) -> Result<Option<Credential>, Failure> {
        self.rotations.fetch_add(1, Ordering::SeqCst);
        let successor = format!("frc_{}", self.tick());
        {
            let mut state = self.state();
            if state.active != credential.secret.expose_secret() {
                return Err(Failure::new(FailureKind::Refused, "superseded", "Another one has taken its place."));
            }
            state.pending = Some(successor.clone());
            state.generation += 1;
            state.due = false;
        }
        Ok(Some(self.credential(&successor)))
    }
    async fn revoke(&self, _: &Credential) -> Result<(), Failure> {
        self.gate.acquire().await.expect("the gate is never closed").forget();
        self.revoked.fetch_add(1, Ordering::SeqCst);
        Ok(())
    }
}

/// One machine: a credential store and a data folder that its programs share.
struct Machine {
    folder: TempDir,
    store: Store,
    service: Arc<Service>,
}

impl Machine {
    async fn new(minting: Minting) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = stores(&folder).open(StoreKind::Memory).await.unwrap();
        Self { folder, store, service: Service::new(minting) }
    }

    /// A program that starts on it.
    async fn program(&self, policy: TokenPolicy) -> KeptSession {
        let keeping = Keeping {
            account: ACCOUNT.to_owned(),
            issuer: ACCOUNT.to_owned(),
            stores: stores(&self.folder),
            policy,
            locks: self.folder.path().join("locks"),
        };
        let session = KeptSession::new(self.service.clone(), keeping, self.service.clocks.clone());
        session.inner.vault.share(self.store.clone()).await;
        session
    }

    async fn signed_in(&self, policy: TokenPolicy) -> KeptSession {
        let session = self.program(policy).await;
        sign_in(&session).await.unwrap();
        session
    }

    async fn put(&self, text: &str) {
        self.store.set(ACCOUNT, SecretString::from(text)).await.unwrap();
    }

    async fn kept(&self) -> Option<String> {
        self.store.get(ACCOUNT).await.unwrap().map(|text| text.expose_secret().to_owned())
    }
}

fn stores(folder: &TempDir) -> Stores {
    Stores::new(StoreChoice::Memory, &Dirs::find(Some(folder.path())).unwrap(), None, Arc::new(OsEntropy))
}

async fn sign_in(session: &KeptSession) -> Result<Progress, Failure> {
    let (email, password) = ("ada@example.org".to_owned(), SecretString::from("pw"));
    session.step(Step::Password { email, password }).await
}

/// The number of the mint that a token comes from.
fn mint_of(bearer: Bearer) -> usize {
    bearer.into_secret().expose_secret().parse().unwrap()
}

async fn fresh(session: &KeptSession) -> usize {
    mint_of(session.fresh().await.unwrap())
}

fn code<T>(outcome: Result<T, Failure>) -> String {
    outcome.err().expect("it fails").code
}

#[tokio::test]
async fn every_call_has_its_own_token() {
    let machine = Machine::new(Minting::Keeps).await;
    let session = machine.signed_in(TokenPolicy::Always).await;
    assert_eq!((fresh(&session).await, fresh(&session).await), (0, 1));
}

/// The meaning of "fresh": the mint was sent at or after the call was asked for, or it was out already.
#[tokio::test]
async fn the_token_of_each_of_fifty_calls_was_minted_after_it_was_asked_for_or_in_a_flight_that_was_out() {
    let machine = Machine::new(Minting::Keeps).await;
    let session = Arc::new(machine.signed_in(TokenPolicy::Always).await);
    let service = &machine.service;
    let calls = (0..50).map(|n| {
        let (session, service) = (session.clone(), service.clone());
        tokio::spawn(async move {
            for _ in 0..n % 17 {
                tokio::task::yield_now().await;
            }
            let asked = service.tick();
            (asked, fresh(&session).await)
        })
    });
    let mut joined = 0;
    for call in futures_util::future::join_all(calls).await {
        let (asked, mint) = call.unwrap();
        let (sent, answered) = (service.sent.lock().unwrap()[mint], service.answered.lock().unwrap()[&mint]);
        joined += usize::from(sent < asked);
        assert!(sent >= asked || answered > asked, "asked {asked}, got mint {mint}: {sent} to {answered}");
    }
    assert!(joined > 0, "some joined a flight that was out, or the test shows nothing");
    assert!((2..=50).contains(&service.mints()), "{} mints", service.mints());
    assert_eq!(service.most_under_way.load(Ordering::SeqCst), 1, "one at a time");
}

#[tokio::test]
async fn calls_that_wait_together_share_one_mint_and_the_next_one_has_another() {
    let machine = Machine::new(Minting::Keeps).await;
    let session = machine.signed_in(TokenPolicy::Always).await;
    let service = &machine.service;
    service.gate.forget_permits(Semaphore::MAX_PERMITS);
    let waiting = futures_util::future::join_all((0..50).map(|_| session.fresh()));
    let opened = async {
        while service.mints() == 0 {
            tokio::task::yield_now().await;
        }
        service.gate.add_permits(50);
    };
    let (tokens, ()) = tokio::join!(waiting, opened);
    assert!(tokens.into_iter().all(|token| mint_of(token.unwrap()) == 0));
    assert_eq!(service.mints(), 1);
    assert_eq!(fresh(&session).await, 1, "a token serves those who waited for it and nobody else");
}

#[tokio::test]
async fn a_waiter_that_gives_up_does_not_end_the_mint_of_the_others() {
    let machine = Machine::new(Minting::Keeps).await;
    let session = machine.signed_in(TokenPolicy::Always).await;
    let service = &machine.service;
    service.gate.forget_permits(Semaphore::MAX_PERMITS);
    let mut first = Box::pin(session.fresh());
    while service.mints() == 0 {
        assert!(futures_util::poll!(&mut first).is_pending());
        tokio::task::yield_now().await;
    }
    let mut second = Box::pin(session.fresh());
    assert!(futures_util::poll!(&mut second).is_pending());
    drop(first);
    service.gate.add_permits(1);
    assert_eq!(mint_of(second.await.unwrap()), 0);
}

#[tokio::test]
async fn a_token_that_was_on_its_way_when_the_person_changed_serves_nobody_who_asks_later() {
    for policy in [TokenPolicy::Always, TokenPolicy::Leeway] {
        let machine = Machine::new(Minting::Keeps).await;
        let session = machine.signed_in(policy).await;
        let service = &machine.service;
        service.gate.forget_permits(Semaphore::MAX_PERMITS);
        let mut old = Box::pin(session.fresh());
        while service.mints() == 0 {
            assert!(futures_util::poll!(&mut old).is_pending());
            tokio::task::yield_now().await;
        }
        sign_in(&session).await.unwrap();
        service.gate.add_permits(9);
        assert_eq!(fresh(&session).await, 1);
        let _ = old.await;
        let next = fresh(&session).await;
        assert!(next == 2 || (policy == TokenPolicy::Leeway && next == 1), "{next}");
    }
}

#[tokio::test]
async fn with_leeway_a_token_serves_again_until_it_is_old_refused_or_the_machine_has_slept() {
    let machine = Machine::new(Minting::Keeps).await;
    let session = machine.signed_in(TokenPolicy::Leeway).await;
    let clocks = &machine.service.clocks;
    assert_eq!(fresh(&session).await, 0);
    clocks.pass(44);
    assert_eq!(fresh(&session).await, 0);
    clocks.pass(1);
    assert_eq!(fresh(&session).await, 1);
    clocks.set_wall(6); // asleep: only the clock on the wall has moved
    assert_eq!(fresh(&session).await, 2);
    session.refused();
    assert_eq!(fresh(&session).await, 3);
}

#[tokio::test]
async fn a_clock_that_is_set_by_an_hour_changes_nothing_and_is_said() {
    let machine = Machine::new(Minting::Keeps).await;
    let session = machine.signed_in(TokenPolicy::Always).await;
    let kept = machine.kept().await;
    for by in [3600, -7200] {
        machine.service.clocks.set_wall(by);
        let before = machine.service.mints();
        assert_eq!(fresh(&session).await, before);
        assert!(session.restore().await.unwrap().is_some());
    }
    assert_eq!(machine.kept().await, kept);
    assert!(session.report().warnings.is_empty());
    machine.service.ahead_s.store(-3600, Ordering::SeqCst);
    fresh(&session).await;
    let report = session.report();
    assert_eq!((report.skew_s, report.warnings.len()), (Some(-3600), 1));
}

#[tokio::test]
async fn a_start_proves_the_stored_sign_in_and_an_unreachable_server_proves_nothing_against_it() {
    let machine = Machine::new(Minting::Keeps).await;
    machine.signed_in(TokenPolicy::Always).await;
    let session = machine.program(TokenPolicy::Always).await;
    assert_eq!(session.restore().await.unwrap().unwrap().name.as_str(), "Ada");
    assert_eq!((machine.service.mints(), session.report().generation), (1, Some(1)));
    machine.service.refuse_next("unreachable");
    assert!(session.restore().await.unwrap().is_some());
    assert!(machine.kept().await.is_some());
}

#[tokio::test]
async fn an_ended_session_is_told_once_and_forgotten() {
    for ended in ["session_expired", "session_revoked"] {
        let machine = Machine::new(Minting::Keeps).await;
        let session = machine.signed_in(TokenPolicy::Always).await;
        machine.service.refuse_next(ended);
        let failure = session.restore().await.unwrap_err();
        assert_eq!((failure.kind, failure.code.as_str()), (FailureKind::SignIn, ended));
        assert!(failure.why.contains("The service says") && failure.why.contains("`frontrow login`"));
        assert_eq!(machine.kept().await, None);
        assert!(session.restore().await.unwrap().is_none());
        assert_eq!(code(session.fresh().await), "signed_out");
    }
}

#[tokio::test]
async fn a_credential_that_is_not_known_is_said_and_stays_for_the_server_that_knows_it() {
    let machine = Machine::new(Minting::Keeps).await;
    let session = machine.signed_in(TokenPolicy::Always).await;
    machine.service.refuse_next("invalid_credential");
    assert_eq!(code(session.fresh().await), "invalid_credential");
    assert_eq!(machine.service.mints(), 1, "the same credential is not tried again");
    assert_eq!(fresh(&session).await, 1);
}

#[tokio::test]
async fn a_credential_that_another_program_has_just_replaced_is_read_again_and_used() {
    let machine = Machine::new(Minting::Keeps).await;
    let session = machine.signed_in(TokenPolicy::Always).await;
    let old = machine.kept().await.unwrap();
    let new = old.replace("frc_0", "frc_new");
    machine.service.state().active = "frc_new".to_owned();
    let written = async {
        while machine.service.mints() == 0 {
            tokio::task::yield_now().await;
        }
        machine.put(&new).await;
    };
    let (token, ()) = tokio::join!(session.fresh(), written);
    assert_eq!(mint_of(token.unwrap()), 1);
}

#[tokio::test]
async fn an_ended_session_does_not_take_a_newer_sign_in_with_it() {
    let machine = Machine::new(Minting::Keeps).await;
    let session = machine.signed_in(TokenPolicy::Always).await;
    machine.service.gate.forget_permits(Semaphore::MAX_PERMITS);
    machine.service.refuse_next("session_revoked");
    let mut call = Box::pin(session.fresh());
    while machine.service.mints() == 0 {
        assert!(futures_util::poll!(&mut call).is_pending());
        tokio::task::yield_now().await;
    }
    let newer = machine.kept().await.unwrap().replace("frc_0", "frc_new");
    machine.service.state().active = "frc_new".to_owned();
    machine.put(&newer).await;
    machine.service.gate.add_permits(9);
    assert_eq!(mint_of(call.await.unwrap()), 1);
    assert_eq!(machine.kept().await, Some(newer));
}

#[tokio::test]
async fn an_unusable_entry_is_one_sentence_and_signing_in_or_out_mends_it() {
    let machine = Machine::new(Minting::Keeps).await;
    machine.signed_in(TokenPolicy::Always).await;
    let good = machine.kept().await.unwrap();
    let foreign = good.replace(ACCOUNT, "https://other.example");
    for bad in ["garbage", &good.replace("fake", "clerk"), &good.replace("\"v\":1", "\"v\":9"), &foreign] {
        machine.put(bad).await;
        let session = machine.program(TokenPolicy::Always).await;
        assert_eq!(code(session.restore().await), "unusable_entry");
        assert_eq!(code(session.fresh().await), "unusable_entry");
        assert_eq!(machine.kept().await.as_deref(), Some(bad), "it is not removed behind the person's back");
        sign_in(&session).await.unwrap();
        fresh(&session).await;
        machine.put(bad).await;
        session.sign_out().await.unwrap();
        assert_eq!(machine.kept().await, None);
    }
}

#[tokio::test]
async fn a_credential_that_is_due_is_replaced_after_the_call_and_used_by_the_next_mint() {
    let machine = Machine::new(Minting::Keeps).await;
    let session = machine.signed_in(TokenPolicy::Always).await;
    machine.service.state().due = true;
    let call = session.begin();
    fresh(&session).await;
    session.upkeep().await;
    assert_eq!(machine.service.rotations.load(Ordering::SeqCst), 0, "not inside a call");
    drop(call);
    session.upkeep().await;
    session.upkeep().await;
    assert_eq!(machine.service.rotations.load(Ordering::SeqCst), 1);
    assert!(machine.service.state().pending.is_some(), "it was written, and not used yet");
    fresh(&session).await;
    assert!(machine.service.state().pending.is_none());
    assert_eq!(session.report().generation, Some(2));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_two_programs_that_rotate_at_once_one_does_and_both_go_on() {
    for _ in 0..20 {
        let machine = Machine::new(Minting::Keeps).await;
        let first = machine.signed_in(TokenPolicy::Always).await;
        let second = machine.program(TokenPolicy::Always).await;
        machine.service.state().due = true;
        tokio::join!(fresh(&first), fresh(&second));
        tokio::join!(first.upkeep(), second.upkeep());
        assert_eq!(machine.service.rotations.load(Ordering::SeqCst), 1);
        tokio::join!(fresh(&first), fresh(&second));
        assert_eq!((first.report().generation, second.report().generation), (Some(2), Some(2)));
    }
}

#[tokio::test]
async fn what_another_program_has_rotated_is_used_and_not_rotated_again() {
    let machine = Machine::new(Minting::Keeps).await;
    let (first, second) = (machine.signed_in(TokenPolicy::Always).await, machine.program(TokenPolicy::Always).await);
    machine.service.state().due = true;
    tokio::join!(fresh(&first), fresh(&second));
    first.upkeep().await;
    fresh(&first).await;
    second.upkeep().await;
    assert_eq!(machine.service.rotations.load(Ordering::SeqCst), 1);
    fresh(&second).await;
    assert_eq!(second.report().generation, Some(2));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn programs_whose_mints_replace_the_credential_take_turns() {
    let machine = Machine::new(Minting::Replaces).await;
    let first = machine.signed_in(TokenPolicy::Always).await;
    let second = machine.program(TokenPolicy::Always).await;
    for _ in 0..5 {
        tokio::join!(fresh(&first), fresh(&second));
    }
    assert_eq!(machine.service.mints(), 10, "no mint was refused");
    assert_eq!(machine.service.most_under_way.load(Ordering::SeqCst), 1);
    assert!(machine.kept().await.unwrap().contains(&machine.service.state().active));
}

#[tokio::test]
async fn the_name_of_the_store_is_remembered_and_nothing_else() {
    let machine = Machine::new(Minting::Keeps).await;
    let session = machine.signed_in(TokenPolicy::Always).await;
    assert_eq!(std::fs::read_to_string(machine.folder.path().join("credential-store")).unwrap(), "memory\n");
    assert!(session.kept_in().contains("memory"));
    session.sign_out().await.unwrap();
    assert_eq!(machine.service.revoked.load(Ordering::SeqCst), 1);
    assert!(session.restore().await.unwrap().is_none());
}

#[tokio::test]
async fn a_successor_that_cannot_be_written_is_dropped_and_the_old_credential_goes_on() {
    let (store, writable) = scripted::store();
    let machine = Machine { store, ..Machine::new(Minting::Keeps).await };
    let session = machine.signed_in(TokenPolicy::Always).await;
    let before = machine.kept().await;
    machine.service.state().due = true;
    writable.store(false, Ordering::SeqCst);
    fresh(&session).await;
    session.upkeep().await;
    machine.service.state().due = true;
    fresh(&session).await;
    session.upkeep().await;
    assert_eq!(machine.service.rotations.load(Ordering::SeqCst), 1, "it is not tried at every call");
    assert_eq!(machine.kept().await, before);
    let warnings = session.report().warnings;
    assert!(warnings.len() == 1 && warnings[0].contains("could not be renewed"), "{warnings:?}");
    writable.store(true, Ordering::SeqCst);
    let next_start = machine.program(TokenPolicy::Always).await;
    fresh(&next_start).await;
    next_start.upkeep().await;
    fresh(&next_start).await;
    assert_eq!(next_start.report().generation, Some(3));
}

#[tokio::test]
async fn a_sign_in_that_cannot_be_kept_is_ended_at_the_service() {
    let (store, writable) = scripted::store();
    let machine = Machine { store, ..Machine::new(Minting::Keeps).await };
    let session = machine.program(TokenPolicy::Always).await;
    let keep = async {
        let held = session.inner.lock.take().await.unwrap();
        let mut signing_in = Box::pin(sign_in(&session));
        while machine.service.ticks.load(Ordering::SeqCst) == 0 {
            assert!(futures_util::poll!(&mut signing_in).is_pending());
            tokio::task::yield_now().await;
        }
        writable.store(false, Ordering::SeqCst);
        drop(held);
        signing_in.await
    };
    assert_eq!(code(keep.await), "credential_store");
    assert_eq!(machine.service.revoked.load(Ordering::SeqCst), 1);
    assert_eq!(machine.kept().await, None);
}

#[tokio::test]
async fn a_token_that_was_minted_while_a_sign_out_waited_serves_nobody_after_it() {
    let machine = Machine::new(Minting::Keeps).await;
    let session = machine.signed_in(TokenPolicy::Leeway).await;
    let held = session.inner.lock.take().await.unwrap();
    let mut signing_out = Box::pin(session.sign_out());
    assert!(futures_util::poll!(&mut signing_out).is_pending());
    fresh(&session).await;
    drop(held);
    signing_out.await.unwrap();
    assert_eq!(code(session.fresh().await), "signed_out");
}

/// Takes the five seconds for which the lock is waited for.
#[tokio::test]
async fn a_sign_out_forgets_before_the_service_answers_and_a_mint_on_its_way_does_not_undo_it() {
    let machine = Machine::new(Minting::Replaces).await;
    let session = Arc::new(machine.signed_in(TokenPolicy::Always).await);
    machine.service.gate.forget_permits(Semaphore::MAX_PERMITS);
    let minting = tokio::spawn({
        let session = session.clone();
        async move { session.fresh().await }
    });
    while machine.service.mints() == 0 {
        tokio::task::yield_now().await;
    }
    let signing_out = tokio::spawn({
        let session = session.clone();
        async move { session.sign_out().await }
    });
    let forgotten = async {
        while machine.kept().await.is_some() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), forgotten).await.expect("it does not wait for the service");
    assert_eq!(machine.service.revoked.load(Ordering::SeqCst), 0);
    machine.service.gate.add_permits(9);
    signing_out.await.unwrap().unwrap();
    let _ = minting.await.unwrap();
    assert_eq!(machine.kept().await, None);
}

#[tokio::test]
async fn a_start_whose_proof_comes_after_a_sign_out_finds_nobody() {
    let machine = Machine::new(Minting::Keeps).await;
    let session = machine.signed_in(TokenPolicy::Always).await;
    machine.service.gate.forget_permits(Semaphore::MAX_PERMITS);
    let mut starting = Box::pin(session.restore());
    while machine.service.mints() == 0 {
        assert!(futures_util::poll!(&mut starting).is_pending());
        tokio::task::yield_now().await;
    }
    machine.service.gate.add_permits(9);
    session.sign_out().await.unwrap();
    assert!(starting.await.unwrap().is_none());
}

#[tokio::test]
async fn a_successor_that_the_store_did_not_take_is_offered_to_it_again_and_not_lost() {
    let (store, writable) = scripted::store();
    let machine = Machine { store, ..Machine::new(Minting::Replaces).await };
    let session = machine.signed_in(TokenPolicy::Always).await;
    writable.store(false, Ordering::SeqCst);
    assert_eq!(code(session.fresh().await), "credential_store");
    assert_eq!(code(session.fresh().await), "credential_store");
    assert_eq!(machine.service.mints(), 1, "nothing is minted whose successor could not be kept either");
    writable.store(true, Ordering::SeqCst);
    assert_eq!(fresh(&session).await, 1);
    assert!(machine.kept().await.unwrap().contains(&machine.service.state().active));
}

#[tokio::test]
async fn a_program_that_ends_waits_for_the_successor_that_is_on_its_way() {
    let machine = Machine::new(Minting::Replaces).await;
    let session = machine.signed_in(TokenPolicy::Always).await;
    machine.service.gate.forget_permits(Semaphore::MAX_PERMITS);
    let mut call = Box::pin(session.fresh());
    while machine.service.mints() == 0 {
        assert!(futures_util::poll!(&mut call).is_pending());
        tokio::task::yield_now().await;
    }
    drop(call);
    let mut settling = Box::pin(session.settle());
    assert!(futures_util::poll!(&mut settling).is_pending());
    machine.service.gate.add_permits(1);
    settling.await;
    assert!(machine.kept().await.unwrap().contains(&machine.service.state().active));
}
