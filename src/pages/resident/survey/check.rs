//! "Check your answers".

use crate::view::{CollectView, View, view};
use leptos::prelude::*;
use survey::{Field, Fill};

use super::{Taking, asking, asking::Back, done, intro::announced, language};
use crate::{
    components::page::Main,
    locale::{key, t, words},
    pages::resident::question::answer_words,
};

/// A question and its answer; the group around it stands over the first of a section.
struct Row {
    section: String,
    path: String,
    label: String,
    answer: String,
    can_change: bool,
}

fn rows(fill: &Fill, language: &str) -> Vec<Row> {
    let row = |field: Field<'_>| {
        let headings = field.headings(language);
        let named: Vec<_> =
            headings.iter().map(asking::named).filter(|it| !it.is_empty()).collect();
        Row {
            section: named.join(" · "),
            path: field.path(),
            label: survey::plain(&field.label(language)),
            answer: answer_words(&field, language),
            can_change: !field.is_read_only(),
        }
    };
    fill.summary().into_iter().map(row).collect()
}

/// Everything that was asked, with a way back to each, and "Save my answers".
#[component]
pub fn Check(
    /// Whose answers.
    taking: Taking,
) -> View {
    let failed = RwSignal::new(None::<sync::StorageError>);
    let send = move |_| {
        let Some((survey, version, seconds)) = taking.what() else { return };
        let finished = untrack(|| taking.with(|fill| fill.finish(survey, version, seconds).ok()));
        match finished {
            Some(response) => done::save(taking, response, failed),
            // Something is open still.
            None => taking.go_to_open(),
        }
    };
    let row = move |row: Row| {
        let Row { path, label, answer, can_change, .. } = row;
        let named = label.clone();
        let change = can_change.then(|| {
            view! {
                <button
                    type="button"
                    class="govuk-button govuk-button--secondary"
                    on:click=move |_| {
                        taking.update(|fill| fill.go_to(&path));
                    }
                >
                    <span lang=crate::locale::language>{t(key::CHANGE)}</span>
                    <span class="govuk-visually-hidden">" " {named}</span>
                </button>
            }
        });
        view! {
            <div class="govuk-summary-list__row">
                <dt class="govuk-summary-list__key ct-form-words">{label}</dt>
                <dd class="govuk-summary-list__value ct-form-words">{answer}</dd>
                <dd class="govuk-summary-list__actions">{change}</dd>
            </div>
        }
    };
    let sections = move || {
        let spoken = language::spoken();
        let mut rows = taking.with(|fill| rows(fill, &spoken)).into_iter().peekable();
        let mut sections = Vec::new();
        while let Some(first) = rows.next() {
            let section = first.section.clone();
            let mut list = vec![first];
            while let Some(next) = rows.next_if(|row| row.section == section) {
                list.push(next);
            }
            // What stands in no group must not look as if it were in the one before.
            let heading = match section {
                section if !section.is_empty() => Some(section),
                _ if sections.is_empty() => None,
                _ => Some(t(key::SURVEY_QUESTIONS)),
            };
            let heading = heading.map(|words| view! { <h2 class="govuk-heading-m">{words}</h2> });
            sections.push(view! {
                {heading}
                <dl class="govuk-summary-list">{list.into_iter().map(row).collect_view()}</dl>
            });
        }
        sections
    };
    announced(key::SURVEY_CHECK);
    view! {
        <Main>
            <Back taking/>
            <h1 class="govuk-heading-xl" tabindex="-1">{words(key::SURVEY_CHECK)}</h1>
            <done::Failure failed/>
            <div lang=language::marked dir=language::direction>
                {sections}
            </div>
            <div class="govuk-button-group">
                <button
                    type="button"
                    class="govuk-button"
                    on:click=send
                    disabled=move || taking.busy.get()
                >
                    {words(key::SURVEY_SEND)}
                </button>
                <button
                    type="button"
                    class="govuk-button govuk-button--secondary"
                    on:click=move |_| taking.stopping.set(true)
                >
                    {words(key::SURVEY_STOP)}
                </button>
            </div>
        </Main>
    }
}
