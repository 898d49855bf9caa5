//! `/staff/surveys/:id`: what people answered, as charts that are their own tables.

use crate::view::{CollectView, View, view};
use leptos::prelude::*;
use model::{Key, results::Results};
use sync::SyncError;
use wasm_bindgen_futures::spawn_local;

use super::{
    exports::Exports,
    filters::{Filters, Narrowing, Whom, chosen_results, narrowed},
    live::{Loading, Trouble, while_seen},
    question::QuestionResult,
    session::StaffPage,
};
use crate::{
    components::{
        notice::{Notice, Tone},
        select::{Opt, Select},
    },
    locale::{content, key, label, t, tf, tn, words},
    platform::browser,
    router,
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
    let filter = chosen_results();
    let results = RwSignal::new(None::<Results>);
    let error = RwSignal::new(None::<SyncError>);
    // Of what is shown; it names the filter, too.
    let tag = StoredValue::new(None::<String>);
    let asked = id.clone();
    let ask = move || {
        let (asked, narrowed, known) = (asked.clone(), filter.get_untracked(), tag.get_value());
        spawn_local(async move {
            let answer = store.results(&asked, &narrowed, known.as_deref()).await;
            if filter.try_get_untracked().as_ref() != Some(&narrowed) {
                // The page was left, or the answer is to an older question.
                return;
            }
            if error.with_untracked(|error| error.as_ref() != answer.as_ref().err()) {
                error.set(answer.as_ref().err().cloned());
            }
            if let Ok(Some((answer, name))) = answer {
                tag.set_value(name);
                results.set(Some(answer));
            }
        });
    };
    let (first, polled, changed, again) = (ask.clone(), ask.clone(), ask.clone(), ask);
    Effect::new(move || {
        filter.track();
        first();
    });
    while_seen(polled);
    let own = id.clone();
    let title = move || {
        let survey = store.catalogue.with(|catalogue| catalogue.survey(&own));
        survey.map(|survey| content(&survey.title))
    };
    let survey = id.clone();
    let offers = Signal::derive(move || results.with(|it| it.as_ref().map(|it| it.offers.clone())));
    let groups = Memo::new(move |_| results.get().map(|it| it.groups).unwrap_or_default());
    let fewest = Memo::new(move |_| results.with(|it| it.as_ref().map_or(0, |it| it.fewest)));
    // A question keeps its place on the screen while its numbers change.
    let paths = Memo::new(move |_| {
        results.with(|results| {
            let paths = |it: &Results| it.questions.iter().map(|it| it.path.clone()).collect();
            results.as_ref().map(paths).unwrap_or_else(Vec::new)
        })
    });
    let whom = Whom {
        narrowed: Memo::new(move |_| {
            filter.with(|filter| results.with(|it| narrowed(filter, it.as_ref())))
        }),
        compared: Memo::new(move |_| {
            let by = router::query("by").filter(|by| !by.is_empty())?;
            let (_, name) = by_options(results).into_iter().find(|(own, _)| *own == by)?;
            Some(tf(key::STAFF_RESULT_COMPARED, &[("by", &name)]))
        }),
    };
    let arrived = Memo::new(move |_| results.with(Option::is_some));
    let nobody =
        Memo::new(move |_| results.with(|it| it.as_ref().is_some_and(|it| it.responses == 0)));
    // Below the fewest people there is nothing to see but what is hidden.
    let few = Memo::new(move |_| {
        results.with(|it| {
            it.as_ref().is_some_and(|it| it.people.is_none_or(|people| people < it.fewest))
        })
    });
    let count = move || {
        let people = results.with(|it| it.as_ref().map(|it| it.people.unwrap_or(it.responses)));
        let told = results.with(|it| it.as_ref().is_some_and(|it| it.people.is_some()));
        people
            .filter(|_| told)
            .map(|count| tn(key::STAFF_RESPONSES, usize::try_from(count).unwrap_or(0)))
    };
    let notes = move || {
        results.with(|results| {
            let results = results.as_ref()?;
            let fewest = results.fewest.to_string();
            let hidden = (results.withheld && !few.get())
                .then(|| tf(key::STAFF_RESULT_HIDDEN_WHY, &[("n", &fewest)]));
            let days = match (results.from.map(wall::date), results.to.map(wall::date)) {
                (Some(from), Some(to)) => {
                    Some(tf(key::STAFF_RESULT_DAYS, &[("from", &from), ("to", &to)]))
                }
                (Some(from), None) => Some(tf(key::STAFF_RESULT_DAYS_FROM, &[("from", &from)])),
                (None, Some(to)) => Some(tf(key::STAFF_RESULT_DAYS_TO, &[("to", &to)])),
                (None, None) => None,
            };
            Some([hidden, days].into_iter().flatten().collect::<Vec<_>>())
        })
    };
    let charts = move || {
        if !arrived.get() {
            return view! { <Loading/> };
        }
        if nobody.get() {
            let text = tf(key::STAFF_RESULT_NONE_TEXT, &[("n", &fewest.get().to_string())]);
            return view! {
                <Notice tone=Tone::Info title=label(key::STAFF_RESULT_NONE)>
                    <p>{text}</p>
                </Notice>
            };
        }
        if few.get() {
            return view! {
                <Notice tone=Tone::Warning title=label(key::STAFF_RESULT_FEW)>
                    <p>{tf(key::STAFF_RESULT_FEW_TEXT, &[("n", &fewest.get().to_string())])}</p>
                </Notice>
            };
        }
        let (survey, changed) = (survey.clone(), changed.clone());
        let question = move |path: String| {
            let asked = Memo::new(move |_| {
                results.with(|results| {
                    let all =
                        results.as_ref().map(|it| it.questions.as_slice()).unwrap_or_default();
                    all.iter().find(|it| it.path == path).cloned().unwrap_or_default()
                })
            });
            let (survey, changed) = (survey.clone(), changed.clone());
            view! {
                <QuestionResult
                    survey
                    asked
                    groups
                    fewest=fewest.get_untracked()
                    whom
                    changed=Callback::new(move |()| changed())
                />
            }
        };
        paths.get().into_iter().map(question).collect_view()
    };
    view! {
        <h2 class="govuk-heading-l">{title}</h2>
        <Filters offers/>
        <Trouble error again=move |()| again()/>
        <div class="no-print">
            <Select
                id="by"
                label=label(key::STAFF_RESULT_BY)
                options=Signal::derive(move || by_options(results))
                value=Signal::derive(move || router::query("by").unwrap_or_default())
                on_change=|by: String| router::set_query("by", &by)
            />
        </div>
        <p class="ct-count" role="status">
            {count}
        </p>
        <div class="ct-notes">
            {move || {
                notes()
                    .unwrap_or_default()
                    .into_iter()
                    .map(|note| view! { <p class="govuk-inset-text">{note}</p> })
                    .collect_view()
            }}
        </div>
        <Narrowing whom/>
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
        </div>
        <Exports survey=id filter results/>
        {charts}
    }
}

/// What can be compared: where people answered and live, the languages, and the questions with a few choices.
fn by_options(results: RwSignal<Option<Results>>) -> Vec<Opt> {
    let mut options = vec![
        (String::new(), t(key::STAFF_RESULT_BY_NONE)),
        ("@venue".to_owned(), t(key::FILTER_VENUE)),
    ];
    results.with(|results| {
        let Some(results) = results else { return };
        if results.offers.ward.is_some() {
            options.push(("@ward".to_owned(), t(key::STAFF_RESULT_WARD)));
        }
        if results.offers.area.is_some() {
            options.push(("@area".to_owned(), t(key::STAFF_RESULT_AREA)));
        }
        options.push(("@language".to_owned(), t(key::STAFF_RESULT_LANGUAGE)));
        options.push(("@version".to_owned(), t(key::STAFF_RESULT_BY_VERSION)));
        for path in &results.offers.by {
            let asked = results.questions.iter().find(|asked| asked.path == *path);
            let words = asked.and_then(|asked| asked.wordings.first());
            let words = words.map_or_else(|| path.clone(), |wording| content(&wording.label));
            options.push((path.clone(), tf(key::STAFF_RESULT_QUESTION, &[("question", &words)])));
        }
    });
    options
}
