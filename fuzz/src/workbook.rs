//! Workbooks, which staff upload: any bytes at all, and well-packed ones with any parts.

use std::io::{Cursor, Write as _};

use xlsform::{Options, read_workbook};
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

/// What stands before a part's name, on a line by itself.
const MARK: &str = "--- ";

/// Takes `data` as an `.xlsx` or `.xls` file; or, if it begins with a part's name, as the parts of
/// an `.xlsx` file. These are packed here: a changed byte would be a wrong checksum and nothing else.
pub fn run(data: &[u8]) {
    match str::from_utf8(data).ok().filter(|text| text.starts_with(MARK)) {
        Some(parts) => read(&pack(parts)),
        None => read(data),
    }
}

/// As staff's page reads it: a workbook, or an archive with one and its tables.
fn read(data: &[u8]) {
    crate::form::hold(&xlsform::import(data, &Options::default()));
    if let Ok(book) = read_workbook(data) {
        crate::form::read(&book);
    }
}

/// An archive of the parts; of two with one name the first.
fn pack(parts: &str) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    let mut open = false;
    for line in parts.split_inclusive('\n') {
        match line.strip_prefix(MARK) {
            Some(name) => open = archive.start_file(name.trim_end(), stored).is_ok(),
            None if open => archive.write_all(line.as_bytes()).unwrap(),
            None => {}
        }
    }
    archive.finish().unwrap().into_inner()
}
