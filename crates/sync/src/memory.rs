//! Storage in memory, for tests and simulations.

use std::{cell::RefCell, collections::BTreeMap};

use model::{
    Hash, Record, SubmissionId,
    limits::PUSH_RECORDS,
    submission::Sealed,
    time::Millis,
    wire::{Ack, Changes},
};

use crate::{Catalogue, Entry, EntryState, Outbox, Overview, Receipt, Refusal, StorageError};

/// An outbox in memory. Not for submissions of real people: they would be lost.
#[derive(Debug, Default)]
pub struct MemoryOutbox {
    state: RefCell<OutboxState>,
}

#[derive(Debug, Default)]
struct OutboxState {
    entries: BTreeMap<SubmissionId, Entry>,
    receipts: BTreeMap<SubmissionId, Receipt>,
    epoch: Option<String>,
}

impl OutboxState {
    fn known_hash(&self, id: SubmissionId) -> Option<Hash> {
        let entry = self.entries.get(&id).map(|entry| entry.hash);
        entry.or_else(|| self.receipts.get(&id).map(|receipt| receipt.ack.hash))
    }
}

impl Outbox for MemoryOutbox {
    async fn enqueue(&self, sealed: &Sealed, now: Millis) -> Result<(), StorageError> {
        let mut state = self.state.borrow_mut();
        match state.known_hash(sealed.id) {
            Some(hash) if hash == sealed.hash => Ok(()),
            Some(_) => Err(StorageError::Taken),
            None => {
                let entry = Entry {
                    id: sealed.id,
                    hash: sealed.hash,
                    saved_at: now,
                    state: EntryState::Waiting,
                    bytes: sealed.bytes.clone(),
                };
                state.entries.insert(sealed.id, entry);
                Ok(())
            }
        }
    }

    async fn next_batch(&self, limit: usize) -> Result<Vec<Entry>, StorageError> {
        let state = self.state.borrow();
        let waiting = state.entries.values().filter(|entry| entry.state == EntryState::Waiting);
        Ok(waiting.take(limit.min(PUSH_RECORDS)).cloned().collect())
    }

    async fn settle(
        &self,
        acks: &[Ack],
        refusals: &[Refusal],
        now: Millis,
    ) -> Result<(), StorageError> {
        let mut state = self.state.borrow_mut();
        for ack in acks {
            if state.entries.get(&ack.id).is_none_or(|entry| entry.hash != ack.hash) {
                continue;
            }
            if let Some(entry) = state.entries.remove(&ack.id) {
                let receipt =
                    Receipt { ack: ack.clone(), received_at: now, bytes: Some(entry.bytes) };
                state.receipts.insert(ack.id, receipt);
            }
        }
        for refusal in refusals {
            if let Some(entry) = state.entries.get_mut(&refusal.id)
                && entry.hash == refusal.hash
            {
                entry.state = EntryState::Refused { problems: refusal.problems.clone() };
            }
        }
        Ok(())
    }

    async fn see_epoch(&self, epoch: &str) -> Result<usize, StorageError> {
        let mut state = self.state.borrow_mut();
        if state.epoch.as_deref() == Some(epoch) {
            return Ok(0);
        }
        state.epoch = Some(epoch.to_owned());
        let again: Vec<_> = state
            .receipts
            .iter()
            .filter(|(_, receipt)| receipt.ack.epoch != epoch && receipt.bytes.is_some())
            .map(|(id, _)| *id)
            .collect();
        for id in &again {
            if let Some(receipt) = state.receipts.remove(id) {
                let entry = Entry {
                    id: *id,
                    hash: receipt.ack.hash,
                    saved_at: receipt.received_at,
                    state: EntryState::Waiting,
                    bytes: receipt.bytes.unwrap_or_default(),
                };
                state.entries.insert(*id, entry);
            }
        }
        Ok(again.len())
    }

    async fn retry_refused(&self) -> Result<(), StorageError> {
        for entry in self.state.borrow_mut().entries.values_mut() {
            entry.state = EntryState::Waiting;
        }
        Ok(())
    }

    async fn forget(&self, before: Millis) -> Result<(), StorageError> {
        for receipt in self.state.borrow_mut().receipts.values_mut() {
            if receipt.received_at < before {
                receipt.bytes = None;
            }
        }
        Ok(())
    }

    async fn overview(&self) -> Result<Overview, StorageError> {
        let state = self.state.borrow();
        Ok(Overview {
            entries: state.entries.values().cloned().collect(),
            corrupt: Vec::new(),
            received: state.receipts.keys().copied().collect(),
        })
    }
}

/// A catalogue in memory.
#[derive(Debug, Default)]
pub struct MemoryCatalogue {
    state: RefCell<CatalogueState>,
}

#[derive(Debug, Default)]
struct CatalogueState {
    cursor: Option<String>,
    records: BTreeMap<(String, String), Record>,
}

impl Catalogue for MemoryCatalogue {
    async fn cursor(&self) -> Result<Option<String>, StorageError> {
        Ok(self.state.borrow().cursor.clone())
    }

    async fn apply_page(&self, page: &Changes) -> Result<(), StorageError> {
        let mut state = self.state.borrow_mut();
        if page.fresh {
            state.records.clear();
        }
        for record in &page.records {
            let key = (record.collection.clone(), record.id.to_string());
            if state.records.get(&key).is_none_or(|stored| stored.seq < record.seq) {
                state.records.insert(key, record.clone());
            }
        }
        state.cursor = Some(page.cursor.clone());
        Ok(())
    }

    async fn records(&self) -> Result<Vec<Record>, StorageError> {
        let state = self.state.borrow();
        Ok(state.records.values().filter(|record| !record.deleted).cloned().collect())
    }
}
