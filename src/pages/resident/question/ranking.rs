//! Things in an order, moved up and down by buttons.

use crate::view::{View, each, view};
use leptos::prelude::*;

use crate::{
    components::{field::Fault, fieldset::Fieldset, select::Opt},
    locale::{self, key, marked, tf},
    platform::browser,
};

/// An ordered list. The button that was pressed keeps the focus while its row moves, and where the row is now is said.
#[component]
pub fn Ranking(
    /// Unique on the page; the first button of the list leads there from an error.
    id: String,
    /// The question.
    #[prop(into)]
    legend: Signal<String>,
    /// The question is the page's heading.
    heading: bool,
    /// Help, if needed.
    #[prop(into)]
    hint: Signal<String>,
    /// The things in their order.
    #[prop(into)]
    options: Signal<Vec<Opt>>,
    /// Whether that order is somebody's answer.
    #[prop(into)]
    answered: Signal<bool>,
    /// Called with the stored values in their new order.
    #[prop(into)]
    on_change: Callback<Vec<String>>,
    /// The form's faults.
    #[prop(into)]
    faults: Signal<Vec<Fault>>,
) -> View {
    let said = RwSignal::new(String::new());
    let place_of = move |name: &str| {
        options.with(|options| options.iter().position(|(own, _)| own == name).unwrap_or(0))
    };
    let of = move || options.with(Vec::len);
    let names = move || {
        options.with_untracked(|options| {
            options.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>()
        })
    };
    let shift = move |name: &str, up: bool, button: &str| {
        let mut order = names();
        let Some(from) = order.iter().position(|own| own == name) else { return };
        let to =
            if up { from.checked_sub(1) } else { Some(from + 1).filter(|to| *to < order.len()) };
        // Also at the end of the list a press says where the thing is.
        if let Some(to) = to {
            order.swap(from, to);
            on_change.run(order);
        }
        said.set(untrack(|| {
            let place = place_of(name);
            let words = options.with(|it| it.get(place).map(|(_, words)| words.clone()));
            let values = [
                ("what", words.as_deref().unwrap_or_default()),
                ("n", &(place + 1).to_string()),
                ("of", &of().to_string()),
            ];
            tf(key::SURVEY_RANK_MOVED, &values)
        }));
        // A row that the browser takes out and puts in again loses the focus.
        let selector = format!("[id=\"{button}\"]");
        request_animation_frame(move || {
            browser::focus(&selector);
        });
    };
    let base = id.clone();
    let row = move |(name, _): Opt| {
        let own = name.clone();
        let words_of = Memo::new(move |_| {
            options.with(|options| {
                let found = options.iter().find(|(name, _)| *name == own);
                found.map(|(_, words)| words.clone()).unwrap_or_default()
            })
        });
        let button = |up: bool| {
            let side = if up { "up" } else { "down" };
            let own = format!("{base}-{side}-{name}");
            let (moved, held, pressed) = (name.clone(), name.clone(), own.clone());
            let at_end = move || {
                let place = place_of(&held);
                if up { place == 0 } else { place + 1 == of() }
            };
            view! {
                <button
                    type="button"
                    class="govuk-button govuk-button--secondary ct-rank__button"
                    id=own
                    aria-disabled=move || at_end().then_some("true")
                    on:click=move |_| shift(&moved, up, &pressed)
                >
                    <span aria-hidden="true">{if up { "↑ " } else { "↓ " }}</span>
                    {marked(if up { key::SURVEY_RANK_UP } else { key::SURVEY_RANK_DOWN })}
                    <span class="govuk-visually-hidden">" " {words_of}</span>
                </button>
            }
        };
        let (up, down) = (button(true), button(false));
        view! {
            <li class="ct-rank__row">
                <span class="ct-rank__words">{words_of}</span>
                <span class="ct-rank__buttons">{up} {down}</span>
            </li>
        }
    };
    let rows = each(move || options.get(), |(name, _)| name.clone(), row);
    let keep = move || {
        let state = if answered.get() { key::SURVEY_RANK_KEPT } else { key::SURVEY_RANK_KEEP };
        marked(state)
    };
    let how = format!("{id}-how");
    let described = format!(" {how}");
    view! {
        <Fieldset id=id.clone() legend heading hint described faults>
            <p class="govuk-hint" id=how>{marked(key::SURVEY_RANK_HOW)}</p>
            <ol class="ct-rank">{rows}</ol>
            <p class="govuk-visually-hidden" role="status" lang=locale::language>
                {said}
            </p>
            <button
                type="button"
                class="govuk-button govuk-button--secondary"
                id=id
                aria-disabled=move || answered.get().then_some("true")
                on:click=move |_| on_change.run(names())
            >
                {keep}
            </button>
        </Fieldset>
    }
}
