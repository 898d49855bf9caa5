//! Connections that the browser closes, and transactions that it breaks off.

use app::{
    idb::{IdbCatalogue, IdbOutbox},
    net::Gateway,
    platform::clock,
};
use sync::{Catalogue as _, Outbox as _, StorageError, sync};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::{fresh, rounds::sorted, server};

#[wasm_bindgen(module = "/tests/browser/closing.js")]
extern "C" {
    fn close_before(name: &str, nth: u32, times: u32);
    fn abort_next(name: &str);
    fn let_be(name: &str);
}

#[wasm_bindgen_test]
async fn a_closed_connection_is_opened_again_and_nobody_notices() {
    let name = fresh("outbox");
    let outbox = IdbOutbox::new(name);
    for words in ["one", "two"] {
        close_before(name, 1, 1);
        outbox.enqueue(&server::told(words), clock::now()).await.unwrap();
    }
    // By another connection, since the one above could have kept it to itself.
    assert_eq!(IdbOutbox::new(name).next_batch(None, 9).await.unwrap().len(), 2);

    let name = fresh("catalogue");
    let catalogue = IdbCatalogue::new(name);
    for venue in ["grays-central-library", "tilbury-hub"] {
        close_before(name, 1, 1);
        catalogue.set_setting("venue", venue).await.unwrap();
        close_before(name, 1, 1);
        assert_eq!(catalogue.setting("venue").await.unwrap().as_deref(), Some(venue));
    }
}

/// Once is enough: a browser that closes everything has no storage, and must not keep the page busy for ever.
#[wasm_bindgen_test]
async fn a_connection_that_never_stays_open_is_an_error_and_stores_nothing() {
    let name = fresh("outbox");
    let outbox = IdbOutbox::new(name);
    outbox.enqueue(&server::told("before"), clock::now()).await.unwrap();
    close_before(name, 1, u32::MAX);
    let told = server::told("meanwhile");
    let failed = outbox.enqueue(&told, clock::now()).await;
    assert!(matches!(failed, Err(StorageError::Failed(_))), "{failed:?}");
    let_be(name);
    assert_eq!(outbox.next_batch(None, 9).await.unwrap().len(), 1);
    outbox.enqueue(&told, clock::now()).await.unwrap();
    assert_eq!(outbox.next_batch(None, 9).await.unwrap().len(), 2);
}

#[wasm_bindgen_test]
async fn a_transaction_that_is_broken_off_is_not_called_saved() {
    let name = fresh("outbox");
    let outbox = IdbOutbox::new(name);
    outbox.enqueue(&server::told("before"), clock::now()).await.unwrap();
    let told = server::told("meanwhile");
    abort_next(name);
    let failed = outbox.enqueue(&told, clock::now()).await;
    // It may be tried again by itself; but what is called saved must be there.
    let there = IdbOutbox::new(name).next_batch(None, 9).await.unwrap();
    assert_eq!(failed.is_ok(), there.iter().any(|entry| entry.id == told.id), "{failed:?}");
    outbox.enqueue(&told, clock::now()).await.unwrap();
    assert_eq!(outbox.next_batch(None, 9).await.unwrap().len(), 2);
}

#[wasm_bindgen_test]
async fn a_page_that_is_broken_off_leaves_the_cursor_where_it_was() {
    let name = fresh("catalogue");
    let (outbox, catalogue) = (IdbOutbox::new(fresh("outbox")), IdbCatalogue::new(name));
    assert_eq!(sync(&outbox, &catalogue, &Gateway, clock::now).await.error, None);
    let (cursor, records) = (catalogue.cursor().await, sorted(&catalogue).await);
    server::sign_in().await;
    server::retitle(fresh("A title of a test")).await;

    let page = sync::Remote::changes(&Gateway, cursor.as_ref().unwrap().as_deref()).await.unwrap();
    abort_next(name);
    catalogue.apply_page(&page).await.unwrap_err();
    assert_eq!((catalogue.cursor().await, sorted(&catalogue).await), (cursor, records));
    assert_eq!(sync(&outbox, &catalogue, &Gateway, clock::now).await.error, None);
    assert_eq!(sorted(&catalogue).await, server::catalogue().await);
}

#[wasm_bindgen_test]
async fn a_sync_goes_on_however_often_the_connections_are_closed() {
    let (waiting, shown, words) = (fresh("outbox"), fresh("catalogue"), fresh("told"));
    let (outbox, catalogue) = (IdbOutbox::new(waiting), IdbCatalogue::new(shown));
    close_before(waiting, 2, u32::MAX);
    close_before(shown, 2, u32::MAX);
    for number in 0..12 {
        let told = server::told(&format!("{words} {number}"));
        outbox.enqueue(&told, clock::now()).await.unwrap();
    }
    let outcome = sync(&outbox, &catalogue, &Gateway, clock::now).await;
    assert_eq!((outcome.error, outcome.received), (None, 12));
    let_be(waiting);
    let_be(shown);
    assert!(outbox.overview().await.unwrap().entries.is_empty());
    server::sign_in().await;
    assert_eq!(server::received(words).await.len(), 12);
    assert_eq!(sorted(&catalogue).await, server::catalogue().await);
}
