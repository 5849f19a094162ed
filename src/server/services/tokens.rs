//! Access tokens: signed (RFC 9068), good for about a minute, written nowhere.

use super::{
    accounts::{Role, user_of},
    outsiders,
    sessions::{Begun, must_be_open},
};
use crate::{
    domain::user::User,
    server::{
        clerk::is_signed_like_clerks,
        office::Office,
        problem::{Code, Refusal},
    },
    wire::SignedIn,
};
use jsonwebtoken::{Algorithm, Header, Validation, decode, decode_header, encode};
use serde::{Deserialize, Serialize};
use sqlx::Row;
use std::sync::Arc;

const LEEWAY_SECONDS: i64 = 5;
const TOKEN_TYPE: &str = "at+jwt";
const MAX_TOKEN_BYTES: usize = 4096;
/// What is wrong with a token that was good before.
pub const OVER: &str = "Its minute is over";

/// Who is behind a valid access token.
#[derive(Clone)]
pub struct Person {
    pub user: User,
    pub role: Role,
    pub session: String,
}

/// Whom a token is for.
pub struct Bearer {
    pub user: String,
    pub role: Role,
    pub session: String,
    /// Which program the session was begun by.
    pub client: String,
}

#[derive(Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    sub: String,
    sid: String,
    client_id: String,
    role: String,
    jti: String,
    iat: i64,
    exp: i64,
}

/// An access token.
pub fn issue(office: &Office, bearer: Bearer) -> Result<String, Refusal> {
    let mut header = Header::new(Algorithm::EdDSA);
    header.typ = Some(TOKEN_TYPE.to_owned());
    let key = office.keys.current();
    header.kid = Some(key.public.id.clone());
    let now = office.now().as_second();
    let claims = Claims {
        iss: office.identity.clone(),
        aud: office.identity.clone(),
        sub: bearer.user,
        sid: bearer.session,
        client_id: bearer.client,
        role: bearer.role.word().to_owned(),
        jti: office.new_id(""),
        iat: now,
        exp: now + office.rules.lifetimes.access_token.as_secs().cast_signed(),
    };
    encode(&header, &claims, &key.encoding).map_err(Refusal::internal)
}

/// The answer to a sign-in of any kind: all that the client gets, with its first access token.
pub fn signed_in(office: &Office, begun: Begun) -> Result<SignedIn, Refusal> {
    let Begun { user, role, session, client, credential } = begun;
    let bearer = Bearer { user: user.id.0.clone(), role, session: session.id.clone(), client };
    Ok(SignedIn {
        access_token: issue(office, bearer)?,
        user,
        session,
        credential,
        token_type: "Bearer".to_owned(),
        expires_in: office.rules.lifetimes.access_token.as_secs(),
        server_time: office.now(),
    })
}

/// Who a token stands for: one of ours, of this minute, whose session has not ended, or one of the Clerk instance that
/// is trusted here.
pub async fn authenticate(office: &Arc<Office>, token: &str) -> Result<Person, Refusal> {
    if let Some(clerk) = office.outside.clerk.as_ref().filter(|_| is_signed_like_clerks(token)) {
        return outsiders::authenticate(office, clerk, token).await;
    }
    let claims = claims_of(office, token).ok_or_else(|| invalid_token("It is not one of this server's"))?;
    let now = office.now();
    let (since, until) = (claims.iat - LEEWAY_SECONDS, claims.exp + LEEWAY_SECONDS);
    if !(since..until).contains(&now.as_second()) {
        return Err(invalid_token(OVER));
    }
    let row = sqlx::query(
        "SELECT u.id, u.email, u.name, u.role, s.idle_expires_at, s.abs_expires_at, s.revoked_at, s.revoke_reason
         FROM sessions s JOIN users u ON u.id=s.user_id WHERE s.id=$1 AND u.id=$2",
    )
    .bind(claims.sid.clone())
    .bind(claims.sub)
    .fetch_optional(office.db.read())
    .await?;
    let row = row.ok_or_else(|| invalid_token("Its session is not known"))?;
    must_be_open(&row, now.as_millisecond())?;
    Ok(Person { user: user_of(&row)?, role: Role::of(row.try_get("role")?), session: claims.sid })
}

pub fn invalid_token(why: &str) -> Refusal {
    Refusal::new(Code::InvalidToken, format!("The access token is not valid. {why}; mint a fresh one."))
}

fn claims_of(office: &Office, token: &str) -> Option<Claims> {
    let mut rules = Validation::new(Algorithm::EdDSA);
    rules.set_issuer(&[&office.identity]);
    rules.set_audience(&[&office.identity]);
    rules.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
    // The library would look at the system's clock; ours is handed in.
    rules.validate_exp = false;
    let header = (token.len() <= MAX_TOKEN_BYTES).then(|| decode_header(token).ok())??;
    let key = office.keys.checking(header.kid.as_deref()?, office.now_ms())?;
    let data = decode::<Claims>(token, &key.decoding, &rules).ok()?;
    (data.header.typ.as_deref() == Some(TOKEN_TYPE)).then_some(data.claims)
}
