//! The one writer. Up to 64 requests share a transaction, each in a savepoint of its own: one sync of the disk
//! acknowledges all of them, and none is acknowledged before it.

use super::connect;
use crate::server::problem::Refusal;
use futures_util::{FutureExt, future::BoxFuture};
use sqlx::{AnyConnection, Connection, any::AnyConnectOptions};
use std::panic::AssertUnwindSafe;
use tokio::sync::{mpsc, oneshot};

const GROUP: usize = 64;
const QUEUE: usize = 4096;

/// Tells the caller how it ended, once the transaction is known to be committed or lost.
type Tell = Box<dyn FnOnce(Result<(), Refusal>) + Send>;
type Work = Box<dyn for<'c> FnOnce(&'c mut AnyConnection) -> BoxFuture<'c, Done> + Send>;

/// A piece of work that has run inside its savepoint.
struct Done {
    fate: Fate,
    tell: Tell,
}

/// What becomes of a savepoint.
enum Fate {
    Keep,
    Undo,
}

enum Message {
    Work(Work),
    Close(oneshot::Sender<()>),
}

/// The handle of the writer task.
pub struct Writer {
    queue: mpsc::Sender<Message>,
}

impl Writer {
    pub fn start(conn: AnyConnection, options: AnyConnectOptions) -> Self {
        let (queue, messages) = mpsc::channel(QUEUE);
        tokio::spawn(serve(conn, options, messages));
        Self { queue }
    }

    pub async fn run<T, F>(&self, work: F) -> Result<T, Refusal>
    where
        T: Send + 'static,
        F: for<'c> FnOnce(&'c mut AnyConnection) -> BoxFuture<'c, Result<T, Refusal>> + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        let work: Work = Box::new(move |conn| {
            Box::pin(async move {
                let result = AssertUnwindSafe(async move { work(conn).await })
                    .catch_unwind()
                    .await
                    .unwrap_or_else(|_| Err(Refusal::internal("a write panicked")));
                let fate = if result.is_ok() { Fate::Keep } else { Fate::Undo };
                // The caller may be gone; the work is done all the same.
                let tell: Tell = Box::new(move |committed| drop(answer.send(committed.and(result))));
                Done { fate, tell }
            })
        });
        self.queue.send(Message::Work(work)).await.map_err(|_| Refusal::busy())?;
        // Work that was dropped unrun (its transaction could not even begin) has changed nothing.
        answered.await.unwrap_or_else(|_| Err(Refusal::busy()))
    }

    /// Runs what is queued, then folds the write-ahead log into the database file.
    pub async fn close(&self) {
        let (closed, wait) = oneshot::channel();
        if self.queue.send(Message::Close(closed)).await.is_ok() {
            let _ = wait.await;
        }
    }
}

async fn serve(conn: AnyConnection, options: AnyConnectOptions, mut messages: mpsc::Receiver<Message>) {
    let mut conn = Some(conn);
    let mut closing = None;
    while let Some(first) = messages.recv().await {
        let mut group = Vec::new();
        let mut next = Some(first);
        while let Some(message) = next {
            match message {
                Message::Work(work) => group.push(work),
                Message::Close(closed) => {
                    messages.close();
                    closing = Some(closed);
                }
            }
            next = if group.len() < GROUP { messages.try_recv().ok() } else { None };
        }
        if group.is_empty() {
            continue;
        }
        conn = match conn {
            Some(open) => Some(open),
            None => connect(&options).await.inspect_err(|e| tracing::error!("the database cannot be opened: {e}")).ok(),
        };
        let Some(open) = conn.as_mut() else { continue };
        if let Err(error) = commit_group(open, group).await {
            tracing::error!("a transaction was lost: {error}");
            // Whatever state the connection is in, closing it rolls it back.
            conn = None;
        }
    }
    if let Some(mut open) = conn {
        let folded = sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(&mut open).await.map(drop);
        if let Err(error) = folded.and(open.close().await) {
            tracing::warn!("the database did not close cleanly: {error}");
        }
    }
    if let Some(closed) = closing {
        let _ = closed.send(());
    }
}

async fn commit_group(conn: &mut AnyConnection, group: Vec<Work>) -> Result<(), sqlx::Error> {
    let mut tells = Vec::with_capacity(group.len());
    let committed = run_group(conn, group, &mut tells).await;
    let verdict = committed.as_ref().map(|_| ()).map_err(Refusal::from);
    for tell in tells {
        tell(verdict.clone());
    }
    committed
}

async fn run_group(conn: &mut AnyConnection, group: Vec<Work>, tells: &mut Vec<Tell>) -> Result<(), sqlx::Error> {
    let mut transaction = conn.begin_with("BEGIN IMMEDIATE").await?;
    for work in group {
        let mut savepoint = transaction.begin().await?;
        let done = work(&mut savepoint).await;
        tells.push(done.tell);
        match done.fate {
            Fate::Keep => savepoint.commit().await?,
            Fate::Undo => savepoint.rollback().await?,
        }
    }
    transaction.commit().await
}
