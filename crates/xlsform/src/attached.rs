//! Files that belong to a form: CSV tables to pick from and to look things up in (`pulldata`), pictures, sounds and films.

use std::{
    collections::BTreeMap,
    fs,
    io::{self, Read as _},
    path::Path,
};

use serde_json::{Value, json};

use crate::{
    Finding,
    media::{self, FILE_BYTES, Media},
    workbook::broken,
};

/// Bytes of all tables of a form together.
pub const TABLE_BYTES: usize = 8 * 1024 * 1024;
/// Rows of one table.
const ROWS: usize = 50_000;

/// Tables by name, without the ending.
pub type Tables = BTreeMap<String, Table>;

/// One table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Table {
    /// Its headings.
    pub columns: Vec<String>,
    /// Its rows, each as long as the headings.
    pub rows: Vec<Vec<String>>,
}

impl Table {
    /// Reads CSV with a heading row. Short rows are filled up, what is beyond the headings is
    /// left out.
    ///
    /// # Errors
    /// If it is no CSV in UTF-8, or has too many rows.
    pub fn read(name: &str, bytes: &[u8]) -> Result<Self, Box<Finding>> {
        let fault = |what: String| {
            let remedy = "Save it as CSV in UTF-8, with headings in its first row.";
            broken("bad_file", format!("{name}: {what}"), remedy)
        };
        let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
        let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(bytes);
        let headings = reader.headers().map_err(|error| fault(error.to_string()))?;
        let columns: Vec<String> = headings.iter().map(|text| text.trim().to_owned()).collect();
        let mut rows = Vec::new();
        for record in reader.records() {
            let record = record.map_err(|error| fault(error.to_string()))?;
            let mut row: Vec<String> = record.iter().map(|text| text.trim().to_owned()).collect();
            row.resize(columns.len(), String::new());
            rows.push(row);
            if rows.len() > ROWS {
                return Err(fault(format!("it has more than {ROWS} rows.")));
            }
        }
        Ok(Self { columns, rows })
    }

    /// As a definition holds it.
    pub fn value(&self) -> Value {
        json!({"columns": self.columns, "rows": self.rows})
    }
}

/// What lies beside a form.
#[derive(Debug, Clone, Default)]
pub struct Attached {
    /// Tables.
    pub tables: Tables,
    /// Pictures, sounds and films.
    pub media: Media,
}

/// Files as they are read, held against the limits.
#[derive(Default)]
pub(crate) struct Reading {
    pub(crate) attached: Attached,
    /// What is wrong with a file.
    pub(crate) faults: Vec<Finding>,
    bytes_of_tables: usize,
}

impl Reading {
    /// Whether a file of that name is one to read.
    pub(crate) fn wants(file: &str) -> bool {
        is_table(file) || media::is_media(file)
    }

    /// Takes a file. `bytes` gives at most as many as are asked for. False once there is too much.
    ///
    /// # Errors
    /// Of `bytes`.
    pub(crate) fn take<E>(
        &mut self,
        file: &str,
        bytes: impl FnOnce(usize) -> Result<Vec<u8>, E>,
    ) -> Result<bool, E> {
        if !is_table(file) {
            let bytes = bytes(FILE_BYTES + 1)?;
            let kept = (bytes.len() <= FILE_BYTES).then_some(bytes);
            self.attached.media.insert(file.to_owned(), kept);
            return Ok(true);
        }
        let bytes = bytes(TABLE_BYTES + 1)?;
        self.bytes_of_tables += bytes.len();
        if self.bytes_of_tables > TABLE_BYTES {
            let what =
                format!("{file}: the tables have more than {} MiB.", TABLE_BYTES / 1024 / 1024);
            let remedy = "Take out columns and rows that the form does not need.";
            self.faults.push(*broken("too_large", what, remedy));
            return Ok(false);
        }
        match Table::read(file, &bytes) {
            Ok(table) => {
                let name = file.rsplit_once('.').map_or(file, |(name, _)| name);
                self.attached.tables.insert(name.to_owned(), table);
            }
            Err(fault) => self.faults.push(*fault),
        }
        Ok(true)
    }
}

fn is_table(file: &str) -> bool {
    file.rsplit_once('.').is_some_and(|(_, ending)| ending.eq_ignore_ascii_case("csv"))
}

/// Reads the tables, pictures, sounds and films of a directory; none is there if the directory is not.
///
/// # Errors
/// Of the file system. What is wrong with a file is a finding beside the others.
pub fn read_directory(directory: &Path) -> io::Result<(Attached, Vec<Finding>)> {
    let mut reading = Reading::default();
    let entries = match fs::read_dir(directory) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Ok((reading.attached, reading.faults));
        }
        Err(error) => return Err(error),
    };
    for entry in entries {
        let path = entry?.path();
        let name = path.file_name().and_then(|name| name.to_str());
        let Some(name) = name.filter(|name| Reading::wants(name) && path.is_file()) else {
            continue;
        };
        let bytes = |most: usize| {
            let mut bytes = Vec::new();
            fs::File::open(&path)?.take(most as u64).read_to_end(&mut bytes)?;
            Ok::<_, io::Error>(bytes)
        };
        if !reading.take(name, bytes)? {
            break;
        }
    }
    Ok((reading.attached, reading.faults))
}
