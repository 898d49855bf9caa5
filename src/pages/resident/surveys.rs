//! `/surveys`: the surveys that take answers.

use crate::view::{CollectView, View, view};
use leptos::prelude::*;
use model::{
    Key,
    catalogue::{Survey, SurveyState},
};

use crate::{
    components::{notice::Empty, page::Page},
    locale::{content, key, label, language, t, tn, words},
    store::Store,
};

/// The list of open surveys.
#[component]
pub fn Surveys() -> View {
    let store = Store::get();
    let surveys = move |state: SurveyState| {
        store.catalogue.with(|catalogue| {
            let mut surveys = catalogue.surveys();
            surveys.retain(|(_, survey)| survey.state == state);
            surveys
        })
    };
    let card = |(id, survey): (Key, Survey)| {
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
    };
    // Whoever is asked again and again sees first that it came to something.
    let came = |(id, survey): (Key, Survey)| {
        view! {
            <li class="ct-card">
                <h3 class="ct-card__title">
                    <a href=format!("/surveys/{id}") class="govuk-link">
                        {content(&survey.title)}
                    </a>
                </h3>
                <p>{content(&survey.outcome)}</p>
            </li>
        }
    };
    view! {
        <Page title=label(key::SURVEYS_TITLE) back="/">
            <p class="govuk-body-l ct-prose">{words(key::SURVEYS_LEAD)}</p>
            {move || {
                language();
                let open = surveys(SurveyState::Open);
                if open.is_empty() {
                    return view! {
                        <Empty
                            title=label(key::SURVEYS_NONE)
                            words=label(key::SURVEYS_NONE_TEXT)
                        />
                    };
                }
                let cards = open.into_iter().map(card).collect_view();
                view! { <ul class="ct-cards ct-cards--list">{cards}</ul> }
            }}
            {move || {
                language();
                let mut over = surveys(SurveyState::Closed);
                over.retain(|(_, survey)| !content(&survey.outcome).is_empty());
                (!over.is_empty())
                    .then(|| {
                        let cards = over.into_iter().map(came).collect_view();
                        view! {
                            <h2 class="govuk-heading-l">{t(key::SURVEY_OUTCOME)}</h2>
                            <ul class="ct-cards ct-cards--list">{cards}</ul>
                        }
                    })
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
