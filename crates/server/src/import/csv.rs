//! Content as CSV, for events, listings and venues: a heading row with the names of fields,
//! then a record a row.
//!
//! A text is English; `title.ro` is its Romanian. Lists are separated by semicolons. Opening
//! hours are `monday 09:00-17:00; saturday 10:00-13:00 unstaffed`. An empty cell leaves the
//! field as it is.

use std::{collections::BTreeSet, sync::Arc};

use ::csv::{ReaderBuilder, StringRecord, Trim};
use model::{Collection, Problem, ProblemCode, text::FALLBACK};
use serde_json::{Map, Value, json};

use super::{Entry, FAULTS, Fault, Place, SourceFile, content::id_of};
use crate::store::ImportRecord;

/// How the cells of a column become a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Form {
    Line,
    Text,
    Number,
    Truth,
    List,
    Hours,
    Phones,
    /// A wall time; seconds may be left out.
    Moment,
}

/// The columns of each collection: the fields of its view in `model::catalogue`.
fn columns(collection: Collection) -> &'static [(&'static str, Form)] {
    use Form::{Hours, Line, List, Moment, Number, Phones, Text, Truth};
    match collection {
        Collection::Event => &[
            ("title", Text),
            ("summary", Text),
            ("venue", Line),
            ("place", Line),
            ("themes", List),
            ("start", Moment),
            ("minutes", Number),
            ("all_day", Truth),
            ("rule", Line),
            ("except", List),
            ("cost", Text),
            ("booking", Text),
            ("example", Truth),
            ("cancelled", Truth),
        ],
        Collection::Listing => &[
            ("title", Text),
            ("summary", Text),
            ("description", Text),
            ("categories", List),
            ("areas", List),
            ("cost", Line),
            ("languages", List),
            ("phones", Phones),
            ("email", Line),
            ("website", Line),
            ("address", List),
            ("hours", Hours),
            ("always_open", Truth),
            ("hours_note", Text),
            ("checked", Line),
        ],
        Collection::Venue => &[
            ("name", Text),
            ("address", List),
            ("postcode", Line),
            ("area", Line),
            ("hours", Hours),
            ("email", Line),
            ("website", Line),
            ("note", Text),
        ],
        _ => &[],
    }
}

/// Reads the records of a file, and every fault of its form.
pub(super) fn read(
    file: SourceFile,
    collection: Collection,
    entries: &mut Vec<Entry>,
    faults: &mut Vec<Fault>,
) {
    let file = Arc::new(file);
    // Spreadsheets write a byte order mark; it is no part of the first column's name.
    let text = file.text.strip_prefix('\u{feff}').unwrap_or(&file.text);
    let mut reader =
        ReaderBuilder::new().trim(Trim::All).flexible(true).from_reader(text.as_bytes());
    let at = |line: u64| Place::Csv {
        file: Arc::clone(&file),
        line: usize::try_from(line).unwrap_or(usize::MAX),
    };
    let names = match reader.headers() {
        Ok(names) => names.clone(),
        Err(error) => return faults.push(at(1).fault(&malformed("", error.to_string()))),
    };
    let mut headings = Vec::with_capacity(names.len());
    for name in &names {
        match heading(collection, name) {
            Ok(heading) => headings.push(heading),
            Err(problem) => faults.push(at(1).fault(&problem)),
        }
    }
    if headings.len() < names.len() {
        return;
    }
    // Of two cells for one field one would be lost in silence.
    let mut seen = BTreeSet::new();
    let twice = headings.iter().zip(&names).filter(|(heading, _)| !seen.insert(*heading));
    let twice: Vec<_> = twice.map(|(_, name)| name).collect();
    if !twice.is_empty() {
        let detail = "This column stands here twice. Remove or rename one of them.";
        let problem = |name| Problem::new(format!("/{name}"), ProblemCode::Duplicate, detail);
        return faults.extend(twice.into_iter().map(|name| at(1).fault(&problem(name))));
    }
    let mut row = StringRecord::new();
    loop {
        match reader.read_record(&mut row) {
            Ok(true) => {}
            Ok(false) => return,
            Err(error) => {
                let line = error.position().map_or(1, |position| position.line());
                return faults.push(at(line).fault(&malformed("", format!("{error}."))));
            }
        }
        // The reader's own count: a quoted cell may hold line breaks.
        let place = at(row.position().map_or(1, |position| position.line()));
        match record(collection, &headings, &row) {
            Ok(record) => entries.push(Entry { record, place }),
            Err(problems) => faults.extend(problems.iter().map(|p| place.fault(p))),
        }
        if faults.len() >= FAULTS {
            return;
        }
    }
}

/// The column that a JSON Pointer into a record of a CSV file means.
pub(super) fn column_of(pointer: &str) -> String {
    let mut tokens = pointer.split('/').skip(1);
    let field = tokens.next().unwrap_or_default();
    match tokens.next() {
        Some(language) if language != FALLBACK && language.parse::<usize>().is_err() => {
            format!("{field}.{language}")
        }
        _ => field.to_owned(),
    }
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Heading {
    Id,
    Field { name: &'static str, form: Form, language: String },
}

fn heading(collection: Collection, name: &str) -> Result<Heading, Problem> {
    if name == "id" {
        return Ok(Heading::Id);
    }
    let (base, language) = name.split_once('.').unwrap_or((name, FALLBACK));
    columns(collection)
        .iter()
        .find(|(field, form)| *field == base && (*form == Form::Text || base == name))
        .map(|(field, form)| Heading::Field {
            name: field,
            form: *form,
            language: language.to_owned(),
        })
        .ok_or_else(|| {
            let names: Vec<_> = columns(collection).iter().map(|(field, _)| *field).collect();
            let detail = format!("There is no such column. Use id, {}.", names.join(", "));
            Problem::new(format!("/{name}"), ProblemCode::Unknown, detail)
        })
}

fn record(
    collection: Collection,
    headings: &[Heading],
    row: &StringRecord,
) -> Result<ImportRecord, Vec<Problem>> {
    if row.len() != headings.len() {
        let detail = format!(
            "The row has {} cells, the heading {}. Put cells with commas in quotes.",
            row.len(),
            headings.len()
        );
        return Err(vec![malformed("", detail)]);
    }
    let mut fields = Map::new();
    let mut problems = Vec::new();
    let mut id = None;
    for (heading, cell) in headings.iter().zip(row) {
        match heading {
            Heading::Id => match id_of(cell) {
                Ok(key) => id = Some(key),
                Err(problem) => problems.push(problem),
            },
            _ if cell.is_empty() => {}
            Heading::Field { name, form: Form::Text, language } => {
                let text = fields.entry(*name).or_insert_with(|| json!({}));
                text[language.as_str()] = Value::String(cell.to_owned());
            }
            Heading::Field { name, form, .. } => match value(*form, cell) {
                Ok(value) => {
                    fields.insert((*name).to_owned(), value);
                }
                Err(detail) => problems.push(malformed(&format!("/{name}"), detail)),
            },
        }
    }
    match id {
        Some(id) if problems.is_empty() => Ok(ImportRecord { collection, id, fields }),
        None if problems.is_empty() => {
            let detail = "There is no column \"id\". Add one.";
            Err(vec![Problem::new("/id", ProblemCode::Required, detail)])
        }
        _ => Err(problems),
    }
}

fn value(form: Form, cell: &str) -> Result<Value, String> {
    let parts = || cell.split(';').map(str::trim).filter(|part| !part.is_empty());
    match form {
        Form::Line | Form::Text => Ok(Value::String(cell.to_owned())),
        Form::Number => {
            cell.parse::<u32>().map(Value::from).map_err(|_| "Give a whole number.".to_owned())
        }
        Form::Truth => match cell.to_ascii_lowercase().as_str() {
            "yes" | "true" | "1" => Ok(Value::Bool(true)),
            "no" | "false" | "0" => Ok(Value::Bool(false)),
            _ => Err("Write yes or no.".to_owned()),
        },
        Form::List => Ok(parts().map(str::to_owned).collect()),
        Form::Phones => Ok(parts().map(|number| json!({"number": number})).collect()),
        Form::Hours => parts().map(opening).collect(),
        Form::Moment => {
            let moment = cell.replacen(' ', "T", 1);
            let seconds = if moment.matches(':').count() == 1 { ":00" } else { "" };
            let moment = moment + seconds;
            match moment.parse::<chrono::NaiveDateTime>() {
                Ok(_) => Ok(Value::String(moment)),
                Err(_) => Err("Write date and time like 2026-11-24T10:30.".to_owned()),
            }
        }
    }
}

/// `monday 09:00-17:00`, perhaps with `unstaffed` behind it.
fn opening(text: &str) -> Result<Value, String> {
    let wrong = || format!("\"{text}\" is no opening. Write: monday 09:00-17:00.");
    let time = |text: &str| {
        let text = format!("{text}:00");
        text.parse::<chrono::NaiveTime>().map(|_| Value::String(text)).map_err(|_| wrong())
    };
    let mut words = text.split_whitespace();
    let day = words.next().ok_or_else(wrong)?.to_ascii_lowercase();
    let (from, to) = words.next().and_then(|span| span.split_once('-')).ok_or_else(wrong)?;
    let mut opening = json!({"day": day, "from": time(from)?, "to": time(to)?});
    match words.next() {
        None => {}
        Some("unstaffed") => opening["unstaffed"] = Value::Bool(true),
        Some(_) => return Err(wrong()),
    }
    Ok(opening)
}

fn malformed(pointer: &str, detail: impl Into<String>) -> Problem {
    Problem::new(pointer, ProblemCode::Malformed, detail)
}
