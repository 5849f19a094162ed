//! `chart`: looking at halls' plans, without a server.

mod check;
mod file;
mod show;

use super::{Ctx, Outcome};
use crate::domain::failure::Failure;
use clap::Subcommand;
use std::path::PathBuf;

#[derive(Debug, Subcommand)]
pub enum ChartCommand {
    /// Draw a plan; exit code 6 if it cannot be used
    Show {
        /// A plan in cinechart TOML, or in canonical JSON (*.json)
        file: PathBuf,
    },
    /// Say what is wrong or doubtful in a plan; exit code 6 if it cannot be used
    Check {
        /// A plan in cinechart TOML, or in canonical JSON (*.json)
        file: PathBuf,
    },
}

pub fn run(ctx: &Ctx, command: &ChartCommand) -> Result<Outcome, Failure> {
    match command {
        ChartCommand::Show { file } => show::show(ctx, file),
        ChartCommand::Check { file } => check::check(ctx, file),
    }
}
