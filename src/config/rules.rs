//! The lifetimes and limits of the box office, and how it sells.

use super::load::{refuse_value, text};
use crate::domain::{
    failure::Failure,
    rules::{Lifetimes, Limit, Limits, Rules, Selling},
    seating::orphan::OrphanMode,
};
use config::Config;
use std::{ops::RangeInclusive, time::Duration};

/// How often somebody may do something.
const TIMES: RangeInclusive<u32> = 1..=100_000;

/// What a setting's number counts.
#[derive(Clone, Copy)]
enum Unit {
    Seconds,
    Minutes,
    Hours,
    Days,
}

impl Unit {
    fn of(self, count: u32) -> Duration {
        let seconds = match self {
            Self::Seconds => 1,
            Self::Minutes => 60,
            Self::Hours => 60 * 60,
            Self::Days => 24 * 60 * 60,
        };
        Duration::from_secs(u64::from(count) * seconds)
    }

    fn word(self) -> &'static str {
        match self {
            Self::Seconds => "seconds",
            Self::Minutes => "minutes",
            Self::Hours => "hours",
            Self::Days => "days",
        }
    }
}

/// Reads them; of a number that is not accepted it says which are.
pub fn read(merged: &Config) -> Result<Rules, Failure> {
    use Unit::{Days, Hours, Minutes, Seconds};
    let time = |key, accepted, unit| time(merged, key, accepted, unit);
    let limit =
        |key, minutes| Ok::<_, Failure>(Limit { times: number(merged, key, TIMES, "")?, window: Minutes.of(minutes) });
    let count = |key| number(merged, key, TIMES, "");
    Ok(Rules {
        admins: admins(merged)?,
        lifetimes: Lifetimes {
            access_token: time("access_token_seconds", 30..=300, Seconds)?,
            session_idle: time("session_idle_days", 1..=365, Days)?,
            session: time("session_days", 1..=365, Days)?,
            kiosk_session: time("kiosk_session_days", 1..=730, Days)?,
            credential: time("credential_hours", 1..=720, Hours)?,
            // A program trusts the credential in its memory for 30 seconds.
            credential_grace: time("credential_grace_seconds", 45..=600, Seconds)?,
            device_code: time("device_code_minutes", 1..=60, Minutes)?,
            email_code: time("email_code_minutes", 1..=60, Minutes)?,
            ticket: time("ticket_seconds", 60..=600, Seconds)?,
            signing_key: time("signing_key_days", 1..=365, Days)?,
            audit: time("audit_days", 1..=3650, Days)?,
        },
        limits: Limits {
            passwords: limit("password_tries", 15)?,
            sign_ins_per_address: limit("sign_ins_per_minute", 1)?,
            sign_ups_per_address: limit("sign_ups_per_hour", 60)?,
            email_codes: limit("email_codes_per_10_minutes", 10)?,
            device_codes_per_address: limit("device_codes_per_minute", 1)?,
            device_approvals: limit("device_approvals_per_10_minutes", 10)?,
            held_seats_per_address: limit("held_seats_per_10_minutes", 10)?,
            proposals_per_address: limit("proposals_per_minute", 1)?,
            mints_per_second: count("mints_per_second")?,
            mints_at_once: count("mints_at_once")?,
            rotations_per_minute: count("rotations_per_minute")?,
            watchers_per_address: count("watchers_per_address")?,
            watchers: count("watchers")?,
        },
        selling: Selling {
            orphans: orphan_rule(merged)?,
            release_accessible_min: number(merged, "release_accessible_min", 0..=1440, " minutes")?,
            hold: time("hold_minutes", 1..=60, Minutes)?,
            extensions: number(merged, "hold_extensions", 0..=20, " times")?,
        },
    })
}

fn orphan_rule(merged: &Config) -> Result<OrphanMode, Failure> {
    let value = text(merged, "orphan_rule")?;
    match value.trim() {
        "strict" => Ok(OrphanMode::Strict),
        "lenient" => Ok(OrphanMode::Lenient),
        "advise" => Ok(OrphanMode::Advise),
        "off" => Ok(OrphanMode::Off),
        _ => Err(refuse_value(merged, "orphan_rule", &value, "accepted are strict, lenient, advise and off")),
    }
}

fn admins(merged: &Config) -> Result<Vec<String>, Failure> {
    let value = text(merged, "admins")?;
    let words = value.split([',', ' ']).map(str::trim).filter(|word| !word.is_empty());
    // Case matters in ids.
    let admins: Vec<String> =
        words.map(|word| if word.contains('@') { word.to_lowercase() } else { word.to_owned() }).collect();
    match admins.iter().find(|word| !word.contains('@') && !word.starts_with("user_")) {
        None => Ok(admins),
        Some(_) => {
            let accepted = "accepted are e-mail addresses and ids at Clerk such as user_2abc, with commas between them";
            Err(refuse_value(merged, "admins", &value, accepted))
        }
    }
}

fn time(merged: &Config, key: &str, accepted: RangeInclusive<u32>, unit: Unit) -> Result<Duration, Failure> {
    number(merged, key, accepted, &format!(" {}", unit.word())).map(|count| unit.of(count))
}

fn number(merged: &Config, key: &str, accepted: RangeInclusive<u32>, unit: &str) -> Result<u32, Failure> {
    let value = text(merged, key)?;
    value.trim().parse().ok().filter(|number| accepted.contains(number)).ok_or_else(|| {
        let words = format!("accepted are {} to {}{unit}", accepted.start(), accepted.end());
        refuse_value(merged, key, &value, words)
    })
}
