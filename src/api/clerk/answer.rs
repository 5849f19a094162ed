//! The parts of Clerk's answers that are used here. The answers hold far more, and change: what is missing, null or of
//! another form counts as not being there.

use crate::domain::{
    ids::UserId,
    text::{Text, clean},
    user::User,
};
use serde::{Deserialize, Deserializer, de::DeserializeOwned};
use serde_json::Value;

/// The answer to a step of a sign-in or sign-up, with the client that is sent along.
#[derive(Deserialize)]
pub struct StepAnswer {
    pub response: Progress,
    #[serde(default, deserialize_with = "lenient")]
    pub client: Client,
}

/// The answer to `GET /v1/client`.
#[derive(Deserialize)]
pub struct ClientAnswer {
    #[serde(default, deserialize_with = "lenient")]
    pub response: Client,
}

#[derive(Deserialize)]
pub struct TokenAnswer {
    pub jwt: String,
}

/// How far a sign-in or sign-up has come.
#[derive(Deserialize)]
pub struct Progress {
    pub id: String,
    pub status: String,
    #[serde(default, deserialize_with = "lenient")]
    pub created_session_id: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    pub supported_first_factors: Vec<Factor>,
    #[serde(default, deserialize_with = "lenient")]
    pub supported_second_factors: Vec<Factor>,
    /// Of a sign-up.
    #[serde(default, deserialize_with = "lenient")]
    pub email_address: Option<Text>,
    /// Of a sign-up: what must still be proven, such as `email_address`.
    #[serde(default, deserialize_with = "lenient")]
    pub unverified_fields: Vec<String>,
    /// Of a sign-up: what must still be given, such as `phone_number`.
    #[serde(default, deserialize_with = "lenient")]
    pub missing_fields: Vec<String>,
}

/// A way to prove who one is.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub struct Factor {
    #[serde(deserialize_with = "lenient")]
    pub strategy: String,
    #[serde(deserialize_with = "lenient")]
    pub email_address_id: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub phone_number_id: Option<String>,
    /// Where a code goes, such as `a•••@example.org`.
    #[serde(deserialize_with = "lenient")]
    pub safe_identifier: Option<Text>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Client {
    #[serde(deserialize_with = "lenient")]
    sessions: Vec<Session>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Session {
    #[serde(deserialize_with = "lenient")]
    id: String,
    #[serde(deserialize_with = "lenient")]
    pub status: String,
    #[serde(deserialize_with = "lenient")]
    pub user: Person,
    #[serde(deserialize_with = "lenient")]
    pub last_active_token: Option<TokenAnswer>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Person {
    #[serde(deserialize_with = "lenient")]
    id: String,
    #[serde(deserialize_with = "lenient")]
    first_name: Option<String>,
    #[serde(deserialize_with = "lenient")]
    last_name: Option<String>,
    #[serde(deserialize_with = "lenient")]
    username: Option<String>,
    #[serde(deserialize_with = "lenient")]
    primary_email_address_id: Option<String>,
    #[serde(deserialize_with = "lenient")]
    email_addresses: Vec<Address>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Address {
    #[serde(deserialize_with = "lenient")]
    id: String,
    #[serde(deserialize_with = "lenient")]
    email_address: String,
}

/// The body of a refusal.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Problems {
    #[serde(deserialize_with = "lenient")]
    pub errors: Vec<Problem>,
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub struct Problem {
    #[serde(deserialize_with = "lenient")]
    pub code: String,
    #[serde(deserialize_with = "lenient")]
    pub message: String,
    #[serde(deserialize_with = "lenient")]
    pub long_message: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub meta: Meta,
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub struct Meta {
    /// The field of the form that was refused.
    #[serde(deserialize_with = "lenient")]
    pub param_name: Option<String>,
}

impl Client {
    pub fn session(self, id: &str) -> Option<Session> {
        self.sessions.into_iter().find(|session| session.id == id)
    }
}

impl Person {
    /// The person with the primary e-mail address; without a name, the address stands for it.
    pub fn user(self) -> User {
        let primary =
            self.email_addresses.iter().find(|address| Some(&address.id) == self.primary_email_address_id.as_ref());
        let email = primary.or(self.email_addresses.first()).map_or("", |address| address.email_address.as_str());
        let names: Vec<&str> =
            [&self.first_name, &self.last_name].into_iter().flatten().map(|name| name.trim()).collect();
        let full = names.join(" ");
        let name = [full.trim(), self.username.as_deref().unwrap_or_default(), email]
            .into_iter()
            .find(|name| !name.is_empty())
            .unwrap_or_default();
        User { id: UserId::new(clean(&self.id, 80)), email: Text::new(email), name: Text::new(name) }
    }
}

fn lenient<'de, D: Deserializer<'de>, T: DeserializeOwned + Default>(deserializer: D) -> Result<T, D::Error> {
    let value = Value::deserialize(deserializer)?;
    Ok(T::deserialize(value).unwrap_or_default())
}
