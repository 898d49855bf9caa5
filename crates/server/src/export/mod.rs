//! What leaves the server for people: rows of feedback and responses, and files of them.

mod attachment;
mod content;
mod csv;
mod layout;
mod survey;
mod table;

use ::survey::Definition;
use model::{
    Collection, SubmissionId,
    catalogue::{SurveyVersion, view},
    submission::{Body, Response, Submission},
    wire::FeedbackRow,
};

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

/// The JSON of a survey's latest published version; `None` if no version of it is published.
///
/// # Errors
/// If the database cannot be read, or holds a version that is none.
pub async fn latest_definition(
    store: &Store,
    survey: &str,
) -> Result<Option<serde_json::Value>, StoreError> {
    let mut latest: Option<SurveyVersion> = None;
    for record in store.records(Collection::SurveyVersion).await? {
        let version: SurveyVersion = view(&record.fields).map_err(|problem| {
            let what = format!("survey version {}", record.id);
            StoreError::Corrupt { what, detail: problem.to_string() }
        })?;
        let later = latest.as_ref().is_none_or(|other| other.version < version.version);
        if version.survey.as_str() == survey && later {
            latest = Some(version);
        }
    }
    Ok(latest.map(|version| version.definition))
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
