//! Storing captures in the outbox.

use app::idb::IdbOutbox;
use model::{submission::Sealed, time::Millis};
use serde_json::json;
use sync::Outbox;
use wasm_bindgen::prelude::{JsError, wasm_bindgen};

use crate::captures::{FIRST, captures};

/// Captures, sealed and ready to be stored.
#[wasm_bindgen]
pub struct StorageBench {
    captures: Vec<Sealed>,
}

impl StorageBench {
    /// The captures.
    pub(crate) fn captures(&self) -> &[Sealed] {
        &self.captures
    }
}

#[wasm_bindgen]
impl StorageBench {
    /// `count` pieces of feedback of usual length; the same for the same seed.
    ///
    /// # Errors
    /// If one cannot be sealed.
    #[wasm_bindgen(constructor)]
    pub fn new(count: usize, seed: u32) -> Result<Self, JsError> {
        Ok(Self { captures: captures(count, u64::from(seed))? })
    }

    /// Stores all, one by one, each durably, as the app does: in the database `name`, which
    /// must not exist.
    ///
    /// # Errors
    /// If the browser refuses.
    pub async fn store(&self, name: String) -> Result<(), JsError> {
        // A database's name is a constant of the app; a bench has a few, and ends soon.
        let outbox = IdbOutbox::new(name.leak());
        for sealed in &self.captures {
            outbox.enqueue(sealed, Millis(FIRST)).await?;
        }
        Ok(())
    }

    /// How many captures there are.
    #[wasm_bindgen(getter)]
    pub fn length(&self) -> usize {
        self.captures.len()
    }

    /// The key that a capture is stored under.
    pub fn key(&self, at: usize) -> Option<String> {
        self.captures.get(at).map(|sealed| sealed.id.to_string())
    }

    /// The envelope that a capture is stored in: JSON text.
    pub fn envelope(&self, at: usize) -> Option<String> {
        let hash = self.captures.get(at)?.hash;
        Some(json!({ "hash": hash, "saved_at": FIRST, "state": "waiting" }).to_string())
    }

    /// The bytes of a capture.
    pub fn bytes(&self, at: usize) -> Option<Vec<u8>> {
        self.captures.get(at).map(|sealed| sealed.bytes.clone())
    }

    /// The bytes of a capture as what they are: JSON text.
    pub fn text(&self, at: usize) -> Option<String> {
        let sealed = self.captures.get(at)?;
        Some(String::from_utf8_lossy(&sealed.bytes).into_owned())
    }
}
