//! What the settings say of the services outside that a box office of ours believes.

use super::secret_file::first_line;
use crate::{
    api::{
        clerk::key::frontend_api,
        http::{Call, Http},
    },
    config::Settings,
    domain::failure::{Failure, FailureKind},
    server::{
        clerk::{Clerk, KeySource},
        outside::Outside,
    },
};
use async_trait::async_trait;
use secrecy::{ExposeSecret, SecretString};
use std::{fs, path::Path, sync::Arc};

/// Reads the files; nothing is fetched yet.
pub fn outside(settings: &Settings) -> Result<Outside, Failure> {
    let stripe_secret = settings.stripe_webhook_secret_file.as_deref().map(stripe_secret).transpose()?;
    Ok(Outside { clerk: clerk(settings)?, stripe_secret })
}

/// A blank inside would have been copied with it by mistake.
fn stripe_secret(file: &Path) -> Result<SecretString, Failure> {
    let secret = first_line("stripe_webhook_secret_file", file)?;
    if secret.expose_secret().contains(char::is_whitespace) {
        return Err(refuse(
            "stripe_webhook_secret_file",
            file,
            "its first line has blanks; accepted is the secret alone",
        ));
    }
    Ok(secret)
}

fn clerk(settings: &Settings) -> Result<Option<Clerk>, Failure> {
    let frontend = settings.clerk_publishable_key.as_deref().map(frontend_api).transpose()?;
    let issuer = frontend.as_ref().map(|url| url.origin().ascii_serialization());
    if let Some(file) = &settings.clerk_jwt_key_file {
        let refuse = |why: &str| refuse("clerk_jwt_key_file", file, why);
        let pem = fs::read_to_string(file).map_err(|error| refuse(&format!("it cannot be read ({error})")))?;
        return Clerk::of_pem(&pem, issuer).map(Some).map_err(|why| refuse(&why));
    }
    let Some((issuer, frontend)) = issuer.zip(frontend) else { return Ok(None) };
    let keys = Keys(Http::new(settings.clerk_frontend_api.clone().unwrap_or(frontend)).named("Clerk"));
    Ok(Some(Clerk::of_key_set(issuer, Arc::new(keys))))
}

/// The way to an instance's Frontend API.
struct Keys(Http);

#[async_trait]
impl KeySource for Keys {
    async fn key_set(&self) -> Result<Vec<u8>, String> {
        let reply = self.0.send(Call::get(&[".well-known", "jwks.json"])).await.map_err(|failure| failure.why)?;
        Ok(reply.body().to_vec())
    }
}

fn refuse(setting: &str, file: &Path, why: &str) -> Failure {
    Failure::new(FailureKind::Input, "bad_setting", format!("setting `{setting}` is {}: {why}", file.display()))
}
