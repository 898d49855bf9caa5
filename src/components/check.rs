//! One check box with its sentence.

use crate::view::{View, view};
use leptos::prelude::*;

/// A check box that stands alone: "It is cancelled".
#[component]
pub fn Check(
    /// Unique on the page.
    #[prop(into)]
    id: String,
    /// What ticking it says.
    #[prop(into)]
    label: Signal<String>,
    /// Help, if needed.
    #[prop(optional, into)]
    hint: Signal<String>,
    /// Whether it is ticked.
    #[prop(into)]
    value: Signal<bool>,
    /// Called with whether it is ticked now.
    #[prop(into)]
    on_change: Callback<bool>,
) -> View {
    view! {
        <div class="govuk-form-group">
            <div class="govuk-checkboxes">
                <div class="govuk-checkboxes__item">
                    <input
                        class="govuk-checkboxes__input"
                        type="checkbox"
                        id=id.clone()
                        aria-describedby=format!("{id}-hint")
                        prop:checked=value
                        on:change=move |event| on_change.run(event_target_checked(&event))
                    />
                    <label class="govuk-label govuk-checkboxes__label" for=id.clone()>
                        {label}
                    </label>
                    <div
                        class="govuk-hint govuk-checkboxes__hint"
                        id=format!("{id}-hint")
                        hidden=move || hint.get().is_empty()
                    >
                        {hint}
                    </div>
                </div>
            </div>
        </div>
    }
}
