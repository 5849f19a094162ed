//! `chart convert`: a plan in another format.

use super::file::{self, FormatArg, SideArg};
use crate::{
    cli::{Ctx, Outcome, out, tell},
    domain::{
        chart::{Chart, import::Imported, json as canonical, pretix::export},
        failure::{Failure, FailureKind},
    },
};
use clap::{Args, ValueEnum};
use serde_json::json;
use std::path::{Path, PathBuf};

#[derive(Args, Debug)]
pub struct Convert {
    /// A plan: cinechart (TOML or JSON), a pretix seating plan or a Vista seat layout
    file: PathBuf,
    /// The format to write: cinechart is written as canonical JSON
    #[arg(long, value_name = "FORMAT")]
    to: Target,
    /// The plan's format [default: found out from its content]
    #[arg(long, value_name = "FORMAT")]
    format: Option<FormatArg>,
    /// Where the screen is in the plan's own coordinates [default: what the plan says, or a guess]
    #[arg(long, value_name = "SIDE")]
    screen: Option<SideArg>,
    /// Exchange left and right, for a plan that was drawn as seen from the screen
    #[arg(long)]
    mirror: bool,
    /// Refuse what the format's own system refuses
    #[arg(long)]
    strict: bool,
    /// Write to this file [default: standard output]
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Target {
    Cinechart,
    Pretix,
}

pub fn convert(ctx: &Ctx, args: &Convert) -> Result<Outcome, Failure> {
    let (format, screen) = (args.format.map(FormatArg::format), args.screen.map(SideArg::side));
    let Imported { chart, report } = file::load(&args.file, format, screen, args.strict)?;
    let chart = if args.mirror { chart.mirrored() } else { chart };
    let (plan, left_out) = written(&chart, args.to);
    let said = report.errors.iter().map(|what| ("error", what));
    let doubts = report.warnings.iter().chain(&left_out).map(|what| ("warning", what));
    for (kind, what) in said.chain(doubts) {
        tell(format_args!("{kind}: {what}"));
    }
    match &args.output {
        Some(output) => {
            write(output, &plan)?;
            let document = json!({ "v": 1, "file": output.display().to_string(), "seats": chart.seats.len() });
            ctx.out.answer(document, || format!("Wrote {} seats to {}.\n", chart.seats.len(), output.display()))?;
        }
        None => out::print(&format!("{plan}\n"))?,
    }
    Ok(Outcome::Done)
}

/// The plan as text, and what it could not hold.
fn written(chart: &Chart, to: Target) -> (String, Vec<String>) {
    match to {
        Target::Cinechart => (canonical::print(chart), Vec::new()),
        Target::Pretix => {
            let plan = export::export(chart);
            (plan.json, plan.left_out)
        }
    }
}

fn write(output: &Path, plan: &str) -> Result<(), Failure> {
    let refuse = |error| {
        let why = format!("{}: it cannot be written: {error}", output.display());
        Failure::new(FailureKind::Input, "bad_file", why)
    };
    std::fs::write(output, format!("{plan}\n")).map_err(refuse)
}
