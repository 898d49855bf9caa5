//! Radio buttons and check boxes.

use crate::view::{CollectView, View, view};
use leptos::prelude::*;

use super::{
    field::Fault,
    fieldset::Fieldset,
    select::{Opt, choice_words},
};

/// Radios or check boxes under one question.
#[component]
pub fn Choices(
    /// Unique on the page; the first box has this id, so that an error can lead to it.
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
    /// The choices in order.
    #[prop(into)]
    options: Signal<Vec<Opt>>,
    /// The stored values of the chosen ones.
    #[prop(into)]
    value: Signal<Vec<String>>,
    /// Called with the stored value of a choice and whether it is chosen now.
    #[prop(into)]
    on_change: Callback<(String, bool)>,
    /// Several may be chosen.
    #[prop(default = false)]
    many: bool,
    /// The form's faults.
    #[prop(optional, into)]
    faults: Signal<Vec<Fault>>,
) -> View {
    let part = if many { "checkboxes" } else { "radios" };
    let group = id.clone();
    let item = move |(index, (stored, words)): (usize, Opt)| {
        let own = if index == 0 { group.clone() } else { format!("{group}-{index}") };
        let (checked, changed) = (stored.clone(), stored.clone());
        let words = choice_words(&stored, words);
        view! {
            <div class=format!("govuk-{part}__item")>
                <input
                    class=format!("govuk-{part}__input")
                    type=if many { "checkbox" } else { "radio" }
                    name=group.clone()
                    id=own.clone()
                    value=stored
                    prop:checked=move || value.with(|value| value.contains(&checked))
                    on:change=move |event| {
                        on_change.run((changed.clone(), event_target_checked(&event)));
                    }
                />
                <label class=format!("govuk-label govuk-{part}__label") for=own>
                    {words}
                </label>
            </div>
        }
    };
    view! {
        <Fieldset id legend heading hint faults>
            <div class=format!("govuk-{part}")>
                {move || options.get().into_iter().enumerate().map(item.clone()).collect_view()}
            </div>
        </Fieldset>
    }
}
