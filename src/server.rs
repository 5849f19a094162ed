//! The box office: the booking server, embedded in the client or run by itself.
//!
//! A request goes through `web` (names, time, limits), to a route, which parses it and calls one service; a service
//! is a transaction of `db` with rules from the domain. Both dialects, the native API and QuickShow's, call the
//! same services.

mod address;
mod allowance;
pub mod clerk;
mod complaint;
mod confidential;
mod db;
mod dialect;
mod extract;
pub mod faults;
mod form;
mod html;
mod instance;
mod keys;
mod live;
pub mod mail;
mod office;
mod openapi;
pub mod outside;
mod peer;
mod pepper;
mod problem;
mod routes;
mod seed;
mod services;
mod web;

pub use crate::domain::rules::Rules;

use crate::domain::{
    chart::Chart,
    env::{Clock, Entropy, random},
    ids::ShowId,
};
use allowance::Allowances;
use axum::serve::ListenerExt;
use db::{Db, OpenError};
use faults::Faults;
use instance::Instance;
use keys::Keys;
use live::Live;
use mail::Mailer;
use office::{Office, new_uuid};
use outside::Outside;
use pepper::Pepper;
use problem::{Code, Refusal};
use services::{accounts, passwords::Passwords, plans::Plans, tidy};
use sqlx::Row;
use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::{Arc, atomic::AtomicI64},
    time::Duration,
};
use thiserror::Error;
use tokio::{net::TcpListener, sync::watch, task::JoinHandle};
use url::Url;

/// How long open requests may take when the server stops.
const DRAIN: Duration = Duration::from_secs(10);

/// How a server is to run.
pub struct Options {
    /// Everything it keeps: the database, the lock, its address.
    pub data_dir: PathBuf,
    /// Port 0 lets the system choose one.
    pub bind: SocketAddr,
    pub demo: Demo,
    pub rules: Rules,
    /// The address by which people reach it, where that is not the one it listens on.
    pub public_url: Option<Url>,
    /// Sends codes. Without one nobody is asked to prove an address.
    pub mailer: Option<Arc<dyn Mailer>>,
    pub outside: Outside,
    pub clock: Arc<dyn Clock>,
    pub entropy: Arc<dyn Entropy>,
    pub faults: Faults,
}

/// Whether the demo cinema is kept in the data folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Demo {
    /// Add its films and shows, and those of each new day.
    Seed,
    /// Leave what is there.
    Leave,
}

/// Why the server did not start. Nothing was changed.
#[derive(Debug, Error)]
pub enum StartError {
    #[error("a frontrow server is using this data folder already, at {url}")]
    AlreadyRunning { url: String, identity: String },
    #[error("cannot listen on {address}: {why}")]
    Bind { address: SocketAddr, why: String },
    #[error("the data folder {} cannot be used: {why}", path.display())]
    DataDir { path: PathBuf, why: String },
    #[error(
        "the database {} cannot be used: {why}. Nothing was changed; to start fresh, choose another folder with \
         --data-dir",
        path.display()
    )]
    Database { path: PathBuf, why: String },
    #[error("the disk is full; make room and start again")]
    DiskFull,
    #[error("the server did not start: {0}")]
    Other(String),
}

impl StartError {
    fn data_dir(path: &Path, error: &std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::StorageFull => Self::DiskFull,
            _ => Self::DataDir { path: path.to_owned(), why: format!("{error}; choose another with --data-dir") },
        }
    }
}

impl From<Refusal> for StartError {
    fn from(refusal: Refusal) -> Self {
        match refusal.code {
            Code::DiskFull => Self::DiskFull,
            _ => Self::Other(refusal.detail),
        }
    }
}

/// A server that accepts requests.
pub struct Running {
    office: Arc<Office>,
    stop: watch::Sender<()>,
    serving: JoinHandle<()>,
    instance: Instance,
}

/// Why an address cannot be listened on, and what helps.
fn cannot_listen(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::AddrInUse => {
            format!("{error}; end the program that uses it, or choose another with --bind")
        }
        _ => format!("{error}; choose another with --bind"),
    }
}

/// Starts a server; when this returns, it accepts requests.
pub async fn start(options: Options) -> Result<Running, StartError> {
    let Options { data_dir, bind, demo, rules, public_url, mailer, outside, clock, entropy, faults } = options;
    create_private_dir(&data_dir)?;
    let folder = data_dir.clone();
    let owned = tokio::task::spawn_blocking(move || Instance::own(&folder)).await;
    let instance = owned.map_err(|e| StartError::Other(e.to_string()))??;
    let refuse = |error: std::io::Error| StartError::Bind { address: bind, why: cannot_listen(&error) };
    let listener = TcpListener::bind(bind).await.map_err(refuse)?;
    let address = listener.local_addr().map_err(refuse)?;

    let live = Arc::new(Live::new(&rules.limits));
    let db = open_database(&data_dir.join("boxoffice.db"), &live).await?;
    let founding = found(&db, &*clock, &*entropy).await?;
    let keys = Keys::open(&db, &*clock, &rules.lifetimes, &founding.key_seed).await?;
    let (programme, mut cinema) = seed::install(&db, &*clock, demo).await?;
    cinema.orphan_rule = rules.selling.orphans;
    cinema.release_accessible_min = rules.selling.release_accessible_min;
    let office = Arc::new(Office {
        pepper: Pepper::new(founding.pepper),
        keys,
        allowances: Allowances::new(&rules.limits, &clock),
        rules,
        public_url,
        mailer,
        outside,
        plans: Plans::default(),
        passwords: Passwords::new(&*entropy),
        programme,
        cinema,
        identity: founding.identity,
        url: format!("http://{address}"),
        tidied_at: AtomicI64::new(i64::MIN / 2),
        live: Arc::clone(&live),
        db,
        clock,
        entropy,
    });
    accounts::appoint(&office).await?;
    tidy::when_due(&office);

    let router = web::router(Arc::clone(&office), address, faults);
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    let listener = listener.tap_io(|stream| {
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!("a connection keeps Nagle's delay: {error}");
        }
    });
    let (stop, mut stopped) = watch::channel(());
    let serving = tokio::spawn(async move {
        // An error means that the handle is gone: stop as well.
        let until = async move {
            drop(stopped.changed().await);
            // What is watched has no end of its own.
            live.close();
        };
        if let Err(error) = axum::serve(listener, service).with_graceful_shutdown(until).await {
            tracing::error!("the server ended: {error}");
        }
    });
    instance.announce(&office.url, &office.identity).map_err(|error| StartError::data_dir(&data_dir, &error))?;
    Ok(Running { office, stop, serving, instance })
}

impl Running {
    /// Where it listens, such as `http://127.0.0.1:40123`.
    pub fn url(&self) -> &str {
        &self.office.url
    }

    /// Who it is, for the life of its data folder, whatever its port: a sign-in belongs to this.
    pub fn identity(&self) -> &str {
        &self.office.identity
    }

    /// Moves a show to another plan of its hall: everybody keeps the seats they have. Refused with one sentence that
    /// names the seats which somebody has and which the new plan lacks.
    pub async fn move_show(&self, show: &ShowId, chart: Chart) -> Result<(), String> {
        services::replan::move_show(&self.office, show, chart).await.map_err(|refusal| refusal.detail)
    }

    /// Accepts nothing more, finishes what is open within ten seconds, and closes the database.
    pub async fn stop(self) {
        let Self { office, stop, mut serving, instance } = self;
        drop(stop);
        if tokio::time::timeout(DRAIN, &mut serving).await.is_err() {
            serving.abort();
        }
        office.db.close().await;
        drop(instance);
    }
}

fn create_private_dir(path: &Path) -> Result<(), StartError> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path).map_err(|error| StartError::data_dir(path, &error))
}

async fn open_database(path: &Path, live: &Arc<Live>) -> Result<Db, StartError> {
    let live = Arc::clone(live);
    Db::open(path, move || live.committed()).await.map_err(|error| match error {
        OpenError::Damaged(why) => StartError::Database { path: path.to_owned(), why },
        OpenError::DiskFull => StartError::DiskFull,
        OpenError::Other(error) => StartError::Database { path: path.to_owned(), why: error.to_string() },
    })
}

/// What is decided once for a data folder.
struct Founding {
    identity: String,
    key_seed: [u8; 32],
    pepper: [u8; 32],
}

/// Reads it, or decides it now.
async fn found(db: &Db, clock: &dyn Clock, entropy: &dyn Entropy) -> Result<Founding, Refusal> {
    let proposals = [
        ("identity", format!("embedded:{}", new_uuid(clock, entropy))),
        ("signing_key", office::hex(&random::<32>(entropy))),
        ("pepper", office::hex(&random::<32>(entropy))),
    ];
    let [identity, key, pepper] = db
        .write(move |tx| {
            Box::pin(async move {
                let mut decided = [String::new(), String::new(), String::new()];
                for ((key, proposal), value) in proposals.into_iter().zip(&mut decided) {
                    sqlx::query("INSERT INTO meta(key,value) VALUES($1,$2) ON CONFLICT(key) DO NOTHING")
                        .bind(key)
                        .bind(proposal)
                        .execute(&mut *tx)
                        .await?;
                    let row = sqlx::query("SELECT value FROM meta WHERE key=$1").bind(key).fetch_one(&mut *tx).await?;
                    *value = row.try_get("value")?;
                }
                Ok(decided)
            })
        })
        .await?;
    Ok(Founding { identity, key_seed: office::unhex(&key)?, pepper: office::unhex(&pepper)? })
}
