//! What the programs for the public and for staff share: the contexts and the frame.

use leptos::prelude::*;

use crate::{
    components::page::Page,
    locale::{self, Key, key, label, words},
    pages::frame,
    platform::update,
    router,
    store::{Ready, Store},
    sync_loop,
    view::{self, View, view},
};

/// Starts a program whose pages are `pages` and whose languages stand in the header.
pub fn mount(pages: fn() -> View, languages: fn() -> View) {
    // A release build ends without words: boot.js sees it end and shows the notice.
    #[cfg(debug_assertions)]
    std::panic::set_hook(Box::new(|info| gloo::console::error!(info.to_string())));
    router::start();
    locale::resume();
    let document = gloo::utils::document();
    let root = document.get_element_by_id("app").unwrap_or_else(|| gloo::utils::body().into());
    view::mount(&root, move || view! { <App pages languages/> });
}

/// The frame around the pages, with what all of them share.
#[component]
fn App(
    /// What stands between header and footer.
    pages: fn() -> View,
    /// The choice of a language.
    languages: fn() -> View,
) -> View {
    let store = Store::provide();
    sync_loop::start(store);
    frame::InForm::provide();
    provide_context(frame::NewBuild(update::watch()));
    let opening = Memo::new(move |_| store.ready.get() == Ready::Opening);
    view! {
        <frame::Header languages/>
        // Pages are drawn from what the tablet stores, a moment after the program has started.
        {move || (!opening.get()).then(pages)}
        <frame::Footer/>
        <frame::Broken/>
    }
}

/// Draws the page that the address names, anew when its path changes; a change of the query
/// alone leaves it as it is.
pub fn pages(page: fn(&[&str]) -> Option<View>) -> View {
    let store = Store::get();
    let segments = Memo::new(|_| router::segments());
    let awaits_content = Memo::new(move |_| store.awaits_content());
    View::of(move || {
        let segments = segments.get();
        let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
        // In this order: a form must not be drawn anew when the content comes.
        if let Some(title) = listing_content(&segments)
            && awaits_content.get()
        {
            return view! { <Page title=label(title) back="/">{()}</Page> };
        }
        page(&segments).unwrap_or_else(|| view! { <NotFound/> })
    })
}

/// The title of a page that has nothing to show, and nothing to say, before the first content has come.
fn listing_content(segments: &[&str]) -> Option<Key> {
    Some(match *segments.first()? {
        "events" => key::EVENTS_TITLE,
        "support" => key::SUPPORT_TITLE,
        "surveys" => key::SURVEYS_TITLE,
        _ => return None,
    })
}

/// A page that does not exist.
#[component]
pub fn NotFound() -> View {
    view! {
        <Page title=label(key::NOT_FOUND_TITLE) back="/">
            <p class="govuk-body">{words(key::NOT_FOUND_TEXT)}</p>
        </Page>
    }
}
