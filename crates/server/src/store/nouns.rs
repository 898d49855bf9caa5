//! The nouns of the store's operations: what goes in and what comes out.

use std::collections::BTreeMap;

use model::{
    Collection, Key, Problem, Record, SubmissionId, submission::Sealed, time::Millis, wire::Edit,
};
use serde_json::{Map, Value};

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

impl Arrival {
    /// How many bytes it keeps in memory, roughly.
    pub(super) fn weight(&self) -> usize {
        size_of::<Self>() + self.sealed.bytes.len()
    }
}

/// What became of an [`Arrival`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Placed {
    /// It is stored, now or since an earlier time, at this place.
    At(u64),
    /// Another content is stored under its id; this one is kept as a rival.
    Rival,
}

/// What became of several [`Arrival`]s.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// The history that their places belong to.
    pub epoch: String,
    /// One for each, in their order.
    pub placed: Vec<Placed>,
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

impl Filter {
    /// The filter in words that any database can be asked with: what a stranger wrote into an
    /// address may hold NUL, which PostgreSQL's text cannot. Nothing stored holds either.
    pub(super) fn askable(&self) -> Self {
        let askable =
            |text: &Option<String>| text.as_ref().map(|text| text.replace('\0', "\u{fffd}"));
        Self {
            survey: askable(&self.survey),
            venue: askable(&self.venue),
            theme: askable(&self.theme),
            ..self.clone()
        }
    }
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
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    /// The records in order of `seq`.
    pub records: Vec<Record>,
    /// The place up to which this page tells everything.
    pub seq: u64,
    /// There is more behind it.
    pub more: bool,
    /// It starts from nothing.
    pub fresh: bool,
    /// The history that `seq` belongs to.
    pub epoch: String,
    /// Where the next page starts, as text for the tablet.
    pub cursor: String,
}

/// How far the order of the catalogue reaches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// The history that `seq` belongs to.
    pub epoch: String,
    /// The last place that was given away.
    pub seq: u64,
    /// The cursor of a tablet that has everything, as text.
    pub cursor: String,
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

impl AuthoredEdit {
    /// How many bytes it keeps in memory, roughly.
    pub(super) fn weight(&self) -> usize {
        let fields = serde_json::to_string(&self.edit.fields);
        size_of::<Self>() + fields.map_or(0, |fields| fields.len())
    }
}

/// How much there is, for people who look after the server.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Census {
    /// Live records by collection.
    pub records: BTreeMap<String, u64>,
    /// Submissions by kind.
    pub submissions: BTreeMap<String, u64>,
    /// Contents that came under somebody else's id.
    pub rivals: u64,
}
