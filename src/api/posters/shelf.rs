//! Posters that were fetched before, as they came, one file each. The name of a file is the SHA-256 of its address, so
//! nothing that a server says becomes part of a path.

use super::MAX_BODY;
use crate::domain::env::Clock;
use sha2::{Digest, Sha256};
use std::{
    fs::{self, DirBuilder, File, OpenOptions},
    io::{self, Read, Write},
    path::PathBuf,
    sync::Arc,
};
use url::Url;

/// So much is kept, in bytes. What was not looked at for longest goes first.
const ROOM: u64 = 64 * 1024 * 1024;

pub struct Shelf {
    folder: PathBuf,
    room: u64,
    clock: Arc<dyn Clock>,
}

impl Shelf {
    /// The folder is made when there is something to keep.
    pub fn new(folder: PathBuf, clock: Arc<dyn Clock>) -> Self {
        Self { folder, room: ROOM, clock }
    }

    /// The same with another limit, in bytes.
    pub fn with_room(self, room: u64) -> Self {
        Self { room, ..self }
    }

    pub(super) fn path(&self, url: &Url) -> PathBuf {
        let name: String = Sha256::digest(url.as_str()).iter().map(|byte| format!("{byte:02x}")).collect();
        self.folder.join(name)
    }

    /// What is kept of an address. It counts as looked at now.
    pub fn read(&self, url: &Url) -> Option<Vec<u8>> {
        let file = own(OpenOptions::new().read(true)).open(self.path(url)).ok()?;
        let mut bytes = Vec::new();
        (&file).take(MAX_BODY as u64).read_to_end(&mut bytes).ok()?;
        self.touch(&file);
        Some(bytes)
    }

    pub fn remove(&self, url: &Url) {
        // It may be gone already.
        let _ = fs::remove_file(self.path(url));
    }

    /// Keeps a file, whole or not at all.
    pub fn write(&self, url: &Url, bytes: &[u8]) -> io::Result<()> {
        let mut builder = DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.recursive(true).create(&self.folder)?;
        let path = self.path(url);
        let part = path.with_extension(std::process::id().to_string());
        let written =
            own(OpenOptions::new().write(true).create(true).truncate(true)).open(&part).and_then(|mut file| {
                file.write_all(bytes)?;
                self.touch(&file);
                fs::rename(&part, &path)
            });
        if written.is_err() {
            let _ = fs::remove_file(&part);
        }
        written?;
        self.tidy()
    }

    fn touch(&self, file: &File) {
        // Not being able to only makes it go sooner.
        let _ = file.set_modified(self.clock.now().into());
    }

    fn tidy(&self) -> io::Result<()> {
        let mut files = Vec::new();
        for entry in fs::read_dir(&self.folder)? {
            let entry = entry?;
            // Another program may have removed it meanwhile.
            let Ok(found) = entry.metadata() else { continue };
            if !found.is_dir() {
                files.push((found.modified()?, found.len(), entry.path()));
            }
        }
        files.sort();
        let mut all: u64 = files.iter().map(|(_, length, _)| length).sum();
        for (_, length, path) in files {
            if all <= self.room {
                break;
            }
            match fs::remove_file(path) {
                // Another program that makes room was faster.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                removed => removed?,
            }
            all -= length;
        }
        Ok(())
    }
}

/// For nobody else to read, and not through a link.
fn own(options: &mut OpenOptions) -> &OpenOptions {
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600).custom_flags(rustix::fs::OFlags::NOFOLLOW.bits().cast_signed());
    }
    options
}
