//! What was learned of servers, in one file of the data folder.

use crate::effects::ports::Notebook;
use std::{
    collections::BTreeMap,
    fs, io,
    io::Write,
    path::{Path, PathBuf},
};

/// The largest file that is read, in bytes; a larger one is none of ours.
const MAX_BYTES: u64 = 1 << 20;

/// Notes of servers as one JSON object, by origin. A file that is missing, damaged or cannot be written means that
/// nothing was noted.
pub struct Notes {
    file: PathBuf,
}

impl Notes {
    pub fn new(data: &Path) -> Self {
        Self { file: data.join("servers.json") }
    }

    fn all(&self) -> BTreeMap<String, String> {
        let is_small = fs::metadata(&self.file).is_ok_and(|file| file.len() <= MAX_BYTES);
        let text = is_small.then(|| fs::read(&self.file).ok()).flatten();
        text.and_then(|text| serde_json::from_slice(&text).ok()).unwrap_or_default()
    }

    /// The whole file anew, for this person alone; whoever reads meanwhile sees the old one or the new one.
    fn replace(&self, all: &BTreeMap<String, String>) -> io::Result<()> {
        let folder = self.file.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(folder)?;
        let draft = folder.join(format!("servers.json.{}", std::process::id()));
        let mut options = fs::OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&draft)?;
        file.write_all(&serde_json::to_vec_pretty(all)?)?;
        file.sync_all()?;
        fs::rename(&draft, &self.file).inspect_err(|_| drop(fs::remove_file(&draft)))
    }
}

impl Notebook for Notes {
    fn read(&self, server: &str) -> Option<String> {
        self.all().remove(server)
    }

    fn write(&self, server: &str, note: &str) {
        let mut all = self.all();
        all.insert(server.to_owned(), note.to_owned());
        if let Err(error) = self.replace(&all) {
            tracing::warn!(%error, "what was learned of a server is not noted");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_are_kept_by_server_and_a_damaged_file_has_none() {
        let folder = tempfile::tempdir().unwrap();
        let notes = Notes::new(&folder.path().join("data"));
        assert_eq!(notes.read("https://a.example"), None);
        notes.write("https://a.example", "one");
        notes.write("https://b.example", "two");
        notes.write("https://a.example", "three");
        let again = Notes::new(&folder.path().join("data"));
        assert_eq!(again.read("https://a.example").as_deref(), Some("three"));
        assert_eq!(again.read("https://b.example").as_deref(), Some("two"));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(fs::metadata(&notes.file).unwrap().permissions().mode() & 0o777, 0o600);
        }
        fs::write(&notes.file, "{\"https://a.example\":").unwrap();
        assert_eq!(notes.read("https://a.example"), None);
        notes.write("https://a.example", "four");
        assert_eq!(notes.read("https://a.example").as_deref(), Some("four"));
        assert_eq!(fs::read_dir(folder.path().join("data")).unwrap().count(), 1, "no draft is left");
    }
}
