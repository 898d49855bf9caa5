//! What goes out of the catalogue without a question to the database: whether there is news, and
//! the snapshot that new tablets start from.
//!
//! **Invariant:** nothing here is more than a copy. Any server on a database makes the same segments
//! of the same records, and a server that starts has nothing to bring along.

mod form;
mod head;
mod shelf;

use std::{
    io,
    sync::{Arc, PoisonError, RwLock, RwLockReadGuard},
    time::{Duration, Instant},
};

use model::Hash;

pub use form::Form;
pub use head::News;
pub use shelf::{Offer, Shelf};

use crate::{Store, StoreError};
use head::KnownHead;

/// How often the catalogue is looked at. A snapshot may be this old at no cost: a tablet asks for
/// the changes since then right after it.
const EVERY: Duration = Duration::from_secs(10);
/// Building takes at most one part in so many of the time, however large the catalogue and
/// however busy the staff.
const SHARE: u32 = 10;

/// Why there is no new snapshot. The one before is offered on, and the next turn tries again.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// The database cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Compressing failed, or was stopped.
    #[error("the snapshot was not compressed: {0}; it is made again in a few seconds")]
    Compress(#[from] io::Error),
}

/// The copies. Made by the first request or turn that needs them.
#[derive(Debug)]
pub struct Published {
    store: Store,
    head: KnownHead,
    shelf: RwLock<Shelf<Arc<Form>>>,
}

impl Published {
    /// Nothing yet of the catalogue in `store`.
    pub fn of(store: Store) -> Self {
        Self { head: KnownHead::of(store.clone()), store, shelf: RwLock::default() }
    }

    /// What a tablet with everything is answered; see [`News`].
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn news(&self) -> Result<Arc<News>, StoreError> {
        self.head.news().await
    }

    /// The newest manifest; `None` until the first snapshot is made, and where the changes do not go
    /// on from it, as when another server on this database was just restored, or forgot a deletion
    /// that came after it: a tablet would start again at once, and show what is older than what it had.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn manifest(&self) -> Result<Option<Arc<Form>>, StoreError> {
        let newest =
            self.shelf().newest().map(|it| (it.head.cursor.clone(), Arc::clone(&it.manifest)));
        let Some((cursor, manifest)) = newest else { return Ok(None) };
        Ok(self.store.continues(&cursor).await?.then_some(manifest))
    }

    /// The segment of that hash in the newest snapshot or in the one before, so that a download
    /// that is under way ends well.
    pub fn segment(&self, hash: Hash) -> Option<Arc<Form>> {
        self.shelf().segment(hash)
    }

    fn shelf(&self) -> RwLockReadGuard<'_, Shelf<Arc<Form>>> {
        self.shelf.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps the snapshot up to date for as long as it is polled, from now on.
    pub async fn keep(self: Arc<Self>) {
        loop {
            let started = Instant::now();
            match self.refresh().await {
                Ok(false) => {}
                Ok(true) => {
                    let millis = started.elapsed().as_millis();
                    tracing::info!(millis, "a new snapshot is offered");
                }
                Err(error) => tracing::warn!(%error, "the snapshot stays as it was"),
            }
            tokio::time::sleep(EVERY.max(started.elapsed() * SHARE)).await;
        }
    }

    /// Makes a new snapshot if the catalogue has moved since the last, and tells whether it did.
    /// It is offered as soon as its segments are compressed with gzip; this returns when the better
    /// form of each is there too, which takes seven seconds for 10,000 listings that are all new.
    ///
    /// # Errors
    /// If the database cannot be read; what was offered before stays.
    pub async fn refresh(&self) -> Result<bool, PublishError> {
        let head = self.store.head().await?;
        if self.shelf().newest().is_some_and(|offer| offer.head == head) {
            return Ok(false);
        }
        let snapshot = self.store.snapshot().await?;
        let known = self.shelf().segments();
        let offer = off_the_way(move || Offer::new(snapshot, &known)).await?;
        let segments: Vec<_> = offer.segments.values().cloned().collect();
        self.shelf.write().unwrap_or_else(PoisonError::into_inner).put(offer);
        for segment in segments {
            // One at a time: a server that is told to stop waits for one and not for all.
            off_the_way(move || segment.squeeze()).await?;
        }
        Ok(true)
    }
}

/// Work for a thread that answers nobody.
async fn off_the_way<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> Result<T, PublishError> {
    let done = tokio::task::spawn_blocking(work).await;
    Ok(done.map_err(io::Error::other)??)
}
