//! Benches that run in a browser. The page `www/index.html` calls what is exported here and
//! compares it with other libraries on the same data, in the same run.

// The app is made for the browser alone.
#![cfg(target_arch = "wasm32")]

mod search_bench;
mod storage_bench;

pub use search_bench::SearchBench;
pub use storage_bench::StorageBench;
