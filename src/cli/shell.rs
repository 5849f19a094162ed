//! `completions` and `man`: what a package installs beside the program.

use super::{
    Cli, Ctx, Outcome,
    out::{Form, print},
};
use crate::domain::failure::{Failure, FailureKind};
use clap::CommandFactory;

pub fn completions(ctx: &Ctx, shell: clap_complete::Shell) -> Result<Outcome, Failure> {
    text_only(ctx)?;
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "frontrow", &mut script);
    print(&String::from_utf8_lossy(&script))?;
    Ok(Outcome::Done)
}

pub fn man(ctx: &Ctx) -> Result<Outcome, Failure> {
    text_only(ctx)?;
    let mut page = Vec::new();
    clap_mangen::Man::new(Cli::command())
        .render(&mut page)
        .map_err(|error| Failure::new(FailureKind::Other, "man", format!("the manual cannot be made: {error}")))?;
    print(&String::from_utf8_lossy(&page))?;
    Ok(Outcome::Done)
}

fn text_only(ctx: &Ctx) -> Result<(), Failure> {
    match ctx.out.form {
        Form::People => Ok(()),
        Form::Json => Err(Failure::new(FailureKind::Input, "usage", "--json has no meaning for this command")),
    }
}
