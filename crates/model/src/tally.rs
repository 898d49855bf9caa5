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

impl std::ops::AddAssign for Cell {
    /// Of people who are not the same: who gave both is for [`Tally::joined`] to know.
    fn add_assign(&mut self, other: Self) {
        self.count += other.count;
        self.people += other.people;
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
    /// People who gave more than one value, by what they gave: so that values can be put together later and each person
    /// counts once.
    pub several: BTreeMap<Vec<String>, u64>,
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
        if own.len() > 1 {
            *self.several.entry(own.keys().cloned().collect()).or_default() += 1;
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

    /// The values put together in `rows` rows; `row` says in which one a value belongs, if in any.
    pub fn joined(&self, rows: usize, row: impl Fn(&str) -> Option<usize>) -> Vec<Cell> {
        let mut cells = vec![Cell::default(); rows];
        for (value, cell) in &self.counts {
            if let Some(own) = row(value).and_then(|at| cells.get_mut(at)) {
                *own += *cell;
            }
        }
        for (values, people) in &self.several {
            let mut seen = BTreeSet::new();
            for at in values.iter().filter_map(|value| row(value)) {
                if !seen.insert(at)
                    && let Some(own) = cells.get_mut(at)
                {
                    own.people -= people;
                }
            }
        }
        cells
    }

    /// The numbers that `read` makes of values, with their counts, ascending; what is no finite number is left out.
    pub fn numbers(&self, read: impl Fn(&str) -> Option<f64>) -> Vec<(f64, Cell)> {
        let mut numbers: Vec<_> = self
            .counts
            .iter()
            .filter_map(|(value, cell)| Some((read(value)?, *cell)))
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
        let numbers = tally.numbers(|value| value.parse().ok());
        assert_eq!(numbers[1], (41.0, Cell { count: 1, people: 1 }));
        // Below fifty are all four, of two people; a household counts once, though it has ages of two kinds.
        let row = |value: &str| value.parse::<u8>().ok().map(|age| usize::from(age / 50));
        let both = tally.joined(2, row);
        assert_eq!(both, [Cell { count: 4, people: 2 }, Cell::default()]);
    }

    #[test]
    fn positions_are_no_part_of_a_question() {
        assert_eq!(without_positions("household[12]/child[1]/name"), "household/child/name");
        assert_eq!(without_positions("age"), "age");
    }
}
