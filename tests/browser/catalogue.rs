//! The catalogue as it lies in the browser: what earlier apps have stored, and what went bad.

use app::idb::IdbCatalogue;
use indexed_db_futures::{
    Build, BuildPrimitive,
    database::{Database, VersionChangeEvent},
    error::Error,
    transaction::TransactionMode,
};
use model::{
    Hash, Key, Record,
    segment::encode,
    snapshot::{Manifest, Part},
    wire::Changes,
};
use sync::Catalogue;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::fresh;

fn record(id: &str, seq: u64) -> Record {
    Record {
        collection: "event".to_owned(),
        id: Key::parse(id).unwrap(),
        rev: 1,
        seq,
        deleted: false,
        fields: serde_json::json!({"title": {"en": id}}).as_object().unwrap().clone(),
    }
}

fn page(records: Vec<Record>, cursor: &str) -> Changes {
    Changes { records, cursor: cursor.to_owned(), more: false, fresh: false, epoch: "e".to_owned() }
}

async fn ids(catalogue: &IdbCatalogue) -> Vec<String> {
    let mut ids: Vec<_> =
        catalogue.records().await.unwrap().iter().map(|record| record.id.to_string()).collect();
    ids.sort_unstable();
    ids
}

/// A snapshot of one segment a record, and its texts.
fn snapshot(cursor: &str, ids: &[&str]) -> (Manifest, Vec<String>) {
    let (mut segments, mut texts) = (Vec::new(), Vec::new());
    for (id, seq) in ids.iter().zip(1..) {
        let bytes = encode(vec![record(id, seq)]);
        segments.push(Part { hash: Hash::of(&bytes), bytes: bytes.len() as u64, records: 1 });
        texts.push(String::from_utf8(bytes).unwrap());
    }
    let (epoch, cursor) = ("e".to_owned(), cursor.to_owned());
    (Manifest { epoch, cursor, records: ids.len() as u64, segments }, texts)
}

async fn stage(catalogue: &IdbCatalogue, manifest: &Manifest, texts: &[String]) {
    for (part, text) in manifest.segments.iter().zip(texts) {
        catalogue.stage_segment(part.hash, text).await.unwrap();
    }
}

#[wasm_bindgen_test]
async fn what_the_first_version_stored_is_kept() {
    let name = fresh("catalogue");
    let first = Database::open(name)
        .with_version(1_u8)
        .with_on_upgrade_needed(|_: VersionChangeEvent, database: Database| {
            database.create_object_store("records").build()?;
            database.create_object_store("meta").build()?;
            Ok::<_, Error>(())
        })
        .build()
        .unwrap()
        .await
        .unwrap();
    let stores = ["records", "meta"];
    let transaction =
        first.transaction(stores).with_mode(TransactionMode::Readwrite).build().unwrap();
    let put = async |store: &str, key: &str, text: String| {
        let store = transaction.object_store(store).unwrap();
        store.put(text).with_key(key.to_owned()).primitive().unwrap().await.unwrap();
    };
    put("records", "event/a", model::json::write(&record("a", 1)).unwrap()).await;
    put("meta", "cursor", "one".to_owned()).await;
    put("meta", "venue", "grays-central-library".to_owned()).await;
    transaction.commit().await.unwrap();
    first.close();

    let catalogue = IdbCatalogue::new(name);
    assert_eq!(ids(&catalogue).await, ["a"]);
    assert_eq!(catalogue.cursor().await.unwrap().as_deref(), Some("one"));
    let venue = catalogue.setting("venue").await.unwrap();
    assert_eq!(venue.as_deref(), Some("grays-central-library"));
    // Changes and a snapshot find their place in it.
    let changed = page(vec![record("b", 2)], "two");
    assert_eq!(catalogue.apply_page_after(Some("one"), &changed).await, Ok(true));
    assert_eq!(ids(&catalogue).await, ["a", "b"]);
    let (manifest, texts) = snapshot("here", &["c", "d"]);
    stage(&catalogue, &manifest, &texts).await;
    assert_eq!(catalogue.switch_in(Some("two"), &manifest).await, Ok(true));
    assert_eq!(ids(&catalogue).await, ["c", "d"]);
    assert_eq!(catalogue.setting("venue").await.unwrap(), venue);
}

#[wasm_bindgen_test]
async fn a_segment_that_went_bad_hides_no_other_and_is_fetched_again() {
    let name = fresh("catalogue");
    let catalogue = IdbCatalogue::new(name);
    let (manifest, texts) = snapshot("here", &["a", "b", "c"]);
    stage(&catalogue, &manifest, &texts).await;
    assert_eq!(catalogue.switch_in(None, &manifest).await, Ok(true));
    // The disk has lost half of one.
    catalogue.stage_segment(manifest.segments[1].hash, &texts[1][..9]).await.unwrap();
    assert_eq!(ids(&catalogue).await, ["a", "c"]);

    assert_eq!(catalogue.cursor().await.unwrap(), None, "the next round starts anew");
    let here = catalogue.staged(&manifest).await.unwrap();
    assert_eq!(here.len(), 2);
    assert!(!here.contains(&manifest.segments[1].hash));
    catalogue.stage_segment(manifest.segments[1].hash, &texts[1]).await.unwrap();
    assert_eq!(catalogue.switch_in(None, &manifest).await, Ok(true));
    assert_eq!(ids(&catalogue).await, ["a", "b", "c"]);
    assert_eq!(catalogue.cursor().await.unwrap().as_deref(), Some("here"));
}

#[wasm_bindgen_test]
async fn two_tabs_cannot_both_switch_in() {
    let name = fresh("catalogue");
    let (one, two) = (IdbCatalogue::new(name), IdbCatalogue::new(name));
    let (first, texts) = snapshot("first", &["a", "b"]);
    stage(&one, &first, &texts).await;
    let (second, texts) = snapshot("second", &["a", "c"]);
    stage(&two, &second, &texts).await;
    let switched =
        futures::future::join(one.switch_in(None, &first), two.switch_in(None, &second)).await;
    let both = [switched.0.unwrap(), switched.1.unwrap()];
    assert_eq!(both.iter().filter(|done| **done).count(), 1);
    let shown = ids(&one).await;
    assert_eq!(shown, if both[0] { ["a", "b"] } else { ["a", "c"] });
}
