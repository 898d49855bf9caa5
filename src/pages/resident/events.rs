//! `/events`: what is on, by day.

use crate::view::{Children, CollectView, View, view};
use chrono::{Days, NaiveDate};
use leptos::prelude::*;
use model::{Collection, Key, time::parse_date};

use crate::{
    components::{
        notice::Empty,
        page::Page,
        select::{Opt, Select},
    },
    locale::{compare, content, key, label, t, tn, words},
    platform::browser,
    router,
    store::{
        Store,
        catalogue::{Filter, Occurrence},
    },
    wall,
};

/// Days on one page of the list.
const DAYS: u64 = 14;

/// A part of the filter, kept in the page's address: the way back brings it back too.
#[derive(Clone, Copy)]
pub struct Part(pub &'static str);

impl Part {
    /// What is chosen; tracked.
    pub fn get(self) -> Option<String> {
        router::query(self.0)
    }

    /// What is chosen, as the id of a record; tracked.
    pub fn key(self) -> Option<Key> {
        self.get().as_deref().and_then(Key::parse)
    }

    /// Chooses something, or with an empty text everything.
    pub fn set(self, value: &str) {
        router::set_query(self.0, value);
    }
}

/// A list that chooses one part of the filter.
#[component]
pub(super) fn PartSelect(
    /// Which part.
    part: Part,
    /// What is chosen.
    name: crate::locale::Key,
    /// The options in order.
    #[prop(into)]
    options: Signal<Vec<Opt>>,
) -> View {
    view! {
        <Select
            id=part.0
            label=label(name)
            options
            value=Signal::derive(move || part.get().unwrap_or_default())
            on_change=move |value: String| part.set(&value)
        />
    }
}

/// The names of a collection as options, in alphabetical order, after one that stands for all.
pub fn options(store: Store, all: crate::locale::Key, collection: Collection) -> Vec<Opt> {
    let names = store.catalogue.with(|catalogue| catalogue.names(collection));
    let mut options: Vec<Opt> =
        names.iter().map(|(id, name)| (id.to_string(), content(name))).collect();
    options.sort_by(|(_, one), (_, other)| compare(one, other));
    options.insert(0, (String::new(), t(all)));
    options
}

/// The list of events.
#[component]
pub fn Events() -> View {
    let store = Store::get();
    let [venue, area, theme, from] = ["venue", "area", "theme", "from"].map(Part);
    let filter = move || Filter {
        venue: venue.key(),
        area: area.key(),
        theme: theme.key(),
        ..Filter::default()
    };
    let first = move || {
        let asked = from.get().and_then(|text| parse_date(&text));
        asked.unwrap_or_else(wall::today).max(wall::today())
    };
    let found = move || {
        let (filter, first) = (filter(), first());
        store.catalogue.with(|catalogue| catalogue.occurrences(&filter, first, DAYS))
    };
    let go_to = move |day: NaiveDate| {
        let today = day <= wall::today();
        from.set(&if today { String::new() } else { day.to_string() });
        browser::focus("main h1");
        browser::scroll_to_top();
    };
    let listed = move |all, collection| Signal::derive(move || options(store, all, collection));
    let venues = listed(key::EVERY_PLACE, Collection::Venue);
    let areas = listed(key::EVERY_AREA, Collection::Area);
    let themes = listed(key::EVERY_THEME, Collection::Theme);
    let clear = move |_| [venue, area, theme].into_iter().for_each(|part| part.set(""));
    view! {
        <Page title=label(key::EVENTS_TITLE) back="/">
            <Filters count=Signal::derive(move || filter().count()) on_clear=clear>
                <PartSelect part=venue name=key::FILTER_VENUE options=venues/>
                <PartSelect part=area name=key::FILTER_AREA options=areas/>
                <PartSelect part=theme name=key::FILTER_THEME options=themes/>
            </Filters>
            // It stays while its words change, so that a screen reader says them.
            <p class="ct-count" role="status">
                {move || tn(key::EVENTS_COUNT, found().len())}
            </p>
            {move || {
                let found = found();
                view! {
                    {found
                        .is_empty()
                        .then(|| {
                            view! {
                                <Empty
                                    title=label(key::EVENTS_NONE)
                                    words=label(key::EVENTS_NONE_TEXT)
                                />
                            }
                        })}
                    {days(found, first())}
                }
            }}
            <div class="govuk-button-group no-print">
                {move || {
                    (first() > wall::today())
                        .then(|| {
                            view! {
                                <button
                                    type="button"
                                    class="govuk-button govuk-button--secondary"
                                    on:click=move |_| go_to(untrack(first) - Days::new(DAYS))
                                >
                                    {t(key::EVENTS_EARLIER)}
                                </button>
                            }
                        })
                }}
                <button
                    type="button"
                    class="govuk-button govuk-button--secondary"
                    on:click=move |_| go_to(untrack(first) + Days::new(DAYS))
                >
                    {words(key::EVENTS_LATER)}
                </button>
            </div>
        </Page>
    }
}

/// The filter's frame: open on a wide screen, a line to open on a telephone.
#[component]
pub fn Filters(
    /// What the line says that folds them away.
    #[prop(default = key::FILTER_TITLE)]
    title: crate::locale::Key,
    /// How many parts are chosen.
    #[prop(into)]
    count: Signal<usize>,
    /// Chooses everything again.
    on_clear: impl Fn(leptos::ev::MouseEvent) + 'static,
    /// The parts.
    children: Children,
) -> View {
    let wide = browser::is_wide();
    view! {
        <details class="ct-filters no-print" open=wide>
            <summary class="ct-filters__summary">
                {words(title)} " "
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
                    {words(key::FILTER_CLEAR)}
                </button>
            </div>
        </details>
    }
}

/// The occurrences under a heading for each day.
fn days(found: Vec<Occurrence>, first: NaiveDate) -> View {
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
) -> View {
    let store = Store::get();
    let Occurrence { start, id, event } = occurrence;
    let place = store
        .catalogue
        .with_untracked(|catalogue| catalogue.place(&event, crate::locale::language()));
    let themes: Vec<_> = store.catalogue.with_untracked(|catalogue| {
        let names = event.themes.iter().filter_map(|id| catalogue.name(Collection::Theme, id));
        names.map(|name| content(&name)).collect()
    });
    let cost = if event.cost.is_empty() { t(key::EVENT_FREE) } else { content(&event.cost) };
    view! {
        <li class="ct-card" class:ct-card--cancelled=event.cancelled>
            <p class="ct-card__when">{when(&event, start)}</p>
            <h3 class="ct-card__title">
                <a href=format!("/events/{id}?on={}", start.date()) class="govuk-link">
                    {content(&event.title)}
                </a>
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
