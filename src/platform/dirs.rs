//! Where things are kept. One folder given by the person moves all of it.

use crate::domain::failure::{Failure, FailureKind};
use etcetera::BaseStrategy;
use std::path::{Path, PathBuf};

const APP: &str = "frontrow";

/// The folders of this person (XDG base directories), or one folder for everything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dirs {
    /// Holds `config.toml` and `keymap.toml`.
    pub config: PathBuf,
    /// Holds the database, the logs, the caches, the locks and the name of the credential store.
    pub data: PathBuf,
}

impl Dirs {
    /// The folders; `moved` is the person's `--data-dir`, which moves the settings file too.
    pub fn find(moved: Option<&Path>) -> Result<Self, Failure> {
        if let Some(folder) = moved {
            let folder = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
            return Ok(Self { config: folder.clone(), data: folder });
        }
        let base = etcetera::choose_base_strategy().map_err(|_| {
            let why = "your home folder is not known: set HOME, or give a folder with --data-dir";
            Failure::new(FailureKind::Input, "no_home", why)
        })?;
        Ok(Self { config: base.config_dir().join(APP), data: base.data_dir().join(APP) })
    }

    pub fn settings_file(&self) -> PathBuf {
        self.config.join("config.toml")
    }

    /// The person's own keys.
    pub fn keymap_file(&self) -> PathBuf {
        self.config.join("keymap.toml")
    }

    pub fn logs(&self) -> PathBuf {
        self.data.join("logs")
    }

    /// The folder of posters that were fetched.
    pub fn posters(&self) -> PathBuf {
        self.data.join("posters")
    }

    /// The file that remembers which credential store was chosen; its content is not secret.
    pub fn credential_store(&self) -> PathBuf {
        self.data.join("credential-store")
    }

    /// The folder of the locks by which programs that share a sign-in take turns.
    pub fn locks(&self) -> PathBuf {
        self.data.join("locks")
    }

    /// The folder of the encrypted credentials, where there is no keyring.
    pub fn credentials(&self) -> PathBuf {
        self.data.join("credentials")
    }

    /// Makes the data folder, so that a later failure names what failed and not a missing folder.
    pub fn make_data(&self) -> Result<(), Failure> {
        std::fs::create_dir_all(&self.data).map_err(|error| {
            let why =
                format!("the data folder {} cannot be made: {error}; choose one with --data-dir", self.data.display());
            Failure::new(FailureKind::Other, "data_dir", why)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_given_folder_moves_settings_and_data() {
        let dirs = Dirs::find(Some(Path::new("/srv/cinema"))).unwrap();
        assert_eq!(dirs.settings_file(), Path::new("/srv/cinema/config.toml"));
        assert_eq!(dirs.logs(), Path::new("/srv/cinema/logs"));
        assert_eq!(dirs.credential_store(), Path::new("/srv/cinema/credential-store"));
    }
}
