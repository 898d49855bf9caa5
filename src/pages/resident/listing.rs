//! `/support/:id`: one support service.

use crate::view::{CollectView, Part, View, view};
use leptos::prelude::*;
use model::{
    Collection, Key,
    catalogue::{Listing, Phone},
};

use super::{shortlist::ShortlistButton, support::cost_key};
use crate::{
    components::{hours::Hours, page::Page},
    locale::{LANGUAGES, content, key, language, t},
    store::Store,
    wall,
};

/// The page of a listing.
#[component]
pub fn ListingPage(
    /// Which listing; none if the address makes no sense.
    id: Option<Key>,
) -> View {
    let store = Store::get();
    let listing = move || {
        let id = id.as_ref()?;
        let listing = store.catalogue.with(|catalogue| catalogue.listing(id))?;
        Some((id.clone(), listing))
    };
    let titled = listing.clone();
    let title = Signal::derive(move || {
        titled().map_or_else(|| t(key::LISTING_GONE), |(_, listing)| content(&listing.title))
    });
    view! {
        <Page title back="/support">
            {move || {
                // The details are made anew in another language.
                language();
                match listing() {
                    Some((id, listing)) => view! { <Details id listing/> },
                    None => {
                        view! { <p class="govuk-body">{t(key::LISTING_GONE_TEXT)}</p> }
                    }
                }
            }}
        </Page>
    }
}

#[component]
fn Details(id: Key, listing: Listing) -> View {
    let store = Store::get();
    let title = content(&listing.title);
    let areas: Vec<_> = store.catalogue.with(|catalogue| {
        let names = listing.areas.iter().filter_map(|id| catalogue.name(Collection::Area, id));
        names.map(|name| content(&name)).collect()
    });
    let spoken: Vec<_> = listing
        .languages
        .iter()
        .map(|tag| LANGUAGES.iter().find(|it| it.tag == tag).map_or(tag.as_str(), |it| it.name))
        .collect();
    let checked = match listing.checked {
        Some(date) => wall::day_of_year(date),
        None => t(key::LISTING_NOT_CHECKED),
    };
    view! {
        <div class="ct-two">
            <div>
                <p class="govuk-body-l">{content(&listing.summary)}</p>
                {(!listing.description.is_empty())
                    .then(|| view! { <p class="govuk-body ct-prose">{content(&listing.description)}</p> })}
                <dl class="ct-facts">
                    {(!listing.phones.is_empty())
                        .then(|| {
                            let phones = listing.phones.iter().map(phone).collect_view();
                            fact(t(key::LISTING_PHONE), phones)
                        })}
                    {listing
                        .email
                        .clone()
                        .map(|email| {
                            let link = view! {
                                <a class="govuk-link" href=format!("mailto:{email}")>
                                    {email.clone()}
                                </a>
                            };
                            fact(t(key::LISTING_EMAIL), link)
                        })}
                    {listing
                        .website
                        .clone()
                        .map(|website| {
                            let link = view! {
                                <a class="govuk-link" href=website.clone() rel="external noopener">
                                    {website.clone()}
                                </a>
                            };
                            fact(t(key::LISTING_WEBSITE), link)
                        })}
                    {(!listing.address.is_empty())
                        .then(|| {
                            let lines = listing.address.iter().cloned();
                            let lines = lines.map(|line| view! { <div>{line}</div> }).collect_view();
                            fact(t(key::LISTING_ADDRESS), lines)
                        })}
                    {fact(t(key::COST), t(cost_key(listing.cost)))}
                    {(!spoken.is_empty())
                        .then(|| fact(t(key::LANGUAGE), spoken.join(", ")))}
                    {fact(
                        t(key::LISTING_AREAS),
                        if areas.is_empty() { t(key::LISTING_EVERYWHERE) } else { areas.join("; ") },
                    )}
                    {fact(t(key::LISTING_CHECKED), checked)}
                </dl>
                <div class="govuk-button-group no-print">
                    <ShortlistButton id title/>
                    <a href="/support?list=1" class="govuk-button govuk-button--secondary">
                        {t(key::SHORTLIST_SEE)}
                    </a>
                </div>
            </div>
            <aside class="ct-aside" aria-label=t(key::HOURS_TITLE)>
                <Open listing/>
            </aside>
        </div>
    }
}

/// When somebody is there.
#[component]
fn Open(listing: Listing) -> View {
    let note = content(&listing.hours_note);
    view! {
        {if listing.always_open {
            Some(view! { <p class="govuk-body-l">{t(key::HOURS_ALWAYS)}</p> })
        } else if listing.hours.is_empty() {
            note.is_empty()
                .then(|| view! { <p class="govuk-body">{t(key::HOURS_UNKNOWN)}</p> })
        } else {
            Some(view! { <Hours hours=listing.hours.clone()/> })
        }}
        {(!note.is_empty()).then(|| view! { <p class="govuk-body">{note}</p> })}
    }
}

fn phone(phone: &Phone) -> View {
    let dial: String = phone.number.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect();
    view! {
        <div>
            <a class="govuk-link ct-facts__phone" href=format!("tel:{dial}")>
                {phone.number.clone()}
            </a>
            " "
            <span>{content(&phone.note)}</span>
        </div>
    }
}

/// A row of the facts: what it is about, and what is known.
fn fact(name: String, value: impl Part) -> View {
    let value = value.into_slot();
    view! {
        <div class="ct-facts__row">
            <dt>{name}</dt>
            <dd>{value}</dd>
        </div>
    }
}
