//! Where the tablet is.

use std::{cell::RefCell, rc::Rc};

use wasm_bindgen::{JsCast, JsValue, closure::Closure};

use super::browser::window;

/// Tells `told` where the tablet is: latitude and longitude in degrees, altitude and accuracy in metres, separated by
/// spaces as ODK writes a geopoint. None where the browser cannot say, or the person does not want it to.
pub fn here(told: impl FnOnce(Option<String>) + 'static) {
    let told = Rc::new(RefCell::new(Some(told)));
    let tell = {
        let told = Rc::clone(&told);
        move |place: Option<String>| {
            if let Some(told) = told.borrow_mut().take() {
                told(place);
            }
        }
    };
    let failing = tell.clone();
    let found = Closure::once(move |position: JsValue| tell(written(&position)));
    let failed = Closure::once(move |_: JsValue| failing(None));
    let asked = current(&found, &failed);
    // The browser calls one of the two, once, after this function has ended.
    found.forget();
    failed.forget();
    if asked.is_none()
        && let Some(told) = told.borrow_mut().take()
    {
        told(None);
    }
}

fn written(position: &JsValue) -> Option<String> {
    let get = |object: &JsValue, name: &str| js_sys::Reflect::get(object, &name.into()).ok();
    let coordinates = get(position, "coords")?;
    let number = |name: &str| get(&coordinates, name)?.as_f64();
    let (latitude, longitude) = (number("latitude")?, number("longitude")?);
    let (altitude, accuracy) =
        (number("altitude").unwrap_or(0.0), number("accuracy").unwrap_or(0.0));
    // Seven digits are a centimetre.
    Some(format!("{latitude:.7} {longitude:.7} {altitude:.1} {accuracy:.1}"))
}

type Told = Closure<dyn FnMut(JsValue)>;

/// Asks the browser (W3C Geolocation); none where it has no such thing, or refuses to be asked.
fn current(found: &Told, failed: &Told) -> Option<JsValue> {
    let navigator = window().navigator();
    let geolocation = js_sys::Reflect::get(&navigator, &"geolocation".into()).ok()?;
    let ask = js_sys::Reflect::get(&geolocation, &"getCurrentPosition".into()).ok()?;
    let ask: js_sys::Function = ask.dyn_into().ok()?;
    ask.call2(&geolocation, found.as_ref(), failed.as_ref()).ok()
}
