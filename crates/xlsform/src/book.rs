//! A workbook as plain text: sheets of cells with their places, whatever file they came from.

use std::collections::BTreeMap;

/// A workbook's sheets in order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Book {
    /// The sheets.
    pub sheets: Vec<Sheet>,
}

impl Book {
    /// The sheet of that name, in whatever case it is written.
    pub fn sheet(&self, name: &str) -> Option<&Sheet> {
        self.sheets.iter().find(|sheet| sheet.name.trim().eq_ignore_ascii_case(name))
    }
}

/// One sheet: its cells that hold something.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sheet {
    /// As the workbook names it.
    pub name: String,
    /// Texts by row (from 1) and column (from 0), without space around them; none is empty.
    cells: BTreeMap<(u32, u32), String>,
}

impl Sheet {
    /// An empty sheet.
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), cells: BTreeMap::new() }
    }

    /// A sheet from rows of cells, the first row being row 1.
    pub fn of<T: AsRef<str>>(name: impl Into<String>, rows: &[Vec<T>]) -> Self {
        let mut sheet = Self::new(name);
        for (row, cells) in (1..).zip(rows) {
            for (column, text) in (0..).zip(cells) {
                sheet.set(row, column, text.as_ref());
            }
        }
        sheet
    }

    /// Writes a cell; a text of nothing but space leaves it empty.
    pub fn set(&mut self, row: u32, column: u32, text: &str) {
        let text = text.trim();
        if !text.is_empty() {
            self.cells.insert((row, column), text.to_owned());
        }
    }

    /// Cells that hold something.
    pub fn len(&self) -> usize {
        self.cells.len()
    }

    /// Whether no cell holds anything.
    pub fn is_empty(&self) -> bool {
        self.cells.is_empty()
    }

    /// The cells of one row by column.
    pub fn row(&self, row: u32) -> impl Iterator<Item = (u32, &str)> {
        let cells = self.cells.range((row, 0)..=(row, u32::MAX));
        cells.map(|(&(_, column), text)| (column, text.as_str()))
    }

    /// The numbers of all rows that hold something.
    pub fn rows(&self) -> Vec<u32> {
        let mut rows: Vec<u32> = self.cells.keys().map(|&(row, _)| row).collect();
        rows.dedup();
        rows
    }

    /// Every cell: row, column, text.
    pub fn cells(&self) -> impl Iterator<Item = (u32, u32, &str)> {
        self.cells.iter().map(|(&(row, column), text)| (row, column, text.as_str()))
    }
}
