//! How responses stand in tables: one of people, and one for each repeat, joined by key.
//!
//! A column a question, of a multiple choice also one 0/1 column for each choice (`question/choice`), of a place one for
//! each of its numbers. How they are called and what stands around them says a [`Layout`]. Behind everything stand the themes
//! that staff gave to each question that is answered in words.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::LazyLock,
};

use model::{
    Hash, Key, Text,
    results::answer_of,
    submission::{Answer, Response, Submission},
    tally::without_positions,
};

use super::{
    attachment::Attachments,
    layout::{Layout, Subject},
};
use crate::{
    asked::{Group, Question, Sort},
    store::StoredSubmission,
};

/// How "prefer not to say" stands in a cell.
const DECLINED: &str = "prefer_not_to_say";

/// The same in words, as residents read it; in a language that the app does not speak in English.
static DECLINED_WORDS: LazyLock<Text> = LazyLock::new(|| {
    let locales = [
        ("en", include_str!("../../../../locales/en.json")),
        ("ro", include_str!("../../../../locales/ro.json")),
        ("pl", include_str!("../../../../locales/pl.json")),
        ("lt", include_str!("../../../../locales/lt.json")),
    ];
    let mut words = Text::default();
    for (language, locale) in locales {
        let all: BTreeMap<String, String> = serde_json::from_str(locale).unwrap_or_default();
        if let Some(own) = all.get("survey_decline") {
            words.set(language.to_owned(), own.clone());
        }
    }
    words
});

/// One table of an export.
#[derive(Debug, Clone, Default)]
pub struct Table {
    /// What it is called: the survey, or the last name of the repeat.
    pub name: String,
    /// The headings.
    pub columns: Vec<String>,
    /// Those of them, by place, that hold what was asked for as a number.
    pub numbers: BTreeSet<usize>,
    /// The path of the repeat whose instances it holds; empty for the table of people.
    repeat: String,
    /// The table around it.
    parent: usize,
    /// Its questions and what of them has columns of its own.
    questions: Vec<(Question, Split)>,
    /// The paths of those of them that staff sort into themes, in the order of their columns behind all others.
    sorted: Vec<String>,
}

impl Table {
    /// The groups and repeats around its first question.
    fn around(&self) -> &[Group] {
        self.questions.first().map_or(&[], |(question, _)| &question.around)
    }
}

/// What of a question's answer has columns of its own.
#[derive(Debug, Clone)]
enum Split {
    /// Nothing.
    Whole,
    /// Each of these choices, with 0 or 1.
    Choices(Vec<String>),
    /// The four numbers of a place.
    Place {
        /// Instead of all of them in one column.
        only: bool,
    },
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
    written: Written,
    themes: Themes,
}

/// How an export is written.
#[derive(Debug, Clone, Default)]
pub struct Written {
    /// The language of the labels that stand in cells in place of choices' names.
    pub labels: Option<String>,
    /// Whose names the columns have.
    pub layout: Layout,
}

/// One row: its table and its cells.
pub type Row = (usize, Vec<String>);

/// Counts the rows written so far.
#[derive(Debug, Clone, Default)]
pub struct Indices(Vec<u64>);

impl Tables {
    /// The tables of `questions`, whose answers are about `themes`.
    pub fn of(survey: &Key, questions: Vec<Question>, written: Written, themes: Themes) -> Self {
        let layout = written.layout;
        let mut tables = vec![Table { name: survey.to_string(), ..Table::default() }];
        let mut repeats: Vec<&String> =
            questions.iter().filter_map(|it| it.repeat.as_ref()).collect();
        repeats.sort_by_key(|repeat| repeat.matches('/').count());
        for repeat in repeats {
            if tables.iter().any(|table| table.repeat == *repeat) {
                continue;
            }
            let around = |table: &Table| {
                let inside = repeat.strip_prefix(&table.repeat);
                !table.repeat.is_empty() && inside.is_some_and(|it| it.starts_with('/'))
            };
            let parent = tables.iter().rposition(around).unwrap_or(0);
            let last = repeat.rsplit('/').next().unwrap_or(repeat).to_owned();
            let taken = tables.iter().any(|table| table.name == last);
            let name = if taken { repeat.replace('/', "_") } else { last };
            tables.push(Table { name, repeat: repeat.clone(), parent, ..Table::default() });
        }
        for (at, table) in tables.iter_mut().enumerate() {
            table.columns.extend(layout.before(at == 0).iter().map(|name| (*name).to_owned()));
        }
        for question in questions {
            let repeat = question.repeat.clone().unwrap_or_default();
            let Some(table) = tables.iter_mut().find(|table| table.repeat == repeat) else {
                continue;
            };
            let name = layout.column(&question, &repeat);
            let split = if question.sort == Sort::Many {
                Split::Choices(question.offers.iter().map(|offer| offer.name.clone()).collect())
            } else if question.kind == "geopoint" {
                Split::Place { only: layout.parts(&name).1 }
            } else {
                Split::Whole
            };
            if !matches!(split, Split::Place { only: true }) {
                if ["integer", "decimal", "range"].contains(&question.kind) {
                    table.numbers.insert(table.columns.len());
                }
                table.columns.push(name.clone());
            }
            match &split {
                Split::Whole => {}
                Split::Choices(choices) => {
                    table.columns.extend(choices.iter().map(|choice| format!("{name}/{choice}")));
                }
                Split::Place { .. } => {
                    let (parts, first) = (layout.parts(&name).0, table.columns.len());
                    table.numbers.extend(first..first + parts.len());
                    table.columns.extend(parts);
                }
            }
            if question.takes_themes() {
                table.sorted.push(question.path.clone());
            }
            table.questions.push((question, split));
        }
        for (at, table) in tables.iter_mut().enumerate() {
            table.columns.extend(layout.behind(at == 0).into_iter().map(str::to_owned));
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
        Self { tables, written, themes }
    }

    /// The rows of one response, whose files are `files`: its own first, then those of its repeats.
    pub fn rows(
        &self,
        stored: &StoredSubmission,
        submission: &Submission,
        response: &Response,
        files: &Attachments<'_>,
        indices: &mut Indices,
    ) -> Vec<Row> {
        indices.0.resize(self.tables.len(), 0);
        let mut rows = Vec::new();
        // The row of each instance, by its table and positions.
        let mut places: BTreeMap<(usize, Vec<u32>), u64> = BTreeMap::new();
        for (at, table) in self.tables.iter().enumerate() {
            for (positions, answers) in instances(&table.repeat, response, at == 0) {
                indices.0[at] += 1;
                let index = indices.0[at];
                let parent = &self.tables[table.parent];
                // A repeat between the two that asks nothing has no table, and a position.
                let depth = parent.around().iter().filter(|group| group.repeats).count();
                let subject = Subject {
                    stored,
                    submission,
                    response,
                    files: files.count(),
                    index,
                    positions: &positions,
                    around: table.around(),
                    parent: &parent.name,
                    parent_index: places
                        .get(&(table.parent, positions[..depth.min(positions.len())].to_vec()))
                        .copied(),
                };
                let mut cells = self.written.layout.cells_before(&subject);
                cells.extend(self.cells(table, &answers, files));
                cells.extend(self.written.layout.cells_behind(&subject));
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
            let name = self.written.labels.as_ref().zip(self.themes.names.get(theme));
            let name = name.map(|(tag, name)| name.get(tag).to_owned());
            name.filter(|name| !name.is_empty()).unwrap_or_else(|| theme.to_string())
        };
        themes.map(word).collect::<Vec<_>>().join(self.separator())
    }

    fn declined(&self) -> &str {
        match &self.written.labels {
            Some(tag) if !DECLINED_WORDS.is_empty() => DECLINED_WORDS.get(tag),
            _ => DECLINED,
        }
    }

    fn separator(&self) -> &'static str {
        if self.written.labels.is_some() { "; " } else { " " }
    }

    fn cells(&self, table: &Table, answers: &Instance<'_>, files: &Attachments<'_>) -> Vec<String> {
        let mut cells = Vec::with_capacity(table.columns.len());
        for (question, split) in &table.questions {
            let given = answers.get(&question.path);
            let word = |value: &String| {
                let label = self
                    .written
                    .labels
                    .as_ref()
                    .map(|tag| question.label(value).get(tag).to_owned());
                label.filter(|label| !label.is_empty()).unwrap_or_else(|| value.clone())
            };
            let (words, picked): (String, Option<&[String]>) = match given
                .map(|(path, answer)| (*path, *answer))
            {
                None => (String::new(), None),
                Some((_, Answer::Declined)) => (self.declined().to_owned(), None),
                Some((path, Answer::File { .. })) => {
                    (files.name(path).unwrap_or_default().to_owned(), None)
                }
                Some((_, Answer::One(value))) => (word(value), Some(std::slice::from_ref(value))),
                Some((_, Answer::Many(values))) => (
                    values.iter().map(word).collect::<Vec<_>>().join(self.separator()),
                    Some(values.as_slice()),
                ),
            };
            match split {
                Split::Whole => cells.push(words),
                Split::Choices(choices) => {
                    cells.push(words);
                    cells.extend(choices.iter().map(|choice| match picked {
                        Some(picked) => u8::from(picked.contains(choice)).to_string(),
                        None => String::new(),
                    }));
                }
                Split::Place { only } => {
                    let place = words.clone();
                    if !only {
                        cells.push(words);
                    }
                    let mut numbers = place.split_whitespace().filter(|_| picked.is_some());
                    cells.extend([(); 4].map(|()| numbers.next().unwrap_or_default().to_owned()));
                }
            }
        }
        cells
    }
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
            around: repeat
                .into_iter()
                .flat_map(|path| path.split('/'))
                .map(|name| Group { name: name.to_owned(), repeats: true, label: Text::default() })
                .collect(),
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
            question("home/child/way/by", Some("home/child/way")),
            question("home/school/class/name", Some("home/school/class")),
        ];
        let tables = Tables::of(&survey, questions, Written::default(), Themes::default());
        let names: Vec<_> = tables.tables.iter().map(|table| table.name.as_str()).collect();
        assert_eq!(names, ["census", "home", "child", "way", "class"]);
        let id = SubmissionId::new(Millis(0), [1; 10]);
        let submission: Submission = serde_json::from_value(json!({
            "id": id, "made_at": 0, "response": {"survey": "census", "version": 1, "answers": {
                "street": {"one": "Elm"}, "home": {"one": "2"},
                "home[1]/name": {"one": "A"}, "home[2]/name": {"one": "B"},
                "home[2]/child[1]/age": {"one": "4"}, "home[2]/child[2]/age": {"one": "9"},
                "home[2]/child[1]/way[1]/by": {"one": "bus"}, "home[2]/school[3]/class[1]/name": {"one": "4b"},
            }},
        }))
        .unwrap();
        let model::submission::Body::Response(response) = &submission.body else { panic!() };
        let stored = StoredSubmission { id, seq: 7, received_at: Millis(0), bytes: Vec::new() };
        let files = Attachments::of(&stored, response);
        let mut indices = Indices::default();
        tables.rows(&stored, &submission, response, &files, &mut indices);
        // The second person's rows go on counting.
        let rows = tables.rows(&stored, &submission, response, &files, &mut indices);
        let short: Vec<_> = rows.iter().map(|(table, row)| (*table, row[..4].join("|"))).collect();
        assert_eq!(
            short,
            [
                (0, format!("Elm|7|{id}|1970-01-01T00:00:00")),
                (1, "A|3|census|2".to_owned()),
                (1, "B|4|census|2".to_owned()),
                (2, "4|3|home|4".to_owned()),
                (2, "9|4|home|4".to_owned()),
                (3, "bus|2|child|3".to_owned()),
                // No table has schools: the row around a class is the home.
                (4, "4b|2|home|4".to_owned()),
            ]
        );
    }
}
