//! What the server says now: asking again while somebody looks, and its refusals in words.

use crate::view::{View, view};
use gloo::timers::callback::Interval;
use leptos::prelude::*;
use sync::SyncError;

use crate::{
    components::notice::{Notice, Tone},
    locale::{key, label, t, tf, words},
    platform::browser,
    store::{Store, staff::SessionState},
};

/// Milliseconds between two questions: what is told in a hub is read in the office while the
/// person still stands at the table.
const PULSE: u32 = 5_000;

/// Runs `ask` now and then, while the page is seen and somebody is signed in, until the
/// component that called this is gone.
pub fn while_seen(ask: impl Fn() + 'static) {
    let store = Store::get();
    let interval = Interval::new(PULSE, move || {
        let signed_in =
            store.session.with_untracked(|session| matches!(session, SessionState::SignedIn(_)));
        if signed_in && browser::is_visible() {
            ask();
        }
    });
    // It lives as long as the component: dropping it stops the timer.
    StoredValue::new_local(interval);
}

/// Why the server did not do what was asked, in plain words.
pub fn words_for(error: &SyncError) -> String {
    match error {
        SyncError::Offline(_) => t(key::STAFF_OFFLINE),
        SyncError::RetryAfter(_) => t(key::STAFF_BUSY),
        SyncError::NeedsSignIn => t(key::STAFF_SESSION_ENDED),
        SyncError::Refused(details) => tf(key::STAFF_REFUSED, &[("detail", &details.detail)]),
        SyncError::UpgradeNeeded => t(key::STAFF_TOO_OLD),
        SyncError::Storage(error) => tf(key::STAFF_REFUSED, &[("detail", &error.to_string())]),
    }
}

/// A notice that says why the server's word is missing, with "Try again".
#[component]
pub fn Trouble(
    /// What came instead of an answer, if anything did.
    #[prop(into)]
    error: Signal<Option<SyncError>>,
    /// Asks again.
    #[prop(into)]
    again: Callback<()>,
) -> View {
    let notice = move |error: SyncError| {
        let title = if matches!(error, SyncError::Offline(_)) {
            key::STAFF_OFFLINE_TITLE
        } else {
            key::STAFF_TROUBLE_TITLE
        };
        view! {
            <Notice tone=Tone::Warning title=label(title)>
                <p>{words_for(&error)}</p>
                <button
                    type="button"
                    class="govuk-button govuk-button--secondary"
                    on:click=move |_| again.run(())
                >
                    {t(key::STAFF_TRY_AGAIN)}
                </button>
            </Notice>
        }
    };
    // A session that ended is the sign-in form's to tell.
    View::of(move || error.get().filter(|error| *error != SyncError::NeedsSignIn).map(notice))
}

/// "Loading…", read out once.
#[component]
pub fn Loading() -> View {
    view! {
        <div class="ct-loading" role="status">
            <p class="ct-loading__text">{words(key::STAFF_LOADING)}</p>
        </div>
    }
}
