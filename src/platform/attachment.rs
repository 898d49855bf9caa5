//! Files that somebody gives: read, and pictures made small.

use gloo::file::{Blob, callbacks::FileReader};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    CanvasRenderingContext2d, Event, File, HtmlCanvasElement, HtmlInputElement, ImageBitmap,
};

use super::browser::window;

/// The longest sides that a picture is tried with, in pixels: what a page shows well, then what still shows what it is of.
const SIDES: [f64; 4] = [1_280.0, 1_024.0, 768.0, 512.0];
/// JPEG's quality: below it letters on a picture fray.
const QUALITY: f64 = 0.7;

/// The files that were chosen in a field.
pub fn chosen(event: &Event) -> Vec<File> {
    let input = event.target().and_then(|it| it.dyn_into::<HtmlInputElement>().ok());
    let list = input.and_then(|input| input.files());
    list.map(|list| (0..list.length()).filter_map(|at| list.get(at)).collect()).unwrap_or_default()
}

/// Empties the field with this id, whose file was not taken or is taken away: it would go on showing its name, and the
/// same file chosen again would be no change.
pub fn empty(id: &str) {
    let field = gloo::utils::document().get_element_by_id(id);
    let input = field.and_then(|it| it.dyn_into::<HtmlInputElement>().ok());
    if let Some(input) = input {
        input.set_value("");
    }
}

/// A file as text: its media type and its bytes in base64.
pub struct Encoded {
    /// As the browser knows it, without parameters: `image/jpeg`.
    pub media_type: String,
    /// RFC 4648, section 4.
    pub data: String,
}

impl Encoded {
    /// The parts of a `data:` address.
    fn of(address: &str) -> Option<Self> {
        let (media_type, data) = address.strip_prefix("data:")?.split_once(";base64,")?;
        let media_type = media_type.split(';').next().unwrap_or_default();
        let media_type =
            if media_type.is_empty() { "application/octet-stream" } else { media_type };
        Some(Self { media_type: media_type.to_owned(), data: data.to_owned() })
    }
}

/// A picture as a JPEG of at most `most` characters of base64. None if it is no picture that this browser knows, or
/// stays too large.
pub async fn picture(file: File, most: usize) -> Option<Encoded> {
    let bitmap = window().create_image_bitmap_with_blob(&file).ok()?;
    let bitmap: ImageBitmap = JsFuture::from(bitmap).await.ok()?.dyn_into().ok()?;
    let (width, height) = (f64::from(bitmap.width()), f64::from(bitmap.height()));
    let drawn = |side: f64| {
        let scale = (side / width.max(height)).min(1.0);
        let canvas = gloo::utils::document().create_element("canvas").ok()?;
        let canvas: HtmlCanvasElement = canvas.unchecked_into();
        let (width, height) = ((width * scale).max(1.0), (height * scale).max(1.0));
        canvas.set_width(width as u32);
        canvas.set_height(height as u32);
        let context = canvas.get_context("2d").ok()??;
        let context: CanvasRenderingContext2d = context.unchecked_into();
        // JPEG knows nothing transparent: what is drawn in black on it would be black on black.
        context.set_fill_style_str("white");
        context.fill_rect(0.0, 0.0, width, height);
        context
            .draw_image_with_image_bitmap_and_dw_and_dh(&bitmap, 0.0, 0.0, width, height)
            .ok()?;
        let quality = JsValue::from_f64(QUALITY);
        let address =
            canvas.to_data_url_with_type_and_encoder_options("image/jpeg", &quality).ok()?;
        Encoded::of(&address)
    };
    SIDES.into_iter().filter_map(drawn).find(|encoded| encoded.data.len() <= most)
}

/// Reads any file and tells what it holds; nothing if it cannot be read. Reading ends when the answer is dropped.
#[must_use]
pub fn read(file: File, told: impl FnOnce(Option<Encoded>) + 'static) -> FileReader {
    gloo::file::callbacks::read_as_data_url(&Blob::from(file), move |address| {
        told(address.ok().and_then(|address| Encoded::of(&address)));
    })
}

/// Any file as it is; none if it cannot be read.
pub async fn whole(file: File) -> Option<Encoded> {
    let (tell, told) = futures::channel::oneshot::channel();
    let reading = read(file, move |encoded| {
        // Nobody waits any more for what the page that asked for it has left behind.
        let _ = tell.send(encoded);
    });
    let encoded = told.await.ok().flatten();
    drop(reading);
    encoded
}
