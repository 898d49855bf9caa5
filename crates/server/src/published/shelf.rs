//! The snapshots that are offered: the newest and the one before.

use std::{collections::HashMap, io, sync::Arc};

use model::{Hash, json};

use super::Form;
use crate::store::{Head, snapshot::Snapshot};

/// Segments by their hashes.
type Segments<T> = HashMap<Hash, T>;

/// A snapshot whose texts are in the form `T`.
#[derive(Debug)]
pub struct Offer<T> {
    /// Where it stands in the order of changes.
    pub head: Head,
    /// The manifest as it travels.
    pub manifest: T,
    /// Its segments by their hashes.
    pub segments: HashMap<Hash, T>,
}

impl Offer<Arc<Form>> {
    /// Compresses what is not `known` already: after an edit that is a segment or two.
    pub(super) fn new(snapshot: Snapshot, known: &Segments<Arc<Form>>) -> io::Result<Self> {
        let manifest = json::text(&snapshot.manifest.to_json())?;
        let form = Form::new(Hash::of(manifest.as_bytes()).to_string(), manifest.as_bytes())?;
        form.squeeze()?;
        let mut segments = Segments::new();
        for (part, bytes) in snapshot.manifest.segments.iter().zip(snapshot.segments) {
            let form = match known.get(&part.hash) {
                Some(form) => Arc::clone(form),
                None => Arc::new(Form::new(part.hash.to_string(), &bytes)?),
            };
            segments.insert(part.hash, form);
        }
        Ok(Self { head: snapshot.head, manifest: Arc::new(form), segments })
    }
}

/// The two newest snapshots. What they share is in memory once if clones of a `T` are.
#[derive(Debug)]
pub struct Shelf<T> {
    newest: Option<Offer<T>>,
    before: Segments<T>,
}

impl<T> Default for Shelf<T> {
    fn default() -> Self {
        Self { newest: None, before: Segments::new() }
    }
}

impl<T: Clone> Shelf<T> {
    /// The newest snapshot; `None` until the first is offered.
    pub fn newest(&self) -> Option<&Offer<T>> {
        self.newest.as_ref()
    }

    /// The segment of that hash in either of the two.
    pub fn segment(&self, hash: Hash) -> Option<T> {
        let newest = self.newest.as_ref().and_then(|offer| offer.segments.get(&hash));
        newest.or_else(|| self.before.get(&hash)).cloned()
    }

    /// Every segment of both.
    pub(super) fn segments(&self) -> Segments<T> {
        let newest = self.newest.iter().flat_map(|offer| &offer.segments);
        newest.chain(&self.before).map(|(hash, form)| (*hash, form.clone())).collect()
    }

    /// Offers another one; the one before the last is forgotten.
    pub fn put(&mut self, offer: Offer<T>) {
        let last = self.newest.replace(offer);
        self.before = last.map(|offer| offer.segments).unwrap_or_default();
    }
}
