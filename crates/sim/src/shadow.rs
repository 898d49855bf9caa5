//! What the server's database must hold, kept by the witness and compared after each commit.

use std::collections::{BTreeMap, BTreeSet};

use model::{
    Collection, Hash, Key, Record, SubmissionId,
    wire::{Conflict, Edit},
};
use serde_json::{Map, Value};
use server::store::{
    Filter, Scope, Slice,
    memory::{Memory, MemoryTx},
    tx::{Catalogue, Edits, History, Submissions},
};

use crate::{fault::Fault, invariant::Invariant, turn::at_once, world::World};

/// More than any run has.
const ALL: u32 = 1_000_000;

/// A record as it must be.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Its revision.
    pub rev: u64,
    /// Its place.
    pub seq: u64,
    /// It is a tombstone.
    pub deleted: bool,
    /// Its content.
    pub fields: Map<String, Value>,
}

impl Row {
    /// Whether `record` is this.
    pub fn is(&self, record: &Record) -> bool {
        self.rev == record.rev
            && self.seq == record.seq
            && self.deleted == record.deleted
            && self.fields == record.fields
    }
}

/// A record's name.
pub type Name = (String, String);

/// What the database must hold.
#[derive(Debug, Clone, Default)]
pub struct Shadow {
    /// The number of the history.
    pub epoch: u32,
    rows: BTreeMap<u64, (SubmissionId, Hash)>,
    ids: BTreeSet<SubmissionId>,
    rivals: BTreeSet<(SubmissionId, Hash)>,
    records: BTreeMap<Name, Row>,
    /// The place at which each record was created; one that was forgotten may be created anew.
    born: BTreeMap<Name, u64>,
    conflicts: BTreeMap<String, usize>,
    head: u64,
    /// Deletions up to this place may be forgotten.
    pub floor: u64,
}

impl Shadow {
    /// Whether these bytes are kept, as a submission or as the rival of one.
    pub fn holds(&self, id: SubmissionId, hash: Hash) -> bool {
        self.rivals.contains(&(id, hash)) || self.rows.values().any(|row| *row == (id, hash))
    }

    /// How many submissions there are.
    pub fn count(&self) -> usize {
        self.rows.len()
    }

    /// Every record by name.
    pub fn records(&self) -> &BTreeMap<Name, Row> {
        &self.records
    }

    /// The live records in order.
    pub fn live(&self) -> impl Iterator<Item = &Row> {
        self.records.values().filter(|row| !row.deleted)
    }

    /// Starts a new history with what the database holds now.
    pub fn restored(&mut self, world: &World, epoch: u32) {
        self.epoch = epoch;
        let mut ledger = world.ledger.borrow_mut();
        for (id, hash) in self.rows.values() {
            ledger.place(*id, *hash, epoch);
        }
    }

    /// The server has said that `(id, hash)` is kept as a rival.
    pub fn rival(&mut self, id: SubmissionId, hash: Hash) {
        self.rivals.insert((id, hash));
    }

    /// Whether the server has said that `(id, hash)` is kept as a rival.
    pub fn is_rival(&self, id: SubmissionId, hash: Hash) -> bool {
        self.rivals.contains(&(id, hash))
    }

    /// The last place of the catalogue.
    pub fn head(&self) -> u64 {
        self.head
    }

    /// Compares the submissions with those before, after a commit.
    pub fn see_submissions(&mut self, world: &World, memory: &Memory) {
        let mut tx = memory.begin();
        let last = self.rows.last_key_value().map_or(0, |(seq, _)| *seq);
        let mut count = 0;
        let mut news = Vec::new();
        for kind in ["feedback", "response"] {
            let filter = Filter { kind, ..Filter::default() };
            let after = tx.submissions(&filter, Slice::After(last), ALL);
            news.extend(at_once(after).and_then(Result::ok).unwrap_or_default());
        }
        news.sort_by_key(|row| row.seq);
        for row in news {
            let hash = Hash::of(&row.bytes);
            let ledger = &mut *world.ledger.borrow_mut();
            if ledger.made(row.id, hash).is_none_or(|made| made.bytes != row.bytes) {
                let what = row.id.reference();
                world.violate(
                    Invariant::ByteForByte,
                    format_args!("the server stored {what} as nobody wrote it"),
                );
            }
            if !self.ids.insert(row.id) {
                let what = row.id.reference();
                world.violate(Invariant::ExactlyOnce, format_args!("{what} has two rows"));
            }
            ledger.place(row.id, hash, self.epoch);
            world.note(format_args!("  stored {} at {}", row.id.reference(), row.seq));
            self.rows.insert(row.seq, (row.id, hash));
        }
        for kind in ["feedback", "response"] {
            let filter = Filter { kind, ..Filter::default() };
            let counted = tx.count_submissions(&filter);
            count += at_once(counted).and_then(Result::ok).unwrap_or_default();
        }
        let expected = self.rows.len() as u64;
        if count < expected {
            world.violate(
                Invariant::NeverGone,
                format_args!("{} of {expected} rows are gone", expected - count),
            );
        } else if count > expected {
            world.violate(
                Invariant::OrderOfCommits,
                format_args!("a row was committed at a place before {last}, which was taken"),
            );
        }
        let census = at_once(tx.census()).and_then(Result::ok).unwrap_or_default();
        if census.rivals < self.rivals.len() as u64 {
            world.violate(Invariant::NeverGone, format_args!("a rival is gone"));
        }
    }

    /// Compares the catalogue with the one before, after a commit; `cause` is the edit that
    /// was committed, if it was one.
    pub fn see_catalogue(&mut self, world: &World, memory: &Memory, cause: Option<(&str, &Edit)>) {
        let mut tx = memory.begin();
        let reach = at_once(tx.reach(Scope::Public)).and_then(Result::ok);
        self.floor = reach.map_or(0, |reach| reach.floor);
        let before = self.records.clone();
        let now = records_of(&mut tx);
        for record in &now {
            let name = (record.collection.clone(), record.id.to_string());
            if before.get(&name).is_some_and(|row| row.is(record)) {
                continue;
            }
            self.see_record(world, name, record);
        }
        if now.len() != self.records.len() {
            let there: BTreeSet<Name> =
                now.iter().map(|it| (it.collection.clone(), it.id.to_string())).collect();
            self.records.retain(|name, row| {
                let gone = !there.contains(name);
                if gone && !row.deleted {
                    world.violate(
                        Invariant::NeverGone,
                        format_args!("the record {} is gone without a tombstone", name.1),
                    );
                }
                if gone {
                    world.count(Fault::Expired);
                }
                !gone
            });
        }
        if let Some((account, edit)) = cause {
            self.see_edit(world, &mut tx, &before, account, edit);
        }
    }

    fn see_record(&mut self, world: &World, name: Name, record: &Record) {
        world.note(format_args!(
            "  record {} rev {} seq {}{}",
            name.1,
            record.rev,
            record.seq,
            if record.deleted { " deleted" } else { "" }
        ));
        if record.seq <= self.head {
            world.violate(
                Invariant::OrderOfCommits,
                format_args!("{} came at {}, after {}", name.1, record.seq, self.head),
            );
        }
        self.head = self.head.max(record.seq);
        let old = self.records.get(&name);
        if old.is_some_and(|old| old.deleted) {
            world.violate(Invariant::StaysDeleted, format_args!("{} came back", name.1));
        }
        if old.is_none() {
            self.born.insert(name.clone(), record.seq);
        }
        let row = Row {
            rev: record.rev,
            seq: record.seq,
            deleted: record.deleted,
            fields: record.fields.clone(),
        };
        self.records.insert(name, row);
    }

    fn see_edit(
        &mut self,
        world: &World,
        tx: &mut MemoryTx,
        before: &BTreeMap<Name, Row>,
        account: &str,
        edit: &Edit,
    ) {
        let name = (edit.collection.clone(), edit.id.to_string());
        let (was, is) = (before.get(&name), self.records.get(&name));
        let kept = at_once(tx.conflicts(account, ALL)).and_then(Result::ok).unwrap_or_default();
        let known = self.conflicts.entry(account.to_owned()).or_default();
        // Newest first, so what is new stands in front.
        let new = kept.len().saturating_sub(*known);
        *known = kept.len();
        let lost = |field: &str, yours: &Value| is_kept(&kept[..new], edit, field, yours);

        let unchanged = is == was;
        let was_live = was.filter(|row| !row.deleted);
        if edit.delete {
            match (was_live, unchanged) {
                (Some(_), true) if new > 0 => world.count(Fault::DeleteAfterEdit),
                (None, true) if was.is_some() => world.count(Fault::EditAfterDelete),
                _ => {}
            }
        }
        for (field, yours) in &edit.fields {
            let held = is.is_some_and(|row| row.fields.get(field).unwrap_or(&Value::Null) == yours);
            if held && !is.is_some_and(|row| row.deleted) {
                continue;
            }
            if lost(field, yours) {
                let fault =
                    if was_live.is_some() { Fault::SameField } else { Fault::EditAfterDelete };
                world.count(fault);
            } else if !(unchanged && new == 0 && is_invalid(edit)) {
                let detail = format_args!("{} {field}={yours} of {account}", name.1);
                world.violate(Invariant::ValueRecorded, detail);
            }
        }
        let (Some(was), Some(is)) = (was_live, is) else { return };
        let ledger = world.ledger.borrow();
        let Some(seen) = ledger.seen(edit.edit) else { return };
        // An edit carries neither the history nor the birth of the copy it was made on, so the
        // server cannot tell an old copy's revision from one of its own. This is known.
        let born = self.born.get(&name).copied().unwrap_or_default();
        if seen.epoch != self.epoch || seen.seq < born {
            return;
        }
        for (field, value) in &was.fields {
            if is.fields.get(field) != Some(value) && seen.fields.get(field) != Some(value) {
                world.violate(
                    Invariant::SeenBeforeReplaced,
                    format_args!("{} {field}={value} was replaced by {account}", name.1),
                );
            }
        }
    }

    /// An edit that was carried out before has come again: nothing may have changed.
    pub fn see_repeated(&mut self, world: &World, memory: &Memory, account: &str, edit: &Edit) {
        let mut tx = memory.begin();
        let kept = at_once(tx.conflicts(account, ALL)).and_then(Result::ok).unwrap_or_default();
        let known = self.conflicts.get(account).copied().unwrap_or_default();
        let now = records_of(&mut tx);
        let row = now.iter().find(|it| it.id == edit.id && it.collection == edit.collection);
        let shadow = self.records.get(&(edit.collection.clone(), edit.id.to_string()));
        let same = match (row, shadow) {
            (Some(record), Some(row)) => row.is(record),
            (None, None) => true,
            _ => false,
        };
        if !same || kept.len() != known {
            let detail = format_args!("the edit of {} by {account} was done twice", edit.id);
            world.violate(Invariant::EditOnce, detail);
        }
    }
}

/// Only an edit that takes a record's name away is refused as invalid.
fn is_invalid(edit: &Edit) -> bool {
    edit.fields.get("name").is_some_and(Value::is_null)
}

fn is_kept(conflicts: &[Conflict], edit: &Edit, field: &str, yours: &Value) -> bool {
    conflicts
        .iter()
        .filter(|conflict| conflict.record == edit.id)
        .flat_map(|conflict| &conflict.collisions)
        .any(|collision| collision.field == field && collision.yours == *yours)
}

fn records_of(tx: &mut MemoryTx) -> Vec<Record> {
    let all = tx.changes_after(0, true, u64::from(ALL));
    at_once(all).and_then(Result::ok).unwrap_or_default()
}

/// The theme that staff edit under that number.
pub fn theme(number: u8) -> Option<Key> {
    Key::parse(&format!("theme-{number}"))
}

/// The collection that staff edit.
pub const EDITED: Collection = Collection::Theme;
