//! Who signs people in, by the settings.

use crate::{
    api::{accounts::LocalAccounts, http::Http},
    auth::session::KeptSession,
    config::{AuthChoice, Settings},
    domain::failure::{Failure, FailureKind},
    effects::ports::Session,
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
    let memo = settings.dirs.credential_store();
    Ok(Arc::new(KeptSession::new(provider, account, settings.credential_store, memo)))
}
