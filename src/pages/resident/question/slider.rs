//! A slider for a long scale, with the number beside it.

use crate::view::{View, view};
use leptos::prelude::*;

/// The browser's own slider: it takes the arrow keys, "page up" and "page down", and a touch anywhere on its line. Nothing
/// is answered before it has been touched.
#[component]
pub fn Slider(
    /// Unique on the page.
    id: String,
    /// Every value of the scale, in order.
    values: Vec<String>,
    /// The chosen one; empty if there is none.
    #[prop(into)]
    value: Signal<String>,
    /// Called with the value.
    #[prop(into)]
    on_change: Callback<String>,
    /// What the first value means.
    #[prop(into)]
    low: Signal<String>,
    /// What the last value means.
    #[prop(into)]
    high: Signal<String>,
    /// What is said while nothing is chosen.
    #[prop(into)]
    none: Signal<String>,
) -> View {
    let last = values.len().saturating_sub(1);
    let (first_value, last_value) =
        (values.first().cloned().unwrap_or_default(), values.last().cloned().unwrap_or_default());
    let values = StoredValue::new(values);
    let place = move || {
        let value = value.get();
        let place = values.with_value(|values| values.iter().position(|own| *own == value));
        place.unwrap_or(last / 2).to_string()
    };
    let shown =
        move || Some(value.get()).filter(|value| !value.is_empty()).unwrap_or_else(|| none.get());
    let take = move |event: web_sys::Event| {
        let place = event_target_value(&event).parse::<usize>().unwrap_or(0);
        if let Some(value) = values.with_value(|values| values.get(place).cloned()) {
            on_change.run(value);
        }
    };
    // A touch on the very place where it stands moves nothing, and is an answer all the same.
    let touched = move |event: web_sys::MouseEvent| take(event.into());
    let end = |number: String, words: Signal<String>| {
        move || {
            let words = words.get();
            if words.is_empty() { number.clone() } else { format!("{number}: {words}") }
        }
    };
    view! {
        <div class="ct-slider">
            <output class="ct-slider__value" for=id.clone()>
                {shown}
            </output>
            <input
                class="ct-slider__input"
                type="range"
                id=id.clone()
                min="0"
                max=last
                step="1"
                aria-describedby=format!("{id}-hint {id}-error")
                aria-valuetext=shown
                prop:value=place
                on:input=take
                on:click=touched
            />
            <div class="ct-slider__ends">
                <span>{end(first_value, low)}</span>
                <span>{end(last_value, high)}</span>
            </div>
        </div>
    }
}
