//! What staff narrow feedback and results to. It stands in the page's address, so the way back
//! brings it back.

use crate::view::{View, view};
use chrono::{Datelike, NaiveDate};
use leptos::prelude::*;
use model::{
    Collection, Key,
    results::{Offers, Results},
};

use super::values::language_name;
use crate::{
    components::{field::Fault, select::Select, when_field::WhenField},
    locale::{content, key, label, t},
    pages::resident::events::{Filters as Frame, options},
    router,
    store::{Store, staff::FeedbackFilter},
    wall,
};

/// What is chosen in this page's address; tracked.
pub fn chosen() -> Memo<FeedbackFilter> {
    let key = |name| router::query(name).as_deref().and_then(Key::parse);
    let day = |name| router::query(name).and_then(|text| text.parse::<NaiveDate>().ok());
    Memo::new(move |_| FeedbackFilter {
        venue: key("venue"),
        theme: key("theme"),
        from: day("from"),
        to: day("to"),
        more: Vec::new(),
    })
}

/// The same with what results alone are narrowed and compared by.
pub fn chosen_results() -> Memo<FeedbackFilter> {
    let base = chosen();
    Memo::new(move |_| {
        let part = |name: &'static str| router::query(name).map(|value| (name, value));
        let more = RESULT_PARTS.into_iter().filter_map(part).collect();
        FeedbackFilter { theme: None, more, ..base.get() }
    })
}

const PARTS: [&str; 4] = ["venue", "theme", "from", "to"];
const RESULT_PARTS: [&str; 6] = ["ward", "area", "language", "version", "partial", "by"];

/// The fields of the filter. Dates are London days, both included.
#[component]
pub fn Filters(
    /// Offer the themes; surveys have none.
    #[prop(default = false)]
    themes: bool,
    /// What else can be chosen, of results.
    #[prop(optional, into)]
    offers: Option<Signal<Option<Offers>>>,
) -> View {
    let store = Store::get();
    let venues = Signal::derive(move || options(store, key::EVERY_PLACE, Collection::Venue));
    let theme_options = Signal::derive(move || options(store, key::EVERY_THEME, Collection::Theme));
    let count = Signal::derive(move || {
        let all = PARTS.into_iter().chain(RESULT_PARTS);
        all.filter(|part| *part != "by" && router::query(part).is_some()).count()
    });
    let value =
        |part: &'static str| Signal::derive(move || router::query(part).unwrap_or_default());
    view! {
        <Frame
            title=if themes { key::FILTER_TITLE } else { key::STAFF_RESULT_FILTER }
            count
            on_clear=|_| {
                let all = PARTS.into_iter().chain(RESULT_PARTS);
                all.filter(|part| *part != "by").for_each(|part| router::set_query(part, ""));
            }
        >
            <Select
                id="venue"
                label=label(key::FILTER_VENUE)
                options=venues
                value=value("venue")
                on_change=|id: String| router::set_query("venue", &id)
            />
            {themes
                .then(|| {
                    view! {
                        <Select
                            id="theme"
                            label=label(key::FILTER_THEME)
                            options=theme_options
                            value=value("theme")
                            on_change=|id: String| router::set_query("theme", &id)
                        />
                    }
                })}
            <WhenField
                id="from"
                label=label(key::STAFF_FROM)
                kind="date"
                label_class="govuk-label"
                value=value("from")
                on_input=|day: String| set_day("from", &day)
            />
            <WhenField
                id="to"
                label=label(key::STAFF_TO)
                kind="date"
                label_class="govuk-label"
                value=value("to")
                on_input=|day: String| set_day("to", &day)
                faults=Signal::derive(backwards)
            />
            {offers.map(|offers| view! { <ResultFilters offers/> })}
        </Frame>
    }
}

/// What results alone are narrowed by, as far as there is a choice.
#[component]
fn ResultFilters(offers: Signal<Option<Offers>>) -> View {
    let store = Store::get();
    let value =
        |part: &'static str| Signal::derive(move || router::query(part).unwrap_or_default());
    let every = |options: Vec<(String, String)>| {
        let first = (String::new(), t(key::STAFF_RESULT_EVERY));
        std::iter::once(first).chain(options).collect::<Vec<_>>()
    };
    let select =
        move |part: &'static str, label: Signal<String>, options: Signal<Vec<(String, String)>>| {
            view! {
                <Select
                    id=part
                    label
                    options
                    value=value(part)
                    on_change=move |chosen: String| router::set_query(part, &chosen)
                />
            }
        };
    let known = move |of: fn(&Offers) -> bool| {
        Memo::new(move |_| offers.with(|offers| offers.as_ref().is_some_and(of)))
    };
    let wards = known(|offers| offers.ward.is_some());
    let areas = known(|offers| offers.area.is_some());
    let parts = known(|offers| offers.partial);
    let places = move |collection| {
        Signal::derive(move || options(store, key::STAFF_RESULT_EVERY, collection))
    };
    let languages = Signal::derive(move || {
        let tags = offers.with(|it| it.as_ref().map(|it| it.languages.clone()).unwrap_or_default());
        every(tags.into_iter().map(|tag| (tag.clone(), language_name(&tag))).collect())
    });
    let versions = Signal::derive(move || {
        let all = offers.with(|it| it.as_ref().map(|it| it.versions.clone()).unwrap_or_default());
        every(all.into_iter().map(|it| (it.to_string(), it.to_string())).collect())
    });
    let ends = Signal::derive(move || {
        every(vec![
            ("no".to_owned(), t(key::STAFF_RESULT_FINISHED)),
            ("yes".to_owned(), t(key::STAFF_RESULT_STOPPED)),
        ])
    });
    view! {
        {move || {
            wards
                .get()
                .then(|| select("ward", label(key::STAFF_RESULT_WARD), places(Collection::Ward)))
        }}
        {move || {
            areas
                .get()
                .then(|| select("area", label(key::STAFF_RESULT_AREA), places(Collection::Area)))
        }}
        {select("language", label(key::STAFF_RESULT_LANGUAGE), languages)}
        {select("version", label(key::STAFF_RESULT_VERSION), versions)}
        {move || parts.get().then(|| select("partial", label(key::STAFF_RESULT_PARTIAL), ends))}
    }
}

/// A last day before the first.
fn backwards() -> Vec<Fault> {
    let day = |part| router::query(part).and_then(|day| day.parse::<NaiveDate>().ok());
    let wrong = day("from").zip(day("to")).is_some_and(|(from, to)| to < from);
    let fault = || Fault { field: "to".to_owned(), words: t(key::STAFF_DAYS_BACKWARDS) };
    wrong.then(fault).into_iter().collect()
}

/// Sets a day where the field holds a whole one, or none. A date in the making changes
/// nothing: while a year is typed, "0002" stands there for a moment.
fn set_day(part: &str, text: &str) {
    let whole = text.parse::<NaiveDate>().is_ok_and(|day| day.year() >= 1900);
    let known = untrack(|| router::query(part)).unwrap_or_default();
    if (whole || text.is_empty()) && text != known {
        router::set_query(part, text);
    }
}

/// Whom the results page shows, in words for paper and for charts that are files: there the fields of the filter are not.
#[derive(Clone, Copy)]
pub struct Whom {
    /// "Library or hub: Tilbury Library; Language: Polish"; none where everybody is meant.
    pub narrowed: Memo<Option<String>>,
    /// "Compared by: Language"; none where nothing is compared.
    pub compared: Memo<Option<String>>,
}

/// What the page is narrowed to, one part after the other. Of days those that are counted.
pub fn narrowed(filter: &FeedbackFilter, results: Option<&Results>) -> Option<String> {
    let store = Store::get();
    let name = |collection: Collection, id: &str| {
        let name = Key::parse(id)
            .and_then(|id| store.catalogue.with(|catalogue| catalogue.name(collection, &id)));
        name.map_or_else(|| id.to_owned(), |name| content(&name))
    };
    let mut parts = Vec::new();
    let mut add =
        |key: crate::locale::Key, value: String| parts.push(format!("{}: {value}", t(key)));
    if let Some(venue) = &filter.venue {
        add(key::FILTER_VENUE, name(Collection::Venue, venue.as_str()));
    }
    if let Some(from) = results.map_or(filter.from, |it| it.from) {
        add(key::STAFF_FROM, wall::day_of_year(from));
    }
    if let Some(to) = results.map_or(filter.to, |it| it.to) {
        add(key::STAFF_TO, wall::day_of_year(to));
    }
    for (part, value) in &filter.more {
        match *part {
            "ward" => add(key::STAFF_RESULT_WARD, name(Collection::Ward, value)),
            "area" => add(key::STAFF_RESULT_AREA, name(Collection::Area, value)),
            "language" => add(key::STAFF_RESULT_LANGUAGE, language_name(value)),
            "version" => add(key::STAFF_RESULT_VERSION, value.clone()),
            "partial" => {
                let is_partial = value == "yes";
                let words =
                    if is_partial { key::STAFF_RESULT_STOPPED } else { key::STAFF_RESULT_FINISHED };
                add(key::STAFF_RESULT_PARTIAL, t(words));
            }
            _ => {}
        }
    }
    (!parts.is_empty()).then(|| parts.join("; "))
}

/// The same on paper.
#[component]
pub fn Narrowing(
    /// Whom the page shows.
    whom: Whom,
) -> View {
    view! {
        <p class="print-only">{move || whom.narrowed.get()}</p>
        <p class="print-only">{move || whom.compared.get()}</p>
    }
}
