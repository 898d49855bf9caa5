//! `/`: four doors, and what is on here today.

use crate::view::{CollectView, View, view};
use leptos::prelude::*;
use model::Collection;

use super::events::EventCard;
use crate::{
    components::{
        notice::{Notice, Tone},
        page::Page,
    },
    locale::{Key, content, key, label, language, t, tf, words},
    platform::browser,
    store::{Store, catalogue::Filter},
    wall,
};

/// How many of today's events the first page shows; the rest is behind "What's on".
const TODAY: usize = 3;

/// The first page.
#[component]
pub fn Home() -> View {
    let store = Store::get();
    // Whoever comes in by the first page may be somebody else. A list they may still want; of it nothing is shown.
    store.query.set(String::new());
    let place =
        move || store.catalogue.with(|catalogue| catalogue.site().map(|site| content(&site.place)));
    let lead = move || match place() {
        Some(place) => tf(key::HOME_LEAD, &[("place", &place)]),
        None => t(key::HOME_LEAD_ANYWHERE),
    };
    view! {
        <Page title=label(key::HOME_TITLE)>
            <p class="govuk-body-l ct-prose">{lead}</p>
            {move || {
                language();
                store
                    .shortlist
                    .with(|list| !list.is_empty())
                    .then(|| view! { <Listed store/> })
            }}
            <ul class="ct-doors">
                <Door
                    to="/events"
                    name="events"
                    title=key::HOME_EVENTS
                    text=key::HOME_EVENTS_TEXT
                    icon="M11 10h26a4 4 0 0 1 4 4v23a4 4 0 0 1-4 4H11a4 4 0 0 1-4-4V14a4 4 0 0 1 4-4zM7 19h34M16 5v9M32 5v9M15 27h6M27 27h6M15 34h6"
                />
                <Door
                    to="/support"
                    name="support"
                    title=key::HOME_SUPPORT
                    text=key::HOME_SUPPORT_TEXT
                    icon="M24 41C10 31 5 24 5 17a9 9 0 0 1 19-3 9 9 0 0 1 19 3c0 7-5 14-19 24z"
                />
                <Door
                    to="/surveys"
                    name="surveys"
                    title=key::HOME_SURVEYS
                    text=key::HOME_SURVEYS_TEXT
                    icon="M13 7h22a4 4 0 0 1 4 4v27a4 4 0 0 1-4 4H13a4 4 0 0 1-4-4V11a4 4 0 0 1 4-4zM16 18l3 3 5-6M28 18h5M16 31l3 3 5-6M28 31h5"
                />
                <Door
                    to="/feedback"
                    name="feedback"
                    title=key::HOME_FEEDBACK
                    text=key::HOME_FEEDBACK_TEXT
                    icon="M8 8h32a3 3 0 0 1 3 3v20a3 3 0 0 1-3 3H23l-10 8v-8H8a3 3 0 0 1-3-3V11a3 3 0 0 1 3-3zM14 17h20M14 25h13"
                />
            </ul>
            <Today/>
        </Page>
    }
}

/// Somebody's list is still here.
#[component]
fn Listed(store: Store) -> View {
    view! {
        <Notice tone=Tone::Info title=label(key::SHORTLIST_TITLE)>
            <div class="govuk-button-group">
                <a href="/support?list=1" class="govuk-button govuk-button--secondary">
                    {t(key::SHORTLIST_SEE)}
                </a>
                <button
                    type="button"
                    class="govuk-button govuk-button--secondary"
                    on:click=move |_| {
                        store.shortlist.set(Vec::new());
                        browser::focus("main h1");
                    }
                >
                    {t(key::SHORTLIST_CLEAR)}
                </button>
            </div>
        </Notice>
    }
}

#[component]
fn Door(to: &'static str, name: &'static str, title: Key, text: Key, icon: &'static str) -> View {
    view! {
        <li class=format!("ct-door ct-door--{name}")>
            <svg class="ct-door__icon" viewBox="0 0 48 48" aria-hidden="true">
                <path d=icon></path>
            </svg>
            <div>
                <a href=to class="ct-door__link">
                    {words(title)}
                </a>
                <p class="ct-door__text">{words(text)}</p>
            </div>
        </li>
    }
}

/// What is on today where this tablet stands.
#[component]
fn Today() -> View {
    let store = Store::get();
    let today = move || {
        let venue = store.tablet.with(|tablet| tablet.venue.clone())?;
        store.catalogue.with(|catalogue| {
            let name = content(&catalogue.name(Collection::Venue, &venue)?);
            let filter = Filter { venue: Some(venue), ..Filter::default() };
            let mut today = catalogue.occurrences(&filter, wall::today(), 1);
            today.truncate(TODAY);
            (!today.is_empty()).then_some((name, today))
        })
    };
    View::of(move || {
        today().map(|(name, today)| {
            view! {
                <section aria-labelledby="today">
                    <h2 class="govuk-heading-l" id="today">
                        {tf(key::HOME_TODAY, &[("venue", &name)])}
                    </h2>
                    <ul class="ct-cards">
                        {today
                            .into_iter()
                            .map(|occurrence| view! { <EventCard occurrence/> })
                            .collect_view()}
                    </ul>
                </section>
            }
        })
    })
}
