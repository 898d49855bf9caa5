//! What people told: saving it, and what becomes of it.

use leptos::prelude::*;
use model::{
    Submission, SubmissionId,
    feedback::Feedback,
    json,
    limits::SUBMISSION_BYTES,
    submission::Body,
    time::Millis,
    wire::{OutboxExport, PushRecord},
};
use serde_json::value::to_raw_value;
use survey::ValidResponse;
use sync::{Outbox as _, StorageError};

use super::Store;
use crate::{
    locale,
    platform::{clock, file, ids},
};

/// Feedback without problems. The only way to get one is to check.
pub struct ValidFeedback(Feedback);

impl ValidFeedback {
    /// Checks feedback.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn check(feedback: Feedback) -> Result<Self, Vec<model::Problem>> {
        let problems = feedback.problems();
        if problems.is_empty() { Ok(Self(feedback)) } else { Err(problems) }
    }
}

/// What may be saved: only what was checked.
pub enum Told {
    /// To a volunteer.
    Feedback(ValidFeedback),
    /// In a survey, whose questions were read in this language: its form may have others than the app.
    Response(ValidResponse, String),
}

impl Store {
    /// Saves what somebody told. When this returns, the transaction has completed and the
    /// screen may say "Saved on this tablet".
    ///
    /// # Errors
    /// Nothing was saved; the form must stay as it is.
    pub async fn send(&self, told: Told) -> Result<SubmissionId, StorageError> {
        let (language, body) = match told {
            Told::Feedback(ValidFeedback(feedback)) => {
                (untrack(locale::language).to_owned(), Body::Feedback(feedback))
            }
            Told::Response(response, language) => (language, Body::Response(response.into_inner())),
        };
        let submission = Submission {
            id: ids::submission_id(),
            made_at: clock::now(),
            venue: self.tablet.with_untracked(|tablet| tablet.venue.clone()),
            language,
            app: env!("CARGO_PKG_VERSION").to_owned(),
            body,
        };
        let sealed = submission.seal().map_err(|error| StorageError::Failed(error.to_string()))?;
        // The server's own limits: nothing is called saved that it must refuse.
        if sealed.bytes.len() > SUBMISSION_BYTES || !submission.problems().is_empty() {
            return Err(StorageError::TooLarge);
        }
        self.parts().outbox.enqueue(&sealed, clock::now()).await?;
        // It is saved; a screen that cannot be refreshed must not make it look unsaved.
        if let Err(error) = self.refresh_overview().await {
            gloo::console::warn!("Reading the outbox failed:", error.to_string());
        }
        self.nudge_sync();
        Ok(sealed.id)
    }

    /// Whether something was saved on this tablet at or after a moment of its clock: what was being written down before is
    /// done with then, even if a browser that died brings the note of it back.
    pub fn has_saved_since(&self, at: Millis) -> bool {
        self.overview.with_untracked(|overview| {
            let waiting = overview.entries.iter().map(|entry| entry.id);
            let mut ids = waiting.chain(overview.received.iter().copied());
            ids.any(|id| id.made_at() >= at)
        })
    }

    /// Makes the sync loop run now.
    pub fn nudge_sync(&self) {
        self.nudge.update(|count| *count = count.wrapping_add(1));
    }

    /// Makes what the server refused wait again.
    ///
    /// # Errors
    /// If the storage fails.
    pub async fn retry_refused(&self) -> Result<(), StorageError> {
        self.parts().outbox.retry_refused().await?;
        self.refresh_overview().await?;
        self.nudge_sync();
        Ok(())
    }

    /// Offers everything unsent as a file that `together import` takes. What cannot be read is
    /// in it as it is stored, under `corrupt`.
    ///
    /// # Errors
    /// If the storage or the download fails.
    pub async fn export_unsent(&self) -> Result<(), StorageError> {
        let failed = |error: String| StorageError::Failed(error);
        let outbox = &self.parts().outbox;
        let overview = outbox.overview().await?;
        let mut records = Vec::new();
        for entry in overview.entries {
            let record = String::from_utf8_lossy(&entry.bytes);
            let record = serde_json::from_str(&record).or_else(|_| to_raw_value(&record));
            let record = record.map_err(|error| failed(error.to_string()))?;
            records.push(PushRecord { id: entry.id, hash: entry.hash, record });
        }
        let export = OutboxExport { format: OutboxExport::FORMAT.to_owned(), version: 1, records };
        let mut file = serde_json::to_value(export).map_err(|error| failed(error.to_string()))?;
        let corrupt = outbox.raw_corrupt().await?;
        if let Some(fields) = file.as_object_mut().filter(|_| !corrupt.is_empty()) {
            fields.insert("corrupt".to_owned(), corrupt.into_iter().collect());
        }
        let name = format!("unsent-{}.json", clock::now().london_date());
        let text = json::text(&file).map_err(|error| failed(error.to_string()))?;
        file::save(&name, "application/json", &text).map_err(|error| failed(format!("{error:?}")))
    }
}
