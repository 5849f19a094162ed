//! What happened to accounts and sessions, for whoever looks into it later. Rows are added, and tidied away when
//! they are old; nothing changes them. They hold no secret, and nothing that somebody typed.

use crate::server::{office::Office, peer::Peer, problem::Refusal};
use sqlx::AnyConnection;

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    SignedUp,
    SignedIn,
    /// Wrong password, code or ticket.
    SignInFailed,
    /// A credential's successor was handed out.
    Rotated,
    /// The successor was used and has taken its place.
    Activated,
    /// A credential was used whose time was long over: the session ended.
    Reused,
    /// A credential was used that another had replaced before it was ever used.
    LostUsed,
    Revoked,
    RoleChanged,
    /// A device was let in from elsewhere, or refused.
    DeviceApproved,
    DeviceRefused,
    TicketIssued,
}

impl Event {
    fn word(self) -> &'static str {
        match self {
            Self::SignedUp => "signed_up",
            Self::SignedIn => "signed_in",
            Self::SignInFailed => "sign_in_failed",
            Self::Rotated => "rotated",
            Self::Activated => "activated",
            Self::Reused => "credential_reuse",
            Self::LostUsed => "lost_credential_used",
            Self::Revoked => "revoked",
            Self::RoleChanged => "role_changed",
            Self::DeviceApproved => "device_approved",
            Self::DeviceRefused => "device_refused",
            Self::TicketIssued => "ticket_issued",
        }
    }
}

/// A row. Ids are those of the database; `None` where there is none or it is not known.
pub struct Entry<'a> {
    pub event: Event,
    pub user: Option<&'a str>,
    pub session: Option<&'a str>,
    /// `None` for the server itself.
    pub peer: Option<Peer>,
}

impl Entry<'_> {
    /// Adds the row to the transaction `tx` of what it tells of.
    pub async fn add(&self, tx: &mut AnyConnection, office: &Office) -> Result<(), Refusal> {
        sqlx::query("INSERT INTO audit(id,at,event,user_id,session_id,address) VALUES($1,$2,$3,$4,$5,$6)")
            .bind(office.new_id("aud_"))
            .bind(office.now_ms())
            .bind(self.event.word())
            .bind(self.user.map(str::to_owned))
            .bind(self.session.map(str::to_owned))
            .bind(self.peer.map(|peer| peer.to_string()))
            .execute(tx)
            .await?;
        Ok(())
    }
}
