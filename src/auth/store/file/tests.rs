use super::*;
use crate::platform::env::OsEntropy;
use std::os::unix::fs::{PermissionsExt, symlink};
use tempfile::TempDir;

const SECRET: &str = "frc_the-secret-itself";

/// A folder for files, and a passphrase.
struct Place {
    dir: TempDir,
}

impl Place {
    fn new() -> Self {
        let place = Self { dir: TempDir::new().unwrap() };
        place.passphrase("open sesame\nanother line\n");
        place
    }

    fn passphrase_file(&self) -> PathBuf {
        self.dir.path().join("passphrase")
    }

    fn passphrase(&self, text: &str) {
        fs::write(self.passphrase_file(), text).unwrap();
        mode(&self.passphrase_file(), 0o600);
    }

    fn folder(&self) -> PathBuf {
        self.dir.path().join("credentials")
    }

    fn open(&self) -> Result<Arc<dyn Backend>, Trouble> {
        open(self.folder(), Some(&self.passphrase_file()), Arc::new(OsEntropy))
    }

    fn vault(&self) -> Arc<dyn Backend> {
        self.open().unwrap()
    }

    /// With one credential of `ada` in it.
    fn with_ada() -> Self {
        let place = Self::new();
        place.vault().set("ada", &SecretString::from(SECRET)).unwrap();
        place
    }

    fn file(&self, account: &str) -> PathBuf {
        self.folder().join(hex(&Sha256::digest(account)))
    }

    fn refusal(&self) -> String {
        words(self.vault().get("ada").unwrap_err())
    }
}

fn words(trouble: Trouble) -> String {
    match trouble {
        Trouble::Store(why) | Trouble::Entry(why) => why,
    }
}

/// Why the store cannot even be opened.
fn not_opened(place: &Place) -> String {
    words(place.open().err().unwrap())
}

fn mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

fn read(vault: &dyn Backend, account: &str) -> Option<String> {
    vault.get(account).unwrap().map(|secret| secret.expose_secret().to_owned())
}

#[test]
fn a_credential_comes_back_to_another_program_with_the_passphrase_until_it_is_forgotten() {
    let place = Place::with_ada();
    assert_eq!(read(&*place.vault(), "ada").as_deref(), Some(SECRET));
    assert_eq!(read(&*place.vault(), "grace"), None);
    let vault = place.vault();
    vault.set("ada", &SecretString::from("second")).unwrap();
    assert_eq!(read(&*place.vault(), "ada").as_deref(), Some("second"));
    vault.delete("ada").unwrap();
    vault.delete("ada").unwrap();
    assert_eq!(read(&*vault, "ada"), None);
}

#[test]
fn nothing_in_the_folder_can_be_read_and_nothing_unfinished_stays() {
    let place = Place::with_ada();
    let files: Vec<_> = fs::read_dir(place.folder()).unwrap().map(|file| file.unwrap().path()).collect();
    assert_eq!(files, [place.file("ada")]);
    let content = fs::read(&files[0]).unwrap();
    assert!(content.starts_with(MAGIC));
    for hidden in [SECRET, "open sesame", "ada"] {
        assert!(!content.windows(hidden.len()).any(|part| part == hidden.as_bytes()), "{hidden}");
    }
    assert_eq!(fs::metadata(&files[0]).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(fs::metadata(place.folder()).unwrap().permissions().mode() & 0o777, 0o700);
}

#[test]
fn equal_credentials_are_never_written_equally() {
    let place = Place::with_ada();
    let vault = place.vault();
    let mut contents = std::collections::BTreeSet::new();
    for _ in 0..4 {
        vault.set("ada", &SecretString::from(SECRET)).unwrap();
        contents.insert(fs::read(place.file("ada")).unwrap());
    }
    assert_eq!(contents.len(), 4);
}

#[test]
fn another_passphrase_is_said_and_so_is_damage() {
    let place = Place::with_ada();
    place.passphrase("open says me\n");
    let why = place.refusal();
    assert!(why.contains("locked with another passphrase") && why.contains("/passphrase"), "{why}");
    assert!(!why.contains("open says me"), "{why}");
    place.passphrase("open sesame\n");
    let good = fs::read(place.file("ada")).unwrap();
    // Every part of the file, and every length of it.
    for at in [0, 7, 8, 30, 40, 63, 64, good.len() - 1] {
        let mut damaged = good.clone();
        damaged[at] ^= 1;
        fs::write(place.file("ada"), damaged).unwrap();
        let trouble = place.vault().get("ada").unwrap_err();
        // Salt and check cannot be told from those of another passphrase, under which the entry is good.
        let salt_or_check = (8..40).contains(&at);
        assert_eq!(matches!(trouble, Trouble::Store(_)), salt_or_check, "byte {at}: {trouble:?}");
    }
    for length in [0, 8, 23, 39, 63, 64, good.len() - 1] {
        fs::write(place.file("ada"), &good[..length]).unwrap();
        assert!(place.refusal().contains("is damaged"), "length {length}");
    }
}

#[test]
fn a_file_of_another_account_is_not_taken() {
    let place = Place::with_ada();
    fs::rename(place.file("ada"), place.file("grace")).unwrap();
    assert!(words(place.vault().get("grace").unwrap_err()).contains("another account's"));
}

#[test]
fn a_file_that_others_can_read_or_that_is_a_link_or_a_folder_is_refused() {
    let place = Place::with_ada();
    mode(&place.file("ada"), 0o640);
    assert!(place.refusal().contains("run chmod 600"), "{}", place.refusal());
    mode(&place.file("ada"), 0o600);
    fs::rename(place.file("ada"), place.dir.path().join("elsewhere")).unwrap();
    symlink(place.dir.path().join("elsewhere"), place.file("ada")).unwrap();
    assert!(place.refusal().contains("is a link"), "{}", place.refusal());
    fs::remove_file(place.file("ada")).unwrap();
    fs::create_dir(place.file("ada")).unwrap();
    assert!(place.refusal().contains("is not a file that frontrow wrote"), "{}", place.refusal());
}

#[test]
fn a_folder_that_others_can_use_or_that_is_a_link_is_refused() {
    let place = Place::with_ada();
    mode(&place.folder(), 0o755);
    assert!(not_opened(&place).contains("run chmod 700"));
    mode(&place.folder(), 0o700);
    fs::rename(place.folder(), place.dir.path().join("elsewhere")).unwrap();
    symlink(place.dir.path().join("elsewhere"), place.folder()).unwrap();
    assert!(not_opened(&place).contains("is not a folder of frontrow's own"));
}

#[test]
fn a_passphrase_that_is_missing_empty_too_long_or_everybodys_is_refused() {
    let place = Place::new();
    assert!(words(open(place.folder(), None, Arc::new(OsEntropy)).err().unwrap()).contains("FRONTROW_PASSPHRASE_FILE"));
    mode(&place.passphrase_file(), 0o604);
    assert!(not_opened(&place).contains("run chmod 600"), "{}", not_opened(&place));
    place.passphrase("\nsecond line");
    assert!(not_opened(&place).contains("empty first line"), "{}", not_opened(&place));
    place.passphrase(&"x".repeat(5_000));
    assert!(not_opened(&place).contains("too long"), "{}", not_opened(&place));
    fs::write(place.passphrase_file(), [0xff, 0xfe]).unwrap();
    assert!(not_opened(&place).contains("UTF-8"), "{}", not_opened(&place));
    fs::remove_file(place.passphrase_file()).unwrap();
    assert!(not_opened(&place).contains("cannot be read"), "{}", not_opened(&place));
}

#[test]
fn a_full_or_unwritable_place_leaves_the_old_credential() {
    let place = Place::with_ada();
    let vault = place.vault();
    // Root writes anywhere, but a folder cannot be replaced by a file.
    fs::remove_file(place.file("ada")).unwrap();
    fs::create_dir(place.file("ada")).unwrap();
    let why = words(vault.set("ada", &SecretString::from("new")).unwrap_err());
    assert!(why.contains("cannot be written"), "{why}");
    let left: Vec<_> = fs::read_dir(place.folder()).unwrap().map(|file| file.unwrap().path()).collect();
    assert_eq!(left, [place.file("ada")], "nothing unfinished stays behind");
}
