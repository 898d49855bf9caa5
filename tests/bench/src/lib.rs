//! Benches that run in a browser. The page `www/index.html` calls what is exported here and
//! compares it with other libraries on the same data, in the same run.

mod search_bench;

pub use search_bench::SearchBench;
