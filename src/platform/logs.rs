//! Logs go to a file in the data folder, never to the screen, and never contain a secret.

use std::{
    io::{self, Write},
    path::Path,
};
use tracing_appender::{
    non_blocking::{NonBlocking, NonBlockingBuilder, WorkerGuard},
    rolling::{RollingFileAppender, Rotation},
};
use tracing_subscriber::{
    Layer,
    filter::Targets,
    fmt::{MakeWriter, format},
    layer::SubscriberExt,
    util::SubscriberInitExt,
};

/// Days whose files are kept.
const KEPT_FILES: usize = 5;
/// Lines that may wait to be written. The library's own limit would take four megabytes at once.
const WAITING_LINES: usize = 1_000;
/// Libraries whose own details may contain headers or bodies: warnings only, whatever the level.
const QUIET: &str = "zbus=warn,hyper=warn,hyper_util=warn,h2=warn,rustls=warn,reqwest=warn";
/// A field with one of these in its name is never written.
const SECRET_FIELDS: [&str; 8] = ["token", "authorization", "password", "credential", "cookie", "pin", "secret", "jwt"];
/// How secrets begin, wherever they stand in a line.
const SECRET_STARTS: [&str; 10] =
    ["eyJ", "frc_", "frd_", "frt_", "frh_", "hld_", "oat_", "whsec_", "sk_live_", "sk_test_"];
/// A secret is at least this long, its beginning included.
const SECRET_LENGTH: usize = 16;

/// Writes what is logged from now on into `folder`; `level` is `error`, `warn`, `info`, `debug` or `trace`.
/// The last lines are written when the guard is dropped.
pub fn start(folder: &Path, level: &str) -> io::Result<WorkerGuard> {
    std::fs::create_dir_all(folder)?;
    let file = RollingFileAppender::builder()
        .rotation(Rotation::DAILY)
        .filename_prefix("frontrow")
        .filename_suffix("log")
        .max_log_files(KEPT_FILES)
        .build(folder)
        .map_err(io::Error::other)?;
    let (writer, guard) = NonBlockingBuilder::default().buffered_lines_limit(WAITING_LINES).finish(file);
    let fields = format::debug_fn(|writer, field, value| {
        let name = field.name();
        if SECRET_FIELDS.iter().any(|secret| name.contains(secret)) {
            write!(writer, "{name}=***")
        } else if name == "message" {
            write!(writer, "{value:?}")
        } else {
            write!(writer, "{name}={value:?}")
        }
    });
    let wanted: Targets = format!("{level},{QUIET}").parse().map_err(io::Error::other)?;
    let lines = tracing_subscriber::fmt::layer()
        .with_ansi(false)
        .fmt_fields(tracing_subscriber::field::MakeExt::delimited(fields, " "))
        .with_writer(Redacting(writer))
        .with_filter(wanted);
    tracing_subscriber::registry().with(lines).try_init().map_err(io::Error::other)?;
    Ok(guard)
}

/// The last line of defence: each line passes through [`redact`].
struct Redacting(NonBlocking);

impl<'a> MakeWriter<'a> for Redacting {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        Self(self.0.clone())
    }
}

impl Write for Redacting {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.0.write_all(redact(&String::from_utf8_lossy(line)).as_bytes())?;
        Ok(line.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// `line` with everything that looks like a token replaced by `***`.
pub fn redact(line: &str) -> String {
    let mut clean = String::with_capacity(line.len());
    for piece in line.split_inclusive(|c: char| !is_token_sign(c)) {
        let word = piece.trim_end_matches(|c: char| !is_token_sign(c));
        let secret = SECRET_STARTS.iter().filter_map(|start| word.find(start)).min();
        match secret.filter(|at| word.len() - at >= SECRET_LENGTH) {
            Some(at) => {
                clean.push_str(&word[..at]);
                clean.push_str("***");
                clean.push_str(&piece[word.len()..]);
            }
            None => clean.push_str(piece),
        }
    }
    clean
}

fn is_token_sign(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_never_reach_the_file() {
        let line =
            r#"auth="Bearer eyJhbGciOiJ.eyJzdWIiOiJ1c3I.c2ln-na_t" cred=frc_7QabcdefghijklmnopqrstuvwxyzABCD end"#;
        assert_eq!(redact(line), r#"auth="Bearer ***" cred=*** end"#);
    }

    #[test]
    fn ordinary_words_stay() {
        let line = "GET /v1/shows/eyJ and frc_short, Metropolis 1927: hall-1/F/7\n";
        assert_eq!(redact(line), line);
    }
}
