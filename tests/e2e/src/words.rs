//! The app's own words, from its locale file: tests look for what people read.

use std::{collections::BTreeMap, sync::LazyLock};

static WORDS: LazyLock<BTreeMap<String, String>> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../../../locales/en.json")).unwrap_or_default()
});

/// The English text of a key.
///
/// # Panics
/// If the locale file has no such key: the test is older than the words.
pub fn t(key: &str) -> &'static str {
    match WORDS.get(key) {
        Some(words) => words,
        None => panic!("locales/en.json has no {key}"),
    }
}

/// The English text of a key with `{name}` replaced.
///
/// # Panics
/// As [`t`].
pub fn fill(key: &str, values: &[(&str, &str)]) -> String {
    values
        .iter()
        .fold(t(key).to_owned(), |text, (name, value)| text.replace(&format!("{{{name}}}"), value))
}
