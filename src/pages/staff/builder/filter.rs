//! Which choices are offered, and how often a repeat is asked: picked, or written as an expression.

use crate::view::{View, view};
use leptos::prelude::*;
use serde_json::json;
use survey::draft::{Draft, Path};

use super::{
    desk::{Desk, title_of},
    expression::ExpressionField,
};
use crate::{
    components::{
        field::{Fault, TextField},
        select::{Opt, Select},
    },
    locale::{Key, key, label, t, tf},
};

/// Written as an expression.
const BY_HAND: &str = "=";

/// The expression that was written by hand, as long as the screen is open: with the arrow keys somebody passes by the other
/// options, and each of them writes an expression of its own.
#[derive(Clone, Copy)]
struct ByHand {
    chosen: RwSignal<String>,
    value: RwSignal<String>,
    kept: StoredValue<Option<String>>,
}

impl ByHand {
    fn new(chosen: RwSignal<String>, value: RwSignal<String>) -> Self {
        Self { chosen, value, kept: StoredValue::new(None) }
    }

    /// Keeps it, if it is what holds.
    fn keep(self) {
        if self.chosen.with_untracked(|it| it == BY_HAND) {
            self.kept.set_value(Some(self.value.get_untracked()));
        }
    }

    /// What was kept, or what the option before wrote.
    fn back(self) -> String {
        self.kept.get_value().unwrap_or_else(|| self.value.get_untracked())
    }
}

/// The questions before an item that are of one of these types, each with an option.
fn earlier(draft: &Draft, own: &Path, kinds: &[&str]) -> Vec<(Path, String)> {
    let entries = draft.entries().into_iter().take_while(|entry| entry.path != *own);
    let fitting = entries.filter(|entry| {
        kinds.contains(&entry.kind.as_str()) && !draft.is_row_of_labels(&entry.path)
    });
    fitting.map(|entry| (entry.path.clone(), title_of(draft, &entry.path))).collect()
}

/// "All of them", "those that belong to the answer to …", or an expression.
#[component]
pub fn FilterField(
    /// The draft.
    desk: Desk,
    /// Whose choices.
    path: Path,
    /// The expression.
    value: RwSignal<String>,
    /// The form's faults.
    #[prop(into)]
    faults: Signal<Vec<Fault>>,
) -> View {
    let own = path.clone();
    let options = Signal::derive(move || {
        desk.draft.with(|draft| {
            let name = |(path, title): (Path, String)| {
                let words = tf(key::STAFF_MAKE_FILTER_BY, &[("title", &title)]);
                Some((path.name()?.to_owned(), words))
            };
            let by = earlier(draft, &own, &["select_one"]).into_iter().filter_map(name);
            let all: Opt = (String::new(), t(key::STAFF_MAKE_FILTER_ALL));
            let hand: Opt = (BY_HAND.to_owned(), t(key::STAFF_MAKE_FILTER_HAND));
            [all].into_iter().chain(by).chain([hand]).collect::<Vec<_>>()
        })
    });
    let own = path.clone();
    let read = move || {
        if value.with(|it| it.trim().is_empty()) {
            return String::new();
        }
        let by = desk.draft.with(|draft| draft.belonging(&own));
        by.and_then(|(_, by)| Some(by.name()?.to_owned())).unwrap_or_else(|| BY_HAND.to_owned())
    };
    let chosen = RwSignal::new(untrack(read));
    let by_hand = ByHand::new(chosen, value);
    let own = path.clone();
    let pick = move |name: String| {
        by_hand.keep();
        let written = match name.as_str() {
            "" => String::new(),
            BY_HAND => by_hand.back(),
            // The column is called as the question, as forms in use have it.
            name => format!("{name} = ${{{name}}}"),
        };
        chosen.set(name);
        value.set(written.clone());
        let _ = desk.change(|draft| {
            draft.set(&own, "choice_filter", (!written.is_empty()).then(|| json!(written)))
        });
    };
    let is_by_hand = move || chosen.with(|it| it == BY_HAND);
    let linked = move || chosen.with(|it| !it.is_empty() && it != BY_HAND);
    view! {
        <Select
            id="filter"
            label=label(key::STAFF_MAKE_FILTER)
            options
            value=chosen
            on_change=pick
        />
        <p class="govuk-body" hidden=move || !linked()>{t(key::STAFF_MAKE_FILTER_NEXT)}</p>
        <div hidden=move || !is_by_hand()>
            <ExpressionField
                desk
                path
                id="choice_filter"
                label=label(key::STAFF_MAKE_EXPRESSION)
                hint=label(key::STAFF_MAKE_FILTER_HINT)
                value
                on_input=move |text| value.set(text)
                faults
            />
        </div>
    }
}

/// "As many as people like", a number, "as often as the answer to … says", or an expression.
#[component]
pub fn CountField(
    /// The draft.
    desk: Desk,
    /// Which repeat.
    path: Path,
    /// The expression.
    value: RwSignal<String>,
    /// The form's faults.
    #[prop(into)]
    faults: Signal<Vec<Fault>>,
) -> View {
    const FIXED: &str = "#";
    let own = path.clone();
    let options = Signal::derive(move || {
        desk.draft.with(|draft| {
            let name = |(path, title): (Path, String)| {
                let words = tf(key::STAFF_MAKE_COUNT_BY, &[("title", &title)]);
                Some((format!("${{{}}}", path.name()?), words))
            };
            let by = earlier(draft, &own, &["integer", "calculate"]).into_iter();
            let opt = |name: &str, words: Key| (name.to_owned(), t(words));
            [opt("", key::STAFF_MAKE_COUNT_ANY), opt(FIXED, key::STAFF_MAKE_COUNT_FIXED)]
                .into_iter()
                .chain(by.filter_map(name))
                .chain([opt(BY_HAND, key::STAFF_MAKE_FILTER_HAND)])
                .collect::<Vec<Opt>>()
        })
    });
    let read = move || {
        let now = value.get();
        let now = now.trim();
        if now.is_empty() || options.with(|all| all.iter().any(|(name, _)| name == now)) {
            now.to_owned()
        } else if now.parse::<u32>().is_ok() {
            FIXED.to_owned()
        } else {
            BY_HAND.to_owned()
        }
    };
    let chosen = RwSignal::new(untrack(read));
    let by_hand = ByHand::new(chosen, value);
    let own = path.clone();
    let pick = move |name: String| {
        by_hand.keep();
        let written = match name.as_str() {
            FIXED => String::from("1"),
            BY_HAND => by_hand.back(),
            name => name.to_owned(),
        };
        chosen.set(name);
        value.set(written.clone());
        let _ = desk.change(|draft| {
            draft.set(&own, "repeat_count", (!written.is_empty()).then(|| json!(written)))
        });
    };
    view! {
        <Select
            id="count"
            label=label(key::STAFF_MAKE_COUNT)
            options
            value=chosen
            on_change=pick
        />
        {move || {
            let path = path.clone();
            match chosen.get().as_str() {
                FIXED => view! {
                    <TextField
                        id="repeat_count"
                        label=label(key::STAFF_MAKE_COUNT_FIXED)
                        value
                        on_input=move |text| value.set(text)
                        faults
                        inputmode="numeric"
                        width="govuk-input--width-10"
                    />
                },
                BY_HAND => view! {
                    <ExpressionField
                        desk
                        path
                        id="repeat_count"
                        label=label(key::STAFF_MAKE_EXPRESSION)
                        hint=label(key::STAFF_MAKE_EXPRESSION_HINT)
                        value
                        on_input=move |text| value.set(text)
                        faults
                    />
                },
                _ => View::of(()),
            }
        }}
    }
}
