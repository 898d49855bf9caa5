//! The rows of a question: its choices, the steps of its scale, bins of its numbers, months.

use std::collections::{BTreeMap, BTreeSet};

use model::{
    histogram::{Bin, bins},
    results::{Picture, Row},
    suppression::FEWEST,
    tally::{Cell, Tally},
};

use super::withhold::Column;
use crate::asked::{Question, Sort};

/// Rows that are shown at a time. Of a longer list of choices those that most people gave are shown and the others are
/// one row.
const ROWS: usize = 60;
/// Steps of a scale that are told apart; more are a histogram.
const STEPS: usize = 21;

/// How answers become rows.
#[derive(Debug)]
pub struct Rows {
    shown: Vec<Row>,
    by_value: BTreeMap<String, usize>,
    bins: Vec<Bin>,
    /// The row of everything that has none of its own.
    others: Option<usize>,
}

impl Rows {
    /// The rows of a question that everybody answered like `all`.
    pub fn of(question: &Question, all: &Tally) -> Self {
        let numbers = matches!(question.sort, Sort::Whole | Sort::Decimal)
            || question.sort == Sort::Scale && question.offers.len() > STEPS;
        if numbers {
            return Self::of_numbers(all, question.sort != Sort::Decimal);
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
        Self { shown, by_value, bins: Vec::new(), others }
    }

    fn none() -> Self {
        Self { shown: Vec::new(), by_value: BTreeMap::new(), bins: Vec::new(), others: None }
    }

    fn of_numbers(all: &Tally, whole: bool) -> Self {
        let bins = bins(&all.numbers(), whole, FEWEST);
        let shown = bins.iter().map(|bin| Row {
            value: bin.low.map(|low| low.to_string()).unwrap_or_default(),
            low: bin.low,
            high: bin.high,
            ..Row::default()
        });
        Self { shown: shown.collect(), by_value: BTreeMap::new(), bins, others: None }
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

    /// The counts of people who answered `version` of the survey, with what that version did not ask.
    pub fn column_of_version(&self, tally: &Tally, question: &Question, version: &str) -> Column {
        let column = self.column(tally, question.repeat.is_some());
        let Ok(version) = version.parse::<u32>() else { return column };
        let is_missing = |row: &Row| {
            let offer = question.offers.iter().find(|offer| offer.name == row.value);
            offer.is_some_and(|offer| !offer.versions.contains(&version))
        };
        Column {
            unasked: !question.versions().contains(&version),
            unoffered: self.shown.iter().map(is_missing).collect(),
            ..column
        }
    }

    /// The counts of some people.
    pub fn column(&self, tally: &Tally, repeated: bool) -> Column {
        let mut rows = vec![Cell::default(); self.shown.len()];
        if self.bins.is_empty() {
            for (value, cell) in &tally.counts {
                if let Some(at) = self.by_value.get(value).copied().or(self.others) {
                    rows[at] = rows[at].joined(*cell, repeated);
                }
            }
        } else {
            for (number, cell) in tally.numbers() {
                if let Some(at) = self.bins.iter().position(|bin| bin.holds(number)) {
                    rows[at] = rows[at].joined(cell, repeated);
                }
            }
        }
        let base = if repeated { tally.instances } else { tally.answered };
        Column { answered: tally.answered, base, rows, ..Column::default() }
    }
}
