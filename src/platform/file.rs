//! Giving a person a file.

use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Blob, BlobPropertyBag, HtmlAnchorElement, Url};

/// Offers `content` for download as `name`.
///
/// # Errors
/// The browser's own error, where it does not allow downloads.
pub fn save(name: &str, media_type: &str, content: &str) -> Result<(), JsValue> {
    let options = BlobPropertyBag::new();
    options.set_type(media_type);
    let parts = js_sys::Array::of1(&JsValue::from_str(content));
    let blob = Blob::new_with_str_sequence_and_options(&parts, &options)?;
    let address = Url::create_object_url_with_blob(&blob)?;
    let link: HtmlAnchorElement = gloo::utils::document().create_element("a")?.unchecked_into();
    link.set_href(&address);
    link.set_download(name);
    link.click();
    // The download has its own reference by now; a later turn of the event loop may free ours.
    gloo::timers::callback::Timeout::new(0, move || {
        if let Err(error) = Url::revoke_object_url(&address) {
            gloo::console::warn!("Freeing a file failed:", error);
        }
    })
    .forget();
    Ok(())
}
