//! A workbook to the JSON of a definition, and everything that is wrong with it.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::{Map, Value};

use crate::{
    About, Book, Finding, Place, Severity, Sheet,
    attached::Attached,
    bundle,
    choices::{self, Lists, ROW},
    finding::Findings,
    header::{Column, Kind, Table},
    languages::{Languages, TEXTS},
    media,
    origin::{self, Origins},
    reference::{Reference, references},
    rows::{Read, Rows},
    settings::Settings,
    words::{meant, quoted},
    workbook,
};

/// Under which a definition says which of its lists stand on the sheet external_choices, and by what name. It makes no
/// difference to who answers; the form goes out again as it came in.
pub(crate) const EXTERNAL: &str = "external_choices";

/// What an import is given beside the workbook.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The form's name if it has none itself: the file's name without its ending.
    pub name: Option<String>,
    /// The language of a form that names none; `en` if this is empty.
    pub language: String,
    /// The files that lie beside it.
    pub attached: Attached,
}

/// What came of an import.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Import {
    /// The definition; none if anything is an error, so that nothing is half imported.
    pub definition: Option<Value>,
    /// What is wrong or was read with leniency, the most serious first.
    pub findings: Vec<Finding>,
    /// The form in figures, as far as it could be read.
    pub about: About,
}

impl Import {
    pub(crate) fn refused(findings: Vec<Finding>) -> Self {
        Self { definition: None, findings, about: About::default() }
    }

    /// The errors among the findings.
    pub fn errors(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| finding.severity == Severity::Error)
    }
}

/// Reads a workbook's bytes, or those of a `.zip` with a workbook and the files that belong to it.
pub fn import(bytes: &[u8], options: &Options) -> Import {
    match bundle::read(bytes) {
        None => import_workbook(bytes, options),
        Some(Err(finding)) => Import::refused(vec![*finding]),
        Some(Ok(bundle)) => {
            let mut options = options.clone();
            options.attached.tables.extend(bundle.attached.tables);
            options.attached.unread.extend(bundle.attached.unread);
            options.attached.media.extend(bundle.attached.media);
            let mut import = import_workbook(&bundle.workbook, &options);
            if !bundle.faults.is_empty() {
                import.definition = None;
                import.findings.splice(0..0, bundle.faults);
            }
            import
        }
    }
}

fn import_workbook(bytes: &[u8], options: &Options) -> Import {
    match workbook::read(bytes) {
        Ok(book) => import_book(&book, options),
        Err(finding) => Import::refused(vec![*finding]),
    }
}

/// Reads a workbook's sheets.
pub fn import_book(book: &Book, options: &Options) -> Import {
    let mut findings = Findings::default();
    let Some(survey) = survey_sheet(book, &mut findings) else {
        return Import::refused(findings.into_list());
    };
    say_other_sheets(book, &mut findings);
    let empty = Sheet::default();
    let sheet = |name: &str| book.sheet(name).unwrap_or(&empty);
    let settings = Table::read(sheet("settings"), Kind::Settings, &mut findings);
    let settings = Settings::read(&settings, &mut findings);
    let survey = Table::read(survey, Kind::Survey, &mut findings);
    let choice_table = Table::read(sheet("choices"), Kind::Choices, &mut findings);
    let external_table = Table::read(sheet("external_choices"), Kind::Choices, &mut findings);
    let default = settings.language.as_ref().map(|(name, place)| (name.as_str(), place.clone()));
    let usual = if options.language.is_empty() { "en" } else { options.language.as_str() };
    let tables = [&survey, &choice_table, &external_table];
    let languages = Languages::of(&tables, default, usual, &mut findings);
    let duplicates = settings.says("allow_choice_duplicates", false);
    let mut lists = choices::read(&choice_table, &languages, duplicates, &mut findings);
    // Names in this sheet repeat: its choices are told apart by their other columns.
    let external = choices::read(&external_table, &languages, true, &mut findings);
    let mut rows = Rows {
        table: &survey,
        languages: &languages,
        lists: &mut lists,
        external: &external,
        root: settings.kept.get("name").map_or("data", String::as_str),
        clean: settings.says("clean_text_values", true),
        findings: &mut findings,
        read: Read::default(),
    };
    let items = rows.items();
    let read = rows.read;
    let mut form = Form { settings, lists, items, read, renamed: BTreeMap::new() };
    form.take_external(&external, &mut findings);
    if form.items.is_empty() && !findings.has_errors() {
        let what = "The form asks nothing.";
        let remedy = "Write the questions below the headings: type, name, label.";
        findings.error("empty", Place::sheet(&survey.sheet.name), what, remedy);
    }
    form.check_references(&survey, &choice_table, &mut findings);
    form.say_foreign(&survey, &mut findings);
    say_missing_translations(&tables, &languages, &mut findings);
    say_failed_formulas(&tables, &mut findings);
    let origins = Origins::of(&form.items, &form.lists, &form.external_lists());
    let too_many = form.read.too_many;
    let used = &form.read.used;
    let of_survey = media::cells(&survey).filter(|(row, ..)| used.contains(row));
    let of_choices = media::cells(&choice_table).chain(media::cells(&external_table));
    let named = of_survey.chain(of_choices).map(|(_, place, name)| (place, name));
    let files = media::files(named, &options.attached.media, &mut findings);
    let mut definition = form.write(&languages, options, &mut findings);
    if let Some(definition) = definition.as_object_mut().filter(|_| !files.is_empty()) {
        definition.insert("files".to_owned(), files.into());
    }
    if !too_many && !form_is_empty(&definition) {
        let tables = origin::Tables {
            survey: &survey,
            choices: &choice_table,
            external: &external_table,
            languages: &languages,
        };
        origin::check(&definition, &origins, &tables, &mut findings);
    }
    let about = About::of(&definition);
    let definition = (!findings.has_errors()).then_some(definition);
    Import { definition, findings: findings.into_list(), about }
}

fn form_is_empty(definition: &Value) -> bool {
    definition.get("items").and_then(Value::as_array).is_none_or(Vec::is_empty)
}

fn survey_sheet<'a>(book: &'a Book, findings: &mut Findings) -> Option<&'a Sheet> {
    let found = book.sheet("survey").filter(|sheet| !sheet.is_empty());
    if found.is_some() {
        return found;
    }
    if let [only] = book.sheets.as_slice()
        && !only.is_empty()
    {
        return Some(only);
    }
    let names = book.sheets.iter().map(|sheet| sheet.name.as_str());
    let remedy = match meant("survey", names.filter(|name| !name.starts_with('_'))) {
        Some(name) if book.sheet("survey").is_none() => {
            format!("Is it the sheet \"{name}\"? Rename it to survey.")
        }
        _ => "Put the questions on a sheet of that name: columns type, name and label.".to_owned(),
    };
    let what = "The workbook has no sheet \"survey\" with questions.";
    findings.error("missing_sheet", Place::default(), what, remedy);
    None
}

fn say_other_sheets(book: &Book, findings: &mut Findings) {
    for known in ["choices", "settings", "external_choices"] {
        if book.sheet(known).is_some() {
            continue;
        }
        let names = book.sheets.iter().map(|sheet| sheet.name.as_str());
        let names = names.filter(|name| !name.starts_with('_') && *name != "survey");
        if let Some(name) = meant(known, names) {
            let what = format!("The sheet \"{name}\" is not read.");
            let remedy = format!("Rename it to {known} if it is meant to be that.");
            findings.warning("odd_sheet", Place::sheet(name), what, remedy);
        }
    }
    if book.sheet("entities").is_some_and(|sheet| !sheet.is_empty()) {
        let what = "Entities are not made from answers here.";
        let remedy = "Nothing needs to be done: answers are stored all the same.";
        findings.warning("unused_sheet", Place::sheet("entities"), what, remedy);
    }
}

/// Cells in which a spreadsheet's own formula failed (ECMA-376, part 1, 18.18.11, `ST_CellType`, "e").
fn say_failed_formulas(tables: &[&Table<'_>], findings: &mut Findings) {
    let errors = ["#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!"];
    for table in tables {
        for &row in &table.rows {
            for (column, text) in table.cells(row).filter(|(_, text)| errors.contains(text)) {
                let what = format!("The cell holds {text}: a formula of the spreadsheet failed.");
                let remedy = "Write the text itself into the cell.";
                let place = Place::cell(&table.sheet.name, row, column.index);
                findings.warning("failed_formula", place, what, remedy);
            }
        }
    }
}

/// Words that stand in one language and not in another.
fn say_missing_translations(tables: &[&Table<'_>], languages: &Languages, findings: &mut Findings) {
    if languages.tags.len() < 2 {
        return;
    }
    for tag in &languages.tags {
        let mut missing = 0;
        let mut first: Option<Place> = None;
        for table in tables {
            let labels: Vec<_> =
                table.columns.iter().filter(|column| column.key == "label").collect();
            for &row in &table.rows {
                let has = |wanted: bool| {
                    table.cells(row).any(|(column, _)| {
                        column.key == "label" && (languages.tag(column) == tag) == wanted
                    })
                };
                if has(false) && !has(true) {
                    missing += 1;
                    let own = labels.iter().find(|column| languages.tag(column) == tag);
                    let column = own.map(|column| column.index);
                    first.get_or_insert_with(|| Place::cell(&table.sheet.name, row, column));
                }
            }
        }
        if let Some(place) = first {
            let what = format!("Labels without words in the language {tag}: {missing}.");
            let remedy = format!("Translate them, from here on; {} is shown.", languages.own());
            findings.warning("missing_translation", place, what, remedy);
        }
    }
}

/// A form as its parts.
struct Form {
    settings: Settings,
    lists: Lists,
    items: Vec<Map<String, Value>>,
    read: Read,
    /// Lists of external_choices whose name a list of choices has, and their new names.
    renamed: BTreeMap<String, String>,
}

impl Form {
    /// Lists of the sheet external_choices join the others.
    fn take_external(&mut self, external: &Lists, findings: &mut Findings) {
        let mut repeats = false;
        for name in &self.read.external {
            let Some(list) = external.get(name) else { continue };
            let mut names = BTreeSet::new();
            repeats |= !list.iter().all(|choice| {
                names.insert(choice.get("name").and_then(Value::as_str).unwrap_or_default())
            });
            let mut free = name.clone();
            while self.lists.contains_key(&free) {
                free.push_str("_external");
            }
            if free != *name {
                self.renamed.insert(name.clone(), free.clone());
            }
            self.lists.insert(free, list.clone());
        }
        if repeats && !self.settings.says("allow_choice_duplicates", false) {
            let what = "Lists of external_choices have the same name more than once.";
            let remedy = "Nothing needs to be done: allow_choice_duplicates is set.";
            findings.note("duplicate_choice", Place::sheet("external_choices"), what, remedy);
            let key = "allow_choice_duplicates".to_owned();
            self.settings.kept.insert(key, "yes".to_owned());
        }
    }

    /// What SurveyCTO's functions do not do here.
    fn say_foreign(&self, survey: &Table<'_>, findings: &mut Findings) {
        for &row in survey.rows.iter().filter(|row| self.read.used.contains(row)) {
            let computes = |column: &Column| column.known && !TEXTS.contains(&column.key.as_str());
            for (column, text) in survey.cells(row) {
                if computes(column) && text.contains("device-info(") {
                    let place = Place::cell(&survey.sheet.name, row, column.index);
                    let what = "device-info() is empty here: nothing is recorded of the device.";
                    let remedy = "Nothing needs to be done, or take the question out.";
                    findings.warning("partly_known", place, what, remedy);
                }
            }
        }
    }

    /// The lists that came from the sheet external_choices: the names that they have now, and those that they have
    /// on that sheet.
    fn external_lists(&self) -> Vec<(String, Value)> {
        let names = self.read.external.iter();
        names
            .map(|name| (self.renamed.get(name).unwrap_or(name).clone(), name.as_str().into()))
            .collect()
    }

    /// Every `${name}` speaks of one question.
    fn check_references(&self, survey: &Table<'_>, choices: &Table<'_>, findings: &mut Findings) {
        let mut names: BTreeMap<&str, usize> = BTreeMap::from([("instanceID", 1)]);
        count_names(&self.items, &mut names);
        let mut check = |place: Place, text: &str| {
            for reference in references(text) {
                let (what, remedy) = match reference {
                    Reference::To(name) => match names.get(name) {
                        Some(1) => continue,
                        Some(_) => (
                            format!("${{{name}}} could be any of several questions."),
                            "Rename one of them: names that others speak of must be unique."
                                .to_owned(),
                        ),
                        None => (
                            format!("There is no question \"{name}\"."),
                            match meant(name, names.keys().copied()) {
                                Some(other) => format!("Did you mean ${{{other}}}?"),
                                None => "Use the name of a question of this form.".to_owned(),
                            },
                        ),
                    },
                    Reference::LastSaved(name) if !names.contains_key(name) => (
                        format!("There is no question \"{name}\"."),
                        "Use the name of a question of this form.".to_owned(),
                    ),
                    Reference::LastSaved(name) => {
                        let what = format!("${{last-saved#{name}}} is always empty here.");
                        let remedy = "Tablets are shared, so nothing of an earlier person is kept.";
                        findings.warning("last_saved", place.clone(), what, remedy);
                        continue;
                    }
                    Reference::Broken(inner) => (
                        format!("${{{} is no reference.", quoted(inner)),
                        "Write the name of a question: ${name}.".to_owned(),
                    ),
                };
                findings.error("bad_reference", place.clone(), what, remedy);
            }
        };
        for &row in survey.rows.iter().filter(|row| self.read.used.contains(row)) {
            for (column, text) in survey.cells(row) {
                if column.known && !["type", "name", "disabled"].contains(&column.key.as_str()) {
                    check(Place::cell(&survey.sheet.name, row, column.index), text);
                }
            }
            for (column, text) in survey.cells(row).filter(|(column, _)| column.key == "type") {
                check(Place::cell(&survey.sheet.name, row, column.index), text);
            }
        }
        for &row in &choices.rows {
            for (column, text) in choices.cells(row).filter(|(column, _)| column.known) {
                check(Place::cell(&choices.sheet.name, row, column.index), text);
            }
        }
        if let Some(text) = self.settings.kept.get("instance_name") {
            let place = self.settings.places.get("instance_name").cloned().unwrap_or_default();
            check(place, text);
        }
        let kinds = kinds(&self.items);
        for &row in survey.rows.iter().filter(|row| self.read.used.contains(row)) {
            for (column, text) in survey.cells(row).filter(|(column, _)| column.key == "trigger") {
                if let Some((severity, what, remedy)) = trigger_fault(text, &kinds) {
                    let place = Place::cell(&survey.sheet.name, row, column.index);
                    findings.add(Finding::new(severity, "bad_reference", place, what, remedy));
                }
            }
        }
    }

    fn write(mut self, languages: &Languages, options: &Options, findings: &mut Findings) -> Value {
        let mut definition = Map::new();
        languages.write(&mut definition);
        for (key, text) in std::mem::take(&mut self.read.settings) {
            match key {
                "form_title" => self.settings.title = Some(text),
                key => {
                    self.settings.kept.insert(key.to_owned(), text);
                }
            }
        }
        let kept = &self.settings.kept;
        let title = self.settings.title.as_ref().or_else(|| kept.get("form_id"));
        if let Some(title) = title.or(options.name.as_ref()).filter(|title| !title.is_empty()) {
            choices::put(&mut definition, "title", languages.own(), title.as_str().into());
        }
        if !kept.is_empty() {
            let kept = kept.iter().map(|(key, text)| (key.clone(), text.as_str().into()));
            definition.insert("settings".to_owned(), kept.collect::<Map<_, _>>().into());
        }
        self.write_tables(&mut definition, options, findings);
        let external = self.external_lists();
        for item in &mut self.items {
            rename_external(item, &self.renamed);
        }
        let lists = std::mem::take(&mut self.lists).into_iter().map(|(name, choices)| {
            let choices = choices.into_iter().map(|mut choice| {
                choice.remove(ROW);
                Value::Object(choice)
            });
            (name, choices.collect())
        });
        let lists: Map<String, Value> = lists.collect();
        if !lists.is_empty() {
            definition.insert("lists".to_owned(), lists.into());
        }
        let external: Map<String, Value> = external.iter().cloned().collect();
        if !external.is_empty() {
            definition.insert(EXTERNAL.to_owned(), external.into());
        }
        let mut items: Vec<Value> = self.items.into_iter().map(Value::Object).collect();
        items.iter_mut().for_each(strip);
        definition.insert("items".to_owned(), items.into());
        Value::Object(definition)
    }

    fn write_tables(
        &self,
        definition: &mut Map<String, Value>,
        options: &Options,
        findings: &mut Findings,
    ) {
        let tables: Map<String, Value> = options
            .attached
            .tables
            .iter()
            .map(|(name, table)| (name.clone(), table.value()))
            .collect();
        if !tables.is_empty() {
            definition.insert("tables".to_owned(), tables.into());
        }
        for (file, row) in &self.read.files {
            let name = file.rsplit_once('.').map_or(file.as_str(), |(name, _)| name);
            let place = Place::row("survey", *row);
            let attached = &options.attached;
            if !attached.tables.contains_key(name) && !attached.unread.contains(name) {
                let what = format!("The file {} is not there.", quoted(file));
                let remedy =
                    "Choose it together with the form. Until then there is nothing to pick from.";
                findings.warning("missing_file", place, what, remedy);
            }
        }
    }
}

fn count_names<'a>(items: &'a [Map<String, Value>], names: &mut BTreeMap<&'a str, usize>) {
    let mut left: Vec<&Map<String, Value>> = items.iter().collect();
    while let Some(item) = left.pop() {
        if let Some(name) = item.get("name").and_then(Value::as_str) {
            *names.entry(name).or_default() += 1;
        }
        let inner = item.get("items").and_then(Value::as_array);
        left.extend(inner.into_iter().flatten().filter_map(Value::as_object));
    }
}

/// The types of all items by name; an empty one for what nobody sees.
fn kinds(items: &[Map<String, Value>]) -> BTreeMap<&str, &str> {
    let mut kinds = BTreeMap::new();
    let mut left: Vec<&Map<String, Value>> = items.iter().collect();
    while let Some(item) = left.pop() {
        let word = |key: &str| item.get(key).and_then(Value::as_str).unwrap_or_default();
        let computed = item.contains_key("calculation") || item.contains_key("trigger");
        let silent = !item.contains_key("label") && !item.contains_key("hint");
        let unseen = word("type") == "calculate" || (computed && silent);
        kinds.insert(word("name"), if unseen { "" } else { word("type") });
        let inner = item.get("items").and_then(Value::as_array);
        left.extend(inner.into_iter().flatten().filter_map(Value::as_object));
    }
    kinds
}

/// What is wrong with a trigger: `${a}`, or several with commas between them (pyxform's `process_trigger`). Names that the
/// form does not have are told elsewhere.
fn trigger_fault(
    text: &str,
    kinds: &BTreeMap<&str, &str>,
) -> Option<(Severity, String, &'static str)> {
    let remedy = "Write the question whose change counts: ${name}.";
    let mut rest = String::new();
    let mut count = 0;
    for (at, part) in text.split("${").enumerate() {
        rest.push_str(if at == 0 {
            part
        } else {
            part.split_once('}').map_or("", |(_, rest)| rest)
        });
        count = at;
    }
    if count == 0 {
        return Some((Severity::Error, format!("{} is no trigger.", quoted(text)), remedy));
    }
    for reference in references(text) {
        let Reference::To(name) = reference else { continue };
        let what = match kinds.get(name).copied() {
            Some("") => format!("Nobody can see {}, so it cannot be a trigger.", quoted(name)),
            Some(kind @ ("group" | "repeat")) => {
                format!("A {kind} such as {} cannot be a trigger.", quoted(name))
            }
            _ => continue,
        };
        return Some((Severity::Error, what, remedy));
    }
    let extra = rest.replace(',', " ");
    if !extra.trim().is_empty() {
        let what = format!("{} in the trigger is left out.", quoted(extra.trim()));
        return Some((Severity::Warning, what, remedy));
    }
    if rest.matches(',').count() + 1 < count {
        let what = "Between the questions of a trigger stands no comma.";
        return Some((Severity::Error, what.to_owned(), "Write: ${first}, ${second}."));
    }
    None
}

/// Takes out what an item kept for the time of reading.
fn strip(item: &mut Value) {
    let Some(fields) = item.as_object_mut() else { return };
    fields.retain(|key, _| !key.starts_with('\0'));
    for inner in fields.get_mut("items").and_then(Value::as_array_mut).into_iter().flatten() {
        strip(inner);
    }
}

fn rename_external(item: &mut Map<String, Value>, renamed: &BTreeMap<String, String>) {
    if item.contains_key("\0external")
        && let Some(list) = item.get("list").and_then(Value::as_str)
        && let Some(free) = renamed.get(list)
    {
        item.insert("list".to_owned(), free.as_str().into());
    }
    for inner in item.get_mut("items").and_then(Value::as_array_mut).into_iter().flatten() {
        if let Some(inner) = inner.as_object_mut() {
            rename_external(inner, renamed);
        }
    }
}
