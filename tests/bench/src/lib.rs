//! Benches that run in a browser. The pages `www/index.html` and `../peers/www/index.html` call what is exported
//! here and compare it with other libraries on the same data, in the same run.

// The app is made for the browser alone.
#![cfg(target_arch = "wasm32")]

mod captures;
mod search_bench;
mod storage_bench;
mod sync_bench;

pub use search_bench::SearchBench;
pub use storage_bench::StorageBench;
pub use sync_bench::SyncBench;
