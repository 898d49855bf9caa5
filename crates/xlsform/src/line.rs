//! One row of the survey sheet: its cells by the names that a definition has for them.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::{
    Place,
    choices::{put, put_if_absent},
    finding::Findings,
    header::Table,
    languages::{Languages, TEXTS},
    reference::without_last_saved,
    words::{expression, spaced, straight, truth},
};

/// A row's cells.
pub(crate) struct Line {
    pub(crate) row: u32,
    plain: BTreeMap<String, String>,
    /// Words for people: by key, by language.
    pub(crate) texts: Map<String, Value>,
}

impl Line {
    /// Reads a row; cells of columns that XLSForm does not know are passed over.
    pub(crate) fn read(table: &Table<'_>, row: u32, languages: &Languages, clean: bool) -> Self {
        let mut line = Self { row, plain: BTreeMap::new(), texts: Map::new() };
        let mut bare = Vec::new();
        for (column, text) in table.cells(row).filter(|(column, _)| column.known) {
            let text = straight(text);
            let text = if clean { spaced(&text) } else { text };
            let words = TEXTS.contains(&column.key.as_str());
            let without = without_last_saved(&text, if words { "" } else { "''" });
            // What began with the last answer begins with none.
            if without != text && (without.is_empty() || without == "''") {
                continue;
            }
            let text = without;
            if !words {
                line.plain.insert(column.key.clone(), text);
            } else if column.language.is_some() {
                put(&mut line.texts, &column.key, languages.tag(column), text.into());
            } else {
                bare.push((column.key.as_str(), text));
            }
        }
        for (key, text) in bare {
            put_if_absent(&mut line.texts, key, languages.own(), text.into());
        }
        line
    }

    /// A cell that is no words for people.
    pub(crate) fn plain(&self, key: &str) -> Option<&str> {
        self.plain.get(key).map(String::as_str)
    }

    /// Whether no cell that means something holds anything.
    pub(crate) fn is_empty(&self) -> bool {
        self.plain.is_empty() && self.texts.is_empty()
    }

    /// What an item takes over from its row as it stands.
    pub(crate) fn fields(&self, table: &Table<'_>, findings: &mut Findings) -> Map<String, Value> {
        let mut item = self.texts.clone();
        for (key, text) in &self.plain {
            let value: Value = match key.as_str() {
                "relevant" | "constraint" | "calculation" => expression(text).into(),
                "required" | "read_only" => match truth(text) {
                    Some(truth) => truth.into(),
                    None => text.as_str().into(),
                },
                "may_decline" => match truth(text) {
                    Some(truth) => truth.into(),
                    None => {
                        let column = table.column(key).map(|column| column.index);
                        let place = Place::cell(&table.sheet.name, self.row, column);
                        let what = "may_decline is neither yes nor no.";
                        findings.error("bad_flag", place, what, "Write yes or no.");
                        continue;
                    }
                },
                "default" | "trigger" | "choice_filter" | "repeat_count" | "appearance" => {
                    text.as_str().into()
                }
                _ => continue,
            };
            item.insert(key.clone(), value);
        }
        item
    }
}
