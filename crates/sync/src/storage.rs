//! The tablet's storage: whole transactions, never a handle. IndexedDB commits by itself as
//! soon as anything else is awaited, so a transaction cannot span two calls.

use std::collections::BTreeSet;

use model::{
    Hash, Problem, Record, SubmissionId,
    snapshot::Manifest,
    submission::Sealed,
    time::Millis,
    wire::{Ack, Changes},
};
use serde::{Deserialize, Serialize};

/// Why storage failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StorageError {
    /// The browser gives no more room.
    #[error("This tablet is full. Free some space, or send what waits first.")]
    Full,
    /// There is no storage: private mode, or switched off.
    #[error("This browser does not store anything. Leave private browsing and reload.")]
    Unavailable,
    /// The record is larger than the server takes.
    #[error("This is too long to be sent. Make it shorter.")]
    TooLarge,
    /// Another record of this id but other bytes is there already.
    #[error("A different record of the same number is already stored.")]
    Taken,
    /// Anything else, in the browser's words.
    #[error("The tablet's storage failed: {0}. Reload the page; what was saved is safe.")]
    Failed(String),
}

/// One submission in the outbox.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Its identity.
    pub id: SubmissionId,
    /// The hash of `bytes`.
    pub hash: Hash,
    /// When it was saved, by this tablet's clock; for people to read.
    pub saved_at: Millis,
    /// What is to become of it.
    pub state: EntryState,
    /// The canonical bytes. Opaque: the outbox never looks inside.
    pub bytes: Vec<u8>,
}

/// What is to become of an entry.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum EntryState {
    /// It is to be sent.
    Waiting,
    /// The server will not take it as it is. Kept, shown, exportable.
    Refused {
        /// Why.
        problems: Vec<Problem>,
    },
}

/// What is left of a submission once the server has it. The bytes stay for a while, unseen
/// by any screen, to be sent again if the server is restored from an older backup.
#[derive(Debug, Clone, PartialEq)]
pub struct Receipt {
    /// The server's word.
    pub ack: Ack,
    /// When the acknowledgement came, by this tablet's clock.
    pub received_at: Millis,
    /// The canonical bytes, until [`Outbox::forget`].
    pub bytes: Option<Vec<u8>>,
}

/// A stored value that cannot be read, or whose bytes do not match their hash. It stays
/// where it is and is exported as it is; everything else goes on without it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Corrupt {
    /// The key it is stored under.
    pub key: String,
    /// What is wrong with it.
    pub reason: String,
}

/// The server's refusal of one entry.
#[derive(Debug, Clone, PartialEq)]
pub struct Refusal {
    /// Which entry.
    pub id: SubmissionId,
    /// Which bytes were refused.
    pub hash: Hash,
    /// Why.
    pub problems: Vec<Problem>,
}

/// What stands in the outbox, for `/tablet`.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Overview {
    /// Waiting and refused entries, oldest first.
    pub entries: Vec<Entry>,
    /// What could not be read.
    pub corrupt: Vec<Corrupt>,
    /// What the server has acknowledged.
    pub received: BTreeSet<SubmissionId>,
}

impl Overview {
    /// The entries that wait to be sent.
    pub fn waiting(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(|entry| entry.state == EntryState::Waiting)
    }

    /// The entries that the server refused.
    pub fn refused(&self) -> impl Iterator<Item = (&Entry, &[Problem])> {
        self.entries.iter().filter_map(|entry| match &entry.state {
            EntryState::Refused { problems } => Some((entry, problems.as_slice())),
            EntryState::Waiting => None,
        })
    }
}

/// The capture plane's storage. Each call is one transaction; those that write are durable
/// (`durability: strict`) when they return.
#[expect(async_fn_in_trait, reason = "the browser has one thread; no future is sent anywhere")]
pub trait Outbox {
    /// Stores a finished submission. The same bytes again change nothing, not even after
    /// they became a receipt.
    ///
    /// # Errors
    /// [`StorageError::Taken`] if the id is stored with another hash; nothing is changed then.
    async fn enqueue(&self, sealed: &Sealed, now: Millis) -> Result<(), StorageError>;

    /// Up to `limit` waiting entries, oldest id first, of those behind `after`. Corrupt ones are
    /// passed over. Fewer than `limit` are all there are.
    async fn next_batch(
        &self,
        after: Option<SubmissionId>,
        limit: usize,
    ) -> Result<Vec<Entry>, StorageError>;

    /// Notes what is acknowledged and marks what is refused, all in one transaction: from then on
    /// it counts as received and is not sent again. Only an entry with that id *and* hash is touched; the rest is ignored.
    ///
    /// An acknowledgement of another epoch than the one noted last by [`Outbox::see_epoch`] is
    /// ignored too: another tab has learnt meanwhile that the server was restored, and the
    /// receipt would count as seen by the very call that should have brought it back. The entry
    /// goes on waiting and is sent again.
    async fn settle(
        &self,
        acks: &[Ack],
        refusals: &[Refusal],
        now: Millis,
    ) -> Result<(), StorageError>;

    /// Notes the server's epoch. If it is another than before, receipts of other epochs that
    /// still have their bytes become waiting entries again; gives how many.
    async fn see_epoch(&self, epoch: &str) -> Result<usize, StorageError>;

    /// Makes refused entries wait again, for a server that has been put right.
    async fn retry_refused(&self) -> Result<(), StorageError>;

    /// Drops the bytes of receipts from before `before`; their ids and hashes stay. At the end of
    /// a round, so a storage may leave for here what need not be done while something waits.
    async fn forget(&self, before: Millis) -> Result<(), StorageError>;

    /// What stands in it.
    async fn overview(&self) -> Result<Overview, StorageError>;
}

/// The catalogue plane's storage.
#[expect(async_fn_in_trait, reason = "the browser has one thread; no future is sent anywhere")]
pub trait Catalogue {
    /// The cursor of the last applied page.
    async fn cursor(&self) -> Result<Option<String>, StorageError>;

    /// Writes the records and the cursor in one transaction; a fresh page replaces all there
    /// was. A record older than the stored one (by `seq`) of a page that is not fresh is
    /// ignored.
    async fn apply_page(&self, page: &Changes) -> Result<(), StorageError>;

    /// [`Catalogue::apply_page`] for a page that was asked for with the cursor `since`, but only
    /// if that is the stored cursor still; else nothing is changed and `false` comes back. Two
    /// tabs may pull at once where the lock between them fails: a late page of a history that
    /// has ended must not mix with the pages of the new one.
    ///
    /// A storage that more than one tab can open must look and write in one transaction, which
    /// this default does not.
    async fn apply_page_after(
        &self,
        since: Option<&str>,
        page: &Changes,
    ) -> Result<bool, StorageError> {
        if self.cursor().await?.as_deref() != since {
            return Ok(false);
        }
        self.apply_page(page).await?;
        Ok(true)
    }

    /// Which segments of `manifest` are here already, staged or in use. What is staged and not
    /// in `manifest` is dropped: the server has moved on, and nobody will ask for it again.
    async fn staged(&self, manifest: &Manifest) -> Result<Vec<Hash>, StorageError>;

    /// Keeps one segment of a snapshot aside, in one transaction: what pages see stays as it is.
    /// The caller has compared `text` with `hash` and knows that it can be read.
    async fn stage_segment(&self, hash: Hash, text: &str) -> Result<(), StorageError>;

    /// Puts the segments of `manifest` in the place of all records there were, with its cursor
    /// and in one transaction; nothing stays staged. Like [`Catalogue::apply_page_after`] it changes
    /// nothing and gives `false` if `since` is not the stored cursor, or if a segment is missing.
    async fn switch_in(
        &self,
        since: Option<&str>,
        manifest: &Manifest,
    ) -> Result<bool, StorageError>;

    /// Every live record, tombstones left out.
    async fn records(&self) -> Result<Vec<Record>, StorageError>;
}
