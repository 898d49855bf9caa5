//! Edits by staff: merged, checked and stored in the writing transaction, and what they lost.

use std::sync::Arc;

use model::{
    Collection, Hash, Problem, ProblemCode,
    canonical::bytes_of,
    limits::{PROBLEMS, RECORD_BYTES, RECORD_FIELDS},
    merge::{Change, Collision, Merged, Stored, merge},
    time::Millis,
    wire::{Conflict, Edit, EditResult},
};
use serde_json::Value;

use super::{
    AuthoredEdit, Scope, Store, StoreError, Tx,
    catalogue::as_record,
    tx::{DoneEdit, NewState},
};
use crate::check;

impl Store {
    /// Carries out `edits`, each by itself, in one transaction. An edit that was carried out
    /// before gets the answer it got then.
    ///
    /// # Errors
    /// If the transaction was not committed; then nothing is stored.
    pub async fn edit(
        &self,
        edits: Vec<AuthoredEdit>,
        now: Millis,
    ) -> Result<Vec<EditResult>, StoreError> {
        let edits: Arc<[AuthoredEdit]> = edits.into();
        let bytes = edits.iter().map(AuthoredEdit::weight).sum();
        self.write_heavy(Scope::Public, bytes, move |tx| {
            let edits = Arc::clone(&edits);
            Box::pin(async move { edit(tx, &edits, now).await })
        })
        .await
    }

    /// Carries out all of `edits` as they are, or none: one that cannot be, or meets somebody else's change, leaves
    /// everything as it was. The edits that could have been carried out are then [`EditResult::Undone`].
    ///
    /// # Errors
    /// As [`Store::edit`].
    pub async fn edit_all_or_none(
        &self,
        edits: Vec<AuthoredEdit>,
        now: Millis,
    ) -> Result<Vec<EditResult>, StoreError> {
        let edits: Arc<[AuthoredEdit]> = edits.into();
        let bytes = edits.iter().map(AuthoredEdit::weight).sum();
        let written = self.write_heavy(Scope::Public, bytes, move |tx| {
            let edits = Arc::clone(&edits);
            Box::pin(async move {
                let mut results = edit(tx, &edits, now).await?;
                if results.iter().all(is_whole) {
                    return Ok(results);
                }
                for result in results.iter_mut().filter(|result| is_whole(result)) {
                    *result = EditResult::Undone;
                }
                // The transaction is undone with what these edits wrote.
                Err(StoreError::Undone(results))
            })
        });
        match written.await {
            Err(StoreError::Undone(results)) => Ok(results),
            other => other,
        }
    }

    /// What `account` wrote and the server did not take, newest first, at most `limit`.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn conflicts(&self, account: &str, limit: u32) -> Result<Vec<Conflict>, StoreError> {
        let account = account.to_owned();
        self.read(move |tx| {
            let account = account.clone();
            Box::pin(async move { tx.conflicts(&account, limit).await })
        })
        .await
    }

    /// Forgets a conflict of `account`; false if it has none of that number.
    ///
    /// # Errors
    /// If the transaction was not committed.
    pub async fn put_aside(&self, account: String, id: u64) -> Result<bool, StoreError> {
        self.write(Scope::Public, move |tx| {
            let account = account.clone();
            Box::pin(async move { tx.put_aside(&account, id).await })
        })
        .await
    }
}

/// Carries out `edits` in their order.
///
/// # Errors
/// If a statement failed.
pub async fn edit(
    tx: &mut dyn Tx,
    edits: &[AuthoredEdit],
    now: Millis,
) -> Result<Vec<EditResult>, StoreError> {
    // Before anything is read: two merges into one record that both start from what is there
    // now would lose what the first of them wrote.
    tx.lock(Scope::Public).await?;
    let mut results = Vec::with_capacity(edits.len());
    for edit in edits {
        results.push(once(tx, edit, now).await?);
    }
    Ok(results)
}

/// Claims the edit's name first, so that the constraint decides who carries it out.
async fn once(
    tx: &mut dyn Tx,
    authored: &AuthoredEdit,
    now: Millis,
) -> Result<EditResult, StoreError> {
    let name = authored.edit.edit;
    let hash = fingerprint(authored)?;
    if !tx.claim_edit(name, hash, now).await? {
        return match tx.done_edit(name).await? {
            Some(DoneEdit { hash: then, result }) if then == hash => Ok(result),
            _ => Ok(invalid(
                "/edit",
                ProblemCode::Conflict,
                "Another edit was sent under this number. Send this one under a new number.",
            )),
        };
    }
    let result = carry_out(tx, authored, now).await?;
    if matches!(result, EditResult::Invalid { .. }) {
        // Nothing happened, so nothing is to be remembered: once the cause is gone the same
        // edit may succeed.
        tx.forget_edit(name).await?;
    } else {
        tx.finish_edit(name, &result).await?;
    }
    Ok(result)
}

fn fingerprint(authored: &AuthoredEdit) -> Result<Hash, StoreError> {
    let edit = serde_json::to_value(&authored.edit)
        .map_err(|error| StoreError::Statement(error.to_string()))?;
    let whole = Value::Array(vec![Value::String(authored.account.clone()), edit]);
    Ok(Hash::of(&bytes_of(&whole)))
}

async fn carry_out(
    tx: &mut dyn Tx,
    authored: &AuthoredEdit,
    now: Millis,
) -> Result<EditResult, StoreError> {
    let edit = &authored.edit;
    let Some(collection) = Collection::parse(&edit.collection) else {
        let detail = format!("There is no collection \"{}\".", edit.collection);
        return Ok(invalid("/collection", ProblemCode::Unknown, detail));
    };
    // What no record can hold is not kept as a conflict either.
    if is_too_large(edit) {
        let detail =
            format!("An edit has at most {RECORD_FIELDS} fields and {RECORD_BYTES} bytes.");
        return Ok(invalid("/fields", ProblemCode::TooLong, detail));
    }
    let (current, seq) = tx.load_record(collection, &edit.id).await?;
    if collection == Collection::SurveyVersion && (current.rev > 0 || edit.delete) {
        return Ok(invalid(
            "",
            ProblemCode::Conflict,
            "A published version never changes. Publish the questions as the next version.",
        ));
    }
    let change = if edit.delete { Change::Delete } else { Change::Fields(edit.fields.clone()) };
    let detail = match merge(&current, edit.base_rev, &change) {
        Merged::Done { stored, collisions } => {
            return settle(tx, authored, collection, (current, seq), stored, collisions, now).await;
        }
        Merged::Gone if current.deleted => {
            "The record was deleted meanwhile. Create a new one if it is still needed."
        }
        Merged::Gone => "There is no such record. Create it first.",
        Merged::Exists if current.deleted => "A deleted record had this id. Choose another id.",
        Merged::Exists => "Another record has this id. Choose another id.",
        Merged::FromTheFuture => {
            "The server was restored from a backup meanwhile. Load the record again."
        }
    };
    let lost: Vec<_> = edit
        .fields
        .iter()
        .map(|(field, yours)| Collision {
            field: field.clone(),
            theirs: current.fields.get(field).cloned().unwrap_or(Value::Null),
            yours: yours.clone(),
        })
        .collect();
    tx.keep_conflict(&authored.account, collection, &edit.id, &lost, now).await?;
    Ok(EditResult::Conflict { detail: detail.to_owned() })
}

/// Checks and stores what the merge gave.
async fn settle(
    tx: &mut dyn Tx,
    authored: &AuthoredEdit,
    collection: Collection,
    (current, seq): (Stored, u64),
    stored: Stored,
    collisions: Vec<Collision>,
    now: Millis,
) -> Result<EditResult, StoreError> {
    let Edit { id, .. } = &authored.edit;
    let changed = stored.rev != current.rev;
    let mut stored = stored;
    // A creation may come with empty fields: they are not stored as nulls.
    stored.fields.retain(|_, value| !value.is_null());
    if changed && stored.field_revs.len() > RECORD_FIELDS {
        let detail = format!("A record has at most {RECORD_FIELDS} fields, removed ones counted.");
        return Ok(invalid("/fields", ProblemCode::TooMany, detail));
    }
    if changed && !stored.deleted {
        let references = tx.references().await?;
        let problems = check::problems(collection, id, &stored.fields, &references);
        if !problems.is_empty() {
            let problems = problems.into_iter().map(|problem| problem.under("/fields"));
            return Ok(EditResult::Invalid { problems: problems.take(PROBLEMS).collect() });
        }
    }
    if !collisions.is_empty() {
        tx.keep_conflict(&authored.account, collection, id, &collisions, now).await?;
    }
    let seq = if changed {
        let seq = tx.take_places(Scope::Public, 1).await?;
        let deleted_at = stored.deleted.then_some(now);
        tx.save_record(NewState { collection, id, seq, stored: &stored, deleted_at }).await?;
        seq
    } else {
        seq
    };
    let record = as_record(collection, id, seq, stored);
    Ok(EditResult::Merged { record, collisions })
}

/// Whether an edit was carried out in all its fields.
fn is_whole(result: &EditResult) -> bool {
    matches!(result, EditResult::Merged { collisions, .. } if collisions.is_empty())
}

fn is_too_large(edit: &Edit) -> bool {
    let bytes = || serde_json::to_vec(&edit.fields).map_or(usize::MAX, |bytes| bytes.len());
    edit.fields.len() > RECORD_FIELDS || bytes() > RECORD_BYTES
}

fn invalid(pointer: &str, code: ProblemCode, detail: impl Into<String>) -> EditResult {
    EditResult::Invalid { problems: vec![Problem::new(pointer, code, detail)] }
}
