//! The database: one SQLite file, one writer with group commit, a few readers.

pub mod schema;
pub mod writer;

use super::problem::{Refusal, SQLITE_CORRUPT, SQLITE_FULL, SQLITE_NOTADB};
use futures_util::future::BoxFuture;
use sqlx::{
    AnyConnection, AnyPool, Connection,
    any::{AnyConnectOptions, AnyPoolOptions},
};
use std::{
    path::{Path, PathBuf},
    str::FromStr,
    time::Duration,
};
use thiserror::Error;
use writer::Writer;

const READERS: u32 = 4;

/// Why the database cannot be used.
#[derive(Debug, Error)]
pub enum OpenError {
    #[error("{0}")]
    Damaged(String),
    #[error("the disk is full")]
    DiskFull,
    #[error(transparent)]
    Other(#[from] sqlx::Error),
}

/// The open database.
pub struct Db {
    writer: Writer,
    readers: AnyPool,
}

impl Db {
    /// Opens `path`, creating it with mode 0600, and brings its schema up to date. `after` is called after each
    /// transaction of writers, before they are answered.
    pub async fn open(path: &Path, after: impl Fn() + Send + Sync + 'static) -> Result<Self, OpenError> {
        sqlx::any::install_default_drivers();
        create_private(path).map_err(sqlx::Error::Io)?;
        let options = AnyConnectOptions::from_str(&url_of(path)?)?;
        let mut first = connect(&options).await.map_err(explain)?;
        schema::migrate(&mut first).await?;
        let readers = AnyPoolOptions::new()
            .max_connections(READERS)
            .acquire_timeout(Duration::from_secs(5))
            .after_connect(|conn, _| {
                Box::pin(async move { sqlx::query("PRAGMA query_only=ON").execute(conn).await.map(drop) })
            })
            .connect_lazy_with(options.clone());
        Ok(Self { writer: Writer::start(first, options, Box::new(after)), readers })
    }

    /// Readers see what is committed, and nothing else.
    pub fn read(&self) -> &AnyPool {
        &self.readers
    }

    /// Runs `work` in a transaction. The answer comes after the commit; an `Err` undoes all of the work.
    pub async fn write<T, F>(&self, work: F) -> Result<T, Refusal>
    where
        T: Send + 'static,
        F: for<'c> FnOnce(&'c mut AnyConnection) -> BoxFuture<'c, Result<T, Refusal>> + Send + 'static,
    {
        self.writer.run(work).await
    }

    /// Finishes what is queued, folds the write-ahead log into the file and closes it.
    pub async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }
}

/// A connection that may write: every acknowledged commit is on the disk.
async fn connect(options: &AnyConnectOptions) -> Result<AnyConnection, sqlx::Error> {
    let mut conn = AnyConnection::connect_with(options).await?;
    for pragma in ["PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL", "PRAGMA foreign_keys=ON"] {
        sqlx::query(pragma).execute(&mut conn).await?;
    }
    Ok(conn)
}

fn explain(error: sqlx::Error) -> OpenError {
    match error.as_database_error().and_then(|e| e.code()).as_deref() {
        Some(SQLITE_NOTADB) => OpenError::Damaged("it is not a database".to_owned()),
        Some(SQLITE_CORRUPT) => OpenError::Damaged("it is damaged".to_owned()),
        Some(SQLITE_FULL) => OpenError::DiskFull,
        _ => OpenError::Other(error),
    }
}

fn url_of(path: &Path) -> Result<String, sqlx::Error> {
    let path: PathBuf = std::path::absolute(path).map_err(sqlx::Error::Io)?;
    let file = url::Url::from_file_path(&path)
        .map_err(|()| sqlx::Error::Configuration(format!("{} is not a file path", path.display()).into()))?;
    Ok(format!("sqlite://{}?mode=rwc", file.path()))
}

/// SQLite gives the write-ahead log the mode of the file, so making the file private makes all of it private.
fn create_private(path: &Path) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}
