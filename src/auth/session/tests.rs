use super::*;
use crate::{
    auth::provider::{Minted, Minting, Standing},
    domain::{ids::UserId, text::Text},
    platform::{choice::StoreChoice, dirs::Dirs, env::OsEntropy},
};
use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};
use tokio::sync::Semaphore;

/// A service whose mints wait for a permit, and which counts them.
struct Fake {
    mints: AtomicUsize,
    gate: Semaphore,
    refuses: bool,
}

impl Fake {
    fn new(permits: usize, refuses: bool) -> Arc<Self> {
        Arc::new(Self { mints: AtomicUsize::new(0), gate: Semaphore::new(permits), refuses })
    }
}

#[async_trait]
impl AuthProvider for Fake {
    fn name(&self) -> &'static str {
        "fake"
    }
    fn minting(&self) -> Minting {
        Minting::Keeps
    }
    async fn offer(&self) -> Result<Offer, Failure> {
        Ok(Offer::default())
    }
    async fn step(&self, step: Step) -> Result<Reached, Failure> {
        let Step::Password { email, .. } = step else { panic!("only passwords are tried here") };
        let user = User { id: UserId::new("usr_1"), email: Text::new(&email), name: Text::new("Ada") };
        let secret = SecretString::from("frc_secret");
        let credential = Credential { session: "ses_1".to_owned(), secret, generation: 1 };
        Ok(Reached::Granted(Granted { user, credential }))
    }
    async fn mint(&self, _: &Credential, _: &dyn Keeper) -> Result<Minted, Failure> {
        let number = self.mints.fetch_add(1, Ordering::SeqCst);
        self.gate.acquire().await.expect("the gate is never closed").forget();
        if self.refuses {
            return Err(Failure::new(FailureKind::SignIn, "invalid_credential", "the credential is not known"));
        }
        Ok(Minted {
            token: SecretString::from(format!("token-{number}")),
            lives_for: Duration::from_secs(60),
            server_time: None,
            credential: Standing::Current,
        })
    }
    async fn rotate(&self, _: &Credential) -> Result<Option<Credential>, Failure> {
        Ok(None)
    }
    async fn revoke(&self, _: &Credential) -> Result<(), Failure> {
        Ok(())
    }
}

async fn signed_in(fake: Arc<Fake>, folder: &tempfile::TempDir) -> KeptSession {
    let dirs = Dirs::find(Some(folder.path())).unwrap();
    let stores = Stores::new(StoreChoice::Memory, &dirs, None, Arc::new(OsEntropy));
    let session = KeptSession::new(fake, "test".to_owned(), stores);
    let (email, password) = ("ada@example.org".to_owned(), SecretString::from("pw"));
    session.step(Step::Password { email, password }).await.unwrap();
    session
}

fn text(bearer: Bearer) -> String {
    bearer.into_secret().expose_secret().to_owned()
}

#[tokio::test]
async fn every_call_has_its_own_token() {
    let folder = tempfile::tempdir().unwrap();
    let session = signed_in(Fake::new(10, false), &folder).await;
    assert_eq!(text(session.fresh().await.unwrap()), "token-0");
    assert_eq!(text(session.fresh().await.unwrap()), "token-1");
}

#[tokio::test]
async fn calls_that_wait_together_share_one_mint() {
    let folder = tempfile::tempdir().unwrap();
    let fake = Fake::new(0, false);
    let session = signed_in(fake.clone(), &folder).await;
    let waiting = futures_util::future::join_all((0..50).map(|_| session.fresh()));
    let opened = async {
        while fake.mints.load(Ordering::SeqCst) == 0 {
            tokio::task::yield_now().await;
        }
        fake.gate.add_permits(50);
    };
    let (tokens, ()) = tokio::join!(waiting, opened);
    assert!(tokens.into_iter().all(|token| text(token.unwrap()) == "token-0"));
    assert_eq!(fake.mints.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_waiter_that_gives_up_does_not_end_the_mint_of_the_others() {
    let folder = tempfile::tempdir().unwrap();
    let fake = Fake::new(0, false);
    let session = signed_in(fake.clone(), &folder).await;
    let mut first = Box::pin(session.fresh());
    while fake.mints.load(Ordering::SeqCst) == 0 {
        assert!(futures_util::poll!(&mut first).is_pending());
        tokio::task::yield_now().await;
    }
    let mut second = Box::pin(session.fresh());
    assert!(futures_util::poll!(&mut second).is_pending());
    drop(first);
    fake.gate.add_permits(1);
    assert_eq!(text(second.await.unwrap()), "token-0");
}

#[tokio::test]
async fn a_refused_credential_is_forgotten() {
    let folder = tempfile::tempdir().unwrap();
    let session = signed_in(Fake::new(9, true), &folder).await;
    assert!(session.restore().await.unwrap().is_some());
    let failure = session.fresh().await.unwrap_err();
    assert_eq!((failure.kind, failure.code.as_str()), (FailureKind::SignIn, "invalid_credential"));
    assert!(session.restore().await.unwrap().is_none());
    assert_eq!(session.fresh().await.unwrap_err().code, "signed_out");
}

#[tokio::test]
async fn the_name_of_the_store_is_remembered_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let session = signed_in(Fake::new(1, false), &folder).await;
    assert_eq!(std::fs::read_to_string(folder.path().join("credential-store")).unwrap(), "memory\n");
    assert!(session.kept_in().contains("memory"));
    session.sign_out().await.unwrap();
    assert!(session.restore().await.unwrap().is_none());
}
