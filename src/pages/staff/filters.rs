//! What staff narrow feedback and results to. It stands in the page's address, so the way back
//! brings it back.

use crate::view::{View, view};
use chrono::{Datelike, NaiveDate};
use leptos::prelude::*;
use model::{Collection, Key};

use crate::{
    components::{select::Select, when_field::WhenField},
    locale::{key, label},
    pages::resident::events::{Filters as Frame, options},
    router,
    store::{Store, staff::FeedbackFilter},
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
    })
}

const PARTS: [&str; 4] = ["venue", "theme", "from", "to"];

/// The fields of the filter. Dates are London days, both included.
#[component]
pub fn Filters(
    /// Offer the themes; surveys have none.
    #[prop(default = false)]
    themes: bool,
) -> View {
    let store = Store::get();
    let venues = Signal::derive(move || options(store, key::EVERY_PLACE, Collection::Venue));
    let theme_options = Signal::derive(move || options(store, key::EVERY_THEME, Collection::Theme));
    let count = Signal::derive(move || {
        PARTS.into_iter().filter(|part| router::query(part).is_some()).count()
    });
    let value =
        |part: &'static str| Signal::derive(move || router::query(part).unwrap_or_default());
    view! {
        <Frame
            count
            on_clear=|_| PARTS.into_iter().for_each(|part| router::set_query(part, ""))
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
            />
        </Frame>
    }
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
