//! Whose responses are meant: one type for results and for every export, and the one place that applies it.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use model::suppression::FEWEST;

use super::person::{Dimension, Person, Places};
use crate::{
    Store, StoreError,
    asked::Question,
    export::response_of,
    store::{Filter, Slice},
};

/// Responses read from the database at a time: about a mebibyte, and a reader is held for milliseconds.
const CHUNK: u32 = 1_000;

/// People who answered between two days at which a filter can begin. What is told of days is the sum of what is told of
/// each such span, so one with fewer people would hide all the others.
const SPAN: u64 = 5 * FEWEST;

/// Days, both included.
pub type Days = (Option<NaiveDate>, Option<NaiveDate>);

/// What people must have in common; by default nothing, which means everybody.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selection {
    /// The value they must have in each dimension.
    pub filters: Vec<(Dimension, String)>,
    /// The days on which they answered, by the tablet's clock.
    pub days: Days,
}

/// A selection among the responses to one survey, ready to be applied.
#[derive(Debug, Clone)]
pub struct Narrowed {
    /// Where people live.
    pub places: Places,
    /// The value that people must have in each dimension; the days are one of them.
    pub filters: Vec<(Dimension, String)>,
    /// The days, widened to whole spans.
    pub days: Days,
}

impl Narrowed {
    /// Makes `selection` ready for the responses to `survey`, which asks `questions` ([`super::shown`]).
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn open(
        store: &Store,
        survey: &str,
        questions: &[Question],
        selection: Selection,
    ) -> Result<Self, StoreError> {
        let places = Places::read(store, questions).await?;
        let Selection { mut filters, mut days } = selection;
        if days != (None, None) {
            let mut answers: BTreeMap<NaiveDate, u64> = BTreeMap::new();
            each(store, survey, |person| *answers.entry(person.day()).or_default() += 1).await?;
            days = widened(&spans(&answers, SPAN), days);
            filters.push((Dimension::Days, "within".to_owned()));
        }
        Ok(Self { places, filters, days })
    }

    /// What a person has in a dimension; empty if that is not known.
    pub fn value(&self, dimension: &Dimension, person: Person<'_>) -> String {
        person.value(dimension, &self.places, self.days)
    }

    /// Which of the filters a person passes, in their order.
    pub fn passes(&self, person: Person<'_>) -> Vec<bool> {
        let passes =
            |(dimension, value): &(Dimension, String)| self.value(dimension, person) == *value;
        self.filters.iter().map(passes).collect()
    }

    /// Whether a person passes all of them.
    pub fn means(&self, person: Person<'_>) -> bool {
        self.passes(person).into_iter().all(|passes| passes)
    }
}

/// Gives `see` every response to `survey`, newest first.
///
/// # Errors
/// If the database cannot be read.
pub async fn each(
    store: &Store,
    survey: &str,
    mut see: impl FnMut(Person<'_>),
) -> Result<(), StoreError> {
    let filter = Filter { kind: "response", survey: Some(survey.to_owned()), ..Filter::default() };
    let mut before = None;
    loop {
        let chunk = store.submissions(&filter, Slice::Before(before), CHUNK).await?;
        let Some(last) = chunk.last() else { return Ok(()) };
        before = Some(last.seq);
        for stored in &chunk {
            let (submission, response) = response_of(stored)?;
            see(Person { submission: &submission, response: &response });
        }
    }
}

/// Spans of days in which `fewest` people answered or more; all of them in the order of time.
pub fn spans(answers: &BTreeMap<NaiveDate, u64>, fewest: u64) -> Vec<(NaiveDate, NaiveDate)> {
    let mut spans: Vec<(NaiveDate, NaiveDate, u64)> = Vec::new();
    for (day, count) in answers {
        match spans.last_mut() {
            Some(span) if span.2 < fewest => {
                span.1 = *day;
                span.2 += count;
            }
            _ => spans.push((*day, *day, *count)),
        }
    }
    // The last days, too few for a span of their own, belong to the one before.
    if let [.., before, last] = spans.as_mut_slice()
        && last.2 < fewest
    {
        before.1 = last.1;
        spans.pop();
    }
    spans.into_iter().map(|(first, last, _)| (first, last)).collect()
}

/// The spans of the days on which people answered.
pub fn spans_of(answers: &BTreeMap<NaiveDate, u64>) -> Vec<(NaiveDate, NaiveDate)> {
    spans(answers, SPAN)
}

/// Widens `days` to whole `spans`. Days on which nobody answered belong to none.
fn widened(spans: &[(NaiveDate, NaiveDate)], days: Days) -> Days {
    let (from, to) = days;
    let meets = |span: &&(NaiveDate, NaiveDate)| {
        from.is_none_or(|from| span.1 >= from) && to.is_none_or(|to| span.0 <= to)
    };
    let first = spans.iter().find(meets);
    let last = spans.iter().rfind(meets);
    let widened_from = from.map(|from| first.map_or(from, |span| span.0.min(from)));
    (widened_from, to.map(|to| last.map_or(to, |span| span.1.max(to))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_widened_to_spans_of_enough_people() {
        let day = |day| NaiveDate::from_ymd_opt(2026, 11, day).unwrap();
        let answers = BTreeMap::from([(day(1), 4), (day(2), 7), (day(5), 12), (day(9), 3)]);
        let of = |from: Option<u32>, to: Option<u32>| {
            widened(&spans(&answers, 10), (from.map(day), to.map(day)))
        };
        assert_eq!(of(Some(2), None), (Some(day(1)), None));
        assert_eq!(of(Some(3), Some(5)), (Some(day(3)), Some(day(9))));
        assert_eq!(of(None, Some(1)), (None, Some(day(2))));
        assert_eq!(of(Some(20), None), (Some(day(20)), None));
    }
}
