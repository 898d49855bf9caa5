//! `GET /api/v1/results/{survey}`: what people answered, as far as it may be shown.
//!
//! **Invariant:** a figure is `None` where it is withheld ([`crate::suppression`]); the number itself never leaves the
//! server.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::{Hash, SubmissionId, Text, wire::AnswerThemes};

/// What people answered.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Results {
    /// How many responses the survey has, whatever the filter.
    pub responses: u64,
    /// How many of them the filter means; withheld where few would be told apart, and everything else with it.
    pub people: Option<u64>,
    /// The fewest people that a figure rests on.
    pub fewest: u64,
    /// Something is withheld somewhere below.
    pub withheld: bool,
    /// The days that are counted, if the filter names any: widened until [`Self::fewest`] answered between two
    /// days at which a filter can begin.
    pub from: Option<NaiveDate>,
    /// The last of these days.
    pub to: Option<NaiveDate>,
    /// What can be filtered by and compared.
    pub offers: Offers,
    /// The groups that are compared, if any are.
    pub groups: Vec<Group>,
    /// Every question of any version, in the order of the newest that has it.
    pub questions: Vec<Asked>,
}

/// What can be filtered by and compared.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offers {
    /// The question that says in which ward people live, if there is one.
    pub ward: Option<String>,
    /// The question that says in which area people live, if there is one.
    pub area: Option<String>,
    /// The languages of the screen.
    pub languages: Vec<String>,
    /// The versions that were answered.
    pub versions: Vec<u32>,
    /// Some responses were stopped before the end.
    pub partial: bool,
    /// The paths of the questions whose answers can be compared.
    pub by: Vec<String>,
}

/// People who are compared with others.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Group {
    /// The value they have in common; empty where it is not known, [`OTHERS`] of all who are in no group of their own.
    pub value: String,
    /// What it is called.
    #[serde(default, skip_serializing_if = "Text::is_empty")]
    pub label: Text,
    /// How many they are.
    pub people: Option<u64>,
}

/// The value of the group of everybody in none of the others. No name of a choice or record has an `@`.
pub const OTHERS: &str = "@others";

/// How a question's answers are best drawn.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Picture {
    /// A bar for each choice.
    #[default]
    Bars,
    /// One stacked bar: the steps of a scale.
    Scale,
    /// Columns beside each other: numbers, months, hours.
    Histogram,
    /// What people wrote.
    Words,
    /// Only how many answered: pictures, places.
    Number,
}

/// One question over all versions of the survey.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Asked {
    /// Its path without positions: `household/age`.
    pub path: String,
    /// The headings of the groups and repeats around it in the newest version that asks it, from outside in.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub around: Vec<Text>,
    /// Its type, in XLSForm's words.
    pub kind: String,
    /// How it is best drawn.
    pub picture: Picture,
    /// How it was asked: one entry for each wording, the newest first.
    pub wordings: Vec<Wording>,
    /// Its label is not the same in all versions.
    pub wording_differs: bool,
    /// Its choices are not the same in all versions.
    pub choices_differ: bool,
    /// Its type is not the same in all versions.
    pub kind_differs: bool,
    /// It stands in a repeat: `rows` count answers, of which one person may give several.
    pub repeated: bool,
    /// It offers "Prefer not to say".
    pub may_decline: bool,
    /// People who answered.
    pub answered: Option<u64>,
    /// People who preferred not to say.
    pub declined: Option<u64>,
    /// What the shares of `rows` are of: those who answered; in a repeat their answers; everybody, where how many
    /// answered is withheld (`of_everybody`).
    pub base: Option<u64>,
    /// `base` counts everybody, also those who gave no answer.
    pub of_everybody: bool,
    /// The base of each of [`Results::groups`]; empty for the question that people are compared by.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub bases: Vec<Option<u64>>,
    /// The values in order, also those that nobody gave.
    pub rows: Vec<Row>,
    /// The latest answers in people's own words, newest first; withheld where few answered.
    pub words: Option<Vec<String>>,
    /// What staff say each of `words` is about, in the same order; then `rows` count the themes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub about: Vec<AnswerThemes>,
}

/// What names an answer in words, without telling whose it is: two answers of one person have nothing in common.
pub fn answer_of(submission: SubmissionId, path: &str) -> Hash {
    Hash::of(format!("{submission} {path}").as_bytes())
}

/// How a question was asked in some versions.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wording {
    /// In which versions, ascending.
    pub versions: Vec<u32>,
    /// Its type.
    pub kind: String,
    /// The question.
    pub label: Text,
    /// The names of its choices in order.
    pub choices: Vec<String>,
}

/// One value of a question.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// What is stored; of a histogram the lower end, a month `2026-11` (of long times the first year), an hour `09`.
    pub value: String,
    /// What it is called; empty for what speaks for itself.
    #[serde(default, skip_serializing_if = "Text::is_empty")]
    pub label: Text,
    /// The smallest number it stands for; `None` without an end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub low: Option<f64>,
    /// The smallest number above it; `None` without an end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub high: Option<f64>,
    /// The versions that offered it, where that is not all of them; empty: all that asked.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub versions: Vec<u32>,
    /// No version offers it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unknown: bool,
    /// How many.
    pub count: Option<u64>,
    /// How many in each of [`Results::groups`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<Option<u64>>,
}

/// A figure from elsewhere to compare with, as staff wrote it: a field `baseline.PATH` of the survey's record, so that
/// two people who write down figures for two questions do not meet.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Baseline {
    /// The values of the question whose shares are added up: `["definitely_agree", "tend_to_agree"]`.
    pub values: Vec<String>,
    /// The figure, in percent, 0 to 100.
    pub percent: f64,
    /// Where it comes from: "Place Survey 2008".
    pub source: String,
}

/// What the name of a field with a [`Baseline`] begins with.
pub const BASELINE: &str = "baseline.";

/// `count` of `base` in whole percent, rounded half up; 0 of nothing is 0.
pub fn percent(count: u64, base: u64) -> u64 {
    (count * 200 + base).checked_div(base * 2).unwrap_or(0)
}
