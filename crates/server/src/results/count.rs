//! Reading everybody who answered: one pass over all responses, a chunk at a time.

use std::collections::{BTreeMap, BTreeSet};

use model::{
    Hash, Key,
    results::answer_of,
    submission::Answer,
    tally::{Tally, without_positions},
    wire::AnswerThemes,
};

use super::{
    people::{People, Reading},
    person::{Dimension, Person},
    rows::Rows,
    selection::{Narrowed, each},
};
use crate::{
    Store, StoreError,
    asked::{Question, Sort},
};

/// The latest words shown for a question: more are read in the export, not on a screen.
const WORDS: usize = 500;

/// What was counted.
#[derive(Debug)]
pub struct Counted {
    /// Everybody.
    pub people: People,
    /// The rows of each question.
    pub rows: Vec<Rows>,
    /// The latest words to each question among those who pass.
    pub words: Vec<Vec<String>>,
    /// What each of them is about.
    pub about: Vec<Vec<AnswerThemes>>,
    /// The languages of the screens.
    pub languages: BTreeSet<String>,
    /// The versions that were answered.
    pub versions: BTreeSet<u32>,
    /// Somebody stopped before the end.
    pub partial: bool,
}

/// What is known while responses are read.
#[derive(Debug)]
struct Sofar {
    reading: Reading,
    tallies: Vec<Tally>,
    words: Vec<Vec<String>>,
    about: Vec<Vec<AnswerThemes>>,
    languages: BTreeSet<String>,
    versions: BTreeSet<u32>,
    partial: bool,
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
    /// What answers in words are about.
    pub themes: &'a BTreeMap<Hash, BTreeSet<Key>>,
    /// What people can have in common.
    pub dimensions: Vec<Dimension>,
}

/// One answer of a person.
#[derive(Debug)]
struct Given<'p> {
    path: &'p str,
    answer: &'p Answer,
    /// The values that it counts for.
    values: Vec<String>,
}

impl Plan<'_> {
    /// Counts.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn count(&self, store: &Store) -> Result<Counted, StoreError> {
        let count = self.questions.len();
        let mut sofar = Sofar {
            reading: Reading::new(self.dimensions.clone(), count),
            tallies: vec![Tally::default(); count],
            words: vec![Vec::new(); count],
            about: vec![Vec::new(); count],
            languages: BTreeSet::new(),
            versions: BTreeSet::new(),
            partial: false,
        };
        each(store, self.survey, |person| self.add(&mut sofar, person)).await?;
        let Sofar { reading, tallies, words, about, languages, versions, partial } = sofar;
        let rows: Vec<Rows> = self
            .questions
            .iter()
            .zip(&tallies)
            .map(|(question, tally)| Rows::of(question, tally))
            .collect();
        let people = reading.done(&rows);
        Ok(Counted { people, rows, words, about, languages, versions, partial })
    }

    fn add(&self, counted: &mut Sofar, person: Person<'_>) {
        counted.languages.insert(person.submission.language.clone());
        counted.versions.insert(person.response.version);
        counted.partial |= person.response.partial;
        let passes = self.narrowed.passes(person);
        let answers = self.answers(person);
        for (at, own) in answers.iter().enumerate().filter(|(_, own)| !own.is_empty()) {
            counted.tallies[at].add(own.iter().map(|it| (it.answer, it.values.as_slice())));
        }
        let given = answers.iter().enumerate().filter(|(_, own)| !own.is_empty());
        counted.reading.add(
            person.day(),
            |dimension| self.narrowed.value(dimension, person),
            given.map(|(at, own)| {
                (at, own.iter().map(|it| (it.answer, it.values.as_slice())).collect())
            }),
        );
        if passes.iter().all(|passes| *passes) {
            for (at, own) in answers.iter().enumerate() {
                let is_sorted = self.questions[at].takes_themes();
                for Given { path, answer, .. } in own {
                    if let Answer::One(said) = answer
                        && counted.words[at].len() < WORDS
                    {
                        counted.words[at].push(said.clone());
                        if is_sorted {
                            let answer = answer_of(person.submission.id, path);
                            let themes = self.themes.get(&answer).into_iter().flatten();
                            let themes = themes.cloned().collect();
                            counted.about[at].push(AnswerThemes { answer, themes });
                        }
                    }
                }
            }
        }
    }

    /// One person's answers by question.
    fn answers<'p>(&self, person: Person<'p>) -> Vec<Vec<Given<'p>>> {
        let mut own: Vec<Vec<Given<'p>>> = Vec::new();
        own.resize_with(self.questions.len(), Vec::new);
        for (path, answer) in person.response.answers.iter() {
            let plain = without_positions(path);
            if let Some(at) = self.questions.iter().position(|question| question.path == plain) {
                let question = &self.questions[at];
                let values = if question.takes_themes() && !self.themes.is_empty() {
                    let themes = self.themes.get(&answer_of(person.submission.id, path));
                    themes.into_iter().flatten().map(Key::to_string).collect()
                } else {
                    values(question.sort, answer)
                };
                own[at].push(Given { path, answer, values });
            }
        }
        own
    }
}

/// The values that an answer counts for. Words are shown as they are: how often each was written tells nothing, and what
/// they are about is for staff to say.
fn values(sort: Sort, answer: &Answer) -> Vec<String> {
    match (sort, answer) {
        (Sort::Words | Sort::Counted, _) => Vec::new(),
        (Sort::Hour, Answer::One(time)) => vec![time.chars().take(2).collect()],
        (Sort::Date, Answer::One(day)) => vec![day.chars().take(7).collect()],
        // Of a ranking what stands first.
        (Sort::One, Answer::Many(ranked)) => ranked.first().cloned().into_iter().collect(),
        (_, Answer::One(value)) => vec![value.clone()],
        (_, Answer::Many(values)) => values.clone(),
        _ => Vec::new(),
    }
}
