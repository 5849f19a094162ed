//! The box office inside this program: on a thread of its own, so that the screen and the server never wait for each
//! other.

use super::{mail::mailer, outside::outside};
use crate::{
    api::http::Finder,
    config::Settings,
    domain::failure::{Failure, FailureKind},
    platform::env::{OsEntropy, SystemClock},
    server::{self, Demo, Options, StartError, faults::Faults},
};
use async_trait::async_trait;
use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::{Arc, Mutex, PoisonError},
    thread,
};
use tokio::sync::oneshot;
use url::Url;

/// A running box office. Dropping it stops it, after the requests that are open.
pub struct Embedded {
    stop: Option<oneshot::Sender<()>>,
    thread: Option<thread::JoinHandle<()>>,
}

/// The box office of the data folder, in whichever process it runs. When the process ends that ran it, another one
/// of those that use it takes over.
pub struct LocalBoxOffice {
    settings: Settings,
    /// The server, if it runs in this process.
    own: Mutex<Option<Embedded>>,
}

/// Where the box office of the data folder answers.
pub struct Address {
    pub url: Url,
    /// Who it is, for the life of the data folder.
    pub identity: String,
}

/// What a server needs to run, from the settings.
pub fn options(settings: &Settings, bind: SocketAddr, demo: Demo) -> Result<Options, Failure> {
    Ok(Options {
        data_dir: settings.dirs.data.clone(),
        bind,
        demo,
        rules: settings.rules.clone(),
        public_url: settings.public_url.clone(),
        mailer: settings.mail.as_ref().map(mailer).transpose()?,
        outside: outside(settings)?,
        clock: Arc::new(SystemClock::new()),
        entropy: Arc::new(OsEntropy),
        faults: Faults::default(),
    })
}

impl LocalBoxOffice {
    pub fn new(settings: Settings) -> Self {
        Self { settings, own: Mutex::default() }
    }

    /// Starts the box office of the data folder, or finds the process that runs it.
    pub async fn start_or_join(&self) -> Result<Address, Failure> {
        let options = options(&self.settings, (Ipv4Addr::LOCALHOST, 0).into(), Demo::Seed)?;
        let (stop, stopped) = oneshot::channel();
        let (tell, started) = oneshot::channel();
        let thread = thread::Builder::new()
            .name("box office".to_owned())
            .spawn(move || run(options, tell, stopped))
            .map_err(|error| not_started(&error))?;
        let embedded = Embedded { stop: Some(stop), thread: Some(thread) };
        let (url, identity) = match started.await {
            Ok(Ok(address)) => {
                *self.own.lock().unwrap_or_else(PoisonError::into_inner) = Some(embedded);
                address
            }
            Ok(Err(StartError::AlreadyRunning { url, identity })) => (url, identity),
            Ok(Err(error)) => return Err(start_failure(&error)),
            Err(_) => return Err(not_started(&"it ended at once")),
        };
        let url = Url::parse(&url).map_err(|error| not_started(&format_args!("{url}: {error}")))?;
        Ok(Address { url, identity })
    }
}

#[async_trait]
impl Finder for LocalBoxOffice {
    async fn find(&self) -> Result<Url, Failure> {
        self.start_or_join().await.map(|address| address.url)
    }
}

/// The thread: starts the server, says how that went, and serves until it is to stop.
fn run(options: Options, tell: oneshot::Sender<Result<(String, String), StartError>>, stopped: oneshot::Receiver<()>) {
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            let _ = tell.send(Err(StartError::Other(error.to_string())));
            return;
        }
    };
    runtime.block_on(async {
        match server::start(options).await {
            Ok(running) => {
                let _ = tell.send(Ok((running.url().to_owned(), running.identity().to_owned())));
                // A dropped sender means the same as a word from it.
                let _ = stopped.await;
                running.stop().await;
            }
            Err(error) => drop(tell.send(Err(error))),
        }
    });
}

impl Drop for Embedded {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the box office inside this program failed");
        }
    }
}

/// Why a server did not start, for people.
pub fn start_failure(error: &StartError) -> Failure {
    let code = match error {
        StartError::AlreadyRunning { .. } => "already_running",
        StartError::Bind { .. } => "cannot_listen",
        StartError::DataDir { .. } => "data_dir",
        StartError::Database { .. } => "database",
        StartError::DiskFull => "disk_full",
        StartError::Other(_) => "not_started",
    };
    Failure::new(FailureKind::Other, code, error.to_string())
}

fn not_started(reason: &dyn std::fmt::Display) -> Failure {
    Failure::new(FailureKind::Other, "not_started", format!("the box office did not start: {reason}"))
}
