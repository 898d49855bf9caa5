//! The pictures, sounds and films that a form names: they travel with its questions, so that they are there without a network.

use crate::view::{CollectView, View, view};
use leptos::prelude::*;
use model::limits::FILES_CHARS;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::spawn_local;
use web_sys::{File, HtmlInputElement};

use super::desk::Desk;
use crate::{
    locale::{key, t, tf, words},
    platform::{
        attachment::{self, Encoded},
        browser,
    },
};

/// Characters that a picture may take before it is made smaller: six of them fit.
const PICTURE_CHARS: usize = FILES_CHARS / 6;

/// Which files the form names, which of them are missing, and a field that takes them; nothing where it names none.
#[component]
pub fn Files(desk: Desk) -> View {
    let files = Memo::new(move |_| desk.draft.with(survey::draft::Draft::files));
    let said = RwSignal::new(Vec::<String>::new());
    let chosen = move |event: web_sys::Event| {
        let input = event.target().and_then(|it| it.dyn_into::<HtmlInputElement>().ok());
        let list = input.and_then(|input| input.files());
        let given: Vec<File> = list
            .map(|list| (0..list.length()).filter_map(|at| list.get(at)).collect())
            .unwrap_or_default();
        said.set(Vec::new());
        spawn_local(async move {
            for file in given {
                let name = file.name();
                let words = attach(desk, file).await;
                said.try_update(|said| said.push(format!("{name}: {}", t(words))));
            }
        });
    };
    let remove = move |name: String| {
        let removed = desk.take_away(|draft| {
            draft.detach(&name);
            Ok(())
        });
        if removed.is_ok() {
            said.set(Vec::new());
            desk.said.set(tf(key::STAFF_MAKE_REMOVED, &[("title", &name)]));
            // The button is gone with the file.
            browser::focus("#media");
        }
    };
    let line = move |(name, has): (String, bool)| {
        let state = if has { key::STAFF_MAKE_FILE_HERE } else { key::STAFF_MAKE_FILE_MISSING };
        let tag = if has { "govuk-tag govuk-tag--green" } else { "govuk-tag govuk-tag--yellow" };
        let what = name.clone();
        let button = has.then(|| {
            let own = name.clone();
            view! {
                <button
                    type="button"
                    class="govuk-button govuk-button--secondary"
                    on:click=move |_| remove(own.clone())
                >
                    {words(key::STAFF_ROW_REMOVE)}
                    <span class="govuk-visually-hidden">": " {what}</span>
                </button>
            }
        });
        view! {
            <li class="ct-file-line">
                <span class="ct-file-name">{name}</span>
                <strong class=tag>{t(state)}</strong>
                {button}
            </li>
        }
    };
    View::of(move || {
        let files = files.get();
        (!files.is_empty()).then(|| {
            view! {
                <h2 class="govuk-heading-m">{words(key::STAFF_MAKE_FILES)}</h2>
                <p class="govuk-body ct-prose" id="media-hint">
                    {tf(key::STAFF_MAKE_FILES_TEXT, &[("kb", &(FILES_CHARS / 1_024).to_string())])}
                </p>
                <ul class="govuk-list" id="media-files">
                    {files.into_iter().map(line).collect_view()}
                </ul>
                <div class="govuk-form-group">
                    <label class="govuk-label govuk-label--s" for="media">
                        {words(key::STAFF_MAKE_FILES_ADD)}
                    </label>
                    <input
                        class="ct-file"
                        type="file"
                        id="media"
                        multiple=""
                        accept="image/*,audio/*,video/*"
                        aria-describedby="media-hint"
                        on:change=chosen
                    />
                </div>
                <ul class="govuk-list" role="status">
                    {move || {
                        said.get()
                            .into_iter()
                            .map(|words| view! { <li>{words}</li> })
                            .collect_view()
                    }}
                </ul>
            }
        })
    })
}

/// Takes one file into the form, if the form names it and there is room; says what came of it.
async fn attach(desk: Desk, file: File) -> crate::locale::Key {
    let name = file.name();
    let named =
        desk.draft.with_untracked(|draft| draft.files().iter().any(|(own, _)| *own == name));
    if !named {
        return key::STAFF_MAKE_FILE_UNNAMED;
    }
    let taken = desk.draft.with_untracked(|draft| {
        let files = draft.definition().get("files").and_then(|files| files.as_object().cloned());
        let others = files.into_iter().flatten().filter(|(own, _)| *own != name);
        others.map(|(_, address)| address.as_str().map_or(0, str::len)).sum::<usize>()
    });
    let room = FILES_CHARS.saturating_sub(taken + 64);
    let small = file.size() * 4.0 / 3.0 <= room.min(PICTURE_CHARS) as f64;
    // A small picture stays as it is, with what JPEG does not know: letters with sharp edges, nothing where nothing is.
    let encoded = if file.type_().starts_with("image/") && !small {
        attachment::picture(file, room.min(PICTURE_CHARS)).await
    } else if file.size() * 4.0 / 3.0 <= room as f64 {
        attachment::whole(file).await
    } else {
        None
    };
    match encoded {
        Some(Encoded { media_type, data }) if data.len() <= room => {
            let address = format!("data:{media_type};base64,{data}");
            let _ = desk.change(|draft| {
                draft.attach(&name, address);
                Ok(())
            });
            key::STAFF_MAKE_FILE_HERE
        }
        _ => key::STAFF_MAKE_FILE_LARGE,
    }
}
