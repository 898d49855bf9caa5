//! The conformance suite on storage in memory.

use sync::{MemoryCatalogue, MemoryOutbox};

macro_rules! case {
    ($name:ident, $make:expr) => {
        #[test]
        fn $name() {
            pollster::block_on(async { sync::conformance::$name(($make)().await).await });
        }
    };
}

sync::conformance!(case, async || MemoryOutbox::default(), async || MemoryCatalogue::default());
