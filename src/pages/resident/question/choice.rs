//! Questions with choices: a few as radios or boxes, scales in a row, many with a search.

use crate::view::{View, view};
use leptos::prelude::*;
use model::submission::Answer;
use survey::Field;

use super::{Asked, Looks, language, picker::Picker, pictured::Pictured, row::Row};
use crate::{
    components::{
        choices::Choices,
        select::{DECLINED, Opt},
    },
    locale::{key, t},
};

/// More choices than these are searched and not read through.
const MANY: usize = 20;
/// More than these, where the form asks for a short form (`minimal`, `autocomplete`).
const SOME: usize = 7;

/// One of several.
#[component]
pub fn One(asked: Asked, looks: Looks) -> View {
    let value = picked(&asked);
    let on_change = take_one(&asked);
    if looks.pictured {
        let may_decline = looks.may_decline;
        return view! { <Pictured asked may_decline value on_change many=false/> };
    }
    let options = offered(&asked, &looks);
    let in_row =
        looks.like(&["likert", "list-nolabel", "list", "horizontal", "horizontal-compact"]);
    if in_row {
        let Asked { id, heading, faults, .. } = asked.clone();
        let (legend, hint) = (asked.label(), asked.hint());
        return view! { <Row id legend heading hint options value on_change faults/> };
    }
    choices(asked, looks, options, value, on_change, false)
}

/// Any of several.
#[component]
pub fn Many(asked: Asked, looks: Looks) -> View {
    let value = picked(&asked);
    let options = offered(&asked, &looks);
    let on_change = take_any(&asked, options);
    if looks.pictured {
        let may_decline = looks.may_decline;
        return view! { <Pictured asked may_decline value on_change many=true/> };
    }
    choices(asked, looks, options, value, on_change, true)
}

/// Takes the one choice that was touched.
pub fn take_one(asked: &Asked) -> Callback<(String, bool)> {
    let asked = asked.clone();
    Callback::new(move |(name, _): (String, bool)| {
        asked.set(Some(if name == DECLINED { Answer::Declined } else { Answer::One(name) }));
    })
}

/// Takes a choice to the others, or away from them.
pub fn take_any(asked: &Asked, options: Signal<Vec<Opt>>) -> Callback<(String, bool)> {
    let value = picked(asked);
    let own = asked.clone();
    Callback::new(move |(name, on): (String, bool)| {
        let others = value.get_untracked().into_iter();
        // "Prefer not to say" and picks put each other out.
        let kept =
            others.filter(|other| *other != name && (other == DECLINED) == (name == DECLINED));
        let mut kept: Vec<String> = kept.collect();
        if on {
            kept.push(name);
        }
        if kept.iter().any(|name| name == DECLINED) {
            own.set(Some(Answer::Declined));
            return;
        }
        // In the order of the choices, however they were touched.
        let place = |name: &String| {
            options.with_untracked(|options| options.iter().position(|(own, _)| own == name))
        };
        kept.sort_by_key(place);
        own.set(Some(Answer::Many(kept)));
    })
}

fn choices(
    asked: Asked,
    looks: Looks,
    options: Signal<Vec<Opt>>,
    value: Signal<Vec<String>>,
    on_change: Callback<(String, bool)>,
    many: bool,
) -> View {
    let short = looks.like(&["minimal", "autocomplete", "search", "quick"]);
    let limit = if short { SOME } else { MANY };
    let long = Memo::new(move |_| options.with(|options| options.len() > limit));
    View::of(move || {
        let Asked { id, heading, faults, .. } = asked.clone();
        let (legend, hint) = (asked.label(), asked.hint());
        if long.get() {
            let always = DECLINED;
            view! { <Picker id legend heading hint options always value on_change many faults/> }
        } else {
            view! { <Choices id legend heading hint options value on_change many faults/> }
        }
    })
}

/// What can be chosen, in the language on the screen.
pub fn offered(asked: &Asked, looks: &Looks) -> Signal<Vec<Opt>> {
    let may_decline = looks.may_decline;
    asked
        .memo(move |field| {
            let offers = field.choices(&language::spoken()).into_iter();
            let offers = offers.map(|offer| (offer.name, survey::plain(&offer.label)));
            let decline = may_decline.then(|| (DECLINED.to_owned(), t(key::SURVEY_DECLINE)));
            offers.chain(decline).collect::<Vec<_>>()
        })
        .into()
}

/// What is chosen. A choice that is no longer offered is not.
pub fn picked(asked: &Asked) -> Signal<Vec<String>> {
    let picked = |field: Field<'_>| match field.answer() {
        Some(Answer::Declined) => vec![DECLINED.to_owned()],
        Some(Answer::One(name)) => vec![name.clone()],
        Some(Answer::Many(names)) => names.clone(),
        _ => Vec::new(),
    };
    asked.memo(picked).into()
}
