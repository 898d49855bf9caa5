//! The forms, and where their questions stand in the one engine and in the other.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::{Context, Result};
use serde_json::Value;
use survey::{Definition, Fill, Kind};
use xlsform::{Options, export, import};

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
        let book = path.extension().is_some_and(|ending| ending == "xlsx" || ending == "xls");
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

impl Form {
    /// Reads a workbook; what we find wrong with it if we refuse it.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub fn read(book: &Path) -> Result<Result<Self, String>> {
        let name = book.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let bytes = fs::read(book).with_context(|| format!("reading {}", book.display()))?;
        let import = import(&bytes, &Options { name: Some(name.clone()), ..Options::default() });
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
