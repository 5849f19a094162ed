//! The keys of this run: the default ones with the person's own over them.

use super::Settings;
use crate::{
    domain::failure::{Failure, FailureKind},
    input::keymap::{DEFAULT, Keymap},
};
use std::{fs, io::ErrorKind, path::Path};

/// The largest file of keys that is read, in bytes.
const MAX_BYTES: u64 = 256 * 1024;

/// The keymap that the settings ask for.
///
/// # Errors
/// When the named file is missing or cannot be read, or an entry of it is wrong: the sentence names file and line.
pub fn keymap(settings: &Settings) -> Result<Keymap, Failure> {
    let standard: Keymap = DEFAULT.parse().map_err(|error| refuse(format!("the default keymap, {error}")))?;
    let usual = settings.dirs.keymap_file();
    let (path, is_named) = settings.keymap.as_deref().map_or((usual.as_path(), false), |path| (path, true));
    let keymap = match own(path, is_named)? {
        Some(text) => standard.overridden_by(&text).map_err(|error| refuse(format!("{}, {error}", path.display())))?,
        None => standard,
    };
    Ok(if settings.kiosk { keymap.for_kiosk() } else { keymap })
}

/// The text of the person's own file; only a file that was named must be there.
fn own(path: &Path, is_named: bool) -> Result<Option<String>, Failure> {
    let unread = |why: &dyn std::fmt::Display| refuse(format!("the keymap {} {why}", path.display()));
    match fs::metadata(path) {
        Ok(found) if !found.is_file() => return Err(unread(&"is no file; name a file of keys")),
        Ok(found) if found.len() > MAX_BYTES => {
            return Err(unread(&format!("has {} bytes; at most {MAX_BYTES} are read", found.len())));
        }
        Err(error) if error.kind() == ErrorKind::NotFound && !is_named => return Ok(None),
        Err(error) if error.kind() == ErrorKind::NotFound => return Err(unread(&"does not exist")),
        _ => {}
    }
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == ErrorKind::InvalidData => Err(unread(&"is not UTF-8 text")),
        Err(error) => Err(unread(&format!("cannot be read: {error}"))),
    }
}

fn refuse(why: String) -> Failure {
    Failure::new(FailureKind::Input, "bad_keymap", why)
}
