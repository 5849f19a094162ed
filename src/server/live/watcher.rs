//! One watcher: reads the board of a feed at its own pace. Whoever reads slowly hears of many batches at once, or of
//! all states when those are gone; nobody waits for it.

use super::{
    Place,
    feed::{News, Pulse},
    lock,
};
use crate::server::office::Office;
use axum::body::Bytes;
use futures_util::{Stream, stream};
use std::{convert::Infallible, sync::Arc};
use tokio::sync::watch;

/// The first words of a stream: how long to wait, in milliseconds, before coming back when it is lost.
const GREETING: &[u8] = b"retry: 2000\n\n";
/// A comment, which no client takes for an event.
const HEARTBEAT: &[u8] = b":\n\n";

/// A show's news for one client.
pub struct Watcher {
    office: Arc<Office>,
    news: Arc<News>,
    pulse: watch::Receiver<Pulse>,
    /// The number of the last batch that was read.
    heard: Option<u64>,
    beats: u64,
    _place: Place,
}

impl Watcher {
    pub(super) fn new(office: Arc<Office>, place: Place, news: Arc<News>, known: Option<&str>) -> Self {
        let pulse = news.pulse.subscribe();
        let beats = pulse.borrow().beats;
        let heard = known.and_then(|id| lock(&news.board).heard(id));
        Self { office, news, pulse, heard, beats, _place: place }
    }

    /// The stream's bytes, until the server or the watcher ends it.
    pub fn bytes(self) -> impl Stream<Item = Result<Bytes, Infallible>> {
        let greeting = stream::iter([Ok(Bytes::from_static(GREETING))]);
        let news = stream::unfold(self, |mut watcher| async move {
            let bytes = watcher.next().await?;
            Some((Ok(bytes), watcher))
        });
        stream::StreamExt::chain(greeting, news)
    }

    async fn next(&mut self) -> Option<Bytes> {
        loop {
            // Before the board is read, so that what comes afterwards wakes this again.
            let Pulse { beats, ended } = *self.pulse.borrow_and_update();
            if ended {
                return None;
            }
            let quiet = std::mem::replace(&mut self.beats, beats) == beats;
            let told = lock(&self.news.board).since(self.heard, self.office.now());
            if let Some((bytes, newest)) = told {
                self.heard = Some(newest);
                return Some(bytes);
            }
            if !quiet {
                return Some(Bytes::from_static(HEARTBEAT));
            }
            self.pulse.changed().await.ok()?;
        }
    }
}
