//! What is calculated: picked as answers and what is made of them, or written as an expression.

use crate::view::{View, view};
use leptos::prelude::*;
use survey::draft::{Calculation, Make, Path};

use super::{
    desk::{Desk, title_of},
    expression::ExpressionField,
};
use crate::{
    components::{
        choices::Choices,
        field::Fault,
        select::{Opt, Select},
    },
    locale::{Key, key, label, t, words},
};

/// Written as an expression.
const BY_HAND: &str = "=";

fn make_words(make: Make) -> Key {
    match make {
        Make::Same => key::STAFF_MAKE_MADE_SAME,
        Make::Sum => key::STAFF_MAKE_MADE_SUM,
        Make::Difference => key::STAFF_MAKE_MADE_DIFFERENCE,
        Make::Answered => key::STAFF_MAKE_MADE_ANSWERED,
        Make::Picked => key::STAFF_MAKE_MADE_PICKED,
        Make::Times => key::STAFF_MAKE_MADE_TIMES,
    }
}

/// What is picked: how, and of which questions.
type Picked = (String, Vec<String>);

/// An expression as picks.
fn read(source: &str) -> Picked {
    match Calculation::parse(source) {
        Some(Calculation { make, of }) => (make.name().to_owned(), of),
        None if source.trim().is_empty() => Picked::default(),
        None => (BY_HAND.to_owned(), Vec::new()),
    }
}

/// Which way of making it is picked; none if it is written by hand, or not at all yet.
fn make_of(name: &str) -> Option<Make> {
    Make::ALL.into_iter().find(|make| make.name() == name)
}

/// A way of making it, its questions, and the expression beside them.
#[component]
pub fn CalculationField(
    /// The draft.
    desk: Desk,
    /// Which calculation.
    path: Path,
    /// The expression.
    value: RwSignal<String>,
    /// The form's faults.
    #[prop(into)]
    faults: Signal<Vec<Fault>>,
) -> View {
    let picked = RwSignal::new(read(&value.get_untracked()));
    let make = Memo::new(move |_| picked.with(|(name, _)| make_of(name)));
    let own = StoredValue::new(path.clone());
    // The questions that each way can be made of.
    let fitting = move |make: Make| -> Vec<Opt> {
        desk.draft.with(|draft| {
            let paths = own.with_value(|own| draft.made_of(own, make));
            let option = |path: Path| Some((path.name()?.to_owned(), title_of(draft, &path)));
            paths.into_iter().filter_map(option).collect()
        })
    };
    let ways = Signal::derive(move || {
        let now = make.get();
        let possible = Make::ALL.into_iter().filter(|make| {
            let (least, _) = make.takes();
            Some(*make) == now || fitting(*make).len() >= least
        });
        let option = |make: Make| (make.name().to_owned(), t(make_words(make)));
        let none: Opt = (String::new(), t(key::STAFF_MAKE_LANGUAGE_NONE));
        let hand: Opt = (BY_HAND.to_owned(), t(key::STAFF_MAKE_FILTER_HAND));
        [none].into_iter().chain(possible.map(option)).chain([hand]).collect::<Vec<_>>()
    });
    // What is picked is written; until it is whole, nothing is.
    let retell = move || {
        let (name, of) = picked.get_untracked();
        if let Some(make) = make_of(&name) {
            let of = of.into_iter().filter(|name| !name.is_empty()).collect();
            value.set(Calculation { make, of }.write());
        } else if name.is_empty() {
            value.set(String::new());
        }
    };
    let to_make = move |name: String| {
        let options = make_of(&name).map(|make| untrack(|| fitting(make)));
        picked.update(|(now, of)| {
            if let (Some(make), Some(options)) = (make_of(&name), options) {
                of.retain(|name| options.iter().any(|(known, _)| known == name));
                of.truncate(make.takes().1);
            }
            *now = name;
        });
        retell();
    };
    let pick_at = move |at: usize, name: String| {
        picked.update(|(_, of)| {
            of.resize(of.len().max(at + 1), String::new());
            of[at] = name;
        });
        retell();
    };
    let tick = move |(name, on): (String, bool), make: Make| {
        let options = untrack(|| fitting(make));
        picked.update(|(_, of)| {
            of.retain(|known| *known != name);
            if on {
                of.push(name);
            }
            // In the order in which they are asked.
            of.sort_by_key(|name| options.iter().position(|(known, _)| known == name));
        });
        retell();
    };
    let at = move |place: usize| {
        Signal::derive(move || picked.with(|(_, of)| of.get(place).cloned().unwrap_or_default()))
    };
    let select = move |make: Make, place: usize, words: Key| {
        let options = Signal::derive(move || {
            let none: Opt = (String::new(), t(key::STAFF_MAKE_LANGUAGE_NONE));
            [none].into_iter().chain(fitting(make)).collect::<Vec<_>>()
        });
        view! {
            <Select
                id=format!("made-of-{place}")
                label=label(words)
                options
                value=at(place)
                on_change=move |name| pick_at(place, name)
            />
        }
    };
    let questions = move || match make.get() {
        None => View::of(()),
        Some(make @ (Make::Same | Make::Picked)) => select(make, 0, key::STAFF_MAKE_QUESTION),
        Some(make @ Make::Times) => select(make, 0, key::STAFF_MAKE_MADE_OF_REPEAT),
        Some(make @ Make::Difference) => view! {
            {select(make, 0, key::STAFF_MAKE_MADE_FROM)}
            {select(make, 1, key::STAFF_MAKE_MADE_LESS)}
        },
        Some(make @ (Make::Sum | Make::Answered)) => view! {
            <Choices
                id="made-of"
                legend=label(key::STAFF_MAKE_MADE_OF)
                options=Signal::derive(move || fitting(make))
                value=Signal::derive(move || picked.with(|(_, of)| of.clone()))
                on_change=move |change| tick(change, make)
                many=true
            />
        },
    };
    let empty_is_0 = move || matches!(make.get(), Some(Make::Sum | Make::Difference));
    view! {
        <Select
            id="make"
            label=label(key::STAFF_MAKE_CALCULATION)
            options=ways
            value=Signal::derive(move || picked.with(|(name, _)| name.clone()))
            on_change=to_make
        />
        {questions}
        <p class="govuk-body" hidden=move || !empty_is_0()>
            {words(key::STAFF_MAKE_MADE_EMPTY)}
        </p>
        <ExpressionField
            desk
            path
            id="calculation"
            label=label(key::STAFF_MAKE_SOURCE)
            hint=label(key::STAFF_MAKE_CALCULATION_HINT)
            value
            on_input=move |text: String| {
                picked.set(read(&text));
                value.set(text);
            }
            faults
        />
    }
}
