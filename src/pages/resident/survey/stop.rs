//! "Stop here": somebody has had enough, and says what becomes of what they answered.

use crate::view::{CollectView, View, view};
use leptos::prelude::*;
use survey::Fill;

use super::{Taking, done, intro::announced, language};
use crate::{
    components::page::Main,
    locale::{key, tn, words},
};

/// Keep what is answered so far, throw it away, or go back to the questions.
#[component]
pub fn StopHere(
    /// Whose answers.
    taking: Taking,
) -> View {
    let failed = RwSignal::new(None::<sync::StorageError>);
    let (answered, unfit) = untrack(|| taking.with(answered));
    announced(key::SURVEY_STOP_TITLE);
    let keep = move |_| {
        let Some((survey, version, seconds)) = taking.what() else { return };
        let stopped = untrack(|| taking.with(|fill| Some(fill.stop(survey, version, seconds))));
        if let Some(response) = stopped {
            done::save(taking, response, failed);
        }
    };
    let throw_away = move |_| {
        language::forget();
        taking.clear();
    };
    let offer = (answered > 0).then(|| {
        view! {
            <p class="govuk-body-l">{move || tn(key::SURVEY_STOP_ANSWERED, answered)}</p>
            <p class="govuk-body-l">{words(key::SURVEY_STOP_TEXT)}</p>
            <button
                type="button"
                class="govuk-button"
                on:click=keep
                disabled=move || taking.busy.get()
            >
                {words(key::SURVEY_STOP_KEEP)}
            </button>
        }
    });
    // What is wrong cannot be received: it is said before, and the way back leads to it.
    let spared = (!unfit.is_empty()).then(|| {
        let lines = unfit.into_iter().map(|question| view! { <li>{question}</li> });
        view! {
            <p class="govuk-body-l">{words(key::SURVEY_STOP_UNFIT)}</p>
            <ul class="govuk-list govuk-list--bullet">{lines.collect_view()}</ul>
        }
    });
    let leave = if answered > 0 { key::SURVEY_STOP_THROW } else { key::SURVEY_STOP_LEAVE };
    view! {
        <Main>
            <h1 class="govuk-heading-xl" tabindex="-1">{words(key::SURVEY_STOP_TITLE)}</h1>
            <done::Failure failed/>
            <div class="ct-stack">
                {spared}
                {offer}
                <button
                    type="button"
                    class="govuk-button govuk-button--secondary"
                    on:click=throw_away
                    disabled=move || taking.busy.get()
                >
                    {words(leave)}
                </button>
                <button
                    type="button"
                    class="govuk-button govuk-button--secondary"
                    on:click=move |_| taking.stopping.set(false)
                >
                    {words(key::SURVEY_STOP_BACK)}
                </button>
            </div>
        </Main>
    }
}

/// How many questions have an answer that somebody gave and that can be kept, and the words of those whose answer cannot.
fn answered(fill: &Fill) -> (usize, Vec<String>) {
    let spoken = language::spoken();
    let asked = fill.summary().into_iter();
    let (fit, unfit): (Vec<_>, Vec<_>) = asked
        .filter(|field| field.standing().is_some() && !field.is_read_only())
        .partition(|field| field.problems().is_empty());
    let words = unfit.iter().map(|field| survey::plain(&field.label(&spoken)));
    (fit.len(), words.collect())
}
