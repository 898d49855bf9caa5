//! Who opens transactions and commits them, and what runs in them.

use std::{
    fmt::Debug,
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};

use async_trait::async_trait;
use futures_util::future::BoxFuture;

use super::{Scope, StoreError, Tx};

/// A database: it runs jobs in transactions of its own making.
#[async_trait]
pub trait Database: Debug + Send + Sync {
    /// Runs `job` in a transaction and returns after its commit. Jobs of one scope may share
    /// a transaction; each leaves either all it wrote or nothing.
    ///
    /// # Errors
    /// What the job failed with, or why the transaction was not committed. A job may still
    /// have been committed if the connection broke at that moment.
    async fn write(&self, scope: Scope, job: Arc<dyn Job>) -> Result<(), StoreError>;

    /// Runs `job`, which only reads, on one snapshot: whatever it reads was true at one and
    /// the same instant.
    ///
    /// # Errors
    /// What the job failed with, or why there was no snapshot.
    async fn read(&self, job: Arc<dyn Job>) -> Result<(), StoreError>;

    /// Writes a copy of everything to `file`, which must not exist.
    ///
    /// # Errors
    /// If it cannot be written, or the database has tools of its own for that.
    async fn backup(&self, file: &Path) -> Result<(), StoreError>;

    /// Finishes what is queued and lets go of the database.
    async fn close(&self);
}

/// The weight of a job that nobody counted: a session, an account.
pub(super) const SMALL: usize = 1_024;

/// Work on an open transaction.
pub trait Job: Send + Sync {
    /// Does it. It may be done again, on another transaction, if this one is not committed.
    ///
    /// # Errors
    /// If a statement failed; then the transaction must not be committed with this job in it.
    fn run<'t>(&'t self, tx: &'t mut dyn Tx) -> BoxFuture<'t, Result<(), StoreError>>;

    /// How many bytes it keeps in memory until it is done, roughly; what is small need not be
    /// counted.
    fn weight(&self) -> usize {
        SMALL
    }
}

/// A job that keeps what it found until it is asked for.
pub(super) struct Task<F, T> {
    work: F,
    weight: usize,
    found: Mutex<Option<T>>,
}

impl<F, T> Task<F, T> {
    pub(super) fn new(weight: usize, work: F) -> Self {
        Self { work, weight, found: Mutex::new(None) }
    }

    /// What the last run found.
    pub(super) fn found(&self) -> Result<T, StoreError> {
        self.found
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
            .ok_or_else(|| StoreError::Statement("a job was not run".to_owned()))
    }
}

impl<F, T> Job for Task<F, T>
where
    F: for<'t> Fn(&'t mut dyn Tx) -> BoxFuture<'t, Result<T, StoreError>> + Send + Sync,
    T: Send,
{
    fn run<'t>(&'t self, tx: &'t mut dyn Tx) -> BoxFuture<'t, Result<(), StoreError>> {
        Box::pin(async move {
            let found = (self.work)(tx).await?;
            *self.found.lock().unwrap_or_else(PoisonError::into_inner) = Some(found);
            Ok(())
        })
    }

    fn weight(&self) -> usize {
        self.weight
    }
}
