//! Accounts: opening them, and signing in with a password.

use super::{
    audit::{Entry, Event},
    email_codes::{self, Aim},
    passwords::{Proof, must_be_strong},
    sessions::{self, Begun, Life, NewSession, Reason},
    sign_in_tickets, throttle,
};
use crate::{
    domain::{env::random, ids::UserId, text::Text, user::User},
    server::{
        office::Office,
        peer::Peer,
        problem::{Code, Refusal, quoted},
    },
    wire::{CLIENT_ID, MailSent, SignInRequest, SignUpRequest},
};
use sqlx::{AnyConnection, Row, any::AnyRow};
use std::sync::Arc;

const NAME_CHARS: usize = 100;
const MAX_EMAIL_BYTES: usize = 254;

/// What somebody may do beyond their own affairs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    User,
    Admin,
}

impl Role {
    /// The role of the word that the database keeps; a word that is not known gives no rights.
    pub fn of(word: &str) -> Self {
        if word == Self::Admin.word() { Self::Admin } else { Self::User }
    }

    pub fn word(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Admin => "admin",
        }
    }
}

/// Gives the accounts of these addresses the role of an admin and takes it from all others, and says so in the audit.
pub async fn appoint(office: &Arc<Office>) -> Result<(), Refusal> {
    let rows = sqlx::query("SELECT id, email, role FROM users WHERE role='admin'").fetch_all(office.db.read()).await?;
    let mut changes = Vec::new();
    for row in rows {
        if !office.rules.admins.contains(&row.try_get("email")?) {
            changes.push((row.try_get::<String, _>("id")?, Role::User));
        }
    }
    for email in &office.rules.admins {
        // Where addresses are proven by mail, an account that nobody has proven may be anybody's.
        let query = sqlx::query(
            "SELECT id FROM users WHERE email=$1 AND role<>'admin' AND (email_verified_at IS NOT NULL OR $2=0)",
        );
        let query = query.bind(email.clone()).bind(i64::from(office.mailer.is_some()));
        if let Some(row) = query.fetch_optional(office.db.read()).await? {
            changes.push((row.try_get("id")?, Role::Admin));
        }
    }
    if changes.is_empty() {
        return Ok(());
    }
    let at = Arc::clone(office);
    office
        .db
        .write(move |tx| {
            Box::pin(async move {
                for (user, role) in changes {
                    let query = sqlx::query("UPDATE users SET role=$2 WHERE id=$1");
                    query.bind(user.clone()).bind(role.word()).execute(&mut *tx).await?;
                    let entry = Entry { event: Event::RoleChanged, user: Some(&user), session: None, peer: None };
                    entry.add(tx, &at).await?;
                }
                Ok(())
            })
        })
        .await
}

/// An account that is about to be opened.
pub struct NewAccount {
    pub user: User,
    pub email: String,
    pub pw_hash: String,
}

impl NewAccount {
    /// Opens it, unless the address has one.
    pub async fn open(&self, tx: &mut AnyConnection, office: &Office, peer: Peer) -> Result<Opened, Refusal> {
        let added = sqlx::query(
            "INSERT INTO users(id,email,name,pw_hash,created_at) VALUES($1,$2,$3,$4,$5) ON CONFLICT(email) DO NOTHING",
        )
        .bind(self.user.id.0.clone())
        .bind(self.email.clone())
        .bind(self.user.name.to_string())
        .bind(self.pw_hash.clone())
        .bind(office.now_ms())
        .execute(&mut *tx)
        .await?;
        if added.rows_affected() == 0 {
            return Ok(Opened::HasOne);
        }
        let user = Some(self.user.id.0.as_str());
        Entry { event: Event::SignedUp, user, session: None, peer: Some(peer) }.add(tx, office).await?;
        Ok(Opened::New)
    }
}

impl NewAccount {
    /// Puts its password and name in the place of those of an account whose address nobody has proven, and ends the
    /// sessions of that.
    pub async fn take_over_unproven(&self, tx: &mut AnyConnection, office: &Office, peer: Peer) -> Result<(), Refusal> {
        let taken = sqlx::query(
            "UPDATE users SET pw_hash=$2, name=$3 WHERE email=$1 AND email_verified_at IS NULL RETURNING id",
        )
        .bind(self.email.clone())
        .bind(self.pw_hash.clone())
        .bind(self.user.name.to_string())
        .fetch_optional(&mut *tx)
        .await?;
        let Some(taken) = taken else { return Ok(()) };
        let open = sqlx::query("SELECT id FROM sessions WHERE user_id=$1 AND revoked_at IS NULL")
            .bind(taken.try_get::<String, _>("id")?)
            .fetch_all(&mut *tx)
            .await?;
        for session in open {
            sessions::end_in(tx, office, session.try_get("id")?, Reason::SignedOutElsewhere, peer).await?;
        }
        Ok(())
    }
}

/// Whether an account was opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opened {
    New,
    HasOne,
}

/// How far a sign-up has come.
pub enum SignUp {
    Begun(Box<Begun>),
    /// The address is to be proven first.
    MailSent(MailSent),
}

/// Opens an account and begins its first session. Where mail can be sent, the address is proven first: the same
/// request comes again with the code, so that nothing of it needs to be kept meanwhile.
pub async fn sign_up(office: &Arc<Office>, request: SignUpRequest, peer: Peer) -> Result<SignUp, Refusal> {
    let SignUpRequest { email, password, name, device_label, code } = request;
    let (name, address) = (account_name(&name)?, normal_email(&email)?);
    must_be_strong(&password, &address)?;
    let code = code.filter(|_| office.mailer.is_some());
    let limits = &office.rules.limits;
    // A sign-up is counted when it begins; what is mistyped before, or the code after it, makes no account more.
    let (what, limit) = match code {
        Some(_) => ("sign-in", limits.sign_ins_per_address),
        None => ("sign-up", limits.sign_ups_per_address),
    };
    throttle::count_peer(office, what, peer, limit).await?;
    if office.mailer.is_some() && code.is_none() {
        return email_codes::send(office, &email, Aim::SignUp, peer).await.map(SignUp::MailSent);
    }
    let pw_hash = office.passwords.hash(password, random(&*office.entropy)).await?;
    let user = User { id: UserId(office.new_id("usr_")), email: Text::new(&address), name };
    let account = NewAccount { user, email: address, pw_hash };
    let begun = match code {
        Some(code) => email_codes::sign_up(office, account, code, device_label, peer).await,
        None => open_unproven(office, account, device_label, peer).await,
    };
    begun.map(|begun| SignUp::Begun(Box::new(begun)))
}

fn account_name(raw: &str) -> Result<Text, Refusal> {
    let name = Text::new(raw.trim());
    if name.is_empty() || name.as_str().chars().count() > NAME_CHARS {
        let detail = format!("The name must have 1 to {NAME_CHARS} characters.");
        return Err(Refusal::new(Code::InvalidRequest, detail));
    }
    Ok(name)
}

async fn open_unproven(
    office: &Arc<Office>,
    account: NewAccount,
    device_label: String,
    peer: Peer,
) -> Result<Begun, Refusal> {
    // Nothing proves the address, so whoever came first would be an administrator after the next start.
    if office.rules.admins.contains(&account.email) && peer.limited_as().is_some() {
        let detail = "This account can only be opened on the box office's own machine.";
        return Err(Refusal::new(Code::Forbidden, detail));
    }
    let at = Arc::clone(office);
    office
        .db
        .write(move |tx| {
            Box::pin(async move {
                if account.open(tx, &at, peer).await? == Opened::HasOne {
                    let email = quoted(&account.email);
                    let detail = format!("There is an account for {email} already; sign in instead.");
                    return Err(Refusal::new(Code::EmailTaken, detail));
                }
                by_password(account.user, device_label, peer).begin(tx, &at).await
            })
        })
        .await
}

/// Begins a session for whoever proves to be somebody.
pub async fn sign_in(office: &Arc<Office>, request: SignInRequest, peer: Peer) -> Result<Begun, Refusal> {
    throttle::count_peer(office, "sign-in", peer, office.rules.limits.sign_ins_per_address).await?;
    match request {
        SignInRequest::Password { email, password, device_label } => {
            sign_in_by_password(office, &email, password, device_label, peer).await
        }
        SignInRequest::EmailCode { email, code, device_label } => {
            email_codes::sign_in(office, &email, code, device_label, peer).await
        }
        SignInRequest::Ticket { ticket, device_label } => {
            sign_in_tickets::sign_in(office, &ticket, device_label, peer).await
        }
    }
}

async fn sign_in_by_password(
    office: &Arc<Office>,
    email: &str,
    password: String,
    device_label: String,
    peer: Peer,
) -> Result<Begun, Refusal> {
    let user = has_password(office, email, password, peer).await?;
    let begin = by_password(user, device_label, peer);
    let at = Arc::clone(office);
    office.db.write(move |tx| Box::pin(async move { begin.begin(tx, &at).await })).await
}

/// Who this is, for a decision that needs no session.
pub async fn who_has_password(
    office: &Arc<Office>,
    email: &str,
    password: String,
    peer: Peer,
) -> Result<User, Refusal> {
    throttle::count_peer(office, "sign-in", peer, office.rules.limits.sign_ins_per_address).await?;
    has_password(office, email, password, peer).await
}

/// The person with this address, if the password is theirs.
async fn has_password(office: &Arc<Office>, email: &str, password: String, peer: Peer) -> Result<User, Refusal> {
    let email = normal_email(email)?;
    let try_key = format!("password {email}");
    throttle::guess(office, try_key.clone()).await?;
    let row = sqlx::query("SELECT id, email, name, pw_hash FROM users WHERE email=$1")
        .bind(email)
        .fetch_optional(office.db.read())
        .await?;
    let stored = row.as_ref().map(|row| row.try_get("pw_hash")).transpose()?;
    let proof = office.passwords.verify(password, stored, random(&*office.entropy)).await?;
    let known = row.as_ref().map(user_of).transpose()?;
    let at = Arc::clone(office);
    let Some(user) = known.clone().filter(|_| proof != Proof::Wrong) else {
        let user = known.map(|user| user.id.0);
        let noted = office.db.write(move |tx| {
            Box::pin(async move {
                let entry =
                    Entry { event: Event::SignInFailed, user: user.as_deref(), session: None, peer: Some(peer) };
                entry.add(tx, &at).await
            })
        });
        noted.await?;
        return Err(Refusal::new(Code::BadLogin, "The e-mail address or the password is wrong; nobody was signed in."));
    };
    let id = user.id.0.clone();
    office
        .db
        .write(move |tx| {
            Box::pin(async move {
                throttle::forget(tx, &try_key).await?;
                if let Proof::RightBut(anew) = proof {
                    let query = sqlx::query("UPDATE users SET pw_hash=$2 WHERE id=$1");
                    query.bind(id).bind(anew).execute(&mut *tx).await?;
                }
                Ok(())
            })
        })
        .await?;
    Ok(user)
}

fn by_password(user: User, device_label: String, peer: Peer) -> NewSession {
    NewSession { user, device_label, client: CLIENT_ID.to_owned(), life: Life::Person, peer }
}

/// The person of a row with `id`, `email` and `name`.
pub fn user_of(row: &AnyRow) -> Result<User, Refusal> {
    Ok(User {
        id: UserId(row.try_get("id")?),
        email: Text::new(row.try_get("email")?),
        name: Text::new(row.try_get("name")?),
    })
}

/// What has a meaning around an address in a mail's head (RFC 5322, 3.2.3): one such as `a<ann@example.org>` would be
/// an account of its own, and its mail somebody else's.
const SPECIALS: [char; 11] = ['(', ')', '<', '>', '[', ']', ':', ';', ',', '\\', '"'];

/// An address in lower case, or what is wrong with it. Whether it receives mail only a mail can tell.
pub fn normal_email(raw: &str) -> Result<String, Refusal> {
    let email = raw.trim().to_lowercase();
    let plausible = email.split_once('@').is_some_and(|(name, domain)| {
        !name.is_empty()
            && !domain.is_empty()
            && !email.contains(SPECIALS)
            && !domain.contains('@')
            && !domain.starts_with('.')
            && !domain.ends_with('.')
    });
    let clean = !email.chars().any(|c| c.is_whitespace() || c.is_control()) && Text::new(&email).as_str() == email;
    if plausible && clean && email.len() <= MAX_EMAIL_BYTES {
        return Ok(email);
    }
    let detail = format!("{} is not an e-mail address; one such as ann@example.org is accepted.", quoted(raw));
    Err(Refusal::new(Code::InvalidRequest, detail))
}
