//! The one task that writes, with group commit.
//!
//! Jobs queue up; the task takes what is there, runs each in a savepoint of one transaction,
//! commits once, and only then answers. So a slow disk is paid for once a group, a job that
//! fails takes no other down, and no answer is given for what a power cut could undo.

use std::panic::AssertUnwindSafe;

use futures_util::{FutureExt, future::BoxFuture};
use sqlx::{Connection, SqliteConnection};
use tokio::sync::{mpsc, oneshot};

use super::super::{StoreError, WAITING};

/// Jobs in one transaction: enough that the disk's time is shared widely, few enough that
/// the first of them does not wait long for its answer.
const GROUP: usize = 128;

/// The way to the writing task.
#[derive(Debug, Clone)]
pub(super) struct Writer {
    jobs: mpsc::Sender<Message>,
}

enum Message {
    Work(Box<dyn Job>),
    Close(oneshot::Sender<()>),
}

/// A piece of work on the open transaction. `run` comes first, `answer` once, after the
/// commit or its failure.
trait Job: Send {
    fn run<'a>(
        &'a mut self,
        conn: &'a mut SqliteConnection,
    ) -> BoxFuture<'a, Result<(), StoreError>>;
    fn answer(self: Box<Self>, outcome: Result<(), StoreError>);
}

struct Task<F, T> {
    work: Option<F>,
    result: Option<T>,
    reply: oneshot::Sender<Result<T, StoreError>>,
}

impl<F, T> Job for Task<F, T>
where
    F: for<'c> FnOnce(&'c mut SqliteConnection) -> BoxFuture<'c, Result<T, StoreError>> + Send,
    T: Send,
{
    fn run<'a>(
        &'a mut self,
        conn: &'a mut SqliteConnection,
    ) -> BoxFuture<'a, Result<(), StoreError>> {
        Box::pin(async move {
            if let Some(work) = self.work.take() {
                self.result = Some(work(conn).await?);
            }
            Ok(())
        })
    }

    fn answer(self: Box<Self>, outcome: Result<(), StoreError>) {
        let Self { result, reply, .. } = *self;
        let answer = outcome.and_then(|()| {
            result.ok_or_else(|| StoreError::Statement("a write gave no result".to_owned()))
        });
        // Whoever asked may have gone; what was written stays, and asking again finds it.
        let _ = reply.send(answer);
    }
}

impl Writer {
    /// Starts the task on `conn`, which must allow writing.
    pub(super) fn start(conn: SqliteConnection) -> Self {
        let (jobs, queue) = mpsc::channel(WAITING);
        tokio::spawn(write(conn, queue));
        Self { jobs }
    }

    /// Runs `work` in the next transaction and gives its result after the commit.
    ///
    /// # Errors
    /// [`StoreError::Busy`] if the queue is full; else what `work` or the commit failed with.
    pub(super) async fn run<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        F: for<'c> FnOnce(&'c mut SqliteConnection) -> BoxFuture<'c, Result<T, StoreError>>
            + Send
            + 'static,
        T: Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let task = Task { work: Some(work), result: None, reply };
        self.jobs.try_send(Message::Work(Box::new(task))).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => StoreError::Busy,
            mpsc::error::TrySendError::Closed(_) => closed(),
        })?;
        answer.await.unwrap_or_else(|_| Err(closed()))
    }

    /// Finishes what is queued and closes the connection.
    pub(super) async fn close(&self) {
        let (done, wait) = oneshot::channel();
        if self.jobs.send(Message::Close(done)).await.is_ok() {
            let _ = wait.await;
        }
    }
}

fn closed() -> StoreError {
    StoreError::Unavailable("the database is being closed".to_owned())
}

async fn write(mut conn: SqliteConnection, mut queue: mpsc::Receiver<Message>) {
    let mut waiting = Vec::with_capacity(GROUP);
    let mut closing = None;
    while closing.is_none() && queue.recv_many(&mut waiting, GROUP).await > 0 {
        let mut jobs = Vec::with_capacity(waiting.len());
        for message in waiting.drain(..) {
            match message {
                Message::Work(job) => jobs.push(job),
                Message::Close(done) => closing = Some(done),
            }
        }
        if !jobs.is_empty() {
            commit_group(&mut conn, jobs).await;
        }
    }
    queue.close();
    // Those that came after the word to close are answered that it is closed, by dropping.
    if let Err(error) = sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(&mut conn).await {
        tracing::warn!(%error, "the write-ahead log stays beside the database");
    }
    let _ = conn.close().await;
    if let Some(done) = closing {
        let _ = done.send(());
    }
}

/// Runs `jobs` in one transaction and answers each of them.
async fn commit_group(conn: &mut SqliteConnection, jobs: Vec<Box<dyn Job>>) {
    if let Err(error) = sqlx::query("BEGIN IMMEDIATE").execute(&mut *conn).await {
        return answer_all(jobs, &error.into());
    }
    let mut done = Vec::with_capacity(jobs.len());
    let mut jobs = jobs.into_iter();
    while let Some(mut job) = jobs.next() {
        match in_savepoint(conn, job.as_mut()).await {
            Ok(()) => done.push(job),
            Err(Failure::Job(error)) => job.answer(Err(error)),
            Err(Failure::Transaction(error)) => {
                let _ = sqlx::query("ROLLBACK").execute(&mut *conn).await;
                done.push(job);
                done.extend(jobs);
                return answer_all(done, &error);
            }
        }
    }
    match sqlx::query("COMMIT").execute(&mut *conn).await {
        Ok(_) => done.into_iter().for_each(|job| job.answer(Ok(()))),
        Err(error) => {
            let _ = sqlx::query("ROLLBACK").execute(&mut *conn).await;
            answer_all(done, &error.into());
        }
    }
}

enum Failure {
    /// The job failed and left no trace; the transaction goes on.
    Job(StoreError),
    /// The transaction is lost.
    Transaction(StoreError),
}

async fn in_savepoint(conn: &mut SqliteConnection, job: &mut dyn Job) -> Result<(), Failure> {
    let lost = |error: sqlx::Error| Failure::Transaction(error.into());
    sqlx::query("SAVEPOINT job").execute(&mut *conn).await.map_err(lost)?;
    let outcome = AssertUnwindSafe(job.run(conn)).catch_unwind().await.unwrap_or_else(|_| {
        Err(StoreError::Statement("a write panicked; this is a fault of the program".to_owned()))
    });
    match outcome {
        Ok(()) => {
            sqlx::query("RELEASE job").execute(&mut *conn).await.map_err(lost)?;
            Ok(())
        }
        // A full or failing disk may have ended the transaction on its own, and the rest of
        // the group would meet the same disk.
        Err(error @ (StoreError::Unavailable(_) | StoreError::Unusable(_))) => {
            Err(Failure::Transaction(error))
        }
        Err(error) => {
            sqlx::query("ROLLBACK TO job").execute(&mut *conn).await.map_err(lost)?;
            sqlx::query("RELEASE job").execute(&mut *conn).await.map_err(lost)?;
            Err(Failure::Job(error))
        }
    }
}

fn answer_all(jobs: Vec<Box<dyn Job>>, error: &StoreError) {
    tracing::error!(%error, jobs = jobs.len(), "a group of writes was not committed");
    for job in jobs {
        job.answer(Err(error.clone()));
    }
}

#[cfg(test)]
mod tests {
    use futures_util::future::join_all;
    use tempfile::TempDir;

    use super::*;
    use crate::Store;

    async fn note(store: &Store, key: String, then: fn() -> Result<(), StoreError>) -> Outcome {
        store
            .writer
            .run(move |conn| {
                Box::pin(async move {
                    sqlx::query("INSERT INTO meta (key, value) VALUES (?1, '')")
                        .bind(key)
                        .execute(conn)
                        .await?;
                    then()
                })
            })
            .await
    }

    type Outcome = Result<(), StoreError>;

    async fn notes(store: &Store) -> i64 {
        sqlx::query_scalar("SELECT count(*) FROM meta WHERE key LIKE 'note%'")
            .fetch_one(&store.readers)
            .await
            .unwrap()
    }

    async fn pragma(store: &Store, statement: &'static str) -> i64 {
        store
            .writer
            .run(move |conn| {
                Box::pin(async move { Ok(sqlx::query_scalar(statement).fetch_one(conn).await?) })
            })
            .await
            .unwrap()
    }

    #[tokio::test]
    async fn a_job_that_fails_or_panics_takes_no_other_down() {
        let dir = TempDir::new().unwrap();
        let store = Store::open(dir.path()).await.unwrap();
        let jobs = (0..60).map(|number| {
            let then: fn() -> Outcome = match number % 3 {
                0 => || Ok(()),
                1 => || Err(StoreError::Statement("on purpose".to_owned())),
                _ => || panic!("on purpose"),
            };
            note(&store, format!("note {number}"), then)
        });
        let outcomes = join_all(jobs).await;
        for (number, outcome) in outcomes.iter().enumerate() {
            assert_eq!(outcome.is_ok(), number % 3 == 0, "{number}: {outcome:?}");
        }
        assert_eq!(notes(&store).await, 20);
    }

    #[tokio::test]
    async fn a_full_disk_acknowledges_nothing_and_is_got_over() {
        let dir = TempDir::new().unwrap();
        let store = Store::open(dir.path()).await.unwrap();
        let pages = pragma(&store, "PRAGMA page_count").await;
        assert!(pragma(&store, "PRAGMA max_page_count = 1").await >= pages);
        let long = "x".repeat(100_000);
        let jobs = (0..5).map(|n| note(&store, format!("note {n} {long}"), || Ok(())));
        for outcome in join_all(jobs).await {
            assert!(matches!(outcome, Err(StoreError::Unavailable(_))), "{outcome:?}");
        }
        assert_eq!(notes(&store).await, 0);
        pragma(&store, "PRAGMA max_page_count = 1000000").await;
        note(&store, format!("note {long}"), || Ok(())).await.unwrap();
        assert_eq!(notes(&store).await, 1);
    }

    #[tokio::test]
    async fn what_does_not_fit_the_queue_is_told_to_come_back() {
        let dir = TempDir::new().unwrap();
        let store = Store::open(dir.path()).await.unwrap();
        let jobs = (0..3 * WAITING).map(|n| note(&store, format!("note {n}"), || Ok(())));
        let outcomes = join_all(jobs).await;
        let busy = outcomes.iter().filter(|o| matches!(o, Err(StoreError::Busy))).count();
        let done = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
        assert_eq!(busy + done, 3 * WAITING);
        assert!(busy > 0);
        assert_eq!(notes(&store).await, i64::try_from(done).unwrap());
    }

    #[tokio::test]
    async fn what_was_queued_is_written_before_closing() {
        let dir = TempDir::new().unwrap();
        let store = Store::open(dir.path()).await.unwrap();
        let jobs = (0..300).map(|n| note(&store, format!("note {n}"), || Ok(())));
        let (outcomes, ()) = futures_util::join!(join_all(jobs), store.close());
        let done = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
        assert!(!dir.path().join("together.db-wal").exists());
        let store = Store::open(dir.path()).await.unwrap();
        assert_eq!(notes(&store).await, i64::try_from(done).unwrap());
    }
}
