//! How the versions of a survey asked a question, where they did not ask the same.

use crate::view::{CollectView, View, view};
use leptos::prelude::*;
use model::results::{Asked, Wording};

use super::question::{list, names};
use crate::locale::{content, key, tf, words};

/// The versions with their words and choices; nothing where they are the same.
#[component]
pub fn Differences(
    /// The question.
    asked: Memo<Asked>,
) -> View {
    let lines = move || {
        asked.with(|asked| {
            let wording = |wording: &Wording| {
                let versions = list(&wording.versions);
                let words = tf(
                    key::STAFF_RESULT_WORDING,
                    &[("versions", &versions), ("words", &content(&wording.label))],
                );
                if !asked.choices_differ {
                    return vec![words];
                }
                let name = |value: &String| {
                    let row = asked.rows.iter().find(|row| row.value == *value);
                    let label = row.map(|row| content(&row.label)).unwrap_or_default();
                    if label.is_empty() { value.clone() } else { label }
                };
                let choices = names(&wording.choices.iter().map(name).collect::<Vec<_>>());
                let had = tf(
                    key::STAFF_RESULT_CHOICES_DIFFER,
                    &[("versions", &versions), ("choices", &choices)],
                );
                if asked.wording_differs { vec![words, had] } else { vec![had] }
            };
            let differs = asked.wording_differs || asked.choices_differ || asked.kind_differs;
            differs.then(|| asked.wordings.iter().map(wording).collect::<Vec<_>>())
        })
    };
    view! {
        {move || {
            lines()
                .map(|lines| {
                    view! {
                        <div class="govuk-inset-text">
                            <p class="govuk-body">{words(key::STAFF_RESULT_DIFFERS)}</p>
                            <ul class="govuk-list govuk-list--bullet">
                                {lines
                                    .into_iter()
                                    .map(|version| {
                                        let line = |line| view! { <p class="govuk-!-margin-top-0 govuk-!-margin-bottom-0">{line}</p> };
                                        view! {
                                            <li>{version.into_iter().map(line).collect_view()}</li>
                                        }
                                    })
                                    .collect_view()}
                            </ul>
                        </div>
                    }
                })
        }}
    }
}
