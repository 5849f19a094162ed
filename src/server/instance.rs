//! One process owns a data folder. The lock is the operating system's, so it ends with the process; the file beside
//! it says where the owner listens.

use super::StartError;
use serde::{Deserialize, Serialize};
use std::{
    fs::{File, OpenOptions, TryLockError},
    net::{SocketAddr, TcpStream},
    path::{Path, PathBuf},
    thread::sleep,
    time::Duration,
};

/// Where the owner of a data folder listens, and who it is.
#[derive(Serialize, Deserialize)]
struct Address {
    url: String,
    identity: String,
}

/// The right to use a data folder, until it is dropped.
pub struct Instance {
    _lock: File,
    url_file: PathBuf,
}

impl Instance {
    /// Takes the folder, or tells where its owner listens. Blocks for up to five seconds while an owner starts.
    pub fn own(data_dir: &Path) -> Result<Self, StartError> {
        let path = data_dir.join("server.lock");
        let refuse = |error: std::io::Error| StartError::data_dir(data_dir, &error);
        let lock = OpenOptions::new().create(true).truncate(false).write(true).open(&path).map_err(refuse)?;
        let url_file = data_dir.join("server.url");
        for _ in 0..100 {
            match lock.try_lock() {
                Ok(()) => {
                    // What an owner that crashed has left is not true any more.
                    let _ = std::fs::remove_file(&url_file);
                    return Ok(Self { _lock: lock, url_file });
                }
                Err(TryLockError::Error(error)) => return Err(refuse(error)),
                Err(TryLockError::WouldBlock) => {}
            }
            if let Some(Address { url, identity }) = running(&url_file) {
                return Err(StartError::AlreadyRunning { url, identity });
            }
            sleep(Duration::from_millis(50));
        }
        Err(StartError::DataDir {
            path: data_dir.to_owned(),
            why: "another frontrow is using it and does not answer; end that one, or choose another folder".to_owned(),
        })
    }

    /// Tells later processes where to find this one.
    pub fn announce(&self, url: &str, identity: &str) -> std::io::Result<()> {
        let address = Address { url: url.to_owned(), identity: identity.to_owned() };
        let draft = self.url_file.with_extension("url.new");
        std::fs::write(&draft, serde_json::to_string(&address)?)?;
        std::fs::rename(draft, &self.url_file)
    }
}

impl Drop for Instance {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.url_file);
    }
}

/// The announced address, if someone answers there.
fn running(url_file: &Path) -> Option<Address> {
    let address: Address = serde_json::from_str(&std::fs::read_to_string(url_file).ok()?).ok()?;
    let socket: SocketAddr = address.url.strip_prefix("http://")?.parse().ok()?;
    TcpStream::connect_timeout(&socket, Duration::from_millis(500)).ok()?;
    Some(address)
}
