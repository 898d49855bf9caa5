//! What clients were told, kept outside the server, and the proof that it is so.

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
};

use anyhow::{Result, bail, ensure};
use model::{Hash, SubmissionId, submission::Sealed, wire::Ack};

use crate::database::{Database, Row};

/// The records that tablets made, and the acknowledgements they got for them.
#[derive(Debug, Default)]
pub struct Ledger(RefCell<Book>);

#[derive(Debug, Default)]
struct Book {
    made: BTreeMap<SubmissionId, Hash>,
    acked: BTreeMap<SubmissionId, Ack>,
    /// Acknowledged since the database was last read.
    unproved: Vec<Ack>,
    /// Read in the database, with their places.
    stored: BTreeMap<SubmissionId, (u64, Hash)>,
    /// The last place that was read.
    read_to: u64,
    /// What must never happen, and did.
    broken: Vec<String>,
}

/// The sums of a ledger.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sums {
    /// Records made by tablets.
    pub made: usize,
    /// Records acknowledged.
    pub acked: usize,
    /// Records in the database.
    pub stored: usize,
}

impl Ledger {
    /// Notes a record before a tablet sends it for the first time.
    pub fn made(&self, sealed: &Sealed) {
        self.0.borrow_mut().made.insert(sealed.id, sealed.hash);
    }

    /// Notes an acknowledgement that came whole.
    pub fn acked(&self, ack: &Ack) {
        let book = &mut *self.0.borrow_mut();
        if book.made.get(&ack.id) != Some(&ack.hash) {
            book.broken.push(format!("acknowledged, but never made: {ack:?}"));
        }
        match book.acked.get(&ack.id) {
            None => {
                book.acked.insert(ack.id, ack.clone());
                book.unproved.push(ack.clone());
            }
            Some(before) if before == ack => {}
            Some(before) => {
                book.broken.push(format!("acknowledged twice, unlike: {before:?} and {ack:?}"));
            }
        }
    }

    /// Notes that the server was put back to an earlier state. What was acknowledged until then
    /// may be gone from it, and is to be acknowledged again in the history that begins.
    pub fn restored(&self) {
        let book = &mut *self.0.borrow_mut();
        book.acked.clear();
        book.unproved.clear();
        book.stored.clear();
        book.read_to = 0;
    }

    /// Notes what must never happen.
    pub fn broken(&self, what: String) {
        self.0.borrow_mut().broken.push(what);
    }

    /// Reads what is new in the database, and checks that whatever was acknowledged is there
    /// under its place with its bytes, that nothing is there that nobody made, and nothing
    /// twice; and that nothing that was there before is gone.
    ///
    /// # Errors
    /// If one of these is not so.
    pub async fn prove(&self, database: &Database) -> Result<()> {
        // Taken before the database is read: what is acknowledged meanwhile is for next time.
        let (unproved, read_to) = {
            let book = &mut *self.0.borrow_mut();
            (std::mem::take(&mut book.unproved), book.read_to)
        };
        let rows = database.submissions_after(read_to).await?;
        self.compare(rows, unproved)?;
        let known = self.sums().stored;
        let (submissions, rivals) = database.census().await?;
        // Clients that are at work may have added to what was read.
        ensure!(submissions >= known as u64, "{known} were there, now {submissions}");
        ensure!(rivals == 0, "{rivals} records came under an id with other bytes");
        Ok(())
    }

    fn compare(&self, rows: Vec<Row>, unproved: Vec<Ack>) -> Result<()> {
        let book = &mut *self.0.borrow_mut();
        for row in rows {
            ensure!(Hash::of(&row.bytes) == row.hash, "other bytes than their hash: {row:?}");
            ensure!(book.made.get(&row.id) == Some(&row.hash), "nobody made this: {row:?}");
            let twice = book.stored.insert(row.id, (row.seq, row.hash));
            ensure!(twice.is_none(), "stored at {twice:?} and again: {row:?}");
            book.read_to = row.seq;
        }
        for ack in unproved {
            let stored = book.stored.get(&ack.id);
            ensure!(
                stored == Some(&(ack.seq, ack.hash)),
                "LOST: acknowledged as {ack:?}, stored as {stored:?}"
            );
        }
        if let Some(first) = book.broken.first() {
            bail!("{first} (and {} more)", book.broken.len() - 1);
        }
        Ok(())
    }

    /// Reads the whole database again and checks that all that was made is there, exactly once
    /// and acknowledged.
    ///
    /// # Errors
    /// If one of these is not so.
    pub async fn prove_all_arrived(&self, database: &Database) -> Result<Sums> {
        {
            let book = &mut *self.0.borrow_mut();
            book.stored.clear();
            book.read_to = 0;
            book.unproved = book.acked.values().cloned().collect();
        }
        self.prove(database).await?;
        database.is_sound().await?;
        let book = self.0.borrow();
        let made: BTreeSet<_> = book.made.keys().collect();
        let stored: BTreeSet<_> = book.stored.keys().collect();
        let acked: BTreeSet<_> = book.acked.keys().collect();
        ensure!(made == stored, "made, not stored: {:?}", made.difference(&stored));
        ensure!(made == acked, "made, not acknowledged: {:?}", made.difference(&acked));
        drop((made, stored, acked));
        drop(book);
        Ok(self.sums())
    }

    /// The sums so far.
    pub fn sums(&self) -> Sums {
        let book = self.0.borrow();
        Sums { made: book.made.len(), acked: book.acked.len(), stored: book.stored.len() }
    }
}
