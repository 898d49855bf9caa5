//! `/events`: what is on, by day.

use chrono::{Days, NaiveDate};
use leptos::prelude::*;
use leptos_router::{NavigateOptions, components::A, hooks::query_signal_with_options};
use model::Key;

use crate::{
    components::{
        notice::Empty,
        page::Page,
        select::{Opt, Select},
    },
    locale::{content, key, t, tn},
    store::{
        Store,
        catalogue::{Filter, Occurrence},
    },
    wall,
};

/// Days on one page of the list.
const DAYS: u64 = 14;

/// A part of the filter, kept in the page's address: the way back brings it back too.
pub fn address_part(
    name: &'static str,
) -> (Memo<Option<String>>, Callback<String>) {
    let options = NavigateOptions { replace: true, scroll: false, ..NavigateOptions::default() };
    let (value, set) = query_signal_with_options::<String>(name, options);
    let change = Callback::new(move |value: String| {
        set.set(Some(value).filter(|value| !value.is_empty()));
    });
    (value, change)
}

/// The chosen record of a part that holds one.
pub fn chosen(value: Memo<Option<String>>) -> Option<Key> {
    value.get().as_deref().and_then(Key::parse)
}

/// Names as options, in alphabetical order, after one that stands for all.
pub fn options<'a>(
    all: String,
    names: impl Iterator<Item = (&'a Key, &'a model::Text)>,
) -> Vec<Opt> {
    let mut options: Vec<Opt> =
        names.map(|(id, name)| (id.to_string(), content(name))).collect();
    options.sort_by_key(|(_, name)| name.to_lowercase());
    options.insert(0, (String::new(), all));
    options
}

/// The list of events.
#[component]
pub fn Events() -> impl IntoView {
    let store = Store::get();
    let (venue, set_venue) = address_part("venue");
    let (area, set_area) = address_part("area");
    let (theme, set_theme) = address_part("theme");
    let (from, set_from) = address_part("from");
    let filter = Memo::new(move |_| Filter {
        venue: chosen(venue),
        area: chosen(area),
        theme: chosen(theme),
        ..Filter::default()
    });
    let first = Memo::new(move |_| {
        let asked = from.get().and_then(|text| text.parse::<NaiveDate>().ok());
        asked.unwrap_or_else(wall::today).max(wall::today())
    });
    let found = Memo::new(move |_| {
        let filter = filter.get();
        store.catalogue.with(|catalogue| catalogue.occurrences(&filter, first.get(), DAYS))
    });
    let go_to = move |day: NaiveDate| {
        let today = day <= wall::today();
        set_from.run(if today { String::new() } else { day.to_string() });
        crate::platform::browser::focus("main h1");
        crate::platform::browser::scroll_to_top();
    };
    let value = |part: Memo<Option<String>>| Signal::derive(move || part.get().unwrap_or_default());
    let venues = Signal::derive(move || {
        store.catalogue.with(|catalogue| {
            let names = catalogue.venues().iter().map(|(id, venue)| (id, &venue.name));
            options(t(key::EVERY_PLACE), names)
        })
    });
    let areas = Signal::derive(move || {
        store.catalogue.with(|catalogue| {
            let names = catalogue.areas().iter().map(|(id, area)| (id, &area.name));
            options(t(key::EVERY_AREA), names)
        })
    });
    let themes = Signal::derive(move || {
        store.catalogue.with(|catalogue| {
            let names = catalogue.themes().iter().map(|(id, theme)| (id, &theme.name));
            options(t(key::EVERY_THEME), names)
        })
    });
    let clear = move |_| {
        for set in [set_venue, set_area, set_theme] {
            set.run(String::new());
        }
    };
    view! {
        <Page title=Signal::derive(|| t(key::EVENTS_TITLE)) back="/">
            <Filters count=Signal::derive(move || filter.with(Filter::count)) on_clear=clear>
                <Select
                    id="venue"
                    label=Signal::derive(|| t(key::FILTER_VENUE))
                    options=venues
                    value=value(venue)
                    on_change=set_venue
                />
                <Select
                    id="area"
                    label=Signal::derive(|| t(key::FILTER_AREA))
                    options=areas
                    value=value(area)
                    on_change=set_area
                />
                <Select
                    id="theme"
                    label=Signal::derive(|| t(key::FILTER_THEME))
                    options=themes
                    value=value(theme)
                    on_change=set_theme
                />
            </Filters>
            <p class="ct-count" role="status">
                {move || tn(key::EVENTS_COUNT, found.with(Vec::len))}
            </p>
            {move || days(found.get(), first.get())}
            {move || {
                found
                    .with(Vec::is_empty)
                    .then(|| {
                        view! {
                            <Empty
                                title=Signal::derive(|| t(key::EVENTS_NONE))
                                words=Signal::derive(|| t(key::EVENTS_NONE_TEXT))
                            />
                        }
                    })
            }}
            <div class="govuk-button-group no-print">
                {move || {
                    (first.get() > wall::today())
                        .then(|| {
                            view! {
                                <button
                                    type="button"
                                    class="govuk-button govuk-button--secondary"
                                    on:click=move |_| go_to(first.get_untracked() - Days::new(DAYS))
                                >
                                    {t(key::EVENTS_EARLIER)}
                                </button>
                            }
                        })
                }}
                <button
                    type="button"
                    class="govuk-button govuk-button--secondary"
                    on:click=move |_| go_to(first.get_untracked() + Days::new(DAYS))
                >
                    {move || t(key::EVENTS_LATER)}
                </button>
            </div>
        </Page>
    }
}

/// The filter's frame: open on a wide screen, a line to open on a telephone.
#[component]
pub fn Filters(
    /// How many parts are chosen.
    #[prop(into)]
    count: Signal<usize>,
    /// Chooses everything again.
    on_clear: impl Fn(leptos::ev::MouseEvent) + 'static,
    /// The parts.
    children: Children,
) -> impl IntoView {
    let wide = crate::platform::browser::is_wide();
    view! {
        <details class="ct-filters no-print" open=wide>
            <summary class="ct-filters__summary">
                {move || t(key::FILTER_TITLE)} " "
                <span class="ct-filters__count" hidden=move || count.get() == 0>
                    {move || tn(key::FILTER_COUNT, count.get())}
                </span>
            </summary>
            <div class="ct-filters__body">
                {children()}
                <button
                    type="button"
                    class="govuk-button govuk-button--secondary ct-filters__clear"
                    on:click=on_clear
                >
                    {move || t(key::FILTER_CLEAR)}
                </button>
            </div>
        </details>
    }
}

/// The occurrences under a heading for each day.
fn days(found: Vec<Occurrence>, first: NaiveDate) -> impl IntoView {
    // What began before the first day and is still going on stands under the first day.
    let day_of = |occurrence: &Occurrence| occurrence.start.date().max(first);
    found
        .chunk_by(|a, b| day_of(a) == day_of(b))
        .map(|day| {
            let date = day.first().map_or(first, day_of);
            let heading = format!("day-{date}");
            let labelled = heading.clone();
            let cards = day.iter().cloned();
            view! {
                <section class="ct-day" aria-labelledby=labelled>
                    <h2 class="ct-day__heading" id=heading>
                        {wall::date(date)} " "
                        {(date == wall::today())
                            .then(|| view! { <span class="ct-day__note">{t(key::TODAY)}</span> })}
                    </h2>
                    <ul class="ct-cards">
                        {cards.map(|occurrence| view! { <EventCard occurrence/> }).collect_view()}
                    </ul>
                </section>
            }
        })
        .collect_view()
}

/// One occurrence as a card.
#[component]
pub(super) fn EventCard(
    /// What takes place when.
    occurrence: Occurrence,
) -> impl IntoView {
    let store = Store::get();
    let Occurrence { start, id, event } = occurrence;
    let place = store
        .catalogue
        .with_untracked(|catalogue| catalogue.place(&event, crate::locale::language()));
    let themes: Vec<_> = store.catalogue.with_untracked(|catalogue| {
        let names = event.themes.iter().filter_map(|theme| catalogue.themes().get(theme));
        names.map(|theme| content(&theme.name)).collect()
    });
    let cost = if event.cost.is_empty() { t(key::EVENT_FREE) } else { content(&event.cost) };
    view! {
        <li class="ct-card" class:ct-card--cancelled=event.cancelled>
            <p class="ct-card__when">{when(&event, start)}</p>
            <h3 class="ct-card__title">
                <A href=format!("/events/{id}?on={}", start.date()) attr:class="govuk-link">
                    {content(&event.title)}
                </A>
            </h3>
            <p class="ct-card__meta">{place}</p>
            {(!event.all_day).then(|| view! { <p class="ct-card__meta">{cost}</p> })}
            <ul class="ct-tags">
                {event
                    .cancelled
                    .then(|| view! { <li class="ct-tag ct-tag--example">{t(key::EVENT_CANCELLED)}</li> })}
                {event
                    .example
                    .then(|| view! { <li class="ct-tag ct-tag--example">{t(key::EVENT_EXAMPLE)}</li> })}
                {themes
                    .into_iter()
                    .map(|theme| view! { <li class="ct-tag">{theme}</li> })
                    .collect_view()}
            </ul>
        </li>
    }
}

/// "10:30am to 12pm", "All day", or the days of something longer.
pub(super) fn when(event: &model::catalogue::Event, start: chrono::NaiveDateTime) -> String {
    let end = start + chrono::Duration::minutes(i64::from(event.minutes));
    let last = (end - chrono::Duration::minutes(1)).date();
    match (event.all_day, last > start.date()) {
        (true, false) => t(key::EVENT_ALL_DAY),
        (_, true) => crate::locale::tf(
            key::TIME_SPAN,
            &[("from", &wall::date(start.date())), ("to", &wall::date(last))],
        ),
        (false, false) => wall::span(start.time(), end.time()),
    }
}
