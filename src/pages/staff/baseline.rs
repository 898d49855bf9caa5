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
    components::field::TextField,
    locale::{key, label, t, tf, words},
    platform::ids,
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
    let own = path.clone();
    let save = move || {
        let figure = percent.get_untracked().trim().trim_end_matches('%').parse::<f64>();
        let baseline = Baseline {
            values: picked.get_untracked(),
            percent: figure.unwrap_or(-1.0),
            source: source.get_untracked().trim().to_owned(),
        };
        let good = (0.0..=100.0).contains(&baseline.percent)
            && !baseline.source.is_empty()
            && !baseline.values.is_empty();
        let Ok(value) = serde_json::to_value(&baseline) else { return };
        if !good {
            message.set(Some(t(key::STAFF_RESULT_BASELINE_WRONG)));
            return;
        }
        let rev = store.catalogue.with_untracked(|catalogue| {
            catalogue.record(Collection::Survey, &survey).map_or(0, |record| record.rev)
        });
        let edit = Edit {
            edit: ids::random_uuid(),
            collection: Collection::Survey.name().to_owned(),
            id: survey.clone(),
            base_rev: rev,
            fields: Map::from_iter([(format!("{BASELINE}{own}"), Value::clone(&value))]),
            delete: false,
        };
        spawn_local(async move {
            let words = match store.edit(edit).await {
                Ok(EditResult::Merged { collisions, .. }) if collisions.is_empty() => {
                    t(key::STAFF_SAVED)
                }
                Ok(EditResult::Invalid { problems }) => {
                    problems.first().map(|it| it.detail.clone()).unwrap_or_default()
                }
                Ok(_) => t(key::STAFF_CONFLICTS_LATER),
                Err(error) => words_for(&error),
            };
            message.try_set(Some(words));
        });
    };
    let choice = {
        let path = path.clone();
        move |(value, words): (String, String)| {
            let id = format!("baseline-{path}-{value}");
            let own = value.clone();
            let checked = move || picked.with(|picked| picked.contains(&own));
            view! {
                <div class="govuk-checkboxes__item">
                    <input
                        class="govuk-checkboxes__input"
                        type="checkbox"
                        id=id.clone()
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
                    id=format!("baseline-percent-{path}")
                    label=label(key::STAFF_RESULT_BASELINE_PERCENT)
                    value=percent
                    on_input=move |text: String| percent.set(text)
                />
                <TextField
                    id=format!("baseline-source-{path}")
                    label=label(key::STAFF_RESULT_BASELINE_SOURCE)
                    value=source
                    on_input=move |text: String| source.set(text)
                />
                <fieldset class="govuk-fieldset">
                    <legend class="govuk-fieldset__legend">
                        {words(key::STAFF_RESULT_BASELINE_VALUES)}
                    </legend>
                    <div class="govuk-checkboxes">
                        {values.into_iter().map(choice).collect_view()}
                    </div>
                </fieldset>
                <button
                    type="button"
                    class="govuk-button govuk-button--secondary"
                    on:click=move |_| save()
                >
                    {words(key::STAFF_SAVE)}
                </button>
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
