//! Edits and conflicts in SQL.

use async_trait::async_trait;
use model::{
    Collection, Hash, Key,
    merge::Collision,
    time::Millis,
    wire::{Conflict, EditResult},
};
use sqlx::Row as _;
use uuid::Uuid;

use super::{SqlTx, signed, stored_json, stored_key, to_json, unsigned};
use crate::store::{
    StoreError,
    tx::{DoneEdit, Edits},
};

#[async_trait]
impl Edits for SqlTx<'_> {
    async fn claim_edit(
        &mut self,
        edit: Uuid,
        hash: Hash,
        now: Millis,
    ) -> Result<bool, StoreError> {
        let claimed = sqlx::query(
            "INSERT INTO edits_done (edit, hash, done_at, result) VALUES ($1, $2, $3, 'null')
             ON CONFLICT (edit) DO NOTHING",
        )
        .bind(edit.to_string())
        .bind(hash.to_string())
        .bind(now.0)
        .execute(&mut *self.conn)
        .await?;
        Ok(claimed.rows_affected() == 1)
    }

    async fn done_edit(&mut self, edit: Uuid) -> Result<Option<DoneEdit>, StoreError> {
        let row = sqlx::query("SELECT hash, result FROM edits_done WHERE edit = $1")
            .bind(edit.to_string())
            .fetch_optional(&mut *self.conn)
            .await?;
        let Some(row) = row else { return Ok(None) };
        let hash = Hash::parse(row.try_get("hash")?)
            .ok_or_else(|| StoreError::corrupt("edits_done", "a hash"))?;
        Ok(Some(DoneEdit { hash, result: stored_json("edits_done", row.try_get("result")?)? }))
    }

    async fn finish_edit(&mut self, edit: Uuid, result: &EditResult) -> Result<(), StoreError> {
        sqlx::query("UPDATE edits_done SET result = $1 WHERE edit = $2")
            .bind(to_json(result)?)
            .bind(edit.to_string())
            .execute(&mut *self.conn)
            .await?;
        Ok(())
    }

    async fn forget_edit(&mut self, edit: Uuid) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM edits_done WHERE edit = $1")
            .bind(edit.to_string())
            .execute(&mut *self.conn)
            .await?;
        Ok(())
    }

    async fn keep_conflict(
        &mut self,
        account: &str,
        collection: Collection,
        record: &Key,
        collisions: &[Collision],
        now: Millis,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO conflicts (account, collection, record, collisions, at)
             VALUES ($1, $2, $3, $4, $5)",
        )
        .bind(account)
        .bind(collection.name())
        .bind(record.as_str())
        .bind(to_json(&collisions)?)
        .bind(now.0)
        .execute(&mut *self.conn)
        .await?;
        Ok(())
    }

    async fn conflicts(&mut self, account: &str, limit: u32) -> Result<Vec<Conflict>, StoreError> {
        let rows = sqlx::query(
            "SELECT id, collection, record, collisions, at FROM conflicts
             WHERE account = $1 ORDER BY id DESC LIMIT $2",
        )
        .bind(account)
        .bind(i64::from(limit))
        .fetch_all(&mut *self.conn)
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

    async fn put_aside(&mut self, account: &str, id: u64) -> Result<bool, StoreError> {
        let gone = sqlx::query("DELETE FROM conflicts WHERE id = $1 AND account = $2")
            .bind(signed(id))
            .bind(account)
            .execute(&mut *self.conn)
            .await?;
        Ok(gone.rows_affected() == 1)
    }
}
