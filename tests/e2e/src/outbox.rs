//! Entries put into the tablet's outbox from outside, as a broken disk or another version of
//! the app might leave them.

use anyhow::Result;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::Browser;

/// Puts a record into the outbox, with the hash of its bytes.
///
/// # Errors
/// If the browser refuses.
pub async fn put(browser: &Browser, id: &str, record: &Value) -> Result<()> {
    // Compact, with keys in order: the canonical form of what holds no fractions.
    let bytes = record.to_string();
    let hash: String = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    let envelope = json!({ "hash": hash, "saved_at": 1_790_000_000_000_i64, "state": "waiting" });
    put_raw(browser, id, &envelope.to_string(), &bytes).await
}

/// Puts an envelope and bytes into the outbox as they are.
///
/// # Errors
/// If the browser refuses.
pub async fn put_raw(browser: &Browser, id: &str, envelope: &str, bytes: &str) -> Result<()> {
    let script = r#"
        const [id, envelope, text] = args;
        const database = await new Promise((resolve, reject) => {
          const request = indexedDB.open("outbox");
          request.onsuccess = () => resolve(request.result);
          request.onerror = () => reject(request.error);
        });
        await new Promise((resolve, reject) => {
          const transaction = database.transaction("entries", "readwrite", { durability: "strict" });
          transaction.objectStore("entries").put([envelope, new TextEncoder().encode(text)], id);
          transaction.oncomplete = resolve;
          transaction.onabort = () => reject(transaction.error);
        });
        database.close();"#;
    browser.run_async(script, &[id.into(), envelope.into(), bytes.into()]).await.map(drop)
}
