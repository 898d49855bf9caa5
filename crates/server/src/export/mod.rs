//! What leaves the server for people: rows of feedback and responses, and files of them.

mod attachment;
mod content;
mod csv;
mod layout;
mod survey;
mod table;

use ::survey::Definition;
use model::{
    Collection, SubmissionId, Text,
    catalogue::{SurveyVersion, view},
    submission::{Body, Response, Submission},
    wire::FeedbackRow,
};
use serde::Deserialize as _;
use serde_json::{Map, Value, json};

pub use self::{
    content::content_files,
    csv::feedback_csv,
    layout::Layout,
    survey::{SurveyExport, pieces},
    table::Written,
};
use crate::{Store, StoreError, store::StoredSubmission};

/// A stored piece of feedback as staff read it.
///
/// # Errors
/// If the stored bytes are no feedback.
pub fn feedback_row(stored: &StoredSubmission) -> Result<FeedbackRow, StoreError> {
    let submission = parse(stored)?;
    match submission.body {
        Body::Feedback(feedback) => Ok(FeedbackRow {
            id: stored.id,
            seq: stored.seq,
            received_at: stored.received_at,
            made_at: submission.made_at,
            feedback,
        }),
        Body::Response(_) => Err(unreadable(stored.id, "no feedback")),
    }
}

/// A stored response with the submission around it.
///
/// # Errors
/// If the stored bytes are no response.
pub fn response_of(stored: &StoredSubmission) -> Result<(Submission, Response), StoreError> {
    let submission = parse(stored)?;
    match &submission.body {
        Body::Response(response) => {
            let response = response.clone();
            Ok((submission, response))
        }
        Body::Feedback(_) => Err(unreadable(stored.id, "no response")),
    }
}

/// The published versions of a survey with their numbers, oldest first.
///
/// # Errors
/// If the database cannot be read, or holds a definition that this program cannot read.
pub async fn versions_of(
    store: &Store,
    survey: &str,
) -> Result<Vec<(u32, Definition)>, StoreError> {
    let mut versions = Vec::new();
    for record in store.records(Collection::SurveyVersion).await? {
        let corrupt = |detail: String| StoreError::Corrupt {
            what: format!("survey version {}", record.id),
            detail,
        };
        let version: SurveyVersion =
            view(&record.fields).map_err(|problem| corrupt(problem.to_string()))?;
        if version.survey.as_str() == survey {
            let definition = Definition::read_published(&version.definition).ok_or_else(|| {
                corrupt("it has a form that this program does not know".to_owned())
            })?;
            versions.push((version.version, definition));
        }
    }
    versions.sort_by_key(|(number, _)| *number);
    Ok(versions)
}

/// The JSON of a survey's latest published version as it leaves for other programs, with what they know a form and its version by
/// ([`xlsform::identified`]); `None` if no version of it is published.
///
/// # Errors
/// If the database cannot be read, or holds a version that is none.
pub async fn latest_definition(store: &Store, survey: &str) -> Result<Option<Value>, StoreError> {
    let mut records = store.records(Collection::SurveyVersion).await?;
    // A version never changes, so the place of its last edit is when it was published.
    records.sort_by_key(|record| record.seq);
    let mut versions = Vec::with_capacity(records.len());
    for record in records {
        let version: SurveyVersion = view(&record.fields).map_err(|problem| {
            let what = format!("survey version {}", record.id);
            StoreError::Corrupt { what, detail: problem.to_string() }
        })?;
        versions.push(version);
    }
    let published = versions.iter().map(|version| xlsform::Published {
        survey: version.survey.as_str(),
        version: version.version,
        definition: &version.definition,
    });
    let mut definition = xlsform::identified(survey, &published.collect::<Vec<_>>());
    if let Some(definition) = &mut definition
        && let Some(record) = store.record(Collection::Survey, survey).await?
    {
        entitle(definition, &record.fields);
    }
    Ok(definition)
}

/// Calls a form what its survey is called now: staff may have renamed it since it came in, and where it was made here, its record alone
/// has a title.
fn entitle(definition: &mut Value, survey: &Map<String, Value>) {
    let title = survey.get("title").and_then(|title| Text::deserialize(title).ok());
    let own = definition.pointer("/languages/0").and_then(Value::as_str);
    if let (Some(title), Some(own)) = (title, own) {
        let said = title.own(own).map(str::to_owned);
        let known = definition.get("title").is_some_and(|title| title.get(own).is_some());
        // In the form's own language, or in any where it has none at all.
        let said = said.or_else(|| (!known).then(|| title.get(own).to_owned()));
        if let Some(said) = said.filter(|said| !said.trim().is_empty()) {
            definition["title"] = json!({ own: said });
        }
    }
}

fn parse(stored: &StoredSubmission) -> Result<Submission, StoreError> {
    serde_json::from_slice(&stored.bytes).map_err(|error| {
        // The parser's message may quote what a person wrote; its kind and place do not.
        unreadable(stored.id, &format!("line {} column {}", error.line(), error.column()))
    })
}

fn unreadable(id: SubmissionId, detail: &str) -> StoreError {
    StoreError::Corrupt { what: format!("submission {id}"), detail: detail.to_owned() }
}
