//! What staff narrow feedback and results to. It stands in the page's address, so the way back
//! brings it back.

use chrono::{Datelike, NaiveDate};
use leptos::prelude::*;

use crate::{
    components::{select::Select, when_field::WhenField},
    locale::{key, t},
    pages::resident::events::{Filters as Frame, address_part, chosen, options},
    store::{Store, staff::FeedbackFilter},
};

type Part = (Memo<Option<String>>, Callback<String>);

/// The parts of the filter in the page's address.
#[derive(Clone, Copy)]
pub struct Parts {
    venue: Part,
    theme: Part,
    from: Part,
    to: Part,
}

impl Parts {
    /// Those of this page.
    pub fn get() -> Self {
        let [venue, theme, from, to] = ["venue", "theme", "from", "to"].map(address_part);
        Self { venue, theme, from, to }
    }

    /// What is chosen.
    pub fn filter(self) -> Memo<FeedbackFilter> {
        let day = |part: Part| part.0.get().and_then(|text| text.parse::<NaiveDate>().ok());
        Memo::new(move |_| FeedbackFilter {
            venue: chosen(self.venue.0),
            theme: chosen(self.theme.0),
            from: day(self.from),
            to: day(self.to),
        })
    }

    fn all(self) -> [Part; 4] {
        [self.venue, self.theme, self.from, self.to]
    }
}

/// The fields of the filter. Dates are London days, both included.
#[component]
pub fn Filters(
    /// What they change.
    parts: Parts,
    /// Offer the themes; surveys have none.
    #[prop(default = false)]
    themes: bool,
) -> impl IntoView {
    let store = Store::get();
    let venues = Signal::derive(move || {
        store.catalogue.with(|catalogue| {
            let names = catalogue.venues().iter().map(|(id, venue)| (id, &venue.name));
            options(t(key::EVERY_PLACE), names)
        })
    });
    let theme_options = Signal::derive(move || {
        store.catalogue.with(|catalogue| {
            let names = catalogue.themes().iter().map(|(id, theme)| (id, &theme.name));
            options(t(key::EVERY_THEME), names)
        })
    });
    let count = Signal::derive(move || {
        parts.all().into_iter().filter(|(value, _)| value.with(Option::is_some)).count()
    });
    let value = |part: Part| Signal::derive(move || part.0.get().unwrap_or_default());
    view! {
        <Frame
            count
            on_clear=move |_| {
                for (_, set) in parts.all() {
                    set.run(String::new());
                }
            }
        >
            <Select
                id="venue"
                label=Signal::derive(|| t(key::FILTER_VENUE))
                options=venues
                value=value(parts.venue)
                on_change=parts.venue.1
            />
            {themes
                .then(|| {
                    view! {
                        <Select
                            id="theme"
                            label=Signal::derive(|| t(key::FILTER_THEME))
                            options=theme_options
                            value=value(parts.theme)
                            on_change=parts.theme.1
                        />
                    }
                })}
            <WhenField
                id="from"
                label=Signal::derive(|| t(key::STAFF_FROM))
                kind="date"
                value=value(parts.from)
                on_input=move |day: String| set_day(parts.from, day)
            />
            <WhenField
                id="to"
                label=Signal::derive(|| t(key::STAFF_TO))
                kind="date"
                value=value(parts.to)
                on_input=move |day: String| set_day(parts.to, day)
            />
        </Frame>
    }
}

/// Sets a day where the field holds a whole one, or none. A date in the making changes
/// nothing: while a year is typed, "0002" stands there for a moment.
fn set_day(part: Part, text: String) {
    let whole = text.parse::<NaiveDate>().is_ok_and(|day| day.year() >= 1900);
    let known = part.0.get_untracked().unwrap_or_default();
    if (whole || text.is_empty()) && text != known {
        part.1.run(text);
    }
}
