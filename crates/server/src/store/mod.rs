//! The database, as the rest of the server sees it: whole operations in the nouns of `model`.
//!
//! **Invariant:** only this module and those below it know SQL, and nothing in them knows
//! HTTP. PostgreSQL will be a second file beside `sqlite` with the same operations.

mod sqlite;

use std::collections::BTreeMap;

use model::{
    Collection, Key, Problem, Record, SubmissionId, submission::Sealed, time::Millis, wire::Edit,
};
use serde_json::{Map, Value};

pub use sqlite::Store;

/// Why an operation of the database failed. None of them means that something was stored.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StoreError {
    /// More writes wait than are accepted.
    #[error("{WAITING} writes are waiting already; try again in a few seconds")]
    Busy,
    /// The disk is full or broken, or the file is locked by somebody else.
    #[error("the database cannot be written or read: {0}; check the disk's space and health")]
    Unavailable(String),
    /// The database holds what this program did not write.
    #[error("the database holds something unreadable in {what}: {detail}")]
    Corrupt {
        /// Where.
        what: String,
        /// What about it.
        detail: String,
    },
    /// The database is from a newer program, or is none.
    #[error("the database cannot be opened: {0}; use the program that wrote it, or a newer one")]
    Unusable(String),
    /// A fault of this program.
    #[error("the database refused a statement: {0}")]
    Statement(String),
}

/// Writes that may wait. At a commit every few milliseconds this is a wait of about a second;
/// past that a tablet does better to come back than to hold its connection.
pub(crate) const WAITING: usize = 1_000;

/// A submission that has been checked and may be stored.
#[derive(Debug, Clone)]
pub struct Arrival {
    /// Its identity and bytes.
    pub sealed: Sealed,
    /// `feedback` or `response`.
    pub kind: &'static str,
    /// The survey it answers.
    pub survey: Option<Key>,
    /// Feedback: where it was said. Response: where the tablet stands.
    pub venue: Option<Key>,
    /// What it is about.
    pub themes: Vec<Key>,
    /// The tablet's clock.
    pub made_at: Millis,
}

/// What became of an [`Arrival`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Placed {
    /// It is stored, now or since an earlier time, at this place.
    At(u64),
    /// Another content is stored under its id; this one is kept as a rival.
    Rival,
}

/// A stored submission.
#[derive(Debug, Clone)]
pub struct StoredSubmission {
    /// Its place in the server's order.
    pub seq: u64,
    /// Its identity.
    pub id: SubmissionId,
    /// The server's clock when it came.
    pub received_at: Millis,
    /// Its canonical bytes.
    pub bytes: Vec<u8>,
}

/// Which submissions are meant. Empty fields do not narrow.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// `feedback` or `response`.
    pub kind: &'static str,
    /// Answers to this survey.
    pub survey: Option<String>,
    /// Said at this venue.
    pub venue: Option<String>,
    /// About this theme.
    pub theme: Option<String>,
    /// Made at this instant or later, by the tablet's clock.
    pub from: Option<Millis>,
    /// Made before this instant, by the tablet's clock.
    pub until: Option<Millis>,
}

/// Which part of the filtered submissions is meant.
#[derive(Debug, Clone, Copy)]
pub enum Slice {
    /// Newest first, those before a place (or all).
    Before(Option<u64>),
    /// Oldest first, those after a place.
    After(u64),
}

/// A part of the catalogue's changes.
#[derive(Debug)]
pub struct Page {
    /// The records in order of `seq`.
    pub records: Vec<Record>,
    /// The place up to which this page tells everything.
    pub seq: u64,
    /// There is more behind it.
    pub more: bool,
    /// It starts from nothing.
    pub fresh: bool,
}

/// A record of a file to import.
#[derive(Debug, Clone)]
pub struct ImportRecord {
    /// Its collection.
    pub collection: Collection,
    /// Its id.
    pub id: Key,
    /// The fields to set; `null` removes one, others stay.
    pub fields: Map<String, Value>,
}

/// What an import did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Imported {
    /// Records that are new.
    pub created: u64,
    /// Records that had other content.
    pub changed: u64,
    /// Records that were so already.
    pub same: u64,
}

/// The problems of an import, each with the index of its record; nothing was stored.
pub type ImportProblems = Vec<(usize, Problem)>;

/// An edit with its author.
#[derive(Debug, Clone)]
pub struct AuthoredEdit {
    /// The signed-in account.
    pub account: String,
    /// What to change.
    pub edit: Edit,
}

/// How much there is, for people who look after the server.
#[derive(Debug, Clone, Default)]
pub struct Census {
    /// Live records by collection.
    pub records: BTreeMap<String, u64>,
    /// Submissions by kind.
    pub submissions: BTreeMap<String, u64>,
    /// Contents that came under somebody else's id.
    pub rivals: u64,
}
