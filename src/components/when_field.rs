//! A field for a date or a time that never wipes what is half typed.

use crate::view::{View, view};
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::HtmlInputElement;

use super::field::{Fault, FieldError, fault_of};

/// What a field holds while its date or time is half typed. It is no date and no time, so
/// reading it fails and the form says so.
pub const HALF_TYPED: &str = "?";

/// A date or time, in the browser's own field.
#[component]
pub fn WhenField(
    /// Unique on the page.
    #[prop(into)]
    id: String,
    /// What is asked.
    #[prop(into)]
    label: Signal<String>,
    /// Help, if needed.
    #[prop(optional, into)]
    hint: Signal<String>,
    /// `2026-09-01` or `10:30`; empty if nothing is given; [`HALF_TYPED`].
    #[prop(into)]
    value: Signal<String>,
    /// Called with such a value at each change.
    #[prop(into)]
    on_input: Callback<String>,
    /// The form's faults.
    #[prop(optional, into)]
    faults: Signal<Vec<Fault>>,
    /// `date` or `time`.
    kind: &'static str,
    /// The weight of the label: among filters it is plain.
    #[prop(default = "govuk-label govuk-label--s")]
    label_class: &'static str,
    /// The label is the page's heading.
    #[prop(default = false)]
    heading: bool,
) -> View {
    let fault = fault_of(faults, &id);
    let described = format!("{id}-hint {id}-error");
    let read = move |event: web_sys::Event| {
        let Some(input) = event.target().and_then(|it| it.dyn_into::<HtmlInputElement>().ok())
        else {
            return;
        };
        let value = input.value();
        let half = value.is_empty() && is_half_typed(&input);
        on_input.run(if half { HALF_TYPED.to_owned() } else { value });
    };
    // Setting an empty value would wipe what a keyboard user has typed of a date so far; while it
    // is half typed the field stays as it is.
    let shown = move || Some(value.get()).filter(|value| value != HALF_TYPED);
    let asked = view! {
        <label class=label_class for=id.clone()>
            {label}
        </label>
    };
    view! {
        <div class="govuk-form-group" class:govuk-form-group--error=move || fault.get().is_some()>
            {if heading {
                view! {
                    <h1 class="govuk-label-wrapper" tabindex="-1">
                        {asked}
                    </h1>
                }
            } else {
                asked
            }}
            <div class="govuk-hint" id=format!("{id}-hint") hidden=move || hint.get().is_empty()>
                {hint}
            </div>
            <FieldError id=format!("{id}-error") fault/>
            <input
                class="govuk-input govuk-input--width-10"
                class:govuk-input--error=move || fault.get().is_some()
                id=id
                type=kind
                autocomplete="off"
                aria-describedby=described
                aria-invalid=move || fault.get().is_some().then_some("true")
                prop:value=shown
                on:input=read
                on:blur=read
            />
        </div>
    }
}

/// The browser's word that something stands in the field that is no whole date or time.
fn is_half_typed(input: &HtmlInputElement) -> bool {
    let get = |object: &JsValue, name: &str| js_sys::Reflect::get(object, &name.into());
    get(input, "validity")
        .and_then(|validity| get(&validity, "badInput"))
        .is_ok_and(|bad| bad.is_truthy())
}
