//! Starting from a snapshot while the network, the server and the disk fail.

use std::{
    cell::{Cell, RefCell},
    collections::{BTreeMap, VecDeque},
    future::poll_fn,
    task::Poll,
};

use model::{
    Hash, Key, Record,
    segment::encode,
    snapshot::{Manifest, Part},
    submission::Sealed,
    time::Millis,
    wire::{Ack, Changes, Probe, ProblemDetails, Push, PushAnswer, Verdict},
};
use proptest::prelude::*;
use sync::{
    Catalogue, MemoryCatalogue, MemoryOutbox, Outbox, Outcome, Progress, Remote, SyncError,
    sync_showing,
};

/// What goes wrong with one request for a segment.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Fault {
    /// The connection is cut, or somebody else answers: the gateway cannot tell, and need not.
    Cut,
    /// As many records, and not the same.
    Other,
    /// The end is missing.
    Short,
    /// The server has made newer snapshots since, and has forgotten this one.
    Gone,
    /// 503 with `Retry-After`.
    Busy,
}

/// Records in a segment, and on a page of changes.
const RECORDS: usize = 5;

#[derive(Default)]
struct Server {
    records: RefCell<Vec<Record>>,
    /// The newest snapshot and what it offers.
    offered: RefCell<Option<(Manifest, BTreeMap<Hash, String>)>>,
    faults: RefCell<VecDeque<Option<Fault>>>,
    /// What became of the requests for a manifest, if it is not the usual.
    manifest: RefCell<Option<SyncError>>,
    /// What was asked for, in order.
    asked: RefCell<Vec<Hash>>,
    pages: Cell<u32>,
    manifests: Cell<u32>,
    /// It never has what it offered.
    forgets: Cell<bool>,
    under_way: Cell<usize>,
    most_under_way: Cell<usize>,
}

fn record(id: usize, seq: usize) -> Record {
    let fields = serde_json::json!({"title": format!("{id} at {seq}"), "extra": null});
    Record {
        collection: "listing".to_owned(),
        id: Key::parse(&format!("l-{id}")).unwrap(),
        rev: 1,
        seq: seq as u64,
        deleted: false,
        fields: fields.as_object().unwrap().clone(),
    }
}

fn cursor(seq: u64) -> String {
    format!("at {seq}")
}

impl Server {
    fn of(records: usize) -> Self {
        let server = Self::default();
        server.records.borrow_mut().extend((0..records).map(|id| record(id, id + 1)));
        server.make();
        server
    }

    fn head(&self) -> u64 {
        self.records.borrow().iter().map(|record| record.seq).max().unwrap_or_default()
    }

    /// Makes a new snapshot; the one before is forgotten.
    fn make(&self) {
        let records = self.records.borrow();
        let mut manifest = Manifest {
            epoch: "e".to_owned(),
            cursor: cursor(self.head()),
            records: records.len() as u64,
            segments: Vec::new(),
        };
        let mut texts = BTreeMap::new();
        for segment in records.chunks(RECORDS) {
            let bytes = encode(segment.to_vec());
            let (hash, records) = (Hash::of(&bytes), segment.len() as u64);
            manifest.segments.push(Part { hash, bytes: bytes.len() as u64, records });
            texts.insert(hash, String::from_utf8(bytes).unwrap());
        }
        self.offered.replace(Some((manifest, texts)));
    }

    /// Changes the record `id` in its place.
    fn edit(&self, id: usize) {
        let seq = self.head() as usize + 1;
        self.records.borrow_mut()[id] = record(id, seq);
    }

    fn fail(&self, faults: impl IntoIterator<Item = Option<Fault>>) {
        self.faults.replace(faults.into_iter().collect());
    }
}

fn refused() -> SyncError {
    SyncError::Refused(ProblemDetails {
        kind: "/problems/not-found".into(),
        title: "Not found".into(),
        status: 404,
        detail: "There is no such segment.".into(),
        problems: Vec::new(),
    })
}

/// Lets the others go on first, as a network does.
pub(crate) async fn a_moment() {
    let mut waited = false;
    poll_fn(|context| {
        if std::mem::replace(&mut waited, true) {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

impl Remote for Server {
    async fn push(&self, push: &Push) -> Result<PushAnswer, SyncError> {
        let ack = |id, hash| Verdict::Received(Ack { id, hash, seq: 1, epoch: "e".to_owned() });
        let verdicts = push.records.iter().map(|sent| ack(sent.id, sent.hash)).collect();
        Ok(PushAnswer { epoch: "e".to_owned(), verdicts })
    }

    async fn changes(&self, since: Option<&str>) -> Result<Changes, SyncError> {
        self.pages.set(self.pages.get() + 1);
        let seq = since.and_then(|text| text.strip_prefix("at ")?.parse().ok());
        let seq = seq.filter(|seq| *seq <= self.head());
        let mut records: Vec<_> = self.records.borrow().clone();
        records.sort_by_key(|record| record.seq);
        records.retain(|record| record.seq > seq.unwrap_or_default());
        let more = records.len() > RECORDS;
        records.truncate(RECORDS);
        let head = if more { records[RECORDS - 1].seq } else { self.head() };
        let (fresh, epoch) = (seq.is_none(), "e".to_owned());
        Ok(Changes { records, cursor: cursor(head), more, fresh, epoch })
    }

    async fn manifest(&self) -> Result<Option<Manifest>, SyncError> {
        self.manifests.set(self.manifests.get() + 1);
        match self.manifest.borrow().clone() {
            Some(error) => Err(error),
            None => Ok(self.offered.borrow().as_ref().map(|(manifest, _)| manifest.clone())),
        }
    }

    async fn segment(&self, hash: Hash) -> Result<String, SyncError> {
        self.asked.borrow_mut().push(hash);
        self.under_way.set(self.under_way.get() + 1);
        self.most_under_way.set(self.most_under_way.get().max(self.under_way.get()));
        a_moment().await;
        self.under_way.set(self.under_way.get() - 1);
        let fault = self.faults.borrow_mut().pop_front().flatten();
        if fault == Some(Fault::Gone) {
            self.edit(0);
            self.make();
        }
        let text = self.offered.borrow().as_ref().and_then(|(_, texts)| texts.get(&hash).cloned());
        let text = text.filter(|_| !self.forgets.get());
        match (fault, text) {
            (Some(Fault::Cut), _) => Err(SyncError::Offline("cut".into())),
            (Some(Fault::Busy), _) => Err(SyncError::RetryAfter(1_000)),
            (Some(Fault::Other), Some(text)) => Ok(text.replace(" at ", " for ")),
            (Some(Fault::Short), Some(text)) => Ok(text[..text.len() - 1].to_owned()),
            (_, Some(text)) => Ok(text),
            (_, None) => Err(refused()),
        }
    }

    async fn probe(&self) -> Result<Probe, SyncError> {
        Ok(Probe { nonce: String::new(), epoch: "e".to_owned() })
    }
}

fn round(catalogue: &impl Catalogue, server: &Server) -> (Outcome, Vec<Progress>) {
    let shown = RefCell::new(Vec::new());
    let show = |progress| shown.borrow_mut().push(progress);
    let outbox = MemoryOutbox::default();
    let work = sync_showing(&outbox, catalogue, server, || Millis(5), &show);
    let outcome = pollster::block_on(work);
    (outcome, shown.into_inner())
}

/// What the tablet shows is what the server has.
fn assert_same(catalogue: &MemoryCatalogue, server: &Server) {
    let mut stored = pollster::block_on(catalogue.records()).unwrap();
    let mut records = server.records.borrow().clone();
    stored.sort_by_key(|record| record.seq);
    records.sort_by_key(|record| record.seq);
    assert_eq!(stored, records);
    let cursor = catalogue.inspect(|state| state.cursor.clone());
    assert_eq!(cursor, Some(self::cursor(server.head())));
    assert_eq!(catalogue.inspect(|state| state.staged.len()), 0, "nothing stays staged");
}

#[test]
fn a_new_tablet_starts_from_the_snapshot_and_goes_on_with_changes() {
    let server = Server::of(52);
    server.edit(3);
    let catalogue = MemoryCatalogue::default();
    let (outcome, shown) = round(&catalogue, &server);
    assert_eq!((outcome.error, outcome.pulled), (None, 53));
    assert_same(&catalogue, &server);
    assert_eq!((server.asked.borrow().len(), server.pages.get()), (11, 1));
    assert_eq!(server.most_under_way.get(), Server::LANES);
    assert_eq!((shown.len(), shown[0].done), (12, 0));
    assert!(shown.is_sorted_by_key(|progress| progress.done));
    assert_eq!(shown[11].done, shown[11].total);
}

#[test]
fn sizes_beyond_all_numbers_only_fill_the_bar() {
    let server = Server::of(12);
    if let Some((manifest, _)) = server.offered.borrow_mut().as_mut() {
        manifest.segments.iter_mut().for_each(|part| part.bytes = u64::MAX);
    }
    let catalogue = MemoryCatalogue::default();
    let (outcome, shown) = round(&catalogue, &server);
    assert_eq!(outcome.error, None);
    let full = Progress { done: u64::MAX, total: u64::MAX };
    assert_eq!(shown[1..], [full; 3]);
    assert_same(&catalogue, &server);
}

#[test]
fn a_download_that_broke_off_goes_on_at_the_first_missing_segment() {
    let server = Server::of(52);
    let catalogue = MemoryCatalogue::default();
    // Six segments come; then every lane is cut off in turn.
    server.fail([None; 6].into_iter().chain([Some(Fault::Cut); 5]));
    let (outcome, shown) = round(&catalogue, &server);
    assert_eq!(outcome.error, Some(SyncError::Offline("cut".into())));
    assert_eq!(catalogue.inspect(|state| (state.staged.len(), state.cursor.clone())), (6, None));
    assert_eq!(server.pages.get(), 0, "a larger download is not begun in its place");
    server.asked.borrow_mut().clear();

    let (outcome, again) = round(&catalogue, &server);
    assert_eq!(outcome.error, None);
    assert_eq!(server.asked.borrow().len(), 5, "only what was missing");
    assert_eq!(again[0], *shown.last().unwrap(), "the bar goes on where it stood");
    assert_same(&catalogue, &server);
}

#[test]
fn one_cut_connection_costs_one_segment() {
    let server = Server::of(100);
    let catalogue = MemoryCatalogue::default();
    server.fail([Some(Fault::Cut), None].into_iter().cycle().take(16));
    let (outcome, _) = round(&catalogue, &server);
    assert_eq!((outcome.error, server.asked.borrow().len()), (None, 20 + 8));
    assert_same(&catalogue, &server);
}

#[test]
fn a_segment_that_is_not_what_its_name_says_is_never_staged() {
    for fault in [Fault::Other, Fault::Short] {
        let server = Server::of(52);
        let catalogue = MemoryCatalogue::default();
        server.fail([None, Some(fault)]);
        let (outcome, _) = round(&catalogue, &server);
        // The pages of changes bring the catalogue all the same.
        assert_eq!((outcome.error, server.pages.get()), (None, 11), "{fault:?}");
        assert_same(&catalogue, &server);
    }
}

#[test]
fn the_same_hashes_are_not_fetched_twice_although_the_snapshot_moved_on() {
    let server = Server::of(52);
    let catalogue = MemoryCatalogue::default();
    server.fail([None; 6].into_iter().chain([Some(Fault::Gone)]));
    let (outcome, _) = round(&catalogue, &server);
    assert_eq!(outcome.error, None);
    assert_same(&catalogue, &server);
    let asked = server.asked.borrow();
    let twice = asked.iter().filter(|hash| asked.iter().filter(|other| other == hash).count() > 1);
    // Those that were under way when the first was gone; not one that had been staged.
    assert!(twice.count() <= 2 * Server::LANES, "{}", asked.len());
    assert!(asked.len() <= 11 + 1 + Server::LANES);
}

#[test]
fn a_snapshot_that_always_moves_on_does_not_keep_a_tablet_waiting() {
    let server = Server::of(52);
    server.forgets.set(true);
    let catalogue = MemoryCatalogue::default();
    let (outcome, _) = round(&catalogue, &server);
    assert_eq!((outcome.error, server.manifests.get(), server.pages.get()), (None, 3, 11));
    assert_same(&catalogue, &server);
}

#[test]
fn without_a_snapshot_the_pages_serve() {
    for answer in [SyncError::RetryAfter(5_000), SyncError::Offline("<html>".into()), refused()] {
        let server = Server::of(52);
        let catalogue = MemoryCatalogue::default();
        server.manifest.replace(Some(answer));
        let (outcome, shown) = round(&catalogue, &server);
        assert_eq!((outcome.error, outcome.pulled, shown.len()), (None, 52, 0));
        assert_same(&catalogue, &server);
    }
}

#[test]
fn a_tablet_that_must_start_anew_does_so_by_a_snapshot_if_one_page_is_not_enough() {
    for (records, segments) in [(RECORDS, 0), (52, 11)] {
        let server = Server::of(records);
        let catalogue = MemoryCatalogue::default();
        catalogue.tamper(|state| {
            let old = record(77, 777);
            state.records.insert(("listing".to_owned(), old.id.to_string()), old);
            state.cursor = Some("at 9000".to_owned());
        });
        let (outcome, _) = round(&catalogue, &server);
        assert_eq!((outcome.error, server.asked.borrow().len()), (None, segments));
        assert_same(&catalogue, &server);
    }
}

/// A catalogue whose disk is full.
struct Full(MemoryCatalogue);

impl Catalogue for Full {
    async fn cursor(&self) -> Result<Option<String>, sync::StorageError> {
        self.0.cursor().await
    }
    async fn apply_page(&self, _: &Changes) -> Result<(), sync::StorageError> {
        Err(sync::StorageError::Full)
    }
    async fn staged(&self, manifest: &Manifest) -> Result<Vec<Hash>, sync::StorageError> {
        self.0.staged(manifest).await
    }
    async fn stage_segment(&self, hash: Hash, text: &str) -> Result<(), sync::StorageError> {
        if self.0.inspect(|state| state.staged.len()) < 3 {
            return self.0.stage_segment(hash, text).await;
        }
        Err(sync::StorageError::Full)
    }
    async fn switch_in(
        &self,
        since: Option<&str>,
        manifest: &Manifest,
    ) -> Result<bool, sync::StorageError> {
        self.0.switch_in(since, manifest).await
    }
    async fn records(&self) -> Result<Vec<Record>, sync::StorageError> {
        self.0.records().await
    }
}

#[test]
fn a_full_tablet_keeps_its_old_catalogue_and_sends_what_waits() {
    let server = Server::of(52);
    let catalogue = Full(MemoryCatalogue::default());
    let old = record(77, 777);
    catalogue.0.tamper(|state| {
        state.records.insert(("listing".to_owned(), old.id.to_string()), old.clone());
        state.cursor = Some("at 9000".to_owned());
    });
    pollster::block_on(async {
        let outbox = MemoryOutbox::default();
        let bytes = b"{}".to_vec();
        let id = model::SubmissionId::new(Millis(1), [1; 10]);
        outbox.enqueue(&Sealed { id, hash: Hash::of(&bytes), bytes }, Millis(1)).await.unwrap();
        let outcome = sync_showing(&outbox, &catalogue, &server, || Millis(5), &|_| {}).await;
        assert_eq!(outcome.error, Some(SyncError::Storage(sync::StorageError::Full)));
        assert_eq!(outcome.received, 1, "the planes fail apart");
        assert_eq!(catalogue.records().await.unwrap(), [old]);
        assert_eq!(catalogue.cursor().await.unwrap().as_deref(), Some("at 9000"));
    });
}

fn fault() -> impl Strategy<Value = Option<Fault>> {
    prop_oneof![
        4 => Just(None),
        2 => Just(Some(Fault::Cut)),
        1 => Just(Some(Fault::Other)),
        1 => Just(Some(Fault::Short)),
        1 => Just(Some(Fault::Gone)),
        1 => Just(Some(Fault::Busy)),
    ]
}

proptest! {
    /// Whatever fails, whenever the tablet is switched off: what it shows is the old catalogue or
    /// a whole new one, and once the faults stop it is the server's.
    #[test]
    fn a_tablet_shows_one_catalogue_or_the_other(
        count in 0usize..80,
        faults in prop::collection::vec(prop::collection::vec(fault(), 0..20), 0..8),
        edits in prop::collection::vec(any::<prop::sample::Index>(), 0..8),
    ) {
        let server = Server::of(count);
        let catalogue = MemoryCatalogue::default();
        let mut edits = edits.into_iter();
        for faults in faults {
            server.fail(faults);
            round(&catalogue, &server);
            catalogue.inspect(|state| {
                let whole = state.records.len() == count;
                assert!(whole && state.cursor.is_some() || state.records.is_empty());
            });
            if let Some(edited) = edits.next().filter(|_| count > 0) {
                server.edit(edited.index(count));
                server.make();
            }
        }
        server.fail([]);
        let (outcome, _) = round(&catalogue, &server);
        prop_assert_eq!(outcome.error, None);
        assert_same(&catalogue, &server);
    }
}
