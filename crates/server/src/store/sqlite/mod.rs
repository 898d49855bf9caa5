//! SQLite: one connection that writes, a few that read.

mod accounts;
mod backup;
mod catalogue;
mod edits;
mod imports;
mod submissions;
mod writer;

use std::{path::Path, str::FromStr, time::Duration};

use model::{Key, time::Millis};
use serde::de::DeserializeOwned;
use sqlx::{
    Connection, Row, SqliteConnection, SqlitePool,
    migrate::Migrator,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use super::{Census, StoreError};
use writer::Writer;

static MIGRATIONS: Migrator = sqlx::migrate!("./migrations/sqlite");

/// The name of the database in the data directory.
const FILE: &str = "together.db";
/// Readers at a time: reading takes microseconds, and the machine has few cores.
const READERS: u32 = 4;
/// Another process (an import from the command line) may hold the write lock this long.
const LOCK_WAIT: Duration = Duration::from_secs(10);

/// An open database.
#[derive(Debug, Clone)]
pub struct Store {
    writer: Writer,
    readers: SqlitePool,
    epoch: String,
}

impl Store {
    /// Opens the database in the directory `data`, creates it if there is none, and brings
    /// its tables up to date.
    ///
    /// # Errors
    /// [`StoreError::Unusable`] for what is no database of ours or is from a newer program,
    /// [`StoreError::Unavailable`] if the directory cannot be written.
    pub async fn open(data: &Path) -> Result<Self, StoreError> {
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
        let mut conn = SqliteConnection::connect_with(&options).await?;
        MIGRATIONS
            .run(&mut conn)
            .await
            .map_err(|error| StoreError::Unusable(format!("{}: {error}", data.display())))?;
        let epoch = backup::settle_epoch(&mut conn).await?;
        let readers = SqlitePoolOptions::new()
            .max_connections(READERS)
            .acquire_timeout(LOCK_WAIT)
            .connect_with(options.create_if_missing(false).read_only(true))
            .await?;
        Ok(Self { writer: Writer::start(conn), readers, epoch })
    }

    /// The history that this database's places belong to.
    pub fn epoch(&self) -> &str {
        &self.epoch
    }

    /// The version of the newest migration in this program.
    pub fn schema_version() -> i64 {
        MIGRATIONS.iter().map(|migration| migration.version).max().unwrap_or(0)
    }

    /// Makes sure that a write reaches the disk.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] or [`StoreError::Busy`] if it does not.
    pub async fn check_writable(&self, now: Millis) -> Result<(), StoreError> {
        self.writer
            .run(move |conn| {
                Box::pin(async move {
                    sqlx::query("UPDATE meta SET value = ?1 WHERE key = 'ready'")
                        .bind(now.rfc3339())
                        .execute(conn)
                        .await?;
                    Ok(())
                })
            })
            .await
    }

    /// Counts what there is.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn census(&self) -> Result<Census, StoreError> {
        let records = sqlx::query(
            "SELECT collection, count(*) FROM records WHERE deleted = 0 GROUP BY collection",
        )
        .fetch_all(&self.readers)
        .await?;
        let submissions = sqlx::query("SELECT kind, count(*) FROM submissions GROUP BY kind")
            .fetch_all(&self.readers)
            .await?;
        let rivals: i64 =
            sqlx::query_scalar("SELECT count(*) FROM rivals").fetch_one(&self.readers).await?;
        let counted = |rows: Vec<sqlx::sqlite::SqliteRow>| {
            rows.iter()
                .map(|row| Ok((row.try_get(0)?, unsigned(row.try_get(1)?))))
                .collect::<Result<_, sqlx::Error>>()
        };
        Ok(Census {
            records: counted(records)?,
            submissions: counted(submissions)?,
            rivals: unsigned(rivals),
        })
    }

    /// Finishes what is queued, folds the write-ahead log into the file and closes it.
    pub async fn close(&self) {
        // The last connection to close removes the log, and only a writing one may.
        self.readers.close().await;
        self.writer.close().await;
    }
}

/// Takes the next `count` places of a scope, inside the writing transaction; gives the first.
async fn take_places(
    conn: &mut SqliteConnection,
    scope: &str,
    count: u64,
) -> Result<u64, StoreError> {
    let last: i64 =
        sqlx::query_scalar("UPDATE scopes SET seq = seq + ?1 WHERE scope = ?2 RETURNING seq")
            .bind(signed(count))
            .bind(scope)
            .fetch_one(conn)
            .await?;
    Ok(unsigned(last).saturating_sub(count) + 1)
}

/// SQLite's integers are signed; our counters never come near the difference.
fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn unsigned(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}

/// Reads JSON that this program wrote.
fn stored_json<T: DeserializeOwned>(what: &str, text: &str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|error| corrupt(what, error))
}

fn stored_key(what: &str, text: &str) -> Result<Key, StoreError> {
    Key::parse(text).ok_or_else(|| corrupt(what, "not a key"))
}

/// JSON for a column. Our own types always serialise.
fn to_json<T: serde::Serialize>(value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| StoreError::Statement(error.to_string()))
}

fn corrupt(what: &str, detail: impl std::fmt::Display) -> StoreError {
    StoreError::Corrupt { what: what.to_owned(), detail: detail.to_string() }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        use sqlx::Error;
        match &error {
            Error::Database(fault) => {
                let primary = fault.code().and_then(|code| i32::from_str(&code).ok()).unwrap_or(0);
                match primary & 0xff {
                    // BUSY LOCKED NOMEM READONLY INTERRUPT IOERR FULL CANTOPEN PROTOCOL
                    5 | 6 | 7 | 8 | 9 | 10 | 13 | 14 | 15 => {
                        Self::Unavailable(fault.message().to_owned())
                    }
                    // CORRUPT NOTADB
                    11 | 26 => Self::Unusable(fault.message().to_owned()),
                    _ => Self::Statement(fault.message().to_owned()),
                }
            }
            Error::Io(_) | Error::PoolTimedOut | Error::PoolClosed | Error::WorkerCrashed => {
                Self::Unavailable(error.to_string())
            }
            _ => Self::Statement(error.to_string()),
        }
    }
}
