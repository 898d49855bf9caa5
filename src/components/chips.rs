//! Large chips to choose several short words with a thumb.

use crate::view::{CollectView, View, view};
use leptos::prelude::*;

use super::{fieldset::Fieldset, select::Opt};

/// Check boxes that look like chips.
#[component]
pub fn Chips(
    /// Unique on the page.
    #[prop(into)]
    id: String,
    /// The question.
    #[prop(into)]
    legend: Signal<String>,
    /// Help, if needed.
    #[prop(optional, into)]
    hint: Signal<String>,
    /// The chips in order.
    #[prop(into)]
    options: Signal<Vec<Opt>>,
    /// The stored values of the chosen ones.
    #[prop(into)]
    value: Signal<Vec<String>>,
    /// Called with the stored value of a chip and whether it is chosen now.
    #[prop(into)]
    on_change: Callback<(String, bool)>,
) -> View {
    let group = id.clone();
    let chip = move |(index, (stored, words)): (usize, Opt)| {
        let own = if index == 0 { group.clone() } else { format!("{group}-{index}") };
        let changed = stored.clone();
        view! {
            <div class="ct-chip">
                <input
                    class="ct-chip__input"
                    type="checkbox"
                    id=own.clone()
                    prop:checked=move || value.with(|value| value.contains(&stored))
                    on:change=move |event| {
                        on_change.run((changed.clone(), event_target_checked(&event)));
                    }
                />
                <label class="ct-chip__label" for=own>
                    {words}
                </label>
            </div>
        }
    };
    view! {
        <Fieldset id legend hint>
            <div class="ct-chips">
                {move || options.get().into_iter().enumerate().map(chip.clone()).collect_view()}
            </div>
        </Fieldset>
    }
}
