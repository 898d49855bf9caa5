//! The catalogue in memory.

use std::{collections::BTreeSet, sync::Arc};

use async_trait::async_trait;
use model::{Collection, Key, Record, merge::Stored, time::Millis};

use super::{MemoryTx, Row};
use crate::store::{
    StoreError,
    catalogue::as_record,
    tx::{Catalogue, NewState},
};

#[async_trait]
impl Catalogue for MemoryTx {
    async fn load_record(
        &mut self,
        collection: Collection,
        id: &Key,
    ) -> Result<(Stored, u64), StoreError> {
        let row = self.tables.records.get(&(collection, id.clone()));
        Ok(row.map_or_else(Default::default, |row| (row.stored.clone(), row.seq)))
    }

    async fn save_record(&mut self, state: NewState<'_>) -> Result<(), StoreError> {
        let NewState { collection, id, seq, stored, deleted_at } = state;
        let row = Row { seq, stored: stored.clone(), deleted_at };
        Arc::make_mut(&mut self.tables.records).insert((collection, id.clone()), Arc::new(row));
        Ok(())
    }

    async fn changes_after(
        &mut self,
        seq: u64,
        deleted_too: bool,
        limit: u64,
    ) -> Result<Vec<Record>, StoreError> {
        let meant = |row: &Row| row.seq > seq && (deleted_too || !row.stored.deleted);
        let all = self.tables.records.iter();
        let mut found: Vec<_> = all.filter(|(_, row)| meant(row)).collect();
        found.sort_by_key(|(_, row)| row.seq);
        found.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        Ok(found.into_iter().map(record).collect())
    }

    async fn records(&mut self, collection: Collection) -> Result<Vec<Record>, StoreError> {
        let live = |((its, _), row): &(&(Collection, Key), &Arc<Row>)| {
            *its == collection && !row.stored.deleted
        };
        Ok(self.tables.records.iter().filter(live).map(record).collect())
    }

    async fn record(
        &mut self,
        collection: Collection,
        id: &Key,
    ) -> Result<Option<Record>, StoreError> {
        let found = self.tables.records.get_key_value(&(collection, id.clone()));
        Ok(found.filter(|(_, row)| !row.stored.deleted).map(record))
    }

    async fn references(&mut self) -> Result<BTreeSet<(Collection, String)>, StoreError> {
        let named = |collection: Collection| {
            use Collection::{Area, Category, Survey, SurveyVersion, Theme, Venue, Ward};
            matches!(collection, Area | Ward | Venue | Theme | Category | Survey | SurveyVersion)
        };
        let live = self.tables.records.iter().filter(|(_, row)| !row.stored.deleted);
        Ok(live
            .filter(|((collection, _), _)| named(*collection))
            .map(|((collection, id), _)| (*collection, id.to_string()))
            .collect())
    }

    async fn is_empty(&mut self) -> Result<bool, StoreError> {
        Ok(self.tables.records.is_empty())
    }

    async fn delete_tombstones(&mut self, before: Millis) -> Result<Vec<u64>, StoreError> {
        let mut places = Vec::new();
        Arc::make_mut(&mut self.tables.records).retain(|_, row| {
            let old = row.stored.deleted && row.deleted_at.is_some_and(|at| at < before);
            if old {
                places.push(row.seq);
            }
            !old
        });
        Ok(places)
    }
}

fn record(((collection, id), row): (&(Collection, Key), &Arc<Row>)) -> Record {
    as_record(*collection, id, row.seq, row.stored.clone())
}
