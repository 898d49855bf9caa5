//! What a survey asks: the definition inside a published version, read and checked.

use model::{
    Problem, ProblemCode, Text,
    limits::{CHOICES, JSON_DEPTH, LANGUAGES, LINE_CHARS, QUESTIONS},
};
use serde::Deserialize as _;
use serde_json::{Map, Value};

use crate::Expression;

/// A survey's questions.
#[derive(Debug, Clone, PartialEq)]
pub struct Definition {
    /// The languages it is written in, BCP 47, the first one is its own.
    pub languages: Vec<String>,
    /// What it asks, in order.
    pub items: Vec<Item>,
}

/// A question or a group of items. Repeats will be a third kind.
#[derive(Debug, Clone, PartialEq)]
pub enum Item {
    /// One question, or a note to read.
    Question(Question),
    /// Items that belong together and share a condition.
    Group(Group),
}

/// Items under one condition.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// Unique in the definition.
    pub name: String,
    /// A heading over its questions.
    pub label: Text,
    /// When its items are asked.
    pub relevant: Option<Expression>,
    /// What it holds.
    pub items: Vec<Item>,
}

/// One question.
#[derive(Debug, Clone, PartialEq)]
pub struct Question {
    /// Unique in the definition; the column in exports.
    pub name: String,
    /// What kind of answer it takes.
    pub kind: Kind,
    /// The question itself.
    pub label: Text,
    /// Help with answering.
    pub hint: Text,
    /// It cannot be skipped.
    pub required: bool,
    /// When it is asked; always, if there is none.
    pub relevant: Option<Expression>,
    /// What a good answer fulfils; `.` is the answer.
    pub constraint: Option<Expression>,
    /// What to say when it does not.
    pub constraint_message: Text,
    /// "Prefer not to say" is offered.
    pub may_decline: bool,
    /// How it looks, in XLSForm's words: `likert`, `multiline` ...
    pub appearance: String,
}

/// The kinds of question, by XLSForm's names.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    /// Text to read; takes no answer.
    Note,
    /// One of the choices.
    SelectOne(Vec<Choice>),
    /// Any of the choices.
    SelectMultiple(Vec<Choice>),
    /// A step on a scale.
    Range(Scale),
    /// A whole number.
    Integer,
    /// A number, perhaps with a fraction.
    Decimal,
    /// Words.
    Text,
    /// A day.
    Date,
}

/// One choice of a select question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// What is stored.
    pub name: String,
    /// What is read.
    pub label: Text,
}

/// The steps of a range question, whole numbers: from `start` to `end`, `step` apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scale {
    /// The first value.
    pub start: i32,
    /// The last value.
    pub end: i32,
    /// The distance, at least 1.
    pub step: i32,
    /// What the first value means.
    pub low: Text,
    /// What the last value means.
    pub high: Text,
}

impl Scale {
    /// Every value of the scale.
    pub fn values(&self) -> impl Iterator<Item = i32> + use<> {
        (self.start..=self.end).step_by(usize::try_from(self.step).unwrap_or(1).max(1))
    }
}

/// Steps on one scale; more cannot be told apart on a screen.
const SCALE_STEPS: i32 = 101;
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

    /// Every question in order, each with the groups around it, outermost first.
    pub fn questions(&self) -> Vec<(Vec<&Group>, &Question)> {
        fn walk<'a>(
            items: &'a [Item],
            around: &mut Vec<&'a Group>,
            found: &mut Vec<(Vec<&'a Group>, &'a Question)>,
        ) {
            for item in items {
                match item {
                    Item::Question(question) => found.push((around.clone(), question)),
                    Item::Group(group) => {
                        around.push(group);
                        walk(&group.items, around, found);
                        around.pop();
                    }
                }
            }
        }
        let mut found = Vec::new();
        walk(&self.items, &mut Vec::new(), &mut found);
        found
    }

    /// The question of that name.
    pub fn question(&self, name: &str) -> Option<&Question> {
        self.questions().into_iter().map(|(_, question)| question).find(|q| q.name == name)
    }
}

fn too_long(name: &str) -> bool {
    name.chars().count() > LINE_CHARS
}

/// What may come beside a value while it is read: `CHECKED` says whether anybody wants to know what is wrong.
#[derive(Default)]
struct Reader<const CHECKED: bool> {
    /// Questions asked before the one at hand: an expression may look back only, so that an
    /// answer never changes what was asked before it, and no cycle can arise.
    asked: Vec<String>,
    names: Vec<String>,
    /// The lists of choices that questions name.
    lists: Map<String, Value>,
    problems: Vec<Problem>,
}

/// An object of the definition and where it stands.
#[derive(Clone, Copy)]
struct Place<'a> {
    fields: &'a Map<String, Value>,
    pointer: &'a str,
}

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
        let lists = fields.get("lists").and_then(Value::as_object);
        self.lists = lists.cloned().unwrap_or_default();
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
        Some(Definition { languages, items: self.items(place, 1)? })
    }

    fn items(&mut self, place: Place<'_>, depth: usize) -> Option<Vec<Item>> {
        if depth > GROUP_DEPTH {
            let detail = "Put groups at most eight levels deep.";
            self.add(place.pointer, "/items", ProblemCode::TooLong, detail);
            return None;
        }
        let mut items = Vec::new();
        for (index, value) in self.list(place, "items").iter().enumerate() {
            let pointer = &format!("{}/items/{index}", place.pointer);
            let item = match value.as_object() {
                Some(fields) => self.item(Place { fields, pointer }, depth),
                None => {
                    self.add(pointer, "", ProblemCode::Malformed, "An item is an object.");
                    None
                }
            };
            // With the problems in the list, reading goes on to find the others.
            if !CHECKED && item.is_none() {
                return None;
            }
            items.extend(item);
        }
        Some(items)
    }

    fn item(&mut self, place: Place<'_>, depth: usize) -> Option<Item> {
        let Place { pointer, .. } = place;
        let name = self.own_name(place);
        if CHECKED {
            if self.names.len() == QUESTIONS {
                let detail =
                    format!("Ask at most {QUESTIONS} questions, notes and groups counted.");
                // Once: the others are not looked at.
                if self.problems.last().is_none_or(|last| last.code != ProblemCode::TooMany) {
                    self.add(pointer, "", ProblemCode::TooMany, detail);
                }
                return None;
            }
            let good_name = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
                && name.chars().all(|c| c.is_ascii_alphanumeric() || "_-.".contains(c));
            if !good_name || too_long(&name) {
                let detail =
                    "Start a name with a letter and use letters, digits, hyphen, underscore.";
                self.add(pointer, "/name", ProblemCode::Malformed, detail);
            }
            if self.names.contains(&name) {
                let detail = format!("\"{name}\" is used twice. Rename one of them.");
                self.add(pointer, "/name", ProblemCode::Duplicate, detail);
            }
            self.names.push(name.clone());
        }
        let label = self.text(place, "label");
        let relevant = self.expression(place, "relevant", None).ok()?;
        let kind = self.words(place, "type");
        if kind == "group" {
            let items = self.items(place, depth + 1)?;
            return Some(Item::Group(Group { name, label, relevant, items }));
        }
        if CHECKED {
            self.problems.extend(label.problems(&format!("{pointer}/label")));
        }
        let constraint = self.expression(place, "constraint", Some(&name)).ok()?;
        let required = self.flag(place, "required");
        let kind = match kind {
            "note" => Kind::Note,
            "select_one" => Kind::SelectOne(self.choices(place)),
            "select_multiple" => Kind::SelectMultiple(self.choices(place)),
            "range" => Kind::Range(self.scale(place)?),
            "integer" => Kind::Integer,
            "decimal" => Kind::Decimal,
            "text" => Kind::Text,
            "date" => Kind::Date,
            other => {
                if CHECKED {
                    let detail =
                        format!("\"{other}\" is not a type of question that surveys know.");
                    self.add(pointer, "/type", ProblemCode::Unknown, detail);
                }
                return None;
            }
        };
        if CHECKED && required && kind == Kind::Note {
            let detail = "A note takes no answer, so it cannot be required.";
            self.add(pointer, "/required", ProblemCode::Conflict, detail);
        }
        if CHECKED {
            self.asked.push(name.clone());
        }
        Some(Item::Question(Question {
            name,
            kind,
            label,
            hint: self.text(place, "hint"),
            required,
            relevant,
            constraint,
            constraint_message: self.text(place, "constraint_message"),
            may_decline: self.flag(place, "may_decline"),
            appearance: self.words(place, "appearance").to_owned(),
        }))
    }

    /// The expression of a field, if there is one.
    ///
    /// # Errors
    /// If nobody wants to know what is wrong with it.
    fn expression(
        &mut self,
        place: Place<'_>,
        field: &str,
        own: Option<&str>,
    ) -> Result<Option<Expression>, ()> {
        let source = self.words(place, field);
        if source.trim().is_empty() {
            return Ok(None);
        }
        let at = &format!("/{field}");
        match Expression::parse(source) {
            Ok(expression) => {
                if CHECKED {
                    for name in expression.references() {
                        if !self.asked.iter().any(|asked| asked == name) && own != Some(name) {
                            let detail =
                                format!("No question \"{name}\" is asked before this one.");
                            self.problems.push(Problem::new(
                                format!("{}{at}", place.pointer),
                                ProblemCode::Unknown,
                                detail,
                            ));
                        }
                    }
                }
                Ok(Some(expression))
            }
            Err(error) => {
                if CHECKED {
                    self.add(place.pointer, at, ProblemCode::Malformed, error.to_string());
                    return Ok(None);
                }
                Err(())
            }
        }
    }

    fn choices(&mut self, place: Place<'_>) -> Vec<Choice> {
        let mut choices: Vec<Choice> = Vec::new();
        let named = self.words(place, "list");
        let shared = self.lists.get(named).and_then(Value::as_array).cloned().unwrap_or_default();
        let given = if named.is_empty() { self.list(place, "choices") } else { &shared };
        if CHECKED && given.len() > CHOICES {
            let detail = format!("Give at most {CHOICES} choices.");
            self.add(place.pointer, "/choices", ProblemCode::TooMany, detail);
            return choices;
        }
        for (index, value) in given.iter().enumerate() {
            let pointer = &format!("{}/choices/{index}", place.pointer);
            let Some(fields) = value.as_object() else {
                self.add(pointer, "", ProblemCode::Malformed, "A choice is an object.");
                continue;
            };
            let at = Place { fields, pointer };
            let choice = Choice { name: self.own_name(at), label: self.text(at, "label") };
            if CHECKED {
                // Picked names are joined with spaces in expressions and exports.
                // A longer one could be picked, and the answer would be refused.
                let long = too_long(&choice.name);
                if long || choice.name.is_empty() || choice.name.contains(char::is_whitespace) {
                    let detail = "Give the choice a short name without spaces.";
                    self.add(pointer, "/name", ProblemCode::Malformed, detail);
                }
                if choices.iter().any(|before| before.name == choice.name) {
                    let detail = format!("The choice \"{}\" stands here twice.", choice.name);
                    self.add(pointer, "/name", ProblemCode::Duplicate, detail);
                }
                self.problems.extend(choice.label.problems(&format!("{pointer}/label")));
            }
            choices.push(choice);
        }
        if choices.is_empty() {
            self.add(place.pointer, "/choices", ProblemCode::Required, "Give some choices.");
        }
        choices
    }

    fn scale(&mut self, place: Place<'_>) -> Option<Scale> {
        let fields = place.fields.get("parameters").and_then(Value::as_object);
        let number = |name| i32::try_from(fields?.get(name)?.as_i64()?).ok();
        let (Some(start), Some(end)) = (number("start"), number("end")) else {
            let detail = "Give start, end and step, as whole numbers.";
            self.add(place.pointer, "/parameters", ProblemCode::Required, detail);
            return None;
        };
        let step = if fields?.contains_key("step") { number("step").unwrap_or(0) } else { 1 };
        let steps = end.checked_sub(start).filter(|span| *span > 0 && step > 0);
        if steps.is_none_or(|span| span / step >= SCALE_STEPS) {
            let detail = "Let the scale rise in 2 to 101 steps.";
            self.add(place.pointer, "/parameters", ProblemCode::OutOfRange, detail);
            return None;
        }
        let (low, high) = (self.text(place, "low_label"), self.text(place, "high_label"));
        Some(Scale { start, end, step, low, high })
    }

    fn own_name(&mut self, place: Place<'_>) -> String {
        self.words(place, "name").to_owned()
    }

    fn words<'a>(&mut self, place: Place<'a>, field: &str) -> &'a str {
        self.field(place, field, Value::as_str, "Write this as text.").unwrap_or_default()
    }

    fn flag(&mut self, place: Place<'_>, field: &str) -> bool {
        self.field(place, field, Value::as_bool, "Write this as true or false.").unwrap_or_default()
    }

    fn list<'a>(&mut self, place: Place<'a>, field: &str) -> &'a [Value] {
        let list = self.field(place, field, Value::as_array, "Write this as a list.");
        list.map(Vec::as_slice).unwrap_or_default()
    }

    fn text(&mut self, place: Place<'_>, field: &str) -> Text {
        let read = |value| Text::deserialize(value).ok();
        let detail = "Write a text for each language, such as {\"en\": \"Libraries\"}.";
        self.field(place, field, read, detail).unwrap_or_default()
    }

    /// A field's value, if it is there and as `read` wants it.
    fn field<'a, T>(
        &mut self,
        place: Place<'a>,
        field: &str,
        read: impl Fn(&'a Value) -> Option<T>,
        detail: &str,
    ) -> Option<T> {
        let value = place.fields.get(field).filter(|value| !value.is_null())?;
        let found = read(value);
        if CHECKED && found.is_none() {
            self.add(place.pointer, &format!("/{field}"), ProblemCode::Malformed, detail);
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn a_bad_definition_names_every_fault() {
        let problems = Definition::read(&json!({"languages": [], "items": [
            {"name": "a", "type": "select_one", "label": {"en": "A"}, "choices": []},
            {"name": "a", "type": "text", "label": {}, "relevant": "${b} = 1"},
            {"name": "b", "type": "telepathy", "label": {"en": "B"}},
            {"name": "c", "type": "range", "label": {"en": "C"},
             "parameters": {"start": 5, "end": 1}},
            {"name": "d", "type": "select_one", "label": "D", "required": "yes", "choices": [
                {"name": "x", "label": {"en": "X"}}, {"name": "x", "label": {"en": "Y"}}, "z",
            ]},
            "e",
            {"name": "f", "type": "group", "items": {}, "relevant": "1 = ("},
        ]}))
        .unwrap_err();
        let pointers: Vec<_> = problems.iter().map(|p| p.pointer.as_str()).collect();
        assert_eq!(
            pointers,
            [
                "/languages",
                "/items/0/choices",
                "/items/1/name",
                "/items/1/relevant",
                "/items/1/label/en",
                "/items/2/type",
                "/items/3/parameters",
                "/items/4/label",
                "/items/4/label/en",
                "/items/4/required",
                "/items/4/choices/1/name",
                "/items/4/choices/2",
                "/items/5",
                "/items/6/relevant",
                "/items/6/items",
            ]
        );
        for none in [json!(null), json!([]), json!({"languages": ["en"]})] {
            assert!(Definition::read(&none).is_err(), "{none}");
        }
    }

    fn item() -> impl Strategy<Value = Value> {
        let kinds = ["note", "select_one", "range", "text", "group", "telepathy"];
        let conditions = ["", "1 = 1", "${a} = 'x'", "1 = (", ". > 3"];
        let item = (
            prop_oneof![4 => Just("a"), 4 => Just("b"), 4 => Just("c"), 1 => Just("4 x")],
            prop::sample::select(kinds.to_vec()),
            prop::sample::select(conditions.to_vec()),
            any::<bool>(),
            0..3u8,
        );
        let item = item.prop_map(|(name, kind, relevant, required, choices)| {
            json!({"name": name, "type": kind, "label": {"en": name}, "relevant": relevant,
                   "required": required, "parameters": {"start": 1, "end": choices},
                   "choices": (0..choices).map(|n| json!({"name": n.to_string(), "label": {"en": "x"}})).collect::<Vec<_>>()})
        });
        item.prop_recursive(3, 12, 3, |inner| {
            prop::collection::vec(inner, 0..3)
                .prop_map(|items| json!({"name": "g", "type": "group", "items": items}))
        })
    }

    proptest! {
        /// The tablet sees in a published definition just what the server saw when it checked it.
        #[test]
        fn what_is_published_is_read_alike(items in prop::collection::vec(item(), 0..4)) {
            let value = json!({"languages": ["en"], "items": items});
            match Definition::read(&value) {
                Ok(definition) => {
                    prop_assert_eq!(Definition::read_published(&value), Some(definition));
                }
                Err(problems) => prop_assert!(!problems.is_empty()),
            }
        }
    }
}
