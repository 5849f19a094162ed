//! Ctrl-C and its relatives, for commands that must tidy up before they end.

use crate::domain::failure::{Failure, FailureKind};
use std::io;
use tokio::sync::watch;

/// Remembers that the person (or the system) wants the command to end.
pub struct Interrupt {
    wanted: watch::Receiver<bool>,
}

impl Interrupt {
    /// From now on the signals no longer end the process by themselves.
    pub fn listen() -> Result<Self, Failure> {
        let (tell, wanted) = watch::channel(false);
        let signals = Signals::new().map_err(|error| {
            Failure::new(FailureKind::Other, "signals", format!("signals cannot be listened for: {error}"))
        })?;
        tokio::spawn(async move {
            signals.first().await;
            tell.send_replace(true);
        });
        Ok(Self { wanted })
    }

    /// An error once the end is wanted.
    pub fn check(&self) -> Result<(), Failure> {
        if *self.wanted.borrow() {
            return Err(Failure::new(FailureKind::Other, "interrupted", "interrupted; nothing is booked"));
        }
        Ok(())
    }

    /// Waits until the end is wanted.
    pub async fn wanted(&mut self) {
        // The sender is only dropped after it has spoken.
        let _ = self.wanted.wait_for(|wanted| *wanted).await;
    }
}

#[cfg(unix)]
struct Signals(Vec<tokio::signal::unix::Signal>);

#[cfg(unix)]
impl Signals {
    fn new() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        let kinds = [SignalKind::interrupt(), SignalKind::terminate(), SignalKind::hangup()];
        kinds.into_iter().map(signal).collect::<io::Result<_>>().map(Self)
    }

    async fn first(mut self) {
        futures_util::future::select_all(self.0.iter_mut().map(|signal| Box::pin(signal.recv()))).await;
    }
}

#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    fn new() -> io::Result<Self> {
        Ok(Self)
    }

    async fn first(self) {
        let _ = tokio::signal::ctrl_c().await;
    }
}
