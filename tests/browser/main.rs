//! Storage and sync in real browsers: the conformance suite that memory storage passes too, what only IndexedDB can
//! get wrong, and the way to the real server and back. `cargo xtask test browser --engines all` runs them in Chromium,
//! Firefox and WebKit; the server that the page comes from is new for each, and the same for all tests in it.

#![cfg(target_arch = "wasm32")]
#![expect(clippy::unwrap_used, reason = "a failed step of a test should end it")]

mod acknowledged;
mod catalogue;
mod closing;
mod connection;
mod released;
mod rounds;
mod server;
mod storage;
mod tab;
mod tabs;
mod upgrade;

wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);

/// A name that no database has yet. It stays for the life of the page, as a site's own names do.
fn fresh(kind: &str) -> &'static str {
    Box::leak(format!("{kind}-{}", uuid::Uuid::new_v4()).into_boxed_str())
}
