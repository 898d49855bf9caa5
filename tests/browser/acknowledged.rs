//! What is acknowledged and not moved among the receipts yet: an app of before in another tab, and notes that went bad.

use app::idb::IdbOutbox;
use indexed_db_futures::{
    Build, BuildPrimitive, database::Database, object_store::ObjectStore, prelude::QuerySource,
    transaction::TransactionMode,
};
use js_sys::{Array, Uint8Array};
use model::{Hash, SubmissionId, submission::Sealed, time::Millis, wire::Ack};
use sync::Outbox;
use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::fresh;

const NOW: Millis = Millis(1_000);

fn sealed(number: u8) -> Sealed {
    let id = SubmissionId::new(Millis(i64::from(number)), [number; 10]);
    let bytes = format!("what {number} said").into_bytes();
    Sealed { id, hash: Hash::of(&bytes), bytes }
}

fn ack(number: u8) -> Ack {
    let Sealed { id, hash, .. } = sealed(number);
    Ack { id, hash, seq: u64::from(number), epoch: "one".to_owned() }
}

/// Three that are acknowledged in the history "one", and noted.
async fn noted() -> (&'static str, IdbOutbox) {
    let name = fresh("outbox");
    let outbox = IdbOutbox::new(name);
    for number in 1..=3 {
        outbox.enqueue(&sealed(number), NOW).await.unwrap();
    }
    outbox.see_epoch("one").await.unwrap();
    outbox.settle(&[1, 2, 3].map(ack), &[], NOW).await.unwrap();
    (name, outbox)
}

/// Writes as something else than this app does.
async fn raw(name: &str, store: &str, write: impl AsyncFn(&ObjectStore<'_>)) {
    let database = Database::open(name).build().unwrap().await.unwrap();
    let transaction =
        database.transaction(store).with_mode(TransactionMode::Readwrite).build().unwrap();
    write(&transaction.object_store(store).unwrap()).await;
    transaction.commit().await.unwrap();
}

async fn put(store: &ObjectStore<'_>, key: &str, value: JsValue) {
    store.put(value).with_key(key.to_owned()).primitive().unwrap().await.unwrap();
}

async fn waiting(outbox: &IdbOutbox) -> usize {
    let batch = outbox.next_batch(None, 10).await.unwrap();
    assert_eq!(outbox.overview().await.unwrap().waiting().count(), batch.len());
    batch.len()
}

#[wasm_bindgen_test]
async fn another_tab_and_a_later_start_see_it_as_received() {
    let (name, outbox) = noted().await;
    let other = IdbOutbox::new(name);
    for tab in [&outbox, &other] {
        assert_eq!(waiting(tab).await, 0);
        assert_eq!(
            tab.overview().await.unwrap().received,
            [1, 2, 3].map(|it| sealed(it).id).into()
        );
    }
}

/// It does not know the notes: it sends the entry again, and makes a receipt of it as it always did.
#[wasm_bindgen_test]
async fn an_app_of_before_in_another_tab_does_no_harm() {
    let (name, outbox) = noted().await;
    let Sealed { id, hash, bytes } = sealed(2);
    let key = id.to_string();
    raw(name, "entries", async |entries| {
        entries.delete(key.clone()).primitive().unwrap().await.unwrap();
    })
    .await;
    let envelope = format!(
        r#"{{"ack":{{"id":"{id}","hash":"{hash}","seq":2,"epoch":"one"}},"received_at":1000}}"#
    );
    let receipt = Array::of2(&envelope.into(), &Uint8Array::from(&bytes[..]));
    raw(name, "receipts", async |receipts| put(receipts, &key, receipt.clone().into()).await).await;

    outbox.forget(Millis(0)).await.unwrap();
    let overview = outbox.overview().await.unwrap();
    assert_eq!((overview.entries.len(), overview.received.len()), (0, 3));
    assert_eq!(outbox.see_epoch("two").await.unwrap(), 3);
    let again = outbox.next_batch(None, 10).await.unwrap();
    let bytes: Vec<_> = again.into_iter().map(|entry| entry.bytes).collect();
    assert_eq!(bytes, [1, 2, 3].map(|number| sealed(number).bytes));
}

/// An app of before that learns of another history brings back receipts, and nothing that is only noted.
#[wasm_bindgen_test]
async fn a_note_of_an_ended_history_counts_for_nothing() {
    let (name, outbox) = noted().await;
    raw(name, "meta", async |meta| put(meta, "epoch", "two".into()).await).await;
    assert_eq!(waiting(&outbox).await, 3);
    outbox.forget(Millis(0)).await.unwrap();
    assert_eq!(waiting(&outbox).await, 3);
}

#[wasm_bindgen_test]
async fn a_note_that_cannot_be_read_counts_for_nothing() {
    let (name, outbox) = noted().await;
    raw(name, "meta", async |meta| {
        let keys = meta.get_all_keys::<JsValue>().await.unwrap();
        let keys = keys.filter_map(|key| key.ok()?.as_string());
        let notes: Vec<String> = keys.filter(|key| key.starts_with("acknowledged/")).collect();
        assert_eq!(notes.len(), 1);
        put(meta, &notes[0], "{".into()).await;
    })
    .await;
    assert_eq!(waiting(&outbox).await, 3);
    outbox.forget(Millis(0)).await.unwrap();
    assert_eq!(waiting(&outbox).await, 3);
}
