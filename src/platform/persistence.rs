//! Whether the browser promised to keep what is stored, and how much room there is.

use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{StorageEstimate, StorageManager};

use super::browser::window;

/// What the browser says about its storage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Persistence {
    /// It promised not to evict our data when the disk runs low; `None`: it does not say.
    pub promised: Option<bool>,
    /// Bytes in use by this site.
    pub used: Option<u64>,
    /// Bytes this site may use.
    pub quota: Option<u64>,
}

fn manager() -> Option<StorageManager> {
    // Absent outside secure contexts, where web-sys would hand out an undefined value.
    let navigator: JsValue = window().navigator().into();
    js_sys::Reflect::get(&navigator, &"storage".into()).ok()?.dyn_into().ok()
}

/// Asks the browser to promise, which costs nothing, and reads what it says.
pub async fn ask() -> Persistence {
    let Some(manager) = manager() else { return Persistence::default() };
    let mut promised = flag(manager.persisted()).await;
    if promised == Some(false) {
        promised = flag(manager.persist()).await;
    }
    let estimate = match manager.estimate() {
        Ok(promise) => JsFuture::from(promise).await.ok(),
        Err(_) => None,
    };
    let estimate: Option<StorageEstimate> = estimate.map(JsCast::unchecked_into);
    let bytes = |value: Option<f64>| value.map(|bytes| bytes as u64);
    Persistence {
        promised,
        used: bytes(estimate.as_ref().and_then(StorageEstimate::get_usage)),
        quota: bytes(estimate.as_ref().and_then(StorageEstimate::get_quota)),
    }
}

async fn flag(promise: Result<js_sys::Promise, JsValue>) -> Option<bool> {
    JsFuture::from(promise.ok()?).await.ok()?.as_bool()
}
