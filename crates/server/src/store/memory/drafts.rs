//! Drafts in memory.

use std::sync::Arc;

use async_trait::async_trait;
use model::{
    Key,
    wire::{Draft, DraftHead},
};

use super::MemoryTx;
use crate::store::{StoreError, tx::Drafts};

#[async_trait]
impl Drafts for MemoryTx {
    async fn drafts(&mut self) -> Result<Vec<DraftHead>, StoreError> {
        Ok(self.tables.drafts.values().map(|draft| draft.head.clone()).collect())
    }

    async fn draft(&mut self, id: &Key) -> Result<Option<Draft>, StoreError> {
        Ok(self.tables.drafts.get(id).map(|draft| Draft::clone(draft)))
    }

    async fn save_draft(&mut self, draft: &Draft) -> Result<(), StoreError> {
        let kept = Arc::new(draft.clone());
        Arc::make_mut(&mut self.tables.drafts).insert(draft.head.id.clone(), kept);
        Ok(())
    }

    async fn delete_draft(&mut self, id: &Key) -> Result<(), StoreError> {
        Arc::make_mut(&mut self.tables.drafts).remove(id);
        Ok(())
    }
}
