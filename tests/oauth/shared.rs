//! Two programs that share a sign-in in one credential store, at a server that takes a reused refresh token for stolen.

use crate::{
    authority::{Authority, Decision, Ways},
    provider,
};
use frontrow::{
    auth::{
        session::{Keeping, KeptSession},
        store::{Stores, join_session_keyring},
    },
    domain::{
        failure::Failure,
        sign_in::{Challenge, Progress},
    },
    effects::ports::{Bearer, Session, Step},
    platform::{
        choice::{StoreChoice, TokenPolicy},
        dirs::Dirs,
        env::{OsEntropy, SystemClock},
    },
};
use secrecy::ExposeSecret;
use std::{path::Path, sync::Arc};

/// A program of its own: it shares with others what is on the machine, and nothing else.
fn program(authority: &Authority, folder: &Path) -> KeptSession {
    let keeping = Keeping {
        account: authority.url.to_string(),
        issuer: authority.url.to_string(),
        stores: Stores::new(StoreChoice::Keyutils, &Dirs::find(Some(folder)).unwrap(), None, Arc::new(OsEntropy)),
        policy: TokenPolicy::Always,
        locks: folder.join("locks"),
    };
    KeptSession::new(Arc::new(provider(authority)), keeping, Arc::new(SystemClock::new()))
}

fn text(token: Result<Bearer, Failure>) -> String {
    token.unwrap().into_secret().expose_secret().to_owned()
}

/// Where the kernel keeps no keys for this process (some containers), the test is left out, and says so; with
/// TEST_REQUIRE_KEYRING=1 it fails.
#[tokio::test]
async fn programs_that_share_a_refresh_token_take_turns_and_never_reuse_one() {
    join_session_keyring();
    let folder = tempfile::tempdir().unwrap();
    let authority = Authority::open(Ways::default()).await;
    let (first, second) = (program(&authority, folder.path()), program(&authority, folder.path()));
    let asked = match first.step(Step::Device).await {
        Ok(Progress::Asks(Challenge::Approval(approval))) => approval,
        Err(why) if std::env::var_os("TEST_REQUIRE_KEYRING").is_none() => {
            return eprintln!("left out: {why}");
        }
        other => panic!("{other:?}"),
    };
    authority.decide(asked.user_code.unwrap().as_str(), Decision::Approved);
    first.step(Step::Await).await.unwrap();

    let mut tokens = Vec::new();
    for _ in 0..5 {
        let (one, two) = tokio::join!(first.fresh(), second.fresh());
        tokens.extend([text(one), text(two)]);
    }
    tokens.sort_unstable();
    tokens.dedup();
    assert_eq!(tokens.len(), 10, "each call has a token of its own");
    assert_eq!(authority.book().refreshes, 10);
    assert!(!authority.book().reuse_detected);

    second.sign_out().await.unwrap();
    assert_eq!(authority.book().revoked.len(), 1);
    assert!(first.restore().await.unwrap().is_none(), "what one program has forgotten, the other has");
}
