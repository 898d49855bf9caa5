//! Content from files, all of it or nothing.

use std::sync::Arc;

use model::{
    Collection, Problem, ProblemCode,
    merge::{Change, Merged, Stored, merge},
};

use super::{ImportProblems, ImportRecord, Imported, Scope, Store, StoreError, Tx, tx::NewState};
use crate::check;

impl Store {
    /// Stores `records` in one transaction, or says what is wrong with each and stores none.
    /// Records may refer to each other in any order. A `trial` says the same and stores
    /// nothing.
    ///
    /// # Errors
    /// If the transaction was not committed; then nothing is stored.
    pub async fn import(
        &self,
        records: Vec<ImportRecord>,
        trial: bool,
    ) -> Result<Result<Imported, ImportProblems>, StoreError> {
        let records: Arc<[ImportRecord]> = records.into();
        self.write(Scope::Public, move |tx| {
            let records = Arc::clone(&records);
            Box::pin(async move { import(tx, &records, trial).await })
        })
        .await
    }
}

/// Imports `records`; see [`Store::import`].
///
/// # Errors
/// If a statement failed.
pub async fn import(
    tx: &mut dyn Tx,
    records: &[ImportRecord],
    trial: bool,
) -> Result<Result<Imported, ImportProblems>, StoreError> {
    tx.lock(Scope::Public).await?;
    let mut references = tx.references().await?;
    references.extend(records.iter().map(|record| (record.collection, record.id.to_string())));

    let mut problems = Vec::new();
    let mut merged = Vec::with_capacity(records.len());
    for (index, record) in records.iter().enumerate() {
        let (current, _) = tx.load_record(record.collection, &record.id).await?;
        match state_after(record, &current) {
            Ok(stored) => {
                let found =
                    check::problems(record.collection, &record.id, &stored.fields, &references);
                problems.extend(found.into_iter().map(|problem| (index, problem)));
                merged.push((record, current.rev, stored));
            }
            Err(problem) => problems.push((index, problem)),
        }
    }
    if !problems.is_empty() {
        return Ok(Err(problems));
    }

    let mut imported = Imported::default();
    // Referenced ones first, so that a tablet that stops half-way has no dangling reference.
    merged.sort_by_key(|(record, ..)| {
        Collection::ALL.iter().position(|collection| *collection == record.collection)
    });
    for (record, old_rev, stored) in merged {
        if stored.rev == old_rev {
            imported.same += 1;
            continue;
        }
        *(if old_rev == 0 { &mut imported.created } else { &mut imported.changed }) += 1;
        if !trial {
            let seq = tx.take_places(Scope::Public, 1).await?;
            let ImportRecord { collection, id, .. } = record;
            let state =
                NewState { collection: *collection, id, seq, stored: &stored, deleted_at: None };
            tx.save_record(state).await?;
        }
    }
    Ok(Ok(imported))
}

/// The record after the import: an edit on whatever revision there is.
fn state_after(record: &ImportRecord, current: &Stored) -> Result<Stored, Problem> {
    let conflict = |detail: &str| Problem::new("", ProblemCode::Conflict, detail);
    let mut stored = match merge(current, current.rev, &Change::Fields(record.fields.clone())) {
        Merged::Done { stored, .. } => stored,
        Merged::Gone | Merged::Exists | Merged::FromTheFuture => {
            return Err(conflict(
                "This record was deleted on the server. Give it another id, or take it out.",
            ));
        }
    };
    stored.fields.retain(|_, value| !value.is_null());
    if record.collection == Collection::SurveyVersion
        && current.rev > 0
        && stored.rev != current.rev
    {
        return Err(conflict(
            "This version is published and never changes. Give the questions the next version.",
        ));
    }
    Ok(stored)
}
