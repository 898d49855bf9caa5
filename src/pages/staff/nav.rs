//! The way between the staff pages, and out.

use crate::view::{CollectView, View, view};
use leptos::prelude::*;
use sync::SyncError;
use wasm_bindgen_futures::spawn_local;

use super::{live::words_for, session::Inside};
use crate::{
    components::notice::{Notice, Tone},
    locale::{Key, key, label, tf, words},
    platform::browser,
    router,
    store::Store,
};

const PLACES: [(&str, Key); 5] = [
    ("/staff", key::STAFF_OVERVIEW),
    ("/staff/feedback", key::STAFF_FEEDBACK),
    ("/staff/surveys", key::STAFF_SURVEYS),
    ("/staff/events", key::STAFF_EVENTS),
    ("/staff/listings", key::STAFF_LISTINGS),
];

/// The staff pages' navigation with "Sign out".
#[component]
pub fn Nav(
    /// Who is signed in.
    name: String,
) -> View {
    let store = Store::get();
    let Inside(inside) = expect_context();
    let error = RwSignal::new(None::<SyncError>);
    let leave = move || {
        spawn_local(async move {
            match store.sign_out().await {
                // Without a session there is nothing left to end.
                Ok(()) | Err(SyncError::NeedsSignIn) => {
                    inside.try_set(None);
                    store.session.set(crate::store::staff::SessionState::SignedOut);
                    request_animation_frame(|| {
                        browser::scroll_to_top();
                        browser::focus("main h1");
                    });
                }
                Err(other) => {
                    error.try_set(Some(other));
                }
            }
        });
    };
    let link = move |(href, name): (&'static str, Key)| {
        let current = move || {
            // "/staff", "/staff/events" and "/staff/events/knit": the second part tells.
            let place = router::segments().get(1).cloned().unwrap_or_default();
            (href.trim_start_matches("/staff").trim_start_matches('/') == place).then_some("page")
        };
        view! {
            <li>
                <a class="ct-staff-nav__link" href=href aria-current=current>
                    {words(name)}
                </a>
            </li>
        }
    };
    view! {
        <nav class="ct-staff-nav no-print" aria-label=label(key::STAFF_NAV)>
            <ul class="ct-staff-nav__list">{PLACES.map(link).collect_view()}</ul>
        </nav>
        <div class="ct-cluster ct-staff-who no-print">
            <span class="govuk-body">
                {move || tf(key::STAFF_SIGNED_IN_AS, &[("name", &name)])}
            </span>
            <button
                type="button"
                class="govuk-button govuk-button--secondary"
                on:click=move |_| leave()
            >
                {words(key::STAFF_SIGN_OUT)}
            </button>
        </div>
        {move || {
            error
                .get()
                .map(|error| {
                    view! {
                        <Notice
                            tone=Tone::Error
                            title=label(key::STAFF_SIGN_OUT_FAILED)
                        >
                            <p>{words_for(&error)}</p>
                        </Notice>
                    }
                })
        }}
    }
}
