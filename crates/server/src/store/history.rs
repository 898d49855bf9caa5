//! The name of the history. Places mean something in one history only: a database that was
//! put back from a backup gives the same places to other records, so it gets another name,
//! and tablets send again what they still keep.

use model::time::Millis;

use super::{Census, Scope, Store, StoreError, Tx};
use crate::clock::random;

impl Store {
    /// The history that this database's places belong to. Asked of the database each time:
    /// another process may have started a new one.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn epoch(&self) -> Result<String, StoreError> {
        self.read(|tx| Box::pin(async move { tx.epoch().await })).await
    }

    /// Gives a database that has no history's name the name `fresh`, and tells the name.
    ///
    /// # Errors
    /// If the transaction was not committed.
    pub async fn settle_epoch(&self, fresh: String) -> Result<String, StoreError> {
        self.write(Scope::Public, move |tx| {
            let fresh = fresh.clone();
            Box::pin(async move { settle(tx, &fresh).await })
        })
        .await
    }

    /// Starts a new history under the name `fresh` and ends all sessions, as one must after
    /// the database was put back from a backup.
    ///
    /// # Errors
    /// If the transaction was not committed.
    pub async fn new_epoch(&self, fresh: String) -> Result<(), StoreError> {
        self.write(Scope::Public, move |tx| {
            let fresh = fresh.clone();
            Box::pin(async move { renew(tx, &fresh).await })
        })
        .await
    }

    /// Makes sure that a write reaches the disk.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] or [`StoreError::Busy`] if it does not.
    pub async fn check_writable(&self, now: Millis) -> Result<(), StoreError> {
        self.write(Scope::Capture, move |tx| Box::pin(async move { tx.touch(now).await })).await
    }

    /// Counts what there is.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn census(&self) -> Result<Census, StoreError> {
        self.read(|tx| Box::pin(async move { tx.census().await })).await
    }
}

/// A name that no history had before.
///
/// # Errors
/// [`StoreError::Unavailable`] if the operating system has no random bytes.
pub fn fresh_epoch() -> Result<String, StoreError> {
    let drawn = random::<16>().map_err(|error| StoreError::Unavailable(error.to_string()))?;
    Ok(drawn.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// Names a history that has no name; see [`Store::settle_epoch`].
///
/// # Errors
/// If a statement failed.
pub async fn settle(tx: &mut dyn Tx, fresh: &str) -> Result<String, StoreError> {
    lock_all(tx).await?;
    let epoch = tx.epoch().await?;
    if !epoch.is_empty() {
        return Ok(epoch);
    }
    tx.set_epoch(fresh).await?;
    Ok(fresh.to_owned())
}

/// Starts a new history; see [`Store::new_epoch`].
///
/// # Errors
/// If a statement failed.
pub async fn renew(tx: &mut dyn Tx, fresh: &str) -> Result<(), StoreError> {
    lock_all(tx).await?;
    tx.set_epoch(fresh).await?;
    tx.end_sessions(None).await
}

/// Keeps everybody from taking a place, so that none is given under the old name after the
/// new one. The catalogue first, everywhere: two who lock in one order never wait for each
/// other in a ring.
async fn lock_all(tx: &mut dyn Tx) -> Result<(), StoreError> {
    tx.lock(Scope::Public).await?;
    tx.lock(Scope::Capture).await
}
