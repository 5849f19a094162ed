//! Codes by mail: six digits that prove that somebody reads the mail of an address. Whether the address has an
//! account changes the mail alone; whoever asks is told the same, after the same work.

use super::{
    accounts::{NewAccount, Opened, normal_email, user_of},
    audit::{Entry, Event},
    sessions::{Begun, Life, NewSession},
    throttle,
};
use crate::{
    domain::{
        env::{Entropy, random},
        user::User,
    },
    server::{
        mail::{Mail, Mailer},
        office::{Office, millis},
        peer::Peer,
        problem::{Code, Refusal},
    },
    wire::{CLIENT_ID, MailSent},
};
use sqlx::{AnyConnection, Row};
use std::sync::Arc;

/// Tries of one code.
const TRIES: i64 = 5;
/// What codes are sealed for ([`crate::server::pepper::Pepper`]).
const PURPOSE: &str = "email code";

/// What a code was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Aim {
    SignIn,
    SignUp,
}

/// Mails a code to an address. Only the newest code of an address is good.
pub async fn send(office: &Arc<Office>, email: &str, aim: Aim, peer: Peer) -> Result<MailSent, Refusal> {
    let Some(mailer) = office.mailer.clone() else {
        let detail = "This box office sends no mail; sign in with a password or from another device.";
        return Err(Refusal::new(Code::InvalidRequest, detail));
    };
    throttle::count_peer(office, "email code", peer, office.rules.limits.sign_ins_per_address).await?;
    let address = normal_email(email)?;
    throttle::count(office, format!("email code {address}"), office.rules.limits.email_codes).await?;
    let known = sqlx::query("SELECT id FROM users WHERE email=$1")
        .bind(address.clone())
        .fetch_optional(office.db.read())
        .await?
        .is_some();
    let code = new_code(&*office.entropy);
    let seal = office.pepper.seal(PURPOSE, &[&address, &code])?;
    let lives_for = office.rules.lifetimes.email_code;
    let (to, expires_at) = (address.clone(), office.now_ms() + millis(lives_for));
    office
        .db
        .write(move |tx| {
            Box::pin(async move {
                sqlx::query(
                    "INSERT INTO email_codes(email,seal,tries,expires_at) VALUES($1,$2,0,$3)
                     ON CONFLICT(email) DO UPDATE SET seal=$2, tries=0, expires_at=$3",
                )
                .bind(to)
                .bind(seal)
                .bind(expires_at)
                .execute(tx)
                .await?;
                Ok(())
            })
        })
        .await?;
    if let Some(text) = text_for(aim, known, &code, office) {
        let subject = format!("Your code for {}", office.cinema.name);
        // Not waited for: the time must not tell whether there is an account.
        tokio::spawn(deliver(mailer, Mail { to: address, subject, text }));
    }
    Ok(MailSent { mailed_to: email.trim().to_owned(), expires_in: lives_for.as_secs(), server_time: office.now() })
}

async fn deliver(mailer: Arc<dyn Mailer>, mail: Mail) {
    if let Err(error) = mailer.send(mail).await {
        tracing::error!(%error, "a code could not be mailed");
    }
}

/// What the mail says; `None` where nobody is to be written to.
fn text_for(aim: Aim, known: bool, code: &str, office: &Office) -> Option<String> {
    let minutes = office.rules.lifetimes.email_code.as_secs() / 60;
    let cinema = &office.cinema.name;
    let begin = match (aim, known) {
        (Aim::SignIn, false) => return None,
        (Aim::SignIn, true) => format!("Your code for signing in at {cinema}:"),
        (Aim::SignUp, false) => format!("Your code for a new account at {cinema}:"),
        (Aim::SignUp, true) => format!(
            "Somebody, perhaps you, wanted a new account at {cinema} for this address. You have one already. This code \
             signs you in to it:"
        ),
    };
    Some(format!(
        "{begin}\n\n    {code}\n\nIt is good for {minutes} minutes. If you did not ask for it, do nothing: without the \
         code nobody gets in. Tell it to nobody; nobody of ours will ever ask you for it.\n"
    ))
}

/// Six digits, each code as likely as the others.
fn new_code(entropy: &dyn Entropy) -> String {
    loop {
        let number = u32::from_be_bytes(random(entropy));
        // The last multiple of a million; what is above would favour small codes.
        if number < 4_294_000_000 {
            return format!("{:06}", number % 1_000_000);
        }
    }
}

/// Begins a session for whoever knows the code that was mailed to the address.
pub async fn sign_in(
    office: &Arc<Office>,
    email: &str,
    code: String,
    device_label: String,
    peer: Peer,
) -> Result<Begun, Refusal> {
    let email = normal_email(email)?;
    let at = Arc::clone(office);
    let begun = office.db.write(move |tx| {
        Box::pin(async move {
            let right = is_right(tx, &at, &email, &code).await?;
            let Some(user) = user_with(tx, &email).await?.filter(|_| right) else {
                return fail(tx, &at, peer).await.map(|()| None);
            };
            prove(tx, &at, &email).await?;
            begin(tx, &at, user, device_label, peer).await.map(Some)
        })
    });
    begun.await?.ok_or_else(wrong_code)
}

/// Opens an account for whoever knows the code that was mailed to its address. Where there is one already, the code
/// signs in to that, and nothing of it changes; unless nobody had proven the address: then somebody else may have opened
/// it, and waits with a password of their own for the owner to come.
pub async fn sign_up(
    office: &Arc<Office>,
    account: NewAccount,
    code: String,
    device_label: String,
    peer: Peer,
) -> Result<Begun, Refusal> {
    let at = Arc::clone(office);
    let begun = office.db.write(move |tx| {
        Box::pin(async move {
            if !is_right(tx, &at, &account.email, &code).await? {
                return fail(tx, &at, peer).await.map(|()| None);
            }
            let owner = match account.open(tx, &at, peer).await? {
                Opened::New => None,
                Opened::HasOne => {
                    account.take_over_unproven(tx, &at, peer).await?;
                    user_with(tx, &account.email).await?
                }
            };
            prove(tx, &at, &account.email).await?;
            begin(tx, &at, owner.unwrap_or(account.user), device_label, peer).await.map(Some)
        })
    });
    begun.await?.ok_or_else(wrong_code)
}

async fn user_with(tx: &mut AnyConnection, email: &str) -> Result<Option<User>, Refusal> {
    let row = sqlx::query("SELECT id, email, name FROM users WHERE email=$1").bind(email.to_owned());
    row.fetch_optional(tx).await?.as_ref().map(user_of).transpose()
}

/// Whether this is the address's code. The try is counted in the same transaction.
async fn is_right(tx: &mut AnyConnection, office: &Office, email: &str, code: &str) -> Result<bool, Refusal> {
    let row = sqlx::query(
        "UPDATE email_codes SET tries=tries+1 WHERE email=$1 AND tries<$2 AND expires_at>$3 RETURNING seal",
    )
    .bind(email.to_owned())
    .bind(TRIES)
    .bind(office.now_ms())
    .fetch_optional(tx)
    .await?;
    match row {
        Some(row) => office.pepper.is_of(row.try_get("seal")?, PURPOSE, &[email, code.trim()]),
        None => Ok(false),
    }
}

/// The code is used up, and the address is its owner's.
async fn prove(tx: &mut AnyConnection, office: &Office, email: &str) -> Result<(), Refusal> {
    sqlx::query("DELETE FROM email_codes WHERE email=$1").bind(email.to_owned()).execute(&mut *tx).await?;
    sqlx::query("UPDATE users SET email_verified_at=$2 WHERE email=$1 AND email_verified_at IS NULL")
        .bind(email.to_owned())
        .bind(office.now_ms())
        .execute(tx)
        .await?;
    Ok(())
}

async fn begin(
    tx: &mut AnyConnection,
    office: &Office,
    user: User,
    device_label: String,
    peer: Peer,
) -> Result<Begun, Refusal> {
    NewSession { user, device_label, client: CLIENT_ID.to_owned(), life: Life::Person, peer }.begin(tx, office).await
}

/// Whose code was wrong is not written down: it may be nobody's.
async fn fail(tx: &mut AnyConnection, office: &Office, peer: Peer) -> Result<(), Refusal> {
    Entry { event: Event::SignInFailed, user: None, session: None, peer: Some(peer) }.add(tx, office).await
}

fn wrong_code() -> Refusal {
    let detail = "The code is wrong, used or too old; nobody was signed in. Type the one of the newest mail, or ask for \
                  another.";
    Refusal::new(Code::BadLogin, detail)
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Bytes(std::sync::Mutex<Vec<u32>>);

    impl Entropy for Bytes {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.copy_from_slice(&self.0.lock().unwrap().remove(0).to_be_bytes());
        }
    }

    #[test]
    fn a_code_has_six_digits_and_is_drawn_fairly() {
        let entropy = Bytes(vec![7, u32::MAX, 4_294_000_000, 4_293_999_999].into());
        assert_eq!(new_code(&entropy), "000007");
        assert_eq!(new_code(&entropy), "999999", "what would favour small codes is drawn again");
    }
}
