//! The name of the history and its counters, in memory.

use std::collections::BTreeMap;

use async_trait::async_trait;
use model::time::Millis;

use super::{MemoryTx, Tables};
use crate::store::{
    Census, Scope, StoreError,
    tx::{History, Reach},
};

impl Tables {
    fn scope(&mut self, scope: Scope) -> &mut Reach {
        match scope {
            Scope::Public => &mut self.public,
            Scope::Capture => &mut self.capture,
        }
    }
}

#[async_trait]
impl History for MemoryTx {
    async fn epoch(&mut self) -> Result<String, StoreError> {
        Ok(self.tables.epoch.clone())
    }

    async fn set_epoch(&mut self, epoch: &str) -> Result<(), StoreError> {
        epoch.clone_into(&mut self.tables.epoch);
        Ok(())
    }

    /// The commit notices whoever was faster.
    async fn lock(&mut self, _: Scope) -> Result<(), StoreError> {
        Ok(())
    }

    async fn take_places(&mut self, scope: Scope, count: u64) -> Result<u64, StoreError> {
        let reach = self.tables.scope(scope);
        let first = reach.head + 1;
        reach.head += count;
        Ok(first)
    }

    async fn reach(&mut self, scope: Scope) -> Result<Reach, StoreError> {
        Ok(*self.tables.scope(scope))
    }

    async fn raise_floor(&mut self, scope: Scope, floor: u64) -> Result<(), StoreError> {
        let reach = self.tables.scope(scope);
        reach.floor = reach.floor.max(floor);
        Ok(())
    }

    async fn touch(&mut self, now: Millis) -> Result<(), StoreError> {
        self.tables.ready = now.rfc3339();
        Ok(())
    }

    async fn census(&mut self) -> Result<Census, StoreError> {
        let mut census = Census::default();
        let count = |counts: &mut BTreeMap<String, u64>, name: &str| {
            *counts.entry(name.to_owned()).or_default() += 1;
        };
        for ((collection, _), row) in self.tables.records.iter() {
            if !row.stored.deleted {
                count(&mut census.records, collection.name());
            }
        }
        for kept in self.tables.submissions.values() {
            count(&mut census.submissions, kept.arrival.kind);
        }
        census.rivals = u64::try_from(self.tables.rivals.len()).unwrap_or(u64::MAX);
        Ok(census)
    }
}
