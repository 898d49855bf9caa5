//! Content and submissions from files. Content comes in whole or not at all, and every fault
//! is told with its file and line.

mod content;
mod csv;
mod lines;
mod outbox;

use std::{
    collections::BTreeSet,
    fs,
    io::Read as _,
    path::{Path, PathBuf},
    sync::Arc,
};

use model::{Collection, Problem, ProblemCode};

use crate::{
    Store, StoreError, check,
    store::{ImportRecord, Imported},
};

pub use outbox::{OutboxReport, import_outbox, is_outbox};

/// Bytes of one file. Ten thousand listings have 10 MiB; what is larger is no content of ours, and
/// reading it costs ten times its size in memory.
pub const FILE_BYTES: u64 = 32 * 1024 * 1024;
/// Faults that are told at a time: more than anybody puts right before trying again. Without an end
/// a file of the wrong kind has one for each few bytes.
pub const FAULTS: usize = 1_000;

/// A file that was read.
#[derive(Debug, Clone)]
pub struct SourceFile {
    /// How it is called in messages.
    pub name: String,
    /// What stands in it.
    pub text: String,
}

/// What is wrong, and where: `events.csv:3: start: …`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fault {
    /// The file.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The field: a JSON Pointer or the name of a column. Empty for the whole record or file.
    pub field: String,
    /// What is wrong and what to do.
    pub detail: String,
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}: ", self.file, self.line)?;
        if !self.field.is_empty() {
            write!(f, "{}: ", self.field)?;
        }
        f.write_str(&self.detail)
    }
}

/// Why nothing was imported.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The content is not as it must be.
    #[error("{} found, nothing was imported:\n{}", counted(.0), listed(.0))]
    Faults(Vec<Fault>),
    /// A file is larger than [`FILE_BYTES`].
    #[error("{} has more than {FILE_BYTES} bytes; split it", path.display())]
    TooLarge {
        /// Which.
        path: PathBuf,
    },
    /// A file cannot be read.
    #[error("{}: {error}", path.display())]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

fn listed(faults: &[Fault]) -> String {
    faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

fn counted(faults: &[Fault]) -> String {
    match faults.len() {
        1 => "1 fault".to_owned(),
        FAULTS => format!("{FAULTS} faults and perhaps more"),
        number => format!("{number} faults"),
    }
}

/// A record from a file, with its place for messages.
#[derive(Debug, Clone)]
struct Entry {
    record: ImportRecord,
    place: Place,
}

#[derive(Debug, Clone)]
enum Place {
    /// The bytes of the record's object in a JSON file.
    Json { file: Arc<SourceFile>, from: usize, to: usize },
    /// A row of a CSV file.
    Csv { file: Arc<SourceFile>, line: usize },
}

impl Place {
    fn fault(&self, problem: &Problem) -> Fault {
        let Problem { pointer, detail, .. } = problem;
        match self {
            Self::Json { file, from, to } => Fault {
                file: file.name.clone(),
                line: lines::line_of_pointer(&file.text, *from..*to, pointer),
                field: pointer.clone(),
                detail: detail.clone(),
            },
            Self::Csv { file, line } => Fault {
                file: file.name.clone(),
                line: *line,
                field: csv::column_of(pointer),
                detail: detail.clone(),
            },
        }
    }
}

/// Checks content files by themselves, without a database, and counts their records.
///
/// # Errors
/// Every fault of every file.
pub fn check_content(files: Vec<SourceFile>) -> Result<usize, ImportError> {
    let (entries, mut faults) = entries_of(files);
    let references: BTreeSet<_> = entries
        .iter()
        .map(|Entry { record, .. }| (record.collection, record.id.to_string()))
        .collect();
    let whole = faults.is_empty();
    for Entry { record, place } in &entries {
        let problems = check::problems(record.collection, &record.id, &record.fields, &references);
        let problems = problems.iter().filter(|problem| whole || stands_alone(problem));
        let room = FAULTS.saturating_sub(faults.len());
        faults.extend(problems.take(room).map(|problem| place.fault(problem)));
    }
    faults.sort();
    if faults.is_empty() { Ok(entries.len()) } else { Err(ImportError::Faults(faults)) }
}

/// Imports content files: JSON (`event.json`) and CSV (`events.csv`), named after their
/// collection.
///
/// # Errors
/// Every fault of every file, and nothing is imported; or why the database failed.
pub async fn import_content(
    store: &Store,
    files: Vec<SourceFile>,
) -> Result<Imported, ImportError> {
    let (entries, mut faults) = entries_of(files);
    let whole = faults.is_empty();
    let records = entries.iter().map(|entry| entry.record.clone()).collect();
    match store.import(records, !whole).await? {
        Ok(imported) if whole => return Ok(imported),
        Ok(_) => {}
        Err(problems) => {
            let room = FAULTS.saturating_sub(faults.len());
            let problems = problems.iter().filter(|(_, problem)| whole || stands_alone(problem));
            faults.extend(
                problems
                    .take(room)
                    .filter_map(|(index, problem)| Some(entries.get(*index)?.place.fault(problem))),
            );
        }
    }
    faults.sort();
    Err(ImportError::Faults(faults))
}

/// Whether a problem is there whatever other records say. A missing reference may only be
/// missing because the record it means could not be read.
fn stands_alone(problem: &Problem) -> bool {
    problem.code != ProblemCode::Unknown || problem.pointer.starts_with("/definition")
}

/// The records of all files that can be read, and what cannot.
fn entries_of(files: Vec<SourceFile>) -> (Vec<Entry>, Vec<Fault>) {
    let mut entries = Vec::new();
    let mut faults = Vec::new();
    for file in files {
        match kind_of(&file.name) {
            Some((collection, FileKind::Json)) => {
                content::read(file, collection, &mut entries, &mut faults);
            }
            Some((collection, FileKind::Csv)) => {
                csv::read(file, collection, &mut entries, &mut faults);
            }
            None => faults.push(Fault {
                line: 1,
                field: String::new(),
                detail: format!(
                    "Name the file after what it holds: {}.json, or events.csv, listings.csv, \
                     venues.csv.",
                    Collection::ALL.map(Collection::name).join(".json, ")
                ),
                file: file.name,
            }),
        }
    }
    faults.extend(content::duplicates(&entries));
    faults.truncate(FAULTS);
    (entries, faults)
}

enum FileKind {
    Json,
    Csv,
}

fn kind_of(name: &str) -> Option<(Collection, FileKind)> {
    let (stem, extension) = name.rsplit(['/', '\\']).next()?.rsplit_once('.')?;
    match extension {
        "json" => Some((Collection::parse(stem)?, FileKind::Json)),
        "csv" => {
            let collection = match stem {
                "event" | "events" => Collection::Event,
                "listing" | "listings" => Collection::Listing,
                "venue" | "venues" => Collection::Venue,
                _ => return None,
            };
            Some((collection, FileKind::Csv))
        }
        _ => None,
    }
}

/// Reads `path`, or every `.json` and `.csv` file in it if it is a directory.
///
/// # Errors
/// If something cannot be read, is not UTF-8, or has more than [`FILE_BYTES`].
pub fn read_files(path: &Path) -> Result<Vec<SourceFile>, ImportError> {
    let unreadable = |path: &Path| {
        let path = path.to_owned();
        move |error| ImportError::Unreadable { path, error }
    };
    let mut paths = Vec::new();
    if path.is_dir() {
        for entry in fs::read_dir(path).map_err(unreadable(path))? {
            let path = entry.map_err(unreadable(path))?.path();
            if path.extension().is_some_and(|ending| ending == "json" || ending == "csv") {
                paths.push(path);
            }
        }
        paths.sort();
    } else {
        paths.push(path.to_owned());
    }
    paths
        .into_iter()
        .map(|path| {
            let mut text = String::new();
            // Not by the size that the file says it has: a pipe says none.
            let file = fs::File::open(&path).map_err(unreadable(&path))?;
            file.take(FILE_BYTES + 1).read_to_string(&mut text).map_err(unreadable(&path))?;
            if text.len() as u64 > FILE_BYTES {
                return Err(ImportError::TooLarge { path });
            }
            Ok(SourceFile { name: path.display().to_string(), text })
        })
        .collect()
}
