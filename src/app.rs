//! What the programs for the public and for staff share: the contexts and the frame.

use leptos::prelude::*;
use wasm_bindgen::JsCast;

use crate::{
    components::page::Page,
    locale::{key, label, words},
    pages::frame,
    platform::update,
    router,
    store::{Ready, Store},
    sync_loop,
};

/// Starts a program whose pages are `pages`.
pub fn mount<V: IntoView + 'static>(pages: fn() -> V) {
    // A release build ends without words: boot.js sees it end and shows the notice.
    #[cfg(debug_assertions)]
    std::panic::set_hook(Box::new(|info| gloo::console::error!(info.to_string())));
    router::start();
    let app = move || view! { <App pages=move || pages().into_any()/> };
    match gloo::utils::document().get_element_by_id("app") {
        Some(root) => leptos::mount::mount_to(root.unchecked_into(), app).forget(),
        None => leptos::mount::mount_to_body(app),
    }
}

/// The frame around the pages, with what all of them share.
#[component]
fn App(
    /// What stands between header and footer.
    pages: impl Fn() -> AnyView + Send + 'static,
) -> impl IntoView {
    let store = Store::provide();
    sync_loop::start(store);
    frame::InForm::provide();
    provide_context(frame::NewBuild(update::watch()));
    let opening = Memo::new(move |_| store.ready.get() == Ready::Opening);
    view! {
        <frame::Header/>
        // Pages are drawn from what the tablet stores, a moment after the program has started.
        {move || (!opening.get()).then(&pages)}
        <frame::Footer/>
        <frame::Broken/>
    }
}

/// Draws the page that the address names, anew when its path changes; a change of the query
/// alone leaves it as it is.
pub fn pages(page: fn(&[&str]) -> Option<AnyView>) -> impl IntoView {
    let segments = Memo::new(|_| router::segments());
    move || {
        let segments = segments.get();
        let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
        page(&segments).unwrap_or_else(|| view! { <NotFound/> }.into_any())
    }
}

/// A page that does not exist.
#[component]
pub fn NotFound() -> impl IntoView {
    view! {
        <Page title=label(key::NOT_FOUND_TITLE) back="/">
            <p class="govuk-body">{words(key::NOT_FOUND_TEXT)}</p>
        </Page>
    }
}
