//! Content comes in whole or not at all.

use ::server::{
    Store,
    store::{ImportRecord, Imported},
};
use model::Collection;
use serde_json::{Value, json};

use super::{fields, key, named};

fn record(collection: Collection, id: &str, set: Value) -> ImportRecord {
    ImportRecord { collection, id: key(id), fields: fields(set) }
}

/// A venue before the area that it names.
fn content() -> Vec<ImportRecord> {
    vec![
        record(
            Collection::Venue,
            "hall",
            json!({"name": {"en": "Hall"}, "address": [], "postcode": "RM17 5DX", "area": "grays"}),
        ),
        record(Collection::Area, "grays", named("Grays")),
    ]
}

pub async fn an_import_is_all_or_nothing(store: &Store) {
    let mut faulty = content();
    faulty.push(record(Collection::Theme, "health", json!({})));
    let problems = store.import(faulty, false).await.unwrap().unwrap_err();
    assert_eq!(problems[0].0, 2);
    assert!(store.is_empty().await.unwrap());

    let done = store.import(content(), false).await.unwrap().unwrap();
    assert_eq!(done, Imported { created: 2, changed: 0, same: 0 });
    let page = store.changes(None, 9).await.unwrap();
    let ids: Vec<_> = page.records.iter().map(|record| record.id.as_str()).collect();
    assert_eq!(ids, ["grays", "hall"], "what others refer to comes first");
}

pub async fn a_trial_stores_nothing(store: &Store) {
    let done = store.import(content(), true).await.unwrap().unwrap();
    assert_eq!(done.created, 2);
    assert!(store.is_empty().await.unwrap());
}

pub async fn the_same_again_changes_nothing(store: &Store) {
    store.import(content(), false).await.unwrap().unwrap();
    let cursor = store.changes(None, 9).await.unwrap().cursor;
    let mut again = content();
    again[1] = record(Collection::Area, "grays", named("Grays town"));
    let done = store.import(again, false).await.unwrap().unwrap();
    assert_eq!(done, Imported { created: 0, changed: 1, same: 1 });
    let page = store.changes(Some(&cursor), 9).await.unwrap();
    assert_eq!((page.records.len(), page.records[0].rev), (1, 2));
}
