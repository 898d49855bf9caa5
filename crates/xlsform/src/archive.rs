//! What is looked at in a zip archive before anything of it is kept: how much it unpacks to.
//!
//! A directory can lie about sizes, so every part is unpacked once and counted, and thrown away as
//! it comes. After that a reader may hold any part in memory.

use std::io::{self, Cursor, Read};

use zip::ZipArchive;

use crate::{Finding, workbook::broken};

/// Files in a workbook: sheets, drawings, styles.
const PARTS: usize = 1_000;
/// Bytes of all parts, unpacked. The largest form we met unpacks to 6 MiB.
const UNPACKED: u64 = 64 * 1024 * 1024;
/// Bytes of a part that is held in memory as a whole: texts, styles, the list of sheets.
pub(crate) const HELD: u64 = 16 * 1024 * 1024;

/// What kind of document an archive is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Archive {
    /// Office Open XML, `.xlsx` or `.xlsm`.
    Spreadsheet,
    /// `.ods`.
    OpenDocument,
}

/// Whether a part of that name makes an archive a workbook.
pub(crate) fn marks_a_workbook(name: &str) -> bool {
    name == "xl/workbook.xml"
        || name == "content.xml"
        || name.eq_ignore_ascii_case("[content_types].xml")
}

fn no_workbook(why: &str) -> Box<Finding> {
    broken(
        "not_a_workbook",
        format!("The file is no workbook: {why}."),
        "Give an .xlsx or .xls file. Save other files as .xlsx first.",
    )
}

/// Says what a file is that is no archive, by how it begins.
fn what_it_is(bytes: &[u8]) -> Box<Finding> {
    let damaged = "Copy or download it once more, and give that file.";
    if bytes.is_empty() {
        broken("not_a_workbook", "The file is empty.", damaged)
    } else if bytes.starts_with(b"PK") {
        let what = "The workbook is damaged: its end is missing.";
        broken("not_a_workbook", what, damaged)
    } else if std::str::from_utf8(bytes).is_ok_and(|text| !text.contains('\0')) {
        let what = "The file is no workbook but text, such as CSV.";
        let remedy = "Open it in a spreadsheet program, and save it as .xlsx.";
        broken("not_a_workbook", what, remedy)
    } else {
        no_workbook("it is no zip archive")
    }
}

/// Looks through the archive.
///
/// # Errors
/// If it is none, is no workbook, or unpacks to more than a form can be.
pub(crate) fn check(bytes: &[u8]) -> Result<Archive, Box<Finding>> {
    let archive = weigh(bytes)?;
    let names: Vec<_> = archive.file_names().flatten().collect();
    let marks = names.iter().filter(|name| marks_a_workbook(name));
    if marks.clone().any(|name| name != "content.xml") {
        Ok(Archive::Spreadsheet)
    } else if marks.count() > 0 {
        Ok(Archive::OpenDocument)
    } else {
        Err(no_workbook("it holds no sheets"))
    }
}

/// Unpacks every part once and throws it away.
///
/// # Errors
/// If it is no archive, or unpacks to more than a form can be.
pub(crate) fn weigh(bytes: &[u8]) -> Result<ZipArchive<Cursor<&[u8]>>, Box<Finding>> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| what_it_is(bytes))?;
    if archive.len() > PARTS {
        return Err(bomb());
    }
    let mut total = 0;
    for index in 0..archive.len() {
        let part = archive.by_index(index).map_err(|_| no_workbook("a part is broken"))?;
        let most = if part.name().is_ok_and(|name| name.contains("worksheets/")) {
            UNPACKED
        } else {
            HELD
        };
        if part.size() > most {
            return Err(bomb());
        }
        let left = most.min(UNPACKED - total);
        let unpacked = io::copy(&mut part.take(left + 1), &mut io::sink())
            .map_err(|_| no_workbook("a part is broken"))?;
        if unpacked > left {
            return Err(bomb());
        }
        total += unpacked;
    }
    Ok(archive)
}

fn bomb() -> Box<Finding> {
    broken(
        "too_large",
        format!("The workbook unpacks to more than {} MiB.", UNPACKED / 1024 / 1024),
        "Copy the sheets of the form into a new workbook and save that.",
    )
}
