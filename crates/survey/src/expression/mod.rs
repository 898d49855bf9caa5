//! The expression language of ODK XForms 1.0.0: XPath 1.0 without attributes and namespaces, with functions of its own,
//! and XLSForm's `${name}`.
//!
//! An expression is read once ([`Expression::parse`]), says what it refers to ([`Expression::references`]), and is
//! evaluated over a [`Tree`]. A date is a text in ISO form that counts days wherever a number is wanted, so dates
//! compare and are subtracted as ODK has it.
//!
//! **Invariant:** whatever the source and the data, reading and evaluating end, do not panic, and take bounded stack
//! and time.

mod date;
mod environment;
mod evaluate;
mod function;
mod geo;
mod lists;
mod math;
mod nodes;
mod parser;
mod piece;
mod reference;
mod regex;
mod term;
mod tree;
mod value;
mod words;

pub use environment::Environment;
pub use nodes::shuffled;
pub use piece::{Piece, Wanted};
pub use reference::{Hop, Origin, Reference};
pub use tree::Tree;
pub use value::Value;

use evaluate::{Evaluator, Focus};
use function::{Function, Meaning, Own};
use term::{Path, Start, Term};

/// A parsed expression.
#[derive(Debug, Clone, PartialEq)]
pub struct Expression {
    root: Term,
    source: String,
}

/// Why an expression could not be read, for people who write forms: what is wrong at which piece of it, and what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ExpressionError {
    /// Something else was expected here.
    #[error("{}", wanted.said(piece))]
    Expected {
        /// What.
        wanted: Wanted,
        /// The piece that stands there.
        piece: Piece,
    },
    /// The function does not exist.
    #[error("There is no function “{name}”. {remedy}")]
    Function {
        /// How it is called.
        name: String,
        /// What to write instead.
        remedy: String,
    },
    /// The function takes another number of values.
    #[error("“{name}” needs {takes} in its brackets and has {given}. Commas stand between them.")]
    Arguments {
        /// The function.
        name: &'static str,
        /// How many it takes, in words.
        takes: String,
        /// How many there are.
        given: usize,
    },
    /// A pattern for `regex` is not understood.
    #[error("The pattern “{0}” of regex() cannot be read. Write it more simply.")]
    Pattern(String),
    /// Parentheses within parentheses within …, or too many characters.
    #[error(
        "This is too long, or has too many brackets in brackets. Split it into several calculations."
    )]
    TooDeep,
}

/// Why an expression came to nothing. What it was for then has no value: empty, not relevant, not fulfilled.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EvaluationError {
    /// It looks at too many nodes.
    #[error("The calculation takes too long. Split it, or look at fewer answers in it.")]
    TooMuch,
    /// `instance('…')` or `pulldata('…')` of a list that the form does not have.
    #[error("There is no list or table \"{0}\". Add it, or write the name of one that exists.")]
    List(String),
    /// A function wants nodes and was given something else.
    #[error("\"{0}\" works on questions, and was given something else. Put ${{…}} there.")]
    Nodes(&'static str),
    /// A pattern for `regex`, made by the expression itself, is not understood.
    #[error("The pattern \"{0}\" is not understood. Write it more simply.")]
    Pattern(String),
    /// `digest` does not know the way of computing or of writing.
    #[error("\"{0}\" is not known here. Use SHA-256 and base64 or hex.")]
    Digest(String),
}

impl Expression {
    /// Reads an expression.
    ///
    /// # Errors
    /// Where it stops making sense and what was expected there.
    pub fn parse(source: &str) -> Result<Self, ExpressionError> {
        let root = parser::parse(source)?;
        Ok(Self { root, source: source.to_owned() })
    }

    /// The text it was read from.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Everything it refers to, in the order it is written, with repetitions.
    pub fn references(&self) -> Vec<Reference> {
        let mut found = Vec::new();
        let base = Reference { origin: Origin::Context, hops: Vec::new() };
        reference::collect(&self.root, &base, &mut found);
        found
    }

    /// Whether it may come to something else although no answer changed: `now()`, `today()`, `random()`, `uuid()`,
    /// `duration()`.
    pub fn is_volatile(&self) -> bool {
        self.calls(&Function::is_volatile)
    }

    /// Whether it asks for the number of a repeat's instance, which changes when one before it is taken out:
    /// `position(…)`, `index(…)`.
    pub fn uses_position(&self) -> bool {
        self.calls(&|function| matches!(function.meaning, Meaning::Own(Own::Position)))
    }

    /// Whether it asks how long the filling has taken: `duration()`.
    pub fn uses_duration(&self) -> bool {
        self.calls(&|function| matches!(function.meaning, Meaning::Own(Own::Duration)))
    }

    /// Whether it is but a literal: `'text'` or `5`.
    pub fn is_literal(&self) -> bool {
        matches!(self.root, Term::Text(_) | Term::Number(_))
    }

    /// The name, if it is `${name}` and no more.
    pub fn as_name(&self) -> Option<&str> {
        match &self.root {
            Term::Path(Path { start: Start::Named(name), filters, steps })
                if filters.is_empty() && steps.is_empty() =>
            {
                Some(name)
            }
            _ => None,
        }
    }

    /// What it comes to for the question `node`.
    ///
    /// # Errors
    /// Why it comes to nothing.
    pub fn evaluate<T: Tree>(
        &self,
        tree: &T,
        node: T::Node,
        environment: &Environment,
    ) -> Result<Value<T::Node>, EvaluationError> {
        let focus = Focus { node, position: 1, size: 1 };
        Evaluator::new(tree, node, environment).term(&self.root, focus)
    }

    /// The `candidates` for which it holds, as `choice_filter` has it: names in it are columns of the candidate, and
    /// `${name}` and `current()` are seen from `question`. A number picks by position.
    ///
    /// # Errors
    /// Why it comes to nothing.
    pub fn filter<T: Tree>(
        &self,
        tree: &T,
        candidates: Vec<T::Node>,
        question: T::Node,
        environment: &Environment,
    ) -> Result<Vec<T::Node>, EvaluationError> {
        Evaluator::new(tree, question, environment).filtered(&self.root, candidates)
    }

    /// What it comes to as text: what a calculation stores.
    ///
    /// # Errors
    /// Why it comes to nothing.
    pub fn text<T: Tree>(
        &self,
        tree: &T,
        node: T::Node,
        environment: &Environment,
    ) -> Result<String, EvaluationError> {
        self.evaluate(tree, node, environment).map(|value| match value {
            // ODK stores nothing where there is no number.
            Value::Number(number) if number.is_nan() => String::new(),
            value => value.text(tree),
        })
    }

    /// Whether it holds: a condition.
    ///
    /// # Errors
    /// Why it comes to nothing.
    pub fn holds<T: Tree>(
        &self,
        tree: &T,
        node: T::Node,
        environment: &Environment,
    ) -> Result<bool, EvaluationError> {
        self.evaluate(tree, node, environment).map(|value| value.truth(tree))
    }

    fn calls(&self, wanted: &dyn Fn(&Function) -> bool) -> bool {
        fn any(term: &Term, wanted: &dyn Fn(&Function) -> bool) -> bool {
            let own = matches!(term, Term::Call(function, _) if wanted(function));
            own || term.parts().into_iter().any(|part| any(part, wanted))
        }
        any(&self.root, wanted)
    }
}
