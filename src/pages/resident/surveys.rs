//! `/surveys`: the surveys that take answers.

use crate::view::{CollectView, View, view};
use leptos::prelude::*;
use model::catalogue::{Survey, SurveyState};

use crate::{
    components::{notice::Empty, page::Page},
    locale::{content, key, label, language, tn, words},
    store::Store,
};

/// The list of open surveys.
#[component]
pub fn Surveys() -> View {
    let store = Store::get();
    let open = move || {
        store.catalogue.with(|catalogue| {
            let mut surveys = catalogue.surveys();
            surveys.retain(|(_, survey)| survey.state == SurveyState::Open);
            surveys
        })
    };
    view! {
        <Page title=label(key::SURVEYS_TITLE) back="/">
            <p class="govuk-body-l ct-prose">{words(key::SURVEYS_LEAD)}</p>
            {move || {
                language();
                let open = open();
                if open.is_empty() {
                    return view! {
                        <Empty
                            title=label(key::SURVEYS_NONE)
                            words=label(key::SURVEYS_NONE_TEXT)
                        />
                    };
                }
                view! {
                    <ul class="ct-cards ct-cards--list">
                        {open
                            .into_iter()
                            .map(|(id, survey)| {
                                view! {
                                    <li class="ct-card">
                                        <h2 class="ct-card__title">
                                            <a href=format!("/surveys/{id}") class="govuk-link">
                                                {content(&survey.title)}
                                            </a>
                                        </h2>
                                        <p class="ct-card__meta">{content(&survey.summary)}</p>
                                        <p class="ct-card__meta">{minutes_words(&survey)}</p>
                                    </li>
                                }
                            })
                            .collect_view()}
                    </ul>
                }
            }}
        </Page>
    }
}

/// How long it takes: what it took others, once enough have filled it, before that what staff expect.
pub fn minutes_words(survey: &Survey) -> String {
    let (key, minutes) = match survey.measured_minutes() {
        Some(minutes) => (key::SURVEY_MEASURED, minutes),
        None => (key::SURVEY_MINUTES, survey.minutes),
    };
    tn(key, usize::try_from(minutes).unwrap_or(0))
}
