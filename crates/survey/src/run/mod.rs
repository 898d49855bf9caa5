//! Filling in a form without a screen: answers go in as one JSON object, what follows from them comes out.
//!
//! ```
//! # use std::sync::Arc;
//! # use serde_json::json;
//! # use survey::{Context, Definition, Run};
//! let form = json!({"languages": ["en"], "items": [
//!     {"name": "age", "type": "integer", "constraint": ". < 150"},
//!     {"name": "school", "type": "text", "relevant": "${age} < 18"},
//! ]});
//! let definition = Arc::new(Definition::read(&form).expect("a good form"));
//! let answers = json!({"age": 9, "school": "Herringham"});
//! let run = Run::new(definition, answers.as_object().expect("an object"), Context::default());
//! assert_eq!(run.outcome().relevant, ["age", "school"]);
//! assert!(run.outcome().finished);
//! ```
//!
//! The order is that of a person who goes through the form from its top: an answer is given once its question is asked,
//! and what it brings up is asked after it. The clock and chance are those of the [`Context`], so the same answers with
//! the same context come to the same outcome in every run.

mod given;
mod outcome;

use std::sync::Arc;

use model::submission::Answer;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::{
    Context, Definition, Fill,
    tree::{NodeId, Part},
};
use given::{Given, Taken};
pub use outcome::{Failure, Outcome};

/// A form that was filled in from an object of answers.
#[derive(Debug, Clone)]
pub struct Run {
    /// What came of it; it can be gone on with.
    pub fill: Fill,
    /// The answers that were not taken, in the order of the form, those that the form does not know first.
    pub unused: Vec<Unused>,
}

/// An answer that no question took.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Unused {
    /// Where it stands among the answers, as it is written there: `about/age`, `household[2]/age`.
    pub answer: String,
    /// Why it was not taken.
    pub why: Why,
    /// The same for people, with what to do.
    pub detail: String,
}

/// Why an answer was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// The form has nothing of that name there.
    Unknown,
    /// The value has another form than the question wants: an object for a number, a text for a repeat.
    Malformed,
    /// The question is not asked after the other answers.
    NotRelevant,
    /// The repeat has fewer instances after the other answers.
    NoInstance,
    /// It is computed, a note, or can only be read.
    NotAsked,
}

impl Run {
    /// Fills in `definition`. What the keys and values of `answers` may be is told in `docs/xlsform.md`, "Without a
    /// screen".
    pub fn new(
        definition: Arc<Definition>,
        answers: &Map<String, Value>,
        context: Context,
    ) -> Self {
        let (mut given, mut unused) = given::read(&definition, answers);
        let mut fill = Fill::start(definition, context);
        // In the order of the form, whatever the order of the keys.
        given.sort_by(|a, b| a.order.cmp(&b.order));
        let mut left: Vec<&Given> = given.iter().collect();
        loop {
            let before = left.len();
            left.retain(|given| !take(&mut fill, given));
            if left.len() == before {
                break;
            }
        }
        for given in &given {
            let taken = !left.iter().any(|left| std::ptr::eq(*left, given));
            if let Some(why) = why_not(&fill, given, taken) {
                unused.push(given.unused(why));
            }
        }
        Self { fill, unused }
    }

    /// What came of it.
    pub fn outcome(&self) -> Outcome {
        Outcome::of(&self.fill, &self.unused)
    }
}

/// Gives an answer if it is asked for now.
fn take(fill: &mut Fill, given: &Given) -> bool {
    match &given.taken {
        Taken::Instances(wanted) => {
            while count(fill, &given.path).is_some_and(|there| there < *wanted) {
                if !fill.add(&given.path) {
                    return false;
                }
            }
            while let Some(there) = count(fill, &given.path).filter(|there| there > wanted) {
                if !fill.remove(&format!("{}[{there}]", given.path)) {
                    return false;
                }
            }
            count(fill, &given.path) == Some(*wanted) && is_relevant(fill, &given.path)
        }
        Taken::Answer(answer) => {
            is_relevant(fill, &given.path) && fill.set(&given.path, answer.clone())
        }
    }
}

/// How many instances of a repeat there are; none if it is no repeat, or stands in an instance that is not there.
fn count(fill: &Fill, path: &str) -> Option<usize> {
    let node = fill.tree.at(path).filter(|node| fill.tree.nodes[*node].part == Part::Series)?;
    Some(fill.tree.kids(node).len())
}

fn is_relevant(fill: &Fill, path: &str) -> bool {
    fill.tree.at(path).is_some_and(|node| fill.tree.nodes[node].relevant)
}

/// Why an answer has no effect in the end. One that was taken may be moot by another one that came after it.
fn why_not(fill: &Fill, given: &Given, taken: bool) -> Option<Why> {
    let none = given.taken == Taken::Answer(None);
    let found: Option<NodeId> = fill.tree.at(&given.path);
    match found {
        None => (!none).then_some(Why::NoInstance),
        Some(node) if !fill.tree.nodes[node].relevant => (!none).then_some(Why::NotRelevant),
        Some(_) if taken => None,
        Some(node) => Some(match fill.tree.nodes[node].part {
            Part::Series => Why::NoInstance,
            _ => Why::NotAsked,
        }),
    }
}

/// An answer as it is written in the outcome and may be given again.
pub(crate) fn written(answer: &Answer) -> Value {
    match answer {
        Answer::One(text) => text.as_str().into(),
        Answer::Many(names) => names.iter().map(String::as_str).collect(),
        Answer::Declined => serde_json::json!({"declined": true}),
        Answer::File { name, media_type, data } => {
            serde_json::json!({"file": {"name": name, "media_type": media_type, "data": data}})
        }
    }
}
