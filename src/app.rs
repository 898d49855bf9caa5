//! The router, the contexts, and the frame around every page.

use leptos::prelude::*;
use leptos_router::{
    components::{Route, Router, Routes},
    path,
};

use crate::{
    components::page::Page,
    locale::{key, t},
    pages::{frame, resident, staff, volunteer},
    platform::update,
    store::Store,
    sync_loop,
};

/// Replaces the loading text with the app.
pub fn mount() {
    set_panic_hook();
    let root = gloo::utils::document().get_element_by_id("app");
    if let Some(root) = &root {
        root.set_inner_html("");
    }
    match root {
        Some(root) => {
            use wasm_bindgen::JsCast;
            leptos::mount::mount_to(root.unchecked_into(), App).forget();
        }
        None => leptos::mount::mount_to_body(App),
    }
}

/// A panic ends the app. What was saved is safe; say so and offer to load the page anew.
fn set_panic_hook() {
    std::panic::set_hook(Box::new(|info| {
        gloo::console::error!(info.to_string());
        if let Some(notice) = gloo::utils::document().get_element_by_id("broken") {
            notice.remove_attribute("hidden").ok();
        }
    }));
}

/// The whole app.
#[component]
pub fn App() -> impl IntoView {
    let store = Store::provide();
    sync_loop::start(store);
    frame::InForm::provide();
    provide_context(frame::NewBuild(update::watch()));
    view! {
        <Router>
            <frame::Header/>
            <Routes fallback=NotFound>
                <Route path=path!("/") view=resident::home::Home/>
                <Route path=path!("/events") view=resident::events::Events/>
                <Route path=path!("/events/:id") view=resident::event::EventPage/>
                <Route path=path!("/support") view=resident::support::Support/>
                <Route path=path!("/support/:id") view=resident::listing::ListingPage/>
                <Route path=path!("/surveys") view=resident::surveys::Surveys/>
                <Route path=path!("/surveys/:id") view=resident::survey::SurveyPage/>
                <Route path=path!("/feedback") view=volunteer::feedback::FeedbackPage/>
                <Route path=path!("/tablet") view=volunteer::tablet::TabletPage/>
                <Route path=path!("/staff") view=staff::overview::Overview/>
                <Route path=path!("/staff/feedback") view=staff::feedback::Feedback/>
                <Route path=path!("/staff/surveys") view=staff::surveys::Surveys/>
                <Route path=path!("/staff/surveys/:id") view=staff::results::ResultsPage/>
                <Route path=path!("/staff/events") view=staff::events::Events/>
                <Route path=path!("/staff/events/:id") view=staff::event_edit::EventEdit/>
                <Route path=path!("/staff/listings") view=staff::listings::Listings/>
                <Route path=path!("/staff/listings/:id") view=staff::listing_edit::ListingEdit/>
            </Routes>
            <frame::Footer/>
            <frame::Broken/>
        </Router>
    }
}

/// A page that does not exist.
#[component]
pub fn NotFound() -> impl IntoView {
    view! {
        <Page title=Signal::derive(|| t(key::NOT_FOUND_TITLE)) back="/">
            <p class="govuk-body">{move || t(key::NOT_FOUND_TEXT)}</p>
        </Page>
    }
}
