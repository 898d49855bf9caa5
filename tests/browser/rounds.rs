//! Sync as the app does it, from IndexedDB over its own gateway to the real server.

use app::{
    idb::{IdbCatalogue, IdbOutbox},
    net::Gateway,
    platform::clock,
};
use model::{Record, submission::Sealed};
use sync::{Catalogue as _, Outbox as _, Outcome, Remote as _, sync};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::{fresh, server};

async fn round(outbox: &IdbOutbox, catalogue: &IdbCatalogue) -> Outcome {
    let outcome = sync(outbox, catalogue, &Gateway, clock::now).await;
    assert_eq!(outcome.error, None);
    outcome
}

fn tablet() -> (IdbOutbox, IdbCatalogue) {
    (IdbOutbox::new(fresh("outbox")), IdbCatalogue::new(fresh("catalogue")))
}

async fn save(outbox: &IdbOutbox, all: &[Sealed]) {
    for one in all {
        outbox.enqueue(one, clock::now()).await.unwrap();
    }
}

/// What a tablet has of the catalogue, in the order of [`server::catalogue`].
pub async fn sorted(catalogue: &IdbCatalogue) -> Vec<Record> {
    let mut records = catalogue.records().await.unwrap();
    records.sort_by(|a, b| (&a.collection, &a.id).cmp(&(&b.collection, &b.id)));
    records
}

#[wasm_bindgen_test]
async fn the_server_answers_with_the_nonce_it_was_sent() {
    let probe = Gateway.probe().await.unwrap();
    assert!(!probe.epoch.is_empty());
}

#[wasm_bindgen_test]
async fn a_new_tablet_gets_the_whole_catalogue_and_then_only_what_changes() {
    let (outbox, catalogue) = tablet();
    assert!(round(&outbox, &catalogue).await.pulled > 0);
    assert_eq!(sorted(&catalogue).await, server::catalogue().await);
    assert_eq!(round(&outbox, &catalogue).await.pulled, 0);

    server::sign_in().await;
    let title = fresh("A title of a test");
    let changed = server::retitle(title).await;
    assert_eq!(round(&outbox, &catalogue).await.pulled, 1);
    assert_eq!(changed.fields["title"]["en"], title);
    assert!(catalogue.records().await.unwrap().contains(&changed));
    assert_eq!(sorted(&catalogue).await, server::catalogue().await);
}

#[wasm_bindgen_test]
async fn what_is_saved_arrives_once_byte_for_byte() {
    let (outbox, catalogue) = tablet();
    let words = fresh("told");
    // More than fit into one batch.
    let all: Vec<_> = (0..110).map(|number| server::told(&format!("{words} {number}"))).collect();
    save(&outbox, &all).await;
    let outcome = round(&outbox, &catalogue).await;
    assert_eq!((outcome.received, outcome.refused), (110, 0));
    assert_eq!(round(&outbox, &catalogue).await.received, 0);

    let overview = outbox.overview().await.unwrap();
    assert!(overview.entries.is_empty());
    server::sign_in().await;
    let there = server::received(words).await;
    assert_eq!(there.keys().copied().collect::<Vec<_>>(), Vec::from_iter(overview.received));
    for (number, one) in all.iter().enumerate() {
        // The acknowledgement names the hash of the bytes, or the entry would still wait.
        assert_eq!(there[&one.id], format!("{words} {number}"));
    }
}

#[wasm_bindgen_test]
async fn two_tablets_with_the_same_record_both_hear_that_it_is_there() {
    let (one, catalogue) = tablet();
    let (clone, _) = tablet();
    let words = fresh("told");
    let told = [server::told(words)];
    for outbox in [&one, &clone] {
        save(outbox, &told).await;
        assert_eq!(round(outbox, &catalogue).await.received, 1);
    }
    server::sign_in().await;
    assert_eq!(server::received(words).await.len(), 1);
}

#[wasm_bindgen_test]
async fn what_the_server_refuses_stays_and_keeps_nothing_else_back() {
    let (outbox, catalogue) = tablet();
    let words = fresh("told");
    let bad = server::told_without_consent(words);
    save(&outbox, &[server::told(words), bad.clone(), server::told(words)]).await;
    let outcome = round(&outbox, &catalogue).await;
    assert_eq!((outcome.received, outcome.refused), (2, 1));
    let overview = outbox.overview().await.unwrap();
    let refused: Vec<_> = overview.refused().map(|(entry, _)| (entry.id, &entry.bytes)).collect();
    assert_eq!(refused, [(bad.id, &bad.bytes)]);
}
