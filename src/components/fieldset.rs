//! Several fields under one question.

use crate::view::{Children, View, view};
use leptos::prelude::*;

use super::field::{Fault, FieldError, fault_of};

/// The frame around fields that answer one question together: its words, help, and what is wrong.
#[component]
pub fn Fieldset(
    /// Unique on the page; help is `{id}-hint`, what is wrong `{id}-error`.
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
    /// The ids of what else describes the fields, with a space before each.
    #[prop(default = String::new())]
    described: String,
    /// The form's faults.
    #[prop(optional, into)]
    faults: Signal<Vec<Fault>>,
    /// The fields.
    children: Children,
) -> View {
    let fault = fault_of(faults, &id);
    let legend = if heading {
        view! {
            <legend class="govuk-fieldset__legend govuk-fieldset__legend--l">
                <h1 class="govuk-fieldset__heading" tabindex="-1">
                    {legend}
                </h1>
            </legend>
        }
    } else {
        view! { <legend class="govuk-fieldset__legend govuk-fieldset__legend--m">{legend}</legend> }
    };
    view! {
        <div class="govuk-form-group" class:govuk-form-group--error=move || fault.get().is_some()>
            <fieldset
                class="govuk-fieldset"
                aria-describedby=format!("{id}-hint {id}-error{described}")
            >
                {legend}
                <div class="govuk-hint" id=format!("{id}-hint") hidden=move || hint.get().is_empty()>
                    {hint}
                </div>
                <FieldError id=format!("{id}-error") fault/>
                {children()}
            </fieldset>
        </div>
    }
}
