//! The fields that say how an event repeats, and the next dates that follow from them.

use crate::view::{View, view};
use chrono::NaiveDate;
use leptos::prelude::*;
use model::catalogue::Weekday;

use super::{
    repeat::{Pattern, Repeat},
    values::{nth_words, pattern_words},
};
use crate::{
    components::{
        chips::Chips,
        choices::Choices,
        field::{Fault, TextField},
        select::{Opt, Select},
        when_field::WhenField,
    },
    locale::{key, label},
    wall,
};

/// The fields of `repeat`.
#[component]
pub fn RepeatPicker(
    /// What they hold.
    repeat: RwSignal<Repeat>,
    /// The event's first day, if it is known.
    #[prop(into)]
    first: Signal<Option<NaiveDate>>,
    /// The form's faults.
    #[prop(into)]
    faults: Signal<Vec<Fault>>,
) -> View {
    let pattern = Memo::new(move |_| repeat.with(|repeat| repeat.pattern));
    let patterns = Signal::derive(|| {
        let option = |pattern: Pattern| (pattern.name().to_owned(), pattern_words(pattern));
        Pattern::ALL.map(option).to_vec()
    });
    let choose = move |(name, _): (String, bool)| {
        if let Some(chosen) = Pattern::ALL.into_iter().find(|pattern| pattern.name() == name) {
            let first = first.get_untracked().unwrap_or_else(wall::today);
            repeat.update(|repeat| {
                if repeat.pattern == Pattern::Never {
                    repeat.suggest(first);
                } else if chosen == Pattern::Other && repeat.other.is_empty() {
                    // Something to start from: what the picker said so far.
                    repeat.other = repeat.rule(first).unwrap_or_default();
                }
                repeat.pattern = chosen;
            });
        }
    };
    let details = move || match pattern.get() {
        Pattern::Never | Pattern::Yearly => View::of(()),
        Pattern::Weekly | Pattern::Fortnightly => view! { <Days repeat/> },
        Pattern::Monthly => view! { <Nth repeat/> },
        Pattern::Other => view! {
            <TextField
                id="rule-text"
                label=label(key::STAFF_RULE_TEXT)
                hint=label(key::STAFF_RULE_HINT)
                value=Signal::derive(move || repeat.with(|repeat| repeat.other.clone()))
                on_input=move |text| repeat.update(|repeat| repeat.other = text)
            />
        },
    };
    let until = move || {
        (!matches!(pattern.get(), Pattern::Never | Pattern::Other)).then(|| {
            view! {
                <WhenField
                    id="until"
                    label=label(key::STAFF_FIELD_UNTIL)
                    hint=label(key::STAFF_UNTIL_HINT)
                    kind="date"
                    value=Signal::derive(move || repeat.with(|repeat| repeat.until.clone()))
                    on_input=move |text| repeat.update(|repeat| repeat.until = text)
                    faults
                />
            }
        })
    };
    view! {
        <Choices
            id="rule"
            legend=label(key::STAFF_FIELD_RULE)
            options=patterns
            value=Signal::derive(move || vec![pattern.get().name().to_owned()])
            on_change=choose
            faults
        />
        {details}
        {until}
    }
}

fn weekdays() -> Vec<Opt> {
    Weekday::ALL.map(|day| ((day as usize).to_string(), wall::weekday(day))).to_vec()
}

fn weekday(stored: &str) -> Option<Weekday> {
    Weekday::ALL.get(stored.parse::<usize>().ok()?).copied()
}

#[component]
fn Days(repeat: RwSignal<Repeat>) -> View {
    let value = Signal::derive(move || {
        repeat.with(|repeat| repeat.days.iter().map(|day| (*day as usize).to_string()).collect())
    });
    let change = move |(stored, chosen): (String, bool)| {
        let Some(day) = weekday(&stored) else { return };
        repeat.update(|repeat| {
            repeat.days.retain(|known| *known != day);
            if chosen {
                repeat.days.push(day);
                repeat.days.sort_unstable();
            }
        });
    };
    view! {
        <Chips
            id="days"
            legend=label(key::STAFF_REPEAT_DAYS)
            options=Signal::derive(weekdays)
            value
            on_change=change
        />
    }
}

#[component]
fn Nth(repeat: RwSignal<Repeat>) -> View {
    let nths =
        Signal::derive(|| [1, 2, 3, 4, -1].map(|nth| (nth.to_string(), nth_words(nth))).to_vec());
    view! {
        <div class="ct-cluster">
            <Select
                id="nth"
                label=label(key::STAFF_REPEAT_NTH)
                options=nths
                value=Signal::derive(move || repeat.with(|repeat| repeat.nth.to_string()))
                on_change=move |nth: String| {
                    if let Ok(nth) = nth.parse() {
                        repeat.update(|repeat| repeat.nth = nth);
                    }
                }
            />
            <Select
                id="nth-day"
                label=label(key::STAFF_REPEAT_NTH_DAY)
                options=Signal::derive(weekdays)
                value=Signal::derive(move || {
                    repeat.with(|repeat| (repeat.nth_day as usize).to_string())
                })
                on_change=move |day: String| {
                    if let Some(day) = weekday(&day) {
                        repeat.update(|repeat| repeat.nth_day = day);
                    }
                }
            />
        </div>
    }
}
