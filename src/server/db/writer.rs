//! The one writer. Up to 64 requests share a transaction, each in a savepoint of its own: one sync of the disk
//! acknowledges all of them, and none is acknowledged before it.

use super::connect;
use crate::server::problem::{Code, Refusal};
use futures_util::{FutureExt, future::BoxFuture};
use sqlx::{AnyConnection, Connection, any::AnyConnectOptions};
use std::panic::AssertUnwindSafe;
use tokio::sync::{mpsc, oneshot};

const GROUP: usize = 64;
const QUEUE: usize = 4096;

/// Tells the caller how it ended, once the transaction is known to be committed or lost.
type Tell = Box<dyn FnOnce(Result<(), Refusal>) + Send>;
type Work = Box<dyn for<'c> FnOnce(&'c mut AnyConnection) -> BoxFuture<'c, Done> + Send>;

/// Is called after each transaction.
type After = Box<dyn Fn() + Send + Sync>;

/// A piece of work that has run inside its savepoint.
struct Done {
    fate: Fate,
    tell: Tell,
}

/// What becomes of a savepoint.
enum Fate {
    Keep,
    Undo(Refusal),
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
    pub fn start(conn: AnyConnection, options: AnyConnectOptions, after: After) -> Self {
        let (queue, messages) = mpsc::channel(QUEUE);
        tokio::spawn(serve(conn, options, messages, after));
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
                let fate = result.as_ref().err().map_or(Fate::Keep, |refusal| Fate::Undo(refusal.clone()));
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

async fn serve(conn: AnyConnection, options: AnyConnectOptions, mut messages: mpsc::Receiver<Message>, after: After) {
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
        if let Err(error) = commit_group(open, group, &after).await {
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

async fn commit_group(conn: &mut AnyConnection, group: Vec<Work>, after: &After) -> Result<(), Refusal> {
    let mut tells = Vec::with_capacity(group.len());
    let committed = run_group(conn, group, &mut tells).await;
    after();
    for tell in tells {
        tell(committed.clone());
    }
    committed
}

async fn run_group(conn: &mut AnyConnection, group: Vec<Work>, tells: &mut Vec<Tell>) -> Result<(), Refusal> {
    let mut transaction = conn.begin_with("BEGIN IMMEDIATE").await?;
    for work in group {
        let mut savepoint = transaction.begin().await?;
        let done = work(&mut savepoint).await;
        tells.push(done.tell);
        match done.fate {
            Fate::Keep => savepoint.commit().await?,
            // A full disk makes SQLite roll back the whole transaction, savepoints and all: the cause is what the
            // work was told, not that its savepoint is gone.
            Fate::Undo(cause) => savepoint.rollback().await.map_err(|error| match cause.code {
                Code::DiskFull => cause,
                _ => Refusal::from(error),
            })?,
        }
    }
    Ok(transaction.commit().await?)
}

#[cfg(test)]
mod tests {
    use crate::server::{
        db::Db,
        problem::{Code, Refusal},
    };
    use futures_util::future::join_all;
    use sqlx::Row;
    use tempfile::TempDir;

    async fn open() -> (TempDir, Db) {
        let dir = TempDir::new().unwrap();
        let db = Db::open(&dir.path().join("test.db"), || ()).await.unwrap();
        (dir, db)
    }

    async fn put(db: &Db, key: &str, value: String, end: fn() -> Result<(), Refusal>) -> Result<(), Refusal> {
        let key = key.to_owned();
        db.write(move |tx| {
            Box::pin(async move {
                let query = sqlx::query("INSERT INTO meta(key,value) VALUES($1,$2)");
                query.bind(key).bind(value).execute(tx).await?;
                end()
            })
        })
        .await
    }

    async fn keys(db: &Db) -> Vec<String> {
        let rows = sqlx::query("SELECT key FROM meta ORDER BY key").fetch_all(db.read()).await.unwrap();
        rows.iter().map(|row| row.try_get("key").unwrap()).collect()
    }

    #[tokio::test]
    async fn a_refused_or_panicking_request_undoes_its_own_work_and_no_other() {
        let (_dir, db) = open().await;
        let answers = join_all([
            put(&db, "a", "1".into(), || Ok(())),
            put(&db, "b", "1".into(), || Err(Refusal::new(Code::SeatTaken, "taken"))),
            put(&db, "c", "1".into(), || panic!("on purpose")),
            put(&db, "d", "1".into(), || Ok(())),
            put(&db, "d", "again".into(), || Ok(())),
        ])
        .await;
        let codes: Vec<_> = answers.into_iter().map(|answer| answer.err().map(|refusal| refusal.code)).collect();
        assert_eq!(codes, [None, Some(Code::SeatTaken), Some(Code::Internal), None, Some(Code::Internal)]);
        assert_eq!(keys(&db).await, ["a", "d"]);
        db.close().await;
    }

    #[tokio::test]
    async fn a_full_disk_is_said_and_the_writer_goes_on_when_there_is_room() {
        let (_dir, db) = open().await;
        let limit = |pages: &'static str| {
            db.write(move |tx| Box::pin(async move { Ok(sqlx::query(pages).execute(tx).await?.rows_affected()) }))
        };
        limit("PRAGMA max_page_count=1").await.unwrap();
        let full = put(&db, "big", "x".repeat(1_000_000), || Ok(())).await.unwrap_err();
        assert_eq!(full.code, Code::DiskFull);
        assert!(keys(&db).await.is_empty());
        limit("PRAGMA max_page_count=1000000").await.unwrap();
        put(&db, "big", "x".repeat(1_000_000), || Ok(())).await.unwrap();
        assert_eq!(keys(&db).await, ["big"]);
        db.close().await;
    }

    #[tokio::test]
    async fn what_is_asked_after_the_end_is_refused() {
        let (_dir, db) = open().await;
        db.close().await;
        assert_eq!(put(&db, "late", "1".into(), || Ok(())).await.unwrap_err().code, Code::Busy);
    }
}
