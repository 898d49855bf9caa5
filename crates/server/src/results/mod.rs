//! What people answered, counted, with what must not be told withheld: the server's side of the results page.

mod count;
mod person;
mod rows;
mod selection;
mod withhold;

use std::collections::BTreeMap;

use model::{
    Collection, Hash, Key, Text,
    catalogue::{Theme, view},
    results::{Asked, Group, OTHERS, Offers, Results, Wording, answer_of},
    suppression::FEWEST,
    tally::without_positions,
};

use self::{
    count::{Counted, Plan, Table},
    rows::Rows,
    selection::each,
    withhold::{Column, Withheld, of_column, of_groups, of_people},
};
pub use self::{
    person::{Dimension, Person},
    selection::{Days, Narrowed, Selection},
};
use survey::Definition;

use crate::{
    Store, StoreError,
    asked::{Offer, Question, Sort, questions},
    export::versions_of,
};

/// Groups that are compared at a time, the largest: more columns fit no page. The rest is one more.
const GROUPS: usize = 40;

/// What is asked of the results.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// Whose responses are counted.
    pub selection: Selection,
    /// What is compared.
    pub by: Option<Dimension>,
}

/// The results of a survey.
///
/// # Errors
/// If the database cannot be read.
pub async fn results(store: &Store, survey: &Key, request: Request) -> Result<Results, StoreError> {
    let mut questions = shown(&versions_of(store, survey.as_str()).await?);
    let themes = store.answer_themes(survey).await?;
    offer_themes(store, &mut questions).await?;
    let questions = questions;
    let survey = survey.as_str();
    let narrowed = Narrowed::open(store, survey, &questions, request.selection).await?;
    let comparable = |question: &&Question| {
        matches!(question.sort, Sort::One | Sort::Scale)
            && question.repeat.is_none()
            && (2..=GROUPS).contains(&question.offers.len())
    };
    let by: Vec<String> =
        questions.iter().filter(comparable).map(|question| question.path.clone()).collect();
    let known = |dimension: &Dimension| match dimension {
        Dimension::Answer(path) => by.contains(path),
        _ => true,
    };
    let compared = request.by.filter(known);
    let by_what = compared.as_ref();
    let plan =
        Plan { survey, questions: &questions, narrowed: &narrowed, themes: &themes, by: by_what };
    let counted = plan.count(store).await?;
    let offers = Offers {
        ward: narrowed.places.ward.as_ref().map(|(path, _)| path.clone()),
        area: narrowed.places.area.as_ref().map(|(path, _)| path.clone()),
        languages: counted.languages.iter().cloned().collect(),
        versions: counted.versions.iter().copied().collect(),
        partial: counted.partial,
        by,
    };
    let page = Page { questions: &questions, narrowed: &narrowed, by: by_what, counted: &counted };
    Ok(page.results(offers))
}

/// What names the results that [`results`] would give now: the same name means the same results, to the byte. It costs no
/// reading of responses. Take it before the results: a response that arrives in between is then told once more, and not
/// overlooked.
///
/// # Errors
/// If the database cannot be read.
pub async fn stamp(store: &Store, survey: &Key, request: &Request) -> Result<Hash, StoreError> {
    let standing = store.standing(survey).await?;
    // The program counts, too. Rust's own notation quotes texts, so that no two contents are written alike.
    let all = format!("{:?}", (env!("CARGO_PKG_VERSION"), survey, request, standing));
    Ok(Hash::of(all.as_bytes()))
}

/// The questions that have results, of all `versions` (oldest first): the newest decides on order and labels.
pub fn shown(versions: &[(u32, Definition)]) -> Vec<Question> {
    let mut questions = questions(versions.iter().rev());
    questions.retain(|question| question.sort != Sort::Unseen);
    questions
}

/// Whether `answer` names an answer in words to `survey`.
///
/// # Errors
/// If the database cannot be read.
pub async fn is_answer(store: &Store, survey: &Key, answer: Hash) -> Result<bool, StoreError> {
    let questions = shown(&versions_of(store, survey.as_str()).await?);
    let is_words = |path: &str| {
        let plain = without_positions(path);
        questions.iter().any(|question| question.path == plain && question.takes_themes())
    };
    let mut found = false;
    each(store, survey.as_str(), |person| {
        found =
            found
                || person.response.answers.iter().any(|(path, _)| {
                    answer_of(person.submission.id, path) == answer && is_words(path)
                });
    })
    .await?;
    Ok(found)
}

/// Words offer the themes of the catalogue, which staff give them.
async fn offer_themes(store: &Store, questions: &mut [Question]) -> Result<(), StoreError> {
    if !questions.iter().any(Question::takes_themes) {
        return Ok(());
    }
    let mut themes = Vec::new();
    for record in store.records(Collection::Theme).await? {
        if let Ok(Theme { name, .. }) = view(&record.fields) {
            themes.push((record.id.to_string(), name));
        }
    }
    for question in questions.iter_mut().filter(|question| question.takes_themes()) {
        let versions = question.versions();
        let offer = |(name, label): &(String, Text)| Offer {
            name: name.clone(),
            label: label.clone(),
            versions: versions.clone(),
        };
        question.offers = themes.iter().map(offer).collect();
    }
    Ok(())
}

struct Page<'a> {
    questions: &'a [Question],
    narrowed: &'a Narrowed,
    by: Option<&'a Dimension>,
    counted: &'a Counted,
}

impl Page<'_> {
    fn results(&self, offers: Offers) -> Results {
        let responses = self.counted.all.everybody();
        let people = self.counted.view.everybody();
        let told = self.narrowed.filters.is_empty() || self.is_told(people);
        let groups = self.groups();
        let group_people: Vec<u64> = groups.iter().map(|group| self.people_of(group)).collect();
        let few = of_people(&group_people, people);
        let mut results = Results {
            responses,
            people: told.then_some(people),
            fewest: FEWEST,
            withheld: !told,
            from: self.narrowed.days.0,
            to: self.narrowed.days.1,
            offers,
            groups: Vec::new(),
            questions: Vec::new(),
        };
        for (at, question) in self.questions.iter().enumerate() {
            results.questions.push(self.asked(at, question, &groups, told));
        }
        results.groups = groups
            .iter()
            .zip(group_people.iter().zip(few))
            .map(|(group, (people, few))| Group {
                value: match group.as_slice() {
                    [value] => value.clone(),
                    _ => OTHERS.to_owned(),
                },
                label: self.label(group),
                people: (told && !few).then_some(*people),
            })
            .collect();
        results.withheld |= results.questions.iter().any(|asked| {
            (asked.answered.is_none() || asked.rows.iter().any(|row| row.count.is_none()))
                || asked.rows.iter().any(|row| row.groups.iter().any(Option::is_none))
        });
        results
    }

    /// Whether it may be told how many the filters mean.
    fn is_told(&self, people: u64) -> bool {
        people >= FEWEST
            && self.counted.beside.iter().zip(&self.narrowed.filters).all(|(table, (_, value))| {
                let columns: Vec<&String> = table.people.keys().collect();
                let of: Vec<u64> = table.people.values().copied().collect();
                let found = of_people(&of, table.everybody());
                let own = columns.iter().position(|column| *column == value);
                own.is_some_and(|own| of.len() == 1 || !found[own])
            })
    }

    /// The columns that are compared, each with the values it stands for: those that the question offers in their
    /// order, versions as they came, others by size.
    fn groups(&self) -> Vec<Vec<String>> {
        let Some(table) = &self.counted.compared_all else { return Vec::new() };
        let mut values: Vec<(&String, u64)> =
            table.people.iter().map(|(value, people)| (value, *people)).collect();
        values.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
        let offers: Vec<&String> = match self.by {
            Some(Dimension::Answer(path)) => self
                .questions
                .iter()
                .filter(|question| question.path == *path)
                .flat_map(|question| question.offers.iter().map(|offer| &offer.name))
                .collect(),
            _ => Vec::new(),
        };
        let mut groups: Vec<Vec<String>> =
            values.iter().take(GROUPS).map(|(value, _)| vec![(*value).clone()]).collect();
        let place = |value: &String| match self.by {
            Some(Dimension::Version) => value.parse().ok(),
            _ => offers.iter().position(|offer| *offer == value),
        };
        groups.sort_by_key(|group| {
            let value = &group[0];
            (value.is_empty(), place(value).unwrap_or(usize::MAX))
        });
        let rest: Vec<String> =
            values.iter().skip(GROUPS).map(|(value, _)| (*value).clone()).collect();
        groups.extend((!rest.is_empty()).then_some(rest));
        groups
    }

    fn people_of(&self, group: &[String]) -> u64 {
        let table = self.counted.compared.as_ref();
        let of = |value: &String| table.and_then(|table| table.people.get(value)).copied();
        group.iter().filter_map(of).sum()
    }

    fn label(&self, group: &[String]) -> Text {
        let [value] = group else { return Text::default() };
        let name = |dimension: &Dimension| {
            self.narrowed.places.names.get(&(dimension.clone(), value.clone())).cloned()
        };
        match self.by {
            Some(Dimension::Answer(path)) => {
                let question = self.questions.iter().find(|question| question.path == *path);
                question.map(|question| question.label(value)).unwrap_or_default()
            }
            Some(dimension) => name(dimension).unwrap_or_default(),
            None => Text::default(),
        }
    }

    fn asked(&self, at: usize, question: &Question, groups: &[Vec<String>], told: bool) -> Asked {
        let repeated = question.repeat.is_some();
        let rows = Rows::of(question, &self.counted.all.tally(at, ""));
        let count = rows.len();
        let column = |table: &Table, value: &str| {
            let people = table.people.get(value).copied().unwrap_or_default();
            let tally = table.tally(at, value);
            match table.by {
                Some(Dimension::Version) => rows.column_of_version(people, &tally, question, value),
                _ => rows.column(people, &tally, repeated),
            }
        };
        let own = column(&self.counted.view, "");
        let single = question.sort.is_single();
        let mut withheld = Withheld::nothing(count);
        // What could be had by subtracting this view from one that is wider by one filter.
        for (table, (_, value)) in self.counted.beside.iter().zip(&self.narrowed.filters) {
            let values: Vec<&String> = table.people.keys().collect();
            let columns: Vec<Column> = values.iter().map(|value| column(table, value)).collect();
            let Some(place) = values.iter().position(|it| *it == value) else { continue };
            let whole = sum(&columns, count);
            let mut unknown = Withheld::nothing(count);
            of_column(single, repeated, &whole, &mut unknown);
            let all = vec![Withheld::nothing(count); columns.len()];
            let found = of_groups(single, repeated, &columns, &whole, &unknown, all);
            withheld.join(&found[place]);
        }
        of_column(single, repeated, &own, &mut withheld);
        if !told {
            withheld = Withheld::everything(count);
        }
        let compared = match self.compared_question() == Some(&question.path) {
            // Beside its own answers a question tells nothing.
            true => Vec::new(),
            false => self.compared((single, repeated), groups, &column, &own, &withheld, told),
        };
        let base = match (withheld.base, repeated) {
            (false, _) => Some(own.base),
            (true, false) if told && own.answered >= FEWEST => Some(own.people),
            _ => None,
        };
        let group_rows = |row: usize| -> Vec<Option<u64>> {
            let cell = |(column, out): &(Column, Withheld)| {
                (!out.rows[row]).then(|| column.rows[row].count)
            };
            compared.iter().map(cell).collect()
        };
        let mut shown = rows.shown();
        for (row, out) in shown.iter_mut().enumerate() {
            out.count = (!withheld.rows[row]).then(|| own.rows[row].count);
            out.groups = group_rows(row);
        }
        let picture = rows.picture(question);
        let wordings = self.wordings(question);
        let differ = |unlike: fn(&Wording, &Wording) -> bool| {
            wordings.windows(2).any(|pair| unlike(&pair[0], &pair[1]))
        };
        let (wording_differs, choices_differ, kind_differs) = (
            differ(|one, other| one.label != other.label),
            differ(|one, other| one.choices != other.choices),
            differ(|one, other| one.kind != other.kind),
        );
        let words = match question.sort {
            Sort::Words if withheld.base => None,
            Sort::Words => Some(self.counted.words[at].clone()),
            _ => Some(Vec::new()),
        };
        let about = words.as_ref().map(|_| self.counted.about[at].clone()).unwrap_or_default();
        Asked {
            path: question.path.clone(),
            kind: question.kind.to_owned(),
            picture,
            wording_differs,
            choices_differ,
            kind_differs,
            wordings,
            repeated,
            may_decline: question.may_decline || own.declined > 0,
            answered: (!withheld.base).then_some(own.answered),
            declined: (!withheld.declined).then_some(own.declined),
            base,
            of_everybody: withheld.base && base.is_some(),
            bases: compared
                .iter()
                .map(|(column, out)| (!out.base).then_some(column.base))
                .collect(),
            rows: shown,
            words,
            about,
        }
    }

    /// How `question` was asked of those who are meant: as one version has it, where only that is looked at.
    fn wordings(&self, question: &Question) -> Vec<Wording> {
        let version = self.narrowed.filters.iter().find_map(|(dimension, value)| {
            (*dimension == Dimension::Version).then(|| value.parse::<u32>().ok()).flatten()
        });
        let own = |wording: &&Wording| version.is_some_and(|it| wording.versions.contains(&it));
        match question.wordings.iter().find(own) {
            Some(own) => vec![own.clone()],
            None => question.wordings.clone(),
        }
    }

    /// The path of the question whose answers are the groups.
    fn compared_question(&self) -> Option<&String> {
        let places = &self.narrowed.places;
        match self.by? {
            Dimension::Answer(path) => Some(path),
            Dimension::Ward => places.ward.as_ref().map(|(path, _)| path),
            Dimension::Area => places.area.as_ref().map(|(path, _)| path),
            _ => None,
        }
    }

    /// The groups of a question, each with what is withheld of it.
    fn compared(
        &self,
        (single, repeated): (bool, bool),
        groups: &[Vec<String>],
        column: &impl Fn(&Table, &str) -> Column,
        whole: &Column,
        unknown: &Withheld,
        told: bool,
    ) -> Vec<(Column, Withheld)> {
        let (Some(table), Some(all)) = (&self.counted.compared, &self.counted.compared_all) else {
            return Vec::new();
        };
        let count = whole.rows.len();
        let gather = |table: &Table, group: &Vec<String>| {
            let columns: Vec<Column> = group.iter().map(|value| column(table, value)).collect();
            match <[Column; 1]>::try_from(columns) {
                Ok([column]) => column,
                Err(columns) => sum(&columns, count),
            }
        };
        if !told {
            let everything = |group| (gather(table, group), Withheld::everything(count));
            return groups.iter().map(everything).collect();
        }
        // In the order that the view of one group has them in: which figures an audit picks hangs on it.
        let mut ordered: Vec<(usize, &Vec<String>)> = groups.iter().enumerate().collect();
        ordered.sort_by_key(|(_, group)| *group);
        let columns: Vec<Column> = ordered.iter().map(|(_, group)| gather(table, group)).collect();
        let before = columns.iter().zip(&ordered).map(|(column, (_, group))| {
            let wide = gather(all, group);
            // What the comparison without any filter has more than this one.
            let few = |own: u64, wide: u64| wide.saturating_sub(own) < FEWEST;
            let narrowed = wide.answered != column.answered;
            let rows = column.rows.iter().zip(&wide.rows);
            Withheld {
                base: narrowed && few(column.answered, wide.answered),
                declined: false,
                rows: rows.map(|(own, wide)| narrowed && few(own.people, wide.people)).collect(),
            }
        });
        let before = before.collect();
        let found = of_groups(single, repeated, &columns, whole, unknown, before);
        let found = ordered.into_iter().zip(columns.into_iter().zip(found));
        let found: BTreeMap<usize, _> = found.map(|((at, _), told)| (at, told)).collect();
        found.into_values().collect()
    }
}

/// Columns of different people in one.
fn sum(columns: &[Column], rows: usize) -> Column {
    let mut whole = Column { rows: vec![Default::default(); rows], ..Column::default() };
    for column in columns {
        whole.people += column.people;
        whole.answered += column.answered;
        whole.declined += column.declined;
        whole.base += column.base;
        for (own, cell) in whole.rows.iter_mut().zip(&column.rows) {
            *own += *cell;
        }
    }
    whole
}
