//! Everybody who answered, by what they have in common and by the rows that their answers count in.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use model::{submission::Answer, tally::Cell};

use super::{person::Dimension, rows::Rows, selection::spans_of, withhold::Column};
use crate::asked::Question;

/// People by their places among all, ascending.
pub type Group = Vec<u32>;

/// What people must have in one dimension: a value, or values that follow each other, by their places among all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Part {
    /// The dimension, by its place in [`People::dimensions`].
    pub dimension: usize,
    /// The first value.
    pub first: u32,
    /// The last one.
    pub last: u32,
}

/// The same people as bits, which are counted and compared fast.
pub type Bits = Vec<u64>;

/// How many people `bits` are.
pub fn count(bits: &Bits) -> usize {
    bits.iter().map(|word| word.count_ones() as usize).sum()
}

/// Whether all people of `less` are among `more`.
pub fn holds(more: &Bits, less: &Bits) -> bool {
    more.iter().zip(less).all(|(more, less)| less & !more == 0)
}

/// A person's answers to one question.
#[derive(Debug)]
struct Given {
    question: usize,
    answers: u64,
    declined: bool,
    /// How often each value was given, later each row.
    counts: Vec<(u32, u64)>,
}

/// Values by the order in which they came.
#[derive(Debug, Default)]
struct Names {
    places: BTreeMap<String, u32>,
}

impl Names {
    fn place(&mut self, name: &str) -> u32 {
        if let Some(place) = self.places.get(name) {
            return *place;
        }
        let place = u32::try_from(self.places.len()).unwrap_or(u32::MAX);
        self.places.insert(name.to_owned(), place);
        place
    }

    /// The names in their own order, and the place there of each place here.
    fn sorted(self) -> (Vec<String>, Vec<u32>) {
        let mut new = vec![0; self.places.len()];
        for (at, old) in self.places.values().enumerate() {
            new[*old as usize] = u32::try_from(at).unwrap_or(u32::MAX);
        }
        (self.places.into_keys().collect(), new)
    }
}

/// Everybody, while they are read.
#[derive(Debug)]
pub struct Reading {
    dimensions: Vec<Dimension>,
    names: Vec<Names>,
    of: Vec<Vec<u32>>,
    days: Vec<NaiveDate>,
    values: Vec<Names>,
    given: Vec<Vec<Given>>,
}

impl Reading {
    /// Nobody so far. The days are one of `dimensions`.
    pub fn new(dimensions: Vec<Dimension>, questions: usize) -> Self {
        Self {
            names: dimensions.iter().map(|_| Names::default()).collect(),
            of: vec![Vec::new(); dimensions.len()],
            dimensions,
            days: Vec::new(),
            values: (0..questions).map(|_| Names::default()).collect(),
            given: Vec::new(),
        }
    }

    /// One more person: the day, the value in each dimension, the answers to each question with what they count for.
    pub fn add<'p>(
        &mut self,
        day: NaiveDate,
        value: impl Fn(&Dimension) -> String,
        answers: impl Iterator<Item = (usize, Vec<(&'p Answer, &'p [String])>)>,
    ) {
        self.days.push(day);
        for (at, dimension) in self.dimensions.iter().enumerate() {
            let place = match dimension {
                Dimension::Days => 0,
                _ => self.names[at].place(&value(dimension)),
            };
            self.of[at].push(place);
        }
        let mut given = Vec::new();
        for (question, answers) in answers {
            let mut own = Given { question, answers: 0, declined: false, counts: Vec::new() };
            for (answer, values) in answers {
                if matches!(answer, Answer::Declined) {
                    own.declined = true;
                    continue;
                }
                own.answers += 1;
                let once: BTreeSet<&String> = values.iter().collect();
                for value in once {
                    add(&mut own.counts, self.values[question].place(value), 1);
                }
            }
            given.push(own);
        }
        self.given.push(given);
    }

    /// Everybody, their answers in `rows`.
    pub fn done(self, rows: &[Rows]) -> People {
        let mut per_day: BTreeMap<NaiveDate, u64> = BTreeMap::new();
        self.days.iter().for_each(|day| *per_day.entry(*day).or_default() += 1);
        let spans = spans_of(&per_day);
        let mut of = self.of;
        let mut values = Vec::new();
        for (at, names) in self.names.into_iter().enumerate() {
            if self.dimensions[at] == Dimension::Days {
                let span = |day: &NaiveDate| spans.partition_point(|(_, last)| last < day);
                of[at] =
                    self.days.iter().map(|day| u32::try_from(span(day)).unwrap_or(0)).collect();
                values.push(spans.iter().map(|(first, _)| first.to_string()).collect());
                continue;
            }
            let (sorted, new) = names.sorted();
            of[at].iter_mut().for_each(|place| *place = new[*place as usize]);
            values.push(sorted);
        }
        let row_of: Vec<Vec<Option<u32>>> = self
            .values
            .iter()
            .zip(rows)
            .map(|(names, rows)| {
                let mut row_of = vec![None; names.places.len()];
                for (value, place) in &names.places {
                    row_of[*place as usize] =
                        rows.row(value).and_then(|row| u32::try_from(row).ok());
                }
                row_of
            })
            .collect();
        let mut given = self.given;
        for own in given.iter_mut().flatten() {
            let mut rows = Vec::new();
            for (value, count) in &own.counts {
                if let Some(row) = row_of[own.question][*value as usize] {
                    add(&mut rows, row, *count);
                }
            }
            own.counts = rows;
        }
        let mut having = Vec::new();
        for (at, of) in of.iter().enumerate() {
            let empty = vec![0; of.len().div_ceil(64)];
            let mut groups: Vec<Bits> = vec![empty; values.get(at).map_or(0, Vec::len)];
            for (person, value) in of.iter().enumerate() {
                groups[*value as usize][person / 64] |= 1 << (person % 64);
            }
            having.push(groups);
        }
        People { dimensions: self.dimensions, values, of, having, spans, given }
    }
}

fn add(counts: &mut Vec<(u32, u64)>, what: u32, count: u64) {
    match counts.iter_mut().find(|(own, _)| *own == what) {
        Some((_, own)) => *own += count,
        None => counts.push((what, count)),
    }
}

/// Everybody who answered.
#[derive(Debug)]
pub struct People {
    /// What people can have in common.
    pub dimensions: Vec<Dimension>,
    /// The values in each dimension, in their order; of the days the first of each span.
    pub values: Vec<Vec<String>>,
    /// For each dimension each person's value.
    of: Vec<Vec<u32>>,
    /// For each dimension the people of each value.
    having: Vec<Vec<Bits>>,
    /// The spans that days are told apart by.
    spans: Vec<(NaiveDate, NaiveDate)>,
    given: Vec<Vec<Given>>,
}

impl People {
    /// How many they are.
    pub fn len(&self) -> usize {
        self.given.len()
    }

    /// Everybody.
    pub fn everybody(&self) -> Group {
        (0..u32::try_from(self.len()).unwrap_or(u32::MAX)).collect()
    }

    /// The dimension's place.
    pub fn dimension(&self, dimension: &Dimension) -> Option<usize> {
        self.dimensions.iter().position(|own| own == dimension)
    }

    /// What it takes to have `value`; none if nobody has it.
    pub fn part(&self, dimension: &Dimension, value: &str) -> Option<Part> {
        let dimension = self.dimension(dimension)?;
        let at = self.values[dimension].binary_search_by(|own| own.as_str().cmp(value)).ok()?;
        let at = u32::try_from(at).ok()?;
        Some(Part { dimension, first: at, last: at })
    }

    /// What it takes to have answered between two days; none if nobody did.
    pub fn part_of_days(&self, days: (Option<NaiveDate>, Option<NaiveDate>)) -> Option<Part> {
        let dimension = self.dimension(&Dimension::Days)?;
        let meets = |span: &(NaiveDate, NaiveDate)| {
            days.0.is_none_or(|from| span.1 >= from) && days.1.is_none_or(|to| span.0 <= to)
        };
        let first = u32::try_from(self.spans.iter().position(meets)?).ok()?;
        let last = u32::try_from(self.spans.iter().rposition(meets)?).ok()?;
        Some(Part { dimension, first, last })
    }

    /// A person's value in a dimension.
    pub fn value(&self, dimension: usize, person: u32) -> u32 {
        self.of[dimension][person as usize]
    }

    /// Everybody who has all of `parts`.
    pub fn bits(&self, parts: &[Part]) -> Bits {
        let mut all: Bits = vec![u64::MAX; self.len().div_ceil(64)];
        if let Some(last) = all.last_mut()
            && !self.len().is_multiple_of(64)
        {
            *last = (1 << (self.len() % 64)) - 1;
        }
        for part in parts {
            let values = &self.having[part.dimension][part.first as usize..=part.last as usize];
            for (at, word) in all.iter_mut().enumerate() {
                *word &= values.iter().fold(0, |all, value| all | value[at]);
            }
        }
        all
    }

    /// How many have all of `parts`.
    pub fn count(&self, parts: &[Part]) -> usize {
        count(&self.bits(parts))
    }

    /// The people of `bits`.
    pub fn group(&self, bits: &Bits) -> Group {
        let mut group = Group::new();
        for (first, word) in (0_u32..).step_by(64).zip(bits) {
            let mut left = *word;
            while left != 0 {
                group.push(first + left.trailing_zeros());
                left &= left - 1;
            }
        }
        group
    }

    /// Everybody who has all of `parts`, one by one.
    pub fn having(&self, parts: &[Part]) -> Group {
        self.group(&self.bits(parts))
    }

    /// What everybody in `group` has in common and not all people have: one value in each such dimension, of the days the
    /// spans from their first to their last.
    pub fn common(&self, group: &[u32]) -> Vec<Part> {
        let mut parts = Vec::new();
        for dimension in 0..self.dimensions.len() {
            let is_days = self.dimensions[dimension] == Dimension::Days;
            let Some(own) = group.first().map(|person| self.value(dimension, *person)) else {
                continue;
            };
            let mut part = Part { dimension, first: own, last: own };
            let mut is_common = true;
            for person in group {
                let value = self.value(dimension, *person);
                part.first = part.first.min(value);
                part.last = part.last.max(value);
                if !is_days && value != own {
                    is_common = false;
                    break;
                }
            }
            let count = u32::try_from(self.values[dimension].len()).unwrap_or(u32::MAX);
            if is_common && part.last - part.first + 1 < count {
                parts.push(part);
            }
        }
        parts
    }

    /// The people of `group` by their value in a dimension.
    pub fn split(&self, group: &[u32], dimension: usize) -> BTreeMap<u32, Group> {
        let mut groups: BTreeMap<u32, Group> = BTreeMap::new();
        for person in group {
            groups.entry(self.value(dimension, *person)).or_default().push(*person);
        }
        groups
    }

    /// What the people of `group` answered to each question. With `by_version` everybody knows which versions they
    /// answered.
    pub fn columns(
        &self,
        group: &[u32],
        questions: &[Question],
        rows: &[Rows],
        by_version: bool,
    ) -> Vec<Column> {
        let empty = |rows: &Rows| Column {
            people: group.len() as u64,
            rows: vec![Cell::default(); rows.len()],
            ..Column::default()
        };
        let mut columns: Vec<Column> = rows.iter().map(empty).collect();
        for given in group.iter().flat_map(|person| &self.given[*person as usize]) {
            let column = &mut columns[given.question];
            if given.answers > 0 {
                column.answered += 1;
            } else if given.declined {
                column.declined += 1;
            }
            let is_repeated = questions[given.question].repeat.is_some();
            column.base += if is_repeated { given.answers } else { given.answers.min(1) };
            for (row, count) in &given.counts {
                let cell = &mut column.rows[*row as usize];
                cell.count += count;
                cell.people += 1;
            }
        }
        if by_version && let Some(dimension) = self.dimension(&Dimension::Version) {
            let versions: BTreeSet<u32> = group
                .iter()
                .filter_map(|person| {
                    self.values[dimension][self.value(dimension, *person) as usize].parse().ok()
                })
                .collect();
            for ((column, question), rows) in columns.iter_mut().zip(questions).zip(rows) {
                rows.mark(column, question, &versions);
            }
        }
        columns
    }
}
