//! A workbook and the files beside it in one archive, as [`crate::export_archive`] writes it.

use std::io::{Cursor, Read as _};

use zip::ZipArchive;

use crate::{
    Finding, archive,
    attached::{Attached, Reading},
    workbook::{WORKBOOK_BYTES, broken},
};

/// A workbook with its files.
pub(crate) struct Bundle {
    pub(crate) workbook: Vec<u8>,
    pub(crate) attached: Attached,
    /// What is wrong with a file.
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
            "Leave one of them in it, with the files that belong to it.",
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
    // It was weighed, so a part has at most what may be held.
    let mut part = |name: &str, most: u64| -> Result<Vec<u8>, Box<Finding>> {
        let mut bytes = Vec::new();
        let part = archive.by_name(name).map_err(|error| unreadable(name, &error))?;
        part.take(most).read_to_end(&mut bytes).map_err(|error| unreadable(name, &error))?;
        Ok(bytes)
    };
    let mut reading = Reading::default();
    for path in names.iter().filter(|name| !is_hidden(name)) {
        let file = file_of(path);
        if Reading::wants(file) && !reading.take(file, |most| part(path, most as u64))? {
            break;
        }
    }
    let Reading { attached, faults, .. } = reading;
    Ok(Bundle { workbook: part(workbook, archive::HELD)?, attached, faults })
}

fn file_of(path: &str) -> &str {
    path.rsplit_once('/').map_or(path, |(_, file)| file)
}

/// Whether a computer puts such a part beside the others by itself.
fn is_hidden(path: &str) -> bool {
    file_of(path).starts_with(['.', '~']) || path.starts_with("__MACOSX/")
}

/// Whether a part ends like that, and was put there by somebody.
fn is(path: &str, endings: &[&str]) -> bool {
    let ending = file_of(path).rsplit_once('.').map(|(_, ending)| ending.to_lowercase());
    !is_hidden(path) && ending.is_some_and(|ending| endings.contains(&ending.as_str()))
}

fn unreadable(name: &str, error: &dyn std::fmt::Display) -> Box<Finding> {
    broken(
        "not_a_workbook",
        format!("{name} in the archive cannot be read: {error}."),
        "Pack the workbook and its files again as .zip.",
    )
}
