//! Radio buttons side by side: a scale from 0 to 10, or from "strongly agree" to "strongly disagree".

use crate::view::{CollectView, View, view};
use leptos::prelude::*;

use crate::components::{
    field::Fault,
    fieldset::Fieldset,
    select::{Opt, choice_words},
};

/// A row of buttons of which one is chosen. Each has its own words, so that nobody has to look up a column's head.
#[component]
pub fn Row(
    /// Unique on the page; the first button has this id, so that an error can lead to it.
    #[prop(into)]
    id: String,
    /// The question.
    #[prop(into)]
    legend: Signal<String>,
    /// The question is the page's heading.
    #[prop(default = false)]
    heading: bool,
    /// Help, if needed.
    #[prop(optional, into)]
    hint: Signal<String>,
    /// The steps in order.
    #[prop(into)]
    options: Signal<Vec<Opt>>,
    /// The stored value of the chosen one, or nothing.
    #[prop(into)]
    value: Signal<Vec<String>>,
    /// Called with the stored value and true.
    #[prop(into)]
    on_change: Callback<(String, bool)>,
    /// The form's faults.
    #[prop(optional, into)]
    faults: Signal<Vec<Fault>>,
    /// What the first step means.
    #[prop(optional, into)]
    low: Signal<String>,
    /// What the last step means.
    #[prop(optional, into)]
    high: Signal<String>,
) -> View {
    let group = id.clone();
    let item = move |(index, (stored, words)): (usize, Opt)| {
        let own = if index == 0 { group.clone() } else { format!("{group}-{index}") };
        let checked = stored.clone();
        let words = choice_words(&stored, words);
        view! {
            <div class="ct-scale__item">
                <input
                    class="ct-scale__input"
                    type="radio"
                    name=group.clone()
                    id=own.clone()
                    prop:checked=move || value.with(|value| value.contains(&checked))
                    on:change=move |_| on_change.run((stored.clone(), true))
                />
                <label class="ct-scale__label" for=own>
                    {words}
                </label>
            </div>
        }
    };
    // Words need more room than digits.
    let wordy =
        move || options.with(|options| options.iter().any(|(_, words)| words.chars().count() > 3));
    let (at_low, at_high) = (format!("{id}-low"), format!("{id}-high"));
    let described = format!(" {at_low} {at_high}");
    view! {
        <Fieldset id legend heading hint described faults>
            <div class="ct-scale" class:ct-scale--words=wordy>
                <span class="ct-scale__end" id=at_low hidden=move || low.get().is_empty()>
                    {low}
                </span>
                <div class="ct-scale__items">
                    {move || options.get().into_iter().enumerate().map(item.clone()).collect_view()}
                </div>
                <span
                    class="ct-scale__end ct-scale__end--high"
                    id=at_high
                    hidden=move || high.get().is_empty()
                >
                    {high}
                </span>
            </div>
        </Fieldset>
    }
}
