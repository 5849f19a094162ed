//! Tickets for signing in: good for one sign-in, for minutes. Somebody signed in makes one for a machine that stands
//! elsewhere.

use super::{
    accounts::{Role, user_of},
    audit::{Entry, Event},
    sessions::{Begun, Life, NewSession},
    tokens::Person,
};
use crate::{
    domain::ids::UserId,
    server::{
        office::{Office, fingerprint, instant},
        peer::Peer,
        problem::{Code, Refusal, quoted},
    },
    wire::{CLIENT_ID, TicketAnswer, TicketRequest},
};
use sqlx::Row;
use std::sync::Arc;

/// What a ticket begins with, so that people and programs recognise one.
pub const TICKET_PREFIX: &str = "frt_";
/// Seconds that a ticket lives at least.
const SHORTEST: u64 = 60;

/// Makes a ticket for the person, or for somebody else where the person is an admin.
pub async fn issue(
    office: &Arc<Office>,
    person: &Person,
    request: TicketRequest,
    peer: Peer,
) -> Result<TicketAnswer, Refusal> {
    let longest = office.rules.lifetimes.ticket.as_secs();
    if !(SHORTEST..=longest).contains(&request.expires_in) {
        let detail = format!("A ticket lives {SHORTEST} to {longest} seconds; expires_in is {}.", request.expires_in);
        return Err(Refusal::new(Code::InvalidRequest, detail));
    }
    let user = request.user_id.unwrap_or_else(|| person.user.id.clone());
    if person.role != Role::Admin && (user != person.user.id || request.kiosk) {
        let detail = "Only an admin makes tickets for others and for kiosks; leave user_id and kiosk out.";
        return Err(Refusal::new(Code::Forbidden, detail));
    }
    must_be_known(office, &user).await?;
    let ticket = format!("{TICKET_PREFIX}{}", office.new_secret());
    let now = office.now_ms();
    let expires_at = now + i64::try_from(request.expires_in * 1000).map_err(Refusal::internal)?;
    let (at, hash, issuer) = (Arc::clone(office), fingerprint(&ticket), person.user.id.0.clone());
    let issued_in = person.session.clone();
    office
        .db
        .write(move |tx| {
            Box::pin(async move {
                sqlx::query("DELETE FROM sign_in_tickets WHERE expires_at<=$1").bind(now).execute(&mut *tx).await?;
                sqlx::query(
                    "INSERT INTO sign_in_tickets(hash,user_id,issued_by,kiosk,expires_at) VALUES($1,$2,$3,$4,$5)",
                )
                .bind(hash)
                .bind(user.0.clone())
                .bind(issuer)
                .bind(i64::from(request.kiosk))
                .bind(expires_at)
                .execute(&mut *tx)
                .await?;
                // Whom it is for, and from whose session.
                let (user, session) = (Some(user.0.as_str()), Some(issued_in.as_str()));
                let entry = Entry { event: Event::TicketIssued, user, session, peer: Some(peer) };
                entry.add(tx, &at).await
            })
        })
        .await?;
    Ok(TicketAnswer { ticket, expires_at: instant(expires_at)?, server_time: office.now() })
}

async fn must_be_known(office: &Office, user: &UserId) -> Result<(), Refusal> {
    let known = sqlx::query("SELECT 1 FROM users WHERE id=$1").bind(user.0.clone()).fetch_optional(office.db.read());
    match known.await? {
        Some(_) => Ok(()),
        None => Err(Refusal::new(Code::NotFound, format!("There is no user {}.", quoted(&user.0)))),
    }
}

/// Begins a session for whoever brings a ticket; the ticket is gone in the same transaction.
pub async fn sign_in(office: &Arc<Office>, ticket: &str, device_label: String, peer: Peer) -> Result<Begun, Refusal> {
    let (at, hash, now) = (Arc::clone(office), fingerprint(ticket.trim()), office.now_ms());
    let begun = office.db.write(move |tx| {
        Box::pin(async move {
            let taken =
                sqlx::query("DELETE FROM sign_in_tickets WHERE hash=$1 AND expires_at>$2 RETURNING user_id, kiosk")
                    .bind(hash)
                    .bind(now)
                    .fetch_optional(&mut *tx)
                    .await?;
            let Some(taken) = taken else {
                let entry = Entry { event: Event::SignInFailed, user: None, session: None, peer: Some(peer) };
                return entry.add(tx, &at).await.map(|()| None);
            };
            let user = sqlx::query("SELECT id, email, name FROM users WHERE id=$1")
                .bind(taken.try_get::<String, _>("user_id")?)
                .fetch_one(&mut *tx)
                .await?;
            let user = user_of(&user)?;
            let life = if taken.try_get::<i64, _>("kiosk")? == 1 { Life::Kiosk } else { Life::Person };
            let session = NewSession { user, device_label, client: CLIENT_ID.to_owned(), life, peer };
            session.begin(tx, &at).await.map(Some)
        })
    });
    begun.await?.ok_or_else(|| {
        let detail = "The ticket is not valid: it was used, its time is over, or it is not one of this box office.";
        Refusal::new(Code::BadLogin, detail)
    })
}
