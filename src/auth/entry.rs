//! The entry in the credential store: one for each server, JSON of less than a kilobyte.

use super::provider::Credential;
use crate::domain::{
    failure::{Failure, FailureKind},
    text::clean,
    user::User,
};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

/// The version of [`Entry`] that is written, and the only one that is read.
const VERSION: u8 = 1;
/// The widest word of an entry that is shown, in columns.
const SHOWN: usize = 100;

/// A sign-in as it is kept. It has no `Debug`: the credential is inside.
#[derive(Clone, Serialize, Deserialize)]
pub struct Entry {
    v: u8,
    sid: String,
    #[serde(with = "exposed")]
    cred: SecretString,
    r#gen: u32,
    provider: String,
    pub user: User,
    /// Who issued it. Entries of the first releases do not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    server: Option<String>,
}

/// Who issues the credentials that are accepted here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issuer {
    /// The provider's name, such as `local`.
    pub provider: &'static str,
    /// The service: an origin, or a box office's identity.
    pub server: String,
}

impl Entry {
    pub fn new(issuer: &Issuer, user: User, credential: Credential) -> Self {
        Self {
            v: VERSION,
            sid: credential.session,
            cred: credential.secret,
            r#gen: credential.generation,
            provider: issuer.provider.to_owned(),
            user,
            server: Some(issuer.server.clone()),
        }
    }

    /// The same sign-in with the credential that has taken the old one's place.
    pub fn succeeded_by(&self, issuer: &Issuer, successor: Credential) -> Self {
        Self::new(issuer, self.user.clone(), successor)
    }

    /// Reads what was kept. Whatever is wrong with it, signing in again replaces it, and the failure says so;
    /// `kept_in` says where it was found.
    pub fn read(text: &SecretString, issuer: &Issuer, kept_in: &str) -> Result<Self, Failure> {
        #[derive(Deserialize)]
        struct Versioned {
            v: u64,
        }
        let text = text.expose_secret();
        let refuse = |reason: String| Err(unusable(kept_in, &reason));
        match serde_json::from_str(text) {
            Ok(Versioned { v }) if v != u64::from(VERSION) => {
                return refuse(format!(
                    "was written by another version of frontrow (form {v}; form {VERSION} is read here)"
                ));
            }
            _ => {}
        }
        let Ok(entry) = serde_json::from_str::<Self>(text) else {
            return refuse("cannot be read: something else has been written over it".to_owned());
        };
        if entry.provider != issuer.provider {
            let theirs = clean(&entry.provider, SHOWN);
            return refuse(format!("was made with auth = \"{theirs}\", and now auth is \"{}\"", issuer.provider));
        }
        match &entry.server {
            Some(server) if *server != issuer.server => {
                refuse(format!("belongs to another server, {}, and not to {}", clean(server, SHOWN), issuer.server))
            }
            _ => Ok(entry),
        }
    }

    pub fn to_json(&self) -> Result<SecretString, Failure> {
        let failed = |_| Failure::new(FailureKind::Other, "internal", "the sign-in cannot be written as JSON");
        serde_json::to_string(self).map(SecretString::from).map_err(failed)
    }

    pub fn credential(&self) -> Credential {
        Credential { session: self.sid.clone(), secret: self.cred.clone(), generation: self.r#gen }
    }

    pub fn generation(&self) -> u32 {
        self.r#gen
    }

    /// Whether both hold the same secret. Both are this person's own, so it may take as long as it differs.
    pub fn is_same_credential(&self, other: &Self) -> bool {
        self.cred.expose_secret() == other.cred.expose_secret()
    }
}

fn unusable(kept_in: &str, reason: &str) -> Failure {
    let why = format!(
        "the sign-in that is kept in {kept_in} {reason}; sign in again, such as by `frontrow login`, which replaces it"
    );
    Failure::new(FailureKind::SignIn, "unusable_entry", why)
}

/// The one place where the credential is written and read in plain.
mod exposed {
    use super::{ExposeSecret, SecretString};
    use serde::{Deserialize, Deserializer, Serializer};

    pub fn serialize<S: Serializer>(secret: &SecretString, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(secret.expose_secret())
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<SecretString, D::Error> {
        String::deserialize(from).map(SecretString::from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST_RELEASE: &str = r#"{"v":1,"sid":"ses_1","cred":"frc_secret","gen":7,"provider":"local","user":{"id":"usr_1","email":"ada@example.org","name":"Ada"}}"#;

    fn read(text: &str) -> Result<Entry, Failure> {
        let issuer = Issuer { provider: "local", server: "https://cine.example".to_owned() };
        Entry::read(&SecretString::from(text), &issuer, "the keyring")
    }

    fn complaint(text: &str) -> String {
        let failure = read(text).err().expect("it is refused");
        assert_eq!((failure.kind, failure.code.as_str()), (FailureKind::SignIn, "unusable_entry"));
        assert!(failure.why.contains("kept in the keyring") && failure.why.contains("`frontrow login`"));
        assert!(!failure.why.contains("frc_secret") && !failure.why.contains('\n'), "{}", failure.why);
        failure.why
    }

    #[test]
    fn an_entry_of_the_first_release_is_read_and_what_is_written_names_the_server() {
        let Ok(entry) = read(FIRST_RELEASE) else { panic!("it is read") };
        assert_eq!((entry.generation(), entry.user.name.as_str()), (7, "Ada"));
        let issuer = Issuer { provider: "local", server: "https://cine.example".to_owned() };
        let written = entry.succeeded_by(&issuer, entry.credential()).to_json().unwrap();
        assert!(written.expose_secret().contains(r#""server":"https://cine.example""#));
        let Ok(again) = read(written.expose_secret()) else { panic!("it is read again") };
        assert!(again.is_same_credential(&entry) && again.credential().session == "ses_1");
    }

    #[test]
    fn every_kind_of_unusable_entry_is_one_sentence_that_says_how_to_mend_it() {
        for garbage in ["", "garbage", "null", "[]", "{}", "\u{0}\u{1b}[2J", r#"{"v":1}"#, r#"{"v":"one"}"#] {
            assert!(complaint(garbage).contains("cannot be read"), "{garbage}");
        }
        let newer = FIRST_RELEASE.replace(r#""v":1"#, r#""v":2"#);
        assert!(complaint(&newer).contains("form 2"));
        let clerk = FIRST_RELEASE.replace("local", "clerk");
        assert!(complaint(&clerk).contains(r#"auth = "clerk""#));
        let elsewhere = FIRST_RELEASE.replace("}}", r#"},"server":"https://other.example"}"#);
        let why = complaint(&elsewhere);
        assert!(why.contains("https://other.example") && why.contains("https://cine.example"), "{why}");
    }
}
