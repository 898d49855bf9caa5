//! Whether there is news: how far the catalogue reaches, known for a moment.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use bytes::Bytes;
use model::wire::Changes;

use crate::{Store, StoreError, store::Head};

/// How long the database is not asked again. Own edits are known at once, so this is about those of
/// another server on the same database. A tablet asks every half minute; that it may learn of
/// an edit one second later is nothing to it. It does no harm either: it is told "nothing
/// new", keeps its cursor, and the next question starts from there.
const FRESH: Duration = Duration::from_secs(1);

/// What a tablet whose cursor is at the head is answered.
#[derive(Debug)]
pub struct News {
    /// How far the catalogue reaches.
    pub head: Head,
    /// An empty page of [`Changes`], ready to be sent.
    pub page: Bytes,
}

impl News {
    fn of(head: Head) -> Self {
        let page = Changes {
            records: Vec::new(),
            cursor: head.cursor.clone(),
            more: false,
            fresh: false,
            epoch: head.epoch.clone(),
        };
        // A page of two texts and two switches always is JSON.
        let page = serde_json::to_vec(&page).unwrap_or_default().into();
        Self { head, page }
    }
}

/// The head, asked for by one request at a time.
#[derive(Debug)]
pub(super) struct KnownHead {
    store: Store,
    known: Mutex<Option<Known>>,
    asking: tokio::sync::Mutex<()>,
}

#[derive(Debug)]
struct Known {
    news: Arc<News>,
    /// Before the database was asked.
    at: Instant,
    /// [`Store::published`] before the database was asked: an edit that was committed meanwhile makes
    /// the answer old.
    published: u64,
}

impl KnownHead {
    pub(super) fn of(store: Store) -> Self {
        Self { store, known: Mutex::default(), asking: tokio::sync::Mutex::default() }
    }

    pub(super) async fn news(&self) -> Result<Arc<News>, StoreError> {
        if let Some(news) = self.known() {
            return Ok(news);
        }
        // Of a thousand requests one asks, and the others wait for its answer.
        let _turn = self.asking.lock().await;
        if let Some(news) = self.known() {
            return Ok(news);
        }
        let (at, published) = (Instant::now(), self.store.published());
        let news = Arc::new(News::of(self.store.head().await?));
        let known = Known { news: Arc::clone(&news), at, published };
        *self.known.lock().unwrap_or_else(PoisonError::into_inner) = Some(known);
        Ok(news)
    }

    fn known(&self) -> Option<Arc<News>> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let good = |known: &&Known| {
            known.published == self.store.published() && known.at.elapsed() < FRESH
        };
        known.as_ref().filter(good).map(|known| Arc::clone(&known.news))
    }
}
