//! The schema and its history. One SQL text for SQLite and PostgreSQL: only BIGINT and TEXT, `$n` placeholders.
//! Times are milliseconds since 1970 UTC, money is minor units.

use super::OpenError;
use sqlx::{AnyConnection, Connection, Row};

/// Every step that ever changed the schema, oldest first. A released step is never edited.
const STEPS: &[&[&str]] = &[
    &[
        "CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT NOT NULL)",
        "CREATE TABLE charts(hash TEXT PRIMARY KEY, json TEXT NOT NULL)",
        "CREATE TABLE movies(id TEXT PRIMARY KEY, title TEXT NOT NULL, json TEXT NOT NULL)",
        "CREATE TABLE shows(
       id BIGINT PRIMARY KEY, movie_id TEXT NOT NULL REFERENCES movies(id),
       hall_id TEXT NOT NULL, hall_name TEXT NOT NULL, chart TEXT NOT NULL REFERENCES charts(hash),
       starts_at BIGINT NOT NULL, ends_at BIGINT NOT NULL, seats BIGINT NOT NULL, prices TEXT NOT NULL)",
        "CREATE INDEX shows_movie ON shows(movie_id, starts_at)",
        "CREATE TABLE seeded_days(day BIGINT PRIMARY KEY)",
        // A hold is a booking that is not yet paid. `lines` are its seats with their frozen prices, as JSON.
        "CREATE TABLE bookings(
       id TEXT PRIMARY KEY, show_id BIGINT NOT NULL REFERENCES shows(id), user_id TEXT, channel TEXT NOT NULL,
       status TEXT NOT NULL CHECK(status IN('held','pending','paid','released','expired','cancelled')),
       seat_count BIGINT NOT NULL CHECK(seat_count>0), amount BIGINT NOT NULL, currency TEXT NOT NULL,
       lines TEXT NOT NULL, token_hash TEXT UNIQUE, extensions BIGINT NOT NULL,
       code TEXT UNIQUE, method TEXT, ticket TEXT,
       expires_at BIGINT NOT NULL, created_at BIGINT NOT NULL, paid_at BIGINT, cancelled_at BIGINT)",
        "CREATE INDEX bookings_due ON bookings(expires_at) WHERE status IN('held','pending')",
        "CREATE INDEX bookings_user ON bookings(user_id, created_at)",
        // No row: free. State 1 held, 2 sold. The primary key is what makes selling a seat twice impossible.
        "CREATE TABLE seat_claims(
       show_id BIGINT NOT NULL, seat BIGINT NOT NULL, booking_id TEXT NOT NULL REFERENCES bookings(id),
       state BIGINT NOT NULL CHECK(state IN(1,2)), expires_at BIGINT,
       PRIMARY KEY(show_id,seat), CHECK((state=1)=(expires_at IS NOT NULL)))",
        "CREATE INDEX seat_claims_booking ON seat_claims(booking_id)",
        "CREATE TABLE idempotency(
       scope TEXT NOT NULL, key TEXT NOT NULL, body_hash TEXT NOT NULL, response TEXT NOT NULL,
       created_at BIGINT NOT NULL, PRIMARY KEY(scope,key))",
        "CREATE TABLE users(
       id TEXT PRIMARY KEY, email TEXT NOT NULL UNIQUE, name TEXT NOT NULL, pw_hash TEXT NOT NULL,
       created_at BIGINT NOT NULL)",
        "CREATE TABLE sessions(
       id TEXT PRIMARY KEY, user_id TEXT NOT NULL REFERENCES users(id), device_label TEXT NOT NULL,
       created_at BIGINT NOT NULL, idle_expires_at BIGINT NOT NULL, abs_expires_at BIGINT NOT NULL,
       revoked_at BIGINT)",
        // The generation leaves room for rotation; only SHA-256 of a credential is ever stored.
        "CREATE TABLE credentials(
       session_id TEXT NOT NULL REFERENCES sessions(id), gen BIGINT NOT NULL, hash TEXT NOT NULL UNIQUE,
       state TEXT NOT NULL, created_at BIGINT NOT NULL, PRIMARY KEY(session_id,gen))",
        "CREATE TABLE throttle(key TEXT PRIMARY KEY, failures BIGINT NOT NULL, since BIGINT NOT NULL)",
        "CREATE TABLE favourites(
       user_id TEXT NOT NULL REFERENCES users(id), movie_id TEXT NOT NULL REFERENCES movies(id),
       created_at BIGINT NOT NULL, PRIMARY KEY(user_id,movie_id))",
    ],
    // Where the payment page sends people back to.
    &["ALTER TABLE bookings ADD COLUMN return_url TEXT"],
    // Credentials get successors; sessions say who began them, when they were seen last and why they ended.
    &[
        "ALTER TABLE users ADD COLUMN role TEXT NOT NULL DEFAULT 'user'",
        "ALTER TABLE sessions ADD COLUMN client_id TEXT NOT NULL DEFAULT 'frontrow'",
        "ALTER TABLE sessions ADD COLUMN last_seen_at BIGINT NOT NULL DEFAULT 0",
        "ALTER TABLE sessions ADD COLUMN revoke_reason TEXT",
        // The idle time was thirty days, counted from when the session was seen last.
        "UPDATE sessions SET last_seen_at=idle_expires_at-2592000000",
        "CREATE INDEX sessions_user ON sessions(user_id, created_at)",
        "ALTER TABLE credentials ADD COLUMN activated_at BIGINT",
        "ALTER TABLE credentials ADD COLUMN grace_until BIGINT",
        "UPDATE credentials SET activated_at=created_at",
        "ALTER TABLE throttle ADD COLUMN blocked_until BIGINT NOT NULL DEFAULT 0",
        // The newest signs. Of a key that another has replaced only the public half is kept, until its last token
        // is over.
        "CREATE TABLE signing_keys(
       id TEXT PRIMARY KEY, public TEXT NOT NULL, seed TEXT, created_at BIGINT NOT NULL, replaced_at BIGINT)",
        "CREATE TABLE audit(
       id TEXT PRIMARY KEY, at BIGINT NOT NULL, event TEXT NOT NULL, user_id TEXT, session_id TEXT, address TEXT)",
        "CREATE INDEX audit_at ON audit(at)",
    ],
    // Other ways to sign in: codes by mail, approval on another device, tickets.
    &[
        "ALTER TABLE users ADD COLUMN email_verified_at BIGINT",
        "CREATE TABLE device_grants(
       hash TEXT PRIMARY KEY, user_code TEXT NOT NULL UNIQUE, client_id TEXT NOT NULL, device_label TEXT NOT NULL,
       address TEXT NOT NULL, state TEXT NOT NULL CHECK(state IN('waiting','approved','refused')),
       user_id TEXT REFERENCES users(id), interval_ms BIGINT NOT NULL, asked_at BIGINT,
       created_at BIGINT NOT NULL, expires_at BIGINT NOT NULL)",
        "CREATE INDEX device_grants_end ON device_grants(expires_at)",
        // The seal is HMAC-SHA256(pepper, email|code): six digits alone would be guessed from a hash.
        "CREATE TABLE email_codes(
       email TEXT PRIMARY KEY, seal TEXT NOT NULL, tries BIGINT NOT NULL, expires_at BIGINT NOT NULL)",
        "CREATE TABLE sign_in_tickets(
       hash TEXT PRIMARY KEY, user_id TEXT NOT NULL REFERENCES users(id),
       issued_by TEXT NOT NULL REFERENCES users(id), kiosk BIGINT NOT NULL CHECK(kiosk IN(0,1)),
       expires_at BIGINT NOT NULL)",
    ],
    // Whether the last change of a hold's seats left a single one alone that need not be.
    &["ALTER TABLE bookings ADD COLUMN leaves_alone BIGINT NOT NULL DEFAULT 0"],
    &[
        // The address that another service tells of its people: nobody signs in by it here.
        "ALTER TABLE users ADD COLUMN told_email TEXT",
        // Events that came from outside, each once, and what became of them.
        "CREATE TABLE webhook_events(
       provider TEXT NOT NULL, event_id TEXT NOT NULL, kind TEXT NOT NULL, booking_id TEXT, outcome TEXT NOT NULL,
       received_at BIGINT NOT NULL, PRIMARY KEY(provider,event_id))",
    ],
];

/// Brings the schema up to date, all of it or nothing.
pub async fn migrate(conn: &mut AnyConnection) -> Result<(), OpenError> {
    let mut tx = conn.begin_with("BEGIN IMMEDIATE").await.map_err(super::explain)?;
    sqlx::query("CREATE TABLE IF NOT EXISTS schema_steps(step BIGINT PRIMARY KEY)")
        .execute(&mut *tx)
        .await
        .map_err(super::explain)?;
    let row = sqlx::query("SELECT COUNT(*) FROM schema_steps").fetch_one(&mut *tx).await.map_err(super::explain)?;
    let done = usize::try_from(row.try_get::<i64, _>(0)?).unwrap_or(usize::MAX);
    if done > STEPS.len() {
        return Err(OpenError::Damaged(format!(
            "it was written by a newer frontrow (schema {done}, this program knows {})",
            STEPS.len()
        )));
    }
    for (step, statements) in STEPS.iter().enumerate().skip(done) {
        for statement in *statements {
            sqlx::query(*statement).execute(&mut *tx).await.map_err(super::explain)?;
        }
        let step = i64::try_from(step + 1).unwrap_or(i64::MAX);
        sqlx::query("INSERT INTO schema_steps(step) VALUES($1)").bind(step).execute(&mut *tx).await?;
    }
    tx.commit().await.map_err(super::explain)
}
