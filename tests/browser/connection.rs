//! Several connections to one database, what closes them, and values as they lie there.

use app::idb::{IdbCatalogue, IdbOutbox};
use indexed_db_futures::{
    Build, BuildPrimitive, database::Database, error::Error, transaction::TransactionMode,
};
use model::{Hash, SubmissionId, submission::Sealed, time::Millis};
use sync::Outbox;
use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::fresh;

const NOW: Millis = Millis(1_000);

fn sealed(number: u8, bytes: &[u8]) -> Sealed {
    let id = SubmissionId::new(Millis(i64::from(number)), [number; 10]);
    Sealed { id, hash: Hash::of(bytes), bytes: bytes.to_vec() }
}

#[wasm_bindgen_test]
async fn bytes_come_back_exactly() {
    let outbox = IdbOutbox::new(fresh("outbox"));
    // Every byte there is, no valid UTF-8; and nothing at all.
    let every: Vec<u8> = (0..=u8::MAX).collect();
    let told = [sealed(1, &every), sealed(2, &[]), sealed(3, "łąka\0é".as_bytes())];
    for one in &told {
        outbox.enqueue(one, NOW).await.unwrap();
    }
    let stored = outbox.next_batch(None, 10).await.unwrap();
    let bytes: Vec<_> = stored.iter().map(|entry| &entry.bytes).collect();
    assert_eq!(bytes, told.iter().map(|one| &one.bytes).collect::<Vec<_>>());
}

#[wasm_bindgen_test]
async fn two_connections_see_the_same() {
    let name = fresh("outbox");
    let (one, two) = (IdbOutbox::new(name), IdbOutbox::new(name));
    one.enqueue(&sealed(1, b"one"), NOW).await.unwrap();
    two.enqueue(&sealed(2, b"two"), NOW).await.unwrap();
    assert_eq!(one.next_batch(None, 10).await.unwrap(), two.next_batch(None, 10).await.unwrap());
    assert_eq!(one.overview().await.unwrap().entries.len(), 2);
}

#[wasm_bindgen_test]
async fn two_tabs_that_save_the_same_at_once_store_it_once() {
    let name = fresh("outbox");
    let (one, two) = (IdbOutbox::new(name), IdbOutbox::new(name));
    let told = sealed(1, b"one");
    let saved = futures::future::join(one.enqueue(&told, NOW), two.enqueue(&told, NOW)).await;
    assert_eq!(saved, (Ok(()), Ok(())));
    assert_eq!(one.overview().await.unwrap().entries.len(), 1);
}

#[wasm_bindgen_test]
async fn a_newer_app_in_another_tab_is_not_kept_waiting() {
    let name = fresh("catalogue");
    let old = IdbCatalogue::new(name);
    old.set_setting("venue", "grays-central-library").await.unwrap();
    // It gets the database only once the old connection has closed itself.
    let newer = Database::open(name)
        .with_version(9_u8)
        .with_on_upgrade_needed(|_, database: Database| {
            database.create_object_store("of_the_newer_app").build()?;
            Ok::<_, Error>(())
        })
        .build()
        .unwrap()
        .await
        .unwrap();
    assert_eq!(newer.version(), 9.0);
    // The old app cannot read it any more, and says so in place of hanging.
    assert!(old.setting("venue").await.is_err());
}

#[wasm_bindgen_test]
async fn a_connection_that_was_closed_opens_again() {
    let name = fresh("outbox");
    let outbox = IdbOutbox::new(name);
    outbox.enqueue(&sealed(1, b"one"), NOW).await.unwrap();
    // Deleting closes every connection first, as a browser does that clears a site.
    Database::delete_by_name(name).unwrap().await.unwrap();
    outbox.enqueue(&sealed(2, b"two"), NOW).await.unwrap();
    assert_eq!(outbox.next_batch(None, 10).await.unwrap().len(), 1);
}

#[wasm_bindgen_test]
async fn what_cannot_be_read_is_set_aside_and_hides_nothing() {
    let name = fresh("outbox");
    let outbox = IdbOutbox::new(name);
    outbox.enqueue(&sealed(1, b"one"), NOW).await.unwrap();
    outbox.enqueue(&sealed(3, b"three"), NOW).await.unwrap();

    let strange = sealed(2, b"two").id.to_string();
    let database = Database::open(name).build().unwrap().await.unwrap();
    let transaction =
        database.transaction("entries").with_mode(TransactionMode::Readwrite).build().unwrap();
    let entries = transaction.object_store("entries").unwrap();
    let value = JsValue::from_str("not a pair");
    entries.put(value).with_key(strange.clone()).primitive().unwrap().await.unwrap();
    // An entry whose bytes are not those of its hash.
    let envelope = format!(
        r#"{{"hash":"{}","saved_at":1,"state":"waiting"}}"#,
        Hash::of(b"four as it was saved")
    );
    let pair = js_sys::Array::of2(&envelope.into(), &js_sys::Uint8Array::from(&b"four"[..]));
    let spoilt = sealed(4, b"four").id.to_string();
    entries.put(JsValue::from(pair)).with_key(spoilt.clone()).primitive().unwrap().await.unwrap();
    transaction.commit().await.unwrap();

    let overview = outbox.overview().await.unwrap();
    let corrupt: Vec<_> = overview.corrupt.iter().map(|it| it.key.as_str()).collect();
    assert_eq!(corrupt, [strange.as_str(), spoilt.as_str()]);
    assert_eq!(outbox.next_batch(None, 10).await.unwrap().len(), 2);
    // It is not lost: the export has it as it lies there.
    let raw = outbox.raw_corrupt().await.unwrap();
    assert_eq!(raw[1], (spoilt, "four".to_owned()));
}
