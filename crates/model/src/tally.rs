//! Counting answers.

use std::collections::BTreeMap;

use crate::{Named, submission::Answer};

/// The count of one question's answers.
#[derive(Debug, Clone, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Tally {
    /// People who gave an answer, "prefer not to say" not counted among them.
    pub answered: u64,
    /// People who preferred not to say.
    pub declined: u64,
    /// For each value how many gave it; with several picks a person counts in each.
    pub counts: BTreeMap<String, u64>,
}

impl Tally {
    /// Counts one person's answer.
    pub fn add(&mut self, answer: &Answer) {
        match answer {
            Answer::Declined => self.declined += 1,
            Answer::One(value) => {
                self.answered += 1;
                *self.counts.entry(value.clone()).or_default() += 1;
            }
            Answer::Many(values) => {
                self.answered += 1;
                let once: std::collections::BTreeSet<_> = values.iter().collect();
                for value in once {
                    *self.counts.entry(value.clone()).or_default() += 1;
                }
            }
            // Files are looked at one by one.
            Answer::File { .. } => self.answered += 1,
        }
    }

    /// How many gave `value`.
    pub fn count(&self, value: &str) -> u64 {
        self.counts.get(value).copied().unwrap_or(0)
    }

    /// The share of those who answered that gave `value`, in whole percent, rounded half up.
    pub fn percent(&self, value: &str) -> u64 {
        (self.count(value) * 200 + self.answered).checked_div(self.answered * 2).unwrap_or(0)
    }

    /// Numeric answers with their counts, ascending; values that are no finite numbers are
    /// left out.
    pub fn numbers(&self) -> Vec<(f64, u64)> {
        let mut numbers: Vec<_> = self
            .counts
            .iter()
            .filter_map(|(value, count)| Some((value.parse::<f64>().ok()?, *count)))
            .filter(|(number, _)| number.is_finite())
            .collect();
        numbers.sort_by(|a, b| a.0.total_cmp(&b.0));
        numbers
    }
}

/// Tallies every question over many responses.
pub fn tally<'a>(
    responses: impl IntoIterator<Item = &'a Named<Answer>>,
) -> BTreeMap<String, Tally> {
    let mut tallies: BTreeMap<String, Tally> = BTreeMap::new();
    for answers in responses {
        for (question, answer) in answers.iter() {
            tallies.entry(question.to_owned()).or_default().add(answer);
        }
    }
    tallies
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_are_counted_once_and_silence_is_apart() {
        let mut tally = Tally::default();
        tally.add(&Answer::One("agree".into()));
        tally.add(&Answer::One("agree".into()));
        tally.add(&Answer::One("disagree".into()));
        tally.add(&Answer::Declined);
        assert_eq!((tally.answered, tally.declined), (3, 1));
        assert_eq!((tally.percent("agree"), tally.percent("disagree")), (67, 33));
        assert_eq!(Tally::default().percent("agree"), 0);

        let mut many = Tally::default();
        many.add(&Answer::Many(vec!["bus".into(), "bus".into(), "car".into()]));
        assert_eq!((many.answered, many.count("bus"), many.percent("car")), (1, 1, 100));
    }
}
