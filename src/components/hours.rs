//! Opening times as a table of the week.

use crate::view::{CollectView, View, view};
use leptos::prelude::*;
use model::catalogue::{Opening, Weekday};

use crate::{
    locale::{key, t, words},
    wall,
};

/// The week, Monday first, today marked.
#[component]
pub fn Hours(
    /// When it is open.
    hours: Vec<Opening>,
) -> View {
    let row = move |day: Weekday| {
        let mut spans: Vec<_> = hours.iter().filter(|opening| opening.day == day).collect();
        spans.sort_by_key(|opening| opening.from);
        let words = |opening: &Opening| {
            let span = wall::span(opening.from, opening.to);
            if opening.unstaffed { format!("{span} {}", t(key::HOURS_UNSTAFFED)) } else { span }
        };
        let lines: Vec<_> = spans.into_iter().map(words).collect();
        let is_today = Weekday::of(wall::today()) == day;
        let open = if lines.is_empty() {
            View::of(t(key::HOURS_CLOSED))
        } else {
            lines.into_iter().map(|line| view! { <div>{line}</div> }).collect_view()
        };
        view! {
            <tr class:ct-hours__today=is_today>
                <th scope="row">
                    {wall::weekday(day)} " "
                    {is_today.then(|| view! { <span class="ct-hours__note">{t(key::TODAY)}</span> })}
                </th>
                <td>{open}</td>
            </tr>
        }
    };
    view! {
        <table class="ct-hours">
            <caption>{words(key::HOURS_TITLE)}</caption>
            <tbody>{move || Weekday::ALL.into_iter().map(row.clone()).collect_view()}</tbody>
        </table>
    }
}
