//! References of expressions and texts to questions: `${name}`.

use serde_json::Value;

use super::{Draft, Entry, OWN, Path, is_answered};

/// What a reference to the answer of an earlier filling begins with (ODK: `${last-saved#name}`).
const LAST_SAVED: &str = "last-saved#";

/// The parts of a text: what stands between references, and the names of those.
pub(super) fn parts(text: &str) -> Vec<(&str, Option<&str>)> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        let Some((inside, following)) = after.split_once('}') else { break };
        found.push((before, Some(inside)));
        rest = following;
    }
    found.push((rest, None));
    found
}

/// The name in a reference, of which `inside` stands between its brackets.
pub(super) fn referred_name(inside: &str) -> &str {
    let name = inside.trim();
    name.strip_prefix(LAST_SAVED).unwrap_or(name)
}

/// The names that a text refers to, each as often as it stands there.
pub(super) fn references(text: &str) -> impl Iterator<Item = &str> {
    parts(text).into_iter().filter_map(|(_, inside)| inside.map(referred_name))
}

impl Draft {
    /// What an expression refers to: the items that are there, each once, and the names that lead nowhere.
    pub fn referred(&self, expression: &str) -> (Vec<Path>, Vec<String>) {
        let (mut there, mut nowhere) = (Vec::new(), Vec::new());
        for name in references(expression).filter(|name| *name != OWN) {
            match self.find(name) {
                Some(path) if there.contains(&path) => {}
                Some(path) => there.push(path),
                None if nowhere.iter().any(|known| known == name) => {}
                None => nowhere.push(name.to_owned()),
            }
        }
        (there, nowhere)
    }
}

/// What the name of a row begins with that gives its choices' words to the rows below, as pyxform makes it of `table-list`.
const LABELS: &str = "reserved_name_for_field_list_labels";

impl Draft {
    /// Whether an item only shows the words of choices over the questions below it.
    pub fn is_row_of_labels(&self, path: &Path) -> bool {
        self.field(path, "appearance") == "label"
            && path.name().is_some_and(|name| name.starts_with(LABELS))
    }

    /// The items whose condition needs the answer to a question that is asked after them, each with that question: when people
    /// come to them that answer is empty.
    pub fn asked_too_early(&self) -> Vec<(Path, Path)> {
        let entries = self.entries();
        let place = |path: &Path| entries.iter().position(|entry| entry.path == *path);
        let early = |(at, entry): (usize, &Entry)| {
            let (needed, _) = self.referred(self.field(&entry.path, "relevant"));
            let later = needed.into_iter().find(|path| {
                is_answered(self.field(path, "type")) && place(path).is_some_and(|it| it > at)
            })?;
            Some((entry.path.clone(), later))
        };
        entries.iter().enumerate().filter_map(early).collect()
    }
}

/// The text with each reference to `old` made one to `new`.
pub(super) fn renamed(text: &str, old: &str, new: &str) -> String {
    let mut written = String::new();
    for (before, inside) in parts(text) {
        written.push_str(before);
        let Some(inside) = inside else { continue };
        let name = inside.trim();
        let (kind, name) = match name.strip_prefix(LAST_SAVED) {
            Some(name) => (LAST_SAVED, name),
            None => ("", name),
        };
        if name == old {
            written.push_str(&format!("${{{kind}{new}}}"));
        } else {
            written.push_str(&format!("${{{inside}}}"));
        }
    }
    written
}

/// The text with each reference to one of these names as `${}`.
pub(super) fn blanked(text: &str, is_one: impl Fn(&str) -> bool) -> String {
    let mut written = String::new();
    for (before, inside) in parts(text) {
        written.push_str(before);
        match inside {
            Some(inside) if is_one(inside.trim()) => written.push_str("${}"),
            Some(inside) => written.push_str(&format!("${{{inside}}}")),
            None => {}
        }
    }
    written
}

/// Every text in a value, however deep.
pub(super) fn texts<'a>(value: &'a Value, visit: &mut impl FnMut(&'a str)) {
    match value {
        Value::String(text) => visit(text),
        Value::Array(values) => values.iter().for_each(|value| texts(value, visit)),
        Value::Object(fields) => {
            fields.values().for_each(|value| texts(value, visit));
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Renames every reference in a value, the items of groups included.
pub(super) fn rename(value: &mut Value, old: &str, new: &str) {
    match value {
        Value::String(text) => {
            if references(text).any(|name| name == old) {
                *text = renamed(text, old, new);
            }
        }
        Value::Array(values) => values.iter_mut().for_each(|value| rename(value, old, new)),
        Value::Object(fields) => fields.values_mut().for_each(|value| rename(value, old, new)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_found_and_renamed_wherever_they_stand() {
        let text = "${a} + ${ b }, '${a}' ${last-saved#a} ${ab} $a {a} ${a";
        assert_eq!(references(text).collect::<Vec<_>>(), ["a", "b", "a", "a", "ab"]);
        assert_eq!(
            renamed(text, "a", "age"),
            "${age} + ${ b }, '${age}' ${last-saved#age} ${ab} $a {a} ${a"
        );
    }
}
