//! A drop-down list.

use crate::view::{CollectView, View, view};
use leptos::prelude::*;

use crate::locale::{key, marked};

/// One line of a list: what is stored and what is read.
pub type Opt = (String, String);

/// What "prefer not to say" is called among the stored values of a question's choices.
pub const DECLINED: &str = "\u{0}declined";

/// The words of a choice. "Prefer not to say" is the app's and no form's, and says which language it is in.
pub fn choice_words(stored: &str, words: String) -> View {
    if stored == DECLINED {
        marked(key::SURVEY_DECLINE)
    } else {
        view! { {words} }
    }
}

/// A drop-down list. The first option should stand for "everything" or "none".
#[component]
pub fn Select(
    /// Unique on the page.
    #[prop(into)]
    id: String,
    /// What is chosen.
    #[prop(into)]
    label: Signal<String>,
    /// The options in order.
    #[prop(into)]
    options: Signal<Vec<Opt>>,
    /// The stored value of the chosen one.
    #[prop(into)]
    value: Signal<String>,
    /// Called with the stored value.
    #[prop(into)]
    on_change: Callback<String>,
) -> View {
    let option = move |(stored, words): Opt| {
        let own = stored.clone();
        view! {
            <option value=stored prop:selected=move || value.get() == own>
                {words}
            </option>
        }
    };
    view! {
        <div class="govuk-form-group">
            <label class="govuk-label" for=id.clone()>
                {label}
            </label>
            <select
                class="govuk-select"
                id=id
                on:change=move |event| on_change.run(event_target_value(&event))
            >
                {move || options.get().into_iter().map(option).collect_view()}
            </select>
        </div>
    }
}
