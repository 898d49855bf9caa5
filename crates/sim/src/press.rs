//! What one server process offers to tablets that start: the real shelf of snapshots, kept up to
//! date by its turns as the product's own loop does.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use model::{Hash, json, snapshot::Size};
use server::{
    Store,
    published::{Offer, Shelf},
};

use crate::{bug::Bug, turn::pass, world::World};

/// The snapshots of one process, not compressed.
pub type Copies = RefCell<Shelf<Rc<[u8]>>>;

/// One server process that makes snapshots.
#[derive(Debug)]
pub struct Press {
    world: Rc<World>,
    /// What it offers.
    pub copies: Rc<Copies>,
    /// It is at work.
    busy: Rc<Cell<bool>>,
    /// When it looks next.
    due: i64,
    /// Milliseconds from one look to the next.
    every: i64,
    size: Size,
}

impl Press {
    /// One that looks for news every `every` milliseconds, and ends segments at `most` bytes.
    pub fn new(world: &Rc<World>, every: i64, most: usize) -> Self {
        Self {
            world: Rc::clone(world),
            copies: Rc::default(),
            busy: Rc::default(),
            due: 0,
            every,
            // Names alone decide where segments may end earlier, and of a few names none may be one.
            size: Size { least: most / 2, most },
        }
    }

    /// What is to be done now, if something is.
    pub fn turn(&mut self, store: &Store) -> Option<impl Future<Output = ()> + 'static> {
        let now = self.world.time.get();
        if self.busy.get() || now < self.due {
            return None;
        }
        self.due = now + self.every;
        self.busy.set(true);
        let (world, store, size) = (Rc::clone(&self.world), store.clone(), self.size);
        let (copies, busy) = (Rc::clone(&self.copies), Rc::clone(&self.busy));
        Some(async move {
            if let Some(offer) = print(&world, &store, &copies, size).await {
                let Offer { head, segments, .. } = &offer;
                let count = segments.len();
                world.note(format_args!("a snapshot in {count} segments to {}", head.cursor));
                copies.borrow_mut().put(offer);
            }
            busy.set(false);
        })
    }

    /// What it was doing will never be done.
    pub fn interrupt(&mut self) {
        self.busy.set(false);
        self.due = self.world.time.get();
    }

    /// It is started anew, and remembers nothing.
    pub fn restart(&mut self) {
        self.interrupt();
        self.copies.take();
    }
}

/// A new snapshot, if the catalogue has moved.
async fn print(
    world: &World,
    store: &Store,
    copies: &Copies,
    size: Size,
) -> Option<Offer<Rc<[u8]>>> {
    let head = store.head().await.ok()?;
    if copies.borrow().newest().is_some_and(|offer| offer.head == head) {
        return None;
    }
    pass().await;
    let mut snapshot = store.snapshot_cut(size).await.ok()?;
    if world.has(Bug::SnapshotOfTwoInstants) {
        pass().await;
        snapshot.manifest.cursor = store.head().await.ok()?.cursor;
    }
    // Here the real one compresses.
    pass().await;
    let text = json::text(&snapshot.manifest.to_json()).ok()?;
    let names = snapshot.manifest.segments.iter().map(|part| part.hash);
    let segments = names.zip(snapshot.segments.into_iter().map(Rc::from)).collect();
    if world.has(Bug::SegmentNotVerified) {
        remember(world, &segments);
    }
    Some(Offer { head: snapshot.head, manifest: text.into_bytes().into(), segments })
}

fn remember(world: &World, segments: &std::collections::HashMap<Hash, Rc<[u8]>>) {
    for (hash, bytes) in segments {
        let text: Rc<str> = String::from_utf8_lossy(bytes).into();
        world.offered.borrow_mut().insert(*hash, text);
    }
}
