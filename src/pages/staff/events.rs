//! `/staff/events`: every event, to find and edit.

use crate::view::{CollectView, View, view};
use leptos::prelude::*;
use model::{Collection, Key, catalogue::Event, recurrence::occurrences};

use super::session::StaffPage;
use crate::{
    components::notice::Empty,
    locale::{content, key, label, language, t, tn, words},
    router,
    store::{Store, catalogue::CatalogueView},
    wall,
};

/// Days ahead that are searched for an event's next date.
const AHEAD: u64 = 800;

/// The list of events.
#[component]
pub fn Events() -> View {
    view! {
        <StaffPage title=label(key::STAFF_EVENTS) back="/staff">
            <List/>
        </StaffPage>
    }
}

#[component]
fn List() -> View {
    let store = Store::get();
    let found = Memo::new(move |_| {
        let wanted = router::query("q").unwrap_or_default().to_lowercase();
        store.catalogue.with(|catalogue| {
            let fits = |event: &Event| {
                event.title.all().any(|title| title.to_lowercase().contains(&wanted))
            };
            let ids = catalogue.records(Collection::Event).map(|(id, _)| id);
            let all = ids.filter_map(|id| Some((id, catalogue.event(id).filter(fits)?)));
            let mut all: Vec<_> = all.map(|(id, event)| row(catalogue, id, &event)).collect();
            all.sort_by_key(|row| row.title.to_lowercase());
            all
        })
    });
    let line = |row: Row| {
        view! {
            <tr class="govuk-table__row">
                <th scope="row" class="govuk-table__header" data-label=t(key::STAFF_FIELD_TITLE)>
                    <a class="govuk-link" href=format!("/staff/events/{}", row.id)>
                        {row.title}
                    </a>
                    {row.cancelled.then(|| {
                        view! { " " <strong class="govuk-tag govuk-tag--red">{t(key::EVENT_CANCELLED)}</strong> }
                    })}
                </th>
                <td class="govuk-table__cell" data-label=t(key::EVENT_WHERE)>
                    {row.place}
                </td>
                <td class="govuk-table__cell" data-label=t(key::STAFF_NEXT)>
                    {row.next.map_or_else(|| t(key::STAFF_OVER), wall::date)}
                </td>
            </tr>
        }
    };
    let headings = [key::STAFF_FIELD_TITLE, key::EVENT_WHERE, key::STAFF_NEXT];
    view! {
        <p class="govuk-body">
            <a class="govuk-button" href="/staff/events/new">
                {words(key::STAFF_EVENT_NEW)}
            </a>
        </p>
        <TitleSearch/>
        <p class="ct-count" role="status">
            {move || tn(key::STAFF_EVENTS_COUNT, found.with(Vec::len))}
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
                    <caption class="govuk-visually-hidden">{t(key::STAFF_EVENTS)}</caption>
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

/// What the list shows of an event.
#[derive(Clone, PartialEq)]
struct Row {
    id: Key,
    title: String,
    place: String,
    next: Option<chrono::NaiveDate>,
    cancelled: bool,
}

fn row(catalogue: &CatalogueView, id: &Key, event: &Event) -> Row {
    let today = wall::today();
    let length = chrono::Days::new(u64::from(event.minutes.saturating_sub(1) / (24 * 60)));
    let next = occurrences(event, today - length, today + chrono::Days::new(AHEAD));
    Row {
        id: id.clone(),
        title: content(&event.title),
        place: catalogue.place(event, language()),
        next: next.first().map(chrono::NaiveDateTime::date),
        cancelled: event.cancelled,
    }
}

/// A search in titles, kept in the page's address, that narrows the list as one types.
#[component]
pub fn TitleSearch() -> View {
    view! {
        <form class="ct-search" role="search" on:submit=|event| event.prevent_default()>
            <label class="govuk-label govuk-label--m" for="q">
                {words(key::STAFF_SEARCH)}
            </label>
            <div class="ct-search__row">
                <input
                    class="govuk-input ct-search__input"
                    id="q"
                    type="search"
                    autocomplete="off"
                    prop:value=|| router::query("q").unwrap_or_default()
                    on:input=|event| router::set_query("q", &event_target_value(&event))
                />
            </div>
        </form>
    }
}
