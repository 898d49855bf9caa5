//! What was promised to people, kept outside tablets and server.

use std::collections::{BTreeMap, BTreeSet};

use model::{Hash, SubmissionId};
use serde_json::{Map, Value};
use uuid::Uuid;

/// A submission that somebody made.
#[derive(Debug)]
pub struct Made {
    /// Its canonical bytes.
    pub bytes: Vec<u8>,
    /// The screen said "saved".
    pub promised: bool,
    /// It may be missing in the end: its bytes went bad on the tablet, or were forgotten after
    /// seven days by the tablet's clock and the server was restored later.
    pub excused: bool,
    /// Somebody may refuse it for good reason.
    may_be_refused: bool,
}

/// The copy of a record that an author looked at.
#[derive(Debug)]
pub struct Seen {
    /// The history it came from.
    pub epoch: u32,
    /// Its place there.
    pub seq: u64,
    /// What it held.
    pub fields: Map<String, Value>,
}

/// What was promised, and what the server did about it.
#[derive(Debug, Default)]
pub struct Ledger {
    made: BTreeMap<(SubmissionId, Hash), Made>,
    /// What was committed, and in which history.
    placed: BTreeSet<(SubmissionId, Hash, u32)>,
    /// What authors saw, by the numbers of their edits.
    seen: BTreeMap<Uuid, Seen>,
}

impl Ledger {
    /// A submission was made; nothing is promised yet.
    pub fn make(&mut self, id: SubmissionId, hash: Hash, bytes: Vec<u8>) {
        self.made.entry((id, hash)).or_insert(Made {
            bytes,
            promised: false,
            excused: false,
            may_be_refused: false,
        });
    }

    /// It is refused for good reason, or may be.
    pub fn allow_refusal(&mut self, id: SubmissionId, hash: Hash) {
        if let Some(made) = self.made.get_mut(&(id, hash)) {
            made.may_be_refused = true;
        }
    }

    /// The screen said "saved".
    pub fn promise(&mut self, id: SubmissionId, hash: Hash) {
        if let Some(made) = self.made.get_mut(&(id, hash)) {
            made.promised = true;
        }
    }

    /// It need not arrive any more.
    pub fn excuse(&mut self, id: SubmissionId, hash: Hash) {
        if let Some(made) = self.made.get_mut(&(id, hash)) {
            made.excused = true;
        }
    }

    /// Whether it is refused for good reason, or may be. A refusal names an id without a hash, so
    /// one of two twins may get the other's where a proxy mixes up answers.
    pub fn may_be_refused(&self, id: SubmissionId, hash: Hash) -> bool {
        let twins = self.made.range((id, Hash([0; 32]))..=(id, Hash([u8::MAX; 32]))).count();
        twins > 1 || self.made(id, hash).is_some_and(|made| made.may_be_refused)
    }

    /// The submission of that id and hash.
    pub fn made(&self, id: SubmissionId, hash: Hash) -> Option<&Made> {
        self.made.get(&(id, hash))
    }

    /// Every submission.
    pub fn all(&self) -> impl Iterator<Item = (SubmissionId, Hash, &Made)> {
        self.made.iter().map(|((id, hash), made)| (*id, *hash, made))
    }

    /// It is on the server's disk in the history `epoch`.
    pub fn place(&mut self, id: SubmissionId, hash: Hash, epoch: u32) {
        self.placed.insert((id, hash, epoch));
    }

    /// Whether it was on the server's disk in that history.
    pub fn was_placed(&self, id: SubmissionId, hash: Hash, epoch: u32) -> bool {
        self.placed.contains(&(id, hash, epoch))
    }

    /// An author looks at `seen` and sends an edit.
    pub fn author(&mut self, edit: Uuid, seen: Seen) {
        self.seen.insert(edit, seen);
    }

    /// What the author of an edit looked at.
    pub fn seen(&self, edit: Uuid) -> Option<&Seen> {
        self.seen.get(&edit)
    }
}

/// The name of the server's history of that number.
pub fn epoch_name(number: u32) -> String {
    format!("epoch-{number}")
}

/// The number in a history's name.
pub fn epoch_number(name: &str) -> Option<u32> {
    name.strip_prefix("epoch-")?.parse().ok()
}
