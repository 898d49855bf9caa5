//! A drop-down list whose choice takes effect with a button.
//!
//! With the arrow keys each option is chosen on the way to the one that is wanted. Where an option costs something, the
//! choices of a question or its place, passing by must not.

use crate::view::{View, view};
use leptos::prelude::*;

use crate::{
    components::select::{Opt, Select},
    locale::{key, words},
    platform::browser,
};

/// The list, and the button as long as something else is chosen than what holds.
#[component]
pub fn Pick(
    /// Unique on the page.
    id: &'static str,
    /// What is chosen.
    #[prop(into)]
    label: Signal<String>,
    /// The options in order.
    #[prop(into)]
    options: Signal<Vec<Opt>>,
    /// The stored value of the one that holds.
    #[prop(into)]
    value: Signal<String>,
    /// Called with the stored value of another one when the button is pressed. What it refuses stays as it was.
    #[prop(into)]
    on_pick: Callback<String>,
) -> View {
    let chosen = RwSignal::new(None::<String>);
    let shown = Signal::derive(move || chosen.get().unwrap_or_else(|| value.get()));
    let differs = move || chosen.get().is_some_and(|chosen| chosen != value.get());
    let press = move |_| {
        if let Some(picked) = chosen.get_untracked() {
            chosen.set(None);
            // The button goes, and with some choices the whole screen.
            browser::focus(&format!("#{id}"));
            on_pick.run(picked);
        }
    };
    view! {
        <div class="ct-pick" on:change=|event: web_sys::Event| event.stop_propagation()>
            <Select
                id
                label
                options
                value=shown
                on_change=move |name| chosen.set(Some(name))
            />
            <button
                type="button"
                class="govuk-button govuk-button--secondary"
                hidden=move || !differs()
                on:click=press
            >
                {words(key::STAFF_MAKE_PICK)}
                <span class="govuk-visually-hidden">": " {label}</span>
            </button>
        </div>
    }
}
