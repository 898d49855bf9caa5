//! Storage in memory, for tests and for the simulation, whose disk it is: every call is one
//! transaction, and what a tablet holds can be looked at, copied and damaged from outside.

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
};

use model::{
    Hash, Record, SubmissionId, segment,
    snapshot::Manifest,
    submission::Sealed,
    time::Millis,
    wire::{Ack, Changes},
};

use crate::{
    Catalogue, Corrupt, Entry, EntryState, Outbox, Overview, Receipt, Refusal, StorageError,
};

/// An outbox in memory. Not for submissions of real people: they would be lost. A clone is
/// another outbox with the same content, as a copied profile of a browser would be.
#[derive(Debug, Clone, Default)]
pub struct MemoryOutbox {
    state: RefCell<OutboxState>,
}

/// What an outbox holds.
#[derive(Debug, Clone, Default)]
pub struct OutboxState {
    /// What waits or was refused, damaged ones included.
    pub entries: BTreeMap<SubmissionId, Entry>,
    /// What the server acknowledged.
    pub receipts: BTreeMap<SubmissionId, Receipt>,
    /// The server's epoch, as it was noted last.
    pub epoch: Option<String>,
}

impl OutboxState {
    /// The hash that `id` is known under; that of a damaged entry is not to be relied on.
    fn known_hash(&self, id: SubmissionId) -> Option<Hash> {
        match self.entries.get(&id) {
            Some(entry) => is_sound(entry).then_some(entry.hash),
            None => self.receipts.get(&id).map(|receipt| receipt.ack.hash),
        }
    }

    fn knows(&self, id: SubmissionId) -> bool {
        self.entries.contains_key(&id) || self.receipts.contains_key(&id)
    }

    /// The entry of that id, if it is sound and its bytes are those of `hash`.
    fn sound(&mut self, id: SubmissionId, hash: Hash) -> Option<&mut Entry> {
        self.entries.get_mut(&id).filter(|entry| entry.hash == hash && is_sound(entry))
    }
}

fn is_sound(entry: &Entry) -> bool {
    Hash::of(&entry.bytes) == entry.hash
}

impl MemoryOutbox {
    /// Shows what is stored, for those who watch over it.
    pub fn inspect<T>(&self, look: impl FnOnce(&OutboxState) -> T) -> T {
        look(&self.state.borrow())
    }

    /// Changes what is stored behind the outbox's back, as a failing disk would.
    pub fn tamper<T>(&self, change: impl FnOnce(&mut OutboxState) -> T) -> T {
        change(&mut self.state.borrow_mut())
    }
}

impl Outbox for MemoryOutbox {
    async fn enqueue(&self, sealed: &Sealed, now: Millis) -> Result<(), StorageError> {
        let mut state = self.state.borrow_mut();
        match state.known_hash(sealed.id) {
            Some(hash) if hash == sealed.hash => Ok(()),
            _ if state.knows(sealed.id) => Err(StorageError::Taken),
            _ => {
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

    async fn next_batch(
        &self,
        after: Option<SubmissionId>,
        limit: usize,
    ) -> Result<Vec<Entry>, StorageError> {
        let state = self.state.borrow();
        let behind =
            state.entries.values().filter(|entry| after.is_none_or(|after| entry.id > after));
        let waiting = behind.filter(|entry| entry.state == EntryState::Waiting && is_sound(entry));
        Ok(waiting.take(limit).cloned().collect())
    }

    async fn settle(
        &self,
        acks: &[Ack],
        refusals: &[Refusal],
        now: Millis,
    ) -> Result<(), StorageError> {
        let mut state = self.state.borrow_mut();
        for ack in acks {
            let current = state.epoch.as_ref().is_none_or(|epoch| *epoch == ack.epoch);
            if !current || state.sound(ack.id, ack.hash).is_none() {
                continue;
            }
            if let Some(entry) = state.entries.remove(&ack.id) {
                let receipt =
                    Receipt { ack: ack.clone(), received_at: now, bytes: Some(entry.bytes) };
                state.receipts.insert(ack.id, receipt);
            }
        }
        for refusal in refusals {
            if let Some(entry) = state.sound(refusal.id, refusal.hash) {
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
        let mut state = self.state.borrow_mut();
        for entry in state.entries.values_mut().filter(|entry| is_sound(entry)) {
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
        let (sound, damaged): (Vec<_>, Vec<_>) =
            state.entries.values().partition(|entry| is_sound(entry));
        let corrupt = |entry: &Entry| Corrupt {
            key: entry.id.to_string(),
            reason: "the bytes do not match their hash".to_owned(),
        };
        Ok(Overview {
            entries: sound.into_iter().cloned().collect(),
            corrupt: damaged.into_iter().map(corrupt).collect(),
            received: state.receipts.keys().copied().collect(),
        })
    }
}

/// A catalogue in memory. A clone is another one with the same content.
#[derive(Debug, Clone, Default)]
pub struct MemoryCatalogue {
    state: RefCell<CatalogueState>,
}

/// What a catalogue holds.
#[derive(Debug, Clone, Default)]
pub struct CatalogueState {
    /// The cursor of the last applied page.
    pub cursor: Option<String>,
    /// Every record by collection and id, tombstones included.
    pub records: BTreeMap<(String, String), Record>,
    /// Segments of a snapshot that is not whole yet.
    pub staged: BTreeMap<Hash, String>,
}

impl CatalogueState {
    fn apply(&mut self, page: &Changes) {
        if page.fresh {
            self.records.clear();
            self.staged.clear();
        }
        for record in &page.records {
            let key = (record.collection.clone(), record.id.to_string());
            if self.records.get(&key).is_none_or(|stored| stored.seq < record.seq) {
                self.records.insert(key, record.clone());
            }
        }
        self.cursor = Some(page.cursor.clone());
    }

    /// The records of a snapshot whose segments are all staged and sound.
    fn whole(&self, manifest: &Manifest) -> Option<BTreeMap<(String, String), Record>> {
        let mut records = BTreeMap::new();
        for part in &manifest.segments {
            for record in segment::decode(self.staged.get(&part.hash)?).ok()? {
                records.insert((record.collection.clone(), record.id.to_string()), record);
            }
        }
        Some(records)
    }
}

impl MemoryCatalogue {
    /// Shows what is stored, for those who watch over it.
    pub fn inspect<T>(&self, look: impl FnOnce(&CatalogueState) -> T) -> T {
        look(&self.state.borrow())
    }

    /// Changes what is stored behind the catalogue's back.
    pub fn tamper<T>(&self, change: impl FnOnce(&mut CatalogueState) -> T) -> T {
        change(&mut self.state.borrow_mut())
    }
}

impl Catalogue for MemoryCatalogue {
    async fn cursor(&self) -> Result<Option<String>, StorageError> {
        Ok(self.state.borrow().cursor.clone())
    }

    async fn apply_page(&self, page: &Changes) -> Result<(), StorageError> {
        self.state.borrow_mut().apply(page);
        Ok(())
    }

    async fn apply_page_after(
        &self,
        since: Option<&str>,
        page: &Changes,
    ) -> Result<bool, StorageError> {
        let mut state = self.state.borrow_mut();
        let unmoved = state.cursor.as_deref() == since;
        if unmoved {
            state.apply(page);
        }
        Ok(unmoved)
    }

    async fn staged(&self, manifest: &Manifest) -> Result<Vec<Hash>, StorageError> {
        let wanted: BTreeSet<_> = manifest.segments.iter().map(|part| part.hash).collect();
        let mut state = self.state.borrow_mut();
        state.staged.retain(|hash, _| wanted.contains(hash));
        Ok(state.staged.keys().copied().collect())
    }

    async fn stage_segment(&self, hash: Hash, text: &str) -> Result<(), StorageError> {
        self.state.borrow_mut().staged.insert(hash, text.to_owned());
        Ok(())
    }

    async fn switch_in(
        &self,
        since: Option<&str>,
        manifest: &Manifest,
    ) -> Result<bool, StorageError> {
        let mut state = self.state.borrow_mut();
        if state.cursor.as_deref() != since {
            return Ok(false);
        }
        let Some(records) = state.whole(manifest) else { return Ok(false) };
        state.records = records;
        state.cursor = Some(manifest.cursor.clone());
        state.staged.clear();
        Ok(true)
    }

    async fn records(&self) -> Result<Vec<Record>, StorageError> {
        let state = self.state.borrow();
        Ok(state.records.values().filter(|record| !record.deleted).cloned().collect())
    }
}
