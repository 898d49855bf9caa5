//! `/support/:id`: one support service.

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
) -> impl IntoView {
    let store = Store::get();
    let listing = Signal::derive(move || {
        let id = id.clone()?;
        let listing = store.catalogue.with(|catalogue| catalogue.listing(&id))?;
        Some((id, listing))
    });
    let title = Signal::derive(move || {
        listing.with(|listing| {
            let found = listing.as_ref();
            found.map_or_else(|| t(key::LISTING_GONE), |(_, listing)| content(&listing.title))
        })
    });
    view! {
        <Page title back="/support">
            {move || {
                // The details are made anew in another language.
                language();
                match listing.get() {
                    Some((id, listing)) => view! { <Details id listing/> }.into_any(),
                    None => {
                        view! { <p class="govuk-body">{t(key::LISTING_GONE_TEXT)}</p> }.into_any()
                    }
                }
            }}
        </Page>
    }
}

#[component]
fn Details(id: Key, listing: Listing) -> impl IntoView {
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
    let fact = |name: String, value: AnyView| {
        view! {
            <div class="ct-facts__row">
                <dt>{name}</dt>
                <dd>{value}</dd>
            </div>
        }
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
                            fact(t(key::LISTING_PHONE), phones.into_any())
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
                            fact(t(key::LISTING_EMAIL), link.into_any())
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
                            fact(t(key::LISTING_WEBSITE), link.into_any())
                        })}
                    {(!listing.address.is_empty())
                        .then(|| {
                            let lines = listing.address.iter().cloned();
                            let lines = lines.map(|line| view! { <div>{line}</div> }).collect_view();
                            fact(t(key::LISTING_ADDRESS), lines.into_any())
                        })}
                    {fact(t(key::COST), t(cost_key(listing.cost)).into_any())}
                    {(!spoken.is_empty())
                        .then(|| fact(t(key::LANGUAGE), spoken.join(", ").into_any()))}
                    {fact(
                        t(key::LISTING_AREAS),
                        if areas.is_empty() { t(key::LISTING_EVERYWHERE) } else { areas.join("; ") }
                            .into_any(),
                    )}
                    {fact(t(key::LISTING_CHECKED), checked.into_any())}
                </dl>
                <div class="govuk-button-group no-print">
                    <ShortlistButton id title/>
                    <a href="/support" class="govuk-link">
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
fn Open(listing: Listing) -> impl IntoView {
    let note = content(&listing.hours_note);
    view! {
        {if listing.always_open {
            Some(view! { <p class="govuk-body-l">{t(key::HOURS_ALWAYS)}</p> }.into_any())
        } else if listing.hours.is_empty() {
            note.is_empty()
                .then(|| view! { <p class="govuk-body">{t(key::HOURS_UNKNOWN)}</p> }.into_any())
        } else {
            Some(view! { <Hours hours=listing.hours.clone()/> }.into_any())
        }}
        {(!note.is_empty()).then(|| view! { <p class="govuk-body">{note}</p> })}
    }
}

fn phone(phone: &Phone) -> impl IntoView + use<> {
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
