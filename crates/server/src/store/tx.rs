//! One transaction, as a database offers it: statements in the nouns of the product.
//!
//! **Invariant:** nothing here decides. What a push, an edit or a page of changes *means* is
//! written once, in the modules beside this one, on `&mut dyn Tx`; a database only says how a
//! row is read or written. So SQLite, PostgreSQL and the one in memory cannot disagree about
//! more than a statement, and one suite of tests holds all three to it.

use std::collections::BTreeSet;

use async_trait::async_trait;
use model::{
    Collection, Hash, Key, Record, SubmissionId,
    merge::{Collision, Stored},
    submission::Sealed,
    time::Millis,
    wire::{Conflict, Draft, DraftHead, EditResult},
};
use uuid::Uuid;

use super::{Arrival, Census, Filter, Slice, StoreError, StoredSubmission};

/// An order of its own, with its own counter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Scope {
    /// What tablets pull: the catalogue.
    Public,
    /// What tablets push: submissions.
    Capture,
}

impl Scope {
    /// How it stands in the database and in cursors.
    pub fn name(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Capture => "capture",
        }
    }
}

/// How far a scope's order reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reach {
    /// The last place that was given away.
    pub head: u64,
    /// Deletions up to this place may have been forgotten.
    pub floor: u64,
}

/// An edit that was carried out before.
#[derive(Debug, Clone, PartialEq)]
pub struct DoneEdit {
    /// The fingerprint of the edit and its author.
    pub hash: Hash,
    /// What was answered.
    pub result: EditResult,
}

/// A record on its way into the database.
#[derive(Debug, Clone, Copy)]
pub struct NewState<'a> {
    /// Its collection.
    pub collection: Collection,
    /// Its id.
    pub id: &'a Key,
    /// Its place in [`Scope::Public`].
    pub seq: u64,
    /// What it is now.
    pub stored: &'a Stored,
    /// When it was deleted, if it is.
    pub deleted_at: Option<Millis>,
}

/// Everything that can be done in one transaction.
///
/// Each method fails with the [`StoreError`] of its database; the transaction is then lost.
pub trait Tx: History + Submissions + AnswerThemes + Catalogue + Edits + Drafts + Accounts {}

impl<T: History + Submissions + AnswerThemes + Catalogue + Edits + Drafts + Accounts> Tx for T {}

/// The name of the history, and the counters that order it.
#[async_trait]
pub trait History: Send {
    /// The name of this history; empty in a database that comes from a backup.
    async fn epoch(&mut self) -> Result<String, StoreError>;

    /// Names the history anew.
    async fn set_epoch(&mut self, epoch: &str) -> Result<(), StoreError>;

    /// Waits until no other transaction writes in `scope`, and keeps others from it until
    /// this one has ended. What is read afterwards is what the others left.
    async fn lock(&mut self, scope: Scope) -> Result<(), StoreError>;

    /// Takes the next `count` places of `scope` and gives the first. Locks the scope, so that
    /// the order of places is the order of commits.
    async fn take_places(&mut self, scope: Scope, count: u64) -> Result<u64, StoreError>;

    /// How far `scope` reaches.
    async fn reach(&mut self, scope: Scope) -> Result<Reach, StoreError>;

    /// Raises the floor of `scope`; one that is higher already stays.
    async fn raise_floor(&mut self, scope: Scope, floor: u64) -> Result<(), StoreError>;

    /// Writes something that means nothing, to see whether writing works.
    async fn touch(&mut self, now: Millis) -> Result<(), StoreError>;

    /// Counts what there is.
    async fn census(&mut self) -> Result<Census, StoreError>;
}

/// The capture plane.
#[async_trait]
pub trait Submissions: Send {
    /// Inserts each of `arrivals` at its place, the first at `first`, unless its id is taken,
    /// and says of each whether it was inserted. A constraint decides, not a look beforehand.
    async fn insert_submissions(
        &mut self,
        first: u64,
        arrivals: &[Arrival],
        now: Millis,
    ) -> Result<Vec<bool>, StoreError>;

    /// Place and hash of the submission that is stored under `id`.
    async fn submission_at(&mut self, id: SubmissionId) -> Result<Option<(u64, Hash)>, StoreError>;

    /// Keeps a content that came under the id of another one; once is enough.
    async fn insert_rival(&mut self, sealed: &Sealed, now: Millis) -> Result<(), StoreError>;

    /// The submissions that `filter` means, at most `limit` of `slice`.
    async fn submissions(
        &mut self,
        filter: &Filter,
        slice: Slice,
        limit: u32,
    ) -> Result<Vec<StoredSubmission>, StoreError>;

    /// How many submissions `filter` means.
    async fn count_submissions(&mut self, filter: &Filter) -> Result<u64, StoreError>;

    /// The place of the latest response to `survey`, 0 without any, and how many there are; no response is read for it.
    async fn extent(&mut self, survey: &Key) -> Result<(u64, u64), StoreError>;
}

/// What staff say that answers in words are about.
#[async_trait]
pub trait AnswerThemes: Send {
    /// Each theme that an answer to `survey` has, by answer and theme.
    async fn answer_themes(&mut self, survey: &Key) -> Result<Vec<(Hash, Key)>, StoreError>;

    /// Gives an answer a theme; once is enough.
    async fn give_theme(
        &mut self,
        survey: &Key,
        answer: Hash,
        theme: &Key,
        account: &str,
        now: Millis,
    ) -> Result<(), StoreError>;

    /// Takes a theme away, if the answer has it.
    async fn take_theme(
        &mut self,
        survey: &Key,
        answer: Hash,
        theme: &Key,
    ) -> Result<(), StoreError>;
}

/// The catalogue plane.
#[async_trait]
pub trait Catalogue: Send {
    /// A record as `model::merge` takes it, with its place; one that never was has revision 0.
    async fn load_record(
        &mut self,
        collection: Collection,
        id: &Key,
    ) -> Result<(Stored, u64), StoreError>;

    /// Writes a record.
    async fn save_record(&mut self, state: NewState<'_>) -> Result<(), StoreError>;

    /// The records that changed after `seq`, in the order of their places, at most `limit`;
    /// deleted ones only if told.
    async fn changes_after(
        &mut self,
        seq: u64,
        deleted_too: bool,
        limit: u64,
    ) -> Result<Vec<Record>, StoreError>;

    /// The live records of a collection, ordered by id.
    async fn records(&mut self, collection: Collection) -> Result<Vec<Record>, StoreError>;

    /// One live record, if there is one.
    async fn record(
        &mut self,
        collection: Collection,
        id: &Key,
    ) -> Result<Option<Record>, StoreError>;

    /// What records may refer to: the live ones of the collections that others name, which
    /// are small.
    async fn references(&mut self) -> Result<BTreeSet<(Collection, String)>, StoreError>;

    /// Whether nothing was ever published here.
    async fn is_empty(&mut self) -> Result<bool, StoreError>;

    /// Forgets the tombstones of records deleted before `before` and gives their places.
    async fn delete_tombstones(&mut self, before: Millis) -> Result<Vec<u64>, StoreError>;
}

/// Edits that were carried out, and what their authors lost.
#[async_trait]
pub trait Edits: Send {
    /// Claims the name of an edit; false if it was claimed before. A constraint decides.
    async fn claim_edit(&mut self, edit: Uuid, hash: Hash, now: Millis)
    -> Result<bool, StoreError>;

    /// What became of an edit that was claimed and finished before.
    async fn done_edit(&mut self, edit: Uuid) -> Result<Option<DoneEdit>, StoreError>;

    /// Remembers what was answered to an edit that this transaction claimed.
    async fn finish_edit(&mut self, edit: Uuid, result: &EditResult) -> Result<(), StoreError>;

    /// Gives the name of an edit free again.
    async fn forget_edit(&mut self, edit: Uuid) -> Result<(), StoreError>;

    /// Keeps what `account` wrote and the server did not take.
    async fn keep_conflict(
        &mut self,
        account: &str,
        collection: Collection,
        record: &Key,
        collisions: &[Collision],
        now: Millis,
    ) -> Result<(), StoreError>;

    /// What is kept for `account`, newest first, at most `limit`.
    async fn conflicts(&mut self, account: &str, limit: u32) -> Result<Vec<Conflict>, StoreError>;

    /// Forgets a conflict of `account`; false if it has none of that number.
    async fn put_aside(&mut self, account: &str, id: u64) -> Result<bool, StoreError>;
}

/// Surveys while staff write them.
#[async_trait]
pub trait Drafts: Send {
    /// Every draft without its content, ordered by id.
    async fn drafts(&mut self) -> Result<Vec<DraftHead>, StoreError>;

    /// One draft.
    async fn draft(&mut self, id: &Key) -> Result<Option<Draft>, StoreError>;

    /// Writes a draft, new or in the place of the one of its id.
    async fn save_draft(&mut self, draft: &Draft) -> Result<(), StoreError>;

    /// Forgets a draft.
    async fn delete_draft(&mut self, id: &Key) -> Result<(), StoreError>;
}

/// The accounts of staff and their sessions.
#[async_trait]
pub trait Accounts: Send {
    /// Makes an account; false if the name is taken.
    async fn add_account(
        &mut self,
        name: &str,
        password: &str,
        now: Millis,
    ) -> Result<bool, StoreError>;

    /// Changes a password's hash; false if there is no such account.
    async fn set_password(&mut self, name: &str, password: &str) -> Result<bool, StoreError>;

    /// The hash of an account's password.
    async fn password(&mut self, name: &str) -> Result<Option<String>, StoreError>;

    /// The names of all accounts, in order.
    async fn accounts(&mut self) -> Result<Vec<String>, StoreError>;

    /// Starts a session of an account that exists.
    async fn insert_session(
        &mut self,
        token: Hash,
        account: &str,
        expires_at: Millis,
    ) -> Result<(), StoreError>;

    /// Whose session this is, if it has not ended.
    async fn session(&mut self, token: Hash, now: Millis) -> Result<Option<String>, StoreError>;

    /// Ends one session.
    async fn end_session(&mut self, token: Hash) -> Result<(), StoreError>;

    /// Forgets the sessions that have ended by `now`.
    async fn sweep_sessions(&mut self, now: Millis) -> Result<(), StoreError>;

    /// Ends the sessions of one account, or all there are.
    async fn end_sessions(&mut self, of: Option<&str>) -> Result<(), StoreError>;
}
