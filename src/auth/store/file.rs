//! Credentials in files, encrypted under a passphrase: one file an account, for machines without any keyring.
//!
//! A file is `MAGIC`, 16 bytes of salt, 16 bytes that tell whether the passphrase is the right one, 24 bytes of nonce
//! and the ciphertext. argon2id makes the key and the check from passphrase and salt; XChaCha20-Poly1305 encrypts and
//! binds the file to its account, so that files cannot be exchanged for each other.

use super::{Backend, SERVICE, Trouble};
use crate::domain::env::{Entropy, random};
use argon2::{Algorithm, Argon2, Params, Version};
use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};
use secrecy::{ExposeSecret, ExposeSecretMut, SecretBox, SecretString};
use sha2::{Digest, Sha256};
use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read, Write},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

const MAGIC: &[u8; 8] = b"frontrw1";
const SALT: usize = 16;
const CHECK: usize = 16;
const NONCE: usize = 24;
const KEY: usize = 32;

/// argon2id, one of OWASP's equivalent settings: 46 MiB, one pass.
const MEMORY_KIB: u32 = 47_104;
const PASSES: u32 = 1;
const LANES: u32 = 1;

/// Far more than any credential or passphrase, in bytes.
const MAX_FILE: u64 = 65_536;
const MAX_PASSPHRASE: u64 = 4_096;

/// What systemd's `LoadCredential=` is to call the passphrase.
const PROVIDED_NAME: &str = "frontrow.passphrase";

/// The files of one folder.
struct Files {
    folder: PathBuf,
    /// For people: they may have named another one than they meant.
    passphrase_file: PathBuf,
    passphrase: SecretString,
    /// The key that was last used, because making one takes a tenth of a second.
    last: Mutex<Option<Arc<Derived>>>,
    entropy: Arc<dyn Entropy>,
}

/// What a passphrase and a salt make.
struct Derived {
    salt: [u8; SALT],
    check: [u8; CHECK],
    key: SecretBox<[u8; KEY]>,
}

/// The parts of a file's content.
struct Sealed<'a> {
    salt: [u8; SALT],
    check: &'a [u8],
    nonce: XNonce,
    ciphertext: &'a [u8],
}

/// The passphrase's file that systemd provides to this service, if it does.
pub fn provided_passphrase() -> Option<PathBuf> {
    let folder = std::env::var_os("CREDENTIALS_DIRECTORY").filter(|folder| !folder.is_empty())?;
    Some(Path::new(&folder).join(PROVIDED_NAME)).filter(|file| file.exists())
}

pub fn open(
    folder: PathBuf,
    passphrase_file: Option<&Path>,
    entropy: Arc<dyn Entropy>,
) -> Result<Arc<dyn Backend>, Trouble> {
    let Some(passphrase_file) = passphrase_file else {
        let why = "there is no passphrase for it: name a file that holds one in the setting passphrase_file \
                   (FRONTROW_PASSPHRASE_FILE)";
        return Err(Trouble::Store(why.to_owned()));
    };
    let passphrase = read_passphrase(passphrase_file)?;
    make_folder(&folder)?;
    let passphrase_file = passphrase_file.to_owned();
    Ok(Arc::new(Files { folder, passphrase_file, passphrase, last: Mutex::default(), entropy }))
}

impl Backend for Files {
    fn get(&self, account: &str) -> Result<Option<SecretString>, Trouble> {
        let path = self.path(account);
        let Some(content) = read_own(&path)? else { return Ok(None) };
        self.unseal(account, &content, &path).map(Some)
    }

    fn set(&self, account: &str, secret: &SecretString) -> Result<(), Trouble> {
        let path = self.path(account);
        let content = self.seal(account, secret)?;
        let failed = |error| Trouble::Store(format!("{} cannot be written: {error}", path.display()));
        self.replace(&path, &content).map_err(failed)
    }

    fn delete(&self, account: &str) -> Result<(), Trouble> {
        let path = self.path(account);
        let removed = match fs::remove_file(&path) {
            Ok(()) => sync_folder(&self.folder),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(error) => Err(error),
        };
        removed.map_err(|error| Trouble::Store(format!("{} cannot be removed: {error}", path.display())))
    }
}

impl Files {
    /// An account's name may be long and hold any character, so the file is named by its hash.
    fn path(&self, account: &str) -> PathBuf {
        self.folder.join(hex(&Sha256::digest(account)))
    }

    fn seal(&self, account: &str, secret: &SecretString) -> Result<Vec<u8>, String> {
        let derived = self.derived(None)?;
        let nonce: [u8; NONCE] = random(&*self.entropy);
        let associated = associated(account);
        let payload = Payload { msg: secret.expose_secret().as_bytes(), aad: associated.as_bytes() };
        let ciphertext =
            derived.cipher().encrypt(&XNonce::from(nonce), payload).map_err(|_| "it is too long to encrypt")?;
        Ok([MAGIC, &derived.salt[..], &derived.check, &nonce, &ciphertext].concat())
    }

    fn unseal(&self, account: &str, content: &[u8], path: &Path) -> Result<SecretString, Trouble> {
        let damaged = || Trouble::Entry(format!("is damaged, or another account's ({})", path.display()));
        let sealed = Sealed::parse(content).ok_or_else(damaged)?;
        let derived = self.derived(Some(sealed.salt))?;
        if derived.check[..] != *sealed.check {
            let given = self.passphrase_file.display();
            // The entry is good, so it must not be taken for one that may be thrown away.
            let why = format!("{} is locked with another passphrase than the one in {given}", path.display());
            return Err(Trouble::Store(why));
        }
        let associated = associated(account);
        let payload = Payload { msg: sealed.ciphertext, aad: associated.as_bytes() };
        let bytes = derived.cipher().decrypt(&sealed.nonce, payload).map_err(|_| damaged())?;
        String::from_utf8(bytes).map(SecretString::from).map_err(|_| damaged())
    }

    /// The key for a salt; without one, any key that is there already, because each encryption has its own nonce.
    fn derived(&self, salt: Option<[u8; SALT]>) -> Result<Arc<Derived>, String> {
        let last = self.last.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(derived) = last.filter(|derived| salt.is_none_or(|salt| salt == derived.salt)) {
            return Ok(derived);
        }
        let derived = Arc::new(self.derive(salt.unwrap_or_else(|| random(&*self.entropy)))?);
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Some(derived.clone());
        Ok(derived)
    }

    fn derive(&self, salt: [u8; SALT]) -> Result<Derived, String> {
        let failed = |error: argon2::Error| format!("the key cannot be made: {error}");
        let params = Params::new(MEMORY_KIB, PASSES, LANES, Some(KEY + CHECK)).map_err(failed)?;
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let mut made = SecretBox::new(Box::new([0; KEY + CHECK]));
        let passphrase = self.passphrase.expose_secret().as_bytes();
        argon2.hash_password_into(passphrase, &salt, made.expose_secret_mut()).map_err(failed)?;
        let (mut key, mut check) = (SecretBox::new(Box::new([0; KEY])), [0; CHECK]);
        let (for_key, for_check) = made.expose_secret().split_at(KEY);
        key.expose_secret_mut().copy_from_slice(for_key);
        check.copy_from_slice(for_check);
        Ok(Derived { salt, check, key })
    }

    /// The whole file or none of it, whenever the machine stops.
    fn replace(&self, path: &Path, content: &[u8]) -> io::Result<()> {
        let unfinished = self.folder.join(format!(".{}", hex(&random::<8>(&*self.entropy))));
        let written = write_new(&unfinished, content).and_then(|()| fs::rename(&unfinished, path));
        if written.is_err() {
            let _ = fs::remove_file(&unfinished);
        }
        written.and_then(|()| sync_folder(&self.folder))
    }
}

impl Derived {
    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(self.key.expose_secret().into())
    }
}

impl<'a> Sealed<'a> {
    fn parse(content: &'a [u8]) -> Option<Self> {
        let rest = content.strip_prefix(MAGIC)?;
        let (salt, rest) = rest.split_first_chunk::<SALT>()?;
        let (check, rest) = rest.split_at_checked(CHECK)?;
        let (nonce, ciphertext) = rest.split_first_chunk::<NONCE>()?;
        Some(Self { salt: *salt, check, nonce: XNonce::from(*nonce), ciphertext })
    }
}

fn associated(account: &str) -> String {
    format!("{SERVICE}|{account}")
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The first line of the file, without its break.
fn read_passphrase(path: &Path) -> Result<SecretString, String> {
    let shown = path.display();
    let file = File::open(path).map_err(|error| format!("the passphrase file {shown} cannot be read: {error}"))?;
    check_passphrase_file(&file).map_err(|reason| format!("the passphrase file {shown} {reason}"))?;
    let mut bytes = Vec::new();
    let read = file.take(MAX_PASSPHRASE + 1).read_to_end(&mut bytes);
    read.map_err(|error| format!("the passphrase file {shown} cannot be read: {error}"))?;
    let text = SecretString::from(
        String::from_utf8(bytes).map_err(|_| format!("the passphrase file {shown} is no UTF-8 text"))?,
    );
    let line = text.expose_secret().lines().next().unwrap_or_default();
    if line.is_empty() {
        return Err(format!("the passphrase file {shown} has an empty first line; put the passphrase there"));
    }
    if line.len() as u64 >= MAX_PASSPHRASE {
        return Err(format!("the first line of {shown} is too long; accepted are up to {MAX_PASSPHRASE} bytes"));
    }
    Ok(SecretString::from(line))
}

/// A file that frontrow wrote; `None` when there is none.
fn read_own(path: &Path) -> Result<Option<Vec<u8>>, String> {
    let shown = path.display();
    let file = match open_own(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) if is_link(path) => return Err(format!("{shown} is a link, which is not followed ({error})")),
        Err(error) => return Err(format!("{shown} cannot be read: {error}")),
    };
    check_own(&file).map_err(|reason| format!("{shown} {reason}"))?;
    let mut content = Vec::new();
    file.take(MAX_FILE).read_to_end(&mut content).map_err(|error| format!("{shown} cannot be read: {error}"))?;
    Ok(Some(content))
}

fn is_link(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|found| found.is_symlink())
}

#[cfg(unix)]
mod rights {
    use super::*;
    use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};

    /// Neither through a link, nor waiting for the other end of a pipe.
    pub fn open_own(path: &Path) -> io::Result<File> {
        let flags = rustix::fs::OFlags::NOFOLLOW | rustix::fs::OFlags::NONBLOCK;
        OpenOptions::new().read(true).custom_flags(flags.bits().cast_signed()).open(path)
    }

    pub fn write_new(path: &Path, content: &[u8]) -> io::Result<()> {
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
        file.write_all(content)?;
        file.sync_all()
    }

    pub fn sync_folder(folder: &Path) -> io::Result<()> {
        File::open(folder)?.sync_all()
    }

    pub fn make_folder(folder: &Path) -> Result<(), String> {
        let shown = folder.display();
        let made = fs::DirBuilder::new().recursive(true).mode(0o700).create(folder);
        made.map_err(|error| format!("the folder {shown} cannot be made: {error}"))?;
        let found = fs::symlink_metadata(folder).map_err(|error| format!("{shown} cannot be read: {error}"))?;
        if !found.is_dir() {
            return Err(format!("{shown} is not a folder of frontrow's own"));
        }
        belongs_to_me(&found, 0o077, "700").map_err(|reason| format!("the folder {shown} {reason}"))
    }

    pub fn check_own(file: &File) -> Result<(), String> {
        let found = file.metadata().map_err(|error| format!("cannot be read: {error}"))?;
        if !found.is_file() {
            return Err("is not a file that frontrow wrote".to_owned());
        }
        belongs_to_me(&found, 0o077, "600")
    }

    /// A passphrase may belong to the system, which then lets this user read it: systemd does so by a list of users
    /// that shows as a right of the group.
    pub fn check_passphrase_file(file: &File) -> Result<(), String> {
        let found = file.metadata().map_err(|error| format!("cannot be read: {error}"))?;
        if found.uid() == 0 && rustix::process::geteuid().as_raw() != 0 {
            return if found.mode() & 0o027 == 0 { Ok(()) } else { Err("can be read by everyone".to_owned()) };
        }
        belongs_to_me(&found, 0o077, "600")
    }

    fn belongs_to_me(found: &fs::Metadata, refused: u32, wanted: &str) -> Result<(), String> {
        if found.uid() != rustix::process::geteuid().as_raw() {
            return Err("belongs to someone else".to_owned());
        }
        if found.mode() & refused != 0 {
            return Err(format!("can be used by others than its owner; run chmod {wanted} on it"));
        }
        Ok(())
    }
}

/// Where rights come from the folder: a person's data folder is theirs alone.
#[cfg(not(unix))]
mod rights {
    use super::*;

    pub fn open_own(path: &Path) -> io::Result<File> {
        File::open(path)
    }

    pub fn write_new(path: &Path, content: &[u8]) -> io::Result<()> {
        let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
        file.write_all(content)?;
        file.sync_all()
    }

    pub fn sync_folder(_: &Path) -> io::Result<()> {
        Ok(())
    }

    pub fn make_folder(folder: &Path) -> Result<(), String> {
        fs::create_dir_all(folder).map_err(|error| format!("the folder {} cannot be made: {error}", folder.display()))
    }

    pub fn check_own(_: &File) -> Result<(), String> {
        Ok(())
    }

    pub fn check_passphrase_file(_: &File) -> Result<(), String> {
        Ok(())
    }
}

use rights::{check_own, check_passphrase_file, make_folder, open_own, sync_folder, write_new};

#[cfg(all(test, unix))]
#[path = "file/tests.rs"]
mod tests;
