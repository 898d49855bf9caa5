//! The browser's local storage: a few texts by name, written and removed before the call returns.

use super::browser::window;

fn storage() -> Option<web_sys::Storage> {
    window().local_storage().ok().flatten()
}

/// The text under a name, if there is one.
pub fn get(name: &str) -> Option<String> {
    storage()?.get_item(name).ok().flatten()
}

/// Stores a text. Where there is no storage or it is full, what was there before is gone: half an old text beside a new
/// one helps nobody.
pub fn set(name: &str, text: &str) {
    let Some(storage) = storage() else { return };
    if storage.set_item(name, text).is_err() {
        remove(name);
    }
}

/// Removes it.
pub fn remove(name: &str) {
    if let Some(storage) = storage() {
        // The browser refuses this to nobody whom it gave the storage.
        let _ = storage.remove_item(name);
    }
}
