//! Tombstones: what tells a tablet that a record was deleted, and when that is forgotten.

use model::time::Millis;

use super::{Scope, Store, StoreError, Tx};

/// How long a deletion is told, in milliseconds: 400 days. A tablet in a cupboard over a
/// school year still learns of it by a small page; one that comes back later fetches the
/// catalogue whole, which costs it a few hundred kilobytes and nothing else.
pub const TOMBSTONE_MILLIS: i64 = 400 * 24 * 60 * 60 * 1_000;

impl Store {
    /// Forgets deletions from before `before` and raises the floor over them, in one
    /// transaction. Cursors below the floor start again. Gives how many were forgotten.
    ///
    /// # Errors
    /// If the transaction was not committed.
    pub async fn expire_tombstones(&self, before: Millis) -> Result<u64, StoreError> {
        self.write(Scope::Public, move |tx| Box::pin(async move { expire(tx, before).await })).await
    }
}

/// Forgets deletions; see [`Store::expire_tombstones`].
///
/// # Errors
/// If a statement failed.
pub async fn expire(tx: &mut dyn Tx, before: Millis) -> Result<u64, StoreError> {
    tx.lock(Scope::Public).await?;
    let forgotten = tx.delete_tombstones(before).await?;
    // The clock that dated them may have jumped, so the last place is not that of the last
    // date: the highest of all counts.
    if let Some(highest) = forgotten.iter().max() {
        tx.raise_floor(Scope::Public, *highest).await?;
    }
    Ok(u64::try_from(forgotten.len()).unwrap_or(u64::MAX))
}
