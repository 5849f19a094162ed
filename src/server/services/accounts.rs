//! Accounts and sessions. A session has a long-lived credential that only mints access tokens; a token lives a
//! minute and is written nowhere.

use super::passwords::must_be_strong;
use crate::{
    domain::{env::random, ids::UserId, text::Text, user::User},
    server::{
        office::{Office, fingerprint, instant},
        problem::{Code, Refusal, quoted},
    },
    wire::{SessionInfo, SignInRequest, SignUpRequest},
};
use jiff::Timestamp;
use jsonwebtoken::{Algorithm, Header, Validation, decode, encode};
use serde::{Deserialize, Serialize};
use sqlx::{AnyConnection, Row, any::AnyRow};
use std::sync::Arc;

/// Seconds that an access token lives.
pub const TOKEN_SECONDS: i64 = 60;
const LEEWAY_SECONDS: i64 = 5;
const TOKEN_TYPE: &str = "at+jwt";
const MAX_TOKEN_BYTES: usize = 4096;
const IDLE_MS: i64 = 30 * DAY_MS;
const ABSOLUTE_MS: i64 = 90 * DAY_MS;
const DAY_MS: i64 = 24 * 60 * 60 * 1000;
/// The idle time starts again at most this often: a mint should not cost a write.
const TOUCH_MS: i64 = 60 * 60 * 1000;
const TRIES: i64 = 5;
const TRIES_MS: i64 = 15 * 60 * 1000;

/// A session that has just begun.
pub struct Begun {
    pub user: User,
    pub session: SessionInfo,
    /// The only time it is told.
    pub credential: String,
}

/// Who is behind a valid access token.
pub struct Person {
    pub user: User,
    pub session: String,
}

#[derive(Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    sub: String,
    sid: String,
    jti: String,
    iat: i64,
    exp: i64,
}

/// Opens an account and begins its first session.
pub async fn sign_up(office: &Arc<Office>, request: SignUpRequest) -> Result<Begun, Refusal> {
    let email = normal_email(&request.email)?;
    let name = Text::new(request.name.trim());
    if name.is_empty() || name.as_str().chars().count() > 100 {
        return Err(Refusal::new(Code::InvalidRequest, "The name must have 1 to 100 characters."));
    }
    must_be_strong(&request.password, &email)?;
    let hash = office.passwords.hash(request.password, random(&*office.entropy)).await?;
    let user = User { id: UserId(office.new_id("usr_")), email: Text::new(&email), name };
    let begin = NewSession::of(office, user.clone(), &request.device_label);
    let at = Arc::clone(office);
    office
        .db
        .write(move |tx| {
            Box::pin(async move {
                let added = sqlx::query(
                    "INSERT INTO users(id,email,name,pw_hash,created_at) VALUES($1,$2,$3,$4,$5)
                     ON CONFLICT(email) DO NOTHING",
                )
                .bind(user.id.0)
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
                begin.insert(tx, at.now_ms()).await
            })
        })
        .await
}

/// Begins a session for whoever knows the password.
pub async fn sign_in(office: &Arc<Office>, request: SignInRequest) -> Result<Begun, Refusal> {
    let SignInRequest::Password { email, password, device_label } = request else {
        return Err(Refusal::new(Code::InvalidRequest, "This box office signs in with \"password\" only."));
    };
    let email = normal_email(&email)?;
    // Each try is counted before it is checked, so that many at once are not all let through.
    let try_key = format!("password {email}");
    count_try(office, try_key.clone()).await?;
    let row = sqlx::query("SELECT id, email, name, pw_hash FROM users WHERE email=$1")
        .bind(email)
        .fetch_optional(office.db.read())
        .await?;
    let stored = row.as_ref().map(|row| row.try_get("pw_hash")).transpose()?;
    let right = office.passwords.verify(password, stored).await?;
    let user = row.filter(|_| right).as_ref().map(user_of).transpose()?;
    let user = user.ok_or_else(|| {
        Refusal::new(Code::BadLogin, "The e-mail address or the password is wrong; nobody was signed in.")
    })?;
    let begin = NewSession::of(office, user, &device_label);
    let at = Arc::clone(office);
    office
        .db
        .write(move |tx| {
            Box::pin(async move {
                sqlx::query("DELETE FROM throttle WHERE key=$1").bind(try_key).execute(&mut *tx).await?;
                begin.insert(tx, at.now_ms()).await
            })
        })
        .await
}

async fn count_try(office: &Arc<Office>, key: String) -> Result<(), Refusal> {
    let now = office.now_ms();
    let since = office
        .db
        .write(move |tx| {
            Box::pin(async move {
                let row = sqlx::query(
                    "INSERT INTO throttle(key,failures,since) VALUES($1,1,$2) ON CONFLICT(key) DO UPDATE SET
                       failures=CASE WHEN throttle.since<=$3 THEN 1 ELSE throttle.failures+1 END,
                       since=CASE WHEN throttle.since<=$3 THEN $2 ELSE throttle.since END
                     RETURNING failures, since",
                )
                .bind(key)
                .bind(now)
                .bind(now - TRIES_MS)
                .fetch_one(tx)
                .await?;
                let failures: i64 = row.try_get("failures")?;
                Ok(if failures > TRIES { Some(row.try_get::<i64, _>("since")?) } else { None })
            })
        })
        .await?;
    match since {
        None => Ok(()),
        Some(since) => {
            let seconds = ((since + TRIES_MS - now) / 1000).max(1);
            let detail = format!("Too many tries for this account; wait {} minutes.", (seconds + 59) / 60);
            Err(Refusal::after(Code::RateLimited, detail, seconds))
        }
    }
}

/// A session that is about to begin.
struct NewSession {
    id: String,
    user: User,
    device_label: String,
    credential: String,
}

impl NewSession {
    fn of(office: &Office, user: User, device_label: &str) -> Self {
        let device_label = crate::domain::text::clean(device_label, 100);
        Self { id: office.new_id("ses_"), user, device_label, credential: format!("frc_{}", office.new_secret()) }
    }

    async fn insert(self, tx: &mut AnyConnection, now: i64) -> Result<Begun, Refusal> {
        sqlx::query(
            "INSERT INTO sessions(id,user_id,device_label,created_at,idle_expires_at,abs_expires_at)
             VALUES($1,$2,$3,$4,$5,$6)",
        )
        .bind(self.id.clone())
        .bind(self.user.id.0.clone())
        .bind(self.device_label)
        .bind(now)
        .bind(now + IDLE_MS)
        .bind(now + ABSOLUTE_MS)
        .execute(&mut *tx)
        .await?;
        sqlx::query("INSERT INTO credentials(session_id,gen,hash,state,created_at) VALUES($1,1,$2,'active',$3)")
            .bind(self.id.clone())
            .bind(fingerprint(&self.credential))
            .bind(now)
            .execute(tx)
            .await?;
        let session = SessionInfo {
            id: self.id,
            expires_at: instant(now + ABSOLUTE_MS)?,
            idle_expires_at: instant(now + IDLE_MS)?,
        };
        Ok(Begun { user: self.user, session, credential: self.credential })
    }
}

/// A fresh access token for the session of a credential.
pub async fn mint(office: &Arc<Office>, session: &str, credential: &str) -> Result<String, Refusal> {
    let now = office.now();
    let row = sqlx::query(
        "SELECT s.user_id, s.idle_expires_at, s.abs_expires_at, s.revoked_at FROM credentials c
         JOIN sessions s ON s.id=c.session_id WHERE c.hash=$1 AND c.session_id=$2 AND c.state='active'",
    )
    .bind(fingerprint(credential))
    .bind(session.to_owned())
    .fetch_optional(office.db.read())
    .await?;
    let row = row.ok_or_else(invalid_credential)?;
    let user = must_be_open(&row, now.as_millisecond())?;
    if row.try_get::<i64, _>("idle_expires_at")? - now.as_millisecond() < IDLE_MS - TOUCH_MS {
        touch(office, session.to_owned(), now.as_millisecond() + IDLE_MS).await?;
    }
    token(office, user, session, now)
}

pub fn invalid_credential() -> Refusal {
    Refusal::new(Code::InvalidCredential, "The credential is not valid for this session; sign in again.")
}

/// The user of a session that has not ended.
fn must_be_open(row: &AnyRow, now: i64) -> Result<String, Refusal> {
    if row.try_get::<Option<i64>, _>("revoked_at")?.is_some() {
        return Err(Refusal::new(Code::SessionRevoked, "The session was signed out; sign in again."));
    }
    let ends = row.try_get::<i64, _>("idle_expires_at")?.min(row.try_get("abs_expires_at")?);
    if ends <= now {
        return Err(Refusal::new(Code::SessionExpired, "The session has ended by itself; sign in again."));
    }
    Ok(row.try_get("user_id")?)
}

async fn touch(office: &Office, session: String, idle_expires_at: i64) -> Result<(), Refusal> {
    office
        .db
        .write(move |tx| {
            Box::pin(async move {
                let query = sqlx::query("UPDATE sessions SET idle_expires_at=$2 WHERE id=$1");
                query.bind(session).bind(idle_expires_at).execute(tx).await?;
                Ok(())
            })
        })
        .await
}

/// An access token for a session that has just begun.
pub fn first_token(office: &Office, begun: &Begun) -> Result<String, Refusal> {
    token(office, begun.user.id.0.clone(), &begun.session.id, office.now())
}

fn token(office: &Office, user: String, session: &str, now: Timestamp) -> Result<String, Refusal> {
    let mut header = Header::new(Algorithm::EdDSA);
    header.typ = Some(TOKEN_TYPE.to_owned());
    header.kid = Some(office.keys.id.clone());
    let claims = Claims {
        iss: office.identity.clone(),
        aud: office.identity.clone(),
        sub: user,
        sid: session.to_owned(),
        jti: office.new_id(""),
        iat: now.as_second(),
        exp: now.as_second() + TOKEN_SECONDS,
    };
    encode(&header, &claims, &office.keys.encoding).map_err(Refusal::internal)
}

/// Who a token stands for, if it is one of ours, of this minute, and its session has not ended.
pub async fn authenticate(office: &Office, token: &str) -> Result<Person, Refusal> {
    let claims = claims_of(office, token).ok_or_else(|| invalid_token("It is not one of this server's"))?;
    let now = office.now();
    let (since, until) = (claims.iat - LEEWAY_SECONDS, claims.exp + LEEWAY_SECONDS);
    if !(since..until).contains(&now.as_second()) {
        return Err(invalid_token("Its minute is over"));
    }
    let row = sqlx::query(
        "SELECT u.id, u.email, u.name, s.user_id, s.idle_expires_at, s.abs_expires_at, s.revoked_at
         FROM sessions s JOIN users u ON u.id=s.user_id WHERE s.id=$1 AND u.id=$2",
    )
    .bind(claims.sid.clone())
    .bind(claims.sub)
    .fetch_optional(office.db.read())
    .await?;
    let row = row.ok_or_else(|| invalid_token("Its session is not known"))?;
    must_be_open(&row, now.as_millisecond())?;
    Ok(Person { user: user_of(&row)?, session: claims.sid })
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
    let data =
        (token.len() <= MAX_TOKEN_BYTES).then(|| decode::<Claims>(token, &office.keys.decoding, &rules).ok())??;
    (data.header.typ.as_deref() == Some(TOKEN_TYPE) && data.header.kid.as_ref() == Some(&office.keys.id))
        .then_some(data.claims)
}

/// Ends a session for whoever has its credential or one of its tokens. Ending it twice is no error.
pub async fn revoke(office: &Arc<Office>, session: &str, secret: &str) -> Result<(), Refusal> {
    let known = if secret.starts_with("frc_") {
        sqlx::query("SELECT 1 FROM credentials WHERE hash=$1 AND session_id=$2")
            .bind(fingerprint(secret))
            .bind(session.to_owned())
            .fetch_optional(office.db.read())
            .await?
            .is_some()
    } else {
        authenticate(office, secret).await?.session == session
    };
    if !known {
        return Err(invalid_credential());
    }
    let (session, now) = (session.to_owned(), office.now_ms());
    office
        .db
        .write(move |tx| {
            Box::pin(async move {
                let query = sqlx::query("UPDATE sessions SET revoked_at=$2 WHERE id=$1 AND revoked_at IS NULL");
                query.bind(session).bind(now).execute(tx).await?;
                Ok(())
            })
        })
        .await
}

fn user_of(row: &AnyRow) -> Result<User, Refusal> {
    Ok(User {
        id: UserId(row.try_get("id")?),
        email: Text::new(row.try_get("email")?),
        name: Text::new(row.try_get("name")?),
    })
}

/// An address in lower case, or what is wrong with it. Whether it receives mail only a mail can tell.
fn normal_email(raw: &str) -> Result<String, Refusal> {
    let email = raw.trim().to_lowercase();
    let plausible = email.split_once('@').is_some_and(|(name, domain)| {
        !name.is_empty()
            && !domain.is_empty()
            && !domain.contains('@')
            && !domain.starts_with('.')
            && !domain.ends_with('.')
    });
    let clean = !email.chars().any(|c| c.is_whitespace() || c.is_control()) && Text::new(&email).as_str() == email;
    if plausible && clean && email.len() <= 254 {
        return Ok(email);
    }
    let detail = format!("{} is not an e-mail address; one such as ann@example.org is accepted.", quoted(raw));
    Err(Refusal::new(Code::InvalidRequest, detail))
}
