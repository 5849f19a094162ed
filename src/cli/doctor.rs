//! `doctor`: what works here and what does not, with the reason.

mod auth;

use super::{Ctx, Outcome};
use crate::{
    api::{
        http::{Call, Http},
        quickshow::Api,
    },
    app::{self, Office},
    domain::{
        failure::{Failure, FailureKind},
        money::Glyphs,
    },
    platform::caps::{Output, Place},
    wire::CinemaAnswer,
};
use clap::{Args, Subcommand};
use serde_json::{Value, json};
use std::time::Instant;
use url::Url;

/// Clocks may differ by this much before anyone needs to know, in seconds.
const SKEW_LIMIT: i64 = 120;

#[derive(Args, Debug)]
pub struct Doctor {
    #[command(subcommand)]
    about: Option<About>,
}

#[derive(Debug, Subcommand)]
enum About {
    /// Say where the sign-in is kept and why, and what a fresh token takes
    Auth,
}

/// What was looked at, and what was found.
struct Check {
    name: &'static str,
    found: Result<String, Failure>,
}

pub async fn run(ctx: &Ctx, doctor: &Doctor) -> Result<Outcome, Failure> {
    match doctor.about {
        Some(About::Auth) => auth::run(ctx).await,
        None => everything(ctx).await,
    }
}

async fn everything(ctx: &Ctx) -> Result<Outcome, Failure> {
    let mut checks = server(ctx).await;
    checks.push(Check { name: "data folder", found: data_folder(ctx) });
    checks.push(Check { name: "credential store", found: credential_store(ctx).await });
    checks.push(Check { name: "terminal", found: Ok(terminal(ctx)) });
    let list: Vec<Value> = checks.iter().map(Check::document).collect();
    let worst = checks.iter().find_map(|check| check.found.as_ref().err()).map(|failure| failure.kind);
    ctx.out.answer(json!({ "v": 1, "ok": worst.is_none(), "checks": list }), || {
        checks.iter().map(|check| format!("{}\n", check.line())).collect()
    })?;
    Ok(worst.map_or(Outcome::Done, Outcome::Said))
}

impl Check {
    fn detail(&self) -> &str {
        match &self.found {
            Ok(words) => words,
            Err(failure) => &failure.why,
        }
    }
    fn document(&self) -> Value {
        json!({ "name": self.name, "ok": self.found.is_ok(), "detail": self.detail() })
    }
    fn line(&self) -> String {
        format!("{:<5} {:<17} {}", if self.found.is_ok() { "ok" } else { "FAIL" }, self.name, self.detail())
    }
}

/// Whether the box office answers, what it speaks, and whether its clock agrees with this one.
async fn server(ctx: &Ctx) -> Vec<Check> {
    let office = match app::connect(&ctx.settings).await {
        Ok(office) => office,
        Err(failure) => return vec![Check { name: "box office", found: Err(failure) }],
    };
    let looked = match office.api {
        Api::Native => frontrow(ctx, &office).await,
        Api::QuickShow => quickshow(&office).await,
    };
    looked.unwrap_or_else(|failure| vec![Check { name: "box office", found: Err(failure) }])
}

async fn frontrow(ctx: &Ctx, office: &Office) -> Result<Vec<Check>, Failure> {
    let url = Url::parse(&office.origin)
        .map_err(|error| Failure::new(FailureKind::Other, "bad_url", format!("{}: {error}", office.origin)))?;
    let reply = Http::new(url).send(Call::get(&["v1", "cinema"])).await?;
    let cinema = reply.json::<CinemaAnswer>()?.cinema;
    let place = if ctx.settings.server.is_none() { ", inside this program" } else { "" };
    let reached = format!("{} answered in {} ms{place}", office.origin, reply.took.as_millis());
    let clock = match reply.server_time {
        Some(theirs) => skew_words(theirs.as_second() - jiff::Timestamp::now().as_second()),
        None => Ok("the server does not tell its time".to_owned()),
    };
    Ok(vec![
        Check { name: "box office", found: Ok(reached) },
        Check { name: "api", found: Ok(format!("frontrow, version 1; cinema {}", cinema.name)) },
        Check { name: "clock", found: clock },
    ])
}

async fn quickshow(office: &Office) -> Result<Vec<Check>, Failure> {
    let sent = Instant::now();
    let films = office.office.movies().await?;
    let reached = format!("{} answered in {} ms", office.origin, sent.elapsed().as_millis());
    let speaks = match films.len() {
        1 => "QuickShow; 1 film is playing".to_owned(),
        count => format!("QuickShow; {count} films are playing"),
    };
    Ok(vec![
        Check { name: "box office", found: Ok(reached) },
        Check { name: "api", found: Ok(speaks) },
        Check { name: "clock", found: Ok("the server does not tell its time".to_owned()) },
    ])
}

/// `ahead`: by how many seconds the server's clock is ahead of this one.
fn skew_words(ahead: i64) -> Result<String, Failure> {
    if ahead.abs() <= SKEW_LIMIT {
        return Ok(format!("agrees with the server's to {} s", ahead.abs() + 1));
    }
    let side = if ahead > 0 { "behind" } else { "ahead of" };
    let why = format!("this clock is {} s {side} the server's; set one of them", ahead.abs());
    Err(Failure::new(FailureKind::Other, "clock", why))
}

fn data_folder(ctx: &Ctx) -> Result<String, Failure> {
    let dirs = &ctx.settings.dirs;
    dirs.make_data()?;
    let probe = dirs.data.join(format!(".probe-{}", std::process::id()));
    let written = std::fs::write(&probe, b"probe").and_then(|()| std::fs::remove_file(&probe));
    written.map_err(|error| {
        let why = format!("{} cannot be written: {error}", dirs.data.display());
        Failure::new(FailureKind::Other, "data_dir", why)
    })?;
    Ok(format!("{}; settings in {}", dirs.data.display(), dirs.settings_file().display()))
}

async fn credential_store(ctx: &Ctx) -> Result<String, Failure> {
    let survey = app::stores(&ctx.settings).survey().await;
    survey.works?;
    let (name, kept_in) = (survey.kind.word(), survey.kind.kept_in());
    Ok(format!("{name}: {kept_in}; {}; written, read and deleted a test value", survey.why))
}

fn terminal(ctx: &Ctx) -> String {
    let caps = ctx.out.caps;
    let output = if caps.output == Output::Terminal { "a terminal" } else { "not a terminal" };
    let glyphs = if caps.glyphs == Glyphs::Unicode { "Unicode" } else { "ASCII" };
    let place = if caps.place == Place::Ssh { "over SSH" } else { "on this machine" };
    format!("standard output is {output}, {place}; {}, {glyphs} characters", caps.colors.words())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_clock_is_said_with_its_direction() {
        assert!(skew_words(-120).is_ok());
        assert!(skew_words(300).unwrap_err().why.contains("300 s behind"));
        assert!(skew_words(-300).unwrap_err().why.contains("300 s ahead of"));
    }
}
