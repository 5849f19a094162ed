//! `completions` and `man`: what a package installs beside the program.

use super::{
    Cli, Ctx, Outcome,
    out::{Form, print},
};
use crate::domain::failure::{Failure, FailureKind};
use clap::CommandFactory;
use std::io::Write;

pub fn completions(ctx: &Ctx, shell: clap_complete::Shell) -> Result<Outcome, Failure> {
    text_only(ctx)?;
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "frontrow", &mut script);
    print(&String::from_utf8_lossy(&script))?;
    Ok(Outcome::Done)
}

/// One page: what the program is, every command with its options, exit codes, environment and files.
pub fn man(ctx: &Ctx) -> Result<Outcome, Failure> {
    text_only(ctx)?;
    let mut page = Vec::new();
    write_man(&mut page)
        .map_err(|error| Failure::new(FailureKind::Other, "man", format!("the manual cannot be made: {error}")))?;
    print(&String::from_utf8_lossy(&page))?;
    Ok(Outcome::Done)
}

fn write_man(page: &mut Vec<u8>) -> std::io::Result<()> {
    let mut command = Cli::command().disable_help_subcommand(true);
    command.build();
    let man = clap_mangen::Man::new(command.clone());
    man.render_title(page)?;
    man.render_name_section(page)?;
    man.render_synopsis_section(page)?;
    man.render_description_section(page)?;
    man.render_options_section(page)?;
    writeln!(page, ".SH COMMANDS")?;
    for subcommand in command.get_subcommands_mut().filter(|c| !c.is_hide_set()) {
        let usage = subcommand.render_usage().to_string();
        writeln!(page, ".SS {}\n{}", subcommand.get_name(), roff(&usage))?;
        if let Some(about) = subcommand.get_about() {
            writeln!(page, ".PP\n{}", roff(&about.to_string()))?;
        }
        for argument in subcommand.get_arguments().filter(|a| !a.is_global_set() && a.get_id() != "help") {
            let name =
                argument.get_long().map_or_else(|| argument.get_id().as_str().to_uppercase(), |l| format!("--{l}"));
            let help = argument.get_help().map(ToString::to_string).unwrap_or_default();
            writeln!(page, ".TP\n\\fB{}\\fR\n{}", roff(&name), roff(&help))?;
        }
    }
    page.write_all(MAN_END.as_bytes())
}

/// Text in which roff finds nothing to obey.
fn roff(text: &str) -> String {
    let escaped = text.replace('\\', "\\e").replace('-', "\\-");
    if escaped.starts_with(['.', '\'']) { format!("\\&{escaped}") } else { escaped }
}

const MAN_END: &str = r#".SH EXIT STATUS
0 done; 2 wrong usage or input; 3 sign-in needed; 4 the seat is gone; 5 server out of reach; 6 refused by a rule;
7 payment not completed; 8 outcome unknown (look before you try again); 1 anything else.
.SH ENVIRONMENT
Every setting has a variable: FRONTROW_SERVER, FRONTROW_BIND, FRONTROW_COLOR, FRONTROW_GLYPHS, FRONTROW_LOG_LEVEL,
FRONTROW_CREDENTIAL_STORE and so on. NO_COLOR is honoured. A .env file in the current folder is read.
.SH FILES
The settings are in config.toml in the settings folder; the database, the logs and the name of the credential store are
in the data folder. \fBfrontrow doctor\fR shows both. \fB\-\-data\-dir\fR moves all of it.
"#;

fn text_only(ctx: &Ctx) -> Result<(), Failure> {
    match ctx.out.form {
        Form::People => Ok(()),
        Form::Json => Err(Failure::new(FailureKind::Input, "usage", "--json has no meaning for this command")),
    }
}
