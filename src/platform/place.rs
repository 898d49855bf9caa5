//! Where the tablet is.

use std::{cell::RefCell, rc::Rc};

use wasm_bindgen::{JsCast, JsValue, closure::Closure};

use super::browser::window;

/// How long a tablet may look for where it is, in milliseconds: a cold GPS takes half a minute under the open sky, and
/// longer means that there is no fix to be had.
const PATIENCE: f64 = 30_000.0;

/// Why there is no place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoPlace {
    /// The person, or whoever set up the tablet, does not want it.
    Denied,
    /// The tablet cannot tell.
    Unknown,
}

/// Tells `told` where the tablet is: latitude and longitude in degrees, altitude and accuracy in metres, separated by
/// spaces as ODK writes a geopoint; or why it does not know.
pub fn here(told: impl FnOnce(Result<String, NoPlace>) + 'static) {
    let told = Rc::new(RefCell::new(Some(told)));
    let tell = {
        let told = Rc::clone(&told);
        move |place: Result<String, NoPlace>| {
            if let Some(told) = told.borrow_mut().take() {
                told(place);
            }
        }
    };
    let failing = tell.clone();
    let found =
        Closure::once(move |position: JsValue| tell(written(&position).ok_or(NoPlace::Unknown)));
    let failed = Closure::once(move |error: JsValue| failing(Err(why(&error))));
    let asked = current(&found, &failed);
    // The browser calls one of the two, once, after this function has ended.
    found.forget();
    failed.forget();
    if asked.is_none()
        && let Some(told) = told.borrow_mut().take()
    {
        told(Err(NoPlace::Unknown));
    }
}

/// What a `GeolocationPositionError` says.
fn why(error: &JsValue) -> NoPlace {
    let code = js_sys::Reflect::get(error, &"code".into()).ok().and_then(|code| code.as_f64());
    if code == Some(1.0) { NoPlace::Denied } else { NoPlace::Unknown }
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
    // Without a limit the browser looks for ever, and the person waits.
    let options = js_sys::Object::new();
    js_sys::Reflect::set(&options, &"timeout".into(), &PATIENCE.into()).ok()?;
    js_sys::Reflect::set(&options, &"enableHighAccuracy".into(), &true.into()).ok()?;
    ask.call3(&geolocation, found.as_ref(), failed.as_ref(), &options).ok()
}
