//! Who signs people in, by the settings.

use crate::{
    api::{accounts::LocalAccounts, http::Http},
    auth::{
        session::{Keeping, KeptSession},
        store::Stores,
    },
    config::{AuthChoice, Settings},
    domain::failure::{Failure, FailureKind},
    effects::ports::Session,
    platform::env::{OsEntropy, SystemClock},
};
use std::sync::Arc;

/// The person at the box office that `http` leads to.
pub fn session(settings: &Settings, http: &Arc<Http>, account: String) -> Result<Arc<dyn Session>, Failure> {
    let provider = match settings.auth {
        AuthChoice::Local => Arc::new(LocalAccounts::new(http.clone())),
        other => {
            let why = format!("sign-in by {other} is not there yet");
            return Err(Failure::new(FailureKind::Input, "bad_setting", why));
        }
    };
    let keeping = Keeping {
        // The box office itself: its origin, or the identity of its folder.
        issuer: account.clone(),
        account,
        stores: stores(settings),
        policy: settings.token_policy,
        locks: settings.dirs.locks(),
    };
    Ok(Arc::new(KeptSession::new(provider, keeping, Arc::new(SystemClock::new()))))
}

/// Where this person's sign-ins can be kept.
pub fn stores(settings: &Settings) -> Stores {
    let passphrase_file = settings.passphrase_file.as_deref();
    Stores::new(settings.credential_store, &settings.dirs, passphrase_file, Arc::new(OsEntropy))
}
