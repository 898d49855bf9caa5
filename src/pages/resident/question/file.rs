//! A picture, a recording or another file, where the tablet can give one.

use crate::view::{View, view};
use gloo::file::callbacks::FileReader;
use leptos::prelude::*;
use model::{limits::SUBMISSION_BYTES, submission::Answer};
use survey::FileKind;
use wasm_bindgen_futures::spawn_local;

use super::{Asked, Asks};
use crate::{
    components::field::fault_of,
    locale::{key, t, tf, words},
    platform::attachment::{self, Encoded},
};

/// Characters of base64 that one file may have: half of the record, so that there is room for the rest.
const MOST: usize = SUBMISSION_BYTES / 2;

/// The browser's own field for a file; on a tablet it opens the camera or the recorder.
#[component]
pub fn FileField(asked: Asked, kind: FileKind) -> View {
    let id = asked.id.clone();
    let fault = fault_of(asked.faults, &id);
    let said = RwSignal::new(String::new());
    let reading = StoredValue::new_local(None::<FileReader>);
    let name = asked.memo(|field| match field.answer() {
        Some(Answer::File { name, .. }) => name.clone(),
        _ => String::new(),
    });
    let (accept, capture) = match kind {
        FileKind::Image => ("image/*", Some("environment")),
        FileKind::Audio => ("audio/*", Some("user")),
        FileKind::Video => ("video/*", Some("environment")),
        FileKind::Any => ("", None),
    };
    let own = asked.clone();
    let take = move |event: web_sys::Event| {
        let Some(file) = attachment::chosen(&event) else { return };
        let own = own.clone();
        let name = file.name();
        said.set(t(key::SURVEY_FILE_READING));
        let told = move |encoded: Option<Encoded>| match encoded {
            Some(Encoded { media_type, data }) if data.len() <= MOST => {
                own.set(Some(Answer::File { name: short(&name), media_type, data }));
                said.set(String::new());
            }
            Some(_) => said.set(t(key::SURVEY_FILE_LARGE)),
            None => said.set(t(key::SURVEY_FILE_UNREAD)),
        };
        if kind == FileKind::Image {
            spawn_local(async move { told(attachment::picture(file, MOST).await) });
        } else {
            reading.set_value(Some(attachment::read(file, told)));
        }
    };
    let remove = asked.clone();
    let kept = move || {
        let name = name.get();
        let remove = remove.clone();
        (!name.is_empty()).then(|| {
            view! {
                <div class="ct-stack">
                    <p class="govuk-body">{tf(key::SURVEY_FILE_KEPT, &[("name", &name)])}</p>
                    <button
                        type="button"
                        class="govuk-button govuk-button--secondary"
                        on:click=move |_| remove.set(None)
                    >
                        {words(key::SURVEY_FILE_REMOVE)}
                    </button>
                </div>
            }
        })
    };
    view! {
        <div class="govuk-form-group" class:govuk-form-group--error=move || fault.get().is_some()>
            <Asks asked/>
            <input
                class="govuk-file-upload"
                id=id.clone()
                type="file"
                accept=accept
                capture=capture
                aria-describedby=format!("{id}-hint {id}-error")
                on:change=take
            />
            <p class="govuk-body" role="status">{said}</p>
            {kept}
        </div>
    }
}

/// The end of a long name, which has its ending.
fn short(name: &str) -> String {
    let letters: Vec<char> = name.chars().collect();
    letters[letters.len().saturating_sub(100)..].iter().collect()
}
