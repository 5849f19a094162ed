//! The `frontrow` command. Everything is in the library; this file turns its outcome into an exit code.

use anyhow::Context;
use clap::Parser;
use frontrow::{
    app,
    cli::{self, Cli},
    domain::failure::{Failure, FailureKind},
};
use std::{alloc::System, process::ExitCode};
use zeroizing_alloc::ZeroAlloc;

/// Wipes memory as it is given back, whichever library had it: a token that travelled through the buffers of an HTTP
/// client would stay readable there in a memory image.
#[global_allocator]
static ALLOCATOR: ZeroAlloc<System> = ZeroAlloc(System);

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
