//! A long list of choices with a field to search it.

use crate::view::{View, view};
use js_sys::JsString;
use leptos::prelude::*;

use crate::{
    components::{
        choices::Choices,
        field::{Fault, FieldError, fault_of},
        select::Opt,
    },
    locale::{self, key, label, marked, tf},
};

/// So many are shown at once; who does not find theirs types a letter more.
const SHOWN: usize = 15;

/// Radios or check boxes of a long list. What was chosen before stands first, then what fits the search.
#[component]
pub fn Picker(
    /// Unique on the page; the search field has it.
    id: String,
    /// The question.
    #[prop(into)]
    legend: Signal<String>,
    /// The question is the page's heading.
    heading: bool,
    /// Help, if needed.
    #[prop(into)]
    hint: Signal<String>,
    /// All choices in order.
    #[prop(into)]
    options: Signal<Vec<Opt>>,
    /// The stored value of the choice that is offered whatever is searched for, behind the others.
    always: &'static str,
    /// The stored values of the chosen ones.
    #[prop(into)]
    value: Signal<Vec<String>>,
    /// Called with the stored value of a choice and whether it is chosen now.
    on_change: Callback<(String, bool)>,
    /// Several may be chosen.
    many: bool,
    /// The form's faults.
    #[prop(into)]
    faults: Signal<Vec<Fault>>,
) -> View {
    let fault = fault_of(faults, &id);
    let query = RwSignal::new(String::new());
    let (options, last) = {
        let part = move |last: bool| {
            let own = move |(name, _): &Opt| (name == always) == last;
            Memo::new(move |_| {
                options.with(|it| it.iter().filter(|it| own(it)).cloned().collect::<Vec<Opt>>())
            })
        };
        (part(false), part(true))
    };
    // Folded once and not with each letter that is typed.
    let folded = Memo::new(move |_| {
        options.with(|it| it.iter().map(|(_, words)| fold(words)).collect::<Vec<_>>())
    });
    let found = Memo::new(move |_| {
        let query = fold(query.get().trim());
        folded.with(|folded| matches(folded, &query))
    });
    // A choice does not move while it is being chosen: what is chosen goes to the front with the next search.
    let shown = Memo::new(move |_| {
        let found = found.get();
        let chosen = value.get_untracked();
        options.with(|options| {
            let first = options.iter().filter(|(name, _)| chosen.contains(name));
            let others = found.iter().filter_map(|at| options.get(*at));
            let others = others.filter(|(name, _)| !chosen.contains(name)).take(SHOWN);
            first.chain(others).cloned().chain(last.get()).collect::<Vec<Opt>>()
        })
    });
    let count = move || {
        let (found, all) = (found.with(Vec::len), options.with(Vec::len));
        tf(key::SURVEY_FOUND, &[("n", &found.to_string()), ("all", &all.to_string())])
    };
    let size = if heading { "govuk-label govuk-label--l" } else { "govuk-label govuk-label--m" };
    let own = view! {
        <label class=size for=id.clone()>
            {legend}
        </label>
    };
    let own = if heading {
        view! { <h1 class="govuk-label-wrapper" tabindex="-1">{own}</h1> }
    } else {
        own
    };
    view! {
        <div class="govuk-form-group" class:govuk-form-group--error=move || fault.get().is_some()>
            {own}
            <div class="govuk-hint" id=format!("{id}-hint") hidden=move || hint.get().is_empty()>
                {hint}
            </div>
            <p class="govuk-hint" id=format!("{id}-how")>{marked(key::SURVEY_FIND)}</p>
            <FieldError id=format!("{id}-error") fault/>
            <input
                class="govuk-input"
                id=id.clone()
                type="search"
                autocomplete="off"
                aria-describedby=format!("{id}-hint {id}-how {id}-error")
                prop:value=query
                on:input=move |event| query.set(event_target_value(&event))
            />
            <p class="govuk-body ct-picker__count" role="status">
                <bdi lang=locale::language dir="ltr">{count}</bdi>
            </p>
            <Choices
                id=format!("{id}-list")
                legend=label(key::SURVEY_FOUND_LEGEND)
                options=shown
                value
                on_change
                many
            />
        </div>
    }
}

/// Small letters without their marks: "Łódź" is found by "lodz".
fn fold(words: &str) -> String {
    let apart = String::from(JsString::from(words).normalize("NFD"));
    let letters = apart.chars().filter(|letter| !('\u{300}'..='\u{36f}').contains(letter));
    let plain = letters.flat_map(char::to_lowercase).map(|letter| match letter {
        'ł' => 'l',
        'đ' => 'd',
        'ø' => 'o',
        other => other,
    });
    plain.collect()
}

/// The places of the words that fit: first those that begin with the query, then those with a word that does, then those
/// that hold it.
fn matches(all: &[String], query: &str) -> Vec<usize> {
    if query.is_empty() {
        return (0..all.len()).collect();
    }
    let rank = |words: &str| match words.find(query)? {
        0 => Some(0),
        _ if words
            .split(|letter: char| !letter.is_alphanumeric())
            .any(|it| it.starts_with(query)) =>
        {
            Some(1)
        }
        _ => Some(2),
    };
    let mut found: Vec<(i32, usize)> =
        all.iter().enumerate().filter_map(|(at, words)| Some((rank(words)?, at))).collect();
    found.sort_unstable();
    found.into_iter().map(|(_, at)| at).collect()
}
