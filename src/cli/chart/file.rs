//! Reading a plan's file, whatever its format.

use crate::domain::{
    chart::{Chart, cinechart, json as canonical},
    failure::{Failure, FailureKind},
};
use std::{
    io::{self, Read},
    path::Path,
};

/// The largest plan that is read, in bytes.
const MAX_FILE: u64 = 4 * 1024 * 1024;

pub fn read(file: &Path) -> Result<String, Failure> {
    let refuse = |why: String| Failure::new(FailureKind::Input, "bad_file", format!("{}: {why}", file.display()));
    let unreadable = |error: io::Error| refuse(reason(&error));
    if file.is_dir() {
        return Err(refuse("it is a folder; name a file".to_owned()));
    }
    let opened = std::fs::File::open(file).map_err(unreadable)?;
    let mut text = String::new();
    opened.take(MAX_FILE + 1).read_to_string(&mut text).map_err(unreadable)?;
    if text.len() as u64 > MAX_FILE {
        return Err(refuse(format!("a plan may have {} MiB at most", MAX_FILE / (1024 * 1024))));
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

pub fn parse(file: &Path, text: &str) -> Result<Chart, String> {
    let json = file.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json"));
    let parsed = if json { canonical::parse(text) } else { cinechart::parse(text) };
    parsed.map_err(|error| error.to_string())
}
