//! One state beside the other, node by node.

use std::collections::{BTreeMap, BTreeSet};

use model::{Key, ProblemCode, submission::Answer};
use survey::{Field, Fill, Kind, Metadata, number};

use crate::{
    engine::{Engine, State},
    form::{Form, Place},
    record,
};

/// What may differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum What {
    /// Whether it is asked.
    Relevance,
    /// What it holds.
    Value,
    /// How the same number is written.
    Notation,
    /// Whether a constraint holds, or an answer is missing.
    Violation,
    /// Whether it can only be read.
    ReadOnly,
    /// Whether it needs an answer.
    Required,
    /// Which choices are offered, in which order.
    Choices,
    /// How many instances a repeat has.
    Instances,
    /// Whether it is there at all.
    Presence,
    /// What becomes of an answer that is none of its kind.
    Type,
    /// What the finished record holds of it.
    Record,
    /// The question in words.
    Label,
    /// Help with it.
    Hint,
    /// What the form says of a wrong answer.
    Message,
    /// The choices in words.
    ChoiceLabels,
    /// The words over a group or an instance.
    Heading,
    /// The picture, sound and film beside a question or a choice.
    Media,
}

/// Something that differs.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// The form.
    pub form: String,
    /// The path, without positions.
    pub path: String,
    /// What.
    pub what: What,
    /// The index of the item; none for what only ODK's engine has.
    pub item: Option<usize>,
    /// What the node is to ODK's engine: `input`, `select` …
    pub node: String,
    /// Ours.
    pub ours: String,
    /// ODK's.
    pub theirs: String,
}

/// How much was looked at, so that a test that compares nothing cannot pass.
#[derive(Debug, Clone, Copy, Default)]
pub struct Tally {
    /// Nodes compared.
    pub nodes: usize,
    /// Of those, not relevant in both.
    pub irrelevant: usize,
    /// Constraints not fulfilled in both.
    pub constraints: usize,
    /// Answers missing in both.
    pub missing: usize,
    /// Values that a calculation gave in both.
    pub calculated: usize,
    /// Lists of choices that a filter made shorter in both.
    pub filtered: usize,
    /// Records.
    pub records: usize,
    /// Labels, hints, messages and headings that are not empty, the same in both.
    pub words: usize,
    /// Of those, in another language than the form's own.
    pub translated: usize,
}

impl Tally {
    /// Both.
    pub fn add(&mut self, other: Self) {
        self.nodes += other.nodes;
        self.irrelevant += other.irrelevant;
        self.constraints += other.constraints;
        self.missing += other.missing;
        self.calculated += other.calculated;
        self.filtered += other.filtered;
        self.records += other.records;
        self.words += other.words;
        self.translated += other.translated;
    }
}

/// What is wrong with an answer, in the words of both engines; `type` is said by ours alone.
pub fn violation(field: &Field<'_>) -> Option<&'static str> {
    let problem = field.problems().into_iter().next()?;
    Some(match problem.code {
        ProblemCode::Required => "required",
        // Told of numbers that are too long, and of steps that a scale has not.
        ProblemCode::OutOfRange
            if problem.detail.starts_with("Write a number with")
                || problem.detail.starts_with("This is no step") =>
        {
            "type"
        }
        ProblemCode::OutOfRange => "constraint",
        _ => "type",
    })
}

/// One form's findings.
pub struct Comparison<'a> {
    /// The form.
    pub form: &'a Form,
    /// Everything that differs, once each.
    pub findings: BTreeSet<Finding>,
    /// How much was looked at.
    pub tally: Tally,
    /// What each node is to ODK's engine, by reference.
    kinds: BTreeMap<String, String>,
}

impl<'a> Comparison<'a> {
    /// Nothing compared yet.
    pub fn of(form: &'a Form) -> Self {
        let (findings, tally, kinds) = Default::default();
        Self { form, findings, tally, kinds }
    }

    /// Notes a difference.
    pub fn differ(&mut self, place: &Place, what: What, ours: &str, theirs: &str) {
        let item = &self.form.definition.items[place.item];
        self.findings.insert(Finding {
            form: self.form.name.clone(),
            path: item.path.clone(),
            what,
            item: Some(place.item),
            node: self.kinds.get(&place.reference).cloned().unwrap_or_default(),
            ours: ours.to_owned(),
            theirs: theirs.to_owned(),
        });
    }

    /// Compares every node.
    pub fn state(&mut self, fill: &Fill, engine: &Engine) {
        let places = self.form.places(fill);
        let kinds = engine.nodes.iter().map(|(at, state)| (at.clone(), state.kind.clone()));
        self.kinds = kinds.collect();
        let mut known: BTreeSet<&str> = BTreeSet::new();
        for place in &places {
            known.insert(&place.reference);
            let Some(theirs) = engine.nodes.get(&place.reference) else {
                // Below a repeat that is not relevant in ODK's engine alone nothing can be compared.
                self.differ(place, What::Presence, "there", "absent");
                continue;
            };
            self.tally.nodes += 1;
            match fill.field(&place.path) {
                Some(field) => self.node(place, &field, theirs),
                None => self.repeat(place, fill, theirs),
            }
        }
        let only_there = engine.nodes.iter().filter(|(reference, state)| {
            let leaf = state.kind != "group" && !state.kind.starts_with("repeat");
            leaf && state.relevant
                && !known.contains(reference.as_str())
                // The record's own identity, which ours has outside of the form.
                && !reference.starts_with("meta/")
        });
        for (reference, _) in only_there {
            self.findings.insert(Finding {
                form: self.form.name.clone(),
                path: without_positions(reference),
                what: What::Presence,
                item: None,
                node: String::new(),
                ours: "absent".to_owned(),
                theirs: "there".to_owned(),
            });
        }
    }

    fn repeat(&mut self, place: &Place, fill: &Fill, theirs: &State) {
        let count = match fill.answers().get(&place.path) {
            Some(Answer::One(count)) => Some(count.clone()),
            _ => None,
        };
        if count.is_some() != theirs.relevant {
            let (ours, theirs) = (count.is_some().to_string(), theirs.relevant.to_string());
            self.differ(place, What::Relevance, &ours, &theirs);
        } else if let Some(count) = count {
            let instances = theirs.count.unwrap_or(0).to_string();
            if count != instances {
                self.differ(place, What::Instances, &count, &instances);
            }
        }
    }

    fn node(&mut self, place: &Place, field: &Field<'_>, theirs: &State) {
        let item = field.item();
        if field.is_relevant() != theirs.relevant {
            let (ours, theirs) = (field.is_relevant().to_string(), theirs.relevant.to_string());
            return self.differ(place, What::Relevance, &ours, &theirs);
        }
        if !theirs.relevant {
            self.tally.irrelevant += 1;
            return;
        }
        if field.value() == theirs.value {
            let calculated = item.calculation.is_some() && !theirs.value.is_empty();
            self.tally.calculated += usize::from(calculated);
        } else {
            let what = if same_number(field.value(), &theirs.value) {
                What::Notation
            } else {
                What::Value
            };
            self.differ(place, what, field.value(), &theirs.value);
        }
        let (ours, own) = (violation(field), theirs.violation.as_deref());
        if ours == own {
            self.tally.constraints += usize::from(ours == Some("constraint"));
            self.tally.missing += usize::from(ours == Some("required"));
        } else {
            let (ours, theirs) = (ours.unwrap_or("good"), own.unwrap_or("good"));
            let said = format!("{ours} of {:?}", field.value());
            self.differ(place, What::Violation, &said, theirs);
        }
        if !item.kind.is_asked() {
            return;
        }
        if field.is_read_only() != theirs.readonly {
            let (ours, theirs) = (field.is_read_only().to_string(), theirs.readonly.to_string());
            self.differ(place, What::ReadOnly, &ours, &theirs);
        }
        if field.is_required() != theirs.required {
            let (ours, theirs) = (field.is_required().to_string(), theirs.required.to_string());
            self.differ(place, What::Required, &ours, &theirs);
        }
        if let Some(theirs) = &theirs.options {
            let ours: Vec<String> = field.choices("").into_iter().map(|it| it.name).collect();
            if ours == *theirs {
                let all = item.kind.choices().map_or(0, |choices| choices.iter().count());
                self.tally.filtered += usize::from(theirs.len() < all);
            } else {
                let (ours, theirs) = (ours.join(" "), theirs.join(" "));
                self.differ(place, What::Choices, &ours, &theirs);
            }
        }
    }

    /// Compares what the record would hold.
    pub fn record(&mut self, fill: &Fill, theirs: &BTreeMap<String, String>) {
        self.tally.records += 1;
        // The end is only known at the end. What is wrong keeps a record back here; ODK's is made all the same.
        let finished = Key::parse("survey").and_then(|key| fill.finish(key, 1, None).ok());
        let ended = finished.is_some();
        let answers = finished.map_or_else(|| fill.answers(), |valid| valid.into_inner().answers);
        let mut known = BTreeSet::new();
        for place in self.form.places(fill) {
            if fill.field(&place.path).is_none() {
                continue;
            }
            let ours = match answers.get(&place.path) {
                Some(Answer::One(text)) => text.clone(),
                Some(Answer::Many(names)) => names.join(" "),
                Some(Answer::File { name, .. }) => name.clone(),
                Some(Answer::Declined) | None => String::new(),
            };
            let key = record::positioned(&place.reference);
            let kind = &self.form.definition.items[place.item].kind;
            if !ended && *kind == Kind::Metadata(Metadata::End) {
                known.insert(key);
                continue;
            }
            // A node that is empty and one that is not there say the same.
            let theirs = theirs.get(&key).map_or("", String::as_str);
            known.insert(key);
            if ours != *theirs {
                let what = if same_number(&ours, theirs) { What::Notation } else { What::Record };
                self.differ(&place, what, &ours, theirs);
            }
        }
        for (path, value) in theirs {
            if !value.is_empty() && !known.contains(path) && !path.starts_with("meta[1]/") {
                self.findings.insert(Finding {
                    form: self.form.name.clone(),
                    path: without_positions(path),
                    what: What::Record,
                    item: None,
                    node: String::new(),
                    ours: "absent".to_owned(),
                    theirs: value.clone(),
                });
            }
        }
    }

    /// Compares what became of an answer that is none of its kind.
    pub fn bad(&mut self, place: &Place, fill: &Fill, engine: &Engine, said: &Answer) {
        let Some(field) = fill.field(&place.path) else { return };
        let Some(theirs) = engine.nodes.get(&place.reference) else { return };
        let ours = match violation(&field) {
            Some("type") => "refused",
            _ if field.value().is_empty() => "none",
            _ => "taken",
        };
        let Answer::One(said) = said else { return };
        let theirs = match &theirs.value {
            value if value.is_empty() => "none".to_owned(),
            value if value == said => "taken".to_owned(),
            value => format!("taken as {value}"),
        };
        if ours != theirs {
            self.differ(place, What::Type, &format!("{ours}: {said}"), &theirs);
        }
    }
}

/// `kids[2]/name[1]` as `kids/name`.
fn without_positions(reference: &str) -> String {
    let steps = reference.split('/').map(|step| step.split('[').next().unwrap_or_default());
    steps.collect::<Vec<_>>().join("/")
}

/// Digits of a sum of fractions behind the twelfth are rounding; each engine writes its own.
const CLOSE: f64 = 1e-12;

/// Whether both are the same number, or the same numbers in a row, however they are written.
fn same_number(ours: &str, theirs: &str) -> bool {
    let numbers = |text: &str| -> Option<Vec<f64>> {
        let words = text.split([' ', ';']).filter(|word| !word.is_empty());
        // ODK's engine writes small ones with an exponent.
        let exponent = |word: &str| word.contains("e-").then(|| word.parse().ok()).flatten();
        words.map(|word| number::parse(word).or_else(|| exponent(word))).collect()
    };
    let (Some(ours), Some(theirs)) = (numbers(ours), numbers(theirs)) else { return false };
    let close = |(a, b): (&f64, &f64)| (a - b).abs() <= CLOSE * a.abs().max(b.abs());
    !ours.is_empty() && ours.len() == theirs.len() && ours.iter().zip(&theirs).all(close)
}
