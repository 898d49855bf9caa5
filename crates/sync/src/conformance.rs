//! What every storage must do. Each function is one test; it takes an empty storage and
//! panics where a promise is broken.

#![expect(clippy::unwrap_used, reason = "a failed step of a test should end it")]

use std::collections::BTreeSet;

use model::{
    Hash, Key, Problem, ProblemCode, Record, SubmissionId,
    segment::encode,
    snapshot::{Manifest, Part},
    submission::Sealed,
    time::Millis,
    wire::{Ack, Changes},
};

use crate::{Catalogue, EntryState, Outbox, Refusal, StorageError};

/// Runs every test of the suite. `$case` is a macro of the caller that turns the name of a test
/// and a constructor (an async closure that gives an empty storage) into a test of its kind,
/// native or in a browser.
#[macro_export]
macro_rules! conformance {
    ($case:ident, $outbox:expr, $catalogue:expr) => {
        $case!(enqueue_is_idempotent, $outbox);
        $case!(another_hash_is_refused, $outbox);
        $case!(settle_needs_id_and_hash, $outbox);
        $case!(what_lies_among_the_acknowledged_stays, $outbox);
        $case!(a_receipt_has_the_bytes_that_were_sent, $outbox);
        $case!(a_receipt_is_not_queued_again, $outbox);
        $case!(refused_ones_stay_and_can_be_retried, $outbox);
        $case!(a_new_epoch_brings_receipts_back, $outbox);
        $case!(forgotten_bytes_do_not_come_back, $outbox);
        $case!(an_acknowledgement_of_an_ended_history_is_ignored, $outbox);
        $case!(batches_are_limited_and_ordered, $outbox);
        $case!(a_page_and_its_cursor_arrive_together, $catalogue);
        $case!(a_fresh_page_replaces_everything, $catalogue);
        $case!(an_older_change_is_ignored, $catalogue);
        $case!(a_page_asked_for_from_elsewhere_is_ignored, $catalogue);
        $case!(tombstones_hide_records, $catalogue);
        $case!(unknown_fields_are_kept, $catalogue);
        $case!(a_snapshot_is_switched_in_at_once, $catalogue);
        $case!(a_snapshot_with_a_hole_changes_nothing, $catalogue);
        $case!(a_snapshot_fetched_from_elsewhere_changes_nothing, $catalogue);
        $case!(only_segments_of_the_offered_snapshot_stay, $catalogue);
        $case!(changes_come_on_top_of_a_snapshot, $catalogue);
        $case!(a_fresh_page_replaces_a_snapshot, $catalogue);
        $case!(the_next_snapshot_keeps_what_it_shares, $catalogue);
    };
}

fn sealed(number: u8) -> Sealed {
    let bytes = format!("{{\"number\":{number}}}").into_bytes();
    let id = SubmissionId::new(Millis(i64::from(number) * 1_000), [number; 10]);
    Sealed { id, hash: Hash::of(&bytes), bytes }
}

fn ack(sealed: &Sealed, epoch: &str) -> Ack {
    Ack { id: sealed.id, hash: sealed.hash, seq: 1, epoch: epoch.to_owned() }
}

const NOW: Millis = Millis(1_000_000);

/// The same submission again, waiting or received, is stored once.
pub async fn enqueue_is_idempotent(outbox: impl Outbox) {
    let one = sealed(1);
    outbox.enqueue(&one, NOW).await.unwrap();
    outbox.enqueue(&one, Millis(2)).await.unwrap();
    let overview = outbox.overview().await.unwrap();
    assert_eq!(overview.entries.len(), 1);
    assert_eq!(overview.entries[0].bytes, one.bytes);
    assert_eq!(overview.entries[0].saved_at, NOW);
}

/// Another content under the same id is an error, and what was stored stays.
pub async fn another_hash_is_refused(outbox: impl Outbox) {
    let one = sealed(1);
    let rival = Sealed { id: one.id, ..sealed(2) };
    outbox.enqueue(&one, NOW).await.unwrap();
    assert_eq!(outbox.enqueue(&rival, NOW).await, Err(StorageError::Taken));
    outbox.settle(&[ack(&one, "e")], &[], NOW).await.unwrap();
    assert_eq!(outbox.enqueue(&rival, NOW).await, Err(StorageError::Taken));
    assert_eq!(outbox.overview().await.unwrap().received.len(), 1);
}

/// An acknowledgement of other bytes, or of a stranger, deletes nothing.
pub async fn settle_needs_id_and_hash(outbox: impl Outbox) {
    let (one, two) = (sealed(1), sealed(2));
    outbox.enqueue(&one, NOW).await.unwrap();
    let wrong = Ack { hash: two.hash, ..ack(&one, "e") };
    outbox.settle(&[wrong, ack(&two, "e")], &[], NOW).await.unwrap();
    let overview = outbox.overview().await.unwrap();
    assert_eq!((overview.waiting().count(), overview.received.len()), (1, 0));
    outbox.settle(&[ack(&one, "e")], &[], NOW).await.unwrap();
    let overview = outbox.overview().await.unwrap();
    assert_eq!((overview.waiting().count(), overview.received.len()), (0, 1));
}

/// Between the first and the last that are acknowledged lie others: one that still waits, one whose acknowledgement has
/// another hash, one of an ended history, one that is refused.
pub async fn what_lies_among_the_acknowledged_stays(outbox: impl Outbox) {
    for number in 1..=6 {
        outbox.enqueue(&sealed(number), NOW).await.unwrap();
    }
    outbox.see_epoch("e").await.unwrap();
    // Read first, as for sending: what is remembered of that must not make up for a wrong hash.
    assert_eq!(outbox.next_batch(None, 10).await.unwrap().len(), 6);
    let wrong = Ack { hash: sealed(9).hash, ..ack(&sealed(3), "e") };
    let acks = [ack(&sealed(1), "e"), wrong, ack(&sealed(4), "ended"), ack(&sealed(6), "e")];
    let refusal = Refusal { id: sealed(5).id, hash: sealed(5).hash, problems: Vec::new() };
    outbox.settle(&acks, &[refusal], NOW).await.unwrap();
    // A storage may note first, and write receipts when the round is over: nobody sees a difference.
    for round_is_over in [false, true] {
        if round_is_over {
            outbox.forget(Millis(0)).await.unwrap();
        }
        let overview = outbox.overview().await.unwrap();
        let waiting: Vec<_> = overview.waiting().map(|entry| entry.id).collect();
        assert_eq!(waiting, [2, 3, 4].map(|number| sealed(number).id));
        let refused: Vec<_> = overview.refused().map(|(entry, _)| entry.id).collect();
        assert_eq!(refused, [sealed(5).id]);
        assert_eq!(overview.received, [1, 6].map(|number| sealed(number).id).into());
        let batch = outbox.next_batch(None, 2).await.unwrap();
        assert_eq!(batch.iter().map(|entry| entry.id).collect::<Vec<_>>(), waiting[..2]);
    }
}

/// A server that was restored gets back what it has acknowledged, byte for byte.
pub async fn a_receipt_has_the_bytes_that_were_sent(outbox: impl Outbox) {
    let all = [1, 2, 3].map(sealed);
    for one in &all {
        outbox.enqueue(one, NOW).await.unwrap();
    }
    outbox.see_epoch("first").await.unwrap();
    let sent = outbox.next_batch(None, 10).await.unwrap();
    let acks: Vec<Ack> = all.iter().map(|one| ack(one, "first")).collect();
    outbox.settle(&acks, &[], NOW).await.unwrap();
    assert!(outbox.next_batch(None, 10).await.unwrap().is_empty());
    assert_eq!(outbox.see_epoch("second").await.unwrap(), 3);
    let again = outbox.next_batch(None, 10).await.unwrap();
    let bytes =
        |entries: &[crate::Entry]| entries.iter().map(|it| it.bytes.clone()).collect::<Vec<_>>();
    assert_eq!(bytes(&again), bytes(&sent));
    let acks: Vec<Ack> = all.iter().map(|one| ack(one, "second")).collect();
    outbox.settle(&acks, &[], NOW).await.unwrap();
    outbox.forget(Millis(0)).await.unwrap();
    assert_eq!(outbox.see_epoch("third").await.unwrap(), 3);
    let again = outbox.next_batch(None, 10).await.unwrap();
    assert_eq!(bytes(&again), all.map(|one| one.bytes));
}

/// Once received, saving the same bytes again sends nothing, and others under its id are refused.
pub async fn a_receipt_is_not_queued_again(outbox: impl Outbox) {
    let one = sealed(1);
    outbox.enqueue(&one, NOW).await.unwrap();
    outbox.settle(&[ack(&one, "e")], &[], NOW).await.unwrap();
    let rival = Sealed { id: one.id, ..sealed(2) };
    for _ in 0..2 {
        outbox.enqueue(&one, NOW).await.unwrap();
        assert_eq!(outbox.enqueue(&rival, NOW).await, Err(StorageError::Taken));
        assert!(outbox.next_batch(None, 10).await.unwrap().is_empty());
        outbox.forget(Millis(0)).await.unwrap();
    }
}

/// A refused entry does not block the others, keeps its reasons and can be tried again.
pub async fn refused_ones_stay_and_can_be_retried(outbox: impl Outbox) {
    let (one, two) = (sealed(1), sealed(2));
    outbox.enqueue(&one, NOW).await.unwrap();
    outbox.enqueue(&two, NOW).await.unwrap();
    let problems = vec![Problem::new("/words", ProblemCode::TooLong, "Too long.")];
    let refusal = Refusal { id: one.id, hash: one.hash, problems: problems.clone() };
    outbox.settle(&[], &[refusal], NOW).await.unwrap();
    let batch = outbox.next_batch(None, 10).await.unwrap();
    assert_eq!(batch.iter().map(|entry| entry.id).collect::<Vec<_>>(), [two.id]);
    let overview = outbox.overview().await.unwrap();
    let refused: Vec<_> = overview.refused().collect();
    assert_eq!((refused[0].0.id, refused[0].1), (one.id, problems.as_slice()));
    assert_eq!(refused[0].0.bytes, one.bytes);
    outbox.retry_refused().await.unwrap();
    assert_eq!(outbox.next_batch(None, 10).await.unwrap().len(), 2);
}

/// After a restored backup the tablet sends again what it still keeps, byte for byte.
pub async fn a_new_epoch_brings_receipts_back(outbox: impl Outbox) {
    let one = sealed(1);
    outbox.enqueue(&one, NOW).await.unwrap();
    assert_eq!(outbox.see_epoch("first").await.unwrap(), 0);
    outbox.settle(&[ack(&one, "first")], &[], NOW).await.unwrap();
    assert_eq!(outbox.see_epoch("first").await.unwrap(), 0);
    assert_eq!(outbox.see_epoch("second").await.unwrap(), 1);
    let batch = outbox.next_batch(None, 10).await.unwrap();
    assert_eq!((batch[0].hash, &batch[0].bytes), (one.hash, &one.bytes));
    assert_eq!(batch[0].state, EntryState::Waiting);
    assert_eq!(outbox.overview().await.unwrap().received.len(), 0);
}

/// Bytes that were forgotten for privacy are gone; the receipt still blocks a second copy.
pub async fn forgotten_bytes_do_not_come_back(outbox: impl Outbox) {
    let (old, young) = (sealed(1), sealed(2));
    for (one, at) in [(&old, 10), (&young, 20)] {
        outbox.enqueue(one, Millis(at)).await.unwrap();
        outbox.settle(&[ack(one, "first")], &[], Millis(at)).await.unwrap();
    }
    outbox.forget(Millis(20)).await.unwrap();
    assert_eq!(outbox.see_epoch("second").await.unwrap(), 1);
    let batch = outbox.next_batch(None, 10).await.unwrap();
    assert_eq!(batch.iter().map(|entry| entry.id).collect::<Vec<_>>(), [young.id]);
    let rival = Sealed { id: old.id, ..sealed(3) };
    assert_eq!(outbox.enqueue(&rival, NOW).await, Err(StorageError::Taken));
}

/// One tab has learnt that the server was restored, another still holds an answer from before:
/// its acknowledgement must not turn the entry into a receipt that nobody brings back.
pub async fn an_acknowledgement_of_an_ended_history_is_ignored(outbox: impl Outbox) {
    let one = sealed(1);
    outbox.enqueue(&one, NOW).await.unwrap();
    outbox.see_epoch("first").await.unwrap();
    outbox.see_epoch("second").await.unwrap();
    outbox.settle(&[ack(&one, "first")], &[], NOW).await.unwrap();
    assert_eq!(outbox.next_batch(None, 10).await.unwrap().len(), 1);
    outbox.settle(&[ack(&one, "second")], &[], NOW).await.unwrap();
    assert_eq!(outbox.next_batch(None, 10).await.unwrap().len(), 0);
}

/// A batch holds the oldest ids first and no more than asked for.
pub async fn batches_are_limited_and_ordered(outbox: impl Outbox) {
    for number in [3, 1, 2] {
        outbox.enqueue(&sealed(number), NOW).await.unwrap();
    }
    let batch = outbox.next_batch(None, 2).await.unwrap();
    let ids: Vec<_> = batch.iter().map(|entry| entry.id).collect();
    assert_eq!(ids, [sealed(1).id, sealed(2).id]);
    // What is refused takes nobody's place.
    let refusal = Refusal { id: sealed(2).id, hash: sealed(2).hash, problems: Vec::new() };
    outbox.settle(&[], &[refusal], NOW).await.unwrap();
    let behind = outbox.next_batch(Some(sealed(1).id), 1).await.unwrap();
    assert_eq!(behind.iter().map(|entry| entry.id).collect::<Vec<_>>(), [sealed(3).id]);
    assert!(outbox.next_batch(Some(sealed(3).id), 1).await.unwrap().is_empty());
}

fn record(id: &str, seq: u64) -> Record {
    let fields = serde_json::json!({"title": {"en": id}, "seq_of_test": seq});
    Record {
        collection: "event".to_owned(),
        id: Key::parse(id).unwrap(),
        rev: seq,
        seq,
        deleted: false,
        fields: fields.as_object().unwrap().clone(),
    }
}

fn page(records: Vec<Record>, cursor: &str, fresh: bool) -> Changes {
    Changes { records, cursor: cursor.to_owned(), more: false, fresh, epoch: "e".to_owned() }
}

async fn ids(catalogue: &impl Catalogue) -> Vec<String> {
    let mut ids: Vec<_> =
        catalogue.records().await.unwrap().iter().map(|r| r.id.to_string()).collect();
    ids.sort_unstable();
    ids
}

/// Both are there after the call, and neither before.
pub async fn a_page_and_its_cursor_arrive_together(catalogue: impl Catalogue) {
    assert_eq!(catalogue.cursor().await.unwrap(), None);
    assert_eq!(ids(&catalogue).await, [""; 0]);
    catalogue.apply_page(&page(vec![record("a", 1)], "one", false)).await.unwrap();
    assert_eq!(catalogue.cursor().await.unwrap().as_deref(), Some("one"));
    assert_eq!(ids(&catalogue).await, ["a"]);
    catalogue.apply_page(&page(vec![record("b", 2)], "two", false)).await.unwrap();
    assert_eq!(catalogue.cursor().await.unwrap().as_deref(), Some("two"));
    assert_eq!(ids(&catalogue).await, ["a", "b"]);
}

/// What the server does not name any more is gone.
pub async fn a_fresh_page_replaces_everything(catalogue: impl Catalogue) {
    let first = page(vec![record("a", 7), record("b", 8)], "one", true);
    catalogue.apply_page(&first).await.unwrap();
    // The restored server counts from a lower number; a fresh page wins all the same.
    catalogue.apply_page(&page(vec![record("b", 2)], "two", true)).await.unwrap();
    assert_eq!(ids(&catalogue).await, ["b"]);
    assert_eq!(catalogue.records().await.unwrap()[0].seq, 2);
}

/// A page that arrives late never turns the clock back.
pub async fn an_older_change_is_ignored(catalogue: impl Catalogue) {
    catalogue.apply_page(&page(vec![record("a", 5)], "five", false)).await.unwrap();
    catalogue.apply_page(&page(vec![record("a", 4)], "four", false)).await.unwrap();
    assert_eq!(catalogue.records().await.unwrap()[0].seq, 5);
}

/// Two tabs pull at once: the page of the slower one, asked for with a cursor that the other
/// has moved since, changes nothing, be it fresh or not.
pub async fn a_page_asked_for_from_elsewhere_is_ignored(catalogue: impl Catalogue) {
    let first = page(vec![record("a", 5)], "five", true);
    assert_eq!(catalogue.apply_page_after(None, &first).await, Ok(true));
    let second = page(vec![record("b", 6)], "six", false);
    assert_eq!(catalogue.apply_page_after(Some("five"), &second).await, Ok(true));
    for fresh in [false, true] {
        let late = page(vec![record("a", 9)], "nine", fresh);
        assert_eq!(catalogue.apply_page_after(Some("five"), &late).await, Ok(false));
    }
    assert_eq!(catalogue.cursor().await.unwrap().as_deref(), Some("six"));
    assert_eq!(ids(&catalogue).await, ["a", "b"]);
    assert_eq!(catalogue.records().await.unwrap()[0].seq, 5);
}

/// A deleted record is not listed, and an older change does not revive it.
pub async fn tombstones_hide_records(catalogue: impl Catalogue) {
    catalogue.apply_page(&page(vec![record("a", 1)], "one", false)).await.unwrap();
    let mut dead = record("a", 3);
    dead.deleted = true;
    dead.fields.clear();
    catalogue.apply_page(&page(vec![dead], "three", false)).await.unwrap();
    catalogue.apply_page(&page(vec![record("a", 2)], "two", false)).await.unwrap();
    assert_eq!(ids(&catalogue).await, [""; 0]);
}

/// Fields and collections of a newer server come back as they were sent.
pub async fn unknown_fields_are_kept(catalogue: impl Catalogue) {
    let mut strange = record("a", 1);
    strange.collection = "hologram".to_owned();
    strange.fields.insert("new".to_owned(), serde_json::json!({"deep": [1, null, "é"]}));
    catalogue.apply_page(&page(vec![strange.clone()], "one", false)).await.unwrap();
    assert_eq!(catalogue.records().await.unwrap(), [strange]);
}

/// A snapshot of these segments, and their texts.
fn snapshot(cursor: &str, segments: &[&[Record]]) -> (Manifest, Vec<(Hash, String)>) {
    let mut manifest = Manifest {
        epoch: "e".to_owned(),
        cursor: cursor.to_owned(),
        records: segments.iter().map(|records| records.len() as u64).sum(),
        segments: Vec::new(),
    };
    let mut texts = Vec::new();
    for records in segments {
        let bytes = encode(records.to_vec());
        let part = Part {
            hash: Hash::of(&bytes),
            bytes: bytes.len() as u64,
            records: records.len() as u64,
        };
        manifest.segments.push(part);
        texts.push((part.hash, String::from_utf8(bytes).unwrap()));
    }
    (manifest, texts)
}

async fn stage(catalogue: &impl Catalogue, texts: &[(Hash, String)]) {
    for (hash, text) in texts {
        catalogue.stage_segment(*hash, text).await.unwrap();
    }
}

async fn staged(catalogue: &impl Catalogue, manifest: &Manifest) -> BTreeSet<Hash> {
    catalogue.staged(manifest).await.unwrap().into_iter().collect()
}

fn hashes(texts: &[(Hash, String)]) -> BTreeSet<Hash> {
    texts.iter().map(|(hash, _)| *hash).collect()
}

/// While it is staged nobody sees it; then it is there whole, with its cursor, and as it was sent.
pub async fn a_snapshot_is_switched_in_at_once(catalogue: impl Catalogue) {
    catalogue.apply_page(&page(vec![record("old", 9)], "old", true)).await.unwrap();
    let mut strange = record("strange", 3);
    strange.collection = "hologram".to_owned();
    strange.fields.insert("new".to_owned(), serde_json::json!([null, {"deep": "é"}]));
    let (one, two) = (vec![record("a", 1), record("b", 2)], vec![strange]);
    let (manifest, texts) = snapshot("here", &[&one, &two]);
    assert_eq!(staged(&catalogue, &manifest).await, BTreeSet::new());
    stage(&catalogue, &texts).await;
    assert_eq!(staged(&catalogue, &manifest).await, hashes(&texts));
    assert_eq!(ids(&catalogue).await, ["old"]);
    assert_eq!(catalogue.cursor().await.unwrap().as_deref(), Some("old"));

    assert_eq!(catalogue.switch_in(Some("old"), &manifest).await, Ok(true));
    assert_eq!(catalogue.cursor().await.unwrap().as_deref(), Some("here"));
    let mut stored = catalogue.records().await.unwrap();
    stored.sort_by_key(|record| record.seq);
    assert_eq!(stored, [one, two].concat());
}

/// A segment that is missing stops the whole switch.
pub async fn a_snapshot_with_a_hole_changes_nothing(catalogue: impl Catalogue) {
    catalogue.apply_page(&page(vec![record("old", 9)], "old", true)).await.unwrap();
    let (manifest, texts) = snapshot("here", &[&[record("a", 1)], &[record("b", 2)]]);
    stage(&catalogue, &texts[..1]).await;
    assert_eq!(catalogue.switch_in(Some("old"), &manifest).await, Ok(false));
    assert_eq!(ids(&catalogue).await, ["old"]);
    assert_eq!(catalogue.cursor().await.unwrap().as_deref(), Some("old"));
    // What was staged is not lost by the attempt.
    assert_eq!(staged(&catalogue, &manifest).await, hashes(&texts[..1]));
    stage(&catalogue, &texts[1..]).await;
    assert_eq!(catalogue.switch_in(Some("old"), &manifest).await, Ok(true));
    assert_eq!(ids(&catalogue).await, ["a", "b"]);
}

/// Another tab has moved the cursor while this one was fetching.
pub async fn a_snapshot_fetched_from_elsewhere_changes_nothing(catalogue: impl Catalogue) {
    let (manifest, texts) = snapshot("here", &[&[record("a", 1)]]);
    stage(&catalogue, &texts).await;
    catalogue.apply_page(&page(vec![record("b", 2)], "two", false)).await.unwrap();
    assert_eq!(catalogue.switch_in(None, &manifest).await, Ok(false));
    assert_eq!(catalogue.switch_in(Some("one"), &manifest).await, Ok(false));
    assert_eq!(ids(&catalogue).await, ["b"]);
    assert_eq!(catalogue.cursor().await.unwrap().as_deref(), Some("two"));
}

/// The server has moved on: what the new snapshot shares with the old one is kept, the rest must
/// not fill the tablet.
pub async fn only_segments_of_the_offered_snapshot_stay(catalogue: impl Catalogue) {
    let (shared, gone, new) = ([record("a", 1)], [record("b", 2)], [record("b", 3)]);
    let (before, texts) = snapshot("two", &[&shared, &gone]);
    stage(&catalogue, &texts).await;
    let (after, newer) = snapshot("three", &[&shared, &new]);
    assert_eq!(staged(&catalogue, &after).await, hashes(&texts[..1]));
    assert_eq!(staged(&catalogue, &before).await, hashes(&texts[..1]));
    stage(&catalogue, &newer[1..]).await;
    assert_eq!(catalogue.switch_in(None, &after).await, Ok(true));
    assert_eq!(ids(&catalogue).await, ["a", "b"]);
}

/// Edits, deletions and new records after a snapshot, and changes that come too late.
pub async fn changes_come_on_top_of_a_snapshot(catalogue: impl Catalogue) {
    let records = [record("a", 1), record("b", 2), record("c", 5)];
    let (manifest, texts) = snapshot("five", &[&records]);
    stage(&catalogue, &texts).await;
    assert_eq!(catalogue.switch_in(None, &manifest).await, Ok(true));
    let mut dead = record("b", 7);
    dead.deleted = true;
    dead.fields.clear();
    let changed = vec![record("a", 6), dead, record("d", 8)];
    assert_eq!(
        catalogue.apply_page_after(Some("five"), &page(changed, "eight", false)).await,
        Ok(true)
    );
    catalogue.apply_page(&page(vec![record("c", 4)], "late", false)).await.unwrap();
    let mut stored = catalogue.records().await.unwrap();
    stored.sort_by_key(|record| record.seq);
    assert_eq!(stored, [record("c", 5), record("a", 6), record("d", 8)]);
}

/// A full fetch without a snapshot leaves nothing of the one before, in use or staged.
pub async fn a_fresh_page_replaces_a_snapshot(catalogue: impl Catalogue) {
    let (manifest, texts) = snapshot("five", &[&[record("a", 5)]]);
    stage(&catalogue, &texts).await;
    assert_eq!(catalogue.switch_in(None, &manifest).await, Ok(true));
    catalogue.apply_page(&page(vec![record("b", 2)], "two", true)).await.unwrap();
    assert_eq!(ids(&catalogue).await, ["b"]);
    catalogue.apply_page(&page(vec![record("a", 1)], "three", false)).await.unwrap();
    assert_eq!(ids(&catalogue).await, ["a", "b"]);
}

/// A tablet that was away too long starts anew: what it has of the new snapshot already serves
/// again, and nothing else of the old one shows through.
pub async fn the_next_snapshot_keeps_what_it_shares(catalogue: impl Catalogue) {
    let (shared, old, new) = ([record("a", 1)], [record("b", 2)], [record("c", 30)]);
    let (first, texts) = snapshot("two", &[&shared, &old]);
    stage(&catalogue, &texts).await;
    assert_eq!(catalogue.switch_in(None, &first).await, Ok(true));
    catalogue.apply_page(&page(vec![record("a", 9), record("d", 10)], "ten", false)).await.unwrap();

    let (second, texts) = snapshot("thirty", &[&shared, &new]);
    let here = staged(&catalogue, &second).await;
    assert!(here.is_subset(&hashes(&texts)), "nothing is told that was not asked for");
    assert_eq!(ids(&catalogue).await, ["a", "b", "d"], "asking changes nothing");
    let missing: Vec<_> = texts.into_iter().filter(|(hash, _)| !here.contains(hash)).collect();
    stage(&catalogue, &missing).await;
    assert_eq!(catalogue.switch_in(Some("ten"), &second).await, Ok(true));
    let mut stored = catalogue.records().await.unwrap();
    stored.sort_by_key(|record| record.seq);
    assert_eq!(stored, [record("a", 1), record("c", 30)]);
}
