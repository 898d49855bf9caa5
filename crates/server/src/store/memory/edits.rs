//! Edits and conflicts in memory.

use std::sync::Arc;

use async_trait::async_trait;
use model::{
    Collection, Hash, Key,
    merge::Collision,
    time::Millis,
    wire::{Conflict, EditResult},
};
use uuid::Uuid;

use super::MemoryTx;
use crate::store::{
    StoreError,
    tx::{DoneEdit, Edits},
};

#[async_trait]
impl Edits for MemoryTx {
    async fn claim_edit(&mut self, edit: Uuid, hash: Hash, _: Millis) -> Result<bool, StoreError> {
        if self.tables.edits.contains_key(&edit) {
            return Ok(false);
        }
        Arc::make_mut(&mut self.tables.edits).insert(edit, (hash, None));
        Ok(true)
    }

    async fn done_edit(&mut self, edit: Uuid) -> Result<Option<DoneEdit>, StoreError> {
        Ok(self.tables.edits.get(&edit).and_then(|(_, done)| done.clone()))
    }

    async fn finish_edit(&mut self, edit: Uuid, result: &EditResult) -> Result<(), StoreError> {
        if let Some((hash, done)) = Arc::make_mut(&mut self.tables.edits).get_mut(&edit) {
            *done = Some(DoneEdit { hash: *hash, result: result.clone() });
        }
        Ok(())
    }

    async fn forget_edit(&mut self, edit: Uuid) -> Result<(), StoreError> {
        Arc::make_mut(&mut self.tables.edits).remove(&edit);
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
        let id = self.tables.next_conflict;
        self.tables.next_conflict += 1;
        let conflict = Conflict {
            id,
            collection: collection.name().to_owned(),
            record: record.clone(),
            collisions: collisions.to_vec(),
            at: now,
        };
        Arc::make_mut(&mut self.tables.conflicts).insert(id, (account.to_owned(), conflict));
        Ok(())
    }

    async fn conflicts(&mut self, account: &str, limit: u32) -> Result<Vec<Conflict>, StoreError> {
        let own = self.tables.conflicts.values().rev().filter(|(whose, _)| whose == account);
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        Ok(own.take(limit).map(|(_, conflict)| conflict.clone()).collect())
    }

    async fn put_aside(&mut self, account: &str, id: u64) -> Result<bool, StoreError> {
        if self.tables.conflicts.get(&id).is_none_or(|(whose, _)| whose != account) {
            return Ok(false);
        }
        Arc::make_mut(&mut self.tables.conflicts).remove(&id);
        Ok(true)
    }
}
