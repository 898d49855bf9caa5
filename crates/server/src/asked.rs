//! What all versions of a survey ask, merged by the path of the question.

use model::{Text, results::Wording};
use survey::{Choices, Definition, Item, Kind, Metadata};

/// How answers of a kind are counted and written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    /// One of the choices.
    One,
    /// Any of the choices.
    Many,
    /// A step on a scale.
    Scale,
    /// Whole numbers.
    Whole,
    /// Numbers.
    Decimal,
    /// Words.
    Words,
    /// Days; `2026-11-24`, perhaps with a time.
    Date,
    /// Times of the day; `09:30:00.000Z`. They are counted by the hour.
    Hour,
    /// Places and files: how many there are is counted, and each is read in an export alone. A list of the places that
    /// people pointed at would tell where they live.
    Counted,
    /// What nobody was asked: calculations, the tablet, moments. It is exported, and no result.
    Unseen,
}

impl Sort {
    /// Whether an answer counts for one value at most, so that the values add up to the answers.
    pub fn is_single(self) -> bool {
        !matches!(self, Self::Many | Self::Words | Self::Counted | Self::Unseen)
    }
}

/// A value that a question offers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// What is stored.
    pub name: String,
    /// What is read, in the newest wording.
    pub label: Text,
    /// The versions that offer it, ascending.
    pub versions: Vec<u32>,
}

/// A group or a repeat around a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Its name.
    pub name: String,
    /// Whether it is a repeat.
    pub repeats: bool,
    /// Its heading; empty if it has none.
    pub label: Text,
}

/// One question over all versions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// Its path without positions.
    pub path: String,
    /// Its type in XLSForm's words.
    pub kind: &'static str,
    /// How it is counted.
    pub sort: Sort,
    /// The repeat it stands in, by its path.
    pub repeat: Option<String>,
    /// What stands around it, from outside in. The path has only the groups that it takes to tell questions apart.
    pub around: Vec<Group>,
    /// How it was asked.
    pub wordings: Vec<Wording>,
    /// It offers "Prefer not to say" in some version.
    pub may_decline: bool,
    /// What it offers in any version.
    pub offers: Vec<Offer>,
    /// Its choices are steps from one end to the other (XLSForm's appearance `likert`).
    pub likert: bool,
}

impl Question {
    /// Whether its values stand in an order that means something.
    pub fn is_scale(&self) -> bool {
        self.sort == Sort::Scale || self.likert
    }

    /// Whether staff say what its answers are about: people write them in their own words.
    pub fn takes_themes(&self) -> bool {
        self.kind == "text"
    }

    /// The versions that ask it, ascending.
    pub fn versions(&self) -> Vec<u32> {
        let mut all: Vec<u32> =
            self.wordings.iter().flat_map(|wording| wording.versions.iter().copied()).collect();
        all.sort_unstable();
        all
    }

    /// The label of a value, empty if nobody offers it.
    pub fn label(&self, value: &str) -> Text {
        let offer = self.offers.iter().find(|offer| offer.name == value);
        offer.map(|offer| offer.label.clone()).unwrap_or_default()
    }

    fn meet(&mut self, version: u32, asked: Self) {
        for offer in asked.offers {
            match self.offers.iter_mut().find(|known| known.name == offer.name) {
                Some(known) => insert(&mut known.versions, version),
                None => self.offers.push(offer),
            }
        }
        self.may_decline |= asked.may_decline;
        for wording in asked.wordings {
            let same = |known: &&mut Wording| {
                known.label == wording.label
                    && known.choices == wording.choices
                    && known.kind == wording.kind
            };
            match self.wordings.iter_mut().find(same) {
                Some(known) => insert(&mut known.versions, version),
                None => self.wordings.push(wording),
            }
        }
    }
}

fn insert(versions: &mut Vec<u32>, version: u32) {
    if let Err(at) = versions.binary_search(&version) {
        versions.insert(at, version);
    }
}

/// The questions of all `versions`. Where they differ, the version that comes first decides on order, type and labels.
pub fn questions<'a>(versions: impl Iterator<Item = &'a (u32, Definition)>) -> Vec<Question> {
    let mut all: Vec<Question> = Vec::new();
    for (version, definition) in versions {
        for question in read(*version, definition) {
            match all.iter_mut().find(|known| known.path == question.path) {
                Some(known) => known.meet(*version, question),
                None => all.push(question),
            }
        }
    }
    all
}

/// The questions of one version that take an answer, and what it computes and notes by itself.
fn read(version: u32, definition: &Definition) -> Vec<Question> {
    definition.questions().filter_map(|item| of(version, definition, item)).collect()
}

fn of(version: u32, definition: &Definition, question: &Item) -> Option<Question> {
    let choices = |choices: &Choices| -> Vec<(String, Text)> {
        choices.iter().map(|choice| (choice.name.clone(), choice.label.clone())).collect()
    };
    let (kind, sort, offers) = match &question.kind {
        Kind::Group | Kind::Repeat | Kind::Note | Kind::Metadata(Metadata::Nothing) => return None,
        Kind::SelectOne(list) => ("select_one", Sort::One, choices(list)),
        Kind::SelectMultiple(list) => ("select_multiple", Sort::Many, choices(list)),
        // What came first counts.
        Kind::Rank(list) => ("rank", Sort::One, choices(list)),
        Kind::Range(scale) => ("range", Sort::Scale, steps(scale)),
        Kind::Acknowledge => ("acknowledge", Sort::One, vec![("OK".to_owned(), Text::default())]),
        Kind::Integer => ("integer", Sort::Whole, Vec::new()),
        Kind::Decimal => ("decimal", Sort::Decimal, Vec::new()),
        Kind::Text => ("text", Sort::Words, Vec::new()),
        Kind::Date => ("date", Sort::Date, Vec::new()),
        Kind::DateTime => ("dateTime", Sort::Date, Vec::new()),
        Kind::Time => ("time", Sort::Hour, Vec::new()),
        Kind::Barcode => ("barcode", Sort::Words, Vec::new()),
        Kind::Geopoint => ("geopoint", Sort::Counted, Vec::new()),
        Kind::Geoshape => ("geoshape", Sort::Counted, Vec::new()),
        Kind::File(_) => ("file", Sort::Counted, Vec::new()),
        Kind::Hidden | Kind::Metadata(_) => ("calculate", Sort::Unseen, Vec::new()),
    };
    let label = question.label.clone();
    let names = offers.iter().map(|(name, _)| name.clone()).collect();
    let offer = |(name, label)| Offer { name, label, versions: vec![version] };
    Some(Question {
        path: question.path.clone(),
        kind,
        sort,
        repeat: question.repeat.and_then(|at| Some(definition.items.get(at)?.path.clone())),
        around: around(definition, question),
        wordings: vec![Wording {
            versions: vec![version],
            kind: kind.to_owned(),
            label,
            choices: names,
        }],
        may_decline: question.may_decline,
        offers: offers.into_iter().map(offer).collect(),
        likert: question.looks("likert"),
    })
}

fn around(definition: &Definition, question: &Item) -> Vec<Group> {
    let outwards =
        std::iter::successors(question.parent.and_then(|at| definition.items.get(at)), |group| {
            definition.items.get(group.parent?)
        });
    let mut groups: Vec<Group> = outwards
        .map(|group| Group {
            name: group.name.clone(),
            repeats: matches!(group.kind, Kind::Repeat),
            label: group.label.clone(),
        })
        .collect();
    groups.reverse();
    groups
}

fn steps(scale: &survey::Scale) -> Vec<(String, Text)> {
    let values: Vec<String> = scale.values().collect();
    let last = values.len().saturating_sub(1);
    let label = |index: usize| match index {
        0 => scale.low.clone(),
        index if index == last => scale.high.clone(),
        _ => Text::default(),
    };
    values.into_iter().enumerate().map(|(index, value)| (value, label(index))).collect()
}
