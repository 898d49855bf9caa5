//! What people answered, counted, with what must not be told withheld: the server's side of the results page.

mod count;
mod people;
mod person;
mod rows;
mod selection;
mod square;
mod verdict;
mod withhold;

use model::{
    Collection, Hash, Key, Text,
    catalogue::{Theme, view},
    results::{Asked, Group, OTHERS, Offers, Results, Wording, answer_of},
    suppression::FEWEST,
    tally::without_positions,
};

use self::{
    count::{Counted, Plan},
    people::{Group as People, Part},
    selection::each,
    verdict::{Judge, Verdict},
    withhold::{Column, Withheld},
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
    let mut dimensions = vec![
        Dimension::Venue,
        Dimension::Ward,
        Dimension::Area,
        Dimension::Language,
        Dimension::Version,
        Dimension::Partial,
        Dimension::Days,
    ];
    dimensions.extend(by.iter().cloned().map(Dimension::Answer));
    let plan =
        Plan { survey, questions: &questions, narrowed: &narrowed, themes: &themes, dimensions };
    let counted = plan.count(store).await?;
    let offers = Offers {
        ward: narrowed.places.ward.as_ref().map(|(path, _)| path.clone()),
        area: narrowed.places.area.as_ref().map(|(path, _)| path.clone()),
        languages: counted.languages.iter().cloned().collect(),
        versions: counted.versions.iter().copied().collect(),
        partial: counted.partial,
        by,
    };
    Ok(Page::open(&questions, &narrowed, by_what, &counted).results(offers))
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

/// People who are compared with others, and what is told of them.
struct Compared {
    /// The values that they have.
    values: Vec<String>,
    people: u64,
    verdict: Verdict,
    columns: Vec<Column>,
}

struct Page<'a> {
    questions: &'a [Question],
    narrowed: &'a Narrowed,
    by: Option<&'a Dimension>,
    counted: &'a Counted,
    /// How many the filters mean, and what is told of them.
    people: u64,
    verdict: Verdict,
    columns: Vec<Column>,
    groups: Vec<Compared>,
}

impl<'a> Page<'a> {
    fn open(
        questions: &'a [Question],
        narrowed: &'a Narrowed,
        by: Option<&'a Dimension>,
        counted: &'a Counted,
    ) -> Self {
        let everybody = &counted.people;
        let mut judge = Judge::new(everybody, questions, &counted.rows, &narrowed.places);
        let part = |(dimension, value): &(Dimension, String)| match dimension {
            Dimension::Days => everybody.part_of_days(narrowed.days),
            _ => everybody.part(dimension, value),
        };
        // Where nobody has what a filter asks for there is no such part, and nobody is meant.
        let parts: Option<Vec<Part>> = narrowed.filters.iter().map(part).collect();
        let group = parts.as_ref().map(|parts| everybody.having(parts)).unwrap_or_default();
        let nothing = judge.nothing();
        let verdict = match &parts {
            Some(parts) => (*judge.verdict(parts)).clone(),
            None => nothing.clone(),
        };
        let parts = parts.unwrap_or_default();
        let columns = judge.columns(&group, &parts);
        let mut page = Self {
            questions,
            narrowed,
            by,
            counted,
            people: group.len() as u64,
            verdict,
            columns,
            groups: Vec::new(),
        };
        let told = page.verdict.told;
        page.groups = page
            .values()
            .into_iter()
            .map(|values| {
                let mut all = People::new();
                let mut verdict = None::<Verdict>;
                let mut with = parts.clone();
                for value in &values {
                    let Some(part) = by.and_then(|by| everybody.part(by, value)) else { continue };
                    with = parts.clone();
                    with.push(part);
                    let is_own = |it: &u32| everybody.value(part.dimension, *it) == part.first;
                    let own: People = group.iter().copied().filter(is_own).collect();
                    if own.is_empty() {
                        continue;
                    }
                    all.extend(own);
                    let found = if told { judge.verdict(&with) } else { nothing.clone().into() };
                    // Of several together what is told of each.
                    match &mut verdict {
                        Some(verdict) => verdict.join(&found),
                        None => verdict = Some((*found).clone()),
                    }
                }
                Compared {
                    values,
                    people: all.len() as u64,
                    verdict: verdict.unwrap_or_else(|| nothing.clone()),
                    columns: judge.columns(&all, &with),
                }
            })
            .collect();
        page
    }

    fn results(&self, offers: Offers) -> Results {
        let told = self.verdict.told;
        let mut results = Results {
            responses: self.counted.people.len() as u64,
            people: told.then_some(self.people),
            fewest: FEWEST,
            withheld: !told,
            from: self.narrowed.days.0,
            to: self.narrowed.days.1,
            offers,
            groups: Vec::new(),
            questions: Vec::new(),
        };
        for (at, question) in self.questions.iter().enumerate() {
            results.questions.push(self.asked(at, question));
        }
        let groups = self.groups.iter().map(|group| Group {
            value: match group.values.as_slice() {
                [value] => value.clone(),
                _ => OTHERS.to_owned(),
            },
            label: self.label(&group.values),
            people: group.verdict.told.then_some(group.people),
        });
        results.groups = groups.collect();
        results.withheld |= results.questions.iter().any(|asked| {
            (asked.answered.is_none() || asked.rows.iter().any(|row| row.count.is_none()))
                || asked.rows.iter().any(|row| row.groups.iter().any(Option::is_none))
        });
        results
    }

    /// The columns that are compared, each with the values it stands for: those that the question offers in their
    /// order, versions as they came, others by size.
    fn values(&self) -> Vec<Vec<String>> {
        let everybody = &self.counted.people;
        let Some(by) = self.by.and_then(|by| everybody.dimension(by)) else { return Vec::new() };
        let split = everybody.split(&everybody.everybody(), by);
        let mut values: Vec<(&String, u64)> = split
            .iter()
            .map(|(value, own)| (&everybody.values[by][*value as usize], own.len() as u64))
            .collect();
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

    fn asked(&self, at: usize, question: &Question) -> Asked {
        let repeated = question.repeat.is_some();
        let rows = &self.counted.rows[at];
        let (own, withheld) = (&self.columns[at], &self.verdict.questions[at]);
        let told = self.verdict.told;
        // Beside its own answers a question tells nothing.
        let is_beside = self.compared_question() != Some(&question.path);
        let compared: Vec<(&Column, &Withheld)> = self
            .groups
            .iter()
            .filter(|_| is_beside)
            .map(|group| (&group.columns[at], &group.verdict.questions[at]))
            .collect();
        let base = match (withheld.base, repeated) {
            (false, _) => Some(own.base),
            (true, false) if told && own.answered >= FEWEST => Some(own.people),
            _ => None,
        };
        let group_rows = |row: usize| -> Vec<Option<u64>> {
            let cell = |(column, out): &(&Column, &Withheld)| {
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
            around: question
                .around
                .iter()
                .map(|group| group.label.clone())
                .filter(|label| !label.is_empty())
                .collect(),
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
}
