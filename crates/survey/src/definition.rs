//! What a survey asks: the definition inside a published version, read and checked.

use model::{Problem, ProblemCode, Text, limits::JSON_DEPTH};
use serde::Deserialize;
use serde_json::Value;

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
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
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

#[derive(Deserialize)]
struct RawDefinition {
    languages: Vec<String>,
    items: Vec<RawItem>,
}

#[derive(Deserialize)]
struct RawItem {
    name: String,
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    label: Text,
    #[serde(default)]
    hint: Text,
    #[serde(default)]
    required: bool,
    relevant: Option<String>,
    constraint: Option<String>,
    #[serde(default)]
    constraint_message: Text,
    #[serde(default)]
    may_decline: bool,
    #[serde(default)]
    appearance: String,
    #[serde(default)]
    choices: Vec<Choice>,
    parameters: Option<RawScale>,
    #[serde(default)]
    low_label: Text,
    #[serde(default)]
    high_label: Text,
    #[serde(default)]
    items: Vec<RawItem>,
}

#[derive(Deserialize)]
struct RawScale {
    start: i32,
    end: i32,
    #[serde(default = "one")]
    step: i32,
}

fn one() -> i32 {
    1
}

impl Definition {
    /// Reads and checks a definition.
    ///
    /// # Errors
    /// Everything that is wrong, each with a pointer to its item.
    pub fn read(value: &Value) -> Result<Self, Vec<Problem>> {
        let raw = RawDefinition::deserialize(value)
            .map_err(|error| vec![Problem::new("", ProblemCode::Malformed, format!("{error}."))])?;
        let mut reader = Reader::default();
        let items = reader.items(raw.items, "/items", 1);
        if raw.languages.is_empty() {
            reader.add("/languages", ProblemCode::Required, "Name at least one language.");
        }
        if reader.problems.is_empty() {
            Ok(Self { languages: raw.languages, items })
        } else {
            Err(reader.problems)
        }
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

#[derive(Default)]
struct Reader {
    /// Questions asked before the one at hand: an expression may look back only, so that an
    /// answer never changes what was asked before it, and no cycle can arise.
    asked: Vec<String>,
    names: Vec<String>,
    problems: Vec<Problem>,
}

impl Reader {
    fn add(&mut self, pointer: &str, code: ProblemCode, detail: impl Into<String>) {
        self.problems.push(Problem::new(pointer, code, detail));
    }

    fn items(&mut self, raw: Vec<RawItem>, pointer: &str, depth: usize) -> Vec<Item> {
        if depth > JSON_DEPTH / 4 {
            self.add(pointer, ProblemCode::TooLong, "Put groups at most eight levels deep.");
            return Vec::new();
        }
        raw.into_iter()
            .enumerate()
            .filter_map(|(index, item)| self.item(item, &format!("{pointer}/{index}"), depth))
            .collect()
    }

    fn item(&mut self, raw: RawItem, pointer: &str, depth: usize) -> Option<Item> {
        let good_name = raw.name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && raw.name.chars().all(|c| c.is_ascii_alphanumeric() || "_-.".contains(c));
        if !good_name {
            let detail = "Start a name with a letter and use letters, digits, hyphen, underscore.";
            self.add(&format!("{pointer}/name"), ProblemCode::Malformed, detail);
        }
        if self.names.contains(&raw.name) {
            let detail = format!("\"{}\" is used twice. Rename one of them.", raw.name);
            self.add(&format!("{pointer}/name"), ProblemCode::Duplicate, detail);
        }
        self.names.push(raw.name.clone());
        let relevant = self.expression(raw.relevant.as_deref(), pointer, "relevant", None);
        if raw.kind == "group" {
            let items = self.items(raw.items, &format!("{pointer}/items"), depth + 1);
            return Some(Item::Group(Group { name: raw.name, label: raw.label, relevant, items }));
        }
        self.problems.extend(raw.label.problems(&format!("{pointer}/label")));
        let constraint =
            self.expression(raw.constraint.as_deref(), pointer, "constraint", Some(&raw.name));
        let kind = match raw.kind.as_str() {
            "note" if raw.required => {
                let detail = "A note takes no answer, so it cannot be required.";
                self.add(&format!("{pointer}/required"), ProblemCode::Conflict, detail);
                Kind::Note
            }
            "note" => Kind::Note,
            "select_one" => Kind::SelectOne(self.choices(raw.choices, pointer)),
            "select_multiple" => Kind::SelectMultiple(self.choices(raw.choices, pointer)),
            "range" => {
                Kind::Range(self.scale(raw.parameters, raw.low_label, raw.high_label, pointer)?)
            }
            "integer" => Kind::Integer,
            "decimal" => Kind::Decimal,
            "text" => Kind::Text,
            "date" => Kind::Date,
            other => {
                let detail = format!("\"{other}\" is not a type of question that surveys know.");
                self.add(&format!("{pointer}/type"), ProblemCode::Unknown, detail);
                return None;
            }
        };
        self.asked.push(raw.name.clone());
        Some(Item::Question(Question {
            name: raw.name,
            kind,
            label: raw.label,
            hint: raw.hint,
            required: raw.required,
            relevant,
            constraint,
            constraint_message: raw.constraint_message,
            may_decline: raw.may_decline,
            appearance: raw.appearance,
        }))
    }

    fn expression(
        &mut self,
        source: Option<&str>,
        pointer: &str,
        field: &str,
        own: Option<&str>,
    ) -> Option<Expression> {
        let pointer = format!("{pointer}/{field}");
        match Expression::parse(source.filter(|source| !source.trim().is_empty())?) {
            Ok(expression) => {
                let names: Vec<String> =
                    expression.references().into_iter().map(str::to_owned).collect();
                for name in names {
                    if !self.asked.contains(&name) && own != Some(name.as_str()) {
                        let detail = format!("No question \"{name}\" is asked before this one.");
                        self.add(&pointer, ProblemCode::Unknown, detail);
                    }
                }
                Some(expression)
            }
            Err(error) => {
                self.add(&pointer, ProblemCode::Malformed, error.to_string());
                None
            }
        }
    }

    fn choices(&mut self, choices: Vec<Choice>, pointer: &str) -> Vec<Choice> {
        if choices.is_empty() {
            self.add(&format!("{pointer}/choices"), ProblemCode::Required, "Give some choices.");
        }
        for (index, choice) in choices.iter().enumerate() {
            let at = format!("{pointer}/choices/{index}");
            // Picked names are joined with spaces in expressions and exports.
            if choice.name.is_empty() || choice.name.contains(char::is_whitespace) {
                let detail = "Give the choice a name without spaces.";
                self.add(&format!("{at}/name"), ProblemCode::Malformed, detail);
            }
            if choices[..index].iter().any(|before| before.name == choice.name) {
                let detail = format!("The choice \"{}\" stands here twice.", choice.name);
                self.add(&format!("{at}/name"), ProblemCode::Duplicate, detail);
            }
            self.problems.extend(choice.label.problems(&format!("{at}/label")));
        }
        choices
    }

    fn scale(
        &mut self,
        raw: Option<RawScale>,
        low: Text,
        high: Text,
        pointer: &str,
    ) -> Option<Scale> {
        let at = format!("{pointer}/parameters");
        let Some(RawScale { start, end, step }) = raw else {
            self.add(&at, ProblemCode::Required, "Give start, end and step.");
            return None;
        };
        let steps = end.checked_sub(start).filter(|span| *span > 0 && step > 0);
        if steps.is_none_or(|span| span / step >= SCALE_STEPS) {
            let detail = "Let the scale rise in 2 to 101 steps.";
            self.add(&at, ProblemCode::OutOfRange, detail);
            return None;
        }
        Some(Scale { start, end, step, low, high })
    }
}
