//! What can be done with the survey as a whole: close it, open it again, copy it, take it away as a file, discard the
//! draft.

use crate::view::{View, view};
use leptos::prelude::*;
use model::{
    Collection,
    catalogue::SurveyState,
    wire::{DraftResult, Edit, EditResult},
};
use serde_json::json;
use sync::SyncError;
use wasm_bindgen_futures::spawn_local;

use super::{
    super::live,
    desk::{Desk, Saving},
    screen::Screen,
    start::{copy_of, new_draft},
};
use crate::{
    locale::{self, key, t, tf, words},
    platform::{browser, ids},
    router,
    store::Store,
};

/// Close, reopen, take a copy, take the form away, discard the draft.
#[component]
pub fn Whole(desk: Desk) -> View {
    let store = Store::get();
    let error = RwSignal::new(None::<SyncError>);
    let sure = RwSignal::new(false);
    let state = Memo::new(move |_| {
        store.catalogue.with(|catalogue| catalogue.survey(&desk.id()).map(|it| it.state))
    });
    // What got no answer, for "Try again".
    let wanted_state = StoredValue::new(None::<SurveyState>);
    let set_state = move |wanted: SurveyState| {
        wanted_state.set_value(Some(wanted));
        let Some((rev, _)) = untrack(|| desk.record()) else { return };
        let fields = [("state".to_owned(), json!(wanted))].into_iter().collect();
        let edit = Edit {
            edit: ids::random_uuid(),
            collection: Collection::Survey.name().to_owned(),
            id: desk.id(),
            base_rev: rev,
            fields,
            delete: false,
        };
        spawn_local(async move {
            let answer = store.edit(edit).await;
            if let Ok(EditResult::Merged { .. }) = answer {
                desk.said.try_set(t(match wanted {
                    SurveyState::Open => key::STAFF_MAKE_REOPENED,
                    SurveyState::Closed => key::STAFF_MAKE_CLOSED,
                }));
            }
            error.try_set(answer.err());
        });
    };
    let duplicate = move || {
        wanted_state.set_value(None);
        let (about, draft) = desk
            .draft
            .with_untracked(|draft| desk.about.with_untracked(|about| copy_of(about, draft)));
        let title = tf(key::STAFF_MAKE_COPY_OF, &[("title", &desk.title())]);
        spawn_local(async move {
            match new_draft(store, &title, about, &draft).await {
                // The desk of the copy is another one.
                Ok(id) => router::go(&Screen::Contents.address(&id)),
                Err(refused) => {
                    error.try_set(Some(refused));
                }
            }
        });
    };
    let again = move |()| {
        error.set(None);
        match wanted_state.get_value() {
            Some(wanted) => set_state(wanted),
            None if sure.get_untracked() => {
                browser::focus("#discard");
            }
            None => duplicate(),
        }
    };
    let discard = move |_| {
        wanted_state.set_value(None);
        let (id, rev) = (desk.id(), desk.rev());
        spawn_local(async move {
            match store.discard_draft(&id, rev).await {
                Ok(DraftResult::Conflict { draft }) => {
                    desk.saving.try_set(Saving::Conflict(draft));
                }
                Ok(_) => {
                    router::hold(false);
                    router::go("/staff/surveys");
                }
                Err(refused) => {
                    error.try_set(Some(refused));
                }
            }
        });
    };
    let has_draft = move || desk.saving.with(|saving| *saving != Saving::Clean);
    let public = move || {
        state.get().map(|state| {
            let (wanted, words) = match state {
                SurveyState::Open => (SurveyState::Closed, key::STAFF_MAKE_CLOSE),
                SurveyState::Closed => (SurveyState::Open, key::STAFF_MAKE_REOPEN),
            };
            let file = |ending: &str, words: locale::Key| {
                let name = format!("{}.{ending}", desk.id());
                let href = format!("/api/v1/export/forms/{name}");
                view! {
                    <a class="govuk-link" href=href download=name rel="external">
                        {t(words)}
                    </a>
                }
            };
            // No cell can hold a table or a picture: who takes the workbook alone takes half of the form.
            let beside = desk.published_draft().is_some_and(|draft| draft.has_files());
            view! {
                <button
                    type="button"
                    id="state"
                    class="govuk-button govuk-button--secondary"
                    on:click=move |_| set_state(wanted)
                >
                    {t(words)}
                </button>
                {file("xlsx", key::STAFF_MAKE_EXPORT)}
                {beside.then(|| file("zip", key::STAFF_MAKE_EXPORT_FILES))}
            }
        })
    };
    view! {
        <live::Trouble error again/>
        <div class="govuk-button-group">
            <button
                type="button"
                class="govuk-button govuk-button--secondary"
                on:click=move |_| duplicate()
            >
                {words(key::STAFF_MAKE_COPY)}
            </button>
            {public}
        </div>
        <div hidden=move || !has_draft()>
            <div hidden=move || sure.get()>
                <button
                    type="button"
                    id="ask-discard"
                    class="govuk-button govuk-button--warning"
                    on:click=move |_| {
                        sure.set(true);
                        request_animation_frame(|| {
                            browser::focus("#discard");
                        });
                    }
                >
                    {words(key::STAFF_MAKE_DISCARD)}
                </button>
            </div>
            <div hidden=move || !sure.get()>
                <p class="govuk-body ct-prose">{words(key::STAFF_MAKE_DISCARD_TEXT)}</p>
                <div class="govuk-button-group">
                    <button
                        type="button"
                        id="discard"
                        class="govuk-button govuk-button--warning"
                        on:click=discard
                    >
                        {words(key::STAFF_MAKE_DISCARD_YES)}
                    </button>
                    <button
                        type="button"
                        class="govuk-button govuk-button--secondary"
                        on:click=move |_| {
                            sure.set(false);
                            request_animation_frame(|| {
                                browser::focus("#ask-discard");
                            });
                        }
                    >
                        {words(key::STAFF_MAKE_DISCARD_NO)}
                    </button>
                </div>
            </div>
        </div>
    }
}
