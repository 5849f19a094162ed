//! Reading a plan's file, whatever its format.

use crate::domain::{
    chart::{
        Side,
        import::{self, Format, Imported, Options},
    },
    failure::{Failure, FailureKind},
};
use clap::ValueEnum;
use std::{
    io::{self, Read},
    path::Path,
};

/// The largest plan that is read, in bytes.
const MAX_FILE: u64 = 64 * 1024 * 1024;

/// The formats of plans, as arguments.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum FormatArg {
    Cinechart,
    Pretix,
    Vista,
}

impl FormatArg {
    pub fn format(self) -> Format {
        match self {
            Self::Cinechart => Format::Cinechart,
            Self::Pretix => Format::Pretix,
            Self::Vista => Format::Vista,
        }
    }
}

/// The sides at which a plan's screen can be, as arguments.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum SideArg {
    Top,
    Bottom,
    Left,
    Right,
}

impl SideArg {
    pub fn side(self) -> Side {
        match self {
            Self::Top => Side::Top,
            Self::Bottom => Side::Bottom,
            Self::Left => Side::Left,
            Self::Right => Side::Right,
        }
    }
}

/// Reads a plan; `None` finds out the format from the content and the screen's side from the plan. Fails with
/// `bad_file` (exit code 2) if the file cannot be read, and with `bad_chart` (6) if it is no plan, or if `strict` and
/// the plan's own system would refuse it.
pub fn load(file: &Path, format: Option<Format>, screen: Option<Side>, strict: bool) -> Result<Imported, Failure> {
    let text = read(file)?;
    let refuse = |why: &str| Failure::new(FailureKind::Refused, "bad_chart", format!("{}: {why}", file.display()));
    let imported = import::read(&text, &Options { format, screen, strict }).map_err(|error| refuse(&error.0))?;
    match imported.report.errors.as_slice() {
        [first, ..] if strict => Err(refuse(first)),
        _ => Ok(imported),
    }
}

/// The text of a file of which nothing is known. Fails with `bad_file` if it cannot be read, and with `bad_plan` if it
/// is too large or no text.
pub fn read(file: &Path) -> Result<String, Failure> {
    let refuse = |why: String| Failure::new(FailureKind::Input, "bad_file", format!("{}: {why}", file.display()));
    let no_plan = |why: String| Failure { code: "bad_plan".to_owned(), kind: FailureKind::Refused, ..refuse(why) };
    let unreadable = |error: io::Error| match error.kind() {
        io::ErrorKind::InvalidData => no_plan(reason(&error)),
        _ => refuse(reason(&error)),
    };
    let too_large = || no_plan(format!("a plan may have {} MiB at most", MAX_FILE / (1024 * 1024)));
    if file.is_dir() {
        return Err(refuse("it is a folder; name a file".to_owned()));
    }
    let opened = std::fs::File::open(file).map_err(unreadable)?;
    if opened.metadata().is_ok_and(|known| known.len() > MAX_FILE) {
        return Err(too_large());
    }
    // A pipe says no length, so the limit holds for what is read, too.
    let mut text = String::new();
    opened.take(MAX_FILE + 1).read_to_string(&mut text).map_err(unreadable)?;
    if text.len() as u64 > MAX_FILE {
        return Err(too_large());
    }
    Ok(text)
}

/// Why a file cannot be read, in plain words.
fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "there is no such file".to_owned(),
        io::ErrorKind::PermissionDenied => "you may not read it".to_owned(),
        io::ErrorKind::InvalidData => "it is not UTF-8 text".to_owned(),
        _ => format!("it cannot be read: {error}"),
    }
}
