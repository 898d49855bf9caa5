//! A form from a spreadsheet: what is wrong in it is shown where it stands, and nothing is taken over by half.

use crate::view::{CollectView, View, view};
use leptos::prelude::*;
use model::{
    Text,
    text::FALLBACK,
    wire::{FormCheck, FormFinding},
};
use serde_json::Value;
use survey::draft::{Draft, Place};
use sync::SyncError;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::spawn_local;
use web_sys::{File, HtmlInputElement};

use super::{super::live, desk::blank_about, screen::Screen, start::new_draft};
use crate::{
    components::notice::{Notice, Tone},
    locale::{key, label, t, tn, words},
    platform::browser,
    store::Store,
};

/// The endings of what holds a form.
const FORMS: [&str; 3] = ["xlsx", "xls", "zip"];

/// What a form is called that has no title: as its file, without the ending.
fn called(files: &[File]) -> String {
    let mut named = files.iter().map(File::name).filter_map(|name| {
        let (stem, ending) = name.rsplit_once('.')?;
        FORMS.contains(&ending.to_lowercase().as_str()).then(|| stem.to_owned())
    });
    named.next().or_else(|| Some(files.first()?.name())).unwrap_or_default()
}

/// The field for the files, what was found in it, and the button that makes a draft of it.
#[component]
pub fn Import() -> View {
    let store = Store::get();
    let check = RwSignal::new(None::<FormCheck>);
    let name = RwSignal::new(String::new());
    let busy = RwSignal::new(false);
    let error = RwSignal::new(None::<SyncError>);
    let chosen = move |event: web_sys::Event| {
        let input = event.target().and_then(|it| it.dyn_into::<HtmlInputElement>().ok());
        let list = input.and_then(|input| input.files());
        let files: Vec<File> = list
            .map(|list| (0..list.length()).filter_map(|at| list.get(at)).collect())
            .unwrap_or_default();
        if files.is_empty() {
            return;
        }
        name.set(called(&files));
        check.set(None);
        error.set(None);
        busy.set(true);
        spawn_local(async move {
            let answer = store.check_form(&files).await;
            busy.try_set(false);
            error.try_set(answer.as_ref().err().cloned());
            check.try_set(answer.ok());
            request_animation_frame(|| {
                browser::focus("#checked");
            });
        });
    };
    let take = move |definition: Value| {
        let Some(draft) = Draft::read(&definition) else { return };
        let words = |tag: &str| draft.text(&Place::Form, "title", tag);
        let own = words(draft.language());
        let own = if own.is_empty() { name.get_untracked() } else { own };
        let mut about = blank_about(&own);
        // In each language that the form is called in; what is said of a survey is in English too.
        let called = draft.languages().into_iter().map(|tag| (tag.to_owned(), words(tag)));
        let mut called: Text = called.filter(|(_, words)| !words.is_empty()).collect();
        if called.own(FALLBACK).is_none() {
            called.set(FALLBACK.to_owned(), own.clone());
        }
        about.insert("title".to_owned(), serde_json::to_value(called).unwrap_or_default());
        spawn_local(async move {
            match new_draft(store, &own, about, &draft).await {
                Ok(id) => Screen::Contents.show(&id),
                Err(refused) => {
                    error.try_set(Some(refused));
                }
            }
        });
    };
    let found = move |FormCheck { definition, findings }: FormCheck| {
        let errors = findings.iter().filter(|it| it.severity == "error").count();
        let count = definition.as_ref().and_then(Draft::read).map(|draft| draft.entries().len());
        let (tone, title) = match &definition {
            Some(_) => (Tone::Success, key::STAFF_MAKE_IMPORT_GOOD),
            None => (Tone::Error, key::STAFF_MAKE_IMPORT_BAD),
        };
        view! {
            <Notice tone title=label(title)>
                <p>
                    {match count {
                        Some(count) => tn(key::STAFF_MAKE_IMPORT_COUNT, count),
                        None => tn(key::STAFF_MAKE_IMPORT_ERRORS, errors),
                    }}
                </p>
                {definition
                    .map(|definition| {
                        view! {
                            <button
                                type="button"
                                class="govuk-button"
                                on:click=move |_| take(definition.clone())
                            >
                                {t(key::STAFF_MAKE_IMPORT_TAKE)}
                            </button>
                        }
                    })}
            </Notice>
            {(!findings.is_empty()).then(|| view! { <Findings findings/> })}
        }
    };
    view! {
        <h2 class="govuk-heading-l">{words(key::STAFF_MAKE_IMPORT)}</h2>
        <p class="govuk-body ct-prose" id="file-hint">
            {words(key::STAFF_MAKE_IMPORT_TEXT)} " " {words(key::STAFF_MAKE_IMPORT_BESIDE)}
        </p>
        <div class="govuk-form-group">
            <label class="govuk-label govuk-label--s" for="file">
                {words(key::STAFF_MAKE_IMPORT_FILE)}
            </label>
            <input
                class="ct-file"
                type="file"
                id="file"
                multiple=""
                accept=".xlsx,.xls,.zip,.csv,.xml,.geojson,image/*,audio/*,video/*"
                aria-describedby="file-hint"
                on:change=chosen
            />
        </div>
        <p class="govuk-body" role="status">
            {move || busy.get().then(|| t(key::STAFF_MAKE_IMPORT_READING))}
        </p>
        <live::Trouble error again=move |()| error.set(None)/>
        <div id="checked" tabindex="-1">
            {move || check.get().map(found)}
        </div>
    }
}

/// What was found, in the order of weight, each with its cell.
#[component]
fn Findings(findings: Vec<FormFinding>) -> View {
    let row = |finding: FormFinding| {
        let (class, weight) = match finding.severity.as_str() {
            "error" => ("govuk-tag govuk-tag--red", key::STAFF_MAKE_FINDING_ERROR),
            "warning" => ("govuk-tag govuk-tag--yellow", key::STAFF_MAKE_FINDING_WARNING),
            _ => ("govuk-tag govuk-tag--grey", key::STAFF_MAKE_FINDING_NOTE),
        };
        let cell = match (&finding.column, finding.row) {
            (Some(column), Some(row)) => format!("{column}{row}"),
            (Some(column), None) => column.clone(),
            (None, Some(row)) => row.to_string(),
            (None, None) => "–".to_owned(),
        };
        let sheet = match finding.sheet.is_empty() {
            true => "–".to_owned(),
            false => finding.sheet,
        };
        view! {
            <tr class="govuk-table__row">
                <th scope="row" class="govuk-table__header" data-label=t(key::STAFF_MAKE_SHEET)>
                    {sheet}
                </th>
                <td class="govuk-table__cell" data-label=t(key::STAFF_MAKE_CELL)>
                    {cell}
                </td>
                <td class="govuk-table__cell" data-label=t(key::STAFF_MAKE_FINDING)>
                    <strong class=class>{t(weight)}</strong>
                    " "
                    {finding.what}
                </td>
                <td class="govuk-table__cell" data-label=t(key::STAFF_MAKE_REMEDY)>
                    {finding.remedy}
                </td>
            </tr>
        }
    };
    let headings = [
        key::STAFF_MAKE_SHEET,
        key::STAFF_MAKE_CELL,
        key::STAFF_MAKE_FINDING,
        key::STAFF_MAKE_REMEDY,
    ];
    view! {
        <table class="govuk-table ct-table">
            <caption class="govuk-table__caption govuk-table__caption--m">
                {t(key::STAFF_MAKE_FINDINGS)}
            </caption>
            <thead class="govuk-table__head">
                <tr class="govuk-table__row">
                    {headings
                        .map(|words| view! { <th scope="col" class="govuk-table__header">{t(words)}</th> })
                        .collect_view()}
                </tr>
            </thead>
            <tbody class="govuk-table__body">{findings.into_iter().map(row).collect_view()}</tbody>
        </table>
    }
}
