//! Workbooks, which staff upload: any bytes at all.

use xlsform::read_workbook;

/// Takes `data` as an `.xlsx` or `.xls` file.
pub fn run(data: &[u8]) {
    match read_workbook(data) {
        Ok(book) => crate::form::read(&book),
        Err(finding) => assert!(!finding.remedy.is_empty()),
    }
}
