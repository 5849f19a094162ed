//! Credentials: minting access tokens with them.

use super::{
    accounts::Role,
    sessions::{must_be_open, touch},
    tokens::{self, Bearer},
};
use crate::server::{
    office::{Office, fingerprint},
    problem::{Code, Refusal},
};
use sqlx::Row;
use std::sync::Arc;

/// What a credential begins with, so that people and programs recognise one.
pub const CREDENTIAL_PREFIX: &str = "frc_";
/// The idle time starts again at most this often: a mint should not cost a write.
const TOUCH_MS: i64 = 60 * 60 * 1000;

/// A fresh access token for the session of a credential.
pub async fn mint(office: &Arc<Office>, session: &str, credential: &str) -> Result<String, Refusal> {
    let now = office.now_ms();
    let row = sqlx::query(
        "SELECT s.user_id, s.client_id, s.last_seen_at, s.idle_expires_at, s.abs_expires_at, s.revoked_at,
           s.revoke_reason, u.role
         FROM credentials c JOIN sessions s ON s.id=c.session_id JOIN users u ON u.id=s.user_id
         WHERE c.hash=$1 AND c.session_id=$2 AND c.state='active'",
    )
    .bind(fingerprint(credential))
    .bind(session.to_owned())
    .fetch_optional(office.db.read())
    .await?;
    let row = row.ok_or_else(invalid_credential)?;
    must_be_open(&row, now)?;
    if row.try_get::<i64, _>("last_seen_at")? + TOUCH_MS <= now {
        touch(office, session.to_owned(), now, office.rules.lifetimes.session_idle).await?;
    }
    let bearer = Bearer {
        user: row.try_get("user_id")?,
        role: Role::of(row.try_get("role")?),
        session: session.to_owned(),
        client: row.try_get("client_id")?,
    };
    tokens::issue(office, bearer)
}

pub fn invalid_credential() -> Refusal {
    Refusal::new(Code::InvalidCredential, "The credential is not valid for this session; sign in again.")
}
