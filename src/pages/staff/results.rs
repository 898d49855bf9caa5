//! `/staff/surveys/:id`: what people answered, as charts that are their own tables.

use crate::view::{CollectView, View, view};
use leptos::prelude::*;
use model::{Key, wire::Results};
use survey::{Item, Kind};
use sync::SyncError;
use wasm_bindgen_futures::spawn_local;

use super::{
    filters::{Filters, chosen},
    live::{Loading, Trouble, while_seen},
    question::QuestionResult,
    session::StaffPage,
};
use crate::{
    components::notice::{Notice, Tone},
    locale::{content, key, label, t, tf, tn, words},
    platform::browser,
    store::Store,
    wall,
};

/// The results of one survey.
#[component]
pub fn ResultsPage(
    /// Which survey.
    #[prop(into)]
    id: String,
) -> View {
    let id = Key::parse(&id);
    // The survey's own title stands below: it arrives later, and a heading that changes would
    // take the focus from whoever signs in meanwhile.
    view! {
        <StaffPage title=label(key::STAFF_RESULTS) back="/staff/surveys">
            {id.clone().map(|id| view! { <Survey id/> })}
        </StaffPage>
    }
}

#[component]
fn Survey(id: Key) -> View {
    let store = Store::get();
    let filter = chosen();
    let results = RwSignal::new(None::<Results>);
    let error = RwSignal::new(None::<SyncError>);
    let asked = id.clone();
    let ask = move || {
        let (asked, narrowed) = (asked.clone(), filter.get_untracked());
        spawn_local(async move {
            let answer = store.results(&asked, &narrowed).await;
            if filter.try_get_untracked().as_ref() != Some(&narrowed) {
                // The page was left, or the answer is to an older question.
                return;
            }
            if error.with_untracked(|error| error.as_ref() != answer.as_ref().err()) {
                error.set(answer.as_ref().err().cloned());
            }
            if let Ok(answer) = answer {
                results.set(Some(answer));
            }
        });
    };
    let (first, polled, again) = (ask.clone(), ask.clone(), ask);
    Effect::new(move || {
        filter.track();
        first();
    });
    while_seen(polled);
    let questions = {
        let id = id.clone();
        Memo::new(move |_| {
            store.catalogue.with(|catalogue| {
                let version = catalogue.survey(&id)?.version;
                let definition = catalogue.definition(&id, version)?;
                let asked = definition.questions();
                let answered = asked.filter(|question| !matches!(question.kind, Kind::Note));
                Some(answered.cloned().collect::<Vec<Item>>())
            })
        })
    };
    let own = id.clone();
    let title = move || {
        let survey = store.catalogue.with(|catalogue| catalogue.survey(&own));
        survey.map(|survey| content(&survey.title))
    };
    let address = move || {
        let query = filter.get().query();
        format!("/api/v1/export/surveys/{id}.csv?{query}").trim_end_matches('?').to_owned()
    };
    // Once there are results, there are always some; the default stands for no moment.
    let shown = Signal::derive(move || {
        results.get().unwrap_or_else(|| Results {
            responses: 0,
            tallies: Default::default(),
            words: Default::default(),
        })
    });
    let arrived = Memo::new(move |_| results.with(Option::is_some));
    let count = move || {
        let responses = results.with(|results| results.as_ref().map(|it| it.responses));
        responses.map(|count| tn(key::STAFF_RESPONSES, usize::try_from(count).unwrap_or(0)))
    };
    let charts = move || {
        if !arrived.get() {
            return view! { <Loading/> };
        }
        let Some(questions) = questions.get() else {
            return view! {
                <Notice tone=Tone::Warning title=label(key::STAFF_NO_QUESTIONS)>
                    <p>{t(key::STAFF_NO_QUESTIONS_TEXT)}</p>
                </Notice>
            };
        };
        questions
            .into_iter()
            .map(|question| view! { <QuestionResult question results=shown/> })
            .collect_view()
    };
    view! {
        <h2 class="govuk-heading-l">{title}</h2>
        <Filters/>
        <Trouble error again=move |()| again()/>
        <p class="ct-count" role="status">
            {count}
        </p>
        <p class="print-only">
            {move || tf(key::STAFF_PRINTED, &[("day", &wall::day_of_year(wall::today()))])}
        </p>
        <div class="govuk-button-group no-print">
            <button
                type="button"
                class="govuk-button govuk-button--secondary"
                on:click=|_| browser::print()
            >
                {words(key::STAFF_PRINT)}
            </button>
            <a class="govuk-link" href=address download="survey.csv" rel="external">
                {words(key::STAFF_CSV)}
            </a>
        </div>
        {charts}
    }
}
