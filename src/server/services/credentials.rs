//! Credentials: minting access tokens with them, and handing out their successors by the rule of [`generations`].

use super::{
    accounts::Role,
    audit::{Entry, Event},
    generations::{Chain, Generation, Stage, Verdict, judge},
    sessions::{self, Reason, must_be_open, touch},
    tokens::{self, Bearer},
};
use crate::server::{
    office::{Office, fingerprint, millis},
    peer::Peer,
    problem::{Code, Refusal},
};
use sqlx::{AnyConnection, Row, any::AnyRow};
use std::sync::Arc;

/// What a credential begins with, so that people and programs recognise one.
pub const CREDENTIAL_PREFIX: &str = "frc_";
/// The idle time starts again at most this often: a mint should not cost a write.
const TOUCH_MS: i64 = 60 * 60 * 1000;

/// An access token, and what is to be done about the credential it was minted with.
pub struct Minted {
    pub jwt: String,
    pub standing: Standing,
}

/// How a credential stands that was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    Current,
    /// Old enough to be replaced when there is time.
    RotationDue,
    /// Its successor is in use already.
    Superseded,
}

/// A credential's successor.
pub struct Rotated {
    /// The only time it is told.
    pub credential: String,
    pub generation: u32,
}

/// A credential that was presented, of a session that has not ended.
struct Presented {
    session: String,
    user: String,
    generation: Generation,
    /// When it took its place, if it has.
    activated_at: Option<i64>,
    last_seen_at: i64,
    role: Role,
    client: String,
}

/// A fresh access token for the session of a credential.
pub async fn mint(office: &Arc<Office>, session: &str, credential: &str, peer: Peer) -> Result<Minted, Refusal> {
    let presented = find(office, session, credential).await?;
    office.allowances.mints.take(&presented.session)?;
    let now = office.now_ms();
    let standing = match judge(presented.generation.stage, now) {
        Verdict::Current if is_old(office, &presented, now) => Standing::RotationDue,
        Verdict::Current => Standing::Current,
        Verdict::Superseded => Standing::Superseded,
        Verdict::FirstUse | Verdict::Reuse | Verdict::Lost => {
            let (at, used) = (Arc::clone(office), Use::of(&presented, peer));
            office.db.write(move |tx| Box::pin(async move { settle(tx, &at, &used).await })).await??;
            Standing::Current
        }
    };
    if presented.last_seen_at + TOUCH_MS <= now {
        let noted = touch(office, presented.session.clone(), now, office.rules.lifetimes.session_idle).await;
        // A full disk should not keep people out.
        if let Err(refusal) = noted {
            tracing::warn!("the use of a session was not noted: {refusal}");
        }
    }
    let Office { keys, db, clock, entropy, rules, .. } = &**office;
    keys.renew_when_due(db, &**clock, &**entropy, &rules.lifetimes).await;
    let Presented { session, user, role, client, .. } = presented;
    Ok(Minted { jwt: tokens::issue(office, Bearer { user, role, session, client })?, standing })
}

/// The same for a client that knows its session by the credential alone: an OAuth client's refresh token.
pub async fn refresh(office: &Arc<Office>, credential: &str, client: &str, peer: Peer) -> Result<Minted, Refusal> {
    let session = session_of(office, credential, client).await?.ok_or_else(invalid_credential)?;
    mint(office, &session, credential, peer).await
}

/// Which session of this client a credential is or was of.
pub async fn session_of(office: &Office, credential: &str, client: &str) -> Result<Option<String>, Refusal> {
    let session = sqlx::query(
        "SELECT c.session_id FROM credentials c JOIN sessions s ON s.id=c.session_id WHERE c.hash=$1 AND s.client_id=$2",
    )
    .bind(fingerprint(credential))
    .bind(client.to_owned())
    .fetch_optional(office.db.read())
    .await?;
    Ok(session.map(|row| row.try_get("session_id")).transpose()?)
}

/// The successor of a credential. The credential stays good until the successor is used for the first time.
pub async fn rotate(office: &Arc<Office>, session: &str, credential: &str, peer: Peer) -> Result<Rotated, Refusal> {
    let presented = find(office, session, credential).await?;
    office.allowances.rotations.take(&presented.session)?;
    let successor = format!("{CREDENTIAL_PREFIX}{}", office.new_secret());
    let (at, used, hash) = (Arc::clone(office), Use::of(&presented, peer), fingerprint(&successor));
    let generation = office
        .db
        .write(move |tx| {
            Box::pin(async move {
                let (chain, verdict) = match settle(tx, &at, &used).await? {
                    Ok(settled) => settled,
                    Err(refusal) => return Ok(Err(refusal)),
                };
                if verdict == Verdict::Superseded {
                    let detail = "Another credential has taken this one's place; use that one.";
                    return Ok(Err(Refusal::new(Code::Superseded, detail)));
                }
                succeed(tx, &at, &used, chain, hash).await.map(Ok)
            })
        })
        .await??;
    Ok(Rotated { credential: successor, generation })
}

pub fn invalid_credential() -> Refusal {
    Refusal::new(Code::InvalidCredential, "The credential is not valid for this session; sign in again.")
}

/// The credential, if it is or was one of this session's and the session has not ended.
async fn find(office: &Office, session: &str, credential: &str) -> Result<Presented, Refusal> {
    let row = sqlx::query(
        "SELECT c.gen, c.state, c.activated_at, c.grace_until, s.user_id, s.client_id, s.last_seen_at,
           s.idle_expires_at, s.abs_expires_at, s.revoked_at, s.revoke_reason, u.role
         FROM credentials c JOIN sessions s ON s.id=c.session_id JOIN users u ON u.id=s.user_id
         WHERE c.hash=$1 AND c.session_id=$2",
    )
    .bind(fingerprint(credential))
    .bind(session.to_owned())
    .fetch_optional(office.db.read())
    .await?;
    let row = row.ok_or_else(invalid_credential)?;
    must_be_open(&row, office.now_ms())?;
    Ok(Presented {
        session: session.to_owned(),
        user: row.try_get("user_id")?,
        generation: generation_of(&row)?,
        activated_at: row.try_get("activated_at")?,
        last_seen_at: row.try_get("last_seen_at")?,
        role: Role::of(row.try_get("role")?),
        client: row.try_get("client_id")?,
    })
}

fn is_old(office: &Office, presented: &Presented, now: i64) -> bool {
    presented.activated_at.is_none_or(|since| since + millis(office.rules.lifetimes.credential) <= now)
}

/// Which credential is used, and from where.
struct Use {
    session: String,
    user: String,
    number: u32,
    peer: Peer,
}

impl Use {
    fn of(presented: &Presented, peer: Peer) -> Self {
        let Presented { session, user, generation, .. } = presented;
        Self { session: session.clone(), user: user.clone(), number: generation.number, peer }
    }

    async fn audit(&self, tx: &mut AnyConnection, office: &Office, event: Event) -> Result<(), Refusal> {
        let (user, session) = (Some(self.user.as_str()), Some(self.session.as_str()));
        Entry { event, user, session, peer: Some(self.peer) }.add(tx, office).await
    }
}

/// Applies the use of a credential. The inner refusal is what its client is told; what led to it is kept.
async fn settle(
    tx: &mut AnyConnection,
    office: &Office,
    used: &Use,
) -> Result<Result<(Chain, Verdict), Refusal>, Refusal> {
    let mut chain = load(tx, used).await?;
    let before = chain.clone();
    let grace = millis(office.rules.lifetimes.credential_grace);
    let verdict = chain
        .present(used.number, office.now_ms(), grace)
        .ok_or_else(|| Refusal::internal("a credential is gone from the database"))?;
    store(tx, office, used, &before, &chain).await?;
    match verdict {
        Verdict::Current | Verdict::Superseded => {}
        Verdict::FirstUse => used.audit(tx, office, Event::Activated).await?,
        Verdict::Lost => {
            used.audit(tx, office, Event::LostUsed).await?;
            return Ok(Err(invalid_credential()));
        }
        Verdict::Reuse => {
            let reason = Reason::CredentialReuse;
            sessions::end_in(tx, office, &used.session, reason, used.peer).await?;
            return Ok(Err(sessions::revoked(Some(reason.word().to_owned()))));
        }
    }
    Ok(Ok((chain, verdict)))
}

/// Adds the successor whose hash this is, and says which generation it is.
async fn succeed(
    tx: &mut AnyConnection,
    office: &Office,
    used: &Use,
    mut chain: Chain,
    hash: String,
) -> Result<u32, Refusal> {
    let before = chain.clone();
    let number = chain.succeed();
    store(tx, office, used, &before, &chain).await?;
    sqlx::query("INSERT INTO credentials(session_id,gen,hash,state,created_at) VALUES($1,$2,$3,$4,$5)")
        .bind(used.session.clone())
        .bind(i64::from(number))
        .bind(hash)
        .bind(columns(Stage::Pending).0)
        .bind(office.now_ms())
        .execute(&mut *tx)
        .await?;
    used.audit(tx, office, Event::Rotated).await?;
    Ok(number)
}

/// The credentials that the rule looks at.
async fn load(tx: &mut AnyConnection, used: &Use) -> Result<Chain, Refusal> {
    let rows = sqlx::query(
        "SELECT gen, state, grace_until FROM credentials
         WHERE session_id=$1 AND (gen=$2 OR state IN('active','pending')) ORDER BY gen",
    )
    .bind(used.session.clone())
    .bind(i64::from(used.number))
    .fetch_all(tx)
    .await?;
    rows.iter().map(generation_of).collect::<Result<_, _>>().map(Chain)
}

/// Writes down what has changed.
async fn store(
    tx: &mut AnyConnection,
    office: &Office,
    used: &Use,
    before: &Chain,
    after: &Chain,
) -> Result<(), Refusal> {
    let now = office.now_ms();
    for (old, new) in before.0.iter().zip(&after.0).filter(|(old, new)| old != new) {
        let (state, grace_until) = columns(new.stage);
        sqlx::query(
            "UPDATE credentials SET state=$3, grace_until=$4, activated_at=COALESCE(activated_at,$5)
             WHERE session_id=$1 AND gen=$2",
        )
        .bind(used.session.clone())
        .bind(i64::from(old.number))
        .bind(state)
        .bind(grace_until)
        .bind((new.stage == Stage::Active).then_some(now))
        .execute(&mut *tx)
        .await?;
    }
    Ok(())
}

fn columns(stage: Stage) -> (&'static str, Option<i64>) {
    match stage {
        Stage::Pending => ("pending", None),
        Stage::Active => ("active", None),
        Stage::Replaced { grace_until } => ("replaced", Some(grace_until)),
        Stage::Lost => ("lost", None),
    }
}

fn generation_of(row: &AnyRow) -> Result<Generation, Refusal> {
    let number = u32::try_from(row.try_get::<i64, _>("gen")?).map_err(Refusal::internal)?;
    let stage = match row.try_get::<String, _>("state")?.as_str() {
        "pending" => Stage::Pending,
        "active" => Stage::Active,
        "replaced" => Stage::Replaced { grace_until: row.try_get::<Option<i64>, _>("grace_until")?.unwrap_or(0) },
        "lost" => Stage::Lost,
        word => return Err(Refusal::internal(format!("a credential's state is {word:?}"))),
    };
    Ok(Generation { number, stage })
}
