//! Fields of forms, with their hints and errors, as GOV.UK patterns have them.

use crate::view::{CollectView, View, view};
use leptos::prelude::*;

use crate::{
    locale::{key, t},
    platform::browser,
};

/// One fault of a form: the id of the field and the sentence that helps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The id of the element to go to.
    pub field: String,
    /// What is wrong and what to do.
    pub words: String,
}

/// The sentence for a problem, in the language on the screen.
pub fn words_for(code: model::ProblemCode) -> String {
    use model::ProblemCode::{
        Conflict, Duplicate, Malformed, NoConsent, OutOfRange, Required, TooLong, TooMany, Unknown,
    };
    t(match code {
        Required => key::PROBLEM_REQUIRED,
        TooLong => key::PROBLEM_TOO_LONG,
        TooMany => key::PROBLEM_TOO_MANY,
        OutOfRange => key::PROBLEM_OUT_OF_RANGE,
        Malformed => key::PROBLEM_MALFORMED,
        Unknown => key::PROBLEM_UNKNOWN,
        Duplicate => key::PROBLEM_DUPLICATE,
        Conflict => key::PROBLEM_CONFLICT,
        NoConsent => key::PROBLEM_NO_CONSENT,
    })
}

/// "There is a problem", with a link to each field. It takes the focus when it appears.
#[component]
pub fn ErrorSummary(
    /// The faults, in the order of the form.
    #[prop(into)]
    faults: Signal<Vec<Fault>>,
) -> View {
    Effect::new(move || {
        if faults.with(|faults| !faults.is_empty()) {
            request_animation_frame(|| {
                browser::scroll_to_top();
                browser::focus(".govuk-error-summary");
            });
        }
    });
    let link = |fault: Fault| {
        let selector = format!("[id=\"{}\"]", fault.field);
        view! {
            <li>
                <a
                    href=format!("#{}", fault.field)
                    on:click=move |event| {
                        event.prevent_default();
                        browser::focus(&selector);
                    }
                >
                    <bdi>{fault.words}</bdi>
                </a>
            </li>
        }
    };
    View::of(move || {
        let faults = faults.get();
        (!faults.is_empty()).then(|| {
            view! {
                <div class="govuk-error-summary" tabindex="-1">
                    <div role="alert">
                        <h2 class="govuk-error-summary__title">{t(key::PROBLEM_TITLE)}</h2>
                        <div class="govuk-error-summary__body">
                            <ul class="govuk-list govuk-error-summary__list">
                                {faults.into_iter().map(link).collect_view()}
                            </ul>
                        </div>
                    </div>
                </div>
            }
        })
    })
}

/// The fault of one field, if there is one.
pub fn fault_of(faults: Signal<Vec<Fault>>, field: &str) -> Signal<Option<String>> {
    let field = field.to_owned();
    Signal::derive(move || {
        faults.with(|faults| {
            faults.iter().find(|fault| fault.field == field).map(|fault| fault.words.clone())
        })
    })
}

/// The error line over a field.
#[component]
pub fn FieldError(
    /// The id that the field is described by.
    id: String,
    /// The sentence, if there is a fault.
    #[prop(into)]
    fault: Signal<Option<String>>,
) -> View {
    View::of(move || {
        fault.get().map(|words| {
            view! {
                <p class="govuk-error-message" id=id.clone()>
                    <span class="govuk-visually-hidden">{t(key::PROBLEM_PREFIX)}</span>
                    " "
                    <bdi>{words}</bdi>
                </p>
            }
        })
    })
}

/// A field of one line.
#[component]
pub fn TextField(
    /// Unique on the page.
    #[prop(into)]
    id: String,
    /// What is asked.
    #[prop(into)]
    label: Signal<String>,
    /// Help, if needed.
    #[prop(optional, into)]
    hint: Signal<String>,
    /// What stands in it.
    #[prop(into)]
    value: Signal<String>,
    /// Called with the text at each change.
    #[prop(into)]
    on_input: Callback<String>,
    /// The form's faults.
    #[prop(optional, into)]
    faults: Signal<Vec<Fault>>,
    /// The kind of text, as in HTML: `text`, `email`, `tel`, `date`, `time`, `password`.
    #[prop(default = "text")]
    kind: &'static str,
    /// A width in characters: `govuk-input--width-10`.
    #[prop(default = "")]
    width: &'static str,
    /// What the browser may fill in. On a shared tablet: nothing.
    #[prop(default = "off")]
    autocomplete: &'static str,
    /// Which keys a tablet shows: `numeric`, `decimal`.
    #[prop(optional)]
    inputmode: Option<&'static str>,
) -> View {
    let fault = fault_of(faults, &id);
    let described = format!("{id}-hint {id}-error");
    view! {
        <div class="govuk-form-group" class:govuk-form-group--error=move || fault.get().is_some()>
            <label class="govuk-label govuk-label--s" for=id.clone()>
                {label}
            </label>
            <div class="govuk-hint" id=format!("{id}-hint") hidden=move || hint.get().is_empty()>
                {hint}
            </div>
            <FieldError id=format!("{id}-error") fault/>
            <input
                class=format!("govuk-input {width}")
                class:govuk-input--error=move || fault.get().is_some()
                id=id
                type=kind
                inputmode=inputmode
                autocomplete=autocomplete
                aria-describedby=described
                aria-invalid=move || fault.get().is_some().then_some("true")
                prop:value=value
                on:input=move |event| on_input.run(event_target_value(&event))
            />
        </div>
    }
}

/// A field of several lines.
#[component]
pub fn TextArea(
    /// Unique on the page.
    #[prop(into)]
    id: String,
    /// What is asked.
    #[prop(into)]
    label: Signal<String>,
    /// Help, if needed.
    #[prop(optional, into)]
    hint: Signal<String>,
    /// What stands in it.
    #[prop(into)]
    value: Signal<String>,
    /// Called with the text at each change.
    #[prop(into)]
    on_input: Callback<String>,
    /// The form's faults.
    #[prop(optional, into)]
    faults: Signal<Vec<Fault>>,
    /// How many lines are seen.
    #[prop(default = 5)]
    rows: u32,
) -> View {
    let fault = fault_of(faults, &id);
    let described = format!("{id}-hint {id}-error");
    view! {
        <div class="govuk-form-group" class:govuk-form-group--error=move || fault.get().is_some()>
            <label class="govuk-label govuk-label--m" for=id.clone()>
                {label}
            </label>
            <div class="govuk-hint" id=format!("{id}-hint") hidden=move || hint.get().is_empty()>
                {hint}
            </div>
            <FieldError id=format!("{id}-error") fault/>
            <textarea
                class="govuk-textarea"
                class:govuk-textarea--error=move || fault.get().is_some()
                id=id
                rows=rows
                autocomplete="off"
                aria-describedby=described
                aria-invalid=move || fault.get().is_some().then_some("true")
                prop:value=value
                on:input=move |event| on_input.run(event_target_value(&event))
            ></textarea>
        </div>
    }
}
