//! Content as JSON: a list of objects, each with its id and its fields.

use std::{collections::HashMap, sync::Arc};

use model::{Collection, Key, Problem, ProblemCode, canonical::depth_of, limits::JSON_DEPTH};
use serde_json::{Value, value::RawValue};

use super::{
    Entry, FAULTS, Fault, Place, SourceFile,
    lines::{line_at, offset_in},
};
use crate::store::ImportRecord;

/// Reads the records of a file, and every fault of its form.
pub(super) fn read(
    file: SourceFile,
    collection: Collection,
    entries: &mut Vec<Entry>,
    faults: &mut Vec<Fault>,
) {
    let file = Arc::new(file);
    let items: Vec<&RawValue> = match serde_json::from_str(&file.text) {
        Ok(items) => items,
        Err(error) => {
            return faults.push(Fault {
                file: file.name.clone(),
                line: error.line().max(1),
                field: String::new(),
                detail: format!("Not a JSON list of records: {error}."),
            });
        }
    };
    for raw in items {
        let from = offset_in(&file.text, raw.get());
        let place = Place::Json { file: Arc::clone(&file), from, to: from + raw.get().len() };
        match record(raw, collection) {
            Ok(record) => entries.push(Entry { record, place }),
            Err(problem) => faults.push(place.fault(&problem)),
        }
        if faults.len() >= FAULTS {
            return;
        }
    }
}

fn record(raw: &RawValue, collection: Collection) -> Result<ImportRecord, Problem> {
    let malformed =
        |pointer: &str, detail: String| Problem::new(pointer, ProblemCode::Malformed, detail);
    let value: Value = serde_json::from_str(raw.get())
        .map_err(|error| malformed("", format!("Not a record: {error}.")))?;
    if depth_of(&value) > JSON_DEPTH {
        return Err(malformed("", format!("Nested deeper than {JSON_DEPTH} levels.")));
    }
    let Value::Object(mut fields) = value else {
        return Err(malformed("", "A record is an object with an \"id\".".to_owned()));
    };
    let id = match fields.remove("id") {
        Some(Value::String(id)) => id_of(&id)?,
        Some(_) => return Err(malformed("/id", "An id is a text.".to_owned())),
        None => {
            let detail = "\"id\" is missing. Add it.";
            return Err(Problem::new("/id", ProblemCode::Required, detail));
        }
    };
    Ok(ImportRecord { collection, id, fields })
}

/// The id of a record in a file.
pub(super) fn id_of(text: &str) -> Result<Key, Problem> {
    Key::parse(text).ok_or_else(|| {
        let detail =
            format!("\"{text}\" is no id. Use 1 to 64 characters of a-z, 0-9, dot and hyphen.");
        Problem::new("/id", ProblemCode::Malformed, detail)
    })
}

/// Records that stand twice, in one file or in two.
pub(super) fn duplicates(entries: &[Entry]) -> Vec<Fault> {
    let mut first: HashMap<(Collection, &Key), &Place> = HashMap::new();
    let mut faults = Vec::new();
    for Entry { record, place } in entries {
        let Some(earlier) = first.insert((record.collection, &record.id), place) else {
            continue;
        };
        let (file, line) = match earlier {
            Place::Json { file, from, .. } => (file, line_at(&file.text, *from)),
            Place::Csv { file, line } => (file, *line),
        };
        let detail = format!(
            "\"{}\" stands already in {}:{line}. Rename or remove one of them.",
            record.id, file.name
        );
        faults.push(place.fault(&Problem::new("/id", ProblemCode::Duplicate, detail)));
        if faults.len() >= FAULTS {
            break;
        }
    }
    faults
}
