//! The tablet's storage, as a task sees it: every call is one transaction, before and after
//! which anything may happen. Bugs of a tablet's outbox are planted here; those of its catalogue
//! in [`crate::catalogue`].

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
};

use model::{Hash, SubmissionId, submission::Sealed, time::Millis, wire::Ack};
use sync::{Entry, EntryState, Outbox, Overview, Refusal, StorageError};

use crate::{
    bug::Bug, fault::Fault, ledger::epoch_number, network::Sort, tablet::Profile, turn::Turns,
    world::World,
};

/// A tablet's storage in the hands of one task.
#[derive(Debug, Clone)]
pub struct Storage {
    /// The world it is in.
    pub world: Rc<World>,
    /// Whose storage.
    pub profile: Rc<Profile>,
    /// The task.
    pub turns: Turns,
    /// For planted bugs: the entries as this task read them last.
    read: Rc<RefCell<BTreeMap<SubmissionId, Entry>>>,
    /// The segments that this task knows to be staged.
    pub here: Rc<RefCell<BTreeSet<Hash>>>,
}

impl Storage {
    /// The storage of `profile` for the task of `turns`.
    pub fn new(world: &Rc<World>, profile: &Rc<Profile>, turns: &Turns) -> Self {
        Self {
            world: Rc::clone(world),
            profile: Rc::clone(profile),
            turns: turns.clone(),
            read: Rc::default(),
            here: Rc::default(),
        }
    }

    /// One transaction on the outbox.
    async fn outbox<T>(
        &self,
        work: impl AsyncFnOnce(&sync::MemoryOutbox) -> Result<T, StorageError>,
    ) -> Result<T, StorageError> {
        self.turns.pass().await;
        let outcome = work(&self.profile.outbox).await;
        self.profile.watch.outbox(&self.world, &self.profile, None);
        self.turns.pass().await;
        outcome
    }

    /// Whether there is room for a write of that sort; a full storage is full for a while.
    pub fn room(&self, sort: Sort) -> Result<(), StorageError> {
        let full = self.profile.full.get();
        if full == 0 {
            return Ok(());
        }
        self.profile.full.set(full - 1);
        self.world.count_on(Fault::Full, sort);
        self.world.note(format_args!("tablet {} has no room", self.profile.number));
        Err(StorageError::Full)
    }

    /// What a planted bug does to the entries of a batch before they are sent.
    fn spoil(&self, batch: &mut Vec<Entry>, after: Option<SubmissionId>, limit: usize) {
        let outbox = &self.profile.outbox;
        match self.world.bug {
            Some(Bug::HashNotVerified) => outbox.inspect(|state| {
                let waiting = state.entries.values().filter(|it| it.state == EntryState::Waiting);
                let behind = waiting.filter(|it| after.is_none_or(|after| it.id > after));
                *batch = behind.take(limit).cloned().collect();
            }),
            Some(Bug::OrderedByClock) => {
                batch.retain(|entry| entry.saved_at.0 >= self.profile.youngest.get());
            }
            Some(Bug::DeletedOnPush) => outbox.tamper(|state| {
                batch.iter().for_each(|entry| drop(state.entries.remove(&entry.id)));
            }),
            Some(Bug::DroppedAfterThree) => outbox.tamper(|state| {
                let mut tries = self.profile.tries.borrow_mut();
                batch.retain(|entry| {
                    let tried = tries.entry(entry.id).or_default();
                    *tried += 1;
                    let keep = *tried <= 3;
                    if !keep {
                        state.entries.remove(&entry.id);
                    }
                    keep
                });
            }),
            Some(Bug::OutboxWrittenBack) => {
                *self.read.borrow_mut() = outbox.inspect(|state| state.entries.clone());
            }
            _ => {}
        }
    }

    /// What a planted bug does when verdicts are settled; false if nothing more is to be done.
    async fn settle_badly(&self, acks: &[Ack], refusals: &[Refusal], now: Millis) -> bool {
        let outbox = &self.profile.outbox;
        match self.world.bug {
            Some(Bug::AckMatchedByPlace) => {
                let first: Vec<_> = outbox.inspect(|state| {
                    let entries = state.entries.values();
                    let waiting = entries.filter(|entry| entry.state == EntryState::Waiting);
                    waiting.take(acks.len()).map(|it| (it.id, it.hash)).collect()
                });
                let moved = acks.iter().zip(first);
                let moved = moved.map(|(ack, (id, hash))| Ack { id, hash, ..ack.clone() });
                let moved: Vec<_> = moved.collect();
                return outbox.settle(&moved, refusals, now).await.is_err();
            }
            Some(Bug::OutboxWrittenBack) if !acks.is_empty() => {
                let read = self.read.take();
                outbox.tamper(|state| {
                    state.entries = read;
                    state.entries.retain(|id, _| !state.receipts.contains_key(id));
                });
            }
            Some(Bug::AckOfEndedHistory) => {
                let noted = outbox.tamper(|state| state.epoch.take());
                let settled = outbox.settle(acks, refusals, now).await;
                outbox.tamper(|state| state.epoch = noted);
                return settled.is_err();
            }
            Some(Bug::HashNotVerified) => outbox.tamper(|state| {
                for ack in acks {
                    let Some(entry) = state.entries.remove(&ack.id) else { continue };
                    let bytes = Some(entry.bytes);
                    let receipt = sync::Receipt { ack: ack.clone(), received_at: now, bytes };
                    state.receipts.insert(ack.id, receipt);
                }
                for refusal in refusals {
                    if let Some(entry) = state.entries.get_mut(&refusal.id) {
                        let problems = refusal.problems.clone();
                        entry.state = EntryState::Refused { problems };
                    }
                }
            }),
            Some(Bug::RefusedDeleted) => outbox.tamper(|state| {
                refusals.iter().for_each(|refusal| drop(state.entries.remove(&refusal.id)));
            }),
            Some(Bug::OrderedByClock) => outbox.inspect(|state| {
                let received = acks.iter().filter_map(|ack| state.entries.get(&ack.id));
                let youngest = received.map(|entry| entry.saved_at.0).max();
                self.profile.youngest.set(youngest.unwrap_or(i64::MIN));
            }),
            _ => {}
        }
        true
    }
}

impl Outbox for Storage {
    async fn enqueue(&self, sealed: &Sealed, now: Millis) -> Result<(), StorageError> {
        if self.world.has(Bug::SavedBeforeCommit) {
            let promise = &self.world.ledger;
            promise.borrow_mut().promise(sealed.id, sealed.hash);
        }
        self.outbox(async |outbox| {
            self.room(Sort::Push)?;
            outbox.enqueue(sealed, now).await
        })
        .await
    }

    async fn next_batch(
        &self,
        after: Option<SubmissionId>,
        limit: usize,
    ) -> Result<Vec<Entry>, StorageError> {
        self.outbox(async |outbox| {
            let mut batch = outbox.next_batch(after, limit).await?;
            self.spoil(&mut batch, after, limit);
            Ok(batch)
        })
        .await
    }

    async fn settle(
        &self,
        acks: &[Ack],
        refusals: &[Refusal],
        now: Millis,
    ) -> Result<(), StorageError> {
        self.outbox(async |outbox| {
            self.room(Sort::Push)?;
            if self.world.has(Bug::RefusedBlocks) && !refusals.is_empty() {
                return Err(StorageError::Failed("refused".to_owned()));
            }
            if self.settle_badly(acks, refusals, now).await {
                outbox.settle(acks, refusals, now).await?;
            }
            if self.world.has(Bug::ForgottenAtOnce) {
                outbox.forget(Millis(i64::MAX)).await?;
            }
            Ok(())
        })
        .await
    }

    async fn see_epoch(&self, epoch: &str) -> Result<usize, StorageError> {
        self.outbox(async |outbox| {
            let noted = outbox.inspect(|state| state.epoch.as_deref().and_then(epoch_number));
            if self.world.has(Bug::AckOfEndedHistory) && epoch_number(epoch) < noted {
                return Ok(0);
            }
            if self.world.has(Bug::ReceiptsStay) {
                outbox.tamper(|state| state.epoch = Some(epoch.to_owned()));
            }
            let again = outbox.see_epoch(epoch).await?;
            if again > 0 {
                let number = self.profile.number;
                self.world.note(format_args!("tablet {number} sends {again} again for {epoch}"));
            }
            Ok(again)
        })
        .await
    }

    async fn retry_refused(&self) -> Result<(), StorageError> {
        self.outbox(async |outbox| outbox.retry_refused().await).await
    }

    async fn forget(&self, before: Millis) -> Result<(), StorageError> {
        self.turns.pass().await;
        let outcome = self.profile.outbox.forget(before).await;
        self.profile.watch.outbox(&self.world, &self.profile, Some(before));
        self.turns.pass().await;
        outcome
    }

    async fn overview(&self) -> Result<Overview, StorageError> {
        self.outbox(async |outbox| outbox.overview().await).await
    }
}
