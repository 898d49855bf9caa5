//! A database in memory: for tests, and for the simulation, which owns its disk.
//!
//! It needs no runtime: every future is ready when it is first asked. What a transaction
//! wrote is there after [`MemoryTx::commit`] and at no time before; a transaction that is
//! dropped leaves nothing, as a crash would.

mod accounts;
mod answer_themes;
mod catalogue;
mod drafts;
mod edits;
mod history;
mod submissions;

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};

use async_trait::async_trait;
use model::{
    Collection, Hash, Key, SubmissionId,
    merge::Stored,
    time::Millis,
    wire::{Conflict, Draft},
};
use uuid::Uuid;

use super::{
    Arrival, Database, Job, Scope, Store, StoreError,
    tx::{DoneEdit, Reach},
};

/// A database; clones are the same one.
#[derive(Debug, Clone)]
pub struct Memory {
    committed: Arc<Mutex<Arc<Tables>>>,
}

/// Everything that was committed at one instant. Costs next to nothing: tables are shared
/// until they are written to.
#[derive(Debug, Clone)]
pub struct Snapshot(Arc<Tables>);

/// An open transaction. It sees what was committed when it began, and what it wrote itself. A
/// clone is a savepoint: the one of the two that is not committed never was.
#[derive(Debug, Clone)]
pub struct MemoryTx {
    database: Memory,
    began_on: Arc<Tables>,
    tables: Tables,
}

/// By itself behind an `Arc`: a transaction copies the tables that it writes to.
type Table<K, V> = Arc<BTreeMap<K, V>>;

#[derive(Debug, Clone)]
struct Tables {
    epoch: String,
    ready: String,
    public: Reach,
    capture: Reach,
    submissions: Table<u64, Arc<Kept>>,
    places: Table<SubmissionId, u64>,
    rivals: Table<(SubmissionId, Hash), Arc<[u8]>>,
    answer_themes: Arc<BTreeSet<(Key, Hash, Key)>>,
    records: Table<(Collection, Key), Arc<Row>>,
    edits: Table<Uuid, (Hash, Option<DoneEdit>)>,
    conflicts: Table<u64, (String, Conflict)>,
    next_conflict: u64,
    drafts: Table<Key, Arc<Draft>>,
    accounts: Table<String, String>,
    sessions: Table<Hash, (String, Millis)>,
}

#[derive(Debug)]
struct Kept {
    arrival: Arrival,
    received_at: Millis,
}

#[derive(Debug, Clone)]
struct Row {
    seq: u64,
    stored: Stored,
    deleted_at: Option<Millis>,
}

impl Memory {
    /// An empty database whose history is called `epoch`.
    pub fn new(epoch: impl Into<String>) -> Self {
        let start = Reach { head: 0, floor: 0 };
        let tables = Tables {
            epoch: epoch.into(),
            ready: String::new(),
            public: start,
            capture: start,
            submissions: Arc::default(),
            places: Arc::default(),
            rivals: Arc::default(),
            answer_themes: Arc::default(),
            records: Arc::default(),
            edits: Arc::default(),
            conflicts: Arc::default(),
            next_conflict: 1,
            drafts: Arc::default(),
            accounts: Arc::default(),
            sessions: Arc::default(),
        };
        Self { committed: Arc::new(Mutex::new(Arc::new(tables))) }
    }

    /// Begins a transaction.
    pub fn begin(&self) -> MemoryTx {
        let began_on = self.snapshot().0;
        MemoryTx { database: self.clone(), tables: Tables::clone(&began_on), began_on }
    }

    /// What is committed now: a backup, or what a disk holds at a crash.
    pub fn snapshot(&self) -> Snapshot {
        Snapshot(Arc::clone(&self.committed.lock().unwrap_or_else(PoisonError::into_inner)))
    }

    /// Makes everything as it was.
    pub fn revert(&self, to: &Snapshot) {
        *self.committed.lock().unwrap_or_else(PoisonError::into_inner) = Arc::clone(&to.0);
    }

    /// Puts a backup in place as `together restore` does: without a name of its history and
    /// without sessions. [`Store::settle_epoch`] is to follow, as at the start of a server.
    pub fn restore(&self, backup: &Snapshot) {
        let mut tables = Tables::clone(&backup.0);
        tables.epoch = String::new();
        tables.sessions = Arc::default();
        self.revert(&Snapshot(Arc::new(tables)));
    }
}

impl MemoryTx {
    /// Makes what was written last.
    ///
    /// # Errors
    /// [`StoreError::Contended`] if another transaction was committed since this one began;
    /// begin again.
    pub fn commit(self) -> Result<(), StoreError> {
        let Self { database, began_on, tables } = self;
        let mut committed = database.committed.lock().unwrap_or_else(PoisonError::into_inner);
        if !Arc::ptr_eq(&committed, &began_on) {
            return Err(StoreError::Contended("another transaction was committed".to_owned()));
        }
        *committed = Arc::new(tables);
        Ok(())
    }
}

#[async_trait]
impl Database for Memory {
    async fn write(&self, _: Scope, job: Arc<dyn Job>) -> Result<(), StoreError> {
        loop {
            let mut tx = self.begin();
            job.run(&mut tx).await?;
            match tx.commit() {
                Err(StoreError::Contended(_)) => {}
                outcome => return outcome,
            }
        }
    }

    async fn read(&self, job: Arc<dyn Job>) -> Result<(), StoreError> {
        job.run(&mut self.begin()).await
    }

    async fn backup(&self, _: &Path) -> Result<(), StoreError> {
        Err(StoreError::ElsewhereDone("a database in memory is kept by a snapshot".to_owned()))
    }

    async fn close(&self) {}
}

impl Store {
    /// The operations on a new database in memory.
    pub fn memory() -> Self {
        Self::on(Arc::new(Memory::new("memory")))
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;
    use serde_json::value::RawValue;

    use super::*;
    use crate::{
        intake::Intake,
        store::{Tx, history, tx::Accounts, tx::History},
    };

    const NOW: Millis = Millis(0);

    /// What is ready without waiting.
    fn at_once<T>(future: impl Future<Output = T>) -> T {
        future.now_or_never().expect("nothing to wait for")
    }

    fn accounts(memory: &Memory) -> Vec<String> {
        at_once(memory.begin().accounts()).unwrap()
    }

    #[test]
    fn what_is_not_committed_never_was() {
        let memory = Memory::new("one");
        let mut tx = memory.begin();
        at_once(tx.add_account("ana", "", NOW)).unwrap();
        assert_eq!(at_once(tx.accounts()).unwrap(), ["ana"], "it sees what it wrote");
        assert!(accounts(&memory).is_empty());
        drop(tx);
        assert!(accounts(&memory).is_empty());

        let (mut first, mut second) = (memory.begin(), memory.begin());
        at_once(first.add_account("ben", "", NOW)).unwrap();
        at_once(second.add_account("cem", "", NOW)).unwrap();
        first.commit().unwrap();
        assert!(matches!(second.commit(), Err(StoreError::Contended(_))));
        assert_eq!(accounts(&memory), ["ben"]);
    }

    #[test]
    fn a_backup_comes_back_without_history_and_sessions() {
        let memory = Memory::new("one");
        let store = Store::on(Arc::new(memory.clone()));
        let token = Hash::of(b"token");
        let add = |name: &str| {
            at_once(store.add_account(name.to_owned(), String::new(), NOW)).unwrap();
        };
        add("ana");
        at_once(store.start_session(token, "ana".to_owned(), NOW, Millis(9))).unwrap();
        let backup = memory.snapshot();
        add("ben");
        memory.restore(&backup);
        assert_eq!(accounts(&memory), ["ana"]);
        assert_eq!(at_once(store.session(token, NOW)).unwrap(), None);
        assert_eq!(at_once(store.settle_epoch("two".to_owned())).unwrap(), "two");
        memory.revert(&backup);
        assert_eq!(at_once(store.epoch()).unwrap(), "one");
        assert!(at_once(store.session(token, NOW)).unwrap().is_some());
    }

    #[test]
    fn the_way_in_for_submissions_needs_no_runtime() {
        let intake = Intake::new(Store::memory());
        let record = RawValue::from_string("{\"id\": 7}".to_owned()).unwrap();
        let answer = at_once(intake.take(&[&record], NOW)).unwrap();
        assert_eq!((answer.verdicts.len(), answer.epoch.as_str()), (1, "memory"));
    }

    #[test]
    fn the_decisions_take_any_transaction() {
        let memory = Memory::new("");
        let mut tx = memory.begin();
        let any: &mut dyn Tx = &mut tx;
        at_once(history::settle(any, "one")).unwrap();
        at_once(tx.epoch()).unwrap();
        tx.commit().unwrap();
        assert_eq!(at_once(memory.begin().epoch()).unwrap(), "one");
    }
}
