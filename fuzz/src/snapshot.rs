//! The snapshot as a tablet gets it: the manifest and its segments.

use std::{cell::RefCell, collections::BTreeMap};

use model::{
    Hash, Record, segment,
    snapshot::{Cutter, Manifest, Part},
    time::Millis,
    wire::{Changes, Probe, Push, PushAnswer},
};
use serde_json::Value;
use sync::{Catalogue, MemoryCatalogue, MemoryOutbox, Remote, SyncError};

use crate::server::wait;

/// The first line is the manifest, the others are segments.
pub fn run(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let mut lines = text.split('\n');
    let manifest = lines.next().and_then(manifest);
    let segments: Vec<&str> = lines.collect();
    segments.iter().for_each(|text| columns(text));
    start(manifest.as_ref(), &segments, true);
    start(manifest.as_ref(), &segments, false);
}

fn manifest(text: &str) -> Option<Manifest> {
    let value: Value = serde_json::from_str(text).ok()?;
    let manifest = Manifest::from_json(&value).ok()?;
    manifest.bytes();
    assert_eq!(Manifest::from_json(&manifest.to_json()), Ok(manifest.clone()));
    Some(manifest)
}

/// What decodes is encoded to the same records, and cut without loss.
fn columns(text: &str) {
    let Ok(records) = segment::decode(text) else { return };
    let encoded = segment::encode(records.clone());
    let again = segment::decode(str::from_utf8(&encoded).unwrap()).unwrap();
    assert_eq!(again, records);
    assert_eq!(segment::encode(again), encoded);
    let mut cutter = Cutter::default();
    let mut cut: Vec<Record> =
        records.iter().cloned().filter_map(|record| cutter.push(record)).flatten().collect();
    cut.extend(cutter.rest().into_iter().flatten());
    assert_eq!(cut, records);
}

/// A tablet starts from it: it has the whole of it or nothing. If not `honest`, the manifest says
/// what it likes about the segments.
fn start(manifest: Option<&Manifest>, segments: &[&str], honest: bool) {
    let mut manifest = manifest.cloned().unwrap_or_else(|| Manifest {
        epoch: "epoch".to_owned(),
        cursor: "cursor".to_owned(),
        records: 0,
        segments: Vec::new(),
    });
    let mut named = BTreeMap::new();
    let told = std::mem::take(&mut manifest.segments);
    for (at, text) in segments.iter().enumerate() {
        let hash = Hash::of(text.as_bytes());
        let records = segment::decode(text).map_or(0, |records| records.len() as u64);
        let bytes = text.len() as u64;
        let part = match told.get(at) {
            Some(part) if !honest => Part { hash, ..*part },
            _ => Part { hash, bytes, records },
        };
        named.insert(hash, (*text).to_owned());
        manifest.segments.push(part);
    }
    let (outbox, catalogue) = (MemoryOutbox::default(), MemoryCatalogue::default());
    let cursor = manifest.cursor.clone();
    let parts = manifest.segments.clone();
    let remote = Offered { manifest, segments: RefCell::new(named) };
    wait(sync::sync(&outbox, &catalogue, &remote, || Millis(0)));
    let good = parts.iter().all(|part| {
        remote
            .text(part.hash)
            .and_then(|text| segment::decode(&text).ok())
            .map(|it| it.len() as u64)
            == Some(part.records)
    });
    catalogue.inspect(|state| {
        assert_eq!(state.cursor.is_some(), good);
        assert!(state.cursor.as_ref().is_none_or(|own| *own == cursor));
        assert!(good || state.records.is_empty());
    });
    wait(catalogue.records()).unwrap();
}

/// A server that offers a snapshot and nothing else.
struct Offered {
    manifest: Manifest,
    segments: RefCell<BTreeMap<Hash, String>>,
}

impl Offered {
    fn text(&self, hash: Hash) -> Option<String> {
        self.segments.borrow().get(&hash).cloned()
    }
}

impl Remote for Offered {
    async fn push(&self, _: &Push) -> Result<PushAnswer, SyncError> {
        Err(SyncError::NeedsSignIn)
    }

    async fn changes(&self, _: Option<&str>) -> Result<Changes, SyncError> {
        Err(SyncError::Offline("nothing else".to_owned()))
    }

    async fn manifest(&self) -> Result<Option<Manifest>, SyncError> {
        Ok(Some(self.manifest.clone()))
    }

    async fn segment(&self, hash: Hash) -> Result<String, SyncError> {
        self.text(hash).ok_or_else(|| SyncError::Offline("none of that name".to_owned()))
    }

    async fn probe(&self) -> Result<Probe, SyncError> {
        Err(SyncError::Offline("nothing else".to_owned()))
    }
}
