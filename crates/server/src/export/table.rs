//! How responses stand in tables: one of people, and one for each repeat, joined by key.
//!
//! The layout is that of KoboToolbox' exports (formpack's `reporting/export.py`): a column a question, of a multiple
//! choice also one 0/1 column for each choice (`question/choice`), then `_id`, `_uuid`, `_submission_time` and so on;
//! `_index` counts the rows of a table, `_parent_table_name` and `_parent_index` name the row of the table around it.
//! Our own columns come last, with an underscore before them: among them the themes that staff gave to each question
//! that is answered in words.

use std::collections::{BTreeMap, BTreeSet};

use model::{
    Hash, Key, Text,
    results::answer_of,
    submission::{Answer, Response, Submission},
    tally::without_positions,
};

use crate::{
    asked::{Question, Sort},
    store::StoredSubmission,
};

/// How "prefer not to say" stands in a cell.
const DECLINED: &str = "prefer_not_to_say";

/// What stands behind the questions of the table of people.
const ABOUT: [&str; 16] = [
    "_id",
    "_uuid",
    "_submission_time",
    "_validation_status",
    "_notes",
    "_status",
    "_submitted_by",
    "__version__",
    "_tags",
    "_index",
    "_reference",
    "_made_at",
    "_venue",
    "_language",
    "_seconds",
    "_partial",
];
/// What stands behind the questions of a repeat.
const ABOUT_INSTANCE: [&str; 6] = [
    "_index",
    "_parent_table_name",
    "_parent_index",
    "_submission__id",
    "_submission__uuid",
    "_submission__submission_time",
];

/// One table of an export.
#[derive(Debug, Clone, Default)]
pub struct Table {
    /// What it is called: the survey, or the last name of the repeat.
    pub name: String,
    /// The headings.
    pub columns: Vec<String>,
    /// The path of the repeat whose instances it holds; empty for the table of people.
    repeat: String,
    /// The table around it.
    parent: usize,
    /// Its questions and the choices that have columns of their own.
    questions: Vec<(Question, Vec<String>)>,
    /// The paths of those of them that staff sort into themes, in the order of their columns behind all others.
    sorted: Vec<String>,
}

/// What staff say that answers in words are about.
#[derive(Debug, Clone, Default)]
pub struct Themes {
    /// The themes of each answer that has any.
    pub given: BTreeMap<Hash, BTreeSet<Key>>,
    /// What the themes of the catalogue are called.
    pub names: BTreeMap<Key, Text>,
}

/// All tables of a survey's export.
#[derive(Debug, Clone)]
pub struct Tables {
    /// People first, then repeats, outer ones before inner ones.
    pub tables: Vec<Table>,
    /// The language of the labels that stand in cells in place of choices' names.
    labels: Option<String>,
    themes: Themes,
}

/// One row: its table and its cells.
pub type Row = (usize, Vec<String>);

/// Counts the rows written so far.
#[derive(Debug, Clone, Default)]
pub struct Indices(Vec<u64>);

impl Tables {
    /// The tables of `questions`, whose answers are about `themes`.
    pub fn of(
        survey: &Key,
        questions: Vec<Question>,
        labels: Option<String>,
        themes: Themes,
    ) -> Self {
        let mut tables = vec![Table { name: survey.to_string(), ..Table::default() }];
        let mut repeats: Vec<String> =
            questions.iter().filter_map(|question| question.repeat.clone()).collect();
        // Repeats around repeats may ask nothing themselves.
        for repeat in repeats.clone() {
            let parts: Vec<&str> = repeat.split('/').collect();
            let outer = (1..parts.len()).map(|end| parts[..end].join("/"));
            repeats.extend(outer.filter(|outer| {
                questions.iter().any(|it| it.repeat.as_deref() == Some(outer.as_str()))
            }));
        }
        repeats.sort_by_key(|repeat| repeat.matches('/').count());
        let mut known: Vec<String> = Vec::new();
        for repeat in repeats {
            if known.contains(&repeat) {
                continue;
            }
            let parent = known
                .iter()
                .rposition(|outer| repeat.starts_with(&format!("{outer}/")))
                .map_or(0, |at| at + 1);
            let last = repeat.rsplit('/').next().unwrap_or(&repeat).to_owned();
            let taken = tables.iter().any(|table| table.name == last);
            let name = if taken { repeat.replace('/', "_") } else { last };
            tables.push(Table { name, repeat: repeat.clone(), parent, ..Table::default() });
            known.push(repeat);
        }
        for question in questions {
            let repeat = question.repeat.clone().unwrap_or_default();
            let Some(table) = tables.iter_mut().find(|table| table.repeat == repeat) else {
                continue;
            };
            let inside = format!("{repeat}/");
            let name = question.path.strip_prefix(&inside).unwrap_or(&question.path).to_owned();
            let picked: Vec<String> = if question.sort == Sort::Many {
                question.offers.iter().map(|offer| offer.name.clone()).collect()
            } else {
                Vec::new()
            };
            table.columns.push(name.clone());
            table.columns.extend(picked.iter().map(|choice| format!("{name}/{choice}")));
            if question.takes_themes() {
                table.sorted.push(question.path.clone());
            }
            table.questions.push((question, picked));
        }
        for (at, table) in tables.iter_mut().enumerate() {
            let about: &[&str] = if at == 0 { &ABOUT } else { &ABOUT_INSTANCE };
            table.columns.extend(about.iter().map(|name| (*name).to_owned()));
            let inside = format!("{}/", table.repeat);
            for path in &table.sorted {
                let mut name = themes_column(path.strip_prefix(&inside).unwrap_or(path));
                // A question may be called anything.
                while table.columns.contains(&name) {
                    name.insert(0, '_');
                }
                table.columns.push(name);
            }
        }
        Self { tables, labels, themes }
    }

    /// The rows of one response: its own first, then those of its repeats.
    pub fn rows(
        &self,
        stored: &StoredSubmission,
        submission: &Submission,
        response: &Response,
        indices: &mut Indices,
    ) -> Vec<Row> {
        indices.0.resize(self.tables.len(), 0);
        let received = utc(stored.received_at);
        let id = stored.seq.to_string();
        let uuid = stored.id.to_string();
        let mut rows = Vec::new();
        // The row of each instance, by its table and positions.
        let mut places: BTreeMap<(usize, Vec<u32>), u64> = BTreeMap::new();
        for (at, table) in self.tables.iter().enumerate() {
            for (positions, answers) in instances(&table.repeat, response, at == 0) {
                indices.0[at] += 1;
                let index = indices.0[at];
                let mut cells = self.cells(table, &answers);
                if at == 0 {
                    cells.extend([
                        id.clone(),
                        uuid.clone(),
                        received.clone(),
                        String::new(),
                        String::new(),
                        "submitted_via_web".to_owned(),
                        String::new(),
                        response.version.to_string(),
                        String::new(),
                        index.to_string(),
                        stored.id.reference(),
                        utc(submission.made_at),
                        submission.venue.as_ref().map(Key::to_string).unwrap_or_default(),
                        submission.language.clone(),
                        response.seconds.map(|it| it.to_string()).unwrap_or_default(),
                        u8::from(response.partial).to_string(),
                    ]);
                } else {
                    let parent = &self.tables[table.parent];
                    let depth = match table.parent {
                        0 => 0,
                        _ => positions.len() - 1,
                    };
                    let around = places.get(&(table.parent, positions[..depth].to_vec()));
                    cells.extend([
                        index.to_string(),
                        parent.name.clone(),
                        around.map(u64::to_string).unwrap_or_default(),
                        id.clone(),
                        uuid.clone(),
                        received.clone(),
                    ]);
                }
                cells.extend(table.sorted.iter().map(|path| {
                    let said = answers.get(path).filter(|(_, it)| matches!(it, Answer::One(_)));
                    said.map(|(path, _)| self.themes_of(stored, path)).unwrap_or_default()
                }));
                places.insert((at, positions), index);
                rows.push((at, cells));
            }
        }
        rows
    }

    /// The themes of the answer at `path`, as several choices of a question stand in a cell.
    fn themes_of(&self, stored: &StoredSubmission, path: &str) -> String {
        let themes = self.themes.given.get(&answer_of(stored.id, path)).into_iter().flatten();
        let word = |theme: &Key| {
            let name = self.labels.as_ref().zip(self.themes.names.get(theme));
            let name = name.map(|(tag, name)| name.get(tag).to_owned());
            name.filter(|name| !name.is_empty()).unwrap_or_else(|| theme.to_string())
        };
        themes.map(word).collect::<Vec<_>>().join(self.separator())
    }

    fn separator(&self) -> &'static str {
        if self.labels.is_some() { "; " } else { " " }
    }

    fn cells(&self, table: &Table, answers: &Instance<'_>) -> Vec<String> {
        let mut cells = Vec::with_capacity(table.columns.len());
        for (question, choices) in &table.questions {
            let answer = answers.get(&question.path).map(|(_, answer)| *answer);
            let word = |value: &String| {
                let label =
                    self.labels.as_ref().map(|tag| question.label(value).get(tag).to_owned());
                label.filter(|label| !label.is_empty()).unwrap_or_else(|| value.clone())
            };
            let (words, picked): (String, Option<&[String]>) = match answer {
                None => (String::new(), None),
                Some(Answer::Declined) => (DECLINED.to_owned(), None),
                Some(Answer::File { name, .. }) => (name.clone(), None),
                Some(Answer::One(value)) => (word(value), Some(std::slice::from_ref(value))),
                Some(Answer::Many(values)) => (
                    values.iter().map(word).collect::<Vec<_>>().join(self.separator()),
                    Some(values.as_slice()),
                ),
            };
            cells.push(words);
            cells.extend(choices.iter().map(|choice| match picked {
                Some(picked) => u8::from(picked.contains(choice)).to_string(),
                None => String::new(),
            }));
        }
        cells
    }
}

/// ISO 8601 in UTC without a zone, as Kobo writes it.
fn utc(at: model::time::Millis) -> String {
    at.rfc3339().trim_end_matches('Z').to_owned()
}

/// The column of the themes of the question `name`. A slash would make it one of the question's own: scripts cut names
/// at the last one to be rid of groups, and would find two columns of the question's name.
fn themes_column(name: &str) -> String {
    format!("_themes_{}", name.replace('/', "."))
}

/// Answers by path without positions, each with its path with them.
type Instance<'a> = BTreeMap<String, (&'a str, &'a Answer)>;

/// The instances of a repeat in a response, by their positions.
fn instances<'a>(
    repeat: &str,
    response: &'a Response,
    people: bool,
) -> BTreeMap<Vec<u32>, Instance<'a>> {
    let mut found: BTreeMap<Vec<u32>, Instance<'a>> = BTreeMap::new();
    if people {
        found.entry(Vec::new()).or_default();
    }
    for (path, answer) in response.answers.iter() {
        let end = path.rfind(']').map_or(0, |at| at + 1);
        if without_positions(&path[..end]) != repeat {
            continue;
        }
        let positions = path[..end]
            .split('[')
            .skip(1)
            .filter_map(|part| part.split(']').next()?.parse().ok())
            .collect();
        found.entry(positions).or_default().insert(without_positions(path), (path, answer));
    }
    found
}

#[cfg(test)]
mod tests {
    use model::{SubmissionId, time::Millis};
    use serde_json::json;

    use super::*;

    fn question(path: &str, repeat: Option<&str>) -> Question {
        Question {
            path: path.to_owned(),
            kind: "text",
            sort: Sort::Words,
            repeat: repeat.map(str::to_owned),
            wordings: Vec::new(),
            may_decline: false,
            offers: Vec::new(),
            likert: false,
        }
    }

    #[test]
    fn repeats_are_tables_joined_to_the_row_around_them() {
        let survey = Key::parse("census").unwrap();
        let questions = vec![
            question("street", None),
            question("home/name", Some("home")),
            question("home/child/age", Some("home/child")),
        ];
        let tables = Tables::of(&survey, questions, None, Themes::default());
        let names: Vec<_> = tables.tables.iter().map(|table| table.name.as_str()).collect();
        assert_eq!(names, ["census", "home", "child"]);
        let id = SubmissionId::new(Millis(0), [1; 10]);
        let submission: Submission = serde_json::from_value(json!({
            "id": id, "made_at": 0, "response": {"survey": "census", "version": 1, "answers": {
                "street": {"one": "Elm"}, "home": {"one": "2"},
                "home[1]/name": {"one": "A"}, "home[2]/name": {"one": "B"},
                "home[2]/child[1]/age": {"one": "4"}, "home[2]/child[2]/age": {"one": "9"},
            }},
        }))
        .unwrap();
        let model::submission::Body::Response(response) = &submission.body else { panic!() };
        let stored = StoredSubmission { id, seq: 7, received_at: Millis(0), bytes: Vec::new() };
        let mut indices = Indices::default();
        tables.rows(&stored, &submission, response, &mut indices);
        // The second person's rows go on counting.
        let rows = tables.rows(&stored, &submission, response, &mut indices);
        let short: Vec<_> = rows.iter().map(|(table, row)| (*table, row[..4].join("|"))).collect();
        assert_eq!(
            short,
            [
                (0, format!("Elm|7|{id}|1970-01-01T00:00:00")),
                (1, "A|3|census|2".to_owned()),
                (1, "B|4|census|2".to_owned()),
                (2, "4|3|home|4".to_owned()),
                (2, "9|4|home|4".to_owned()),
            ]
        );
    }
}
