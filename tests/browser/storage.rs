//! The conformance suite on IndexedDB.

use app::idb::{IdbCatalogue, IdbOutbox};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::fresh;

macro_rules! case {
    ($name:ident, $make:expr) => {
        #[wasm_bindgen_test]
        async fn $name() {
            sync::conformance::$name(($make)().await).await;
        }
    };
}

sync::conformance!(case, async || IdbOutbox::new(fresh("outbox")), async || IdbCatalogue::new(
    fresh("catalogue")
));
