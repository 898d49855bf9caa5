//! What a form may be published with and was hardly meant: told before it is, and where it came in.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{
    Fields, is_answered,
    tables::{chosen, name_of_file},
    tree::{inner, text},
};

/// How many values are named; the others are not.
const NAMED: usize = 3;

/// What is doubted, at a JSON Pointer of the form (RFC 6901).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Doubt {
    /// Where.
    pub pointer: String,
    /// What.
    pub about: Doubted,
}

/// What may be doubted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Doubted {
    /// A question refuses answers and has no words for why.
    Speechless,
    /// Rows of the table that a question chooses from have nothing in the column that is stored.
    Empty {
        /// The table.
        table: String,
        /// The column.
        column: String,
        /// How many rows; from 1.
        rows: usize,
    },
    /// Rows of the table that a question chooses from have the same in the column that is stored.
    Repeated {
        /// The table.
        table: String,
        /// The column.
        column: String,
        /// What stands there more than once: the first few.
        values: Vec<String>,
    },
    /// Choices of a list are stored alike, as the form allows.
    SameName(String),
    /// Choices of a list read alike.
    SameWords {
        /// How.
        words: String,
        /// In which language, the first one of them.
        language: String,
    },
}

impl Doubted {
    /// What kind of doubt it is, for programs; what is so; and what to do. In English, as all that is said of a workbook.
    pub fn told(&self) -> (&'static str, String, &'static str) {
        match self {
            Self::Speechless => (
                "no_message",
                "Who gives an answer that is refused is not told why.".to_owned(),
                "Write it into constraint_message.",
            ),
            Self::Empty { table, column, rows } => (
                "empty_value",
                format!(
                    "The table {table} has nothing in its column \"{column}\" in rows: {rows}."
                ),
                "Fill the cells, or delete the rows: nobody can pick them.",
            ),
            Self::Repeated { table, column, values } => (
                "repeated_value",
                format!(
                    "The table {table} has the same in its column \"{column}\" more than once: {}.",
                    values.join(", ")
                ),
                "Give each row a value of its own: results count them as one.",
            ),
            Self::SameName(name) => (
                "same_name",
                format!("Two choices are stored as \"{name}\"."),
                "Give each a name of its own: results count them as one.",
            ),
            Self::SameWords { words, .. } => (
                "same_label",
                format!("Two choices read alike: \"{words}\"."),
                "Change the words of one, or delete it.",
            ),
        }
    }
}

/// Everything to doubt in a form, in its order: questions first.
pub fn doubts(form: &Fields) -> Vec<Doubt> {
    let mut found = Vec::new();
    // The filters of all who choose from a list. What differs in a column that they look at is never offered together.
    let mut filters: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    each_item(form, &mut |pointer, item| {
        let filter = text(item, "choice_filter").trim();
        filters.entry(text(item, "list")).or_default().push(filter);
        let mut tell = |field: &str, about| {
            found.push(Doubt { pointer: format!("{pointer}/{field}"), about });
        };
        let refuses = !text(item, "constraint").trim().is_empty();
        if refuses && is_answered(text(item, "type")) && !says(item, "constraint_message") {
            tell("constraint", Doubted::Speechless);
        }
        rows_in_doubt(form, item, filter).into_iter().for_each(|about| tell("file", about));
    });
    let lists = form.get("lists").and_then(Value::as_object).into_iter().flatten();
    for (name, choices) in lists {
        let filters = filters.get(name.as_str()).map(Vec::as_slice).unwrap_or_default();
        let choices: Vec<_> = choices.as_array().into_iter().flatten().collect();
        alike(&format!("/lists/{name}"), &choices, filters, &mut found);
    }
    found
}

/// Every item with its pointer, groups before what they hold.
pub(super) fn each_item<'a>(form: &'a Fields, visit: &mut impl FnMut(&str, &'a Value)) {
    fn walk<'a>(items: &'a [Value], around: &str, visit: &mut impl FnMut(&str, &'a Value)) {
        for (index, item) in items.iter().enumerate() {
            let pointer = format!("{around}/items/{index}");
            visit(&pointer, item);
            walk(inner(item), &pointer, visit);
        }
    }
    let items = form.get("items").and_then(Value::as_array);
    walk(items.map(Vec::as_slice).unwrap_or_default(), "", visit);
}

/// Whether a text of an item has words in any language.
fn says(item: &Value, field: &str) -> bool {
    let mut texts = item.get(field).and_then(Value::as_object).into_iter().flatten();
    texts.any(|(_, words)| words.as_str().is_some_and(|words| !words.trim().is_empty()))
}

/// What cannot be picked, or not be told from another, of the rows that a question chooses from.
fn rows_in_doubt(form: &Fields, item: &Value, filter: &str) -> Vec<Doubted> {
    let name = name_of_file(text(item, "file"));
    let table = form.get("tables").and_then(|tables| tables.get(name));
    let (Some(table), Some(fields)) = (table, item.as_object()) else { return Vec::new() };
    let all = |field: &str| table.get(field).and_then(Value::as_array).into_iter().flatten();
    let columns: Vec<&str> = all("columns").filter_map(Value::as_str).collect();
    let at = |parameter, usual| {
        let column = chosen(fields, parameter, usual);
        columns.iter().position(|own| *own == column)
    };
    let Some(stored) = at("value", "name") else { return Vec::new() };
    let apart: Vec<usize> = (0..columns.len()).filter(|at| filter.contains(columns[*at])).collect();
    let (mut empty, mut known, mut repeated) = (0, BTreeSet::new(), Vec::new());
    for row in all("rows").filter_map(Value::as_array) {
        let value = row.get(stored).and_then(Value::as_str).unwrap_or_default();
        if value.trim().is_empty() {
            empty += 1;
            continue;
        }
        let place: Vec<_> = apart.iter().map(|at| row.get(*at).and_then(Value::as_str)).collect();
        if !known.insert((value, place)) && !repeated.iter().any(|own| own == value) {
            repeated.push(value.to_owned());
        }
    }
    let (table, column) = (name.to_owned(), columns[stored].to_owned());
    let mut found = Vec::new();
    if empty > 0 {
        found.push(Doubted::Empty { table: table.clone(), column: column.clone(), rows: empty });
    }
    if !repeated.is_empty() {
        repeated.truncate(NAMED);
        found.push(Doubted::Repeated { table, column, values: repeated });
    }
    found
}

/// Choices of one list that are offered together and cannot be told apart: stored alike, or read alike.
fn alike(pointer: &str, choices: &[&Value], filters: &[&str], found: &mut Vec<Doubt>) {
    let mut names = BTreeSet::new();
    let mut read = BTreeSet::new();
    for (index, choice) in choices.iter().enumerate() {
        let columns = choice.get("columns").and_then(Value::as_object).into_iter().flatten();
        let apart = columns
            .filter(|(column, _)| filters.iter().all(|filter| filter.contains(column.as_str())));
        let apart: Vec<_> = apart.map(|(column, cell)| (column, cell.to_string())).collect();
        let mut tell = |field: &str, about| {
            found.push(Doubt { pointer: format!("{pointer}/{index}/{field}"), about });
        };
        let name = text(choice, "name");
        if !name.is_empty() && !names.insert((name, apart.clone())) {
            tell("name", Doubted::SameName(name.to_owned()));
        }
        // A picture may be all that tells them apart.
        let pictured = |tag: &str| choice.get("image").and_then(|all| all.get(tag)?.as_str());
        let labels = choice.get("label").and_then(Value::as_object);
        let twice = labels.into_iter().flatten().filter_map(|(tag, words)| {
            let words = words.as_str()?.trim();
            let same = (tag, words.to_lowercase(), pictured(tag), apart.clone());
            (!words.is_empty() && !read.insert(same)).then_some((tag, words))
        });
        // All its languages are noted, and one is told of.
        if let Some((tag, words)) = twice.collect::<Vec<_>>().first() {
            let (words, language) = ((*words).to_owned(), (*tag).clone());
            tell(&format!("label/{tag}"), Doubted::SameWords { words, language });
        }
    }
}
