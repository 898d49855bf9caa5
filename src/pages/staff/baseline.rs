//! A figure from elsewhere to compare a question with: shown as a line with its source, and entered by staff. It is a
//! field of the survey's record, merged like any other.

use crate::view::{CollectView, View, view};
use leptos::prelude::*;
use model::{
    Collection, Key,
    results::{BASELINE, Baseline},
    wire::{Edit, EditResult},
};
use serde_json::{Map, Value};
use wasm_bindgen_futures::spawn_local;

use super::live::words_for;
use crate::{
    components::field::{Fault, FieldError, TextField, fault_of},
    locale::{key, label, t, tf, words},
    platform::{browser, ids},
    store::Store,
};

/// The figure of a question, if staff have entered one.
pub fn baseline_of(survey: &Key, path: &str) -> Memo<Option<Baseline>> {
    let (store, survey, field) = (Store::get(), survey.clone(), format!("{BASELINE}{path}"));
    Memo::new(move |_| {
        store.catalogue.with(|catalogue| {
            let record = catalogue.record(Collection::Survey, &survey)?;
            serde_json::from_value(record.fields.get(&field)?.clone()).ok()
        })
    })
}

/// The form, behind a line to open.
#[component]
pub fn BaselineForm(
    /// Which survey.
    survey: Key,
    /// The question.
    path: String,
    /// Its values and what they are called.
    values: Vec<(String, String)>,
) -> View {
    let store = Store::get();
    let known = baseline_of(&survey, &path).get_untracked().unwrap_or_default();
    let percent = RwSignal::new(if known.source.is_empty() {
        String::new()
    } else {
        known.percent.to_string()
    });
    let source = RwSignal::new(known.source);
    let picked = RwSignal::new(known.values);
    let message = RwSignal::new(None::<String>);
    let faults = RwSignal::new(Vec::<Fault>::new());
    let has_figure = {
        let figure = baseline_of(&survey, &path);
        Memo::new(move |_| figure.with(Option::is_some))
    };
    let id_of = |part: &str| format!("baseline-{part}-{path}");
    let (percent_id, source_id, values_id) = (id_of("percent"), id_of("source"), id_of("values"));
    let own = path.clone();
    // `null` takes the field away.
    let send = move |value: Value, done: crate::locale::Key| {
        faults.set(Vec::new());
        let rev = store.catalogue.with_untracked(|catalogue| {
            catalogue.record(Collection::Survey, &survey).map_or(0, |record| record.rev)
        });
        let edit = Edit {
            edit: ids::random_uuid(),
            collection: Collection::Survey.name().to_owned(),
            id: survey.clone(),
            base_rev: rev,
            fields: Map::from_iter([(format!("{BASELINE}{own}"), value)]),
            delete: false,
        };
        spawn_local(async move {
            let words = match store.edit(edit).await {
                Ok(EditResult::Merged { collisions, .. }) if collisions.is_empty() => t(done),
                Ok(EditResult::Invalid { problems }) => {
                    problems.first().map(|it| it.detail.clone()).unwrap_or_default()
                }
                Ok(_) => t(key::STAFF_CONFLICTS_LATER),
                Err(error) => words_for(&error),
            };
            message.try_set(Some(words));
        });
    };
    let remove = {
        let (send, first) = (send.clone(), format!("[id=\"{percent_id}\"]"));
        move || {
            percent.set(String::new());
            source.set(String::new());
            picked.set(Vec::new());
            send(Value::Null, key::STAFF_RESULT_BASELINE_GONE);
            // The button goes with the figure.
            browser::focus(&first);
        }
    };
    let ids = [percent_id.clone(), source_id.clone(), values_id.clone()];
    let save = move || {
        // "61,5" is how many people of Europe write it.
        let figure = percent.get_untracked().replace(',', ".");
        let figure = figure.trim().trim_end_matches('%').trim_end().parse::<f64>();
        let baseline = Baseline {
            values: picked.get_untracked(),
            percent: figure.unwrap_or(-1.0),
            source: source.get_untracked().trim().to_owned(),
        };
        let wrong = [
            !(0.0..=100.0).contains(&baseline.percent),
            baseline.source.is_empty(),
            baseline.values.is_empty(),
        ];
        let texts = [
            key::STAFF_RESULT_BASELINE_PERCENT_WRONG,
            key::STAFF_RESULT_BASELINE_SOURCE_WRONG,
            key::STAFF_RESULT_BASELINE_VALUES_WRONG,
        ];
        let found = ids.iter().zip(texts).zip(wrong).filter(|(_, wrong)| *wrong);
        let found: Vec<_> = found
            .map(|((field, text), _)| Fault { field: field.clone(), words: t(text) })
            .collect();
        if let Some(first) = found.first() {
            // The first box where the boxes are at fault.
            let id = &first.field;
            let selector = format!("input[id=\"{id}\"], [id=\"{id}\"] input");
            faults.set(found);
            message.set(None);
            browser::focus(&selector);
            return;
        }
        let Ok(value) = serde_json::to_value(&baseline) else { return };
        send(value, key::STAFF_SAVED);
    };
    let values_fault = fault_of(faults.into(), &values_id);
    let values_error = format!("{values_id}-error");
    let choice = {
        let (path, values_error) = (path.clone(), values_error.clone());
        move |(value, words): (String, String)| {
            let id = format!("baseline-{path}-{value}");
            let own = value.clone();
            let described = values_error.clone();
            let checked = move || picked.with(|picked| picked.contains(&own));
            view! {
                <div class="govuk-checkboxes__item">
                    <input
                        class="govuk-checkboxes__input"
                        type="checkbox"
                        id=id.clone()
                        aria-describedby=described
                        aria-invalid=move || values_fault.get().is_some().then_some("true")
                        prop:checked=checked
                        on:change=move |_| {
                            picked
                                .update(|picked| {
                                    match picked.iter().position(|it| *it == value) {
                                        Some(at) => {
                                            picked.remove(at);
                                        }
                                        None => picked.push(value.clone()),
                                    }
                                });
                        }
                    />
                    <label class="govuk-label govuk-checkboxes__label" for=id>
                        {words}
                    </label>
                </div>
            }
        }
    };
    view! {
        <details class="govuk-details no-print">
            <summary class="govuk-details__summary">
                <span class="govuk-details__summary-text">{words(key::STAFF_RESULT_BASELINE)}</span>
            </summary>
            <div class="govuk-details__text">
                <TextField
                    id=percent_id
                    width="govuk-input--width-5"
                    inputmode="decimal"
                    faults
                    label=label(key::STAFF_RESULT_BASELINE_PERCENT)
                    value=percent
                    on_input=move |text: String| percent.set(text)
                />
                <TextField
                    id=source_id
                    faults
                    label=label(key::STAFF_RESULT_BASELINE_SOURCE)
                    value=source
                    on_input=move |text: String| source.set(text)
                />
                <div
                    class="govuk-form-group"
                    class:govuk-form-group--error=move || values_fault.get().is_some()
                >
                    <fieldset class="govuk-fieldset" id=values_id>
                        <legend class="govuk-fieldset__legend govuk-fieldset__legend--s">
                            {words(key::STAFF_RESULT_BASELINE_VALUES)}
                        </legend>
                        <FieldError id=values_error fault=values_fault/>
                        <div class="govuk-checkboxes">
                            {values.into_iter().map(choice).collect_view()}
                        </div>
                    </fieldset>
                </div>
                <div class="govuk-button-group">
                    <button
                        type="button"
                        class="govuk-button govuk-button--secondary"
                        on:click=move |_| save()
                    >
                        {words(key::STAFF_SAVE)}
                    </button>
                    {move || {
                        let remove = remove.clone();
                        has_figure
                            .get()
                            .then(|| {
                                view! {
                                    <button
                                        type="button"
                                        class="govuk-button govuk-button--secondary"
                                        on:click=move |_| remove()
                                    >
                                        {words(key::STAFF_RESULT_BASELINE_REMOVE)}
                                    </button>
                                }
                            })
                    }}
                </div>
                <p role="status">{move || message.get()}</p>
            </div>
        </details>
    }
}

/// The figure and what it is now, in words: the shares of its values added up.
pub fn compared(baseline: &Baseline, now: Option<u64>, answers: &str) -> Vec<String> {
    let before = tf(
        key::STAFF_RESULT_BASELINE_LINE,
        &[("percent", &baseline.percent.to_string()), ("source", &baseline.source)],
    );
    let now = match now {
        Some(now) => tf(
            key::STAFF_RESULT_BASELINE_NOW,
            &[("percent", &now.to_string()), ("answers", answers)],
        ),
        None => tf(key::STAFF_RESULT_BASELINE_HIDDEN, &[("answers", answers)]),
    };
    vec![before, now]
}
