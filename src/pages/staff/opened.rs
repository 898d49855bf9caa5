//! A record as an editor opened it, and what they changed since.

use model::{Key, wire::Edit};
use serde::Serialize;
use serde_json::{Map, Value};

/// The fields of a record as they are stored.
pub type Fields = Map<String, Value>;

/// The record as it was when its form was opened.
#[derive(Debug, Clone, Default)]
pub struct Opened {
    /// None for a record that does not exist yet.
    pub id: Option<Key>,
    /// Its revision then; 0 for a new one.
    pub rev: u64,
    /// Its content then.
    pub fields: Fields,
    /// The last edit that got no answer. The same content goes out under the same number
    /// again, so that the server carries it out once.
    pub unanswered: Option<Edit>,
}

impl Opened {
    /// A record, or the blank one with `id` and `rev` empty.
    pub fn new(id: Option<Key>, rev: u64, record: &impl Serialize) -> Self {
        Self { id, rev, fields: fields_of(record), unanswered: None }
    }
}

/// The fields of a record as they are stored.
pub fn fields_of(record: &impl Serialize) -> Fields {
    match serde_json::to_value(record) {
        Ok(Value::Object(fields)) => fields,
        _ => Fields::new(),
    }
}

/// What turns `old` into `new`: the fields that differ, `null` for one that is gone.
pub fn difference(old: &Fields, new: &Fields) -> Fields {
    let changed = new.iter().filter(|(name, value)| old.get(*name) != Some(value));
    let gone = old.keys().filter(|name| !new.contains_key(*name));
    changed
        .map(|(name, value)| (name.clone(), value.clone()))
        .chain(gone.map(|name| (name.clone(), Value::Null)))
        .collect()
}

/// Characters of a title that stand in an address, at most.
const SLUG_CHARS: usize = 50;

/// A title as a part of an address: `Knit & Natter` → `knit-natter`.
pub fn slug(title: &str) -> String {
    let mut slug = String::new();
    for character in title.to_lowercase().chars() {
        if character.is_ascii_alphanumeric() {
            slug.push(character);
        } else if !matches!(character, '\'' | '’') && !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    slug.truncate(SLUG_CHARS);
    slug.trim_end_matches('-').to_owned()
}

#[cfg(test)]
mod tests {
    // They run where the program runs: in a browser.
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;
    use serde_json::json;

    fn fields(value: Value) -> Fields {
        value.as_object().unwrap().clone()
    }

    #[test]
    fn only_what_differs_is_sent() {
        let old = fields(json!({"title": {"en": "A", "ro": "B"}, "cost": "free", "email": "x"}));
        let new = fields(json!({"title": {"en": "C", "ro": "B"}, "cost": "free", "checked": "d"}));
        assert_eq!(
            difference(&old, &new),
            fields(json!({"title": {"en": "C", "ro": "B"}, "email": null, "checked": "d"}))
        );
        assert_eq!(difference(&old, &old), Fields::new());
    }

    #[test]
    fn a_title_becomes_an_address() {
        for (title, expected) in [
            ("Knit & Natter", "knit-natter"),
            ("  Women's Day, 2027! ", "womens-day-2027"),
            ("Żółw", "w"),
            ("会", ""),
        ] {
            assert_eq!(slug(title), expected, "{title}");
        }
        assert!(slug(&"long word ".repeat(20)).len() <= SLUG_CHARS);
    }
}
