//! What is looked at in an old `.xls` file before it is read: how large its sheets claim to be.
//!
//! The reader lays each sheet out as one rectangle from its first to its last cell. Two cells in
//! opposite corners of a sheet take 50 bytes in the file and half a gigabyte as a rectangle.

use std::io::{Cursor, Read};

use crate::{Finding, workbook::broken};

/// The first bytes of every compound file (MS-CFB 2.2).
const MAGIC: [u8; 8] = [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];
/// Cells of all rectangles together.
const AREA: u64 = 8_000_000;

/// Whether the bytes are a compound file, whatever they are named.
pub(crate) fn is(bytes: &[u8]) -> bool {
    bytes.starts_with(&MAGIC)
}

/// Looks through the records of the workbook (MS-XLS 2.1.4).
///
/// # Errors
/// If it is no workbook, or its sheets are larger than a form can be.
pub(crate) fn check(bytes: &[u8]) -> Result<(), Box<Finding>> {
    let no_workbook = |why: String| {
        broken(
            "not_a_workbook",
            format!("The file is no workbook: {why}."),
            "Open it in a spreadsheet program, save it as .xlsx and give that file.",
        )
    };
    let mut file = cfb::CompoundFile::open(Cursor::new(bytes))
        .map_err(|error| no_workbook(error.to_string()))?;
    // MS-OFFCRYPTO 2.3: an `.xlsx` with a password lies as a whole in a compound file.
    if file.is_stream("/EncryptedPackage") {
        return Err(broken(
            "not_a_workbook",
            "The workbook is protected with a password.",
            "Save it without a password, and give that file.",
        ));
    }
    let name = ["/Workbook", "/WORKBOOK", "/Book", "/BOOK"]
        .into_iter()
        .find(|name| file.is_stream(name))
        .ok_or_else(|| no_workbook("it holds no sheets".to_owned()))?;
    let stream = file.open_stream(name).map_err(|error| no_workbook(error.to_string()))?;
    let mut records = Vec::new();
    stream
        .take(bytes.len() as u64 + 1)
        .read_to_end(&mut records)
        .map_err(|error| no_workbook(error.to_string()))?;
    if area(&records) > AREA {
        return Err(broken(
            "too_large",
            "A sheet of the workbook has cells very far apart.",
            "Delete the empty rows and columns after the form, or save it as .xlsx.",
        ));
    }
    Ok(())
}

/// Cells of the rectangles of all sheets.
fn area(mut records: &[u8]) -> u64 {
    let mut total = 0;
    let mut sheet = Rectangle::default();
    while let [a, b, c, d, rest @ ..] = records {
        let kind = u16::from_le_bytes([*a, *b]);
        let length = usize::from(u16::from_le_bytes([*c, *d]));
        let Some((body, after)) = rest.split_at_checked(length) else { break };
        records = after;
        match kind {
            // A substream begins: the next sheet.
            0x0809 | 0x0409 | 0x0209 | 0x0009 => total += std::mem::take(&mut sheet).area(),
            // BLANK, NUMBER, LABEL, BOOLERR, FORMULA, RK, LABELSST, RSTRING.
            0x0001..=0x0006 | 0x0201 | 0x0203..=0x0206 | 0x0406 | 0x027e | 0x00fd | 0x00d6 => {
                sheet.cell(body, 0);
            }
            // MULRK and MULBLANK: a run of cells whose last column stands at the end.
            0x00bd | 0x00be => {
                sheet.cell(body, 0);
                sheet.cell(body, body.len().saturating_sub(4));
            }
            _ => {}
        }
    }
    total + sheet.area()
}

#[derive(Default)]
struct Rectangle(Option<(u64, u64, u64, u64)>);

impl Rectangle {
    /// Takes in the cell of a record, its column read so many bytes after the usual place.
    fn cell(&mut self, body: &[u8], further: usize) {
        let word = |at: usize| {
            let bytes = body.get(at..at + 2)?;
            Some(u64::from(u16::from_le_bytes([bytes[0], bytes[1]])))
        };
        let column_at = if further == 0 { 2 } else { further + 2 };
        let (Some(row), Some(column)) = (word(0), word(column_at)) else { return };
        let (top, left, bottom, right) = self.0.unwrap_or((row, column, row, column));
        self.0 = Some((top.min(row), left.min(column), bottom.max(row), right.max(column)));
    }

    fn area(&self) -> u64 {
        self.0.map_or(0, |(top, left, bottom, right)| (bottom - top + 1) * (right - left + 1))
    }
}
