//! The storage in a real browser: the conformance suite that memory storage passes too, and what
//! only IndexedDB can get wrong.

#![cfg(target_arch = "wasm32")]
#![expect(clippy::unwrap_used, reason = "a failed step of a test should end it")]

mod catalogue;
mod connection;
mod storage;

wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);

/// A name that no database has yet. It stays for the life of the page, as a site's own names do.
fn fresh(kind: &str) -> &'static str {
    Box::leak(format!("{kind}-{}", uuid::Uuid::new_v4()).into_boxed_str())
}
