//! The whole catalogue at one instant, cut into segments.

use model::{
    Hash, Record,
    limits::PAGE_RECORDS,
    segment::encode,
    snapshot::{Cutter, Manifest, Part, Size},
};

use super::{Head, Scope, Store, StoreError, Tx, catalogue::cursor_at};

/// The live records at one instant.
#[derive(Debug, Clone, PartialEq)]
pub struct Snapshot {
    /// Where it stands in the order of changes.
    pub head: Head,
    /// What it consists of.
    pub manifest: Manifest,
    /// The bytes of each segment, as the manifest names them.
    pub segments: Vec<Vec<u8>>,
}

impl Store {
    /// How far the catalogue's order reaches.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn head(&self) -> Result<Head, StoreError> {
        self.read(|tx| Box::pin(async move { head(tx).await })).await
    }

    /// Everything that lives, in segments: a pure function of the records, so that every server
    /// on a database makes the same.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn snapshot(&self) -> Result<Snapshot, StoreError> {
        self.snapshot_cut(Size::default()).await
    }

    /// [`Store::snapshot`] in segments of another size, for the simulation's small catalogues.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn snapshot_cut(&self, size: Size) -> Result<Snapshot, StoreError> {
        self.read(move |tx| Box::pin(async move { snapshot(tx, size).await })).await
    }
}

async fn head(tx: &mut dyn Tx) -> Result<Head, StoreError> {
    let epoch = tx.epoch().await?;
    let seq = tx.reach(Scope::Public).await?.head;
    let cursor = cursor_at(&epoch, seq);
    Ok(Head { epoch, seq, cursor })
}

/// The snapshot; `tx` must see one instant. Records come a page at a time, so that only the
/// segments are in memory as a whole.
///
/// # Errors
/// If a statement failed.
pub async fn snapshot(tx: &mut dyn Tx, size: Size) -> Result<Snapshot, StoreError> {
    let head = head(tx).await?;
    let (mut cutter, mut segments, mut parts) = (Cutter::of(size), Vec::new(), Vec::new());
    let mut add = |mut records: Vec<Record>| {
        // Those of one collection share their columns. The sort is stable: the rest of the order stays.
        records.sort_by(|one, other| one.collection.cmp(&other.collection));
        let count = to_u64(records.len());
        let bytes = encode(records);
        parts.push(Part { hash: Hash::of(&bytes), bytes: to_u64(bytes.len()), records: count });
        segments.push(bytes);
    };
    let mut since = 0;
    loop {
        let page = tx.changes_after(since, false, to_u64(PAGE_RECORDS)).await?;
        let Some(last) = page.last() else { break };
        since = last.seq;
        page.into_iter().filter_map(|record| cutter.push(record)).for_each(&mut add);
    }
    cutter.rest().into_iter().for_each(&mut add);
    let manifest = Manifest {
        epoch: head.epoch.clone(),
        cursor: head.cursor.clone(),
        records: parts.iter().map(|part| part.records).sum(),
        segments: parts,
    };
    Ok(Snapshot { head, manifest, segments })
}

fn to_u64(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}
