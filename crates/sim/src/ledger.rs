//! What was promised to people, kept outside tablets and server.

use std::collections::{BTreeMap, BTreeSet};

use model::{Hash, SubmissionId};
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
}

/// What was promised, and what the server did about it.
#[derive(Debug, Default)]
pub struct Ledger {
    made: BTreeMap<(SubmissionId, Hash), Made>,
    /// What was committed, and in which history.
    placed: BTreeSet<(SubmissionId, Hash, u32)>,
    /// The history that an author's copy came from, by the number of the edit.
    edits: BTreeMap<Uuid, u32>,
}

impl Ledger {
    /// A submission was made; nothing is promised yet.
    pub fn make(&mut self, id: SubmissionId, hash: Hash, bytes: Vec<u8>) {
        self.made.entry((id, hash)).or_insert(Made { bytes, promised: false, excused: false });
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

    /// An author sends an edit of a copy from the history `epoch`.
    pub fn author(&mut self, edit: Uuid, epoch: u32) {
        self.edits.insert(edit, epoch);
    }

    /// The history that the edit's author looked at.
    pub fn edited_in(&self, edit: Uuid) -> Option<u32> {
        self.edits.get(&edit).copied()
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
