//! What is typed and not saved yet keeps its page.

use gloo::events::{EventListener, EventListenerOptions};
use leptos::prelude::*;

use crate::{pages::frame::InForm, platform::browser};

/// While something is not saved: holds back a new build, and asks before the browser leaves the page. Ends with the
/// component that called it.
pub fn guard(unsaved: Signal<bool>) {
    let in_form = InForm::get();
    Effect::new(move || in_form.set(unsaved.get()));
    on_cleanup(move || in_form.set(false));
    let options = EventListenerOptions::enable_prevent_default();
    let window = browser::window();
    let leaving = EventListener::new_with_options(&window, "beforeunload", options, move |event| {
        if unsaved.try_get_untracked() == Some(true) {
            event.prevent_default();
        }
    });
    // It lives as long as the form: dropping it stops the asking.
    StoredValue::new_local(leaving);
}
