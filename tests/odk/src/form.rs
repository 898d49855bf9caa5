//! The forms, and where their questions stand in the one engine and in the other.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::{Context, Result};
use serde_json::Value;
use survey::{Definition, Fill, Kind};
use xlsform::{Book, Options, Sheet, export, import, import_book, read_directory};

/// A form as our engine reads it.
pub struct Form {
    /// The file's name without its ending.
    pub name: String,
    /// Read from the workbook.
    pub definition: Arc<Definition>,
    /// The same as it is stored and sent.
    pub value: Value,
}

/// A question, or a repeat, of a filling.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Its index in [`Definition::items`].
    pub item: usize,
    /// Its path in our engine: `kids_details[2]/kids_name`.
    pub path: String,
    /// Its reference in ODK's, from below the form: `kids/kids_details[2]/kids_name`.
    pub reference: String,
}

/// The workbooks of a folder that pyxform accepts, in the order of their names; none if there is no such folder.
///
/// # Errors
/// When one cannot be read.
pub fn workbooks(folder: &Path) -> Result<Vec<PathBuf>> {
    let Ok(entries) = fs::read_dir(folder) else { return Ok(Vec::new()) };
    let mut found = Vec::new();
    for entry in entries {
        let path = entry?.path();
        let book = path.extension().is_some_and(|it| it == "xlsx" || it == "xls" || it == "md");
        if book && beside(&path).is_file() {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

fn beside(book: &Path) -> PathBuf {
    let mut name = book.as_os_str().to_owned();
    name.push(".pyxform.xml");
    name.into()
}

/// What pyxform makes of a workbook.
///
/// # Errors
/// When it cannot be read.
pub fn conversion(book: &Path) -> Result<String> {
    let xml = beside(book);
    fs::read_to_string(&xml).with_context(|| format!("reading {}", xml.display()))
}

/// The folder of the tables that belong to the forms of a folder.
fn media(book: &Path) -> PathBuf {
    book.with_file_name("media")
}

/// Those tables as they are, by the names of their files.
///
/// # Errors
/// When one cannot be read.
pub fn attachments(book: &Path) -> Result<BTreeMap<String, String>> {
    let mut files = BTreeMap::new();
    let Ok(entries) = fs::read_dir(media(book)) else { return Ok(files) };
    for entry in entries {
        let path = entry?.path();
        if path.extension().is_some_and(|ending| ending == "csv") {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            files.insert(name, fs::read_to_string(path)?);
        }
    }
    Ok(files)
}

/// A workbook as pyxform's tests write it: the name of a sheet in the first column, its rows below with that column
/// empty.
fn sheets(text: &str) -> Book {
    let mut sheets: Vec<(String, Vec<Vec<&str>>)> = Vec::new();
    for line in text.lines().filter_map(|line| line.trim().strip_prefix('|')) {
        let mut cells = line.trim_end().trim_end_matches('|').split('|').map(str::trim);
        match (cells.next().unwrap_or_default(), sheets.last_mut()) {
            ("", Some((_, rows))) => rows.push(cells.collect()),
            (name, _) => sheets.push((name.to_owned(), Vec::new())),
        }
    }
    Book { sheets: sheets.iter().map(|(name, rows)| Sheet::of(name, rows)).collect() }
}

impl Form {
    /// Reads a workbook; what we find wrong with it if we refuse it.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub fn read(book: &Path) -> Result<Result<Self, String>> {
        let name = book.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let bytes = fs::read(book).with_context(|| format!("reading {}", book.display()))?;
        let attached = read_directory(&media(book))?.0;
        let options = Options { name: Some(name.clone()), attached, ..Options::default() };
        let import = if book.extension().is_some_and(|ending| ending == "md") {
            import_book(&sheets(&String::from_utf8(bytes)?), &options)
        } else {
            import(&bytes, &options)
        };
        let Some(value) = import.definition else {
            return Ok(Err(format!("{:?}", import.findings.first())));
        };
        Ok(match Definition::read(&value) {
            Ok(definition) => Ok(Self { name, definition: Arc::new(definition), value }),
            Err(problems) => Err(problems.first().map(ToString::to_string).unwrap_or_default()),
        })
    }

    /// A form that is made here: written as a workbook and read again.
    ///
    /// # Errors
    /// When it is no form.
    pub fn made(name: &str, definition: &Value) -> Result<Self> {
        let import = import(&export(definition)?, &Options::default());
        let value = import.definition.with_context(|| format!("{name}: {:#?}", import.findings))?;
        let definition = Definition::read(&value)
            .map_err(|problems| anyhow::anyhow!("{name}: {problems:#?}"))?;
        let (name, definition) = (name.to_owned(), Arc::new(definition));
        Ok(Self { name, definition, value })
    }

    /// Every question and repeat of a filling that is there, in order; of a repeat that is not relevant, nothing below.
    pub fn places(&self, fill: &Fill) -> Vec<Place> {
        let counts = fill.answers();
        let count = |path: &str| match counts.get(path) {
            Some(model::submission::Answer::One(text)) => text.parse().unwrap_or(0),
            _ => 0,
        };
        let mut places = Vec::new();
        let range = 0..self.definition.items.len();
        self.places_under(None, range, ("", ""), &count, &mut places);
        places
    }

    fn places_under(
        &self,
        group: Option<usize>,
        range: std::ops::Range<usize>,
        (path, reference): (&str, &str),
        count: &dyn Fn(&str) -> usize,
        places: &mut Vec<Place>,
    ) {
        let items = &self.definition.items;
        let mut at = range.start;
        while at < range.end {
            let item = &items[at];
            debug_assert_eq!(item.parent, group);
            let reference = format!("{reference}{}", item.name);
            // Within a repeat a path goes on from the instance.
            let skipped = item.repeat.map_or(0, |repeat| items[repeat].path.len() + 1);
            let own = format!("{path}{}", item.path.get(skipped..).unwrap_or(&item.name));
            let inside = at + 1..item.end;
            match item.kind {
                Kind::Group => {
                    let below = format!("{reference}/");
                    self.places_under(Some(at), inside, (path, &below), count, places);
                }
                Kind::Repeat => {
                    places.push(Place {
                        item: at,
                        path: own.clone(),
                        reference: reference.clone(),
                    });
                    for position in 1..=count(&own) {
                        let path = format!("{own}[{position}]/");
                        let reference = format!("{reference}[{position}]/");
                        let inside = inside.clone();
                        self.places_under(Some(at), inside, (&path, &reference), count, places);
                    }
                }
                _ => places.push(Place { item: at, path: own, reference }),
            }
            at = item.end;
        }
    }
}
