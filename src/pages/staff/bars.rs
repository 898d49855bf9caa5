//! A bar chart that is its own table: label, bar, share, number. It prints and reads aloud.

use crate::view::{CollectView, View, view};
use leptos::prelude::*;

use crate::locale::{key, t, tf, words};

/// One row of a chart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bar {
    /// What was answered.
    pub label: String,
    /// How many answered so; `None` where that is not told.
    pub count: Option<u64>,
    /// Their share of those who answered, in whole percent, 0 to 100.
    pub percent: Option<u64>,
}

/// A number, or that it is not told.
pub fn told(count: Option<u64>) -> String {
    count.map_or_else(|| t(key::STAFF_RESULT_HIDDEN), |count| count.to_string())
}

/// The same for a number that stands apart from the shares. Where small numbers are hidden, a zero would look like one that
/// was forgotten.
fn told_apart(count: Option<u64>) -> String {
    if count == Some(0) { t(key::STAFF_RESULT_NOBODY) } else { told(count) }
}

/// Numbers that stand apart, in one line: "Prefer not to say: 13".
pub fn apart_words(apart: Vec<(String, Option<u64>)>) -> String {
    let line = |(label, count): (String, Option<u64>)| format!("{label}: {}", told_apart(count));
    apart.into_iter().map(line).collect::<Vec<_>>().join("; ")
}

/// Rows of a table that stays on one page of paper.
const SHORT: usize = 15;

/// The chart of one question.
#[component]
pub fn Bars(
    /// What was asked; for screen readers, since a heading above shows it.
    #[prop(into)]
    caption: Signal<String>,
    /// Out of how many answers: "48 answers".
    #[prop(into)]
    base: Signal<String>,
    /// The rows in order, those that nobody chose included.
    #[prop(into)]
    rows: Signal<Vec<Bar>>,
    /// Rows without a share, under the chart: "Prefer not to say" and its number.
    #[prop(into)]
    apart: Signal<Vec<(String, Option<u64>)>>,
) -> View {
    let row = |bar: Bar| {
        let percent = bar.percent.unwrap_or(0).min(100).to_string();
        let share =
            bar.percent.map(|percent| tf(key::STAFF_PERCENT, &[("n", &percent.to_string())]));
        view! {
            <tr class="ct-bars__row">
                <th scope="row" class="ct-bars__label">
                    {bar.label}
                </th>
                <td class="ct-bars__cell">
                    <svg
                        class="ct-bars__bar"
                        viewBox="0 0 100 10"
                        preserveAspectRatio="none"
                        aria-hidden="true"
                    >
                        <rect width=percent.clone() height="10"></rect>
                    </svg>
                    <span class="ct-bars__share">{share}</span>
                </td>
                <td class="ct-bars__number">{told(bar.count)}</td>
            </tr>
        }
    };
    let row_apart = |(label, count): (String, Option<u64>)| {
        view! {
            <tr class="ct-bars__row">
                <th scope="row" class="ct-bars__label">
                    {label}
                </th>
                <td class="ct-bars__cell">
                    <span class="ct-bars__note">{t(key::STAFF_NOT_IN_SHARE)}</span>
                </td>
                <td class="ct-bars__number">{told_apart(count)}</td>
            </tr>
        }
    };
    let is_long = move || rows.with(Vec::len) > SHORT;
    view! {
        <table class="ct-bars" class:ct-bars--long=is_long>
            <caption class="ct-bars__caption">
                <span class="govuk-visually-hidden">{caption} " "</span>
                <span class="ct-bars__base">{base}</span>
            </caption>
            <thead class="govuk-visually-hidden">
                <tr>
                    <th scope="col">{words(key::STAFF_COLUMN_ANSWER)}</th>
                    <th scope="col">{words(key::STAFF_COLUMN_SHARE)}</th>
                    <th scope="col">{words(key::STAFF_COLUMN_NUMBER)}</th>
                </tr>
            </thead>
            <tbody>{move || rows.get().into_iter().map(row).collect_view()}</tbody>
            <tbody>{move || apart.get().into_iter().map(row_apart).collect_view()}</tbody>
        </table>
    }
}
