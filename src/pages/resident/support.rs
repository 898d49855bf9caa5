//! `/support`: support listings, with search and filters.

use crate::view::{CollectView, View, view};
use leptos::prelude::*;
use model::{
    Collection, Key,
    catalogue::{Cost, Listing},
};

use super::{
    events::{Filters, Part, PartSelect, options},
    shortlist::{Shortlist, ShortlistButton},
};
use crate::{
    components::{notice::Empty, page::Page, select::Opt},
    locale::{self, LANGUAGES, content, key, label, language, t, tn, words},
    platform::browser,
    router,
    store::{Store, catalogue::Filter},
};

/// How many listings stand on the page before "Show more".
const SHOWN: usize = 30;

/// The list of support.
#[component]
pub fn Support() -> View {
    let store = Store::get();
    let query = store.query;
    // A link may bring a query along; it is taken out of the address at once.
    if let Some(asked) = router::query("q") {
        query.set(asked);
        router::set_query("q", "");
    }
    if router::query("list").is_some() {
        router::set_query("list", "");
        // The page's own heading takes the focus in the first frame.
        request_animation_frame(|| request_animation_frame(to_list));
    }
    let [category, area, cost, spoken] = ["category", "area", "cost", "language"].map(Part);
    let filter = move || Filter {
        category: category.key(),
        area: area.key(),
        cost: cost.get().and_then(|name| Cost::ALL.into_iter().find(|cost| cost.name() == name)),
        language: spoken.get(),
        ..Filter::default()
    };
    let shown = RwSignal::new(SHOWN);
    let found = Memo::new(move |_| {
        let (query, filter) = (query.get(), filter());
        store.catalogue.with(|catalogue| catalogue.find(&query, &filter, language()))
    });
    Effect::new(move || {
        found.track();
        shown.set(SHOWN);
    });
    let listed = move |all, collection| Signal::derive(move || options(store, all, collection));
    let categories = listed(key::EVERY_CATEGORY, Collection::Category);
    let areas = listed(key::EVERY_AREA, Collection::Area);
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
    let clear = move |_| [category, area, cost, spoken].into_iter().for_each(|part| part.set(""));
    view! {
        <Page title=label(key::SUPPORT_TITLE) back="/">
            <div class="no-print">
                <form
                    class="ct-search"
                    role="search"
                    on:submit=|event| {
                        event.prevent_default();
                        browser::focus("#results");
                    }
                >
                    <label class="govuk-label govuk-label--m" for="q">
                        {words(key::SUPPORT_SEARCH)}
                    </label>
                    <div class="govuk-hint" id="q-hint">
                        {words(key::SUPPORT_SEARCH_HINT)}
                    </div>
                    <div class="ct-search__row">
                        <input
                            class="govuk-input ct-search__input"
                            id="q"
                            type="search"
                            autocomplete="off"
                            aria-describedby="q-hint"
                            prop:value=query
                            on:input=move |event| query.set(event_target_value(&event))
                        />
                        <button class="govuk-button ct-search__button">
                            {words(key::SUPPORT_SEARCH_GO)}
                        </button>
                    </div>
                </form>
                <Filters count=Signal::derive(move || filter().count()) on_clear=clear>
                    <PartSelect part=category name=key::FILTER_CATEGORY options=categories/>
                    <PartSelect part=area name=key::FILTER_AREA options=areas/>
                    <PartSelect part=cost name=key::COST options=costs/>
                    <PartSelect part=spoken name=key::LANGUAGE options=languages/>
                </Filters>
                <p class="ct-count" id="results" tabindex="-1" role="status">
                    {move || tn(key::SUPPORT_COUNT, found.with(Vec::len))}
                </p>
                {move || {
                    language();
                    store
                        .shortlist
                        .with(|list| !list.is_empty())
                        .then(|| {
                            view! {
                                <button
                                    type="button"
                                    class="govuk-button govuk-button--secondary"
                                    on:click=|_| to_list()
                                >
                                    {t(key::SHORTLIST_SEE)}
                                </button>
                            }
                        })
                }}
                <ul class="ct-cards">
                    {move || {
                        let shown = shown.get();
                        // Cards are made anew in another language.
                        language();
                        found
                            .get()
                            .into_iter()
                            .take(shown)
                            .filter_map(|id| {
                                let listing = store.catalogue.with(|it| it.listing(&id))?;
                                Some(view! { <ListingCard id listing/> })
                            })
                            .collect_view()
                    }}
                </ul>
                {move || {
                    found
                        .with(Vec::is_empty)
                        .then(|| {
                            view! {
                                <Empty
                                    title=label(key::SUPPORT_NONE)
                                    words=label(key::SUPPORT_NONE_TEXT)
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

/// Goes to the list, which stands under all that was found.
fn to_list() {
    browser::focus("#shortlist");
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
fn ListingCard(id: Key, listing: Listing) -> View {
    let store = Store::get();
    let categories: Vec<_> = store.catalogue.with_untracked(|catalogue| {
        let kinds = listing.categories.iter();
        let names = kinds.filter_map(|id| catalogue.name(Collection::Category, id));
        names.map(|name| content(&name)).collect()
    });
    let title = content(&listing.title);
    let heading = title.clone();
    view! {
        <li class="ct-card">
            <h2 class="ct-card__title">
                <a href=format!("/support/{id}") class="govuk-link">
                    {heading}
                </a>
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
