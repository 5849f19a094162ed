//! `chart check`: what is wrong or doubtful in a plan.

use super::file::{self, FormatArg};
use crate::{
    cli::{Ctx, Outcome},
    domain::{
        chart::{
            import::{self, Imported, Options},
            lint,
        },
        failure::{Failure, FailureKind},
    },
};
use clap::Args;
use serde_json::json;
use std::path::PathBuf;

#[derive(Args, Debug)]
pub struct Check {
    /// A plan: cinechart (TOML or JSON), a pretix seating plan or a Vista seat layout
    file: PathBuf,
    /// The plan's format [default: found out from its content]
    #[arg(long, value_name = "FORMAT")]
    format: Option<FormatArg>,
    /// Take for an error what the format's own system refuses
    #[arg(long)]
    strict: bool,
}

pub fn check(ctx: &Ctx, args: &Check) -> Result<Outcome, Failure> {
    let file = &args.file;
    let options = Options { format: args.format.map(FormatArg::format), screen: None, strict: args.strict };
    // What cannot be a plan, because it is too large or no text, is a finding like others; a file that is not there is not.
    let read = match file::read(file) {
        Err(failure) if failure.code == "bad_plan" => Err(failure.why),
        text => import::read(&text?, &options).map_err(|error| error.to_string()),
    };
    let (report, seats) = match read {
        Ok(Imported { chart, report }) => (report.and(lint::check(&chart)), chart.seats.len()),
        Err(why) => (lint::Report { errors: vec![why], warnings: Vec::new() }, 0),
    };
    let document = json!({ "v": 1, "errors": report.errors, "warnings": report.warnings, "seats": seats });
    ctx.out.answer(document, || {
        let mut text = String::new();
        let lines =
            |kind: &str, found: &[String]| found.iter().map(|what| format!("{kind}: {what}\n")).collect::<String>();
        text.push_str(&lines("error", &report.errors));
        text.push_str(&lines("warning", &report.warnings));
        let counts = [(seats, "seat"), (report.errors.len(), "error"), (report.warnings.len(), "warning")];
        let counts = counts.map(|(count, what)| counted(count, what)).join(", ");
        text.push_str(&format!("{}: {counts}\n", file.display()));
        text
    })?;
    Ok(if report.errors.is_empty() { Outcome::Done } else { Outcome::Said(FailureKind::Refused) })
}

/// `1 error`, `2 errors`.
fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}
