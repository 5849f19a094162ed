//! What a box office holds people to: how long sign-ins and holds live, how often somebody may try, and how seats are
//! sold. Each is a setting.

use super::seating::orphan::OrphanMode;
use std::time::Duration;

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(60 * 60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// The default is what `assets/config.toml` says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rules {
    /// The e-mail addresses of the accounts that may act for others, in lower case, and ids of such people at Clerk.
    pub admins: Vec<String>,
    pub lifetimes: Lifetimes,
    pub limits: Limits,
    pub selling: Selling,
}

/// How seats are sold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Selling {
    /// What is done about choices that leave a single seat alone.
    pub orphans: OrphanMode,
    /// Wheelchair spaces and companion places are sold to everybody from so many minutes before the show; 0: only
    /// when nothing else of their category is left.
    pub release_accessible_min: u32,
    /// How long a hold lasts, and each time that it is extended.
    pub hold: Duration,
    /// How often a hold may be extended (WCAG 2.2.1 asks for ten times).
    pub extensions: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lifetimes {
    pub access_token: Duration,
    /// A session that mints nothing for this long has ended.
    pub session_idle: Duration,
    /// A session ends after this however much it is used.
    pub session: Duration,
    /// The same for a machine that stands where everybody can use it.
    pub kiosk_session: Duration,
    /// From this age on a credential is to be replaced.
    pub credential: Duration,
    /// How long a replaced credential is still taken, for those who have not heard of its successor yet.
    pub credential_grace: Duration,
    pub device_code: Duration,
    pub email_code: Duration,
    /// The longest life that a ticket for signing in may ask for.
    pub ticket: Duration,
    pub signing_key: Duration,
    /// How long the audit remembers.
    pub audit: Duration,
}

/// So many times at most, each window counted anew from its first time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    pub times: u32,
    pub window: Duration,
}

/// Addresses are those of clients; this machine's own are not limited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Wrong passwords for an account before every further try has to wait.
    pub passwords: Limit,
    pub sign_ins_per_address: Limit,
    pub sign_ups_per_address: Limit,
    /// Codes sent to one e-mail address.
    pub email_codes: Limit,
    /// Device codes asked for from one address.
    pub device_codes_per_address: Limit,
    /// Wrong device codes typed by one person.
    pub device_approvals: Limit,
    /// Seats held from one address; holding them longer counts again.
    pub held_seats_per_address: Limit,
    /// Searches for the best seats from one address.
    pub proposals_per_address: Limit,
    /// Mints of one session in the long run, and how many may come at once.
    pub mints_per_second: u32,
    pub mints_at_once: u32,
    pub rotations_per_minute: u32,
    /// Who may watch seats at once: from one address, and in all.
    pub watchers_per_address: u32,
    pub watchers: u32,
}

impl Default for Selling {
    fn default() -> Self {
        Self { orphans: OrphanMode::Lenient, release_accessible_min: 0, hold: 10 * MINUTE, extensions: 10 }
    }
}

impl Default for Lifetimes {
    fn default() -> Self {
        Self {
            access_token: MINUTE,
            session_idle: 30 * DAY,
            session: 90 * DAY,
            kiosk_session: 365 * DAY,
            credential: DAY,
            credential_grace: MINUTE,
            device_code: 10 * MINUTE,
            email_code: 10 * MINUTE,
            ticket: 10 * MINUTE,
            signing_key: 90 * DAY,
            audit: 180 * DAY,
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            passwords: Limit { times: 5, window: 15 * MINUTE },
            sign_ins_per_address: Limit { times: 20, window: MINUTE },
            sign_ups_per_address: Limit { times: 5, window: HOUR },
            email_codes: Limit { times: 3, window: 10 * MINUTE },
            device_codes_per_address: Limit { times: 10, window: MINUTE },
            device_approvals: Limit { times: 5, window: 10 * MINUTE },
            held_seats_per_address: Limit { times: 120, window: 10 * MINUTE },
            proposals_per_address: Limit { times: 60, window: MINUTE },
            mints_per_second: 10,
            mints_at_once: 30,
            rotations_per_minute: 6,
            watchers_per_address: 100,
            watchers: 10_000,
        }
    }
}
