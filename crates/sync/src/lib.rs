//! The sync engine. It decides what to send and fetch and what an answer means; it owns no
//! clock, no network and no disk. Those are the traits [`Outbox`], [`Catalogue`] and
//! [`Remote`], so the browser, the tests and a simulation run this same code.
//!
//! **Invariants**
//! - A submission leaves the outbox only by [`Outbox::settle`] with an acknowledgement whose
//!   id *and* hash are those of the stored bytes.
//! - A page of the catalogue and its cursor are written in one transaction, and only where the
//!   cursor still is the one that the page was asked for with.
//! - A snapshot is staged segment by segment, each compared with its hash, and switched in with
//!   its cursor at once. Whatever fails before that leaves the old catalogue as it was.
//! - No storage transaction is open while the network is awaited.
//! - Nothing the catalogue plane does touches the outbox, but for [`Outbox::see_epoch`].

pub mod answer;
#[cfg(feature = "conformance")]
pub mod conformance;
mod engine;
mod lanes;
mod memory;
mod plan;
mod push;
mod remote;
mod snapshot;
mod storage;

pub use engine::{Outcome, sync, sync_showing};
pub use memory::{CatalogueState, MemoryCatalogue, MemoryOutbox, OutboxState};
pub use plan::{BATCH_BYTES, delay};
pub use remote::{Remote, SyncError};
pub use snapshot::Progress;
pub use storage::{
    Catalogue, Corrupt, Entry, EntryState, Outbox, Overview, Receipt, Refusal, StorageError,
};
