//! A month of a year, or a year: dates that nobody knows to the day.

use crate::view::{CollectView, View, view};
use leptos::prelude::*;
use model::{submission::Answer, time::parse_date};

use super::Asked;
use crate::{
    components::{field::fault_of, fieldset::Fieldset, when_field::HALF_TYPED},
    locale::{key, marked},
    wall,
};

/// What is chosen and typed: a month from 1, and a year.
#[derive(Clone, Default)]
struct Typed {
    month: String,
    year: String,
}

impl Typed {
    /// The date that is stored: as ODK does, the first day of the month or of the year.
    fn date(&self, with_month: bool) -> String {
        let (month, year) = (self.month.as_str(), self.year.trim());
        if year.is_empty() && (month.is_empty() || !with_month) {
            return String::new();
        }
        let month = if with_month { month } else { "1" };
        let whole = year.len() == 4 && year.bytes().all(|byte| byte.is_ascii_digit());
        match month.parse::<u32>() {
            Ok(month) if whole => format!("{year}-{month:02}-01"),
            _ => HALF_TYPED.to_owned(),
        }
    }

    fn of(date: &str) -> Self {
        use chrono::Datelike;
        parse_date(date).map_or_else(Self::default, |date| Self {
            month: date.month().to_string(),
            year: date.year().to_string(),
        })
    }
}

/// A list of the months and a field for the year.
#[component]
pub fn Month(
    asked: Asked,
    /// The month is asked for, not the year alone.
    with_month: bool,
) -> View {
    let text = asked.text();
    let typed = RwSignal::new(Typed::of(&text.get_untracked()));
    // An answer that changes in another way, by "prefer not to say" say, changes the fields.
    let shown = Memo::new(move |_| {
        let text = text.get();
        let typed = typed.get();
        let own = typed.date(with_month) == text;
        let Typed { month, year } = if own { typed } else { Typed::of(&text) };
        (month, year)
    });
    let own = asked.clone();
    let set = Callback::new(move |now: Typed| {
        let date = now.date(with_month);
        typed.set(now);
        own.set(Some(Answer::One(date)));
    });
    let now = move || {
        let (month, year) = shown.get_untracked();
        Typed { month, year }
    };
    let Asked { id, heading, faults, .. } = asked.clone();
    let fault = fault_of(faults, &id);
    let invalid = move || fault.get().is_some().then_some("true");
    let (legend, hint) = (asked.label(), asked.hint());
    let year_id = if with_month { format!("{id}-year") } else { id.clone() };
    let months = move || {
        let option = |month: u32| {
            let stored = month.to_string();
            let own = stored.clone();
            view! {
                <option value=stored prop:selected=move || shown.get().0 == own>
                    {wall::month(month)}
                </option>
            }
        };
        (1..=12).map(option).collect_view()
    };
    let month = with_month.then(|| {
        view! {
            <div class="ct-month__part">
                <label class="govuk-label" for=id.clone()>
                    {marked(key::SURVEY_MONTH)}
                </label>
                <select
                    class="govuk-select"
                    class:govuk-select--error=move || fault.get().is_some()
                    id=id.clone()
                    aria-invalid=invalid
                    on:change=move |event| {
                        set.run(Typed { month: event_target_value(&event), ..now() });
                    }
                >
                    <option value="" prop:selected=move || shown.get().0.is_empty()></option>
                    {months}
                </select>
            </div>
        }
    });
    view! {
        <Fieldset id legend heading hint faults>
            <div class="ct-month">
                {month}
                <div class="ct-month__part">
                    <label class="govuk-label" for=year_id.clone()>
                        {marked(key::SURVEY_YEAR)}
                    </label>
                    <input
                        class="govuk-input govuk-input--width-4"
                        class:govuk-input--error=move || fault.get().is_some()
                        id=year_id
                        type="text"
                        inputmode="numeric"
                        maxlength="4"
                        autocomplete="off"
                        aria-invalid=invalid
                        prop:value=move || shown.get().1
                        on:input=move |event| {
                            set.run(Typed { year: event_target_value(&event), ..now() });
                        }
                    />
                </div>
            </div>
        </Fieldset>
    }
}
