//! Forms in spreadsheets, as sheets of text: what is read comes in again after it went out.

use xlsform::{Book, Import, Options, Severity, Sheet, export_book, import_book};

/// What stands before a sheet's name, on a line by itself.
const MARK: &str = "--- ";

/// Takes `data` as sheets, each under its name: a line a row, cells between tabs.
pub fn run(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let mut book = Book::default();
    let mut row = 0;
    for line in text.split('\n') {
        if let Some(name) = line.strip_prefix(MARK) {
            book.sheets.push(Sheet::new(name.trim()));
            row = 0;
            continue;
        }
        if book.sheets.is_empty() {
            book.sheets.push(Sheet::new("survey"));
        }
        row += 1;
        let sheet = book.sheets.last_mut().unwrap();
        for (column, cell) in (0..).zip(line.split('\t')) {
            sheet.set(row, column, cell);
        }
    }
    read(&book);
}

/// Reads sheets: what is a form comes in again as the same one after it went out.
pub(crate) fn read(book: &Book) {
    let import = import_book(book, &Options::default());
    hold(&import);
    let Some(definition) = import.definition else { return };
    let again = import_book(&export_book(&definition).unwrap(), &Options::default());
    assert_eq!(again.definition, Some(definition), "{:#?}", again.findings);
}

/// With a definition there is no error, without one there is; and each finding says what to do.
pub(crate) fn hold(import: &Import) {
    let refused = import.findings.iter().any(|found| found.severity == Severity::Error);
    assert_eq!(import.definition.is_none(), refused, "{:#?}", import.findings);
    assert!(import.findings.iter().all(|found| !found.remedy.is_empty() && !found.what.is_empty()));
}
