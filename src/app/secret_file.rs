//! Files with a secret, which only their owner may read.

use crate::domain::failure::{Failure, FailureKind};
use secrecy::SecretString;
use std::{fs, path::Path};

/// The first line of the file that `setting` names.
pub fn first_line(setting: &str, file: &Path) -> Result<SecretString, Failure> {
    let refuse = |why: &str| {
        let why = format!("setting `{setting}` is {}: {why}", file.display());
        Failure::new(FailureKind::Input, "bad_setting", why)
    };
    must_be_private(file).map_err(refuse)?;
    let text = fs::read_to_string(file).map_err(|error| refuse(&format!("it cannot be read ({error})")))?;
    match text.lines().next().unwrap_or_default() {
        "" => Err(refuse("its first line is empty; accepted is the secret")),
        line => Ok(SecretString::from(line)),
    }
}

#[cfg(unix)]
fn must_be_private(file: &Path) -> Result<(), &'static str> {
    use std::os::unix::fs::PermissionsExt;
    let open_to_others = fs::metadata(file).is_ok_and(|found| found.permissions().mode() & 0o077 != 0);
    if open_to_others { Err("others can read it; run chmod 600 on it") } else { Ok(()) }
}

#[cfg(not(unix))]
fn must_be_private(_: &Path) -> Result<(), &'static str> {
    Ok(())
}
