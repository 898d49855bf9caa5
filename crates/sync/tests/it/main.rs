//! Tests of the sync engine and its storage.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod engine;
mod memory;
mod snapshot;
