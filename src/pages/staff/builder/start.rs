//! `/staff/surveys/new`: a survey begins, empty or from a spreadsheet.

use crate::view::{View, view};
use leptos::prelude::*;
use model::{
    Collection, Key, Text,
    wire::{DraftResult, DraftWrite},
};
use serde::Deserialize as _;
use serde_json::Value;
use survey::draft::Draft;
use sync::SyncError;
use wasm_bindgen_futures::spawn_local;

use super::{
    super::{live, opened::slug, session::StaffPage},
    desk::{About, blank_about},
    import::Import,
    screen::Screen,
};
use crate::{
    components::field::{ErrorSummary, Fault, TextField},
    locale::{content, key, label, t, tf, words},
    platform::ids,
    store::Store,
};

/// The page.
#[component]
pub fn SurveyNew() -> View {
    view! {
        <StaffPage title=label(key::STAFF_MAKE_NEW) back="/staff/surveys">
            <Start/>
            <Import/>
        </StaffPage>
    }
}

#[component]
fn Start() -> View {
    let store = Store::get();
    let title = RwSignal::new(String::new());
    let faults = RwSignal::new(Vec::<Fault>::new());
    let error = RwSignal::new(None::<SyncError>);
    let start = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let words = title.with_untracked(|title| title.trim().to_owned());
        if words.is_empty() {
            faults.set(vec![Fault {
                field: "title".to_owned(),
                words: t(key::STAFF_MAKE_TITLE_MISSING),
            }]);
            return;
        }
        faults.set(Vec::new());
        spawn_local(async move {
            let draft = Draft::new(model::text::FALLBACK);
            match new_draft(store, &words, blank_about(&words), &draft).await {
                Ok(id) => Screen::Contents.show(&id),
                Err(refused) => {
                    error.try_set(Some(refused));
                }
            }
        });
    };
    view! {
        <h2 class="govuk-heading-l">{words(key::STAFF_MAKE_EMPTY)}</h2>
        <ErrorSummary faults/>
        <live::Trouble error again=move |()| error.set(None)/>
        <form novalidate autocomplete="off" on:submit=start>
            <TextField
                id="title"
                label=label(key::STAFF_MAKE_CALLED)
                hint=label(key::STAFF_MAKE_CALLED_HINT)
                value=title
                on_input=move |text| title.set(text)
                faults
            />
            <button class="govuk-button">{words(key::STAFF_MAKE_START_GO)}</button>
        </form>
    }
}

/// A copy of a survey: called a copy, another form to other programs too, and with nothing of what came of the first.
pub fn copy_of(about: &About, draft: &Draft) -> (About, Draft) {
    let (mut about, mut draft) = (about.clone(), draft.clone());
    draft.forget_identity();
    for field in ["outcome", "version", "state", "anonymous"] {
        about.remove(field);
    }
    let title = about.get("title").and_then(|title| Text::deserialize(title).ok());
    if let Some(title) = title {
        let named = tf(key::STAFF_MAKE_COPY_OF, &[("title", &content(&title))]);
        let named = super::super::words_field::with_english(&title, &named);
        about.insert("title".to_owned(), serde_json::to_value(named).unwrap_or(Value::Null));
    }
    (about, draft)
}

/// Puts a draft of its own on the server and gives its id, made of the title.
///
/// # Errors
/// If the server does not take it.
pub async fn new_draft(
    store: Store,
    title: &str,
    about: About,
    draft: &Draft,
) -> Result<Key, SyncError> {
    let start = slug(title);
    let taken = |id: &Key| {
        let known = |catalogue: &crate::store::catalogue::CatalogueView| {
            catalogue.record(Collection::Survey, id).is_some()
        };
        matches!(id.as_str(), "new") || store.catalogue.with_untracked(known)
    };
    let write = DraftWrite { base_rev: 0, survey: about, definition: draft.definition() };
    let mut wanted = Key::parse(&start).filter(|id| !taken(id));
    loop {
        let id = match wanted.take() {
            Some(id) => id,
            None => {
                let end = ids::random_uuid().simple().to_string();
                let start = if start.is_empty() { "survey" } else { &start };
                let named = Key::parse(&format!("{start}-{}", &end[..6]));
                named.ok_or_else(|| SyncError::Offline("no id".to_owned()))?
            }
        };
        // One that is there under this name is another's: then this one gets another name.
        if let DraftResult::Saved { .. } = store.save_draft(&id, &write).await? {
            return Ok(id);
        }
    }
}
