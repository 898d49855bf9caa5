//! Giving a person a file.

use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    Blob, BlobPropertyBag, CanvasRenderingContext2d, HtmlAnchorElement, HtmlCanvasElement,
    HtmlImageElement, Url,
};

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
    offer(name, &address)?;
    // The download has its own reference by now; a later turn of the event loop may free ours.
    gloo::timers::callback::Timeout::new(0, move || {
        if let Err(error) = Url::revoke_object_url(&address) {
            gloo::console::warn!("Freeing a file failed:", error);
        }
    })
    .forget();
    Ok(())
}

fn offer(name: &str, address: &str) -> Result<(), JsValue> {
    let link: HtmlAnchorElement = gloo::utils::document().create_element("a")?.unchecked_into();
    link.set_href(address);
    link.set_download(name);
    link.click();
    Ok(())
}

/// Draws an SVG of `width` and `height` pixels twice as large on white, and offers it as a PNG.
///
/// # Errors
/// The browser's own error, where it cannot draw.
pub async fn save_png(name: &str, svg: &str, width: u32, height: u32) -> Result<(), JsValue> {
    let image = HtmlImageElement::new()?;
    let written = String::from(js_sys::encode_uri_component(svg));
    image.set_src(&format!("data:image/svg+xml;charset=utf-8,{written}"));
    JsFuture::from(image.decode()).await?;
    let canvas: HtmlCanvasElement =
        gloo::utils::document().create_element("canvas")?.unchecked_into();
    canvas.set_width(width * 2);
    canvas.set_height(height * 2);
    let context = canvas.get_context("2d")?.ok_or("this browser does not draw")?;
    let context: CanvasRenderingContext2d = context.unchecked_into();
    let (wide, high) = (f64::from(width * 2), f64::from(height * 2));
    context.set_fill_style_str("#ffffff");
    context.fill_rect(0.0, 0.0, wide, high);
    context.draw_image_with_html_image_element_and_dw_and_dh(&image, 0.0, 0.0, wide, high)?;
    offer(name, &canvas.to_data_url_with_type("image/png")?)
}
