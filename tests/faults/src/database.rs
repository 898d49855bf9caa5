//! What is in the database, read past the server.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use anyhow::{Context, Result, bail, ensure};
use model::{Hash, SubmissionId};
use pg::TestPostgres;
use sqlx::{ConnectOptions, Connection, Row as _, SqliteConnection, sqlite::SqliteConnectOptions};
use tempfile::TempDir;

/// The database of a server under test.
#[derive(Debug, Clone)]
pub enum Database {
    /// The file that SQLite has.
    Sqlite(PathBuf),
    /// The same on a [`crate::disk::Disk`], as it is seen from outside. SQLite cannot open it
    /// there, as it resolves the link that leads to it; so it is copied, which needs a server
    /// that is at rest.
    Mounted(PathBuf),
    /// A database of this name on a PostgreSQL of this test's own.
    Postgres(Arc<Mutex<TestPostgres>>, String),
}

/// A stored submission.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Its place.
    pub seq: u64,
    /// Its identity.
    pub id: SubmissionId,
    /// The hash that stands beside the bytes.
    pub hash: Hash,
    /// The bytes.
    pub bytes: Vec<u8>,
}

impl Database {
    /// The submissions with a place after `seq`, in order.
    ///
    /// # Errors
    /// If the database cannot be read, or holds what no server writes.
    pub async fn submissions_after(&self, seq: u64) -> Result<Vec<Row>> {
        let raw = match self {
            Self::Sqlite(_) | Self::Mounted(_) => {
                let (mut connection, _copy) = self.open().await?;
                let select =
                    "SELECT seq, id, hash, bytes FROM submissions WHERE seq > ? ORDER BY seq";
                let rows = sqlx::query(select)
                    .bind(i64::try_from(seq)?)
                    .fetch_all(&mut connection)
                    .await?;
                connection.close().await?;
                rows.iter()
                    .map(|row| {
                        Ok((row.try_get(0)?, row.try_get(1)?, row.try_get(2)?, row.try_get(3)?))
                    })
                    .collect::<Result<Vec<(i64, String, String, Vec<u8>)>>>()?
            }
            Self::Postgres(..) => {
                let select = format!(
                    "SELECT seq, id, hash, encode(bytes, 'hex') FROM submissions \
                     WHERE seq > {seq} ORDER BY seq"
                );
                self.psql(&select)?.lines().map(columns).collect::<Result<_>>()?
            }
        };
        raw.into_iter().map(row).collect()
    }

    /// How many submissions there are, and how many were kept as rivals of one of them.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn census(&self) -> Result<(u64, u64)> {
        const COUNT: &str =
            "SELECT (SELECT count(*) FROM submissions), (SELECT count(*) FROM rivals)";
        let (submissions, rivals): (i64, i64) = match self {
            Self::Sqlite(_) | Self::Mounted(_) => {
                let (mut connection, _copy) = self.open().await?;
                let row = sqlx::query(COUNT).fetch_one(&mut connection).await?;
                connection.close().await?;
                (row.try_get(0)?, row.try_get(1)?)
            }
            Self::Postgres(..) => {
                let told = self.psql(COUNT)?;
                let (one, two) = told.trim().split_once('|').context("two counts")?;
                (one.parse()?, two.parse()?)
            }
        };
        Ok((u64::try_from(submissions)?, u64::try_from(rivals)?))
    }

    /// The bytes that its tables take, as the database tells.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn bytes(&self) -> Result<u64> {
        let bytes: i64 = match self {
            Self::Sqlite(_) | Self::Mounted(_) => {
                const PAGES: &str = "SELECT page_count * page_size \
                    FROM pragma_page_count(), pragma_page_size()";
                let (mut connection, _copy) = self.open().await?;
                let row = sqlx::query(PAGES).fetch_one(&mut connection).await?;
                connection.close().await?;
                row.try_get(0)?
            }
            Self::Postgres(..) => {
                self.psql("SELECT pg_database_size(current_database())")?.trim().parse()?
            }
        };
        Ok(u64::try_from(bytes)?)
    }

    /// Has SQLite look through the whole file for damage. PostgreSQL has no such command.
    ///
    /// # Errors
    /// If the file is damaged.
    pub async fn is_sound(&self) -> Result<()> {
        if matches!(self, Self::Postgres(..)) {
            return Ok(());
        }
        let (mut connection, _copy) = self.open().await?;
        let row = sqlx::query("PRAGMA integrity_check").fetch_one(&mut connection).await?;
        let said: String = row.try_get(0)?;
        let strays = sqlx::query("PRAGMA foreign_key_check").fetch_all(&mut connection).await?;
        connection.close().await?;
        ensure!(said == "ok" && strays.is_empty(), "{said}; {} stray rows", strays.len());
        Ok(())
    }

    /// A connection to read with, and the copy that it reads, if it does.
    async fn open(&self) -> Result<(SqliteConnection, Option<TempDir>)> {
        match self {
            Self::Sqlite(file) => {
                // Read only: one must not bring the log up to date in the server's stead.
                let options = SqliteConnectOptions::new().filename(file).read_only(true);
                let connection = options.connect().await;
                Ok((connection.with_context(|| format!("reading {}", file.display()))?, None))
            }
            Self::Mounted(file) => {
                let copy = TempDir::with_prefix("faults-copy-")?;
                let to = copy.path().join("copy.db");
                std::fs::copy(file, &to)?;
                let (log, to_log) = (with_end(file, "-wal"), with_end(&to, "-wal"));
                if log.exists() {
                    std::fs::copy(log, to_log)?;
                }
                Ok((SqliteConnectOptions::new().filename(to).connect().await?, Some(copy)))
            }
            Self::Postgres(..) => bail!("no file of SQLite"),
        }
    }

    fn psql(&self, select: &str) -> Result<String> {
        let Self::Postgres(cluster, name) = self else { return Ok(String::new()) };
        Ok(cluster.lock().unwrap_or_else(PoisonError::into_inner).sql(name, select)?)
    }
}

fn with_end(file: &Path, end: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(end);
    name.into()
}

fn columns(line: &str) -> Result<(i64, String, String, Vec<u8>)> {
    let mut columns = line.split('|');
    let mut next = || columns.next().context("four columns");
    let (seq, id, hash, hex) = (next()?.parse()?, next()?.to_owned(), next()?.to_owned(), next()?);
    let bytes = (0..hex.len() / 2).map(|at| u8::from_str_radix(&hex[at * 2..at * 2 + 2], 16));
    Ok((seq, id, hash, bytes.collect::<Result<_, _>>()?))
}

fn row((seq, id, hash, bytes): (i64, String, String, Vec<u8>)) -> Result<Row> {
    Ok(Row {
        seq: u64::try_from(seq)?,
        id: SubmissionId::parse(&id).with_context(|| format!("no id: {id}"))?,
        hash: Hash::parse(&hash).with_context(|| format!("no hash: {hash}"))?,
        bytes,
    })
}
