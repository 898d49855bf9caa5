//! The catalogue in SQL.

use std::collections::BTreeSet;

use async_trait::async_trait;
use model::{Collection, Key, Record, merge::Stored, time::Millis};
use serde_json::{Map, Value};
use sqlx::Row as _;

use super::{super::Row, SqlTx, signed, stored_json, stored_key, to_json, unsigned};
use crate::store::{
    StoreError,
    tx::{Catalogue, NewState},
};

#[async_trait]
impl Catalogue for SqlTx<'_> {
    async fn load_record(
        &mut self,
        collection: Collection,
        id: &Key,
    ) -> Result<(Stored, u64), StoreError> {
        let row = sqlx::query(
            "SELECT rev, seq, deleted, fields, field_revs FROM records
             WHERE collection = $1 AND id = $2",
        )
        .bind(collection.name())
        .bind(id.as_str())
        .fetch_optional(&mut *self.conn)
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

    async fn save_record(&mut self, state: NewState<'_>) -> Result<(), StoreError> {
        let NewState { collection, id, seq, stored, deleted_at } = state;
        sqlx::query(
            "INSERT INTO records
                 (collection, id, rev, seq, deleted, fields, field_revs, deleted_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
             ON CONFLICT (collection, id) DO UPDATE SET
                 rev = excluded.rev, seq = excluded.seq, deleted = excluded.deleted,
                 fields = excluded.fields, field_revs = excluded.field_revs,
                 deleted_at = excluded.deleted_at",
        )
        .bind(collection.name())
        .bind(id.as_str())
        .bind(signed(stored.rev))
        .bind(signed(seq))
        .bind(stored.deleted)
        .bind(to_json(&stored.fields)?)
        .bind(to_json(&stored.field_revs)?)
        .bind(deleted_at.map(|at| at.0))
        .execute(&mut *self.conn)
        .await?;
        Ok(())
    }

    async fn changes_after(
        &mut self,
        seq: u64,
        deleted_too: bool,
        limit: u64,
    ) -> Result<Vec<Record>, StoreError> {
        let rows = sqlx::query(
            "SELECT collection, id, rev, seq, deleted, fields FROM records
             WHERE seq > $1 AND (NOT deleted OR $2) ORDER BY seq LIMIT $3",
        )
        .bind(signed(seq))
        .bind(deleted_too)
        .bind(signed(limit))
        .fetch_all(&mut *self.conn)
        .await?;
        rows.iter().map(record).collect()
    }

    async fn records(&mut self, collection: Collection) -> Result<Vec<Record>, StoreError> {
        let rows = sqlx::query(
            "SELECT collection, id, rev, seq, deleted, fields FROM records
             WHERE collection = $1 AND NOT deleted ORDER BY id",
        )
        .bind(collection.name())
        .fetch_all(&mut *self.conn)
        .await?;
        rows.iter().map(record).collect()
    }

    async fn record(
        &mut self,
        collection: Collection,
        id: &Key,
    ) -> Result<Option<Record>, StoreError> {
        let row = sqlx::query(
            "SELECT collection, id, rev, seq, deleted, fields FROM records
             WHERE collection = $1 AND id = $2 AND NOT deleted",
        )
        .bind(collection.name())
        .bind(id.as_str())
        .fetch_optional(&mut *self.conn)
        .await?;
        row.as_ref().map(record).transpose()
    }

    async fn references(&mut self) -> Result<BTreeSet<(Collection, String)>, StoreError> {
        let rows = sqlx::query(
            "SELECT collection, id FROM records WHERE NOT deleted AND collection IN
             ('area', 'ward', 'venue', 'theme', 'category', 'survey', 'survey_version')",
        )
        .fetch_all(&mut *self.conn)
        .await?;
        let mut found = BTreeSet::new();
        for row in &rows {
            if let Some(collection) = Collection::parse(row.try_get("collection")?) {
                found.insert((collection, row.try_get("id")?));
            }
        }
        Ok(found)
    }

    async fn is_empty(&mut self) -> Result<bool, StoreError> {
        let any: bool = sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM records)")
            .fetch_one(&mut *self.conn)
            .await?;
        Ok(!any)
    }

    async fn delete_tombstones(&mut self, before: Millis) -> Result<Vec<u64>, StoreError> {
        let places: Vec<i64> = sqlx::query_scalar(
            "DELETE FROM records WHERE deleted AND deleted_at < $1 RETURNING seq",
        )
        .bind(before.0)
        .fetch_all(&mut *self.conn)
        .await?;
        Ok(places.into_iter().map(unsigned).collect())
    }
}

fn record(row: &Row) -> Result<Record, StoreError> {
    Ok(Record {
        collection: row.try_get("collection")?,
        id: stored_key("records", row.try_get("id")?)?,
        rev: unsigned(row.try_get("rev")?),
        seq: unsigned(row.try_get("seq")?),
        deleted: row.try_get("deleted")?,
        fields: stored_json::<Map<String, Value>>("records", row.try_get("fields")?)?,
    })
}
