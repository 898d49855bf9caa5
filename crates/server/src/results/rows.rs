//! The rows of a question: its choices, the steps of its scale, bins of its numbers, months.

use std::collections::{BTreeMap, BTreeSet};

use model::{
    histogram::{Bin, bins},
    results::{Picture, Row},
    suppression::FEWEST,
    tally::Tally,
};

use super::withhold::Column;
use crate::asked::{Question, Sort};

/// Rows that are shown at a time. Of a longer list of choices those that most people gave are shown and the others are
/// one row.
const ROWS: usize = 60;
/// Steps of a scale that are told apart; more are a histogram.
const STEPS: usize = 21;
/// Months from the first to the last that stand beside each other; of a longer time the years are counted.
const MONTHS: i64 = 24;

/// How answers become rows.
#[derive(Debug)]
pub struct Rows {
    shown: Vec<Row>,
    by_value: BTreeMap<String, usize>,
    bins: Vec<Bin>,
    /// What number a value is, for `bins`.
    number: fn(&str) -> Option<f64>,
    /// The row of everything that has none of its own.
    others: Option<usize>,
}

impl Rows {
    /// The rows of a question that everybody answered like `all`.
    pub fn of(question: &Question, all: &Tally) -> Self {
        let numbers = matches!(question.sort, Sort::Whole | Sort::Decimal)
            || question.sort == Sort::Scale && question.offers.len() > STEPS;
        if numbers {
            return Self::of_numbers(all, question.sort != Sort::Decimal, |value| {
                value.parse().ok()
            });
        }
        if question.sort == Sort::Date && spans_years(all) {
            return Self::of_numbers(all, true, year);
        }
        if question.sort == Sort::Words && all.counts.is_empty() {
            // Nobody has sorted them yet: a table of themes that all say "hidden" tells nothing.
            return Self::none();
        }
        let versions = question.versions();
        let mut shown: Vec<Row> = question
            .offers
            .iter()
            .map(|offer| Row {
                value: offer.name.clone(),
                label: offer.label.clone(),
                versions: if offer.versions == versions {
                    Vec::new()
                } else {
                    offer.versions.clone()
                },
                ..Row::default()
            })
            .collect();
        let offered: BTreeSet<&String> = question.offers.iter().map(|offer| &offer.name).collect();
        let unknown = all.counts.keys().filter(|value| !offered.contains(value));
        let is_open = matches!(question.sort, Sort::Date | Sort::Hour);
        shown.extend(unknown.map(|value| Row {
            value: value.clone(),
            unknown: !is_open,
            ..Row::default()
        }));
        let mut others = None;
        if shown.len() > ROWS {
            let mut by_size: Vec<u64> =
                shown.iter().map(|row| all.cell(&row.value).people).collect();
            by_size.sort_unstable_by(|a, b| b.cmp(a));
            let least = by_size[ROWS - 1].max(FEWEST);
            shown.retain(|row| all.cell(&row.value).people >= least);
            shown.truncate(ROWS);
            others = Some(shown.len());
            shown.push(Row::default());
        }
        let by_value = shown
            .iter()
            .enumerate()
            .filter(|(at, _)| Some(*at) != others)
            .map(|(at, row)| (row.value.clone(), at))
            .collect();
        Self { shown, by_value, others, ..Self::none() }
    }

    fn none() -> Self {
        Self {
            shown: Vec::new(),
            by_value: BTreeMap::new(),
            bins: Vec::new(),
            number: |_| None,
            others: None,
        }
    }

    fn of_numbers(all: &Tally, whole: bool, number: fn(&str) -> Option<f64>) -> Self {
        let bins = bins(&all.numbers(number), whole, FEWEST);
        let shown = bins.iter().map(|bin| Row {
            value: bin.low.map(|low| low.to_string()).unwrap_or_default(),
            low: bin.low,
            high: bin.high,
            ..Row::default()
        });
        Self { shown: shown.collect(), bins, number, ..Self::none() }
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.shown.len()
    }

    /// The rows without their counts.
    pub fn shown(&self) -> Vec<Row> {
        self.shown.clone()
    }

    /// How they are best drawn.
    pub fn picture(&self, question: &Question) -> Picture {
        match question.sort {
            Sort::Words | Sort::Unseen => Picture::Words,
            Sort::Counted => Picture::Number,
            Sort::Date | Sort::Hour | Sort::Whole | Sort::Decimal => Picture::Histogram,
            Sort::Scale if self.bins.is_empty() => Picture::Scale,
            Sort::Scale => Picture::Histogram,
            Sort::One if question.is_scale() => Picture::Scale,
            Sort::One | Sort::Many => Picture::Bars,
        }
    }

    /// The row that a value counts in, if in any.
    pub fn row(&self, value: &str) -> Option<usize> {
        if self.bins.is_empty() {
            return self.by_value.get(value).copied().or(self.others);
        }
        let number = (self.number)(value)?;
        self.bins.iter().position(|bin| bin.holds(number))
    }

    /// The row that is this value's alone.
    pub fn row_of_its_own(&self, value: &str) -> Option<usize> {
        self.by_value.get(value).copied()
    }

    /// Marks in `column` what none of `versions` asked, where everybody knows which they answered.
    pub fn mark(&self, column: &mut Column, question: &Question, versions: &BTreeSet<u32>) {
        let is_missing = |row: &Row| {
            let offer = question.offers.iter().find(|offer| offer.name == row.value);
            offer.is_some_and(|offer| !offer.versions.iter().any(|it| versions.contains(it)))
        };
        column.unasked = !question.versions().iter().any(|it| versions.contains(it));
        column.unoffered = self.shown.iter().map(is_missing).collect();
    }
}

/// The months of the answers lie so far apart that years tell more.
fn spans_years(all: &Tally) -> bool {
    let month = |value: &String| {
        let (year, month) = value.split_once('-')?;
        Some(year.parse::<i64>().ok()? * 12 + month.parse::<i64>().ok()?)
    };
    let months = || all.counts.keys().filter_map(month);
    months().min().zip(months().max()).is_some_and(|(first, last)| last - first >= MONTHS)
}

/// The year of a month: 2026 of `2026-11`.
fn year(value: &str) -> Option<f64> {
    value.split('-').next()?.parse().ok()
}
