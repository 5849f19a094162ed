//! Who signs people in, by the settings.

use crate::{
    api::{
        accounts::LocalAccounts,
        clerk::{self, ClerkAccounts},
        http::{Http, is_loopback},
    },
    auth::{
        provider::AuthProvider,
        session::{Keeping, KeptSession},
        store::Stores,
    },
    config::{AuthChoice, Settings},
    domain::failure::{Failure, FailureKind},
    effects::ports::Session,
    platform::env::{OsEntropy, SystemClock},
};
use std::sync::Arc;
use url::Url;

/// The person at the box office that `http` leads to.
pub fn session(settings: &Settings, http: &Arc<Http>, account: String) -> Result<Arc<dyn Session>, Failure> {
    let (provider, issuer): (Arc<dyn AuthProvider>, String) = match settings.auth {
        // The box office itself: its origin, or the identity of its folder.
        AuthChoice::Local => (Arc::new(LocalAccounts::new(http.clone())), account.clone()),
        AuthChoice::Clerk => {
            let frontend_api = clerk_frontend_api(settings)?;
            let issuer = frontend_api.as_str().trim_end_matches('/').to_owned();
            (Arc::new(ClerkAccounts::new(frontend_api)), issuer)
        }
        other => return Err(refuse(format!("sign-in by {other} is not there yet"))),
    };
    let keeping = Keeping {
        issuer,
        account,
        stores: stores(settings),
        policy: settings.token_policy,
        locks: settings.dirs.locks(),
    };
    Ok(Arc::new(KeptSession::new(provider, keeping, Arc::new(SystemClock::new()))))
}

/// The address that the settings name, or else the one inside the publishable key.
fn clerk_frontend_api(settings: &Settings) -> Result<Url, Failure> {
    let in_key = settings.clerk_publishable_key.as_deref().map(clerk::key::frontend_api).transpose()?;
    let url = settings.clerk_frontend_api.clone().or(in_key).ok_or_else(|| {
        refuse("auth = \"clerk\" needs the instance's publishable key: set clerk_publishable_key to the pk_live_… or pk_test_… that Clerk's dashboard shows under API keys")
    })?;
    if url.scheme() == "http" && !is_loopback(&url) && !settings.allow_plain_http {
        let why = format!(
            "clerk_frontend_api {url} is not encrypted, so others could read your sign-in: use https, or set allow_plain_http = true in the settings if you trust the network"
        );
        return Err(Failure::new(FailureKind::Input, "insecure", why));
    }
    Ok(url)
}

fn refuse(why: impl Into<String>) -> Failure {
    Failure::new(FailureKind::Input, "bad_setting", why)
}

/// Where this person's sign-ins can be kept.
pub fn stores(settings: &Settings) -> Stores {
    let passphrase_file = settings.passphrase_file.as_deref();
    Stores::new(settings.credential_store, &settings.dirs, passphrase_file, Arc::new(OsEntropy))
}
