//! What an expression comes to, and the conversions between kinds (XPath 1.0, section 4).

use super::{Tree, date};
use crate::number;

/// What an expression comes to. Dates are texts in ISO form, as they are in answers.
#[derive(Debug, Clone, PartialEq)]
pub enum Value<Node> {
    /// Words.
    Text(String),
    /// A number; "not a number" where there is none.
    Number(f64),
    /// Yes or no.
    Truth(bool),
    /// Nodes, in the order of the form.
    Nodes(Vec<Node>),
}

impl<Node: Copy + Eq> Value<Node> {
    /// XPath 1.0, section 4.2, `string()`: of nodes the text of the first one.
    pub fn text(&self, tree: &impl Tree<Node = Node>) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Number(number) => number::write(*number),
            Self::Truth(truth) => truth.to_string(),
            Self::Nodes(nodes) => {
                nodes.first().map(|node| tree.text(*node).into_owned()).unwrap_or_default()
            }
        }
    }

    /// XPath 1.0, section 4.4, `number()`; dates count days as ODK XForms 1.0.0, "XPath Functions", has it.
    pub fn number(&self, tree: &impl Tree<Node = Node>) -> f64 {
        match self {
            Self::Text(text) => number_of(text),
            Self::Number(number) => *number,
            Self::Truth(truth) => f64::from(u8::from(*truth)),
            Self::Nodes(nodes) => {
                nodes.first().map_or(f64::NAN, |node| number_of(&tree.text(*node)))
            }
        }
    }

    /// XPath 1.0, section 4.3, `boolean()`. Of nodes it is what the text of the first one comes to (ODK XForms 1.0.0,
    /// "XPath Functions"): a question that is not answered is false, though there is a node for it.
    pub fn truth(&self, tree: &impl Tree<Node = Node>) -> bool {
        match self {
            Self::Text(text) => !text.is_empty(),
            Self::Number(number) => *number != 0.0 && !number.is_nan(),
            Self::Truth(truth) => *truth,
            Self::Nodes(nodes) => nodes.first().is_some_and(|node| !tree.text(*node).is_empty()),
        }
    }
}

/// The number that a text stands for. Days since 1970 if it is a date or a moment, else its digits; without either it
/// is not a number.
pub(super) fn number_of(text: &str) -> f64 {
    let text = text.trim();
    number::parse(text).or_else(|| date::days(text)).unwrap_or(f64::NAN)
}
