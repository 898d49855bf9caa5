//! A place on the earth: where the tablet is, or typed.

use crate::view::{View, view};
use leptos::prelude::*;
use model::submission::Answer;

use super::{Asked, Asks, written::draft};
use crate::{
    components::field::fault_of,
    locale::{self, key, marked, t},
    platform::place::{self, NoPlace},
};

/// Latitude and longitude; of a line or an area, those of several points.
#[component]
pub fn Place(
    asked: Asked,
    /// Several places.
    many: bool,
) -> View {
    let (value, take) = draft(&asked);
    let fault = fault_of(asked.faults, &asked.id);
    let id = asked.id.clone();
    let said = RwSignal::new(String::new());
    let own = asked.clone();
    let use_this = move |_| {
        let own = own.clone();
        said.set(t(key::SURVEY_PLACE_LOOKING));
        place::here(move |here| match here {
            Ok(here) => {
                let before = untrack(|| value.get());
                let all =
                    if many && !before.is_empty() { format!("{before}; {here}") } else { here };
                own.set(Some(Answer::One(all)));
                said.set(t(key::SURVEY_PLACE_TAKEN));
            }
            Err(NoPlace::Denied) => said.set(t(key::SURVEY_PLACE_DENIED)),
            Err(NoPlace::Unknown) => said.set(t(key::SURVEY_PLACE_NONE)),
        });
    };
    let button = if many { key::SURVEY_PLACE_ADD } else { key::SURVEY_PLACE_USE };
    view! {
        <div class="govuk-form-group" class:govuk-form-group--error=move || fault.get().is_some()>
            <Asks asked/>
            <p class="govuk-hint" id=format!("{id}-form")>
                {marked(if many { key::SURVEY_PLACES_HINT } else { key::SURVEY_PLACE_HINT })}
            </p>
            <input
                class="govuk-input"
                class:govuk-input--error=move || fault.get().is_some()
                id=id.clone()
                type="text"
                autocomplete="off"
                aria-describedby=format!("{id}-hint {id}-form {id}-error")
                aria-invalid=move || fault.get().is_some().then_some("true")
                prop:value=value
                on:input=move |event| take.run(event_target_value(&event))
                on:change=move |event| {
                    let typed = event_target_value(&event);
                    if typed.contains(',') {
                        take.run(without_commas(&typed));
                    }
                }
            />
            <div class="ct-stack">
                <button
                    type="button"
                    class="govuk-button govuk-button--secondary"
                    on:click=use_this
                >
                    {marked(button)}
                </button>
                <p class="govuk-body" role="status">
                    <bdi lang=locale::language dir="ltr">{said}</bdi>
                </p>
            </div>
        </div>
    }
}

/// Maps give "51.4777, 0.3217": the comma between two numbers with points is a space.
fn without_commas(typed: &str) -> String {
    let parts = |place: &str| match place.split_once(',') {
        Some((first, second)) if first.contains('.') && second.contains('.') => {
            format!("{} {}", first.trim(), second.trim())
        }
        _ => place.trim().to_owned(),
    };
    typed.split(';').map(parts).collect::<Vec<_>>().join("; ")
}
