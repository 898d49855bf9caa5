//! What a question chooses from: the lists and tables of a form, and the choices that stand at the question.

use model::{
    ProblemCode, Text,
    limits::{CHOICES, TABLE_CELLS},
};
use serde_json::{Map, Value};

use super::{
    Place, Reader,
    field::{plain, too_long},
};
use crate::{Choice, Choices, Table, reference::Piped};

impl<const CHECKED: bool> Reader<CHECKED> {
    pub(super) fn read_tables(&mut self, place: Place<'_>) {
        let Some(tables) = self.object(place, "tables") else { return };
        for (name, value) in tables {
            let pointer = &format!("/tables/{name}");
            let Some(fields) = value.as_object() else {
                self.add(pointer, "", ProblemCode::Malformed, "A table is an object.");
                continue;
            };
            let at = Place { fields, pointer };
            let cells = |row: &Value| -> Vec<String> {
                row.as_array().into_iter().flatten().map(plain).collect()
            };
            let columns = self.list(at, "columns").iter().map(plain).collect();
            let rows: Vec<_> = self.list(at, "rows").iter().map(cells).collect();
            if CHECKED && rows.iter().map(Vec::len).sum::<usize>() > TABLE_CELLS {
                let detail = format!("A table has at most {TABLE_CELLS} cells.");
                self.add(pointer, "", ProblemCode::TooMany, detail);
            }
            self.tables.set(name.clone(), Table { columns, rows });
        }
    }

    pub(super) fn read_lists(&mut self, place: Place<'_>) {
        let repeated = |fields: &Map<String, Value>| {
            let settings = fields.get("settings").and_then(Value::as_object);
            let allowed = settings.and_then(|it| it.get("allow_choice_duplicates"));
            allowed.is_some_and(|it| ["yes", "true", "true()"].contains(&plain(it).as_str()))
        };
        let repeated = repeated(place.fields);
        let Some(lists) = self.object(place, "lists") else { return };
        for (name, value) in lists {
            let pointer = &format!("/lists/{name}");
            let Some(given) = value.as_array() else {
                self.add(pointer, "", ProblemCode::Malformed, "Write this as a list.");
                continue;
            };
            let choices = self.choices(given, pointer, repeated);
            self.lists.set(name.clone(), choices.into());
        }
    }

    /// The choices of a question: inline, of a list, of a table, or of a repeat.
    pub(super) fn choices_of(&mut self, place: Place<'_>) -> Option<(Choices, Option<String>)> {
        let Place { pointer, fields } = place;
        let none = Choices::List(Vec::new().into());
        let list = self.words(place, "list");
        if let [question] = Piped::names(list)[..] {
            return Some((none, Some(question.to_owned())));
        }
        if !list.is_empty() {
            let found = self.lists.get(list).cloned();
            if found.is_none() {
                let detail = format!("There is no list of choices \"{list}\".");
                self.add(pointer, "/list", ProblemCode::Unknown, detail);
            }
            let choices = found.map(Choices::List).or(CHECKED.then_some(none))?;
            self.picked_by_words(place, &choices);
            return Some((choices, None));
        }
        let file = self.words(place, "file");
        if !file.is_empty() {
            let name = file.rsplit_once('.').map_or(file, |(name, _)| name);
            let parameters = self.strings(place, "parameters");
            let column = |key: &str, usual| parameters.get(key).map_or(usual, String::as_str);
            // A form may be made before its table is attached: then nothing can be chosen yet.
            let choices = self
                .tables
                .get(name)
                .map(|table| table.choices(column("value", "name"), column("label", "label")))
                .unwrap_or_default();
            return Some((Choices::List(choices.into()), None));
        }
        let given = self.list(place, "choices");
        if CHECKED && given.is_empty() && !fields.contains_key("list") {
            self.add(pointer, "/choices", ProblemCode::Required, "Give some choices.");
        }
        let choices = self.choices(given, &format!("{pointer}/choices"), false);
        let choices = Choices::List(choices.into());
        self.picked_by_words(place, &choices);
        Some((choices, None))
    }

    /// Several picked names are joined with spaces in expressions and exports.
    fn picked_by_words(&mut self, place: Place<'_>, choices: &Choices) {
        if CHECKED && place.fields.get("type").and_then(Value::as_str) != Some("select_one") {
            let spaced = choices.iter().find(|it| it.name.contains(char::is_whitespace));
            if let Some(choice) = spaced {
                let detail = format!("Give the choice \"{}\" a name without spaces.", choice.name);
                self.add(place.pointer, "/choices", ProblemCode::Malformed, detail);
            }
        }
    }

    fn choices(&mut self, given: &[Value], pointer: &str, repeated: bool) -> Vec<Choice> {
        let mut choices: Vec<Choice> = Vec::with_capacity(given.len());
        if CHECKED && given.len() > CHOICES {
            let detail = format!("Give at most {CHOICES} choices.");
            self.add(pointer, "", ProblemCode::TooMany, detail);
            return choices;
        }
        for (index, value) in given.iter().enumerate() {
            let pointer = &if CHECKED { format!("{pointer}/{index}") } else { String::new() };
            let Some(fields) = value.as_object() else {
                self.add(pointer, "", ProblemCode::Malformed, "A choice is an object.");
                continue;
            };
            let at = Place { fields, pointer };
            let choice = Choice {
                name: self.own_name(at),
                label: self.text(at, "label"),
                media: self.media(at),
                columns: self.strings(at, "columns"),
            };
            if CHECKED {
                // A longer one could be picked, and the answer would be refused.
                if too_long(&choice.name) || choice.name.trim().is_empty() {
                    let detail = "Give the choice a short name.";
                    self.add(pointer, "/name", ProblemCode::Malformed, detail);
                }
                if fields.contains_key("label") && choice.label.is_empty() {
                    self.problems.extend(choice.label.problems(&format!("{pointer}/label")));
                }
                self.problems.extend(choice.label.problems_of_length(&format!("{pointer}/label")));
            }
            choices.push(choice);
        }
        if CHECKED && !repeated {
            let mut order: Vec<usize> = (0..choices.len()).collect();
            order.sort_by(|a, b| choices[*a].name.cmp(&choices[*b].name));
            for pair in order.windows(2).filter(|at| choices[at[0]].name == choices[at[1]].name) {
                let detail = format!("The choice \"{}\" stands here twice.", choices[pair[1]].name);
                let at = format!("{pointer}/{}/name", pair[1]);
                self.add(&at, "", ProblemCode::Duplicate, detail);
            }
        }
        choices
    }
}

impl Table {
    /// Its rows as choices: one column is stored, one is read, the others are at hand in filters.
    fn choices(&self, value: &str, label: &str) -> Vec<Choice> {
        let column = |name: &str| self.columns.iter().position(|own| own == name);
        let Some(value) = column(value) else { return Vec::new() };
        let label = column(label).unwrap_or(value);
        let choice = |row: &Vec<String>| {
            let cell = |at: usize| row.get(at).cloned().unwrap_or_default();
            let columns = self.columns.iter().enumerate();
            Choice {
                name: cell(value),
                label: Text::english(cell(label)),
                columns: columns.map(|(at, name)| (name.clone(), cell(at))).collect(),
                ..Choice::default()
            }
        };
        self.rows.iter().map(choice).collect()
    }
}
