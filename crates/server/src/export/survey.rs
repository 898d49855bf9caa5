//! A survey's responses as CSV, JSON, a workbook, or all CSV files in one archive. Bounded memory: rows go through in
//! chunks, and what must be whole before it can be sent waits in a temporary file.

use std::{
    fs::File,
    io::{Read as _, Seek as _, SeekFrom, Write as _},
};

use bytes::Bytes;
use futures_util::{Stream, StreamExt as _, stream::try_unfold};
use model::{
    Collection, Key,
    catalogue::{Theme, view},
};
use rust_xlsxwriter::{Workbook, XlsxError};
use serde_json::{Map, Value};
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

use super::{
    attachment::Attachments,
    csv::{BYTE_ORDER_MARK, is_number, lines},
    response_of,
    table::{Indices, Row, Tables, Themes, Written},
    versions_of,
};
use crate::{
    Store, StoreError,
    asked::questions,
    results::{Narrowed, Person, Selection, shown},
    store::{Filter, Slice},
};

/// Responses read from the database at a time, however long the file: with a picture each they are 25 MiB in memory.
const CHUNK: u32 = 100;
/// Bytes of a temporary file that are read at a time.
const PIECE: usize = 64 * 1024;
/// Rows of a sheet, the heading among them (Excel's own limit).
const SHEET_ROWS: u32 = 1_048_576;
/// Characters of a sheet's name (Excel's own limit).
const SHEET_NAME: usize = 31;

/// An export that is under way.
#[derive(Debug, Clone)]
pub struct SurveyExport {
    store: Store,
    filter: Filter,
    narrowed: Narrowed,
    tables: Tables,
}

impl SurveyExport {
    /// The responses to `survey` that `selection` means, with a column for each question of any version, as it
    /// is to be `written`. `None` if there is no such survey.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn open(
        store: Store,
        survey: &Key,
        selection: Selection,
        written: Written,
    ) -> Result<Option<Self>, StoreError> {
        let versions = versions_of(&store, survey.as_str()).await?;
        let known = store.record(Collection::Survey, survey.as_str()).await?;
        if versions.is_empty() && known.is_none() {
            return Ok(None);
        }
        let shown = shown(&versions);
        let narrowed = Narrowed::open(&store, survey.as_str(), &shown, selection).await?;
        let filter =
            Filter { kind: "response", survey: Some(survey.to_string()), ..Filter::default() };
        let given = store.answer_themes(survey).await?;
        let names = store.records(Collection::Theme).await?.into_iter().filter_map(|record| {
            let Theme { name, .. } = view(&record.fields).ok()?;
            Some((record.id, name))
        });
        let themes = Themes { given, names: names.collect() };
        let tables = Tables::of(survey, questions(versions.iter()), written, themes);
        Ok(Some(Self { store, filter, narrowed, tables }))
    }

    /// The next rows after `after`, and where they end; `None` at the end.
    async fn rows(
        &self,
        after: u64,
        indices: &mut Indices,
    ) -> Result<Option<(Vec<Row>, u64)>, StoreError> {
        self.rows_and_files(after, indices, |_| Ok(())).await
    }

    /// As [`Self::rows`]; `take` gets the files of each response.
    async fn rows_and_files(
        &self,
        after: u64,
        indices: &mut Indices,
        mut take: impl FnMut(&Attachments<'_>) -> Result<(), StoreError>,
    ) -> Result<Option<(Vec<Row>, u64)>, StoreError> {
        let chunk = self.store.submissions(&self.filter, Slice::After(after), CHUNK).await?;
        let Some(last) = chunk.last() else { return Ok(None) };
        let mut rows = Vec::new();
        for stored in &chunk {
            let (submission, response) = response_of(stored)?;
            let person = Person { submission: &submission, response: &response };
            if !self.narrowed.means(person) {
                continue;
            }
            let files = Attachments::of(stored, &response);
            take(&files)?;
            rows.extend(self.tables.rows(stored, &submission, &response, &files, indices));
        }
        Ok(Some((rows, last.seq)))
    }

    /// The table of people as CSV.
    pub fn csv(self) -> impl Stream<Item = Result<Bytes, StoreError>> + Send + 'static {
        let state = (true, 0, Indices::default(), self);
        try_unfold(state, |(first, after, mut indices, export)| async move {
            if first {
                let mut bytes = BYTE_ORDER_MARK.to_vec();
                bytes.extend(lines([export.tables.tables[0].columns.clone()])?);
                return Ok(Some((Bytes::from(bytes), (false, after, indices, export))));
            }
            let Some((rows, after)) = export.rows(after, &mut indices).await? else {
                return Ok(None);
            };
            let people = rows.into_iter().filter(|(table, _)| *table == 0).map(|(_, row)| row);
            Ok(Some((Bytes::from(lines(people)?), (false, after, indices, export))))
        })
    }

    /// An array of one object a response, its repeats as arrays in it.
    pub fn json(self) -> impl Stream<Item = Result<Bytes, StoreError>> + Send + 'static {
        let state = (Some(0), "[\n", Indices::default(), self);
        try_unfold(state, |(after, mut before, mut indices, export)| async move {
            let Some(after) = after else { return Ok(None) };
            let mut text = String::new();
            let Some((rows, next)) = export.rows(after, &mut indices).await? else {
                // Without a row nothing has opened the array.
                text.push_str(if before == "[\n" { "[\n]\n" } else { "\n]\n" });
                return Ok(Some((Bytes::from(text), (None, before, indices, export))));
            };
            for object in export.objects(rows) {
                text.push_str(before);
                text.push_str(&Value::Object(object).to_string());
                before = ",\n";
            }
            Ok(Some((Bytes::from(text), (Some(next), before, indices, export))))
        })
    }

    /// The rows of several people as objects; those of repeats in the object of the row around them.
    fn objects(&self, rows: Vec<Row>) -> Vec<Map<String, Value>> {
        let mut people: Vec<Map<String, Value>> = Vec::new();
        for (table, cells) in rows {
            let own = &self.tables.tables[table];
            let object = own.columns.iter().cloned().zip(cells.into_iter().map(Value::String));
            let object = Map::from_iter(object.filter(|(_, value)| value != ""));
            if table == 0 {
                people.push(object);
            } else if let Some(person) = people.last_mut() {
                let list = person.entry(own.name.clone()).or_insert_with(|| Value::Array(vec![]));
                if let Value::Array(list) = list {
                    list.push(Value::Object(object));
                }
            }
        }
        people
    }

    /// Every table as a CSV file of its own in a ZIP archive, `SURVEY.csv` and `SURVEY-REPEAT.csv`, and with `attachments`
    /// the files that people gave, below `media/`.
    ///
    /// # Errors
    /// If the database cannot be read or the disk is full.
    pub async fn archive(self, attachments: bool) -> Result<File, StoreError> {
        let mut files = Vec::new();
        for table in &self.tables.tables {
            let mut file = temporary()?;
            file.write_all(BYTE_ORDER_MARK).map_err(disk)?;
            file.write_all(&lines([table.columns.clone()])?).map_err(disk)?;
            files.push(file);
        }
        let mut archive = ZipWriter::new(temporary()?);
        // Pictures and recordings are packed already.
        let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
        let mut keep = |given: &Attachments<'_>| -> Result<(), StoreError> {
            for (name, bytes) in given.files().filter(|_| attachments) {
                let Some(bytes) = bytes else {
                    tracing::warn!(file = name, "what was sent for this file is no base64");
                    continue;
                };
                archive.start_file(name, stored).map_err(|error| disk(error.into()))?;
                archive.write_all(&bytes).map_err(disk)?;
            }
            Ok(())
        };
        let (mut after, mut indices) = (0, Indices::default());
        while let Some((rows, next)) = self.rows_and_files(after, &mut indices, &mut keep).await? {
            after = next;
            for (table, row) in rows {
                files[table].write_all(&lines([row])?).map_err(disk)?;
            }
        }
        let main = self.tables.tables[0].name.clone();
        for ((at, table), mut file) in self.tables.tables.iter().enumerate().zip(files) {
            let name =
                if at == 0 { format!("{main}.csv") } else { format!("{main}-{}.csv", table.name) };
            let options = SimpleFileOptions::default().large_file(true);
            archive.start_file(name, options).map_err(|error| disk(error.into()))?;
            file.seek(SeekFrom::Start(0)).map_err(disk)?;
            std::io::copy(&mut file, &mut archive).map_err(disk)?;
        }
        archive.finish().map_err(|error| disk(error.into()))
    }

    /// Every table as a sheet of a workbook. Cells are text, so that none is a formula, and numbers where a question
    /// asks for one.
    ///
    /// # Errors
    /// If the database cannot be read, the disk is full, or there are more rows than a sheet has.
    pub async fn workbook(self) -> Result<File, StoreError> {
        let mut workbook = Workbook::new();
        for table in &self.tables.tables {
            let sheet = workbook.add_worksheet_with_constant_memory().map_err(sheet_error)?;
            sheet.set_name(sheet_name(&table.name)).map_err(sheet_error)?;
            for (column, name) in (0..).zip(&table.columns) {
                sheet.write_string(0, column, name).map_err(sheet_error)?;
            }
        }
        let (mut after, mut indices) = (0, Indices::default());
        let mut written = vec![0_u32; self.tables.tables.len()];
        while let Some((rows, next)) = self.rows(after, &mut indices).await? {
            after = next;
            for (table, row) in rows {
                written[table] += 1;
                if written[table] >= SHEET_ROWS {
                    let detail = "more rows than a sheet has; take the CSV files";
                    return Err(StoreError::Statement(detail.to_owned()));
                }
                let sheet = workbook.worksheet_from_index(table).map_err(sheet_error)?;
                let numbers = &self.tables.tables[table].numbers;
                for ((column, cell), at) in (0..).zip(&row).zip(0..) {
                    if cell.is_empty() {
                        continue;
                    }
                    let outcome = match number(cell, numbers.contains(&at)) {
                        Some(number) => sheet.write_number(written[table], column, number),
                        None => sheet.write_string(written[table], column, cell),
                    };
                    outcome.map_err(sheet_error)?;
                }
            }
        }
        let file = temporary()?;
        let copy = file.try_clone().map_err(disk)?;
        workbook.save_to_writer(copy).map_err(sheet_error)?;
        Ok(file)
    }
}

/// What a cell says as a number: where one was asked for, and elsewhere if a spreadsheet would show it unchanged. A house
/// number of "07" stays as it is; a rent of "217.30" is there to be added up.
fn number(cell: &str, asked: bool) -> Option<f64> {
    let number = cell.parse::<f64>().ok().filter(|_| cell.len() <= 15 && is_number(cell))?;
    (asked || number.to_string() == cell).then_some(number)
}

/// A name as Excel allows it.
fn sheet_name(name: &str) -> String {
    let allowed = name.chars().map(|c| if "[]:*?/\\'".contains(c) { '_' } else { c });
    allowed.take(SHEET_NAME).collect()
}

fn temporary() -> Result<File, StoreError> {
    tempfile::tempfile().map_err(disk)
}

fn disk(error: std::io::Error) -> StoreError {
    StoreError::Unavailable(format!("a temporary file: {error}"))
}

fn sheet_error(error: XlsxError) -> StoreError {
    StoreError::Unavailable(format!("a workbook: {error}"))
}

/// What is in a file, from its beginning.
pub fn pieces(mut file: File) -> impl Stream<Item = Result<Bytes, StoreError>> + Send + 'static {
    let rewound = file.seek(SeekFrom::Start(0)).map(|_| file);
    futures_util::stream::iter([rewound]).flat_map(|file| {
        try_unfold(file, |file| async move {
            let mut file = file.map_err(disk)?;
            let mut piece = vec![0; PIECE];
            let count = file.read(&mut piece).map_err(disk)?;
            piece.truncate(count);
            Ok((count > 0).then(|| (Bytes::from(piece), Ok(file))))
        })
    })
}
