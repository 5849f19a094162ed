//! `device`: letting other devices in, seeing where one is signed in, ending that, and tickets for signing in.

use super::{Ctx, Form, Outcome, tell};
use crate::{
    api::devices::Decision,
    app::{self, Office},
    domain::{
        failure::{Failure, FailureKind},
        text::clean,
    },
    wire::{DeviceRequestAnswer, DeviceSession},
};
use clap::{Subcommand, value_parser};
use jiff::{Timestamp, tz::TimeZone};
use serde_json::json;
use std::{
    io::{self, IsTerminal, Write},
    time::Duration,
};

#[derive(Debug, Subcommand)]
pub enum Device {
    /// Let a device in that shows a code
    Approve {
        /// The code that it shows, such as WDJB-MJHT
        code: String,
        /// Do not ask
        #[arg(long)]
        yes: bool,
    },
    /// Keep a device out that shows a code
    Refuse {
        /// The code that it shows, such as WDJB-MJHT
        code: String,
    },
    /// List where you are signed in
    List,
    /// Sign out somewhere else
    End {
        /// The sign-in's id, from `frontrow device list`
        id: String,
    },
    /// Print a ticket that signs you in once, somewhere else
    Ticket {
        /// How long it is good for
        #[arg(long, default_value_t = 10, value_name = "N", value_parser = value_parser!(u64).range(1..=10))]
        minutes: u64,
    },
}

/// The letters of a device's code.
const CODE_LETTERS: usize = 8;

pub async fn run(ctx: &Ctx, command: Device) -> Result<Outcome, Failure> {
    let office = app::connect(&ctx.settings).await?;
    match command {
        Device::Approve { code, yes } => approve(ctx, &office, &code, if yes { Asking::No } else { Asking::Yes }).await,
        Device::Refuse { code } => refuse(ctx, &office, &code).await,
        Device::List => list(ctx, &office).await,
        Device::End { id } => end(ctx, &office, &id).await,
        Device::Ticket { minutes } => ticket(ctx, &office, minutes).await,
    }?;
    Ok(Outcome::Done)
}

/// Whether the person is asked before a device is let in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Asking {
    Yes,
    No,
}

async fn approve(ctx: &Ctx, office: &Office, code: &str, asking: Asking) -> Result<(), Failure> {
    if asking == Asking::Yes && !io::stdin().is_terminal() {
        return Err(usage("--yes is needed where nobody can be asked"));
    }
    let waiting = waiting(office, code).await?;
    if asking == Asking::Yes {
        tell(format_args!(
            "{}\nOnly approve if you started this, and if it shows the code {}.",
            who(&waiting),
            waiting.user_code
        ));
        if !confirmed()? {
            return Err(Failure::new(FailureKind::Refused, "not_approved", "nothing was approved or refused"));
        }
    }
    decide(office, &waiting, Decision::Approve).await?;
    ctx.out.answer(document(&waiting, Decision::Approve), || format!("Approved: {}\n", who(&waiting)))
}

async fn refuse(ctx: &Ctx, office: &Office, code: &str) -> Result<(), Failure> {
    let waiting = waiting(office, code).await?;
    decide(office, &waiting, Decision::Refuse).await?;
    ctx.out.answer(document(&waiting, Decision::Refuse), || format!("Refused: {}\n", who(&waiting)))
}

async fn waiting(office: &Office, code: &str) -> Result<DeviceRequestAnswer, Failure> {
    // What cannot be a code is not tried: the box office counts tries.
    let letters = code.chars().filter(|c| !c.is_whitespace() && *c != '-');
    if letters.clone().count() != CODE_LETTERS || !letters.clone().all(|c| c.is_ascii_alphabetic()) {
        let why = format!("{code:?} is no device code; accepted are eight letters, such as WDJB-MJHT");
        return Err(Failure::new(FailureKind::Input, "not_a_code", why));
    }
    office.with_token(async |bearer| office.devices.waiting(bearer, code).await).await
}

async fn decide(office: &Office, waiting: &DeviceRequestAnswer, decision: Decision) -> Result<(), Failure> {
    office.with_token(async |bearer| office.devices.decide(bearer, &waiting.user_code, decision).await).await
}

fn who(waiting: &DeviceRequestAnswer) -> String {
    format!("\"{}\" asks from {}.", waiting.device_label, clean(&waiting.address, 64))
}

fn document(waiting: &DeviceRequestAnswer, decision: Decision) -> serde_json::Value {
    json!({
        "v": 1,
        "user_code": waiting.user_code,
        "device_label": waiting.device_label,
        "address": waiting.address,
        "approved": decision == Decision::Approve,
    })
}

fn confirmed() -> Result<bool, Failure> {
    let mut answer = String::new();
    let _ = write!(io::stderr(), "Let it in as you? [y/N] ");
    let _ = io::stderr().flush();
    io::stdin().read_line(&mut answer).map_err(|error| usage(format!("standard input cannot be read: {error}")))?;
    Ok(matches!(answer.trim().to_lowercase().as_str(), "y" | "yes"))
}

async fn list(ctx: &Ctx, office: &Office) -> Result<(), Failure> {
    let sessions = sessions(office).await?;
    ctx.out.answer(json!({ "v": 1, "devices": sessions }), || {
        let rows: Vec<_> = sessions.iter().map(row).collect();
        ctx.out.table(&["id", "device", "signed in", "last seen", ""], &rows)
    })
}

async fn sessions(office: &Office) -> Result<Vec<DeviceSession>, Failure> {
    office.with_token(async |bearer| office.devices.sessions(bearer).await).await
}

fn row(session: &DeviceSession) -> Vec<String> {
    let here = if session.current { "this one" } else { "" };
    let (since, seen) = (minute(session.created_at), minute(session.last_seen_at));
    vec![clean(&session.id, 64), session.device_label.to_string(), since, seen, here.to_owned()]
}

/// In the time zone of this machine.
fn minute(at: Timestamp) -> String {
    at.to_zoned(TimeZone::system()).strftime("%Y-%m-%d %H:%M").to_string()
}

async fn end(ctx: &Ctx, office: &Office, id: &str) -> Result<(), Failure> {
    let sessions = sessions(office).await?;
    let Some(session) = sessions.iter().find(|session| session.id == id) else {
        let why = format!("you are not signed in as {}; `frontrow device list` lists where you are", clean(id, 64));
        return Err(Failure::new(FailureKind::NotFound, "device_not_found", why));
    };
    if session.current {
        // The sign-in that is kept on this machine goes with it.
        office.session.sign_out().await?;
    } else {
        office.with_token(async |bearer| office.devices.end(bearer, id).await).await?;
    }
    ctx.out.answer(json!({ "v": 1, "ended": session }), || format!("\"{}\" is signed out.\n", session.device_label))
}

async fn ticket(ctx: &Ctx, office: &Office, minutes: u64) -> Result<(), Failure> {
    let lives_for = Duration::from_secs(minutes * 60);
    let told = office.with_token(async |bearer| office.devices.ticket(bearer, lives_for).await).await?;
    if ctx.out.form == Form::People {
        let end = minute(told.expires_at);
        tell(format_args!(
            "This ticket signs you in once, until {end}. Whoever has it is you: give it to nobody else."
        ));
    }
    let document = json!({ "v": 1, "ticket": told.ticket, "expires_at": told.expires_at });
    ctx.out.answer(document, || format!("{}\n", told.ticket))
}

fn usage(why: impl Into<String>) -> Failure {
    Failure::new(FailureKind::Input, "usage", why)
}
