//! A tablet without screens: the app's storage, engine and gateway, and a round as the app's
//! loop (`app::sync_loop`) makes it.

use std::cell::Cell;

use app::{
    idb::{IdbCatalogue, IdbOutbox},
    net::Gateway,
    platform::{clock, ids},
};
use model::{Collection, SubmissionId, submission::Sealed, time::Millis, wire::Ack};
use sync::{
    Catalogue as _, Entry, Outbox, Overview, Refusal, Remote as _, StorageError, SyncError,
};
use wasm_bindgen::prelude::{JsError, wasm_bindgen};

use crate::{captures::FIRST, storage_bench::StorageBench};

/// A tablet's two databases and its way to the server that the page came from.
#[wasm_bindgen]
pub struct SyncBench {
    outbox: IdbOutbox,
    catalogue: IdbCatalogue,
    settled: Cell<f64>,
    reached: Cell<bool>,
}

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = performance, js_name = now)]
    fn performance_now() -> f64;
}

#[wasm_bindgen]
impl SyncBench {
    /// A tablet whose databases begin with `name`, not yet open.
    #[wasm_bindgen(constructor)]
    pub fn new(name: &str) -> Self {
        // A database's name is a constant of the app; a bench has a few, and ends soon.
        Self {
            outbox: IdbOutbox::new(format!("{name}-outbox").leak()),
            catalogue: IdbCatalogue::new(format!("{name}-catalogue").leak()),
            settled: Cell::default(),
            reached: Cell::default(),
        }
    }

    /// Opens the databases, as the app does before it syncs.
    ///
    /// # Errors
    /// If the browser refuses.
    pub async fn open(&self) -> Result<(), JsError> {
        self.outbox.overview().await?;
        self.catalogue.cursor().await?;
        Ok(())
    }

    /// Puts every capture into the outbox.
    ///
    /// # Errors
    /// If the browser refuses.
    pub async fn queue(&self, captures: &StorageBench) -> Result<(), JsError> {
        for sealed in captures.captures() {
            self.outbox.enqueue(sealed, Millis(FIRST)).await?;
        }
        Ok(())
    }

    /// One round of sync. Gives how many milliseconds the app would wait before the next, if
    /// this one failed: the `failures`th in a row.
    ///
    /// # Errors
    /// What no further round would mend.
    pub async fn round(&self, failures: u32) -> Result<Option<u32>, JsError> {
        let outbox = Noted { outbox: &self.outbox, settled: &self.settled };
        // The app asks who answers unless the last round reached the server.
        let probed = if self.reached.get() { None } else { Gateway.probe().await.err() };
        let error = match probed {
            None => sync::sync(&outbox, &self.catalogue, &Gateway, clock::now).await.error,
            error => error,
        };
        self.reached.set(error.is_none());
        let asked = match error {
            None => return Ok(None),
            Some(SyncError::Offline(_)) => None,
            Some(SyncError::RetryAfter(asked)) => Some(asked),
            Some(error) => return Err(error.into()),
        };
        let wait = sync::delay(failures, ids::chance(), asked);
        Ok(Some(u32::try_from(wait).unwrap_or(u32::MAX)))
    }

    /// What the app does at the end of a round, when nothing waits any more.
    ///
    /// # Errors
    /// If the browser refuses.
    pub async fn tidy(&self) -> Result<(), JsError> {
        Ok(self.outbox.forget(Millis(0)).await?)
    }

    /// When the last acknowledgements were stored, durably, in the milliseconds of
    /// `performance.now()`. A round goes on after that, with the question for changes.
    pub fn settled(&self) -> f64 {
        self.settled.get()
    }

    /// How many listings are stored.
    ///
    /// # Errors
    /// If they cannot be read.
    pub async fn listings(&self) -> Result<usize, JsError> {
        let records = self.catalogue.records().await?;
        let listings = records.iter().map(|record| record.known_collection());
        Ok(listings.filter(|collection| *collection == Some(Collection::Listing)).count())
    }

    /// How many captures the server has acknowledged; none if one still waits.
    ///
    /// # Errors
    /// If the outbox cannot be read.
    pub async fn received(&self) -> Result<usize, JsError> {
        let overview = self.outbox.overview().await?;
        Ok(if overview.entries.is_empty() { overview.received.len() } else { 0 })
    }
}

/// The outbox, and when something was settled in it last.
struct Noted<'a> {
    outbox: &'a IdbOutbox,
    settled: &'a Cell<f64>,
}

impl Outbox for Noted<'_> {
    async fn enqueue(&self, sealed: &Sealed, now: Millis) -> Result<(), StorageError> {
        self.outbox.enqueue(sealed, now).await
    }

    async fn next_batch(
        &self,
        after: Option<SubmissionId>,
        limit: usize,
    ) -> Result<Vec<Entry>, StorageError> {
        self.outbox.next_batch(after, limit).await
    }

    async fn settle(
        &self,
        acks: &[Ack],
        refusals: &[Refusal],
        now: Millis,
    ) -> Result<(), StorageError> {
        self.outbox.settle(acks, refusals, now).await?;
        self.settled.set(performance_now());
        Ok(())
    }

    async fn see_epoch(&self, epoch: &str) -> Result<usize, StorageError> {
        self.outbox.see_epoch(epoch).await
    }

    async fn retry_refused(&self) -> Result<(), StorageError> {
        self.outbox.retry_refused().await
    }

    async fn forget(&self, before: Millis) -> Result<(), StorageError> {
        self.outbox.forget(before).await
    }

    async fn overview(&self) -> Result<Overview, StorageError> {
        self.outbox.overview().await
    }
}
