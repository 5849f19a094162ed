//! Who signs people in, by the settings.

use crate::{
    api::{
        accounts::LocalAccounts,
        clerk::{self, ClerkAccounts},
        http::{Http, is_loopback},
        oauth::{self, OAuth, OAuthSettings, Pages, PlainHttp},
        quickshow::{Api, AtQuickShow},
    },
    auth::{
        command::{Audience, CommandSession},
        provider::AuthProvider,
        session::{Keeping, KeptSession},
        store::Stores,
    },
    config::{AuthChoice, Settings},
    domain::{
        env::Clock,
        failure::{Failure, FailureKind},
    },
    effects::ports::Session,
    platform::{browser, env::OsEntropy},
};
use std::sync::Arc;
use url::Url;

/// The person at the box office that `http` leads to.
pub fn session(
    settings: &Settings,
    http: &Arc<Http>,
    api: Api,
    account: String,
    clock: Arc<dyn Clock>,
) -> Result<Arc<dyn Session>, Failure> {
    let (provider, issuer): (Arc<dyn AuthProvider>, String) = match settings.auth {
        // The box office itself: its origin, or the identity of its folder.
        AuthChoice::Local => {
            let accounts = LocalAccounts::new(http.clone());
            let accounts = if api == Api::QuickShow { accounts.at_quickshow() } else { accounts };
            (Arc::new(accounts), account.clone())
        }
        AuthChoice::Clerk => {
            let frontend_api = clerk_frontend_api(settings)?;
            let issuer = frontend_api.as_str().trim_end_matches('/').to_owned();
            (Arc::new(ClerkAccounts::new(frontend_api)), issuer)
        }
        AuthChoice::OAuth => {
            let settings = oauth_settings(settings)?;
            let issuer = settings.issuer.to_string();
            (Arc::new(oauth(settings, http, clock.clone())), issuer)
        }
        AuthChoice::Command => return command(settings, http, api),
    };
    let keeping = Keeping {
        issuer,
        account,
        stores: stores(settings),
        policy: settings.token_policy,
        locks: settings.dirs.locks(),
    };
    Ok(Arc::new(KeptSession::new(provider, keeping, clock)))
}

/// Where this person's sign-ins can be kept.
pub fn stores(settings: &Settings) -> Stores {
    let passphrase_file = settings.passphrase_file.as_deref();
    Stores::new(settings.credential_store, &settings.dirs, passphrase_file, Arc::new(OsEntropy))
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

fn oauth(settings: OAuthSettings, http: &Arc<Http>, clock: Arc<dyn Clock>) -> OAuth {
    OAuth::new(settings, http.clone(), clock, Arc::new(OsEntropy))
}

fn oauth_settings(settings: &Settings) -> Result<OAuthSettings, Failure> {
    let Some(issuer) = settings.oauth_issuer.clone() else {
        let why = "auth = \"oauth\" needs an authorization server: set oauth_issuer to its address";
        return Err(refuse(why));
    };
    if settings.oauth_client_id.trim().is_empty() {
        let why = "auth = \"oauth\" needs a client id: set oauth_client_id to this program's name at the authorization server";
        return Err(refuse(why));
    }
    let plain_http = if settings.allow_plain_http { PlainHttp::Anywhere } else { PlainHttp::Loopback };
    if !oauth::is_safe(&issuer, plain_http) {
        let why = format!(
            "oauth_issuer {issuer} is not encrypted, so others could read your sign-in: use https, or set allow_plain_http = true in the settings if you trust the network"
        );
        return Err(Failure::new(FailureKind::Input, "insecure", why));
    }
    let pages = match (settings.kiosk, browser::has_screen()) {
        (true, _) => Pages::Elsewhere,
        (false, true) => Pages::Opened(browser::open),
        (false, false) => Pages::Shown,
    };
    let (client_id, scopes) = (settings.oauth_client_id.trim().to_owned(), settings.oauth_scopes.clone());
    Ok(OAuthSettings { issuer, client_id, scopes, plain_http, pages })
}

fn command(settings: &Settings, http: &Arc<Http>, api: Api) -> Result<Arc<dyn Session>, Failure> {
    if settings.kiosk {
        let why =
            "auth = \"command\" is refused in kiosk mode, where no command is run: accepted are local, clerk, oauth";
        return Err(refuse(why));
    }
    let Some(line) = settings.auth_command.clone() else {
        let why = "auth = \"command\" needs a command: set auth_command to a command line that prints a token";
        return Err(refuse(why));
    };
    let audience: Arc<dyn Audience> = match api {
        Api::Native => http.clone(),
        Api::QuickShow => Arc::new(AtQuickShow(http.clone())),
    };
    Ok(Arc::new(CommandSession::new(line, settings.auth_command_timeout, audience)))
}

fn refuse(why: impl Into<String>) -> Failure {
    Failure::new(FailureKind::Input, "bad_setting", why)
}
