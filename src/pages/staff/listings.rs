//! `/staff/listings`: every support listing, to find and edit.

use crate::view::{CollectView, View, view};
use leptos::prelude::*;
use model::{Collection, Key};

use super::{events::TitleSearch, session::StaffPage};
use crate::{
    components::notice::Empty,
    locale::{content, key, label, t, tn, words},
    router,
    store::Store,
    wall,
};

/// The list of support listings.
#[component]
pub fn Listings() -> View {
    view! {
        <StaffPage title=label(key::STAFF_LISTINGS) back="/staff">
            <List/>
        </StaffPage>
    }
}

/// What the list shows of a listing.
#[derive(Clone, PartialEq)]
struct Row {
    id: Key,
    title: String,
    kinds: String,
    checked: Option<chrono::NaiveDate>,
}

#[component]
fn List() -> View {
    let store = Store::get();
    let found = Memo::new(move |_| {
        let wanted = router::query("q").unwrap_or_default().to_lowercase();
        store.catalogue.with(|catalogue| {
            let kinds = |ids: &[Key]| {
                let names = ids.iter().filter_map(|id| catalogue.name(Collection::Category, id));
                names.map(|name| content(&name)).collect::<Vec<_>>().join(", ")
            };
            let ids = catalogue.records(Collection::Listing).map(|(id, _)| id);
            let mut all: Vec<_> = ids
                .filter_map(|id| Some((id, catalogue.listing(id)?)))
                .filter(|(_, it)| it.title.all().any(|it| it.to_lowercase().contains(&wanted)))
                .map(|(id, it)| Row {
                    id: id.clone(),
                    title: content(&it.title),
                    kinds: kinds(&it.categories),
                    checked: it.checked,
                })
                .collect();
            all.sort_by_key(|row| row.title.to_lowercase());
            all
        })
    });
    let line = |row: Row| {
        view! {
            <tr class="govuk-table__row">
                <th scope="row" class="govuk-table__header" data-label=t(key::STAFF_FIELD_TITLE)>
                    <a class="govuk-link" href=format!("/staff/listings/{}", row.id)>
                        {row.title}
                    </a>
                </th>
                <td class="govuk-table__cell" data-label=t(key::STAFF_FIELD_CATEGORIES)>
                    {row.kinds}
                </td>
                <td class="govuk-table__cell" data-label=t(key::LISTING_CHECKED)>
                    {row.checked.map_or_else(|| t(key::STAFF_NOT_YET), wall::day_of_year)}
                </td>
            </tr>
        }
    };
    let headings = [key::STAFF_FIELD_TITLE, key::STAFF_FIELD_CATEGORIES, key::LISTING_CHECKED];
    view! {
        <p class="govuk-body">
            <a class="govuk-button" href="/staff/listings/new">
                {words(key::STAFF_LISTING_NEW)}
            </a>
        </p>
        <TitleSearch/>
        <p class="ct-count" role="status">
            {move || tn(key::STAFF_LISTINGS_COUNT, found.with(Vec::len))}
        </p>
        {move || {
            if found.with(Vec::is_empty) {
                return view! {
                    <Empty
                        title=label(key::EVENTS_NONE)
                        words=label(key::STAFF_SEARCH_NONE)
                    />
                };
            }
            view! {
                <table class="govuk-table ct-table">
                    <caption class="govuk-visually-hidden">{t(key::STAFF_LISTINGS)}</caption>
                    <thead class="govuk-table__head">
                        <tr class="govuk-table__row">
                            {headings
                                .map(|words| {
                                    view! { <th scope="col" class="govuk-table__header">{t(words)}</th> }
                                })
                                .collect_view()}
                        </tr>
                    </thead>
                    <tbody class="govuk-table__body">
                        {found.get().into_iter().map(line).collect_view()}
                    </tbody>
                </table>
            }
        }}
    }
}
