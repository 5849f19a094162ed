//! Asking a person at the terminal, or reading what a script gives line by line.

use crate::domain::failure::{Failure, FailureKind};
use secrecy::{SecretString, zeroize::Zeroizing};
use std::io::{self, BufRead, IsTerminal, Read, Write};

/// The longest line read from standard input, in bytes; the server says what it accepts.
const MAX_LINE: u64 = 8192;

/// Whether somebody can be asked.
pub fn is_possible() -> bool {
    io::stdin().is_terminal()
}

/// Reads the answers.
pub struct Asker {
    /// Lines that a script gives, in the order in which they are asked for.
    lines: Box<dyn BufRead>,
}

impl Asker {
    pub fn new() -> Self {
        Self { lines: Box::new(io::BufReader::new(io::stdin())) }
    }

    /// A text that is no secret: given by a flag, or asked for.
    pub fn text(&mut self, given: Option<&str>, prompt: &str, flag: &str) -> Result<String, Failure> {
        let text = match given {
            Some(text) => text.to_owned(),
            None if is_possible() => self.ask(prompt)?,
            None => return Err(usage(format!("{flag} is needed where nobody can be asked"))),
        };
        match text.trim() {
            "" => Err(usage(format!("{flag} must not be empty"))),
            text => Ok(text.to_owned()),
        }
    }

    fn ask(&mut self, prompt: &str) -> Result<String, Failure> {
        let mut line = String::new();
        let _ = write!(io::stderr(), "{prompt}");
        let _ = io::stderr().flush();
        self.lines.read_line(&mut line).map_err(unreadable)?;
        Ok(line)
    }

    /// A secret, asked for at the terminal without showing what is typed.
    pub fn secret(&mut self, prompt: &str, flag: &str) -> Result<SecretString, Failure> {
        if !is_possible() {
            return Err(usage(format!("{flag} is needed where nobody can be asked")));
        }
        let what = prompt.trim_end_matches([':', ' ']).to_lowercase();
        self.maybe(prompt)?.ok_or_else(|| usage(format!("the {what} must not be empty")))
    }

    /// The same; `None` for an empty answer.
    pub fn maybe(&mut self, prompt: &str) -> Result<Option<SecretString>, Failure> {
        let answer = rpassword::prompt_password(prompt).map_err(unreadable)?;
        Ok(Some(answer).filter(|answer| !answer.is_empty()).map(SecretString::from))
    }

    /// The next line of standard input, without its line break.
    pub fn line(&mut self, what: &str) -> Result<SecretString, Failure> {
        let mut line = Zeroizing::new(String::new());
        self.lines.by_ref().take(MAX_LINE).read_line(&mut line).map_err(unreadable)?;
        let line = line.trim_end_matches(['\r', '\n']);
        if line.is_empty() { Err(usage(format!("the {what} must not be empty"))) } else { Ok(SecretString::from(line)) }
    }
}

pub fn usage(why: impl Into<String>) -> Failure {
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
    fn secrets_are_lines_without_their_breaks_one_after_the_other() {
        let read = |text: &'static str| {
            let mut asker = Asker { lines: Box::new(text.as_bytes()) };
            move || asker.line("password").map(|secret| secret.expose_secret().to_owned())
        };
        let mut lines = read("correct horse\r\n123456\n");
        assert_eq!((lines().unwrap().as_str(), lines().unwrap().as_str()), ("correct horse", "123456"));
        assert_eq!(read(" spaces stay ")().unwrap(), " spaces stay ");
        assert_eq!(read("\n")().unwrap_err().kind, FailureKind::Input);
    }
}
