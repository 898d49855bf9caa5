//! SQLite: one connection that writes, a few that read.

mod backup;
mod insert;
#[path = "../sql/mod.rs"]
mod sql;

use std::{path::Path, sync::Arc, time::Duration};

use async_trait::async_trait;
use sqlx::{
    Connection as _, SqlitePool,
    migrate::Migrator,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use super::{
    Database, Job, Scope, StoreError,
    writer::{Connection, Writer},
};
use insert::insert_submissions;
use sql::{Known, SqlTx};

pub(super) use backup::restore;

/// What `sql` is compiled for.
type Conn = sqlx::SqliteConnection;
type Row = sqlx::sqlite::SqliteRow;

static MIGRATIONS: Migrator = sqlx::migrate!("./migrations/sqlite");

/// The name of the database in the data directory.
const FILE: &str = "together.db";
/// Readers at a time: reading takes microseconds, and the machine has few cores.
const READERS: u32 = 4;
/// Another process (an import from the command line) may hold the write lock this long.
const LOCK_WAIT: Duration = Duration::from_secs(10);

/// An open database file.
#[derive(Debug)]
pub(super) struct Sqlite {
    writer: Writer,
    readers: SqlitePool,
}

impl Sqlite {
    /// Opens the database in `data`; see [`super::Store::open`].
    pub(super) async fn open(data: &Path) -> Result<Self, StoreError> {
        std::fs::create_dir_all(data).map_err(|error| {
            StoreError::Unavailable(format!("{} cannot be made: {error}", data.display()))
        })?;
        let options = SqliteConnectOptions::new()
            .filename(data.join(FILE))
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            // An acknowledgement promises that the record survives a power cut.
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(LOCK_WAIT);
        let mut only = Only::on(Conn::connect_with(&options).await?);
        MIGRATIONS
            .run(&mut only.conn)
            .await
            .map_err(|error| StoreError::Unusable(format!("{}: {error}", data.display())))?;
        let readers = SqlitePoolOptions::new()
            .max_connections(READERS)
            .acquire_timeout(LOCK_WAIT)
            .connect_with(options.create_if_missing(false).read_only(true))
            .await?;
        Ok(Self { writer: Writer::start(only), readers })
    }
}

#[async_trait]
impl Database for Sqlite {
    /// One file has one lock for all scopes, so one task writes for them all.
    async fn write(&self, _: Scope, job: Arc<dyn Job>) -> Result<(), StoreError> {
        self.writer.run(job).await
    }

    async fn read(&self, job: Arc<dyn Job>) -> Result<(), StoreError> {
        let mut snapshot = self.readers.begin().await?;
        job.run(&mut SqlTx::on(&mut snapshot, &mut Known::default())).await
    }

    async fn backup(&self, file: &Path) -> Result<(), StoreError> {
        backup::copy(&self.readers, file).await
    }

    async fn close(&self) {
        // The last connection to close removes the log, and only a writing one may.
        self.readers.close().await;
        self.writer.close().await;
    }
}

/// The only connection of this process that writes.
struct Only {
    conn: Conn,
    known: Known,
}

impl Only {
    fn on(conn: Conn) -> Self {
        Self { conn, known: Known::default() }
    }

    async fn say(&mut self, statement: &'static str) -> Result<(), StoreError> {
        sqlx::query(statement).execute(&mut self.conn).await?;
        Ok(())
    }
}

#[async_trait]
impl Connection for Only {
    async fn begin(&mut self) -> Result<(), StoreError> {
        // The file has one lock, whatever the scope.
        self.known = Known::locked(Scope::Public);
        self.say("BEGIN IMMEDIATE").await
    }

    async fn mark(&mut self) -> Result<(), StoreError> {
        self.say("SAVEPOINT job").await
    }

    async fn keep(&mut self) -> Result<(), StoreError> {
        self.say("RELEASE job").await
    }

    async fn undo(&mut self) -> Result<(), StoreError> {
        self.known = Known::locked(Scope::Public);
        self.say("ROLLBACK TO job").await?;
        self.say("RELEASE job").await
    }

    async fn run(&mut self, job: &dyn Job) -> Result<(), StoreError> {
        job.run(&mut SqlTx::on(&mut self.conn, &mut self.known)).await
    }

    async fn commit(&mut self) -> Result<(), StoreError> {
        self.say("COMMIT").await
    }

    async fn roll_back(&mut self) {
        // Fails if the disk's fault has ended the transaction already, which is as good.
        let _ = self.say("ROLLBACK").await;
    }

    async fn close(mut self: Box<Self>) {
        if let Err(error) = self.say("PRAGMA wal_checkpoint(TRUNCATE)").await {
            tracing::warn!(%error, "the write-ahead log stays beside the database");
        }
        let _ = self.conn.close().await;
    }
}

/// `BEGIN IMMEDIATE` keeps every other writer out already.
async fn lock(_: &mut Conn, _: Scope) -> Result<(), StoreError> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use futures_util::future::{BoxFuture, join_all};
    use model::time::Millis;
    use tempfile::TempDir;

    use super::*;
    use crate::store::{Store, Tx};

    /// Makes an account under a long name.
    struct Long(String);

    impl Job for Long {
        fn run<'t>(&'t self, tx: &'t mut dyn Tx) -> BoxFuture<'t, Result<(), StoreError>> {
            Box::pin(async move { tx.add_account(&self.0, "", Millis(0)).await.map(|_| ()) })
        }
    }

    #[tokio::test]
    async fn a_full_disk_acknowledges_nothing_and_is_got_over() {
        let dir = TempDir::new().unwrap();
        let store = Store::open(dir.path()).await.unwrap();
        store.close().await;
        let conn = async || {
            let options = SqliteConnectOptions::new().filename(dir.path().join(FILE));
            Conn::connect_with(&options).await.unwrap()
        };
        let long = |number| Arc::new(Long(format!("{number} {}", "x".repeat(100_000))));

        let mut full = conn().await;
        let pages: i64 =
            sqlx::query_scalar("PRAGMA max_page_count = 1").fetch_one(&mut full).await.unwrap();
        assert!(pages > 1, "the file as it is");
        let writer = Writer::start(Only::on(full));
        for outcome in join_all((0..5).map(|number| writer.run(long(number)))).await {
            assert!(matches!(outcome, Err(StoreError::Unavailable(_))), "{outcome:?}");
        }
        writer.close().await;

        let writer = Writer::start(Only::on(conn().await));
        writer.run(long(9)).await.unwrap();
        writer.close().await;
        let store = Store::open(dir.path()).await.unwrap();
        assert_eq!(store.accounts().await.unwrap().len(), 1);
    }

    #[tokio::test]
    async fn closing_leaves_one_file() {
        let dir = TempDir::new().unwrap();
        let store = Store::open(dir.path()).await.unwrap();
        store.add_account("ana".to_owned(), String::new(), Millis(0)).await.unwrap();
        assert!(dir.path().join("together.db-wal").exists());
        store.close().await;
        assert!(!dir.path().join("together.db-wal").exists());
    }
}
