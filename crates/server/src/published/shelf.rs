//! The snapshots that are offered: the newest and the one before.

use std::{collections::HashMap, io, sync::Arc};

use model::{Hash, json};

use super::Form;
use crate::store::{Head, snapshot::Snapshot};

type Segments = HashMap<Hash, Arc<Form>>;

/// A snapshot, compressed.
#[derive(Debug)]
pub(super) struct Offer {
    /// Where it stands in the order of changes.
    pub(super) head: Head,
    /// The manifest as it travels.
    pub(super) manifest: Arc<Form>,
    /// Its segments by their hashes.
    pub(super) segments: Segments,
}

impl Offer {
    /// Compresses what is not `known` already: after an edit that is a segment or two.
    pub(super) fn new(snapshot: Snapshot, known: &Segments) -> io::Result<Self> {
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

/// The two newest snapshots. What they share is in memory once.
#[derive(Debug, Default)]
pub(super) struct Shelf {
    newest: Option<Offer>,
    before: Segments,
}

impl Shelf {
    pub(super) fn newest(&self) -> Option<&Offer> {
        self.newest.as_ref()
    }

    pub(super) fn segment(&self, hash: Hash) -> Option<Arc<Form>> {
        let newest = self.newest.as_ref().and_then(|offer| offer.segments.get(&hash));
        newest.or_else(|| self.before.get(&hash)).cloned()
    }

    /// Every segment of both.
    pub(super) fn segments(&self) -> Segments {
        let newest = self.newest.iter().flat_map(|offer| &offer.segments);
        newest.chain(&self.before).map(|(hash, form)| (*hash, Arc::clone(form))).collect()
    }

    /// Offers another one; the one before the last is forgotten.
    pub(super) fn put(&mut self, offer: Offer) {
        let last = self.newest.replace(offer);
        self.before = last.map(|offer| offer.segments).unwrap_or_default();
    }
}
