//! Who signs people in, by the settings.

use crate::{
    api::{accounts::LocalAccounts, http::Http},
    auth::{command::CommandSession, provider::AuthProvider, session::KeptSession},
    config::{AuthChoice, Settings},
    domain::failure::{Failure, FailureKind},
    effects::ports::Session,
};
use std::sync::Arc;

/// The person at the box office that `http` leads to.
pub fn session(settings: &Settings, http: &Arc<Http>, account: String) -> Result<Arc<dyn Session>, Failure> {
    let provider: Arc<dyn AuthProvider> = match settings.auth {
        AuthChoice::Local => Arc::new(LocalAccounts::new(http.clone())),
        AuthChoice::Command => return command(settings, http),
        other => return Err(refuse(format!("sign-in by {other} is not there yet"))),
    };
    let memo = settings.dirs.credential_store();
    Ok(Arc::new(KeptSession::new(provider, account, settings.credential_store, memo)))
}

fn command(settings: &Settings, http: &Arc<Http>) -> Result<Arc<dyn Session>, Failure> {
    if settings.kiosk {
        let why =
            "auth = \"command\" is refused in kiosk mode, where no command is run: accepted are local, clerk, oauth";
        return Err(refuse(why));
    }
    let Some(line) = settings.auth_command.clone() else {
        let why = "auth = \"command\" needs a command: set auth_command to a command line that prints a token";
        return Err(refuse(why));
    };
    Ok(Arc::new(CommandSession::new(line, settings.auth_command_timeout, http.clone())))
}

fn refuse(why: impl Into<String>) -> Failure {
    Failure::new(FailureKind::Input, "bad_setting", why)
}
