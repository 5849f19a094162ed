//! Accounts: opening them, and signing in with a password.

use super::{
    audit::{Entry, Event},
    passwords::must_be_strong,
    sessions::{Begun, Life, NewSession, OWN_CLIENT},
    throttle,
};
use crate::{
    domain::{env::random, ids::UserId, text::Text, user::User},
    server::{
        office::Office,
        peer::Peer,
        problem::{Code, Refusal, quoted},
    },
    wire::{SignInRequest, SignUpRequest},
};
use sqlx::{Row, any::AnyRow};
use std::sync::Arc;

const NAME_CHARS: usize = 100;
const MAX_EMAIL_BYTES: usize = 254;

/// What somebody may do beyond their own affairs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    User,
    Admin,
}

impl Role {
    /// The role of the word that the database keeps; a word that is not known gives no rights.
    pub fn of(word: &str) -> Self {
        if word == Self::Admin.word() { Self::Admin } else { Self::User }
    }

    pub fn word(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Admin => "admin",
        }
    }
}

/// Opens an account and begins its first session.
pub async fn sign_up(office: &Arc<Office>, request: SignUpRequest, peer: Peer) -> Result<Begun, Refusal> {
    throttle::count_peer(office, "sign-up", peer, office.rules.limits.sign_ups_per_address).await?;
    let email = normal_email(&request.email)?;
    let name = Text::new(request.name.trim());
    if name.is_empty() || name.as_str().chars().count() > NAME_CHARS {
        let detail = format!("The name must have 1 to {NAME_CHARS} characters.");
        return Err(Refusal::new(Code::InvalidRequest, detail));
    }
    must_be_strong(&request.password, &email)?;
    let hash = office.passwords.hash(request.password, random(&*office.entropy)).await?;
    let user = User { id: UserId(office.new_id("usr_")), email: Text::new(&email), name };
    let begin = by_password(user.clone(), request.device_label, peer);
    let at = Arc::clone(office);
    office
        .db
        .write(move |tx| {
            Box::pin(async move {
                let added = sqlx::query(
                    "INSERT INTO users(id,email,name,pw_hash,created_at) VALUES($1,$2,$3,$4,$5)
                     ON CONFLICT(email) DO NOTHING",
                )
                .bind(user.id.0.clone())
                .bind(email.clone())
                .bind(user.name.to_string())
                .bind(hash)
                .bind(at.now_ms())
                .execute(&mut *tx)
                .await?;
                if added.rows_affected() == 0 {
                    let detail = format!("There is an account for {} already; sign in instead.", quoted(&email));
                    return Err(Refusal::new(Code::EmailTaken, detail));
                }
                let entry = Entry { event: Event::SignedUp, user: Some(&user.id.0), session: None, peer: Some(peer) };
                entry.add(tx, &at).await?;
                begin.begin(tx, &at).await
            })
        })
        .await
}

/// Begins a session for whoever proves to be somebody.
pub async fn sign_in(office: &Arc<Office>, request: SignInRequest, peer: Peer) -> Result<Begun, Refusal> {
    throttle::count_peer(office, "sign-in", peer, office.rules.limits.sign_ins_per_address).await?;
    match request {
        SignInRequest::Password { email, password, device_label } => {
            sign_in_by_password(office, &email, password, device_label, peer).await
        }
        SignInRequest::EmailCode { .. } | SignInRequest::Ticket { .. } => {
            Err(Refusal::new(Code::InvalidRequest, "This box office signs in with \"password\" only."))
        }
    }
}

async fn sign_in_by_password(
    office: &Arc<Office>,
    email: &str,
    password: String,
    device_label: String,
    peer: Peer,
) -> Result<Begun, Refusal> {
    let email = normal_email(email)?;
    let try_key = format!("password {email}");
    throttle::guess(office, try_key.clone()).await?;
    let row = sqlx::query("SELECT id, email, name, pw_hash FROM users WHERE email=$1")
        .bind(email)
        .fetch_optional(office.db.read())
        .await?;
    let stored = row.as_ref().map(|row| row.try_get("pw_hash")).transpose()?;
    let right = office.passwords.verify(password, stored).await?;
    let known = row.as_ref().map(user_of).transpose()?;
    let at = Arc::clone(office);
    let Some(user) = known.clone().filter(|_| right) else {
        let user = known.map(|user| user.id.0);
        let noted = office.db.write(move |tx| {
            Box::pin(async move {
                let entry =
                    Entry { event: Event::SignInFailed, user: user.as_deref(), session: None, peer: Some(peer) };
                entry.add(tx, &at).await
            })
        });
        noted.await?;
        return Err(Refusal::new(Code::BadLogin, "The e-mail address or the password is wrong; nobody was signed in."));
    };
    let begin = by_password(user, device_label, peer);
    office
        .db
        .write(move |tx| {
            Box::pin(async move {
                throttle::forget(tx, &try_key).await?;
                begin.begin(tx, &at).await
            })
        })
        .await
}

fn by_password(user: User, device_label: String, peer: Peer) -> NewSession {
    NewSession { user, device_label, client: OWN_CLIENT.to_owned(), life: Life::Person, peer }
}

/// The person of a row with `id`, `email` and `name`.
pub fn user_of(row: &AnyRow) -> Result<User, Refusal> {
    Ok(User {
        id: UserId(row.try_get("id")?),
        email: Text::new(row.try_get("email")?),
        name: Text::new(row.try_get("name")?),
    })
}

/// An address in lower case, or what is wrong with it. Whether it receives mail only a mail can tell.
pub fn normal_email(raw: &str) -> Result<String, Refusal> {
    let email = raw.trim().to_lowercase();
    let plausible = email.split_once('@').is_some_and(|(name, domain)| {
        !name.is_empty()
            && !domain.is_empty()
            && !domain.contains('@')
            && !domain.starts_with('.')
            && !domain.ends_with('.')
    });
    let clean = !email.chars().any(|c| c.is_whitespace() || c.is_control()) && Text::new(&email).as_str() == email;
    if plausible && clean && email.len() <= MAX_EMAIL_BYTES {
        return Ok(email);
    }
    let detail = format!("{} is not an e-mail address; one such as ann@example.org is accepted.", quoted(raw));
    Err(Refusal::new(Code::InvalidRequest, detail))
}
