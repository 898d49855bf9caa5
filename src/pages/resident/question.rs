//! One question of a survey on the screen.

use crate::view::{CollectView, View, view};
use leptos::prelude::*;
use model::submission::Answer;
use survey::{Choice, Choices as Offered, Item, Kind, Scale};

use crate::{
    components::{
        choices::{Choices, Legend},
        field::{Fault, FieldError, fault_of},
        select::Opt,
        when_field::WhenField,
    },
    locale::{content, key, t, words},
};

/// The id of the field that an error leads to.
pub const FIELD: &str = "answer";
/// What "prefer not to say" is called among the values of the field.
const DECLINED: &str = "\u{0}declined";

/// What stands in the field: one text, or the picked names.
pub type Draft = Vec<String>;

/// The field's content for an answer given before.
pub fn draft_of(answer: Option<&Answer>) -> Draft {
    match answer {
        None => Vec::new(),
        Some(Answer::One(value)) => vec![value.clone()],
        Some(Answer::Many(values)) => values.clone(),
        Some(Answer::Declined) => vec![DECLINED.to_owned()],
        Some(Answer::File { name, .. }) => vec![name.clone()],
    }
}

/// The answer that the field's content makes; `None` if it is empty.
pub fn answer_of(question: &Item, draft: &Draft) -> Option<Answer> {
    if draft.iter().any(|value| value == DECLINED) {
        return Some(Answer::Declined);
    }
    match &question.kind {
        // In the order of the choices, however they were touched.
        Kind::SelectMultiple(choices) => {
            let picked = choices.iter().filter(|choice| draft.contains(&choice.name));
            let picked: Vec<_> = picked.map(|choice| choice.name.clone()).collect();
            (!picked.is_empty()).then_some(Answer::Many(picked))
        }
        _ => {
            let value = draft.first()?.trim();
            (!value.is_empty()).then(|| Answer::One(value.to_owned()))
        }
    }
}

/// An answer in words, for "check your answers".
pub fn answer_words(question: &Item, answer: Option<&Answer>) -> String {
    let Some(answer) = answer else { return t(key::SURVEY_NO_ANSWER) };
    let label = |name: &String| match &question.kind {
        Kind::SelectOne(choices) | Kind::SelectMultiple(choices) => choices
            .iter()
            .find(|choice| &choice.name == name)
            .map_or_else(|| name.clone(), |choice| content(&choice.label)),
        Kind::Date => {
            model::time::parse_date(name).map_or_else(|| name.clone(), crate::wall::day_of_year)
        }
        _ => name.clone(),
    };
    match answer {
        Answer::Declined => t(key::SURVEY_DECLINE),
        Answer::File { name, .. } => name.clone(),
        Answer::One(value) => label(value),
        Answer::Many(values) => values.iter().map(label).collect::<Vec<_>>().join("; "),
    }
}

/// The question with the field for its answer.
#[component]
pub fn QuestionField(
    /// What is asked.
    question: Item,
    /// What stands in the field.
    draft: RwSignal<Draft>,
    /// What is wrong with it.
    #[prop(into)]
    faults: Signal<Vec<Fault>>,
) -> View {
    let (label, hint) = (question.label.clone(), question.hint.clone());
    let legend = Signal::derive(move || content(&label));
    let hint = Signal::derive(move || content(&hint));
    let may_decline = question.may_decline;
    match question.kind {
        Kind::Note => view! {
            <h1 class="govuk-heading-l" tabindex="-1">
                {legend}
            </h1>
            <p class="govuk-body">{hint}</p>
        },
        Kind::SelectOne(choices) => {
            let options = Signal::derive(move || options(&choices, may_decline));
            let on_change = move |(name, _): (String, bool)| draft.set(vec![name]);
            view! { <Choices id=FIELD legend heading=true hint options value=draft on_change faults/> }
        }
        Kind::SelectMultiple(choices) => {
            let options = Signal::derive(move || options(&choices, may_decline));
            // "Prefer not to say" and picks put each other out.
            let on_change = move |(name, on): (String, bool)| {
                draft.update(|draft| {
                    draft.retain(|other| {
                        other != &name && (other == DECLINED) == (name == DECLINED)
                    });
                    if on {
                        draft.push(name);
                    }
                });
            };
            view! {
                <Choices
                    id=FIELD
                    legend
                    heading=true
                    hint
                    options
                    value=draft
                    on_change
                    many=true
                    faults
                />
            }
        }
        Kind::Range(scale) => {
            view! { <ScaleField legend hint scale may_decline draft faults/> }
        }
        Kind::Date => {
            let value = Signal::derive(move || written(draft));
            let on_input = move |date: String| draft.set(vec![date]);
            view! {
                <WhenField
                    id=FIELD
                    label=legend
                    label_class="govuk-label govuk-label--l"
                    heading=true
                    hint
                    value
                    on_input
                    faults
                    kind="date"
                />
                {may_decline.then(|| view! { <Decline draft/> })}
            }
        }
        kind => view! {
            <Written legend hint kind draft faults/>
            {may_decline.then(|| view! { <Decline draft/> })}
        },
    }
}

/// What is written in the field; nothing where the answer is declined.
fn written(draft: RwSignal<Draft>) -> String {
    let first = draft.with(|draft| draft.first().filter(|text| *text != DECLINED).cloned());
    first.unwrap_or_default()
}

fn options(choices: &Offered, may_decline: bool) -> Vec<Opt> {
    let named = choices.iter().map(|choice: &Choice| (choice.name.clone(), content(&choice.label)));
    named.chain(may_decline.then(|| (DECLINED.to_owned(), t(key::SURVEY_DECLINE)))).collect()
}

/// A number from a scale, as a row of buttons.
#[component]
fn ScaleField(
    legend: Signal<String>,
    hint: Signal<String>,
    scale: Scale,
    may_decline: bool,
    draft: RwSignal<Draft>,
    faults: Signal<Vec<Fault>>,
) -> View {
    let fault = fault_of(faults, FIELD);
    let item = move |(index, value): (usize, String)| {
        let id = if index == 0 { FIELD.to_owned() } else { format!("{FIELD}-{index}") };
        let own = value.clone();
        view! {
            <div class="ct-scale__item">
                <input
                    class="ct-scale__input"
                    type="radio"
                    name=FIELD
                    id=id.clone()
                    prop:checked=move || draft.with(|draft| draft.contains(&own))
                    on:change={
                        let value = value.clone();
                        move |_| draft.set(vec![value.clone()])
                    }
                />
                <label class="ct-scale__label" for=id>
                    {value}
                </label>
            </div>
        }
    };
    let (low, high) = (scale.low.clone(), scale.high.clone());
    view! {
        <div class="govuk-form-group" class:govuk-form-group--error=move || fault.get().is_some()>
            <fieldset class="govuk-fieldset" aria-describedby="answer-hint answer-low answer-high answer-error">
                <Legend words=legend heading=true/>
                <div class="govuk-hint" id="answer-hint" hidden=move || hint.get().is_empty()>
                    {hint}
                </div>
                <FieldError id="answer-error".to_owned() fault/>
                <div class="ct-scale">
                    <span class="ct-scale__end" id="answer-low">{move || content(&low)}</span>
                    <div class="ct-scale__items">
                        {scale.values().enumerate().map(item).collect_view()}
                    </div>
                    <span class="ct-scale__end ct-scale__end--high" id="answer-high">{move || content(&high)}</span>
                </div>
                {may_decline.then(|| view! { <Decline draft/> })}
            </fieldset>
        </div>
    }
}

/// A field to write in: words or a number.
#[component]
fn Written(
    legend: Signal<String>,
    hint: Signal<String>,
    kind: Kind,
    draft: RwSignal<Draft>,
    faults: Signal<Vec<Fault>>,
) -> View {
    let fault = fault_of(faults, FIELD);
    let value = move || written(draft);
    let on_input = move |event: leptos::ev::Event| draft.set(vec![event_target_value(&event)]);
    let field = match kind {
        Kind::Text => view! {
            <textarea
                class="govuk-textarea"
                class:govuk-textarea--error=move || fault.get().is_some()
                id=FIELD
                rows=5
                autocomplete="off"
                aria-describedby="answer-hint answer-error"
                prop:value=value
                on:input=on_input
            ></textarea>
        },
        kind => {
            let mode = if kind == Kind::Integer { "numeric" } else { "decimal" };
            view! {
                <input
                    class="govuk-input govuk-input--width-10"
                    class:govuk-input--error=move || fault.get().is_some()
                    id=FIELD
                    type="text"
                    inputmode=mode
                    autocomplete="off"
                    aria-describedby="answer-hint answer-error"
                    prop:value=value
                    on:input=on_input
                />
            }
        }
    };
    view! {
        <div class="govuk-form-group" class:govuk-form-group--error=move || fault.get().is_some()>
            <h1 class="govuk-label-wrapper" tabindex="-1">
                <label class="govuk-label govuk-label--l" for=FIELD>
                    {legend}
                </label>
            </h1>
            <div class="govuk-hint" id="answer-hint" hidden=move || hint.get().is_empty()>
                {hint}
            </div>
            <FieldError id="answer-error".to_owned() fault/>
            {field}
        </div>
    }
}

/// "Prefer not to say" beside a field to write in or a scale.
#[component]
fn Decline(draft: RwSignal<Draft>) -> View {
    let declined = move || draft.with(|draft| draft.iter().any(|value| value == DECLINED));
    view! {
        <div class="govuk-checkboxes govuk-!-margin-bottom-6">
            <div class="govuk-checkboxes__item">
                <input
                    class="govuk-checkboxes__input"
                    type="checkbox"
                    id="decline"
                    prop:checked=declined
                    on:change=move |event| {
                        let on = event_target_checked(&event);
                        draft.set(if on { vec![DECLINED.to_owned()] } else { Vec::new() });
                    }
                />
                <label class="govuk-label govuk-checkboxes__label" for="decline">
                    {words(key::SURVEY_DECLINE)}
                </label>
            </div>
        </div>
    }
}
