//! Telephone numbers as rows to edit.

use crate::view::{View, each, view};
use leptos::prelude::*;
use model::{Text, catalogue::Phone};

use super::words_field::{english, with_english};
use crate::{
    components::field::{Fault, TextField},
    locale::{key, label, tf, words},
    platform::browser,
};

/// One row as the fields hold it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PhoneRow {
    /// As people dial it.
    pub number: String,
    /// Who answers, in English.
    pub note: String,
    /// The note as it was opened, for its other languages.
    original: Text,
}

impl PhoneRow {
    /// The row of a stored number.
    pub fn of(phone: &Phone) -> Self {
        let note = english(&phone.note);
        Self { number: phone.number.clone(), note, original: phone.note.clone() }
    }

    /// The number that the row means; none if nothing stands in it.
    pub fn read(&self) -> Option<Phone> {
        let note = with_english(&self.original, &self.note);
        let number = self.number.trim().to_owned();
        (!number.is_empty() || !note.is_empty()).then_some(Phone { number, note })
    }
}

/// The rows, with buttons to add and remove one.
#[component]
pub fn PhoneRows(
    /// What they hold.
    rows: RwSignal<Vec<PhoneRow>>,
    /// The form's faults.
    #[prop(into)]
    faults: Signal<Vec<Fault>>,
) -> View {
    let add = move || {
        rows.update(|rows| rows.push(PhoneRow::default()));
        let last = rows.with_untracked(Vec::len).saturating_sub(1);
        request_animation_frame(move || {
            browser::focus(&format!("[id=\"phones-{last}-number\"]"));
        });
    };
    view! {
        <fieldset class="govuk-fieldset" id="phones" tabindex="-1">
            <legend class="govuk-fieldset__legend govuk-fieldset__legend--m">
                {words(key::STAFF_FIELD_PHONES)}
            </legend>
            {each(
                move || (0..rows.with(Vec::len)).collect(),
                |index| *index,
                move |index| view! { <Row rows index faults/> },
            )}
            <button
                type="button"
                id="phones-add"
                class="govuk-button govuk-button--secondary"
                on:click=move |_| add()
            >
                {words(key::STAFF_PHONE_ADD)}
            </button>
        </fieldset>
    }
}

#[component]
fn Row(rows: RwSignal<Vec<PhoneRow>>, index: usize, faults: Signal<Vec<Fault>>) -> View {
    let part = move |pick: fn(&PhoneRow) -> String| {
        Signal::derive(move || rows.with(|rows| rows.get(index).map(pick).unwrap_or_default()))
    };
    let change = move |set: &dyn Fn(&mut PhoneRow)| {
        rows.update(|rows| {
            if let Some(row) = rows.get_mut(index) {
                set(row);
            }
        });
    };
    let number = (index + 1).to_string();
    let heading = move || tf(key::STAFF_ROW_PHONE, &[("n", &number)]);
    view! {
        <fieldset class="govuk-fieldset ct-row">
            <legend class="govuk-fieldset__legend govuk-fieldset__legend--s">{heading.clone()}</legend>
            <div class="ct-row__fields">
                <TextField
                    id=format!("phones-{index}-number")
                    label=label(key::STAFF_NUMBER)
                    kind="tel"
                    width="govuk-input--width-20"
                    value=part(|row| row.number.clone())
                    on_input=move |text: String| change(&|row| row.number = text.clone())
                    faults
                />
                <TextField
                    id=format!("phones-{index}-note")
                    label=label(key::STAFF_PHONE_NOTE)
                    value=part(|row| row.note.clone())
                    on_input=move |text: String| change(&|row| row.note = text.clone())
                    faults
                />
            </div>
            <button
                type="button"
                class="govuk-button govuk-button--secondary"
                on:click=move |_| {
                    rows.update(|rows| {
                        if index < rows.len() {
                            rows.remove(index);
                        }
                    });
                    browser::focus("#phones-add");
                }
            >
                {words(key::STAFF_ROW_REMOVE)}
                <span class="govuk-visually-hidden">": " {heading}</span>
            </button>
        </fieldset>
    }
}
