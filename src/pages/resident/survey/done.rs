//! The confirmation, and the way to begin again for the next person.

use crate::view::{Children, View, view};
use leptos::prelude::*;
use model::SubmissionId;
use survey::ValidResponse;
use sync::StorageError;
use wasm_bindgen_futures::spawn_local;

use super::{Taking, intro::Outcome, language};
use crate::{
    components::{
        notice::{Notice, Tone},
        page::{Main, announce},
    },
    locale::{key, label, t, words},
    pages::frame::storage_words,
    store::{Store, outbox::Told},
};

/// Saves a response; where that fails, the answers stay as they are.
pub fn save(taking: Taking, response: ValidResponse, failed: RwSignal<Option<StorageError>>) {
    if taking.busy.get_untracked() {
        return;
    }
    let language = untrack(language::spoken);
    taking.busy.set(true);
    spawn_local(async move {
        match taking.store.send(Told::Response(response, language)).await {
            Ok(reference) => taking.saved.set(Some(reference)),
            Err(error) => failed.set(Some(error)),
        }
        taking.busy.set(false);
    });
}

/// Why nothing was saved, if nothing was.
#[component]
pub fn Failure(
    /// What went wrong.
    failed: RwSignal<Option<StorageError>>,
) -> View {
    View::of(move || {
        failed.get().map(|error| {
            view! {
                <Notice tone=Tone::Error title=label(key::NOT_SAVED)>
                    <p>{t(storage_words(&error))}</p>
                </Notice>
            }
        })
    })
}

/// "Saved on this tablet", what came of earlier answers, and one touch to begin again.
#[component]
pub fn Done(
    /// Whose answers were saved.
    taking: Taking,
) -> View {
    let store = Store::get();
    let outcome = untrack(|| {
        let (survey, ..) = taking.what()?;
        Some(store.catalogue.with(|catalogue| catalogue.survey(&survey))?.outcome)
    });
    let saved = untrack(|| taking.saved.get());
    View::of(saved.map(|reference| {
        view! {
            <Saved reference>
                <p class="govuk-body">{words(key::SURVEY_DONE_TEXT)}</p>
                {outcome.map(|outcome| view! { <Outcome outcome/> })}
                <div class="govuk-button-group">
                    <button type="button" class="govuk-button" on:click=move |_| taking.again()>
                        {words(key::SURVEY_AGAIN)}
                    </button>
                    <a
                        class="govuk-button govuk-button--secondary"
                        href="/"
                        on:click=move |_| store.forget_person()
                    >
                        {words(key::FINISH)}
                    </a>
                </div>
            </Saved>
        }
    }))
}

/// "Saved on this tablet" with its reference, and "Received" once the server has said so.
#[component]
pub fn Saved(
    /// Which submission.
    reference: SubmissionId,
    /// What to do next.
    children: Children,
) -> View {
    let store = Store::get();
    // Only what the outbox holds a receipt for is received.
    let state = move || {
        store.overview.with(|overview| {
            if overview.received.contains(&reference) {
                key::RECEIVED
            } else if overview.refused().any(|(entry, _)| entry.id == reference) {
                key::SAVED_REFUSED
            } else {
                key::SAVED_WILL_SEND
            }
        })
    };
    Effect::new(|| announce(&t(key::SAVED)));
    view! {
        <Main>
            <div class="govuk-panel govuk-panel--confirmation">
                <h1 class="govuk-panel__title" tabindex="-1">
                    {words(key::SAVED)}
                </h1>
                <div class="govuk-panel__body">
                    {words(key::SAVED_REFERENCE)} <br/>
                    <strong>{reference.reference()}</strong>
                </div>
            </div>
            <p class="govuk-body-l" role="status">
                {move || t(state())}
            </p>
            {children()}
        </Main>
    }
}
