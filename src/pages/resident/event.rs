//! `/events/:id`: one event.

use crate::view::{CollectView, View, view};
use chrono::Days;
use leptos::prelude::*;
use model::{Key, catalogue::Event, recurrence::occurrences, time::parse_date};

use super::events::when;
use crate::{
    components::{
        hours::Hours,
        notice::{Notice, Tone},
        page::Page,
    },
    locale::{content, key, label, language, t},
    router,
    store::Store,
    wall,
};

/// How many coming dates the page lists.
const COMING: usize = 6;
/// How many days ahead it looks for them: a yearly event has its next one.
const AHEAD: u64 = 400;

/// The page of an event.
#[component]
pub fn EventPage(
    /// Which event; none if the address makes no sense.
    id: Option<Key>,
) -> View {
    let store = Store::get();
    let event = move || store.catalogue.with(|catalogue| catalogue.event(id.as_ref()?));
    let titled = event.clone();
    let title = Signal::derive(move || {
        titled().map_or_else(|| t(key::EVENT_GONE), |event| content(&event.title))
    });
    view! {
        <Page title back="/events">
            {move || {
                // The details are made anew in another language.
                language();
                match event() {
                    Some(event) => view! { <Details event/> },
                    None => view! { <p class="govuk-body">{t(key::EVENT_GONE_TEXT)}</p> },
                }
            }}
        </Page>
    }
}

#[component]
fn Details(event: Event) -> View {
    let store = Store::get();
    let asked = router::query("on").and_then(|text| parse_date(&text));
    let from = asked.unwrap_or_else(wall::today);
    let length = Days::new(u64::from(event.minutes.saturating_sub(1) / (24 * 60)));
    let coming: Vec<_> = occurrences(&event, from - length, from + Days::new(AHEAD))
        .into_iter()
        .take(COMING)
        .collect();
    let next = coming.first().copied().unwrap_or(event.start);
    let venue = store.catalogue.with(|catalogue| catalogue.venue(event.venue.as_ref()?));
    let place = store.catalogue.with(|catalogue| catalogue.place(&event, language()));
    let cost = if event.cost.is_empty() { t(key::EVENT_FREE) } else { content(&event.cost) };
    let booking =
        if event.booking.is_empty() { t(key::EVENT_NO_BOOKING) } else { content(&event.booking) };
    let several = event.minutes > 24 * 60;
    view! {
        {event
            .cancelled
            .then(|| {
                view! {
                    <Notice tone=Tone::Warning title=label(key::EVENT_CANCELLED)>
                        <p>{t(key::EVENT_CANCELLED_TEXT)}</p>
                    </Notice>
                }
            })}
        {event
            .example
            .then(|| {
                view! {
                    <Notice tone=Tone::Info title=label(key::EVENT_EXAMPLE)>
                        <p>{t(key::EVENT_EXAMPLE_TEXT)}</p>
                    </Notice>
                }
            })}
        <div class="ct-two">
            <div>
                <p class="govuk-body-l">{content(&event.summary)}</p>
                <dl class="ct-facts">
                    <div class="ct-facts__row">
                        <dt>{t(key::EVENT_WHEN)}</dt>
                        <dd>
                            {(!several).then(|| view! { <div>{wall::date(next.date())}</div> })}
                            {when(&event, next)}
                        </dd>
                    </div>
                    <div class="ct-facts__row">
                        <dt>{t(key::EVENT_WHERE)}</dt>
                        <dd>
                            <div>{place}</div>
                            {venue.as_ref().map(address)}
                        </dd>
                    </div>
                    {(!event.all_day && !event.cancelled)
                        .then(|| {
                            view! {
                                <div class="ct-facts__row">
                                    <dt>{t(key::COST)}</dt>
                                    <dd>{cost}</dd>
                                </div>
                                <div class="ct-facts__row">
                                    <dt>{t(key::EVENT_BOOKING)}</dt>
                                    <dd>{booking}</dd>
                                </div>
                            }
                        })}
                </dl>
                {(coming.len() > 1 && !event.cancelled)
                    .then(|| {
                        view! {
                            <h2 class="govuk-heading-m">{t(key::EVENT_COMING)}</h2>
                            <ul class="govuk-list govuk-list--bullet">
                                {coming
                                    .iter()
                                    .map(|at| view! { <li>{wall::date(at.date())}</li> })
                                    .collect_view()}
                            </ul>
                        }
                    })}
                <p class="govuk-body no-print">
                    <a href=event.venue.as_ref().map_or_else(
                        || "/events".to_owned(),
                        |venue| format!("/events?venue={venue}"),
                    ) class="govuk-link">
                        {t(key::EVENT_MORE_HERE)}
                    </a>
                </p>
            </div>
            {venue
                .filter(|venue| !venue.hours.is_empty())
                .map(|venue| {
                    view! {
                        <aside class="ct-aside" aria-label=t(key::HOURS_TITLE)>
                            <Hours hours=venue.hours/>
                        </aside>
                    }
                })}
        </div>
    }
}

fn address(venue: &model::catalogue::Venue) -> View {
    let lines = venue.address.iter().chain(std::iter::once(&venue.postcode)).cloned();
    lines.map(|line| view! { <div>{line}</div> }).collect_view()
}
