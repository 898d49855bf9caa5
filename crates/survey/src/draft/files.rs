//! The pictures, sounds and films of a form: which ones it names, and which ones it has.

use serde_json::{Map, Value};

use super::Draft;

impl Draft {
    /// The files that the form shows beside questions and choices, each once, in the order of their names, and whether
    /// it has them.
    pub fn files(&self) -> Vec<(String, bool)> {
        let mut names = Vec::new();
        named(&Value::Object(self.form.clone()), &mut names);
        names.sort();
        names.dedup();
        let has = |name: &String| {
            self.form.get("files").and_then(|files| files.get(name)).is_some_and(Value::is_string)
        };
        names.into_iter().map(|name| (name.clone(), has(&name))).collect()
    }

    /// Whether the form has something beside it: tables to pick from or to look things up in, pictures, sounds, films.
    pub fn has_files(&self) -> bool {
        let some = |part: &str| {
            self.form.get(part).and_then(Value::as_object).is_some_and(|it| !it.is_empty())
        };
        some("tables") || some("files")
    }

    /// Gives the form a file as a `data:` address. Whether all of them fit is said when the definition is read.
    pub fn attach(&mut self, name: &str, address: String) {
        let files = self.form.entry("files").or_insert_with(|| Value::Object(Map::new()));
        if let Some(files) = files.as_object_mut() {
            files.insert(name.to_owned(), Value::String(address));
        }
    }

    /// Takes a file away.
    pub fn detach(&mut self, name: &str) {
        if let Some(files) = self.form.get_mut("files").and_then(Value::as_object_mut) {
            files.remove(name);
        }
    }
}

/// The names in the media columns of items and choices, in every language.
fn named(value: &Value, names: &mut Vec<String>) {
    match value {
        Value::Array(values) => values.iter().for_each(|value| named(value, names)),
        Value::Object(fields) => {
            for (field, value) in fields {
                match (field.as_str(), value) {
                    ("files" | "tables" | "columns", _) => {}
                    ("image" | "audio" | "video", Value::Object(by_language)) => {
                        let files = by_language.values().filter_map(Value::as_str);
                        names.extend(files.filter(|name| !name.is_empty()).map(str::to_owned));
                    }
                    _ => named(value, names),
                }
            }
        }
        _ => {}
    }
}
