//! CSV files that open in a spreadsheet: UTF-8 with a byte order mark, CRLF, a heading row,
//! and no cell that a spreadsheet would run.

use std::{
    borrow::Cow,
    collections::{BTreeMap, VecDeque},
};

use ::csv::{Terminator, Writer, WriterBuilder};
use bytes::Bytes;
use futures_util::{Stream, stream::try_unfold};
use model::{
    Collection, Key,
    catalogue::{Venue, view},
    time::Millis,
    wire::FeedbackRow,
};

use super::feedback_row;
use crate::{
    Store, StoreError,
    store::{Filter, Slice, StoredSubmission},
};

/// Rows read from the database and sent at a time: half a mebibyte in memory however long the file.
const CHUNK: u32 = 500;
/// Without it Excel takes the file for Latin-1 and spoils every accent.
pub(super) const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

const FEEDBACK_COLUMNS: [&str; 14] = [
    "reference",
    "id",
    "received_at",
    "made_at",
    "venue",
    "venue_name",
    "place",
    "themes",
    "words",
    "feeling",
    "gap",
    "reply_by",
    "reply_contact",
    "reply_name",
];

/// The feedback that `filter` means, oldest first.
///
/// # Errors
/// If the database cannot be read; later faults end the stream.
pub async fn feedback_csv(
    store: Store,
    filter: Filter,
) -> Result<impl Stream<Item = Result<Bytes, StoreError>> + Send + 'static, StoreError> {
    let names = venue_names(&store).await?;
    let columns = FEEDBACK_COLUMNS.map(str::to_owned).to_vec();
    Ok(rows(store, filter, columns, move |stored| {
        feedback_row(stored).map(|row| feedback_cells(&row, &names))
    }))
}

fn feedback_cells(row: &FeedbackRow, names: &BTreeMap<Key, String>) -> Vec<String> {
    let feedback = &row.feedback;
    let venue = feedback.venue.as_ref();
    let themes: Vec<_> = feedback.themes.iter().map(Key::as_str).collect();
    let reply = feedback.reply.as_ref();
    vec![
        row.id.reference(),
        row.id.to_string(),
        wall_time(row.received_at),
        wall_time(row.made_at),
        venue.map(Key::to_string).unwrap_or_default(),
        venue.and_then(|venue| names.get(venue)).cloned().unwrap_or_default(),
        feedback.place.clone().unwrap_or_default(),
        themes.join("; "),
        feedback.words.clone(),
        feedback.feeling.map(|feeling| feeling.name().to_owned()).unwrap_or_default(),
        feedback.gap.clone().unwrap_or_default(),
        reply.map(|reply| reply.by.name().to_owned()).unwrap_or_default(),
        reply.map(|reply| reply.contact.clone()).unwrap_or_default(),
        reply.map(|reply| reply.name.clone()).unwrap_or_default(),
    ]
}

async fn venue_names(store: &Store) -> Result<BTreeMap<Key, String>, StoreError> {
    let venues = store.records(Collection::Venue).await?;
    Ok(venues
        .into_iter()
        .filter_map(|record| {
            let venue: Venue = view(&record.fields).ok()?;
            Some((record.id, venue.name.get(model::text::FALLBACK).to_owned()))
        })
        .collect())
}

/// The file, a piece at a time: the heading first, then rows in chunks.
fn rows<F>(
    store: Store,
    filter: Filter,
    columns: Vec<String>,
    cells: F,
) -> impl Stream<Item = Result<Bytes, StoreError>> + Send + 'static
where
    F: Fn(&StoredSubmission) -> Result<Vec<String>, StoreError> + Send + Sync + 'static,
{
    let first = VecDeque::from([columns]);
    try_unfold((Some(first), 0, cells), move |(heading, after, cells)| {
        let (store, filter) = (store.clone(), filter.clone());
        async move {
            if let Some(heading) = heading {
                let mut bytes = BYTE_ORDER_MARK.to_vec();
                bytes.extend(lines(heading)?);
                return Ok(Some((Bytes::from(bytes), (None, after, cells))));
            }
            let chunk = store.submissions(&filter, Slice::After(after), CHUNK).await?;
            let Some(last) = chunk.last() else { return Ok(None) };
            let after = last.seq;
            let rows = chunk.iter().map(&cells).collect::<Result<VecDeque<_>, _>>()?;
            Ok(Some((Bytes::from(lines(rows)?), (None, after, cells))))
        }
    })
}

pub(super) fn lines(rows: impl IntoIterator<Item = Vec<String>>) -> Result<Vec<u8>, StoreError> {
    let failed = |error: String| StoreError::Statement(format!("a CSV row: {error}"));
    let mut writer: Writer<Vec<u8>> =
        WriterBuilder::new().terminator(Terminator::CRLF).from_writer(Vec::new());
    for row in rows {
        writer
            .write_record(row.iter().map(|cell| harmless(cell).into_owned()))
            .map_err(|error| failed(error.to_string()))?;
    }
    writer.into_inner().map_err(|error| failed(error.to_string()))
}

/// A cell that no spreadsheet takes for a formula: an apostrophe goes before what OWASP's
/// list on CSV injection names, also behind white space and in its full-width forms. Numbers stay, several of them beside
/// each other too: west of Greenwich every longitude is below zero, and a script wants to reckon with it.
fn harmless(cell: &str) -> Cow<'_, str> {
    let starts_a_formula = |c: char| "=+-@＝＋－＠".contains(c);
    let starts_oddly = |c: char| "\t\r\n".contains(c);
    if cell.split(' ').all(is_number) {
        return Cow::Borrowed(cell);
    }
    if cell.starts_with(starts_oddly) || cell.trim_start().starts_with(starts_a_formula) {
        Cow::Owned(format!("'{cell}"))
    } else {
        Cow::Borrowed(cell)
    }
}

/// Digits with at most one point between them, and with a minus sign before them at most.
pub(super) fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|c| c.is_ascii_digit());
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    is_digits(whole) && is_digits(fraction)
}

/// ISO 8601 without a zone: what the clock on the wall in London showed.
fn wall_time(at: Millis) -> String {
    at.london().format("%Y-%m-%dT%H:%M:%S").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_become_words_and_words_stay() {
        for evil in [
            "=1+1", "+44", "-1+1", "-1-2", "--1", "-a", "- 1", "-1.2.3", "@SUM(A1)", "\t=1",
            "\r=1", "\n=1", "  =1", "＝1",
        ] {
            assert_eq!(harmless(evil), format!("'{evil}"));
        }
        for good in [
            "",
            "-1",
            "-0.1276",
            "51.5 -0.1276 0 -5",
            "Zażółć gęślą jaźń",
            "1-2",
            "a=b",
            "name@example.org",
            " spaced",
        ] {
            assert_eq!(harmless(good), good);
        }
    }
}
