//! Provider `command`: a program of the person's own prints a token before each call.
//!
//! Nothing is kept here, so there is nothing to sign in to or out of: whoever the token belongs to is signed in.

use super::flight::SingleFlight;
use crate::{
    domain::{
        failure::{Failure, FailureKind},
        sign_in::{Offer, Progress},
        text::clean,
        user::User,
    },
    effects::ports::{Bearer, Session, Step},
    platform::logs::redact,
};
use async_trait::async_trait;
use secrecy::SecretString;
use std::{
    ffi::OsString,
    process::{ExitStatus, Stdio},
    sync::Arc,
    time::Duration,
};
use tokio::{
    io::{self, AsyncRead, AsyncReadExt},
    process::{Child, Command},
    time::timeout,
};

/// The longest output taken, in bytes.
const MAX_OUTPUT: u64 = 16 * 1024;
/// The widest message taken from the command's standard error, in columns.
const MAX_MESSAGE: usize = 400;

/// The box office that the tokens are for.
#[async_trait]
pub trait Audience: Send + Sync {
    /// Where it answers, such as `https://tickets.example.org`.
    fn origin(&self) -> String;
    /// Whose token it is. A token that is not accepted is a failure with the code `invalid_token`.
    async fn owner(&self, token: Bearer) -> Result<User, Failure>;
}

/// A [`Session`] whose tokens come from a command line.
pub struct CommandSession {
    source: Arc<Source>,
    flights: SingleFlight,
}

struct Source {
    /// Given to the system's shell.
    line: String,
    /// How long it may take.
    limit: Duration,
    audience: Arc<dyn Audience>,
}

impl CommandSession {
    pub fn new(line: String, limit: Duration, audience: Arc<dyn Audience>) -> Self {
        Self { source: Arc::new(Source { line, limit, audience }), flights: SingleFlight::default() }
    }
}

impl Source {
    /// Runs the command for one token.
    async fn run(&self) -> Result<SecretString, Failure> {
        let mut program = shell(&self.line);
        program.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        hide_our_variables(&mut program);
        program.env("FRONTROW_SERVER", self.audience.origin());
        let mut running = Running::start(program)?;
        match timeout(self.limit, running.output()).await {
            Ok(output) => token(output?),
            Err(_) => {
                let limit = self.limit.as_secs();
                Err(failed(format!("did not end within {limit} s (auth_command_timeout) and was stopped")))
            }
        }
    }
}

#[async_trait]
impl Session for CommandSession {
    /// There is no way but the command: what is wrong with that is all that can be said.
    async fn offer(&self) -> Result<Offer, Failure> {
        self.restore().await?;
        Err(no_sign_in())
    }

    async fn step(&self, _: Step) -> Result<Progress, Failure> {
        Err(no_sign_in())
    }

    async fn restore(&self) -> Result<Option<User>, Failure> {
        self.source.audience.owner(self.fresh().await?).await.map(Some)
    }

    async fn sign_out(&self) -> Result<(), Failure> {
        let why = "there is nothing to forget: the token for each call comes from your command (auth = \"command\")";
        Err(Failure::new(FailureKind::Refused, "nothing_kept", why))
    }

    async fn fresh(&self) -> Result<Bearer, Failure> {
        let source = self.source.clone();
        self.flights.join_or_start(|| async move { source.run().await }).await.map(Bearer::new)
    }

    fn kept_in(&self) -> String {
        "no store, as your command gives a token for each call".to_owned()
    }
}

fn no_sign_in() -> Failure {
    let why = "nobody signs in here: the token for each call comes from your command (auth = \"command\")";
    Failure::new(FailureKind::Refused, "not_offered", why)
}

#[cfg(unix)]
fn shell(line: &str) -> Command {
    let mut program = Command::new("sh");
    // A group of its own, so that what the shell starts can be stopped with it.
    program.arg("-c").arg(line).process_group(0);
    program
}

#[cfg(windows)]
fn shell(line: &str) -> Command {
    let mut program = Command::new("cmd");
    program.arg("/C").raw_arg(line);
    program
}

/// The command sees none of our settings, some of which lead to secrets: a `frontrow` that it runs would run it again.
fn hide_our_variables(program: &mut Command) {
    let ours = |name: &OsString| {
        let name = name.to_string_lossy();
        name.starts_with("FRONTROW_") || name == "CREDENTIALS_DIRECTORY"
    };
    for name in std::env::vars_os().map(|(name, _)| name).filter(ours) {
        program.env_remove(name);
    }
}

/// A command under way. It is stopped, with all that it started, when this is dropped before it has ended.
struct Running {
    child: Child,
}

/// What a command that has ended leaves.
struct Output {
    status: ExitStatus,
    stdout: Vec<u8>,
    stderr: Vec<u8>,
}

impl Running {
    fn start(mut program: Command) -> Result<Self, Failure> {
        let child = program.kill_on_drop(true).spawn();
        child.map(|child| Self { child }).map_err(|error| failed(format!("cannot be started: {error}")))
    }

    async fn output(&mut self) -> Result<Output, Failure> {
        let (stdout, stderr) = (self.child.stdout.take(), self.child.stderr.take());
        let (stdout, stderr) = tokio::try_join!(all(stdout), beginning(stderr))?;
        let status = self.child.wait().await.map_err(unreadable)?;
        Ok(Output { status, stdout, stderr })
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Once it has ended and been waited for, its number may be another program's.
        #[cfg(unix)]
        if let Some(group) = self.child.id().and_then(|id| rustix::process::Pid::from_raw(i32::try_from(id).ok()?)) {
            let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
        }
    }
}

/// The whole output; too much of it is a failure at once, however much is still to come.
async fn all(stream: Option<impl AsyncRead + Unpin>) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    let Some(stream) = stream else { return Ok(bytes) };
    stream.take(MAX_OUTPUT + 1).read_to_end(&mut bytes).await.map_err(unreadable)?;
    if bytes.len() as u64 > MAX_OUTPUT {
        return Err(failed(format!("printed more than {} KiB, {ACCEPTED}", MAX_OUTPUT / 1024)));
    }
    Ok(bytes)
}

/// The beginning of the messages; the rest is read, so that the command does not wait for a reader, and dropped.
async fn beginning(stream: Option<impl AsyncRead + Unpin>) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    let Some(mut stream) = stream else { return Ok(bytes) };
    (&mut stream).take(MAX_OUTPUT).read_to_end(&mut bytes).await.map_err(unreadable)?;
    io::copy(&mut stream, &mut io::sink()).await.map_err(unreadable)?;
    Ok(bytes)
}

const ACCEPTED: &str = "accepted is one line with a token";

/// The one line that the command must have printed.
fn token(output: Output) -> Result<SecretString, Failure> {
    let Output { status, stdout, stderr } = output;
    if !status.success() {
        // Tools that explain what they do may print the token, too.
        let words = redact(&clean(String::from_utf8_lossy(&stderr).trim(), MAX_MESSAGE));
        let said = if words.is_empty() { "and said nothing".to_owned() } else { format!("and said: {words}") };
        return Err(failed(format!("gave no token: it ended with {status} {said}")));
    }
    let mut line = String::from_utf8(stdout).map_err(|_| failed(format!("printed what is not text, {ACCEPTED}")))?;
    if line.ends_with('\n') {
        line.truncate(line.len() - if line.ends_with("\r\n") { 2 } else { 1 });
    }
    match line.as_str() {
        "" => Err(failed(format!("printed nothing, {ACCEPTED}"))),
        text if text.contains('\n') => Err(failed(format!("printed {} lines, {ACCEPTED}", text.split('\n').count()))),
        text if !text.bytes().all(|byte| byte.is_ascii_graphic()) => {
            let why = "printed a line with spaces or other characters that no token has";
            Err(failed(format!("{why}, {ACCEPTED}")))
        }
        _ => Ok(SecretString::from(line)),
    }
}

fn unreadable(error: io::Error) -> Failure {
    failed(format!("cannot be read: {error}"))
}

fn failed(what: impl std::fmt::Display) -> Failure {
    Failure::new(FailureKind::Other, "token_command", format!("the command for tokens (auth_command) {what}"))
}

#[cfg(all(test, unix))]
#[path = "command/tests.rs"]
mod tests;
