//! What is watched of a snapshot on a tablet until it is switched in.

use std::{
    cell::{Cell, RefCell},
    collections::{BTreeMap, BTreeSet},
    hash::{DefaultHasher, Hash as _, Hasher as _},
    rc::{Rc, Weak},
};

use model::{Hash, snapshot::Manifest};
use sync::CatalogueState;

use crate::{fault::Fault, invariant::Invariant, tablet::Profile, world::World};

/// The segments that one task knows to be staged. It is alive for as long as the task is.
pub type Here = RefCell<BTreeSet<Hash>>;

/// What must be staged on a tablet, and what its pages show meanwhile.
#[derive(Debug, Clone, Default)]
pub struct Staging {
    /// What is staged, and by which task.
    segments: RefCell<BTreeMap<Hash, Weak<Here>>>,
    /// What is shown, in one number.
    shown: Cell<u64>,
}

impl Staging {
    /// The catalogue was written to: this is what it shows from now on.
    pub fn shows(&self, state: &CatalogueState) {
        self.shown.set(fingerprint(state));
    }

    /// Everything staged is gone for good reason.
    pub fn empty(&self) {
        self.segments.take();
    }

    /// The whole catalogue is gone.
    pub fn forget(&self) {
        self.empty();
        self.shown.set(0);
    }

    /// A task has asked which segments of `manifest` are staged.
    pub fn begins(&self, world: &World, profile: &Profile, manifest: &Manifest, task: &Rc<Here>) {
        let wanted: BTreeSet<Hash> = manifest.segments.iter().map(|part| part.hash).collect();
        let mut segments = self.segments.borrow_mut();
        segments.retain(|hash, _| wanted.contains(hash));
        if segments.values().any(|task| task.strong_count() == 0) {
            world.count(Fault::Resumed);
        }
        *task.borrow_mut() = segments.keys().copied().collect();
        profile.catalogue.inspect(|state| {
            if let Some(hash) = state.staged.keys().find(|hash| !wanted.contains(hash)) {
                let detail = format_args!("tablet {} keeps segment {hash}", profile.number);
                world.violate(Invariant::StagedForOne, detail);
            }
        });
        self.check_shown(world, profile);
    }

    /// A task asks the server for a segment.
    pub fn asks_for(&self, world: &World, number: usize, hash: Hash, task: &BTreeSet<Hash>) {
        if task.contains(&hash) {
            let detail = format_args!("tablet {number} had segment {hash} already");
            world.violate(Invariant::FetchedOnce, detail);
        }
    }

    /// A task has staged a segment.
    pub fn staged(&self, world: &World, profile: &Profile, hash: Hash, task: &Rc<Here>) {
        let before = self.segments.borrow_mut().insert(hash, Rc::downgrade(task));
        if before.and_then(|other| other.upgrade()).is_some_and(|other| !Rc::ptr_eq(&other, task)) {
            world.count(Fault::TwiceStaged);
        }
        task.borrow_mut().insert(hash);
        self.check_shown(world, profile);
    }

    fn check_shown(&self, world: &World, profile: &Profile) {
        if profile.catalogue.inspect(fingerprint) != self.shown.get() {
            let detail = format_args!("tablet {} shows something else", profile.number);
            world.violate(Invariant::StagedUnseen, detail);
        }
    }
}

/// The cursor and the states of all records in one number; 0 for nothing.
fn fingerprint(state: &CatalogueState) -> u64 {
    if state.cursor.is_none() && state.records.is_empty() {
        return 0;
    }
    let mut hasher = DefaultHasher::new();
    state.cursor.hash(&mut hasher);
    for (name, record) in &state.records {
        (name, record.seq, record.rev, record.deleted).hash(&mut hasher);
    }
    hasher.finish()
}
