//! What a form is, in figures: for whoever looks before importing.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::{Map, Value};

/// A form in figures.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct About {
    /// The title in the form's own language; empty if it has none.
    pub title: String,
    /// Tags, the form's own first.
    pub languages: Vec<String>,
    /// How many items there are of each type, groups and repeats among them.
    pub types: BTreeMap<String, usize>,
    /// Lists of choices.
    pub lists: usize,
    /// Choices in all lists.
    pub choices: usize,
    /// What of XLSForm the form uses, by its columns' names, and appearances.
    pub uses: BTreeSet<String>,
}

/// Columns worth telling about.
const USES: [&str; 14] = [
    "relevant",
    "required",
    "constraint",
    "calculation",
    "default",
    "trigger",
    "choice_filter",
    "repeat_count",
    "read_only",
    "hint",
    "guidance_hint",
    "image",
    "audio",
    "video",
];

impl About {
    /// Looks through a definition.
    pub fn of(definition: &Value) -> Self {
        let mut about = Self::default();
        let tags = definition.get("languages").and_then(Value::as_array).into_iter().flatten();
        about.languages = tags.filter_map(Value::as_str).map(str::to_owned).collect();
        let own = about.languages.first().map(String::as_str).unwrap_or_default();
        let title = definition.get("title").and_then(|title| title.get(own));
        about.title = title.and_then(Value::as_str).unwrap_or_default().to_owned();
        let lists = definition.get("lists").and_then(Value::as_object).into_iter().flatten();
        for (_, choices) in lists {
            about.lists += 1;
            about.choices += choices.as_array().map_or(0, Vec::len);
        }
        about.items(definition.get("items"));
        about
    }

    fn items(&mut self, items: Option<&Value>) {
        let items = items.and_then(Value::as_array).into_iter().flatten();
        for item in items.filter_map(Value::as_object) {
            self.item(item);
            self.items(item.get("items"));
        }
    }

    fn item(&mut self, item: &Map<String, Value>) {
        let words = |key: &str| item.get(key).and_then(Value::as_str).unwrap_or_default();
        *self.types.entry(words("type").to_owned()).or_default() += 1;
        for key in USES {
            let set = item.get(key).is_some_and(|value| *value != Value::Bool(false));
            if set {
                self.uses.insert(key.to_owned());
            }
        }
        let appearance = words("appearance").split_whitespace();
        self.uses.extend(appearance.take(8).map(|word| format!("appearance {word}")));
        if item.get("parameters").is_some_and(|all| all.get("randomize").is_some()) {
            self.uses.insert("randomize".to_owned());
        }
        if item.contains_key("file") {
            self.uses.insert("choices from a file".to_owned());
        }
        if ["relevant", "calculation", "constraint", "default"]
            .iter()
            .any(|key| words(key).contains("pulldata("))
        {
            self.uses.insert("pulldata".to_owned());
        }
    }

    /// Questions: items that are no groups, repeats or notes, nor made by the program.
    pub fn questions(&self) -> usize {
        let no_question = [
            "group",
            "repeat",
            "note",
            "calculate",
            "hidden",
            "start",
            "end",
            "today",
            "deviceid",
            "username",
            "email",
            "phonenumber",
            "audit",
            "start-geopoint",
            "background-audio",
        ];
        let questions = self.types.iter().filter(|(kind, _)| !no_question.contains(&kind.as_str()));
        questions.map(|(_, many)| many).sum()
    }
}
