//! Sessions: where somebody is signed in. A session has a long-lived credential that only mints access tokens.

use super::{
    accounts::Role,
    audit::{Entry, Event},
    credentials::{self, CREDENTIAL_PREFIX, invalid_credential},
    tokens::{self, Person},
};
use crate::{
    domain::{text::Text, user::User},
    server::{
        office::{Office, fingerprint, instant, millis},
        peer::Peer,
        problem::{Code, Refusal},
    },
    wire::{DeviceSession, SessionInfo},
};
use axum::http::StatusCode;
use sqlx::{AnyConnection, Row, any::AnyRow};
use std::{sync::Arc, time::Duration};

/// What is kept of the name that a device gives itself.
const LABEL_CHARS: usize = 100;

/// How long a session lasts however much it is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Life {
    Person,
    /// A machine that stands where everybody can use it.
    Kiosk,
}

/// A session that is about to begin.
pub struct NewSession {
    pub user: User,
    /// What the person will see in the list of their devices, as the device calls itself.
    pub device_label: String,
    /// The program, as OAuth names it: [`crate::wire::CLIENT_ID`] where nothing else is known.
    pub client: String,
    pub life: Life,
    pub peer: Peer,
}

/// A session that has just begun.
pub struct Begun {
    pub user: User,
    pub role: Role,
    pub session: SessionInfo,
    pub client: String,
    /// The only time it is told.
    pub credential: String,
}

impl NewSession {
    /// Begins it with its first credential, in the transaction of the sign-in, and writes the audit.
    pub async fn begin(self, tx: &mut AnyConnection, office: &Office) -> Result<Begun, Refusal> {
        let (id, now) = (office.new_id("ses_"), office.now_ms());
        let credential = format!("{CREDENTIAL_PREFIX}{}", office.new_secret());
        let lifetimes = &office.rules.lifetimes;
        let longest = match self.life {
            Life::Person => lifetimes.session,
            Life::Kiosk => lifetimes.kiosk_session,
        };
        let (expires_at, idle_expires_at) = (now + millis(longest), now + millis(lifetimes.session_idle));
        sqlx::query(
            "INSERT INTO sessions(id,user_id,client_id,device_label,created_at,last_seen_at,idle_expires_at,
               abs_expires_at) VALUES($1,$2,$3,$4,$5,$5,$6,$7)",
        )
        .bind(id.clone())
        .bind(self.user.id.0.clone())
        .bind(self.client.clone())
        .bind(crate::domain::text::clean(&self.device_label, LABEL_CHARS))
        .bind(now)
        .bind(idle_expires_at)
        .bind(expires_at)
        .execute(&mut *tx)
        .await?;
        sqlx::query(
            "INSERT INTO credentials(session_id,gen,hash,state,created_at,activated_at)
             VALUES($1,1,$2,'active',$3,$3)",
        )
        .bind(id.clone())
        .bind(fingerprint(&credential))
        .bind(now)
        .execute(&mut *tx)
        .await?;
        let row = sqlx::query("SELECT role FROM users WHERE id=$1").bind(self.user.id.0.clone());
        let role = Role::of(row.fetch_one(&mut *tx).await?.try_get("role")?);
        let (user, session) = (Some(self.user.id.0.as_str()), Some(id.as_str()));
        Entry { event: Event::SignedIn, user, session, peer: Some(self.peer) }.add(tx, office).await?;
        let session = SessionInfo { id, expires_at: instant(expires_at)?, idle_expires_at: instant(idle_expires_at)? };
        Ok(Begun { user: self.user, role, session, client: self.client, credential })
    }
}

/// Why a session was ended before its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    SignedOut,
    /// From another session of the same person.
    SignedOutElsewhere,
    /// A credential came back that its successor had replaced.
    CredentialReuse,
}

impl Reason {
    pub fn word(self) -> &'static str {
        match self {
            Self::SignedOut => "signed_out",
            Self::SignedOutElsewhere => "signed_out_elsewhere",
            Self::CredentialReuse => "credential_reuse",
        }
    }

    fn sentence(word: &str) -> &'static str {
        match word {
            "signed_out_elsewhere" => "The session was signed out from another device; sign in again.",
            "credential_reuse" => {
                "The session was ended because an old credential of it was used again, as somebody would who has \
                 copied it; sign in again."
            }
            _ => "The session was signed out; sign in again.",
        }
    }
}

/// The session was ended, for the reason that the database keeps.
pub fn revoked(reason: Option<String>) -> Refusal {
    let reason = reason.unwrap_or_else(|| Reason::SignedOut.word().to_owned());
    Refusal { reason: Some(reason.clone()), ..Refusal::new(Code::SessionRevoked, Reason::sentence(&reason)) }
}

/// Refuses a session that has ended.
pub fn must_be_open(row: &AnyRow, now: i64) -> Result<(), Refusal> {
    if row.try_get::<Option<i64>, _>("revoked_at")?.is_some() {
        return Err(revoked(row.try_get("revoke_reason")?));
    }
    let ends = row.try_get::<i64, _>("idle_expires_at")?.min(row.try_get("abs_expires_at")?);
    if ends <= now {
        return Err(Refusal::new(Code::SessionExpired, "The session has ended by itself; sign in again."));
    }
    Ok(())
}

/// Notes that a session is in use, so that its idle time starts again.
pub async fn touch(office: &Office, session: String, now: i64, idle: Duration) -> Result<(), Refusal> {
    let idle_expires_at = now + millis(idle);
    office
        .db
        .write(move |tx| {
            Box::pin(async move {
                let query = sqlx::query("UPDATE sessions SET last_seen_at=$2, idle_expires_at=$3 WHERE id=$1");
                query.bind(session).bind(now).bind(idle_expires_at).execute(tx).await?;
                Ok(())
            })
        })
        .await
}

/// Where the person is signed in, newest first.
pub async fn list(office: &Office, person: &Person) -> Result<Vec<DeviceSession>, Refusal> {
    let rows = sqlx::query(
        "SELECT id, device_label, created_at, last_seen_at, idle_expires_at, abs_expires_at FROM sessions
         WHERE user_id=$1 AND revoked_at IS NULL AND idle_expires_at>$2 AND abs_expires_at>$2
         ORDER BY created_at DESC, id DESC",
    )
    .bind(person.user.id.0.clone())
    .bind(office.now_ms())
    .fetch_all(office.db.read())
    .await?;
    rows.iter().map(|row| device_session(row, &person.session)).collect()
}

fn device_session(row: &AnyRow, current: &str) -> Result<DeviceSession, Refusal> {
    let id: String = row.try_get("id")?;
    let expires_at = row.try_get::<i64, _>("idle_expires_at")?.min(row.try_get("abs_expires_at")?);
    Ok(DeviceSession {
        current: id == current,
        id,
        device_label: Text::new(row.try_get("device_label")?),
        created_at: instant(row.try_get("created_at")?)?,
        last_seen_at: instant(row.try_get("last_seen_at")?)?,
        expires_at: instant(expires_at)?,
    })
}

/// Signs one of the person's sessions out. Ending it twice is no error.
pub async fn end(office: &Arc<Office>, person: &Person, session: &str, peer: Peer) -> Result<(), Refusal> {
    let owner = sqlx::query("SELECT user_id FROM sessions WHERE id=$1")
        .bind(session.to_owned())
        .fetch_optional(office.db.read())
        .await?;
    let owner = owner.map(|row| row.try_get::<String, _>("user_id")).transpose()?;
    if owner.as_ref() != Some(&person.user.id.0) {
        let detail = "You have no such session; GET /v1/sessions lists yours.";
        return Err(Refusal::new(Code::NotFound, detail));
    }
    let reason = if session == person.session { Reason::SignedOut } else { Reason::SignedOutElsewhere };
    revoke(office, session, reason, peer).await
}

/// Ends a session for whoever has one of its credentials or one of its tokens. Ending it twice is no error.
pub async fn sign_out(office: &Arc<Office>, session: &str, secret: &str, peer: Peer) -> Result<(), Refusal> {
    let known = if secret.starts_with(CREDENTIAL_PREFIX) {
        sqlx::query("SELECT 1 FROM credentials WHERE hash=$1 AND session_id=$2")
            .bind(fingerprint(secret))
            .bind(session.to_owned())
            .fetch_optional(office.db.read())
            .await?
            .is_some()
    } else {
        tokens::authenticate(office, secret).await?.session == session
    };
    if !known {
        return Err(invalid_credential());
    }
    revoke(office, session, Reason::SignedOut, peer).await
}

/// Ends the session that a credential or an access token is of, for an OAuth client (RFC 7009). What is of none is worth
/// nothing already, so it is no error.
pub async fn end_of_token(office: &Arc<Office>, secret: &str, client: &str, peer: Peer) -> Result<(), Refusal> {
    let session = match credentials::session_of(office, secret, client).await? {
        Some(session) => session,
        None => match tokens::authenticate(office, secret).await {
            Ok(person) => person.session,
            Err(refusal) if refusal.code.status() == StatusCode::UNAUTHORIZED => return Ok(()),
            Err(refusal) => return Err(refusal),
        },
    };
    revoke(office, &session, Reason::SignedOut, peer).await
}

async fn revoke(office: &Arc<Office>, session: &str, reason: Reason, peer: Peer) -> Result<(), Refusal> {
    let (at, session) = (Arc::clone(office), session.to_owned());
    office.db.write(move |tx| Box::pin(async move { end_in(tx, &at, &session, reason, peer).await })).await
}

/// Ends a session at once, its access tokens included, and writes the audit. The first reason stays.
pub async fn end_in(
    tx: &mut AnyConnection,
    office: &Office,
    session: &str,
    reason: Reason,
    peer: Peer,
) -> Result<(), Refusal> {
    let ended = sqlx::query(
        "UPDATE sessions SET revoked_at=$2, revoke_reason=$3 WHERE id=$1 AND revoked_at IS NULL RETURNING user_id",
    )
    .bind(session.to_owned())
    .bind(office.now_ms())
    .bind(reason.word())
    .fetch_optional(&mut *tx)
    .await?;
    let Some(row) = ended else { return Ok(()) };
    let user: String = row.try_get("user_id")?;
    let event = if reason == Reason::CredentialReuse { Event::Reused } else { Event::Revoked };
    Entry { event, user: Some(&user), session: Some(session), peer: Some(peer) }.add(tx, office).await
}
