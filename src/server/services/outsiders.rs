//! People whom a Clerk instance has signed in. The first token opens their account here, under the id that they have
//! there; they have no password here.

use super::{
    accounts::Role,
    audit::{Entry, Event},
    tokens::{Person, invalid_token},
};
use crate::{
    domain::{ids::UserId, text::Text, user::User},
    server::{
        clerk::{Claims, Clerk, Wrong},
        office::Office,
        problem::Refusal,
    },
};
use sqlx::Row;
use std::sync::Arc;

/// The widest name and address that are kept, in columns.
const MAX_TOLD: usize = 254;

/// Who a session token of the instance stands for.
pub async fn authenticate(office: &Arc<Office>, clerk: &Clerk, token: &str) -> Result<Person, Refusal> {
    let claims = clerk.claims(token, office.now(), office.clock.monotonic_ms()).await.map_err(|wrong| {
        invalid_token(match wrong {
            Wrong::Foreign => "It is not one of this server's, nor of its Clerk instance's",
            Wrong::Time => super::tokens::OVER,
            Wrong::Pending => "The sign-in at Clerk is not complete",
        })
    })?;
    let role = role(office, &claims);
    let user = known(office, &claims).await?;
    Ok(Person { user, role, session: claims.sid })
}

/// An address gives rights only where the instance says that it was proven.
fn role(office: &Office, claims: &Claims) -> Role {
    let email = claims.email.as_ref().filter(|_| claims.email_verified).map(|email| email.trim().to_lowercase());
    let admins = &office.rules.admins;
    if admins.contains(&claims.sub) || email.is_some_and(|email| admins.contains(&email)) {
        Role::Admin
    } else {
        Role::User
    }
}

/// The person's account, opened or brought up to date if need be.
async fn known(office: &Arc<Office>, claims: &Claims) -> Result<User, Refusal> {
    let told = |claim: &Option<String>| {
        claim.as_deref().map(|text| crate::domain::text::clean(text.trim(), MAX_TOLD)).filter(|text| !text.is_empty())
    };
    let (name, email) = (told(&claims.name), told(&claims.email));
    let row = sqlx::query("SELECT name, told_email FROM users WHERE id=$1")
        .bind(claims.sub.clone())
        .fetch_optional(office.db.read())
        .await?;
    let kept = match row {
        None => None,
        Some(row) => Some((row.try_get::<String, _>("name")?, row.try_get::<Option<String>, _>("told_email")?)),
    };
    let (old_name, old_email) = kept.clone().unwrap_or_default();
    let email = email.or(old_email).unwrap_or_default();
    let name = name.or(Some(old_name).filter(|name| !name.is_empty()));
    let name = name.unwrap_or_else(|| if email.is_empty() { claims.sub.clone() } else { email.clone() });
    let user = User { id: UserId(claims.sub.clone()), email: Text::new(&email), name: Text::new(&name) };
    if kept.is_some_and(|kept| kept == (name.clone(), Some(email.clone()))) {
        return Ok(user);
    }
    let (at, sub, session) = (Arc::clone(office), claims.sub.clone(), claims.sid.clone());
    office
        .db
        .write(move |tx| {
            Box::pin(async move {
                // The address by which people sign in here is not theirs: it holds what no address can be.
                let added = sqlx::query(
                    "INSERT INTO users(id,email,name,pw_hash,created_at,told_email) VALUES($1,$1,$2,'',$3,$4)
                     ON CONFLICT(id) DO NOTHING",
                )
                .bind(sub.clone())
                .bind(name.clone())
                .bind(at.now_ms())
                .bind(email.clone())
                .execute(&mut *tx)
                .await?;
                if added.rows_affected() == 1 {
                    let (user, session) = (Some(sub.as_str()), Some(session.as_str()));
                    return Entry { event: Event::SignedUp, user, session, peer: None }.add(tx, &at).await;
                }
                let query = sqlx::query("UPDATE users SET name=$2, told_email=$3 WHERE id=$1");
                query.bind(sub).bind(name).bind(email).execute(tx).await?;
                Ok(())
            })
        })
        .await?;
    Ok(user)
}
