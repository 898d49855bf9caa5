//! What is wrong with a form, or was read with leniency: where it stands and what to do about it.

use serde::Serialize;

/// Findings told about one workbook: nobody reads more at a time, and a file of a few bytes a
/// fault would else be answered with a hundred times its size.
pub const FINDINGS: usize = 200;

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// The form cannot be used as it is.
    Error,
    /// The form can be used, but perhaps not as its author meant it.
    Warning,
    /// Something was left out or read with leniency; nothing needs to be done.
    Note,
}

/// A cell, a row, a column, a sheet or the whole workbook.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Place {
    /// The sheet's name; empty for the whole workbook.
    pub sheet: String,
    /// The row as the spreadsheet counts it, from 1.
    pub row: Option<u32>,
    /// The column, from 0.
    pub column: Option<u32>,
}

impl Place {
    /// A whole sheet.
    pub fn sheet(sheet: &str) -> Self {
        Self { sheet: sheet.to_owned(), row: None, column: None }
    }

    /// A row of a sheet, counted from 1.
    pub fn row(sheet: &str, row: u32) -> Self {
        Self { sheet: sheet.to_owned(), row: Some(row), column: None }
    }

    /// A cell of a sheet: its row from 1, its column from 0.
    pub fn cell(sheet: &str, row: u32, column: impl Into<Option<u32>>) -> Self {
        Self { sheet: sheet.to_owned(), row: Some(row), column: column.into() }
    }
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// How much it matters.
    pub severity: Severity,
    /// What kind of finding it is, for programs: `duplicate_name`, `unknown_type` ...
    pub code: &'static str,
    /// The sheet's name; empty for the whole workbook or an attached file.
    pub sheet: String,
    /// The row as the spreadsheet counts it, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub row: Option<u32>,
    /// The column's letters, such as `B`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// What was found, a sentence.
    pub what: String,
    /// What to do about it, a sentence.
    pub remedy: String,
}

impl Finding {
    /// A finding at a place.
    pub fn new(
        severity: Severity,
        code: &'static str,
        place: Place,
        what: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self {
            severity,
            code,
            sheet: place.sheet,
            row: place.row,
            column: place.column.map(letters),
            what: what.into(),
            remedy: remedy.into(),
        }
    }

    /// Where it stands as people write it: `survey!B7`, `survey row 7`, `survey`.
    pub fn place(&self) -> String {
        match (&self.column, self.row) {
            (Some(column), Some(row)) => format!("{}!{column}{row}", self.sheet),
            (Some(column), None) => format!("{} column {column}", self.sheet),
            (None, Some(row)) => format!("{} row {row}", self.sheet),
            (None, None) => self.sheet.clone(),
        }
    }
}

/// A column's letters: 0 is `A`, 26 is `AA`.
pub fn letters(column: u32) -> String {
    let mut rest = column;
    let mut name = Vec::new();
    loop {
        let digit = u8::try_from(rest % 26).unwrap_or_default();
        name.push(char::from(b'A' + digit));
        if rest < 26 {
            break;
        }
        rest = rest / 26 - 1;
    }
    name.iter().rev().collect()
}

/// Findings as they come up, at most [`FINDINGS`].
#[derive(Debug, Default)]
pub(crate) struct Findings {
    list: Vec<Finding>,
    untold: usize,
    errors: usize,
}

impl Findings {
    pub(crate) fn add(&mut self, finding: Finding) {
        self.errors += usize::from(finding.severity == Severity::Error);
        if self.list.len() < FINDINGS {
            self.list.push(finding);
        } else if finding.severity == Severity::Error
            && let Some(at) = self.list.iter().rposition(|told| told.severity != Severity::Error)
        {
            // An error matters more than what was told before it.
            self.list.remove(at);
            self.list.push(finding);
            self.untold += 1;
        } else {
            self.untold += 1;
        }
    }

    pub(crate) fn error(
        &mut self,
        code: &'static str,
        place: Place,
        what: impl Into<String>,
        remedy: impl Into<String>,
    ) {
        self.add(Finding::new(Severity::Error, code, place, what, remedy));
    }

    pub(crate) fn warning(
        &mut self,
        code: &'static str,
        place: Place,
        what: impl Into<String>,
        remedy: impl Into<String>,
    ) {
        self.add(Finding::new(Severity::Warning, code, place, what, remedy));
    }

    pub(crate) fn note(
        &mut self,
        code: &'static str,
        place: Place,
        what: impl Into<String>,
        remedy: impl Into<String>,
    ) {
        self.add(Finding::new(Severity::Note, code, place, what, remedy));
    }

    /// Whether an error of that code was found.
    pub(crate) fn has_error(&self, code: &str) -> bool {
        self.list.iter().any(|told| told.severity == Severity::Error && told.code == code)
    }

    /// Whether an error was found at that very place.
    pub(crate) fn has_error_at(&self, place: &Place) -> bool {
        let column = place.column.map(letters);
        self.list.iter().any(|told| {
            told.severity == Severity::Error
                && (&told.sheet, told.row, &told.column) == (&place.sheet, place.row, &column)
        })
    }

    /// Whether the form cannot be used.
    pub(crate) fn has_errors(&self) -> bool {
        self.errors > 0
    }

    /// All of them, the most serious first, each kind in the order of the workbook.
    pub(crate) fn into_list(mut self) -> Vec<Finding> {
        self.list.sort_by_key(|finding| finding.severity);
        if self.untold > 0 {
            let what = format!("There are {} more findings than are told here.", self.untold);
            let remedy = "Put right what is told, then check the form again.";
            let severity = if self.errors > 0 { Severity::Error } else { Severity::Note };
            self.list.push(Finding::new(severity, "more", Place::default(), what, remedy));
        }
        self.list
    }
}
