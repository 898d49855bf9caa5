//! Surveys while staff write them: one draft a survey, and nobody writes over what they have not seen.

use std::sync::Arc;

use model::{
    Key, Problem, ProblemCode, Text,
    canonical::bytes_of,
    limits::{DRAFTS, RECORD_BYTES, RECORD_FIELDS},
    time::Millis,
    wire::{Draft, DraftHead, DraftResult, DraftWrite},
};
use serde::Deserialize as _;
use serde_json::Value;

use super::{Scope, Store, StoreError, Tx};

impl Store {
    /// Every draft without its content.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn drafts(&self) -> Result<Vec<DraftHead>, StoreError> {
        self.read(|tx| Box::pin(async move { tx.drafts().await })).await
    }

    /// One draft, if there is one.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn draft(&self, id: &Key) -> Result<Option<Draft>, StoreError> {
        let id = id.clone();
        self.read(move |tx| {
            let id = id.clone();
            Box::pin(async move { tx.draft(&id).await })
        })
        .await
    }

    /// Writes a draft as `account`, if nobody else has since `write.base_rev`. The same content once more is saved
    /// already, so that an answer may be lost.
    ///
    /// # Errors
    /// If the transaction was not committed. Within: why the draft is none.
    pub async fn save_draft(
        &self,
        account: String,
        id: Key,
        write: DraftWrite,
        now: Millis,
    ) -> Result<Result<DraftResult, Problem>, StoreError> {
        if let Some(problem) = unfit(&write) {
            return Ok(Err(problem));
        }
        let title = write.survey.get("title").and_then(|title| Text::deserialize(title).ok());
        let head = DraftHead { id, rev: 0, by: account, at: now, title: title.unwrap_or_default() };
        let DraftWrite { base_rev, survey, definition } = write;
        let bytes = bytes_of(&definition).len();
        let wanted = Arc::new(Draft { head, survey, definition });
        self.write_heavy(Scope::Public, bytes, move |tx| {
            let wanted = Arc::clone(&wanted);
            Box::pin(async move { save(tx, &wanted, base_rev).await })
        })
        .await
    }

    /// Forgets a draft, if nobody has written to it since `rev`.
    ///
    /// # Errors
    /// If the transaction was not committed.
    pub async fn discard_draft(&self, id: Key, rev: u64) -> Result<DraftResult, StoreError> {
        self.write(Scope::Public, move |tx| {
            let id = id.clone();
            Box::pin(async move { discard(tx, &id, rev).await })
        })
        .await
    }
}

/// What no draft can be: it would be no record once it is published.
fn unfit(write: &DraftWrite) -> Option<Problem> {
    if !write.definition.is_object() {
        let detail = "Give the questions as an object, even if there are none yet.";
        return Some(Problem::new("/definition", ProblemCode::Malformed, detail));
    }
    let bytes = |value: &Value| bytes_of(value).len();
    let survey = Value::Object(write.survey.clone());
    let large = write.survey.len() > RECORD_FIELDS || bytes(&survey) > RECORD_BYTES;
    let pointer = match large {
        true => "/survey",
        false if bytes(&write.definition) > RECORD_BYTES => "/definition",
        false => return None,
    };
    let detail = format!("Keep it below {RECORD_FIELDS} fields and {RECORD_BYTES} bytes.");
    Some(Problem::new(pointer, ProblemCode::TooLong, detail))
}

/// Writes `wanted` in the place of revision `base_rev`, which is 0 for a new draft.
///
/// # Errors
/// If a statement failed.
async fn save(
    tx: &mut dyn Tx,
    wanted: &Draft,
    base_rev: u64,
) -> Result<Result<DraftResult, Problem>, StoreError> {
    tx.lock(Scope::Public).await?;
    let current = tx.draft(&wanted.head.id).await?;
    let known = current.as_ref().map_or(0, |current| current.head.rev);
    if let Some(current) = current {
        if current.survey == wanted.survey && current.definition == wanted.definition {
            return Ok(Ok(DraftResult::Saved { head: current.head }));
        }
        if known != base_rev {
            return Ok(Ok(DraftResult::Conflict { draft: Some(current) }));
        }
    } else if base_rev != 0 {
        return Ok(Ok(DraftResult::Conflict { draft: None }));
    } else if tx.drafts().await?.len() >= DRAFTS {
        let detail = format!("There are {DRAFTS} drafts. Publish or discard some first.");
        return Ok(Err(Problem::new("", ProblemCode::TooMany, detail)));
    }
    let mut draft = wanted.clone();
    // Not from 1 again after a draft of this id was discarded: whoever saw that one has not seen this.
    draft.head.rev = u64::try_from(draft.head.at.0).unwrap_or(0).max(known + 1);
    tx.save_draft(&draft).await?;
    Ok(Ok(DraftResult::Saved { head: draft.head }))
}

async fn discard(tx: &mut dyn Tx, id: &Key, rev: u64) -> Result<DraftResult, StoreError> {
    tx.lock(Scope::Public).await?;
    match tx.draft(id).await? {
        Some(draft) if draft.head.rev != rev => Ok(DraftResult::Conflict { draft: Some(draft) }),
        _ => {
            tx.delete_draft(id).await?;
            Ok(DraftResult::Discarded)
        }
    }
}
