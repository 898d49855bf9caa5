//! What a tablet writes down while somebody fills in a survey, so that a crash loses nothing.

use std::sync::Arc;

use model::{Named, submission::Answer};
use serde::{Deserialize, Serialize};

use crate::{
    Context, Definition, Fill,
    fill::Stop,
    tree::{Mode, Part, ROOT, Tree},
};

/// The answers so far, those kept aside too, and where somebody is. It holds what people said: wipe it once the
/// response is saved or the person is gone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Journal {
    /// Every answer and computed value by path, relevant or not; of a repeat, how many instances there are.
    pub answers: Named<Answer>,
    /// The path of the page on the screen, of a repeat before "another one?"; none on "check your answers".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
    /// The paths of the pages that have been on the screen.
    #[serde(default)]
    pub seen: Vec<String>,
    /// Somebody came back to change an answer.
    #[serde(default)]
    pub changing: bool,
    /// The language on the screen.
    #[serde(default)]
    pub language: String,
    /// When it began, and the seed of its chance.
    pub context: Context,
}

impl Fill {
    /// What to write down after each change, to go on from with [`Fill::resume`].
    pub fn journal(&self) -> Journal {
        let tree = &self.tree;
        let mut answers = Vec::new();
        let mut seen = Vec::new();
        let mut open = vec![ROOT];
        while let Some(node) = open.pop() {
            let own = &tree.nodes[node];
            // Instances that are kept aside come along.
            open.extend(&own.kids);
            if own.part == Part::Series {
                answers.push((tree.path(node), Answer::One(own.live.to_string())));
            } else if let Some(answer) = &own.answer {
                answers.push((tree.path(node), answer.clone()));
            }
            if own.seen {
                seen.push(tree.path(node));
            }
        }
        seen.sort();
        Journal {
            answers: answers.into_iter().collect(),
            at: match self.at {
                Stop::Page(node) | Stop::More(node) => Some(tree.path(node)),
                Stop::Check => None,
            },
            seen,
            changing: self.changing,
            language: tree.language.clone(),
            context: tree.context.clone(),
        }
    }

    /// Goes on from a journal. What no longer fits the definition is left out; without its page it goes on at the first.
    pub fn resume(definition: Arc<Definition>, journal: &Journal) -> Self {
        let mut tree = Tree::new(definition, journal.context.clone(), Mode::Restore);
        if !journal.language.is_empty() {
            journal.language.clone_into(&mut tree.language);
        }
        let mut counts = Vec::new();
        for (path, answer) in journal.answers.iter() {
            let Some(node) = tree.find(path, true) else { continue };
            match (tree.nodes[node].part, answer) {
                (Part::Series, Answer::One(count)) => {
                    counts.push((node, count.parse().unwrap_or(0)))
                }
                (Part::Question, answer) => tree.nodes[node].answer = Some(answer.clone()),
                _ => {}
            }
        }
        for (series, count) in counts {
            tree.nodes[series].live = tree.nodes[series].kids.len();
            while tree.nodes[series].live < count && tree.add_instance(series).is_some() {}
            tree.nodes[series].live = tree.nodes[series].live.min(count);
        }
        for path in &journal.seen {
            if let Some(node) = tree.find(path, false) {
                tree.nodes[node].seen = true;
            }
        }
        tree.settle_all();
        tree.mode = Mode::Live;
        // Numbers drawn after a crash are others than those drawn before it.
        tree.draws = journal.answers.len() as u64 + 1_000_000;
        let mut fill = Self { tree, at: Stop::Check, changing: journal.changing, added: None };
        let stops = fill.stops();
        let at = journal.at.as_ref().map(|path| fill.tree.at(path));
        fill.at = match at {
            None => Stop::Check,
            Some(node) => {
                let here = |stop: &&Stop| match **stop {
                    Stop::Page(own) | Stop::More(own) => Some(own) == node,
                    Stop::Check => false,
                };
                let found = stops.iter().find(here).or(stops.first());
                found.copied().unwrap_or(Stop::Check)
            }
        };
        fill
    }
}
