//! What came of a filling: what is asked, what is wrong, what was computed, and the record.

use model::{Key, Named, ProblemCode};
use serde::Serialize;
use serde_json::Value;

use super::{Unused, written};
use crate::{
    Field, Fill, Kind,
    tree::{Part, ROOT},
};

/// Everything that follows from the answers of a filling.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Outcome {
    /// The record is whole: nothing fails.
    pub finished: bool,
    /// The paths of everything that is relevant, in the order of the form: groups, instances of repeats, questions,
    /// notes, and values that nobody sees.
    pub relevant: Vec<String>,
    /// The paths of what is not.
    pub not_relevant: Vec<String>,
    /// What is wrong or missing, in the order of the form.
    pub failing: Vec<Failure>,
    /// What the form computed or noted by itself, by path; empty where it came to nothing.
    pub calculated: Named<String>,
    /// The answers of a file that were not taken.
    pub unused: Vec<Unused>,
    /// What would be stored, by path: answers and computed values of what is relevant, and how many instances each
    /// repeat has. While something fails it is what there is so far.
    pub record: Named<Value>,
}

/// What is wrong with one answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Failure {
    /// The path of the question.
    pub path: String,
    /// `required`, `out_of_range` (its constraint or its scale), `malformed` …
    pub code: ProblemCode,
    /// What is wrong, in plain words.
    pub detail: String,
    /// The form's own words for it, in the language of the filling; empty where it has none.
    pub message: String,
}

impl Outcome {
    /// What came of a filling so far.
    pub fn of(fill: &Fill, unused: &[Unused]) -> Self {
        let tree = &fill.tree;
        let (mut relevant, mut not_relevant) = (Vec::new(), Vec::new());
        let mut failing = Vec::new();
        let mut calculated = Named::default();
        tree.walk(ROOT, &mut |node| {
            let own = &tree.nodes[node];
            let path = tree.path(node);
            if !own.relevant {
                not_relevant.push(path);
                return;
            }
            if own.part == Part::Question {
                let field = Field { tree, node };
                for problem in field.problems() {
                    failing.push(Failure {
                        path: path.clone(),
                        code: problem.code,
                        message: field.message(&problem, &tree.language),
                        detail: problem.detail,
                    });
                }
                let item = field.item();
                let nobody = matches!(item.kind, Kind::Hidden | Kind::Metadata(_));
                if nobody || item.calculation.is_some() {
                    calculated.set(path.clone(), own.value.clone());
                }
            }
            relevant.push(path);
        });
        let whole = Key::parse("run").and_then(|key| fill.finish(key, 1, None).ok());
        let finished = whole.is_some();
        let answers = whole.map_or_else(|| fill.answers(), |whole| whole.into_inner().answers);
        let record: Named<Value> =
            answers.iter().map(|(path, answer)| (path, written(answer))).collect();
        for (path, value) in record.iter() {
            // The moment of its end is known only now.
            if calculated.get(path).is_some_and(String::is_empty) {
                calculated.set(path.to_owned(), value.as_str().unwrap_or_default().to_owned());
            }
        }
        Self {
            finished,
            relevant,
            not_relevant,
            failing,
            calculated,
            unused: unused.to_vec(),
            record,
        }
    }
}
