//! Files that belong to a form: CSV tables to pick from and to look things up in (`pulldata`).

use std::{collections::BTreeMap, fs, io, path::Path};

use serde_json::{Value, json};

use crate::{Finding, Place, Severity, workbook::broken};

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
    pub(crate) fn value(&self) -> Value {
        json!({"columns": self.columns, "rows": self.rows})
    }
}

/// Reads every `.csv` file of a directory; none is there if the directory is not.
///
/// # Errors
/// Of the file system. What is wrong with a file is a finding beside the others.
pub fn read_directory(directory: &Path) -> io::Result<(Tables, Vec<Finding>)> {
    let mut tables = Tables::new();
    let mut findings = Vec::new();
    let mut bytes_of_all = 0;
    let entries = match fs::read_dir(directory) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok((tables, findings)),
        Err(error) => return Err(error),
    };
    for entry in entries {
        let path = entry?.path();
        let csv = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("csv"));
        let Some(name) = path.file_stem().and_then(|name| name.to_str()).filter(|_| csv) else {
            continue;
        };
        let bytes = fs::read(&path)?;
        bytes_of_all += bytes.len();
        if bytes_of_all > TABLE_BYTES {
            let what = format!("{name}.csv: the tables have more than {TABLE_BYTES} bytes.");
            let remedy = "Take out columns and rows that the form does not need.";
            findings.push(Finding::new(
                Severity::Error,
                "too_large",
                Place::default(),
                what,
                remedy,
            ));
            break;
        }
        match Table::read(&format!("{name}.csv"), &bytes) {
            Ok(table) => {
                tables.insert(name.to_owned(), table);
            }
            Err(finding) => findings.push(*finding),
        }
    }
    Ok((tables, findings))
}
