//! A survey while staff write it: the definition as JSON, changed by commands that leave it whole.
//!
//! What a command does not touch stays as it came, fields of later programs included. Whatever the commands, names
//! are unique, every `${name}` leads to a question, every question of choices has its list, and no list is left over
//! by a command: a command that would break this is refused, and says why. Whether the survey can be published is
//! another question, which [`crate::Definition::read`] answers.

mod calculation;
mod change;
mod choices;
mod condition;
mod doubt;
mod files;
mod literal;
mod path;
mod reference;
mod tables;
mod tree;
mod words;

use serde_json::{Map, Value, json};

pub use calculation::{Calculation, Make};
pub use change::{Change, changes};
pub use choices::Renamed;
pub use condition::{Comparison, Condition, Join, Literal, OWN, Test};
pub use doubt::{Doubt, Doubted, doubts};
pub use path::Path;
pub use tables::{AbsentColumn, COLUMNS, TableShape, absent_columns};
pub use tree::Entry;
pub use words::{Place, Words};

/// The fields of an item that are expressions.
const EXPRESSIONS: [&str; 8] = [
    "relevant",
    "required",
    "read_only",
    "constraint",
    "calculation",
    "default",
    "choice_filter",
    "repeat_count",
];

/// The fields of an item or of the form.
type Fields = Map<String, Value>;

/// A survey while it is written.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    form: Fields,
}

/// Why a command was not carried out. Nothing has changed then.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// There is no such item, list, choice or language.
    #[error("There is no \"{0}\".")]
    Missing(String),
    /// Another item or language is called so.
    #[error("\"{0}\" is taken. Choose another name.")]
    Taken(String),
    /// No name for a question.
    #[error("Start a name with a letter and use letters, digits, hyphen, underscore.")]
    BadName,
    /// No name for a choice.
    #[error("Store a choice without spaces and quotation marks.")]
    BadChoice,
    /// Others depend on the answer.
    #[error("\"{name}\" is used by others. Change those first.")]
    InUse {
        /// What is used.
        name: String,
        /// By which items.
        by: Vec<Path>,
    },
    /// A reference leads nowhere.
    #[error("There is no question \"{0}\".")]
    Unknown(String),
    /// A group in itself, the form as a question, a group as a question.
    #[error("That does not go together.")]
    Senseless,
}

impl Draft {
    /// A survey without questions in one language.
    pub fn new(language: &str) -> Self {
        let mut form = Fields::new();
        form.insert("languages".to_owned(), json!([language]));
        form.insert("items".to_owned(), json!([]));
        Self { form }
    }

    /// Takes a definition, as published or as half written. Choices that stand at their question become a list of
    /// their own; an item without a good name gets one. `None` if it is no form at all.
    pub fn read(definition: &Value) -> Option<Self> {
        let mut form = definition.as_object()?.clone();
        let languages = form.get("languages").and_then(Value::as_array);
        if languages.is_none_or(|tags| tags.is_empty() || !tags.iter().all(Value::is_string)) {
            form.insert("languages".to_owned(), json!([model::text::FALLBACK]));
        }
        form.entry("items").or_insert_with(|| json!([]));
        let mut draft = Self { form };
        let items = draft.form.get_mut("items").map(Value::take)?;
        let items = draft.taken_in(items)?;
        draft.form.insert("items".to_owned(), items);
        Some(draft)
    }

    /// The items of a group as they are taken in.
    fn taken_in(&mut self, items: Value) -> Option<Value> {
        let Value::Array(items) = items else { return None };
        let mut names: Vec<String> = Vec::new();
        let mut taken = Vec::with_capacity(items.len());
        for item in items {
            let Value::Object(mut fields) = item else { return None };
            let kind = fields.get("type").and_then(Value::as_str).unwrap_or_default().to_owned();
            let name = fields.get("name").and_then(Value::as_str).unwrap_or_default();
            let name = match is_name(name) && !names.iter().any(|known| known == name) {
                true => name.to_owned(),
                false => unique(if name.is_empty() { &kind } else { name }, &|name| {
                    names.iter().any(|known| known == name)
                }),
            };
            fields.insert("name".to_owned(), Value::String(name.clone()));
            names.push(name.clone());
            if is_group(&kind) {
                let inner = fields.get_mut("items").map_or_else(|| json!([]), Value::take);
                let inner = self.taken_in(inner)?;
                fields.insert("items".to_owned(), inner);
            } else {
                fields.remove("items");
            }
            let inline = fields.remove("choices");
            if takes_choices(&kind) && !fields.contains_key("file") {
                self.settle_list(&mut fields, &name, inline);
            }
            taken.push(Value::Object(fields));
        }
        Some(Value::Array(taken))
    }

    /// The definition as it stands.
    pub fn definition(&self) -> Value {
        Value::Object(self.form.clone())
    }

    /// See [`doubts`].
    pub fn doubts(&self) -> Vec<Doubt> {
        doubts(&self.form)
    }

    /// Makes a copy another form: ODK's tools would take it for another version of the first, by the `form_id` that it came in with
    /// (XLSForm, settings).
    pub fn forget_identity(&mut self) {
        if let Some(settings) = self.form.get_mut("settings").and_then(Value::as_object_mut) {
            settings.remove("form_id");
            settings.remove("version");
            if settings.is_empty() {
                self.form.remove("settings");
            }
        }
    }

    /// The languages' tags, the form's own first; there is always one.
    pub fn languages(&self) -> Vec<&str> {
        let tags = self.form.get("languages").and_then(Value::as_array);
        tags.into_iter().flatten().filter_map(Value::as_str).collect()
    }

    /// The form's own language.
    pub fn language(&self) -> &str {
        self.languages().first().copied().unwrap_or(model::text::FALLBACK)
    }

    /// A language more, by its tag.
    ///
    /// # Errors
    /// [`Refusal::Taken`] if it is there, [`Refusal::Missing`] if the tag is none.
    pub fn add_language(&mut self, tag: &str) -> Result<(), Refusal> {
        if self.languages().contains(&tag) {
            return Err(Refusal::Taken(tag.to_owned()));
        }
        let good = !tag.is_empty() && tag.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
        if !good {
            return Err(Refusal::Missing(tag.to_owned()));
        }
        if let Some(tags) = self.form.get_mut("languages").and_then(Value::as_array_mut) {
            tags.push(Value::String(tag.to_owned()));
        }
        Ok(())
    }

    /// Takes a language away with all its words.
    ///
    /// # Errors
    /// [`Refusal::Missing`] if it is not there, [`Refusal::Senseless`] for the form's own.
    pub fn remove_language(&mut self, tag: &str) -> Result<(), Refusal> {
        if self.language() == tag {
            return Err(Refusal::Senseless);
        }
        if !self.languages().contains(&tag) {
            return Err(Refusal::Missing(tag.to_owned()));
        }
        for words in self.words() {
            self.write(&words.place, &words.field, tag, "");
        }
        if let Some(tags) = self.form.get_mut("languages").and_then(Value::as_array_mut) {
            tags.retain(|known| known != tag);
        }
        Ok(())
    }
}

/// Whether items of this type hold others.
pub fn is_group(kind: &str) -> bool {
    matches!(kind, "group" | "repeat")
}

/// Whether questions of this type are answered by choices.
pub fn takes_choices(kind: &str) -> bool {
    matches!(kind, "select_one" | "select_multiple" | "rank")
}

/// Whether a person answers items of this type.
pub fn is_answered(kind: &str) -> bool {
    const UNANSWERED: [&str; 15] = [
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
    !UNANSWERED.contains(&kind)
}

/// Whether a text can name an item.
fn is_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || "_-.".contains(c))
        && name.len() <= model::limits::LINE_CHARS
}

/// Characters of a name that is made of words.
const NAME_CHARS: usize = 32;

/// A name of the words' letters that is not taken: `How old are you?` → `how_old_are_you`.
fn unique(words: &str, taken: &dyn Fn(&str) -> bool) -> String {
    let mut name = String::new();
    for character in words.to_lowercase().chars() {
        if character.is_ascii_alphanumeric() {
            name.push(character);
        } else if !matches!(character, '\'' | '’') && !name.is_empty() && !name.ends_with('_') {
            name.push('_');
        }
        if name.len() >= NAME_CHARS {
            break;
        }
    }
    let name = name.trim_end_matches('_');
    let name = match name.chars().next() {
        None => "question".to_owned(),
        Some(first) if first.is_ascii_digit() => format!("n{name}"),
        Some(_) => name.to_owned(),
    };
    let mut numbered = (2..).map(|number: u32| format!("{name}_{number}"));
    let free = Some(name.clone()).filter(|name| !taken(name));
    free.or_else(|| numbered.find(|name| !taken(name))).unwrap_or(name)
}

#[cfg(test)]
mod tests;
