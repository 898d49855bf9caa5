//! Tests of the sync engine and its storage.

mod engine;
mod memory;
