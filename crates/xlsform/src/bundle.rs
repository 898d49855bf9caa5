//! A workbook and the tables beside it in one archive, as [`crate::export_archive`] writes it.

use std::io::{Cursor, Read as _};

use zip::ZipArchive;

use crate::{
    Finding, archive,
    attached::{TABLE_BYTES, Table, Tables},
    workbook::{WORKBOOK_BYTES, broken},
};

/// A workbook with its tables.
pub(crate) struct Bundle {
    pub(crate) workbook: Vec<u8>,
    pub(crate) tables: Tables,
    /// What is wrong with a table.
    pub(crate) faults: Vec<Finding>,
}

/// Takes an archive apart; none if it is no archive, or is a workbook itself.
///
/// # Errors
/// If it holds several workbooks, cannot be unpacked, or is too large when it is.
pub(crate) fn read(bytes: &[u8]) -> Option<Result<Bundle, Box<Finding>>> {
    if bytes.len() > WORKBOOK_BYTES {
        return None;
    }
    let archive = ZipArchive::new(Cursor::new(bytes)).ok()?;
    let names: Vec<String> = archive.file_names().flatten().map(|name| name.into_owned()).collect();
    if names.iter().any(|name| archive::marks_a_workbook(name)) {
        return None;
    }
    let workbooks: Vec<&String> = names.iter().filter(|name| is(name, &["xlsx", "xls"])).collect();
    match workbooks[..] {
        [] => None,
        [workbook] => Some(unpack(bytes, archive, workbook, &names)),
        [first, second, ..] => Some(Err(broken(
            "not_a_workbook",
            format!("The archive holds several workbooks: {first}, {second}."),
            "Leave one of them in it, with the CSV files that belong to it.",
        ))),
    }
}

fn unpack(
    bytes: &[u8],
    mut archive: ZipArchive<Cursor<&[u8]>>,
    workbook: &str,
    names: &[String],
) -> Result<Bundle, Box<Finding>> {
    archive::weigh(bytes)?;
    let mut part = |name: &str| -> Result<Vec<u8>, Box<Finding>> {
        let mut bytes = Vec::new();
        let part = archive.by_name(name).map_err(|error| unreadable(name, &error))?;
        // It was weighed, so this holds at most what may be held.
        part.take(archive::HELD)
            .read_to_end(&mut bytes)
            .map_err(|error| unreadable(name, &error))?;
        Ok(bytes)
    };
    let (mut tables, mut faults) = (Tables::new(), Vec::new());
    let mut left = TABLE_BYTES;
    for path in names.iter().filter(|name| is(name, &["csv"])) {
        let bytes = part(path)?;
        let Some(rest) = left.checked_sub(bytes.len()) else {
            return Err(broken(
                "too_large",
                format!("The tables have more than {TABLE_BYTES} bytes."),
                "Take out columns and rows that the form does not need.",
            ));
        };
        left = rest;
        let file = path.rsplit_once('/').map_or(path.as_str(), |(_, file)| file);
        match Table::read(file, &bytes) {
            Ok(table) => {
                let name = file.rsplit_once('.').map_or(file, |(name, _)| name);
                tables.insert(name.to_owned(), table);
            }
            Err(fault) => faults.push(*fault),
        }
    }
    Ok(Bundle { workbook: part(workbook)?, tables, faults })
}

/// Whether a part ends like that, and is none that a computer puts beside the others by itself.
fn is(path: &str, endings: &[&str]) -> bool {
    let file = path.rsplit_once('/').map_or(path, |(_, file)| file);
    let ending = file.rsplit_once('.').map(|(_, ending)| ending.to_lowercase());
    let hidden = file.starts_with(['.', '~']) || path.starts_with("__MACOSX/");
    !hidden && ending.is_some_and(|ending| endings.contains(&ending.as_str()))
}

fn unreadable(name: &str, error: &dyn std::fmt::Display) -> Box<Finding> {
    broken(
        "not_a_workbook",
        format!("{name} in the archive cannot be read: {error}."),
        "Pack the workbook and its CSV files again as .zip.",
    )
}
