//! The device grant (RFC 8628): a device shows a short code, and a person who types it elsewhere lets the device in.

use super::{
    accounts::user_of,
    audit::{Entry, Event},
    sessions::{Begun, Life, NewSession},
    throttle,
};
use crate::{
    domain::{
        env::{Entropy, random},
        text::{Text, clean},
        user::User,
    },
    server::{
        office::{Office, fingerprint, instant, millis},
        peer::Peer,
        problem::{Code, Refusal, quoted},
    },
};
use jiff::Timestamp;
use sqlx::{AnyConnection, Row};
use std::{sync::Arc, time::Duration};

/// Seconds between two questions of a device.
pub const INTERVAL: Duration = Duration::from_secs(5);
/// What a question that comes too early adds to them, for good (RFC 8628, 3.5).
const SLOWER: Duration = Duration::from_secs(5);

/// The letters of a user code: no vowels, so that no words come out, and none that look like others.
const LETTERS: &[u8; 20] = b"BCDFGHJKLMNPQRSTVWXZ";
const CODE_LENGTH: usize = 8;
/// Two codes are hardly ever the same; so many times in a row they never are.
const CODE_TRIES: usize = 4;
/// What is kept of the name that a device gives itself.
const LABEL_WIDTH: usize = 100;

/// A device's wish to be let in.
pub struct Wish {
    pub client: String,
    pub device_label: String,
    pub peer: Peer,
}

/// A grant that waits for a person.
pub struct Started {
    /// The device's secret: the only time it is told.
    pub device_code: String,
    pub user_code: String,
    pub lives_for: Duration,
}

/// What a person sees before they decide.
pub struct Waiting {
    pub user_code: String,
    pub device_label: Text,
    /// The address it was asked for from.
    pub address: String,
    pub expires_at: Timestamp,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    Approve,
    Refuse,
}

/// What a device that asks is told (RFC 8628, 3.5).
pub enum Answer {
    Granted(Box<Begun>),
    Pending,
    SlowDown,
    Denied,
    Expired,
    /// There is no such device code, or it has been used.
    Unknown,
}

/// Begins a grant.
pub async fn start(office: &Arc<Office>, wish: Wish) -> Result<Started, Refusal> {
    throttle::count_peer(office, "device code", wish.peer, office.rules.limits.device_codes_per_address).await?;
    let lives_for = office.rules.lifetimes.device_code;
    let device_code = office.new_secret();
    let (hash, now) = (fingerprint(&device_code), office.now_ms());
    let codes = std::array::from_fn::<_, CODE_TRIES, _>(|_| new_user_code(&*office.entropy));
    let user_code = office
        .db
        .write(move |tx| {
            Box::pin(async move {
                // A device that comes late is told so for as long again.
                sqlx::query("DELETE FROM device_grants WHERE expires_at<=$1")
                    .bind(now - millis(lives_for))
                    .execute(&mut *tx)
                    .await?;
                for code in codes {
                    let added = sqlx::query(
                        "INSERT INTO device_grants(hash,user_code,client_id,device_label,address,state,interval_ms,
                           created_at,expires_at) VALUES($1,$2,$3,$4,$5,'waiting',$6,$7,$8)
                         ON CONFLICT(user_code) DO NOTHING",
                    )
                    .bind(hash.clone())
                    .bind(code.clone())
                    .bind(wish.client.clone())
                    .bind(clean(&wish.device_label, LABEL_WIDTH))
                    .bind(wish.peer.to_string())
                    .bind(millis(INTERVAL))
                    .bind(now)
                    .bind(now + millis(lives_for))
                    .execute(&mut *tx)
                    .await?;
                    if added.rows_affected() == 1 {
                        return Ok(code);
                    }
                }
                Err(Refusal::busy())
            })
        })
        .await?;
    Ok(Started { device_code, user_code: spelled(&user_code), lives_for })
}

/// Eight letters, each as likely as the others.
fn new_user_code(entropy: &dyn Entropy) -> String {
    let mut code = String::with_capacity(CODE_LENGTH);
    while code.len() < CODE_LENGTH {
        // 240 is the last multiple of 20: what is above would favour the first letters.
        let fair = random::<16>(entropy).into_iter().filter(|byte| *byte < 240);
        code.extend(fair.take(CODE_LENGTH - code.len()).map(|byte| char::from(LETTERS[usize::from(byte) % 20])));
    }
    code
}

/// `WDJBMJHT` as people read it: `WDJB-MJHT`.
fn spelled(code: &str) -> String {
    let (first, second) = code.split_at(code.len() / 2);
    format!("{first}-{second}")
}

/// A code as it is kept, however it was typed.
fn bare(typed: &str) -> Option<String> {
    let code: String = typed.chars().filter(|c| !c.is_whitespace() && *c != '-').flat_map(char::to_uppercase).collect();
    (code.len() == CODE_LENGTH && code.bytes().all(|letter| LETTERS.contains(&letter))).then_some(code)
}

/// What waits under a code. `asker` names who looks, for the limit on wrong codes.
pub async fn waiting(office: &Arc<Office>, asker: &str, typed: &str) -> Result<Waiting, Refusal> {
    let key = count_typed(office, asker).await?;
    let row = sqlx::query(
        "SELECT device_label, address, expires_at, user_code FROM device_grants
         WHERE user_code=$1 AND state='waiting' AND expires_at>$2",
    )
    .bind(bare(typed).unwrap_or_default())
    .bind(office.now_ms())
    .fetch_optional(office.db.read())
    .await?
    .ok_or_else(|| not_waiting(typed))?;
    office.db.write(move |tx| Box::pin(async move { throttle::take_back(tx, &key).await })).await?;
    Ok(Waiting {
        user_code: spelled(row.try_get("user_code")?),
        device_label: Text::new(row.try_get("device_label")?),
        address: row.try_get("address")?,
        expires_at: instant(row.try_get("expires_at")?)?,
    })
}

/// Lets the device in as `user`, or refuses it. Only the first decision counts.
pub async fn decide(
    office: &Arc<Office>,
    user: &User,
    typed: &str,
    decision: Decision,
    peer: Peer,
) -> Result<(), Refusal> {
    let key = count_typed(office, &user.id.0).await?;
    let (code, missing) = (bare(typed).unwrap_or_default(), not_waiting(typed));
    let (state, event) = match decision {
        Decision::Approve => ("approved", Event::DeviceApproved),
        Decision::Refuse => ("refused", Event::DeviceRefused),
    };
    let (at, user, now) = (Arc::clone(office), user.id.0.clone(), office.now_ms());
    office
        .db
        .write(move |tx| {
            Box::pin(async move {
                let decided = sqlx::query(
                    "UPDATE device_grants SET state=$2, user_id=$3
                     WHERE user_code=$1 AND state='waiting' AND expires_at>$4",
                )
                .bind(code)
                .bind(state)
                .bind(user.clone())
                .bind(now)
                .execute(&mut *tx)
                .await?;
                if decided.rows_affected() == 0 {
                    return Err(missing);
                }
                throttle::take_back(tx, &key).await?;
                Entry { event, user: Some(&user), session: None, peer: Some(peer) }.add(tx, &at).await
            })
        })
        .await
}

/// Counts a typed code before it is looked up, so that many at once are not all let through; a right one is taken
/// back. The key of the count.
async fn count_typed(office: &Arc<Office>, asker: &str) -> Result<String, Refusal> {
    let key = format!("device approval {asker}");
    throttle::count(office, key.clone(), office.rules.limits.device_approvals).await?;
    Ok(key)
}

fn not_waiting(typed: &str) -> Refusal {
    let detail = format!(
        "No device waits under the code {}: it is mistyped, has been answered, or its time is over.",
        quoted(typed)
    );
    Refusal::new(Code::NotFound, detail)
}

/// A device asks whether it has been let in. If so, its session begins, and the code is gone in the same transaction.
pub async fn ask(office: &Arc<Office>, device_code: &str, client: &str, peer: Peer) -> Result<Answer, Refusal> {
    let (at, hash, client) = (Arc::clone(office), fingerprint(device_code), client.to_owned());
    office.db.write(move |tx| Box::pin(async move { answer(tx, &at, hash, client, peer).await })).await
}

async fn answer(
    tx: &mut AnyConnection,
    office: &Office,
    hash: String,
    client: String,
    peer: Peer,
) -> Result<Answer, Refusal> {
    let now = office.now_ms();
    let grant = sqlx::query(
        "SELECT g.state, g.device_label, g.interval_ms, g.asked_at, g.expires_at, u.id, u.email, u.name
         FROM device_grants g LEFT JOIN users u ON u.id=g.user_id WHERE g.hash=$1 AND g.client_id=$2",
    )
    .bind(hash.clone())
    .bind(client.clone())
    .fetch_optional(&mut *tx)
    .await?;
    let Some(grant) = grant else { return Ok(Answer::Unknown) };
    if grant.try_get::<i64, _>("expires_at")? <= now {
        return Ok(Answer::Expired);
    }
    let interval: i64 = grant.try_get("interval_ms")?;
    let early = grant.try_get::<Option<i64>, _>("asked_at")?.is_some_and(|at| (0..interval).contains(&(now - at)));
    let interval = if early { interval.saturating_add(millis(SLOWER)) } else { interval };
    sqlx::query("UPDATE device_grants SET asked_at=$2, interval_ms=$3 WHERE hash=$1")
        .bind(hash.clone())
        .bind(now)
        .bind(interval)
        .execute(&mut *tx)
        .await?;
    if early {
        return Ok(Answer::SlowDown);
    }
    match grant.try_get("state")? {
        "approved" => {}
        "refused" => return Ok(Answer::Denied),
        _ => return Ok(Answer::Pending),
    }
    sqlx::query("DELETE FROM device_grants WHERE hash=$1").bind(hash).execute(&mut *tx).await?;
    let device_label = grant.try_get("device_label")?;
    let session = NewSession { user: user_of(&grant)?, device_label, client, life: Life::Person, peer };
    Ok(Answer::Granted(Box::new(session.begin(tx, office).await?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Sequence(std::sync::atomic::AtomicU8);

    impl Entropy for Sequence {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill_with(|| self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed));
        }
    }

    #[test]
    fn a_new_code_is_one_that_is_accepted_and_takes_every_letter_alike() {
        let entropy = Sequence(0.into());
        let letters: Vec<u8> = (0..30).flat_map(|_| new_user_code(&entropy).into_bytes()).collect();
        assert_eq!(bare(std::str::from_utf8(&letters[..8]).unwrap()).unwrap().as_bytes(), &letters[..8]);
        // Bytes from 240 on are skipped: they would make the first letters likelier.
        assert_eq!(new_user_code(&Sequence(238.into())), "XZBCDFGH");
    }

    #[test]
    fn a_code_is_known_however_it_is_typed() {
        for typed in ["WDJB-MJHT", "wdjbmjht", " w d j b - m j h t "] {
            assert_eq!(bare(typed).as_deref(), Some("WDJBMJHT"), "{typed}");
        }
        for typed in ["", "WDJB-MJH", "WDJB-MJHTX", "WDJB-MJHA", "ẞDJBMJHT"] {
            assert_eq!(bare(typed), None, "{typed}");
        }
        assert_eq!(spelled("WDJBMJHT"), "WDJB-MJHT");
    }
}
