//! `/support`: support listings, with search and filters.

use leptos::prelude::*;
use leptos_router::components::A;
use model::{
    Key,
    catalogue::{Cost, Listing},
};

use super::{
    events::{Filters, address_part, chosen, options},
    shortlist::{Shortlist, ShortlistButton},
};
use crate::{
    components::{
        notice::Empty,
        page::Page,
        select::{Opt, Select},
    },
    locale::{self, LANGUAGES, content, key, language, t, tn},
    store::{Store, catalogue::Filter},
};

/// How many listings stand on the page before "Show more".
const SHOWN: usize = 30;

/// The list of support.
#[component]
pub fn Support() -> impl IntoView {
    let store = Store::get();
    let (query, set_query) = address_part("q");
    let (category, set_category) = address_part("category");
    let (area, set_area) = address_part("area");
    let (cost, set_cost) = address_part("cost");
    let (spoken, set_spoken) = address_part("language");
    let filter = Memo::new(move |_| Filter {
        category: chosen(category),
        area: chosen(area),
        cost: cost.get().and_then(|name| Cost::ALL.into_iter().find(|cost| cost.name() == name)),
        language: spoken.get(),
        ..Filter::default()
    });
    let shown = RwSignal::new(SHOWN);
    let found = Memo::new(move |_| {
        let (query, filter) = (query.get().unwrap_or_default(), filter.get());
        store.catalogue.with(|catalogue| catalogue.find(&query, &filter, language()))
    });
    Effect::new(move || {
        found.track();
        shown.set(SHOWN);
    });
    let value = |part: Memo<Option<String>>| Signal::derive(move || part.get().unwrap_or_default());
    let categories = Signal::derive(move || {
        store.catalogue.with(|catalogue| {
            let names = catalogue.categories().iter().map(|(id, category)| (id, &category.name));
            options(t(key::EVERY_CATEGORY), names)
        })
    });
    let areas = Signal::derive(move || {
        store.catalogue.with(|catalogue| {
            let names = catalogue.areas().iter().map(|(id, area)| (id, &area.name));
            options(t(key::EVERY_AREA), names)
        })
    });
    let costs = Signal::derive(move || {
        let mut options: Vec<Opt> = vec![(String::new(), t(key::EVERY_COST))];
        options.extend(Cost::ALL.map(|cost| (cost.name().to_owned(), t(cost_key(cost)))));
        options
    });
    let languages = Signal::derive(move || {
        let mut options: Vec<Opt> = vec![(String::new(), t(key::EVERY_LANGUAGE))];
        options.extend(LANGUAGES.map(|it| (it.tag.to_owned(), it.name.to_owned())));
        options
    });
    let clear = move |_| {
        for set in [set_category, set_area, set_cost, set_spoken] {
            set.run(String::new());
        }
    };
    view! {
        <Page title=Signal::derive(|| t(key::SUPPORT_TITLE)) back="/">
            <div class="no-print">
                <form
                    class="ct-search"
                    role="search"
                    on:submit=|event| {
                        event.prevent_default();
                        crate::platform::browser::focus("#results");
                    }
                >
                    <label class="govuk-label govuk-label--m" for="q">
                        {move || t(key::SUPPORT_SEARCH)}
                    </label>
                    <div class="govuk-hint" id="q-hint">
                        {move || t(key::SUPPORT_SEARCH_HINT)}
                    </div>
                    <div class="ct-search__row">
                        <input
                            class="govuk-input ct-search__input"
                            id="q"
                            type="search"
                            autocomplete="off"
                            aria-describedby="q-hint"
                            prop:value=value(query)
                            on:input=move |event| set_query.run(event_target_value(&event))
                        />
                        <button class="govuk-button ct-search__button">
                            {move || t(key::SUPPORT_SEARCH_GO)}
                        </button>
                    </div>
                </form>
                <Filters count=Signal::derive(move || filter.with(Filter::count)) on_clear=clear>
                    <Select
                        id="category"
                        label=Signal::derive(|| t(key::FILTER_CATEGORY))
                        options=categories
                        value=value(category)
                        on_change=set_category
                    />
                    <Select
                        id="area"
                        label=Signal::derive(|| t(key::FILTER_AREA))
                        options=areas
                        value=value(area)
                        on_change=set_area
                    />
                    <Select
                        id="cost"
                        label=Signal::derive(|| t(key::COST))
                        options=costs
                        value=value(cost)
                        on_change=set_cost
                    />
                    <Select
                        id="language"
                        label=Signal::derive(|| t(key::LANGUAGE))
                        options=languages
                        value=value(spoken)
                        on_change=set_spoken
                    />
                </Filters>
                <p class="ct-count" id="results" tabindex="-1" role="status">
                    {move || tn(key::SUPPORT_COUNT, found.with(Vec::len))}
                </p>
                <ul class="ct-cards">
                    {move || {
                        let shown = shown.get();
                        // Cards are made anew in another language.
                        language();
                        found
                            .get()
                            .into_iter()
                            .take(shown)
                            .map(|(id, listing)| view! { <ListingCard id listing/> })
                            .collect_view()
                    }}
                </ul>
                {move || {
                    found
                        .with(Vec::is_empty)
                        .then(|| {
                            view! {
                                <Empty
                                    title=Signal::derive(|| t(key::SUPPORT_NONE))
                                    words=Signal::derive(|| t(key::SUPPORT_NONE_TEXT))
                                />
                            }
                        })
                }}
                {move || {
                    (found.with(Vec::len) > shown.get())
                        .then(|| {
                            view! {
                                <button
                                    type="button"
                                    class="govuk-button govuk-button--secondary"
                                    on:click=move |_| shown.update(|shown| *shown += SHOWN)
                                >
                                    {t(key::SHOW_MORE)}
                                </button>
                            }
                        })
                }}
            </div>
            <Shortlist/>
        </Page>
    }
}

/// The words for a cost.
pub fn cost_key(cost: Cost) -> locale::Key {
    match cost {
        Cost::Free => key::COST_FREE,
        Cost::SomeFree => key::COST_SOME_FREE,
        Cost::Paid => key::COST_PAID,
    }
}

#[component]
fn ListingCard(id: Key, listing: Listing) -> impl IntoView {
    let store = Store::get();
    let categories: Vec<_> = store.catalogue.with_untracked(|catalogue| {
        let names = listing.categories.iter().filter_map(|id| catalogue.categories().get(id));
        names.map(|category| content(&category.name)).collect()
    });
    let title = content(&listing.title);
    let heading = title.clone();
    view! {
        <li class="ct-card">
            <h2 class="ct-card__title">
                <A href=format!("/support/{id}") attr:class="govuk-link">
                    {heading}
                </A>
            </h2>
            <p class="ct-card__meta">{content(&listing.summary)}</p>
            {listing
                .phones
                .first()
                .map(|phone| view! { <p class="ct-card__meta"><strong>{phone.number.clone()}</strong></p> })}
            <ul class="ct-tags">
                <li class="ct-tag">{t(cost_key(listing.cost))}</li>
                {categories
                    .into_iter()
                    .map(|category| view! { <li class="ct-tag">{category}</li> })
                    .collect_view()}
            </ul>
            <div class="ct-card__actions">
                <ShortlistButton id title/>
            </div>
        </li>
    }
}
