//! The app: screens for residents, volunteers and staff, on tablets that are often offline.
//!
//! Arrows run one way: `pages → components, store`; `store → idb, net`; `sync_loop → store`.

// The macro names things from here, in this library and in the programs.
extern crate self as app;

pub mod components;
pub mod idb;
pub mod locale;
pub mod net;
pub mod pages;
pub mod platform;
pub mod program;
pub mod router;
pub mod store;
pub mod sync_loop;
pub mod view;
pub mod wall;

#[cfg(all(test, target_arch = "wasm32"))]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);
