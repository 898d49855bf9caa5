//! The sheets `choices` and `external_choices`: lists by name.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use crate::{
    Place,
    finding::Findings,
    header::Table,
    languages::Languages,
    words::{quoted, straight},
};

/// Under which an item or a choice keeps its row while a form is read; no column is called so.
pub(crate) const ROW: &str = "\0row";

/// Choices by the list's name.
pub(crate) type Lists = BTreeMap<String, Vec<Map<String, Value>>>;

/// Reads the lists of a sheet.
pub(crate) fn read(
    table: &Table<'_>,
    languages: &Languages,
    allow_duplicates: bool,
    findings: &mut Findings,
) -> Lists {
    let mut lists = Lists::new();
    let sheet = table.sheet.name.as_str();
    if table.column("list name").is_none() {
        if !table.rows.is_empty() {
            let what = "The sheet has no column \"list_name\".";
            let remedy = "Add it: which list each choice belongs to.";
            findings.error("missing_column", Place::row(sheet, 1), what, remedy);
        }
        return lists;
    }
    let name_column = table.column("name");
    if name_column.is_none() && !table.rows.is_empty() {
        let what = "The sheet has no column \"name\".";
        let remedy = "Add it: what is stored when a choice is picked.";
        findings.error("missing_column", Place::row(sheet, 1), what, remedy);
        return lists;
    }
    odd_columns(table, findings);
    let mut seen: BTreeSet<(String, String)> = BTreeSet::new();
    let mut unlabelled = Vec::new();
    for &row in &table.rows {
        let mut choice = Map::new();
        let mut list = None;
        let mut columns = Map::new();
        let mut bare = Vec::new();
        for (column, text) in table.cells(row) {
            let text = straight(text);
            match column.key.as_str() {
                "list name" if column.known => list = Some(text),
                "name" if column.known => {
                    choice.insert("name".to_owned(), text.into());
                }
                "big-image" if column.known => {}
                key if column.known => {
                    let text = Value::from(text);
                    match column.language {
                        Some(_) => put(&mut choice, key, languages.tag(column), text),
                        None => bare.push((key.to_owned(), text)),
                    }
                }
                heading if heading.contains(' ') => {}
                heading => {
                    columns.insert(heading.to_owned(), text.into());
                }
            }
        }
        for (key, text) in bare {
            put_if_absent(&mut choice, &key, languages.own(), text);
        }
        let Some(list) = list else {
            if !choice.is_empty() {
                let what = "The choice belongs to no list.";
                let remedy = "Give its list_name, or clear the row.";
                findings.note("choice_without_list", Place::row(sheet, row), what, remedy);
            }
            continue;
        };
        let Some(name) = choice.get("name").and_then(Value::as_str).map(str::to_owned) else {
            let what = format!("A choice of the list {} has no name.", quoted(&list));
            let remedy = "Give it one: what is stored when the choice is picked.";
            let place = Place::cell(sheet, row, name_column.map(|column| column.index));
            findings.error("choice_without_name", place, what, remedy);
            continue;
        };
        if !choice.contains_key("label") {
            unlabelled.push(row);
        }
        if !seen.insert((list.clone(), name.clone())) && !allow_duplicates {
            let what =
                format!("The list {} has the choice {} twice.", quoted(&list), quoted(&name));
            let remedy = "Rename or delete one, or write allow_choice_duplicates = yes on the settings sheet.";
            let place = Place::cell(sheet, row, name_column.map(|column| column.index));
            findings.error("duplicate_choice", place, what, remedy);
            continue;
        }
        if !columns.is_empty() {
            choice.insert("columns".to_owned(), columns.into());
        }
        choice.insert(ROW.to_owned(), row.into());
        lists.entry(list).or_default().push(choice);
    }
    if let Some(&row) = unlabelled.first() {
        let many = unlabelled.len();
        let what = format!("{many} choices have no label; their names are shown.");
        let place = Place::cell(sheet, row, table.column("label").map(|column| column.index));
        let remedy = "Write a label for each choice, from this row on.";
        findings.warning("choice_without_label", place, what, remedy);
    }
    lists
}

/// Columns that no expression can name are left out, as pyxform does.
fn odd_columns(table: &Table<'_>, findings: &mut Findings) {
    for column in &table.columns {
        let place = || Place::cell(&table.sheet.name, 1, column.index);
        if !column.known && column.heading.contains(' ') {
            let what = format!("The column {} is left out.", quoted(&column.heading));
            let remedy = "Write its heading without spaces if a choice_filter needs it.";
            findings.warning("odd_column", place(), what, remedy);
        } else if column.known && column.key == "big-image" {
            let what = "Large pictures are not shown in their own window; \"image\" is.";
            let remedy = "Nothing needs to be done.";
            findings.note("unused_column", place(), what, remedy);
        }
    }
}

/// Sets a text in one language.
pub(crate) fn put(fields: &mut Map<String, Value>, key: &str, tag: &str, text: Value) {
    let texts = fields.entry(key.to_owned()).or_insert_with(|| json!({}));
    if let Some(texts) = texts.as_object_mut() {
        texts.insert(tag.to_owned(), text);
    }
}

/// Sets a text in one language unless there is one.
pub(crate) fn put_if_absent(fields: &mut Map<String, Value>, key: &str, tag: &str, text: Value) {
    let there = fields.get(key).and_then(Value::as_object).is_some_and(|all| all.contains_key(tag));
    if !there {
        put(fields, key, tag, text);
    }
}
