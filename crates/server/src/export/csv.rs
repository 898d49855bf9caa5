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
    submission::{Answer, Response, Submission},
    time::Millis,
    wire::FeedbackRow,
};
use survey::{Definition, Kind};

use super::{feedback_row, response_of, versions_of};
use crate::{
    Store, StoreError,
    store::{Filter, Slice, StoredSubmission},
};

/// Rows read from the database and sent at a time: half a mebibyte in memory however long the file.
const CHUNK: u32 = 500;
/// Without it Excel takes the file for Latin-1 and spoils every accent.
const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";
/// How "prefer not to say" stands in a cell.
const DECLINED: &str = "prefer_not_to_say";

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

/// The responses to `survey` that `filter` means, oldest first, with a column for each
/// question of any version. `None` if there is no such survey.
///
/// # Errors
/// If the database cannot be read; later faults end the stream.
pub async fn survey_csv(
    store: Store,
    survey: &Key,
    filter: Filter,
) -> Result<Option<impl Stream<Item = Result<Bytes, StoreError>> + Send + 'static>, StoreError> {
    let versions = versions_of(&store, survey.as_str()).await?;
    if versions.is_empty() && store.record(Collection::Survey, survey.as_str()).await?.is_none() {
        return Ok(None);
    }
    let questions = Question::all(versions.iter().map(|(_, definition)| definition));
    let mut columns: Vec<String> =
        ["reference", "id", "received_at", "made_at", "version", "venue", "language", "seconds"]
            .map(str::to_owned)
            .to_vec();
    columns.extend(questions.iter().flat_map(Question::columns));
    Ok(Some(rows(store, filter, columns, move |stored| {
        let (submission, response) = response_of(stored)?;
        let mut cells = response_cells(stored, &submission, &response);
        cells.extend(questions.iter().flat_map(|q| q.cells(response.answers.get(&q.name))));
        Ok(cells)
    })))
}

fn response_cells(
    stored: &StoredSubmission,
    submission: &Submission,
    response: &Response,
) -> Vec<String> {
    vec![
        stored.id.reference(),
        stored.id.to_string(),
        wall_time(stored.received_at),
        wall_time(submission.made_at),
        response.version.to_string(),
        submission.venue.as_ref().map(Key::to_string).unwrap_or_default(),
        submission.language.clone(),
        response.seconds.map(|seconds| seconds.to_string()).unwrap_or_default(),
    ]
}

/// A question's columns over all versions.
struct Question {
    name: String,
    /// Of a multiple choice: each choice any version offers.
    choices: Vec<String>,
}

impl Question {
    fn all<'a>(definitions: impl Iterator<Item = &'a Definition>) -> Vec<Self> {
        let mut all: Vec<Self> = Vec::new();
        for definition in definitions {
            for question in definition.questions() {
                if matches!(question.kind, Kind::Note) {
                    continue;
                }
                let at = all.iter().position(|known| known.name == question.path);
                let at = at.unwrap_or_else(|| {
                    all.push(Self { name: question.path.clone(), choices: Vec::new() });
                    all.len() - 1
                });
                if let Kind::SelectMultiple(choices) = &question.kind {
                    for choice in choices.iter() {
                        if !all[at].choices.contains(&choice.name) {
                            all[at].choices.push(choice.name.clone());
                        }
                    }
                }
            }
        }
        all
    }

    fn columns(&self) -> impl Iterator<Item = String> {
        let choices = self.choices.iter().map(|choice| format!("{}/{choice}", self.name));
        std::iter::once(self.name.clone()).chain(choices)
    }

    fn cells(&self, answer: Option<&Answer>) -> Vec<String> {
        let (words, picked): (String, Option<Vec<&str>>) = match answer {
            None => (String::new(), None),
            Some(Answer::Declined) => (DECLINED.to_owned(), None),
            Some(Answer::File { name, .. }) => (name.clone(), None),
            Some(Answer::One(value)) => (value.clone(), Some(vec![value])),
            Some(Answer::Many(values)) => {
                (values.join("; "), Some(values.iter().map(String::as_str).collect()))
            }
        };
        let mut cells = vec![words];
        cells.extend(self.choices.iter().map(|choice| match &picked {
            Some(picked) => u8::from(picked.contains(&choice.as_str())).to_string(),
            None => String::new(),
        }));
        cells
    }
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

fn lines(rows: VecDeque<Vec<String>>) -> Result<Vec<u8>, StoreError> {
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
/// list on CSV injection names, also behind white space and in its full-width forms.
fn harmless(cell: &str) -> Cow<'_, str> {
    let starts_a_formula = |c: char| "=+-@＝＋－＠".contains(c);
    let starts_oddly = |c: char| "\t\r\n".contains(c);
    if cell.starts_with(starts_oddly) || cell.trim_start().starts_with(starts_a_formula) {
        Cow::Owned(format!("'{cell}"))
    } else {
        Cow::Borrowed(cell)
    }
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
        for evil in ["=1+1", "+44", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1", "＝1"] {
            assert_eq!(harmless(evil), format!("'{evil}"));
        }
        for good in ["", "Zażółć gęślą jaźń", "1-2", "a=b", "name@example.org", " spaced"]
        {
            assert_eq!(harmless(good), good);
        }
    }
}
