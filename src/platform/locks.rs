//! One tab at a time: the Web Locks API.

use std::{cell::RefCell, rc::Rc};

use js_sys::{Object, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue, prelude::*};
use wasm_bindgen_futures::{JsFuture, future_to_promise};

use super::browser::window;

// web-sys has this API among its unstable ones only, which need a flag of the compiler.
#[wasm_bindgen]
extern "C" {
    type LockManager;
    #[wasm_bindgen(method)]
    fn request(
        this: &LockManager,
        name: &str,
        options: &Object,
        run: &Closure<dyn FnMut(JsValue) -> JsValue>,
    ) -> Promise;
}

/// Runs `work` while holding the lock `name`. If another tab holds it, nothing is run and
/// `None` comes back. A browser without the API runs the work: syncing twice is wasteful,
/// never wrong.
pub async fn exclusively<T: 'static>(
    name: &str,
    work: impl Future<Output = T> + 'static,
) -> Option<T> {
    let navigator: JsValue = window().navigator().into();
    let manager = Reflect::get(&navigator, &"locks".into()).unwrap_or_default();
    let options = Object::new();
    let available = Reflect::set(&options, &"ifAvailable".into(), &JsValue::TRUE).is_ok();
    if manager.is_undefined() || !available {
        return Some(work.await);
    }
    let manager: LockManager = manager.unchecked_into();
    let result = Rc::new(RefCell::new(None));
    let into = Rc::clone(&result);
    let waiting = Rc::new(RefCell::new(Some(work)));
    let work = Rc::clone(&waiting);
    let run = Closure::<dyn FnMut(JsValue) -> JsValue>::new(move |lock: JsValue| {
        // With `ifAvailable` the lock is null where another tab has it.
        let available = if lock.is_null() { None } else { work.borrow_mut().take() };
        match available {
            Some(work) => {
                let into = Rc::clone(&into);
                future_to_promise(async move {
                    *into.borrow_mut() = Some(work.await);
                    Ok(JsValue::UNDEFINED)
                })
                .into()
            }
            None => JsValue::UNDEFINED,
        }
    });
    let granted = manager.request(name, &options, &run);
    if let Err(error) = JsFuture::from(granted).await {
        // Not taken by another tab, but refused altogether: as where there is no such API.
        gloo::console::warn!("A lock was not granted:", error);
        let work = waiting.borrow_mut().take();
        if let Some(work) = work {
            return Some(work.await);
        }
    }
    result.borrow_mut().take()
}
