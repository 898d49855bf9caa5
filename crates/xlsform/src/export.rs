//! A definition to a workbook: what came in as `.xlsx` goes out again as the same form.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::{self, Cursor, Write as _},
};

use rust_xlsxwriter::{Format, Workbook, XlsxError};
use serde_json::{Map, Value};
use zip::{ZipWriter, write::SimpleFileOptions};

use crate::{Book, Sheet, import::EXTERNAL, languages::TEXTS, media};

/// Why a definition cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The value is no definition.
    #[error("The definition has no languages or no items, so there is no form to write.")]
    NoDefinition,
    /// The workbook cannot hold it.
    #[error("The workbook cannot be written: {0}. A cell holds at most 32,767 characters.")]
    Workbook(#[from] XlsxError),
    /// An attached table cannot be written.
    #[error("An attached table cannot be written: {0}. Attach it again.")]
    Table(#[from] csv::Error),
    /// The archive cannot be written.
    #[error("The archive cannot be written: {0}. Take the workbook by itself.")]
    Archive(#[from] zip::result::ZipError),
    /// The same.
    #[error("The archive cannot be written: {0}. Take the workbook by itself.")]
    Write(#[from] io::Error),
}

/// Writes a definition as the bytes of an `.xlsx`. Attached tables, pictures, sounds
/// and films are not part of it: they are files beside it ([`export_files`]).
///
/// # Errors
/// If the value is no definition, or a text is longer than a cell can be.
pub fn export(definition: &Value) -> Result<Vec<u8>, ExportError> {
    let book = export_book(definition)?;
    let mut workbook = Workbook::new();
    let heading = Format::new().set_bold();
    for sheet in &book.sheets {
        let worksheet = workbook.add_worksheet().set_name(&sheet.name)?;
        worksheet.set_freeze_panes(1, 0)?;
        for (row, column, text) in sheet.cells() {
            let column = u16::try_from(column).unwrap_or(u16::MAX);
            if row == 1 {
                worksheet.write_string_with_format(0, column, text, &heading)?;
            } else {
                worksheet.write_string(row - 1, column, text)?;
            }
        }
    }
    Ok(workbook.save_to_buffer()?)
}

/// Writes a definition as sheets.
///
/// # Errors
/// If the value is no definition.
pub fn export_book(definition: &Value) -> Result<Book, ExportError> {
    let fields = definition.as_object().ok_or(ExportError::NoDefinition)?;
    let languages = fields.get("languages").and_then(Value::as_array);
    let languages: Vec<&str> = languages.into_iter().flatten().filter_map(Value::as_str).collect();
    let items = fields.get("items").and_then(Value::as_array).ok_or(ExportError::NoDefinition)?;
    if languages.is_empty() {
        return Err(ExportError::NoDefinition);
    }
    let mut form = Form {
        fields,
        languages,
        lists: BTreeMap::new(),
        external: BTreeMap::new(),
        rows: Vec::new(),
    };
    for (name, choices) in fields.get("lists").and_then(Value::as_object).into_iter().flatten() {
        let choices = choices.as_array().into_iter().flatten().filter_map(Value::as_object);
        form.lists.insert(name.clone(), choices.cloned().collect());
    }
    form.find_external(items);
    form.items(items);
    let mut sheets = vec![form.survey(), form.choices("choices", false), form.settings()];
    if !form.external.is_empty() {
        sheets.push(form.choices(EXTERNAL, true));
    }
    Ok(Book { sheets })
}

/// Writes what a definition has beside its sheets: attached tables as CSV files, pictures, sounds and films. Their names
/// with the ending, without folders, and their bytes. They belong beside the workbook, for no cell can hold them.
///
/// # Errors
/// If a table cannot be written.
pub fn export_files(definition: &Value) -> Result<Vec<(String, Vec<u8>)>, ExportError> {
    let tables = definition.get("tables").and_then(Value::as_object).into_iter().flatten();
    let cells =
        |row: &Value| -> Vec<String> { row.as_array().into_iter().flatten().map(plain).collect() };
    let mut files = Vec::new();
    for (name, table) in tables {
        let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
        writer.write_record(table.get("columns").map(cells).unwrap_or_default())?;
        for row in table.get("rows").and_then(Value::as_array).into_iter().flatten() {
            writer.write_record(cells(row))?;
        }
        let bytes = writer.into_inner().map_err(|error| csv::Error::from(error.into_error()))?;
        files.push((media::beside(&format!("{name}.csv")), bytes));
    }
    files.extend(media::decoded(definition));
    // Of two that would lie under the same name the first is kept.
    let mut names = BTreeSet::new();
    files.retain(|(name, _)| names.insert(name.clone()));
    Ok(files)
}

/// Writes a definition as one archive: `NAME.xlsx`, and its files in `NAME-media`, where
/// [`crate::import`] and ODK look for them.
///
/// # Errors
/// If the value is no definition, or something of it cannot be written.
pub fn export_archive(definition: &Value, name: &str) -> Result<Vec<u8>, ExportError> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default();
    archive.start_file(format!("{name}.xlsx"), options)?;
    archive.write_all(&export(definition)?)?;
    for (file, bytes) in export_files(definition)? {
        archive.start_file(format!("{name}-media/{file}"), options)?;
        archive.write_all(&bytes)?;
    }
    Ok(archive.finish()?.into_inner())
}

struct Form<'a> {
    fields: &'a Map<String, Value>,
    languages: Vec<&'a str>,
    lists: BTreeMap<String, Vec<Map<String, Value>>>,
    /// The lists on the sheet external_choices, and their names there.
    external: BTreeMap<String, String>,
    /// The rows of the survey sheet: cells by heading.
    rows: Vec<BTreeMap<String, String>>,
}

/// Headings of the survey sheet that are no words for people, in the order of handbooks.
const PLAIN: [&str; 14] = [
    "type",
    "name",
    "relevant",
    "required",
    "constraint",
    "calculation",
    "default",
    "appearance",
    "parameters",
    "choice_filter",
    "repeat_count",
    "trigger",
    "read_only",
    "may_decline",
];

impl Form<'_> {
    /// Finds the lists that stand on a sheet of their own. One that is used in another way since, or not at all, is an
    /// ordinary list.
    fn find_external(&mut self, items: &[Value]) {
        let mut used: BTreeMap<&str, bool> = BTreeMap::new();
        let mut open: Vec<&Value> = items.iter().collect();
        while let Some(item) = open.pop() {
            open.extend(item.get("items").and_then(Value::as_array).into_iter().flatten());
            let one = item.get("type").and_then(Value::as_str) == Some("select_one");
            if let Some(list) = item.get("list").and_then(Value::as_str) {
                *used.entry(list).or_insert(true) &= one;
            }
        }
        let named = self.fields.get(EXTERNAL).and_then(Value::as_object).into_iter().flatten();
        for (list, name) in named {
            let fits = self.lists.contains_key(list) && used.get(list.as_str()) == Some(&true);
            if let Some(name) = name.as_str().filter(|_| fits) {
                self.external.insert(list.clone(), name.to_owned());
            }
        }
    }

    fn items(&mut self, items: &[Value]) {
        for item in items.iter().filter_map(Value::as_object) {
            let kind = words(item, "type");
            let mut row = BTreeMap::new();
            self.texts(item, &mut row);
            for key in PLAIN.iter().skip(1).filter(|key| **key != "parameters") {
                if let Some(value) = item.get(*key) {
                    row.insert((*key).to_owned(), plain(value));
                }
            }
            let parameters = item.get("parameters").and_then(Value::as_object);
            let pairs: Vec<String> = parameters
                .into_iter()
                .flatten()
                .map(|(key, value)| format!("{key}={}", plain(value)))
                .collect();
            row.insert("parameters".to_owned(), pairs.join(" "));
            if matches!(kind, "group" | "repeat") {
                row.insert("type".to_owned(), format!("begin_{kind}"));
                self.rows.push(row);
                let inner = item.get("items").and_then(Value::as_array);
                self.items(inner.map(Vec::as_slice).unwrap_or_default());
                let end = BTreeMap::from([
                    ("type".to_owned(), format!("end_{kind}")),
                    ("name".to_owned(), words(item, "name").to_owned()),
                ]);
                self.rows.push(end);
            } else {
                let written = self.written_type(item, kind);
                row.insert("type".to_owned(), written);
                self.rows.push(row);
            }
        }
    }

    /// The type with the list that it picks from.
    fn written_type(&mut self, item: &Map<String, Value>, kind: &str) -> String {
        if let Some(file) = item.get("file").and_then(Value::as_str) {
            return match kind {
                "rank" => format!("rank {file}"),
                _ => format!("{kind}_from_file {file}"),
            };
        }
        if let Some(list) = item.get("list").and_then(Value::as_str) {
            if let Some(name) = self.external.get(list) {
                return format!("select_one_external {name}");
            }
            return format!("{kind} {list}");
        }
        let Some(choices) = item.get("choices").and_then(Value::as_array) else {
            return kind.to_owned();
        };
        // Version 1 wrote the choices inside the question; in a workbook they are a list.
        let choices: Vec<_> = choices.iter().filter_map(Value::as_object).cloned().collect();
        let mut name = words(item, "name").to_owned();
        while self.lists.get(&name).is_some_and(|there| *there != choices) {
            name.push('_');
        }
        self.lists.insert(name.clone(), choices);
        format!("{kind} {name}")
    }

    fn texts(&self, from: &Map<String, Value>, row: &mut BTreeMap<String, String>) {
        for key in TEXTS {
            for (tag, text) in from.get(key).and_then(Value::as_object).into_iter().flatten() {
                if let Some(text) = text.as_str() {
                    row.insert(self.heading(key, tag), text.to_owned());
                }
            }
        }
    }

    /// `label::Polski (pl)`.
    fn heading(&self, key: &str, tag: &str) -> String {
        if self.languages == [tag] {
            return key.to_owned();
        }
        format!("{key}::{}", self.language(tag))
    }

    fn language(&self, tag: &str) -> String {
        let names = self.fields.get("language_names").and_then(Value::as_object);
        match names.and_then(|names| names.get(tag)).and_then(Value::as_str) {
            Some(name) if !name.is_empty() => format!("{name} ({tag})"),
            // A long tag by itself would be taken for a name.
            _ if tag.split('-').next().is_some_and(|first| (2..=3).contains(&first.len())) => {
                tag.to_owned()
            }
            _ => format!("({tag})"),
        }
    }

    fn survey(&self) -> Sheet {
        let mut headings: Vec<String> = vec!["type".to_owned(), "name".to_owned()];
        let used: BTreeSet<&String> = self
            .rows
            .iter()
            .flat_map(|row| row.iter().filter(|(_, text)| !text.is_empty()).map(|(key, _)| key))
            .collect();
        // Each language of the form has its labels, so that none of them is lost.
        let labels = self.languages.iter().map(|tag| self.heading("label", tag));
        headings.extend(labels);
        for key in TEXTS {
            let texts = self.languages.iter().map(|tag| self.heading(key, tag));
            headings.extend(texts.filter(|text| key != "label" && used.contains(text)));
        }
        headings.extend(
            PLAIN[2..].iter().map(|key| (*key).to_owned()).filter(|key| used.contains(key)),
        );
        table("survey", &headings, &self.rows)
    }

    fn choices(&self, sheet: &str, external: bool) -> Sheet {
        let mut rows = Vec::new();
        let mut columns: BTreeSet<&str> = BTreeSet::new();
        let mut texts: BTreeSet<String> = BTreeSet::new();
        for (list, choices) in &self.lists {
            if self.external.contains_key(list) != external {
                continue;
            }
            let list = self.external.get(list).unwrap_or(list);
            for choice in choices {
                let mut row = BTreeMap::new();
                self.texts(choice, &mut row);
                texts.extend(row.keys().cloned());
                row.insert("list_name".to_owned(), list.clone());
                row.insert("name".to_owned(), words(choice, "name").to_owned());
                let extra = choice.get("columns").and_then(Value::as_object).into_iter().flatten();
                for (column, value) in extra {
                    columns.insert(column);
                    row.insert(column.clone(), plain(value));
                }
                rows.push(row);
            }
        }
        let mut headings = vec!["list_name".to_owned(), "name".to_owned()];
        for key in ["label", "image", "audio", "video"] {
            let all = self.languages.iter().map(|tag| self.heading(key, tag));
            headings.extend(all.filter(|heading| texts.contains(heading)));
        }
        headings.extend(columns.into_iter().map(str::to_owned));
        table(sheet, &headings, &rows)
    }

    fn settings(&self) -> Sheet {
        let mut row = BTreeMap::new();
        let mut headings = Vec::new();
        let own = self.languages.first().copied().unwrap_or_default();
        let title = self.fields.get("title").and_then(Value::as_object);
        let title = title.and_then(|title| title.get(own).or_else(|| title.values().next()));
        let mut put = |key: &str, text: String| {
            headings.push(key.to_owned());
            row.insert(key.to_owned(), text);
        };
        if let Some(title) = title.and_then(Value::as_str) {
            put("form_title", title.to_owned());
        }
        for (key, value) in
            self.fields.get("settings").and_then(Value::as_object).into_iter().flatten()
        {
            put(key, plain(value));
        }
        put("default_language", self.language(own));
        table("settings", &headings, &[row])
    }
}

fn table(name: &str, headings: &[String], rows: &[BTreeMap<String, String>]) -> Sheet {
    let mut sheet = Sheet::new(name);
    for (column, heading) in (0..).zip(headings) {
        sheet.set(1, column, heading);
        for (row, cells) in (2..).zip(rows) {
            if let Some(text) = cells.get(heading) {
                sheet.set(row, column, text);
            }
        }
    }
    sheet
}

fn words<'a>(fields: &'a Map<String, Value>, key: &str) -> &'a str {
    fields.get(key).and_then(Value::as_str).unwrap_or_default()
}

/// A value as a cell shows it.
fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Bool(truth) => if *truth { "yes" } else { "no" }.to_owned(),
        other => other.to_string(),
    }
}
