//! Counting answers: people once, however often they answer in a repeat.

use std::collections::{BTreeMap, BTreeSet};

use crate::submission::Answer;

/// How often a value was given and by how many people.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Cell {
    /// Answers with the value.
    pub count: u64,
    /// People who gave it at least once.
    pub people: u64,
}

impl Cell {
    /// Of two values of one question that are shown as one. Who gave both is counted among the people once at the
    /// most, so their number is rather too low than too high: disclosure control must not trust it too much.
    pub fn joined(self, other: Self, repeated: bool) -> Self {
        let people =
            if repeated { self.people.max(other.people) } else { self.people + other.people };
        Self { count: self.count + other.count, people }
    }
}

/// The count of one question's answers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    /// People who gave an answer, "prefer not to say" not counted among them.
    pub answered: u64,
    /// People who preferred not to say, and said nothing else in another instance.
    pub declined: u64,
    /// Answers; more than `answered` where a question stands in a repeat.
    pub instances: u64,
    /// For each value how often it was given; with several picks an answer counts in each.
    pub counts: BTreeMap<String, Cell>,
}

impl Tally {
    /// Counts one person's answers to a question: one, or one for each instance of its repeat, each with the values it
    /// counts for.
    pub fn add<'a>(&mut self, answers: impl Iterator<Item = (&'a Answer, &'a [String])>) {
        let mut own: BTreeMap<String, u64> = BTreeMap::new();
        let (mut given, mut declined) = (0, false);
        for (answer, values) in answers {
            if matches!(answer, Answer::Declined) {
                declined = true;
                continue;
            }
            given += 1;
            let once: BTreeSet<&String> = values.iter().collect();
            for value in once {
                *own.entry(value.clone()).or_default() += 1;
            }
        }
        self.instances += given;
        if given > 0 {
            self.answered += 1;
        } else if declined {
            self.declined += 1;
        }
        for (value, count) in own {
            let cell = self.counts.entry(value).or_default();
            cell.count += count;
            cell.people += 1;
        }
    }

    /// How often `value` was given.
    pub fn cell(&self, value: &str) -> Cell {
        self.counts.get(value).copied().unwrap_or_default()
    }

    /// Numeric answers with their counts, ascending; values that are no finite numbers are
    /// left out.
    pub fn numbers(&self) -> Vec<(f64, Cell)> {
        let mut numbers: Vec<_> = self
            .counts
            .iter()
            .filter_map(|(value, cell)| Some((value.parse::<f64>().ok()?, *cell)))
            .filter(|(number, _)| number.is_finite())
            .collect();
        numbers.sort_by(|a, b| a.0.total_cmp(&b.0));
        numbers
    }
}

/// The path of a question without the positions of its repeats: `household[2]/age` is `household/age`.
pub fn without_positions(path: &str) -> String {
    let mut plain = String::with_capacity(path.len());
    let mut inside = false;
    for c in path.chars() {
        match c {
            '[' => inside = true,
            ']' => inside = false,
            c if !inside => plain.push(c),
            _ => {}
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    fn add(tally: &mut Tally, answers: &[&Answer]) {
        let values = |answer: &Answer| match answer {
            Answer::One(value) => vec![value.clone()],
            Answer::Many(values) => values.clone(),
            _ => Vec::new(),
        };
        let answers: Vec<_> = answers.iter().map(|answer| (*answer, values(answer))).collect();
        tally.add(answers.iter().map(|(answer, values)| (*answer, values.as_slice())));
    }

    #[test]
    fn people_are_counted_once_and_silence_is_apart() {
        let one = |value: &str| Answer::One(value.to_owned());
        let mut tally = Tally::default();
        add(&mut tally, &[&one("agree")]);
        add(&mut tally, &[&one("disagree")]);
        add(&mut tally, &[&Answer::Declined]);
        assert_eq!((tally.answered, tally.declined, tally.instances), (2, 1, 2));

        let many = Answer::Many(vec!["bus".into(), "bus".into(), "car".into()]);
        let mut tally = Tally::default();
        add(&mut tally, &[&many]);
        assert_eq!(tally.cell("bus"), Cell { count: 1, people: 1 });
        assert_eq!(tally.cell("tram"), Cell::default());

        // A household of three, two of them nine years old, and one whose age nobody says.
        let mut tally = Tally::default();
        add(&mut tally, &[&one("9"), &one("9"), &one("41"), &Answer::Declined]);
        add(&mut tally, &[&one("9")]);
        assert_eq!((tally.answered, tally.declined, tally.instances), (2, 0, 4));
        assert_eq!(tally.cell("9"), Cell { count: 3, people: 2 });
        assert_eq!(tally.numbers()[1], (41.0, Cell { count: 1, people: 1 }));
    }

    #[test]
    fn positions_are_no_part_of_a_question() {
        assert_eq!(without_positions("household[12]/child[1]/name"), "household/child/name");
        assert_eq!(without_positions("age"), "age");
    }
}
