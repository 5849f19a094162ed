//! The `frontrow` command. Everything is in the library; this file turns its outcome into an exit code.

use anyhow::Context;
use clap::Parser;
use frontrow::{
    app,
    cli::{self, Cli},
    domain::failure::{Failure, FailureKind},
};
use std::process::ExitCode;

fn main() -> anyhow::Result<ExitCode> {
    match Cli::try_parse() {
        Ok(cli) => Ok(app::run(cli)),
        Err(error) if error.use_stderr() && std::env::args_os().any(|arg| arg == "--json") => {
            // Scripts read the reason where they read everything else.
            let text = error.to_string();
            let lines: Vec<&str> = text.lines().take_while(|line| !line.is_empty()).map(str::trim).collect();
            let why = lines.join(" ");
            let failure = Failure::new(FailureKind::Input, "usage", why.trim_start_matches("error: "));
            cli::report(cli::Form::Json, &failure);
            Ok(ExitCode::from(failure.kind.exit_code()))
        }
        Err(error) => {
            let code = u8::try_from(error.exit_code()).context("an exit code that does not fit")?;
            // A reader of --help that has gone away has read enough.
            let _ = error.print();
            Ok(ExitCode::from(code))
        }
    }
}
