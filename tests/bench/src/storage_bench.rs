//! Storing captures in the outbox.

use app::idb::IdbOutbox;
use model::{
    Key, Submission, SubmissionId,
    feedback::{Feedback, Feeling},
    submission::{Body, Sealed},
    time::Millis,
};
use serde_json::json;
use sync::Outbox;
use wasm_bindgen::prelude::{JsError, wasm_bindgen};

/// When the first capture was made, in milliseconds since 1970; the others a minute later each.
const FIRST: i64 = 1_795_000_000_000;

/// Captures, sealed and ready to be stored.
#[wasm_bindgen]
pub struct StorageBench {
    captures: Vec<Sealed>,
}

#[wasm_bindgen]
impl StorageBench {
    /// `count` pieces of feedback of usual length.
    ///
    /// # Errors
    /// If one cannot be sealed.
    #[wasm_bindgen(constructor)]
    pub fn new(count: u32) -> Result<Self, JsError> {
        let captures = (0..count).map(capture).collect::<Result<_, _>>()?;
        Ok(Self { captures })
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
}

fn capture(number: u32) -> Result<Sealed, serde_json::Error> {
    let made_at = Millis(FIRST + 60_000 * i64::from(number));
    let mut random = [0; 10];
    random[..4].copy_from_slice(&number.to_be_bytes());
    let words = format!(
        "Person {number} said that the bus stop by the hub has no roof, and that older people wait \
         in the rain there. The driver was kind. They would come to the Tuesday group more often \
         if the bus came later."
    );
    let submission = Submission {
        id: SubmissionId::new(made_at, random),
        made_at,
        venue: Key::parse("grays-central-library"),
        language: "en".to_owned(),
        app: "0.1.0".to_owned(),
        body: Body::Feedback(Feedback {
            venue: Key::parse("grays-central-library"),
            themes: Key::parse("transport").into_iter().collect(),
            words,
            feeling: Some(Feeling::Unhappy),
            consent: true,
            ..Feedback::default()
        }),
    };
    submission.seal()
}
