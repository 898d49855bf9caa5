//! Reading a definition from its JSON form, with or without saying what is wrong with it.

mod choices;
mod field;
mod initial;
mod item;

use std::sync::Arc;

use model::{
    Named, Problem, ProblemCode,
    limits::{FILES_CHARS, JSON_DEPTH, LANGUAGES},
};
use serde_json::{Map, Value};

pub use self::initial::is_computed_default;
use self::{field::too_long, item::name_paths};

use crate::{
    Choice, Choices, Condition, Definition, Initial, Item, Kind, Table,
    graph::Graph,
    reference::{Piped, unresolved},
};

/// Groups in groups: each level is two of [`JSON_DEPTH`], and half of it is left for what stands
/// around the definition.
const GROUP_DEPTH: usize = JSON_DEPTH / 4;

impl Definition {
    /// Reads and checks a definition.
    ///
    /// # Errors
    /// Everything that is wrong, each with a pointer to its item.
    pub fn read(value: &Value) -> Result<Self, Vec<Problem>> {
        let mut reader = Reader::<true>::default();
        let definition = reader.definition(value);
        definition.filter(|_| reader.problems.is_empty()).ok_or(reader.problems)
    }

    /// Reads a definition that the server has checked and published. It leaves out the checks and their words, which
    /// every tablet would have to load; `None` if it has a form that this app does not know.
    pub fn read_published(value: &Value) -> Option<Self> {
        Reader::<false>::default().definition(value)
    }
}

/// What has come while a definition is read: `CHECKED` says whether anybody wants to know what is wrong.
#[derive(Default)]
struct Reader<const CHECKED: bool> {
    items: Vec<Item>,
    /// Of each item, where it stands.
    pointers: Vec<String>,
    /// Of each item, the names in its `trigger`.
    triggers: Vec<(usize, Vec<String>)>,
    /// Of items whose choices come from a repeat, the question there.
    from_repeat: Vec<(usize, String)>,
    lists: Named<Arc<[Choice]>>,
    tables: Named<Table>,
    problems: Vec<Problem>,
}

/// An object of the definition and where it stands.
#[derive(Clone, Copy)]
struct Place<'a> {
    fields: &'a Map<String, Value>,
    pointer: &'a str,
}

/// The expression cannot be read, and nobody wants to know why.
struct Unreadable;

impl<const CHECKED: bool> Reader<CHECKED> {
    fn add(&mut self, pointer: &str, name: &str, code: ProblemCode, detail: impl Into<String>) {
        if CHECKED {
            self.problems.push(Problem::new(format!("{pointer}{name}"), code, detail));
        }
    }

    fn definition(&mut self, value: &Value) -> Option<Definition> {
        let Some(fields) = value.as_object() else {
            self.add("", "", ProblemCode::Malformed, "A definition is an object.");
            return None;
        };
        let place = Place { fields, pointer: "" };
        let languages = self.list(place, "languages");
        let languages: Vec<_> =
            languages.iter().filter_map(|tag| tag.as_str().map(str::to_owned)).collect();
        if CHECKED && (languages.len() > LANGUAGES || languages.iter().any(|tag| too_long(tag))) {
            let detail = format!("Name at most {LANGUAGES} languages, each by its short tag.");
            self.add("", "/languages", ProblemCode::TooMany, detail);
        }
        if CHECKED && languages.is_empty() {
            self.add("", "/languages", ProblemCode::Required, "Name at least one language.");
        }
        if CHECKED && !fields.contains_key("items") {
            self.add("", "/items", ProblemCode::Required, "Give the questions.");
        }
        self.read_tables(place);
        self.read_lists(place);
        let files = self.read_files(place);
        let language_names = self.strings(place, "language_names");
        let settings = self.strings(place, "settings");
        let title = self.text(place, "title");
        self.read_items(place, None, 1).ok()?;
        name_paths(&mut self.items);
        let mut definition = Definition {
            languages,
            language_names,
            title,
            settings,
            items: std::mem::take(&mut self.items),
            lists: std::mem::take(&mut self.lists),
            tables: std::mem::take(&mut self.tables),
            files,
            graph: Graph::default(),
        };
        self.resolve(&mut definition)?;
        let mut told = Vec::new();
        definition.connect(CHECKED.then_some(&mut told));
        if CHECKED {
            self.resolved(&definition);
            let pointers = &self.pointers;
            let located = |(item, problem): (usize, Problem)| problem.under(&pointers[item]);
            self.problems.extend(told.into_iter().map(located));
        }
        Some(definition)
    }

    /// Finds the items that triggers and lists from repeats name.
    fn resolve(&mut self, definition: &mut Definition) -> Option<()> {
        // The names must be in order before one is looked for.
        definition.sort_names();
        for (item, names) in std::mem::take(&mut self.triggers) {
            for name in names {
                match definition.named(&name, item)[..] {
                    [trigger] => definition.items[item].triggers.push(trigger),
                    _ => {
                        let pointer = self.pointer_of(item);
                        self.add(&pointer, "/trigger", ProblemCode::Unknown, no_question(&name));
                    }
                }
            }
        }
        for (item, name) in std::mem::take(&mut self.from_repeat) {
            let found = definition.named(&name, item);
            let inside = |other: &usize| definition.items[*other].repeat.is_some();
            let question = found.first().copied().filter(inside);
            if question.is_none() {
                let pointer = self.pointer_of(item);
                let detail = format!("No question \"{name}\" stands in a repeat.");
                self.add(&pointer, "/list", ProblemCode::Unknown, detail);
                if !CHECKED {
                    return None;
                }
            }
            let choices = Choices::Repeat(question.unwrap_or(item));
            let kind = &mut definition.items[item].kind;
            *kind = match kind {
                Kind::SelectMultiple(_) => Kind::SelectMultiple(choices),
                Kind::Rank(_) => Kind::Rank(choices),
                _ => Kind::SelectOne(choices),
            };
        }
        Some(())
    }

    fn pointer_of(&self, item: usize) -> String {
        self.pointers.get(item).cloned().unwrap_or_default()
    }

    /// Says which names of expressions and labels mean nothing, or more than one thing.
    fn resolved(&mut self, definition: &Definition) {
        for (at, item) in definition.items.iter().enumerate() {
            let condition = |condition: &'_ Condition| match condition {
                Condition::When(expression) => Some(expression.clone()),
                _ => None,
            };
            let computed = match &item.default {
                Some(Initial::Computed(expression)) => Some(expression.clone()),
                _ => None,
            };
            let own = [
                ("relevant", item.relevant.clone()),
                ("constraint", item.constraint.clone()),
                ("calculation", item.calculation.clone()),
                ("choice_filter", item.choice_filter.clone()),
                ("repeat_count", item.repeat_count.clone()),
                ("required", condition(&item.required)),
                ("read_only", condition(&item.read_only)),
                ("default", computed),
            ];
            let pointer = self.pointer_of(at);
            for (field, expression) in own {
                let Some(expression) = expression else { continue };
                for detail in unresolved(definition, &expression, at) {
                    self.add(&pointer, &format!("/{field}"), ProblemCode::Unknown, detail);
                }
            }
            for (field, text) in [("label", &item.label), ("hint", &item.hint)] {
                for (language, words) in text.iter() {
                    for name in Piped::names(words) {
                        if definition.named(name, at).is_empty() {
                            let field = format!("/{field}/{language}");
                            self.add(&pointer, &field, ProblemCode::Unknown, no_question(name));
                        }
                    }
                }
            }
        }
    }

    fn read_files(&mut self, place: Place<'_>) -> Named<Arc<str>> {
        let mut files = Named::default();
        let mut room = FILES_CHARS;
        for (name, value) in self.object(place, "files").into_iter().flatten() {
            let pointer = &format!("/files/{name}");
            let address = value.as_str().filter(|it| is_shown(it));
            let Some(address) = address else {
                let detail = "Give a picture, a sound or a film as a data: address in base64.";
                self.add(pointer, "", ProblemCode::Malformed, detail);
                continue;
            };
            let left = room.checked_sub(address.len());
            if CHECKED && left.is_none() {
                let detail = format!(
                    "All files together have at most {} KB. Leave this one out.",
                    FILES_CHARS / 1_024
                );
                self.add(pointer, "", ProblemCode::TooLong, detail);
            }
            room = left.unwrap_or(0);
            files.set(name.clone(), Arc::from(address));
        }
        files
    }
}

/// Whether an address holds something that a page may show beside a question, and nothing that it loads or runs.
fn is_shown(address: &str) -> bool {
    let media = ["data:image/", "data:audio/", "data:video/"];
    let base64 = |(head, data): (&str, &str)| {
        let known = |byte: u8| byte.is_ascii_alphanumeric() || b"+/=".contains(&byte);
        head.ends_with(";base64") && data.bytes().all(known)
    };
    media.iter().any(|kind| address.starts_with(kind))
        && address.split_once(',').is_some_and(base64)
}

fn no_question(name: &str) -> String {
    format!("There is no question \"{name}\".")
}
