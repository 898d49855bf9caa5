//! The server's disk: the real database in memory, with turns between its transactions, where
//! the server may crash. Bugs of a database are planted here and in [`crate::plant`].

use std::{
    path::Path,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use async_trait::async_trait;
use server::store::{Database, Job, Scope, StoreError, memory::Memory};

use crate::{bug::Bug, plant::Planted, turn::pass};

/// A database that gives the word back to the scheduler around its commits.
pub struct Disk {
    /// What is committed.
    pub memory: Memory,
    bug: Option<Bug>,
    commits: AtomicU64,
    /// For a planted bug: the last place drawn from a sequence outside of any transaction.
    sequence: AtomicU64,
    /// For a planted bug: what was acknowledged and is not committed yet.
    unwritten: Mutex<Vec<Arc<dyn Job>>>,
}

impl std::fmt::Debug for Disk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Disk").field("commits", &self.commits).finish_non_exhaustive()
    }
}

impl Disk {
    /// An empty disk.
    pub fn new(memory: Memory, bug: Option<Bug>) -> Self {
        Self {
            memory,
            bug,
            commits: AtomicU64::new(0),
            sequence: AtomicU64::new(0),
            unwritten: Mutex::default(),
        }
    }

    /// How often something was committed.
    pub fn commits(&self) -> u64 {
        self.commits.load(Ordering::Relaxed)
    }

    /// The power fails: what was not committed never was.
    pub fn crash(&self) {
        self.unwritten.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    async fn flush(&self) -> Result<(), StoreError> {
        let jobs =
            std::mem::take(&mut *self.unwritten.lock().unwrap_or_else(PoisonError::into_inner));
        for job in jobs {
            let mut tx = self.memory.begin();
            job.run(&mut tx).await?;
            tx.commit()?;
            self.commits.fetch_add(1, Ordering::Relaxed);
        }
        Ok(())
    }
}

#[async_trait]
impl Database for Disk {
    async fn write(&self, scope: Scope, job: Arc<dyn Job>) -> Result<(), StoreError> {
        if self.bug == Some(Bug::AckBeforeCommit) {
            self.flush().await?;
            if scope == Scope::Capture {
                let mut tx = self.memory.begin();
                job.run(&mut tx).await?;
                self.unwritten.lock().unwrap_or_else(PoisonError::into_inner).push(job);
                return Ok(());
            }
        }
        let looked_at = if self.bug == Some(Bug::CheckThenInsert) {
            let looked_at = self.memory.begin();
            pass().await;
            Some(looked_at)
        } else {
            None
        };
        let mut drawn = Vec::new();
        loop {
            let mut tx = self.memory.begin();
            match self.bug {
                None => job.run(&mut tx).await?,
                Some(bug) => {
                    let mut planted = Planted::new(&mut tx, bug);
                    planted.older = looked_at.clone();
                    planted.sequence = Some(&self.sequence);
                    planted.drawn.clone_from(&drawn);
                    job.run(&mut planted).await?;
                    drawn = planted.drawn;
                }
            }
            // Written, not committed: a crash here leaves nothing.
            pass().await;
            match tx.commit() {
                Err(StoreError::Contended(_)) => {}
                outcome => {
                    outcome?;
                    break;
                }
            }
        }
        self.commits.fetch_add(1, Ordering::Relaxed);
        // Committed, not answered: a crash here loses the answer only.
        pass().await;
        Ok(())
    }

    async fn read(&self, job: Arc<dyn Job>) -> Result<(), StoreError> {
        if self.bug == Some(Bug::AckBeforeCommit) {
            self.flush().await?;
        }
        match self.bug {
            None => job.run(&mut self.memory.begin()).await,
            Some(bug) => {
                let older = self.memory.begin();
                if bug == Bug::PageFromTwoSnapshots {
                    pass().await;
                }
                let mut tx = self.memory.begin();
                let mut planted = Planted::new(&mut tx, bug);
                planted.older = Some(older);
                job.run(&mut planted).await
            }
        }
    }

    async fn backup(&self, _: &Path) -> Result<(), StoreError> {
        Err(StoreError::ElsewhereDone("a simulated disk is kept by a snapshot".to_owned()))
    }

    async fn close(&self) {}
}
