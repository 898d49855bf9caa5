//! The catalogue in SQLite: its changes, and one record in the hands of a writer.

use std::collections::BTreeSet;

use model::{
    Collection, Key, Record,
    cursor::{Cursor, Stale},
    merge::Stored,
};
use serde_json::{Map, Value};
use sqlx::{Row, SqliteConnection, sqlite::SqliteRow};

use super::{Store, signed, stored_json, stored_key, take_places, to_json, unsigned};
use crate::store::{Page, StoreError};

/// The order of the catalogue's changes.
pub(super) const SCOPE: &str = "public";

impl Store {
    /// The changes after `cursor`, at most `limit`. Without a cursor, or with one that cannot
    /// be continued, everything that lives, from the start.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn changes(&self, cursor: Option<&str>, limit: u32) -> Result<Page, StoreError> {
        // One transaction: a record committed between the two statements would be skipped.
        let mut snapshot = self.readers.begin().await?;
        let scope = sqlx::query("SELECT seq, floor FROM scopes WHERE scope = ?1")
            .bind(SCOPE)
            .fetch_one(&mut *snapshot)
            .await?;
        let (head, floor) = (unsigned(scope.try_get(0)?), unsigned(scope.try_get(1)?));
        let position = cursor
            .ok_or(Stale::Unreadable)
            .and_then(|text| Cursor::continue_from(text, self.epoch(), SCOPE, head, floor));
        let (since, fresh) = match position {
            Ok(cursor) => (cursor.seq, false),
            Err(_) => (0, true),
        };
        let rows = sqlx::query(
            "SELECT collection, id, rev, seq, deleted, fields FROM records
             WHERE seq > ?1 AND (deleted = 0 OR NOT ?2) ORDER BY seq LIMIT ?3",
        )
        .bind(signed(since))
        .bind(fresh)
        .bind(i64::from(limit) + 1)
        .fetch_all(&mut *snapshot)
        .await?;
        drop(snapshot);

        let mut records = rows.iter().map(record).collect::<Result<Vec<_>, _>>()?;
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let more = records.len() > limit;
        records.truncate(limit);
        let seq = if more { records.last().map_or(since, |last| last.seq) } else { head };
        Ok(Page { records, seq, more, fresh })
    }

    /// The cursor that stands at `seq` in this history.
    pub fn cursor_at(&self, seq: u64) -> String {
        Cursor {
            epoch: self.epoch().to_owned(),
            scope: SCOPE.to_owned(),
            schema: model::cursor::SCHEMA,
            seq,
        }
        .encode()
    }

    /// The live records of a collection, ordered by id.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn records(&self, collection: Collection) -> Result<Vec<Record>, StoreError> {
        let rows = sqlx::query(
            "SELECT collection, id, rev, seq, deleted, fields FROM records
             WHERE collection = ?1 AND deleted = 0 ORDER BY id",
        )
        .bind(collection.name())
        .fetch_all(&self.readers)
        .await?;
        rows.iter().map(record).collect()
    }

    /// One live record, if there is one.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn record(
        &self,
        collection: Collection,
        id: &str,
    ) -> Result<Option<Record>, StoreError> {
        let row = sqlx::query(
            "SELECT collection, id, rev, seq, deleted, fields FROM records
             WHERE collection = ?1 AND id = ?2 AND deleted = 0",
        )
        .bind(collection.name())
        .bind(id)
        .fetch_optional(&self.readers)
        .await?;
        row.as_ref().map(record).transpose()
    }

    /// Whether nothing was ever published here.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn is_empty(&self) -> Result<bool, StoreError> {
        let any: i64 = sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM records)")
            .fetch_one(&self.readers)
            .await?;
        Ok(any == 0)
    }
}

fn record(row: &SqliteRow) -> Result<Record, StoreError> {
    Ok(Record {
        collection: row.try_get("collection")?,
        id: stored_key("records", row.try_get("id")?)?,
        rev: unsigned(row.try_get("rev")?),
        seq: unsigned(row.try_get("seq")?),
        deleted: row.try_get("deleted")?,
        fields: stored_json::<Map<String, Value>>("records", row.try_get("fields")?)?,
    })
}

/// A record as `model::merge` takes it, with its place; one that never was has revision 0.
pub(super) async fn load(
    conn: &mut SqliteConnection,
    collection: Collection,
    id: &Key,
) -> Result<(Stored, u64), StoreError> {
    let row = sqlx::query(
        "SELECT rev, seq, deleted, fields, field_revs FROM records
         WHERE collection = ?1 AND id = ?2",
    )
    .bind(collection.name())
    .bind(id.as_str())
    .fetch_optional(conn)
    .await?;
    let Some(row) = row else { return Ok((Stored::default(), 0)) };
    let stored = Stored {
        rev: unsigned(row.try_get("rev")?),
        deleted: row.try_get("deleted")?,
        fields: stored_json("records", row.try_get("fields")?)?,
        field_revs: stored_json("records", row.try_get("field_revs")?)?,
    };
    Ok((stored, unsigned(row.try_get("seq")?)))
}

/// Writes a record at the next place and gives it as it travels.
pub(super) async fn save(
    conn: &mut SqliteConnection,
    collection: Collection,
    id: &Key,
    stored: Stored,
) -> Result<Record, StoreError> {
    let seq = take_places(conn, SCOPE, 1).await?;
    sqlx::query(
        "INSERT INTO records (collection, id, rev, seq, deleted, fields, field_revs)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
         ON CONFLICT (collection, id) DO UPDATE SET
             rev = excluded.rev, seq = excluded.seq, deleted = excluded.deleted,
             fields = excluded.fields, field_revs = excluded.field_revs",
    )
    .bind(collection.name())
    .bind(id.as_str())
    .bind(signed(stored.rev))
    .bind(signed(seq))
    .bind(stored.deleted)
    .bind(to_json(&stored.fields)?)
    .bind(to_json(&stored.field_revs)?)
    .execute(conn)
    .await?;
    Ok(as_record(collection, id, seq, stored))
}

/// A stored record as it travels.
pub(super) fn as_record(collection: Collection, id: &Key, seq: u64, stored: Stored) -> Record {
    Record {
        collection: collection.name().to_owned(),
        id: id.clone(),
        rev: stored.rev,
        seq,
        deleted: stored.deleted,
        fields: stored.fields,
    }
}

/// What records may refer to: the collections that others name, which are small.
pub(super) async fn references(
    conn: &mut SqliteConnection,
) -> Result<BTreeSet<(Collection, String)>, StoreError> {
    let rows = sqlx::query(
        "SELECT collection, id FROM records WHERE deleted = 0 AND collection IN
         ('area', 'ward', 'venue', 'theme', 'category', 'survey', 'survey_version')",
    )
    .fetch_all(conn)
    .await?;
    let mut found = BTreeSet::new();
    for row in &rows {
        if let Some(collection) = Collection::parse(row.try_get("collection")?) {
            found.insert((collection, row.try_get("id")?));
        }
    }
    Ok(found)
}
