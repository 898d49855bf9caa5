//! Opening times as rows to edit: a day, from, to, with staff or without.

use crate::view::{View, each, view};
use chrono::NaiveTime;
use leptos::prelude::*;
use model::catalogue::{Opening, Weekday};

use crate::{
    components::{check::Check, field::Fault, select::Select, when_field::WhenField},
    locale::{key, label, tf, words},
    platform::browser,
    wall,
};

/// One row as the fields hold it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HoursRow {
    /// Which day.
    pub day: Weekday,
    /// When it opens: `09:00`, empty, or what is no time.
    pub from: String,
    /// When it closes.
    pub to: String,
    /// Open without staff.
    pub unstaffed: bool,
}

impl HoursRow {
    /// The row of a stored opening.
    pub fn of(opening: &Opening) -> Self {
        let clock = |time: NaiveTime| time.format("%H:%M").to_string();
        Self {
            day: opening.day,
            from: clock(opening.from),
            to: clock(opening.to),
            unstaffed: opening.unstaffed,
        }
    }

    fn blank(&self) -> bool {
        self.from.is_empty() && self.to.is_empty()
    }

    fn read(&self) -> Option<Opening> {
        let time = |text: &str| NaiveTime::parse_from_str(text, "%H:%M").ok();
        let (from, to) = (time(&self.from)?, time(&self.to)?);
        Some(Opening { day: self.day, from, to, unstaffed: self.unstaffed })
    }
}

/// The openings that the rows mean, and the ids of fields whose time is missing or cannot be
/// read. Rows without times are left out.
pub fn read_hours(rows: &[HoursRow]) -> (Vec<Opening>, Vec<String>) {
    let mut unread = Vec::new();
    let mut hours = Vec::new();
    for (index, row) in rows.iter().enumerate() {
        match row.read() {
            Some(opening) => hours.push(opening),
            None if row.blank() => {}
            None => unread.push(format!("hours-{index}-from")),
        }
    }
    (hours, unread)
}

/// The rows, with buttons to add and remove one.
#[component]
pub fn HoursRows(
    /// What they hold.
    rows: RwSignal<Vec<HoursRow>>,
    /// The form's faults.
    #[prop(into)]
    faults: Signal<Vec<Fault>>,
) -> View {
    let add = move || {
        rows.update(|rows| {
            // The next day of the week, with the same times: most rows differ by the day.
            let next = match rows.last() {
                Some(last) => {
                    let day = Weekday::ALL[(last.day as usize + 1) % 7];
                    HoursRow { day, ..last.clone() }
                }
                None => HoursRow {
                    day: Weekday::Monday,
                    from: String::new(),
                    to: String::new(),
                    unstaffed: false,
                },
            };
            rows.push(next);
        });
        let last = rows.with_untracked(Vec::len).saturating_sub(1);
        request_animation_frame(move || {
            browser::focus(&format!("[id=\"hours-{last}-day\"]"));
        });
    };
    view! {
        <fieldset class="govuk-fieldset" id="hours" tabindex="-1">
            <legend class="govuk-fieldset__legend govuk-fieldset__legend--m">
                {words(key::STAFF_FIELD_HOURS)}
            </legend>
            {each(
                move || (0..rows.with(Vec::len)).collect(),
                |index| *index,
                move |index| view! { <Row rows index faults/> },
            )}
            <button
                type="button"
                id="hours-add"
                class="govuk-button govuk-button--secondary"
                on:click=move |_| add()
            >
                {words(key::STAFF_HOURS_ADD)}
            </button>
        </fieldset>
    }
}

#[component]
fn Row(rows: RwSignal<Vec<HoursRow>>, index: usize, faults: Signal<Vec<Fault>>) -> View {
    let part = move |pick: fn(&HoursRow) -> String| {
        Signal::derive(move || rows.with(|rows| rows.get(index).map(pick).unwrap_or_default()))
    };
    let change = move |set: &dyn Fn(&mut HoursRow)| {
        rows.update(|rows| {
            if let Some(row) = rows.get_mut(index) {
                set(row);
            }
        });
    };
    let days = Signal::derive(|| {
        Weekday::ALL.map(|day| ((day as usize).to_string(), wall::weekday(day))).to_vec()
    });
    let number = (index + 1).to_string();
    let heading = move || tf(key::STAFF_ROW, &[("n", &number)]);
    view! {
        <fieldset class="govuk-fieldset ct-row">
            <legend class="govuk-fieldset__legend govuk-fieldset__legend--s">{heading.clone()}</legend>
            <div class="ct-row__fields">
                <Select
                    id=format!("hours-{index}-day")
                    label=label(key::STAFF_DAY)
                    options=days
                    value=part(|row| (row.day as usize).to_string())
                    on_change=move |day: String| {
                        let day = day.parse().ok().and_then(|day: usize| Weekday::ALL.get(day));
                        if let Some(day) = day {
                            change(&|row| row.day = *day);
                        }
                    }
                />
                <WhenField
                    id=format!("hours-{index}-from")
                    label=label(key::STAFF_OPENS)
                    kind="time"
                    label_class="govuk-label"
                    value=part(|row| row.from.clone())
                    on_input=move |time: String| change(&|row| row.from = time.clone())
                    faults
                />
                <WhenField
                    id=format!("hours-{index}-to")
                    label=label(key::STAFF_CLOSES)
                    kind="time"
                    label_class="govuk-label"
                    value=part(|row| row.to.clone())
                    on_input=move |time: String| change(&|row| row.to = time.clone())
                    faults
                />
            </div>
            <Check
                id=format!("hours-{index}-unstaffed")
                label=label(key::STAFF_UNSTAFFED)
                value=Signal::derive(move || {
                    rows.with(|rows| rows.get(index).is_some_and(|row| row.unstaffed))
                })
                on_change=move |ticked| change(&|row| row.unstaffed = ticked)
            />
            <button
                type="button"
                class="govuk-button govuk-button--secondary"
                on:click=move |_| {
                    rows.update(|rows| {
                        if index < rows.len() {
                            rows.remove(index);
                        }
                    });
                    browser::focus("#hours-add");
                }
            >
                {words(key::STAFF_ROW_REMOVE)}
                <span class="govuk-visually-hidden">": " {heading}</span>
            </button>
        </fieldset>
    }
}

#[cfg(test)]
mod tests {
    // They run where the program runs: in a browser.
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    #[test]
    fn rows_without_times_are_no_hours_and_half_rows_are_named() {
        let row = |from: &str, to: &str| HoursRow {
            day: Weekday::Friday,
            from: from.into(),
            to: to.into(),
            unstaffed: true,
        };
        let (hours, _) = read_hours(&[row("09:00", "17:30"), row("", "")]);
        assert_eq!(hours.iter().map(HoursRow::of).collect::<Vec<_>>(), [row("09:00", "17:30")]);
        assert_eq!(read_hours(&[row("", ""), row("09:00", "")]).1, ["hours-1-from"]);
    }
}
