//! What happens to submissions that come in, by push or from a file: each is checked by
//! itself, the good ones are stored together, and each gets a verdict.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
};

use model::{
    Collection, Hash, Key, Problem, ProblemCode, SubmissionId,
    catalogue::{SurveyVersion, survey_version_key, view},
    limits::{PROBLEMS, SUBMISSION_BYTES},
    submission::{self, Body, Response},
    time::Millis,
    wire::{Ack, PushAnswer, Verdict},
};
use serde_json::{Value, value::RawValue};
use survey::Definition;

use crate::{
    Store, StoreError,
    store::{Arrival, Placed, Received},
};

/// The way in for submissions.
#[derive(Debug, Clone)]
pub struct Intake {
    store: Store,
    /// Versions never change, so what was read once stays right.
    definitions: Arc<RwLock<HashMap<Key, Arc<Definition>>>>,
}

/// The most bytes of a record and its envelope as they come. Twice what its canonical form may
/// have leaves room for any way of writing it; and a list of zeros, read, takes sixteen times its
/// length in memory.
const RAW_BYTES: usize = 2 * SUBMISSION_BYTES;

/// A refused record: its id, if it could be read, and why.
type Refusal = (Option<SubmissionId>, Vec<Problem>);

impl Intake {
    /// Takes submissions into `store`.
    pub fn new(store: Store) -> Self {
        Self { store, definitions: Arc::default() }
    }

    /// Checks and stores `records`, each the JSON of a [`model::wire::PushRecord`], and gives
    /// one verdict each, in order. What is acknowledged is on the disk.
    ///
    /// # Errors
    /// If nothing could be stored; then there is no verdict on any.
    pub async fn take(&self, records: &[&RawValue], now: Millis) -> Result<PushAnswer, StoreError> {
        let mut outcomes = Vec::with_capacity(records.len());
        let mut arrivals = Vec::with_capacity(records.len());
        for record in records {
            match self.check(record).await? {
                Ok(arrival) => {
                    outcomes.push(Ok((arrival.sealed.id, arrival.sealed.hash)));
                    arrivals.push(arrival);
                }
                Err(refusal) => outcomes.push(Err(refusal)),
            }
        }
        let Received { epoch, placed } = self.store.receive(arrivals, now).await?;
        let mut places = placed.into_iter();
        let verdicts = outcomes
            .into_iter()
            .map(|outcome| match outcome {
                Ok((id, hash)) => match places.next() {
                    Some(Placed::At(seq)) => {
                        Verdict::Received(Ack { id, hash, seq, epoch: epoch.clone() })
                    }
                    Some(Placed::Rival) | None => Verdict::Refused {
                        id: Some(id),
                        problems: vec![Problem::new(
                            "/id",
                            ProblemCode::Conflict,
                            "Another record came under this id before. Both are kept; tell staff.",
                        )],
                    },
                },
                Err((id, mut problems)) => {
                    problems.truncate(PROBLEMS);
                    Verdict::Refused { id, problems }
                }
            })
            .collect();
        Ok(PushAnswer { epoch, verdicts })
    }

    /// Everything that can be known before storing.
    async fn check(&self, raw: &RawValue) -> Result<Result<Arrival, Refusal>, StoreError> {
        if raw.get().len() > RAW_BYTES {
            let detail = format!("A record has at most {SUBMISSION_BYTES} bytes.");
            let problem = Problem::new("/record", ProblemCode::TooLong, detail);
            return Ok(Err((named(raw), vec![problem])));
        }
        let (id, hash, record) = match envelope(raw) {
            Ok(envelope) => envelope,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let under_record = |problems: Vec<Problem>| {
            let problems = problems.into_iter().map(|problem| problem.under("/record"));
            (Some(id), problems.collect::<Vec<_>>())
        };
        let (submission, sealed) = match submission::read(&record) {
            Ok(read) => read,
            Err(problems) => return Ok(Err(under_record(problems))),
        };
        if sealed.id != id {
            let detail = "The record has another id than its envelope. Send it as it was saved.";
            return Ok(Err((Some(id), vec![Problem::new("/id", ProblemCode::Conflict, detail)])));
        }
        if sealed.hash != hash {
            let detail = "The hash is not that of the record: it was changed on its way.";
            return Ok(Err((Some(id), vec![Problem::new("/hash", ProblemCode::Conflict, detail)])));
        }
        let kind = submission.body.kind();
        let (survey, venue, themes) = match submission.body {
            Body::Feedback(feedback) => {
                (None, feedback.venue.or(submission.venue), feedback.themes)
            }
            Body::Response(response) => {
                let problems = self.response_problems(&response).await?;
                if !problems.is_empty() {
                    let problems = problems.into_iter().map(|problem| problem.under("/response"));
                    return Ok(Err(under_record(problems.collect())));
                }
                (Some(response.survey), submission.venue, Vec::new())
            }
        };
        let made_at = submission.made_at;
        Ok(Ok(Arrival { sealed, kind, survey, venue, themes, made_at }))
    }

    /// What is wrong with a response, seen from the version it answers. Whether the survey
    /// is still open is not asked: it was when the person answered.
    async fn response_problems(&self, response: &Response) -> Result<Vec<Problem>, StoreError> {
        let key = survey_version_key(&response.survey, response.version);
        let definition = match &key {
            Some(key) => self.definition(key).await?,
            None => None,
        };
        Ok(match definition {
            Some(definition) => definition.check(response),
            None => vec![Problem::new(
                "/version",
                ProblemCode::Unknown,
                format!(
                    "The server has no version {} of the survey \"{}\".",
                    response.version, response.survey
                ),
            )],
        })
    }

    async fn definition(&self, key: &Key) -> Result<Option<Arc<Definition>>, StoreError> {
        if let Some(definition) = self.known_definition(key) {
            return Ok(Some(definition));
        }
        let definition = match definition_of(&self.store, key).await {
            // One survey that this program cannot read must not hold up what else waits.
            Err(StoreError::Corrupt { what, detail }) => {
                tracing::error!(what, detail, "a published survey cannot be read");
                return Ok(None);
            }
            other => other?,
        };
        let Some(definition) = definition else { return Ok(None) };
        let definition = Arc::new(definition);
        self.definitions
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(key.clone(), Arc::clone(&definition));
        Ok(Some(definition))
    }

    fn known_definition(&self, key: &Key) -> Option<Arc<Definition>> {
        self.definitions.read().unwrap_or_else(PoisonError::into_inner).get(key).cloned()
    }
}

/// The questions of a stored survey version.
///
/// # Errors
/// If the database cannot be read, or holds a definition that this program cannot read.
pub async fn definition_of(store: &Store, key: &Key) -> Result<Option<Definition>, StoreError> {
    let Some(record) = store.record(Collection::SurveyVersion, key.as_str()).await? else {
        return Ok(None);
    };
    let unreadable = |problem: &Problem| StoreError::Corrupt {
        what: format!("survey version {key}"),
        detail: problem.to_string(),
    };
    let version: SurveyVersion = view(&record.fields).map_err(|problem| unreadable(&problem))?;
    // Without the checks, which it passed when it was published: where they have become stricter
    // since, people's answers must not be refused for it.
    let definition = Definition::read_published(&version.definition);
    let nothing = || Problem::new("/definition", ProblemCode::Malformed, "It cannot be read.");
    definition.map(Some).ok_or_else(|| unreadable(&nothing()))
}

/// The id of a record that is not read otherwise.
fn named(raw: &RawValue) -> Option<SubmissionId> {
    #[derive(serde::Deserialize)]
    struct Named {
        id: SubmissionId,
    }
    serde_json::from_str::<Named>(raw.get()).ok().map(|named| named.id)
}

/// Reads what surrounds the record, field by field, so that a fault in one is told with the
/// id from another.
fn envelope(raw: &RawValue) -> Result<(SubmissionId, Hash, Value), Refusal> {
    let value: Value = serde_json::from_str(raw.get()).map_err(|error| {
        let detail = format!("The record cannot be read: {error}.");
        (None, vec![Problem::new("", ProblemCode::Malformed, detail)])
    })?;
    let Value::Object(mut fields) = value else {
        let detail = "A record is an object with id, hash and record.";
        return Err((None, vec![Problem::new("", ProblemCode::Malformed, detail)]));
    };
    let text = |name: &str| fields.get(name).and_then(Value::as_str);
    let id = text("id").and_then(SubmissionId::parse);
    let hash = text("hash").and_then(Hash::parse);
    let mut problems = Vec::new();
    let mut check = |good: bool, pointer: &str, detail: &str| {
        if !good {
            problems.push(Problem::new(pointer, ProblemCode::Malformed, detail));
        }
    };
    check(id.is_some(), "/id", "Give the record's UUID.");
    check(hash.is_some(), "/hash", "Give the SHA-256 in 64 hexadecimal digits.");
    let record = fields.remove("record");
    check(record.is_some(), "/record", "Give the record itself.");
    match (id, hash, record) {
        (Some(id), Some(hash), Some(record)) => Ok((id, hash, record)),
        _ => Err((id, problems)),
    }
}
