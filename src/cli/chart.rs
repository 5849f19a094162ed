//! `chart`: looking at halls' plans, without a server.

mod best;
mod check;
mod convert;
mod file;
mod judge;
mod show;

use super::{Ctx, Outcome};
use crate::domain::failure::Failure;
use clap::Subcommand;

#[derive(Debug, Subcommand)]
pub enum ChartCommand {
    /// Draw a plan; exit code 6 if it cannot be used
    Show(show::Show),
    /// Say what is wrong or doubtful in a plan; exit code 6 if it cannot be used
    Check(check::Check),
    /// Write a plan in another format
    Convert(convert::Convert),
    /// Find the best seats together for a party; exit code 6 if there are none
    Best(best::Best),
    /// Judge choices of seats by the orphan rule: a JSON document for each line of standard input
    ///
    /// A line is {"rows":["..#. ..w"],"row":0,"pick":[0,1],"mode":"lenient"}: '.' is a free seat, '#' one that cannot
    /// be had, 'w' a wheelchair space, ' ' an aisle; modes are strict, lenient, advise and off. Its answer is
    /// {"verdict":"ok|reject|unavoidable|warn","orphans":[0],"suggest":[[0,1]]}, or {"error":"..."} and exit code 2
    /// in the end. Places are counted from 0.
    Judge,
}

pub fn run(ctx: &Ctx, command: &ChartCommand) -> Result<Outcome, Failure> {
    match command {
        ChartCommand::Show(args) => show::show(ctx, args),
        ChartCommand::Check(args) => check::check(ctx, args),
        ChartCommand::Convert(args) => convert::convert(ctx, args),
        ChartCommand::Best(wish) => best::best(ctx, wish),
        ChartCommand::Judge => judge::judge(),
    }
}
