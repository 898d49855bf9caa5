//! The database, as the rest of the server sees it: whole operations in the nouns of `model`.
//!
//! ```text
//!   routes, intake, import …      Store::receive, edit, changes, …   one method, one transaction
//!                                   │
//!   capture edits catalogue …     what they mean: free functions on `&mut dyn Tx`
//!                                   │
//!   tx                            statements: take_places, insert_submissions, save_record, …
//!                                   │
//!   sqlite   postgres   memory    how a row is read and written, how a transaction begins and ends
//! ```
//!
//! **Invariants:** only this module and those below it know SQL, and nothing in them knows
//! HTTP. Every decision stands above `tx`, once; what stands below decides nothing.

pub mod answer_themes;
pub mod capture;
pub mod catalogue;
pub mod drafts;
pub mod edits;
pub mod history;
pub mod imports;
#[cfg(any(test, feature = "memory"))]
pub mod memory;
pub mod snapshot;
pub mod standing;
pub mod tombstones;
pub mod tx;

mod accounts;
mod database;
mod error;
mod nouns;
mod postgres;
mod sqlite;
mod writer;

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use futures_util::future::BoxFuture;

pub use database::{Database, Job};
pub use error::StoreError;
pub use nouns::{
    Arrival, AuthoredEdit, Census, Filter, Head, ImportProblems, ImportRecord, Imported, Page,
    Placed, Received, Slice, StoredSubmission,
};
pub use tx::{Scope, Tx};

use database::{SMALL, Task};

/// Writes that may wait. At a commit every few milliseconds this is a wait of about a second;
/// past that a tablet does better to come back than to hold its connection.
pub(crate) const WAITING: usize = 1_000;

/// An open database. Clones are the same one.
#[derive(Debug, Clone)]
pub struct Store {
    database: Arc<dyn Database>,
    published: Arc<AtomicU64>,
}

impl Store {
    /// The operations on `database`, whose history must have a name already.
    pub fn on(database: Arc<dyn Database>) -> Self {
        Self { database, published: Arc::default() }
    }

    /// Opens the SQLite database in the directory `data`, creates it if there is none, and
    /// brings its tables up to date.
    ///
    /// # Errors
    /// [`StoreError::Unusable`] for what is no database of ours or is from a newer program,
    /// [`StoreError::Unavailable`] if the directory cannot be written.
    pub async fn open(data: &Path) -> Result<Self, StoreError> {
        Self::settled(Arc::new(sqlite::Sqlite::open(data).await?)).await
    }

    /// Connects to the PostgreSQL database at `url` and brings its tables up to date. Several
    /// servers may work on one database. The URL may name several hosts, separated by commas:
    /// the one that takes writes is used, and looked for again when it fails.
    ///
    /// # Errors
    /// [`StoreError::NotSetUp`] if the URL is none, the account is not let in, or the database
    /// may lose what it confirmed; [`StoreError::Unusable`] if it is from a newer program;
    /// [`StoreError::Unavailable`] if no host takes writes.
    pub async fn connect(url: &str) -> Result<Self, StoreError> {
        Self::settled(Arc::new(postgres::Postgres::connect(url).await?)).await
    }

    async fn settled(database: Arc<dyn Database>) -> Result<Self, StoreError> {
        let store = Self::on(database);
        store.settle_epoch(history::fresh_epoch()?).await?;
        Ok(store)
    }

    /// Puts a backup of a SQLite database in place; see [`Store::backup`].
    ///
    /// # Errors
    /// [`StoreError::Unusable`] if `file` is no sound database, [`StoreError::Unavailable`]
    /// if there is a database already or the files cannot be written.
    pub async fn restore(
        file: &Path,
        data: &Path,
        force: bool,
    ) -> Result<Option<String>, StoreError> {
        sqlite::restore(file, data, force).await
    }

    /// Writes a copy of everything to `file`, which must not exist. The copy carries no epoch
    /// and no sessions, so even one that is put back by hand starts a new history.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if the file exists or cannot be written,
    /// [`StoreError::ElsewhereDone`] on PostgreSQL, which has tools of its own.
    pub async fn backup(&self, file: &Path) -> Result<(), StoreError> {
        self.database.backup(file).await
    }

    /// A number that rises with each write to the catalogue by this store, after its commit and
    /// before anyone is told of it. What was read before it rose may be old.
    pub fn published(&self) -> u64 {
        self.published.load(Ordering::Acquire)
    }

    /// Finishes what is queued and lets go of the database.
    pub async fn close(&self) {
        self.database.close().await;
    }

    /// Runs `work` in a transaction and gives its result after the commit. It may be run more
    /// than once; only the run that was committed counts.
    async fn write<T, F>(&self, scope: Scope, work: F) -> Result<T, StoreError>
    where
        F: for<'t> Fn(&'t mut dyn Tx) -> BoxFuture<'t, Result<T, StoreError>>
            + Send
            + Sync
            + 'static,
        T: Send + 'static,
    {
        self.write_heavy(scope, SMALL, work).await
    }

    /// The same for work that keeps so many bytes in memory until it is done.
    async fn write_heavy<T, F>(&self, scope: Scope, bytes: usize, work: F) -> Result<T, StoreError>
    where
        F: for<'t> Fn(&'t mut dyn Tx) -> BoxFuture<'t, Result<T, StoreError>>
            + Send
            + Sync
            + 'static,
        T: Send + 'static,
    {
        let task = Arc::new(Task::new(bytes, work));
        let job: Arc<dyn Job> = task.clone();
        let written = self.database.write(scope, job).await;
        if scope == Scope::Public {
            // Even if it failed: a commit whose answer was lost counts too.
            self.published.fetch_add(1, Ordering::Release);
        }
        written?;
        task.found()
    }

    /// Runs `work`, which only reads, on one snapshot.
    async fn read<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        F: for<'t> Fn(&'t mut dyn Tx) -> BoxFuture<'t, Result<T, StoreError>>
            + Send
            + Sync
            + 'static,
        T: Send + 'static,
    {
        let task = Arc::new(Task::new(SMALL, work));
        let job: Arc<dyn Job> = task.clone();
        self.database.read(job).await?;
        task.found()
    }
}
