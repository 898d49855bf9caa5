//! A new build of the app: it waits until somebody switches it in, never during a form.

use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue, prelude::Closure};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{ServiceWorker, ServiceWorkerContainer, ServiceWorkerRegistration};

use super::browser::{reload, window};

/// Milliseconds between two looks for a new build: an hour.
const LOOK: u32 = 60 * 60 * 1_000;

/// Becomes true once a new build is installed and waits.
pub fn watch() -> ReadSignal<bool> {
    let (ready, set_ready) = signal(false);
    spawn_local(async move {
        let Some(registration) = registration().await else { return };
        let check = {
            let registration = registration.clone();
            move || {
                // Without a controller this is the first install, not an update.
                let updating = container().is_some_and(|it| it.controller().is_some());
                set_ready.set(updating && registration.waiting().is_some());
            }
        };
        check();
        let follow = move |worker: ServiceWorker| {
            let on_change = Closure::<dyn FnMut()>::new(check.clone());
            worker.set_onstatechange(Some(on_change.as_ref().unchecked_ref()));
            on_change.forget();
        };
        // It may have begun before this program stood.
        registration.installing().into_iter().for_each(&follow);
        let on_found = {
            let registration = registration.clone();
            Closure::<dyn FnMut()>::new(move || {
                registration.installing().into_iter().for_each(&follow);
            })
        };
        registration.set_onupdatefound(Some(on_found.as_ref().unchecked_ref()));
        on_found.forget();
        // A tablet may stay open for weeks, and the app never loads a page by itself.
        gloo::timers::callback::Interval::new(LOOK, look).forget();
    });
    ready
}

/// Switches the waiting build in and loads the page anew.
pub fn switch_in() {
    spawn_local(async {
        let Some(registration) = registration().await else { return };
        let (Some(container), Some(waiting)) = (container(), registration.waiting()) else {
            // Another tab has switched it in already.
            reload();
            return;
        };
        let on_switched = Closure::<dyn FnMut()>::new(reload);
        container.set_oncontrollerchange(Some(on_switched.as_ref().unchecked_ref()));
        on_switched.forget();
        let message = js_sys::Object::new();
        let told = js_sys::Reflect::set(&message, &"type".into(), &"activate".into())
            .and_then(|_| waiting.post_message(&message));
        if let Err(error) = told {
            gloo::console::warn!("The new version did not answer:", error);
        }
    });
}

/// Asks the browser to look for a new build.
pub fn look() {
    spawn_local(async {
        if let Some(registration) = registration().await
            && let Ok(promise) = registration.update()
        {
            // Offline there is nothing to find; the next look will.
            JsFuture::from(promise).await.ok();
        }
    });
}

fn container() -> Option<ServiceWorkerContainer> {
    // Absent outside secure contexts.
    let navigator: JsValue = window().navigator().into();
    js_sys::Reflect::get(&navigator, &"serviceWorker".into()).ok()?.dyn_into().ok()
}

async fn registration() -> Option<ServiceWorkerRegistration> {
    let promise = container()?.ready().ok()?;
    JsFuture::from(promise).await.ok()?.dyn_into().ok()
}
