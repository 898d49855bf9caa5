//! A transaction of the server with a bug in one of its statements. Everything else is passed
//! on to the real one.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::atomic::{AtomicU64, Ordering},
};

use async_trait::async_trait;
use model::{
    Collection, Hash, Key, Record, SubmissionId,
    merge::{Collision, Stored},
    submission::Sealed,
    time::Millis,
    wire::{Conflict, Draft, DraftHead, EditResult},
};
use server::store::{
    Arrival, Census, Filter, Scope, Slice, StoreError, StoredSubmission,
    memory::MemoryTx,
    tx::{
        Accounts, AnswerThemes, Catalogue, DoneEdit, Drafts, Edits, History, NewState, Reach,
        Submissions,
    },
};
use uuid::Uuid;

use crate::bug::Bug;

/// A transaction with a bug in it.
#[derive(Debug)]
pub struct Planted<'a> {
    tx: &'a mut MemoryTx,
    bug: Bug,
    /// A snapshot from before.
    pub older: Option<MemoryTx>,
    /// The last number of a sequence that is no part of any transaction.
    pub sequence: Option<&'a AtomicU64>,
    /// What was drawn from it, kept when the transaction is begun again.
    pub drawn: Vec<u64>,
    taken: usize,
    hashes: BTreeMap<SubmissionId, Hash>,
}

impl<'a> Planted<'a> {
    /// `tx` with `bug` in it.
    pub fn new(tx: &'a mut MemoryTx, bug: Bug) -> Self {
        Self {
            tx,
            bug,
            older: None,
            sequence: None,
            drawn: Vec::new(),
            taken: 0,
            hashes: BTreeMap::new(),
        }
    }

    /// Stores `arrival` once more, as a table without a constraint on the id would.
    async fn insert_again(
        &mut self,
        seq: u64,
        arrival: &Arrival,
        now: Millis,
    ) -> Result<(), StoreError> {
        let mut again = arrival.clone();
        again.sealed.id = SubmissionId(Uuid::from_u64_pair(seq, now.0.unsigned_abs()));
        self.tx.insert_submissions(seq, &[again], now).await.map(drop)
    }
}

#[async_trait]
impl History for Planted<'_> {
    async fn epoch(&mut self) -> Result<String, StoreError> {
        self.tx.epoch().await
    }

    async fn set_epoch(&mut self, epoch: &str) -> Result<(), StoreError> {
        self.tx.set_epoch(epoch).await
    }

    async fn lock(&mut self, scope: Scope) -> Result<(), StoreError> {
        self.tx.lock(scope).await
    }

    async fn take_places(&mut self, scope: Scope, count: u64) -> Result<u64, StoreError> {
        let place = self.tx.take_places(scope, count).await?;
        let (Bug::PlaceOutsideTransaction, Some(sequence)) = (self.bug, self.sequence) else {
            return Ok(place);
        };
        let known = self.drawn.get(self.taken).copied();
        self.taken += 1;
        Ok(known.unwrap_or_else(|| {
            let last = sequence.load(Ordering::Relaxed).max(place - 1);
            sequence.store(last + count, Ordering::Relaxed);
            self.drawn.push(last + 1);
            last + 1
        }))
    }

    async fn reach(&mut self, scope: Scope) -> Result<Reach, StoreError> {
        let mut reach = self.tx.reach(scope).await?;
        match self.bug {
            Bug::FloorNotCompared => reach.floor = 0,
            Bug::PlaceOutsideTransaction if scope == Scope::Public => {
                let all = self.tx.changes_after(0, true, u64::MAX).await?;
                reach.head = all.last().map_or(0, |record| record.seq);
            }
            _ => {}
        }
        Ok(reach)
    }

    async fn raise_floor(&mut self, scope: Scope, floor: u64) -> Result<(), StoreError> {
        self.tx.raise_floor(scope, floor).await
    }

    async fn touch(&mut self, now: Millis) -> Result<(), StoreError> {
        self.tx.touch(now).await
    }

    async fn census(&mut self) -> Result<Census, StoreError> {
        self.tx.census().await
    }
}

#[async_trait]
impl Submissions for Planted<'_> {
    async fn insert_submissions(
        &mut self,
        first: u64,
        arrivals: &[Arrival],
        now: Millis,
    ) -> Result<Vec<bool>, StoreError> {
        self.hashes.extend(arrivals.iter().map(|it| (it.sealed.id, it.sealed.hash)));
        let mut inserted = self.tx.insert_submissions(first, arrivals, now).await?;
        for ((seq, arrival), inserted) in (first..).zip(arrivals).zip(&mut inserted) {
            if *inserted {
                continue;
            }
            let id = arrival.sealed.id;
            let again = match (self.bug, &mut self.older) {
                (Bug::StoredTwice, _) => {
                    let there = self.tx.submission_at(id).await?;
                    there.is_some_and(|(_, hash)| hash == arrival.sealed.hash)
                }
                (Bug::CheckThenInsert, Some(older)) => older.submission_at(id).await?.is_none(),
                _ => false,
            };
            if again {
                self.insert_again(seq, arrival, now).await?;
                *inserted = true;
            }
        }
        Ok(inserted)
    }

    async fn submission_at(&mut self, id: SubmissionId) -> Result<Option<(u64, Hash)>, StoreError> {
        let found = self.tx.submission_at(id).await?;
        Ok(match (self.bug, self.hashes.get(&id)) {
            (Bug::RivalAcknowledged, Some(sent)) => found.map(|(seq, _)| (seq, *sent)),
            _ => found,
        })
    }

    async fn insert_rival(&mut self, sealed: &Sealed, now: Millis) -> Result<(), StoreError> {
        if self.bug == Bug::RivalDropped {
            return Ok(());
        }
        self.tx.insert_rival(sealed, now).await
    }

    async fn submissions(
        &mut self,
        filter: &Filter,
        slice: Slice,
        limit: u32,
    ) -> Result<Vec<StoredSubmission>, StoreError> {
        self.tx.submissions(filter, slice, limit).await
    }

    async fn count_submissions(&mut self, filter: &Filter) -> Result<u64, StoreError> {
        self.tx.count_submissions(filter).await
    }

    async fn extent(&mut self, survey: &Key) -> Result<(u64, u64), StoreError> {
        self.tx.extent(survey).await
    }
}

#[async_trait]
impl Catalogue for Planted<'_> {
    async fn load_record(
        &mut self,
        collection: Collection,
        id: &Key,
    ) -> Result<(Stored, u64), StoreError> {
        let (mut stored, seq) = self.tx.load_record(collection, id).await?;
        match self.bug {
            Bug::BaseIgnored => stored.field_revs.clear(),
            Bug::EditRevives => stored.deleted = false,
            _ => {}
        }
        Ok((stored, seq))
    }

    async fn save_record(&mut self, state: NewState<'_>) -> Result<(), StoreError> {
        self.tx.save_record(state).await
    }

    async fn changes_after(
        &mut self,
        seq: u64,
        deleted_too: bool,
        limit: u64,
    ) -> Result<Vec<Record>, StoreError> {
        match (self.bug, &mut self.older) {
            (Bug::DeletionsNotTold, _) => self.tx.changes_after(seq, false, limit).await,
            (Bug::PageFromTwoSnapshots, Some(older)) => {
                older.changes_after(seq, deleted_too, limit).await
            }
            _ => self.tx.changes_after(seq, deleted_too, limit).await,
        }
    }

    async fn records(&mut self, collection: Collection) -> Result<Vec<Record>, StoreError> {
        self.tx.records(collection).await
    }

    async fn record(
        &mut self,
        collection: Collection,
        id: &Key,
    ) -> Result<Option<Record>, StoreError> {
        self.tx.record(collection, id).await
    }

    async fn references(&mut self) -> Result<BTreeSet<(Collection, String)>, StoreError> {
        self.tx.references().await
    }

    async fn is_empty(&mut self) -> Result<bool, StoreError> {
        self.tx.is_empty().await
    }

    async fn delete_tombstones(&mut self, before: Millis) -> Result<Vec<u64>, StoreError> {
        self.tx.delete_tombstones(before).await
    }
}

#[async_trait]
impl Edits for Planted<'_> {
    async fn claim_edit(
        &mut self,
        edit: Uuid,
        hash: Hash,
        now: Millis,
    ) -> Result<bool, StoreError> {
        if self.bug == Bug::EditCarriedOutTwice {
            self.tx.forget_edit(edit).await?;
        }
        self.tx.claim_edit(edit, hash, now).await
    }

    async fn done_edit(&mut self, edit: Uuid) -> Result<Option<DoneEdit>, StoreError> {
        self.tx.done_edit(edit).await
    }

    async fn finish_edit(&mut self, edit: Uuid, result: &EditResult) -> Result<(), StoreError> {
        self.tx.finish_edit(edit, result).await
    }

    async fn forget_edit(&mut self, edit: Uuid) -> Result<(), StoreError> {
        self.tx.forget_edit(edit).await
    }

    async fn keep_conflict(
        &mut self,
        account: &str,
        collection: Collection,
        record: &Key,
        collisions: &[Collision],
        now: Millis,
    ) -> Result<(), StoreError> {
        if self.bug == Bug::ConflictNotKept {
            return Ok(());
        }
        self.tx.keep_conflict(account, collection, record, collisions, now).await
    }

    async fn conflicts(&mut self, account: &str, limit: u32) -> Result<Vec<Conflict>, StoreError> {
        self.tx.conflicts(account, limit).await
    }

    async fn put_aside(&mut self, account: &str, id: u64) -> Result<bool, StoreError> {
        self.tx.put_aside(account, id).await
    }
}

#[async_trait]
impl Drafts for Planted<'_> {
    async fn drafts(&mut self) -> Result<Vec<DraftHead>, StoreError> {
        self.tx.drafts().await
    }

    async fn draft(&mut self, id: &Key) -> Result<Option<Draft>, StoreError> {
        self.tx.draft(id).await
    }

    async fn save_draft(&mut self, draft: &Draft) -> Result<(), StoreError> {
        self.tx.save_draft(draft).await
    }

    async fn delete_draft(&mut self, id: &Key) -> Result<(), StoreError> {
        self.tx.delete_draft(id).await
    }
}

#[async_trait]
impl AnswerThemes for Planted<'_> {
    async fn answer_themes(&mut self, survey: &Key) -> Result<Vec<(Hash, Key)>, StoreError> {
        self.tx.answer_themes(survey).await
    }

    async fn give_theme(
        &mut self,
        survey: &Key,
        answer: Hash,
        theme: &Key,
        account: &str,
        now: Millis,
    ) -> Result<(), StoreError> {
        self.tx.give_theme(survey, answer, theme, account, now).await
    }

    async fn take_theme(
        &mut self,
        survey: &Key,
        answer: Hash,
        theme: &Key,
    ) -> Result<(), StoreError> {
        self.tx.take_theme(survey, answer, theme).await
    }
}

#[async_trait]
impl Accounts for Planted<'_> {
    async fn add_account(
        &mut self,
        name: &str,
        password: &str,
        now: Millis,
    ) -> Result<bool, StoreError> {
        self.tx.add_account(name, password, now).await
    }

    async fn set_password(&mut self, name: &str, password: &str) -> Result<bool, StoreError> {
        self.tx.set_password(name, password).await
    }

    async fn password(&mut self, name: &str) -> Result<Option<String>, StoreError> {
        self.tx.password(name).await
    }

    async fn accounts(&mut self) -> Result<Vec<String>, StoreError> {
        self.tx.accounts().await
    }

    async fn insert_session(
        &mut self,
        token: Hash,
        account: &str,
        expires_at: Millis,
    ) -> Result<(), StoreError> {
        self.tx.insert_session(token, account, expires_at).await
    }

    async fn session(&mut self, token: Hash, now: Millis) -> Result<Option<String>, StoreError> {
        self.tx.session(token, now).await
    }

    async fn end_session(&mut self, token: Hash) -> Result<(), StoreError> {
        self.tx.end_session(token).await
    }

    async fn sweep_sessions(&mut self, now: Millis) -> Result<(), StoreError> {
        self.tx.sweep_sessions(now).await
    }

    async fn end_sessions(&mut self, of: Option<&str>) -> Result<(), StoreError> {
        self.tx.end_sessions(of).await
    }
}
