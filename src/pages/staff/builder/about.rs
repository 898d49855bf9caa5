//! What people read before the first question: title, summary, minutes, whether it asks who they are, what came of it.

use crate::view::{View, view};
use leptos::prelude::*;
use model::Text;
use serde::Deserialize as _;
use serde_json::{Value, json};

use super::{super::words_field, Heading, desk::Desk, screen::Screen};
use crate::{
    components::{
        check::Check,
        field::{ErrorSummary, Fault, TextField},
    },
    locale::{key, label, t, words},
};

/// The form. Its fields are kept with the draft as soon as one is left.
#[component]
pub fn About(desk: Desk) -> View {
    let text = |field: &str| {
        let stored = desk.about.with_untracked(|about| Text::deserialize(about.get(field)?).ok());
        stored.unwrap_or_default()
    };
    let fields = ["title", "summary", "outcome"].map(|field| {
        let original = text(field);
        (field, RwSignal::new(words_field::english(&original)), original)
    });
    let minutes = desk.about.with_untracked(|about| about.get("minutes").and_then(Value::as_u64));
    let minutes = RwSignal::new(minutes.map(|it| it.to_string()).unwrap_or_default());
    let anonymous = desk.about.with_untracked(|about| about.get("anonymous") == Some(&json!(true)));
    let anonymous = RwSignal::new(anonymous);
    let faults = RwSignal::new(Vec::<Fault>::new());
    let [title, summary, outcome] = fields.clone();
    let commit = move || {
        let mut found = Vec::new();
        let mut fault = |field: &str, words: String| {
            found.push(Fault { field: field.to_owned(), words });
        };
        for (field, words, original) in &fields {
            let text = words_field::with_english(original, &words.get_untracked());
            if text.is_empty() && *field != "outcome" {
                fault(field, super::super::faults::fault(field, &t(key::STAFF_REQUIRED)).words);
            } else if text != *original || !text.is_empty() {
                desk.set_about(field, serde_json::to_value(text).unwrap_or_default());
            }
        }
        match minutes.with_untracked(|it| it.trim().parse::<u32>()) {
            Ok(minutes) if minutes > 0 => desk.set_about("minutes", json!(minutes)),
            _ => fault("minutes", t(key::STAFF_MAKE_MINUTES_WRONG)),
        }
        found
    };
    let on_change = commit.clone();
    let take = move || {
        faults.set(commit());
        faults.with_untracked(Vec::is_empty)
    };
    desk.keep_with(take.clone());
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        if take() {
            Screen::Contents.show(&desk.id());
        }
    };
    view! {
        <Heading title=label(key::STAFF_MAKE_ABOUT) back=Screen::Contents.address(&desk.id())/>
        <ErrorSummary faults/>
        <form
            novalidate
            autocomplete="off"
            on:change=move |_| {
                on_change();
            }
            on:submit=submit
        >
            <words_field::WordsField
                id="title"
                label=key::STAFF_FIELD_TITLE
                value=title.1
                original=title.2
                faults
            />
            <words_field::WordsField
                id="summary"
                label=key::STAFF_FIELD_SUMMARY
                hint=key::STAFF_MAKE_SUMMARY_HINT
                value=summary.1
                original=summary.2
                faults
                rows=4
            />
            <TextField
                id="minutes"
                label=label(key::STAFF_MAKE_MINUTES)
                value=minutes
                on_input=move |text| minutes.set(text)
                faults
                inputmode="numeric"
                width="govuk-input--width-10"
            />
            <Check
                id="anonymous"
                label=label(key::STAFF_MAKE_ANONYMOUS)
                hint=label(key::STAFF_MAKE_ANONYMOUS_HINT)
                value=anonymous
                on_change=move |ticked| {
                    anonymous.set(ticked);
                    desk.set_about("anonymous", json!(ticked));
                }
            />
            <words_field::WordsField
                id="outcome"
                label=key::SURVEY_OUTCOME
                hint=key::STAFF_MAKE_OUTCOME_HINT
                value=outcome.1
                original=outcome.2
                faults
                rows=4
            />
            <button class="govuk-button">{words(key::STAFF_MAKE_DONE)}</button>
        </form>
    }
}
