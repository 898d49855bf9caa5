//! `/staff`: how much there is, where to go, and what an editor must still decide.

use crate::view::{CollectView, View, view};
use leptos::prelude::*;
use model::{Collection, wire::Conflict};
use sync::SyncError;
use wasm_bindgen_futures::spawn_local;

use super::{conflict::ConflictCard, live::Trouble, session::StaffPage, surveys::Counts};
use crate::{
    locale::{Key, content, key, label, t, tf, tn, words},
    platform::browser,
    store::{Store, staff::FeedbackFilter},
};

/// The staff's first page.
#[component]
pub fn Overview() -> View {
    view! {
        <StaffPage title=label(key::STAFF_TITLE) back="/">
            <Conflicts/>
            <Figures/>
        </StaffPage>
    }
}

#[component]
fn Figures() -> View {
    let store = Store::get();
    let counts = Counts::watch();
    let told = RwSignal::new(None::<u64>);
    let error = RwSignal::new(None::<SyncError>);
    let ask = move || {
        spawn_local(async move {
            match store.feedback(&FeedbackFilter::default(), None).await {
                Ok(page) => {
                    error.try_set(None);
                    told.try_set(Some(page.total));
                }
                Err(refused) => {
                    error.try_set(Some(refused));
                }
            }
        });
    };
    ask();
    let number =
        |count: Option<u64>| count.map_or_else(|| t(key::STAFF_UNKNOWN), |count| count.to_string());
    let figure = |href: &'static str, name: Key, count: Signal<String>| {
        view! {
            <li class="ct-figure">
                <strong class="ct-figure__number">{count}</strong>
                <a class="govuk-link" href=href>
                    {words(name)}
                </a>
            </li>
        }
    };
    let events = Signal::derive(move || {
        store.catalogue.with(|it| it.records(Collection::Event).count().to_string())
    });
    let listings = Signal::derive(move || {
        store.catalogue.with(|it| it.records(Collection::Listing).count().to_string())
    });
    let surveys = move || {
        let all = store.catalogue.with(|catalogue| {
            let titles = catalogue.surveys().into_iter();
            titles.map(|(id, survey)| (id, content(&survey.title))).collect::<Vec<_>>()
        });
        let item = |(id, title): (model::Key, String)| {
            let href = format!("/staff/surveys/{id}");
            let known = counts.responses.with(|counts| counts.get(&id).copied());
            view! {
                <li class="ct-figure">
                    <strong class="ct-figure__number">{number(known)}</strong>
                    <a class="govuk-link" href=href>
                        {tf(key::STAFF_ANSWERS_TO, &[("survey", &title)])}
                    </a>
                </li>
            }
        };
        all.into_iter().map(item).collect_view()
    };
    view! {
        <h2 class="govuk-heading-l">{words(key::STAFF_FIGURES)}</h2>
        <Trouble error again=move |()| { ask(); counts.ask(); }/>
        <ul class="ct-figures">
            {figure(
                "/staff/feedback",
                key::STAFF_FIGURE_FEEDBACK,
                Signal::derive(move || number(told.get())),
            )}
            {figure("/staff/events", key::STAFF_FIGURE_EVENTS, events)}
            {figure("/staff/listings", key::STAFF_FIGURE_LISTINGS, listings)}
            {surveys}
        </ul>
        <h2 class="govuk-heading-l">{words(key::STAFF_WORK)}</h2>
        <ul class="govuk-list">
            {[
                ("/staff/feedback", key::STAFF_DO_FEEDBACK),
                ("/staff/surveys", key::STAFF_DO_SURVEYS),
                ("/staff/events/new", key::STAFF_EVENT_NEW),
                ("/staff/listings/new", key::STAFF_LISTING_NEW),
            ]
                .map(|(href, name)| {
                    view! {
                        <li>
                            <a class="govuk-link" href=href>
                                {words(name)}
                            </a>
                        </li>
                    }
                })
                .collect_view()}
        </ul>
    }
}

/// What this editor wrote and the server did not take.
#[component]
fn Conflicts() -> View {
    let store = Store::get();
    let conflicts = RwSignal::new(Vec::<Conflict>::new());
    let ask = move || {
        spawn_local(async move {
            // Where they cannot be had, the figures below say why.
            if let Ok(found) = store.conflicts().await {
                let settled = found.is_empty();
                let had_some = conflicts.try_with_untracked(|it| !it.is_empty());
                conflicts.try_set(found);
                if settled && had_some == Some(true) {
                    // The heading that had the focus is gone.
                    request_animation_frame(|| {
                        browser::focus("main h1");
                    });
                }
            }
        });
    };
    ask();
    View::of(move || {
        let conflicts = conflicts.get();
        let fields = conflicts.iter().map(|conflict| conflict.collisions.len()).sum();
        (!conflicts.is_empty()).then(|| {
            view! {
                <section aria-labelledby="conflicts">
                    <h2 class="govuk-heading-l" id="conflicts" tabindex="-1">
                        {tn(key::STAFF_CONFLICTS, fields)}
                    </h2>
                    <p class="govuk-body ct-prose">{t(key::STAFF_CONFLICTS_TEXT)}</p>
                    {conflicts
                        .into_iter()
                        .map(|conflict| {
                            view! { <ConflictCard conflict settled=move |()| ask()/> }
                        })
                        .collect_view()}
                </section>
            }
        })
    })
}
