//! The shortlist under the support listings: what a peer prints for somebody to take away.

use crate::view::{CollectView, View, view};
use leptos::prelude::*;
use model::{Collection, Key, catalogue::Listing};

use crate::{
    locale::{content, key, language, t, tf},
    platform::browser,
    store::Store,
    wall,
};

/// Puts a listing on the shortlist, or takes it off.
#[component]
pub fn ShortlistButton(
    /// Which listing.
    id: Key,
    /// Its title, so that the button says more than "Add" to a screen reader.
    title: String,
) -> View {
    let store = Store::get();
    let listed = {
        let id = id.clone();
        Signal::derive(move || store.is_shortlisted(&id))
    };
    view! {
        <button
            type="button"
            class="govuk-button govuk-button--secondary no-print"
            aria-pressed=move || listed.get().to_string()
            on:click=move |_| store.toggle_shortlisted(&id)
        >
            {move || t(if listed.get() { key::SHORTLIST_LISTED } else { key::SHORTLIST_ADD })}
            <span class="govuk-visually-hidden">" " {title}</span>
        </button>
    }
}

/// The shortlist; nothing where it is empty.
#[component]
pub fn Shortlist() -> View {
    let store = Store::get();
    let listed = move || {
        let ids = store.shortlist.get();
        store.catalogue.with(|catalogue| {
            let listing = |id: Key| Some((catalogue.listing(&id)?, id));
            ids.into_iter().filter_map(listing).collect::<Vec<_>>()
        })
    };
    let source = move || {
        let venue = store.tablet.with(|tablet| tablet.venue.clone());
        let venue = store.catalogue.with(|catalogue| {
            venue.and_then(|id| Some(content(&catalogue.name(Collection::Venue, &id)?)))
        });
        let date = wall::day_of_year(wall::today());
        match venue {
            Some(venue) => tf(key::SHORTLIST_SOURCE_AT, &[("venue", &venue), ("date", &date)]),
            None => tf(key::SHORTLIST_SOURCE, &[("date", &date)]),
        }
    };
    let clear = move |_| {
        store.shortlist.set(Vec::new());
        browser::focus("main h1");
    };
    View::of(move || {
        language();
        let listed = listed();
        (!listed.is_empty()).then(|| {
            view! {
                <section class="ct-shortlist" aria-labelledby="shortlist">
                    <h2 class="govuk-heading-l" id="shortlist" tabindex="-1">
                        {t(key::SHORTLIST_TITLE)}
                    </h2>
                    <p class="print-only">{source()}</p>
                    <ol class="ct-shortlist__items">
                        {listed
                            .into_iter()
                            .map(|(listing, id)| view! { <Item listing id/> })
                            .collect_view()}
                    </ol>
                    <div class="govuk-button-group no-print">
                        <button type="button" class="govuk-button" on:click=|_| browser::print()>
                            {t(key::SHORTLIST_PRINT)}
                        </button>
                        <button
                            type="button"
                            class="govuk-button govuk-button--secondary"
                            on:click=clear
                        >
                            {t(key::SHORTLIST_CLEAR)}
                        </button>
                    </div>
                </section>
            }
        })
    })
}

#[component]
fn Item(listing: Listing, id: Key) -> View {
    let store = Store::get();
    let title = content(&listing.title);
    let open =
        if listing.always_open { t(key::HOURS_ALWAYS) } else { content(&listing.hours_note) };
    view! {
        <li class="ct-shortlist__item">
            <h3 class="ct-shortlist__name">{title.clone()}</h3>
            {listing
                .phones
                .iter()
                .map(|phone| {
                    view! {
                        <p class="ct-shortlist__phone">
                            {phone.number.clone()} " " <small>{content(&phone.note)}</small>
                        </p>
                    }
                })
                .collect_view()}
            <p>{content(&listing.summary)}</p>
            {(!listing.address.is_empty()).then(|| view! { <p>{listing.address.join(", ")}</p> })}
            {(!open.is_empty()).then(|| view! { <p>{open}</p> })}
            {listing.website.map(|website| view! { <p>{website}</p> })}
            <button
                type="button"
                class="govuk-button govuk-button--secondary no-print"
                on:click=move |_| store.toggle_shortlisted(&id)
            >
                {t(key::SHORTLIST_REMOVE)}
                <span class="govuk-visually-hidden">" " {title}</span>
            </button>
        </li>
    }
}
