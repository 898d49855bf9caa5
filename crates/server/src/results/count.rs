//! Counting responses into tables: one pass over all of them, a chunk at a time.

use std::collections::{BTreeMap, BTreeSet};

use model::{
    submission::Answer,
    tally::{Tally, without_positions},
};

use super::{
    person::{Dimension, Person},
    selection::{Narrowed, each},
};
use crate::{
    Store, StoreError,
    asked::{Question, Sort},
};

/// The latest words shown for a question: more are read in the export, not on a screen.
const WORDS: usize = 500;

/// Answers counted by question and by one thing that people have in common.
#[derive(Debug, Default)]
pub struct Table {
    /// What the columns are; `None` for one column of everybody.
    pub by: Option<Dimension>,
    /// Which of the filters people pass who are counted.
    pub context: Vec<usize>,
    /// People in each column.
    pub people: BTreeMap<String, u64>,
    /// For each question the tally of each column.
    pub tallies: Vec<BTreeMap<String, Tally>>,
}

impl Table {
    fn new(by: Option<Dimension>, context: Vec<usize>, questions: usize) -> Self {
        Self { by, context, people: BTreeMap::new(), tallies: vec![BTreeMap::new(); questions] }
    }

    /// Everybody in the table.
    pub fn everybody(&self) -> u64 {
        self.people.values().sum()
    }

    /// A question's tally in a column.
    pub fn tally(&self, question: usize, column: &str) -> Tally {
        self.tallies[question].get(column).cloned().unwrap_or_default()
    }
}

/// What was counted.
#[derive(Debug)]
pub struct Counted {
    /// Every response.
    pub all: Table,
    /// Those that pass every filter.
    pub view: Table,
    /// For each filter those that pass the others, by what that filter looks at.
    pub beside: Vec<Table>,
    /// Those that pass, by what is compared.
    pub compared: Option<Table>,
    /// Every response, by what is compared.
    pub compared_all: Option<Table>,
    /// The latest words to each question among those that pass.
    pub words: Vec<Vec<String>>,
    /// The languages of the screens.
    pub languages: BTreeSet<String>,
    /// The versions that were answered.
    pub versions: BTreeSet<u32>,
    /// Somebody stopped before the end.
    pub partial: bool,
}

/// What to count.
#[derive(Debug)]
pub struct Plan<'a> {
    /// The survey.
    pub survey: &'a str,
    /// What it asks.
    pub questions: &'a [Question],
    /// Whose responses are meant.
    pub narrowed: &'a Narrowed,
    /// What is compared.
    pub by: Option<&'a Dimension>,
}

impl Plan<'_> {
    /// Counts.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn count(&self, store: &Store) -> Result<Counted, StoreError> {
        let count = self.questions.len();
        let every: Vec<usize> = (0..self.narrowed.filters.len()).collect();
        let beside = self.narrowed.filters.iter().enumerate().map(|(at, (dimension, _))| {
            let others = every.iter().copied().filter(|other| *other != at).collect();
            Table::new(Some(dimension.clone()), others, count)
        });
        let compared = |context: &[usize]| {
            self.by.map(|by| Table::new(Some(by.clone()), context.to_vec(), count))
        };
        let mut counted = Counted {
            all: Table::new(None, Vec::new(), count),
            view: Table::new(None, every.clone(), count),
            beside: beside.collect(),
            compared: compared(&every),
            compared_all: compared(&[]),
            words: vec![Vec::new(); count],
            languages: BTreeSet::new(),
            versions: BTreeSet::new(),
            partial: false,
        };
        each(store, self.survey, |person| self.add(&mut counted, person)).await?;
        Ok(counted)
    }

    fn add(&self, counted: &mut Counted, person: Person<'_>) {
        counted.languages.insert(person.submission.language.clone());
        counted.versions.insert(person.response.version);
        counted.partial |= person.response.partial;
        let passes = self.narrowed.passes(person);
        let answers = self.answers(person);
        let mut tables: Vec<&mut Table> = vec![&mut counted.all, &mut counted.view];
        tables.extend(counted.beside.iter_mut());
        tables.extend(counted.compared.iter_mut());
        tables.extend(counted.compared_all.iter_mut());
        for table in tables {
            if table.context.iter().all(|filter| passes[*filter]) {
                let column = table.by.as_ref().map(|by| self.narrowed.value(by, person));
                let column = column.unwrap_or_default();
                *table.people.entry(column.clone()).or_default() += 1;
                for (at, own) in answers.iter().enumerate().filter(|(_, own)| !own.is_empty()) {
                    let sort = self.questions[at].sort;
                    let tally = table.tallies[at].entry(column.clone()).or_default();
                    tally.add(own, |answer| values(sort, answer));
                }
            }
        }
        if passes.iter().all(|passes| *passes) {
            for (words, own) in counted.words.iter_mut().zip(&answers) {
                for answer in own {
                    if let Answer::One(said) = answer
                        && words.len() < WORDS
                    {
                        words.push(said.clone());
                    }
                }
            }
        }
    }

    /// One person's answers by question.
    fn answers<'p>(&self, person: Person<'p>) -> Vec<Vec<&'p Answer>> {
        let mut own = vec![Vec::new(); self.questions.len()];
        for (path, answer) in person.response.answers.iter() {
            let plain = without_positions(path);
            if let Some(at) = self.questions.iter().position(|question| question.path == plain) {
                own[at].push(answer);
            }
        }
        own
    }
}

/// The values that an answer counts for. Words are shown as they are: how often each was written tells nothing.
fn values(sort: Sort, answer: &Answer) -> Vec<String> {
    match (sort, answer) {
        (Sort::Words, _) => Vec::new(),
        (Sort::Date, Answer::One(day)) => vec![day.chars().take(7).collect()],
        // Of a ranking what stands first.
        (Sort::One, Answer::Many(ranked)) => ranked.first().cloned().into_iter().collect(),
        (_, Answer::One(value)) => vec![value.clone()],
        (_, Answer::Many(values)) => values.clone(),
        _ => Vec::new(),
    }
}
