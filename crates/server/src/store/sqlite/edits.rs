//! Edits by staff: merged, checked and stored in the writing transaction, and what they lost.

use model::{
    Collection, Hash, Key, Problem, ProblemCode,
    canonical::bytes_of,
    merge::{Change, Collision, Merged, Stored, merge},
    time::Millis,
    wire::{Conflict, Edit, EditResult},
};
use serde_json::Value;
use sqlx::{Row, SqliteConnection};

use super::{Store, catalogue, signed, stored_json, stored_key, to_json, unsigned};
use crate::{
    check,
    store::{AuthoredEdit, StoreError},
};

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
        self.writer
            .run(move |conn| {
                Box::pin(async move {
                    let mut results = Vec::with_capacity(edits.len());
                    for edit in &edits {
                        results.push(once(conn, edit, now).await?);
                    }
                    Ok(results)
                })
            })
            .await
    }

    /// What `account` wrote and the server did not take, newest first, at most `limit`.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn conflicts(&self, account: &str, limit: u32) -> Result<Vec<Conflict>, StoreError> {
        let rows = sqlx::query(
            "SELECT id, collection, record, collisions, at FROM conflicts
             WHERE account = ?1 ORDER BY id DESC LIMIT ?2",
        )
        .bind(account)
        .bind(limit)
        .fetch_all(&self.readers)
        .await?;
        rows.iter()
            .map(|row| {
                Ok(Conflict {
                    id: unsigned(row.try_get("id")?),
                    collection: row.try_get("collection")?,
                    record: stored_key("conflicts", row.try_get("record")?)?,
                    collisions: stored_json("conflicts", row.try_get("collisions")?)?,
                    at: Millis(row.try_get("at")?),
                })
            })
            .collect()
    }

    /// Forgets a conflict of `account`; false if it has none of that number.
    ///
    /// # Errors
    /// If the transaction was not committed.
    pub async fn put_aside(&self, account: String, id: u64) -> Result<bool, StoreError> {
        self.writer
            .run(move |conn| {
                Box::pin(async move {
                    let gone = sqlx::query("DELETE FROM conflicts WHERE id = ?1 AND account = ?2")
                        .bind(signed(id))
                        .bind(account)
                        .execute(conn)
                        .await?
                        .rows_affected();
                    Ok(gone == 1)
                })
            })
            .await
    }
}

/// Claims the edit's name first, so that the constraint decides who carries it out.
async fn once(
    conn: &mut SqliteConnection,
    authored: &AuthoredEdit,
    now: Millis,
) -> Result<EditResult, StoreError> {
    let edit = &authored.edit;
    let name = edit.edit.to_string();
    let hash = fingerprint(authored)?;
    let claimed = sqlx::query(
        "INSERT INTO edits_done (edit, hash, done_at, result) VALUES (?1, ?2, ?3, 'null')
         ON CONFLICT (edit) DO NOTHING",
    )
    .bind(&name)
    .bind(&hash)
    .bind(now.0)
    .execute(&mut *conn)
    .await?
    .rows_affected()
        == 1;
    if !claimed {
        let done = sqlx::query("SELECT hash, result FROM edits_done WHERE edit = ?1")
            .bind(&name)
            .fetch_one(conn)
            .await?;
        if done.try_get::<&str, _>("hash")? == hash {
            return stored_json("edits_done", done.try_get("result")?);
        }
        return Ok(invalid(
            "/edit",
            ProblemCode::Conflict,
            "Another edit was sent under this number. Send this one under a new number.",
        ));
    }
    let result = carry_out(conn, authored, now).await?;
    if matches!(result, EditResult::Invalid { .. }) {
        // Nothing happened, so nothing is to be remembered: once the cause is gone the same
        // edit may succeed.
        sqlx::query("DELETE FROM edits_done WHERE edit = ?1").bind(&name).execute(conn).await?;
    } else {
        sqlx::query("UPDATE edits_done SET result = ?1 WHERE edit = ?2")
            .bind(to_json(&result)?)
            .bind(&name)
            .execute(conn)
            .await?;
    }
    Ok(result)
}

fn fingerprint(authored: &AuthoredEdit) -> Result<String, StoreError> {
    let edit = serde_json::to_value(&authored.edit)
        .map_err(|error| StoreError::Statement(error.to_string()))?;
    let whole = Value::Array(vec![Value::String(authored.account.clone()), edit]);
    Ok(Hash::of(&bytes_of(&whole)).to_string())
}

async fn carry_out(
    conn: &mut SqliteConnection,
    authored: &AuthoredEdit,
    now: Millis,
) -> Result<EditResult, StoreError> {
    let edit = &authored.edit;
    let Some(collection) = Collection::parse(&edit.collection) else {
        let detail = format!("There is no collection \"{}\".", edit.collection);
        return Ok(invalid("/collection", ProblemCode::Unknown, detail));
    };
    let (current, seq) = catalogue::load(conn, collection, &edit.id).await?;
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
            return settle(conn, authored, collection, (current, seq), stored, collisions, now)
                .await;
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
    keep(conn, &authored.account, collection, &edit.id, &lost, now).await?;
    Ok(EditResult::Conflict { detail: detail.to_owned() })
}

/// Checks and stores what the merge gave.
async fn settle(
    conn: &mut SqliteConnection,
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
    if changed && !stored.deleted {
        let references = catalogue::references(conn).await?;
        let problems = check::problems(collection, id, &stored.fields, &references);
        if !problems.is_empty() {
            let problems = problems.into_iter().map(|problem| problem.under("/fields")).collect();
            return Ok(EditResult::Invalid { problems });
        }
    }
    if !collisions.is_empty() {
        keep(conn, &authored.account, collection, id, &collisions, now).await?;
    }
    let record = if changed {
        catalogue::save(conn, collection, id, stored).await?
    } else {
        catalogue::as_record(collection, id, seq, stored)
    };
    Ok(EditResult::Merged { record, collisions })
}

async fn keep(
    conn: &mut SqliteConnection,
    account: &str,
    collection: Collection,
    record: &Key,
    collisions: &[Collision],
    now: Millis,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO conflicts (account, collection, record, collisions, at)
         VALUES (?1, ?2, ?3, ?4, ?5)",
    )
    .bind(account)
    .bind(collection.name())
    .bind(record.as_str())
    .bind(to_json(&collisions)?)
    .bind(now.0)
    .execute(conn)
    .await?;
    Ok(())
}

fn invalid(pointer: &str, code: ProblemCode, detail: impl Into<String>) -> EditResult {
    EditResult::Invalid { problems: vec![Problem::new(pointer, code, detail)] }
}
