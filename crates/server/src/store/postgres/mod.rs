//! PostgreSQL: a writing task for each scope, a pool that reads, and nothing in this process
//! that another server on the same database would have to know.

mod hosts;
mod insert;
mod pen;
#[path = "../sql/mod.rs"]
#[allow(clippy::duplicate_mod, reason = "the same statements, compiled for another database")]
mod sql;

use std::{path::Path, sync::Arc, time::Duration};

use async_trait::async_trait;
use sqlx::{
    Connection as _, PgPool, Postgres as Pg, migrate::Migrator, pool::PoolConnection,
    postgres::PgPoolOptions,
};

use super::{Database, Job, Scope, StoreError, writer::Writer};
use hosts::Hosts;
use insert::insert_submissions;
use pen::Pen;
use sql::{Known, SqlTx};

/// What `sql` is compiled for.
type Conn = sqlx::PgConnection;
type Row = sqlx::postgres::PgRow;

static MIGRATIONS: Migrator = sqlx::migrate!("./migrations/postgres");

/// Connections that read, a server: PostgreSQL allows 100 in all unless told otherwise, so
/// eight servers fit with room for whoever looks after it.
const READERS: u32 = 8;
/// Waiting for a free reader, or for the database to let one in: well below the time a
/// request has, so that the other hosts can be asked too.
const READER_WAIT: Duration = Duration::from_secs(3);
/// One read. Past it the host is taken for dead: a request has 30 seconds in all.
const READ_TIME: Duration = Duration::from_secs(20);

/// An open database.
#[derive(Debug)]
pub(super) struct Postgres {
    hosts: Arc<Hosts>,
    readers: PgPool,
    /// Pushes wait for no import of a catalogue, so each scope has a writer of its own. Both
    /// lock their scope first and only that one, so they never wait for each other in a ring.
    capture: Writer,
    public: Writer,
}

impl Postgres {
    /// Connects; see [`super::Store::connect`].
    pub(super) async fn connect(url: &str) -> Result<Self, StoreError> {
        let hosts = Arc::new(Hosts::parse(url)?);
        let (mut conn, options) = hosts.connect().await?;
        MIGRATIONS.run(&mut conn).await.map_err(|error| match error {
            sqlx::migrate::MigrateError::Execute(error) => error.into(),
            other => StoreError::Unusable(other.to_string()),
        })?;
        conn.close().await?;
        let readers = PgPoolOptions::new()
            .max_connections(READERS)
            .acquire_timeout(READER_WAIT)
            .after_connect(|conn, _| Box::pin(hosts::only_primary(conn)))
            .connect_lazy_with(options);
        let pen = |scope| Writer::start(Pen::new(scope, Arc::clone(&hosts), readers.clone()));
        Ok(Self { capture: pen(Scope::Capture), public: pen(Scope::Public), hosts, readers })
    }

    /// A connection to read with, on whichever host is the primary by now.
    async fn reader(&self) -> Result<PoolConnection<Pg>, StoreError> {
        match self.readers.acquire().await {
            Ok(reader) => Ok(reader),
            Err(sqlx::Error::PoolClosed) => Err(sqlx::Error::PoolClosed.into()),
            Err(error) => {
                tracing::warn!(%error, "looking for the primary");
                let (_, options) = self.hosts.connect().await?;
                self.readers.set_connect_options(options);
                Ok(self.readers.acquire().await?)
            }
        }
    }
}

#[async_trait]
impl Database for Postgres {
    async fn write(&self, scope: Scope, job: Arc<dyn Job>) -> Result<(), StoreError> {
        match scope {
            Scope::Capture => self.capture.run(job).await,
            Scope::Public => self.public.run(job).await,
        }
    }

    async fn read(&self, job: Arc<dyn Job>) -> Result<(), StoreError> {
        let mut reader = self.reader().await?;
        let outcome = tokio::time::timeout(READ_TIME, async {
            let mut snapshot =
                reader.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY").await?;
            job.run(&mut SqlTx::on(&mut snapshot, &mut Known::default())).await?;
            Ok(snapshot.commit().await?)
        })
        .await;
        outcome.unwrap_or_else(|_| {
            // It may still answer one day, and nobody else is to get that answer.
            drop(reader.detach());
            Err(StoreError::Unavailable("the database does not answer".to_owned()))
        })
    }

    async fn backup(&self, _: &Path) -> Result<(), StoreError> {
        Err(StoreError::ElsewhereDone(
            "PostgreSQL is backed up with its own tools: pg_dump for a copy of this database, or \
             pg_basebackup and its archive of the log for the whole server. After putting a copy \
             back, and before a server is started on it, run: together new-epoch"
                .to_owned(),
        ))
    }

    async fn close(&self) {
        self.capture.close().await;
        self.public.close().await;
        self.readers.close().await;
    }
}

/// Locks the row of the scope's counter until the transaction ends.
async fn lock(conn: &mut Conn, scope: Scope) -> Result<(), StoreError> {
    sqlx::query("SELECT seq FROM scopes WHERE scope = $1 FOR NO KEY UPDATE")
        .bind(scope.name())
        .execute(conn)
        .await?;
    Ok(())
}
