//! Questions that are answered in writing: words, numbers, dates and times.

use crate::view::{View, view};
use leptos::prelude::*;
use model::submission::Answer;
use survey::Kind;

use super::{Asked, Asks, Looks};
use crate::components::{field::fault_of, when_field::WhenField};

/// What stands in the field, and what is done with each change.
///
/// The field keeps what is typed as it is, also the space at the end of a word that is still being written; the answer
/// is without it. An answer that changes in another way, by "prefer not to say" or a calculation, changes the field.
pub fn draft(asked: &Asked) -> (Signal<String>, Callback<String>) {
    let text = asked.text();
    let draft = RwSignal::new(text.get_untracked());
    let shown = Signal::derive(move || {
        let text = text.get();
        draft.with(|draft| if draft.trim() == text { draft.clone() } else { text })
    });
    let asked = asked.clone();
    let take = Callback::new(move |typed: String| {
        draft.set(typed.clone());
        asked.set(Some(Answer::One(typed)));
    });
    (shown, take)
}

/// Words or a number.
#[component]
pub fn Written(asked: Asked, looks: Looks) -> View {
    let (value, take) = draft(&asked);
    let fault = fault_of(asked.faults, &asked.id);
    let invalid = move || fault.get().is_some().then_some("true");
    let on_input = move |event: web_sys::Event| take.run(event_target_value(&event));
    let on_change = move |event: web_sys::Event| {
        if let Some(number) = with_point(&event_target_value(&event)) {
            take.run(number);
        }
    };
    let id = asked.id.clone();
    let described = format!("{id}-hint {id}-error");
    let number = looks.like(&["numbers", "thousands-sep"]);
    let mode = match looks.kind {
        Kind::Integer => Some("numeric"),
        Kind::Decimal => Some("decimal"),
        _ if number => Some("numeric"),
        _ => None,
    };
    let lines = if looks.like(&["multiline"]) || asked.heading { 5 } else { 2 };
    let field = match looks.kind {
        Kind::Text if !number => view! {
            <textarea
                class="govuk-textarea"
                class:govuk-textarea--error=move || fault.get().is_some()
                id=id
                rows=lines
                autocomplete="off"
                aria-describedby=described
                aria-invalid=invalid
                prop:value=value
                on:input=on_input
            ></textarea>
        },
        kind => {
            let width = if kind == Kind::Barcode { "20" } else { "10" };
            view! {
                <input
                    class=format!("govuk-input govuk-input--width-{width}")
                    class:govuk-input--error=move || fault.get().is_some()
                    id=id
                    type="text"
                    inputmode=mode
                    autocomplete="off"
                    aria-describedby=described
                    aria-invalid=invalid
                    prop:value=value
                    on:input=on_input
                    on:change=move |event| {
                        if kind == Kind::Decimal {
                            on_change(event);
                        }
                    }
                />
            }
        }
    };
    view! {
        <div class="govuk-form-group" class:govuk-form-group--error=move || fault.get().is_some()>
            <Asks asked/>
            {field}
        </div>
    }
}

/// A number that was written with a comma, as most of Europe does, with a point. Where three digits follow, the comma may
/// stand between thousands: that is asked and not guessed.
fn with_point(typed: &str) -> Option<String> {
    let (whole, fraction) = typed.split_once(',')?;
    let is_clear = fraction.len() != 3 && !fraction.contains(',') && !typed.contains('.');
    is_clear.then(|| format!("{whole}.{fraction}"))
}

/// A day, a time, or both.
#[component]
pub fn When(asked: Asked, looks: Looks) -> View {
    let kind = match looks.kind {
        Kind::Time => "time",
        Kind::DateTime => "datetime-local",
        _ => "date",
    };
    let text = asked.text();
    // The browser's own fields know no zone: what a default or another program wrote behind the minutes stays out.
    let value = Signal::derive(move || {
        let text = text.get();
        let whole = match kind {
            "time" => 5,
            "datetime-local" => 16,
            _ => 10,
        };
        text.get(..whole).map_or(text.clone(), str::to_owned)
    });
    let Asked { id, heading, faults, .. } = asked.clone();
    let (label, hint) = (asked.label(), asked.hint());
    let label_class =
        if heading { "govuk-label govuk-label--l" } else { "govuk-label govuk-label--m" };
    let on_input = move |typed: String| asked.set(Some(Answer::One(typed)));
    view! { <WhenField id label label_class heading hint value on_input faults kind/> }
}
