//! A field for the English words of a text; its other languages stay as they are.

use crate::view::{View, view};
use leptos::prelude::*;
use model::{Text, text::FALLBACK};

use super::values::language_name;
use crate::{
    components::field::{Fault, TextArea, TextField},
    locale::{Key, key, t, tf},
};

/// The text with other words in English. Without words the language is taken out.
pub fn with_english(text: &Text, words: &str) -> Text {
    let mut text = text.clone();
    let words = words.trim();
    if words.is_empty() {
        text.remove(FALLBACK);
    } else if text.own(FALLBACK).is_none_or(|known| known.trim() != words) {
        text.set(FALLBACK.to_owned(), words.to_owned());
    }
    text
}

/// The English words, to put into a field. Nothing where there are only others.
pub fn english(text: &Text) -> String {
    text.own(FALLBACK).unwrap_or_default().to_owned()
}

/// The field.
#[component]
pub fn WordsField(
    /// Unique on the page.
    id: &'static str,
    /// What is asked.
    label: Key,
    /// Help, if needed.
    #[prop(optional)]
    hint: Option<Key>,
    /// The words.
    value: RwSignal<String>,
    /// The text as it was opened, for the languages it also has.
    original: Text,
    /// The form's faults.
    #[prop(into)]
    faults: Signal<Vec<Fault>>,
    /// Lines; 1 gives a field of one line.
    #[prop(default = 1)]
    rows: u32,
) -> View {
    let others: Vec<String> =
        original.iter().map(|(tag, _)| tag.to_owned()).filter(|tag| tag != FALLBACK).collect();
    let hint = Signal::derive(move || {
        let mut lines: Vec<String> = hint.map(t).into_iter().collect();
        if !others.is_empty() {
            let names: Vec<_> = others.iter().map(|tag| language_name(tag)).collect();
            lines.push(tf(key::STAFF_TRANSLATED, &[("languages", &names.join(", "))]));
        }
        lines.join(" ")
    });
    let label = crate::locale::label(label);
    let on_input = move |text: String| value.set(text);
    if rows > 1 {
        view! { <TextArea id label hint value on_input faults rows/> }
    } else {
        view! { <TextField id label hint value on_input faults/> }
    }
}

#[cfg(test)]
mod tests {
    // They run where the program runs: in a browser.
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    #[test]
    fn other_languages_stay() {
        let text = Text::from_iter([("en", "Club"), ("ro", "Club RO")]);
        assert_eq!(with_english(&text, " Club "), text);
        let renamed = with_english(&text, "Society");
        assert_eq!((renamed.get("en"), renamed.get("ro")), ("Society", "Club RO"));
        assert_eq!(with_english(&Text::english("Club"), " "), Text::default());
    }
}
