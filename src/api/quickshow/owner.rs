//! Whose token it is, at servers that have no route for it: what the token says of itself. Nobody has checked it here,
//! so it names the person on the screen and proves nothing; the server judges the token at every call.

use crate::{
    api::http::Http,
    auth::command::Audience,
    domain::{failure::Failure, ids::UserId, text::Text, user::User},
    effects::ports::Bearer,
};
use async_trait::async_trait;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use secrecy::ExposeSecret;
use serde_json::Value;
use std::sync::Arc;

/// Who stands for the owner of a token that says nothing.
const SOMEBODY: &str = "you";

/// A QuickShow server, as those see it who have a command for tokens.
pub struct AtQuickShow(pub Arc<Http>);

#[async_trait]
impl Audience for AtQuickShow {
    fn origin(&self) -> String {
        self.0.shown()
    }

    async fn owner(&self, token: Bearer) -> Result<User, Failure> {
        Ok(named_in(token.into_secret().expose_secret()))
    }
}

/// The person whom a JSON Web Token names (RFC 7519: `sub`, and what services add).
fn named_in(token: &str) -> User {
    let claims = token.split('.').nth(1).and_then(|part| URL_SAFE_NO_PAD.decode(part).ok());
    let claims: Value = claims.and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default();
    let text = |name: &str| Text::new(claims[name].as_str().unwrap_or_default());
    let id = match text("sub") {
        sub if sub.is_empty() => Text::new(SOMEBODY),
        sub => sub,
    };
    // Clerk's tokens have no name in them: then the id stands for the person.
    let name = Some(text("name")).filter(|name| !name.is_empty()).unwrap_or_else(|| id.clone());
    User { id: UserId::new(id.as_str()), email: text("email"), name }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_token_names_its_owner_and_one_that_is_none_names_nobody() {
        let of = |claims: Value| named_in(&format!("e30.{}.sig", URL_SAFE_NO_PAD.encode(claims.to_string())));
        let ada = of(json!({ "sub": "user_2ada", "email": "ada@example.org", "name": "Ada\u{1b}[2J" }));
        assert_eq!((ada.id.as_str(), ada.email.as_str()), ("user_2ada", "ada@example.org"));
        assert!(!ada.name.as_str().contains('\u{1b}'));
        for token in ["", "secret", "a.b.c", "a.!.c"] {
            assert_eq!(named_in(token).id.as_str(), SOMEBODY, "{token}");
        }
        assert_eq!(of(json!({ "sub": 7 })).id.as_str(), SOMEBODY);
    }
}
