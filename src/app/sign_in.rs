//! Who signs people in, by the settings.

use crate::{
    api::{
        accounts::LocalAccounts,
        clerk::{self, ClerkAccounts},
        http::{Http, is_loopback},
    },
    auth::{provider::AuthProvider, session::KeptSession},
    config::{AuthChoice, Settings},
    domain::failure::{Failure, FailureKind},
    effects::ports::Session,
};
use std::sync::Arc;
use url::Url;

/// The person at the box office that `http` leads to.
pub fn session(settings: &Settings, http: &Arc<Http>, account: String) -> Result<Arc<dyn Session>, Failure> {
    let provider: Arc<dyn AuthProvider> = match settings.auth {
        AuthChoice::Local => Arc::new(LocalAccounts::new(http.clone())),
        AuthChoice::Clerk => Arc::new(ClerkAccounts::new(clerk_frontend_api(settings)?)),
        other => return Err(refuse(format!("sign-in by {other} is not there yet"))),
    };
    let memo = settings.dirs.credential_store();
    Ok(Arc::new(KeptSession::new(provider, account, settings.credential_store, memo)))
}

/// The address that the settings name, or else the one inside the publishable key.
fn clerk_frontend_api(settings: &Settings) -> Result<Url, Failure> {
    let in_key = settings.clerk_publishable_key.as_deref().map(clerk::key::frontend_api).transpose()?;
    let url = settings.clerk_frontend_api.clone().or(in_key).ok_or_else(|| {
        refuse("auth = \"clerk\" needs the instance's publishable key: set clerk_publishable_key to the pk_live_… or pk_test_… that Clerk's dashboard shows under API keys")
    })?;
    if url.scheme() == "http" && !is_loopback(&url) && !settings.allow_plain_http {
        return Err(refuse(format!(
            "clerk_frontend_api is {url}, which is not encrypted, so others could read your sign-in: use https"
        )));
    }
    Ok(url)
}

fn refuse(why: impl Into<String>) -> Failure {
    Failure::new(FailureKind::Input, "bad_setting", why)
}
