//! The answers as files: every format there is, with the choices' names or their labels, in the columns of
//! KoboToolbox or ODK Central, of the people whom the page shows.

use std::collections::BTreeSet;

use crate::view::{CollectView, View, view};
use leptos::prelude::*;
use model::{Key, results::Results};

use super::values::language_name;
use crate::{
    components::select::Select,
    locale::{self, key, label, t, tf, words},
    store::staff::FeedbackFilter,
};

/// The formats, each with what its link says and what it is good for.
const FORMATS: [(&str, locale::Key, locale::Key); 4] = [
    ("xlsx", key::STAFF_RESULT_XLSX, key::STAFF_RESULT_XLSX_HINT),
    ("csv", key::STAFF_RESULT_CSV, key::STAFF_RESULT_CSV_HINT),
    ("zip", key::STAFF_RESULT_ZIP, key::STAFF_RESULT_ZIP_HINT),
    ("json", key::STAFF_RESULT_JSON, key::STAFF_RESULT_JSON_HINT),
];

/// Links to the files, behind a line to open.
#[component]
pub fn Exports(
    /// Which survey.
    survey: Key,
    /// Whom the page shows.
    filter: Memo<FeedbackFilter>,
    /// Its questions tell the languages.
    results: RwSignal<Option<Results>>,
) -> View {
    let labels = RwSignal::new(String::new());
    let languages = Memo::new(move |_| {
        results.with(|results| results.as_ref().map(languages).unwrap_or_default())
    });
    let options = Signal::derive(move || {
        let names = (String::new(), t(key::STAFF_RESULT_NAMES));
        let labels = languages.get().into_iter().map(|tag| {
            let words = tf(key::STAFF_RESULT_LABELS, &[("language", &language_name(&tag))]);
            (tag, words)
        });
        std::iter::once(names).chain(labels).collect::<Vec<_>>()
    });
    let layout = RwSignal::new(String::new());
    let layouts = Signal::derive(|| {
        vec![
            (String::new(), t(key::STAFF_RESULT_LAYOUT_KOBO)),
            ("odk".to_owned(), t(key::STAFF_RESULT_LAYOUT_ODK)),
        ]
    });
    let link = move |(ending, words, hint): (&'static str, locale::Key, locale::Key)| {
        let (survey, name) = (survey.clone(), format!("{survey}.{ending}"));
        let address = move || {
            let mut query = filter.with(FeedbackFilter::query);
            for (name, value) in [("labels", labels.get()), ("layout", layout.get())] {
                if !value.is_empty() {
                    query = format!("{query}&{name}={value}");
                }
            }
            let query = query.trim_start_matches('&');
            format!("/api/v1/export/surveys/{survey}.{ending}?{query}")
                .trim_end_matches('?')
                .to_owned()
        };
        view! {
            <li>
                <a class="govuk-link ct-export" href=address download=name rel="external">
                    {t(words)}
                </a>
                <span class="govuk-hint">{t(hint)}</span>
            </li>
        }
    };
    view! {
        <details class="govuk-details no-print">
            <summary class="govuk-details__summary">
                <span class="govuk-details__summary-text">{words(key::STAFF_RESULT_FILES)}</span>
            </summary>
            <div class="govuk-details__text">
                <p class="govuk-body">
                    {move || {
                        t(
                            if filter.with(FeedbackFilter::narrows_nobody) {
                                key::STAFF_RESULT_FILES_ALL
                            } else {
                                key::STAFF_RESULT_FILES_SOME
                            },
                        )
                    }}
                </p>
                <p class="govuk-body">{words(key::STAFF_RESULT_FILES_CARE)}</p>
                <Select
                    id="labels"
                    label=label(key::STAFF_RESULT_CHOICES_AS)
                    options
                    value=labels
                    on_change=move |tag: String| labels.set(tag)
                />
                <Select
                    id="layout"
                    label=label(key::STAFF_RESULT_LAYOUT)
                    options=layouts
                    value=layout
                    on_change=move |name: String| layout.set(name)
                />
                <ul class="govuk-list ct-stack">{FORMATS.map(link).collect_view()}</ul>
            </div>
        </details>
    }
}

/// The languages in which anything is asked.
fn languages(results: &Results) -> Vec<String> {
    let wordings = results.questions.iter().flat_map(|asked| &asked.wordings);
    let tags: BTreeSet<String> = wordings
        .flat_map(|wording| wording.label.iter().map(|(language, _)| language.to_owned()))
        .collect();
    tags.into_iter().collect()
}
