//! Choices with pictures, sounds or films beside their words.

use crate::view::{CollectView, View, view};
use leptos::prelude::*;

use super::{Asked, beside::Beside, language};
use crate::{
    components::{
        fieldset::Fieldset,
        select::{DECLINED, choice_words},
    },
    locale::{key, t},
};

/// A choice with what stands beside it.
#[derive(Clone, PartialEq)]
struct Card {
    name: String,
    words: String,
    beside: Beside,
}

/// Cards of which one, or some, are chosen.
#[component]
pub fn Pictured(
    asked: Asked,
    /// "Prefer not to say" is offered.
    may_decline: bool,
    /// The stored values of the chosen ones.
    value: Signal<Vec<String>>,
    /// Called with the stored value of a choice and whether it is chosen now.
    on_change: Callback<(String, bool)>,
    /// Several may be chosen.
    many: bool,
) -> View {
    let cards = asked.memo(move |field| {
        let offers = field.choices(&language::spoken()).into_iter();
        let offers = offers.map(|offer| Card {
            words: survey::plain(&offer.label),
            beside: Beside::of(&field, [&offer.image, &offer.audio, &offer.video]),
            name: offer.name,
        });
        let decline = may_decline.then(|| Card {
            name: DECLINED.to_owned(),
            words: t(key::SURVEY_DECLINE),
            beside: Beside::default(),
        });
        offers.chain(decline).collect::<Vec<_>>()
    });
    let Asked { id, heading, faults, .. } = asked.clone();
    let (legend, hint) = (asked.label(), asked.hint());
    let group = id.clone();
    let card = move |(index, card): (usize, Card)| {
        let Card { name, words, beside } = card;
        let own = if index == 0 { id.clone() } else { format!("{id}-{index}") };
        let shown = choice_words(&name, words.clone());
        let (checked, changed) = (name.clone(), name);
        let played = beside.pictures(false).drawn(&words, true);
        let pictures = beside.pictures(true).drawn(&words, false);
        view! {
            <div class="ct-pictured__card">
                <div class="ct-pictured__choice">
                    <input
                        class="ct-pictured__input"
                        type=if many { "checkbox" } else { "radio" }
                        name=id.clone()
                        id=own.clone()
                        prop:checked=move || value.with(|value| value.contains(&checked))
                        on:change=move |event| {
                            on_change.run((changed.clone(), event_target_checked(&event)));
                        }
                    />
                    <label class="ct-pictured__label" for=own>
                        {pictures}
                        <span class="ct-pictured__words">{shown}</span>
                    </label>
                </div>
                {played}
            </div>
        }
    };
    view! {
        <Fieldset id=group legend heading hint faults>
            <div class="ct-pictured">
                {move || cards.get().into_iter().enumerate().map(card.clone()).collect_view()}
            </div>
        </Fieldset>
    }
}
