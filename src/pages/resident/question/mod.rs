//! One question of a survey on the screen, by its kind.

mod beside;
mod choice;
mod file;
mod grid;
mod month;
mod pictured;
mod place;
mod range;
mod rank;
mod written;

use crate::view::{View, view};
use leptos::prelude::*;
use model::submission::Answer;
use survey::{Field, Kind};

pub use grid::{Grid, Part};

use super::survey::{Asked, language};
use crate::{
    components::{check::Check, field::FieldError, field::fault_of},
    locale::{key, marked, t},
    platform::browser,
};

/// What its form says of a question that does not change with the answers.
#[derive(Clone)]
struct Looks {
    kind: Kind,
    appearance: String,
    may_decline: bool,
    /// A picture, sound or film stands beside it.
    media: bool,
    /// One stands beside some of its choices.
    pictured: bool,
}

impl Looks {
    fn of(field: Field<'_>) -> Option<Self> {
        let item = field.item();
        let (kind, appearance) = (item.kind.clone(), item.appearance.clone());
        let choices = kind.choices();
        let pictured = choices.is_some_and(|it| it.iter().any(|choice| !choice.media.is_empty()));
        let (may_decline, media) = (item.may_decline, !item.media.is_empty());
        Some(Self { kind, appearance, may_decline, media, pictured })
    }

    /// Whether one of the words of its appearance is among `words`.
    fn like(&self, words: &[&str]) -> bool {
        self.appearance.split_whitespace().any(|own| words.contains(&own))
    }
}

/// The question with the field for its answer.
#[component]
pub fn QuestionField(
    /// Which one.
    asked: Asked,
) -> View {
    let Some(looks) = untrack(|| asked.taking.field(&asked.path, Looks::of)) else {
        return View::of(());
    };
    let guidance = asked.words(|field, language| field.guidance(language));
    let guidance = move || {
        let words = guidance.get();
        (!words.is_empty()).then(|| {
            view! {
                <details class="ct-guidance">
                    <summary class="ct-guidance__summary">{marked(key::SURVEY_GUIDANCE)}</summary>
                    <p class="ct-guidance__text">{words}</p>
                </details>
            }
        })
    };
    let heads = matches!(looks.kind, Kind::Note) || looks.like(&["label"]);
    let media = looks.media.then(|| view! { <beside::Media asked=asked.clone()/> });
    if heads {
        return view! {
            <Note asked/>
            {media}
            {guidance}
        };
    }
    // What stands beside a question comes between its words and its field; the words of the field itself are then for
    // those who hear the page.
    let apart = looks.media && looks.kind != Kind::Acknowledge;
    let over = apart.then(|| view! { <Over asked=asked.clone()/> });
    let asked = if apart { Asked { heading: false, ..asked } } else { asked };
    let read_only = asked.memo(|field| field.is_read_only());
    let field = move || {
        if read_only.get() {
            return view! { <Known asked=asked.clone()/> };
        }
        let decline = looks.may_decline && looks.kind.choices().is_none();
        let decline = decline.then(|| view! { <Decline asked=asked.clone()/> });
        // What is touched by mistake cannot be touched away.
        let stays = matches!(looks.kind, Kind::SelectOne(_) | Kind::Range(_));
        let take_back = stays.then(|| view! { <TakeBack asked=asked.clone()/> });
        let chooses = looks.kind.choices().is_some();
        let empty = asked.memo(move |field| chooses && field.choices("").is_empty());
        let empty = move || {
            empty.get().then(|| {
                view! { <p class="govuk-body">{marked(key::SURVEY_NO_CHOICES)}</p> }
            })
        };
        view! {
            {input(asked.clone(), looks.clone())}
            {empty}
            {take_back}
            {decline}
        }
    };
    let (above, below) = if apart { (media, None) } else { (None, media) };
    view! {
        {over}
        {above}
        <div class:ct-question__field=apart>{field}</div>
        {below}
        {guidance}
    }
}

/// The words of a question apart from its field.
#[component]
fn Over(asked: Asked) -> View {
    let label = asked.label();
    if asked.heading {
        view! { <h1 class="govuk-heading-l ct-form-words" tabindex="-1">{label}</h1> }
    } else {
        view! { <p class="govuk-label govuk-label--m ct-form-words" aria-hidden="true">{label}</p> }
    }
}

fn input(asked: Asked, looks: Looks) -> View {
    match looks.kind.clone() {
        Kind::SelectOne(_) => view! { <choice::One asked looks/> },
        Kind::SelectMultiple(_) => view! { <choice::Many asked looks/> },
        Kind::Rank(_) => view! { <rank::Rank asked/> },
        Kind::Range(scale) => view! { <range::Range asked scale/> },
        Kind::Acknowledge => view! { <Agree asked/> },
        Kind::Geopoint => view! { <place::Place asked many=false/> },
        Kind::Geoshape => view! { <place::Place asked many=true/> },
        Kind::File(kind) => view! { <file::FileField asked kind/> },
        Kind::Date if looks.like(&["month-year"]) => {
            view! { <month::Month asked with_month=true/> }
        }
        Kind::Date if looks.like(&["year"]) => view! { <month::Month asked with_month=false/> },
        Kind::Date | Kind::Time | Kind::DateTime => view! { <written::When asked looks/> },
        _ => view! { <written::Written asked looks/> },
    }
}

/// Words to read.
#[component]
fn Note(asked: Asked) -> View {
    let (label, hint) = (asked.label(), asked.hint());
    let heading = if asked.heading {
        view! { <h1 class="govuk-heading-l ct-form-words" tabindex="-1">{label}</h1> }
    } else {
        view! { <p class="govuk-body-l ct-form-words">{label}</p> }
    };
    view! {
        {heading}
        <p class="govuk-body ct-form-words" hidden=move || hint.get().is_empty()>{hint}</p>
    }
}

/// An answer that can only be read.
#[component]
fn Known(asked: Asked) -> View {
    let (label, hint) = (asked.label(), asked.hint());
    let answer = asked.memo(|field| answer_words(&field, &language::spoken()));
    let heading = if asked.heading {
        view! { <h1 class="govuk-heading-l" tabindex="-1">{label}</h1> }
    } else {
        view! { <p class="govuk-label govuk-label--m">{label}</p> }
    };
    view! {
        {heading}
        <p class="govuk-hint" hidden=move || hint.get().is_empty()>{hint}</p>
        <p class="govuk-body-l">{answer}</p>
    }
}

/// Something to agree to.
#[component]
fn Agree(asked: Asked) -> View {
    let text = asked.text();
    let fault = fault_of(asked.faults, &asked.id);
    let (id, error) = (asked.id.clone(), format!("{}-error", asked.id));
    let heading = asked.heading.then(|| {
        let label = asked.label();
        view! { <h1 class="govuk-heading-l ct-form-words" tabindex="-1">{label}</h1> }
    });
    // As a heading the words stand over the box; in a page of several they are its own.
    let words = if asked.heading { Signal::derive(|| t(key::SURVEY_AGREE)) } else { asked.label() };
    let hint = asked.hint();
    let on_change = move |on: bool| asked.set(on.then(|| Answer::One("OK".to_owned())));
    view! {
        {heading}
        <FieldError id=error fault/>
        <Check id label=words hint value=Signal::derive(move || text.get() == "OK") on_change/>
    }
}

/// "Prefer not to say" beside a field to write in or a scale.
#[component]
fn Decline(asked: Asked) -> View {
    let declined = asked.memo(|field| field.answer() == Some(&Answer::Declined));
    let id = format!("{}-decline", asked.id);
    let on_change = move |on: bool| asked.set(on.then_some(Answer::Declined));
    view! { <Check id label=Signal::derive(|| t(key::SURVEY_DECLINE)) value=declined on_change/> }
}

/// Takes an answer back where none is needed. Its place is kept free, so that "Next" does not move from under a finger.
#[component]
fn TakeBack(asked: Asked) -> View {
    let given = asked.memo(|field| field.answer().is_some() && !field.is_required());
    let label = asked.label();
    let take_back = move |_| {
        asked.set(None);
        // The button is gone with the answer.
        browser::focus(&format!("[id=\"{}\"]", asked.id));
    };
    view! {
        <button
            type="button"
            class="ct-take-back"
            class:ct-take-back--none=move || !given.get()
            on:click=take_back
        >
            {marked(key::SURVEY_TAKE_BACK)}
            <span class="govuk-visually-hidden">": " {label}</span>
        </button>
    }
}

/// An answer in words, for "check your answers".
pub fn answer_words(field: &Field<'_>, language: &str) -> String {
    match field.standing().as_deref() {
        None => t(key::SURVEY_NO_ANSWER),
        Some(Answer::Declined) => t(key::SURVEY_DECLINE),
        Some(Answer::File { name, .. }) => name.clone(),
        Some(Answer::One(value)) if *field.kind() == Kind::Date => {
            let words = |date: chrono::NaiveDate| match field.item() {
                item if item.looks("month-year") => crate::wall::month_of_year(date),
                item if item.looks("year") => chrono::Datelike::year(&date).to_string(),
                _ => crate::wall::day_of_year(date),
            };
            model::time::parse_date(value).map_or_else(|| value.clone(), words)
        }
        Some(Answer::One(value)) if *field.kind() == Kind::DateTime => value.replace('T', " "),
        Some(Answer::One(value)) if *field.kind() == Kind::Acknowledge && value == "OK" => {
            t(key::SURVEY_AGREE)
        }
        // Marks are the form's: what a person wrote is shown as it was written.
        Some(Answer::One(_)) if field.kind().choices().is_none() => field.answer_words(language),
        Some(_) => survey::plain(&field.answer_words(language)),
    }
}

/// The question over one field, as the page's heading if it is alone there.
#[component]
fn Asks(
    /// Which question.
    asked: Asked,
) -> View {
    let (label, hint, fault) = (asked.label(), asked.hint(), fault_of(asked.faults, &asked.id));
    let id = asked.id.clone();
    let size =
        if asked.heading { "govuk-label govuk-label--l" } else { "govuk-label govuk-label--m" };
    let own = view! {
        <label class=size for=id.clone()>
            {label}
        </label>
    };
    let own = if asked.heading {
        view! { <h1 class="govuk-label-wrapper" tabindex="-1">{own}</h1> }
    } else {
        own
    };
    view! {
        {own}
        <div class="govuk-hint" id=format!("{id}-hint") hidden=move || hint.get().is_empty()>
            {hint}
        </div>
        <FieldError id=format!("{id}-error") fault/>
    }
}
