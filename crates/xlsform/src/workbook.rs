//! Bytes of a workbook to a [`Book`]: `.xlsx` and the older `.xls`, told apart by what they hold.

use std::io::Cursor;

use calamine::{Data, DataRef, ExcelDateTime, Reader, Xls, Xlsx};

use crate::{
    Book, Finding, Place, Severity, Sheet,
    archive::{self, Archive},
    compound,
};

/// Bytes of a workbook. The largest form we met, with a catalogue of 10,000 villages, has 900 KiB.
pub const WORKBOOK_BYTES: usize = 8 * 1024 * 1024;
/// Cells that hold something in all sheets of a form together.
pub const CELLS: usize = 300_000;
/// Bytes of text in all of them together.
pub const TEXT_BYTES: usize = 32 * 1024 * 1024;
/// Sheets that make a form; others are not read.
const READ: [&str; 5] = ["survey", "choices", "settings", "external_choices", "entities"];

/// Reads a workbook.
///
/// # Errors
/// One finding that says why it cannot be read and what to do.
pub fn read(bytes: &[u8]) -> Result<Book, Box<Finding>> {
    if bytes.len() > WORKBOOK_BYTES {
        return Err(broken(
            "too_large",
            format!("The file has more than {} MiB.", WORKBOOK_BYTES / 1024 / 1024),
            "Move large lists of choices into an attached CSV file.",
        ));
    }
    if compound::is(bytes) {
        return xls(bytes);
    }
    match archive::check(bytes)? {
        Archive::Spreadsheet => xlsx(bytes),
        Archive::OpenDocument => Err(broken(
            "not_a_workbook",
            "The file is an OpenDocument spreadsheet.",
            "Save it as .xlsx and give that file.",
        )),
    }
}

pub(crate) fn broken(
    code: &'static str,
    what: impl Into<String>,
    remedy: impl Into<String>,
) -> Box<Finding> {
    Box::new(Finding::new(Severity::Error, code, Place::default(), what, remedy))
}

fn unreadable(error: impl std::fmt::Display) -> Box<Finding> {
    broken(
        "not_a_workbook",
        format!("The workbook cannot be read: {error}."),
        "Open it in a spreadsheet program, save it again as .xlsx and give that file.",
    )
}

/// What was taken so far, held against the limits.
#[derive(Default)]
struct Taken {
    cells: usize,
    bytes: usize,
}

impl Taken {
    fn put(
        &mut self,
        sheet: &mut Sheet,
        row: u32,
        column: u32,
        text: &str,
    ) -> Result<(), Box<Finding>> {
        // Unlike other spaces, these look like nothing and make names differ.
        let text = text.trim().replace('\u{a0}', " ").replace("\r\n", "\n");
        self.cells += 1;
        self.bytes += text.len();
        if self.cells > CELLS || self.bytes > TEXT_BYTES {
            return Err(Box::new(Finding::new(
                Severity::Error,
                "too_large",
                Place::sheet(&sheet.name),
                format!("The form has more than {CELLS} filled cells or too much text."),
                "Move large lists of choices into an attached CSV file.",
            )));
        }
        sheet.set(row.saturating_add(1), column, &text);
        Ok(())
    }
}

/// Whether a sheet is part of a form: by its name, or because there is no other.
fn wanted(name: &str, all: usize) -> bool {
    all == 1 || READ.iter().any(|known| name.trim().eq_ignore_ascii_case(known))
}

fn xlsx(bytes: &[u8]) -> Result<Book, Box<Finding>> {
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(unreadable)?;
    let names = workbook.sheet_names();
    let mut taken = Taken::default();
    let mut book = Book::default();
    for name in &names {
        let mut sheet = Sheet::new(name.as_str());
        if wanted(name, names.len()) {
            let mut cells = match workbook.worksheet_cells_reader(name) {
                Ok(cells) => cells,
                Err(calamine::XlsxError::NotAWorksheet(_)) => continue,
                Err(error) => return Err(unreadable(error)),
            };
            while let Some(cell) = cells.next_cell().map_err(unreadable)? {
                let (row, column) = cell.get_position();
                if let Some(text) = words_of_ref(cell.get_value()) {
                    taken.put(&mut sheet, row, column, &text)?;
                }
            }
        }
        book.sheets.push(sheet);
    }
    Ok(book)
}

fn xls(bytes: &[u8]) -> Result<Book, Box<Finding>> {
    compound::check(bytes)?;
    let mut workbook: Xls<_> = Xls::new(Cursor::new(bytes)).map_err(unreadable)?;
    let names = workbook.sheet_names();
    let mut taken = Taken::default();
    let mut book = Book::default();
    for name in &names {
        let mut sheet = Sheet::new(name.as_str());
        if wanted(name, names.len()) {
            let range = workbook.worksheet_range(name).map_err(unreadable)?;
            let (top, left) = range.start().unwrap_or_default();
            for (row, column, value) in range.used_cells() {
                let row = top + u32::try_from(row).unwrap_or(u32::MAX);
                let column = left + u32::try_from(column).unwrap_or(u32::MAX);
                if let Some(text) = words_of(value) {
                    taken.put(&mut sheet, row, column, &text)?;
                }
            }
        }
        book.sheets.push(sheet);
    }
    Ok(book)
}

fn words_of_ref(value: &DataRef<'_>) -> Option<String> {
    Some(match value {
        DataRef::Empty => return None,
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => {
            text.clone()
        }
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => number_words(*number),
        DataRef::Bool(truth) => truth_words(*truth),
        DataRef::DateTime(moment) => moment_words(moment),
        DataRef::Error(error) => error.to_string(),
    })
}

fn words_of(value: &Data) -> Option<String> {
    Some(match value {
        Data::Empty => return None,
        Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => text.clone(),
        Data::Int(number) => number.to_string(),
        Data::Float(number) => number_words(*number),
        Data::Bool(truth) => truth_words(*truth),
        Data::DateTime(moment) => moment_words(moment),
        Data::Error(error) => error.to_string(),
    })
}

fn truth_words(truth: bool) -> String {
    if truth { "TRUE" } else { "FALSE" }.to_owned()
}

/// A number as pyxform writes it: whole ones without a fraction, others with the fewest digits
/// that tell them apart.
fn number_words(number: f64) -> String {
    if number.fract() == 0.0 && number.abs() < 1e15 {
        return format!("{number:.0}");
    }
    let shortest = number.to_string();
    // Rust writes every digit of very small and very large numbers where others use an exponent.
    if shortest.len() > 24 { format!("{number:e}") } else { shortest }
}

/// A date as pyxform writes it: `2026-11-28 00:00:00`, a time of day without a date `09:30:00`.
fn moment_words(moment: &ExcelDateTime) -> String {
    let value = moment.as_f64();
    match moment.as_datetime() {
        Some(time) if (0.0..1.0).contains(&value) => time.format("%H:%M:%S%.f").to_string(),
        Some(time) if moment.is_datetime() => time.format("%Y-%m-%d %H:%M:%S%.6f").to_string(),
        _ => return number_words(value),
    }
    .trim_end_matches(".000000")
    .to_owned()
}
