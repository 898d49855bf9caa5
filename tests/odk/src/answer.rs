//! Seeded answers: sensible ones at the edges of what the form compares with, and bad ones.

use std::collections::BTreeSet;

use model::submission::Answer;
use survey::{Choices, Condition, Definition, Expression, FileKind, Initial, Kind, number};

use crate::engine::Given;

/// Chance by a seed (SplitMix64), the same on every machine.
pub struct Chance(u64);

impl Chance {
    /// Chance of that seed.
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 0x5DEE_CE66)
    }

    /// A number below `end`; 0 if that is 0.
    pub fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((mixed ^ (mixed >> 31)) % end.max(1) as u64) as usize
    }

    /// One of them.
    pub fn pick<'a, T>(&mut self, of: &'a [T]) -> Option<&'a T> {
        of.get(self.below(of.len()))
    }

    fn word(&mut self, of: &[&str]) -> String {
        self.pick(of).copied().unwrap_or_default().to_owned()
    }
}

/// What a form compares answers with: the edges at which it decides one way or the other.
pub struct Edges {
    /// Whole numbers, each with the ones beside it.
    numbers: Vec<f64>,
    texts: Vec<String>,
    days: Vec<String>,
}

impl Edges {
    /// Those in the expressions of a form that is filled in on `today`.
    pub fn of(definition: &Definition, today: &str) -> Self {
        let mut numbers = BTreeSet::new();
        let mut texts = BTreeSet::new();
        for item in &definition.items {
            let conditions = [&item.required, &item.read_only];
            let of_conditions = conditions.into_iter().filter_map(|condition| match condition {
                Condition::When(expression) => Some(expression),
                _ => None,
            });
            let of_default = match &item.default {
                Some(Initial::Computed(expression)) => Some(expression),
                _ => None,
            };
            let own = [&item.relevant, &item.constraint, &item.calculation, &item.repeat_count];
            let own = own.into_iter().filter_map(Option::as_ref);
            for expression in own.chain(of_conditions).chain(of_default) {
                literals(expression, &mut numbers, &mut texts);
            }
        }
        let mut all: Vec<f64> = [0.0, 1.0, 2.0, 5.0, 12.0, 30.0, 99.0].into();
        for number in numbers {
            let number = number as f64;
            all.extend([number - 1.0, number, number + 1.0]);
        }
        all.retain(|number| number.abs() < 1e8);
        let mut days: Vec<String> =
            ["2026-11-22", "2026-11-23", "2000-02-29", "1975-06-30"].map(str::to_owned).into();
        days.push(today.to_owned());
        days.extend(texts.iter().filter(|text| model::time::parse_date(text).is_some()).cloned());
        Self { numbers: all, texts: texts.into_iter().collect(), days }
    }
}

fn literals(expression: &Expression, numbers: &mut BTreeSet<i64>, texts: &mut BTreeSet<String>) {
    let mut rest = expression.source();
    while let Some(c) = rest.chars().next() {
        let mut length = c.len_utf8();
        if c == '\'' || c == '"' {
            let inner = &rest[1..];
            let end = inner.find(c).unwrap_or(inner.len());
            texts.insert(inner[..end].to_owned());
            length = (end + 2).min(rest.len());
        } else if c.is_ascii_digit() {
            length = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
            numbers.extend(rest[..length].parse::<i64>());
        } else if c.is_alphabetic() {
            // The digits of a name are no number.
            let word = |c: char| c.is_alphanumeric() || "-_.".contains(c);
            length = rest.find(|c| !word(c)).unwrap_or(rest.len());
        }
        rest = &rest[length..];
    }
}

/// A good answer of the kind; none where nothing is offered.
pub fn good(kind: &Kind, offered: &[String], edges: &Edges, chance: &mut Chance) -> Option<Answer> {
    let number = |chance: &mut Chance| chance.pick(&edges.numbers).copied().unwrap_or_default();
    Some(match kind {
        Kind::SelectOne(_) => Answer::One(chance.pick(offered)?.clone()),
        Kind::SelectMultiple(_) => {
            // In the order in which they are offered, as a screen gives them.
            let some = chance.below(3) + 1;
            let mut picked: Vec<String> = offered
                .iter()
                .filter(|_| chance.below(offered.len().max(some)) < some)
                .cloned()
                .collect();
            if picked.is_empty() {
                picked.push(chance.pick(offered)?.clone());
            }
            Answer::Many(picked)
        }
        Kind::Rank(_) => {
            let mut order = offered.to_vec();
            order.rotate_left(chance.below(offered.len()));
            if order.is_empty() {
                return None;
            }
            Answer::Many(order)
        }
        Kind::Range(scale) => Answer::One(scale.values().nth(chance.below(scale.len()))?),
        Kind::Integer => Answer::One(number::write(number(chance))),
        Kind::Decimal => {
            let parts = [0.0, 0.5, 0.25, -0.1];
            let part = chance.pick(&parts).copied().unwrap_or_default();
            Answer::One(number::write(number(chance) + part))
        }
        Kind::Date => Answer::One(chance.pick(&edges.days)?.clone()),
        Kind::Time => Answer::One(chance.word(&["14:30:00.000+02:00", "00:00:00.000+02:00"])),
        Kind::DateTime => {
            let day = chance.pick(&edges.days)?.clone();
            let clock = chance.word(&["T14:30:00.000+02:00", "T23:59:59.000+02:00"]);
            Answer::One(day + &clock)
        }
        Kind::Acknowledge => Answer::One("OK".to_owned()),
        Kind::Geopoint => Answer::One(chance.word(&["51.5 -0.1 0 0", "-33.9 151.2 12.5 4"])),
        Kind::Geoshape => {
            let ring = "51.5 -0.1 0 0; 51.6 -0.1 0 0; 51.5 -0.2 0 0; 51.5 -0.1 0 0";
            Answer::One(ring.to_owned())
        }
        Kind::File(kind) => {
            let media_type = match kind {
                FileKind::Audio => "audio/ogg",
                FileKind::Video => "video/mp4",
                _ => "image/jpeg",
            };
            let (name, media_type, data) = ("a.jpg".into(), media_type.into(), "Lg==".into());
            Answer::File { name, media_type, data }
        }
        _ => {
            let words = ["Ana", "12", "0123456789", "Ana Zawadzka", "Łódź & <co>", "a@b.example"];
            let edge = chance.pick(&edges.texts).filter(|text| !text.trim().is_empty()).cloned();
            match edge.filter(|_| chance.below(2) == 0) {
                Some(edge) => Answer::One(edge.trim().to_owned()),
                None => Answer::One(chance.word(&words)),
            }
        }
    })
}

/// An answer that is none of the kind; none where everything is.
pub fn bad(kind: &Kind, offered: &[String], chance: &mut Chance) -> Option<Answer> {
    Some(Answer::One(match kind {
        Kind::SelectOne(Choices::List(list)) => {
            let hidden: Vec<&str> =
                list.iter().map(|it| it.name.as_str()).filter(|it| !is_in(offered, it)).collect();
            match chance.pick(&hidden) {
                Some(hidden) => (*hidden).to_owned(),
                None => "no-such-choice".to_owned(),
            }
        }
        Kind::Range(scale) => {
            number::write(scale.end + scale.step.copysign(scale.end - scale.start))
        }
        Kind::Integer => chance.word(&["1.5", "twelve", "1500000000", "3000000000"]),
        Kind::Decimal => chance.word(&["twelve", "1,5", "1.2.3"]),
        Kind::Date => chance.word(&["2026-02-30", "31/12/2026", "yesterday"]),
        Kind::Time => chance.word(&["25:00", "noon"]),
        Kind::DateTime => chance.word(&["2026-13-01T10:00:00.000+02:00", "now"]),
        Kind::Geopoint => chance.word(&["north", "91 0 0 0"]),
        _ => return None,
    }))
}

fn is_in(names: &[String], name: &str) -> bool {
    names.iter().any(|own| own == name)
}

/// The same answer for ODK's engine.
pub fn given(answer: Option<&Answer>) -> Given {
    match answer {
        Some(Answer::One(text)) => Given::One(text.clone()),
        Some(Answer::Many(names)) => Given::Many(names.clone()),
        Some(Answer::File { name, .. }) => Given::One(name.clone()),
        Some(Answer::Declined) | None => Given::One(String::new()),
    }
}
