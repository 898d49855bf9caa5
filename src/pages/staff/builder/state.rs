//! Where the work is: saved, on the way, not arrived, or written over by somebody else.

use crate::view::{View, view};
use leptos::prelude::*;
use model::wire;
use sync::SyncError;
use wasm_bindgen_futures::spawn_local;

use super::{
    super::live::{self, while_seen},
    desk::{Desk, Saving},
    screen::Screen,
    start::new_draft,
};
use crate::{
    components::notice::{Notice, Tone},
    locale::{key, label, t, tf, words},
    platform::browser,
    router,
    store::Store,
};

/// The line over every screen of the builder.
#[component]
pub fn SavingState(desk: Desk) -> View {
    let line = move || {
        t(match desk.saving.get() {
            Saving::Clean => key::STAFF_MAKE_CLEAN,
            Saving::Saved => key::STAFF_MAKE_SAVED,
            Saving::Sending => key::STAFF_SAVING,
            Saving::Failed(_) | Saving::Conflict(_) => key::STAFF_NOT_SAVED,
        })
    };
    let trouble = move || match desk.saving.get() {
        Saving::Failed(error) => Some(view! {
            <Notice tone=Tone::Error title=label(key::STAFF_NOT_SAVED)>
                <p>{live::words_for(&error)}</p>
                <p>
                    {t(if Desk::may_help(&error) {
                        key::STAFF_MAKE_TRYING_TEXT
                    } else {
                        key::STAFF_MAKE_FAILED_TEXT
                    })}
                </p>
                <button
                    type="button"
                    class="govuk-button govuk-button--secondary"
                    on:click=move |_| {
                        desk.save();
                        browser::focus("#draft-state");
                    }
                >
                    {t(key::STAFF_TRY_AGAIN)}
                </button>
            </Notice>
        }),
        Saving::Conflict(theirs) => Some(view! { <Elsewhere desk theirs/> }),
        Saving::Clean | Saving::Saved | Saving::Sending => None,
    };
    while_seen(move || desk.try_again());
    view! {
        <p class="ct-make-title">{move || desk.title()}</p>
        <p class="govuk-body" id="draft-state" role="status" tabindex="-1">
            {line}
        </p>
        {trouble}
        <p class="govuk-body" role="status">
            {move || desk.said.get()}
        </p>
        {move || {
            desk.before
                .with(Option::is_some)
                .then(|| {
                    view! {
                        <button
                            type="button"
                            id="undo"
                            class="govuk-button govuk-button--secondary"
                            on:click=move |_| {
                                desk.undo();
                                browser::focus("#screen");
                            }
                        >
                            {words(key::STAFF_MAKE_UNDO)}
                        </button>
                    }
                })
        }}
    }
}

/// Somebody else wrote: both drafts live, and this author says which goes on.
#[component]
fn Elsewhere(desk: Desk, theirs: Option<wire::Draft>) -> View {
    let text = match &theirs {
        Some(theirs) => tf(key::STAFF_MAKE_CONFLICT, &[("name", &theirs.head.by)]),
        None => t(key::STAFF_MAKE_CONFLICT_GONE),
    };
    let store = Store::get();
    let failed = RwSignal::new(None::<SyncError>);
    let copy = move |_| {
        let (about, mut draft) = (desk.about.get_untracked(), desk.draft.get_untracked());
        draft.forget_identity();
        let title = untrack(|| desk.title());
        spawn_local(async move {
            match new_draft(store, &title, about, &draft).await {
                Ok(id) => {
                    // What is here is safe under the other name.
                    desk.saving.try_set(Saving::Saved);
                    router::hold(false);
                    Screen::Contents.show(&id);
                }
                Err(error) => {
                    failed.try_set(Some(error));
                }
            }
        });
    };
    view! {
        <Notice tone=Tone::Error title=label(key::STAFF_NOT_SAVED)>
            <p>{text}</p>
            {move || failed.get().map(|error| view! { <p>{live::words_for(&error)}</p> })}
            <div class="govuk-button-group">
                <button type="button" class="govuk-button" on:click=copy>
                    {t(key::STAFF_MAKE_CONFLICT_COPY)}
                </button>
                {theirs
                    .map(|theirs| {
                        view! {
                            <button
                                type="button"
                                class="govuk-button govuk-button--secondary"
                                on:click=move |_| {
                                    desk.take_theirs(&theirs);
                                    browser::focus("#screen");
                                }
                            >
                                {t(key::STAFF_MAKE_CONFLICT_THEIRS)}
                            </button>
                        }
                    })}
            </div>
        </Notice>
    }
}
