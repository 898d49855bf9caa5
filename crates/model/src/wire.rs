//! What travels between the app and the server under `/api/v1`.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, value::RawValue};

use crate::{
    Hash, Key, Problem, Record, SubmissionId, Text, feedback::Feedback, merge::Collision,
    time::Millis,
};

/// The header in which the app names its [`CLIENT_VERSION`].
pub const CLIENT_HEADER: &str = "together-client";
/// Raised with each change of the wire that an older server or app would misread.
pub const CLIENT_VERSION: u32 = 1;
/// The oldest client the server still serves: the current version and the two before it.
pub const OLDEST_CLIENT: u32 = CLIENT_VERSION.saturating_sub(2);

/// `POST /api/v1/push`: submissions, at most [`crate::limits::PUSH_RECORDS`].
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Push {
    /// The records. Each `record` is checked by itself; a bad one does not stop the rest.
    pub records: Vec<PushRecord>,
}

/// One submission on its way up.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PushRecord {
    /// Its identity, also inside `record`.
    pub id: SubmissionId,
    /// The hash of `record`'s canonical bytes.
    pub hash: Hash,
    /// The submission, as its bytes are: a tablet that read and wrote it anew would spend longer on that than the
    /// server on storing it.
    pub record: Box<RawValue>,
}

/// The answer to a push: one verdict a record, in the order they came.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PushAnswer {
    /// The history these acknowledgements belong to.
    pub epoch: String,
    /// One for each record.
    pub verdicts: Vec<Verdict>,
}

/// What became of one record.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "verdict", rename_all = "snake_case", try_from = "VerdictForm")]
pub enum Verdict {
    /// It is on the server's disk.
    Received(Ack),
    /// It will never be accepted as it is.
    Refused {
        /// The id as it was sent, if it could be read.
        id: Option<SubmissionId>,
        /// Why, and what to do.
        problems: Vec<Problem>,
    },
}

/// [`Verdict`] as it is read: serde's own reader of tagged enums keeps a copy of any value in a form
/// of its own, whose code is a hundredth of the app.
#[derive(Deserialize)]
struct VerdictForm {
    verdict: String,
    #[serde(default)]
    id: Option<SubmissionId>,
    #[serde(default)]
    hash: Option<Hash>,
    #[serde(default)]
    seq: Option<u64>,
    #[serde(default)]
    epoch: Option<String>,
    #[serde(default)]
    problems: Option<Vec<Problem>>,
}

impl TryFrom<VerdictForm> for Verdict {
    type Error = &'static str;

    fn try_from(form: VerdictForm) -> Result<Self, Self::Error> {
        let VerdictForm { verdict, id, hash, seq, epoch, problems } = form;
        match (verdict.as_str(), id, hash, seq, epoch, problems) {
            ("received", Some(id), Some(hash), Some(seq), Some(epoch), _) => {
                Ok(Self::Received(Ack { id, hash, seq, epoch }))
            }
            ("refused", id, _, _, _, Some(problems)) => Ok(Self::Refused { id, problems }),
            _ => Err(
                "a verdict is \"received\" with id, hash, seq and epoch, or \"refused\" with problems",
            ),
        }
    }
}

/// The server's word that it has stored one record, these bytes and no others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ack {
    /// Which record.
    pub id: SubmissionId,
    /// Of what bytes.
    pub hash: Hash,
    /// The record's place in the server's order.
    pub seq: u64,
    /// The history `seq` belongs to.
    pub epoch: String,
}

/// `GET /api/v1/changes?cursor=…`: a page of the catalogue.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Changes {
    /// The changed records in order of `seq`.
    pub records: Vec<Record>,
    /// What to ask with next time; stored in the same transaction as the records.
    pub cursor: String,
    /// More is waiting: ask again at once.
    pub more: bool,
    /// The page starts anew: what the tablet had of the catalogue before is void.
    pub fresh: bool,
    /// The server's history, so that the tablet notices a restored backup.
    pub epoch: String,
}

/// `GET /api/v1/probe?nonce=…`: is this really the server?
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Probe {
    /// What was sent. A captive portal cannot know it.
    pub nonce: String,
    /// The server's history.
    pub epoch: String,
}

/// `POST /api/v1/session`: sign in.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignIn {
    /// The account.
    pub name: String,
    /// Its password.
    pub password: String,
}

impl std::fmt::Debug for SignIn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SignIn").field("name", &self.name).finish_non_exhaustive()
    }
}

/// Who is signed in: the answer to `POST` and `GET /api/v1/session`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// The account's name.
    pub name: String,
}

/// `POST /api/v1/edits`: changes to the catalogue by staff, each by itself. `POST /api/v1/publish` takes the same and
/// carries out all of them or none.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Edits {
    /// At most [`crate::limits::EDITS`].
    pub edits: Vec<Edit>,
}

/// One patch.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Edit {
    /// A UUID of the author's; the same edit sent twice is carried out once.
    pub edit: uuid::Uuid,
    /// Which collection.
    pub collection: String,
    /// Which record.
    pub id: Key,
    /// The revision the author saw; 0 creates.
    pub base_rev: u64,
    /// The changed fields, `null` to remove one.
    #[serde(default)]
    pub fields: Map<String, Value>,
    /// Delete the record instead.
    #[serde(default)]
    pub delete: bool,
}

/// The answer to edits: one result an edit, in order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EditsAnswer {
    /// One for each edit.
    pub results: Vec<EditResult>,
}

/// What became of an edit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "result", rename_all = "snake_case")]
pub enum EditResult {
    /// Stored, but for the fields in `collisions`, which somebody else changed meanwhile.
    Merged {
        /// The record as it is now.
        record: Record,
        /// Where the server's value stayed. They are also kept under `/api/v1/conflicts`.
        collisions: Vec<Collision>,
    },
    /// The record was deleted meanwhile, or an id is taken; the edit is kept as a conflict.
    Conflict {
        /// What happened and what to do.
        detail: String,
    },
    /// The content is not valid; nothing was stored.
    Invalid {
        /// What is wrong.
        problems: Vec<Problem>,
    },
    /// It could be stored, but not another of those it was to go with; so nothing was stored.
    Undone,
}

/// `GET /api/v1/drafts`: the surveys that staff are writing. Tablets never see them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Drafts {
    /// By id.
    pub drafts: Vec<DraftHead>,
}

/// What is known of a draft without its content.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DraftHead {
    /// The survey that it will be, or is to change.
    pub id: Key,
    /// Another one with each change.
    pub rev: u64,
    /// Who changed it last.
    pub by: String,
    /// When, by the server's clock.
    pub at: Millis,
    /// What it is called so far.
    #[serde(default)]
    pub title: Text,
}

/// `GET /api/v1/drafts/{id}`: a survey while it is written.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Draft {
    /// What is known of it.
    #[serde(flatten)]
    pub head: DraftHead,
    /// The fields of the survey's record, as far as they are there.
    pub survey: Map<String, Value>,
    /// The questions, whether they can be published yet or not.
    pub definition: Value,
}

/// `POST /api/v1/results/{survey}/themes`: what an answer in words is about. Themes that are not named stay as they are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ThemesPatch {
    /// Which answer, by [`crate::results::answer_of`].
    pub answer: Hash,
    /// The themes it gets.
    #[serde(default)]
    pub give: Vec<Key>,
    /// The themes it loses.
    #[serde(default)]
    pub take: Vec<Key>,
}

/// The themes of an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnswerThemes {
    /// Which answer.
    pub answer: Hash,
    /// Its themes, in the order of their ids.
    pub themes: Vec<Key>,
}

/// `PUT /api/v1/drafts/{id}`: how a draft is to be.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DraftWrite {
    /// The revision the author saw; 0 for a draft that does not exist yet.
    pub base_rev: u64,
    /// The fields of the survey's record.
    pub survey: Map<String, Value>,
    /// The questions.
    pub definition: Value,
}

/// What became of a draft that was written or discarded (`DELETE /api/v1/drafts/{id}?rev=`).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "result", rename_all = "snake_case")]
pub enum DraftResult {
    /// It is on the server's disk as it was sent.
    Saved {
        /// How it is known now.
        head: DraftHead,
    },
    /// It is gone.
    Discarded,
    /// Somebody else wrote meanwhile; nothing was changed.
    Conflict {
        /// What is there now; `None` if it was published or discarded.
        draft: Option<Draft>,
    },
}

/// `GET /api/v1/conflicts`: what this author wrote and the server did not take.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Conflicts {
    /// Newest first.
    pub conflicts: Vec<Conflict>,
}

/// One lost value, kept until its author puts it aside with `DELETE /api/v1/conflicts/{id}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Conflict {
    /// Its number.
    pub id: u64,
    /// Which collection.
    pub collection: String,
    /// Which record.
    pub record: Key,
    /// The fields that collided; for a record that was gone, all that were sent.
    pub collisions: Vec<Collision>,
    /// When, by the server's clock.
    pub at: Millis,
}

/// One piece of feedback as staff read it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FeedbackRow {
    /// Its identity.
    pub id: SubmissionId,
    /// Its place in the server's order; the next page starts after it.
    pub seq: u64,
    /// When the server received it.
    pub received_at: Millis,
    /// What the tablet's clock said.
    pub made_at: Millis,
    /// What was told.
    pub feedback: Feedback,
}

/// `GET /api/v1/feedback?venue=&theme=&from=&to=&before=&limit=`: newest first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FeedbackPage {
    /// The rows.
    pub rows: Vec<FeedbackRow>,
    /// How many the filter finds in all.
    pub total: u64,
    /// Whether there are older ones.
    pub more: bool,
}

/// `POST /api/v1/forms/check`: what became of a workbook that holds a form.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FormCheck {
    /// The questions; `None` if the form cannot be used as it is. Nothing is taken over by half.
    #[serde(default)]
    pub definition: Option<Value>,
    /// What is wrong, or was read with leniency, the most serious first.
    #[serde(default)]
    pub findings: Vec<FormFinding>,
}

/// `POST /api/v1/forms/tables`: what became of files with tables for a form.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct FormTables {
    /// The tables that were read, by name, without the ending; each as a definition holds it.
    pub tables: Map<String, Value>,
    /// What is wrong with the others.
    #[serde(default)]
    pub findings: Vec<FormFinding>,
}

/// What was found at one place of a workbook.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FormFinding {
    /// `error`, `warning` or `note`.
    pub severity: String,
    /// The sheet's name; empty for the whole workbook.
    #[serde(default)]
    pub sheet: String,
    /// The row as the spreadsheet counts it, from 1.
    #[serde(default)]
    pub row: Option<u32>,
    /// The column's letters, such as `B`.
    #[serde(default)]
    pub column: Option<String>,
    /// What was found, a sentence.
    pub what: String,
    /// What to do about it, a sentence.
    pub remedy: String,
}

/// The file that `/tablet` exports and `together import` takes: unsent submissions.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct OutboxExport {
    /// `together-outbox`.
    pub format: String,
    /// 1.
    pub version: u32,
    /// What waits or was refused, as it would be pushed.
    pub records: Vec<PushRecord>,
}

impl OutboxExport {
    /// The value of `format`.
    pub const FORMAT: &'static str = "together-outbox";
}

/// An error of the API: problem details (RFC 9457), `application/problem+json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ProblemDetails {
    /// A URI reference that names the kind: `/problems/malformed`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The kind in a few words.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What happened here and what to do.
    pub detail: String,
    /// The fields at fault, if there are any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<Problem>,
}
