//! Who has signed in, as the authorization server says it.

use super::{discovery::Metadata, transport::Transport};
use crate::domain::{
    failure::{Failure, FailureKind},
    ids::UserId,
    text::{Text, clean},
    user::User,
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use secrecy::SecretString;
use serde::Deserialize;

/// The widest id taken, in columns.
const MAX_ID: usize = 255;

/// What is known of the person (OpenID Connect Core 1.0, 5.1).
#[derive(Debug, Deserialize)]
struct Claims {
    sub: String,
    #[serde(default)]
    name: Option<Text>,
    #[serde(default)]
    preferred_username: Option<Text>,
    #[serde(default)]
    email: Option<Text>,
}

/// The ID token's own claims beside those of the person (OpenID Connect Core 1.0, 2).
#[derive(Deserialize)]
struct IdToken {
    iss: String,
    aud: Audiences,
    #[serde(flatten)]
    claims: Claims,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audiences {
    One(String),
    Many(Vec<String>),
}

/// The person whom the tokens belong to, or nothing where the authorization server tells nobody.
///
/// The ID token came from the token endpoint over TLS, which stands for its signature (OpenID Connect Core 1.0,
/// 3.1.3.7, 6): it is not verified further. It only names the person on the screen.
pub async fn find(
    transport: &Transport,
    metadata: &Metadata,
    client_id: &str,
    id_token: Option<&str>,
    access_token: &SecretString,
) -> Result<Option<User>, Failure> {
    let told = id_token.map(|token| read(token, metadata, client_id).ok_or_else(foreign)).transpose()?;
    let asked = match &metadata.userinfo {
        Some(url) => transport.document::<Claims>(url, Some(access_token)).await?,
        None => None,
    };
    match (&told, &asked) {
        // OpenID Connect Core 1.0, 5.3.2
        (Some(told), Some(asked)) if told.sub != asked.sub => Err(foreign()),
        _ => Ok(asked.or(told).map(user)),
    }
}

fn read(token: &str, metadata: &Metadata, client_id: &str) -> Option<Claims> {
    let payload = URL_SAFE_NO_PAD.decode(token.split('.').nth(1)?).ok()?;
    let token: IdToken = serde_json::from_slice(&payload).ok()?;
    let for_us = match &token.aud {
        Audiences::One(audience) => audience == client_id,
        Audiences::Many(audiences) => audiences.iter().any(|audience| audience == client_id),
    };
    (for_us && token.iss == metadata.issuer).then_some(token.claims)
}

fn user(claims: Claims) -> User {
    let id = clean(&claims.sub, MAX_ID);
    let email = claims.email.unwrap_or_default();
    let names = [claims.name, claims.preferred_username, Some(email.clone())];
    let name = names.into_iter().flatten().find(|name| !name.is_empty()).unwrap_or_else(|| Text::new(&id));
    User { id: UserId::new(id), email, name }
}

fn foreign() -> Failure {
    let why = "the authorization server names the person by a token that is not for this program (oauth_client_id)";
    Failure::new(FailureKind::Other, "not_an_authorization_server", why)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};
    use url::Url;

    fn metadata() -> Metadata {
        Metadata {
            issuer: "https://id.example".to_owned(),
            token: Url::parse("https://id.example/token").unwrap(),
            authorization: None,
            device: None,
            revocation: None,
            userinfo: None,
            names_itself: false,
        }
    }

    fn named(claims: &Value) -> Option<User> {
        let token = format!("e30.{}.sig", URL_SAFE_NO_PAD.encode(claims.to_string()));
        read(&token, &metadata(), "frontrow").map(user)
    }

    #[test]
    fn a_person_is_shown_by_the_first_name_that_is_known() {
        let with = |claims: Value| {
            let mut all = json!({ "iss": "https://id.example", "aud": "frontrow", "sub": "u1" });
            all.as_object_mut().unwrap().extend(claims.as_object().unwrap().clone());
            named(&all).unwrap().name.to_string()
        };
        assert_eq!(with(json!({ "name": "Ada", "email": "ada@example.org" })), "Ada");
        assert_eq!(with(json!({ "name": "", "preferred_username": "ada" })), "ada");
        assert_eq!(with(json!({ "email": "ada@example.org" })), "ada@example.org");
        assert_eq!(with(json!({})), "u1");
        assert_eq!(with(json!({ "name": "A\u{1b}[2Jda" })), "A\u{fffd}[2Jda");
    }

    #[test]
    fn a_token_for_another_program_or_of_another_server_names_nobody() {
        assert!(named(&json!({ "iss": "https://id.example", "aud": ["x", "frontrow"], "sub": "u1" })).is_some());
        assert!(named(&json!({ "iss": "https://id.example", "aud": "x", "sub": "u1" })).is_none());
        assert!(named(&json!({ "iss": "https://evil.example", "aud": "frontrow", "sub": "u1" })).is_none());
        assert!(read("not a token", &metadata(), "frontrow").is_none());
    }
}
