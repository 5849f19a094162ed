//! `login`, `logout` and `whoami`.

use super::{Ctx, Outcome};
use crate::{
    app,
    domain::{
        failure::{Failure, FailureKind},
        sign_in::Progress,
    },
    effects::ports::Step,
};
use clap::Args;
use secrecy::SecretString;
use serde_json::json;
use std::io::{self, BufRead, IsTerminal, Write};

/// The longest password read from standard input, in bytes; the server says what it accepts.
const MAX_PASSWORD: u64 = 4096;

#[derive(Args, Debug)]
pub struct Login {
    /// Make a new account
    #[arg(long)]
    sign_up: bool,
    /// Your e-mail address [default: asked for]
    #[arg(long)]
    email: Option<String>,
    /// Your name, for a new account [default: asked for]
    #[arg(long, requires = "sign_up")]
    name: Option<String>,
    /// Read the password from the first line of standard input
    #[arg(long)]
    password_stdin: bool,
}

pub async fn login(ctx: &Ctx, login: &Login) -> Result<Outcome, Failure> {
    let email = given_or_asked(login.email.as_deref(), "E-mail: ", "--email")?;
    let name = match login.sign_up {
        true => Some(given_or_asked(login.name.as_deref(), "Name: ", "--name")?),
        false => None,
    };
    let password = if login.password_stdin { password_from(io::stdin().lock())? } else { ask_password()? };
    let office = app::connect(&ctx.settings).await?;
    let step = match name {
        Some(name) => Step::SignUp { email, name, password },
        None => Step::Password { email, password },
    };
    let Progress::Done(user) = office.session.step(step).await? else {
        return Err(Failure::new(FailureKind::Other, "more_asked", "the box office asks for more"));
    };
    let kept_in = office.session.kept_in();
    ctx.out.answer(json!({ "v": 1, "user": user, "kept_in": kept_in }), || {
        format!("Signed in as {} <{}>. The sign-in is kept in {kept_in}.\n", user.name, user.email)
    })?;
    Ok(Outcome::Done)
}

pub async fn logout(ctx: &Ctx) -> Result<Outcome, Failure> {
    let office = app::connect(&ctx.settings).await?;
    let before = office.session.restore().await?;
    office.session.sign_out().await?;
    ctx.out.answer(json!({ "v": 1, "signed_out": before.is_some() }), || match before {
        Some(user) => format!("{} is signed out.\n", user.name),
        None => "Nobody was signed in.\n".to_owned(),
    })?;
    Ok(Outcome::Done)
}

/// Asks the server, too, so that a session which was ended elsewhere is not shown as good.
pub async fn whoami(ctx: &Ctx) -> Result<Outcome, Failure> {
    let office = app::connect(&ctx.settings).await?;
    let user = office.session.restore().await?;
    office.session.fresh().await?;
    let Some(user) = user else {
        return Err(Failure::new(FailureKind::SignIn, "signed_out", "nobody is signed in"));
    };
    let kept_in = office.session.kept_in();
    ctx.out.answer(json!({ "v": 1, "user": user, "server": office.origin, "kept_in": kept_in }), || {
        format!("{} <{}> at {}; the sign-in is kept in {kept_in}.\n", user.name, user.email, office.origin)
    })?;
    Ok(Outcome::Done)
}

fn given_or_asked(given: Option<&str>, prompt: &str, flag: &str) -> Result<String, Failure> {
    let text = match given {
        Some(text) => text.to_owned(),
        None if io::stdin().is_terminal() => ask(prompt)?,
        None => return Err(usage(format!("{flag} is needed where nobody can be asked"))),
    };
    match text.trim() {
        "" => Err(usage(format!("{flag} must not be empty"))),
        text => Ok(text.to_owned()),
    }
}

fn ask(prompt: &str) -> Result<String, Failure> {
    let mut line = String::new();
    let _ = write!(io::stderr(), "{prompt}");
    let _ = io::stderr().flush();
    io::stdin().lock().read_line(&mut line).map_err(unreadable)?;
    Ok(line)
}

/// Asks at the terminal, without showing what is typed.
fn ask_password() -> Result<SecretString, Failure> {
    if !io::stdin().is_terminal() {
        return Err(usage("--password-stdin is needed where nobody can be asked"));
    }
    not_empty(rpassword::prompt_password("Password: ").map_err(unreadable)?)
}

/// The first line, without its line break.
fn password_from(input: impl BufRead) -> Result<SecretString, Failure> {
    let mut line = String::new();
    input.take(MAX_PASSWORD).read_line(&mut line).map_err(unreadable)?;
    line.truncate(line.trim_end_matches(['\r', '\n']).len());
    not_empty(line)
}

fn not_empty(password: String) -> Result<SecretString, Failure> {
    if password.is_empty() { Err(usage("the password must not be empty")) } else { Ok(SecretString::from(password)) }
}

fn usage(why: impl Into<String>) -> Failure {
    Failure::new(FailureKind::Input, "usage", why)
}

fn unreadable(error: io::Error) -> Failure {
    usage(format!("standard input cannot be read: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::ExposeSecret;

    #[test]
    fn a_password_is_the_first_line_without_its_break() {
        let read = |text: &str| password_from(text.as_bytes()).map(|password| password.expose_secret().to_owned());
        assert_eq!(read("correct horse\r\nmore").unwrap(), "correct horse");
        assert_eq!(read(" spaces stay ").unwrap(), " spaces stay ");
        assert_eq!(read("\n").unwrap_err().kind, FailureKind::Input);
    }
}
